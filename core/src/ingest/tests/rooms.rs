//! Rooms, doors and windows of one small house, drawn in several ways.

use lopdf::dictionary;

use super::{TestPdf, numbers, read};
use crate::plan::{Floorplan, OpeningKind, Point};

/// Two rooms side by side of 192 by 192 points, in filled walls of 8 points: a window on the
/// left, a door in the partition, a door outside on the right, gaps included.
const WALLS: &str = "0.2 g 196 196 408 8 re f 196 396 408 8 re f \
     196 196 8 64 re f 196 320 8 84 re f \
     596 196 8 84 re f 596 304 8 100 re f \
     396 196 8 94 re f 396 314 8 90 re f ";

/// Glass over the gap on the left.
const WINDOW: &str = "0.2 w 0 G 196 260 m 196 320 l S 200 260 m 200 320 l S 204 260 m 204 320 l S ";

/// A quarter turn from (400, 314) around the hinge at (400, 290), and the leaf.
const DOOR: &str = "0.3 w 400 290 m 424 290 l S \
     424 290 m 424 303.25 413.25 314 400 314 c S ";

/// The same in the wall on the right, opening outwards.
const FRONT_DOOR: &str = "0.3 w 600 280 m 624 280 l S \
     624 280 m 624 293.25 613.25 304 600 304 c S ";

fn plan(content: &str) -> Floorplan {
    let mut pdf = TestPdf::new().with("MediaBox", numbers(&[0.0, 0.0, 800.0, 600.0]));
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    pdf.resources.set("Font", dictionary! { "F1" => font });
    read(&pdf.bytes(content)).unwrap().floorplan
}

fn house(symbols: &str, texts: &str) -> Floorplan {
    plan(&format!("{WALLS} {symbols} BT /F1 9 Tf {texts} ET"))
}

fn text(x: f64, y: f64, words: &str) -> String {
    format!("1 0 0 1 {x} {y} Tm ({words}) Tj ")
}

#[track_caller]
fn assert_near(point: Point, x: f64, y: f64) {
    assert!(
        point.distance(Point::new(x, y)) < 1.5,
        "{point:?} is not near {x}, {y}"
    );
}

#[test]
fn rooms_are_closed_across_doors_and_windows() {
    let texts = [
        text(260.0, 300.0, "Kitchen"),
        text(250.0, 288.0, "20.0 m2"),
        text(470.0, 300.0, "Living"),
        text(470.0, 290.0, "Room"),
        text(700.0, 560.0, "1:100"),
    ];
    let plan = house(&format!("{WINDOW}{DOOR}{FRONT_DOOR}"), &texts.concat());
    assert_eq!(plan.rooms.len(), 2, "{:#?}", plan.rooms);
    let names: Vec<_> = plan.rooms.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(names, ["Kitchen", "Living Room"]);
    for room in &plan.rooms {
        assert!((room.area_sq_pt - 192.0 * 192.0).abs() < 20.0, "{room:?}");
        assert!(!room.name_is_generated && room.holes.is_empty());
        // Four sides, of which one may be two walls with a window between them.
        let walls = room.boundary_walls.iter().map(|&wall| plan.walls[wall]);
        let upright = walls.filter(|wall| wall.a.x == wall.b.x).count();
        assert!((2..=3).contains(&upright), "{room:?}");
        assert!((4..=5).contains(&room.boundary_walls.len()), "{room:?}");
        assert!((0.5..=1.0).contains(&room.confidence));
    }
    assert_eq!(plan.rooms[0].printed_area_m2, Some(20.0));
    // 192 points are 6.773 m at 1:100, so the kitchen measures 45.9 m², which is told.
    assert!((plan.rooms[0].area_m2.unwrap() - 45.88).abs() < 0.05);
    let mismatch: Vec<_> = plan
        .findings
        .iter()
        .filter(|finding| finding.code == "area_mismatch")
        .collect();
    assert_eq!(mismatch.len(), 1, "{:?}", plan.findings);
    assert!(mismatch[0].message.contains("`Kitchen`"), "{mismatch:?}");
}

#[test]
fn doors_and_windows_are_told_by_their_symbols() {
    let plan = house(&format!("{WINDOW}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.windows.len()), (2, 1), "{plan:#?}");
    // The page is 600 points high, and its origin is at the top.
    assert_near(plan.windows[0].center, 200.0, 310.0);
    assert!((plan.windows[0].width_pt - 60.0).abs() < 1.0);
    let inner = plan
        .doors
        .iter()
        .find(|door| door.center.x < 500.0)
        .unwrap();
    assert_near(inner.center, 400.0, 298.0);
    assert!((inner.width_pt - 24.0).abs() < 1.0, "{inner:?}");
    assert_near(inner.leaves[0].hinge, 400.0, 310.0);
    assert_near(inner.leaves[0].tip, 424.0, 310.0);
    assert_eq!(inner.kind, OpeningKind::Door);
    assert_eq!(plan.rooms.len(), 2);
    assert!(plan.rooms.iter().all(|room| room.name_is_generated));
    assert_eq!(plan.rooms[1].name, "Room 2");
}

#[test]
fn a_gap_with_nothing_in_it_is_a_plain_opening() {
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.openings.len()), (1, 1), "{plan:#?}");
    assert_near(plan.openings[0].center, 400.0, 298.0);
    assert_eq!(plan.rooms.len(), 2);
}

#[test]
fn a_leaf_without_its_arc_is_a_door() {
    let leaf = "0.3 w 400 290 m 417 307 l S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{leaf}"), "");
    assert_eq!((plan.doors.len(), plan.openings.len()), (2, 0), "{plan:#?}");
}

#[test]
fn two_leaves_without_arcs_are_a_door_as_well() {
    // Each half as long as the gap of 60 points on the left, open by 60 degrees.
    let leaves = "0.3 w 200 260 m 226 275 l S 200 320 m 226 305 l S ";
    let plan = house(&format!("{leaves}{DOOR}{FRONT_DOOR}"), "");
    let doors = plan.doors.iter().map(|door| door.leaves.len());
    assert_eq!(doors.filter(|leaves| *leaves == 2).count(), 1, "{plan:#?}");
    // One of them alone does not close it, and neither do the sides of a cupboard.
    let half = "0.3 w 200 260 m 226 275 l S ";
    let plan = house(&format!("{half}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!(plan.doors.len(), 2, "{plan:#?}");
    let cupboard = "0.3 w 404 290 24 24 re S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{cupboard}"), "");
    assert_eq!(plan.doors.len(), 1, "{plan:#?}");
}

#[test]
fn the_box_around_a_number_is_no_window() {
    // In a gap between two walls, and nearly as wide as both.
    let walls = "0.2 g 196 340 82 8 re f 318 340 82 8 re f ";
    let windows = |number: &str| {
        let tag = "0.2 w 0 G 284 339.3 28 9.4 re S ";
        let symbols = format!("{walls}{tag}{WINDOW}{DOOR}{FRONT_DOOR}");
        house(&symbols, number).windows.len()
    };
    assert_eq!(windows(&text(290.5, 340.85, "101")), 1);
    assert_eq!(windows(""), 2);
}

#[test]
fn a_panel_in_front_of_the_wall_slides() {
    let panel = "0.3 w 405 284 1.2 26 re S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{panel}"), "");
    assert_eq!((plan.doors.len(), plan.openings.len()), (2, 0), "{plan:#?}");
}

#[test]
fn a_panel_that_slides_may_be_drawn_half_open() {
    let panel = "0.3 w 405 302 1.2 25 re S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{panel}"), "");
    assert_eq!(plan.doors.iter().filter(|door| door.is_sliding).count(), 1);
    // What only begins beside the gap is a shelf on the wall.
    let shelf = "0.3 w 405 311 1.2 25 re S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{shelf}"), "");
    assert_eq!(plan.doors.len(), 1, "{:#?}", plan.doors);
}

#[test]
fn small_numbers_alone_name_rooms_where_each_room_has_one() {
    let store = "0.2 g 196 340 204 8 re f ";
    let names = |texts: &[String]| {
        let plan = house(
            &format!("{store}{WINDOW}{DOOR}{FRONT_DOOR}"),
            &texts.concat(),
        );
        let names: Vec<String> = plan.rooms.into_iter().map(|room| room.name).collect();
        names.join(" ")
    };
    let numbers = [
        text(290.0, 368.0, "1"),
        text(290.0, 260.0, "2"),
        text(490.0, 300.0, "3"),
    ];
    assert_eq!(names(&numbers), "1 3 2");
    // Of two rooms one may well be a count of something.
    assert!(names(&numbers[..2]).contains("Room"));
}

#[test]
fn sashes_drawn_open_make_no_door_of_a_window() {
    // Two sashes of 30 points, open by 60 degrees, with their arcs.
    let sashes = "200 260 m 215 285.98 l S 215 285.98 m 224.28 280.62 230 270.72 230 260 c S \
         200 320 m 215 294.02 l S 215 294.02 m 224.28 299.38 230 309.28 230 320 c S ";
    let plan = house(&format!("{WINDOW}{sashes}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.windows.len()), (2, 1), "{plan:#?}");
}

#[test]
fn a_door_in_a_wall_that_is_drawn_on_through_it_is_one() {
    // The faces of the house, with the partition unbroken.
    let walls = "0.5 w 0 G 196 196 408 208 re S 204 204 192 192 re S 404 204 192 192 re S ";
    let with = plan(&format!("{walls}{DOOR}"));
    assert_eq!((with.doors.len(), with.rooms.len()), (1, 2), "{with:#?}");
    assert_near(with.doors[0].center, 400.0, 298.0);
    // Without its leaf the arc may be anything.
    let arc = DOOR.split_once("l S").unwrap().1;
    assert_eq!(plan(&format!("{walls} 0.3 w {arc}")).doors.len(), 0);
}

#[test]
fn panels_thinner_than_the_wall_are_a_sliding_door() {
    let panels = "0.3 w 398.8 290 2.4 24 re S ";
    let plan = house(&format!("{WINDOW}{FRONT_DOOR}{panels}"), "");
    let sliding: Vec<_> = plan.doors.iter().filter(|door| door.is_sliding).collect();
    assert_eq!(sliding.len(), 1, "{plan:#?}");
    assert_near(sliding[0].center, 400.0, 298.0);
    assert_eq!(plan.windows.len(), 1);
}

#[test]
fn glass_with_a_sill_on_one_face_is_a_window() {
    let glass = "0.2 w 0 G 199.4 260 m 199.4 320 l S 200.6 260 m 200.6 320 l S ";
    let sill = "196 260 m 196 320 l S ";
    let with = house(&format!("{glass}{sill}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((with.doors.len(), with.windows.len()), (2, 1), "{with:#?}");
    // Without the sill the two lines are a panel that slides.
    let without = house(&format!("{glass}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((without.doors.len(), without.windows.len()), (3, 0));
}

#[test]
fn a_panel_that_fills_half_of_its_gap_slides_into_a_pocket() {
    let panel = "0.2 w 0 G 199.2 260 1.6 30 re S ";
    let plan = house(&format!("{panel}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.rooms.len()), (3, 2), "{plan:#?}");
    let sliding: Vec<_> = plan.doors.iter().filter(|door| door.is_sliding).collect();
    assert_eq!(sliding.len(), 1);
    assert_near(sliding[0].center, 200.0, 310.0);
    assert!((sliding[0].width_pt - 60.0).abs() < 1.0);
}

#[test]
fn a_dashed_outline_in_front_of_a_gap_is_a_door_that_rolls_up() {
    let outline = |dashes: &str| format!("0.2 w 0 G {dashes} d 204 260 40 60 re S [] 0 d ");
    let doors = |outline: &str| {
        let plan = house(&format!("{outline}{DOOR}{FRONT_DOOR}"), "");
        plan.doors.len()
    };
    assert_eq!(doors(&outline("[3 2] 0")), 3);
    // A cupboard in front of it is none, and neither is one side of the outline.
    assert_eq!(doors(&outline("[] 0")), 2);
    assert_eq!(
        doors("0.2 w 0 G [3 2] 0 d 204 260 m 244 260 l S [] 0 d "),
        2
    );
}

#[test]
fn the_narrower_of_two_leaves_may_be_narrow_against_thick_outer_walls() {
    let walls = "0.2 g 190 190 420 20 re f 190 390 420 20 re f 190 190 20 220 re f \
         590 190 20 220 re f 210 338 380 4 re f 398 210 4 30 re f 398 300 4 38 re f ";
    let leaves = "0 G 0.3 w 400 240 m 439 240 l S 400 300 m 421 300 l S \
         439 240 m 439 261.54 421.54 279 400 279 c S \
         421 300 m 421 288.4 411.6 279 400 279 c S ";
    let plan = plan(&format!("{walls}{leaves}"));
    assert_eq!((plan.doors.len(), plan.rooms.len()), (1, 3), "{plan:#?}");
    assert_eq!(plan.doors[0].leaves.len(), 2);
    assert!((plan.doors[0].width_pt - 60.0).abs() < 1.0);
}

#[test]
fn two_leaves_that_shut_against_each_other_are_one_door() {
    // The gap on the left, 60 points wide, with two leaves of 30 points.
    let leaves = "0.3 w 230 260 m 230 276.57 216.57 290 200 290 c S \
         230 320 m 230 303.43 216.57 290 200 290 c S \
         200 260 m 230 260 l S 200 320 m 230 320 l S ";
    let plan = house(&format!("{leaves}{DOOR}{FRONT_DOOR}"), "");
    let double: Vec<_> = plan
        .doors
        .iter()
        .filter(|door| door.leaves.len() == 2)
        .collect();
    assert_eq!((double.len(), plan.doors.len()), (1, 3), "{plan:#?}");
    assert_near(double[0].center, 200.0, 310.0);
    assert!((double[0].width_pt - 60.0).abs() < 1.0);
}

#[test]
fn what_stands_free_in_a_room_is_a_hole_in_it() {
    let shaft = "460 240 60 6 re f 460 294 60 6 re f 460 240 6 60 re f 514 240 6 60 re f ";
    let plan = house(&format!("{WINDOW}{DOOR}{FRONT_DOOR} 0.2 g {shaft}"), "");
    assert_eq!(plan.rooms.len(), 3, "{:#?}", plan.rooms);
    let around = plan
        .rooms
        .iter()
        .find(|room| !room.holes.is_empty())
        .unwrap();
    assert!(
        (around.area_sq_pt - (192.0 * 192.0 - 3600.0)).abs() < 40.0,
        "{around:?}"
    );
}

#[test]
fn a_leader_leads_a_label_beside_the_plan_into_its_room() {
    let texts = [text(640.0, 500.0, "Pantry"), text(470.0, 300.0, "Living")];
    let leader = "0.2 w 0 G 636 503 m 620 503 l S 620 503 m 300 300 l S ";
    let plan = house(
        &format!("{WINDOW}{DOOR}{FRONT_DOOR}{leader}"),
        &texts.concat(),
    );
    let names: Vec<_> = plan.rooms.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(names, ["Pantry", "Living"]);
    // A figure in the room is a dimension beside it.
    let figure = text(260.0, 280.0, "2.61");
    let plan = house(
        &format!("{WINDOW}{DOOR}{FRONT_DOOR}{leader}"),
        &format!("{}{figure}", texts.concat()),
    );
    assert_eq!(plan.rooms[0].name, "Pantry");
    // Without the line it names no room.
    let plan = house(&format!("{WINDOW}{DOOR}{FRONT_DOOR}"), &texts.concat());
    assert!(plan.rooms[0].name_is_generated, "{:?}", plan.rooms[0]);
}

#[test]
fn figures_without_a_unit_are_areas_when_they_fit_the_rooms() {
    let store = "0.2 g 196 340 204 8 re f ";
    let areas = |store_area: &str| {
        let texts = [
            text(240.0, 280.0, "Kitchen 2.61"),
            text(240.0, 370.0, &format!("Store {store_area}")),
            text(470.0, 300.0, "Living 3.69"),
        ];
        let symbols = format!("{store}{WINDOW}{DOOR}{FRONT_DOOR}");
        let plan = house(&symbols, &texts.concat());
        let rooms = plan.rooms.into_iter();
        let mut found: Vec<_> = rooms
            .map(|room| (room.name, room.printed_area_m2))
            .collect();
        found.sort_by(|one, two| one.0.cmp(&two.0));
        found
    };
    let named = |name: &str, area| (name.to_owned(), area);
    assert_eq!(
        areas("0.92"),
        [
            named("Kitchen", Some(2.61)),
            named("Living", Some(3.69)),
            named("Store", Some(0.92)),
        ]
    );
    // Two that fit are too few.
    assert!(areas("2.40").iter().all(|(_, area)| area.is_none()));
}

/// A house of 400 by 200 points with a partition that leaves a wide gap.
const NIBS: &str = "0.2 g 197 197 406 6 re f 197 397 406 6 re f 197 197 6 206 re f \
     597 197 6 206 re f 397 203 6 52 re f 397 345 6 52 re f ";

#[test]
fn a_wide_gap_parts_rooms_that_have_a_name_each() {
    let with_text = |second: &str, size: u32| {
        let (one, two) = (text(260.0, 300.0, "Kitchen"), text(470.0, 300.0, second));
        plan(&format!("{NIBS} BT /F1 9 Tf {one} /F1 {size} Tf {two} ET"))
    };
    let parted = with_text("Living Room", 9);
    let names: Vec<_> = parted.rooms.iter().map(|room| room.name.as_str()).collect();
    assert_eq!(names, ["Kitchen", "Living Room"]);
    for room in &parted.rooms {
        assert!((room.area_sq_pt - 194.0 * 194.0).abs() < 40.0, "{room:?}");
    }
    // One room with a remark in it.
    assert_eq!(with_text("see note 4", 5).rooms.len(), 1);
}

#[test]
fn a_wide_gap_in_an_outer_wall_closes_a_room_that_has_a_name() {
    // The wall on the right begins 90 points above the lower one, with nothing drawn between.
    let walls = "0.2 g 197 197 406 6 re f 197 397 406 6 re f 197 197 6 206 re f \
         397 203 6 194 re f 597 293 6 110 re f ";
    let with_text = |second: &str| {
        let (one, two) = (text(260.0, 300.0, "Kitchen"), text(470.0, 300.0, second));
        plan(&format!("{walls} BT /F1 9 Tf {one}{two} ET"))
    };
    let named = |plan: &Floorplan| {
        let rooms = plan.rooms.iter().map(|room| room.name.clone());
        rooms.collect::<Vec<_>>()
    };
    assert_eq!(named(&with_text("Living Room")), ["Kitchen", "Living Room"]);
    assert_eq!(named(&with_text("2440")), ["Kitchen"]);
}

#[test]
fn two_sashes_wide_open_over_glass_make_no_door_of_a_window() {
    // Open by a quarter turn each, hung on the glass in the middle of the wall.
    let sashes = "0.2 w 200 260 m 230 260 l S 230 260 m 230 276.57 216.57 290 200 290 c S \
         200 320 m 230 320 l S 230 320 m 230 303.43 216.57 290 200 290 c S ";
    let with = house(&format!("{WINDOW}{sashes}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((with.doors.len(), with.windows.len()), (2, 1), "{with:#?}");
    // Over a threshold, which has no line in the middle, they are leaves.
    let threshold = "0.2 w 0 G 196 260 m 196 320 l S 204 260 m 204 320 l S ";
    let plan = house(&format!("{threshold}{sashes}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.windows.len()), (3, 0), "{plan:#?}");
}

#[test]
fn a_leaf_over_the_edges_of_a_threshold_is_a_door() {
    let threshold = "0.2 w 0 G 396 290 m 396 314 l S 404 290 m 404 314 l S ";
    let leaf = "0.3 w 400 290 m 417 307 l S ";
    let counts = |symbols: &str| {
        let plan = house(&format!("{WINDOW}{FRONT_DOOR}{symbols}"), "");
        (plan.doors.len(), plan.windows.len())
    };
    assert_eq!(counts(&format!("{threshold}{leaf}")), (2, 1));
    assert_eq!(counts(threshold), (1, 2));
    // With glass in the middle it is a sash of a window.
    let glass = "0.2 w 400 290 m 400 314 l S ";
    assert_eq!(counts(&format!("{threshold}{glass}{leaf}")), (1, 2));
}

#[test]
fn what_stands_upright_at_a_window_is_furniture() {
    let panes = "0.2 w 0 G 196 260 m 196 320 l S 204 260 m 204 320 l S ";
    let side = "0.3 w 204 260 m 264 260 l S ";
    let plan = house(&format!("{panes}{side}{DOOR}{FRONT_DOOR}"), "");
    assert_eq!((plan.doors.len(), plan.windows.len()), (2, 1), "{plan:#?}");
}

#[test]
fn a_dashed_panel_slides_into_its_pocket() {
    let panel = |dashes: &str| format!("0.2 w 0 G {dashes} d 199.2 242 1.6 38 re S [] 0 d ");
    let plan = house(&format!("{}{DOOR}{FRONT_DOOR}", panel("[2 1] 0")), "");
    let sliding = plan.doors.iter().filter(|door| door.is_sliding).count();
    assert_eq!((plan.doors.len(), sliding), (3, 1), "{plan:#?}");
}

#[test]
fn glass_that_is_filled_with_a_colour_parts_the_wall() {
    // As thick as the wall, four times, so that the wall would go on through it.
    let walls = "0.2 g 196 196 84 8 re f 340 196 120 8 re f 520 196 84 8 re f \
         196 396 84 8 re f 340 396 120 8 re f 520 396 84 8 re f \
         196 196 8 208 re f 596 196 8 84 re f 596 304 8 100 re f \
         396 196 8 94 re f 396 314 8 90 re f ";
    let glass = "0.6 0.85 1 rg 280 196 60 8 re f 460 196 60 8 re f \
         280 396 60 8 re f 460 396 60 8 re f ";
    let with = plan(&format!("{walls}{glass}{DOOR}{FRONT_DOOR}"));
    assert_eq!((with.windows.len(), with.rooms.len()), (4, 2), "{with:#?}");
    // A colour that also makes corners is another kind of wall.
    let corners = "0.6 0.85 1 rg 280 196 60 8 re f 460 196 60 8 re f \
         280 396 60 8 re f 300 204 8 192 re f 500 204 8 192 re f ";
    let with = plan(&format!("{walls}{corners}{DOOR}{FRONT_DOOR}"));
    assert_eq!(with.windows.len(), 0, "{with:#?}");
}
