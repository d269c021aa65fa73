//! All skeletons, weighed in rounds: many get a few moves, few get many.

use super::balance::refine;
use super::blocks::decompositions;
use super::cost::{IMPOSSIBLE, Scratch, cost, of_arrangement};
use super::fill::Piece;
use super::grid::on_grid;
use super::outlook::is_hopeless;
use super::place::Strip;
use super::problem::{Closeness, Problem};
use super::rng::Dice;
use super::search::{Found, climb};
use super::skeleton::{Kit, Skeleton, skeletons};
use super::start::first;
use super::turned::Turn;
use crate::error::Result;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Plate, Rect};
use crate::parallel::in_parallel;
use crate::watch::Watch;

/// Grid that new walls keep to, in mm.
pub(in crate::generate) const GRID_MM: i64 = 50;

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub(in crate::generate) struct Effort {
    /// Seed of all dice.
    pub(in crate::generate) seed: u64,
    /// Moves in thousandths of the usual.
    pub(in crate::generate) permille: u64,
    /// Threads at most.
    pub(in crate::generate) threads: usize,
    /// How much wishes for neighbours weigh.
    pub(in crate::generate) closeness: Closeness,
}

/// An arrangement on the grid: gross boxes of everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::generate) struct Arrangement {
    /// Cost on the grid.
    pub(in crate::generate) cost: i64,
    /// For each room of the brief its gross box.
    pub(in crate::generate) rooms: Vec<Rect>,
    /// Corridors and passages, gross.
    pub(in crate::generate) corridors: Vec<Rect>,
    /// Further boxes of rooms that are more than one, with the position of the room.
    pub(in crate::generate) further: Vec<(usize, Rect)>,
    /// Name of the skeleton.
    pub(in crate::generate) skeleton: String,
    /// Rooms that are too small and places nobody gets to, as far as the search can tell.
    pub(in crate::generate) faults: usize,
}

/// What a search found and what it cost.
pub(in crate::generate) struct Outcome {
    /// Distinct arrangements, best first.
    pub(in crate::generate) arrangements: Vec<Arrangement>,
    /// Moves made.
    pub(in crate::generate) moves: u64,
    /// Skeletons looked at.
    pub(in crate::generate) skeletons: usize,
    /// The brief with other targets, if the search has taken others.
    pub(in crate::generate) resized: Option<Brief>,
}

/// One round: how many skeletons stay, and how many moves each gets.
struct Round {
    keep: usize,
    moves: u64,
}

/// With more rooms than this, each move costs so much that fewer skeletons get any.
const MANY_ROOMS: usize = 25;

/// With no more than this, a layout is wanted at once, and little is found late.
const FEW_ROOMS: usize = 12;

fn rounds(rooms: usize, effort: &Effort) -> Vec<Round> {
    // A skeleton shows what it is good for after some hundreds of moves, not at its start. So many
    // go on for long, and few need the last moves.
    let unit = (6_500 + 800 * rooms as u64) * effort.permille / 1000;
    vec![
        Round {
            keep: if rooms > MANY_ROOMS { 200 } else { 400 },
            moves: 150 * effort.permille / 1000,
        },
        Round {
            keep: 60,
            moves: unit / 16,
        },
        Round {
            keep: 12,
            moves: if rooms > FEW_ROOMS {
                unit * 3 / 8
            } else {
                unit / 4
            },
        },
        Round {
            keep: 2,
            moves: unit * 9 / 10,
        },
    ]
}

/// What a search tries: rooms, and corridors of a width.
pub(in crate::generate) struct Trial<'a> {
    /// The rooms.
    pub(in crate::generate) brief: &'a Brief,
    /// Clear width of corridors, in mm.
    pub(in crate::generate) corridor: i64,
    /// The same rooms with the targets for a scale in thousandths. The scale is known as soon as
    /// there are corridors: rooms that would be below their least are worth aiming at then.
    pub(in crate::generate) at_scale: &'a dyn Fn(i64) -> Brief,
    /// Whether it is left as soon as it looks hopeless, since something easier is tried next.
    pub(in crate::generate) impatient: bool,
}

/// Looks for arrangements on `plate`.
pub(in crate::generate) fn search(
    plate: &Plate,
    trial: &Trial<'_>,
    rules: &Rules,
    effort: &Effort,
    watch: &dyn Watch,
) -> Result<Outcome> {
    let (turn, plate) = Turn::canonical(plate);
    let plate = &plate;
    let (brief, corridor) = (trial.brief, trial.corridor);
    let mut resized = None;
    let mut problem = Problem::new(plate, brief, rules, corridor, effort.closeness);
    let mut all: Vec<Skeleton> = Vec::new();
    for boxes in decompositions(plate, &problem.table) {
        all.extend(skeletons(plate, &boxes, kit_of(&problem)));
    }
    let looked_at = all.len();
    let mut moves = 0;
    let starts = in_parallel(all.len(), effort.threads, watch, |i| {
        let mut dice = Dice::new(effort.seed, i as u64);
        Ok(all
            .get(i)
            .and_then(|skeleton| first(&problem, skeleton, &mut dice)))
    })?;
    let mut field: Vec<(usize, Found)> = starts
        .into_iter()
        .enumerate()
        .filter_map(|(i, found)| Some((i, found?)))
        .collect();
    // Those that went last; some may be built where none of the best can.
    let mut spare: Vec<(usize, Found)> = Vec::new();
    for (number, round) in rounds(brief.rooms.len(), effort).iter().enumerate() {
        field.sort_by_key(|(i, found)| (found.cost, *i));
        let dropped = thin_out(&mut field, round.keep, number > 0);
        if number > 1 {
            spare.extend(dropped);
        }
        let results = in_parallel(field.len(), effort.threads, watch, |k| {
            let Some((i, start)) = field.get(k) else {
                return Ok(None);
            };
            let Some(skeleton) = all.get(*i) else {
                return Ok(None);
            };
            // A stream for each skeleton and round: who else is in the field changes nothing.
            let stream = (number as u64 + 1) * 1_000_003 + *i as u64;
            let mut dice = Dice::new(effort.seed, stream);
            let mut found = climb(&problem, skeleton, start, round.moves, &mut dice, watch)?;
            if number > 0 {
                refine(&problem, skeleton, &mut found);
            }
            Ok(Some(found))
        })?;
        moves += round.moves * field.len() as u64;
        for ((_, found), better) in field.iter_mut().zip(results) {
            if let Some(better) = better {
                *found = better;
            }
        }
        watch.progress(0.2 + 0.15 * number as f64, "arranging rooms");
        if number == 0 {
            let brief = (trial.at_scale)(scale_of(&mut field, &all, &problem, brief));
            if problem.aim_at(&brief) {
                let mut scratch = Scratch::default();
                for (i, found) in &mut field {
                    if let Some(skeleton) = all.get(*i) {
                        found.cost = cost(&problem, skeleton, &found.state, i64::MAX, &mut scratch);
                    }
                }
                resized = Some(brief);
            }
        }
        if trial.impatient {
            let known = field
                .iter()
                .filter_map(|(i, found)| Some((all.get(*i)?, found)));
            if is_hopeless(&problem, number, known) {
                field.clear();
                spare.clear();
                break;
            }
        }
    }
    field.extend(spare);
    field.sort_by_key(|(i, found)| (found.cost, *i));
    let mut arrangements: Vec<Arrangement> = Vec::new();
    for (i, found) in field {
        let Some(skeleton) = all.get(i) else {
            continue;
        };
        let on_grid = on_grid(&problem, skeleton, &found);
        if let Some(arrangement) = on_grid.filter(|new| {
            !arrangements
                .iter()
                .any(|old| old.rooms == new.rooms && old.corridors == new.corridors)
        }) {
            arrangements.push(arrangement);
        }
    }
    arrangements.sort_by_key(|arrangement| arrangement.cost);
    for arrangement in &mut arrangements {
        for rect in arrangement
            .rooms
            .iter_mut()
            .chain(&mut arrangement.corridors)
        {
            *rect = turn.back(rect);
        }
    }
    Ok(Outcome {
        arrangements,
        moves,
        skeletons: looked_at,
        resized,
    })
}

/// Leaves the `keep` best of a sorted field, and returns the others. Of those with one cost only
/// the first stays, if `distinct`: they are the same seen in a mirror.
fn thin_out(field: &mut Vec<(usize, Found)>, keep: usize, distinct: bool) -> Vec<(usize, Found)> {
    let mut kept: Vec<(usize, Found)> = Vec::with_capacity(keep.min(field.len()));
    let mut dropped = Vec::new();
    for found in field.drain(..) {
        let last = kept.last().map(|(_, last)| last.cost);
        if kept.len() >= keep || distinct && last == Some(found.1.cost) {
            dropped.push(found);
        } else {
            kept.push(found);
        }
    }
    *field = kept;
    dropped
}

/// Of so many of the best it is seen which scale rooms reach.
const SCALED: usize = 9;

/// What rooms have of what was asked, in thousandths, in the middle one of the best of `field`.
fn scale_of(
    field: &mut [(usize, Found)],
    all: &[Skeleton],
    problem: &Problem<'_>,
    brief: &Brief,
) -> i64 {
    field.sort_by_key(|(i, found)| (found.cost, *i));
    let rooms = || brief.rooms.iter().filter(|room| room.request.is_some());
    let asked: i64 = rooms().map(|room| room.requested_mm2).sum();
    let mut scratch = Scratch::default();
    let mut scales: Vec<i64> = Vec::new();
    for (i, found) in field.iter().take(SCALED) {
        let Some(skeleton) = all.get(*i) else {
            continue;
        };
        cost(problem, skeleton, &found.state, i64::MAX, &mut scratch);
        let areas = scratch.areas.iter().zip(&brief.rooms);
        let got = areas.filter(|(_, room)| room.request.is_some());
        scales.push(got.map(|(area, _)| area).sum::<i64>() / (asked / 1000).max(1));
    }
    scales.sort_unstable();
    scales.get(scales.len() / 2).copied().unwrap_or(1000)
}

fn kit_of(problem: &Problem<'_>) -> Kit {
    let mut roots: Vec<i64> = problem
        .wants
        .iter()
        .filter(|want| !want.spare)
        .map(|want| want.area.isqrt())
        .collect();
    roots.sort_unstable();
    let at = |place: usize| roots.get(place).copied().unwrap_or(3_000);
    Kit {
        corridor: problem.corridor + problem.wall,
        rooms: problem.wants.len(),
        small: at(roots.len() / 3),
        large: at(roots.len().saturating_sub(1)),
    }
}

/// The cost of an arrangement that came from elsewhere, by the same measure.
pub(in crate::generate) fn weigh(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    corridor: i64,
    closeness: Closeness,
    arrangement: &Arrangement,
) -> i64 {
    let problem = Problem::new(plate, brief, rules, corridor, closeness);
    let half = rules.wall_thickness_mm / 2;
    let bounds = plate.inner_outline.bounds();
    // Half a wall off every side that is not on the perimeter's box.
    let net = |rect: &Rect| Rect {
        x0: rect.x0 + if rect.x0 > bounds.x0 { half } else { 0 },
        y0: rect.y0 + if rect.y0 > bounds.y0 { half } else { 0 },
        x1: rect.x1 - if rect.x1 < bounds.x1 { half } else { 0 },
        y1: rect.y1 - if rect.y1 < bounds.y1 { half } else { 0 },
    };
    let mut scratch = Scratch::default();
    for (i, rect) in arrangement.rooms.iter().enumerate() {
        let (Ok(room), net) = (u8::try_from(i), net(rect)) else {
            return IMPOSSIBLE;
        };
        let area = problem.table.area(&net);
        scratch.pieces.push(Piece {
            room,
            gross: *rect,
            net,
            area,
        });
    }
    for rect in &arrangement.corridors {
        let inner = net(rect);
        let half = [
            inner.x0 - rect.x0,
            inner.y0 - rect.y0,
            rect.x1 - inner.x1,
            rect.y1 - inner.y1,
        ];
        scratch.corridors.push(Strip { rect: *rect, half });
    }
    of_arrangement(&problem, &mut scratch)
}
