//! Lines between the boxes of a plate moved to where each box has the share of the floor that its
//! rooms need.
//!
//! Within a box all rooms have one scale, whatever stands there. Between boxes the lines have to
//! move for that: a room that changes its box would otherwise never be worth it.

use super::cost::{Scratch, cost};
use super::place::slots_of;
use super::problem::Problem;
use super::search::Found;
use super::skeleton::Skeleton;
use super::state::{Cell, State};

/// What each box of a skeleton has and wants, and what its lines do about it.
pub(super) struct Balance {
    /// For each slot of a state the block it is in.
    blocks: Vec<usize>,
    /// For each seam the length of the side that moves, in mm.
    lengths: Vec<i64>,
    count: usize,
}

/// Turns in which every line is moved: what moves one changes what the next has to do.
const TURNS: usize = 2;

/// Steps of the last search along each line, in thousandths of what it may move.
const STEPS: [i64; 6] = [96, 48, 24, 12, 6, 3];

impl Balance {
    /// Looks at a skeleton.
    pub(super) fn of(skeleton: &Skeleton) -> Balance {
        let blocks = skeleton.blocks.iter().enumerate();
        let blocks = blocks.flat_map(|(i, block)| std::iter::repeat_n(i, slots_of(block)));
        let lengths = skeleton.seams.iter().map(|seam| {
            let across_x = skeleton
                .blocks
                .get(seam.parent)
                .is_some_and(|parent| (seam.side < 2) != parent.along_x);
            let arms = seam.children.iter().filter_map(|k| skeleton.blocks.get(*k));
            arms.map(|arm| {
                if across_x {
                    arm.rect.width()
                } else {
                    arm.rect.height()
                }
            })
            .sum()
        });
        Balance {
            blocks: blocks.collect(),
            lengths: lengths.collect(),
            count: skeleton.blocks.len(),
        }
    }

    /// Whether there is nothing that could move.
    pub(super) fn is_idle(&self) -> bool {
        self.lengths.is_empty()
    }

    /// What `each` room brings, summed up for each block.
    pub(super) fn sums(&self, state: &State, each: impl Fn(usize) -> i64) -> Vec<i64> {
        let mut sums = vec![0; self.count];
        for (cells, block) in state.slots.iter().zip(&self.blocks) {
            let rooms = cells.iter().flat_map(Cell::rooms);
            if let Some(sum) = sums.get_mut(*block) {
                *sum += rooms.map(|room| each(usize::from(room))).sum::<i64>();
            }
        }
        sums
    }

    /// Moves the lines of a state whose blocks have `floor` mm² of rooms where its lines are now.
    pub(super) fn adjust(
        &self,
        problem: &Problem<'_>,
        skeleton: &Skeleton,
        state: &mut State,
        floor: &[i64],
    ) {
        let wants = self.sums(state, |room| {
            problem.wants.get(room).map_or(0, |want| want.area)
        });
        let mut floor = floor.to_vec();
        let at = |list: &[i64], k: usize| list.get(k).copied().unwrap_or(0);
        for _ in 0..TURNS {
            for ((seam, length), share) in skeleton
                .seams
                .iter()
                .zip(&self.lengths)
                .zip(&mut state.seams)
            {
                let own = (at(&floor, seam.parent), at(&wants, seam.parent));
                let others = seam.children.iter().fold((0, 0), |sum, k| {
                    (sum.0 + at(&floor, *k), sum.1 + at(&wants, *k))
                });
                let all = own.1 + others.1;
                if all <= 0 || *length <= 0 || seam.most <= 0 {
                    continue;
                }
                let lack = (i128::from(own.0 + others.0) * i128::from(own.1) / i128::from(all))
                    as i64
                    - own.0;
                let moved = (*share + lack / length * 1000 / seam.most).clamp(0, 1000);
                let given = (moved - *share) * seam.most / 1000 * length;
                *share = moved;
                if let Some(sum) = floor.get_mut(seam.parent) {
                    *sum += given;
                }
                for k in &seam.children {
                    // Of several arms each gives what its share of their floor is.
                    let part =
                        at(&floor, *k) as i128 * i128::from(given) / i128::from(others.0.max(1));
                    if let Some(sum) = floor.get_mut(*k) {
                        *sum -= part as i64;
                    }
                }
            }
        }
    }
}

/// Moves lines and crossings by ever smaller steps for as long as that helps.
pub(super) fn refine(problem: &Problem<'_>, skeleton: &Skeleton, found: &mut Found) {
    let lines = found.state.seams.len();
    let count = lines + found.state.shares.len();
    let mut scratch = Scratch::default();
    let mut state = found.state.clone();
    for step in STEPS {
        for line in 0..count {
            for change in [step, -step] {
                state.clone_from(&found.state);
                let (share, low, high) = if line < lines {
                    (state.seams.get_mut(line), 0, 1000)
                } else {
                    (state.shares.get_mut(line - lines), 100, 900)
                };
                let Some(share) = share else {
                    continue;
                };
                *share = (*share + change).clamp(low, high);
                let price = cost(problem, skeleton, &state, found.cost, &mut scratch);
                if price < found.cost {
                    found.cost = price;
                    std::mem::swap(&mut found.state, &mut state);
                }
            }
        }
    }
}
