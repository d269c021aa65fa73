//! Bars: straight pieces with a thickness, which walls are made of.

use super::families::{Axis, families};
use crate::error::Result;
use crate::plan::{Point, Rect, Segment, WallStyle};
use crate::watch::Watch;

/// A straight piece of wall: its centre line, its thickness and how it is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    pub(super) a: Point,
    pub(super) b: Point,
    pub(super) thickness: f64,
    pub(super) style: WallStyle,
}

impl Bar {
    pub(super) fn segment(&self) -> Segment {
        Segment::new(self.a, self.b)
    }

    pub(super) fn length(&self) -> f64 {
        self.a.distance(self.b)
    }

    /// Length over thickness.
    pub(super) fn aspect(&self) -> f64 {
        self.length() / self.thickness.max(1e-6)
    }
}

/// How far two thicknesses may differ and still be the same wall.
pub(super) fn same_thickness(one: f64, two: f64) -> bool {
    (one - two).abs() <= (0.08 * one.min(two)).max(0.25)
}

/// The space between two bars on one line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub(super) from: Point,
    pub(super) to: Point,
    /// That of the bar before it.
    pub(super) thickness: f64,
    /// Whether all that is drawn on both sides are pieces about as short as thick.
    pub(super) between_stumps: bool,
}

impl Gap {
    pub(super) fn length(&self) -> f64 {
        self.from.distance(self.to)
    }
}

/// A piece up to so many times as long as thick shows no direction: a pier, or a chair.
const STUMP: f64 = 1.5;

/// Bars between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// Joins bars that lie on one line: duplicates, overlaps, and neighbours with a gap between
/// them that `is_bridged`, as a wall is drawn with gaps at its openings.
pub(super) fn join_collinear(
    bars: &[Bar],
    watch: &dyn Watch,
    is_bridged: impl Fn(&Gap) -> bool,
) -> Result<Vec<Bar>> {
    let segments: Vec<Segment> = bars.iter().map(Bar::segment).collect();
    let mut joined = Vec::with_capacity(bars.len());
    let mut since_check = 0;
    for family in families(&segments) {
        watch.check()?;
        let axis = family.axis;
        let mut placed: Vec<Placed> = family
            .members
            .iter()
            .filter_map(|&index| bars.get(index))
            .map(|bar| Placed::on(axis, bar))
            .collect();
        placed.sort_by(|one, two| one.offset.total_cmp(&two.offset));
        let mut rest = placed.as_mut_slice();
        while let Some(first) = rest.first() {
            // Everything within a fraction of the thickness is on the same line.
            let limit = first.offset + (0.15 * first.thickness).max(0.3);
            let count = rest.partition_point(|bar| bar.offset <= limit).max(1);
            let (line, after) = rest.split_at_mut(count);
            since_check += count;
            if since_check >= BETWEEN_CHECKS {
                since_check = 0;
                watch.check()?;
            }
            join_line(axis, line, &is_bridged, &mut joined);
            rest = after;
        }
    }
    Ok(joined)
}

/// Pairs of neighbours on one line with the same thickness and at most `gap` between them, as
/// positions in `bars`: the two sides of an opening.
pub(super) fn collinear_neighbours(bars: &[Bar], gap: f64) -> Vec<(usize, usize)> {
    let segments: Vec<Segment> = bars.iter().map(Bar::segment).collect();
    let mut pairs = Vec::new();
    for family in families(&segments) {
        let mut placed: Vec<(Placed, usize)> = family
            .members
            .iter()
            .filter_map(|&index| Some((Placed::on(family.axis, bars.get(index)?), index)))
            .collect();
        placed.sort_by(|one, two| one.0.offset.total_cmp(&two.0.offset));
        let mut rest = placed.as_mut_slice();
        while let Some((first, _)) = rest.first() {
            let limit = first.offset + (0.15 * first.thickness).max(0.3);
            let count = rest.partition_point(|(bar, _)| bar.offset <= limit).max(1);
            let (line, after) = rest.split_at_mut(count);
            line.sort_by(|one, two| one.0.from.total_cmp(&two.0.from));
            for ((one, first), (two, second)) in line.iter().zip(line.iter().skip(1)) {
                if two.from - one.to <= gap && same_thickness(one.thickness, two.thickness) {
                    pairs.push((*first, *second));
                }
            }
            rest = after;
        }
    }
    pairs
}

/// A bar in the coordinates of its axis.
#[derive(Clone, Copy)]
struct Placed {
    offset: f64,
    from: f64,
    to: f64,
    /// The longest piece that it was joined from.
    longest: f64,
    thickness: f64,
    style: WallStyle,
}

impl Placed {
    fn on(axis: Axis, bar: &Bar) -> Placed {
        let (one, two) = (axis.along(bar.a), axis.along(bar.b));
        Placed {
            offset: 0.5 * (axis.across(bar.a) + axis.across(bar.b)),
            from: one.min(two),
            to: one.max(two),
            longest: (one - two).abs(),
            thickness: bar.thickness,
            style: bar.style,
        }
    }

    fn is_stump(&self) -> bool {
        self.longest <= STUMP * self.thickness
    }

    fn bar(&self, axis: Axis) -> Bar {
        Bar {
            a: axis.point(self.from, self.offset),
            b: axis.point(self.to, self.offset),
            thickness: self.thickness,
            style: self.style,
        }
    }
}

/// Joins the bars of one line, each thickness for itself.
fn join_line(
    axis: Axis,
    line: &mut [Placed],
    is_bridged: &impl Fn(&Gap) -> bool,
    joined: &mut Vec<Bar>,
) {
    line.sort_by(|one, two| {
        one.from
            .total_cmp(&two.from)
            .then(one.thickness.total_cmp(&two.thickness))
    });
    // Walls of different thickness on one line are few; a short list is enough.
    let mut open: Vec<Placed> = Vec::new();
    for bar in line.iter() {
        let same = open
            .iter_mut()
            .find(|other| same_thickness(other.thickness, bar.thickness));
        match same {
            Some(other)
                if bar.from <= other.to
                    || is_bridged(&Gap {
                        from: axis.point(other.to, other.offset),
                        to: axis.point(bar.from, other.offset),
                        thickness: other.thickness,
                        between_stumps: other.is_stump() && bar.is_stump(),
                    }) =>
            {
                let (own, new) = (other.to - other.from, bar.to - bar.from);
                let share = new / (own + new).max(1e-9);
                other.offset += (bar.offset - other.offset) * share;
                other.thickness += (bar.thickness - other.thickness) * share;
                other.longest = if bar.from <= other.to {
                    other.longest.max(bar.to - other.from)
                } else {
                    other.longest.max(bar.longest)
                };
                other.to = other.to.max(bar.to);
            }
            Some(other) => {
                joined.push(other.bar(axis));
                *other = *bar;
            }
            None => open.push(*bar),
        }
    }
    joined.extend(open.iter().map(|bar| bar.bar(axis)));
}

/// Diagonal of the box around `bars`.
pub(super) fn extent(bars: &[Bar]) -> f64 {
    Rect::around(bars.iter().flat_map(|bar| [bar.a, bar.b])).diagonal()
}

/// The thickness at which half of the length lies below.
pub(super) fn usual_thickness(bars: &[Bar]) -> f64 {
    let mut sorted: Vec<(f64, f64)> = bars
        .iter()
        .map(|bar| (bar.thickness, bar.length()))
        .collect();
    sorted.sort_by(|one, two| one.0.total_cmp(&two.0));
    let half = 0.5 * sorted.iter().map(|(_, length)| length).sum::<f64>();
    let mut passed = 0.0;
    for (thickness, length) in sorted {
        passed += length;
        if passed >= half {
            return thickness;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn bar(x0: f64, x1: f64, y: f64, thickness: f64) -> Bar {
        Bar {
            a: Point::new(x0, y),
            b: Point::new(x1, y),
            thickness,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn pieces_of_one_wall_are_joined_across_small_gaps() {
        let bars = [
            bar(0.0, 50.0, 10.0, 6.0),
            bar(60.0, 100.0, 10.1, 6.1),
            bar(20.0, 30.0, 10.0, 6.0),
            bar(160.0, 200.0, 10.0, 6.0),
            bar(0.0, 50.0, 30.0, 6.0),
        ];
        let mut joined =
            join_collinear(&bars, &Unwatched, |gap| gap.length() <= 2.0 * gap.thickness).unwrap();
        joined.sort_by(|one, two| one.length().total_cmp(&two.length()));
        let lengths: Vec<_> = joined.iter().map(|bar| bar.length().round()).collect();
        assert_eq!(lengths, [40.0, 50.0, 100.0]);
    }

    #[test]
    fn pieces_as_short_as_thick_are_told_from_those_that_show_a_direction() {
        let stumps = |bars: &[Bar]| {
            let seen = std::cell::Cell::new(0);
            join_collinear(bars, &Unwatched, |gap| {
                seen.set(seen.get() + usize::from(gap.between_stumps));
                true
            })
            .unwrap();
            seen.get()
        };
        let chairs = [0.0, 15.0, 30.0].map(|x| bar(x, x + 8.0, 0.0, 8.0));
        assert_eq!(stumps(&chairs), 2);
        // A pier beside a wall, and the same with another pier behind it.
        let piers = [bar(-60.0, -10.0, 0.0, 8.0), chairs[0], chairs[1]];
        assert_eq!(stumps(&piers), 0);
    }
}
