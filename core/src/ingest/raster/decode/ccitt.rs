//! Pictures of two tones coded for facsimile: ITU-T T.4 (groups 3) and T.6 (group 4).

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode};
use lopdf::{Dictionary, Object};

use super::super::gray::Reducer;
use super::{Plane, Shape};
use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::number;

/// Takes the runs of each row.
struct Rows {
    reducer: Reducer,
    row: Vec<u8>,
    white: u8,
    black: u8,
    left: usize,
}

impl Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        self.row.fill(self.white);
        for run in changes.chunks(2) {
            let at = |index: usize| run.get(index).and_then(|&at| usize::try_from(at).ok());
            let start = at(0).unwrap_or(0);
            let end = at(1).unwrap_or(self.row.len()).min(self.row.len());
            if let Some(black) = self.row.get_mut(start..end) {
                black.fill(self.black);
            }
        }
        self.reducer.push(&self.row);
    }
}

/// The pixels of `data`; `tones` are the greys of the samples 0 and 1.
pub(super) fn decode(
    shape: &Shape,
    data: &[u8],
    parameters: &Dictionary,
    tones: [u8; 2],
    budget: &mut Budget<'_>,
) -> Result<Option<Plane>> {
    let flag = |key: &[u8], default| {
        let value = parameters.get(key).and_then(Object::as_bool);
        value.unwrap_or(default)
    };
    let figure = |key: &[u8]| parameters.get(key).ok().and_then(number);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float cast saturates, and the value is bounded below"
    )]
    let columns = figure(b"Columns").map_or(1_728, |columns| columns.max(0.0) as u32);
    // Rows are as wide as the code says; the picture takes what it needs of them.
    let width = usize::try_from(columns).unwrap_or(0);
    if width == 0 || width > super::LARGEST_SIDE {
        return Ok(None);
    }
    // Each row takes at least one bit of the data, whatever the dictionary says.
    let rows = shape.height.min(data.len().saturating_mul(8));
    budget.spend_decompressed(width.div_ceil(8).saturating_mul(rows))?;
    budget.spend_steps((data.len() / 16 + rows) as u64)?;
    let k = figure(b"K").unwrap_or(0.0);
    let settings = DecodeSettings {
        columns,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        end_of_block: flag(b"EndOfBlock", true),
        end_of_line: flag(b"EndOfLine", false),
        rows_are_byte_aligned: flag(b"EncodedByteAlign", false),
        encoding: if k < 0.0 {
            EncodingMode::Group4
        } else if k > 0.0 {
            EncodingMode::Group3_2D
        } else {
            EncodingMode::Group3_1D
        },
        strict: false,
    };
    // Black is the sample 0 unless the parameters say otherwise.
    let [zero, one] = tones;
    let (black, white) = if flag(b"BlackIs1", false) {
        (one, zero)
    } else {
        (zero, one)
    };
    let mut sink = Rows {
        reducer: shape.reducer(),
        row: vec![white; width],
        white,
        black,
        left: rows,
    };
    // What was decoded before the data stopped making sense is still worth having.
    let _ = hayro_ccitt::decode(data, &mut sink, &mut DecoderContext::new(settings));
    budget.watch().check()?;
    Ok(shape.plane(sink.reducer))
}
