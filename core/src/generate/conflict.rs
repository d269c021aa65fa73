//! The smallest set of requirements that cannot stand together, by deletion: whatever can go
//! without the proof going with it, goes.

use super::feasible::{Bound, Counted, bound};
use crate::layout::rules::Rules;
use crate::layout::{Plate, RoomBrief};

/// Most rooms that a sentence names.
const MOST_NAMED: usize = 6;

/// Requirements of which none can be left out: the others then pass the proof.
pub(super) struct Conflict<'a> {
    /// The rooms, in the order of the brief.
    pub(super) rooms: Vec<&'a RoomBrief>,
    counted: Counted,
    bound: Bound,
}

/// The smallest part of `rooms`, which together need more than `usable` mm², that does so alone.
///
/// The rules go first, since fewer kinds of reasons are easier to follow; then the rooms, small
/// ones first, so that the fewest are left. A room may make corridors shorter, so it is gone
/// through all of them until nothing goes any more.
pub(super) fn conflict<'a>(
    plate: &Plate,
    rooms: &[&'a RoomBrief],
    rules: &Rules,
    usable: i64,
) -> Conflict<'a> {
    let needs = |rooms: &[&RoomBrief], counted| bound(plate, rooms, rules, counted).sum();
    let mut counted = Counted::ALL;
    for fewer in [
        Counted {
            corridors: false,
            ..counted
        },
        Counted {
            corridors: false,
            walls: false,
        },
    ] {
        if needs(rooms, fewer) > usable {
            counted = fewer;
        }
    }
    let mut kept: Vec<&RoomBrief> = rooms.to_vec();
    let mut order: Vec<&RoomBrief> = rooms.to_vec();
    order.sort_by_key(|room| (room.min_mm2, std::cmp::Reverse(room.id.clone())));
    loop {
        let before = kept.len();
        for room in &order {
            let rest: Vec<&RoomBrief> = kept
                .iter()
                .filter(|other| other.id != room.id)
                .copied()
                .collect();
            if rest.len() < kept.len() && needs(&rest, counted) > usable {
                kept = rest;
            }
        }
        if kept.len() == before {
            break;
        }
    }
    let bound = bound(plate, &kept, rules, counted);
    Conflict {
        rooms: kept,
        counted,
        bound,
    }
}

impl Conflict<'_> {
    /// Ids of the rooms, then the rules and the plate.
    pub(super) fn ids(&self) -> Vec<String> {
        let rules = [
            (self.counted.walls, "rules.wall_thickness_mm"),
            (self.counted.corridors, "rules.corridor_min_mm"),
            (true, "site.perimeter_mm"),
        ];
        let rules = rules.iter().filter(|(counts, _)| *counts);
        self.rooms
            .iter()
            .map(|room| room.id.clone())
            .chain(rules.map(|(_, name)| (*name).to_owned()))
            .collect()
    }

    /// What these rooms alone need, for people.
    pub(super) fn sentence(&self) -> String {
        let names: Vec<&str> = self.rooms.iter().map(|room| room.name.as_str()).collect();
        let names = match names.get(..MOST_NAMED) {
            Some(first) if names.len() > MOST_NAMED => {
                format!("{} and {} more", first.join(", "), names.len() - MOST_NAMED)
            }
            _ => names.join(", "),
        };
        let with = match (self.counted.walls, self.counted.corridors) {
            (false, _) => "without walls and corridors",
            (true, false) => "with walls, without corridors",
            (true, true) => "with walls and corridors",
        };
        let need = if self.rooms.len() == 1 {
            "needs"
        } else {
            "need"
        };
        format!(
            "{names} alone {need} {:.1} m² {with}",
            self.bound.sum() as f64 / 1e6
        )
    }
}
