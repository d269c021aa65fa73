//! Long straight pieces of ink along the rows of a plane: thin lines and thick bars alike.
//!
//! A row keeps only its long runs of ink, so that letters, hatching and whatever crosses fall
//! away; what is left is followed from column to column by its upper and lower edge.

use super::gray::Gray;
use crate::error::Result;
use crate::ingest::limits::Budget;

/// What counts as a piece, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// From this darkness on a pixel is ink, averaged over [`SMOOTHED`] pixels of its row.
    pub(super) threshold: u8,
    /// Shortest run of a row.
    pub(super) shortest: usize,
    /// Gaps in a row that noise may have made.
    pub(super) gap: usize,
    /// Thickest bar.
    pub(super) thickest: usize,
    /// Pixels to the point.
    pub(super) scale: f64,
}

/// Pixels of a row that are averaged before they are compared.
pub(super) const SMOOTHED: usize = 5;

/// How far an edge may wander from column to column, in pixels.
const WANDER: f32 = 1.6;

/// Share of the newest column in what is remembered of an edge.
const MEMORY: f32 = 0.15;

/// The shortest piece, as a share of its thickness: a corner leaves this much of a short wall, as
/// the rest of it is taken for the wall across.
const SHORT: f32 = 0.4;

/// Columns that may lack a piece before it ends.
const MISSING: usize = 6;

/// A straight piece, by its extent along the rows and its edges, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Strip {
    pub(super) from: usize,
    pub(super) to: usize,
    /// First row, and the row after the last one, on average.
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// The pieces along the rows of `plane`, in a fixed order.
pub(super) fn strips(plane: &Gray, rule: &Rule, budget: &mut Budget<'_>) -> Result<Vec<Strip>> {
    let mask = long_runs(plane, rule, budget)?;
    let columns = mask.transposed();
    drop(mask);
    // From top to bottom.
    let mut open: Vec<Open> = Vec::new();
    let mut found: Vec<Strip> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (x, column) in columns.rows().enumerate() {
        budget.spend_steps(1 + (column.len() / 64) as u64)?;
        runs_of(column, 0, &mut runs);
        let old = open.len();
        for &(top, bottom) in &runs {
            if bottom - top > rule.thickest {
                continue;
            }
            #[expect(clippy::cast_precision_loss, reason = "rows of a plane")]
            let near = top as f32 - WANDER;
            let pieces = open.get(..old).unwrap_or_default();
            let first = pieces.partition_point(|piece| piece.top < near);
            let fit = pieces
                .iter()
                .enumerate()
                .skip(first)
                .take_while(|(_, piece)| piece.top <= near + 2.0 * WANDER)
                .filter(|(_, piece)| piece.last < x && piece.fits(top, bottom))
                .min_by(|(_, one), (_, two)| {
                    one.distance(top, bottom)
                        .total_cmp(&two.distance(top, bottom))
                })
                .map(|(index, _)| index);
            match fit.and_then(|index| open.get_mut(index)) {
                Some(piece) => piece.take(x, top, bottom),
                None => open.push(Open::new(x, top, bottom)),
            }
        }
        open.retain(|piece| {
            let ended = x - piece.last > MISSING;
            if ended {
                found.extend(piece.strip(rule));
            }
            !ended
        });
        open.sort_by(|one, two| one.top.total_cmp(&two.top).then(one.from.cmp(&two.from)));
    }
    found.extend(open.into_iter().filter_map(|piece| piece.strip(rule)));
    found.sort_by(|one, two| {
        (one.from, one.to)
            .cmp(&(two.from, two.to))
            .then(one.top.total_cmp(&two.top))
    });
    Ok(found)
}

/// A piece that may still go on.
struct Open {
    from: usize,
    last: usize,
    top: f32,
    bottom: f32,
    /// Sums over all its columns.
    tops: f64,
    bottoms: f64,
    columns: usize,
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "rows of a plane"
)]
impl Open {
    fn new(x: usize, top: usize, bottom: usize) -> Open {
        Open {
            from: x,
            last: x,
            top: top as f32,
            bottom: bottom as f32,
            tops: top as f64,
            bottoms: bottom as f64,
            columns: 1,
        }
    }

    fn distance(&self, top: usize, bottom: usize) -> f32 {
        (self.top - top as f32).abs() + (self.bottom - bottom as f32).abs()
    }

    fn fits(&self, top: usize, bottom: usize) -> bool {
        (self.top - top as f32).abs() <= WANDER && (self.bottom - bottom as f32).abs() <= WANDER
    }

    fn take(&mut self, x: usize, top: usize, bottom: usize) {
        self.last = x;
        self.top += MEMORY * (top as f32 - self.top);
        self.bottom += MEMORY * (bottom as f32 - self.bottom);
        self.tops += top as f64;
        self.bottoms += bottom as f64;
        self.columns += 1;
    }

    /// The piece, if it is long enough and mostly there.
    fn strip(&self, rule: &Rule) -> Option<Strip> {
        let length = self.last + 1 - self.from;
        let count = self.columns as f64;
        let (top, bottom) = ((self.tops / count) as f32, (self.bottoms / count) as f32);
        let long = 2 * length >= rule.shortest && length as f32 >= SHORT * (bottom - top);
        (long && 2 * self.columns >= length).then_some(Strip {
            from: self.from,
            to: self.last + 1,
            top,
            bottom,
        })
    }
}

/// 255 in the long runs of each row, 0 elsewhere.
fn long_runs(plane: &Gray, rule: &Rule, budget: &mut Budget<'_>) -> Result<Gray> {
    let mut mask = Gray::filled(plane.width, plane.height, 0);
    let mut dark: Vec<u8> = Vec::new();
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let least = u32::from(rule.threshold) * SMOOTHED as u32;
    for (row, out) in plane
        .rows()
        .zip(mask.pixels.chunks_exact_mut(plane.width.max(1)))
    {
        budget.spend_steps(1 + (row.len() / 64) as u64)?;
        smoothed(row, least, &mut dark);
        runs_of(&dark, rule.gap, &mut runs);
        for &(from, to) in &runs {
            if to - from >= rule.shortest
                && let Some(part) = out.get_mut(from..to)
            {
                part.fill(255);
            }
        }
    }
    Ok(mask)
}

/// 255 where the sum of [`SMOOTHED`] pixels around reaches `least`.
fn smoothed(row: &[u8], least: u32, dark: &mut Vec<u8>) {
    const HALF: usize = SMOOTHED / 2;
    dark.clear();
    let at = |x: usize| u32::from(row.get(x).copied().unwrap_or(0));
    let mut sum: u32 = (0..HALF).map(at).sum();
    for x in 0..row.len() {
        sum += at(x + HALF);
        dark.push(if sum >= least { 255 } else { 0 });
        if let Some(left) = x.checked_sub(HALF) {
            sum -= at(left);
        }
    }
}

/// The stretches of `line` that are set, joined where at most `gap` pixels are missing.
fn runs_of(line: &[u8], gap: usize, runs: &mut Vec<(usize, usize)>) {
    runs.clear();
    let mut at = 0;
    while let Some(start) = next(line, at, |pixel| pixel != 0) {
        let end = next(line, start, |pixel| pixel == 0).unwrap_or(line.len());
        match runs.last_mut() {
            Some(last) if start - last.1 <= gap => last.1 = end,
            _ => runs.push((start, end)),
        }
        at = end;
    }
}

fn next(line: &[u8], from: usize, test: impl Fn(u8) -> bool) -> Option<usize> {
    let rest = line.get(from..)?;
    rest.iter()
        .position(|&pixel| test(pixel))
        .map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Limits;
    use crate::watch::Unwatched;

    fn drawn(boxes: &[(usize, usize, usize, usize)]) -> Vec<Strip> {
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
        strips(&plane, &rule, &mut budget).unwrap()
    }

    #[test]
    fn a_bar_and_a_line_are_found_and_what_crosses_is_not() {
        let found = drawn(&[
            (20, 100, 350, 112),
            (40, 150, 300, 151),
            // A wall and a line that run down.
            (200, 50, 210, 250),
            (100, 50, 101, 250),
        ]);
        let edges: Vec<_> = found
            .iter()
            .map(|strip| (strip.top.round() as i32, strip.bottom.round() as i32))
            .collect();
        assert_eq!(edges, [(100, 112), (150, 151)], "{found:?}");
        assert!(found[0].from <= 20 && found[0].to >= 350);
    }

    #[test]
    fn a_bar_that_grows_thicker_is_two() {
        let found = drawn(&[(20, 100, 150, 108), (150, 100, 350, 120)]);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}
