//! Single-byte encodings: the standard tables and the differences of a font from them.

use lopdf::{Dictionary, Document, Object};

use super::embedded::own_encoding;
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::value;

/// Entries of a `/Differences` array that are looked at; 256 codes need at most 512.
const MAX_DIFFERENCES: usize = 1_024;

/// What each of the 256 codes says.
#[derive(Debug)]
pub(super) struct Encoding {
    table: Vec<String>,
}

impl Encoding {
    /// The encoding of a simple font: what its dictionary says, over what the font itself says
    /// if `asks_font`.
    pub(super) fn read(
        document: &Document,
        font: &Dictionary,
        asks_font: bool,
        budget: &mut Budget<'_>,
    ) -> Result<Encoding> {
        let object = value(document, font, b"Encoding");
        let (base, differences) = match object {
            Some(Object::Name(name)) => (Some(name.as_slice()), None),
            Some(Object::Dictionary(encoding)) => (
                value(document, encoding, b"BaseEncoding").and_then(|name| name.as_name().ok()),
                value(document, encoding, b"Differences").and_then(|array| array.as_array().ok()),
            ),
            _ => (None, None),
        };
        let mut table = base_table(document, base.unwrap_or(b"StandardEncoding"));
        // An embedded font brings its own encoding, if the file names no other (ISO 32000-1,
        // table 114).
        if base.is_none()
            && asks_font
            && let Some(own) = own_encoding(document, font, budget)?
        {
            for (slot, text) in table.iter_mut().zip(own) {
                if !text.is_empty() {
                    *slot = text;
                }
            }
        }
        apply_differences(document, &mut table, differences.map_or(&[], Vec::as_slice));
        Ok(Encoding { table })
    }

    /// What `code` says; empty when unknown.
    pub(super) fn text(&self, code: u32) -> &str {
        let index = usize::try_from(code).unwrap_or(usize::MAX);
        self.table.get(index).map_or("", String::as_str)
    }
}

fn base_table(document: &Document, name: &[u8]) -> Vec<String> {
    let known = matches!(
        name,
        b"WinAnsiEncoding" | b"MacRomanEncoding" | b"MacExpertEncoding" | b"PDFDocEncoding"
    );
    let name = if known { name } else { b"StandardEncoding" };
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", Object::Name(name.to_vec()));
    let encoding = font.get_font_encoding(document);
    (0..=255_u8)
        .map(|code| match &encoding {
            Ok(encoding) => encoding.bytes_to_string(&[code]).unwrap_or_default(),
            Err(_) => String::new(),
        })
        .collect()
}

fn apply_differences(document: &Document, table: &mut [String], differences: &[Object]) {
    let mut code = 0_usize;
    for item in differences.iter().take(MAX_DIFFERENCES) {
        match item {
            Object::Integer(next) => code = usize::try_from(*next).unwrap_or(usize::MAX),
            Object::Name(name) => {
                if let Some(slot) = table.get_mut(code) {
                    // A glyph without a known name says nothing, whatever the base says.
                    *slot = glyph_text(document, name).unwrap_or_default();
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// What a glyph's name stands for, by the rules of the Adobe Glyph List.
pub(super) fn glyph_text(document: &Document, name: &[u8]) -> Option<String> {
    let name = name.split(|&byte| byte == b'.').next()?;
    let text = std::str::from_utf8(name).ok()?;
    if let Some(digits) = text.strip_prefix("uni").filter(|digits| digits.len() >= 4) {
        return char_of(digits.get(..4)?);
    }
    if let Some(found) = listed_glyph(document, name) {
        return Some(found);
    }
    text.strip_prefix('u')
        .filter(|digits| digits.len() >= 4)
        .and_then(char_of)
}

fn char_of(digits: &str) -> Option<String> {
    let number = u32::from_str_radix(digits, 16).ok()?;
    char::from_u32(number).map(String::from)
}

/// Looks the name up in the PDF library's glyph list, which it only opens through a font.
fn listed_glyph(document: &Document, name: &[u8]) -> Option<String> {
    let mut encoding = Dictionary::new();
    encoding.set(
        "Differences",
        vec![Object::Integer(1), Object::Name(name.to_vec())],
    );
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", encoding);
    let text = font
        .get_font_encoding(document)
        .ok()?
        .bytes_to_string(&[1])
        .ok()?;
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::limits::Limits;
    use crate::watch::Unwatched;

    #[test]
    fn differences_replace_codes_of_the_base() {
        let document = Document::new();
        let mut encoding = Dictionary::new();
        encoding.set("BaseEncoding", Object::Name(b"WinAnsiEncoding".to_vec()));
        let name = |name: &str| Object::Name(name.as_bytes().to_vec());
        encoding.set(
            "Differences",
            vec![
                Object::Integer(65),
                name("eacute"),
                name("uni00B2"),
                name("g17"),
                Object::Integer(-4),
                name("x"),
            ],
        );
        let mut font = Dictionary::new();
        font.set("Encoding", encoding);
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        let encoding = Encoding::read(&document, &font, true, &mut budget).unwrap();
        assert_eq!(encoding.text(65), "é");
        assert_eq!(encoding.text(66), "²");
        assert_eq!(encoding.text(67), "");
        assert_eq!(encoding.text(68), "D");
        assert_eq!(encoding.text(0xE4), "ä");
        assert_eq!(encoding.text(70_000), "");
    }
}
