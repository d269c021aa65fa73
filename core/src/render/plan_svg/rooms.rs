//! Rooms: tints, names and areas.

use std::fmt::Write as _;

use super::super::label::{self, SECOND, Words};
use super::super::svg_text::{escaped, number};
use crate::plan::{Floorplan, Point, Room};

/// Light enough for black letters, and far enough apart for neighbours.
const TINTS: [&str; 8] = [
    "#d0ebff", "#d3f9d8", "#fff3bf", "#ffe3e3", "#e5dbff", "#c5f6fa", "#ffe8cc", "#eebefa",
];

/// Printed and measured areas that differ by more than this part of the printed one disagree.
const DISAGREES: f64 = 0.05;

/// The smallest and the largest letters, in points.
const LETTERS: (f64, f64) = (3.0, 14.0);

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
    svg.push_str(
        "<g class=\"labels\" font-family=\"Helvetica, Arial, sans-serif\" \
         text-anchor=\"middle\">\n",
    );
    for room in &floorplan.rooms {
        label(svg, room);
    }
    svg.push_str("</g>\n");
}

fn label(svg: &mut String, room: &Room) {
    let area = area_text(room);
    let rings: Vec<Vec<[f64; 2]>> = std::iter::once(&room.polygon)
        .chain(&room.holes)
        .map(|ring| ring.iter().map(|corner| [corner.x, corner.y]).collect())
        .collect();
    let words = Words {
        name: &room.name,
        area: &area,
    };
    let Some(spot) = label::spot(&rings, words, LETTERS.1) else {
        return;
    };
    let size = spot.size.max(LETTERS.0);
    let style = match room.name_is_generated {
        true => " font-style=\"italic\" fill=\"#868e96\"",
        false => " font-weight=\"bold\"",
    };
    let (x, y) = (number(spot.x), number(spot.y));
    let turn = match spot.upright {
        true => format!(" transform=\"rotate(-90 {x} {y})\""),
        false => String::new(),
    };
    // In a room that leaves no space around its label, wider letters than those that were thought
    // of would run into the next one.
    let within = |text: &str, size: f64| match spot.size < LETTERS.1 {
        true => format!(
            " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
            number(label::widest(text) * size)
        ),
        false => String::new(),
    };
    let (first, second) = spot.baselines();
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{}\" font-size=\"{}\"{}{style}{turn}>{}</text>",
        number(first),
        number(size),
        within(&room.name, spot.size),
        escaped(&room.name)
    );
    if !area.is_empty() {
        let _ = writeln!(
            svg,
            "<text x=\"{x}\" y=\"{}\" font-size=\"{}\"{}{turn}>{area}</text>",
            number(second),
            number(SECOND * size),
            within(&area, SECOND * spot.size),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A room of this width, and its label in letters that it limits or not.
    fn labelled(width: f64) -> String {
        let corner = |x, y| Point { x, y };
        let room = Room {
            polygon: vec![
                corner(0.0, 0.0),
                corner(width, 0.0),
                corner(width, 40.0),
                corner(0.0, 40.0),
            ],
            holes: Vec::new(),
            name: "Master Bathroom".to_owned(),
            name_is_generated: false,
            boundary_walls: Vec::new(),
            area_sq_pt: 40.0 * width,
            area_m2: Some(4.0),
            printed_area_m2: None,
            confidence: 1.0,
        };
        let mut svg = String::new();
        label(&mut svg, &room);
        svg
    }

    #[test]
    fn letters_of_any_font_stay_within_a_narrow_room() {
        for width in [30.0, 60.0] {
            let svg = labelled(width);
            let lengths: Vec<f64> = svg
                .split(" textLength=\"")
                .skip(1)
                .map(|rest| rest.split('"').next().unwrap().parse().unwrap())
                .collect();
            assert_eq!(lengths.len(), 2, "{svg}");
            assert!(
                lengths.iter().all(|length| *length <= width + 0.01),
                "{svg}"
            );
        }
        assert!(!labelled(300.0).contains("textLength"));
    }

    #[test]
    fn printed_areas_are_told_where_nothing_else_is_known() {
        let mut room = Room {
            polygon: Vec::new(),
            holes: Vec::new(),
            name: "Hall".to_owned(),
            name_is_generated: false,
            boundary_walls: Vec::new(),
            area_sq_pt: 10_400.0,
            area_m2: None,
            printed_area_m2: Some(12.0),
            confidence: 1.0,
        };
        assert_eq!(area_text(&room), "12.0 m² printed");
        room.area_m2 = Some(11.9);
        assert_eq!(area_text(&room), "11.9 m²");
        room.area_m2 = Some(9.0);
        assert_eq!(area_text(&room), "9.0 m² (printed 12.0)");
    }
}
