//! Fixtures of each room's type, with the space that they need, clear of doors and each other.

use crate::layout::check::{FreeSpace, Sector, View, front_of, place_of};
use crate::layout::rules::Rules;
use crate::layout::{
    Anchor, Brief, Fixture, FixtureSpec, Layout, Plate, Point, Rect, Ring, room_type,
};

/// Step between places that are tried, in mm.
const STEP_MM: i64 = 100;

/// Depth that stays free inside a door, whichever way it opens, in mm: a person and the leaf of
/// the neighbour.
const DOOR_FREE_MM: i64 = 800;

/// Width of a person between fixtures, in mm.
const PASSAGE_MM: i64 = 500;

/// Places the fixtures of all rooms. Returns what was left out and how many were wanted.
pub(super) fn place(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    layout: &mut Layout,
) -> (Vec<(String, String)>, usize) {
    let mut left_out = Vec::new();
    let mut wanted = 0;
    let mut all: Vec<Fixture> = Vec::new();
    {
        let view = View::new(layout, plate, brief, rules);
        for (room, asked) in layout.rooms.iter().zip(&brief.rooms) {
            let Some(kind) = room_type(&room.room_type).filter(|_| asked.fixtures) else {
                continue;
            };
            let mut doors = Vec::new();
            let mut sectors = Vec::new();
            let mut starts = Vec::new();
            for door in layout
                .doors
                .iter()
                .filter(|door| door.connects.contains(&room.id))
            {
                let Some(place) = place_of(&view, door) else {
                    continue;
                };
                let inwards = door.opens_into == room.id;
                let (a, b) = if inwards { place.face } else { place.far_face };
                starts.push(Point::new(
                    (a.x + b.x).div_euclid(2),
                    (a.y + b.y).div_euclid(2),
                ));
                doors.push(free_inside(&room.net_boundary, a, b));
                if inwards {
                    sectors.extend(place.sectors);
                }
            }
            let floor = Floor {
                net: &room.net_boundary,
                rect: room
                    .net_boundary
                    .as_rect()
                    .filter(|_| room.net_holes.is_empty()),
                holes: &room.net_holes,
                doors,
                sectors,
                starts,
                bodies: Vec::new(),
            };
            let specs: Vec<(&FixtureSpec, usize)> = kind
                .fixtures
                .iter()
                .map(|spec| (spec, count_of(spec, room.net_area_mm2, asked.seats)))
                .collect();
            wanted += specs.iter().map(|(_, count)| count).sum::<usize>();
            let (bodies, lost) = floor.furnish(&specs);
            left_out.extend(lost.into_iter().map(|kind| (room.id.clone(), kind)));
            for body in bodies {
                all.push(Fixture {
                    id: format!("f-{}", all.len() + 1),
                    room_id: room.id.clone(),
                    room_name: room.name.clone(),
                    ..body
                });
            }
        }
    }
    layout.fixtures = all;
    (left_out, wanted)
}

fn count_of(spec: &FixtureSpec, area: i64, seats: Option<u32>) -> usize {
    let by_area = spec
        .per_m2
        .map_or(0.0, |each| (area as f64 / 1e6 / each).floor());
    let by_seats = match (seats, spec.per_seats) {
        (Some(seats), Some(each)) => Some((f64::from(seats) / each).ceil()),
        _ => None,
    };
    let wanted = by_seats.unwrap_or_else(|| by_area.max(f64::from(spec.count)));
    (wanted as usize).min(spec.most as usize)
}

/// The floor inside a door that stays free.
fn free_inside(net: &Ring, a: Point, b: Point) -> Rect {
    let vertical = a.x == b.x;
    let middle = Point::new((a.x + b.x).div_euclid(2), (a.y + b.y).div_euclid(2));
    let probe = if vertical {
        middle.shifted(60, 0)
    } else {
        middle.shifted(0, 60)
    };
    let sign = if net.contains(probe) { 1 } else { -1 };
    let (dx, dy) = if vertical {
        (sign * DOOR_FREE_MM, 0)
    } else {
        (0, sign * DOOR_FREE_MM)
    };
    Rect::new(a.x, a.y, b.x + dx, b.y + dy)
}

/// A room while it is furnished.
#[derive(Clone)]
struct Floor<'a> {
    net: &'a Ring,
    rect: Option<Rect>,
    holes: &'a [Ring],
    doors: Vec<Rect>,
    sectors: Vec<Sector>,
    starts: Vec<Point>,
    bodies: Vec<Fixture>,
}

impl Floor<'_> {
    /// Places what is wanted in several orders, and keeps the one in which most finds a place.
    /// Returns the fixtures, and the kinds that were left out.
    fn furnish(&self, specs: &[(&FixtureSpec, usize)]) -> (Vec<Fixture>, Vec<String>) {
        let mut walls_first: Vec<usize> = (0..specs.len()).collect();
        walls_first.sort_by_key(|i| {
            specs
                .get(*i)
                .is_some_and(|(spec, _)| spec.anchor == Anchor::Centre)
        });
        let as_listed: Vec<usize> = (0..specs.len()).collect();
        let mut last_first = as_listed.clone();
        last_first.reverse();
        let mut best: Option<(usize, Vec<Fixture>, Vec<String>)> = None;
        for order in [as_listed, walls_first, last_first] {
            let mut floor = self.clone();
            let mut lost = Vec::new();
            for (spec, count) in order.iter().filter_map(|i| specs.get(*i)) {
                let placed = floor.add_in_some_size(spec, *count);
                lost.extend((placed..*count).map(|_| spec.kind.clone()));
            }
            lost.extend(floor.drop_unreachable());
            // What a room is wrong without weighs more than anything else.
            let needed = |kind: &String| {
                specs
                    .iter()
                    .any(|(spec, _)| spec.required && spec.kind == *kind)
            };
            let weight = lost.len() + 100 * lost.iter().filter(|kind| needed(kind)).count();
            if best.as_ref().is_none_or(|(least, ..)| weight < *least) {
                best = Some((weight, floor.bodies, lost));
            }
            if weight == 0 {
                break;
            }
        }
        best.map(|(_, bodies, lost)| (bodies, lost))
            .unwrap_or_default()
    }

    /// Adds up to `count` fixtures, smaller ones where the usual size does not fit.
    fn add_in_some_size(&mut self, spec: &FixtureSpec, count: usize) -> usize {
        let mut placed = self.add(spec, count);
        for [width, depth] in &spec.or_mm {
            if placed < count {
                let smaller = FixtureSpec {
                    width_mm: *width,
                    depth_mm: *depth,
                    ..spec.clone()
                };
                placed += self.add(&smaller, count - placed);
            }
        }
        placed
    }

    /// Adds up to `count` fixtures; returns how many found a place.
    fn add(&mut self, spec: &FixtureSpec, count: usize) -> usize {
        let places = match spec.anchor {
            Anchor::Wall | Anchor::Corner => self.along_walls(spec),
            Anchor::Centre => self.around_middle(spec),
            Anchor::Rows => self.in_rows(spec, count),
        };
        let mut placed = 0;
        // What is needed may do with less space around it than it should have.
        let passes: &[bool] = if spec.required {
            &[true, false]
        } else {
            &[true]
        };
        for strict in passes {
            while placed < count {
                let mut best: Option<(i64, Fixture)> = None;
                for (rank, fixture) in places.iter().enumerate() {
                    if !self.fits(fixture, *strict) {
                        continue;
                    }
                    let price = self.price(spec, fixture, rank);
                    let better = best.as_ref().is_none_or(|(least, _)| price < *least);
                    if better {
                        best = Some((price, fixture.clone()));
                    }
                    if matches!(spec.anchor, Anchor::Centre | Anchor::Rows) {
                        break;
                    }
                }
                match best {
                    Some((_, fixture)) => {
                        self.bodies.push(fixture);
                        placed += 1;
                    }
                    None => break,
                }
            }
        }
        placed
    }

    fn contains(&self, body: &Rect) -> bool {
        if let Some(rect) = self.rect {
            return rect.contains_rect(body);
        }
        let corners = body.ring();
        let in_net = corners
            .points()
            .iter()
            .all(|corner| self.net.contains(*corner));
        if !in_net || self.holes.iter().any(|hole| hole.bounds().overlaps(body)) {
            return false;
        }
        // An outline that comes back into the box has an edge through it.
        !self.net.edges().any(|(a, b)| {
            let edge = Rect::new(a.x, a.y, b.x, b.y);
            let crosses = edge.x0 < body.x1 && body.x0 < edge.x1
                || edge.x0 == edge.x1 && body.x0 < edge.x0 && edge.x0 < body.x1;
            let level = edge.y0 < body.y1 && body.y0 < edge.y1
                || edge.y0 == edge.y1 && body.y0 < edge.y0 && edge.y0 < body.y1;
            crosses && level
        })
    }

    fn fits(&self, fixture: &Fixture, strict: bool) -> bool {
        let body = fixture.footprint();
        let around = fixture.with_clearance();
        self.contains(&body)
            && !self.doors.iter().any(|door| door.overlaps(&body))
            && !self.sectors.iter().any(|sector| sector.meets_rect(&body))
            && !self.bodies.iter().any(|other| {
                let other_body = other.footprint();
                other_body.overlaps(&body)
                    || (strict
                        && (around.overlaps(&other_body) || other.with_clearance().overlaps(&body)))
            })
            && (!strict || self.contains(&around))
    }

    /// Against its neighbours and corners, and away from the door.
    fn price(&self, spec: &FixtureSpec, fixture: &Fixture, rank: usize) -> i64 {
        let body = fixture.footprint();
        if spec.anchor != Anchor::Wall && spec.anchor != Anchor::Corner {
            return rank as i64;
        }
        let bounds = self.net.bounds();
        let sideways = fixture.rotation_deg % 180 == 0;
        let gap = if sideways {
            (body.x0 - bounds.x0).min(bounds.x1 - body.x1)
        } else {
            (body.y0 - bounds.y0).min(bounds.y1 - body.y1)
        };
        let neighbour = self
            .bodies
            .iter()
            .filter(|other| other.rotation_deg == fixture.rotation_deg)
            .map(|other| {
                let other = other.footprint();
                (other.x0 - body.x1)
                    .max(body.x0 - other.x1)
                    .max(other.y0 - body.y1)
                    .max(body.y0 - other.y1)
            })
            .filter(|gap| *gap >= 0)
            .min();
        let gap = neighbour.map_or(gap, |other| other.min(gap)).max(0);
        let middle = body.middle();
        let from_door = self
            .starts
            .iter()
            .map(|door| (door.x - middle.x).abs() + (door.y - middle.y).abs())
            .min()
            .unwrap_or(0);
        gap * 2 - from_door
    }

    fn make(spec: &FixtureSpec, middle: Point, rotation: i64) -> Fixture {
        Fixture {
            id: String::new(),
            room_id: String::new(),
            room_name: String::new(),
            fixture_type: spec.kind.clone(),
            center_x: middle.x,
            center_y: middle.y,
            width_mm: spec.width_mm,
            depth_mm: spec.depth_mm,
            rotation_deg: rotation,
            clearance_mm: spec.clearance_mm,
        }
    }

    /// With its back to each wall in turn, from corner to corner.
    fn along_walls(&self, spec: &FixtureSpec) -> Vec<Fixture> {
        let mut places = Vec::new();
        let corner_only = spec.anchor == Anchor::Corner;
        let [_, _, back, _] = spec.clearance_mm;
        for (a, b) in self.net.edges().filter(|(a, b)| a.x == b.x || a.y == b.y) {
            // The outline is clockwise on the page: inside is to the right of the way.
            let (dx, dy) = ((b.x - a.x).signum(), (b.y - a.y).signum());
            let (nx, ny) = (-dy, dx);
            let rotation = match (nx, ny) {
                (0, 1) => 0,
                (-1, 0) => 90,
                (0, -1) => 180,
                _ => 270,
            };
            let length = a.distance(b);
            let last = length - spec.width_mm;
            if last < 0 {
                continue;
            }
            let mut along = 0;
            loop {
                let mid = along + spec.width_mm / 2;
                // What needs space behind stands that far off the wall.
                let off = spec.depth_mm / 2 + back;
                let (x, y) = (a.x + dx * mid + nx * off, a.y + dy * mid + ny * off);
                let mut fixture = Floor::make(spec, Point::new(x, y), rotation);
                // A box of odd size is centred on a half; push it off the wall if need be.
                let body = fixture.footprint();
                if !self.net.bounds().contains_rect(&body) {
                    fixture.center_x += nx.abs().max(dx.abs());
                    fixture.center_y += ny.abs().max(dy.abs());
                }
                places.push(fixture);
                if along >= last {
                    break;
                }
                along = if corner_only {
                    last
                } else {
                    (along + STEP_MM).min(last)
                };
            }
        }
        places
    }

    /// Around the middle of the room, nearest first, along its longer side first.
    fn around_middle(&self, spec: &FixtureSpec) -> Vec<Fixture> {
        let bounds = self.net.bounds();
        let middle = bounds.middle();
        let long_is_x = bounds.width() >= bounds.height();
        let wide = spec.width_mm >= spec.depth_mm;
        let turns: [i64; 4] = if long_is_x == wide {
            [0, 180, 90, 270]
        } else {
            [90, 270, 0, 180]
        };
        let reach = 8;
        let mut spots: Vec<(i64, i64, i64)> = Vec::new();
        for i in -reach..=reach {
            for j in -reach..=reach {
                let (x, y) = (
                    i * bounds.width() / 2 / (reach + 1),
                    j * bounds.height() / 2 / (reach + 1),
                );
                spots.push((x * x + y * y, x, y));
            }
        }
        spots.sort_unstable();
        turns
            .iter()
            .flat_map(|turn| {
                spots
                    .iter()
                    .map(|(_, x, y)| Floor::make(spec, middle.shifted(*x, *y), *turn))
            })
            .collect()
    }

    /// In rows along the longer or the shorter side, whichever holds more of them.
    fn in_rows(&self, spec: &FixtureSpec, count: usize) -> Vec<Fixture> {
        let mut best: (usize, Vec<Fixture>) = (0, Vec::new());
        for turn in [0, 90, 180, 270] {
            let mut trial = self.clone();
            let mut chosen = Vec::new();
            for fixture in self.rows_turned(spec, turn) {
                if chosen.len() < count && trial.fits(&fixture, true) {
                    trial.bodies.push(fixture.clone());
                    chosen.push(fixture);
                }
            }
            if chosen.len() > best.0 {
                best = (chosen.len(), chosen);
            }
        }
        best.1
    }

    /// Places in rows: pairs back to back, an aisle along one side.
    fn rows_turned(&self, spec: &FixtureSpec, turn: i64) -> Vec<Fixture> {
        const AISLE_MM: i64 = 900;
        let bounds = self.net.bounds();
        let [front, right, back, left] = spec.clearance_mm;
        let upright = turn % 180 == 0;
        let (across, along) = if upright {
            (bounds.width(), bounds.height())
        } else {
            (bounds.height(), bounds.width())
        };
        let pitch_across = spec.width_mm + right.max(left);
        let per_row = ((across - AISLE_MM - right.max(left)) / pitch_across.max(1)).max(1);
        // With nothing needed behind, every second row turns its back to the one before.
        let paired = back == 0;
        let mut places = Vec::new();
        let mut at = 50 + if paired { front } else { back };
        let mut facing_back = paired;
        while at + spec.depth_mm + if facing_back { 0 } else { front } <= along {
            for i in 0..per_row {
                let p = right.max(left) + 50 + i * pitch_across + spec.width_mm / 2;
                let q = at + spec.depth_mm / 2;
                let (x, y) = match turn {
                    0 => (bounds.x0 + p, bounds.y0 + q),
                    180 => (bounds.x1 - p, bounds.y1 - q),
                    90 => (bounds.x1 - q, bounds.y0 + p),
                    _ => (bounds.x0 + q, bounds.y1 - p),
                };
                let rotation = if facing_back {
                    (turn + 180) % 360
                } else {
                    turn
                };
                places.push(Floor::make(spec, Point::new(x, y), rotation));
            }
            at += if facing_back {
                spec.depth_mm
            } else {
                spec.depth_mm
                    + front.max(if paired { 0 } else { back })
                    + if paired { front / 2 } else { 0 }
            };
            if paired {
                facing_back = !facing_back;
            }
        }
        places
    }

    /// Takes out what nobody gets to; returns their kinds.
    fn drop_unreachable(&mut self) -> Vec<String> {
        let mut lost = Vec::new();
        let Some(start) = self.starts.first().copied() else {
            return lost;
        };
        loop {
            let mut holes: Vec<Ring> = self.holes.to_vec();
            holes.extend(self.bodies.iter().map(|body| body.footprint().ring()));
            let free = FreeSpace::new(&[self.net], &holes);
            let wanting: Vec<usize> = (0..self.bodies.len())
                .filter(|i| {
                    self.bodies
                        .get(*i)
                        .is_some_and(|b| b.clearance_mm.first() > Some(&0))
                })
                .collect();
            let mut places = vec![start];
            places.extend(
                wanting
                    .iter()
                    .filter_map(|i| self.bodies.get(*i))
                    .map(front_of),
            );
            if free.passes(PASSAGE_MM, &places) {
                return lost;
            }
            let stuck = wanting.iter().rev().find(|i| {
                self.bodies
                    .get(**i)
                    .is_some_and(|b| !free.passes(PASSAGE_MM, &[start, front_of(b)]))
            });
            // Each alone is reached but not all from one place: the last one stands in the way.
            let Some(out) = stuck.or(wanting.last()).copied() else {
                return lost;
            };
            lost.push(self.bodies.remove(out).fixture_type);
        }
    }
}
