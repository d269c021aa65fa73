//! Sizes for a skeleton: rows and ends as deep as the rooms assigned to them need.
//!
//! In a block every row gets the depth at which its rooms have their areas times one common
//! scale; that scale is where the depths add up to the block. Rooms are then cut off their row one
//! after the other. So areas are right by construction, and the search is about everything else.

use super::problem::Problem;
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
struct Load {
    area: f64,
    cells: f64,
    fixed: f64,
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

/// Sizes everything. `None` when something has no place.
pub(super) fn place(problem: &Problem<'_>, skeleton: &Skeleton, state: &State) -> Option<Frame> {
    let mut first_slot = Vec::new();
    let mut first_share = Vec::new();
    let (mut slots, mut shares) = (0, 0);
    for block in &skeleton.blocks {
        first_slot.push(slots);
        first_share.push(shares);
        slots += slots_of(block);
        shares += block
            .crossings
            .iter()
            .filter(|c| matches!(c.at, Place::Share(_)))
            .count();
    }
    let mut rects: Vec<Rect> = skeleton.blocks.iter().map(|block| block.rect).collect();
    for (seam, share) in skeleton.seams.iter().zip(&state.seams) {
        seam.shift(&skeleton.blocks, &mut rects, seam.most * share / 1000);
    }
    let mut placed: Vec<Option<Placed>> = skeleton.blocks.iter().map(|_| None).collect();
    // Blocks that join at a side first, since their corridor says where the crossing is; then
    // those that go on from another one's corridor.
    let late = |i: &usize| {
        let block = skeleton.blocks.get(*i);
        block.is_some_and(|block| block.follows.is_some() || block.waits)
    };
    let turns = (0..skeleton.blocks.len())
        .rev()
        .filter(|i| !late(i))
        .chain((0..skeleton.blocks.len()).filter(late));
    for i in turns.collect::<Vec<_>>() {
        let block = skeleton.blocks.get(i)?;
        let rect = *rects.get(i)?;
        let from = *first_slot.get(i)?;
        let cells = state.slots.get(from..from + slots_of(block))?;
        let mut shares = state.shares.get(*first_share.get(i)?..)?.iter();
        let mut crossings: Vec<(Crossing, i64)> = Vec::new();
        for crossing in &block.crossings {
            let middle = match crossing.at {
                Place::Fixed(at) => at,
                Place::Block(child) => placed.get(child)?.as_ref()?.spine_middle?,
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
            Some(parent) => Some(placed.get(parent)?.as_ref()?.spine_middle?),
            None => None,
        };
        let done = place_block(problem, block, rect, cells, &crossings, spine)?;
        if let Some(place) = placed.get_mut(i) {
            *place = Some(done);
        }
    }
    let mut frame = Frame::default();
    for block in placed {
        let block = block?;
        frame.slots.extend(block.slots);
        frame.corridors.extend(block.corridors);
    }
    Some(frame)
}

struct Placed {
    slots: Vec<Slot>,
    corridors: Vec<Strip>,
    /// Middle of the first corridor row, across the rows.
    spine_middle: Option<i64>,
}

/// A block while it is sized, in its own axes: u along the rows, v across.
struct Sizing<'p> {
    problem: &'p Problem<'p>,
    block: &'p Block,
    crossings: &'p [(Crossing, i64)],
    u: (f64, f64),
    v: (f64, f64),
    half: f64,
    /// Gross width of cross corridors and crossings.
    lane: f64,
}

/// How much wider a crossing is that goes on as another block's corridor, in mm: both are put on
/// the grid for themselves, and what they have in common must stay wide enough.
const SPARE_MM: f64 = 50.0;

impl Sizing<'_> {
    /// Low edge and gross width of a crossing.
    fn crossing(&self, crossing: &Crossing, middle: i64) -> (f64, f64) {
        let spare = if matches!(crossing.at, Place::Block(_)) {
            SPARE_MM
        } else {
            0.0
        };
        let width = self.lane + spare;
        (middle as f64 - width / 2.0, width)
    }

    fn edge(&self, side: usize) -> f64 {
        self.half * self.block.inside.get(side).copied().unwrap_or(0) as f64 / 1000.0
    }

    /// The same for a corridor: all of the half wall where there is any.
    fn corridor_edge(&self, side: usize) -> f64 {
        if self.edge(side) > 0.0 {
            self.half
        } else {
            0.0
        }
    }

    /// Gross depth of a corridor row.
    fn corridor_depth(&self, row: usize) -> f64 {
        let (low, high) = self.row_halves(row);
        self.problem.corridor as f64 + low + high
    }

    /// Half walls of a row, low and high.
    fn row_halves(&self, row: usize) -> (f64, f64) {
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
    fn lanes(&self, row: usize) -> (f64, f64) {
        let block = self.block;
        let (first, last) = spine_rows(block);
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
    fn parts(&self, row: usize, us: f64, ue: f64) -> Vec<(f64, f64, f64, f64)> {
        let (start, end) = self.lanes(row);
        let (us, ue) = (us + start, ue - end);
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
        let mut parts = Vec::new();
        let (mut from, mut from_half) = (us, start_half);
        for (crossing, middle) in self.crossings {
            if (crossing.from_row..crossing.to_row).contains(&row) {
                let (low, width) = self.crossing(crossing, *middle);
                parts.push((from, low, from_half, self.half));
                (from, from_half) = (low + width, self.half);
            }
        }
        parts.push((from, ue, from_half, end_half));
        parts
    }

    fn window(&self, u0: f64, u1: f64, v0: f64, v1: f64) -> Rect {
        let [u0, u1, v0, v1] = [u0, u1, v0, v1].map(|value| value.round() as i64);
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
    fn fullness(&self, window: &Rect) -> f64 {
        if self.problem.plain {
            return 1.0;
        }
        let area = window.area().max(1) as f64;
        (self.problem.floor(window) as f64 / area).clamp(0.1, 1.0)
    }
}

fn place_block(
    problem: &Problem<'_>,
    block: &Block,
    rect: Rect,
    cells: &[Vec<Cell>],
    crossings: &[(Crossing, i64)],
    spine: Option<i64>,
) -> Option<Placed> {
    let (u, v) = if block.along_x {
        ((rect.x0, rect.x1), (rect.y0, rect.y1))
    } else {
        ((rect.y0, rect.y1), (rect.x0, rect.x1))
    };
    let half = problem.wall as f64 / 2.0;
    let sizing = Sizing {
        problem,
        block,
        crossings,
        u: (u.0 as f64, u.1 as f64),
        v: (v.0 as f64, v.1 as f64),
        half,
        lane: (problem.corridor + problem.wall) as f64,
    };
    let loads: Vec<Load> = cells.iter().map(|cells| load_of(problem, cells)).collect();
    if loads.iter().any(|load| load.cells == 0.0) {
        return None;
    }
    let depths = depths(&sizing, &loads, spine)?;
    Some(lay_out(&sizing, &depths))
}

/// Sizes of a block's parts.
struct Depths {
    /// Gross width of the rooms at each end; 0 for none.
    caps: (f64, f64),
    /// Gross depth of each row.
    rows: Vec<f64>,
}

/// Finds the common scale at which everything fits.
fn depths(sizing: &Sizing<'_>, loads: &[Load], spine: Option<i64>) -> Option<Depths> {
    let block = sizing.block;
    let wall = sizing.problem.wall as f64;
    let height = sizing.v.1 - sizing.v.0;
    let mut loads = loads.iter();
    let cap_start = if block.cap_start {
        Some(loads.next()?)
    } else {
        None
    };
    let mut rows: Vec<(usize, Vec<&Load>)> = Vec::new();
    for (row, kind) in block.rows.iter().enumerate() {
        if *kind == Row::Rooms {
            let count = sizing.parts(row, 0.0, 0.0).len();
            rows.push((row, loads.by_ref().take(count).collect()));
        }
    }
    let cap_end = if block.cap_end {
        Some(loads.next()?)
    } else {
        None
    };
    let corridors: f64 = (0..block.rows.len())
        .filter(|row| block.rows.get(*row) == Some(&Row::Corridor))
        .map(|row| sizing.corridor_depth(row))
        .sum();
    let mut scale = 1.0;
    let mut full = vec![1.0; rows.len()];
    let mut full_caps = (1.0, 1.0);
    let mut caps = (0.0, 0.0);
    let mut found = vec![0.0; block.rows.len()];
    let rounds = if sizing.problem.plain { 3 } else { 5 };
    for _ in 0..rounds {
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
        caps = (
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
        let mut terms = Vec::with_capacity(rows.len());
        for ((row, loads), full) in rows.iter().zip(&full) {
            let parts = sizing.parts(*row, us, ue);
            let mut net = 0.0;
            let mut area = 0.0;
            for ((from, to, start, end), load) in parts.iter().zip(loads) {
                let length = to - from - start - end - wall * (load.cells - 1.0) - load.fixed;
                if length < 500.0 {
                    return None;
                }
                net += length;
                area += load.area;
            }
            let (low, high) = sizing.row_halves(*row);
            let a = area / (net * full);
            terms.push((a, low + high));
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
        let mut next = rows.iter().zip(&terms).zip(full.iter_mut());
        for (row, kind) in block.rows.iter().enumerate() {
            let depth = match (kind, sum) {
                (Row::Corridor, _) => sizing.corridor_depth(row),
                (Row::Rooms, Some((corridor, before, after))) => {
                    if row < corridor {
                        before
                    } else {
                        after
                    }
                }
                (Row::Rooms, None) => 0.0,
            };
            let depth = if *kind == Row::Rooms {
                let ((_, (a, b)), full) = next.next()?;
                let depth = if sum.is_some() { depth } else { scale * a + b };
                *full = sizing.fullness(&sizing.window(us, ue, v, v + depth));
                depth
            } else {
                depth
            };
            *found.get_mut(row)? = depth;
            v += depth;
        }
    }
    let all_deep = block
        .rows
        .iter()
        .zip(&found)
        .all(|(_, depth)| *depth > 600.0);
    all_deep.then_some(Depths { caps, rows: found })
}

/// First and last corridor row; past the end when there is none.
fn spine_rows(block: &Block) -> (usize, usize) {
    let first = block.rows.iter().position(|row| *row == Row::Corridor);
    let last = block.rows.iter().rposition(|row| *row == Row::Corridor);
    (first.unwrap_or(usize::MAX), last.unwrap_or(0))
}

fn lay_out(sizing: &Sizing<'_>, depths: &Depths) -> Placed {
    let block = sizing.block;
    let halves = |values: [f64; 4]| values.map(|value| value.round() as i64);
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
    let mut slots = Vec::new();
    let mut corridors = Vec::new();
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
    let mut tops = Vec::new();
    let mut spine_middle = None;
    for (row, (kind, depth)) in block.rows.iter().zip(&depths.rows).enumerate() {
        tops.push(v);
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
            spine_middle.get_or_insert(middle.round() as i64);
        } else {
            let above = row > 0 && block.rows.get(row - 1) == Some(&Row::Corridor);
            for (from, to, start, end) in sizing.parts(row, cap0, cap1) {
                slots.push(Slot {
                    rect: sizing.window(from, to, v, v + depth),
                    along_x: block.along_x,
                    front: if above { -1 } else { 1 },
                    half: halves([start, end, low, high]),
                });
            }
        }
        v += depth;
    }
    tops.push(v);
    if block.cap_end {
        slots.push(Slot {
            rect: sizing.window(cap1, sizing.u.1, v0, v1),
            along_x: !block.along_x,
            front: -1,
            half: cap_halves(true),
        });
    }
    let (first, last) = spine_rows(block);
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
            match (tops.get(first + 1), tops.get(last)) {
                (Some(top), Some(bottom)) if top < bottom => (*top, *bottom),
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
            let (Some(top), Some(bottom)) = (tops.get(first), tops.get(row)) else {
                continue;
            };
            corridors.push(Strip {
                rect: sizing.window(low, low + width, *top, *bottom),
                half: strip_halves(sizing.half, sizing.half, 0.0, 0.0),
            });
        }
    }
    Placed {
        slots,
        corridors,
        spine_middle,
    }
}
