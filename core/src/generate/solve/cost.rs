//! What is good: one number for an arrangement, smaller is better, in whole numbers.

use super::fill::{Cuts, Piece, Snap, fill};
use super::place::{Frame, Placing, Strip, place};
use super::problem::{Problem, Want};
use super::skeleton::Skeleton;
use super::state::State;
use crate::layout::{Daylight, Rating, Rect};

/// The cost of what cannot be built at all.
pub(super) const IMPOSSIBLE: i64 = 1_000_000_000;

/// A room nobody can get into, an entrance that leads nowhere.
pub(super) const NO_ACCESS: i64 = 30_000;

/// Where space stays unassigned, rooms are not to be larger than this against what was asked, in
/// thousandths: as large as they are made before any space does.
const LARGEST_BESIDE_SPARE: i64 = 1_300;

/// Reused memory of one search.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) pieces: Vec<Piece>,
    pub(super) corridors: Vec<Strip>,
    pub(super) nets: Vec<Rect>,
    lanes: Vec<Rect>,
    reached: Vec<bool>,
    lanes_reached: Vec<bool>,
    pub(super) areas: Vec<i64>,
    placing: Placing,
    cuts: Cuts,
}

/// Puts everything in its place; the pieces are in the order in which they were cut.
pub(super) fn arrange(
    problem: &Problem<'_>,
    frame: &Frame,
    state: &State,
    snap: Snap,
    scratch: &mut Scratch,
) -> Option<()> {
    scratch.pieces.clear();
    scratch.corridors.clear();
    scratch.corridors.extend_from_slice(&frame.corridors);
    for (slot, cells) in frame.slots.iter().zip(&state.slots) {
        fill(
            problem,
            slot,
            cells,
            snap,
            &mut scratch.cuts,
            &mut scratch.pieces,
            &mut scratch.corridors,
        )?;
    }
    Some(())
}

/// The cost of a state; more than `limit` is told as soon as it is known, and not how much.
pub(super) fn cost(
    problem: &Problem<'_>,
    skeleton: &Skeleton,
    state: &State,
    limit: i64,
    scratch: &mut Scratch,
) -> i64 {
    // Taken out while it is in use beside the rest.
    let mut placing = std::mem::take(&mut scratch.placing);
    let done = place(problem, skeleton, state, &mut placing)
        .and_then(|()| arrange(problem, &placing.frame, state, Snap::Free, scratch));
    scratch.placing = placing;
    match done {
        Some(()) => within(problem, limit, scratch),
        None => IMPOSSIBLE,
    }
}

/// The cost of the arrangement in `scratch`.
pub(super) fn of_arrangement(problem: &Problem<'_>, scratch: &mut Scratch) -> i64 {
    within(problem, i64::MAX, scratch)
}

fn within(problem: &Problem<'_>, limit: i64, scratch: &mut Scratch) -> i64 {
    let rooms = problem.wants.len();
    scratch.nets.clear();
    let nowhere = Rect {
        x0: 0,
        y0: 0,
        x1: 0,
        y1: 0,
    };
    scratch.nets.resize(rooms, nowhere);
    scratch.areas.clear();
    scratch.areas.resize(rooms, 0);
    for piece in &scratch.pieces {
        let room = usize::from(piece.room);
        if let (Some(net), Some(area)) = (scratch.nets.get_mut(room), scratch.areas.get_mut(room)) {
            (*net, *area) = (piece.net, piece.area);
        }
    }
    scratch.lanes.clear();
    scratch
        .lanes
        .extend(scratch.corridors.iter().map(Strip::net));
    // No part is negative, and most moves fail by the first.
    let mut sum = sizes(problem, limit, scratch);
    if sum > limit {
        return sum;
    }
    sum += closeness(problem, &scratch.nets) + circulation(problem, scratch);
    if sum > limit {
        return sum;
    }
    sum + access(problem, scratch) + light_and_water(problem, &scratch.nets)
}

/// Areas against their targets at the common scale, least sizes, proportions.
fn sizes(problem: &Problem<'_>, limit: i64, scratch: &Scratch) -> i64 {
    let (mut got, mut wanted) = (0_i64, 0_i64);
    for (area, want) in scratch.areas.iter().zip(&problem.wants) {
        if !want.spare {
            got += area;
            wanted += want.area;
        }
    }
    let mut cost = 0;
    let scale = got as f64 / wanted.max(1) as f64;
    if problem.wants.iter().any(|want| want.spare) {
        cost += ((scale * 1000.0) as i64 - LARGEST_BESIDE_SPARE).max(0) * 40;
    }
    for ((net, area), want) in scratch.nets.iter().zip(&scratch.areas).zip(&problem.wants) {
        if cost > limit {
            return cost;
        }
        let target = (want.area as f64 * scale) as i64;
        let off = ((area - target) * 1000 / target.max(1)).abs();
        if !want.spare {
            // Half a hundredth is within what the grid costs anyway; beyond three it shows, and
            // beyond eight a neighbour hardly makes up for it.
            cost += (off - 5).max(0) * 5 + (off - 25).max(0) * 120 + (off - 80).max(0) * 60;
        }
        if *area < want.least {
            cost +=
                problem.closeness.invalid() + (want.least - area) * 1000 / want.least.max(1) * 40;
        }
        let (short, long) = (net.width().min(net.height()), net.width().max(net.height()));
        let cut = is_cut(problem, net, *area);
        let square = square_in(problem, net, *area);
        if square < want.width {
            cost += problem.closeness.invalid() + (want.width - square) * 30;
        }
        if cut && problem.blocked.parts(net) {
            cost += NO_ACCESS;
        }
        cost += proportions(short, long, want);
        // A room of which much lies outside the plate is no box any more.
        let missing = (net.area() - area) * 1000 / net.area().max(1);
        cost += (missing - 60).max(0) * 4;
    }
    cost
}

/// Whether the plate's side or a column cuts into a room's box.
fn is_cut(problem: &Problem<'_>, net: &Rect, area: i64) -> bool {
    !problem.plain && area + 2_000 < net.area()
}

/// Side of the square that fits into a room.
pub(super) fn square_in(problem: &Problem<'_>, net: &Rect, area: i64) -> i64 {
    if is_cut(problem, net, area) {
        problem.blocked.free_square(net)
    } else {
        net.width().min(net.height())
    }
}

fn proportions(short: i64, long: i64, want: &Want) -> i64 {
    let aspect = long * 1000 / short.max(1);
    let weight = if want.spare { 1 } else { 4 };
    // From 1.7 on rooms look like corridors, wherever their type draws the line.
    let soft = (aspect - 1_700).max(0);
    let hard = (aspect - want.aspect).max(0);
    weight * (soft * soft / 8_000 + hard * 2 + hard * hard / 1_500)
}

/// How far two boxes are apart along each axis; 0 when they overlap along it.
#[inline]
fn gaps(a: &Rect, b: &Rect) -> (i64, i64) {
    (
        (a.x0 - b.x1).max(b.x0 - a.x1).max(0),
        (a.y0 - b.y1).max(b.y0 - a.y1).max(0),
    )
}

/// Length of wall that two boxes share: 0 unless one wall lies between them.
#[inline]
pub(super) fn common_wall(problem: &Problem<'_>, a: &Rect, b: &Rect) -> i64 {
    let most = problem.wall + 20;
    let (dx, dy) = gaps(a, b);
    // Most pairs are far from each other.
    if dx + dy > most {
        return 0;
    }
    wall_between(problem, a, b, (dx, dy), most)
}

/// The same for two that are near.
fn wall_between(problem: &Problem<'_>, a: &Rect, b: &Rect, (dx, dy): (i64, i64), most: i64) -> i64 {
    let band = if dx > 0 && dx <= most && dy == 0 {
        let x0 = a.x1.min(b.x1);
        Rect {
            x0,
            x1: x0 + dx,
            y0: a.y0.max(b.y0),
            y1: a.y1.min(b.y1),
        }
    } else if dy > 0 && dy <= most && dx == 0 {
        let y0 = a.y1.min(b.y1);
        Rect {
            y0,
            y1: y0 + dy,
            x0: a.x0.max(b.x0),
            x1: a.x1.min(b.x1),
        }
    } else {
        return 0;
    };
    let length = if dx > 0 { band.height() } else { band.width() };
    if problem.plain {
        return length;
    }
    // What of it is floor: a wall is none where the plate has a notch or a column.
    let floor = problem.floor(&band);
    if floor + 2_000 >= band.area() {
        length
    } else {
        length * floor / band.area().max(1) - 100
    }
}

/// Length over which two corridors are open to each other.
fn common_opening(problem: &Problem<'_>, a: &Rect, b: &Rect) -> i64 {
    let (dx, dy) = gaps(a, b);
    if dx.max(dy) > problem.wall / 2 + 20 {
        return 0;
    }
    let (ox, oy) = (
        a.x1.min(b.x1) - a.x0.max(b.x0),
        a.y1.min(b.y1) - a.y0.max(b.y0),
    );
    ox.max(oy)
}

/// Everything can be reached from an entrance, through corridors and public rooms.
pub(super) fn access(problem: &Problem<'_>, scratch: &mut Scratch) -> i64 {
    let (rooms, lanes) = (scratch.nets.len(), scratch.lanes.len());
    scratch.reached.clear();
    scratch.reached.resize(rooms, false);
    scratch.lanes_reached.clear();
    scratch.lanes_reached.resize(lanes, false);
    let mut cost = 0;
    if !problem.plain {
        for lane in &scratch.lanes {
            let blocked = problem.blocked.in_the_way(lane);
            if blocked > 0 {
                cost += 6_000 + blocked * 20;
            }
        }
    }
    let passable = |i: usize| {
        problem
            .wants
            .get(i)
            .is_some_and(|want| want.public && want.via.is_empty())
    };
    if problem.entrances.is_empty() {
        start_somewhere(problem, scratch);
    }
    for entrance in &problem.entrances {
        let wide = entrance.bounds();
        let mut leads = false;
        for (lane, reached) in scratch.lanes.iter().zip(&mut scratch.lanes_reached) {
            if reaches_span(lane, &wide, 800) {
                (*reached, leads) = (true, true);
            }
        }
        for (i, (net, reached)) in scratch.nets.iter().zip(&mut scratch.reached).enumerate() {
            if passable(i) && reaches_span(net, &wide, 1_000) {
                (*reached, leads) = (true, true);
            }
        }
        if !leads {
            cost += NO_ACCESS;
        }
    }
    spread(problem, scratch);
    for (i, want) in problem.wants.iter().enumerate() {
        if scratch.reached.get(i) == Some(&false) {
            cost += NO_ACCESS;
            if want.public {
                cost += NO_ACCESS / 2;
            }
        }
    }
    cost += scratch
        .lanes_reached
        .iter()
        .filter(|reached| !**reached)
        .count() as i64
        * NO_ACCESS;
    cost + front_rooms(problem, scratch)
}

/// Whether a box covers `least` mm of a span of the perimeter.
fn reaches_span(net: &Rect, span: &Rect, least: i64) -> bool {
    let near = net.grown(30);
    let x = near.x1.min(span.x1) - near.x0.max(span.x0);
    let y = near.y1.min(span.y1) - near.y0.max(span.y0);
    let least = least.min(span.width().max(span.height()) - 60);
    x >= 0 && y >= 0 && x.max(y) >= least
}

/// Without a given entrance: the first public room that visitors look for and that lies on the
/// perimeter, or a corridor that does.
fn start_somewhere(problem: &Problem<'_>, scratch: &mut Scratch) {
    let on_edge = |net: &Rect| {
        problem
            .perimeter
            .iter()
            .any(|edge| reaches_span(net, &edge.bounds(), 1_100))
    };
    for (i, want) in problem.wants.iter().enumerate() {
        let fits = want.front && want.public && want.via.is_empty();
        if let (true, Some(net)) = (fits, scratch.nets.get(i))
            && on_edge(net)
        {
            if let Some(reached) = scratch.reached.get_mut(i) {
                *reached = true;
            }
            return;
        }
    }
    if let Some(i) = scratch.lanes.iter().position(on_edge) {
        if let Some(reached) = scratch.lanes_reached.get_mut(i) {
            *reached = true;
        }
        return;
    }
    let public = |(i, net): &(usize, &Rect)| {
        problem
            .wants
            .get(*i)
            .is_some_and(|want| want.public && want.via.is_empty())
            && on_edge(net)
    };
    if let Some((i, _)) = scratch.nets.iter().enumerate().find(public)
        && let Some(reached) = scratch.reached.get_mut(i)
    {
        *reached = true;
    }
}

/// Goes on from what is reached to all that can be.
fn spread(problem: &Problem<'_>, scratch: &mut Scratch) {
    let Scratch {
        nets,
        lanes,
        reached,
        lanes_reached,
        ..
    } = scratch;
    loop {
        let mut more = false;
        for i in 0..lanes.len() {
            let Some(lane) = lanes
                .get(i)
                .filter(|_| lanes_reached.get(i) == Some(&false))
            else {
                continue;
            };
            let from_lane = lanes
                .iter()
                .zip(lanes_reached.iter())
                .any(|(other, reached)| *reached && common_opening(problem, lane, other) >= 850);
            let from_room = || {
                nets.iter()
                    .zip(reached.iter())
                    .zip(&problem.wants)
                    .any(|((net, reached), want)| {
                        *reached
                            && want.public
                            && want.via.is_empty()
                            && common_wall(problem, lane, net)
                                >= want.frontage.min(problem.frontage)
                    })
            };
            if (from_lane || from_room())
                && let Some(flag) = lanes_reached.get_mut(i)
            {
                (*flag, more) = (true, true);
            }
        }
        for (i, want) in problem.wants.iter().enumerate() {
            let Some(net) = nets.get(i).filter(|_| reached.get(i) == Some(&false)) else {
                continue;
            };
            let through = |k: usize, other: &Want| {
                if want.via.is_empty() {
                    other.public && other.via.is_empty()
                } else {
                    want.via.iter().any(|via| *via as usize == k)
                }
            };
            let from_lane = want.via.is_empty()
                && lanes
                    .iter()
                    .zip(lanes_reached.iter())
                    .any(|(lane, reached)| {
                        *reached && common_wall(problem, net, lane) >= want.frontage
                    });
            let from_room = || {
                nets.iter()
                    .zip(reached.iter())
                    .zip(&problem.wants)
                    .enumerate()
                    .any(|(k, ((other, reached), wanted))| {
                        *reached
                            && through(k, wanted)
                            && common_wall(problem, net, other) >= want.frontage
                    })
            };
            if (from_lane || from_room())
                && let Some(flag) = reached.get_mut(i)
            {
                (*flag, more) = (true, true);
            }
        }
        if !more {
            return;
        }
    }
}

/// Rooms that visitors look for lie by the entrance.
fn front_rooms(problem: &Problem<'_>, scratch: &Scratch) -> i64 {
    let mut cost = 0;
    for (_, net) in problem
        .wants
        .iter()
        .zip(&scratch.nets)
        .filter(|(want, _)| want.front)
    {
        let nearest = |spans: &[super::problem::Span]| {
            spans
                .iter()
                .map(|span| {
                    let (dx, dy) = gaps(net, &span.bounds());
                    dx + dy
                })
                .min()
        };
        let way = if problem.entrances.is_empty() {
            nearest(&problem.perimeter)
        } else {
            nearest(&problem.entrances)
        };
        cost += way.unwrap_or(0) * 40 / 1000;
    }
    cost
}

/// Rooms that belong together are, and those to be kept apart are not beside each other.
fn closeness(problem: &Problem<'_>, nets: &[Rect]) -> i64 {
    let mut cost = 0;
    for wish in &problem.wishes {
        let weight = problem.closeness.missed(wish.rating);
        for from in &wish.from {
            let Some(net) = nets.get(*from as usize) else {
                continue;
            };
            let others = wish.to.iter().filter_map(|to| nets.get(*to as usize));
            if wish.rating == Rating::X {
                let touching = others
                    .filter(|other| common_wall(problem, net, other) > 0)
                    .count() as i64;
                cost += touching * 1_000;
                continue;
            }
            let mut least = i64::MAX;
            for other in others {
                let shared = common_wall(problem, net, other);
                let miss = if shared >= problem.shared {
                    0
                } else {
                    let (dx, dy) = gaps(net, other);
                    let apart = dx + dy;
                    // Half a wall is almost there, opposite is near, the rest by distance.
                    let near = if shared > 0 { 300 } else { 420 };
                    near + (apart - problem.corridor - 2 * problem.wall).max(0) * 40 / 1000
                        + if apart > 3_500 { 350 } else { 0 }
                };
                least = least.min(miss);
            }
            if least < i64::MAX {
                cost += weight * least / 1000;
            }
        }
    }
    cost
}

/// Daylight where it is wanted, wet rooms beside each other or where pipes rise.
fn light_and_water(problem: &Problem<'_>, nets: &[Rect]) -> i64 {
    let mut cost = 0;
    for (want, net) in problem.wants.iter().zip(nets) {
        let weight = match want.daylight {
            Daylight::None => continue,
            Daylight::Preferred => 120,
            Daylight::Required => 600,
        };
        let near = net.grown(40);
        let lit = problem.lit.iter().any(|span| {
            let span = span.bounds();
            let x = near.x1.min(span.x1) - near.x0.max(span.x0);
            let y = near.y1.min(span.y1) - near.y0.max(span.y0);
            x >= 0 && y >= 0 && x.max(y) >= 600
        });
        if !lit {
            cost += weight;
        }
    }
    for (i, (want, net)) in problem.wants.iter().zip(nets).enumerate() {
        if !want.wet {
            continue;
        }
        let others = problem
            .wants
            .iter()
            .zip(nets)
            .enumerate()
            .filter(|(k, (other, _))| *k != i && other.wet)
            .map(|(_, (_, other))| {
                let (dx, dy) = gaps(net, other);
                dx + dy
            });
        let pipes = problem.plate.wet_points.iter().map(|p| {
            let (dx, dy) = gaps(net, &Rect::new(p.x, p.y, p.x, p.y));
            dx + dy
        });
        let apart = others.chain(pipes).min().unwrap_or(0);
        cost += (apart - problem.wall).clamp(0, 10_000) * 12 / 1000;
    }
    cost
}

/// Corridors beyond a seventh of the plate, by the thousandth.
fn circulation(problem: &Problem<'_>, scratch: &Scratch) -> i64 {
    let lanes: i64 = scratch
        .lanes
        .iter()
        .map(|lane| {
            if problem.plain {
                lane.area()
            } else {
                problem.floor(lane)
            }
        })
        .sum();
    let rooms: i64 = scratch.areas.iter().sum();
    let share = lanes * 1000 / (lanes + rooms).max(1);
    (share - 120).max(0) * 9
}
