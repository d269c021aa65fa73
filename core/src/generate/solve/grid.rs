//! What a search has found, with all its lines on the grid that walls keep to.

use std::collections::BTreeMap;

use super::cost::{IMPOSSIBLE, Scratch, arrange, of_arrangement};
use super::fill::Snap;
use super::outlook::faults;
use super::place::{Frame, Placing, place};
use super::problem::Problem;
use super::run::{Arrangement, GRID_MM};
use super::search::Found;
use super::skeleton::Skeleton;
use crate::layout::Rect;

/// The state with all its lines on the grid, and its cost there.
pub(super) fn on_grid(
    problem: &Problem<'_>,
    skeleton: &Skeleton,
    found: &Found,
) -> Option<Arrangement> {
    let mut placing = Placing::default();
    place(problem, skeleton, &found.state, &mut placing)?;
    let frame = &mut placing.frame;
    snap_lines(problem, skeleton, frame);
    let mut scratch = Scratch::default();
    arrange(
        problem,
        frame,
        &found.state,
        Snap::Grid(GRID_MM),
        &mut scratch,
    )?;
    let cost = of_arrangement(problem, &mut scratch);
    if cost >= IMPOSSIBLE || scratch.pieces.len() != problem.wants.len() {
        return None;
    }
    let faults = faults(problem, &mut scratch);
    scratch.pieces.sort_unstable_by_key(|piece| piece.room);
    Some(Arrangement {
        cost,
        rooms: scratch.pieces.iter().map(|piece| piece.gross).collect(),
        corridors: scratch.corridors.iter().map(|strip| strip.rect).collect(),
        further: Vec::new(),
        skeleton: skeleton.name.clone(),
        faults,
    })
}

/// Makes lines one that rounding has put a millimetre or two apart.
fn align(frame: &mut Frame) {
    for axis in 0..2 {
        let ends = |rect: &Rect| {
            if axis == 0 {
                [rect.x0, rect.x1]
            } else {
                [rect.y0, rect.y1]
            }
        };
        let slots = frame.slots.iter().flat_map(|slot| ends(&slot.rect));
        let strips = frame.corridors.iter().flat_map(|strip| ends(&strip.rect));
        let mut values: Vec<i64> = slots.chain(strips).collect();
        values.sort_unstable();
        values.dedup();
        let mut same: BTreeMap<i64, i64> = BTreeMap::new();
        let mut first: Option<i64> = None;
        for value in values {
            match first {
                Some(start) if value - start <= 2 => {
                    same.insert(value, start);
                }
                _ => first = Some(value),
            }
        }
        if same.is_empty() {
            continue;
        }
        let mapped = |value: i64| same.get(&value).copied().unwrap_or(value);
        let set = |rect: &mut Rect| {
            if axis == 0 {
                (rect.x0, rect.x1) = (mapped(rect.x0), mapped(rect.x1));
            } else {
                (rect.y0, rect.y1) = (mapped(rect.y0), mapped(rect.y1));
            }
        };
        for slot in &mut frame.slots {
            set(&mut slot.rect);
        }
        for strip in &mut frame.corridors {
            set(&mut strip.rect);
        }
    }
}

/// Moves the lines of a frame to the grid, those of one corridor together, so that no corridor
/// becomes narrower. Lines on the boxes of the plate stay where they are.
fn snap_lines(problem: &Problem<'_>, skeleton: &Skeleton, frame: &mut Frame) {
    let mut fixed: [Vec<i64>; 2] = [Vec::new(), Vec::new()];
    for block in &skeleton.blocks {
        fixed[0].extend([block.rect.x0, block.rect.x1]);
        fixed[1].extend([block.rect.y0, block.rect.y1]);
    }
    let mut moved: [BTreeMap<i64, i64>; 2] = [BTreeMap::new(), BTreeMap::new()];
    align(frame);
    let round = |value: i64| (value + GRID_MM / 2).div_euclid(GRID_MM) * GRID_MM;
    for strip in &frame.corridors {
        let rect = strip.rect;
        let axes = [(rect.x0, rect.x1, 0), (rect.y0, rect.y1, 1)];
        for (low, high, axis) in axes {
            // Across its length a corridor keeps its width.
            let across = high - low <= problem.corridor + problem.wall + GRID_MM + 2;
            let (Some(fixed), Some(map)) = (fixed.get(axis), moved.get_mut(axis)) else {
                continue;
            };
            if !across {
                continue;
            }
            match (fixed.contains(&low), fixed.contains(&high)) {
                (true, true) => {}
                (true, false) => {
                    map.insert(high, (high + GRID_MM - 1).div_euclid(GRID_MM) * GRID_MM);
                }
                (false, true) => {
                    map.insert(low, low.div_euclid(GRID_MM) * GRID_MM);
                }
                (false, false) => {
                    let start = round(low);
                    map.insert(low, start);
                    map.insert(high, start + high - low);
                }
            }
        }
    }
    let place = |value: i64, axis: usize| -> i64 {
        if fixed.get(axis).is_some_and(|fixed| fixed.contains(&value)) {
            return value;
        }
        moved
            .get(axis)
            .and_then(|map| map.get(&value))
            .copied()
            .unwrap_or_else(|| round(value))
    };
    let snap = |rect: &mut Rect| {
        *rect = Rect {
            x0: place(rect.x0, 0),
            y0: place(rect.y0, 1),
            x1: place(rect.x1, 0),
            y1: place(rect.y1, 1),
        };
    };
    for slot in &mut frame.slots {
        snap(&mut slot.rect);
    }
    for strip in &mut frame.corridors {
        snap(&mut strip.rect);
    }
}
