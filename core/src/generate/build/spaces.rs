//! Rooms and corridors with their outlines.

use super::super::solve::Arrangement;
use super::walls::{Box_, between, body, perimeter};
use crate::layout::check::lit_length;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Corridor, Layout, Plate, Rect, Ring, Room, overlay, room_type};

/// Pieces of a space that are this small are cut off by rounding and may be lost, in mm².
const SLIVER_MM2: i64 = 30_000;

/// Outlines and walls. The error names the space that falls apart.
pub(super) fn spaces(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    corridor: i64,
    arrangement: &Arrangement,
) -> Result<Layout, String> {
    let corridor_ids: Vec<String> = (1..=arrangement.corridors.len())
        .map(|i| format!("corridor-{i}"))
        .collect();
    let rooms = brief
        .rooms
        .iter()
        .zip(&arrangement.rooms)
        .map(|(room, rect)| Box_ {
            id: &room.id,
            rect: *rect,
            corridor: false,
        });
    let lanes = corridor_ids
        .iter()
        .zip(&arrangement.corridors)
        .map(|(id, rect)| Box_ {
            id,
            rect: *rect,
            corridor: true,
        });
    let boxes: Vec<Box_<'_>> = rooms.chain(lanes).collect();
    let further = arrangement.further.iter().filter_map(|(room, rect)| {
        Some(Box_ {
            id: &brief.rooms.get(*room)?.id,
            rect: *rect,
            corridor: false,
        })
    });
    let all: Vec<Box_<'_>> = boxes.iter().copied().chain(further).collect();
    let (interior_walls, open_edges) = between(plate, rules, &all);
    let bodies: Vec<Rect> = interior_walls.iter().map(body).collect();
    let mut layout = Layout {
        interior_walls,
        open_edges,
        perimeter_walls: perimeter(plate),
        inner_outline: plate.inner_outline.clone(),
        obstacles: plate.obstacles.clone(),
        grid_size_mm: super::super::solve::GRID_MM,
        ceiling_height_mm: plate.ceiling_height_mm,
        placement: plate.placement,
        ..Layout::default()
    };
    for (i, box_) in boxes.iter().enumerate() {
        let further: Vec<Rect> = arrangement
            .further
            .iter()
            .filter(|(room, _)| *room == i && !box_.corridor)
            .map(|(_, rect)| *rect)
            .collect();
        let falls_apart = || format!("`{}` falls apart", box_.id);
        let outline = outline(plate, &box_.rect, &further, &bodies).ok_or_else(falls_apart)?;
        let area = outline.net.area() - outline.holes.iter().map(Ring::area).sum::<i64>();
        if box_.corridor {
            let number = layout.corridors.len() + 1;
            let bounds = outline.net.bounds();
            layout.corridors.push(Corridor {
                id: box_.id.to_owned(),
                name: format!("Corridor {number}"),
                boundary: outline.gross,
                net_area_mm2: area,
                clear_width_mm: bounds.width().min(bounds.height()).min(corridor),
                net_boundary: outline.net,
            });
        } else {
            let Some(wanted) = brief.rooms.get(layout.rooms.len()) else {
                continue;
            };
            let asked = wanted.request.as_ref().map(|_| wanted.requested_mm2);
            layout.rooms.push(Room {
                id: wanted.id.clone(),
                name: wanted.name.clone(),
                room_type: wanted.room_type.clone(),
                request: wanted.request.clone(),
                boundary: outline.gross,
                net_boundary: outline.net,
                net_holes: outline.holes,
                net_area_mm2: area,
                area_sqm: hundredths(area as f64 / 1e6),
                requested_m2: asked.map(|mm2| hundredths(mm2 as f64 / 1e6)),
                error_pct: asked
                    .map(|mm2| hundredths((area - mm2) as f64 * 100.0 / mm2.max(1) as f64)),
                doors: Vec::new(),
                occupants: occupants(wanted, area),
                daylight_mm: 0,
            });
        }
    }
    Ok(layout)
}

struct Outlines {
    gross: Ring,
    net: Ring,
    holes: Vec<Ring>,
}

fn outline(plate: &Plate, rect: &Rect, further: &[Rect], bodies: &[Rect]) -> Option<Outlines> {
    let rings: Vec<Ring> = std::iter::once(rect)
        .chain(further)
        .map(Rect::ring)
        .collect();
    let rings: Vec<&Ring> = rings.iter().collect();
    let gross = largest(overlay::common(&rings, &[&plate.inner_outline]))?;
    if !further.is_empty() && !gross.holes.is_empty() {
        return None;
    }
    let touches = |other: &Rect| {
        std::iter::once(rect)
            .chain(further)
            .any(|own| own.overlaps(other))
    };
    let near: Vec<Ring> = bodies
        .iter()
        .filter(|body| touches(body))
        .map(Rect::ring)
        .collect();
    let columns = plate
        .obstacles
        .iter()
        .filter(|ring| touches(&ring.bounds()));
    let cut: Vec<&Ring> = near.iter().chain(columns).collect();
    let net = largest(overlay::difference(&[&gross.outline], &cut))?;
    Some(Outlines {
        gross: gross.outline,
        net: net.outline,
        holes: net.holes,
    })
}

/// The one real piece; `None` when there are several or none.
fn largest(shapes: Vec<overlay::Shape>) -> Option<overlay::Shape> {
    let mut real = shapes.into_iter().filter(|shape| shape.area() > SLIVER_MM2);
    let one = real.next()?;
    real.next().is_none().then_some(one)
}

fn occupants(room: &crate::layout::RoomBrief, area: i64) -> Option<u32> {
    let by_area = || {
        let each = room_type(&room.room_type)?.m2_per_seat?;
        Some((area as f64 / 1e6 / each).floor().max(1.0) as u32)
    };
    room.seats.or_else(by_area)
}

/// What follows from the rest: doors of rooms, openings of walls, daylight, the sheet.
pub(super) fn describe(plate: &Plate, layout: &mut Layout) {
    for room in &mut layout.rooms {
        let doors = layout
            .doors
            .iter()
            .filter(|door| door.connects.contains(&room.id));
        room.doors = doors.map(|door| door.id.clone()).collect();
        room.daylight_mm = lit_length(plate, &room.net_boundary);
    }
    let of_wall = |id: &str| -> Vec<String> {
        let doors = layout.doors.iter().filter(|door| door.wall_id == id);
        doors.map(|door| door.id.clone()).collect()
    };
    let interior: Vec<_> = layout
        .interior_walls
        .iter()
        .map(|wall| of_wall(&wall.id))
        .collect();
    let outer: Vec<_> = layout
        .perimeter_walls
        .iter()
        .map(|wall| of_wall(&wall.id))
        .collect();
    for (wall, openings) in layout.interior_walls.iter_mut().zip(interior) {
        wall.openings = openings;
    }
    for (wall, openings) in layout.perimeter_walls.iter_mut().zip(outer) {
        wall.openings = openings;
    }
    let bounds = plate.inner_outline.bounds();
    let margin = plate.exterior_wall_mm;
    layout.page_dimensions_mm = [bounds.x1 + margin, bounds.y1 + margin];
}

/// Rounded to two decimals.
fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
