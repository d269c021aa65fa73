//! Where a search begins: a first assignment of all rooms to the rows of a skeleton.

use super::cost::{IMPOSSIBLE, Scratch, cost};
use super::place::slots_of;
use super::problem::{Problem, Want};
use super::rng::Dice;
use super::search::Found;
use super::skeleton::Skeleton;
use super::state::{Cell, State, shares_of};

/// Random assignments of which the best is the first of a skeleton, by how many very small rooms
/// stand together from the start: a booth alone in a row as deep as an office is a strip that no
/// move makes a room of. With none given, those stand together that chance has put in one row.
const TRIES: [Option<usize>; 3] = [Some(6), Some(4), None];

/// Fewer very small rooms than this are left to chance.
const MANY_TINY: usize = 4;

/// Area of a very small room, in mm².
const TINY_MM2: i64 = 5_000_000;

/// Rooms that may stand in a cluster: small against the rest, and reached in no special way.
pub(super) fn small_rooms(problem: &Problem<'_>) -> Vec<bool> {
    // Where rows are deep, rooms for one person are small too.
    let most = if problem.plate.usable_mm2() > 600_000_000 {
        15_000_000
    } else {
        9_000_000
    };
    problem
        .wants
        .iter()
        .map(|want| want.area < most && !want.public && want.via.is_empty())
        .collect()
}

/// A first assignment: rooms in random order, each into the slot that is emptiest for its size.
pub(super) fn first(problem: &Problem<'_>, skeleton: &Skeleton, dice: &mut Dice) -> Option<Found> {
    let slots: usize = skeleton.blocks.iter().map(slots_of).sum();
    if slots == 0 || problem.wants.len() < slots {
        return None;
    }
    let shares = shares_of(skeleton);
    let blocks = capacities(skeleton);
    let total: f64 = blocks.iter().map(|(_, _, area)| area).sum();
    let all: f64 = problem.wants.iter().map(|want| want.area as f64).sum();
    let small = small_rooms(problem);
    let mut scratch = Scratch::default();
    let mut best: Option<Found> = None;
    let hubs = hubs_of(problem, skeleton, slots);
    let tries = hubs
        .iter()
        .flat_map(|hub| TRIES.iter().map(move |together| (*hub, *together)));
    for (hub, together) in tries {
        let mut order = cells_of(problem, &small, together);
        if let Some((_, room)) = hub {
            order.retain(|(cell, _)| !cell.rooms().any(|other| other == room));
        }
        if order.len() + usize::from(hub.is_some()) < slots {
            continue;
        }
        for i in (1..order.len()).rev() {
            order.swap(i, dice.below(i + 1));
        }
        // Large rooms first, so that small ones even out; equal ones stay in random order.
        order.sort_by_key(|(_, area)| std::cmp::Reverse(area / 3_000_000));
        let mut state = State {
            slots: vec![Vec::new(); slots],
            shares: shares.clone(),
            seams: skeleton.seams.iter().map(|_| 0).collect(),
        };
        let mut filled = vec![0.0; slots];
        let alone = hub.map(|(slot, _)| slot);
        if let Some((slot, room)) = hub {
            let area = problem.wants.get(usize::from(room)).map(|want| want.area);
            if let (Some(cells), Some(sum)) = (state.slots.get_mut(slot), filled.get_mut(slot)) {
                cells.push(Cell::single(room));
                *sum = area.unwrap_or(0) as f64;
            }
        }
        let mut remaining = order.len();
        for (cell, area) in order {
            let area = area as f64;
            // From when on every room that is left is needed for a slot without one.
            let empties = state.slots.iter().filter(|cells| cells.is_empty()).count();
            let empties_all = empties >= remaining;
            // The block with the most left, and there the slot with the least in it: rows of a
            // block share its depth, blocks share nothing.
            let left = |block: &(usize, usize, f64)| {
                let (from, to, share) = *block;
                let inside: f64 = filled.get(from..to).unwrap_or_default().iter().sum();
                if alone == Some(from) && to == from + 1 {
                    return f64::NEG_INFINITY;
                }
                let empty = (from..to).any(|s| state.slots.get(s).is_some_and(Vec::is_empty));
                share / total * all - inside - area / 2.0
                    + if empty && empties_all { 1e12 } else { 0.0 }
            };
            let Some((from, to, _)) = blocks.iter().copied().reduce(|best, next| {
                if left(&next) > left(&best) {
                    next
                } else {
                    best
                }
            }) else {
                continue;
            };
            let open = (from..to).filter(|slot| alone != Some(*slot));
            let emptiest = open.reduce(|best, next| {
                let at = |slot: usize| filled.get(slot).copied().unwrap_or(0.0);
                if at(next) < at(best) { next } else { best }
            });
            let Some(slot) = emptiest else {
                continue;
            };
            remaining -= 1;
            if let Some(sum) = filled.get_mut(slot) {
                *sum += area;
            }
            if let Some(cells) = state.slots.get_mut(slot) {
                cells.push(cell);
            }
        }
        if together.is_none() {
            gather_small(problem, &mut state, &small);
        }
        let price = cost(problem, skeleton, &state, i64::MAX, &mut scratch);
        if best.as_ref().is_none_or(|found| price < found.cost) {
            best = Some(Found { cost: price, state });
        }
    }
    best.filter(|found| found.cost <= IMPOSSIBLE)
}

/// Share of all rooms from which on one is a hall, in percent.
const HALL_PERCENT: i64 = 30;

/// Slots with a room that is to stand alone there; `None` for no such room.
///
/// Without a corridor everything is reached through one public room. By chance it hardly ever has
/// a row to itself, and every step towards that makes things worse. The same is true of a hall,
/// which may be the end of rows along a corridor or an arm of its own: rooms in those rows that
/// are to be beside it then have a place there.
fn hubs_of(problem: &Problem<'_>, skeleton: &Skeleton, slots: usize) -> Vec<Option<(usize, u8)>> {
    let public = |want: &Want| want.public && want.via.is_empty() && !want.spare;
    let hub = problem
        .wants
        .iter()
        .enumerate()
        .filter(|(_, want)| public(want))
        .max_by_key(|(i, want)| (want.area, std::cmp::Reverse(*i)))
        .and_then(|(i, _)| u8::try_from(i).ok());
    let corridors = skeleton.blocks.iter().any(|block| block.spines() > 0);
    let mut hubs = vec![None];
    let Some(room) = hub else {
        return hubs;
    };
    if !corridors {
        hubs.extend((0..slots).map(|slot| Some((slot, room))));
        return hubs;
    }
    let all: i64 = problem.wants.iter().map(|want| want.area).sum();
    let own = problem.wants.get(usize::from(room)).map(|want| want.area);
    if own.unwrap_or(0) * 100 >= all * HALL_PERCENT {
        let mut from = 0;
        for block in &skeleton.blocks {
            let count = slots_of(block);
            let ends = [
                (block.cap_start || count == 1).then_some(from),
                (block.cap_end && count > 1).then_some(from + count - 1),
            ];
            hubs.extend(ends.into_iter().flatten().map(|slot| Some((slot, room))));
            from += count;
        }
    }
    hubs
}

/// Whether a room is so small that it belongs into a cluster.
fn is_tiny(problem: &Problem<'_>, small: &[bool], room: u8) -> bool {
    let room = usize::from(room);
    small.get(room) == Some(&true)
        && problem
            .wants
            .get(room)
            .is_some_and(|want| want.area < TINY_MM2)
}

/// All rooms with the area of each, very small ones so many `together`.
fn cells_of(problem: &Problem<'_>, small: &[bool], together: Option<usize>) -> Vec<(Cell, i64)> {
    let area = |room: &u8| {
        problem
            .wants
            .get(usize::from(*room))
            .map_or(0, |want| want.area)
    };
    let rooms = (0..problem.wants.len()).filter_map(|i| u8::try_from(i).ok());
    let (mut tiny, others): (Vec<u8>, Vec<u8>) =
        rooms.partition(|room| together.is_some() && is_tiny(problem, small, *room));
    let mut cells: Vec<(Cell, i64)> = Vec::new();
    let singles = |list: &[u8]| -> Vec<(Cell, i64)> {
        let each = list.iter().map(|room| (Cell::single(*room), area(room)));
        each.collect()
    };
    if tiny.len() < MANY_TINY {
        cells.extend(singles(&tiny));
        tiny.clear();
    }
    // In the order of the brief, so that those of a kind are together.
    for group in tiny.chunks(together.unwrap_or(1)) {
        match group {
            [one] => cells.extend(singles(&[*one])),
            many => {
                let sum = many.iter().map(area).sum::<i64>();
                cells.push((Cell::cluster_of(many, None), sum));
            }
        }
    }
    cells.extend(singles(&others));
    cells
}

/// Very small rooms of a slot stand together from the start.
fn gather_small(problem: &Problem<'_>, state: &mut State, small: &[bool]) {
    for cells in &mut state.slots {
        let tiny =
            |cell: &Cell| !cell.cluster && cell.rooms().all(|room| is_tiny(problem, small, room));
        let rooms: Vec<u8> = cells
            .iter()
            .filter(|cell| tiny(cell))
            .map(|cell| cell.left[0])
            .collect();
        if rooms.len() >= 3 && cells.len() > rooms.len() {
            cells.retain(|cell| !tiny(cell));
            for group in rooms.chunks(6) {
                cells.push(match group {
                    [one] => Cell::single(*one),
                    many => Cell::cluster_of(many, None),
                });
            }
        }
    }
}

/// For each block its slots, from one to before another, and how much it holds.
fn capacities(skeleton: &Skeleton) -> Vec<(usize, usize, f64)> {
    let mut from = 0;
    let blocks = skeleton.blocks.iter().filter_map(|block| {
        let count = slots_of(block);
        let range = (from, from + count, block.rect.area() as f64);
        from += count;
        (count > 0).then_some(range)
    });
    blocks.collect()
}
