//! All skeletons, weighed in rounds: many get a few moves, few get many.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::balance::refine;
use super::blocks::decompositions;
use super::cost::{IMPOSSIBLE, Scratch, arrange, of_arrangement};
use super::fill::{Piece, Snap};
use super::place::{Frame, Strip, place};
use super::problem::{Closeness, Problem};
use super::rng::Dice;
use super::search::{Found, climb, first};
use super::skeleton::{Kit, Skeleton, skeletons};
use super::turned::Turn;
use crate::error::{Error, ErrorKind, Result};
use crate::layout::rules::Rules;
use crate::layout::{Brief, Plate, Rect};
use crate::sys::signals::starting_without_signals;
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
}

/// What a search found and what it cost.
pub(in crate::generate) struct Outcome {
    /// Distinct arrangements, best first.
    pub(in crate::generate) arrangements: Vec<Arrangement>,
    /// Moves made.
    pub(in crate::generate) moves: u64,
    /// Skeletons looked at.
    pub(in crate::generate) skeletons: usize,
}

/// One round: how many skeletons stay, and how many moves each gets.
struct Round {
    keep: usize,
    moves: u64,
}

fn rounds(rooms: usize, effort: &Effort) -> Vec<Round> {
    // More rooms need more moves, and each costs more: the last round is what the time goes into.
    let last = (4_000 + 900 * rooms as u64) * effort.permille / 1000;
    vec![
        Round {
            keep: 60,
            moves: 150 * effort.permille / 1000,
        },
        Round {
            keep: 20,
            moves: last / 16,
        },
        Round {
            keep: 8,
            moves: last / 3,
        },
        Round {
            keep: 4,
            moves: last,
        },
    ]
}

/// Looks for arrangements of `brief` on `plate` with corridors of `corridor` mm.
pub(in crate::generate) fn search(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    corridor: i64,
    effort: &Effort,
    watch: &dyn Watch,
) -> Result<Outcome> {
    let (turn, plate) = Turn::canonical(plate);
    let plate = &plate;
    let problem = Problem::new(plate, brief, rules, corridor, effort.closeness);
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
        let dropped = field.split_off(round.keep.min(field.len()));
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
    })
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

/// Runs `work` for 0..count on several threads; the results are in order whatever the threads do.
fn in_parallel<T: Send>(
    count: usize,
    threads: usize,
    watch: &dyn Watch,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let run = || -> Result<Vec<(usize, T)>> {
        let mut done = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            if i >= count {
                return Ok(done);
            }
            watch.check()?;
            done.push((i, work(i)?));
        }
    };
    let mut all: Vec<(usize, T)> = Vec::with_capacity(count);
    if threads <= 1 || count <= 1 {
        all = run()?;
    } else {
        let results: Vec<_> = std::thread::scope(|scope| {
            // On a thread of a host's own, whose signals are the host's.
            let handles: Vec<_> = starting_without_signals(|| {
                (0..threads.min(count)).map(|_| scope.spawn(run)).collect()
            });
            handles
                .into_iter()
                .map(std::thread::ScopedJoinHandle::join)
                .collect()
        });
        for result in results {
            let part =
                result.map_err(|_| Error::new(ErrorKind::Panicked, "a search thread panicked"))?;
            all.extend(part?);
        }
    }
    all.sort_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, value)| value).collect())
}

/// The state with all its lines on the grid, and its cost there.
fn on_grid(problem: &Problem<'_>, skeleton: &Skeleton, found: &Found) -> Option<Arrangement> {
    let mut frame = place(problem, skeleton, &found.state)?;
    snap_lines(problem, skeleton, &mut frame);
    let mut scratch = Scratch::default();
    arrange(
        problem,
        &frame,
        &found.state,
        Snap::Grid(GRID_MM),
        &mut scratch,
    )?;
    let cost = of_arrangement(problem, &mut scratch);
    if cost >= IMPOSSIBLE || scratch.pieces.len() != problem.wants.len() {
        return None;
    }
    Some(Arrangement {
        cost,
        rooms: scratch.pieces.iter().map(|piece| piece.gross).collect(),
        corridors: scratch.corridors.iter().map(|strip| strip.rect).collect(),
        further: Vec::new(),
        skeleton: skeleton.name.clone(),
    })
}

/// Makes lines one that rounding has put a millimetre or two apart.
fn align(frame: &mut Frame) {
    for axis in 0..2 {
        let ends = |rect: &Rect| {
            if axis == 0 {
                [rect.x0, rect.x1]
            } else {
                [rect.y0, rect.y1]
            }
        };
        let slots = frame.slots.iter().flat_map(|slot| ends(&slot.rect));
        let strips = frame.corridors.iter().flat_map(|strip| ends(&strip.rect));
        let mut values: Vec<i64> = slots.chain(strips).collect();
        values.sort_unstable();
        values.dedup();
        let mut same: BTreeMap<i64, i64> = BTreeMap::new();
        let mut first: Option<i64> = None;
        for value in values {
            match first {
                Some(start) if value - start <= 2 => {
                    same.insert(value, start);
                }
                _ => first = Some(value),
            }
        }
        if same.is_empty() {
            continue;
        }
        let mapped = |value: i64| same.get(&value).copied().unwrap_or(value);
        let set = |rect: &mut Rect| {
            if axis == 0 {
                (rect.x0, rect.x1) = (mapped(rect.x0), mapped(rect.x1));
            } else {
                (rect.y0, rect.y1) = (mapped(rect.y0), mapped(rect.y1));
            }
        };
        for slot in &mut frame.slots {
            set(&mut slot.rect);
        }
        for strip in &mut frame.corridors {
            set(&mut strip.rect);
        }
    }
}

/// Moves the lines of a frame to the grid, those of one corridor together, so that no corridor
/// becomes narrower. Lines on the boxes of the plate stay where they are.
fn snap_lines(problem: &Problem<'_>, skeleton: &Skeleton, frame: &mut Frame) {
    let mut fixed: [Vec<i64>; 2] = [Vec::new(), Vec::new()];
    for block in &skeleton.blocks {
        fixed[0].extend([block.rect.x0, block.rect.x1]);
        fixed[1].extend([block.rect.y0, block.rect.y1]);
    }
    let mut moved: [BTreeMap<i64, i64>; 2] = [BTreeMap::new(), BTreeMap::new()];
    align(frame);
    let round = |value: i64| (value + GRID_MM / 2).div_euclid(GRID_MM) * GRID_MM;
    for strip in &frame.corridors {
        let rect = strip.rect;
        let axes = [(rect.x0, rect.x1, 0), (rect.y0, rect.y1, 1)];
        for (low, high, axis) in axes {
            // Across its length a corridor keeps its width.
            let across = high - low <= problem.corridor + problem.wall + GRID_MM + 2;
            let (Some(fixed), Some(map)) = (fixed.get(axis), moved.get_mut(axis)) else {
                continue;
            };
            if !across {
                continue;
            }
            match (fixed.contains(&low), fixed.contains(&high)) {
                (true, true) => {}
                (true, false) => {
                    map.insert(high, (high + GRID_MM - 1).div_euclid(GRID_MM) * GRID_MM);
                }
                (false, true) => {
                    map.insert(low, low.div_euclid(GRID_MM) * GRID_MM);
                }
                (false, false) => {
                    let start = round(low);
                    map.insert(low, start);
                    map.insert(high, start + high - low);
                }
            }
        }
    }
    let place = |value: i64, axis: usize| -> i64 {
        if fixed.get(axis).is_some_and(|fixed| fixed.contains(&value)) {
            return value;
        }
        moved
            .get(axis)
            .and_then(|map| map.get(&value))
            .copied()
            .unwrap_or_else(|| round(value))
    };
    let snap = |rect: &mut Rect| {
        *rect = Rect {
            x0: place(rect.x0, 0),
            y0: place(rect.y0, 1),
            x1: place(rect.x1, 0),
            y1: place(rect.y1, 1),
        };
    };
    for slot in &mut frame.slots {
        snap(&mut slot.rect);
    }
    for strip in &mut frame.corridors {
        snap(&mut strip.rect);
    }
}
