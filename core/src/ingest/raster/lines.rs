//! Pieces of ink put together to the lines that were drawn, on exactly common offsets.

use super::dashes::mark_dashed;
use super::fit::{Piece, fitted};
use super::gray::Gray;
use super::strips::{Rule, SMOOTHED, strips};
use crate::error::Result;
use crate::ingest::limits::Budget;

/// A drawn line along the rows of its plane, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) from: f64,
    pub(super) to: f64,
    /// As far as its ink goes: where it ends at a line across, to the far edge of that.
    pub(super) ink: [f64; 2],
    pub(super) across: f64,
    pub(super) thickness: f64,
    /// Whether it is a dash of a dashed line.
    pub(super) dashed: bool,
    /// Whether darker outlines run along both sides of it.
    pub(super) outlined: bool,
}

impl Line {
    pub(super) fn length(&self) -> f64 {
        self.to - self.from
    }
}

/// Steepest piece that still runs along the rows; what is steeper belongs to another direction.
const STEEPEST: f64 = 0.02;

/// Pieces on one offset are one line if they are as thick as each other within this factor.
const AS_THICK: f64 = 1.35;

/// The lines along the rows of `plane`.
pub(super) fn lines(plane: &Gray, rule: &Rule, budget: &mut Budget<'_>) -> Result<Vec<Line>> {
    let mut pieces = Vec::new();
    for strip in strips(plane, rule, budget)? {
        budget.spend_steps(8)?;
        let Some(piece) = fitted(plane, &strip) else {
            continue;
        };
        // Over a short length the slope is only noise.
        if piece.slope.abs() <= STEEPEST + 1.5 / piece.length().max(1.0) {
            pieces.push(piece);
        }
    }
    Ok(joined(plane, rule, pieces))
}

/// Pieces on one offset, joined where ink goes on between them.
fn joined(plane: &Gray, rule: &Rule, mut pieces: Vec<Piece>) -> Vec<Line> {
    pieces.sort_by(|one, two| {
        one.across
            .total_cmp(&two.across)
            .then(one.from.total_cmp(&two.from))
    });
    let mut lines = Vec::new();
    let mut rest = pieces.as_mut_slice();
    while let Some(first) = rest.first() {
        // Thin lines lie on one offset within a pixel, bars within a part of their thickness.
        let limit = first.across + (0.12 * first.thickness).max(0.8);
        let count = rest.partition_point(|piece| piece.across <= limit).max(1);
        let (same, after) = rest.split_at_mut(count);
        same.sort_by(|one, two| one.from.total_cmp(&two.from));
        join_offset(plane, rule, same, &mut lines);
        rest = after;
    }
    lines
}

fn join_offset(plane: &Gray, rule: &Rule, same: &[Piece], lines: &mut Vec<Line>) {
    let weight: f64 = same.iter().map(Piece::length).sum();
    let across = same
        .iter()
        .map(|piece| piece.across * piece.length())
        .sum::<f64>()
        / weight.max(1e-9);
    let start = lines.len();
    let mut open: Vec<Line> = Vec::new();
    for piece in same {
        let line = Line {
            from: piece.from,
            to: piece.to,
            ink: [piece.from, piece.to],
            across,
            thickness: piece.thickness,
            dashed: false,
            outlined: piece.outlined,
        };
        let fit = open.iter_mut().find(|other| {
            let ratio = other.thickness / line.thickness;
            ratio.max(1.0 / ratio) <= AS_THICK
        });
        match fit {
            Some(other) if goes_on(plane, rule, other, &line) => {
                let (own, new) = (other.length(), line.length());
                let share = new / (own + new).max(1e-9);
                if new > own {
                    other.outlined = line.outlined;
                }
                other.thickness += (line.thickness - other.thickness) * share;
                other.to = other.to.max(line.to);
                other.ink = [other.from, other.to];
            }
            Some(other) => {
                lines.push(*other);
                *other = line;
            }
            None => open.push(line),
        }
    }
    lines.append(&mut open);
    if let Some(own) = lines.get_mut(start..) {
        own.sort_by(|one, two| one.from.total_cmp(&two.from));
        mark_dashed(own, rule.scale);
    }
}

/// Whether ink goes on from the end of `one` to the start of `two`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "places inside the plane"
)]
fn goes_on(plane: &Gray, rule: &Rule, one: &Line, two: &Line) -> bool {
    let gap = two.from - one.to;
    if gap <= rule.gap as f64 + 2.0 {
        return true;
    }
    // A bar is dark over its whole thickness; in a window only single lines go on.
    let reach = 0.3 * one.thickness.min(two.thickness);
    let rows = [one.across - reach, one.across, one.across + reach];
    let dark = |x: &usize| {
        rows.iter().all(|&row| {
            let row = row.max(0.0) as usize;
            (row.saturating_sub(1)..=row + usize::from(reach < 1.0)).any(|y| {
                plane
                    .row(y)
                    .get(*x)
                    .is_some_and(|&ink| ink >= rule.threshold)
            })
        })
    };
    let columns = one.to.max(0.0) as usize..two.from.max(0.0) as usize;
    let inked = columns.clone().filter(dark).count();
    10 * inked >= 9 * columns.len() && !is_bar(plane, rule, columns, one, two)
}

/// A bar is at least so many times as thick as a thin line beside it, and so many pixels more.
const BAR: f64 = 2.0;
const BAR_PX: f64 = 3.0;

/// Whether the ink in `columns`, between two pieces of a thin line, is that of a solid bar: the
/// glass of a window ends at the wall beside it, and does not go on through it to the next one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "places inside the plane"
)]
fn is_bar(
    plane: &Gray,
    rule: &Rule,
    columns: std::ops::Range<usize>,
    one: &Line,
    two: &Line,
) -> bool {
    let least = BAR * one.thickness.max(two.thickness) + BAR_PX;
    let row = one.across.max(0.0) as usize;
    let at = |x: usize, y: usize| plane.row(y).get(x).copied().unwrap_or(0) >= rule.threshold;
    let is_thick = |x: &usize| {
        let reach = least.ceil() as usize;
        let up = (row.saturating_sub(reach)..row)
            .rev()
            .take_while(|&y| at(*x, y));
        let down = (row..plane.height.min(row + reach)).take_while(|&y| at(*x, y));
        (up.count() + down.count()) as f64 >= least
    };
    // Averaging along the row has drawn the bar out over the ends of the line.
    let columns = columns.start + SMOOTHED..columns.end.saturating_sub(SMOOTHED);
    let count = columns.len();
    // What is shorter crosses the line, and a hatching beside it is not thick everywhere.
    count + 2 * SMOOTHED >= rule.shortest && 20 * columns.filter(is_thick).count() > 19 * count
}

/// How far an end may miss the line it was drawn to, in pixels.
const MISSED: f64 = 2.5;

/// Brings the ends of `lines` that lie on a line of `others`, which run across, to its centre
/// line: ink shows them at its far edge.
pub(super) fn meet(lines: &mut [Line], others: &[Line]) {
    let mut by_place: Vec<&Line> = others.iter().collect();
    by_place.sort_by(|one, two| one.across.total_cmp(&two.across));
    let thickest = others.iter().map(|line| line.thickness).fold(0.0, f64::max);
    let met = |end: f64, across: f64| -> Option<&Line> {
        let reach = thickest / 2.0 + MISSED;
        let first = by_place.partition_point(|other| other.across < end - reach);
        by_place
            .iter()
            .skip(first)
            .take_while(|other| other.across <= end + reach)
            .filter(|other| {
                (other.across - end).abs() <= other.thickness / 2.0 + MISSED
                    && other.from - other.thickness / 2.0 - MISSED <= across
                    && across <= other.to + other.thickness / 2.0 + MISSED
            })
            .min_by(|one, two| {
                let distance = |line: &Line| (line.across - end).abs();
                distance(one).total_cmp(&distance(two))
            })
            .copied()
    };
    for line in lines {
        let (from, to) = (met(line.from, line.across), met(line.to, line.across));
        if let (Some(one), Some(two)) = (from, to)
            && two.across <= one.across
        {
            continue;
        }
        if let Some(other) = from {
            line.from = other.across;
            line.ink[0] = line.ink[0].min(other.across - other.thickness / 2.0);
        }
        if let Some(other) = to {
            line.to = other.across;
            line.ink[1] = line.ink[1].max(other.across + other.thickness / 2.0);
        }
        line.to = line.to.max(line.from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Limits;
    use crate::watch::Unwatched;

    fn found(boxes: &[(usize, usize, usize, usize)]) -> Vec<Line> {
        let mut plane = Gray::filled(400, 300, 0);
        for &(x0, y0, x1, y1) in boxes {
            for y in y0..y1 {
                plane.pixels[y * 400 + x0..y * 400 + x1].fill(255);
            }
        }
        let rule = Rule {
            threshold: 60,
            shortest: 16,
            gap: 3,
            thickest: 60,
            scale: 2.0,
        };
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        lines(&plane, &rule, &mut budget).unwrap()
    }

    fn thin(lines: &[Line]) -> Vec<(f64, f64)> {
        let thin = lines.iter().filter(|line| line.thickness < 4.0);
        let mut ends: Vec<_> = thin
            .map(|line| (line.from.round(), line.to.round()))
            .collect();
        ends.sort_by(|one, two| one.0.total_cmp(&two.0));
        ends
    }

    #[test]
    fn glass_ends_at_the_wall_beside_it_and_a_line_goes_on_across_another() {
        // Two windows on both sides of a solid pier of 20 pixels.
        let glass = found(&[
            (20, 150, 150, 152),
            (150, 141, 250, 161),
            (250, 150, 380, 152),
        ]);
        let ends = thin(&glass);
        assert_eq!(ends.len(), 2, "{glass:?}");
        assert!(ends[0].1 <= 152.0 && ends[1].0 >= 248.0, "{glass:?}");
        // A wall that runs across the line.
        let across = found(&[(20, 150, 380, 152), (195, 50, 205, 250)]);
        assert_eq!(thin(&across).len(), 1, "{across:?}");
    }
}
