//! Sizes for a skeleton: rows and ends as deep as the rooms assigned to them need.
//!
//! In a block every row gets the depth at which its rooms have their areas times one common
//! scale; that scale is where the depths add up to the block. Rooms are then cut off their row one
//! after the other. So areas are right by construction, and the search is about everything else.

use super::lines::lines;
use super::problem::Problem;
use super::sizing::{Depths, Sizing, depths};
use super::skeleton::{Block, Crossing, Place, Row, Skeleton};
use super::state::{Cell, State};
use crate::layout::Rect;

/// A place for rooms side by side, gross: to the middle of the walls around.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// The box.
    pub(super) rect: Rect,
    /// Whether its rooms stand along x.
    pub(super) along_x: bool,
    /// On which side across it the corridor is: -1 low, 1 high.
    pub(super) front: i64,
    /// Half walls that are to be taken off: at its low and high end, on its low and high side.
    pub(super) half: [i64; 4],
}

/// A corridor, gross.
#[derive(Debug, Clone, Copy)]
pub(super) struct Strip {
    /// The box.
    pub(super) rect: Rect,
    /// Half walls to be taken off on the left, the top, the right and the bottom.
    pub(super) half: [i64; 4],
}

impl Strip {
    /// The box between the faces of the walls.
    pub(super) fn net(&self) -> Rect {
        let [left, top, right, bottom] = self.half;
        Rect {
            x0: self.rect.x0 + left,
            y0: self.rect.y0 + top,
            x1: self.rect.x1 - right,
            y1: self.rect.y1 - bottom,
        }
    }
}

/// Where everything is, before rooms are cut off.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// In the order of [`State::slots`].
    pub(super) slots: Vec<Slot>,
    /// Corridor rows, cross corridors and crossings.
    pub(super) corridors: Vec<Strip>,
}

/// What stands in a slot, summed up.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    /// Net area that its rooms want, in mm².
    pub(super) area: f64,
    /// Rooms and clusters beside each other.
    pub(super) cells: f64,
    /// Width that no scale changes, in mm.
    pub(super) fixed: f64,
}

fn load_of(problem: &Problem<'_>, cells: &[Cell]) -> Load {
    let mut load = Load::default();
    let area = |room: u8| {
        problem
            .wants
            .get(room as usize)
            .map_or(0.0, |want| want.area as f64)
    };
    for cell in cells {
        load.cells += 1.0;
        load.area += cell.rooms().map(area).sum::<f64>();
        if cell.cluster {
            // The passage, and a wall towards each side that has rooms.
            let sides = f64::from(u8::from(cell.lefts > 0)) + f64::from(u8::from(cell.rights > 0));
            load.fixed += problem.passage as f64 + sides * problem.wall as f64;
            // Walls between rooms of a side take area too: a wall's thickness by 1.5 m each.
            let inner = (cell.lefts.saturating_sub(1) + cell.rights.saturating_sub(1)) as f64;
            load.area += inner * problem.wall as f64 * 1_500.0;
        }
    }
    load
}

/// The number of slots of a block: its ends, and the parts of its rows.
pub(super) fn slots_of(block: &Block) -> usize {
    let parts = |row: usize| {
        1 + block
            .crossings
            .iter()
            .filter(|c| (c.from_row..c.to_row).contains(&row))
            .count()
    };
    let rows = block
        .rows
        .iter()
        .enumerate()
        .filter(|(_, row)| **row == Row::Rooms);
    usize::from(block.cap_start)
        + usize::from(block.cap_end)
        + rows.map(|(i, _)| parts(i)).sum::<usize>()
}

/// Reused memory: a place is asked for once for each move of a search.
#[derive(Debug, Default)]
pub(super) struct Placing {
    /// What [`place`] has found.
    pub(super) frame: Frame,
    /// For each block where its slots and its shares begin.
    firsts: Vec<(usize, usize)>,
    rects: Vec<Rect>,
    turns: Vec<usize>,
    blocks: Vec<Placed>,
    crossings: Vec<(Crossing, i64)>,
    loads: Vec<Load>,
    depths: Depths,
}

/// Sizes everything, into `memory.frame`. `None` when something has no place.
pub(super) fn place(
    problem: &Problem<'_>,
    skeleton: &Skeleton,
    state: &State,
    memory: &mut Placing,
) -> Option<()> {
    let Placing {
        frame,
        firsts,
        rects,
        turns,
        blocks: placed,
        crossings,
        loads,
        depths: found,
    } = memory;
    let count = skeleton.blocks.len();
    firsts.clear();
    let (mut slots, mut shares) = (0, 0);
    for block in &skeleton.blocks {
        firsts.push((slots, shares));
        slots += slots_of(block);
        shares += block
            .crossings
            .iter()
            .filter(|c| matches!(c.at, Place::Share(_)))
            .count();
    }
    rects.clear();
    rects.extend(skeleton.blocks.iter().map(|block| block.rect));
    for (seam, share) in skeleton.seams.iter().zip(&state.seams) {
        seam.shift(&skeleton.blocks, rects, seam.most * share / 1000);
    }
    placed.resize_with(count.max(placed.len()), Placed::default);
    for block in placed.iter_mut() {
        block.spine_middle = None;
    }
    // Blocks that join at a side first, since their corridor says where the crossing is; then
    // those that go on from another one's corridor.
    let late = |i: &usize| {
        let block = skeleton.blocks.get(*i);
        block.is_some_and(|block| block.follows.is_some() || block.waits)
    };
    turns.clear();
    turns.extend((0..count).rev().filter(|i| !late(i)));
    turns.extend((0..count).filter(late));
    for i in turns.iter().copied() {
        let block = skeleton.blocks.get(i)?;
        let rect = *rects.get(i)?;
        let (from, first_share) = *firsts.get(i)?;
        let cells = state.slots.get(from..from + slots_of(block))?;
        let mut shares = state.shares.get(first_share..)?.iter();
        crossings.clear();
        for crossing in &block.crossings {
            let middle = match crossing.at {
                Place::Fixed(at) => at,
                Place::Block(child) => placed.get(child)?.spine_middle?,
                Place::Share(_) => {
                    let (start, length) = if block.along_x {
                        (rect.x0, rect.width())
                    } else {
                        (rect.y0, rect.height())
                    };
                    start + length * shares.next()? / 1000
                }
            };
            crossings.push((*crossing, middle));
        }
        crossings.sort_by_key(|(crossing, middle)| (*middle, crossing.from_row));
        let spine = match block.follows {
            Some(parent) => Some(placed.get(parent)?.spine_middle?),
            None => None,
        };
        loads.clear();
        for cells in cells {
            if cells.is_empty() {
                return None;
            }
            loads.push(load_of(problem, cells));
        }
        let sizing = Sizing::of(problem, block, rect, crossings);
        depths(&sizing, loads, spine, found)?;
        lines(&sizing, found, placed.get_mut(i)?);
    }
    frame.slots.clear();
    frame.corridors.clear();
    for block in placed.iter().take(count) {
        frame.slots.extend_from_slice(&block.slots);
        frame.corridors.extend_from_slice(&block.corridors);
    }
    Some(())
}

/// A block where everything has its place.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) slots: Vec<Slot>,
    pub(super) corridors: Vec<Strip>,
    /// Middle of the first corridor row, across the rows; `None` before it has its place.
    pub(super) spine_middle: Option<i64>,
}
