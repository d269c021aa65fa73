//! What rooms and doors say about the scale: printed areas, and how wide doors are.

use crate::ingest::scale::dimensions::PAPER_MM;
use crate::ingest::scale::printed::nearest_standard;
use crate::plan::{Opening, Room};

/// How far the ratios of two rooms may be apart, relative. Areas are printed net or gross of
/// plaster and to a tenth of a square metre; the ratio is off by half of what the area is.
const ROOMS_SAME: f64 = 0.03;

/// How far the ratio of areas may be from another one and still agree: areas are measured
/// between walls whose thickness is drawn to no scale in some styles. Sheets that are printed at
/// another size are off by much more, nearly always by a size of paper (71 % or 141 %).
pub(super) const AREAS_AGREE: f64 = 0.08;

/// Width of a usual door leaf in millimetres: 0.8 to 0.9 m in the standards of most countries.
const DOOR_MM: f64 = 850.0;

/// Doors that are needed for their width to say something.
const FEWEST_DOORS: usize = 2;

/// A ratio that rooms or doors speak for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Guess {
    /// The N of 1:N.
    pub(super) ratio: f64,
    /// Rooms or doors that agree.
    pub(super) count: usize,
    /// Share of all that could agree.
    pub(super) share: f64,
}

/// The ratio by which most printed areas are those of their rooms' outlines.
pub(super) fn by_areas(rooms: &[Room]) -> Option<Guess> {
    let ratios = rooms.iter().filter_map(|room| {
        let printed = room.printed_area_m2.filter(|area| *area > 0.0)?;
        let mm_per_pt = (printed * 1e6 / room.area_sq_pt).sqrt();
        (mm_per_pt.is_finite() && mm_per_pt > 0.0).then_some(mm_per_pt / PAPER_MM)
    });
    around_median(ratios.collect(), ROOMS_SAME)
}

/// The scale on a ruler by which most doors are of a usual width. Panels that slide are of any.
pub(super) fn by_doors(doors: &[Opening]) -> Option<Guess> {
    let ratios = doors
        .iter()
        .filter(|door| door.width_pt > 0.0 && !door.is_sliding)
        .map(|door| DOOR_MM / (door.width_pt * PAPER_MM));
    let guess = around_median(ratios.collect(), 0.15)?;
    (guess.count >= FEWEST_DOORS).then_some(Guess {
        ratio: nearest_standard(guess.ratio)?,
        ..guess
    })
}

/// The median, and how many are near it.
fn around_median(mut ratios: Vec<f64>, near: f64) -> Option<Guess> {
    ratios.sort_by(f64::total_cmp);
    let middle = *ratios.get(ratios.len() / 2)?;
    let agreeing: Vec<f64> = ratios
        .iter()
        .copied()
        .filter(|ratio| (ratio / middle - 1.0).abs() <= near)
        .collect();
    Some(Guess {
        ratio: *agreeing.get(agreeing.len() / 2)?,
        count: agreeing.len(),
        share: agreeing.len() as f64 / ratios.len().max(1) as f64,
    })
}
