//! The scale of a plan: what is printed, what a bar shows, what the dimensions measure.
//!
//! Each source says a ratio by itself, with a weight; [`chooser`] lets them agree. A printed
//! scale is right until the sheet is printed at another size, which a set of dimensions tells.

mod bars;
mod chooser;
mod consensus;
mod dimensions;
mod figures;
mod frame;
mod printed;
mod room_sizes;
mod rulers;
mod sizes;
#[cfg(test)]
mod tests;
mod words;

pub(super) use self::rulers::rulers;

use self::chooser::{Measured, Sources};
use self::dimensions::Frames;
use super::drawing::Drawing;
use crate::error::Result;
use crate::plan::{Finding, Opening, Page, Point, Rect, Room, Scale, TextRun, Wall};
use crate::watch::Watch;

/// The scale of the plan that `walls` make, as far as the page tells it; its rooms and doors are
/// asked as well.
///
/// What disagrees, and a scale that cannot be told, becomes a finding.
///
/// # Errors
/// [`crate::error::ErrorKind::Cancelled`] when `watch` asks to stop.
pub(super) fn find_scale(
    drawing: &Drawing,
    page: &Page,
    walls: &[Wall],
    (rooms, doors): (&[Room], &[Opening]),
    findings: &mut Vec<Finding>,
    watch: &dyn Watch,
) -> Result<Option<Scale>> {
    let texts = drawing.texts();
    let plan = plan_area(walls);
    let printed = printed::printed_scales(texts, (page.width_pt, page.height_pt));
    let figures = dimensions::figures(texts);
    let runs: Vec<&TextRun> = texts
        .iter()
        .filter(|run| run.text.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    let frames = Frames::new(drawing, &runs, watch)?;
    let mut votes = dimensions::votes(&figures, &frames, watch)?;
    votes.extend(room_sizes::votes(texts, rooms, figures.len()));
    watch.check()?;
    let sources = Sources {
        printed,
        bars: bars::bars(texts, &frames),
        dimensions: Measured::new(votes),
        areas: sizes::by_areas(rooms),
        doors: sizes::by_doors(doors),
        plan,
    };
    Ok(chooser::choose(&sources, findings))
}

/// The box around the walls.
fn plan_area(walls: &[Wall]) -> Option<Rect> {
    let ends = walls.iter().flat_map(|wall| [wall.a, wall.b]);
    let ends: Vec<Point> = ends.collect();
    (!ends.is_empty()).then(|| Rect::around(ends))
}
