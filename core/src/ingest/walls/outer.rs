//! Outer walls that are many times as thick as the partitions they enclose.
//!
//! Little of a small plan may be outer wall, and furniture is as thick; but nothing of the plan
//! lies behind an outer wall, and partitions end at it.

use super::bars::{Bar, same_thickness};
use crate::error::Result;
use crate::plan::{Point, Rect};
use crate::watch::Watch;

/// Share of the length of outer walls that has nothing of the plan behind it: a step in the outline,
/// a balcony or a second plan may lie behind the rest.
const OUTSIDE_SHARE: f64 = 0.6;

/// Outer walls reach over so much of the plan, either way: dimensions may stand outside them.
const REACH_SHARE: f64 = 0.7;

/// Partitions that end at the outer walls, at least: a house of four rooms has four such ends.
const ENDS: usize = 4;

/// Piers between windows are no shorter than this many times their thickness.
const PIER_ASPECT: f64 = 1.0;

/// What bounds a room is longer than this many times its thickness.
const WALL_ASPECT: f64 = 3.0;

/// How far a partition may end from the face of the outer wall, as a share of its own thickness.
const TOUCHES: f64 = 0.6;

/// Most bars that are asked whether they are outer walls; the wings of a hospital have some hundred.
const MOST_ASKED: usize = 2_000;

/// The thicknesses of outer walls among `bars`, and their lengths: those that are more than
/// `thicker` than the `usual` one of the plan, up to `thickest`.
pub(super) fn outer_walls(
    bars: &[Bar],
    usual: f64,
    [thicker, thickest]: [f64; 2],
    watch: &dyn Watch,
) -> Result<Vec<(f64, f64)>> {
    let is_thick = |bar: &&Bar| bar.thickness > thicker && bar.thickness <= thickest;
    let mut thick: Vec<&Bar> = bars
        .iter()
        .filter(|bar| is_thick(bar) && bar.aspect() >= PIER_ASPECT)
        .collect();
    if thick.is_empty() || thick.len() > MOST_ASKED {
        return Ok(Vec::new());
    }
    thick.sort_by(|one, two| one.thickness.total_cmp(&two.thickness));
    let walls: Vec<&Bar> = bars
        .iter()
        .filter(|bar| bar.thickness <= thickest && bar.aspect() >= WALL_ASPECT)
        .filter(|bar| bar.thickness * thickest >= usual * usual)
        .collect();
    let all = bounds(&walls);
    let mut found = Vec::new();
    for kind in thick.chunk_by(|one, two| same_thickness(one.thickness, two.thickness)) {
        let own = bounds(kind);
        if own.width() < REACH_SHARE * all.width() || own.height() < REACH_SHARE * all.height() {
            continue;
        }
        let frames: Vec<Frame<'_>> = kind.iter().map(|bar| Frame::of(bar)).collect();
        let (mut length, mut outside, mut sum) = (0.0, 0.0, 0.0);
        for frame in &frames {
            watch.check()?;
            length += frame.length;
            sum += frame.bar.thickness * frame.length;
            if frame.is_outside(&walls) {
                outside += frame.length;
            }
        }
        if outside < OUTSIDE_SHARE * length {
            continue;
        }
        let mut ends = 0;
        for wall in walls.iter().filter(|wall| wall.thickness <= thicker) {
            watch.check()?;
            let touches = |end: Point| frames.iter().any(|frame| frame.is_met_by(wall, end));
            ends += usize::from(touches(wall.a)) + usize::from(touches(wall.b));
        }
        if ends >= ENDS {
            found.push((sum / length, length));
        }
    }
    Ok(found)
}

fn bounds(bars: &[&Bar]) -> Rect {
    Rect::around(bars.iter().flat_map(|bar| [bar.a, bar.b]))
}

/// A bar, and places along and across it.
struct Frame<'a> {
    bar: &'a Bar,
    length: f64,
}

impl Frame<'_> {
    fn of(bar: &Bar) -> Frame<'_> {
        Frame {
            bar,
            length: bar.length().max(1e-9),
        }
    }

    /// Distance along the bar from its end `a`, and across it from its middle line.
    fn place(&self, point: Point) -> (f64, f64) {
        let Bar { a, b, .. } = *self.bar;
        let (dx, dy) = ((b.x - a.x) / self.length, (b.y - a.y) / self.length);
        let (x, y) = (point.x - a.x, point.y - a.y);
        (x * dx + y * dy, y * dx - x * dy)
    }

    /// How far from the middle of the bar `wall` is met straight across, to one side or, below zero,
    /// to the other.
    fn behind(&self, wall: &Bar) -> Option<f64> {
        let middle = 0.5 * self.length;
        let ((one, from), (two, to)) = (self.place(wall.a), self.place(wall.b));
        if (one <= middle) == (two <= middle) {
            return None;
        }
        let across = from + (to - from) * (middle - one) / (two - one);
        // Next to the bar is another leaf of the same wall.
        (across.abs() > self.bar.thickness).then_some(across)
    }

    /// Whether none of `walls` lies on one of its sides.
    fn is_outside(&self, walls: &[&Bar]) -> bool {
        let mut behind = [false; 2];
        for across in walls.iter().filter_map(|wall| self.behind(wall)) {
            if let Some(side) = behind.get_mut(usize::from(across > 0.0)) {
                *side = true;
            }
        }
        behind != [true, true]
    }

    /// Whether `wall` ends with its end `end` at one of the long faces.
    fn is_met_by(&self, wall: &Bar, end: Point) -> bool {
        let (along, across) = self.place(end);
        // The face may be left out where the partition meets it.
        (-wall.thickness..=self.length + wall.thickness).contains(&along)
            && (across.abs() - 0.5 * self.bar.thickness).abs() <= TOUCHES * wall.thickness
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WallStyle;
    use crate::watch::Unwatched;

    fn bar(a: [f64; 2], b: [f64; 2], thickness: f64) -> Bar {
        Bar {
            a: a.into(),
            b: b.into(),
            thickness,
            style: WallStyle::Double,
        }
    }

    /// Partitions 3 points thick in a square of 200, and what is `thick` there.
    fn kinds(thick: &[Bar]) -> usize {
        let mut bars = vec![
            bar([10.0, 100.0], [190.0, 100.0], 3.0),
            bar([100.0, 10.0], [100.0, 190.0], 3.0),
        ];
        bars.extend(thick);
        outer_walls(&bars, 3.0, [10.0, 22.0], &Unwatched)
            .unwrap()
            .len()
    }

    fn ring(from: f64, to: f64, thickness: f64) -> [Bar; 4] {
        [
            bar([from, from], [to, from], thickness),
            bar([to, from], [to, to], thickness),
            bar([to, to], [from, to], thickness),
            bar([from, to], [from, from], thickness),
        ]
    }

    #[test]
    fn what_encloses_partitions_that_end_at_it_is_outer_wall() {
        assert_eq!(kinds(&ring(0.0, 200.0, 20.0)), 1);
        // Nothing ends at what stands apart, as the lines of dimensions do.
        assert_eq!(kinds(&ring(-40.0, 240.0, 20.0)), 0);
    }

    #[test]
    fn what_stands_in_one_corner_encloses_nothing() {
        let thin = ring(0.0, 200.0, 6.0);
        let tables = |to: f64| {
            let mut bars = thin.to_vec();
            // They reach out of the plan at two sides, and partitions end at them.
            bars.push(bar([0.0, -20.0], [to, -20.0], 20.0));
            bars.push(bar([-20.0, 0.0], [-20.0, to], 20.0));
            let spokes = [30.0, 50.0, 70.0].into_iter();
            bars.extend(spokes.flat_map(|at| {
                [
                    bar([at, -10.0], [at, 60.0], 3.0),
                    bar([-10.0, at], [60.0, at], 3.0),
                ]
            }));
            kinds(&bars)
        };
        assert_eq!((tables(90.0), tables(190.0)), (0, 1));
    }

    #[test]
    fn furniture_has_walls_behind_it() {
        // Benches that the partitions reach as well, within thinner outer walls.
        let mut bars = ring(0.0, 200.0, 20.0).to_vec();
        bars.extend(ring(-25.0, 225.0, 6.0));
        assert_eq!(kinds(&bars), 0);
    }
}
