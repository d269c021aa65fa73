//! Walls of several leaves: three to five parallel lines that are one wall together.

use super::bars::same_thickness;
use super::lines::{Facing, Neighbours};
use crate::error::Result;
use crate::watch::Watch;

/// Most gaps between the lines of one wall: a facing, a cavity, a block and plaster.
const MOST_GAPS: usize = 5;

/// A stack votes when it is so much longer than thick: a wall is, two walls with a cupboard
/// between them are not.
const LONG: f64 = 4.0;

/// Share of the length of all pairs that must be drawn as stacks of one thickness.
const SHARE: f64 = 0.08;

/// Stacks that must agree on a thickness.
const VOTERS: usize = 3;

/// Pairs between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// Several pairs one on the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stack {
    /// From the lowest line to the highest.
    pub(super) whole: Facing,
}

/// The thicknesses that a drawing gives to its walls of several leaves.
pub(super) struct Sums(Vec<f64>);

impl Sums {
    pub(super) fn contain(&self, thickness: f64) -> bool {
        self.0.iter().any(|&sum| same_thickness(sum, thickness))
    }
}

/// Every stack of pairs, in full, that is no thicker than `thickest`.
pub(super) fn stacks(
    facing: &[Facing],
    lines: usize,
    thickest: f64,
    watch: &dyn Watch,
) -> Result<Vec<Stack>> {
    let neighbours = Neighbours::new(facing, lines);
    let mut found = Vec::new();
    for (count, start) in facing.iter().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        // A stack begins where nothing lies below.
        let below: f64 = neighbours
            .below(start.low)
            .filter_map(|index| facing.get(index))
            .filter(|pair| pair.distance + start.distance <= thickest)
            .map(|pair| pair.shared(start))
            .sum();
        if below > 0.5 * start.length() {
            continue;
        }
        let mut whole = *start;
        let mut gaps = 1;
        while gaps <= MOST_GAPS {
            let next = neighbours
                .above(whole.high)
                .filter_map(|index| facing.get(index))
                .filter(|pair| whole.distance + pair.distance <= thickest)
                .max_by(|one, two| one.shared(&whole).total_cmp(&two.shared(&whole)))
                .filter(|pair| pair.shared(&whole) > 0.5 * whole.length());
            let Some(next) = next else {
                break;
            };
            whole = Facing {
                low: whole.low,
                high: next.high,
                from: whole.from.max(next.from),
                to: whole.to.min(next.to),
                distance: whole.distance + next.distance,
            };
            gaps += 1;
        }
        if (2..=MOST_GAPS).contains(&gaps) {
            found.push(Stack { whole });
        }
    }
    Ok(found)
}

/// The thicknesses of stacks that the drawing repeats.
pub(super) fn supported_sums<'a>(
    stacks: impl Iterator<Item = &'a Stack>,
    facing: impl Iterator<Item = &'a Facing>,
) -> Sums {
    let total: f64 = facing
        .filter(|pair| pair.length() >= 2.5 * pair.distance)
        .map(Facing::length)
        .sum();
    let mut voters: Vec<(f64, f64)> = stacks
        .map(|stack| stack.whole)
        .filter(|whole| whole.length() >= LONG * whole.distance)
        .map(|whole| (whole.distance, whole.length()))
        .collect();
    voters.sort_by(|one, two| one.0.total_cmp(&two.0));
    let mut kinds: Vec<(f64, f64, usize)> = Vec::new();
    for (thickness, length) in voters {
        match kinds.last_mut() {
            Some((mean, votes, count)) if same_thickness(*mean, thickness) => {
                *mean += (thickness - *mean) * length / (*votes + length);
                *votes += length;
                *count += 1;
            }
            _ => kinds.push((thickness, length, 1)),
        }
    }
    Sums(
        kinds
            .into_iter()
            .filter(|(_, votes, count)| *votes >= SHARE * total && *count >= VOTERS)
            .map(|(mean, _, _)| mean)
            .collect(),
    )
}
