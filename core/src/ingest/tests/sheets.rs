//! Sheets with more on them than one plan: frames near walls, second plans, tiled floors.

use std::fmt::Write as _;

use super::{TestPdf, numbers, read};
use crate::plan::{Floorplan, Wall};

fn sheet(width: f64, content: &str) -> Floorplan {
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, width, 600.0]));
    read(&pdf.bytes(content)).unwrap().floorplan
}

/// A house of two rooms between double lines: `outer` and `inner` are the thicknesses of its
/// walls, and `x` and `y` the corner of its outer faces.
fn house(x: f64, y: f64, [width, height]: [f64; 2], outer: f64, inner: f64) -> String {
    let room = 0.5 * (width - 2.0 * outer - inner);
    let depth = height - 2.0 * outer;
    let (left, right) = (x + outer, x + outer + room + inner);
    let low = y + outer;
    format!(
        "0.5 w {x} {y} {width} {height} re S {left} {low} {room} {depth} re S \
         {right} {low} {room} {depth} re S "
    )
}

fn length_of(plan: &Floorplan, thickness: f64) -> f64 {
    let alike = |wall: &&Wall| (wall.thickness_pt - thickness).abs() < 0.1;
    plan.walls.iter().filter(alike).map(Wall::length_pt).sum()
}

#[test]
fn the_wall_of_a_plan_near_the_edge_is_no_frame() {
    // The frame runs along the whole sheet; the house reaches near its right edge and is as high
    // as two thirds of it.
    let frame = "1 w 12 12 876 576 re S ";
    let plan = sheet(
        900.0,
        &(frame.to_owned() + &house(400.0, 100.0, [460.0, 400.0], 10.0, 5.0)),
    );
    assert!(
        (length_of(&plan, 10.0) - 1680.0).abs() < 1.0,
        "{:#?}",
        plan.walls
    );
    assert_eq!(plan.rooms.len(), 2);
}

#[test]
fn a_second_plan_has_walls_of_its_own() {
    let one = house(60.0, 60.0, [600.0, 480.0], 6.0, 4.0);
    let two = house(740.0, 90.0, [160.0, 200.0], 22.0, 9.0);
    let plan = sheet(1000.0, &(one + &two));
    assert!(
        (length_of(&plan, 6.0) - 2136.0).abs() < 1.0,
        "{:#?}",
        plan.walls
    );
    assert!(
        (length_of(&plan, 22.0) - 632.0).abs() < 1.0,
        "{:#?}",
        plan.walls
    );
    assert_eq!(plan.rooms.len(), 4);
}

/// Tiles over the right room of a house at 100, 100: lines every `side` points both ways, `shift`
/// from its walls.
fn tiles(side: f64, shift: f64) -> String {
    let mut lines = String::new();
    let mut x = 308.0 + shift;
    while x < 492.0 {
        write!(lines, "{x} 106 m {x} 394 l S ").unwrap();
        x += side;
    }
    let mut y = 106.0 + shift;
    while y < 394.0 {
        write!(lines, "308 {y} m 492 {y} l S ").unwrap();
        y += side;
    }
    lines
}

#[test]
fn tiles_of_two_pens_are_no_walls() {
    // Joints are drawn as two lines, which are as far apart as the faces of a wall.
    let walls = house(100.0, 100.0, [400.0, 300.0], 6.0, 4.0);
    let joints = format!(
        "0.07 w 0.7 G {} 0.08 w {}",
        tiles(20.0, 9.0),
        tiles(20.0, 13.0)
    );
    let plan = sheet(600.0, &(walls + &joints));
    assert_eq!(
        (plan.walls.len(), plan.rooms.len()),
        (5, 2),
        "{:#?}",
        plan.walls
    );
    assert!(plan.doors.is_empty() && plan.windows.is_empty());
}

#[test]
fn a_row_of_tiles_beside_a_line_of_dimensions_is_no_door() {
    let walls = house(100.0, 100.0, [400.0, 300.0], 6.0, 4.0);
    let line = "0.1 w 0 0.4 0 RG 308 258.5 m 492 258.5 l S ";
    let plan = sheet(600.0, &(walls + "0.07 w 0.7 G " + &tiles(20.0, 9.0) + line));
    assert_eq!(plan.rooms.len(), 2, "{:#?}", plan.doors);
    assert!(plan.doors.is_empty() && plan.windows.is_empty());
}

#[test]
fn rows_of_tiles_with_more_beside_them_are_no_window() {
    // Three rows from wall to wall, over as much as the outer walls are thick; those beside end at a
    // text.
    let walls = house(100.0, 100.0, [400.0, 300.0], 17.0, 4.0);
    let rows = |beside: &[f64]| {
        let mut lines = String::from("0.07 w 0.7 G ");
        for y in [240.0, 250.0, 260.0] {
            write!(lines, "302 {y} m 483 {y} l S ").unwrap();
        }
        for y in beside {
            write!(lines, "302 {y} m 478 {y} l S ").unwrap();
        }
        let plan = sheet(600.0, &(walls.clone() + &lines));
        (plan.windows.len(), plan.rooms.len())
    };
    assert_eq!(rows(&[]).0, 1);
    assert_eq!(rows(&[230.0, 270.0]), (0, 2));
}

#[test]
fn a_wardrobe_from_wall_to_wall_is_no_window() {
    let walls = house(100.0, 100.0, [400.0, 300.0], 14.0, 4.0);
    // Three lines from the partition to the outer wall.
    let windows = |foot: f64| {
        let mut lines = String::from("0.1 w 0.5 G ");
        for off in [0.0, 7.0, 14.0] {
            let y = foot + off;
            write!(lines, "302 {y} m 486 {y} l S ").unwrap();
        }
        sheet(600.0, &(walls.clone() + &lines)).windows.len()
    };
    // In the middle of the room they part it; at the wall they are a wardrobe.
    assert_eq!((windows(240.0), windows(114.5)), (1, 0));
}

#[test]
fn a_scale_bar_is_no_wall() {
    let walls = "0 g 60 160 200 6 re f 60 354 200 6 re f 60 166 6 188 re f 254 166 6 188 re f ";
    let mut bar = String::new();
    let mut figures = String::from("BT /F 6 Tf 1 0 0 1 398 32 Tm (0) Tj ");
    for step in 0..5 {
        let x = 400 + 30 * step;
        write!(bar, "{x} {} 30 4 re f ", 20 + 4 * (step % 2)).unwrap();
        let unit = if step == 4 { " m" } else { "" };
        write!(figures, "1 0 0 1 {} 32 Tm ({}{unit}) Tj ", x + 28, step + 1).unwrap();
    }
    let helvetica = lopdf::dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica"
    };
    let mut pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 600.0, 600.0]));
    pdf.resources
        .set("Font", lopdf::dictionary! { "F" => helvetica });
    let found = read(&pdf.bytes(format!("{walls}{bar}{figures} ET"))).unwrap();
    assert_eq!(
        found.floorplan.walls.len(),
        4,
        "{:#?}",
        found.floorplan.walls
    );
}
