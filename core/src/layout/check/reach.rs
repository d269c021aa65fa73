//! How spaces are reached: doors and open edges as a graph, ways in millimetres.

use std::collections::{BTreeMap, BinaryHeap};

use super::super::geometry::Point;
use super::doors::place_of;
use super::{Findings, Measure, View};

/// The two sides of a passage; `None` is outside.
struct Passage {
    at: Point,
    sides: [Option<usize>; 2],
    is_door: bool,
}

/// Every door and open edge, and the shortest ways between them.
///
/// A way goes from the middle of one opening to that of the next along the axes, as people walk
/// in corridors.
pub(crate) struct Ways {
    passages: Vec<Passage>,
    of_space: Vec<Vec<usize>>,
    passable: Vec<bool>,
}

impl Ways {
    /// Looks at the doors and open edges of a layout.
    pub(crate) fn of(view: &View<'_>) -> Ways {
        let mut passages = Vec::new();
        for door in &view.layout.doors {
            let Some(place) = place_of(view, door) else {
                continue;
            };
            let side = |id: &String| view.position(id);
            let [one, other] = &door.connects;
            passages.push(Passage {
                at: place.middle(),
                sides: [side(one), side(other)],
                is_door: true,
            });
        }
        for open in &view.layout.open_edges {
            let [one, other] = &open.between;
            let (a, b) = (open.from, open.to);
            passages.push(Passage {
                at: Point::new((a.x + b.x).div_euclid(2), (a.y + b.y).div_euclid(2)),
                sides: [view.position(one), view.position(other)],
                is_door: false,
            });
        }
        let mut of_space = vec![Vec::new(); view.spaces.len()];
        for (i, passage) in passages.iter().enumerate() {
            for side in passage.sides.iter().flatten() {
                if let Some(list) = of_space.get_mut(*side) {
                    list.push(i);
                }
            }
        }
        let passable = view.spaces.iter().map(|space| space.public).collect();
        Ways {
            passages,
            of_space,
            passable,
        }
    }

    /// Whether the space has a door or an open edge.
    pub(crate) fn has_opening(&self, space: usize) -> bool {
        self.of_space
            .get(space)
            .is_some_and(|list| !list.is_empty())
    }

    /// Distance from outside to each passage, through spaces for which `through` holds.
    fn from(&self, starts: &[usize], through: impl Fn(usize) -> bool) -> Vec<Option<i64>> {
        let mut distance: Vec<Option<i64>> = vec![None; self.passages.len()];
        let mut queue = BinaryHeap::new();
        for start in starts {
            queue.push((std::cmp::Reverse(0), *start));
        }
        while let Some((std::cmp::Reverse(way), at)) = queue.pop() {
            let (Some(known), Some(passage)) = (distance.get_mut(at), self.passages.get(at)) else {
                continue;
            };
            if known.is_some() {
                continue;
            }
            *known = Some(way);
            for side in passage
                .sides
                .iter()
                .flatten()
                .filter(|side| through(**side))
            {
                for next in self.of_space.get(*side).into_iter().flatten() {
                    let Some(target) = self.passages.get(*next) else {
                        continue;
                    };
                    let step =
                        (target.at.x - passage.at.x).abs() + (target.at.y - passage.at.y).abs();
                    queue.push((std::cmp::Reverse(way + step), *next));
                }
            }
        }
        distance
    }

    fn entrances(&self) -> Vec<usize> {
        let outside = |passage: &Passage| passage.is_door && passage.sides.contains(&None);
        (0..self.passages.len())
            .filter(|i| self.passages.get(*i).is_some_and(outside))
            .collect()
    }

    /// For each space the way from the nearest entrance to its nearest opening, going only
    /// through spaces for which `through` holds; `None` where there is none.
    pub(crate) fn to_spaces(&self, through: impl Fn(usize) -> bool) -> Vec<Option<i64>> {
        let distance = self.from(&self.entrances(), through);
        let nearest = |list: &Vec<usize>| {
            list.iter()
                .filter_map(|passage| distance.get(*passage).copied().flatten())
                .min()
        };
        self.of_space.iter().map(nearest).collect()
    }

    /// The way between the nearest doors of two spaces, through spaces that others may be reached
    /// through and the two themselves.
    pub(crate) fn between(&self, one: usize, other: usize) -> Option<i64> {
        let starts = self.of_space.get(one)?;
        let through =
            |space: usize| space != one && self.passable.get(space).copied().unwrap_or(false);
        let distance = self.from(starts, through);
        let ends = self.of_space.get(other)?;
        ends.iter()
            .filter_map(|end| distance.get(*end).copied().flatten())
            .min()
    }
}

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let ways = Ways::of(view);
    entrances(view, &ways, found);
    // A room may be reached through those its brief names, whatever they are.
    let mut via: BTreeMap<usize, bool> = BTreeMap::new();
    for brief in &view.brief.rooms {
        for room in brief
            .via
            .iter()
            .filter_map(|room| view.room_of_brief(*room))
        {
            via.insert(room, true);
        }
    }
    let allowed = |space: usize| {
        view.spaces.get(space).is_some_and(|space| space.public) || via.contains_key(&space)
    };
    let at_all = ways.to_spaces(|_| true);
    let properly = ways.to_spaces(allowed);
    for (i, space) in view.spaces.iter().enumerate() {
        if !ways.has_opening(i) {
            let message = format!("`{}` has no door", space.id);
            found.error("NO_DOOR", &[space.id], Measure::NONE, message);
            continue;
        }
        let way = properly.get(i).copied().flatten();
        if at_all.get(i).copied().flatten().is_none() {
            let message = format!("`{}` cannot be reached from an entrance", space.id);
            found.error("ROOM_UNREACHABLE", &[space.id], Measure::NONE, message);
        } else if way.is_none() {
            let message = format!("`{}` is reached only through a private room", space.id);
            found.warning(
                "ACCESS_THROUGH_PRIVATE",
                &[space.id],
                Measure::NONE,
                message,
            );
        }
        let limit = view.rules.travel_max_mm;
        if let Some(way) = way.filter(|way| limit > 0 && *way > limit) {
            let message = format!("`{}` is {way} mm from an entrance", space.id);
            let measure = Measure::against(way, limit);
            found.warning("TRAVEL_DISTANCE_EXCEEDED", &[space.id], measure, message);
        }
        via_is_kept(view, &ways, i, found);
    }
}

/// A room that is to be reached through another has a door to it.
fn via_is_kept(view: &View<'_>, ways: &Ways, position: usize, found: &mut Findings<'_>) {
    let Some(space) = view.spaces.get(position) else {
        return;
    };
    let Some(brief) = space.brief.filter(|brief| !brief.via.is_empty()) else {
        return;
    };
    let through: Vec<usize> = brief
        .via
        .iter()
        .filter_map(|room| view.room_of_brief(*room))
        .collect();
    let joined = ways
        .of_space
        .get(position)
        .into_iter()
        .flatten()
        .any(|passage| {
            ways.passages.get(*passage).is_some_and(|passage| {
                passage
                    .sides
                    .iter()
                    .flatten()
                    .any(|side| through.contains(side))
            })
        });
    if !joined && !through.is_empty() {
        let message = format!(
            "{} has no door to the room it is to be reached through",
            brief.name
        );
        found.warning("ACCESS_NOT_AS_ASKED", &[space.id], Measure::NONE, message);
    }
}

fn entrances(view: &View<'_>, ways: &Ways, found: &mut Findings<'_>) {
    let doors: Vec<Point> = ways
        .entrances()
        .iter()
        .filter_map(|i| ways.passages.get(*i))
        .map(|passage| passage.at)
        .collect();
    if doors.is_empty() {
        let message = "no door leads outside".to_owned();
        found.error("NO_ENTRANCE", &[], Measure::NONE, message);
        return;
    }
    for (i, entrance) in view.plate.entrances.iter().enumerate() {
        let Some((from, to)) = super::doors::entrance_ends(view.plate, entrance) else {
            continue;
        };
        // Doors are drawn in the middle of the perimeter wall, entrances on its inner face.
        let reach = view.plate.exterior_wall_mm + 5;
        let inside = |door: &Point| {
            let length = from.distance(to).max(1);
            let along = ((door.x - from.x) * (to.x - from.x) + (door.y - from.y) * (to.y - from.y))
                / length;
            let off = from.turn(to, *door).abs() / length;
            off <= reach && along >= 0 && along <= length
        };
        if !doors.iter().any(inside) {
            let message = format!("entrance {i} leads nowhere");
            found.error("ENTRANCE_BLOCKED", &[], Measure::NONE, message);
        }
    }
    let persons: i64 = view
        .layout
        .rooms
        .iter()
        .filter_map(|room| room.occupants)
        .map(i64::from)
        .sum();
    let limit = view.rules.one_exit_occupants;
    if limit > 0 && persons > limit && doors.len() < 2 {
        let message = format!("{persons} persons have one exit");
        found.warning("EXIT_COUNT", &[], Measure::against(persons, limit), message);
    }
}
