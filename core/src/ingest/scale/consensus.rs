//! The ratio that most figures agree on.
//!
//! Each figure votes for every ratio that some reading of it would mean. Right readings of
//! different figures agree; wrong ones scatter. The mode of the logarithms finds the agreement
//! however many wrong votes there are.

/// Half of the window in which votes count as one ratio, relative: rounded figures and lines
/// drawn to a hundredth of a point stay well within it, and standard scales lie far apart.
const WINDOW: f64 = 0.006;

/// How much a figure adds that says the same length as an earlier one: repeated bays repeat
/// their errors, so that ten equal figures are little more than two.
const REPEATED: f64 = 0.25;
const MOST_REPEATS: usize = 4;

/// One reading of one figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vote {
    /// The N of 1:N.
    pub(super) ratio: f64,
    /// How likely the reading is, in 0..=1.
    pub(super) weight: f64,
    /// Which figure voted.
    pub(super) figure: usize,
    /// The length in the building, in millimetres.
    pub(super) mm: f64,
    /// How far off the ratio may be for a right reading, relative.
    pub(super) tolerance: f64,
}

/// What votes agree on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Agreement {
    /// The N of 1:N, as measured.
    pub(super) ratio: f64,
    /// Figures that agree.
    pub(super) count: usize,
    /// Different lengths among them.
    pub(super) lengths: usize,
    /// Share of the figures that could agree with something and agree with this.
    pub(super) share: f64,
    /// The sum of their weights, repeated lengths counted little.
    pub(super) score: f64,
}

/// The best agreement of all, if there are votes.
pub(super) fn agreement(votes: &[Vote]) -> Option<Agreement> {
    let mut sorted: Vec<Vote> = votes
        .iter()
        .copied()
        .filter(|vote| vote.ratio > 0.0 && vote.ratio.is_finite() && vote.weight > 0.0)
        .collect();
    sorted.sort_by(|a, b| a.ratio.total_cmp(&b.ratio).then(a.figure.cmp(&b.figure)));
    let mut best: Option<(f64, usize, usize)> = None;
    let mut end = 0;
    for (start, vote) in sorted.iter().enumerate() {
        let limit = vote.ratio * (1.0 + 2.0 * WINDOW);
        while sorted.get(end).is_some_and(|next| next.ratio <= limit) {
            end += 1;
        }
        let window = sorted.get(start..end).unwrap_or_default();
        let score = tally(window).score;
        if best.is_none_or(|(most, ..)| score > most + 1e-12) {
            best = Some((score, start, end));
        }
    }
    let (_, start, end) = best?;
    let window = sorted.get(start..end)?;
    let centre = weighted_mean(window);
    // Long figures say where the window's centre really is; short ones may lie around it by as
    // much as their rounding.
    let around: Vec<Vote> = sorted
        .iter()
        .copied()
        .filter(|vote| (vote.ratio / centre - 1.0).abs() <= WINDOW.max(vote.tolerance))
        .collect();
    let tally = tally(&around);
    let voters = distinct(sorted.iter().map(|vote| vote.figure));
    Some(Agreement {
        ratio: weighted_mean(&around),
        count: tally.count,
        lengths: tally.lengths,
        share: tally.count as f64 / voters.max(1) as f64,
        score: tally.score,
    })
}

/// How well votes agree with a ratio that is given: their figures, and the share of all.
pub(super) fn support(votes: &[Vote], ratio: f64) -> Agreement {
    let near: Vec<Vote> = votes
        .iter()
        .copied()
        .filter(|vote| (vote.ratio / ratio - 1.0).abs() <= WINDOW.max(vote.tolerance))
        .collect();
    let tally = tally(&near);
    let voters = distinct(votes.iter().map(|vote| vote.figure));
    Agreement {
        ratio: weighted_mean(&near),
        count: tally.count,
        lengths: tally.lengths,
        share: tally.count as f64 / voters.max(1) as f64,
        score: tally.score,
    }
}

struct Tally {
    score: f64,
    count: usize,
    lengths: usize,
}

/// Counts each figure once, by its best vote, and each length little more than once.
fn tally(votes: &[Vote]) -> Tally {
    let mut figures: Vec<(usize, f64, f64)> = votes
        .iter()
        .map(|vote| (vote.figure, vote.weight, vote.mm))
        .collect();
    figures.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    figures.dedup_by_key(|figure| figure.0);
    // By length, the heaviest first.
    figures.sort_by(|a, b| a.2.total_cmp(&b.2).then(b.1.total_cmp(&a.1)));
    let mut tally = Tally {
        score: 0.0,
        count: figures.len(),
        lengths: 0,
    };
    let (mut length, mut repeats) = (f64::NEG_INFINITY, 0);
    for (_, weight, mm) in figures {
        if (mm - length).abs() <= 1e-3 * mm {
            repeats += 1;
            if repeats <= MOST_REPEATS {
                tally.score += REPEATED * weight;
            }
        } else {
            (length, repeats) = (mm, 0);
            tally.lengths += 1;
            tally.score += weight;
        }
    }
    tally
}

/// The mean of the ratios; a long length tells the ratio better than a short one.
fn weighted_mean(votes: &[Vote]) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for vote in votes {
        let weight = vote.weight / vote.tolerance.max(1e-4).powi(2);
        sum += weight * vote.ratio;
        weights += weight;
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

fn distinct(figures: impl Iterator<Item = usize>) -> usize {
    let mut all: Vec<usize> = figures.collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(figure: usize, ratio: f64, mm: f64) -> Vote {
        Vote {
            ratio,
            weight: 1.0,
            figure,
            mm,
            tolerance: 5.0 / mm,
        }
    }

    #[test]
    fn scattered_votes_lose_against_those_that_agree() {
        let votes = [
            vote(0, 100.1, 3600.0),
            vote(0, 50.0, 3600.0),
            vote(1, 99.9, 8000.0),
            vote(1, 71.0, 8000.0),
            vote(2, 100.0, 2500.0),
            vote(2, 33.0, 2500.0),
            vote(3, 140.0, 990.0),
        ];
        let found = agreement(&votes).unwrap();
        assert_eq!((found.count, found.lengths), (3, 3));
        assert!((found.ratio - 100.0).abs() < 0.1, "{found:?}");
        assert!((found.share - 0.75).abs() < 1e-9);
    }

    #[test]
    fn equal_figures_do_not_outvote_different_ones() {
        let mut votes: Vec<Vote> = (0..9).map(|figure| vote(figure, 50.0, 1750.0)).collect();
        votes.push(vote(9, 100.0, 3500.0));
        votes.push(vote(10, 100.0, 5250.0));
        votes.push(vote(11, 100.0, 1000.0));
        let found = agreement(&votes).unwrap();
        assert!((found.ratio - 100.0).abs() < 1e-6, "{found:?}");
    }
}
