//! The plate: from a plan that was read, or from an outline, to the space inside the walls.

mod direction;
mod from_graph;
mod outline;
mod squared;

use super::answer::Assumption;
use super::request::{GenerateRequest, SourceKind};
use crate::error::{Error, Result};
use crate::layout::Plate;

/// Height from floor to ceiling when none is given, in mm: common practice for fit-out.
const CEILING_MM: i64 = 2_700;

/// Thickness of perimeter walls when none is known, in mm.
const EXTERIOR_MM: i64 = 200;

/// Smallest and largest plates that are laid out, in mm².
const SMALLEST_MM2: i64 = 4_000_000;
const LARGEST_MM2: i64 = 20_000_000_000;

/// The plate of a request.
///
/// # Errors
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the field's path, or
/// [`ErrorKind::ScaleUnknown`](crate::ErrorKind::ScaleUnknown) in strict mode.
pub(super) fn plate_of(
    request: &GenerateRequest,
    assumptions: &mut Vec<Assumption>,
) -> Result<Plate> {
    let kind = request
        .source
        .as_ref()
        .map_or(SourceKind::Outline, |source| source.kind);
    let plate = match kind {
        SourceKind::Outline => outline::plate(&request.site, assumptions)?,
        SourceKind::SpatialGraph | SourceKind::Floorplan => {
            from_graph::plate(request, assumptions)?
        }
    };
    let usable = plate.usable_mm2();
    if !(SMALLEST_MM2..=LARGEST_MM2).contains(&usable) {
        return Err(of_no_size(usable, kind, assumptions));
    }
    Ok(plate)
}

/// Why a plate cannot be laid out that is far too small or too large: most often for its scale.
fn of_no_size(usable_mm2: i64, kind: SourceKind, assumptions: &[Assumption]) -> Error {
    let m2 = usable_mm2 as f64 / 1e6;
    let message = format!("{m2:.1} m² inside the walls; between 4 and 20000 are laid out");
    let is_of = |assumption: &Assumption| assumption.field.as_deref() == Some("source.scale");
    match kind {
        SourceKind::Outline => Error::invalid_field("site.perimeter_mm", message),
        _ => match assumptions.iter().find(|assumption| is_of(assumption)) {
            Some(assumed) => {
                let advice = "give source.scale.mm_per_point";
                Error::invalid_field(
                    "source.scale",
                    format!("{message}; {}; {advice}", assumed.message),
                )
            }
            None => Error::invalid_field("source", message),
        },
    }
}
