//! Long thin areas: slices that a wall was cut into, or lines that are drawn as areas.

use std::collections::HashMap;

use super::areas::Area;
use super::pens::Pen;
use crate::ingest::drawing::Colour;
use crate::plan::{Point, Segment};

/// A long thin area, and the line and the width that it may stand for.
pub(super) struct ThinLine {
    pub(super) line: Segment,
    pub(super) width: f64,
    pub(super) area: Area,
}

/// Parts thin areas into slices of walls and lines.
///
/// Some programs cut areas into slices, which may be as thin as lines. A slice has a long side
/// in common with the next one; lines that are drawn as areas lie apart.
pub(super) fn slices(thin: Vec<ThinLine>, areas: &[Area]) -> (Vec<Area>, Vec<ThinLine>) {
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    let key = |side: &Segment| {
        let corner = |point: Point| {
            (
                (point.x * 20.0).round() as i64,
                (point.y * 20.0).round() as i64,
            )
        };
        let (one, two) = (corner(side.a), corner(side.b));
        (one.min(two), one.max(two))
    };
    // Asked by key only; the order never shows.
    let mut sides: HashMap<_, usize> = HashMap::new();
    let all = thin.iter().map(|line| &line.area).chain(areas);
    for area in all.filter(|area| area.is_simple()) {
        for side in area.sides() {
            *sides.entry(key(&side)).or_default() += 1;
        }
    }
    let (mut slices, mut lines) = (Vec::new(), Vec::new());
    for thin in thin {
        let shared = |side: &Segment| sides.get(&key(side)).is_some_and(|count| *count > 1);
        let is_long = |side: &Segment| side.length() > 2.0 * thin.width;
        let beside_another = thin
            .area
            .sides()
            .any(|side| is_long(&side) && shared(&side));
        // Of a line that is drawn twice all sides are.
        if beside_another && !thin.area.sides().all(|side| shared(&side)) {
            slices.push(thin.area);
        } else {
            lines.push(thin);
        }
    }
    (slices, lines)
}

/// Widths of one pen follow each other with no larger gap than this, in points: the corners of
/// areas are rounded.
const SAME_WIDTH_PT: f64 = 0.025;

/// The pens that `lines` of one colour are drawn with.
pub(super) fn by_width(colour: Colour, mut lines: Vec<ThinLine>) -> Vec<Pen> {
    lines.sort_by(|one, two| one.width.total_cmp(&two.width));
    let mut pens: Vec<Pen> = Vec::new();
    let mut last = f64::NEG_INFINITY;
    for ThinLine { line, width, .. } in lines {
        match pens.last_mut().filter(|_| width - last <= SAME_WIDTH_PT) {
            Some(pen) => pen.segments.push(line),
            None => pens.push(Pen {
                colour,
                width,
                segments: vec![line],
                arcs: Vec::new(),
            }),
        }
        last = width;
    }
    pens
}

#[cfg(test)]
mod tests {
    use super::super::areas::collect;
    use super::*;
    use crate::ingest::drawing::{Drawing, Paint};
    use crate::watch::Unwatched;

    fn fill(drawing: &mut Drawing, (x0, y0, x1, y1): (f64, f64, f64, f64)) {
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(|(x, y)| Point::new(x, y));
        let path = drawing.begin_path();
        drawing.push_subpath(&corners, true, false);
        let paint = Paint {
            stroke: None,
            fill: Some(Colour::BLACK),
            even_odd: false,
        };
        drawing.end_path(path, paint);
    }

    #[test]
    fn slices_of_a_wall_are_a_wall_and_lines_are_lines() {
        let mut drawing = Drawing::default();
        for slice in 0..6 {
            let y = f64::from(slice);
            fill(&mut drawing, (0.0, y, 200.0, y + 1.0));
        }
        // Two pens, and one line drawn twice.
        fill(&mut drawing, (0.0, 50.0, 90.0, 50.3));
        fill(&mut drawing, (0.0, 60.0, 90.0, 60.3));
        fill(&mut drawing, (0.0, 60.0, 90.0, 60.3));
        fill(&mut drawing, (0.0, 70.0, 90.0, 70.35));
        let filled = collect(&drawing, &Unwatched).unwrap();
        let lines: Vec<usize> = filled.lines.iter().map(|pen| pen.segments.len()).collect();
        assert_eq!(lines, [3, 1]);
        let bars: Vec<f64> = filled
            .by_colour
            .iter()
            .flatten()
            .map(|bar| bar.thickness)
            .collect();
        assert_eq!(bars.len(), 1, "{bars:?}");
        assert!((bars[0] - 6.0).abs() < 0.2, "{bars:?}");
    }

    #[test]
    fn a_wall_cut_across_into_many_pieces_is_one() {
        let mut drawing = Drawing::default();
        // More pieces than edges are looked at for one edge.
        for piece in 0..150 {
            let x = 2.0 * f64::from(piece);
            fill(&mut drawing, (x, 20.0, x + 2.0, 24.0));
        }
        fill(&mut drawing, (0.0, 100.0, 300.0, 104.0));
        let filled = collect(&drawing, &Unwatched).unwrap();
        let bars: Vec<(f64, f64)> = filled
            .by_colour
            .iter()
            .flatten()
            .map(|bar| (bar.length(), bar.thickness))
            .collect();
        assert_eq!(bars, [(300.0, 4.0); 2]);
    }
}
