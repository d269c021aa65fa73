//! A layout as SVG: rooms tinted and named, walls, doors with their swing, fixtures, dimensions.

use std::fmt::Write as _;

use super::label::{self, SECOND, Words};
use super::svg_text::{escaped, number};
use crate::layout::{Door, DoorType, Fixture, Hinge, Layout, Point, Rect, Ring, Swing, room_type};

/// Free space around the plan for dimensions and the scale bar, in mm.
const MARGIN_MM: i64 = 1_600;

/// The smallest and the largest letters of a room's name, in mm.
const LETTERS_MM: (f64, f64) = (90.0, 320.0);

/// Draws `layout`; one unit of the view box is a millimetre.
///
/// The same layout gives the same text, and names are escaped. Every space, wall, door and fixture
/// carries its id as `data-id`.
pub fn layout_svg(layout: &Layout) -> String {
    let outer = outer_bounds(layout);
    let view = outer.grown(MARGIN_MM);
    let mut svg = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{} {} {} {}\" width=\"{}\" \
         height=\"{}\" role=\"img\" aria-labelledby=\"title\" font-family=\"Helvetica, Arial, \
         sans-serif\">\n<title id=\"title\">Layout: {} rooms, {:.1} m²</title>\n<rect x=\"{}\" \
         y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fff\"/>\n",
        view.x0,
        view.y0,
        view.width(),
        view.height() + 600,
        view.width() / 20,
        (view.height() + 600) / 20,
        layout.rooms.len(),
        layout.room_area_mm2() as f64 / 1e6,
        view.x0,
        view.y0,
        view.width(),
        view.height() + 600,
    );
    spaces(&mut svg, layout);
    fixtures(&mut svg, layout);
    walls(&mut svg, layout);
    doors(&mut svg, layout);
    labels(&mut svg, layout);
    dimensions(&mut svg, &outer);
    scale_bar(&mut svg, &outer);
    svg.push_str("</svg>\n");
    svg
}

/// The box around the outer faces of the perimeter walls.
fn outer_bounds(layout: &Layout) -> Rect {
    let thickness = layout
        .perimeter_walls
        .first()
        .map_or(0, |wall| wall.thickness_mm);
    layout.inner_outline.bounds().grown(thickness)
}

fn path(ring: &Ring) -> String {
    let mut d = String::new();
    for (i, point) in ring.points().iter().enumerate() {
        let _ = write!(
            d,
            "{}{} {}",
            if i == 0 { 'M' } else { 'L' },
            point.x,
            point.y
        );
    }
    d.push('Z');
    d
}

/// A tint for each group of room types.
fn tint(kind: &str) -> &'static str {
    let Some(kind) = room_type(kind) else {
        return "#f2f2f2";
    };
    match (kind.wet, kind.public, kind.group.as_str()) {
        (_, _, "general") if kind.key == "unassigned" => "#fafafa",
        (_, true, _) => "#fdf1d6",
        (true, _, "clinic") => "#dff1ee",
        (true, ..) => "#d9eaf7",
        (_, _, "clinic") => "#e4f3e6",
        (_, _, "office") => "#e6e9f8",
        (_, _, "service") => "#ececec",
        (_, _, "home") => "#f7e8e4",
        _ => "#f1e9f5",
    }
}

fn spaces(svg: &mut String, layout: &Layout) {
    for corridor in &layout.corridors {
        let _ = writeln!(
            svg,
            "<path class=\"corridor\" data-id=\"{}\" fill=\"#fbf8f0\" d=\"{}\"/>",
            escaped(&corridor.id),
            path(&corridor.net_boundary)
        );
    }
    for room in &layout.rooms {
        let holes: String = room.net_holes.iter().map(path).collect();
        let _ = writeln!(
            svg,
            "<path class=\"room\" data-id=\"{}\" fill=\"{}\" fill-rule=\"evenodd\" d=\"{}{holes}\"/>",
            escaped(&room.id),
            tint(&room.room_type),
            path(&room.net_boundary)
        );
    }
}

fn walls(svg: &mut String, layout: &Layout) {
    for obstacle in &layout.obstacles {
        let _ = writeln!(
            svg,
            "<path class=\"column\" fill=\"#555\" d=\"{}\"/>",
            path(obstacle)
        );
    }
    for wall in &layout.perimeter_walls {
        let _ = writeln!(
            svg,
            "<line class=\"perimeter\" data-id=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" \
             stroke=\"#333\" stroke-width=\"{}\" stroke-linecap=\"square\"/>",
            escaped(&wall.id),
            wall.x1,
            wall.y1,
            wall.x2,
            wall.y2,
            wall.thickness_mm
        );
    }
    for wall in &layout.interior_walls {
        let _ = writeln!(
            svg,
            "<line class=\"wall\" data-id=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" \
             stroke=\"#6b6b6b\" stroke-width=\"{}\" stroke-linecap=\"square\"/>",
            escaped(&wall.id),
            wall.x1,
            wall.y1,
            wall.x2,
            wall.y2,
            wall.thickness_mm
        );
    }
}

/// The wall of a door: ends and thickness.
fn wall_of(layout: &Layout, door: &Door) -> Option<(Point, Point, i64, bool)> {
    let interior = layout
        .interior_walls
        .iter()
        .find(|wall| wall.id == door.wall_id);
    if let Some(wall) = interior {
        let left = wall.left_room.as_deref() == Some(door.opens_into.as_str());
        return Some((
            Point::new(wall.x1, wall.y1),
            Point::new(wall.x2, wall.y2),
            wall.thickness_mm,
            left,
        ));
    }
    let wall = layout
        .perimeter_walls
        .iter()
        .find(|wall| wall.id == door.wall_id)?;
    // The perimeter runs clockwise on the page, so outside is to the left.
    let ends = (Point::new(wall.x1, wall.y1), Point::new(wall.x2, wall.y2));
    Some((
        ends.0,
        ends.1,
        wall.thickness_mm,
        door.opens_into == "outside",
    ))
}

fn doors(svg: &mut String, layout: &Layout) {
    for door in &layout.doors {
        let Some((a, b, thickness, left)) = wall_of(layout, door) else {
            continue;
        };
        let length = (a.distance(b).max(1)) as f64;
        let (ux, uy) = ((b.x - a.x) as f64 / length, (b.y - a.y) as f64 / length);
        let sign = if left { 1.0 } else { -1.0 };
        let (nx, ny) = (uy * sign, -ux * sign);
        let at = |along: i64, across: f64| {
            (
                a.x as f64 + ux * along as f64 + nx * across,
                a.y as f64 + uy * along as f64 + ny * across,
            )
        };
        let (start, end) = (door.offset_mm, door.offset_mm + door.leaf_mm);
        let ((x1, y1), (x2, y2)) = (at(start, 0.0), at(end, 0.0));
        let _ = writeln!(
            svg,
            "<g class=\"door\" data-id=\"{}\"><line x1=\"{x1:.0}\" y1=\"{y1:.0}\" x2=\"{x2:.0}\" \
             y2=\"{y2:.0}\" stroke=\"#fff\" stroke-width=\"{}\"/>",
            escaped(&door.id),
            thickness + 4
        );
        let half = thickness as f64 / 2.0;
        let leaf = |svg: &mut String, hinge: i64, tip: i64, radius: i64| {
            let ((hx, hy), (tx, ty)) = (at(hinge, half), at(tip, half));
            let (ox, oy) = at(hinge, half + radius as f64);
            // Which way the arc bends: by the turn from the closed to the open leaf.
            let turn = (tx - hx) * (oy - hy) - (ty - hy) * (ox - hx);
            let _ = write!(
                svg,
                "<path fill=\"none\" stroke=\"#a33\" stroke-width=\"18\" \
                 d=\"M{tx:.0} {ty:.0}A{radius} {radius} 0 0 {} {ox:.0} {oy:.0}\"/><line \
                 x1=\"{hx:.0}\" y1=\"{hy:.0}\" x2=\"{ox:.0}\" y2=\"{oy:.0}\" stroke=\"#a33\" \
                 stroke-width=\"40\"/>",
                u8::from(turn > 0.0)
            );
        };
        match (door.door_type, door.hinge) {
            (DoorType::Double, _) => {
                leaf(svg, start, start + door.leaf_mm / 2, door.leaf_mm / 2);
                leaf(svg, end, end - door.leaf_mm / 2, door.leaf_mm / 2);
            }
            (DoorType::Single, Hinge::Start) => leaf(svg, start, end, door.leaf_mm),
            (DoorType::Single, Hinge::End) => leaf(svg, end, start, door.leaf_mm),
            (DoorType::Sliding, _) => {
                let ((sx, sy), (ex, ey)) = (at(start, half + 30.0), at(end, half + 30.0));
                let _ = write!(
                    svg,
                    "<line x1=\"{sx:.0}\" y1=\"{sy:.0}\" x2=\"{ex:.0}\" y2=\"{ey:.0}\" \
                     stroke=\"#a33\" stroke-width=\"40\" stroke-dasharray=\"120 60\"/>"
                );
            }
        }
        debug_assert!(
            door.swing_direction != Swing::Sliding || door.door_type == DoorType::Sliding
        );
        svg.push_str("</g>\n");
    }
}

fn fixtures(svg: &mut String, layout: &Layout) {
    for fixture in &layout.fixtures {
        let body = fixture.footprint();
        let _ = writeln!(
            svg,
            "<g class=\"fixture {}\" data-id=\"{}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" \
             height=\"{}\" fill=\"#fff\" fill-opacity=\"0.7\" stroke=\"#888\" \
             stroke-width=\"15\"/>{}</g>",
            escaped(&fixture.fixture_type),
            escaped(&fixture.id),
            body.x0,
            body.y0,
            body.width(),
            body.height(),
            back_line(fixture)
        );
    }
}

/// A thick line along a fixture's back, so that one sees which way it faces.
fn back_line(fixture: &Fixture) -> String {
    let body = fixture.footprint();
    let (x1, y1, x2, y2) = match fixture.rotation_deg.rem_euclid(360) {
        90 => (body.x1, body.y0, body.x1, body.y1),
        180 => (body.x0, body.y1, body.x1, body.y1),
        270 => (body.x0, body.y0, body.x0, body.y1),
        _ => (body.x0, body.y0, body.x1, body.y0),
    };
    format!(
        "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"#888\" stroke-width=\"50\"/>"
    )
}

fn labels(svg: &mut String, layout: &Layout) {
    for room in &layout.rooms {
        let corners = room.net_boundary.points().iter();
        let ring = corners.map(|corner| [corner.x as f64, corner.y as f64]);
        let area = format!("{:.2} m²", room.area_sqm);
        let words = Words {
            name: &room.name,
            area: &area,
        };
        let Some(spot) = label::spot(&[ring.collect()], words, LETTERS_MM.1) else {
            continue;
        };
        let size = spot.size.max(LETTERS_MM.0);
        let (x, y) = (number(spot.x), number(spot.y));
        let turn = match spot.upright {
            true => format!(" transform=\"rotate(-90 {x} {y})\""),
            false => String::new(),
        };
        let (first, second) = spot.baselines();
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{x}\" y=\"{}\" font-size=\"{}\" text-anchor=\"middle\" \
             fill=\"#222\"{turn}>{}<tspan x=\"{x}\" y=\"{}\" font-size=\"{}\" fill=\"#555\">\
             {area}</tspan></text>",
            number(first),
            number(size),
            escaped(&room.name),
            number(second),
            number(SECOND * size),
        );
    }
}

fn dimensions(svg: &mut String, outer: &Rect) {
    let metres = |mm: i64| format!("{:.2} m", mm as f64 / 1000.0);
    let (top, left) = (outer.y0 - 700, outer.x0 - 700);
    let mut line = |x1: i64, y1: i64, x2: i64, y2: i64| {
        let _ = writeln!(
            svg,
            "<line class=\"dimension\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" \
             stroke=\"#777\" stroke-width=\"20\"/>"
        );
    };
    line(outer.x0, top, outer.x1, top);
    line(outer.x0, top - 150, outer.x0, top + 150);
    line(outer.x1, top - 150, outer.x1, top + 150);
    line(left, outer.y0, left, outer.y1);
    line(left - 150, outer.y0, left + 150, outer.y0);
    line(left - 150, outer.y1, left + 150, outer.y1);
    let middle = outer.middle();
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"300\" text-anchor=\"middle\" fill=\"#555\">{}</text>\n\
         <text x=\"{}\" y=\"{}\" font-size=\"300\" text-anchor=\"middle\" fill=\"#555\" \
         transform=\"rotate(-90 {} {})\">{}</text>",
        middle.x,
        top - 150,
        metres(outer.width()),
        left - 150,
        middle.y,
        left - 150,
        middle.y,
        metres(outer.height())
    );
}

fn scale_bar(svg: &mut String, outer: &Rect) {
    let y = outer.y1 + 900;
    for metre in 0..5 {
        let _ = writeln!(
            svg,
            "<rect class=\"scale\" x=\"{}\" y=\"{y}\" width=\"1000\" height=\"120\" fill=\"{}\" \
             stroke=\"#333\" stroke-width=\"15\"/>",
            outer.x0 + metre * 1000,
            if metre % 2 == 0 { "#333" } else { "#fff" }
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" font-size=\"260\" fill=\"#555\">0</text>\n<text x=\"{}\" \
         y=\"{}\" font-size=\"260\" fill=\"#555\">5 m</text>",
        outer.x0 - 60,
        y + 420,
        outer.x0 + 4_900,
        y + 420
    );
}
