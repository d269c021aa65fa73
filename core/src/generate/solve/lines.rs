//! A block whose rows and ends have their depths, as boxes on the plate: slots for rooms, corridors.

use super::fill::rounded;
use super::place::{Placed, Slot, Strip};
use super::sizing::{Depths, Sizing};
use super::skeleton::{Block, Row};

/// On which side of a row its rooms are reached: from a corridor, or else from the row before it,
/// as rooms behind one large public one are.
fn front_of(block: &Block, row: usize) -> i64 {
    let corridor =
        |at: Option<usize>| at.is_some_and(|at| block.rows.get(at) == Some(&Row::Corridor));
    if corridor(row.checked_sub(1)) {
        -1
    } else if row == 0 || corridor(Some(row + 1)) {
        1
    } else {
        -1
    }
}

/// Puts the parts of a block where they are, by the sizes that were found, into `placed`.
pub(super) fn lines(sizing: &Sizing<'_>, depths: &Depths, placed: &mut Placed) {
    let block = sizing.block;
    let halves = |values: [f64; 4]| values.map(rounded);
    // Half walls in the order left, top, right, bottom.
    let strip_halves = |u0: f64, u1: f64, v0: f64, v1: f64| {
        if block.along_x {
            halves([u0, v0, u1, v1])
        } else {
            halves([v0, u0, v1, u1])
        }
    };
    let (v0, v1) = sizing.v;
    let (cap0, cap1) = (sizing.u.0 + depths.caps.0, sizing.u.1 - depths.caps.1);
    let Placed {
        slots,
        corridors,
        spine_middle,
    } = placed;
    slots.clear();
    corridors.clear();
    *spine_middle = None;
    let cap_halves = |inner_low: bool| {
        let (low, high) = if inner_low {
            (sizing.half, sizing.edge(1))
        } else {
            (sizing.edge(0), sizing.half)
        };
        halves([sizing.edge(2), sizing.edge(3), low, high])
    };
    if block.cap_start {
        slots.push(Slot {
            rect: sizing.window(sizing.u.0, cap0, v0, v1),
            along_x: !block.along_x,
            front: 1,
            half: cap_halves(false),
        });
    }
    let mut v = v0;
    for (row, (kind, depth)) in block.rows.iter().zip(&depths.rows).enumerate() {
        let (low, high) = sizing.row_halves(row);
        if *kind == Row::Corridor {
            // A corridor that another lane meets is open towards it.
            let start = if block.cap_start && !block.cross_start {
                sizing.half
            } else {
                0.0
            };
            let end = if block.cap_end && !block.cross_end {
                sizing.half
            } else {
                0.0
            };
            // The outer corridors turn into the lane at the perimeter; others end at it.
            let (lane_start, lane_end) = sizing.lanes(row);
            let (from, to) = (cap0 + lane_start, cap1 - lane_end);
            corridors.push(Strip {
                rect: sizing.window(from, to, v, v + depth),
                half: strip_halves(start, end, low, high),
            });
            let middle = v + low + sizing.problem.corridor as f64 / 2.0;
            spine_middle.get_or_insert(rounded(middle));
        } else {
            let front = front_of(block, row);
            for (from, to, start, end) in sizing.parts(row, cap0, cap1) {
                slots.push(Slot {
                    rect: sizing.window(from, to, v, v + depth),
                    along_x: block.along_x,
                    front,
                    half: halves([start, end, low, high]),
                });
            }
        }
        v += depth;
    }
    // Where a row begins; for the one after the last, where that ends.
    let top = |row: usize| -> Option<f64> {
        let before = depths.rows.get(..row)?;
        Some(before.iter().fold(v0, |top, depth| top + depth))
    };
    if block.cap_end {
        slots.push(Slot {
            rect: sizing.window(cap1, sizing.u.1, v0, v1),
            along_x: !block.along_x,
            front: -1,
            half: cap_halves(true),
        });
    }
    let (first, last) = sizing.spine;
    for (cross, cap, at_start) in [
        (block.cross_start, block.cap_start, true),
        (block.cross_end, block.cap_end, false),
    ] {
        if !cross {
            continue;
        }
        let edge = sizing.corridor_edge(usize::from(!at_start));
        let width = if cap {
            sizing.lane
        } else {
            sizing.problem.corridor as f64 + sizing.half + edge
        };
        let outer = if cap { sizing.half } else { edge };
        // Along a cap over the whole depth, along the perimeter from corridor to corridor.
        let (top, bottom) = if cap {
            (v0, v1)
        } else {
            match (first.checked_add(1).and_then(top), top(last)) {
                (Some(top), Some(bottom)) if top < bottom => (top, bottom),
                _ => continue,
            }
        };
        let (from, to, low, high) = if at_start {
            (cap0, cap0 + width, outer, sizing.half)
        } else {
            (cap1 - width, cap1, sizing.half, outer)
        };
        let (near, far) = if cap {
            (sizing.corridor_edge(2), sizing.corridor_edge(3))
        } else {
            (0.0, 0.0)
        };
        corridors.push(Strip {
            rect: sizing.window(from, to, top, bottom),
            half: strip_halves(low, high, near, far),
        });
    }
    for (crossing, middle) in sizing.crossings {
        let (low, width) = sizing.crossing(crossing, *middle);
        // Between corridor rows a crossing runs through rows of rooms only.
        let mut row = crossing.from_row;
        while row < crossing.to_row {
            if block.rows.get(row) != Some(&Row::Rooms) {
                row += 1;
                continue;
            }
            let first = row;
            while row < crossing.to_row && block.rows.get(row) == Some(&Row::Rooms) {
                row += 1;
            }
            let (Some(top), Some(bottom)) = (top(first), top(row)) else {
                continue;
            };
            corridors.push(Strip {
                rect: sizing.window(low, low + width, top, bottom),
                half: strip_halves(sizing.half, sizing.half, 0.0, 0.0),
            });
        }
    }
}
