//! How far each character moves the pen.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object};

use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{dictionary_value, number, numbers, value};

/// Most widths of a composite font that are kept; there are no more glyph numbers.
const MAX_WIDTHS: usize = 65_536;

/// Helvetica's widths of the codes 32 to 126 (Adobe's metrics of the standard fonts), for the
/// fonts that need not bring their own.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same of the codes 160 to 255 in WinAnsiEncoding, where letters with accents are.
const HELVETICA_ACCENTS: [u16; 96] = [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333,
    333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667,
    1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778, 778, 584, 778,
    722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556,
    278, 278, 278, 278, 556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556,
    500,
];

/// Widths by code, as shares of the font size.
#[derive(Debug)]
pub(super) struct Widths {
    listed: BTreeMap<u32, f64>,
    fallback: Fallback,
}

#[derive(Debug)]
enum Fallback {
    /// The same for every code that is not listed.
    Fixed(f64),
    /// As in Helvetica, which the other proportional standard fonts are near enough to.
    Helvetica,
}

impl Widths {
    /// Widths of a font with one byte per code.
    pub(super) fn of_simple(document: &Document, font: &Dictionary, is_type3: bool) -> Widths {
        // A Type 3 font measures in its own glyph space, every other in thousandths.
        let unit = if is_type3 {
            value(document, font, b"FontMatrix")
                .and_then(|matrix| numbers::<6>(document, matrix))
                .map_or(0.001, |[a, ..]| a)
        } else {
            0.001
        };
        let first = value(document, font, b"FirstChar")
            .and_then(number)
            .map_or(0, |first| first.clamp(0.0, 255.0) as u32);
        let mut listed = BTreeMap::new();
        if let Some(Object::Array(array)) = value(document, font, b"Widths") {
            for (code, item) in (first..=255).zip(array) {
                if let Ok((_, object)) = document.dereference(item)
                    && let Some(width) = number(object)
                {
                    listed.insert(code, width * unit);
                }
            }
        }
        let missing = dictionary_value(document, font, b"FontDescriptor")
            .and_then(|descriptor| value(document, descriptor, b"MissingWidth"))
            .and_then(number);
        let base = font
            .get(b"BaseFont")
            .and_then(Object::as_name)
            .unwrap_or_default();
        let fallback = if listed.is_empty() && base.windows(7).any(|part| part == b"Courier") {
            Fallback::Fixed(0.6)
        } else if listed.is_empty() {
            Fallback::Helvetica
        } else {
            Fallback::Fixed(missing.unwrap_or(0.0) * unit)
        };
        Widths { listed, fallback }
    }

    /// Widths of a composite font, by its descendant's `/W` (ISO 32000-1, 9.7.4.3).
    pub(super) fn of_composite(
        document: &Document,
        font: &Dictionary,
        budget: &mut Budget<'_>,
    ) -> Result<Widths> {
        let descendant = value(document, font, b"DescendantFonts")
            .and_then(|object| object.as_array().ok())
            .and_then(|array| document.dereference(array.first()?).ok())
            .and_then(|(_, object)| object.as_dict().ok());
        let Some(descendant) = descendant else {
            return Ok(Widths::unknown());
        };
        let default = value(document, descendant, b"DW")
            .and_then(number)
            .unwrap_or(1_000.0);
        let mut listed = BTreeMap::new();
        if let Some(Object::Array(array)) = value(document, descendant, b"W") {
            read_runs(document, array, &mut listed, budget)?;
        }
        Ok(Widths {
            listed,
            fallback: Fallback::Fixed(default / 1_000.0),
        })
    }

    /// The widths of a font that does not tell them.
    pub(super) fn unknown() -> Widths {
        Widths {
            listed: BTreeMap::new(),
            fallback: Fallback::Fixed(1.0),
        }
    }

    pub(super) fn advance(&self, code: u32) -> f64 {
        if let Some(&width) = self.listed.get(&code) {
            return width;
        }
        match self.fallback {
            Fallback::Fixed(width) => width,
            Fallback::Helvetica => {
                let from =
                    |first: u32| usize::try_from(code.wrapping_sub(first)).unwrap_or(usize::MAX);
                let letter = HELVETICA.get(from(32));
                letter
                    .or_else(|| HELVETICA_ACCENTS.get(from(160)))
                    .map_or(0.556, |&width| f64::from(width) / 1_000.0)
            }
        }
    }
}

/// Runs are `first [w w w]` or `first last w`.
fn read_runs(
    document: &Document,
    array: &[Object],
    listed: &mut BTreeMap<u32, f64>,
    budget: &mut Budget<'_>,
) -> Result<()> {
    let object = |item: &Object| match document.dereference(item) {
        Ok((_, object)) => object.clone(),
        Err(_) => Object::Null,
    };
    let mut rest = array;
    while let [first, second, tail @ ..] = rest {
        budget.spend_steps(1)?;
        let Some(first) = number(&object(first)).map(|first| first.clamp(0.0, 65_535.0) as u32)
        else {
            rest = rest.get(1..).unwrap_or_default();
            continue;
        };
        if let Object::Array(widths) = object(second) {
            for (code, width) in (first..65_536).zip(&widths) {
                budget.spend_steps(1)?;
                if let Some(width) = number(&object(width))
                    && listed.len() < MAX_WIDTHS
                {
                    listed.insert(code, width / 1_000.0);
                }
            }
            rest = tail;
        } else if let [third, after @ ..] = tail {
            let last = number(&object(second)).map_or(0, |last| last.clamp(0.0, 65_535.0) as u32);
            if let Some(width) = number(&object(third)) {
                for code in first..=last {
                    budget.spend_steps(1)?;
                    listed.insert(code, width / 1_000.0);
                }
            }
            rest = after;
        } else {
            break;
        }
    }
    Ok(())
}
