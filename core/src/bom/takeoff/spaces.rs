//! The spaces of a layout with what is measured of them: areas, faces of walls, openings.

use std::collections::BTreeMap;

use super::super::exact::length_mm;
use super::super::finishes::{CORRIDOR, Finishes, finishes};
use crate::layout::{Door, Layout, OpenEdge, Point, Ring};

/// A room or a corridor.
#[derive(Debug, Clone)]
pub(crate) struct Space<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// The room's type; `corridor` for a corridor.
    pub(crate) kind: &'a str,
    pub(crate) is_corridor: bool,
    /// Net area in mm², columns deducted.
    pub(crate) area_mm2: i64,
    /// Length of its walls' faces in mm, columns included, open sides not.
    pub(crate) perimeter_mm: i64,
    pub(crate) finishes: Finishes,
    /// The openings in its walls.
    pub(crate) openings: Vec<Opening<'a>>,
}

/// One face of a door's opening.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    pub(crate) door: &'a Door,
    pub(crate) width_mm: i64,
    pub(crate) height_mm: i64,
    /// Thickness of the wall it goes through.
    pub(crate) depth_mm: i64,
}

/// Thickness of a wall that the layout does not know, for the sake of bad input alone.
const UNKNOWN_WALL_MM: i64 = 100;

/// Every space: the rooms in their order, then the corridors.
pub(crate) fn spaces(layout: &Layout) -> Vec<Space<'_>> {
    let depths: BTreeMap<&str, i64> = layout
        .interior_walls
        .iter()
        .map(|wall| (wall.id.as_str(), wall.thickness_mm))
        .chain(
            layout
                .perimeter_walls
                .iter()
                .map(|wall| (wall.id.as_str(), wall.thickness_mm)),
        )
        .collect();
    let openings_of = |id: &str| -> Vec<Opening<'_>> {
        layout
            .doors
            .iter()
            .filter(|door| door.connects.iter().any(|space| space == id))
            .map(|door| Opening {
                door,
                width_mm: door.leaf_mm,
                height_mm: door.height_mm,
                depth_mm: depths
                    .get(door.wall_id.as_str())
                    .copied()
                    .unwrap_or(UNKNOWN_WALL_MM),
            })
            .collect()
    };
    let rooms = layout.rooms.iter().map(|room| {
        let holes: i64 = room.net_holes.iter().map(perimeter).sum();
        Space {
            id: &room.id,
            name: &room.name,
            kind: &room.room_type,
            is_corridor: false,
            area_mm2: room.net_area_mm2,
            perimeter_mm: closed_perimeter(&room.net_boundary, &room.id, &layout.open_edges)
                + holes,
            finishes: finishes(&room.room_type),
            openings: openings_of(&room.id),
        }
    });
    let corridors = layout.corridors.iter().map(|corridor| Space {
        id: &corridor.id,
        name: &corridor.name,
        kind: "corridor",
        is_corridor: true,
        area_mm2: corridor.net_area_mm2,
        perimeter_mm: closed_perimeter(&corridor.net_boundary, &corridor.id, &layout.open_edges),
        finishes: CORRIDOR,
        openings: openings_of(&corridor.id),
    });
    rooms.chain(corridors).collect()
}

fn perimeter(ring: &Ring) -> i64 {
    ring.edges()
        .map(|(a, b)| length_mm(b.x - a.x, b.y - a.y))
        .sum()
}

/// The length of `ring` without the parts that lie on open edges of the space `id`.
fn closed_perimeter(ring: &Ring, id: &str, open_edges: &[OpenEdge]) -> i64 {
    let open: Vec<&OpenEdge> = open_edges
        .iter()
        .filter(|edge| edge.between.iter().any(|space| space == id))
        .collect();
    ring.edges()
        .map(|(a, b)| {
            let whole = length_mm(b.x - a.x, b.y - a.y);
            (whole - open_length(a, b, &open)).max(0)
        })
        .sum()
}

/// How much of the line from `a` to `b` lies on one of `open`, each part counted once.
fn open_length(a: Point, b: Point, open: &[&OpenEdge]) -> i64 {
    // Along the longer of the two directions every point of the line has a place of its own.
    let along_x = (b.x - a.x).abs() >= (b.y - a.y).abs();
    let place = |point: Point| if along_x { point.x } else { point.y };
    let (low, high) = (place(a).min(place(b)), place(a).max(place(b)));
    if low == high {
        return 0;
    }
    let mut parts: Vec<(i64, i64)> = open
        .iter()
        .filter(|edge| a.turn(b, edge.from) == 0 && a.turn(b, edge.to) == 0)
        .map(|edge| {
            let (from, to) = (place(edge.from), place(edge.to));
            (from.min(to).max(low), from.max(to).min(high))
        })
        .filter(|(from, to)| from < to)
        .collect();
    parts.sort_unstable();
    let mut covered = 0;
    let mut reached = low;
    for (from, to) in parts {
        covered += (to - from.max(reached)).max(0);
        reached = reached.max(to);
    }
    // Of an oblique line, the same share of its true length.
    let (whole, span) = (length_mm(b.x - a.x, b.y - a.y), high - low);
    (covered * whole + span / 2) / span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: (i64, i64), to: (i64, i64)) -> OpenEdge {
        OpenEdge {
            from: Point::new(from.0, from.1),
            to: Point::new(to.0, to.1),
            between: ["a".to_owned(), "b".to_owned()],
        }
    }

    #[test]
    fn open_sides_are_no_walls_and_count_once() {
        let ring = Ring::new(vec![
            Point::new(0, 0),
            Point::new(4000, 0),
            Point::new(4000, 3000),
            Point::new(0, 3000),
        ]);
        let closed = |edges: &[OpenEdge]| closed_perimeter(&ring, "a", edges);
        assert_eq!(closed(&[]), 14_000);
        assert_eq!(closed(&[edge((0, 0), (1500, 0))]), 12_500);
        let overlapping = [edge((0, 0), (1500, 0)), edge((2000, 0), (1000, 0))];
        assert_eq!(closed(&overlapping), 12_000);
        // Beside the wall, beyond its end, and of another room.
        assert_eq!(closed(&[edge((0, 50), (1500, 50))]), 14_000);
        assert_eq!(closed(&[edge((3000, 0), (9000, 0))]), 13_000);
        assert_eq!(
            closed_perimeter(&ring, "c", &[edge((0, 0), (1500, 0))]),
            14_000
        );
    }
}
