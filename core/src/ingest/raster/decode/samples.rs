//! Pictures whose samples lie there plainly, row after row.

use super::colours::Colours;
use super::{Plane, Shape};
use crate::error::Result;
use crate::ingest::limits::Budget;

/// The pixels of `data`; rows that are missing at the end are left out.
pub(super) fn decode(
    shape: &Shape,
    data: &[u8],
    bits: i64,
    colours: &Colours,
    budget: &mut Budget<'_>,
) -> Result<Option<Plane>> {
    let Ok(bits) = usize::try_from(bits) else {
        return Ok(None);
    };
    let stride = (shape.width * colours.samples() * bits).div_ceil(8).max(1);
    let mut reducer = shape.reducer();
    let mut samples: Vec<u8> = Vec::new();
    let mut row: Vec<u8> = Vec::new();
    for bytes in data.chunks(stride).take(shape.height) {
        budget.spend_steps(1 + (shape.width / 64) as u64)?;
        unpack(bytes, bits, &mut samples);
        row.clear();
        match colours {
            Colours::Lookup(table) => row.extend(
                samples
                    .iter()
                    .map(|&sample| table.get(usize::from(sample)).copied().unwrap_or(255)),
            ),
            Colours::Mixed { mix, tables } => {
                row.extend(samples.chunks_exact_mut(tables.len().max(1)).map(|pixel| {
                    for (sample, table) in pixel.iter_mut().zip(tables) {
                        *sample = table.get(usize::from(*sample)).copied().unwrap_or(0);
                    }
                    mix.gray(pixel)
                }));
            }
        }
        reducer.push(&row);
    }
    Ok(shape.plane(reducer))
}

/// One sample to a byte; of 16 bits the upper half.
fn unpack(bytes: &[u8], bits: usize, samples: &mut Vec<u8>) {
    samples.clear();
    match bits {
        1 => samples.extend(
            bytes
                .iter()
                .flat_map(|byte| (0..8).map(move |bit| byte >> (7 - bit) & 1)),
        ),
        2 => samples.extend(
            bytes
                .iter()
                .flat_map(|byte| (0..4).map(move |pair| byte >> (6 - 2 * pair) & 3)),
        ),
        4 => samples.extend(bytes.iter().flat_map(|byte| [byte >> 4, byte & 15])),
        16 => samples.extend(bytes.iter().step_by(2)),
        _ => samples.extend_from_slice(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_every_depth_are_unpacked_from_the_top_bit() {
        let unpacked = |bits| {
            let mut samples = Vec::new();
            unpack(&[0b1010_0110, 0xFF], bits, &mut samples);
            samples
        };
        assert_eq!(unpacked(1)[..8], [1, 0, 1, 0, 0, 1, 1, 0]);
        assert_eq!(unpacked(2)[..4], [2, 2, 1, 2]);
        assert_eq!(unpacked(4), [10, 6, 15, 15]);
        assert_eq!(unpacked(8), [0b1010_0110, 0xFF]);
        assert_eq!(unpacked(16), [0b1010_0110]);
    }
}
