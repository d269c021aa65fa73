//! Late-acceptance hill climbing over assignments of one skeleton (Burke and Bykov, 2017: accept
//! what is no worse than the cost some steps ago).

use super::balance::Balance;
use super::cost::{Scratch, cost};
use super::problem::Problem;
use super::rng::Dice;
use super::skeleton::Skeleton;
use super::start::small_rooms;
use super::state::State;
use crate::error::Result;
use crate::watch::Watch;

/// Length of the memory of costs at most.
const MEMORY: usize = 300;

/// Times that the memory is gone through at least: with few moves a long memory would never be
/// asked for what it holds, and the walk would end as far up as it began.
const SWEEPS: u64 = 10;

/// Shortest memory.
const LEAST_MEMORY: u64 = 10;

/// How much worse than its start a walk may be at first: hundredths of that, but no more than the
/// cost of a room that nobody gets into. A start is a local optimum of the round before, from
/// which nothing leads away that is no worse.
const FREEDOM_PERCENT: i64 = 30;

/// The most of it.
const MOST_FREEDOM: i64 = 40_000;

/// Moves between two looks at whether to stop.
const MOVES_PER_LOOK: u64 = 64;

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
    let length = (moves / SWEEPS).clamp(LEAST_MEMORY, MEMORY as u64);
    let freedom = (current.cost / 100 * FREEDOM_PERCENT).min(MOST_FREEDOM);
    let mut memory = vec![current.cost + freedom; length as usize];
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
        let slot = (step % length) as usize;
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
