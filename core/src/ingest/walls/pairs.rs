//! Pairs of parallel lines that face each other at the distance of a wall.

use super::bars::Bar;
use super::families::{Axis, families};
use super::pens::Pen;
use crate::error::Result;
use crate::plan::{Segment, WallStyle};
use crate::watch::Watch;

/// Thickest wall, as a share of the diagonal of what the pen draws.
const THICKEST_SHARE: f64 = 0.04;

/// Facing lines that are looked at for one line; in a hatching there is no end of them.
const MAX_FACING: usize = 64;

/// A stretch of a line, in the coordinates of its family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) across: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Two lines that face each other with nothing of their family between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facing {
    pub(super) low: usize,
    pub(super) high: usize,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) distance: f64,
}

impl Facing {
    pub(super) fn bar(&self, axis: Axis, lines: &[Line], style: WallStyle) -> Option<Bar> {
        let across = 0.5 * (lines.get(self.low)?.across + lines.get(self.high)?.across);
        Some(Bar {
            a: axis.point(self.from, across),
            b: axis.point(self.to, across),
            thickness: self.distance,
            style,
        })
    }
}

/// Bars between the facing lines of one pen.
///
/// Lines closer than `cavity` do not hide each other: the gap between the two leaves of a wall
/// is no wall itself.
pub(super) fn paired_bars(pen: &Pen, cavity: f64, watch: &dyn Watch) -> Result<Vec<Bar>> {
    let thickest = (THICKEST_SHARE * pen.bounds().diagonal()).max(4.0);
    // Two strokes closer than their own width are one line drawn twice.
    let thinnest = (1.2 * pen.width).max(0.8).max(cavity);
    let mut bars = Vec::new();
    for family in families(&pen.segments) {
        watch.check()?;
        let members = family
            .members
            .iter()
            .filter_map(|&index| pen.segments.get(index));
        let lines = merged_lines(family.axis, members);
        let facing = facing_lines(&lines, thinnest, thickest);
        for pair in exclusive(&facing, lines.len()) {
            bars.extend(pair.bar(family.axis, &lines, WallStyle::Double));
        }
    }
    Ok(bars)
}

/// The segments of a family as lines, those on one line joined where they touch, by offset.
pub(super) fn merged_lines<'a>(
    axis: Axis,
    segments: impl Iterator<Item = &'a Segment>,
) -> Vec<Line> {
    let mut placed: Vec<Line> = segments
        .map(|segment| {
            let (one, two) = (axis.along(segment.a), axis.along(segment.b));
            Line {
                across: 0.5 * (axis.across(segment.a) + axis.across(segment.b)),
                from: one.min(two),
                to: one.max(two),
            }
        })
        .collect();
    placed.sort_by(|one, two| {
        one.across
            .total_cmp(&two.across)
            .then(one.from.total_cmp(&two.from))
    });
    let mut merged: Vec<Line> = Vec::with_capacity(placed.len());
    let mut rest = placed.as_mut_slice();
    while let Some(first) = rest.first() {
        let limit = first.across + 0.15;
        let count = rest.partition_point(|line| line.across <= limit).max(1);
        let (same, after) = rest.split_at_mut(count);
        same.sort_by(|one, two| one.from.total_cmp(&two.from));
        let start = merged.len();
        for line in same.iter() {
            match merged.get_mut(start..).and_then(<[Line]>::last_mut) {
                Some(last) if line.from <= last.to + 0.2 => last.to = last.to.max(line.to),
                _ => merged.push(*line),
            }
        }
        rest = after;
    }
    merged.sort_by(|one, two| {
        one.across
            .total_cmp(&two.across)
            .then(one.from.total_cmp(&two.from))
    });
    merged
}

/// The stretches where a line sees another within `thinnest..=thickest`, nearest first.
pub(super) fn facing_lines(lines: &[Line], thinnest: f64, thickest: f64) -> Vec<Facing> {
    let mut found = Vec::new();
    let mut open: Vec<(f64, f64)> = Vec::new();
    let mut left: Vec<(f64, f64)> = Vec::new();
    for (low, line) in lines.iter().enumerate() {
        open.clear();
        open.push((line.from, line.to));
        let others = lines.iter().enumerate().skip(low + 1).take(MAX_FACING);
        for (high, other) in others {
            let distance = other.across - line.across;
            if distance > thickest || open.is_empty() {
                break;
            }
            if distance < thinnest || other.to <= line.from || other.from >= line.to {
                continue;
            }
            left.clear();
            for &(from, to) in &open {
                let (start, end) = (from.max(other.from), to.min(other.to));
                if start >= end {
                    left.push((from, to));
                    continue;
                }
                found.push(Facing {
                    low,
                    high,
                    from: start,
                    to: end,
                    distance,
                });
                left.extend(
                    [(from, start), (end, to)]
                        .into_iter()
                        .filter(|(a, b)| b - a > 0.01),
                );
            }
            std::mem::swap(&mut open, &mut left);
        }
    }
    found
}

/// Leaves out pairs whose lines have a nearer partner on their other side: a face belongs to
/// one wall. Lines with partners at equal distances on both sides are hatching.
pub(super) fn exclusive(facing: &[Facing], lines: usize) -> Vec<Facing> {
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); lines];
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); lines];
    for (index, pair) in facing.iter().enumerate() {
        if let Some(list) = above.get_mut(pair.low) {
            list.push(index);
        }
        if let Some(list) = below.get_mut(pair.high) {
            list.push(index);
        }
    }
    let rivalled = |pair: &Facing, rivals: Option<&Vec<usize>>| -> bool {
        let shared: f64 = rivals
            .into_iter()
            .flatten()
            .take(MAX_FACING)
            .filter_map(|&index| facing.get(index))
            .filter(|rival| rival.distance <= 1.05 * pair.distance)
            .map(|rival| (rival.to.min(pair.to) - rival.from.max(pair.from)).max(0.0))
            .sum();
        shared > 0.5 * (pair.to - pair.from)
    };
    facing
        .iter()
        .filter(|pair| {
            !rivalled(pair, below.get(pair.low)) && !rivalled(pair, above.get(pair.high))
        })
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Point;
    use crate::watch::Unwatched;

    fn horizontal(x0: f64, x1: f64, y: f64) -> Segment {
        Segment::new(Point::new(x0, y), Point::new(x1, y))
    }

    fn bars(segments: Vec<Segment>) -> Vec<Bar> {
        let pen = Pen {
            colour: crate::ingest::Colour::BLACK,
            width: 0.3,
            segments,
        };
        paired_bars(&pen, 0.0, &Unwatched).unwrap()
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
