//! Rooms: tints, names and areas.

use std::fmt::Write as _;

use super::super::svg_text::{escaped, number};
use crate::plan::{Floorplan, Point, Rect, Room, Segment};

/// Light enough for black letters, and far enough apart for neighbours.
const TINTS: [&str; 8] = [
    "#d0ebff", "#d3f9d8", "#fff3bf", "#ffe3e3", "#e5dbff", "#c5f6fa", "#ffe8cc", "#eebefa",
];

/// Printed and measured areas that differ by more than this part of the printed one disagree.
const DISAGREES: f64 = 0.05;

/// The largest and the smallest letters, in points.
const LETTERS: (f64, f64) = (14.0, 3.0);

/// Half the places across a room, each way, that are tried for its label.
const PLACES: u32 = 12;

pub(super) fn tints(svg: &mut String, floorplan: &Floorplan) {
    if floorplan.rooms.is_empty() {
        return;
    }
    svg.push_str("<g class=\"rooms\" fill-rule=\"evenodd\" fill-opacity=\"0.7\">\n");
    for (room, tint) in floorplan.rooms.iter().zip(TINTS.iter().cycle()) {
        let mut path = String::new();
        for ring in std::iter::once(&room.polygon).chain(&room.holes) {
            outline(&mut path, ring);
        }
        let class = match disagrees(room) {
            true => "room disagrees\" stroke=\"#e03131\" stroke-dasharray=\"4 2",
            false => "room",
        };
        let _ = writeln!(
            svg,
            "<path class=\"{class}\" fill=\"{tint}\" d=\"{path}\"><title>{}</title></path>",
            escaped(&room.name)
        );
    }
    svg.push_str("</g>\n");
}

fn outline(path: &mut String, ring: &[Point]) {
    for (place, corner) in ring.iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{step}{} {}", number(corner.x), number(corner.y));
    }
    path.push('Z');
}

fn disagrees(room: &Room) -> bool {
    match (room.area_m2, room.printed_area_m2) {
        (Some(measured), Some(printed)) => (measured - printed).abs() > DISAGREES * printed.abs(),
        _ => false,
    }
}

pub(super) fn labels(svg: &mut String, floorplan: &Floorplan) {
    if floorplan.rooms.is_empty() {
        return;
    }
    svg.push_str("<g class=\"labels\" font-family=\"sans-serif\" text-anchor=\"middle\">\n");
    for room in &floorplan.rooms {
        label(svg, room);
    }
    svg.push_str("</g>\n");
}

fn label(svg: &mut String, room: &Room) {
    let Some((middle, space)) = roomiest_place(room) else {
        return;
    };
    let area = area_text(room);
    let longest = room.name.chars().count().max(area.chars().count()).max(1);
    // Sans serif letters are about 0.6 of their size wide; the circle of free space is two
    // `space` wide; bold letters are a little wider.
    #[allow(clippy::cast_precision_loss, reason = "a label is short")]
    let size = (2.1 * space / (0.6 * longest as f64)).clamp(LETTERS.1, LETTERS.0);
    let style = match room.name_is_generated {
        true => " font-style=\"italic\" fill=\"#868e96\"",
        false => " font-weight=\"bold\"",
    };
    let (x, y) = (number(middle.x), middle.y);
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" font-size=\"{}\"{style}>{}</text>",
        number(y - 0.1 * size),
        number(size),
        escaped(&room.name)
    );
    if !area.is_empty() {
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" font-size=\"{}\">{area}</text>",
            number(y + size),
            number(0.85 * size),
        );
    }
}

/// The measured area, and the printed one where it says something else.
fn area_text(room: &Room) -> String {
    match (room.area_m2, room.printed_area_m2) {
        (Some(measured), Some(printed)) if disagrees(room) => {
            format!("{measured:.1} m² (printed {printed:.1})")
        }
        (Some(measured), _) => format!("{measured:.1} m²"),
        (None, Some(printed)) => format!("{printed:.1} m² printed"),
        (None, None) => String::new(),
    }
}

/// The place in a room that is farthest from its edges, of a grid of places, and how far it is.
fn roomiest_place(room: &Room) -> Option<(Point, f64)> {
    let rings: Vec<&[Point]> = std::iter::once(&room.polygon)
        .chain(&room.holes)
        .map(Vec::as_slice)
        .collect();
    let bounds = Rect::around(room.polygon.iter().copied());
    let mut best: Option<(Point, f64)> = None;
    let steps = 2 * PLACES;
    for row in 1..steps {
        for column in 1..steps {
            let share = |at: u32| f64::from(at) / f64::from(steps);
            let place = Point::new(
                bounds.x0 + bounds.width() * share(column),
                bounds.y0 + bounds.height() * share(row),
            );
            let space = space_around(place, &rings);
            if space > best.map_or(0.0, |(_, most)| most + 1e-9) {
                best = Some((place, space));
            }
        }
    }
    best
}

/// How far a place is from the nearest edge; 0 outside. A ray to the right crosses the edges an
/// odd number of times from inside.
fn space_around(place: Point, rings: &[&[Point]]) -> f64 {
    let (mut inside, mut nearest) = (false, f64::INFINITY);
    for ring in rings {
        let next = ring.iter().cycle().skip(1);
        for (&a, &b) in ring.iter().zip(next) {
            nearest = nearest.min(Segment::new(a, b).distance_to(place));
            if (a.y > place.y) != (b.y > place.y) {
                let x = a.x + (place.y - a.y) / (b.y - a.y) * (b.x - a.x);
                inside ^= x > place.x;
            }
        }
    }
    if inside { nearest } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stands_in_the_thick_arm_of_an_l() {
        let corners = [
            [0.0, 0.0],
            [200.0, 0.0],
            [200.0, 20.0],
            [80.0, 20.0],
            [80.0, 100.0],
            [0.0, 100.0],
        ];
        let room = Room {
            polygon: corners.map(Point::from).to_vec(),
            holes: Vec::new(),
            name: "Hall".to_owned(),
            name_is_generated: false,
            boundary_walls: Vec::new(),
            area_sq_pt: 10_400.0,
            area_m2: None,
            printed_area_m2: Some(12.0),
            confidence: 1.0,
        };
        let (place, space) = roomiest_place(&room).unwrap();
        assert!((30.0..50.0).contains(&place.x) && space > 30.0, "{place:?}");
        assert_eq!(area_text(&room), "12.0 m² printed");
    }
}
