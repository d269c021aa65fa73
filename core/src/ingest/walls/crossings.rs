//! Walls that end at others on both sides of a passage, and do not go on across it.

use std::cell::RefCell;

use super::bars::{Bar, Gap};
use super::junctions::{Near, Places};
use crate::plan::Point;

/// Bars at a larger angle than this (as its sine) to a gap cross its line.
const CROSSES: f64 = 0.7;

/// A passage is so many times as wide as the wall that ends there is thick...
const WIDER_THAN_OWN: f64 = 3.0;

/// ...and as the walls along it are: two walls that cross are drawn with a gap as well.
const WIDER_THAN_OTHERS: f64 = 2.0;

/// What may cross the line of a gap, by place.
pub(super) struct Crossings<'a> {
    bars: &'a [Bar],
    places: Places,
    near: RefCell<Near>,
}

impl<'a> Crossings<'a> {
    pub(super) fn new(bars: &'a [Bar]) -> Crossings<'a> {
        Crossings {
            bars,
            places: Places::new(bars),
            near: RefCell::new(Near::new(bars)),
        }
    }

    /// Whether `gap` is a passage between two walls, as a corridor with rooms on both sides is whose
    /// partitions stand in line, or the part of a room beside the corner of a smaller one.
    pub(super) fn make_passage(&self, gap: &Gap) -> bool {
        let sides = || [gap.from, gap.to].map(|end| self.sides_at(gap, end));
        gap.length() > WIDER_THAN_OWN * gap.thickness
            && match sides() {
                [2, sides] | [sides, 2] => sides > 0,
                _ => false,
            }
    }

    /// On how many sides of the line of `gap` walls run past its `end`.
    fn sides_at(&self, gap: &Gap, end: Point) -> usize {
        let length = gap.length().max(1e-9);
        let (dx, dy) = (
            (gap.to.x - gap.from.x) / length,
            (gap.to.y - gap.from.y) / length,
        );
        let Ok(mut near) = self.near.try_borrow_mut() else {
            return 0;
        };
        let (mut left, mut right) = (0.0_f64, 0.0_f64);
        for &index in self.places.near(end, &mut near) {
            let Some(bar) = self.bars.get(index) else {
                continue;
            };
            let (bx, by) = (bar.b.x - bar.a.x, bar.b.y - bar.a.y);
            let crosses = (dx * by - dy * bx).abs() > CROSSES * bar.length();
            let reach = 0.5 * (bar.thickness + gap.thickness) + 0.6;
            if crosses
                && length > WIDER_THAN_OTHERS * bar.thickness
                && bar.segment().distance_to(end) <= reach
            {
                for point in [bar.a, bar.b] {
                    let off = (point.y - end.y) * dx - (point.x - end.x) * dy;
                    (left, right) = (left.min(off), right.max(off));
                }
            }
        }
        let runs = |far: f64| usize::from(far > gap.thickness);
        runs(-left) + runs(right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WallStyle;

    fn bar(a: (f64, f64), b: (f64, f64)) -> Bar {
        Bar {
            a: Point::new(a.0, a.1),
            b: Point::new(b.0, b.1),
            thickness: 4.0,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn a_corridor_between_partitions_in_line_is_a_passage_and_a_door_is_none() {
        let gap = Gap {
            from: Point::new(50.0, 38.0),
            to: Point::new(50.0, 62.0),
            thickness: 4.0,
            between_stumps: false,
        };
        let partitions = [
            bar((50.0, 0.0), (50.0, 38.0)),
            bar((50.0, 62.0), (50.0, 99.0)),
        ];
        // Each wall of the corridor is in two pieces, as the partition parts one of its faces.
        let upper = [
            bar((0.0, 40.0), (48.0, 40.0)),
            bar((52.0, 40.0), (99.0, 40.0)),
        ];
        let lower = [
            bar((0.0, 60.0), (48.0, 60.0)),
            bar((52.0, 60.0), (99.0, 60.0)),
        ];
        let makes = |bars: &[&[Bar]]| Crossings::new(&bars.concat()).make_passage(&gap);
        assert!(makes(&[&partitions, &upper, &lower]));
        // Nothing at one end.
        assert!(!makes(&[&partitions, &upper]));
        // The corner of a smaller room at one end, and at both.
        assert!(makes(&[&partitions, &upper, &lower[..1]]));
        assert!(!makes(&[&partitions, &upper[..1], &lower[..1]]));
        // Where two walls cross the gap is as wide as one of them.
        let crossing = Gap {
            to: Point::new(50.0, 42.0),
            ..gap
        };
        let bars = [partitions, upper].concat();
        assert!(!Crossings::new(&bars).make_passage(&crossing));
    }
}
