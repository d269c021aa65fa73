//! What the font programs inside a PDF say about their own glyphs.
//!
//! A file that gives neither `/ToUnicode` nor an encoding is still readable when the font itself
//! names its glyphs or keeps its character map, as most subsets do.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};
use ttf_parser::{Face, GlyphId, cff};

use super::encoding::glyph_text;
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{decode_stream, dictionary_value, value};

/// What it costs to look up the name of a glyph, in steps.
const NAME_STEPS: u64 = 64;

/// Character maps of one font that are looked at.
const MOST_MAPS: u16 = 8;

/// Bytes of a Type 1 program in which its encoding stands, before the encrypted part.
const TYPE1_HEAD: usize = 64 << 10;

/// A font program, inflated.
enum Program {
    /// TrueType, or OpenType with any outlines.
    Sfnt(Vec<u8>),
    /// Compact Font Format without a wrapper.
    Cff(Vec<u8>),
    /// Type 1.
    Type1(Vec<u8>),
}

impl Program {
    fn read(
        document: &Document,
        font: &Dictionary,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Program>> {
        let Some(descriptor) = dictionary_value(document, font, b"FontDescriptor") else {
            return Ok(None);
        };
        for key in [&b"FontFile2"[..], b"FontFile3", b"FontFile"] {
            let Some(Object::Stream(stream)) = value(document, descriptor, key) else {
                continue;
            };
            let Some(bytes) = decode_stream(stream, budget)? else {
                continue;
            };
            budget.spend_steps(bytes.len() as u64 / 16)?;
            let wrapped = [&[0, 1, 0, 0][..], b"OTTO", b"true"]
                .iter()
                .any(|head| bytes.starts_with(head));
            return Ok(Some(if wrapped {
                Program::Sfnt(bytes)
            } else if key == b"FontFile" {
                Program::Type1(bytes)
            } else {
                Program::Cff(bytes)
            }));
        }
        Ok(None)
    }
}

/// What the 256 codes of a simple font say by the font's own encoding; `None` when it is not
/// embedded or has none.
pub(super) fn own_encoding(
    document: &Document,
    font: &Dictionary,
    budget: &mut Budget<'_>,
) -> Result<Option<Vec<String>>> {
    let Some(program) = Program::read(document, font, budget)? else {
        return Ok(None);
    };
    let name = |name: &str| glyph_text(document, name.as_bytes()).unwrap_or_default();
    let texts: Option<Vec<String>> = match &program {
        Program::Cff(bytes) => cff::Table::parse(bytes).map(|table| {
            let text = |code| Some(name(table.glyph_name(table.glyph_index(code)?)?));
            (0..=255)
                .map(|code| text(code).unwrap_or_default())
                .collect()
        }),
        Program::Type1(bytes) => {
            type1_names(bytes).map(|names| names.iter().map(|glyph| name(glyph)).collect())
        }
        Program::Sfnt(bytes) => match Face::parse(bytes, 0) {
            Ok(face) => {
                let says = glyphs_of_face(document, &face, budget)?;
                let text = |code| says.get(&symbol_glyph(&face, code)?.0).cloned();
                Some(
                    (0..=255)
                        .map(|code| text(code).unwrap_or_default())
                        .collect(),
                )
            }
            Err(_) => None,
        },
    };
    Ok(texts.filter(|texts| texts.iter().any(|text| !text.is_empty())))
}

/// What the glyphs of a composite font say, by their numbers in the font (CID).
pub(super) fn cid_texts(
    document: &Document,
    descendant: &Dictionary,
    budget: &mut Budget<'_>,
) -> Result<BTreeMap<u32, String>> {
    let Some(program) = Program::read(document, descendant, budget)? else {
        return Ok(BTreeMap::new());
    };
    let mut texts = BTreeMap::new();
    match &program {
        Program::Sfnt(bytes) => {
            let Ok(face) = Face::parse(bytes, 0) else {
                return Ok(texts);
            };
            let says = glyphs_of_face(document, &face, budget)?;
            match value(document, descendant, b"CIDToGIDMap") {
                // Two bytes for each number.
                Some(Object::Stream(stream)) => {
                    let map = decode_stream(stream, budget)?.unwrap_or_default();
                    for (cid, pair) in (0_u32..).zip(map.chunks_exact(2)) {
                        let glyph = pair.iter().fold(0, |all, &byte| all << 8 | u16::from(byte));
                        if let Some(text) = says.get(&glyph).filter(|_| glyph > 0) {
                            texts.insert(cid, text.clone());
                        }
                    }
                }
                _ => texts.extend(says.into_iter().map(|(glyph, text)| (glyph.into(), text))),
            }
        }
        Program::Cff(bytes) => {
            let Some(table) = cff::Table::parse(bytes) else {
                return Ok(texts);
            };
            for glyph in 0..table.number_of_glyphs() {
                budget.spend_steps(NAME_STEPS)?;
                let glyph = GlyphId(glyph);
                // A font with names of glyphs has no numbers of its own; its order counts.
                if let Some(name) = table.glyph_name(glyph)
                    && let Some(text) = glyph_text(document, name.as_bytes())
                {
                    texts.insert(glyph.0.into(), text);
                }
            }
        }
        Program::Type1(_) => {}
    }
    Ok(texts)
}

/// What each glyph of a face says: by its character map, or else by its name.
fn glyphs_of_face(
    document: &Document,
    face: &Face<'_>,
    budget: &mut Budget<'_>,
) -> Result<BTreeMap<u16, String>> {
    let mut says = BTreeMap::new();
    if let Some(cmap) = face.tables().cmap {
        let maps = (0..cmap.subtables.len().min(MOST_MAPS))
            .filter_map(|index| cmap.subtables.get(index))
            .filter(ttf_parser::cmap::Subtable::is_unicode);
        for map in maps {
            // Asked for each character, as a hostile map names four thousand million of them.
            budget.spend_steps(16_384)?;
            for number in 0x20..=0xFFFF_u32 {
                if let Some(glyph) = map.glyph_index(number)
                    && let Some(letter) = char::from_u32(number)
                    && !is_private(letter)
                {
                    says.entry(glyph.0).or_insert_with(|| letter.to_string());
                }
            }
        }
    }
    for glyph in 0..face.number_of_glyphs() {
        if says.contains_key(&glyph) {
            continue;
        }
        budget.spend_steps(NAME_STEPS)?;
        if let Some(name) = face.glyph_name(GlyphId(glyph))
            && let Some(text) = glyph_text(document, name.as_bytes())
        {
            says.insert(glyph, text);
        }
    }
    Ok(says)
}

/// The glyph of a code in a symbolic TrueType font (ISO 32000-1, 9.6.6.4): by the symbol map,
/// in which codes lie from 0xF000 on, or by the Macintosh map.
fn symbol_glyph(face: &Face<'_>, code: u8) -> Option<GlyphId> {
    let cmap = face.tables().cmap?;
    let code = u32::from(code);
    (0..cmap.subtables.len().min(MOST_MAPS))
        .filter_map(|index| cmap.subtables.get(index))
        .find_map(|map| match (map.platform_id, map.encoding_id) {
            (ttf_parser::PlatformId::Windows, 0) => [0xF000, 0xF100, 0xF200, 0]
                .iter()
                .find_map(|base| map.glyph_index(base + code)),
            (ttf_parser::PlatformId::Macintosh, 0) => map.glyph_index(code),
            _ => None,
        })
}

/// Names of glyphs by code, from `dup 65 /A put` in the clear part of a Type 1 program.
fn type1_names(program: &[u8]) -> Option<Vec<String>> {
    let head = program.get(..TYPE1_HEAD).unwrap_or(program);
    let end = head
        .windows(5)
        .position(|window| window == b"eexec")
        .unwrap_or(head.len());
    let text = String::from_utf8_lossy(head.get(..end)?).into_owned();
    let (_, encoding) = text.split_once("/Encoding")?;
    let mut names = vec![String::new(); 256];
    let mut words = encoding.split_ascii_whitespace();
    let mut found = false;
    while let Some(word) = words.next() {
        match word {
            "dup" => {
                let (code, glyph) = (words.next()?, words.next()?);
                if let (Ok(code), Some(glyph)) = (code.parse::<usize>(), glyph.strip_prefix('/'))
                    && let Some(slot) = names.get_mut(code)
                {
                    *slot = glyph.to_owned();
                    found = true;
                }
            }
            // The standard encoding by name is the fallback anyway.
            "def" | "readonly" if found => break,
            "StandardEncoding" => return None,
            _ => {}
        }
    }
    found.then_some(names)
}

/// Whether a character has no meaning outside of its font.
pub(super) fn is_private(letter: char) -> bool {
    matches!(letter, '\u{E000}'..='\u{F8FF}' | '\u{FFFD}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_1_program_names_its_glyphs() {
        let program = b"%!PS-AdobeFont-1.0\n/Encoding 256 array\n\
            0 1 255 {1 index exch /.notdef put} for\n\
            dup 65 /eacute put\ndup 66 /one put\nreadonly def\n\
            dup 67 /two put\ncurrentfile eexec\x80\x81";
        let names = type1_names(program).unwrap();
        assert_eq!((names[65].as_str(), names[66].as_str()), ("eacute", "one"));
        assert_eq!(names[67], "");
        assert_eq!(type1_names(b"/Encoding StandardEncoding def"), None);
    }
}
