//! Walls by their thickness, and their centre lines.

use std::fmt::Write as _;

use super::super::svg_text::number;
use crate::plan::{Floorplan, Wall};

/// No wall is drawn thinner, in points, or it could not be seen.
const THINNEST: f64 = 0.8;

/// A wall that was read less surely than this is drawn paler.
const SURE: f64 = 0.6;

/// Draws the walls; see-through where the line work under them is to be compared with.
pub(super) fn draw(svg: &mut String, floorplan: &Floorplan, see_through: bool) {
    let (colour, opacity) = match see_through {
        true => ("#d9480f", 0.55),
        false => ("#343a40", 1.0),
    };
    let _ = writeln!(
        svg,
        "<g class=\"walls\" fill=\"none\" stroke=\"{colour}\" stroke-opacity=\"{opacity}\" \
         stroke-linecap=\"butt\">"
    );
    for wall in &floorplan.walls {
        let paler = if wall.confidence < SURE {
            " stroke-dasharray=\"3 1\""
        } else {
            ""
        };
        let _ = writeln!(
            svg,
            "<path d=\"{}\" stroke-width=\"{}\"{paler}/>",
            line(wall),
            number(wall.thickness_pt.max(THINNEST)),
        );
    }
    svg.push_str("</g>\n");
    if see_through {
        svg.push_str("<path class=\"centre-lines\" fill=\"none\" stroke=\"#1864ab\" stroke-width=\"0.6\" d=\"");
        for wall in &floorplan.walls {
            svg.push_str(&line(wall));
        }
        svg.push_str("\"/>\n");
    }
}

fn line(wall: &Wall) -> String {
    format!(
        "M{} {}L{} {}",
        number(wall.a.x),
        number(wall.a.y),
        number(wall.b.x),
        number(wall.b.y)
    )
}
