//! Opening the file, with its errors told apart.

use lopdf::{DecompressError, Document, LoadOptions, Object};

use super::loading;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::content::{Token, Tokens};
use crate::ingest::limits::{Limits, exceeded};
use crate::watch::Watch;

/// Most that all object streams together may hold, and one of them alone. A parsed object takes
/// some thirty times the memory of its text, and real files hold far less than this.
const OBJECT_STREAMS_BYTES: usize = 32 << 20;
const OBJECT_STREAM_BYTES: usize = 8 << 20;

/// Files up to this size cannot hold enough objects to matter.
const SMALL_FILE_BYTES: usize = 4 << 20;

/// Most values inside arrays and dictionaries that a file may hold outside its object streams;
/// each takes some sixty bytes once it is parsed.
const MAX_VALUES: usize = 6_000_000;

/// Most that all cross-reference streams together may hold: a million objects take some five
/// megabytes.
const XREF_STREAMS_BYTES: usize = 64 << 20;

/// Most bytes that are copied to look for the objects of an encrypted file, beside some times its
/// size.
const RAW_OBJECTS_BYTES: usize = 64 << 20;

/// Opens `bytes`, decrypting with the empty password where that is enough.
pub(in crate::ingest) fn open(
    bytes: &[u8],
    limits: &Limits,
    watch: &dyn Watch,
) -> Result<Document> {
    if bytes.len() > SMALL_FILE_BYTES {
        check_values(bytes, MAX_VALUES, watch)?;
    }
    let names = Names::count(bytes, watch)?;
    let mut options = LoadOptions {
        max_decompressed_size: Some(names.stream_share(limits)),
        ..LoadOptions::default()
    };
    let document = if names.encrypt > 0 {
        check_raw_objects(bytes)?;
        // The library takes an encrypted file apart without asking anybody. The table of such a
        // file is not trusted where it could name one large object many times.
        options.force_reconstruct = true;
        match loading::load(bytes, &options, watch)? {
            Ok(document) if is_open(&document) && !loading::leads_to_pages(&document) => {
                options.force_reconstruct = false;
                match bytes.len() <= SMALL_ENCRYPTED_BYTES {
                    true => loading::load(bytes, &options, watch)?,
                    false => Ok(document),
                }
            }
            loaded => loaded,
        }
    } else {
        loading::load(bytes, &options, watch)?
    };
    let document = document.map_err(not_opened)?;
    // What is still encrypted after loading did not open with the empty password.
    if !is_open(&document) {
        return Err(Error::new(
            ErrorKind::PasswordRequired,
            "the PDF opens only with a password",
        ));
    }
    Ok(document)
}

fn is_open(document: &Document) -> bool {
    !document.trailer.has(b"Encrypt") || document.encryption_state.is_some()
}

/// So small an encrypted file is soon read however often its table names each byte of it.
const SMALL_ENCRYPTED_BYTES: usize = 8 << 10;

/// How often a file writes some names, also with `#xx` in them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Names {
    object_stream: usize,
    encrypt: usize,
    prev: usize,
    size: usize,
    xref_stream: usize,
}

/// Bytes between two looks at the watch: some milliseconds.
const BYTES_BETWEEN_CHECKS: usize = 4 << 20;

impl Names {
    fn count(bytes: &[u8], watch: &dyn Watch) -> Result<Names> {
        let mut names = Names::default();
        let (mut rest, mut next_check) = (bytes, bytes.len());
        while let Some(slash) = memchr::memchr(b'/', rest) {
            rest = rest.get(slash + 1..).unwrap_or_default();
            if rest.len() <= next_check {
                next_check = rest.len().saturating_sub(BYTES_BETWEEN_CHECKS);
                watch.check()?;
            }
            // Seven letters, each of them three bytes when escaped.
            let near = rest.get(..22).unwrap_or(rest);
            if near.contains(&b'#') {
                let slashed: Vec<u8> = [b"/", near].concat();
                if let Some(Token::Name(name)) = Tokens::new(&slashed).next() {
                    names.add(&name);
                }
            } else {
                names.add(near);
            }
        }
        Ok(names)
    }

    fn add(&mut self, name: &[u8]) {
        for (start, count) in [
            (&b"ObjStm"[..], &mut self.object_stream),
            (b"Encrypt", &mut self.encrypt),
            (b"Prev", &mut self.prev),
            (b"Size", &mut self.size),
            (b"XRefStm", &mut self.xref_stream),
        ] {
            *count += usize::from(name.starts_with(start));
        }
    }

    /// The share of the limit that each stream may take which is inflated while the file is
    /// opened.
    fn stream_share(&self, limits: &Limits) -> usize {
        let total = OBJECT_STREAMS_BYTES.min(limits.decompressed_bytes);
        // A further cross-reference section is named by `Prev` or `XRefStm`, and has a `Size`
        // itself; bookmarks have a `Prev` as well.
        let sections = self.prev.min(self.size) + self.xref_stream + 1;
        (total / self.object_stream.max(1))
            .min(OBJECT_STREAM_BYTES)
            .min(XREF_STREAMS_BYTES / sections)
    }
}

/// Refuses files with objects inside each other, which the library copies whole when a file is
/// encrypted: each from its head to the next `endobj`.
fn check_raw_objects(bytes: &[u8]) -> Result<()> {
    let mut copied = 0_usize;
    let mut end = bytes.len();
    for at in memchr::memmem::rfind_iter(bytes, b"obj") {
        let before = bytes.get(..at).unwrap_or_default();
        if before.ends_with(b"end") {
            end = at;
        } else if before.ends_with(b" ") || before.ends_with(b"\n") || before.ends_with(b"\r") {
            copied = copied.saturating_add(end - at);
        }
    }
    let most = bytes
        .len()
        .saturating_mul(4)
        .saturating_add(RAW_OBJECTS_BYTES);
    if copied > most {
        return Err(exceeded("bytes of objects in the file", most));
    }
    Ok(())
}

/// Refuses files that would take gigabytes once parsed: the PDF library parses every object
/// while it opens a file, and has no limit of its own for this.
///
/// Counts values inside brackets, in stream data too, as any part of a file can be named as an
/// object. A word that no array can hold, as pictures and drawings are full of, ends the count
/// of the brackets it stands in.
fn check_values(bytes: &[u8], most: usize, watch: &dyn Watch) -> Result<()> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let mut tokens = Tokens::new(bytes);
    for count in 0_usize.. {
        let Some(token) = tokens.next() else { break };
        if count % TOKENS_BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
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

/// Tokens between two looks at the watch: some milliseconds, or one long string.
const TOKENS_BETWEEN_CHECKS: usize = 65_536;

fn not_opened(error: lopdf::Error) -> Error {
    match error {
        lopdf::Error::InvalidPassword => Error::new(
            ErrorKind::PasswordRequired,
            "the PDF opens only with a password",
        ),
        lopdf::Error::Decryption(_) => {
            Error::new(ErrorKind::PasswordRequired, "the PDF cannot be decrypted")
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
        error => Error::new(
            ErrorKind::InvalidPdf,
            format!("the PDF cannot be read: {}", whats_wrong(&error)),
        ),
    }
}

/// What is wrong with a file, for people who know nothing of its objects and their numbers.
pub(super) fn whats_wrong(error: &lopdf::Error) -> &'static str {
    use lopdf::{Error as Wrong, ParseError};
    match error {
        Wrong::ObjectNotFound(_) | Wrong::MissingXrefEntry | Wrong::DictKey(_) => {
            "a part that it needs is missing"
        }
        Wrong::Xref(_)
        | Wrong::InvalidOffset(_)
        | Wrong::IndirectObject { .. }
        | Wrong::ObjectIdMismatch
        | Wrong::Parse(
            ParseError::InvalidXref | ParseError::InvalidTrailer | ParseError::EndOfInput,
        ) => "the list of its parts is damaged or cut off",
        Wrong::ReferenceCycle(_) | Wrong::ReferenceLimit | Wrong::RecursionLimit => {
            "its parts name each other in a circle"
        }
        Wrong::Decompress(_) => "a part of it cannot be unpacked",
        _ => "a part of it is damaged",
    }
}

/// The catalog's dictionary under `key`, for optional parts that may be missing or broken.
pub(super) fn catalog_value<'a>(document: &'a Document, key: &[u8]) -> Option<&'a Object> {
    super::value(document, document.catalog().ok()?, key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    #[test]
    fn names_are_counted_however_they_are_spelt() {
        let file = b"<</Type/ObjStm>> /Obj#53tm /ObjS /#4fbjStm /X#20 /#45#6e#63#72#79#70#74 /Prev";
        let names = Names::count(file, &Unwatched).unwrap();
        assert_eq!(
            names,
            Names {
                object_stream: 3,
                encrypt: 1,
                prev: 1,
                ..Names::default()
            }
        );
        assert_eq!(names.stream_share(&Limits::default()), OBJECT_STREAM_BYTES);
    }

    #[test]
    fn what_is_wrong_is_said_without_numbers_of_objects() {
        let without_its_page = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
            2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>";
        for (file, said) in [
            (
                &b"%PDF-1.4\nnothing"[..],
                "the PDF cannot be read: the list of its parts is damaged or cut off",
            ),
            (
                &without_its_page[..],
                "page 1 of the PDF cannot be read: a part that it needs is missing",
            ),
        ] {
            let options = crate::ingest::IngestOptions::default();
            let error = crate::ingest::read_pdf(file, &options, &Unwatched).unwrap_err();
            assert_eq!(
                (error.kind(), error.chain().as_str()),
                (ErrorKind::InvalidPdf, said)
            );
        }
    }

    #[test]
    fn objects_inside_each_other_are_refused() {
        let nested = b"1 0 obj ".repeat(20_000);
        let error = check_raw_objects(&nested).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(check_raw_objects(&b"1 0 obj 5 endobj ".repeat(20_000)).is_ok());
    }

    #[test]
    fn arrays_without_end_are_refused_before_they_are_parsed() {
        let array = |item: &str| format!("5 0 obj [{}] endobj", item.repeat(200));
        let error = check_values(array("1 ").as_bytes(), 100, &Unwatched).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(check_values(array("/Key (text) ").as_bytes(), 100, &Unwatched).is_err());
        // The same figures as a drawing are not objects.
        assert!(check_values(array("1 2 l ").as_bytes(), 100, &Unwatched).is_ok());
    }
}
