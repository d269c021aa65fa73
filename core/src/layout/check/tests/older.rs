//! What the older application's checker said, and what is true: the differences are on purpose.
//!
//! The older verdicts are written out here as they were, for these cases alone.

use super::{Case, desk, offices, resize, ring};
use crate::layout::check::FreeSpace;
use crate::layout::{Point, Rect};

/// `polygon.buffer(-450).is_empty`, for boxes: nothing is left when the short side is 900 or less.
fn older_says_too_narrow(boxes: &[Rect]) -> bool {
    boxes
        .iter()
        .all(|rect| rect.width().min(rect.height()) <= 900)
}

fn clear_width(boxes: &[Rect], places: &[Point]) -> i64 {
    let rings: Vec<_> = boxes.iter().map(Rect::ring).collect();
    FreeSpace::new(&rings.iter().collect::<Vec<_>>(), &[]).widest(places)
}

#[test]
fn a_corridor_of_exactly_900_is_not_narrower_than_900() {
    let corridor = [Rect::new(0, 0, 8000, 900)];
    assert!(older_says_too_narrow(&corridor));
    let ends = [Point::new(0, 450), Point::new(8000, 450)];
    assert_eq!(clear_width(&corridor, &ends), 900);
}

#[test]
fn a_neck_of_200_between_two_halls_is_200_wide() {
    let halls = [
        Rect::new(0, 0, 2000, 2000),
        Rect::new(2000, 900, 3000, 1100),
        Rect::new(3000, 0, 5000, 2000),
    ];
    assert!(
        !older_says_too_narrow(&halls),
        "the buffer of the halls is not empty"
    );
    assert_eq!(
        clear_width(&halls, &[Point::new(0, 1000), Point::new(5000, 1000)]),
        200
    );
}

#[test]
fn a_valid_outline_without_walls_is_no_enclosed_room() {
    let case = offices();
    let outline_is_valid = |case: &Case| case.layout.rooms[0].net_boundary.is_simple();
    let mut bare = case.clone();
    bare.layout.interior_walls.clear();
    bare.layout
        .doors
        .retain(|door| door.wall_id.starts_with('p'));
    assert!(outline_is_valid(&bare), "the older check ends here");
    assert!(bare.errors().contains(&"ROOM_NOT_ENCLOSED".into()));
}

#[test]
fn a_leaf_may_not_run_past_the_end_of_its_wall() {
    // Started at 0.9 of a wall of 3 m, a leaf of 900 ends 600 mm behind it.
    let found = offices().after(|c| c.layout.doors[0].offset_mm = 2_700);
    assert!(found.contains(&"DOOR_OFF_WALL".into()));
}

#[test]
fn a_fixture_with_only_its_middle_inside_is_outside() {
    let mut case = offices();
    case.layout.fixtures[0] = desk("f-1", "a", [2900, 3000], 0);
    let middle = Point::new(2900, 3000);
    assert!(
        case.layout.rooms[0].net_boundary.contains(middle),
        "the older check ends here"
    );
    assert!(case.errors().contains(&"FIXTURE_OUTSIDE_ROOM".into()));
}

#[test]
fn an_l_shaped_plate_is_smaller_than_its_box() {
    // Two rooms of together 30 m² in an L of 24 m² whose box has 30.
    let case = offices();
    let found = case.after(|c| {
        c.plate.inner_outline = ring(&[
            [0, 0],
            [6000, 0],
            [6000, 2000],
            [4000, 2000],
            [4000, 5000],
            [0, 5000],
        ]);
    });
    let total: i64 = case.layout.rooms.iter().map(|room| room.net_area_mm2).sum();
    assert!(
        total * 100 <= 30_000_000 * 105,
        "the older check allows this"
    );
    assert!(
        found.contains(&"AREA_EXCEEDS_PERIMETER".into()),
        "{found:?}"
    );
    assert!(found.contains(&"ROOM_OUTSIDE_PERIMETER".into()));
}

#[test]
fn rooms_without_doors_twice_named_or_outside_are_found() {
    let case = offices();
    assert!(
        case.after(|c| c.layout.doors.clear())
            .contains(&"NO_DOOR".into())
    );
    let outside = case.after(|c| {
        resize(
            c,
            0,
            Rect::new(0, 1250, 3000, 5100),
            Rect::new(0, 1300, 2950, 5100),
        );
    });
    assert!(
        outside.contains(&"ROOM_OUTSIDE_PERIMETER".into()),
        "{outside:?}"
    );
}
