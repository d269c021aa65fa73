//! Lengths and widths that are printed in rooms, against the rooms as they are drawn.
//!
//! `12'-6" x 10'-0"` under the name of a room is all that many plans of flats on sale say of their
//! scale. Both figures must fit the room: one side alone fits some ratio in any case.

use super::consensus::Vote;
use super::dimensions::{PAPER_MM, middle_of};
use super::figures::{Length, lengths};
use crate::ingest::rooms::ring_contains;
use crate::plan::{Point, Room, TextRun};

/// How far the ratios of the two sides of a room may be apart, relative: sides are rounded, and
/// measured to the plaster or to the skirting.
const SIDES_SAME: f64 = 0.025;

/// How sure one side of a room is, beside a dimension with its line: the room may be printed
/// without its niches.
const SURE: f64 = 0.6;

/// The faces of walls are drawn with pens that are about so wide, in points.
const PEN_PT: f64 = 0.5;

/// Texts of sizes that are looked at; an index of a large building has as many.
const MOST_SIZES: usize = 500;

/// What the sizes printed in `rooms` say about the ratio, as figures from `first` on.
pub(super) fn votes(texts: &[TextRun], rooms: &[Room], first: usize) -> Vec<Vote> {
    let sizes = texts
        .iter()
        .filter_map(|run| Some((run, sides(&run.text)?)));
    let mut votes = Vec::new();
    for (number, (run, (long, wide))) in sizes.take(MOST_SIZES).enumerate() {
        let at = middle_of(run);
        let Some(room) = rooms.iter().find(|room| ring_contains(&room.polygon, at)) else {
            continue;
        };
        if let Some((along, across)) = extent(&room.polygon) {
            let figure = first + 2 * number;
            votes.extend(fitting((&long, &wide), (along, across), figure));
        }
    }
    votes
}

/// The readings of both sides under which they fit a room of `drawn` points.
fn fitting((long, wide): (&[Length], &[Length]), drawn: (f64, f64), figure: usize) -> Vec<Vote> {
    let mut votes = Vec::new();
    let turned = [drawn, (drawn.1, drawn.0)];
    for (one, other) in turned {
        for a in long {
            // Both sides of a room are in one unit, which may be written once.
            for b in wide.iter().filter(|b| is_like(a, b)) {
                let (first, second) = (a.mm / (one * PAPER_MM), b.mm / (other * PAPER_MM));
                if (first / second - 1.0).abs() > SIDES_SAME {
                    continue;
                }
                let vote = |ratio: f64, side: &Length, drawn: f64, figure: usize| Vote {
                    ratio,
                    weight: SURE * side.likelihood,
                    figure,
                    mm: side.mm,
                    tolerance: (0.6 * side.step_mm / side.mm + PEN_PT / drawn).min(0.05),
                };
                votes.push(vote(first, a, one, figure));
                votes.push(vote(second, b, other, figure + 1));
            }
        }
    }
    votes
}

fn is_like(one: &Length, two: &Length) -> bool {
    let near = |a: f64, b: f64| (a / b - 1.0).abs() < 1e-6;
    near(one.likelihood, two.likelihood) || one.has_unit || two.has_unit
}

/// The two lengths of `4.71 x 2.30` or `12'-6" x 10'-0"`, each in the ways it may be read.
fn sides(text: &str) -> Option<(Vec<Length>, Vec<Length>)> {
    let lower = text.trim().to_lowercase();
    let (one, two) = lower.split_once(['x', '×', '✕', 'х', '*'])?;
    let (one, two) = (lengths(one.trim()), lengths(two.trim()));
    (!one.is_empty() && !two.is_empty()).then_some((one, two))
}

/// How long and wide an outline is along its longest side and across it.
fn extent(outline: &[Point]) -> Option<(f64, f64)> {
    let ends = outline.iter().zip(outline.iter().cycle().skip(1));
    let longest = ends.max_by(|a, b| a.0.distance(*a.1).total_cmp(&b.0.distance(*b.1)))?;
    let length = longest.0.distance(*longest.1);
    if length <= 0.0 {
        return None;
    }
    let (dx, dy) = (
        (longest.1.x - longest.0.x) / length,
        (longest.1.y - longest.0.y) / length,
    );
    let span = |along: &dyn Fn(&Point) -> f64| {
        let most = outline.iter().map(along).fold(f64::MIN, f64::max);
        most - outline.iter().map(along).fold(f64::MAX, f64::min)
    };
    let sides = (
        span(&|point| point.x * dx + point.y * dy),
        span(&|point| point.y * dx - point.x * dy),
    );
    (sides.0 > 0.0 && sides.1 > 0.0).then_some(sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_read_in_the_ways_they_are_printed() {
        for (text, long, wide) in [
            ("12'-6\" x 10'-0\"", 3810.0, 3048.0),
            ("4.71 x 2.30", 4710.0, 2300.0),
            ("4.71m × 2.30m", 4710.0, 2300.0),
            ("3600X2400", 3600.0, 2400.0),
        ] {
            let (one, two) = sides(text).unwrap();
            let reads = |all: &[Length], mm: f64| all.iter().any(|one| (one.mm - mm).abs() < 0.01);
            assert!(reads(&one, long) && reads(&two, wide), "{text}");
        }
        assert!(sides("Box").is_none() && sides("2 x").is_none());
    }
}
