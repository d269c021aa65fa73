//! Rooms cut off a slot one after the other, so that each has its area times the slot's scale.

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

/// A slot in its own axes: p along its rooms, q from the corridor away.
struct Local<'s> {
    slot: &'s Slot,
    p: (i64, i64),
    depth: i64,
    q_low: i64,
    q_high: i64,
}

impl Local<'_> {
    fn of(slot: &Slot) -> Local<'_> {
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
    fn rect(&self, p0: i64, p1: i64, near: i64, far: i64) -> Rect {
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

/// The nearest whole number: what `round` gives, without the call that it is on processors of
/// unknown age.
#[inline]
pub(super) fn rounded(value: f64) -> i64 {
    (value + if value < 0.0 { -0.5 } else { 0.5 }) as i64
}

/// Widths of a cluster's parts, in mm.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    left: f64,
    right: f64,
    /// Net depth of the room behind; 0 for none.
    back: f64,
    /// All together.
    width: f64,
}

fn area(problem: &Problem<'_>, room: u8) -> f64 {
    problem
        .wants
        .get(room as usize)
        .map_or(1.0, |want| want.area as f64)
}

/// The parts of a cluster at a scale, in a slot of this net depth.
fn parts(problem: &Problem<'_>, cell: &Cell, scale: f64, depth: f64) -> Parts {
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
fn with_halves(problem: &Problem<'_>, slot: &Slot) -> (Slot, bool) {
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
fn corrected(problem: &Problem<'_>, local: &Local<'_>, net: Rect) -> Rect {
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

fn width_of(problem: &Problem<'_>, cell: &Cell, scale: f64, depth: f64, fullness: f64) -> f64 {
    if cell.cluster {
        parts(problem, cell, scale, depth).width
    } else {
        scale * area(problem, cell.left[0]) / (depth * fullness)
    }
}

/// Gives rooms that are narrower than their least width that much, at the cost of those beside
/// them that have width to spare: a room that is a little larger than it should be is better than
/// one that no rule allows.
fn widen(problem: &Problem<'_>, cells: &[Cell], widths: &mut [f64], depth: f64) {
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
fn scale_of(
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

/// Middles of the walls between cells, from their widths.
fn running(local: &Local<'_>, widths: &[f64], wall: f64, cuts: &mut Vec<f64>) {
    let mut at = local.p.0 as f64;
    let count = widths.len().saturating_sub(1);
    for width in widths.iter().take(count) {
        cuts.push(at + width + wall / 2.0);
        at += width + wall;
    }
}

/// Most looks at how much floor a cell has.
const MOST_LOOKS: usize = 10;

/// The same where the slot's depth changes: each cell goes on until it has its area.
fn by_area(
    problem: &Problem<'_>,
    local: &Local<'_>,
    cells: &[Cell],
    ideal: &[f64],
    fullness: f64,
    wall: f64,
    cuts: &mut Vec<f64>,
) {
    let mut from = local.p.0;
    for (cell, width) in cells.iter().zip(ideal).take(cells.len().saturating_sub(1)) {
        let to = if cell.cluster {
            from + width.round() as i64
        } else {
            let wanted = (*width * local.depth as f64 * fullness) as i64;
            let (mut low, mut high) = (from, local.p.1);
            // From what is missing at one depth follows how much further on to look; where a notch
            // or a column is in the way, the halves do.
            let mut at = (from + width.round() as i64).clamp(low, high);
            for _ in 0..MOST_LOOKS {
                let window = local.rect(from, at, 0, local.depth);
                let lack = wanted - problem.floor(&corrected(problem, local, window));
                if lack > 0 {
                    low = at;
                } else {
                    high = at;
                }
                let next = at + lack / local.depth.max(1);
                if high - low <= 2 || next == at {
                    break;
                }
                at = if low < next && next < high {
                    next
                } else {
                    low.midpoint(high)
                };
            }
            at
        };
        cuts.push(to as f64 + wall / 2.0);
        from = (to + problem.wall).min(local.p.1);
    }
}

/// Cuts moved to the grid so that the rooms' areas are off by as little as can be.
///
/// Dynamic programme over the two or four nearest grid lines of each cut; the cost is the sum of
/// the squares of each cell's deviation from its width in thousandths.
fn snapped(
    problem: &Problem<'_>,
    local: &Local<'_>,
    cells: &[Cell],
    cuts: &[f64],
    scale: f64,
    grid: i64,
) -> Vec<i64> {
    const CHOICES: i64 = 4;
    let half = problem.wall / 2;
    let options = |cut: f64| -> [i64; CHOICES as usize] {
        let base = (cut / grid as f64).floor() as i64 - 1;
        [0, 1, 2, 3].map(|k| (base + k) * grid)
    };
    let cost = |cell: &Cell, from: i64, to: i64, ideal: f64| -> i64 {
        let width = to - from;
        let want = problem.wants.get(cell.left[0] as usize);
        let off = if cell.cluster {
            (width as f64 - ideal) / ideal.max(1.0)
        } else {
            let target = scale * area(problem, cell.left[0]);
            let window = local.rect(from, to, 0, local.depth);
            let got = if problem.plain {
                window.area()
            } else {
                problem.floor(&corrected(problem, local, window))
            };
            (got as f64 - target) / target.max(1.0)
        };
        let mut cost = (off * 1000.0) as i64;
        cost = cost.saturating_mul(cost);
        if !cell.cluster && want.is_some_and(|want| width < want.width || want.spare) {
            cost = if want.is_some_and(|want| want.spare) {
                cost / 100
            } else {
                cost + 1_000_000
            };
        }
        if width < 600 {
            cost + 1_000_000_000
        } else {
            cost
        }
    };
    let edges: Vec<f64> = std::iter::once(local.p.0 as f64 - half as f64)
        .chain(cuts.iter().copied())
        .chain(std::iter::once((local.p.1 + half) as f64))
        .collect();
    let ideal: Vec<f64> = edges
        .windows(2)
        .map(|pair| {
            pair.last().unwrap_or(&0.0) - pair.first().unwrap_or(&0.0) - problem.wall as f64
        })
        .collect();
    // best[k]: least cost with the latest cut at its option k, and the way there.
    let mut best: Vec<(i64, Vec<i64>)> = vec![(0, Vec::new())];
    let mut lasts: Vec<i64> = vec![local.p.0 - half];
    for ((cell, cut), ideal) in cells.iter().zip(cuts).zip(&ideal) {
        let mut next = Vec::new();
        let mut next_lasts = Vec::new();
        for option in options(*cut) {
            let way = best
                .iter()
                .zip(&lasts)
                .map(|((sum, way), last)| {
                    (sum + cost(cell, last + half, option - half, *ideal), way)
                })
                .min_by_key(|(sum, _)| *sum);
            if let Some((sum, way)) = way {
                let mut way = way.clone();
                way.push(option);
                next.push((sum, way));
                next_lasts.push(option);
            }
        }
        (best, lasts) = (next, next_lasts);
    }
    let (Some(cell), Some(ideal)) = (cells.last(), ideal.last()) else {
        return Vec::new();
    };
    best.into_iter()
        .zip(lasts)
        .min_by_key(|((sum, _), last)| sum + cost(cell, last + half, local.p.1, *ideal))
        .map(|((_, way), _)| way)
        .unwrap_or_default()
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

/// Cuts a cluster: a passage from the corridor, rooms along it, and one behind.
#[expect(clippy::too_many_arguments, reason = "the pieces of one loop body")]
fn cluster(
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
