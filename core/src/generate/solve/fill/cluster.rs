//! Rooms around a passage of their own, off the corridor.

use super::super::place::Strip;
use super::super::problem::Problem;
use super::super::state::Cell;
use super::local::Local;
use super::widths::parts;
use super::{Piece, Snap, area, push};

/// Cuts a cluster: a passage from the corridor, rooms along it, and one behind.
#[expect(clippy::too_many_arguments, reason = "the pieces of one loop body")]
pub(super) fn cluster(
    problem: &Problem<'_>,
    local: &Local<'_>,
    cell: &Cell,
    (from, to): (i64, i64),
    scale: f64,
    snap: Snap,
    pieces: &mut Vec<Piece>,
    passages: &mut Vec<Strip>,
) -> Option<()> {
    let (wall, half) = (problem.wall, problem.wall / 2);
    let depth = local.depth;
    let parts = parts(problem, cell, scale, depth as f64);
    let grid = match snap {
        Snap::Free => 1,
        Snap::Grid(grid) => grid,
    };
    let on_grid = |value: f64| ((value / grid as f64).round() as i64) * grid;
    // The passage keeps its width; what rounding leaves goes to the sides.
    let wide = (to - from) as f64;
    let spare = wide - parts.width;
    let share = parts.left / (parts.left + parts.right).max(1.0);
    let mut near = from;
    let mut lane_from = from;
    if cell.lefts > 0 {
        let cut = on_grid(from as f64 + parts.left + spare * share + half as f64);
        near = cut - half;
        lane_from = cut + half;
    }
    let lane_to = if cell.rights > 0 {
        lane_from + problem.passage
    } else {
        to
    };
    let far = if cell.rights > 0 { lane_to + wall } else { to };
    if (cell.lefts > 0 && near - from < 500) || (cell.rights > 0 && to - far < 500) {
        return None;
    }
    let mut end = depth;
    if let Some(room) = cell.back() {
        // Cut on the grid in the plate's coordinates.
        let ideal = depth - parts.back.round() as i64 - half;
        let line = local.rect(from, to, ideal, ideal);
        let at = if local.slot.along_x { line.y0 } else { line.x0 };
        let moved = on_grid(at as f64) - at;
        let cut = if local.slot.front < 0 {
            ideal + moved
        } else {
            ideal - moved
        };
        end = cut - half;
        push(
            problem,
            local,
            room,
            local.rect(from, to, cut + half, depth),
            problem.plain,
            pieces,
        );
    }
    for (rooms, (p0, p1)) in [(cell.left(), (from, near)), (cell.right(), (far, to))] {
        stack(problem, local, rooms, (p0, p1), end, grid, pieces)?;
    }
    let net = local.rect(lane_from, lane_to, 0, end);
    let gross = {
        let slot = local.slot.rect;
        let (p0, p1) = (
            if cell.lefts > 0 {
                lane_from - half
            } else {
                lane_from
            },
            if cell.rights > 0 {
                lane_to + half
            } else {
                lane_to
            },
        );
        let mut gross = local.rect(p0, p1, 0, end);
        // Towards the corridor the passage is open up to the middle of its wall; at its end it has
        // the slot's edge or the wall of the room behind.
        let (q_front, q_end) = if local.slot.along_x {
            if local.slot.front < 0 {
                (&mut gross.y0, slot.y0)
            } else {
                (&mut gross.y1, slot.y1)
            }
        } else if local.slot.front < 0 {
            (&mut gross.x0, slot.x0)
        } else {
            (&mut gross.x1, slot.x1)
        };
        *q_front = q_end;
        let back_edge = |inner: i64, outer: i64| if end < depth { inner } else { outer };
        if local.slot.along_x {
            if local.slot.front < 0 {
                gross.y1 = back_edge(gross.y1 + half, slot.y1);
            } else {
                gross.y0 = back_edge(gross.y0 - half, slot.y0);
            }
        } else if local.slot.front < 0 {
            gross.x1 = back_edge(gross.x1 + half, slot.x1);
        } else {
            gross.x0 = back_edge(gross.x0 - half, slot.x0);
        }
        // A passage without rooms on one side ends at the cell's own wall.
        let (start, stop) = (local.p.0, local.p.1);
        let (low, high) = if local.slot.along_x {
            (slot.x0, slot.x1)
        } else {
            (slot.y0, slot.y1)
        };
        let widen = |value: i64, edge: i64, outer: i64, step: i64| {
            if value == edge { outer } else { value + step }
        };
        let (g0, g1) = (
            if cell.lefts > 0 {
                p0
            } else {
                widen(p0, start, low, -half)
            },
            if cell.rights > 0 {
                p1
            } else {
                widen(p1, stop, high, half)
            },
        );
        if local.slot.along_x {
            (gross.x0, gross.x1) = (g0, g1);
        } else {
            (gross.y0, gross.y1) = (g0, g1);
        }
        gross
    };
    let mut halves = [
        net.x0 - gross.x0,
        net.y0 - gross.y0,
        gross.x1 - net.x1,
        gross.y1 - net.y1,
    ];
    // Its front is open: no half wall there, or it would not be seen to meet the corridor.
    let front = match (local.slot.along_x, local.slot.front < 0) {
        (false, true) => 0,
        (true, true) => 1,
        (false, false) => 2,
        (true, false) => 3,
    };
    if let Some(half) = halves.get_mut(front) {
        *half = 0;
    }
    passages.push(Strip {
        rect: gross,
        half: halves,
    });
    Some(())
}

/// Rooms along one side of a passage, from front to back.
fn stack(
    problem: &Problem<'_>,
    local: &Local<'_>,
    rooms: &[u8],
    (p0, p1): (i64, i64),
    end: i64,
    grid: i64,
    pieces: &mut Vec<Piece>,
) -> Option<()> {
    let (wall, half) = (problem.wall, problem.wall / 2);
    let Some(last) = rooms.len().checked_sub(1) else {
        return Some(());
    };
    let total: f64 = rooms.iter().map(|room| area(problem, *room)).sum();
    let free = (end - wall * last as i64) as f64;
    let mut near = 0;
    let mut passed = 0.0;
    for (i, room) in rooms.iter().enumerate() {
        passed += area(problem, *room);
        let far = if i == last {
            end
        } else {
            let ideal = passed / total * free + (wall * i as i64 + half) as f64;
            let line = local.rect(p0, p1, ideal.round() as i64, ideal.round() as i64);
            let at = if local.slot.along_x { line.y0 } else { line.x0 };
            let moved = (at as f64 / grid as f64).round() as i64 * grid - at;
            let cut = ideal.round() as i64 + if local.slot.front < 0 { moved } else { -moved };
            cut - half
        };
        if far - near < 500 {
            return None;
        }
        push(
            problem,
            local,
            *room,
            local.rect(p0, p1, near, far),
            problem.plain,
            pieces,
        );
        near = far + wall;
    }
    Some(())
}
