//! Every edge of every space lies on the face of a wall, of the building or of a column, or is
//! declared to be open.

use super::super::geometry::{Point, Rect};
use super::super::model::InteriorWall;
use super::cover::Cover;
use super::spaces::beside;
use super::{Findings, Measure, View};

/// What rounding may leave of an edge without a wall, in mm.
const ROUNDING_MM: i64 = 2;

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let faces: Vec<(Point, Point)> = view
        .layout
        .interior_walls
        .iter()
        .flat_map(wall_faces)
        .collect();
    let building: Vec<(Point, Point)> = view
        .plate
        .obstacles
        .iter()
        .chain(std::iter::once(&view.plate.inner_outline))
        .flat_map(|ring| ring.edges().collect::<Vec<_>>())
        .collect();
    for space in &view.spaces {
        let kind = if space.is_corridor {
            "corridor"
        } else {
            "room"
        };
        if !space.net.is_simple() || !space.gross.is_simple() {
            let message = format!(
                "the outline of {kind} `{}` crosses or touches itself",
                space.id
            );
            found.error("ROOM_NOT_ENCLOSED", &[space.id], Measure::NONE, message);
            continue;
        }
        let mut missing = 0;
        for (a, b) in space.net.edges() {
            let mut cover = Cover::of(a, b);
            for (c, d) in faces.iter().chain(&building) {
                cover.add(*c, *d);
            }
            for open in &view.layout.open_edges {
                if open.between.iter().any(|id| id == space.id) {
                    cover.add(open.from, open.to);
                }
            }
            let lacking = cover.missing();
            // Where an edge ends on a slanting side, both ends are rounded for themselves.
            let outline = &view.plate.inner_outline;
            let rounded = || beside(outline, a) || beside(outline, b);
            if lacking > ROUNDING_MM || lacking > 0 && !rounded() {
                missing += lacking;
            }
        }
        if missing > 0 {
            let message = format!(
                "{missing} mm of the edge of {kind} `{}` have no wall",
                space.id
            );
            found.error(
                "ROOM_NOT_ENCLOSED",
                &[space.id],
                Measure::against(missing, 0),
                message,
            );
        }
    }
}

/// The body of a wall along an axis, with the corner pieces at its ends; `None` for one aslant.
pub(super) fn wall_body(wall: &InteriorWall) -> Option<Rect> {
    let half = wall.thickness_mm / 2;
    let axis = wall.x1 == wall.x2 || wall.y1 == wall.y2;
    axis.then(|| Rect::new(wall.x1, wall.y1, wall.x2, wall.y2).grown(half))
}

fn wall_faces(wall: &InteriorWall) -> Vec<(Point, Point)> {
    match wall_body(wall) {
        Some(body) => body.ring().edges().collect(),
        None => Vec::new(),
    }
}
