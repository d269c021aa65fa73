//! Doors with their swings, windows and plain openings.

use std::fmt::Write as _;

use super::super::svg_text::number;
use crate::plan::{Floorplan, Leaf, Opening, Point};

/// What an opening is drawn as when its wall is not known, in points.
const USUAL_THICKNESS: f64 = 4.0;

pub(super) fn draw(svg: &mut String, floorplan: &Floorplan) {
    group(svg, floorplan, "doors", "#2b8a3e", &floorplan.doors);
    group(svg, floorplan, "windows", "#1971c2", &floorplan.windows);
    group(svg, floorplan, "openings", "#868e96", &floorplan.openings);
}

fn group(svg: &mut String, floorplan: &Floorplan, class: &str, colour: &str, all: &[Opening]) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(
        svg,
        "<g class=\"{class}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"0.8\">"
    );
    for opening in all {
        frame(svg, floorplan, opening);
        for leaf in &opening.leaves {
            swing(svg, opening, leaf);
        }
    }
    svg.push_str("</g>\n");
}

/// The piece of the wall that is open, cut out in white with a coloured edge.
fn frame(svg: &mut String, floorplan: &Floorplan, opening: &Opening) {
    let wall = opening.wall.and_then(|place| floorplan.walls.get(place));
    let half = wall.map_or(USUAL_THICKNESS, |wall| wall.thickness_pt) / 2.0;
    let (a, b) = (opening.a, opening.b);
    let length = a.distance(b);
    if length <= 0.0 {
        return;
    }
    let (dx, dy) = ((b.x - a.x) / length * half, (b.y - a.y) / length * half);
    let corners = [
        Point::new(a.x - dy, a.y + dx),
        Point::new(b.x - dy, b.y + dx),
        Point::new(b.x + dy, b.y - dx),
        Point::new(a.x + dy, a.y - dx),
    ];
    let points = corners.map(|corner| format!("{},{}", number(corner.x), number(corner.y)));
    let _ = writeln!(
        svg,
        "<polygon points=\"{}\" fill=\"#fff\" fill-opacity=\"0.85\"/>",
        points.join(" ")
    );
}

/// The open leaf and the quarter circle of its tip.
fn swing(svg: &mut String, opening: &Opening, leaf: &Leaf) {
    let radius = leaf.hinge.distance(leaf.tip);
    // Where the tip is when the leaf is shut: as far along the wall as the leaf is long.
    let far = match leaf.hinge.distance(opening.a) < leaf.hinge.distance(opening.b) {
        true => opening.b,
        false => opening.a,
    };
    let whole = leaf.hinge.distance(far);
    if radius <= 0.0 || whole <= 0.0 {
        return;
    }
    let shut = leaf.hinge.towards(far, radius / whole);
    let turn = (leaf.tip.x - leaf.hinge.x) * (shut.y - leaf.hinge.y)
        - (leaf.tip.y - leaf.hinge.y) * (shut.x - leaf.hinge.x);
    let _ = writeln!(
        svg,
        "<path d=\"M{} {}L{} {}A{r} {r} 0 0 {} {} {}\"/>",
        number(leaf.hinge.x),
        number(leaf.hinge.y),
        number(leaf.tip.x),
        number(leaf.tip.y),
        u8::from(turn > 0.0),
        number(shut.x),
        number(shut.y),
        r = number(radius),
    );
}
