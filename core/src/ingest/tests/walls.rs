//! Walls of one small house, drawn in each of the common ways.

use std::fmt::Write as _;

use super::{TestPdf, numbers, read};
use crate::plan::{Floorplan, Segment, Wall, WallStyle};

/// The frame, the title block, furniture and dimension lines around the house.
const SURROUNDINGS: &str = "1.4 w 10 10 780 580 re S 600 10 m 600 110 l 790 110 l S \
     600 60 m 790 60 l S 0.2 w 0.5 G 260 320 60 30 re S 420 300 40 40 re S \
     0.8 0 0 RG 0.18 w 200 160 m 600 160 l S 200 142 m 600 142 l S 0 G ";

fn house(walls: &str) -> Floorplan {
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    read(&pdf.bytes(format!("{SURROUNDINGS} {walls}")))
        .unwrap()
        .floorplan
}

/// Centre lines of the house: an outline and a partition, on the displayed page.
fn expected() -> [Segment; 5] {
    let segment =
        |x1: f64, y1: f64, x2: f64, y2: f64| Segment::new([x1, y1].into(), [x2, y2].into());
    [
        segment(200.0, 200.0, 600.0, 200.0),
        segment(200.0, 400.0, 600.0, 400.0),
        segment(200.0, 200.0, 200.0, 400.0),
        segment(600.0, 200.0, 600.0, 400.0),
        segment(400.0, 200.0, 400.0, 400.0),
    ]
}

#[track_caller]
fn assert_house(plan: &Floorplan, style: WallStyle, thickness: f64) {
    let near = |wall: &Wall, line: &Segment| {
        wall.a.distance(line.a).max(wall.b.distance(line.b)) < 0.1
            || wall.a.distance(line.b).max(wall.b.distance(line.a)) < 0.1
    };
    for line in expected() {
        let found = plan.walls.iter().find(|wall| near(wall, &line));
        let wall = found.unwrap_or_else(|| panic!("{line:?} is not among {:#?}", plan.walls));
        assert_eq!(wall.style, style);
        assert!((wall.thickness_pt - thickness).abs() < 0.05, "{wall:?}");
    }
    assert_eq!(plan.walls.len(), 5, "{:#?}", plan.walls);
}

#[test]
fn thick_strokes_are_walls() {
    let plan = house("8 w 200 200 400 200 re S 400 200 m 400 400 l S");
    assert_house(&plan, WallStyle::Single, 8.0);
}

#[test]
fn double_lines_are_walls() {
    // The outer outline, and the two rooms inside.
    let plan = house("0.5 w 196 196 408 208 re S 204 204 192 192 re S 404 204 192 192 re S");
    assert_house(&plan, WallStyle::Double, 8.0);
}

#[test]
fn filled_rectangles_are_walls() {
    let plan = house(
        "0.2 g 196 196 408 8 re f 196 396 408 8 re f 196 196 8 208 re f 596 196 8 208 re f \
         396 196 8 208 re f",
    );
    assert_house(&plan, WallStyle::Filled, 8.0);
}

#[test]
fn a_filled_outline_with_rooms_cut_out_is_walls() {
    let plan = house("0.2 g 196 196 408 208 re 204 204 192 192 re 404 204 192 192 re f*");
    assert_house(&plan, WallStyle::Filled, 8.0);
}

#[test]
fn a_wall_goes_on_across_a_door() {
    let plan = house("8 w 200 200 400 200 re S 400 200 m 400 280 l S 400 302 m 400 400 l S");
    assert_house(&plan, WallStyle::Single, 8.0);
}

#[test]
fn a_drawing_without_walls_says_so() {
    let plan = house("0.3 w 300 300 m 310 320 l S");
    assert!(plan.walls.is_empty(), "{:#?}", plan.walls);
    assert!(
        plan.findings
            .iter()
            .any(|finding| finding.code == "no_walls")
    );
}

#[test]
fn partitions_much_thinner_than_the_outer_walls_are_walls() {
    // Five times, with a door without an arc beside the lower wall.
    let plan = house(
        "0.2 g 190 190 420 20 re f 190 390 420 20 re f 190 190 20 220 re f 590 190 20 220 re f \
         398 210 4 4 re f 398 240 4 150 re f 298 210 4 180 re f",
    );
    let thin = plan.walls.iter().filter(|wall| wall.thickness_pt < 5.0);
    assert!(thin.count() >= 2, "{:#?}", plan.walls);
}

#[test]
fn chains_of_dimensions_along_a_wall_are_none() {
    // Two chains in the pen of the walls, as far from each other as the faces of one.
    let mut chains = String::from("0.5 w 0 G 200 176 m 600 176 l S 200 168 m 600 168 l S ");
    for x in [200, 300, 400, 500, 600] {
        write!(chains, "{x} 164 m {x} 180 l S ").unwrap();
    }
    let mut texts = String::from("BT /F1 5 Tf ");
    for x in [245, 345, 445, 545] {
        write!(
            texts,
            "1 0 0 1 {x} 177 Tm (2500) Tj 1 0 0 1 {x} 169 Tm (2500) Tj "
        )
        .unwrap();
    }
    let mut pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    let font = lopdf::dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica"
    };
    pdf.resources
        .set("Font", lopdf::dictionary! { "F1" => font });
    let walls = "0.5 w 196 196 408 208 re S 204 204 192 192 re S 404 204 192 192 re S";
    let content = format!("{SURROUNDINGS} {chains} {walls} {texts} ET");
    let plan = read(&pdf.bytes(content)).unwrap().floorplan;
    assert_house(&plan, WallStyle::Double, 8.0);
}

#[test]
fn of_too_many_walls_the_longest_are_kept_and_it_is_told() {
    // 35 by 35 small rooms apart from each other, no two walls on one line.
    let mut content = String::from("0.2 g ");
    for column in 0..35 {
        for row in 0..35 {
            let x = 70 * column + 20 + row * 7 % 31;
            let y = 70 * row + 20 + column * 11 % 29;
            let (right, top) = (x + 34, y + 34);
            write!(
                content,
                "{x} {y} 36 2 re f {x} {top} 36 2 re f {x} {y} 2 36 re f {right} {y} 2 36 re f "
            )
            .unwrap();
        }
    }
    let pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 3000.0, 3000.0]));
    let plan = read(&pdf.bytes(content)).unwrap().floorplan;
    let told = plan
        .findings
        .iter()
        .find(|finding| finding.code == "walls_left_out");
    assert!(
        told.is_some(),
        "{} walls, {:?}",
        plan.walls.len(),
        plan.findings
    );
    assert_eq!(plan.walls.len(), 4_000);
}

/// The outer walls of the house, 8 points thick.
const OUTER: &str = "0.2 g 196 196 408 8 re f 196 396 408 8 re f 196 196 8 208 re f \
     596 196 8 208 re f ";

#[test]
fn pieces_of_a_thin_partition_beside_a_wide_door_are_walls_and_a_leaf_is_none() {
    // Too wide to be bridged, with nothing drawn in it.
    let plan = house(&format!("{OUTER} 398.5 204 3 76 re f 398.5 320 3 76 re f"));
    let thin = |plan: &Floorplan| {
        let thin = plan.walls.iter().filter(|wall| wall.thickness_pt < 4.0);
        thin.map(Wall::length_pt).sum::<f64>()
    };
    assert!(thin(&plan) > 140.0, "{:#?}", plan.walls);
    // As thick, but with one end in the room, and long enough to shut the opening beside the other.
    let open = OUTER.replace("196 196 408 8 re", "196 196 206 8 re f 444 196 160 8 re");
    let plan = house(&format!("{open} 398.5 204 3 40 re f"));
    assert!(thin(&plan) < 1.0, "{:#?}", plan.walls);
    // On a wall without an opening it is the beginning of a partition.
    let plan = house(&format!("{OUTER} 398.5 204 3 40 re f"));
    assert!(thin(&plan) > 35.0, "{:#?}", plan.walls);
}

#[test]
fn insulation_outside_of_a_filled_wall_belongs_to_it() {
    // Faces of the masonry in a heavy pen, those of the insulation in a light one.
    let plan = house(&format!(
        "{OUTER} 0.7 w 0 G 196 196 408 208 re S 204 204 392 192 re S \
         0.25 w 0 G 196 196 408 208 re S 190 190 420 220 re S"
    ));
    let whole = plan.walls.iter().filter(|wall| wall.thickness_pt > 13.0);
    assert_eq!(whole.count(), 4, "{:#?}", plan.walls);
}

#[test]
fn partitions_six_times_thinner_than_the_outer_walls_are_walls() {
    let plan = house(
        "0.5 w 0 G 192.5 192.5 415 215 re S 207.5 207.5 191.25 185 re S \
         401.25 207.5 97.5 185 re S 501.25 207.5 91.25 185 re S",
    );
    let of = |thickness: f64| {
        let like = move |wall: &&Wall| (wall.thickness_pt - thickness).abs() < 0.2;
        plan.walls.iter().filter(like).count()
    };
    assert_eq!((of(15.0), of(2.4)), (4, 2), "{:#?}", plan.walls);
}

#[test]
fn desks_in_a_row_are_no_walls() {
    // Four in each row of both rooms, from wall to wall but for the gaps between them.
    let mut content = format!("{OUTER} 396 204 8 192 re f 0.3 w 0 G ");
    for column in [212, 252, 292, 332, 412, 452, 492, 532] {
        for row in [215, 245, 335, 365] {
            write!(content, "{column} {row} 28 14 re S ").unwrap();
        }
    }
    assert_house(&house(&content), WallStyle::Filled, 8.0);
}

#[test]
fn thick_strokes_with_furniture_along_them_are_walls() {
    let strokes = "9 w 0 G 200 200 400 200 re S 4.5 w 400 204.5 m 400 285 l S \
         400 315 m 400 395.5 l S 2.5 w 204.5 300 m 397 300 l S ";
    let cupboards = "0.3 w 404 210 16 70 re S 404 320 16 70 re S 206 304 80 16 re S \
         300 280 80 16 re S ";
    let thicknesses = |content: &str| {
        let plan = house(content);
        let mut found: Vec<f64> = plan.walls.iter().map(|wall| wall.thickness_pt).collect();
        found.sort_by(f64::total_cmp);
        found
    };
    let with = thicknesses(&format!("{strokes}{cupboards}"));
    assert_eq!(with, [2.5, 4.5, 9.0, 9.0, 9.0, 9.0]);
    assert_eq!(with, thicknesses(strokes));
}

#[test]
fn the_dots_of_a_hatching_are_no_walls() {
    // Squares of a third of a point in outlined walls, in rows and columns.
    let mut content = String::from("0.5 w 196 196 408 208 re S 204 204 192 192 re S ");
    content.push_str("404 204 192 192 re S 0.3 g ");
    for row in 0..100 {
        for column in 0..4 {
            let (y, x) = (198 + 2 * row, 197 + 2 * column);
            write!(content, "{x} {y} 0.3 0.3 re f ").unwrap();
            write!(content, "{} {x} 0.3 0.3 re f ", 198 + 4 * row).unwrap();
        }
    }
    assert_house(&house(&content), WallStyle::Double, 8.0);
}

#[test]
fn a_plan_of_other_thicknesses_beside_the_first_one_is_read() {
    let first = "0.5 w 0 G 46 196 308 208 re S 54 204 142 192 re S 204 204 142 192 re S ";
    let second = "456 246 188 108 re S 461 251 86 98 re S 552 251 87 98 re S ";
    let plan = read(
        &TestPdf::new()
            .with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]))
            .bytes(format!("{first}{second}")),
    )
    .unwrap()
    .floorplan;
    assert_eq!(plan.rooms.len(), 4, "{:#?}", plan.walls);
    // Inside the first plan the same is a piece of furniture.
    let table = "230 250 68 58 re S 233 253 62 52 re S ";
    let plan = read(
        &TestPdf::new()
            .with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]))
            .bytes(format!("{first}{table}")),
    )
    .unwrap()
    .floorplan;
    assert!(
        plan.walls.iter().all(|wall| wall.thickness_pt > 5.0),
        "{:#?}",
        plan.walls
    );
}
