//! Rooms set one by one against the walls of the plate, around what is left over, which becomes
//! one hall of any shape: for plates with corners and little in them, on which rows of rooms along
//! corridors leave floor that no row can use, or that no corridor reaches.

mod left_over;

use super::problem::{Problem, Span, Want};
use super::rng::Dice;
use super::run::{Arrangement, Effort, GRID_MM, Outcome};
use super::turned::Turn;
use crate::error::Result;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Daylight, Plate, Rating, Rect};
use crate::watch::Watch;

/// Ways to set all rooms that are tried: enough for a dozen rooms, and done within a second.
const TRIALS: u64 = 96;

/// More rooms than this want corridors, not a hall.
const MOST_ROOMS: usize = 14;

/// Most lines of the outline, for each axis, that rooms are set against.
const MOST_LINES: usize = 24;

/// Proportions of rooms that are tried, long over short side in thousandths.
const ASPECTS: [i64; 4] = [1_050, 1_250, 1_500, 1_900];

/// Gaps narrower than this are no use to anybody, in mm.
const GAP_MM: i64 = 900;

/// Clear width of the ways through the hall, in mm; a square, so wider than a door's leaf.
const WAY_MM: i64 = 900;

/// Floor inside an entrance that is kept free, in mm.
const LANDING_MM: i64 = 1_200;

/// Pieces of floor this small are no second hall, in mm²; the build leaves them out as well.
const SLIVER_MM2: i64 = 30_000;

/// Least wall to daylight, in mm: that of a small window.
const LIT_MM: i64 = 600;

/// Depth of the strips along a side in which floor is looked for, in mm.
const STRIP_MM: i64 = 50;

/// Looks for arrangements of `brief` on `plate` around its last room, which is space that nobody
/// asked for.
pub(in crate::generate) fn around_hall(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    effort: &Effort,
    watch: &dyn Watch,
) -> Result<Outcome> {
    let (turn, plate) = Turn::canonical(plate);
    let problem = Problem::new(
        &plate,
        brief,
        rules,
        rules.corridor_min_mm,
        effort.closeness,
    );
    let mut outcome = Outcome {
        arrangements: Vec::new(),
        moves: 0,
        skeletons: 0,
        resized: None,
    };
    let Some((hall, rooms)) = problem.wants.split_last() else {
        return Ok(outcome);
    };
    if !hall.spare || rooms.len() > MOST_ROOMS {
        return Ok(outcome);
    }
    let site = Site::of(&problem, rooms);
    for trial in 0..TRIALS {
        watch.check()?;
        let mut dice = Dice::new(effort.seed, 9_000_011 + trial);
        outcome.moves += rooms.len() as u64;
        let Some((cost, boxes)) = site.set(&mut dice, watch)? else {
            continue;
        };
        let Some((more, mut further)) = site.hall(&boxes) else {
            continue;
        };
        // The largest box of the hall stands for it, the rest are further ones.
        let Some(first) = further.iter().position(|(room, _)| *room == rooms.len()) else {
            continue;
        };
        let mut boxes = boxes;
        boxes.push(further.remove(first).1);
        let made = Arrangement {
            cost: cost + more,
            rooms: boxes.iter().map(|rect| turn.back(rect)).collect(),
            corridors: Vec::new(),
            further: further
                .iter()
                .map(|(room, rect)| (*room, turn.back(rect)))
                .collect(),
            skeleton: "hall".to_owned(),
            faults: 0,
        };
        if !outcome
            .arrangements
            .iter()
            .any(|old| old.rooms == made.rooms)
        {
            outcome.arrangements.push(made);
        }
    }
    outcome.arrangements.sort_by_key(|made| made.cost);
    Ok(outcome)
}

/// The plate as rooms are set on it.
struct Site<'a> {
    problem: &'a Problem<'a>,
    rooms: &'a [Want],
    bounds: Rect,
    /// Lines along the outline, across x and across y.
    lines: [Vec<i64>; 2],
    /// Floor inside the entrances.
    landings: Vec<Rect>,
}

impl<'a> Site<'a> {
    fn of(problem: &'a Problem<'a>, rooms: &'a [Want]) -> Site<'a> {
        let mut lines = [Vec::new(), Vec::new()];
        for ring in std::iter::once(&problem.plate.inner_outline).chain(&problem.plate.obstacles) {
            for (a, b) in ring.edges() {
                if a.x == b.x {
                    lines[0].push(a.x);
                } else if a.y == b.y {
                    lines[1].push(a.y);
                }
            }
        }
        for list in &mut lines {
            list.sort_unstable();
            list.dedup();
            list.truncate(MOST_LINES);
        }
        let landing = |span: &Span| {
            let rect = span.bounds();
            if rect.width() > rect.height() {
                Rect {
                    y0: rect.y0 - LANDING_MM,
                    y1: rect.y1 + LANDING_MM,
                    x0: rect.x0 - 150,
                    x1: rect.x1 + 150,
                }
            } else {
                Rect {
                    x0: rect.x0 - LANDING_MM,
                    x1: rect.x1 + LANDING_MM,
                    y0: rect.y0 - 150,
                    y1: rect.y1 + 150,
                }
            }
        };
        Site {
            problem,
            rooms,
            bounds: problem.plate.inner_outline.bounds(),
            lines,
            landings: problem.entrances.iter().map(landing).collect(),
        }
    }

    fn floor(&self, rect: &Rect) -> i64 {
        match rect.intersection(&self.bounds) {
            Some(inside) => self.problem.floor(&inside),
            None => 0,
        }
    }

    /// Floor in a box that no room has.
    fn free(&self, rect: &Rect, taken: &[Rect]) -> i64 {
        let taken = taken.iter().filter_map(|other| other.intersection(rect));
        self.floor(rect) - taken.map(|common| common.area()).sum::<i64>()
    }

    /// Sets all rooms once, large ones mostly first, and those that are reached through others
    /// after them. `None` when one finds no place.
    fn set(&self, dice: &mut Dice, watch: &dyn Watch) -> Result<Option<(i64, Vec<Rect>)>> {
        let mut keyed: Vec<(bool, i64, usize)> = self
            .rooms
            .iter()
            .enumerate()
            .map(|(i, want)| {
                let share = 600 + dice.below(800) as i64;
                (!want.via.is_empty(), -(want.area / 1000 * share), i)
            })
            .collect();
        keyed.sort_unstable();
        let mut placed: Vec<(usize, Rect)> = Vec::new();
        let mut cost = 0;
        for (_, _, room) in keyed {
            watch.check()?;
            let Some((price, rect)) = self.best_place(room, &placed, dice) else {
                return Ok(None);
            };
            cost += price;
            placed.push((room, rect));
        }
        placed.sort_unstable_by_key(|(room, _)| *room);
        Ok(Some((
            cost,
            placed.into_iter().map(|(_, rect)| rect).collect(),
        )))
    }

    /// The best place for a room beside those that are set.
    fn best_place(
        &self,
        room: usize,
        placed: &[(usize, Rect)],
        dice: &mut Dice,
    ) -> Option<(i64, Rect)> {
        let want = self.rooms.get(room)?;
        let taken: Vec<Rect> = placed.iter().map(|(_, rect)| *rect).collect();
        let mut lines = self.lines.clone();
        for rect in &taken {
            lines[0].extend([rect.x0, rect.x1]);
            lines[1].extend([rect.y0, rect.y1]);
        }
        for list in &mut lines {
            list.sort_unstable();
            list.dedup();
        }
        let mut best: Option<(i64, Rect)> = None;
        let mut shapes: Vec<(i64, i64)> = Vec::new();
        for aspect in ASPECTS {
            let short = (want.area * 1000 / aspect).isqrt().max(want.width);
            let long = (want.area / short.max(1)).max(want.width);
            shapes.extend([(short, long), (long, short)]);
        }
        shapes.sort_unstable();
        shapes.dedup();
        for (width, height) in shapes {
            let xs = self.ranges(&lines[0], 0, width);
            let ys = self.ranges(&lines[1], 1, height);
            for (x0, x1) in &xs {
                for (y0, y1) in &ys {
                    let rect = Rect {
                        x0: *x0,
                        y0: *y0,
                        x1: *x1,
                        y1: *y1,
                    };
                    let Some(price) = self.price(room, want, &rect, placed, &taken) else {
                        continue;
                    };
                    let price = price + dice.below(1_500) as i64;
                    if best.is_none_or(|(least, _)| price < least) {
                        best = Some((price, rect));
                    }
                }
            }
        }
        best
    }

    /// From where to where a room of this net size may reach along one axis: from a line, and to
    /// the next line if that is near, else to the grid.
    fn ranges(&self, lines: &[i64], axis: usize, net: i64) -> Vec<(i64, i64)> {
        let half = self.problem.wall / 2;
        let outer = |line: i64| self.lines.get(axis).is_some_and(|own| own.contains(&line));
        let mut found = Vec::new();
        for line in lines {
            let near = if outer(*line) { 0 } else { half };
            for sign in [1, -1] {
                let far = line + sign * (net + near + half);
                let far = if sign > 0 {
                    (far + GRID_MM - 1).div_euclid(GRID_MM) * GRID_MM
                } else {
                    far.div_euclid(GRID_MM) * GRID_MM
                };
                let others = lines.iter().copied().filter(|other| {
                    (other - far).abs() < GAP_MM && (other - line) * sign * 10 >= net * 8
                });
                for end in others.chain(std::iter::once(far)) {
                    found.push((end.min(*line), end.max(*line)));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What a box costs as the place of a room; `None` where it cannot be. In millimetres of wall
    /// towards the hall, and what is worth as much.
    fn price(
        &self,
        room: usize,
        want: &Want,
        rect: &Rect,
        placed: &[(usize, Rect)],
        taken: &[Rect],
    ) -> Option<i64> {
        if rect.x0 < self.bounds.x0
            || rect.y0 < self.bounds.y0
            || rect.x1 > self.bounds.x1
            || rect.y1 > self.bounds.y1
            || taken
                .iter()
                .chain(&self.landings)
                .any(|other| other.overlaps(rect))
            || self.floor(rect) * 1000 < rect.area() * 985
        {
            return None;
        }
        let half = self.problem.wall / 2;
        let beyond = strips(rect, 0, STRIP_MM);
        let floors = beyond.map(|strip| self.floor(&strip));
        // A side that is the perimeter's all along has no half wall.
        let [left, top, right, bottom] = floors.map(|floor| if floor > 0 { half } else { 0 });
        let net = Rect {
            x0: rect.x0 + left,
            y0: rect.y0 + top,
            x1: rect.x1 - right,
            y1: rect.y1 - bottom,
        };
        let short = net.width().min(net.height());
        let area = net.width() * net.height();
        if net.x1 <= net.x0 || short < want.width || area * 100 < want.least * 101 {
            return None;
        }
        let off = (area - want.area).abs() * 1000 / want.area.max(1);
        if off > 300 {
            return None;
        }
        let aspect = net.width().max(net.height()) * 1000 / short.max(1);
        let mut price =
            off * off / 20 + (aspect - 1_000).max(0) + (aspect - want.aspect).max(0) * 4;
        let far = strips(rect, GAP_MM, STRIP_MM);
        let mut longest = 0;
        for (near, far) in beyond.iter().zip(&far) {
            let open = self.free(near, taken) / STRIP_MM;
            longest = longest.max(open);
            // What borders on the hall costs, and what would be a gap costs more.
            price += open + 3 * (open - self.free(far, taken) / STRIP_MM).max(0);
        }
        let beside = |other: usize| {
            let shared = placed.iter().find(|(i, _)| *i == other);
            shared.map(|(_, other)| shared_wall(rect, other))
        };
        if want.via.is_empty() {
            if longest < want.frontage {
                return None;
            }
        } else if !want
            .via
            .iter()
            .any(|via| beside(usize::from(*via)).is_some_and(|wall| wall >= want.frontage))
        {
            return None;
        }
        let lit: i64 = self.problem.lit.iter().map(|span| along(rect, span)).sum();
        if lit < LIT_MM {
            price += match want.daylight {
                Daylight::Required => 20_000,
                Daylight::Preferred => 3_000,
                _ => 0,
            };
        } else if want.daylight == Daylight::None {
            // Light that others could have.
            price += lit / 2;
        }
        price += self.wishes(room, &beside);
        if want.wet {
            let pipes = placed.iter().any(|(i, other)| {
                self.rooms.get(*i).is_some_and(|want| want.wet) && shared_wall(rect, other) > 0
            });
            price -= if pipes { 1_500 } else { 0 };
        }
        Some(price)
    }

    /// What wishes about closeness to rooms that are set cost where they are not met.
    fn wishes(&self, room: usize, beside: &dyn Fn(usize) -> Option<i64>) -> i64 {
        let mut price = 0;
        let has = |list: &[u8]| list.iter().any(|i| usize::from(*i) == room);
        for wish in &self.problem.wishes {
            let others = match (has(&wish.from), has(&wish.to)) {
                (true, _) => &wish.to,
                (_, true) => &wish.from,
                _ => continue,
            };
            let walls: Vec<i64> = others
                .iter()
                .filter_map(|i| beside(usize::from(*i)))
                .collect();
            if walls.is_empty() {
                continue;
            }
            let meets = walls.iter().any(|wall| *wall >= self.problem.shared);
            price += match (wish.rating, meets) {
                (Rating::A | Rating::X, _) if meets == (wish.rating == Rating::X) => 12_000,
                (Rating::E, false) => 6_000,
                (Rating::I, false) => 2_500,
                (Rating::O, false) => 800,
                _ => 0,
            };
        }
        price
    }
}

/// The strips beyond the sides of a box, from `start` on: left, top, right, bottom.
fn strips(rect: &Rect, start: i64, depth: i64) -> [Rect; 4] {
    [
        Rect {
            x0: rect.x0 - start - depth,
            x1: rect.x0 - start,
            ..*rect
        },
        Rect {
            y0: rect.y0 - start - depth,
            y1: rect.y0 - start,
            ..*rect
        },
        Rect {
            x0: rect.x1 + start,
            x1: rect.x1 + start + depth,
            ..*rect
        },
        Rect {
            y0: rect.y1 + start,
            y1: rect.y1 + start + depth,
            ..*rect
        },
    ]
}

/// Length of the wall between two boxes.
fn shared_wall(one: &Rect, other: &Rect) -> i64 {
    let x = one.x1.min(other.x1) - one.x0.max(other.x0);
    let y = one.y1.min(other.y1) - one.y0.max(other.y0);
    match (x, y) {
        (0, y) if y > 0 => y,
        (x, 0) if x > 0 => x,
        _ => 0,
    }
}

/// How much of a segment of the perimeter is a side of the box.
fn along(rect: &Rect, span: &Span) -> i64 {
    let on = span.bounds();
    let x = rect.x1.min(on.x1) - rect.x0.max(on.x0);
    let y = rect.y1.min(on.y1) - rect.y0.max(on.y0);
    if on.x0 == on.x1 && (on.x0 == rect.x0 || on.x0 == rect.x1) {
        y.max(0)
    } else if on.y0 == on.y1 && (on.y0 == rect.y0 || on.y0 == rect.y1) {
        x.max(0)
    } else {
        0
    }
}
