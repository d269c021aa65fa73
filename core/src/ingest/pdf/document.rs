//! Opening the file, with its errors told apart.

use lopdf::{DecompressError, Document, LoadOptions, Object};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::content::{Token, Tokens};
use crate::ingest::limits::{Limits, exceeded};

/// Most that all object streams together may hold, and one of them alone. A parsed object takes
/// some thirty times the memory of its text, and real files hold far less than this.
const OBJECT_STREAMS_BYTES: usize = 32 << 20;
const OBJECT_STREAM_BYTES: usize = 8 << 20;

/// Files up to this size cannot hold enough objects to matter.
const SMALL_FILE_BYTES: usize = 4 << 20;

/// Most values inside arrays and dictionaries that a file may hold outside its object streams;
/// each takes some sixty bytes once it is parsed.
const MAX_VALUES: usize = 6_000_000;

/// Opens `bytes`, decrypting with the empty password where that is enough.
pub(in crate::ingest) fn open(bytes: &[u8], limits: &Limits) -> Result<Document> {
    if bytes.len() > SMALL_FILE_BYTES {
        check_values(bytes, MAX_VALUES)?;
    }
    let options = LoadOptions {
        max_decompressed_size: Some(object_stream_share(bytes, limits)),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).map_err(not_opened)?;
    // What is still encrypted after loading did not open with the empty password.
    if document.trailer.has(b"Encrypt") && document.encryption_state.is_none() {
        return Err(Error::new(
            ErrorKind::PasswordRequired,
            "the PDF opens only with a password",
        ));
    }
    Ok(document)
}

/// The share of the limit that each object stream may take, as they are all inflated and parsed
/// while the file is opened.
fn object_stream_share(bytes: &[u8], limits: &Limits) -> usize {
    let total = OBJECT_STREAMS_BYTES.min(limits.decompressed_bytes);
    (total / object_streams(bytes).max(1)).min(OBJECT_STREAM_BYTES)
}

/// How often the name of an object stream's type is written, also with `#xx` in it.
fn object_streams(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = bytes;
    while let Some(slash) = rest.iter().position(|&byte| byte == b'/') {
        rest = rest.get(slash + 1..).unwrap_or_default();
        // Six letters, each of them three bytes when escaped.
        let near = rest.get(..19).unwrap_or(rest);
        if near.starts_with(b"ObjStm") {
            count += 1;
        } else if near.contains(&b'#') {
            let slashed: Vec<u8> = [b"/", near].concat();
            let named = Tokens::new(&slashed).next();
            count += usize::from(named.is_some_and(
                |token| matches!(token, Token::Name(name) if name.starts_with(b"ObjStm")),
            ));
        }
    }
    count
}

/// Refuses files that would take gigabytes once parsed: the PDF library parses every object
/// while it opens a file, and has no limit of its own for this.
///
/// Counts values inside brackets, in stream data too, as any part of a file can be named as an
/// object. A word that no array can hold, as pictures and drawings are full of, ends the count
/// of the brackets it stands in.
fn check_values(bytes: &[u8], most: usize) -> Result<()> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    for token in Tokens::new(bytes) {
        match token {
            Token::ArrayStart | Token::DictionaryStart => {
                depth += 1;
                values += 1;
            }
            Token::ArrayEnd | Token::DictionaryEnd => depth = depth.saturating_sub(1),
            Token::Word(b"R" | b"true" | b"false" | b"null") => {}
            Token::Word(_) => depth = 0,
            _ => values += usize::from(depth > 0),
        }
        if values > most {
            return Err(exceeded("values in arrays and dictionaries", most));
        }
    }
    Ok(())
}

fn not_opened(error: lopdf::Error) -> Error {
    match error {
        lopdf::Error::InvalidPassword => Error::new(
            ErrorKind::PasswordRequired,
            "the PDF opens only with a password",
        ),
        lopdf::Error::Decryption(_) => {
            Error::new(ErrorKind::PasswordRequired, "the PDF cannot be decrypted")
                .with_source(error)
        }
        lopdf::Error::UnsupportedSecurityHandler(ref name) => Error::new(
            ErrorKind::Unsupported,
            format!(
                "the PDF is protected by `{}`, which is not supported",
                String::from_utf8_lossy(name)
            ),
        ),
        lopdf::Error::Decompress(DecompressError::MemoryLimitExceeded { limit }) => {
            exceeded("bytes in one object stream", limit)
        }
        error => Error::new(ErrorKind::InvalidPdf, "the PDF cannot be read").with_source(error),
    }
}

/// The catalog's dictionary under `key`, for optional parts that may be missing or broken.
pub(super) fn catalog_value<'a>(document: &'a Document, key: &[u8]) -> Option<&'a Object> {
    super::value(document, document.catalog().ok()?, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_streams_are_counted_however_they_are_spelt() {
        assert_eq!(
            object_streams(b"<</Type/ObjStm>> /Obj#53tm /ObjS /#4fbjStm /X#20"),
            3
        );
    }

    #[test]
    fn arrays_without_end_are_refused_before_they_are_parsed() {
        let array = |item: &str| format!("5 0 obj [{}] endobj", item.repeat(200));
        let error = check_values(array("1 ").as_bytes(), 100).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(check_values(array("/Key (text) ").as_bytes(), 100).is_err());
        // The same figures as a drawing are not objects.
        assert!(check_values(array("1 2 l ").as_bytes(), 100).is_ok());
    }
}
