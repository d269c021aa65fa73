//! The filters around a picture: the general ones are undone, the last one is named.

use lopdf::{Dictionary, Document, Object, Stream};

use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{decode_stream, value};

/// A picture's data without its general filters.
pub(super) struct Wrapped {
    pub(super) coding: Coding,
    pub(super) data: Vec<u8>,
    /// The parameters of the last filter.
    pub(super) parameters: Dictionary,
}

/// How the pixels themselves are coded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Samples,
    Jpeg,
    Fax,
    Jbig2,
    /// A filter that is not supported, by its name.
    Other(String),
}

impl Coding {
    /// The coding that `filter` undoes; `None` for filters of any data.
    fn of(filter: &[u8]) -> Option<Coding> {
        match filter {
            b"FlateDecode" | b"Fl" | b"LZWDecode" | b"LZW" | b"ASCII85Decode" | b"A85"
            | b"ASCIIHexDecode" | b"AHx" | b"RunLengthDecode" | b"RL" | b"BrotliDecode" => None,
            // It means no encryption, and changes nothing.
            b"Crypt" => None,
            b"DCTDecode" | b"DCT" => Some(Coding::Jpeg),
            b"CCITTFaxDecode" | b"CCF" => Some(Coding::Fax),
            b"JBIG2Decode" => Some(Coding::Jbig2),
            other => Some(Coding::Other(String::from_utf8_lossy(other).into_owned())),
        }
    }
}

/// The name of a general filter as it is written in full.
fn full_name(filter: &[u8]) -> &[u8] {
    match filter {
        b"Fl" => b"FlateDecode",
        b"LZW" => b"LZWDecode",
        b"A85" => b"ASCII85Decode",
        b"AHx" => b"ASCIIHexDecode",
        b"RL" => b"RunLengthDecode",
        filter => filter,
    }
}

/// Undoes the general filters of `stream`; `None` when they fail or stand in a wrong order.
pub(super) fn unwrap(
    document: &Document,
    stream: &Stream,
    budget: &mut Budget<'_>,
) -> Result<Option<Wrapped>> {
    let filters = list(document, value(document, &stream.dict, b"Filter"));
    let parameters = list(document, value(document, &stream.dict, b"DecodeParms"));
    let mut general: Vec<Object> = Vec::new();
    let mut general_parameters: Vec<Object> = Vec::new();
    let mut coding = Coding::Samples;
    let mut last = Dictionary::new();
    for (index, filter) in filters.iter().enumerate() {
        let Ok(name) = filter.as_name() else {
            return Ok(None);
        };
        let dictionary = match parameters.get(index) {
            Some(Object::Dictionary(found)) => resolved(document, found),
            _ => Dictionary::new(),
        };
        match Coding::of(name) {
            // Nothing comes after the coding of the pixels.
            _ if coding != Coding::Samples => return Ok(None),
            Some(found) => {
                coding = found;
                last = dictionary;
            }
            None if name == b"Crypt" => {}
            None => {
                general.push(Object::Name(full_name(name).to_vec()));
                general_parameters.push(Object::Dictionary(dictionary));
            }
        }
    }
    let mut data = Stream::new(Dictionary::new(), Vec::new());
    if matches!(coding, Coding::Other(_)) {
        // The name is all that is needed of it.
    } else if general.is_empty() {
        budget.spend_decompressed(stream.content.len())?;
        data.content.clone_from(&stream.content);
    } else {
        data.content.clone_from(&stream.content);
        data.dict.set("Filter", general);
        data.dict.set("DecodeParms", general_parameters);
        match decode_stream(&data, budget)? {
            Some(bytes) => data.content = bytes,
            None => return Ok(None),
        }
    }
    Ok(Some(Wrapped {
        coding,
        data: data.content,
        parameters: last,
    }))
}

/// The items of an array, or the one object; references are followed.
fn list(document: &Document, object: Option<&Object>) -> Vec<Object> {
    match object {
        None | Some(Object::Null) => Vec::new(),
        Some(Object::Array(items)) => items
            .iter()
            .take(Stream::MAX_FILTERS + 1)
            .map(|item| match document.dereference(item) {
                Ok((_, Object::Stream(_))) | Err(_) => Object::Null,
                Ok((_, found)) => found.clone(),
            })
            .collect(),
        Some(one) => vec![one.clone()],
    }
}

/// `parameters` with references to plain values followed; streams stay references.
fn resolved(document: &Document, parameters: &Dictionary) -> Dictionary {
    let mut found = Dictionary::new();
    for (key, object) in parameters {
        let direct = match document.dereference(object) {
            Ok((_, Object::Stream(_))) | Err(_) => object.clone(),
            Ok((_, direct)) => direct.clone(),
        };
        found.set(key.clone(), direct);
    }
    found
}
