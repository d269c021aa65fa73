//! Late-acceptance hill climbing over assignments of one skeleton (Burke and Bykov, 2017: accept
//! what is no worse than the cost some steps ago).

use super::balance::Balance;
use super::cost::{IMPOSSIBLE, Scratch, cost};
use super::place::slots_of;
use super::problem::Problem;
use super::rng::Dice;
use super::skeleton::Skeleton;
use super::state::{Cell, State, shares_of};
use crate::error::Result;
use crate::watch::Watch;

/// Length of the memory of costs.
const MEMORY: usize = 300;

/// Moves between two looks at whether to stop.
const MOVES_PER_LOOK: u64 = 64;

/// Random assignments of which the best is the first of a skeleton.
const TRIES: usize = 3;

/// A state with its cost.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) cost: i64,
    pub(super) state: State,
}

/// Improves `start` by `moves` moves, and returns the best state met.
pub(super) fn climb(
    problem: &Problem<'_>,
    skeleton: &Skeleton,
    start: &Found,
    moves: u64,
    dice: &mut Dice,
    watch: &dyn Watch,
) -> Result<Found> {
    let small = small_rooms(problem);
    let mut scratch = Scratch::default();
    let mut current = start.clone();
    let mut best = start.clone();
    let mut candidate = current.state.clone();
    let mut memory = vec![current.cost; MEMORY];
    let balance = Balance::of(skeleton);
    let mut floor = match balance.is_idle() {
        true => Vec::new(),
        false => {
            cost(problem, skeleton, &current.state, i64::MAX, &mut scratch);
            floor_of(&balance, &current.state, &scratch)
        }
    };
    for step in 0..moves {
        if step % MOVES_PER_LOOK == 0 {
            watch.check()?;
        }
        candidate.clone_from(&current.state);
        candidate.shake(dice, &small, &problem.strong);
        if candidate == current.state {
            continue;
        }
        if !balance.is_idle() && candidate.seams == current.state.seams && dice.below(4) > 0 {
            balance.adjust(problem, skeleton, &mut candidate, &floor);
        }
        let slot = (step % MEMORY as u64) as usize;
        let late = memory.get(slot).copied().unwrap_or(current.cost);
        let limit = late.max(current.cost);
        let price = cost(problem, skeleton, &candidate, limit, &mut scratch);
        if price <= late || price <= current.cost {
            current.cost = price;
            std::mem::swap(&mut current.state, &mut candidate);
            if !balance.is_idle() {
                floor = floor_of(&balance, &current.state, &scratch);
            }
            if price < best.cost {
                best.cost = price;
                best.state.clone_from(&current.state);
            }
        }
        if let Some(entry) = memory.get_mut(slot) {
            *entry = (*entry).min(current.cost);
        }
    }
    Ok(best)
}

/// The floor that the rooms of each block have.
fn floor_of(balance: &Balance, state: &State, scratch: &Scratch) -> Vec<i64> {
    balance.sums(state, |room| scratch.areas.get(room).copied().unwrap_or(0))
}

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
    let mut scratch = Scratch::default();
    let mut best: Option<Found> = None;
    for _ in 0..TRIES {
        let mut order: Vec<u8> = (0..problem.wants.len())
            .filter_map(|i| u8::try_from(i).ok())
            .collect();
        for i in (1..order.len()).rev() {
            order.swap(i, dice.below(i + 1));
        }
        // Large rooms first, so that small ones even out; equal ones stay in random order.
        order.sort_by_key(|room| {
            std::cmp::Reverse(
                problem
                    .wants
                    .get(*room as usize)
                    .map_or(0, |want| want.area / 3_000_000),
            )
        });
        let mut state = State {
            slots: vec![Vec::new(); slots],
            shares: shares.clone(),
            seams: skeleton.seams.iter().map(|_| 0).collect(),
        };
        let mut filled = vec![0.0; slots];
        let small = small_rooms(problem);
        let mut remaining = order.len();
        for room in order {
            let area = problem
                .wants
                .get(room as usize)
                .map_or(0.0, |want| want.area as f64);
            // From when on every room that is left is needed for a slot without one.
            let empties = state.slots.iter().filter(|cells| cells.is_empty()).count();
            let empties_all = empties >= remaining;
            // The block with the most left, and there the slot with the least in it: rows of a
            // block share its depth, blocks share nothing.
            let left = |block: &(usize, usize, f64)| {
                let (from, to, share) = *block;
                let inside: f64 = filled.get(from..to).unwrap_or_default().iter().sum();
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
            let emptiest = (from..to).reduce(|best, next| {
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
                cells.push(Cell::single(room));
            }
        }
        gather_small(problem, &mut state, &small);
        let price = cost(problem, skeleton, &state, i64::MAX, &mut scratch);
        if best.as_ref().is_none_or(|found| price < found.cost) {
            best = Some(Found { cost: price, state });
        }
    }
    best.filter(|found| found.cost <= IMPOSSIBLE)
}

/// Very small rooms of a slot stand together from the start.
fn gather_small(problem: &Problem<'_>, state: &mut State, small: &[bool]) {
    for cells in &mut state.slots {
        let tiny = |cell: &Cell| {
            !cell.cluster
                && cell.rooms().all(|room| {
                    small.get(room as usize) == Some(&true)
                        && problem
                            .wants
                            .get(room as usize)
                            .is_some_and(|want| want.area < 5_000_000)
                })
        };
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
