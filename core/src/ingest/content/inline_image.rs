//! Inline images: their dictionary, and the end of their data, which is not content.

use lopdf::{Dictionary, Object, Stream};

use super::tokens::{Token, Tokens};

/// Arrays and dictionaries inside each other in an inline image; real ones nest twice.
const MAX_NESTING: usize = 4;

/// Values in the dictionary of an inline image; more are left out.
const MAX_VALUES: usize = 4_096;

/// Reads from after `BI` to after `EI`, with the abbreviated keys and names written out.
///
/// The length of the data is not written down, so the end is an `EI` between white space that is
/// followed by something that reads as content; without one the rest of the stream is the image.
pub(super) fn read_inline_image(tokens: &mut Tokens<'_>) -> Stream {
    let dictionary = read_dictionary(tokens);
    // One white space separates ID from the data.
    tokens.skip(1);
    let data = tokens.rest();
    let mut length = data.len();
    let mut skipped = data.len();
    let mut from = 0;
    while let Some(found) = find_end(data, from) {
        if reads_as_content(data.get(found + 2..).unwrap_or_default()) {
            length = found;
            skipped = found + 2;
            break;
        }
        from = found + 2;
    }
    tokens.skip(skipped);
    let data = data.get(..length).unwrap_or_default();
    Stream::new(dictionary, data.to_vec())
}

/// The entries up to `ID`.
fn read_dictionary(tokens: &mut Tokens<'_>) -> Dictionary {
    let mut dictionary = Dictionary::new();
    let mut key: Option<Vec<u8>> = None;
    let mut values = MAX_VALUES;
    loop {
        match tokens.next() {
            None | Some(Token::Word(b"ID")) => return dictionary,
            Some(Token::Name(name)) if key.is_none() => key = Some(full_key(&name).to_vec()),
            Some(token) => {
                let value = object(token, tokens, 0, &mut values);
                if let (Some(key), Some(value)) = (key.take(), value) {
                    dictionary.set(key, value);
                }
            }
        }
    }
}

/// The object that begins with `token`.
fn object(
    token: Token<'_>,
    tokens: &mut Tokens<'_>,
    depth: usize,
    values: &mut usize,
) -> Option<Object> {
    *values = values.checked_sub(1)?;
    match token {
        Token::Number(number) => Some(number_object(number)),
        Token::Name(name) => Some(Object::Name(full_name(&name).to_vec())),
        Token::Text(text) => Some(Object::string_literal(text.into_owned())),
        Token::Word(b"true") => Some(Object::Boolean(true)),
        Token::Word(b"false") => Some(Object::Boolean(false)),
        Token::ArrayStart if depth < MAX_NESTING => {
            let mut items = Vec::new();
            while let Some(token) = tokens.next() {
                if token == Token::ArrayEnd {
                    break;
                }
                items.push(object(token, tokens, depth + 1, values)?);
            }
            Some(Object::Array(items))
        }
        Token::DictionaryStart if depth < MAX_NESTING => {
            let mut dictionary = Dictionary::new();
            while let Some(Token::Name(key)) = tokens.next() {
                let token = tokens.next()?;
                dictionary.set(key.to_vec(), object(token, tokens, depth + 1, values)?);
            }
            Some(Object::Dictionary(dictionary))
        }
        _ => None,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float cast saturates, and whole numbers of this size are exact"
)]
fn number_object(number: f64) -> Object {
    if number.fract() == 0.0 && number.abs() < 1e9 {
        Object::Integer(number as i64)
    } else {
        Object::Real(number as f32)
    }
}

/// ISO 32000-1, table 93.
fn full_key(key: &[u8]) -> &[u8] {
    match key {
        b"BPC" => b"BitsPerComponent",
        b"CS" => b"ColorSpace",
        b"D" => b"Decode",
        b"DP" => b"DecodeParms",
        b"F" => b"Filter",
        b"H" => b"Height",
        b"IM" => b"ImageMask",
        b"W" => b"Width",
        key => key,
    }
}

/// ISO 32000-1, table 94.
fn full_name(name: &[u8]) -> &[u8] {
    match name {
        b"G" => b"DeviceGray",
        b"RGB" => b"DeviceRGB",
        b"CMYK" => b"DeviceCMYK",
        b"I" => b"Indexed",
        b"AHx" => b"ASCIIHexDecode",
        b"A85" => b"ASCII85Decode",
        b"LZW" => b"LZWDecode",
        b"Fl" => b"FlateDecode",
        b"RL" => b"RunLengthDecode",
        b"CCF" => b"CCITTFaxDecode",
        b"DCT" => b"DCTDecode",
        name => name,
    }
}

/// Where the next `EI` with white space on both sides stands.
fn find_end(data: &[u8], from: usize) -> Option<usize> {
    let rest = data.get(from..)?;
    rest.windows(2).enumerate().find_map(|(index, pair)| {
        let at = from + index;
        let before = at.checked_sub(1).and_then(|before| data.get(before));
        let after = data.get(at + 2);
        let apart = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        (pair == b"EI" && apart(before) && apart(after)).then_some(at)
    })
}

/// Whether the first bytes are text, as content streams are and picture data is not.
fn reads_as_content(rest: &[u8]) -> bool {
    rest.iter()
        .take(16)
        .all(|byte| matches!(byte, 9 | 10 | 12 | 13 | 32..=126))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_ends_where_content_begins_again() {
        let content = b" /W 2 /H 2 /CS /G ID \x01\x02 EI \xff\xfe\x00 EI\nQ 1 0 0 1 0 0 cm";
        let mut tokens = Tokens::new(content);
        let image = read_inline_image(&mut tokens);
        assert_eq!(tokens.next(), Some(Token::Word(b"Q")));
        assert_eq!(image.content, b"\x01\x02 EI \xff\xfe\x00 ");
        assert_eq!(image.dict.get(b"Width").unwrap().as_i64().unwrap(), 2);
        let space = image.dict.get(b"ColorSpace").unwrap();
        assert_eq!(space.as_name().unwrap(), b"DeviceGray");
    }

    #[test]
    fn arrays_and_dictionaries_are_read() {
        let content = b"/F [/A85 /CCF] /DP [null << /K -1 >>] /IM true /D [1 0] ID x EI";
        let image = read_inline_image(&mut Tokens::new(content));
        assert_eq!(image.filters().unwrap().len(), 2);
        let decode = image.dict.get(b"Decode").unwrap().as_array().unwrap();
        assert_eq!(decode, &[Object::Integer(1), Object::Integer(0)]);
        assert_eq!(
            image.dict.get(b"ImageMask").unwrap(),
            &Object::Boolean(true)
        );
    }

    #[test]
    fn an_image_without_an_end_takes_the_rest() {
        let mut tokens = Tokens::new(b"/W 2 ID \x01\x02\x03");
        assert_eq!(read_inline_image(&mut tokens).content, b"\x01\x02\x03");
        assert_eq!(tokens.next(), None);
    }
}
