//! The faces of a planar graph, with what lies inside them.

use std::collections::HashMap;

use crate::error::Result;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::arrangement::{Arrangement, Edge};
use crate::ingest::cells::Cells;

/// One side of an edge, walked from one node to the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) half: f64,
    pub(super) wall: Option<usize>,
}

/// A bounded face: its rim, and the rims of what stands free inside it. Each is walked with the
/// face on the same hand, so that signed areas add up to that of the face.
#[derive(Debug, Default)]
pub(super) struct Face {
    pub(super) rims: Vec<Vec<Side>>,
}

/// The bounded faces of `arrangement`, in a fixed order.
pub(super) fn faces(arrangement: &Arrangement, watch: &dyn Watch) -> Result<Vec<Face>> {
    let sides = sides(arrangement);
    watch.check()?;
    let next = successors(arrangement, &sides);
    watch.check()?;
    let (walks, walk_of) = walks(&next);
    watch.check()?;
    let rim = |walk: &[usize]| -> Vec<Side> {
        walk.iter()
            .filter_map(|&side| sides.get(side))
            .copied()
            .collect()
    };
    let rims: Vec<Vec<Side>> = walks.iter().map(|walk| rim(walk)).collect();
    watch.check()?;
    let areas: Vec<f64> = rims.iter().map(|rim| signed_area(rim)).collect();
    // A bounded face is walked one way round, the outside of a component the other way.
    let is_face: Vec<bool> = areas.iter().map(|area| *area > 1e-9).collect();
    let inside = containers(&sides, &rims, &walk_of, &is_face, watch)?;
    let mut held: HashMap<usize, Vec<usize>> = HashMap::new();
    for (walk, container) in inside.iter().enumerate() {
        if let Some(container) = container {
            held.entry(*container).or_default().push(walk);
        }
    }
    let mut found = Vec::new();
    for (walk, is_face) in is_face.iter().enumerate() {
        if *is_face {
            let members = held.remove(&walk).unwrap_or_default();
            let all = std::iter::once(walk).chain(members);
            found.push(Face {
                rims: all.filter_map(|walk| rims.get(walk)).cloned().collect(),
            });
        }
    }
    Ok(found)
}

/// Both sides of each edge; those of edge `n` are `2 n` and `2 n + 1`.
fn sides(arrangement: &Arrangement) -> Vec<Side> {
    let point = |node: usize| arrangement.nodes.get(node).copied().unwrap_or_default();
    let both = |edge: &Edge| {
        let (from, to) = (point(edge.from), point(edge.to));
        let side = |from, to| Side {
            from,
            to,
            half: edge.half,
            wall: edge.wall,
        };
        [side(from, to), side(to, from)]
    };
    arrangement.edges.iter().flat_map(both).collect()
}

/// For each side the one that follows it around the face.
fn successors(arrangement: &Arrangement, sides: &[Side]) -> Vec<usize> {
    let mut leaving: Vec<Vec<(f64, usize)>> = vec![Vec::new(); arrangement.nodes.len()];
    for (edge, number) in arrangement.edges.iter().zip(0_usize..) {
        for (node, side) in [(edge.from, 2 * number), (edge.to, 2 * number + 1)] {
            if let (Some(list), Some(at)) = (leaving.get_mut(node), sides.get(side)) {
                list.push(((at.to.y - at.from.y).atan2(at.to.x - at.from.x), side));
            }
        }
    }
    let mut next = vec![usize::MAX; sides.len()];
    for list in &mut leaving {
        list.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        for (position, &(_, out)) in list.iter().enumerate() {
            // Who arrives by the other side of `out` turns into the neighbour on one hand.
            let before = if position == 0 {
                list.len() - 1
            } else {
                position - 1
            };
            if let (Some(slot), Some(&(_, follows))) = (next.get_mut(out ^ 1), list.get(before)) {
                *slot = follows;
            }
        }
    }
    next
}

/// The closed walks along the sides, and for each side its walk.
fn walks(next: &[usize]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let mut walk_of = vec![usize::MAX; next.len()];
    let mut walks = Vec::new();
    for start in 0..next.len() {
        if walk_of.get(start) != Some(&usize::MAX) {
            continue;
        }
        let mut walk = Vec::new();
        let mut at = start;
        while let Some(slot) = walk_of.get_mut(at) {
            if *slot != usize::MAX {
                break;
            }
            *slot = walks.len();
            walk.push(at);
            at = next.get(at).copied().unwrap_or(usize::MAX);
        }
        walks.push(walk);
    }
    (walks, walk_of)
}

/// The area by the shoelace formula: positive for the rim of a bounded face.
fn signed_area(rim: &[Side]) -> f64 {
    let sum: f64 = rim
        .iter()
        .map(|side| side.from.x * side.to.y - side.to.x * side.from.y)
        .sum();
    0.5 * sum
}

/// For each walk around the outside of a component the face that the component stands in.
///
/// From the highest point of the component a ray goes up; the first edge it meets belongs to
/// the face, or to the outside of another component, which stands in the same face.
fn containers(
    sides: &[Side],
    rims: &[Vec<Side>],
    walk_of: &[usize],
    is_face: &[bool],
    watch: &dyn Watch,
) -> Result<Vec<Option<usize>>> {
    let edges = || {
        sides
            .iter()
            .step_by(2)
            .map(|side| Segment::new(side.from, side.to))
    };
    let cells = Cells::new(edges());
    let mut outer: Vec<(Point, usize)> = Vec::new();
    for (walk, rim) in rims.iter().enumerate() {
        if is_face.get(walk) == Some(&false) {
            let top = rim.iter().map(|side| side.from);
            let top = top.min_by(|one, two| one.y.total_cmp(&two.y).then(one.x.total_cmp(&two.x)));
            outer.extend(top.map(|top| (top, walk)));
        }
    }
    // From the top down, so that what a ray hits has its answer already.
    outer.sort_by(|one, two| {
        let heights = one.0.y.total_cmp(&two.0.y);
        heights
            .then(one.0.x.total_cmp(&two.0.x))
            .then(one.1.cmp(&two.1))
    });
    let mut inside: Vec<Option<usize>> = vec![None; rims.len()];
    for (count, (top, walk)) in outer.into_iter().enumerate() {
        if count % 256 == 0 {
            watch.check()?;
        }
        let hit = first_above(sides, &cells, top, walk, walk_of);
        let container = hit.and_then(|side| {
            let over = walk_of.get(side).copied()?;
            if is_face.get(over) == Some(&true) {
                Some(over)
            } else {
                inside.get(over).copied().flatten()
            }
        });
        if let Some(slot) = inside.get_mut(walk) {
            *slot = container;
        }
    }
    Ok(inside)
}

/// The side, facing down, of the first edge above `from` that is no part of `walk`.
fn first_above(
    sides: &[Side],
    cells: &Cells,
    from: Point,
    walk: usize,
    walk_of: &[usize],
) -> Option<usize> {
    let mut best: Option<(f64, usize)> = None;
    for (up, list) in cells.above(from).enumerate() {
        for edge in list {
            let Some(side) = sides.get(2 * edge) else {
                continue;
            };
            // Each edge without its right end, so that a corner is hit once.
            if (side.from.x <= from.x) == (side.to.x <= from.x) {
                continue;
            }
            let share = (from.x - side.from.x) / (side.to.x - side.from.x);
            let y = side.from.y + (side.to.y - side.from.y) * share;
            // With y downwards, a rim of positive area is walked to the right along its top.
            let facing = if side.to.x > side.from.x {
                2 * edge
            } else {
                2 * edge + 1
            };
            let own = walk_of.get(facing) == Some(&walk) || walk_of.get(facing ^ 1) == Some(&walk);
            if y <= from.y && !own && best.is_none_or(|(nearest, _)| y > nearest) {
                best = Some((y, facing));
            }
        }
        // Lower rows of cells hold nothing nearer.
        if best.is_some_and(|(y, _)| y >= cells.row_top(from.y, up)) {
            break;
        }
    }
    best.map(|(_, side)| side)
}
