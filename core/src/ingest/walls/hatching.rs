//! Hatching, treads and tiles: many parallel lines at equal distances.

use super::lines::{Facing, Line, Lists, Neighbours, facing_lines};
use crate::error::Result;
use crate::parallel::{both, threads_for};
use crate::watch::Watch;

/// So many equal distances side by side are no wall: a wall with its axis, or a window with two
/// panes, has at most three.
const MANY: usize = 4;

/// How far two distances may differ, as a share, and still be equal.
const EQUAL: f64 = 0.08;

/// Ends of neighbouring lines of a hatching lie no farther apart along them than so many times
/// the distance of the lines: a hatching is cut off by a face at no smaller angle.
const STEEPEST: f64 = 4.0;

/// Hatching may well be finer than any wall.
const FINEST: f64 = 0.2;

/// The lines of one direction without their hatching.
pub(super) struct Unhatched {
    /// The lines without those inside a hatching.
    pub(super) lines: Vec<Line>,
    /// The length of what was taken away.
    pub(super) hatched: f64,
    /// What the hatching itself outlines: from the end of each line in it to that of the next, as
    /// positions along and across.
    pub(super) outline: Vec<[(f64, f64); 2]>,
    /// The pairs that see each other from [`FINEST`] on, with the lengths of their runs; none if
    /// lines were taken away.
    close: Option<(Vec<Facing>, Vec<usize>)>,
    thickest: f64,
}

/// Takes the hatching out of `lines`, whose pairs are at most `thickest` apart.
///
/// The first and the last line of a hatching stay: they may be the faces of the wall that is
/// hatched along its length.
pub(super) fn without_hatching(
    lines: Vec<Line>,
    thickest: f64,
    watch: &dyn Watch,
) -> Result<Unhatched> {
    let close = facing_lines(&lines, FINEST, thickest, watch)?;
    let runs = runs(&close, lines.len())?;
    watch.check()?;
    let (inner, outline) = inner_lines(&close, &runs, &lines);
    let count = lines.len();
    let mut flags = inner.iter();
    let mut hatched = 0.0;
    let kept: Vec<Line> = lines
        .into_iter()
        .filter(|line| {
            let keep = flags.next() == Some(&false);
            hatched += if keep { 0.0 } else { line.to - line.from };
            keep
        })
        .collect();
    Ok(Unhatched {
        close: (kept.len() == count).then_some((close, runs)),
        lines: kept,
        hatched,
        outline,
        thickest,
    })
}

impl Unhatched {
    /// The pairs from `thinnest` on that see each other and are in no long run of equal distances,
    /// and the least distance of all that were looked at.
    pub(super) fn facing(&self, thinnest: f64, watch: &dyn Watch) -> Result<(Vec<Facing>, f64)> {
        let known = self.close.as_ref().filter(|(close, _)| {
            // What is closer than that hides others here, and hides nothing there.
            thinnest >= FINEST && close.iter().all(|pair| pair.distance >= thinnest)
        });
        if let Some((close, runs)) = known {
            return Ok(without_runs(close, runs));
        }
        let facing = facing_lines(&self.lines, thinnest, self.thickest, watch)?;
        let runs = runs(&facing, self.lines.len())?;
        watch.check()?;
        Ok(without_runs(&facing, &runs))
    }
}

/// The pairs without those in long runs, and the least distance of all.
fn without_runs(facing: &[Facing], runs: &[usize]) -> (Vec<Facing>, f64) {
    let distances = facing.iter().map(|pair| pair.distance);
    let closest = distances.fold(f64::INFINITY, f64::min);
    let pairs = facing.iter().zip(runs);
    let kept = pairs.filter(|(_, run)| **run < MANY).map(|(pair, _)| *pair);
    (kept.collect(), closest)
}

/// Whether each line has equal distances on both sides in a long run of them, for the better
/// part of its length; and what the lines in such runs outline.
fn inner_lines(
    facing: &[Facing],
    runs: &[usize],
    lines: &[Line],
) -> (Vec<bool>, Vec<[(f64, f64); 2]>) {
    let neighbours = Neighbours::new(facing, lines.len());
    let many = |index: &usize| runs.get(*index).is_some_and(|run| *run >= MANY);
    let inner = lines
        .iter()
        .enumerate()
        .map(|(line, span)| {
            let length = |pairs: &mut dyn Iterator<Item = usize>| -> f64 {
                pairs
                    .filter(many)
                    .filter_map(|index| facing.get(index))
                    .map(Facing::length)
                    .sum()
            };
            let above = length(&mut neighbours.above(line));
            let below = length(&mut neighbours.below(line));
            above.min(below) > 0.4 * (span.to - span.from)
        })
        .collect();
    let outline = facing
        .iter()
        .enumerate()
        .filter(|(index, _)| many(index))
        .filter_map(|(_, pair)| Some((pair, lines.get(pair.low)?, lines.get(pair.high)?)))
        .flat_map(|(pair, low, high)| {
            let ends = [(low.from, high.from), (low.to, high.to)];
            let near = ends
                .into_iter()
                .filter(|(one, two)| (one - two).abs() <= STEEPEST * pair.distance);
            near.map(|(one, two)| [(one, low.across), (two, high.across)])
        })
        .collect();
    (inner, outline)
}

/// For each pair, how many pairs of the same distance lie one on the other with it.
fn runs(facing: &[Facing], lines: usize) -> Result<Vec<usize>> {
    let equal = |one: &Facing, two: &Facing| {
        (one.distance - two.distance).abs() <= (EQUAL * one.distance).max(0.02)
            && one.shared(two) > 0.3 * one.length().min(two.length())
    };
    // The length of the run that ends with a pair, from those of its neighbours on one side.
    let longer = |pair: &Facing, known: &[usize], neighbours: &mut dyn Iterator<Item = usize>| {
        let equals =
            neighbours.filter(|&other| facing.get(other).is_some_and(|other| equal(pair, other)));
        let longest = equals.filter_map(|other| known.get(other)).max();
        longest.map_or(1, |longest| longest + 1)
    };
    let upwards = || {
        let above = Lists::above(facing, lines);
        let mut up = vec![1_usize; facing.len()];
        // Pairs are in the order of their lower lines, so those above come later.
        for (index, pair) in facing.iter().enumerate().rev() {
            let length = longer(pair, &up, &mut above.of(pair.high));
            if let Some(own) = up.get_mut(index) {
                *own = length;
            }
        }
        Ok(up)
    };
    let downwards = || {
        let below = Lists::below(facing, lines);
        let mut down = vec![1_usize; facing.len()];
        let mut order: Vec<usize> = (0..facing.len()).collect();
        order.sort_by_key(|&index| facing.get(index).map(|pair| pair.high));
        for index in order {
            if let Some(pair) = facing.get(index) {
                let length = longer(pair, &down, &mut below.of(pair.low));
                if let Some(own) = down.get_mut(index) {
                    *own = length;
                }
            }
        }
        Ok(down)
    };
    let (up, down) = both(threads_for(facing.len()), upwards, downwards)?;
    let lengths = up.iter().zip(&down).map(|(up, down)| up + down - 1);
    Ok(lengths.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    #[test]
    fn of_a_hatched_wall_the_faces_stay() {
        let lines: Vec<Line> = (0..9)
            .map(|n| Line {
                across: f64::from(n),
                from: 0.0,
                to: 100.0,
            })
            .collect();
        let found = without_hatching(lines, 20.0, &Unwatched).unwrap();
        let (facing, closest) = found.facing(0.8, &Unwatched).unwrap();
        assert_eq!(found.lines.len(), 2);
        assert_eq!(facing.len(), 1);
        assert!((facing[0].distance - 8.0).abs() < 1e-9 && closest > 7.9);
        assert!((found.hatched - 700.0).abs() < 1e-9);
    }

    #[test]
    fn three_lines_are_no_hatching() {
        let lines: Vec<Line> = (0..3)
            .map(|n| Line {
                across: f64::from(n) * 3.0,
                from: 0.0,
                to: 100.0,
            })
            .collect();
        let found = without_hatching(lines, 20.0, &Unwatched).unwrap();
        let (facing, _) = found.facing(0.8, &Unwatched).unwrap();
        assert_eq!((found.lines.len(), facing.len()), (3, 2));
        // Those that are too close do not hide the ones behind them.
        assert_eq!(found.facing(4.0, &Unwatched).unwrap().0.len(), 1);
        assert!(found.outline.is_empty());
    }
}
