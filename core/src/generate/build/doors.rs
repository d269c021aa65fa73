//! Doors: each room gets one to a corridor, to a public room, or to the room it is reached through.

mod entrance;
mod make;
mod opening;

use std::collections::BTreeSet;

use self::opening::Option_;
use crate::layout::check::{Cover, Sector};
use crate::layout::rules::Rules;
use crate::layout::{Brief, Door, Layout, Plate, Point, Ring, room_type};

/// Step between places for a door, in mm.
const STEP_MM: i64 = 50;

/// From this width on a door has two leaves, in mm.
const DOUBLE_MM: i64 = 1_300;

/// The leaf a room's type has, by the rules where the type says nothing.
pub(in super::super) fn leaf_of(kind: &str, rules: &Rules) -> i64 {
    let own = room_type(kind).and_then(|kind| kind.door_leaf_mm);
    let least = rules.door_clear_min_mm + rules.door_clear_loss_mm;
    own.unwrap_or(rules.door_leaf_mm).max(least)
}

/// Places entrances and doors. The error names what cannot be reached.
pub(super) fn place(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    layout: &mut Layout,
) -> Result<(), String> {
    let mut placer = Placer {
        brief,
        rules,
        reached: BTreeSet::new(),
        sectors: Vec::new(),
    };
    placer
        .entrances(plate, layout)
        .ok_or_else(|| "no public room or corridor lies at an entrance".to_owned())?;
    loop {
        placer.through_open_edges(layout);
        let Some(door) = placer.next_door(layout) else {
            break;
        };
        placer.reached.extend(
            door.0
                .connects
                .iter()
                .filter(|id| *id != "outside")
                .cloned(),
        );
        placer.sectors.extend(
            door.1
                .iter()
                .map(|sector| (door.0.opens_into.clone(), *sector)),
        );
        layout.doors.push(door.0);
    }
    let mut all = layout
        .rooms
        .iter()
        .map(|room| &room.id)
        .chain(layout.corridors.iter().map(|c| &c.id));
    let missing = all.find(|id| !placer.reached.contains(*id));
    if let Some(id) = missing {
        return Err(format!("no wall of `{id}` has place for a door"));
    }
    for (i, door) in layout.doors.iter_mut().enumerate() {
        door.id = format!("d-{}", i + 1);
    }
    Ok(())
}

struct Placer<'a> {
    brief: &'a Brief,
    rules: &'a Rules,
    reached: BTreeSet<String>,
    /// What leaves sweep, with the space they sweep in.
    sectors: Vec<(String, Sector)>,
}

impl Placer<'_> {
    fn position(&self, id: &str) -> Option<usize> {
        self.brief.rooms.iter().position(|room| room.id == id)
    }

    /// Whether `room` may be reached through `other`.
    fn leads(&self, room: &str, other: &str) -> bool {
        let wanted = self.position(room).and_then(|i| self.brief.rooms.get(i));
        let through = self.position(other);
        match (wanted, through.and_then(|i| self.brief.rooms.get(i))) {
            // A corridor, or a room reached through certain others only.
            (Some(room), None) => room.via.is_empty(),
            (Some(room), Some(other)) => {
                if room.via.is_empty() {
                    other.public && other.via.is_empty()
                } else {
                    through.is_some_and(|i| room.via.contains(&i))
                }
            }
            (None, Some(other)) => other.public && other.via.is_empty(),
            (None, None) => true,
        }
    }

    fn through_open_edges(&mut self, layout: &Layout) {
        loop {
            let next = layout.open_edges.iter().find_map(|edge| {
                let [a, b] = &edge.between;
                let wide = edge.from.distance(edge.to) >= 800;
                match (self.reached.contains(a), self.reached.contains(b)) {
                    (true, false) if wide => Some(b.clone()),
                    (false, true) if wide => Some(a.clone()),
                    _ => None,
                }
            });
            match next {
                Some(id) => self.reached.insert(id),
                None => return,
            };
        }
    }

    /// The best door that reaches something new: corridors first, then public rooms, then others.
    fn next_door(&self, layout: &Layout) -> Option<(Door, Vec<Sector>)> {
        let rank = |id: &str| match self.position(id).and_then(|i| self.brief.rooms.get(i)) {
            None => 0,
            Some(room) if room.public => 1,
            Some(_) => 2,
        };
        let mut best: Option<(i64, usize, Option_)> = None;
        for (i, wall) in layout.interior_walls.iter().enumerate() {
            let (Some(left), Some(right)) = (&wall.left_room, &wall.right_room) else {
                continue;
            };
            let (new, from) = match (self.reached.contains(left), self.reached.contains(right)) {
                (true, false) => (right, left),
                (false, true) => (left, right),
                _ => continue,
            };
            if !self.leads(new, from) {
                continue;
            }
            let Some(option) = self.in_wall(layout, wall, new, from) else {
                continue;
            };
            // A corridor rather than somebody's room, however public.
            let through_room = if self.position(from).is_some() {
                3_000
            } else {
                0
            };
            let price = rank(new) * 1_000_000 + option.penalty + through_room;
            if best
                .as_ref()
                .is_none_or(|(least, k, _)| (price, i) < (*least, *k))
            {
                best = Some((price, i, option));
            }
        }
        best.map(|(_, _, option)| (option.door, option.sectors))
    }
}

fn net_of<'a>(layout: &'a Layout, id: &str) -> Option<&'a Ring> {
    let room = layout.room(id).map(|room| &room.net_boundary);
    room.or_else(|| {
        layout
            .corridors
            .iter()
            .find(|corridor| corridor.id == id)
            .map(|corridor| &corridor.net_boundary)
    })
}

/// Whether a segment lies wholly on an outline.
fn covered(net: &Ring, from: Point, to: Point) -> bool {
    let mut cover = Cover::of(from, to);
    for (a, b) in net.edges() {
        cover.add(a, b);
    }
    cover.missing() == 0
}
