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

/// Whether a field is so far from anything valid after a round that its search is not worth going
/// on with while something easier comes next. The limits are from the searches of one programme of
/// 57 rooms on ten plates, and a sample of others: those with wide corridors that found a layout
/// had faults for a quarter of the rooms at most after the first round, and for a fourteenth after
/// the second. One with the narrowest corridors found its layout with more, so those go on.
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
