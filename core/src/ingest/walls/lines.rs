//! Parallel lines, and where they see each other.

use std::ops::RangeInclusive;

use super::bars::Bar;
use super::families::Axis;
use crate::error::Result;
use crate::parallel::in_pieces;
use crate::plan::{Segment, WallStyle};
use crate::watch::Watch;

/// Facing lines that are looked at for one line; in a hatching there is no end of them.
pub(super) const MAX_FACING: usize = 64;

/// Lines between two looks at the watch.
const BETWEEN_CHECKS: usize = 1_024;

/// A stretch of a line, in the coordinates of its family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) across: f64,
    pub(super) from: f64,
    pub(super) to: f64,
}

/// Two lines that face each other with nothing of their family between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facing {
    pub(super) low: usize,
    pub(super) high: usize,
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) distance: f64,
}

impl Facing {
    /// How long the stretch is that both share.
    pub(super) fn shared(&self, other: &Facing) -> f64 {
        (self.to.min(other.to) - self.from.max(other.from)).max(0.0)
    }

    pub(super) fn length(&self) -> f64 {
        self.to - self.from
    }
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
pub(super) fn facing_lines(
    lines: &[Line],
    thinnest: f64,
    thickest: f64,
    watch: &dyn Watch,
) -> Result<Vec<Facing>> {
    in_pieces(lines.len(), watch, |piece| {
        let mut found = Vec::new();
        let mut sight = Sight::default();
        for low in piece {
            if low % BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            sight.of(low, lines, thinnest..=thickest, &mut found);
        }
        Ok(found)
    })
}

/// The stretches of a line that see nothing yet.
#[derive(Default)]
struct Sight {
    open: Vec<(f64, f64)>,
    left: Vec<(f64, f64)>,
}

impl Sight {
    /// Adds to `found` what the line `low` of `lines` sees among those after it.
    fn of(
        &mut self,
        low: usize,
        lines: &[Line],
        apart: RangeInclusive<f64>,
        found: &mut Vec<Facing>,
    ) {
        let Some(line) = lines.get(low) else {
            return;
        };
        let Sight { open, left } = self;
        open.clear();
        open.push((line.from, line.to));
        let others = lines.iter().enumerate().skip(low + 1).take(MAX_FACING);
        for (high, other) in others {
            let distance = other.across - line.across;
            if distance > *apart.end() || open.is_empty() {
                break;
            }
            if distance < *apart.start() || other.to <= line.from || other.from >= line.to {
                continue;
            }
            left.clear();
            for &(from, to) in &*open {
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
            std::mem::swap(open, left);
        }
    }
}

/// The pairs at each line: those above it and those below it, as positions in a list of pairs.
pub(super) struct Neighbours {
    above: Lists,
    below: Lists,
}

/// For each line a list of pairs, all in one.
pub(super) struct Lists {
    /// Where the list of each line begins, and where the last one ends.
    starts: Vec<u32>,
    pairs: Vec<u32>,
}

impl Lists {
    /// The pairs by their lower line.
    pub(super) fn above(facing: &[Facing], lines: usize) -> Lists {
        Lists::new(facing, lines, |pair| pair.low)
    }

    /// The pairs by their upper line.
    pub(super) fn below(facing: &[Facing], lines: usize) -> Lists {
        Lists::new(facing, lines, |pair| pair.high)
    }

    /// The pairs by the line that `of` names, in order.
    fn new(facing: &[Facing], lines: usize, of: impl Fn(&Facing) -> usize) -> Lists {
        let mut starts = vec![0_u32; lines + 2];
        // Counted two places on, so that filling the lists moves each start to its place.
        for pair in facing {
            if let Some(count) = starts.get_mut(of(pair) + 2) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut pairs = vec![0; facing.len()];
        for (pair, number) in facing.iter().zip(0_u32..) {
            if let Some(next) = starts.get_mut(of(pair) + 1) {
                if let Some(slot) = pairs.get_mut(*next as usize) {
                    *slot = number;
                }
                *next += 1;
            }
        }
        Lists { starts, pairs }
    }

    /// The first of the pairs at `line`, in order.
    pub(super) fn of(&self, line: usize) -> impl Iterator<Item = usize> + use<'_> {
        let ends = self.starts.get(line).zip(self.starts.get(line + 1));
        let list = ends.and_then(|(from, to)| self.pairs.get(*from as usize..*to as usize));
        let list = list.unwrap_or_default().iter().take(MAX_FACING);
        list.map(|&pair| pair as usize)
    }
}

impl Neighbours {
    pub(super) fn new(facing: &[Facing], lines: usize) -> Neighbours {
        Neighbours {
            above: Lists::above(facing, lines),
            below: Lists::below(facing, lines),
        }
    }

    /// Pairs whose lower line is `line`.
    pub(super) fn above(&self, line: usize) -> impl Iterator<Item = usize> + use<'_> {
        self.above.of(line)
    }

    /// Pairs whose upper line is `line`.
    pub(super) fn below(&self, line: usize) -> impl Iterator<Item = usize> + use<'_> {
        self.below.of(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    #[test]
    fn lines_of_several_pieces_see_what_they_see_alone() {
        let lines: Vec<Line> = (0..10_000_u32)
            .map(|number| Line {
                across: f64::from(number) * 0.01,
                from: f64::from(number * 7 % 100),
                to: f64::from(number * 7 % 100 + number % 13),
            })
            .collect();
        let mut alone = Vec::new();
        let mut sight = Sight::default();
        for low in 0..lines.len() {
            sight.of(low, &lines, 0.05..=0.4, &mut alone);
        }
        let found = facing_lines(&lines, 0.05, 0.4, &Unwatched).unwrap();
        assert!(found.len() > 10_000 && found == alone);
    }
}
