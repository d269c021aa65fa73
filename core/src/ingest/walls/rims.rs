//! Rims of baths, basins and trays: outlines right inside a box that is drawn beside them.
//!
//! Between such an outline and its box there is about the thickness of a wall all around, and what
//! stands in a corner hangs on walls as partitions do.

use std::collections::BTreeSet;

use crate::ingest::drawing::{Drawing, Subpath};
use crate::plan::{Point, Rect};

/// A box is furniture up to this share of the diagonal of all that is drawn; larger ones are rooms.
const LARGEST: f64 = 0.2;

/// A rim is so wide at most, as a share of the shorter side of its box...
const WIDEST: f64 = 0.25;

/// ...but for one side, where the taps or the pillows are, as a share of the longer one.
const WIDEST_END: f64 = 0.35;

/// The outline and its box follow each other in the drawing with so many others between them.
const APART: usize = 4;

/// The subpaths of the strokes of `drawing`, counted through, that are such outlines, and their
/// boxes: these stand along walls at the distance of a leaf.
pub(super) fn outlines(drawing: &Drawing) -> BTreeSet<usize> {
    let strokes = drawing.paths().filter(|path| path.paint().stroke.is_some());
    let subpaths: Vec<Subpath<'_>> = strokes.flat_map(|path| path.subpaths()).collect();
    let corners = subpaths.iter().flat_map(|subpath| subpath.points);
    let largest = LARGEST * Rect::around(corners.copied()).diagonal();
    let mut found = BTreeSet::new();
    for (index, outer) in subpaths.iter().enumerate() {
        let Some(frame) = Frame::of(outer).filter(|frame| frame.diagonal() <= largest) else {
            continue;
        };
        let first = index.saturating_sub(APART + 1);
        let near = subpaths.iter().enumerate().skip(first).take(2 * APART + 3);
        for (other, inner) in near {
            if other != index && is_closed(inner) && frame.is_rim_of(inner.points) {
                found.extend([index, other]);
            }
        }
    }
    found
}

fn is_closed(subpath: &Subpath<'_>) -> bool {
    let ends = subpath.points.first().zip(subpath.points.last());
    subpath.closed || ends.is_some_and(|(first, last)| first.distance(*last) < 0.01)
}

/// A box with square corners, at any angle.
struct Frame {
    corner: Point,
    /// The directions of its sides, of length one, and how long these are.
    sides: [(f64, f64, f64); 2],
}

impl Frame {
    fn of(subpath: &Subpath<'_>) -> Option<Frame> {
        let points = match subpath.points {
            [rest @ .., last] if rest.first() == Some(last) => rest,
            points => points,
        };
        let &[corner, one, opposite, two] = points else {
            return None;
        };
        let side = |to: Point| {
            let length = corner.distance(to);
            (
                (to.x - corner.x) / length,
                (to.y - corner.y) / length,
                length,
            )
        };
        let sides = [side(one), side(two)];
        let [(ux, uy, width), (vx, vy, height)] = sides;
        let far = Point::new(one.x + two.x - corner.x, one.y + two.y - corner.y);
        let is_square = (ux * vx + uy * vy).abs() < 0.01 && far.distance(opposite) < 0.05;
        (is_closed(subpath) && !subpath.curved && width.min(height) > 0.0 && is_square)
            .then_some(Frame { corner, sides })
    }

    fn diagonal(&self) -> f64 {
        let [(_, _, width), (_, _, height)] = self.sides;
        width.hypot(height)
    }

    /// Whether between it and the outline through `points` there is nothing but a rim.
    fn is_rim_of(&self, points: &[Point]) -> bool {
        let [(_, _, width), (_, _, height)] = self.sides;
        let (shorter, longer) = (width.min(height), width.max(height));
        let mut gaps = [0.0; 4];
        for ((ux, uy, length), gaps) in self.sides.iter().zip(gaps.chunks_exact_mut(2)) {
            let along =
                |point: &Point| (point.x - self.corner.x) * ux + (point.y - self.corner.y) * uy;
            let from = points.iter().map(along).fold(f64::INFINITY, f64::min);
            let to = points.iter().map(along).fold(f64::NEG_INFINITY, f64::max);
            gaps.copy_from_slice(&[from, length - to]);
        }
        gaps.sort_by(f64::total_cmp);
        let [least, .., second, most] = gaps;
        least > 0.0 && second <= WIDEST * shorter && most <= WIDEST_END * longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(boxes: &[[f64; 4]]) -> Drawing {
        let mut drawing = Drawing::default();
        drawing.add_stroke_for_test(&[Point::new(0.0, 0.0), Point::new(300.0, 400.0)]);
        for &[left, top, right, bottom] in boxes {
            let corners = [
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
            ];
            drawing.add_stroke_for_test(&corners.map(|(x, y)| Point::new(x, y)));
        }
        drawing
    }

    #[test]
    fn the_outline_in_a_bath_is_found_and_that_of_a_room_is_not() {
        let bath = [10.0, 10.0, 30.0, 58.0];
        let found = |boxes: &[[f64; 4]]| {
            let found: Vec<usize> = outlines(&drawing(boxes)).into_iter().collect();
            found
        };
        assert_eq!(found(&[bath, [12.0, 18.0, 28.0, 56.0]]), [1, 2]);
        assert_eq!(found(&[[12.0, 18.0, 28.0, 56.0], bath]), [1, 2]);
        // A basin in a cupboard.
        assert!(found(&[bath, [12.0, 12.0, 28.0, 30.0]]).is_empty());
        // The faces of the walls of a room.
        assert!(found(&[[0.0, 0.0, 90.0, 90.0], [5.0, 5.0, 85.0, 85.0]]).is_empty());
    }
}
