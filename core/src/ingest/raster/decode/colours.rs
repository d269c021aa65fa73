//! From samples of any colour space to grey.

use lopdf::{Document, Object};

use crate::error::Result;
use crate::ingest::limits::Budget;
use crate::ingest::pdf::{decode_stream, number, value};

/// How the samples of a picture become grey.
pub(super) enum Colours {
    /// One sample to a pixel, looked up. Samples of 16 bits are taken by their upper half.
    Lookup(Vec<u8>),
    /// Several samples to a pixel, each brought to 0..=255 by its table.
    Mixed { mix: Mix, tables: Vec<[u8; 256]> },
}

/// How the samples of one pixel make grey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mix {
    Rgb,
    Cmyk,
    /// Inks: each takes light away.
    Inks(usize),
    /// Lightness first.
    Lab,
}

/// Most inks of one picture; the format allows 32.
const MAX_INKS: usize = 32;

#[derive(Debug, PartialEq)]
enum Space {
    Gray,
    Mix(Mix),
    /// Greys of the palette.
    Indexed(Vec<u8>),
}

impl Colours {
    /// Those of a stencil: 255 where it paints. It paints where samples are 0, unless `decode`
    /// turns that round.
    pub(super) fn stencil(decode: Option<&[f64]>) -> Colours {
        let turned = decode
            .and_then(|decode| decode.first())
            .is_some_and(|first| *first >= 0.5);
        Colours::Lookup(if turned { vec![0, 255] } else { vec![255, 0] })
    }

    /// Those of a picture with `bits` per sample; `None` when they make no sense.
    pub(super) fn read(
        document: &Document,
        space: Option<&Object>,
        bits: i64,
        decode: Option<&[f64]>,
        budget: &mut Budget<'_>,
    ) -> Result<Option<Colours>> {
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) {
            return Ok(None);
        }
        let Some(space) = read_space(document, space, budget, 0)? else {
            return Ok(None);
        };
        let levels = 1_usize << bits.min(8);
        Ok(Some(match space {
            Space::Gray => Colours::Lookup(ramp(levels, decode, 0).to_vec_of(levels)),
            Space::Indexed(palette) => Colours::Lookup(
                (0..levels)
                    .map(|index| palette.get(index).copied().unwrap_or(0))
                    .collect(),
            ),
            Space::Mix(Mix::Inks(1)) => {
                let ink = ramp(levels, decode, 0).to_vec_of(levels);
                Colours::Lookup(ink.iter().map(|ink| 255 - ink).collect())
            }
            Space::Mix(mix) => Colours::Mixed {
                tables: (0..mix.samples())
                    .map(|index| ramp(levels, decode.filter(|_| mix != Mix::Lab), index).0)
                    .collect(),
                mix,
            },
        }))
    }

    /// Samples of one pixel.
    pub(super) fn samples(&self) -> usize {
        match self {
            Colours::Lookup(_) => 1,
            Colours::Mixed { mix, .. } => mix.samples(),
        }
    }

    /// The greys of the samples 0 and 1.
    pub(super) fn of_two(&self) -> [u8; 2] {
        match self {
            Colours::Lookup(table) => {
                let at = |index: usize| table.get(index).copied().unwrap_or(0);
                // With more bits than one, the two ends of the range are meant.
                [at(0), if table.len() == 2 { at(1) } else { 255 }]
            }
            Colours::Mixed { .. } => [0, 255],
        }
    }
}

impl Mix {
    fn samples(self) -> usize {
        match self {
            Mix::Rgb | Mix::Lab => 3,
            Mix::Cmyk => 4,
            Mix::Inks(count) => count,
        }
    }

    /// The grey of one pixel.
    pub(super) fn gray(self, samples: &[u8]) -> u8 {
        let at = |index: usize| u32::from(samples.get(index).copied().unwrap_or(0));
        match self {
            Mix::Rgb => luma(at(0), at(1), at(2)),
            Mix::Lab => u8::try_from(at(0)).unwrap_or(255),
            Mix::Cmyk => {
                let light = |ink: u32| 255 - (ink + at(3)).min(255);
                luma(light(at(0)), light(at(1)), light(at(2)))
            }
            Mix::Inks(_) => {
                let ink: u32 = samples.iter().map(|&ink| u32::from(ink)).sum();
                u8::try_from(255 - ink.min(255)).unwrap_or(0)
            }
        }
    }
}

/// Brightness of a colour by the weights of Rec. 601, in 256ths.
pub(in crate::ingest::raster) fn luma(red: u32, green: u32, blue: u32) -> u8 {
    u8::try_from((77 * red + 150 * green + 29 * blue) >> 8).unwrap_or(255)
}

struct Ramp([u8; 256]);

impl Ramp {
    fn to_vec_of(&self, levels: usize) -> Vec<u8> {
        self.0.get(..levels).unwrap_or(&self.0).to_vec()
    }
}

/// The values 0..=255 of each level of component `index`, as `decode` maps them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "levels are at most 256, and values are clamped to a byte"
)]
fn ramp(levels: usize, decode: Option<&[f64]>, index: usize) -> Ramp {
    let bounds = decode.and_then(|decode| decode.get(2 * index..2 * index + 2));
    let (low, high) = match bounds {
        Some([low, high]) => (*low, *high),
        _ => (0.0, 1.0),
    };
    let mut table = [0; 256];
    let last = levels.saturating_sub(1).max(1) as f64;
    for (level, slot) in table.iter_mut().enumerate().take(levels) {
        let value = low + (high - low) * level as f64 / last;
        *slot = (value.clamp(0.0, 1.0) * 255.0).round() as u8;
    }
    Ramp(table)
}

/// Spaces inside spaces that are followed: a palette over a profile over a device space.
const MAX_NESTING: usize = 4;

fn read_space(
    document: &Document,
    space: Option<&Object>,
    budget: &mut Budget<'_>,
    depth: usize,
) -> Result<Option<Space>> {
    let Some(space) = space else {
        return Ok(Some(Space::Gray));
    };
    if depth > MAX_NESTING {
        return Ok(None);
    }
    if let Ok(name) = space.as_name() {
        return Ok(device(name));
    }
    let Ok(parts) = space.as_array() else {
        return Ok(None);
    };
    let part = |index: usize| {
        let part = parts.get(index)?;
        document.dereference(part).ok().map(|(_, part)| part)
    };
    let Some(Ok(kind)) = part(0).map(Object::as_name) else {
        return Ok(None);
    };
    Ok(match kind {
        b"ICCBased" => {
            let components = match part(1) {
                Some(Object::Stream(profile)) => {
                    value(document, &profile.dict, b"N").and_then(number)
                }
                _ => None,
            };
            match components {
                Some(3.0) => Some(Space::Mix(Mix::Rgb)),
                Some(4.0) => Some(Space::Mix(Mix::Cmyk)),
                _ => Some(Space::Gray),
            }
        }
        b"Lab" => Some(Space::Mix(Mix::Lab)),
        b"Separation" => Some(Space::Mix(Mix::Inks(1))),
        b"DeviceN" => {
            let inks = part(1)
                .and_then(|names| names.as_array().ok())
                .map(Vec::len);
            inks.filter(|count| (1..=MAX_INKS).contains(count))
                .map(|count| Space::Mix(Mix::Inks(count)))
        }
        b"Indexed" | b"I" => {
            let base = read_space(document, part(1), budget, depth + 1)?;
            let table = match part(3) {
                Some(Object::String(bytes, _)) => bytes.clone(),
                Some(Object::Stream(stream)) => decode_stream(stream, budget)?.unwrap_or_default(),
                _ => return Ok(None),
            };
            base.map(|base| Space::Indexed(palette(&base, &table)))
        }
        name => device(name),
    })
}

fn device(name: &[u8]) -> Option<Space> {
    match name {
        b"DeviceGray" | b"G" | b"CalGray" => Some(Space::Gray),
        b"DeviceRGB" | b"RGB" | b"CalRGB" => Some(Space::Mix(Mix::Rgb)),
        b"DeviceCMYK" | b"CMYK" => Some(Space::Mix(Mix::Cmyk)),
        _ => None,
    }
}

/// The greys of a palette's entries; no palette has more than 256.
fn palette(base: &Space, table: &[u8]) -> Vec<u8> {
    match base {
        Space::Gray => table.iter().take(256).copied().collect(),
        Space::Mix(mix) => table
            .chunks_exact(mix.samples().max(1))
            .take(256)
            .map(|entry| mix.gray(entry))
            .collect(),
        Space::Indexed(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Limits;
    use crate::watch::Unwatched;

    fn lookup(space: &Object, bits: i64, decode: Option<&[f64]>) -> Vec<u8> {
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        let colours =
            Colours::read(&Document::new(), Some(space), bits, decode, &mut budget).unwrap();
        match colours {
            Some(Colours::Lookup(table)) => table,
            _ => panic!("more than one sample"),
        }
    }

    #[test]
    fn each_depth_spans_the_whole_range_and_decode_turns_it_round() {
        let gray = || Object::Name(b"DeviceGray".to_vec());
        assert_eq!(lookup(&gray(), 1, None), [0, 255]);
        assert_eq!(lookup(&gray(), 2, None), [0, 85, 170, 255]);
        assert_eq!(lookup(&gray(), 1, Some(&[1.0, 0.0])), [255, 0]);
        assert_eq!(lookup(&gray(), 16, None).len(), 256);
    }

    #[test]
    fn palettes_and_inks_become_grey() {
        let indexed = Object::Array(vec![
            Object::Name(b"Indexed".to_vec()),
            Object::Name(b"DeviceRGB".to_vec()),
            Object::Integer(1),
            Object::string_literal(vec![255, 255, 255, 0, 0, 0]),
        ]);
        assert_eq!(lookup(&indexed, 1, None), [255, 0]);
        let ink = Object::Array(vec![
            Object::Name(b"Separation".to_vec()),
            Object::Name(b"Black".to_vec()),
        ]);
        assert_eq!(lookup(&ink, 1, None), [255, 0]);
        assert_eq!(Mix::Cmyk.gray(&[0, 0, 0, 255]), 0);
        assert_eq!(Mix::Cmyk.gray(&[0, 0, 0, 0]), 255);
        assert_eq!(Mix::Rgb.gray(&[255, 255, 255]), 255);
    }
}
