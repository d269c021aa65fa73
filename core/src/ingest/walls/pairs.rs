//! Pairs of parallel lines that face each other at the distance of a wall.

use super::arcs::{Arc, paired};
use super::bars::Bar;
use super::families::{Axis, families};
use super::hatching::{Unhatched, without_hatching};
use super::leaves::{Stack, stacks, supported_sums};
use super::lines::{Facing, Line, Neighbours, merged_lines};
use crate::error::Result;
use crate::parallel::{in_parallel, threads_for};
use crate::plan::{Rect, Segment, WallStyle};
use crate::watch::Watch;

/// Thickest wall, as a share of the diagonal of what is drawn.
const THICKEST_SHARE: f64 = 0.04;

/// Pairs between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// The lines of one direction.
struct Parallels<'a> {
    axis: Axis,
    lines: &'a [Line],
    facing: Vec<Facing>,
    stacks: Vec<Stack>,
}

/// What pairs of lines show.
pub(super) struct Paired {
    /// A bar between the lines of each pair.
    pub(super) bars: Vec<Bar>,
    /// The least `cavity` with which other bars might be found.
    pub(super) closest: f64,
}

/// Lines by their directions, without their hatching, which may be paired more than once.
pub(super) struct Ruled {
    directions: Vec<(Axis, Unhatched)>,
    /// The length of the lines that are hatching.
    pub(super) hatched: f64,
    thickest: f64,
}

impl Ruled {
    pub(super) fn new(segments: &[Segment], watch: &dyn Watch) -> Result<Ruled> {
        let ends = segments.iter().flat_map(|segment| [segment.a, segment.b]);
        let bounds = Rect::around(ends);
        let mut ruled = Ruled {
            directions: Vec::new(),
            hatched: 0.0,
            thickest: (THICKEST_SHARE * bounds.diagonal()).max(4.0),
        };
        watch.check()?;
        let families = families(segments);
        watch.check()?;
        let threads = threads_for(segments.len());
        let found = in_parallel(families.len(), threads, watch, |number| {
            let Some(family) = families.get(number) else {
                return Ok(None);
            };
            let members = family.members.iter();
            let members = members.filter_map(|&index| segments.get(index));
            let lines = merged_lines(family.axis, members);
            watch.check()?;
            let lines = without_hatching(lines, ruled.thickest, watch)?;
            Ok(Some((family.axis, lines)))
        })?;
        for (axis, own) in found.into_iter().flatten() {
            ruled.hatched += own.hatched;
            ruled.directions.push((axis, own));
        }
        Ok(ruled)
    }

    /// What the hatching outlines, in short pieces.
    pub(super) fn outline(&self) -> Vec<Segment> {
        let pieces = self.directions.iter().flat_map(|(axis, own)| {
            let at = |(along, across): (f64, f64)| axis.point(along, across);
            let own = own.outline.iter();
            own.map(move |[one, two]| Segment::new(at(*one), at(*two)))
        });
        pieces.collect()
    }

    /// Bars between facing lines, and between `arcs`, drawn `width` points wide.
    ///
    /// Lines closer than `cavity` do not hide each other: the gap between the two leaves of a wall
    /// is no wall itself.
    pub(super) fn paired(
        &self,
        arcs: &[Arc],
        width: f64,
        cavity: f64,
        watch: &dyn Watch,
    ) -> Result<Paired> {
        // Two strokes closer than their own width are one line drawn twice.
        let thinnest = (1.2 * width).max(0.8).max(cavity);
        let lines: usize = self.directions.iter().map(|(_, own)| own.lines.len()).sum();
        let threads = threads_for(lines);
        let found = in_parallel(self.directions.len(), threads, watch, |number| {
            let Some((axis, own)) = self.directions.get(number) else {
                return Ok(None);
            };
            let (facing, nearest) = own.facing(thinnest, watch)?;
            watch.check()?;
            let direction = Parallels {
                axis: *axis,
                lines: &own.lines,
                stacks: stacks(&facing, own.lines.len(), self.thickest, watch)?,
                facing,
            };
            Ok(Some((direction, nearest)))
        })?;
        // Nobody looked how near each other arcs are.
        let mut closest = if arcs.is_empty() { f64::INFINITY } else { 0.0 };
        let mut directions = Vec::with_capacity(self.directions.len());
        for (direction, nearest) in found.into_iter().flatten() {
            closest = f64::min(closest, nearest);
            directions.push(direction);
        }
        watch.check()?;
        let bars = bars_of(
            &directions,
            paired(arcs, thinnest, self.thickest, WallStyle::Double),
            watch,
        )?;
        Ok(Paired { bars, closest })
    }
}

/// Adds to `bars` those between the lines of all directions.
fn bars_of(
    directions: &[Parallels<'_>],
    mut bars: Vec<Bar>,
    watch: &dyn Watch,
) -> Result<Vec<Bar>> {
    let sums = supported_sums(
        directions.iter().flat_map(|direction| &direction.stacks),
        directions.iter().flat_map(|direction| &direction.facing),
    );
    for direction in directions {
        watch.check()?;
        let whole: Vec<Facing> = direction
            .stacks
            .iter()
            .filter(|stack| sums.contain(stack.whole.distance))
            .map(|stack| stack.whole)
            .collect();
        let found = exclusive(&direction.facing, &whole, direction.lines.len(), watch)?;
        for pair in found.iter().chain(&whole) {
            bars.extend(pair.bar(direction.axis, direction.lines, WallStyle::Double));
        }
    }
    Ok(bars)
}

/// Leaves out pairs whose lines have a nearer partner on their other side: a face belongs to
/// one wall. Lines with partners at equal distances on both sides are hatching. What has a line
/// in common with a wall of several leaves, `whole`, is a part of it, or lies beside it.
fn exclusive(
    facing: &[Facing],
    whole: &[Facing],
    lines: usize,
    watch: &dyn Watch,
) -> Result<Vec<Facing>> {
    let neighbours = Neighbours::new(facing, lines);
    let mut taken: Vec<Vec<usize>> = vec![Vec::new(); lines];
    for (index, stack) in whole.iter().enumerate() {
        for line in stack.low..=stack.high {
            if let Some(list) = taken.get_mut(line) {
                list.push(index);
            }
        }
    }
    let rivalled = |pair: &Facing, rivals: &mut dyn Iterator<Item = usize>| -> bool {
        let shared: f64 = rivals
            .filter_map(|index| facing.get(index))
            .filter(|rival| rival.distance <= 1.05 * pair.distance)
            .map(|rival| rival.shared(pair))
            .sum();
        shared > 0.5 * pair.length()
    };
    let stacked = |pair: &Facing| -> bool {
        [pair.low, pair.high].into_iter().any(|line| {
            let shared: f64 = taken
                .get(line)
                .into_iter()
                .flatten()
                .filter_map(|&index| whole.get(index))
                .map(|stack| stack.shared(pair))
                .sum();
            shared > 0.5 * pair.length()
        })
    };
    let is_rivalled = |pair: &Facing| {
        rivalled(pair, &mut neighbours.below(pair.low))
            || rivalled(pair, &mut neighbours.above(pair.high))
    };
    let mut kept = Vec::with_capacity(facing.len());
    for (count, pair) in facing.iter().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        if !stacked(pair) && !is_rivalled(pair) {
            kept.push(*pair);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;
    use crate::watch::Unwatched;

    fn horizontal(x0: f64, x1: f64, y: f64) -> Segment {
        Segment::new(Point::new(x0, y), Point::new(x1, y))
    }

    #[expect(clippy::needless_pass_by_value, reason = "shorter to call")]
    fn bars(segments: Vec<Segment>) -> Vec<Bar> {
        let ruled = Ruled::new(&segments, &Unwatched).unwrap();
        ruled.paired(&[], 0.3, 0.0, &Unwatched).unwrap().bars
    }

    #[test]
    fn two_faces_make_a_bar_between_them() {
        let found = bars(vec![
            horizontal(0.0, 300.0, 10.0),
            horizontal(20.0, 280.0, 17.0),
        ]);
        assert_eq!(found.len(), 1);
        assert!((found[0].thickness - 7.0).abs() < 1e-9);
        assert_eq!(found[0].a, Point::new(20.0, 13.5));
        assert_eq!(found[0].b, Point::new(280.0, 13.5));
    }

    #[test]
    fn a_hatching_has_no_walls_inside() {
        let lines = (0..40)
            .map(|n| horizontal(0.0, 200.0, f64::from(n) * 3.0))
            .collect();
        let found = bars(lines);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_hatching_without_faces_outlines_its_wall() {
        // Lines at 45 degrees across a wall of 6 points, every point.
        let lines: Vec<Segment> = (0..200)
            .map(|n| {
                let x = f64::from(n);
                Segment::new(Point::new(x, 10.0), Point::new(x + 6.0, 16.0))
            })
            .collect();
        let found = Ruled::new(&lines, &Unwatched).unwrap();
        assert!(found.hatched > 0.9 * 200.0 * 6.0 * std::f64::consts::SQRT_2);
        let outlined = Ruled::new(&found.outline(), &Unwatched).unwrap();
        let outlined = outlined.paired(&[], 0.0, 0.0, &Unwatched).unwrap();
        let wall = outlined.bars.iter().find(|bar| bar.length() > 150.0);
        let wall = wall.unwrap();
        assert!((wall.thickness - 6.0).abs() < 0.01 && (wall.a.y - 13.0).abs() < 0.01);
    }

    #[test]
    fn a_hundred_thousand_lines_are_paired_quickly() {
        let lines = (0..100_000)
            .map(|n| {
                horizontal(
                    f64::from(n % 300),
                    f64::from(n % 300) + 40.0,
                    f64::from(n) * 0.01,
                )
            })
            .collect();
        // Finishing at all within a test run is the point: quadratic work would not.
        bars(lines);
    }
}
