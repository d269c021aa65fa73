//! Opening the file, with its errors told apart.

use lopdf::{DecompressError, Document, LoadOptions, Object};

use crate::error::{Error, ErrorKind, Result};
use crate::ingest::limits::{Limits, exceeded};

/// Most that one object stream or cross-reference stream may hold. Parsed objects take some
/// fifty times the memory of their text, and real ones hold far less than this.
const OBJECT_STREAM_BYTES: usize = 8 << 20;

/// Opens `bytes`, decrypting with the empty password where that is enough.
pub(in crate::ingest) fn open(bytes: &[u8], limits: &Limits) -> Result<Document> {
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

/// The share of the decompression limit that each object stream may take, as they are all
/// inflated while the file is opened.
fn object_stream_share(bytes: &[u8], limits: &Limits) -> usize {
    let named = memchr_count(bytes, b"ObjStm").max(1);
    (limits.decompressed_bytes / named).clamp(1 << 20, OBJECT_STREAM_BYTES)
}

fn memchr_count(bytes: &[u8], word: &[u8]) -> usize {
    bytes
        .windows(word.len())
        .filter(|window| *window == word)
        .count()
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
