//! Line work by pen: the colour and width that a draughtsman gives to one kind of thing.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::ingest::drawing::{Colour, Drawing};
use crate::plan::{Segment, WallStyle};
use crate::watch::Watch;

use super::arcs::{Arc, in_curve, straight_pieces};
use super::bars::Bar;
use super::freehand::straightened;
use super::insulation::is_zigzag;

/// What is drawn with one pen.
#[derive(Debug, Clone)]
pub(super) struct Pen {
    pub(super) colour: Colour,
    pub(super) width: f64,
    /// Its straight pieces.
    pub(super) segments: Vec<Segment>,
    /// The arcs in its curves.
    pub(super) arcs: Vec<Arc>,
}

impl Pen {
    pub(super) fn total_length(&self) -> f64 {
        self.segments.iter().map(|segment| segment.length()).sum()
    }

    /// Its strokes as bars of the stroke's width.
    pub(super) fn bars(&self) -> impl Iterator<Item = Bar> {
        let long = self.arcs.iter().filter(|arc| arc.is_long());
        let chords = long.flat_map(Arc::chords);
        let lines = self.segments.iter().copied().chain(chords);
        lines.map(|line| Bar {
            a: line.a,
            b: line.b,
            thickness: self.width,
            style: WallStyle::Single,
        })
    }
}

/// Pieces shorter than this are dots.
const SHORTEST_PT: f64 = 0.05;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// The solid, visible strokes of the drawing by pen, in a fixed order.
pub(super) fn collect(drawing: &Drawing, watch: &dyn Watch) -> Result<Vec<Pen>> {
    // Hundredths of a point: finer differences come from rounding, not from another pen.
    let mut pens: BTreeMap<(Colour, i64), Pen> = BTreeMap::new();
    for (count, path) in drawing.paths().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let Some(stroke) = path.paint().stroke else {
            continue;
        };
        if stroke.dashed || stroke.colour.is_white() {
            continue;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
        let hundredths = (stroke.width_pt * 100.0).round() as i64;
        let pen = pens
            .entry((stroke.colour, hundredths))
            .or_insert_with(|| Pen {
                colour: stroke.colour,
                width: stroke.width_pt,
                segments: Vec::new(),
                arcs: Vec::new(),
            });
        for subpath in path.subpaths() {
            if subpath.curved {
                // An outline may be straight but for one wall.
                let arcs = in_curve(subpath.points);
                let pieces = straight_pieces(&subpath, &arcs);
                pen.segments.extend(pieces);
                pen.arcs.extend(arcs);
                continue;
            }
            if is_zigzag(subpath.points) {
                continue;
            }
            let is_seen = |piece: &Segment| piece.length() > SHORTEST_PT;
            if subpath.points.len() > 2 && !subpath.closed {
                let pieces = straightened(subpath.points, stroke.width_pt);
                pen.segments.extend(pieces.into_iter().filter(is_seen));
            } else {
                pen.segments.extend(subpath.segments().filter(is_seen));
            }
        }
    }
    let drawn = |pen: &Pen| !pen.segments.is_empty() || !pen.arcs.is_empty();
    Ok(pens.into_values().filter(drawn).collect())
}

/// The width below which a quarter of the drawing's line length lies, of pens given by width and
/// length; walls drawn as strokes may well be more than half of it.
pub(super) fn usual_width(pens: impl Iterator<Item = (f64, f64)>) -> f64 {
    let mut widths: Vec<(f64, f64)> = pens.collect();
    widths.sort_by(|one, two| one.0.total_cmp(&two.0));
    let quarter = 0.25 * widths.iter().map(|(_, length)| length).sum::<f64>();
    let mut passed = 0.0;
    for (width, length) in widths {
        passed += length;
        if passed >= quarter {
            return width;
        }
    }
    0.0
}
