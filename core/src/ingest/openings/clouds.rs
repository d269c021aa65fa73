//! Arcs among each other: those that are drawn twice, and those that are clouds.

use crate::plan::Point;

use super::arcs::Arc;

/// One of each, in order of place: doors drawn with two lines have two arcs.
pub(super) fn without_doubles(mut arcs: Vec<Arc>) -> Vec<Arc> {
    arcs.sort_by(|one, two| {
        let key = |arc: &Arc| {
            [
                arc.centre.x,
                arc.centre.y,
                -arc.radius,
                arc.from.x,
                arc.from.y,
            ]
        };
        let (one, two) = (key(one), key(two));
        let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    let mut kept: Vec<Arc> = Vec::new();
    for arc in arcs {
        let near = 0.12 * arc.radius;
        let same = |other: &&Arc| {
            let ends = |p: Point, q: Point| arc.from.distance(p).max(arc.to.distance(q));
            other.centre.distance(arc.centre) < near
                && ends(other.from, other.to).min(ends(other.to, other.from)) < near
        };
        let doubled = kept
            .iter()
            .rev()
            .take_while(|other| arc.centre.x - other.centre.x < near)
            .any(|other| same(&other));
        if !doubled {
            kept.push(arc);
        }
    }
    kept
}

/// Ends of arcs nearer than this meet, as a share of the radius.
const ENDS_MEET: f64 = 0.15;

/// Without those that go on into another arc at each end: a cloud around a revision, a hedge. The
/// arc of a door meets that of the other leaf at one end, or that of a door beside it at both.
/// Ordered by place, as `arcs` are.
pub(super) fn without_chains(arcs: &[Arc]) -> Vec<Arc> {
    let reach = arcs.iter().map(|arc| arc.radius).fold(0.0, f64::max);
    let next = |arc: &Arc, end: Point| -> Vec<usize> {
        // The centre of what meets it is within its radius.
        let from = arcs.partition_point(|other| other.centre.x < end.x - 1.2 * reach);
        let near = arcs.iter().enumerate().skip(from);
        near.take_while(|(_, other)| other.centre.x <= end.x + 1.2 * reach)
            .filter(|(_, other)| {
                other.centre.distance(arc.centre) > 0.3 * arc.radius
                    && other.from.distance(end).min(other.to.distance(end))
                        <= ENDS_MEET * arc.radius
            })
            .map(|(index, _)| index)
            .collect()
    };
    let is_chained = |arc: &&Arc| {
        let (one, two) = (next(arc, arc.from), next(arc, arc.to));
        one.iter()
            .any(|index| two.iter().any(|other| index != other))
            && !one.iter().any(|index| two.contains(index))
    };
    arcs.iter()
        .filter(|arc| !is_chained(arc))
        .copied()
        .collect()
}
