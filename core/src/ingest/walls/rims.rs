//! Rims of baths, basins and trays: outlines right inside a box that is drawn beside them.
//!
//! Between such an outline and its box there is about the thickness of a wall all around, and what
//! stands in a corner hangs on walls as partitions do.

use crate::ingest::cells::Cells;
use crate::ingest::drawing::{Drawing, Subpath};
use crate::plan::{Point, Rect, Segment, WallStyle};

use super::bars::Bar;

/// A box is furniture up to this share of the diagonal of all that is drawn; larger ones are rooms.
const LARGEST: f64 = 0.2;

/// A rim is so wide at most, as a share of the shorter side of its box...
const WIDEST: f64 = 0.25;

/// ...but for one side, where the taps or the pillows are, as a share of the longer one.
const WIDEST_END: f64 = 0.35;

/// The outline and its box follow each other in the drawing with so many others between them.
const APART: usize = 4;

/// Most boxes of a sheet that are looked into.
const MOST: usize = 4_000;

/// A bar reaches out of its box by no more than this, in points.
const SLACK_PT: f64 = 0.1;

/// The boxes of a drawing that have such an outline inside.
pub(super) struct Rims {
    frames: Vec<Frame>,
    diagonals: Cells,
    /// No point in a box is farther from its diagonal.
    reach: f64,
}

impl Rims {
    pub(super) fn of(drawing: &Drawing) -> Rims {
        let strokes = drawing.paths().filter(|path| path.paint().stroke.is_some());
        let subpaths: Vec<Subpath<'_>> = strokes.flat_map(|path| path.subpaths()).collect();
        let corners = subpaths.iter().flat_map(|subpath| subpath.points);
        let largest = LARGEST * Rect::around(corners.copied()).diagonal();
        let has_rim = |index: usize, frame: &Frame| {
            let first = index.saturating_sub(APART + 1);
            let near = subpaths.iter().skip(first).take(2 * APART + 3);
            near.into_iter()
                .any(|inner| is_closed(inner) && frame.is_rim_of(inner.points))
        };
        let frames = subpaths.iter().enumerate().filter_map(|(index, outer)| {
            Frame::of(outer).filter(|frame| frame.diagonal() <= largest && has_rim(index, frame))
        });
        let frames: Vec<Frame> = frames.take(MOST).collect();
        let reach = frames.iter().map(|frame| 0.5 * frame.shorter());
        Rims {
            reach: reach.fold(0.0, f64::max),
            diagonals: Cells::new(frames.iter().map(Frame::diagonal_line)),
            frames,
        }
    }

    /// Whether `bar` lies between lines in one of the boxes.
    pub(super) fn hold(&self, bar: &Bar) -> bool {
        let middle = bar.a.towards(bar.b, 0.5);
        bar.style == WallStyle::Double
            && self.diagonals.any_near(middle, self.reach, |index| {
                let frame = self.frames.get(index);
                frame.is_some_and(|frame| frame.contains(bar.a) && frame.contains(bar.b))
            })
    }
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

    fn shorter(&self) -> f64 {
        let [(_, _, width), (_, _, height)] = self.sides;
        width.min(height)
    }

    fn diagonal_line(&self) -> Segment {
        let [(ux, uy, width), (vx, vy, height)] = self.sides;
        let (x, y) = (ux * width + vx * height, uy * width + vy * height);
        Segment::new(
            self.corner,
            Point::new(self.corner.x + x, self.corner.y + y),
        )
    }

    fn contains(&self, point: Point) -> bool {
        self.sides.iter().all(|(ux, uy, length)| {
            let along = (point.x - self.corner.x) * ux + (point.y - self.corner.y) * uy;
            (-SLACK_PT..=length + SLACK_PT).contains(&along)
        })
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
    fn what_lies_in_the_rim_of_a_bath_is_no_wall() {
        let bath = [10.0, 10.0, 30.0, 58.0];
        let inner = [12.0, 18.0, 28.0, 56.0];
        let bar = |from: (f64, f64), to: (f64, f64)| Bar {
            a: Point::new(from.0, from.1),
            b: Point::new(to.0, to.1),
            thickness: 2.0,
            style: WallStyle::Double,
        };
        let rim = bar((11.0, 18.0), (11.0, 56.0));
        let holds = |boxes: &[[f64; 4]], bar: &Bar| Rims::of(&drawing(boxes)).hold(bar);
        assert!(holds(&[bath, inner], &rim) && holds(&[inner, bath], &rim));
        // A wall at its side, and one that goes on.
        assert!(!holds(&[bath, inner], &bar((8.0, 18.0), (8.0, 56.0))));
        assert!(!holds(&[bath, inner], &bar((11.0, 18.0), (11.0, 90.0))));
        // A basin in a cupboard, and the faces of the walls of a room.
        assert!(!holds(&[bath, [12.0, 12.0, 28.0, 30.0]], &rim));
        let room = [[0.0, 0.0, 90.0, 90.0], [5.0, 5.0, 85.0, 85.0]];
        assert!(!holds(&room, &bar((2.5, 5.0), (2.5, 85.0))));
    }
}
