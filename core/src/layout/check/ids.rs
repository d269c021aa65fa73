//! Ids are unique, and every room that must be there is there once.

use std::collections::BTreeSet;

use super::super::programme::Priority;
use super::{Findings, Measure, View};

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let layout = view.layout;
    let spaces: Vec<&str> = view.spaces.iter().map(|space| space.id).collect();
    let interior = layout.interior_walls.iter().map(|wall| wall.id.as_str());
    let perimeter = layout.perimeter_walls.iter().map(|wall| wall.id.as_str());
    let walls: Vec<&str> = interior.chain(perimeter).collect();
    let doors: Vec<&str> = layout.doors.iter().map(|door| door.id.as_str()).collect();
    let fixtures: Vec<&str> = layout
        .fixtures
        .iter()
        .map(|fixture| fixture.id.as_str())
        .collect();
    for (kind, ids) in [
        ("space", spaces),
        ("wall", walls),
        ("door", doors),
        ("fixture", fixtures),
    ] {
        let mut seen = BTreeSet::new();
        for id in ids {
            if id.is_empty() || !seen.insert(id) {
                let message = format!("the id `{id}` of a {kind} is empty or used twice");
                found.error("DUPLICATE_ID", &[id], Measure::NONE, message);
            }
        }
    }
    for room in &view.brief.rooms {
        let there = view.space(&room.id);
        let right = layout
            .room(&room.id)
            .is_some_and(|got| got.room_type == room.room_type);
        if there.is_none() && room.priority == Priority::Required {
            let message = format!("{} (`{}`) is not in the layout", room.name, room.id);
            found.error("ROOM_MISSING", &[&room.id], Measure::NONE, message);
        } else if there.is_some() && !right {
            let message = format!("`{}` is not of the type {}", room.id, room.room_type);
            found.error("ROOM_COUNT_MISMATCH", &[&room.id], Measure::NONE, message);
        }
    }
    for room in &layout.rooms {
        let asked = view.brief.rooms.iter().any(|brief| brief.id == room.id);
        if !asked && (room.request.is_some() || room.room_type != "unassigned") {
            let message = format!("nobody asked for {} (`{}`)", room.name, room.id);
            found.error("ROOM_COUNT_MISMATCH", &[&room.id], Measure::NONE, message);
        }
    }
}
