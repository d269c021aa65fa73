//! Where walls meet: ends run to the centre line of the other wall, and what hangs together.

use super::bars::{Bar, same_thickness};
use crate::error::Result;
use crate::parallel::in_parts;
use crate::plan::{Point, Rect};
use crate::watch::Watch;

/// Walls at a smaller angle than this (as its sine) do not make a corner.
const SMALLEST_TURN: f64 = 0.2;

/// Bars that are kept for one place. Plans have a handful; a scribble has thousands, and of
/// those the longest, which come first, are enough.
const MAX_AT_PLACE: u32 = 32;

/// Bars between two questions whether to go on: each may have a few hundred others around it.
const BETWEEN_CHECKS: usize = 512;

/// From so many bars on it is worth while to count what each square holds while they are placed.
const MANY_BARS: usize = 1_000;

/// How far an end may be from the other centre line: half of both thicknesses, and a bit.
pub(super) fn reach(one: &Bar, two: &Bar) -> f64 {
    0.65 * (one.thickness + two.thickness) + 0.75
}

/// Bars by the places they pass, to find the neighbours of a point: a grid over their bounds.
pub(super) struct Places {
    cell: f64,
    corner: Point,
    columns: usize,
    rows: usize,
    /// Squares and the bars in them, by square; of one square in the order of the bars.
    passed: Vec<(u32, u32)>,
    /// Where each square begins in `passed`, and where the last one ends. Empty for few bars: the
    /// grid would take longer than all they are asked.
    starts: Vec<u32>,
}

impl Places {
    pub(super) fn new(bars: &[Bar]) -> Places {
        let bounds = Rect::around(bars.iter().flat_map(|bar| [bar.a, bar.b]));
        let thickest = bars
            .iter()
            .fold(0.0_f64, |most, bar| most.max(bar.thickness));
        // At most 128 squares on a side, so that the whole grid is soon made.
        let cell = (bounds.diagonal() / 128.0).max(3.0 * thickest + 2.0);
        let mut places = Places {
            cell,
            corner: Point::new((bounds.x0 / cell).floor(), (bounds.y0 / cell).floor()),
            columns: 0,
            rows: 0,
            passed: Vec::with_capacity(4 * bars.len()),
            starts: Vec::new(),
        };
        if !bars.is_empty() && cell.is_finite() {
            let (column, row) = places.key(Point::new(bounds.x1, bounds.y1));
            // Places beside the bounds count as the outermost squares when a bar is added.
            places.columns = usize::try_from(column).unwrap_or(0).min(MAX_SIDE) + 1;
            places.rows = usize::try_from(row).unwrap_or(0).min(MAX_SIDE) + 1;
        }
        let counted = if bars.len() < MANY_BARS {
            0
        } else {
            places.columns * places.rows
        };
        let mut held = vec![0_u32; counted];
        for (bar, number) in bars.iter().zip(0_u32..) {
            let steps = (2.0 * bar.length() / cell).ceil().max(1.0);
            let mut step = 0.0;
            while step <= steps {
                let (x, y) = places.key(bar.a.towards(bar.b, step / steps));
                // A straight line does not come back to a square it has left.
                if let Some(square) = places.square(x, y)
                    && places.passed.last() != Some(&(square, number))
                    && held.get_mut(square as usize).is_none_or(|held| {
                        *held += 1;
                        *held <= MAX_AT_PLACE
                    })
                {
                    places.passed.push((square, number));
                }
                step += 1.0;
            }
        }
        // Each pair is there once, so that this keeps the order of the bars in a square.
        places.passed.sort_unstable();
        let (mut count, mut before) = (0, None);
        places.passed.retain(|(square, _)| {
            count = if before == Some(*square) {
                count + 1
            } else {
                1
            };
            before = Some(*square);
            count <= MAX_AT_PLACE
        });
        let squares = places.columns * places.rows;
        if places.passed.len() > squares / SQUARES_TO_SEARCH {
            places.starts = vec![0; squares + 1];
            for (square, _) in &places.passed {
                if let Some(count) = places.starts.get_mut(*square as usize + 1) {
                    *count += 1;
                }
            }
            let mut sum = 0;
            for start in &mut places.starts {
                sum += *start;
                *start = sum;
            }
        }
        places
    }

    /// Side of one of its squares.
    pub(super) fn cell(&self) -> f64 {
        self.cell
    }

    /// Column and row of a place; outside of the grid for what is beside the bars.
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    fn key(&self, point: Point) -> (i64, i64) {
        let cell = |at: f64, corner: f64| (whole_below(at / self.cell) - corner) as i64;
        (cell(point.x, self.corner.x), cell(point.y, self.corner.y))
    }

    fn square(&self, column: i64, row: i64) -> Option<u32> {
        let (column, row) = (usize::try_from(column).ok()?, usize::try_from(row).ok()?);
        let square =
            (column < self.columns && row < self.rows).then(|| row * self.columns + column);
        square.and_then(|square| u32::try_from(square).ok())
    }

    /// The bars that pass near `point`, each once and in no order, until `near` is asked again.
    pub(super) fn near<'a>(&self, point: Point, near: &'a mut Near) -> &'a [usize] {
        near.found.clear();
        near.round += 1;
        let (x, y) = self.key(point);
        let last = i64::try_from(self.columns).unwrap_or(0) - 1;
        let (left, right) = (x.saturating_sub(1).max(0), x.saturating_add(1).min(last));
        for dy in -1..=1 {
            let row = y.saturating_add(dy);
            // The squares of a row follow each other.
            if let Some((first, end)) = self.square(left, row).zip(self.square(right, row)) {
                for bar in self.between(first, end) {
                    if let Some(seen) = near.seen.get_mut(bar as usize)
                        && *seen != near.round
                    {
                        *seen = near.round;
                        near.found.push(bar as usize);
                    }
                }
            }
        }
        &near.found
    }

    /// The bars in the squares from `first` to `last`.
    fn between(&self, first: u32, last: u32) -> impl Iterator<Item = u32> {
        let dense = self.starts.get(first as usize);
        let list = match dense.zip(self.starts.get(last as usize + 1)) {
            Some((from, to)) => self.passed.get(*from as usize..*to as usize),
            None => {
                let from = self.passed.partition_point(|(square, _)| *square < first);
                let rest = self.passed.get(from..).unwrap_or_default();
                let count = rest
                    .iter()
                    .take_while(|(square, _)| *square <= last)
                    .count();
                rest.get(..count)
            }
        };
        list.unwrap_or_default().iter().map(|(_, bar)| *bar)
    }
}

/// What [`Places::near`] found, and what it needs to find each bar once without sorting.
pub(super) struct Near {
    found: Vec<usize>,
    /// For each bar the last round in which it was found. Rounds are a few hundred for each piece
    /// at most, so that they do not run over.
    seen: Vec<u32>,
    round: u32,
}

impl Near {
    /// For the places of `bars`.
    pub(super) fn new(bars: &[Bar]) -> Near {
        Near {
            found: Vec::new(),
            seen: vec![0; bars.len()],
            round: 0,
        }
    }
}

/// The largest whole number that is not above `value`, without a call to the C library as the
/// oldest processors need.
#[expect(
    clippy::cast_possible_truncation,
    reason = "smaller than what is exact"
)]
fn whole_below(value: f64) -> f64 {
    const EXACT: f64 = 4_503_599_627_370_496.0;
    if value.abs() < EXACT {
        let cut = (value as i64) as f64;
        if cut > value { cut - 1.0 } else { cut }
    } else {
        value
    }
}

/// A list is searched as long as it has so many times fewer entries than the grid has squares.
const SQUARES_TO_SEARCH: usize = 4;

/// Squares on a side of the grid that [`Places::new`] never needs more than, but for rounding.
const MAX_SIDE: usize = 256;

/// Lengthens or shortens the ends of `bars` to the centre lines of the bars they run into.
pub(super) fn meet(bars: &[Bar], watch: &dyn Watch) -> Result<Vec<Bar>> {
    let places = Places::new(bars);
    in_parts(bars.len(), BETWEEN_CHECKS, watch, |part| {
        watch.check()?;
        let mut near = Near::new(bars);
        let own = bars.iter().enumerate().take(part.end).skip(part.start);
        let met = own.map(|(index, bar)| {
            let mut ways = |at: Point, from: Point| -> Ways {
                let mut ways = Ways::default();
                for &other in places.near(at, &mut near) {
                    if let Some(neighbour) = bars.get(other).filter(|_| other != index) {
                        ways.look_at(bar, [at, from], neighbour, other);
                    }
                }
                ways
            };
            let (one, two) = (ways(bar.a, bar.b), ways(bar.b, bar.a));
            Bar {
                a: one.end(bar.a, &two),
                b: two.end(bar.b, &one),
                ..*bar
            }
        });
        Ok(met.collect())
    })
}

/// Where an end of a bar may go: of each kind the nearest place, how far away it is, and the
/// number of the other bar.
#[derive(Default)]
struct Ways {
    /// To the next chord of a bow.
    bend: Option<(f64, usize, Point)>,
    /// To a corner.
    corner: Option<(f64, usize, Point)>,
    /// To a corner that does not lie beyond the other end.
    onwards: Option<(f64, usize, Point)>,
}

impl Ways {
    /// Takes in what `neighbour` offers to the end of `bar` at the first of `ends`.
    fn look_at(&mut self, bar: &Bar, [at, from]: [Point; 2], neighbour: &Bar, number: usize) {
        let nearer = |slot: &mut Option<(f64, usize, Point)>, away: f64, place: Point| {
            if slot.is_none_or(|(least, first, _)| (away, number) < (least, first)) {
                *slot = Some((away, number, place));
            }
        };
        if let Some(next) = goes_on(bar, at, from, neighbour) {
            nearer(&mut self.bend, next.distance(at), at.towards(next, 0.5));
        }
        let Some(corner) = crossing(bar, neighbour) else {
            return;
        };
        let limit = reach(bar, neighbour);
        let away = corner.distance(at);
        let on_it = neighbour.segment().distance_to(corner) <= limit;
        // A corner must not swallow the bar itself.
        if away <= limit && on_it && corner.distance(from) > 0.3 * bar.length() {
            nearer(&mut self.corner, away, corner);
            let (x, y) = (corner.x - from.x, corner.y - from.y);
            if x * (at.x - from.x) + y * (at.y - from.y) > 0.0 {
                nearer(&mut self.onwards, away, corner);
            }
        }
    }

    /// Where the end at `at` goes when the other one goes by `other`.
    ///
    /// The chord of a bow that comes after the next one crosses a chord that is shorter than thick
    /// beyond its end, which is no corner. Scraps between walls may vanish in a corner, chords not.
    fn end(&self, at: Point, other: &Ways) -> Point {
        let corner = if other.bend.is_some() {
            self.onwards
        } else {
            self.corner
        };
        self.bend.or(corner).map_or(at, |(_, _, place)| place)
    }
}

/// How far the ends of two chords of a bow may be apart, as a share of the thickness: the chords
/// of the inner face are shorter.
const CHORDS_APART: f64 = 0.1;

/// Chords at a smaller angle than this (as its sine) are parts of one straight wall.
const SMALLEST_BEND: f64 = 0.01;

/// The end of `next` at which the wall of `bar` goes on beyond its end `at` with a slight bend, as
/// from chord to chord of a bow; `from` is the other end of `bar`.
fn goes_on(bar: &Bar, at: Point, from: Point, next: &Bar) -> Option<Point> {
    let apart = CHORDS_APART * bar.thickness + 0.3;
    let (near, far) = if next.a.distance(at) <= next.b.distance(at) {
        (next.a, next.b)
    } else {
        (next.b, next.a)
    };
    if near.distance(at) > apart || !same_thickness(bar.thickness, next.thickness) {
        return None;
    }
    let (ux, uy) = (at.x - from.x, at.y - from.y);
    let (vx, vy) = (far.x - near.x, far.y - near.y);
    let turn = (ux * vy - uy * vx).abs() / (bar.length() * next.length()).max(1e-9);
    let onwards = ux * vx + uy * vy > 0.0;
    (onwards && (SMALLEST_BEND..SMALLEST_TURN).contains(&turn)).then_some(near)
}

/// Where the centre lines of two bars would cross; `None` for nearly parallel ones.
pub(super) fn crossing(one: &Bar, two: &Bar) -> Option<Point> {
    let (p, r) = (one.a, (one.b.x - one.a.x, one.b.y - one.a.y));
    let (q, s) = (two.a, (two.b.x - two.a.x, two.b.y - two.a.y));
    let cross = r.0 * s.1 - r.1 * s.0;
    if cross.abs() < SMALLEST_TURN * one.length() * two.length() || cross == 0.0 {
        return None;
    }
    let share = ((q.x - p.x) * s.1 - (q.y - p.y) * s.0) / cross;
    let at = Point::new(p.x + share * r.0, p.y + share * r.1);
    at.is_finite().then_some(at)
}

/// For each bar, at how many of its ends another bar is met at an angle, or ends on it.
///
/// Ends within `slack` count as well: some draughtsmen leave a corner open by half a wall.
pub(super) fn corners(
    bars: &[Bar],
    places: &Places,
    slack: f64,
    watch: &dyn Watch,
) -> Result<Vec<usize>> {
    let mut near = Near::new(bars);
    let mut met: Vec<[bool; 2]> = vec![[false; 2]; bars.len()];
    for (index, bar) in bars.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        for (side, end) in [bar.a, bar.b].into_iter().enumerate() {
            for &other in places.near(end, &mut near) {
                let Some(neighbour) = bars.get(other).filter(|_| other != index) else {
                    continue;
                };
                let is_met = met
                    .get(index)
                    .is_some_and(|ends| ends.get(side) == Some(&true));
                if is_met && met.get(other) == Some(&[true; 2]) {
                    continue;
                }
                let away = neighbour.segment().distance_to(end);
                if away <= reach(bar, neighbour) + slack && crossing(bar, neighbour).is_some() {
                    if let Some(slot) = met.get_mut(index).and_then(|ends| ends.get_mut(side)) {
                        *slot = true;
                    }
                    // A wall that others run into is part of the structure at that place too.
                    if let Some(slot) = met.get_mut(other) {
                        let nearer_b = end.distance(neighbour.b) < end.distance(neighbour.a);
                        if let Some(slot) = slot.get_mut(usize::from(nearer_b)) {
                            *slot = true;
                        }
                    }
                }
            }
        }
    }
    Ok(met
        .into_iter()
        .map(|ends| ends.into_iter().filter(|met| *met).count())
        .collect())
}

/// For each bar the number of its connected group: bars that touch but for `slack`, and those of
/// `linked`. The number is the position of its first bar.
pub(super) fn groups(
    bars: &[Bar],
    places: &Places,
    linked: &[(usize, usize)],
    slack: f64,
    watch: &dyn Watch,
) -> Result<Vec<usize>> {
    let mut near = Near::new(bars);
    let mut parents: Vec<usize> = (0..bars.len()).collect();
    for (index, bar) in bars.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        for end in [bar.a, bar.b] {
            for &other in places.near(end, &mut near) {
                if root(&mut parents, other) != root(&mut parents, index)
                    && let Some(neighbour) = bars.get(other)
                    && neighbour.segment().distance_to(end) <= reach(bar, neighbour) + slack
                {
                    unite(&mut parents, index, other);
                }
            }
        }
    }
    for &(one, two) in linked {
        unite(&mut parents, one, two);
    }
    Ok((0..bars.len())
        .map(|index| root(&mut parents, index))
        .collect())
}

/// For each of `count` things the number of its group: those that `pairs` link.
pub(super) fn linked(count: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..count).collect();
    for &(one, two) in pairs {
        unite(&mut parents, one, two);
    }
    (0..count).map(|index| root(&mut parents, index)).collect()
}

fn unite(parents: &mut [usize], one: usize, two: usize) {
    let (one, two) = (root(parents, one), root(parents, two));
    if let Some(parent) = parents.get_mut(one.max(two)) {
        *parent = one.min(two);
    }
}

fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while let Some(&parent) = parents.get(at) {
        if parent == at {
            break;
        }
        // Halving the path keeps later look-ups short.
        let grandparent = parents.get(parent).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(at) {
            *slot = grandparent;
        }
        at = grandparent;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::WallStyle;
    use crate::watch::Unwatched;

    fn bar(a: (f64, f64), b: (f64, f64)) -> Bar {
        Bar {
            a: Point::new(a.0, a.1),
            b: Point::new(b.0, b.1),
            thickness: 6.0,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn ends_meet_in_corners_and_at_walls() {
        let bars = [
            bar((3.0, 0.0), (97.0, 0.0)),
            bar((100.0, 3.0), (100.0, 100.0)),
            bar((50.0, 4.0), (50.0, 80.0)),
            bar((300.0, 300.0), (400.0, 300.0)),
        ];
        let met = meet(&bars, &Unwatched).unwrap();
        assert_eq!(met[0].b, Point::new(100.0, 0.0));
        assert_eq!(met[1].a, Point::new(100.0, 0.0));
        assert_eq!(met[2].a, Point::new(50.0, 0.0));
        assert_eq!(met[0].a, Point::new(3.0, 0.0));
        let groups = groups(&met, &Places::new(&met), &[], 0.0, &Unwatched).unwrap();
        assert_eq!(groups, [0, 0, 0, 3]);
    }

    #[test]
    fn many_bars_meet_as_few_do() {
        // More than one part of them, a corner each, and neighbours in other parts.
        let corner = |number: u32| {
            let x = 40.0 * f64::from(number);
            [
                bar((x + 3.0, 0.0), (x + 30.0, 0.0)),
                bar((x, 3.0), (x, 30.0)),
            ]
        };
        let corners: Vec<[Bar; 2]> = (0..900).map(corner).collect();
        // All that lie, and then all that stand.
        let kinds = [0, 1].map(|kind| corners.iter().map(move |bars| bars[kind]));
        let bars: Vec<Bar> = kinds.into_iter().flatten().collect();
        let met = meet(&bars, &Unwatched).unwrap();
        for (number, pair) in corners.iter().enumerate() {
            let alone = meet(pair, &Unwatched).unwrap();
            assert_eq!([met[number], met[900 + number]], alone[..]);
            assert_eq!(alone[0].a, alone[1].a);
        }
    }

    #[test]
    fn chords_of_a_bow_that_are_shorter_than_thick_end_where_the_next_begins() {
        let at = |step: i32| {
            let angle = f64::from(6 * step).to_radians();
            (60.0 * angle.cos(), 60.0 * angle.sin())
        };
        let bars: Vec<Bar> = (0..15)
            .map(|step| Bar {
                thickness: 14.0,
                ..bar(at(step), at(step + 1))
            })
            .collect();
        let met = meet(&bars, &Unwatched).unwrap();
        for (met, drawn) in met.iter().zip(&bars).skip(1).take(13) {
            assert!(met.a.distance(drawn.a) < 1e-9 && met.b.distance(drawn.b) < 1e-9);
        }
        // The free ends may be cut back, but not beyond the other end.
        assert!(met[0].a.distance(met[0].b) <= bars[0].length() + 1e-9);
    }
}
