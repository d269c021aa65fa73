//! Colours of the device spaces, and of other spaces by how many numbers they take.

use lopdf::{Dictionary, Document, Object};

use super::state::ColourSpace;
use crate::ingest::drawing::Colour;
use crate::ingest::pdf::value;

/// `share` of full brightness as a byte.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of a byte"
)]
fn byte(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// The colour that `numbers` name in `space`. Missing numbers count as 0.
pub(super) fn colour(space: ColourSpace, numbers: &[f64]) -> Colour {
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
    match space {
        ColourSpace::Gray => Colour::Rgb(byte(at(0)), byte(at(0)), byte(at(0))),
        ColourSpace::Rgb => Colour::Rgb(byte(at(0)), byte(at(1)), byte(at(2))),
        ColourSpace::Cmyk => {
            // ISO 32000-1, 10.3.5: each ink takes its share of light, black takes all.
            let light = |ink: f64| byte(1.0 - (ink + at(3)).min(1.0));
            Colour::Rgb(light(at(0)), light(at(1)), light(at(2)))
        }
        ColourSpace::Tint => {
            let gray = byte(1.0 - at(0));
            Colour::Rgb(gray, gray, gray)
        }
        ColourSpace::Pattern => Colour::Pattern,
    }
}

/// The space called `name`, among the resources if it is not one of the device spaces.
pub(super) fn space_named(
    document: &Document,
    resources: Option<&Dictionary>,
    name: &[u8],
) -> ColourSpace {
    device_space(name).unwrap_or_else(|| {
        resources
            .and_then(|resources| {
                super::super::pdf::dictionary_value(document, resources, b"ColorSpace")
            })
            .and_then(|spaces| value(document, spaces, name))
            .map_or(ColourSpace::Gray, |object| space_of(document, object))
    })
}

fn device_space(name: &[u8]) -> Option<ColourSpace> {
    match name {
        b"DeviceGray" | b"G" | b"CalGray" => Some(ColourSpace::Gray),
        b"DeviceRGB" | b"RGB" | b"CalRGB" => Some(ColourSpace::Rgb),
        b"DeviceCMYK" | b"CMYK" => Some(ColourSpace::Cmyk),
        b"Pattern" => Some(ColourSpace::Pattern),
        _ => None,
    }
}

fn space_of(document: &Document, object: &Object) -> ColourSpace {
    if let Ok(name) = object.as_name() {
        return device_space(name).unwrap_or(ColourSpace::Gray);
    }
    let Ok(parts) = object.as_array() else {
        return ColourSpace::Gray;
    };
    let kind = parts.first().and_then(|kind| kind.as_name().ok());
    match kind {
        Some(b"ICCBased") => {
            let profile = parts
                .get(1)
                .and_then(|part| document.dereference(part).ok());
            let components = match profile {
                Some((_, Object::Stream(stream))) => {
                    value(document, &stream.dict, b"N").and_then(|count| count.as_i64().ok())
                }
                _ => None,
            };
            match components {
                Some(3) => ColourSpace::Rgb,
                Some(4) => ColourSpace::Cmyk,
                _ => ColourSpace::Gray,
            }
        }
        Some(b"Lab") => ColourSpace::Gray,
        Some(b"Separation" | b"DeviceN" | b"Indexed") => ColourSpace::Tint,
        Some(name) => device_space(name).unwrap_or(ColourSpace::Gray),
        None => ColourSpace::Gray,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_colours_are_shown_as_on_screen() {
        assert_eq!(
            colour(ColourSpace::Gray, &[1.0]),
            Colour::Rgb(255, 255, 255)
        );
        assert_eq!(
            colour(ColourSpace::Cmyk, &[0.0, 1.0, 1.0, 0.0]),
            Colour::Rgb(255, 0, 0)
        );
        assert_eq!(
            colour(ColourSpace::Cmyk, &[0.2, 0.2, 0.2, 1.0]),
            Colour::BLACK
        );
        assert_eq!(colour(ColourSpace::Tint, &[1.0]), Colour::BLACK);
        assert_eq!(colour(ColourSpace::Rgb, &[]), Colour::BLACK);
    }
}
