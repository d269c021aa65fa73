//! Fonts, as far as text extraction needs them: what each code says and how wide it is.

mod cmap;
mod embedded;
mod encoding;
mod predefined;
mod widths;

use std::borrow::Cow;
use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};

use self::cmap::CMap;
use self::encoding::Encoding;
use self::predefined::Charset;
use self::widths::Widths;
use super::limits::Budget;
use super::pdf::{content_of, value};
use crate::error::Result;

/// A font of a page.
#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    to_unicode: Option<CMap>,
    widths: Widths,
}

/// How a shown string falls into character codes.
#[derive(Debug)]
enum Codes {
    /// One byte each, named by an encoding.
    Single(Encoding),
    /// Several bytes each; the map, if any, says how many.
    Composite {
        /// The embedded map from codes to glyphs.
        cmap: Option<CMap>,
        /// What the glyphs say by the font itself; empty when `/ToUnicode` tells it.
        own: BTreeMap<u32, String>,
    },
    /// Codes of a public character set, for a font that the file does not bring.
    Public(Charset),
}

/// One shown character.
pub(super) struct Glyph<'a> {
    /// What it says; empty when the file does not tell.
    pub(super) text: Cow<'a, str>,
    /// How far it moves the pen, as a share of the font size.
    pub(super) advance: f64,
    /// Whether word spacing applies: the single byte 32 (ISO 32000-1, 9.3.3).
    pub(super) is_word_space: bool,
}

impl Font {
    /// Reads a font dictionary; what is missing or broken falls back to the nearest default.
    pub(super) fn read(
        document: &Document,
        font: &Dictionary,
        budget: &mut Budget<'_>,
    ) -> Result<Font> {
        // Building the tables below takes about as long as some thousand operators.
        budget.spend_steps(8_192)?;
        let to_unicode = match value(document, font, b"ToUnicode") {
            Some(Object::Stream(stream)) => {
                read_cmap(content_of(document, stream, budget)?.as_deref(), budget)?
            }
            _ => None,
        };
        let subtype = font
            .get(b"Subtype")
            .and_then(Object::as_name)
            .unwrap_or_default();
        if subtype != b"Type0" {
            return Ok(Font {
                codes: Codes::Single(Encoding::read(
                    document,
                    font,
                    to_unicode.is_none(),
                    budget,
                )?),
                to_unicode,
                widths: Widths::of_simple(document, font, subtype == b"Type3"),
            });
        }
        let cmap = match value(document, font, b"Encoding") {
            Some(Object::Stream(stream)) => {
                read_cmap(content_of(document, stream, budget)?.as_deref(), budget)?
            }
            Some(Object::Name(name)) => {
                if let Some(charset) = Charset::of_cmap(name) {
                    return Ok(Font {
                        codes: Codes::Public(charset),
                        to_unicode,
                        // Its widths are listed by glyph, of which the codes tell nothing.
                        widths: Widths::unknown(),
                    });
                }
                None
            }
            _ => None,
        };
        let own = match (&to_unicode, descendant(document, font)) {
            (None, Some(descendant)) => embedded::cid_texts(document, descendant, budget)?,
            _ => BTreeMap::new(),
        };
        let widths = Widths::of_composite(document, font, budget)?;
        Ok(Font {
            codes: Codes::Composite { cmap, own },
            to_unicode,
            widths,
        })
    }

    /// The characters of a shown string.
    pub(super) fn glyphs<'a>(&'a self, shown: &'a [u8]) -> impl Iterator<Item = Glyph<'a>> {
        let mut rest = shown;
        std::iter::from_fn(move || {
            let length = self.code_length(rest).min(rest.len());
            let (code, tail) = rest.split_at_checked(length)?;
            rest = tail;
            (!code.is_empty()).then(|| self.glyph(code))
        })
    }

    fn code_length(&self, rest: &[u8]) -> usize {
        match &self.codes {
            Codes::Single(_) => 1,
            Codes::Public(charset) => charset.code_length(rest),
            Codes::Composite {
                cmap: Some(cmap), ..
            } => cmap.code_length(rest).unwrap_or(2),
            Codes::Composite { cmap: None, .. } => 2,
        }
    }

    fn glyph<'a>(&'a self, code: &[u8]) -> Glyph<'a> {
        let number = code
            .iter()
            .fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
        let unicode = self
            .to_unicode
            .as_ref()
            .and_then(|cmap| cmap.text(code.len(), number))
            // Some files map every code to the private area, which says nothing.
            .filter(|text| !text.chars().all(embedded::is_private));
        let text = match (unicode, &self.codes) {
            (Some(text), _) => text,
            (None, Codes::Single(encoding)) => Cow::Borrowed(encoding.text(number)),
            (None, Codes::Composite { own, .. }) => {
                Cow::Borrowed(own.get(&number).map_or("", String::as_str))
            }
            (None, Codes::Public(charset)) => charset.text(code),
        };
        let advance = match self.codes {
            Codes::Public(_) => Charset::advance(&text),
            _ => self.widths.advance(number),
        };
        Glyph {
            text,
            advance,
            is_word_space: code == [32],
        }
    }
}

/// The font of the glyphs of a composite font.
fn descendant<'a>(document: &'a Document, font: &'a Dictionary) -> Option<&'a Dictionary> {
    let array = value(document, font, b"DescendantFonts")?.as_array().ok()?;
    let (_, object) = document.dereference(array.first()?).ok()?;
    object.as_dict().ok()
}

fn read_cmap(bytes: Option<&[u8]>, budget: &mut Budget<'_>) -> Result<Option<CMap>> {
    bytes.map(|bytes| CMap::read(bytes, budget)).transpose()
}
