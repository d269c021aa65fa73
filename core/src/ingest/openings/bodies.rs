//! Where wall bodies are, and where the end of an opening meets one.

use crate::ingest::cells::Cells;
use crate::plan::{Point, Segment, Wall};

use super::arcs::Arc;

/// Walls at a smaller angle than this (as its sine) to an opening go on beyond it.
const PARALLEL: f64 = 0.08;

/// Chords of a bow are at a smaller angle than this to its tangents, as a sine.
const BOW_PARALLEL: f64 = 0.15;

/// Where along an arc it is looked whether it lies along walls, as shares of it.
const LOOKED_AT: [f64; 5] = [0.13, 0.31, 0.5, 0.67, 0.86];

/// The wall bodies of a plan.
pub(super) struct Bodies<'a> {
    walls: &'a [Wall],
    /// The unit vector along each wall.
    directions: Vec<(f64, f64)>,
    /// For each wall the stretches along it where it is drawn, in points from its end `a`.
    drawn: &'a [Vec<(f64, f64)>],
    cells: Cells,
    thickest: f64,
}

/// What the end of an opening meets.
#[derive(Debug, Clone, Copy)]
pub(super) struct Abutment {
    /// The wall, as a position in the list of walls.
    pub(super) wall: usize,
    /// Where the centre line that closes the opening ends: on that of the wall.
    pub(super) at: Point,
    /// From the end of the opening to the body; negative if it reaches into it.
    pub(super) distance: f64,
    /// Whether the wall goes on in the direction of the opening.
    pub(super) goes_on: bool,
}

impl<'a> Bodies<'a> {
    pub(super) fn new(walls: &'a [Wall], drawn: &'a [Vec<(f64, f64)>]) -> Bodies<'a> {
        Bodies {
            walls,
            directions: walls.iter().map(direction).collect(),
            drawn,
            cells: Cells::new(walls.iter().map(Wall::segment)),
            thickest: walls
                .iter()
                .fold(0.0, |most, wall| most.max(wall.thickness_pt)),
        }
    }

    pub(super) fn walls(&self) -> &'a [Wall] {
        self.walls
    }

    pub(super) fn wall(&self, index: usize) -> Option<&'a Wall> {
        self.walls.get(index)
    }

    pub(super) fn stretches(&self, index: usize) -> &'a [(f64, f64)] {
        self.drawn.get(index).map_or(&[], Vec::as_slice)
    }

    /// The wall along (`dx`, `dy`) in whose drawn body `point` is.
    pub(super) fn along_at(&self, point: Point, along: (f64, f64)) -> Option<usize> {
        self.beside(point, along, 0.0)
    }

    /// The wall along (`dx`, `dy`) in whose drawn body `point` is, or off it by up to `aside`.
    pub(super) fn beside(&self, point: Point, (dx, dy): (f64, f64), aside: f64) -> Option<usize> {
        self.cells
            .near(point, 0.5 * self.thickest + aside)
            .into_iter()
            .find(|&index| {
                let is_along = |(wx, wy): (f64, f64)| (dx * wy - dy * wx).abs() < PARALLEL;
                self.directions.get(index).copied().is_some_and(is_along)
                    && self.is_in(index, point, aside)
            })
    }

    /// Whether `point` is in the drawn body of a wall, whichever way that runs.
    pub(super) fn hold(&self, point: Point) -> bool {
        self.cells.any_near(point, 0.5 * self.thickest, |index| {
            self.is_in(index, point, 0.0)
        })
    }

    /// Whether `point` is in the drawn body of a wall, or off it by up to `aside`.
    fn is_in(&self, index: usize, point: Point, aside: f64) -> bool {
        let (Some(wall), Some(&along)) = (self.walls.get(index), self.directions.get(index)) else {
            return false;
        };
        let (s, off) = position_along(wall, along, point);
        let mut stretches = self.stretches(index).iter();
        off.abs() <= 0.5 * wall.thickness_pt + aside
            && stretches.any(|(from, to)| s > *from && s < *to)
    }

    /// What lies from `point` in the direction (`dx`, `dy`) within `reach` points. Walls that go
    /// on in that direction may be off the line by half of their thickness and `aside` more.
    pub(super) fn abutment(
        &self,
        point: Point,
        towards: (f64, f64),
        reach: f64,
        aside: f64,
    ) -> Option<Abutment> {
        self.abutment_but(None, point, towards, reach, aside)
    }

    /// Whether the end of wall `own` at `end` is in the body of another wall, or touches it.
    pub(super) fn meets_other(&self, own: usize, end: Point) -> bool {
        let half = 0.5 * self.walls.get(own).map_or(0.0, |wall| wall.thickness_pt);
        self.cells.any_near(end, half + self.thickest, |other| {
            let is_near = |wall: &Wall| {
                wall.segment().distance_to(end) <= 1.05 * (half + 0.5 * wall.thickness_pt) + 0.3
            };
            other != own && self.walls.get(other).is_some_and(is_near)
        })
    }

    /// Whether no wall stands before `opening` within `reach` on one of its sides, so that it is in
    /// an outer wall.
    pub(super) fn are_outside(&self, opening: Segment, reach: f64) -> bool {
        let (dx, dy) = super::sticks::unit(opening);
        let middle = opening.a.towards(opening.b, 0.5);
        let mut before = [false; 2];
        for wall in self.walls {
            let side = |point: Point| {
                let (x, y) = (point.x - middle.x, point.y - middle.y);
                (x * dx + y * dy, y * dx - x * dy)
            };
            let ((one, off_one), (two, off_two)) = (side(wall.a), side(wall.b));
            if one * two > 0.0 || (one - two).abs() < 1e-9 {
                continue;
            }
            let off = off_one + (off_two - off_one) * one / (one - two);
            if off.abs() > wall.thickness_pt
                && off.abs() <= reach
                && let Some(side) = before.get_mut(usize::from(off > 0.0))
            {
                *side = true;
            }
        }
        before != [true; 2]
    }

    /// Whether `line` is a face of a wall, or lies in one.
    pub(super) fn has_face(&self, line: Segment) -> bool {
        let middle = line.a.towards(line.b, 0.5);
        self.lies_along(middle, super::sticks::unit(line), PARALLEL)
    }

    /// Whether most of `arc` lies along the faces of walls: it is one of a bow then.
    pub(super) fn has_bow(&self, arc: &Arc) -> bool {
        let lies = |share: &&f64| {
            let (point, tangent) = arc.at(**share);
            self.lies_along(point, tangent, BOW_PARALLEL)
        };
        let along = LOOKED_AT.iter().filter(lies).count();
        5 * along >= 4 * LOOKED_AT.len()
    }

    /// Whether `point` is at a face of a wall along (`dx`, `dy`), or between its faces.
    fn lies_along(&self, point: Point, (dx, dy): (f64, f64), parallel: f64) -> bool {
        self.cells.any_near(point, self.thickest, |index| {
            self.walls.get(index).is_some_and(|wall| {
                let (wx, wy) = direction(wall);
                let (s, off) = position(wall, point);
                (dx * wy - dy * wx).abs() < parallel
                    && off.abs() <= 0.6 * wall.thickness_pt + 0.3
                    && s > 0.0
                    && s < wall.length_pt()
            })
        })
    }

    /// [`abutment`](Self::abutment) on any wall but `except`.
    pub(super) fn abutment_but(
        &self,
        except: Option<usize>,
        point: Point,
        (dx, dy): (f64, f64),
        reach: f64,
        aside: f64,
    ) -> Option<Abutment> {
        let mut best: Option<(f64, Abutment)> = None;
        let margin = reach.max(aside) + self.thickest;
        self.cells.each_near(point, margin, |index| {
            if except == Some(index) {
                return;
            }
            let Some(found) = self.met(index, point, (dx, dy), reach, aside) else {
                return;
            };
            // A wall that goes on is the better neighbour where both are met.
            let half = 0.5 * self.walls.get(index).map_or(0.0, |wall| wall.thickness_pt);
            let rank = found.distance.abs() + if found.goes_on { 0.0 } else { 0.2 * half };
            let is_better = |(least, known): &(f64, Abutment)| {
                rank.total_cmp(least).then(index.cmp(&known.wall)).is_lt()
            };
            if best.as_ref().is_none_or(is_better) {
                best = Some((rank, found));
            }
        });
        best.map(|(_, found)| found)
    }

    /// Where wall `index` lies from `point` in the direction (`dx`, `dy`) within `reach` points.
    fn met(
        &self,
        index: usize,
        point: Point,
        (dx, dy): (f64, f64),
        reach: f64,
        aside: f64,
    ) -> Option<Abutment> {
        let wall = self.walls.get(index)?;
        let (wx, wy) = *self.directions.get(index)?;
        let half = 0.5 * wall.thickness_pt;
        let (s, off) = position_along(wall, (wx, wy), point);
        let cross = dx * wy - dy * wx;
        if cross.abs() < PARALLEL {
            if off.abs() > half + aside {
                return None;
            }
            let forwards = dx * wx + dy * wy > 0.0;
            // The drawn stretch that begins nearest to the end of the opening.
            let near_end = |(from, to): &(f64, f64)| {
                if forwards {
                    (*from, from - s)
                } else {
                    (*to, s - to)
                }
            };
            let allowed = |(_, away): &(f64, f64)| (-half - aside..=reach).contains(away);
            let stretches = self.stretches(index).iter().map(near_end).filter(allowed);
            let nearest = stretches.min_by(|one, two| one.1.abs().total_cmp(&two.1.abs()));
            return nearest.map(|(end, away)| Abutment {
                wall: index,
                at: Point::new(wall.a.x + wx * end, wall.a.y + wy * end),
                distance: away,
                goes_on: true,
            });
        }
        // How far it is to the centre line of the wall, and where on it that is.
        let ahead = ((wall.a.x - point.x) * wy - (wall.a.y - point.y) * wx) / cross;
        let depth = half / cross.abs();
        let away = ahead - depth;
        if away > reach || away < -2.0 * depth - 0.5 * aside {
            return None;
        }
        let at = Point::new(point.x + dx * ahead, point.y + dy * ahead);
        let (s, _) = position_along(wall, (wx, wy), at);
        let mut stretches = self.stretches(index).iter();
        let is_there =
            stretches.any(|(from, to)| s >= from - half - aside && s <= to + half + aside);
        is_there.then_some(Abutment {
            wall: index,
            at,
            distance: away,
            goes_on: false,
        })
    }
}

/// The unit vector along a wall.
pub(super) fn direction(wall: &Wall) -> (f64, f64) {
    let length = wall.length_pt().max(1e-9);
    (
        (wall.b.x - wall.a.x) / length,
        (wall.b.y - wall.a.y) / length,
    )
}

/// Where `point` is along a wall and off it.
pub(super) fn position(wall: &Wall, point: Point) -> (f64, f64) {
    position_along(wall, direction(wall), point)
}

/// The same for a wall whose direction is known.
fn position_along(wall: &Wall, (wx, wy): (f64, f64), point: Point) -> (f64, f64) {
    let (dx, dy) = (point.x - wall.a.x, point.y - wall.a.y);
    (dx * wx + dy * wy, dy * wx - dx * wy)
}
