//! Rooms cut off a slot one after the other, so that each has its area times the slot's scale.

mod cluster;
mod cuts;
mod local;
mod widths;

use self::cluster::cluster;
use self::cuts::{by_area, running, snapped};
use self::local::{Local, corrected, with_halves};
use self::widths::{scale_of, widen, width_of};
use super::place::{Slot, Strip};
use super::problem::Problem;
use super::state::Cell;
use crate::layout::Rect;

/// A room's place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Position in the brief.
    pub(super) room: u8,
    /// Box to the middle of the walls around.
    pub(super) gross: Rect,
    /// Box between the faces of the walls.
    pub(super) net: Rect,
    /// Net floor area; less than the box where the plate's side or a column cuts it.
    pub(super) area: i64,
}

/// Where cuts may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Snap {
    /// Anywhere; for the search.
    Free,
    /// On the grid of this many mm; for what is built.
    Grid(i64),
}

/// Reused memory of cutting.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    widths: Vec<f64>,
    middles: Vec<f64>,
    lines: Vec<i64>,
}

/// The nearest whole number: what `round` gives, without the call that it is on processors of
/// unknown age.
#[inline]
pub(super) fn rounded(value: f64) -> i64 {
    (value + if value < 0.0 { -0.5 } else { 0.5 }) as i64
}

fn area(problem: &Problem<'_>, room: u8) -> f64 {
    problem
        .wants
        .get(room as usize)
        .map_or(1.0, |want| want.area as f64)
}

/// Cuts a slot. Passages of clusters are added to `passages`. `None` when rooms do not fit.
pub(super) fn fill(
    problem: &Problem<'_>,
    slot: &Slot,
    cells: &[Cell],
    snap: Snap,
    memory: &mut Cuts,
    pieces: &mut Vec<Piece>,
    passages: &mut Vec<Strip>,
) -> Option<()> {
    let Cuts {
        widths: ideal,
        middles,
        lines: cuts,
    } = memory;
    let (slot, uniform) = with_halves(problem, slot);
    let local = Local::of(&slot);
    let depth = local.depth as f64;
    let wall = problem.wall as f64;
    let length = (local.p.1 - local.p.0) as f64 - wall * (cells.len() as f64 - 1.0);
    if depth < 600.0 || length < 500.0 {
        return None;
    }
    let whole = local.rect(local.p.0, local.p.1, 0, local.depth);
    let plain = problem.plain || uniform && problem.floor(&whole) == whole.area();
    // Rooms of a slot that is not all floor get it by area: as if it were this much less deep.
    let fullness = if plain {
        1.0
    } else {
        (problem.floor(&whole) as f64 / whole.area().max(1) as f64).clamp(0.05, 1.0)
    };
    let scale = scale_of(problem, cells, length, depth, fullness)?;
    ideal.clear();
    let widths = cells.iter();
    ideal.extend(widths.map(|cell| width_of(problem, cell, scale, depth, fullness)));
    widen(problem, cells, ideal, depth);
    middles.clear();
    if plain {
        running(&local, ideal, wall, middles);
    } else {
        by_area(problem, &local, cells, ideal, fullness, wall, middles);
    }
    cuts.clear();
    match snap {
        Snap::Free => cuts.extend(middles.iter().map(|cut| rounded(*cut))),
        Snap::Grid(grid) => {
            cuts.extend(snapped(problem, &local, cells, middles, scale, grid));
        }
    }
    let half = problem.wall / 2;
    for (i, cell) in cells.iter().enumerate() {
        let from = if i == 0 {
            local.p.0
        } else {
            cuts.get(i - 1)? + half
        };
        let to = cuts.get(i).map_or(local.p.1, |cut| cut - half);
        if to - from < 300 {
            return None;
        }
        if cell.cluster {
            cluster(
                problem,
                &local,
                cell,
                (from, to),
                scale,
                snap,
                pieces,
                passages,
            )?;
        } else {
            let net = local.rect(from, to, 0, local.depth);
            push(problem, &local, cell.left[0], net, plain, pieces);
        }
    }
    Some(())
}

/// Puts a room at its net box.
fn push(
    problem: &Problem<'_>,
    local: &Local<'_>,
    room: u8,
    net: Rect,
    plain: bool,
    pieces: &mut Vec<Piece>,
) {
    let half = problem.wall / 2;
    let slot = local.slot.rect;
    let grow = |value: i64, low: i64, high: i64, outer: i64, step: i64| {
        // At the slot's own edge its half wall is the slot's, which may be none.
        if value == low || value == high {
            outer
        } else {
            value + step
        }
    };
    let inner = local.rect(local.p.0, local.p.1, 0, local.depth);
    let gross = Rect {
        x0: grow(net.x0, inner.x0, inner.x1, slot.x0, -half),
        y0: grow(net.y0, inner.y0, inner.y1, slot.y0, -half),
        x1: grow(net.x1, inner.x1, inner.x0, slot.x1, half),
        y1: grow(net.y1, inner.y1, inner.y0, slot.y1, half),
    };
    let net = if plain {
        net
    } else {
        corrected(problem, local, net)
    };
    let area = if plain {
        net.area()
    } else {
        problem.floor(&net)
    };
    pieces.push(Piece {
        room,
        gross,
        net,
        area,
    });
}
