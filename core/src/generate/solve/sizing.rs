//! How deep the rows and the ends of a block are: so that all its rooms have their areas times one
//! scale.

use super::fill::rounded;
use super::place::Load;
use super::problem::Problem;
use super::skeleton::{Block, Crossing, Place, Row};
use crate::layout::Rect;

/// A block while it is sized, in its own axes: u along the rows, v across.
pub(super) struct Sizing<'p> {
    pub(super) problem: &'p Problem<'p>,
    pub(super) block: &'p Block,
    pub(super) crossings: &'p [(Crossing, i64)],
    pub(super) u: (f64, f64),
    pub(super) v: (f64, f64),
    pub(super) half: f64,
    /// Gross width of cross corridors and crossings.
    pub(super) lane: f64,
    /// First and last corridor row.
    pub(super) spine: (usize, usize),
}

/// How much wider a crossing is that goes on as another block's corridor, in mm: both are put on
/// the grid for themselves, and what they have in common must stay wide enough.
const SPARE_MM: f64 = 50.0;

impl<'p> Sizing<'p> {
    /// A block that takes up `rect`, with the corridors across it by their middles.
    pub(super) fn of(
        problem: &'p Problem<'p>,
        block: &'p Block,
        rect: Rect,
        crossings: &'p [(Crossing, i64)],
    ) -> Sizing<'p> {
        let (u, v) = if block.along_x {
            ((rect.x0, rect.x1), (rect.y0, rect.y1))
        } else {
            ((rect.y0, rect.y1), (rect.x0, rect.x1))
        };
        Sizing {
            problem,
            block,
            crossings,
            u: (u.0 as f64, u.1 as f64),
            v: (v.0 as f64, v.1 as f64),
            half: problem.wall as f64 / 2.0,
            lane: (problem.corridor + problem.wall) as f64,
            spine: spine_rows(block),
        }
    }

    /// Low edge and gross width of a crossing.
    pub(super) fn crossing(&self, crossing: &Crossing, middle: i64) -> (f64, f64) {
        let spare = if matches!(crossing.at, Place::Block(_)) {
            SPARE_MM
        } else {
            0.0
        };
        let width = self.lane + spare;
        (middle as f64 - width / 2.0, width)
    }

    pub(super) fn edge(&self, side: usize) -> f64 {
        self.half * self.block.inside.get(side).copied().unwrap_or(0) as f64 / 1000.0
    }

    /// The same for a corridor: all of the half wall where there is any.
    pub(super) fn corridor_edge(&self, side: usize) -> f64 {
        if self.edge(side) > 0.0 {
            self.half
        } else {
            0.0
        }
    }

    /// Gross depth of a corridor row.
    pub(super) fn corridor_depth(&self, row: usize) -> f64 {
        let (low, high) = self.row_halves(row);
        self.problem.corridor as f64 + low + high
    }

    /// Half walls of a row, low and high.
    pub(super) fn row_halves(&self, row: usize) -> (f64, f64) {
        let edge = |side: usize| {
            if self.block.rows.get(row) == Some(&Row::Corridor) {
                self.corridor_edge(side)
            } else {
                self.edge(side)
            }
        };
        let low = if row == 0 { edge(2) } else { self.half };
        let high = if row + 1 == self.block.rows.len() {
            edge(3)
        } else {
            self.half
        };
        (low, high)
    }

    /// Gross width of the corridors across the ends that a row gives way to: towards a cap all
    /// rows do, towards the perimeter those between the first and the last corridor.
    pub(super) fn lanes(&self, row: usize) -> (f64, f64) {
        let block = self.block;
        let (first, last) = self.spine;
        let between = first < row && row < last;
        let lane = |cross: bool, cap: bool, edge: f64| {
            if !cross || !(cap || between) {
                0.0
            } else if cap {
                self.lane
            } else {
                // At the perimeter a corridor has no wall of its own.
                self.problem.corridor as f64 + self.half + edge
            }
        };
        (
            lane(block.cross_start, block.cap_start, self.corridor_edge(0)),
            lane(block.cross_end, block.cap_end, self.corridor_edge(1)),
        )
    }

    /// Parts of a row between `us` and `ue`, with the half walls at their ends.
    pub(super) fn parts(&self, row: usize, us: f64, ue: f64) -> Parts<'_> {
        let (start, end) = self.lanes(row);
        let start_half = if self.block.cap_start || start > 0.0 {
            self.half
        } else {
            self.edge(0)
        };
        let end_half = if self.block.cap_end || end > 0.0 {
            self.half
        } else {
            self.edge(1)
        };
        Parts {
            sizing: self,
            row,
            crossings: self.crossings.iter(),
            from: (us + start, start_half),
            end: Some((ue - end, end_half)),
        }
    }

    pub(super) fn window(&self, u0: f64, u1: f64, v0: f64, v1: f64) -> Rect {
        let [u0, u1, v0, v1] = [u0, u1, v0, v1].map(rounded);
        if self.block.along_x {
            Rect {
                x0: u0,
                y0: v0,
                x1: u1,
                y1: v1,
            }
        } else {
            Rect {
                x0: v0,
                y0: u0,
                x1: v1,
                y1: u1,
            }
        }
    }

    /// The share of a window that is floor; never less than a tenth.
    pub(super) fn fullness(&self, window: &Rect) -> f64 {
        if self.problem.plain {
            return 1.0;
        }
        let area = window.area().max(1) as f64;
        (self.problem.floor(window) as f64 / area).clamp(0.1, 1.0)
    }
}

/// The parts into which the corridors across a row divide it: from where, to where, and the half
/// walls at both ends.
pub(super) struct Parts<'s> {
    sizing: &'s Sizing<'s>,
    row: usize,
    crossings: std::slice::Iter<'s, (Crossing, i64)>,
    from: (f64, f64),
    end: Option<(f64, f64)>,
}

impl Iterator for Parts<'_> {
    type Item = (f64, f64, f64, f64);

    fn next(&mut self) -> Option<(f64, f64, f64, f64)> {
        let (from, from_half) = self.from;
        let row = self.row;
        let across = self.crossings.by_ref();
        if let Some((crossing, middle)) =
            across.find(|(c, _)| (c.from_row..c.to_row).contains(&row))
        {
            let (low, width) = self.sizing.crossing(crossing, *middle);
            self.from = (low + width, self.sizing.half);
            return Some((from, low, from_half, self.sizing.half));
        }
        let (end, end_half) = self.end.take()?;
        Some((from, end, from_half, end_half))
    }
}

/// Sizes of a block's parts.
#[derive(Debug, Default)]
pub(super) struct Depths {
    /// Gross width of the rooms at each end; 0 for none.
    pub(super) caps: (f64, f64),
    /// Gross depth of each row.
    pub(super) rows: Vec<f64>,
    /// The rows of rooms while they are sized.
    sized: Vec<Sized>,
}

/// A row of rooms while it is sized.
#[derive(Debug)]
struct Sized {
    row: usize,
    /// Its loads, from one to before another.
    loads: (usize, usize),
    /// The share of it that is floor.
    full: f64,
    /// Its depth is the scale times the first plus the second.
    term: (f64, f64),
}

/// Finds the common scale at which everything fits, into `found`.
pub(super) fn depths(
    sizing: &Sizing<'_>,
    loads: &[Load],
    spine: Option<i64>,
    found: &mut Depths,
) -> Option<()> {
    let block = sizing.block;
    let wall = sizing.problem.wall as f64;
    let height = sizing.v.1 - sizing.v.0;
    let Depths { caps, rows, sized } = found;
    let mut next = 0;
    let cap_start = if block.cap_start {
        next += 1;
        Some(loads.first()?)
    } else {
        None
    };
    sized.clear();
    for (row, kind) in block.rows.iter().enumerate() {
        if *kind == Row::Rooms {
            let last = next + sizing.parts(row, 0.0, 0.0).count();
            sized.push(Sized {
                row,
                loads: (next, last),
                full: 1.0,
                term: (0.0, 0.0),
            });
            next = last;
        }
    }
    let cap_end = if block.cap_end {
        Some(loads.get(next)?)
    } else {
        None
    };
    let corridors: f64 = (0..block.rows.len())
        .filter(|row| block.rows.get(*row) == Some(&Row::Corridor))
        .map(|row| sizing.corridor_depth(row))
        .sum();
    let mut scale = 1.0;
    let mut full_caps = (1.0, 1.0);
    *caps = (0.0, 0.0);
    rows.clear();
    rows.resize(block.rows.len(), 0.0);
    let rounds = if sizing.problem.plain { 3 } else { 5 };
    for _ in 0..rounds {
        let before = (*caps, full_caps);
        let mut settled = true;
        let cap = |load: Option<&Load>, edge: f64, full: f64| {
            load.map_or(0.0, |load| {
                let net = height
                    - sizing.edge(2)
                    - sizing.edge(3)
                    - wall * (load.cells - 1.0)
                    - load.fixed;
                scale * load.area / (net.max(500.0) * full) + edge + sizing.half
            })
        };
        *caps = (
            cap(cap_start, sizing.edge(0), full_caps.0),
            cap(cap_end, sizing.edge(1), full_caps.1),
        );
        let (us, ue) = (sizing.u.0 + caps.0, sizing.u.1 - caps.1);
        let full_cap = |from: f64, to: f64| match to - from > 100.0 {
            true => sizing.fullness(&sizing.window(from, to, sizing.v.0, sizing.v.1)),
            false => 1.0,
        };
        full_caps = (full_cap(sizing.u.0, us), full_cap(ue, sizing.u.1));
        // Depth of a row: scale * a + b; their sum is what is left beside the corridors.
        let (mut a_sum, mut b_sum) = (0.0, corridors);
        for one in sized.iter_mut() {
            let mut net = 0.0;
            let mut area = 0.0;
            let own = loads.get(one.loads.0..one.loads.1.min(loads.len()))?;
            for ((from, to, start, end), load) in sizing.parts(one.row, us, ue).zip(own) {
                let length = to - from - start - end - wall * (load.cells - 1.0) - load.fixed;
                if length < 500.0 {
                    return None;
                }
                net += length;
                area += load.area;
            }
            let (low, high) = sizing.row_halves(one.row);
            let a = area / (net * one.full);
            one.term = (a, low + high);
            a_sum += a;
            b_sum += low + high;
        }
        let mut sum = None;
        if let Some(spine) = spine {
            // The corridor is where the block before has it; the rows take what is beside it.
            let corridor = block.rows.iter().position(|row| *row == Row::Corridor)?;
            let depth = sizing.corridor_depth(corridor);
            let start = (spine as f64 - sizing.problem.corridor as f64 / 2.0 - sizing.half)
                .clamp(sizing.v.0, sizing.v.1 - depth);
            let before = start - sizing.v.0;
            let after = height - before - depth;
            sum = Some((corridor, before, after));
        }
        scale = (height - b_sum) / a_sum.max(1e-9);
        if scale <= 0.0 {
            return None;
        }
        let mut v = sizing.v.0;
        let mut of_rooms = sized.iter_mut();
        for (row, (kind, place)) in block.rows.iter().zip(rows.iter_mut()).enumerate() {
            let depth = if *kind == Row::Rooms {
                let one = of_rooms.next()?;
                let depth = match sum {
                    Some((corridor, before, _)) if row < corridor => before,
                    Some((_, _, after)) => after,
                    None => scale * one.term.0 + one.term.1,
                };
                let now = sizing.fullness(&sizing.window(us, ue, v, v + depth));
                settled &= now == one.full;
                one.full = now;
                depth
            } else {
                sizing.corridor_depth(row)
            };
            *place = depth;
            v += depth;
        }
        // Without ends whose depth the scale decides, nothing changes any more.
        let no_caps = cap_start.is_none() && cap_end.is_none();
        if settled && (no_caps || before == (*caps, full_caps)) {
            break;
        }
    }
    rows.iter().all(|depth| *depth > 600.0).then_some(())
}

/// First and last corridor row; past the end when there is none.
fn spine_rows(block: &Block) -> (usize, usize) {
    let first = block.rows.iter().position(|row| *row == Row::Corridor);
    let last = block.rows.iter().rposition(|row| *row == Row::Corridor);
    (first.unwrap_or(usize::MAX), last.unwrap_or(0))
}
