//! Where the walls between the cells of a slot stand.

use super::super::problem::Problem;
use super::super::state::Cell;
use super::area;
use super::local::{Local, corrected};

/// Middles of the walls between cells, from their widths.
pub(super) fn running(local: &Local<'_>, widths: &[f64], wall: f64, cuts: &mut Vec<f64>) {
    let mut at = local.p.0 as f64;
    let count = widths.len().saturating_sub(1);
    for width in widths.iter().take(count) {
        cuts.push(at + width + wall / 2.0);
        at += width + wall;
    }
}

/// Most looks at how much floor a cell has.
const MOST_LOOKS: usize = 10;

/// The same where the slot's depth changes: each cell goes on until it has its area.
pub(super) fn by_area(
    problem: &Problem<'_>,
    local: &Local<'_>,
    cells: &[Cell],
    ideal: &[f64],
    fullness: f64,
    wall: f64,
    cuts: &mut Vec<f64>,
) {
    let mut from = local.p.0;
    for (cell, width) in cells.iter().zip(ideal).take(cells.len().saturating_sub(1)) {
        let to = if cell.cluster {
            from + width.round() as i64
        } else {
            let wanted = (*width * local.depth as f64 * fullness) as i64;
            let (mut low, mut high) = (from, local.p.1);
            // From what is missing at one depth follows how much further on to look; where a notch
            // or a column is in the way, the halves do.
            let mut at = (from + width.round() as i64).clamp(low, high);
            for _ in 0..MOST_LOOKS {
                let window = local.rect(from, at, 0, local.depth);
                let lack = wanted - problem.floor(&corrected(problem, local, window));
                if lack > 0 {
                    low = at;
                } else {
                    high = at;
                }
                let next = at + lack / local.depth.max(1);
                if high - low <= 2 || next == at {
                    break;
                }
                at = if low < next && next < high {
                    next
                } else {
                    low.midpoint(high)
                };
            }
            at
        };
        cuts.push(to as f64 + wall / 2.0);
        from = (to + problem.wall).min(local.p.1);
    }
}

/// Cuts moved to the grid so that the rooms' areas are off by as little as can be.
///
/// Dynamic programme over the two or four nearest grid lines of each cut; the cost is the sum of
/// the squares of each cell's deviation from its width in thousandths.
pub(super) fn snapped(
    problem: &Problem<'_>,
    local: &Local<'_>,
    cells: &[Cell],
    cuts: &[f64],
    scale: f64,
    grid: i64,
) -> Vec<i64> {
    const CHOICES: i64 = 4;
    let half = problem.wall / 2;
    let options = |cut: f64| -> [i64; CHOICES as usize] {
        let base = (cut / grid as f64).floor() as i64 - 1;
        [0, 1, 2, 3].map(|k| (base + k) * grid)
    };
    let cost = |cell: &Cell, from: i64, to: i64, ideal: f64| -> i64 {
        let width = to - from;
        let want = problem.wants.get(cell.left[0] as usize);
        let off = if cell.cluster {
            (width as f64 - ideal) / ideal.max(1.0)
        } else {
            let target = scale * area(problem, cell.left[0]);
            let window = local.rect(from, to, 0, local.depth);
            let got = if problem.plain {
                window.area()
            } else {
                problem.floor(&corrected(problem, local, window))
            };
            (got as f64 - target) / target.max(1.0)
        };
        let mut cost = (off * 1000.0) as i64;
        cost = cost.saturating_mul(cost);
        if !cell.cluster && want.is_some_and(|want| width < want.width || want.spare) {
            cost = if want.is_some_and(|want| want.spare) {
                cost / 100
            } else {
                cost + 1_000_000
            };
        }
        if width < 600 {
            cost + 1_000_000_000
        } else {
            cost
        }
    };
    let edges: Vec<f64> = std::iter::once(local.p.0 as f64 - half as f64)
        .chain(cuts.iter().copied())
        .chain(std::iter::once((local.p.1 + half) as f64))
        .collect();
    let ideal: Vec<f64> = edges
        .windows(2)
        .map(|pair| {
            pair.last().unwrap_or(&0.0) - pair.first().unwrap_or(&0.0) - problem.wall as f64
        })
        .collect();
    // best[k]: least cost with the latest cut at its option k, and the way there.
    let mut best: Vec<(i64, Vec<i64>)> = vec![(0, Vec::new())];
    let mut lasts: Vec<i64> = vec![local.p.0 - half];
    for ((cell, cut), ideal) in cells.iter().zip(cuts).zip(&ideal) {
        let mut next = Vec::new();
        let mut next_lasts = Vec::new();
        for option in options(*cut) {
            let way = best
                .iter()
                .zip(&lasts)
                .map(|((sum, way), last)| {
                    (sum + cost(cell, last + half, option - half, *ideal), way)
                })
                .min_by_key(|(sum, _)| *sum);
            if let Some((sum, way)) = way {
                let mut way = way.clone();
                way.push(option);
                next.push((sum, way));
                next_lasts.push(option);
            }
        }
        (best, lasts) = (next, next_lasts);
    }
    let (Some(cell), Some(ideal)) = (cells.last(), ideal.last()) else {
        return Vec::new();
    };
    best.into_iter()
        .zip(lasts)
        .min_by_key(|((sum, _), last)| sum + cost(cell, last + half, local.p.1, *ideal))
        .map(|((_, way), _)| way)
        .unwrap_or_default()
}
