//! The file: opening it, its pages, and its streams within the limits.

mod document;
mod layers;
mod loading;
mod page;
mod streams;

pub(super) use document::open;
pub(super) use layers::HiddenLayers;
pub(super) use page::{PageSource, page_ids};
pub(super) use streams::{content_of, decode_stream};

use lopdf::{Dictionary, Document, Object};

/// The value of `key`, with references followed.
pub(super) fn value<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    let object = dictionary.get(key).ok()?;
    document.dereference(object).ok().map(|(_, object)| object)
}

/// The dictionary under `key`; a stream counts as its dictionary.
pub(super) fn dictionary_value<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    match value(document, dictionary, key)? {
        Object::Dictionary(found) => Some(found),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

/// The number in `object`, if it is one and finite.
pub(super) fn number(object: &Object) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "PDF numbers are small")]
    let number = match object {
        Object::Integer(integer) => *integer as f64,
        Object::Real(real) => f64::from(*real),
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// `N` numbers of an array, with references followed.
pub(super) fn numbers<const N: usize>(document: &Document, object: &Object) -> Option<[f64; N]> {
    let array = object.as_array().ok()?;
    let mut found = [0.0; N];
    if array.len() < N {
        return None;
    }
    for (slot, item) in found.iter_mut().zip(array) {
        *slot = number(document.dereference(item).ok()?.1)?;
    }
    Some(found)
}
