//! How wide each cell of a slot is, so that all together fill it.

use super::super::problem::Problem;
use super::super::state::Cell;
use super::area;

/// Widths of a cluster's parts, in mm.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Parts {
    pub(super) left: f64,
    pub(super) right: f64,
    /// Net depth of the room behind; 0 for none.
    pub(super) back: f64,
    /// All together.
    pub(super) width: f64,
}

/// The parts of a cluster at a scale, in a slot of this net depth.
pub(super) fn parts(problem: &Problem<'_>, cell: &Cell, scale: f64, depth: f64) -> Parts {
    let wall = problem.wall as f64;
    let sum = |rooms: &[u8]| rooms.iter().map(|room| area(problem, *room)).sum::<f64>() * scale;
    let (left, right) = (sum(cell.left()), sum(cell.right()));
    let sides = f64::from(u8::from(cell.lefts > 0)) + f64::from(u8::from(cell.rights > 0));
    let fixed = problem.passage as f64 + sides * wall;
    let column = |area: f64, count: u8, back: f64| {
        if count == 0 {
            return 0.0;
        }
        let taken = wall * f64::from(count - 1) + if back > 0.0 { back + wall } else { 0.0 };
        area / (depth - taken).max(800.0)
    };
    let behind = cell.back().map_or(0.0, |room| area(problem, room) * scale);
    let mut parts = Parts::default();
    // The room behind is as wide as all the rest, whose width depends on its depth.
    for _ in 0..4 {
        parts.left = column(left, cell.lefts, parts.back);
        parts.right = column(right, cell.rights, parts.back);
        parts.width = parts.left + parts.right + fixed;
        let wanted = if behind > 0.0 {
            behind / parts.width
        } else {
            0.0
        };
        parts.back = wanted.min(depth * 0.6);
        if behind <= 0.0 {
            break;
        }
    }
    parts
}

pub(super) fn width_of(
    problem: &Problem<'_>,
    cell: &Cell,
    scale: f64,
    depth: f64,
    fullness: f64,
) -> f64 {
    if cell.cluster {
        parts(problem, cell, scale, depth).width
    } else {
        scale * area(problem, cell.left[0]) / (depth * fullness)
    }
}

/// Gives rooms that are narrower than their least width that much, at the cost of those beside
/// them that have width to spare: a room that is a little larger than it should be is better than
/// one that no rule allows.
pub(super) fn widen(problem: &Problem<'_>, cells: &[Cell], widths: &mut [f64], depth: f64) {
    let least = |cell: &Cell| -> f64 {
        let want = problem.wants.get(usize::from(cell.left[0]));
        want.filter(|want| !cell.cluster && !want.spare && want.width as f64 <= depth)
            .map_or(0.0, |want| want.width as f64 + 1.0)
    };
    let (mut lack, mut spare) = (0.0, 0.0);
    for (cell, width) in cells.iter().zip(widths.iter()) {
        let over = *width - least(cell);
        if over < 0.0 {
            lack -= over;
        } else if !cell.cluster {
            spare += over;
        }
    }
    if lack <= 0.0 || spare <= lack {
        return;
    }
    for (cell, width) in cells.iter().zip(widths.iter_mut()) {
        let over = *width - least(cell);
        if over < 0.0 {
            *width -= over;
        } else if !cell.cluster {
            *width -= over * lack / spare;
        }
    }
}

/// The scale at which the cells fill the slot: widths grow with it, almost in proportion.
pub(super) fn scale_of(
    problem: &Problem<'_>,
    cells: &[Cell],
    length: f64,
    depth: f64,
    fullness: f64,
) -> Option<f64> {
    let fixed: f64 = cells
        .iter()
        .filter(|cell| cell.cluster)
        .map(|cell| parts(problem, cell, 0.0, depth).width)
        .sum();
    let free = length - fixed;
    if free < 300.0 {
        return None;
    }
    let mut scale = 1.0;
    let clusters = cells.iter().any(|cell| cell.cluster);
    for _ in 0..if clusters { 4 } else { 1 } {
        let widths: f64 = cells
            .iter()
            .map(|cell| width_of(problem, cell, scale, depth, fullness))
            .sum();
        scale *= free / (widths - fixed).max(1.0);
    }
    Some(scale)
}
