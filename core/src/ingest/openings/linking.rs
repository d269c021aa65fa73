//! Candidates among each other: double doors, doubles, and openings side by side.

use std::collections::HashMap;

use crate::error::Result;
use crate::ingest::rooms::Line;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::candidate::{Candidate, Symbol};

/// Two leaves of one door meet within this share of the wider one.
const LEAVES_MEET: f64 = 0.2;

/// Openings side by side are parted by a post or a pier of at most this many usual walls.
const WIDEST_PIER: f64 = 3.0;

/// Makes one door of two leaves that shut against each other.
pub(super) fn double_doors(doors: Vec<Candidate>, watch: &dyn Watch) -> Result<Vec<Candidate>> {
    let mut used = vec![false; doors.len()];
    let mut pairs: Vec<(usize, Candidate)> = Vec::new();
    let ends = Ends::new(doors.iter().map(|door| door.axis.b).enumerate(), watch)?;
    for (index, door) in doors.iter().enumerate() {
        if used.get(index).copied().unwrap_or(true) {
            continue;
        }
        let slack = LEAVES_MEET * door.width();
        let mate = ends.near(door.axis.b, slack).into_iter().find(|&other| {
            other > index
                && used.get(other) == Some(&false)
                && doors
                    .get(other)
                    .is_some_and(|mate| shut_together(door, mate))
        });
        if let Some(other) = mate
            && let Some(mate) = doors.get(other)
        {
            for flag in [index, other] {
                if let Some(flag) = used.get_mut(flag) {
                    *flag = true;
                }
            }
            let mut leaves = door.leaves.clone();
            leaves.extend_from_slice(&mate.leaves);
            pairs.push((
                index,
                Candidate {
                    axis: Segment::new(door.axis.a, mate.axis.a),
                    meets: [door.meets[0], mate.meets[0]],
                    thickness: None,
                    symbol: Symbol::Swing,
                    leaves,
                    misfit: 0.5 * (hinge_misfit(door) + hinge_misfit(mate)),
                },
            ));
        }
    }
    let singles = doors
        .into_iter()
        .enumerate()
        .zip(used)
        .filter(|(_, used)| !used);
    let mut all: Vec<(usize, Candidate)> = singles.map(|(single, _)| single).collect();
    all.append(&mut pairs);
    all.sort_by_key(|(index, _)| *index);
    Ok(all.into_iter().map(|(_, door)| door).collect())
}

fn hinge_misfit(door: &Candidate) -> f64 {
    door.meets[0]
        .as_ref()
        .map_or(1.0, |end| end.distance.abs() / door.width().max(1e-9))
}

/// Whether two leaves hang on opposite sides of one opening. Their free edges meet, and neither
/// has a wall there.
fn shut_together(one: &Candidate, two: &Candidate) -> bool {
    let size = one.width().max(two.width());
    let loose = one.meets[1].is_none() || two.meets[1].is_none();
    let across = one.axis.a.distance(two.axis.a);
    loose
        && one.axis.b.distance(two.axis.b) <= LEAVES_MEET * size
        && across >= 0.9 * (one.width() + two.width()) - LEAVES_MEET * size
        && one.width().min(two.width()) >= 0.3 * size
}

/// Adds what does not lie over something that is there already; better fits come first.
pub(super) fn add_without_overlap(
    found: &mut Vec<Candidate>,
    others: Vec<Candidate>,
    usual: f64,
    watch: &dyn Watch,
) -> Result<()> {
    let mut waiting: Vec<Candidate> = std::mem::take(found);
    // Doors with arcs first: panels and thresholds are drawn in them as well.
    waiting.extend(others);
    let mut order: Vec<usize> = (0..waiting.len()).collect();
    order.sort_by(|&one, &two| {
        let key = |at: usize| {
            waiting.get(at).map_or((2, 9.0), |candidate| {
                let closed = if candidate.is_closed() { 0.0 } else { 1.0 };
                (
                    u8::from(candidate.symbol != Symbol::Swing),
                    closed + candidate.misfit,
                )
            })
        };
        let (one_key, two_key) = (key(one), key(two));
        one_key
            .0
            .cmp(&two_key.0)
            .then(one_key.1.total_cmp(&two_key.1))
            .then(one.cmp(&two))
    });
    let mut places = Ends::empty();
    let mut kept: Vec<Candidate> = Vec::new();
    let widest = waiting.iter().map(Candidate::width).fold(0.0_f64, f64::max);
    for (count, index) in order.into_iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let Some(candidate) = waiting.get(index) else {
            continue;
        };
        let middle = candidate.axis.a.towards(candidate.axis.b, 0.5);
        let near = places.near(middle, 0.5 * (candidate.width() + widest));
        let doubled = near
            .into_iter()
            .filter_map(|at| kept.get(at))
            .any(|other| other.overlap(candidate, (1.5 * usual).min(0.4 * other.width())) > 0.3);
        if !doubled {
            places.add(kept.len(), middle);
            kept.push(candidate.clone());
        }
    }
    *found = kept;
    Ok(())
}

/// Takes those out of `gaps` that something in `found` lies in.
pub(super) fn without_overlap(
    found: &[Candidate],
    gaps: &mut Vec<Candidate>,
    usual: f64,
    watch: &dyn Watch,
) -> Result<()> {
    let middle = |candidate: &Candidate| candidate.axis.a.towards(candidate.axis.b, 0.5);
    let places = Ends::new(found.iter().map(middle).enumerate(), watch)?;
    let widest = found.iter().map(Candidate::width).fold(0.0_f64, f64::max);
    let mut free = Vec::with_capacity(gaps.len());
    for (count, gap) in gaps.drain(..).enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let near = places.near(middle(&gap), 0.5 * (gap.width() + widest));
        let mut others = near.into_iter().filter_map(|at| found.get(at));
        if !others.any(|other| other.overlap(&gap, (1.5 * usual).min(0.4 * other.width())) > 0.3) {
            free.push(gap);
        }
    }
    *gaps = free;
    Ok(())
}

/// Makes one opening of two panels, each from its side of the gap to about its middle.
pub(super) fn sliding_pairs(
    found: &[Candidate],
    usual: f64,
    watch: &dyn Watch,
) -> Result<Vec<Candidate>> {
    let middle = |candidate: &Candidate| candidate.axis.a.towards(candidate.axis.b, 0.5);
    let places = Ends::new(found.iter().map(middle).enumerate(), watch)?;
    let mut used = vec![false; found.len()];
    let mut kept = Vec::with_capacity(found.len());
    for (index, candidate) in found.iter().enumerate() {
        if index % 64 == 0 {
            watch.check()?;
        }
        if used.get(index).copied().unwrap_or(true) {
            continue;
        }
        let mate = outer_end(candidate).and_then(|start| {
            let near = places.near(middle(candidate), 1.5 * candidate.width());
            near.into_iter()
                .filter(|&other| other > index && used.get(other) == Some(&false))
                .find_map(|other| {
                    let mate = found.get(other)?;
                    let end = outer_end(mate)?;
                    let whole = start.0.distance(end.0);
                    let parts = candidate.width() + mate.width();
                    let is_pair = mate.symbol == candidate.symbol
                        && (candidate.width() - mate.width()).abs() <= 0.35 * candidate.width()
                        && (0.7..=1.1).contains(&(whole / parts.max(1e-9)))
                        && whole > 1.2 * candidate.width()
                        && Segment::new(start.0, end.0).distance_to(loose_end(candidate)) <= usual;
                    is_pair.then_some((other, start, end))
                })
        });
        match mate {
            Some((other, start, end)) => {
                if let Some(flag) = used.get_mut(other) {
                    *flag = true;
                }
                kept.push(Candidate {
                    axis: Segment::new(start.0, end.0),
                    meets: [Some(start.1), Some(end.1)],
                    ..candidate.clone()
                });
            }
            None => kept.push(candidate.clone()),
        }
    }
    Ok(kept)
}

/// The end that meets a wall, if the other one meets none.
fn outer_end(candidate: &Candidate) -> Option<(Point, super::bodies::Abutment)> {
    match candidate.meets {
        [Some(end), None] => Some((candidate.axis.a, end)),
        [None, Some(end)] => Some((candidate.axis.b, end)),
        _ => None,
    }
}

/// The end that meets no wall, or the second one.
fn loose_end(candidate: &Candidate) -> Point {
    if candidate.meets[0].is_none() {
        candidate.axis.a
    } else {
        candidate.axis.b
    }
}

/// Joins ends that meet no wall to such ends of other openings beside them, drops what is still
/// loose, and gives the centre lines of the joints.
///
/// Between a door and a window there may be a post too small to be seen as a wall. Each of the
/// two must meet a wall with its other end, or a piece of furniture would do.
pub(super) fn link_loose_ends(
    found: &mut Vec<Candidate>,
    usual: f64,
    watch: &dyn Watch,
) -> Result<Vec<Line>> {
    let loose: Vec<(usize, Point)> = found
        .iter()
        .enumerate()
        .filter_map(|(index, candidate)| match candidate.meets {
            [None, Some(_)] => Some((2 * index, candidate.axis.a)),
            [Some(_), None] => Some((2 * index + 1, candidate.axis.b)),
            _ => None,
        })
        .collect();
    let places = Ends::new(loose.iter().copied(), watch)?;
    let at: HashMap<usize, Point> = loose.iter().copied().collect();
    let mut linked = vec![false; found.len()];
    let mut links = Vec::new();
    for (count, &(own, end)) in loose.iter().enumerate() {
        if count % 64 == 0 {
            watch.check()?;
        }
        let Some(candidate) = found.get(own / 2) else {
            continue;
        };
        if linked.get(own / 2).copied().unwrap_or(true) {
            continue;
        }
        let length = candidate.width().max(1e-9);
        let start = if own % 2 == 0 {
            candidate.axis.b
        } else {
            candidate.axis.a
        };
        let (dx, dy) = ((end.x - start.x) / length, (end.y - start.y) / length);
        let reach = WIDEST_PIER * usual.max(candidate.thickness.unwrap_or(0.0));
        let mate = places
            .near(end, reach)
            .into_iter()
            .filter(|other| other / 2 != own / 2 && linked.get(other / 2) == Some(&false))
            .filter(|other| {
                found
                    .get(other / 2)
                    .is_some_and(|mate| vouch(candidate, mate))
            })
            .filter_map(|other| at.get(&other).map(|point| (other, *point)))
            .filter(|(_, point)| {
                // Straight on, or round the corner of a post.
                (point.x - end.x) * dx + (point.y - end.y) * dy > -0.5 * usual
            })
            .min_by(|one, two| {
                let nearer = end.distance(one.1).total_cmp(&end.distance(two.1));
                nearer.then(one.0.cmp(&two.0))
            });
        if let Some((other, point)) = mate {
            for slot in [own / 2, other / 2] {
                if let Some(flag) = linked.get_mut(slot) {
                    *flag = true;
                }
            }
            links.push(Line {
                a: end,
                b: point,
                half: 0.5 * usual,
                wall: None,
            });
        }
    }
    let mut flags = linked.into_iter();
    found.retain(|candidate| {
        let linked = flags.next().unwrap_or(false);
        linked || lies_in_wall(candidate) || candidate.is_closed()
    });
    Ok(links)
}

/// Whether two openings with a post between them make each other more likely: a door is one by its
/// arc, and windows in one wall are as thick as each other. Pieces of furniture are not.
fn vouch(one: &Candidate, two: &Candidate) -> bool {
    if one.symbol == Symbol::Swing || two.symbol == Symbol::Swing {
        return true;
    }
    match (one.thickness, two.thickness) {
        (Some(one), Some(two)) => (one - two).abs() <= 0.2 * one.max(two),
        _ => false,
    }
}

/// Whether it was found inside an unbroken wall, so that nothing needs to be closed.
fn lies_in_wall(candidate: &Candidate) -> bool {
    candidate.symbol == Symbol::Glazing && candidate.meets.iter().all(Option::is_none)
}

/// Points by place.
struct Ends {
    size: f64,
    all: Vec<(usize, Point)>,
    /// Looked up by key only; its order never shows.
    cells: HashMap<(i64, i64), Vec<(usize, Point)>>,
}

/// Points between two looks at the watch.
const BETWEEN_CHECKS: usize = 4_096;

/// The side of a cell, in points.
const CELL_PT: f64 = 24.0;

impl Ends {
    fn empty() -> Ends {
        Ends {
            size: CELL_PT,
            all: Vec::new(),
            cells: HashMap::new(),
        }
    }

    fn new(points: impl Iterator<Item = (usize, Point)>, watch: &dyn Watch) -> Result<Ends> {
        let mut ends = Ends::empty();
        for (count, (index, point)) in points.enumerate() {
            if count % BETWEEN_CHECKS == 0 {
                watch.check()?;
            }
            ends.add(index, point);
        }
        Ok(ends)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    fn key(&self, point: Point) -> (i64, i64) {
        (
            (point.x / self.size).floor() as i64,
            (point.y / self.size).floor() as i64,
        )
    }

    fn add(&mut self, index: usize, point: Point) {
        let key = self.key(point);
        self.all.push((index, point));
        self.cells.entry(key).or_default().push((index, point));
    }

    /// Points within `reach`, in order.
    fn near(&self, point: Point, reach: f64) -> Vec<usize> {
        let (x0, y0) = self.key(Point::new(point.x - reach, point.y - reach));
        let (x1, y1) = self.key(Point::new(point.x + reach, point.y + reach));
        let is_near = |(_, at): &&(usize, Point)| at.distance(point) <= reach;
        let mut found = Vec::new();
        let (columns, rows) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
        if columns.saturating_mul(rows) > i64::try_from(self.all.len()).unwrap_or(i64::MAX) {
            // More cells than points.
            found.extend(self.all.iter().filter(is_near).map(|(index, _)| *index));
        } else {
            for x in x0..=x1 {
                for y in y0..=y1 {
                    let list = self.cells.get(&(x, y)).into_iter().flatten();
                    found.extend(list.filter(is_near).map(|(index, _)| *index));
                }
            }
        }
        found.sort_unstable();
        found
    }
}
