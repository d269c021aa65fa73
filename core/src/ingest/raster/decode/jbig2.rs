//! Pictures of two tones coded by JBIG2 (ITU-T T.88), in the form that PDF embeds.

use hayro_jbig2::{DecodeSettings, Decoder, Globals, Page};
use lopdf::{Dictionary, Document, Object};

use super::super::gray::Reducer;
use super::{Plane, Shape};
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{decode_stream, value};

/// Takes the pixels of each row.
struct Rows {
    reducer: Reducer,
    row: Vec<u8>,
    width: usize,
    white: u8,
    black: u8,
    left: usize,
}

impl Rows {
    fn push(&mut self, black: bool, count: usize) {
        let tone = if black { self.black } else { self.white };
        let room = self.width.saturating_sub(self.row.len());
        self.row.extend(std::iter::repeat_n(tone, count.min(room)));
    }
}

impl Decoder for Rows {
    fn push_pixel(&mut self, black: bool) {
        self.push(black, 1);
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        let count = usize::try_from(chunk_count).unwrap_or(usize::MAX);
        self.push(black, count.saturating_mul(8));
    }

    fn next_line(&mut self) {
        if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            self.reducer.push(&self.row);
        }
        self.row.clear();
    }
}

/// The segments that several pictures share, if there are any.
pub(super) fn globals(
    document: &Document,
    parameters: &Dictionary,
    budget: &mut Budget<'_>,
) -> Result<Option<Vec<u8>>> {
    match value(document, parameters, b"JBIG2Globals") {
        Some(Object::Stream(stream)) => decode_stream(stream, budget),
        _ => Ok(None),
    }
}

/// The pixels of `data`; `tones` are the greys of the samples 0 and 1. Black is the sample 0
/// (ISO 32000-1, 7.4.7).
pub(super) fn decode(
    shape: &Shape,
    data: &[u8],
    globals: Option<&[u8]>,
    tones: [u8; 2],
    budget: &mut Budget<'_>,
) -> Result<Option<Plane>> {
    let settings = DecodeSettings::default();
    let globals = match globals {
        None => None,
        Some(bytes) => match Globals::new(bytes, &settings) {
            Ok(globals) => Some(globals),
            Err(_) => return Ok(None),
        },
    };
    budget.watch().check()?;
    let Ok(page) = Page::new_embedded(data, globals.as_ref(), &settings) else {
        return Ok(None);
    };
    let side = |side: u32| usize::try_from(side).unwrap_or(usize::MAX);
    let (width, height) = (side(page.width()), side(page.height()));
    // The page and, while they are put together, one region of the same size.
    let bytes = width.div_ceil(8).saturating_mul(height);
    budget.spend_decompressed(bytes.saturating_mul(2))?;
    budget.spend_steps((bytes / 8 + data.len()) as u64)?;
    let [black, white] = tones;
    let mut sink = Rows {
        reducer: shape.reducer(),
        row: Vec::new(),
        width: shape.width,
        white,
        black,
        left: shape.height,
    };
    let decoded = page.decode(&mut sink);
    budget.watch().check()?;
    Ok(decoded.is_ok().then(|| shape.plane(sink.reducer)).flatten())
}
