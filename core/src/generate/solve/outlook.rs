//! How far a search is from anything valid, so that one that will not get there ends early.

use super::cost::{IMPOSSIBLE, NO_ACCESS, Scratch, access, cost, square_in};
use super::problem::Problem;
use super::search::Found;
use super::skeleton::Skeleton;

/// What of an arrangement no layout may have: rooms below their least area or width, and rooms,
/// corridors and entrances to which there is no way.
pub(super) fn faults(problem: &Problem<'_>, scratch: &mut Scratch) -> usize {
    let small = scratch
        .nets
        .iter()
        .zip(&scratch.areas)
        .zip(&problem.wants)
        .filter(|((net, area), want)| {
            **area < want.least || square_in(problem, net, **area) < want.width
        })
        .count();
    small + usize::try_from(access(problem, scratch) / NO_ACCESS).unwrap_or(0)
}

/// Whether a field is so far from anything valid after a round that its search would come to
/// nothing. Of those that did find a layout, with dozens of rooms on the plates that are hardest,
/// none had a fault for more than every third room after the first round, or for every eighth
/// after the second; of those that did not, most had more. Later rounds are short, and are gone
/// through.
pub(super) fn is_hopeless<'f>(
    problem: &Problem<'_>,
    round: usize,
    field: impl Iterator<Item = (&'f Skeleton, &'f Found)>,
) -> bool {
    let rooms = problem.wants.len();
    let most = match round {
        0 => 2 + rooms * 3 / 10,
        1 => 2 + rooms / 8,
        _ => return false,
    };
    let mut scratch = Scratch::default();
    for (skeleton, found) in field {
        let price = cost(problem, skeleton, &found.state, i64::MAX, &mut scratch);
        if price < IMPOSSIBLE && faults(problem, &mut scratch) <= most {
            return false;
        }
    }
    true
}
