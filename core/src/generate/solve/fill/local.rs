//! A slot in its own axes, and the half walls that its sides have.

use super::super::place::Slot;
use super::super::problem::Problem;
use crate::layout::Rect;

/// A slot in its own axes: p along its rooms, q from the corridor away.
pub(super) struct Local<'s> {
    pub(super) slot: &'s Slot,
    pub(super) p: (i64, i64),
    pub(super) depth: i64,
    q_low: i64,
    q_high: i64,
}

impl Local<'_> {
    pub(super) fn of(slot: &Slot) -> Local<'_> {
        let rect = slot.rect;
        let (p, q) = if slot.along_x {
            ((rect.x0, rect.x1), (rect.y0, rect.y1))
        } else {
            ((rect.y0, rect.y1), (rect.x0, rect.x1))
        };
        let [start, end, low, high] = slot.half;
        let (q_low, q_high) = (q.0 + low, q.1 - high);
        Local {
            slot,
            p: (p.0 + start, p.1 - end),
            depth: q_high - q_low,
            q_low,
            q_high,
        }
    }

    /// A box from distances along the slot and from the corridor's side, both net.
    pub(super) fn rect(&self, p0: i64, p1: i64, near: i64, far: i64) -> Rect {
        let (q0, q1) = if self.slot.front < 0 {
            (self.q_low + near, self.q_low + far)
        } else {
            (self.q_high - far, self.q_high - near)
        };
        if self.slot.along_x {
            Rect {
                x0: p0,
                y0: q0,
                x1: p1,
                y1: q1,
            }
        } else {
            Rect {
                x0: q0,
                y0: p0,
                x1: q1,
                y1: p1,
            }
        }
    }
}

/// How far beyond a side it is looked whether there is floor, in mm.
const BEYOND_MM: i64 = 60;

/// How much of what lies beyond a side is floor, in thousandths.
fn beyond(problem: &Problem<'_>, band: &Rect) -> i64 {
    problem.floor(band) * 1000 / band.area().max(1)
}

/// The strips beyond the sides of a box within `gross`: left, top, right, bottom.
fn bands(gross: &Rect, net: &Rect) -> [Rect; 4] {
    [
        Rect {
            x0: gross.x0 - BEYOND_MM,
            x1: gross.x0,
            ..*net
        },
        Rect {
            y0: gross.y0 - BEYOND_MM,
            y1: gross.y0,
            ..*net
        },
        Rect {
            x0: gross.x1,
            x1: gross.x1 + BEYOND_MM,
            ..*net
        },
        Rect {
            y0: gross.y1,
            y1: gross.y1 + BEYOND_MM,
            ..*net
        },
    ]
}

/// The slot with its own half walls where there is floor beyond them and none on the perimeter;
/// false when a side has both.
pub(super) fn with_halves(problem: &Problem<'_>, slot: &Slot) -> (Slot, bool) {
    let mut slot = *slot;
    if problem.plain {
        return (slot, true);
    }
    let mut uniform = true;
    let [left, top, right, bottom] =
        bands(&slot.rect, &slot.rect).map(|band| beyond(problem, &band));
    let sides = if slot.along_x {
        [left, right, top, bottom]
    } else {
        [top, bottom, left, right]
    };
    for (half, part) in slot.half.iter_mut().zip(sides) {
        uniform &= !(20..=980).contains(&part);
        *half = problem.wall / 2 * part / 1000;
    }
    (slot, uniform)
}

/// A box whose sides on the slot's edge have the half walls that are there.
pub(super) fn corrected(problem: &Problem<'_>, local: &Local<'_>, net: Rect) -> Rect {
    let slot = local.slot.rect;
    let inner = local.rect(local.p.0, local.p.1, 0, local.depth);
    let [left, top, right, bottom] = bands(&slot, &net);
    let half = |band: &Rect| problem.wall / 2 * beyond(problem, band) / 1000;
    let mut made = net;
    if net.x0 == inner.x0 {
        made.x0 = slot.x0 + half(&left);
    }
    if net.y0 == inner.y0 {
        made.y0 = slot.y0 + half(&top);
    }
    if net.x1 == inner.x1 {
        made.x1 = slot.x1 - half(&right);
    }
    if net.y1 == inner.y1 {
        made.y1 = slot.y1 - half(&bottom);
    }
    made
}
