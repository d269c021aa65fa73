//! Doors, their frames and hardware: per door, in the room it belongs to.

use super::super::exact::Exact;
use super::{Part, Site, metres, pieces};
use crate::layout::{Door, DoorType};

/// IS 1200 Part 15: a flush door, measured flat, counts 1.20 times on each side.
const FLUSH: (i128, i128) = (120, 100);
const COATS: i128 = 2;
const FACES: i128 = 2;
const HINGES_PER_LEAF: i64 = 3;

const KINDS: [&str; 5] = [
    "door.single",
    "door.wet",
    "door.double",
    "door.sliding",
    "door.entrance",
];

pub(super) fn take(site: &mut Site<'_>) {
    // One room after another, so that each line is of one room.
    for n in 0..site.spaces.len() {
        let Some(space) = site.spaces.get(n).cloned() else {
            continue;
        };
        let doors: Vec<&Door> = space
            .openings
            .iter()
            .map(|opening| opening.door)
            .filter(|door| owner(site, door) == Some(n))
            .collect();
        take_leaves(site, n, &doors, space.finishes.is_sanitary);
        take_hardware(site, n, &doors, space.finishes.is_sanitary);
        if !space.is_corridor {
            let inner: Vec<&Door> = doors
                .iter()
                .copied()
                .filter(|door| !is_entrance(door))
                .collect();
            site.add("X6", "sign.room", Some(n), each(&inner, |_| 1), "");
        }
    }
}

fn each(doors: &[&Door], count: impl Fn(&Door) -> i64) -> Vec<Part> {
    doors
        .iter()
        .map(|door| pieces(&door.id, count(door).to_string(), count(door)))
        .collect()
}

fn take_leaves(site: &mut Site<'_>, space: usize, doors: &[&Door], is_sanitary: bool) {
    for kind in KINDS {
        let of_kind: Vec<&Door> = doors
            .iter()
            .copied()
            .filter(|door| item_of(door, is_sanitary) == kind)
            .collect();
        site.add("D1", kind, Some(space), each(&of_kind, |_| 1), "");
        // Doors of wet rooms are of plastic and entrances of glass; neither is painted.
        if !matches!(kind, "door.wet" | "door.entrance") {
            let note = "2 faces, 2 coats, flat area x 1.20";
            site.add("P4", "paint.door", Some(space), painted(&of_kind), note);
        }
    }
}

fn take_hardware(site: &mut Site<'_>, space: usize, doors: &[&Door], is_sanitary: bool) {
    let is_sliding = |door: &&&Door| door.door_type == DoorType::Sliding;
    let sliding: Vec<&Door> = doors.iter().filter(is_sliding).copied().collect();
    let hinged: Vec<&Door> = doors
        .iter()
        .filter(|door| !is_sliding(door))
        .copied()
        .collect();
    let frames = hinged
        .iter()
        .map(|door| Part {
            element: door.id.clone(),
            working: format!("{} + 2 x {}", metres(door.leaf_mm), metres(door.height_mm)),
            quantity: Exact::whole(i128::from(door.leaf_mm + 2 * door.height_mm)),
        })
        .collect();
    let lock = if is_sanitary {
        "hardware.indicator"
    } else {
        "hardware.lock"
    };
    let hinges = each(&hinged, |door| HINGES_PER_LEAF * leaves(door));
    site.add("D2", "door.frame", Some(space), frames, "");
    site.add(
        "D3",
        "hardware.handle",
        Some(space),
        each(&hinged, leaves),
        "",
    );
    site.add("D4", lock, Some(space), each(&hinged, |_| 1), "");
    site.add(
        "D5",
        "hardware.closer",
        Some(space),
        each(&hinged, leaves),
        "",
    );
    site.add("D6", "hardware.hinge", Some(space), hinges, "");
    site.add(
        "D7",
        "hardware.stop",
        Some(space),
        each(&hinged, leaves),
        "",
    );
    site.add(
        "D8",
        "hardware.slide",
        Some(space),
        each(&sliding, |_| 1),
        "",
    );
}

fn item_of(door: &Door, is_sanitary: bool) -> &'static str {
    match door.door_type {
        _ if is_entrance(door) => "door.entrance",
        DoorType::Sliding => "door.sliding",
        DoorType::Double => "door.double",
        DoorType::Single if is_sanitary => "door.wet",
        DoorType::Single => "door.single",
    }
}

fn is_entrance(door: &Door) -> bool {
    door.connects.iter().any(|space| space == "outside")
}

const fn leaves(door: &Door) -> i64 {
    match door.door_type {
        DoorType::Double => 2,
        DoorType::Single | DoorType::Sliding => 1,
    }
}

/// The space a door belongs to: a sanitary room before others, a room before a corridor, the one
/// it opens into before the other.
fn owner(site: &Site<'_>, door: &Door) -> Option<usize> {
    let places = door.connects.iter().filter_map(|id| {
        let (place, space) = site
            .spaces
            .iter()
            .enumerate()
            .find(|(_, space)| space.id == id.as_str())?;
        let rank = if space.finishes.is_sanitary {
            0
        } else if space.is_corridor {
            4
        } else {
            2
        };
        Some((rank + u8::from(*id != door.opens_into), place))
    });
    places.min().map(|(_, place)| place)
}

/// Both faces of doors of wood.
fn painted(doors: &[&Door]) -> Vec<Part> {
    doors
        .iter()
        .map(|door| {
            let area = i128::from(door.leaf_mm) * i128::from(door.height_mm);
            let flat = Exact::whole(area * FACES * COATS);
            let (width, height) = (metres(door.leaf_mm), metres(door.height_mm));
            Part {
                element: door.id.clone(),
                working: format!("{FACES} x {width} x {height} x 1.20 x {COATS}"),
                quantity: flat.times(Exact::ratio(FLUSH.0, FLUSH.1)),
            }
        })
        .collect()
}
