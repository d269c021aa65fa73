//! One way to break the layout for each code.

use super::{Case, desk, door, offices, resize, ring, room, wanted};
use crate::layout::check::{SharedWalls, View, Ways, check, is_near};
use crate::layout::{DoorType, Hinge, Link, OpenEdge, Point, Rating, Rect, RoomBrief};

#[test]
fn spaces() {
    let case = offices();
    assert!(
        case.after(|c| c.layout.rooms[1].id = "a".into())
            .contains(&"DUPLICATE_ID".into())
    );
    assert!(
        case.after(|c| {
            c.layout.rooms.pop();
        })
        .contains(&"ROOM_MISSING".into())
    );
    assert_eq!(
        case.after(|c| c.layout.rooms[0].room_type = "store".into()),
        ["ROOM_COUNT_MISMATCH"]
    );
    assert_eq!(
        case.after(|c| {
            c.brief.rooms.pop();
        }),
        ["ROOM_COUNT_MISMATCH"],
        "a room that nobody asked for"
    );
    assert_eq!(
        case.after(|c| c.layout.rooms[0].net_area_mm2 += 1),
        ["AREA_MISSTATED"]
    );
    let overlapping = case.after(|c| {
        c.layout.rooms[0].boundary = Rect::new(0, 1250, 3100, 5000).ring();
    });
    assert_eq!(overlapping, ["ROOM_OVERLAP"]);
    assert!(
        case.after(|c| c.plate.inner_outline = Rect::new(0, 0, 5900, 5000).ring())
            .contains(&"ROOM_OUTSIDE_PERIMETER".into())
    );
    let column = Rect::new(5650, 4650, 5950, 4950).ring();
    assert_eq!(
        case.after(|c| c.plate.obstacles.push(column.clone())),
        ["ROOM_OUTSIDE_PERIMETER"],
        "a column that the room does not leave out"
    );
    let cut_out = case.after(|c| {
        c.plate.obstacles.push(column.clone());
        c.layout.rooms[1].net_holes.push(column.clone());
        c.layout.rooms[1].net_area_mm2 -= column.area();
    });
    assert!(cut_out.is_empty(), "{cut_out:?}");
    assert_eq!(
        case.after(|c| c.brief.rooms[1].min_mm2 = 11_000_000),
        ["ROOM_BELOW_MIN_AREA"]
    );
    assert_eq!(
        case.after(|c| c.brief.rooms[1].min_width_mm = 2_951),
        ["ROOM_TOO_NARROW"]
    );
    assert!(
        case.after(|c| c.brief.rooms[1].min_width_mm = 2_950)
            .is_empty()
    );
}

#[test]
fn an_outline_that_crosses_itself_is_no_room() {
    let found = offices().after(|c| {
        c.layout.rooms[0].net_boundary = ring(&[[0, 1300], [2950, 5000], [2950, 1300], [0, 5000]]);
    });
    assert!(found.contains(&"ROOM_NOT_ENCLOSED".into()), "{found:?}");
}

#[test]
fn wishes_of_rooms_are_warnings() {
    let case = offices();
    let double = |c: &mut super::Case| c.brief.rooms[0].target_mm2 *= 2;
    assert_eq!(case.warned(double), ["AREA_OFF_TARGET"]);
    assert_eq!(
        case.warned(|c| c.brief.rooms[0].max_aspect_permille = 1_200),
        ["ASPECT_RATIO"]
    );
    assert_eq!(
        case.warned(|c| c.plate.daylight = vec![true, false, false, true]),
        ["DAYLIGHT_MISSING"]
    );
    let link = |rating, from, to| Link {
        from: vec![from],
        to: vec![to],
        rating,
    };
    assert!(
        case.warned(|c| c.brief.links.push(link(Rating::A, 0, 1)))
            .is_empty()
    );
    assert_eq!(
        case.warned(|c| c.brief.links.push(link(Rating::X, 0, 1))),
        ["ADJACENCY_FORBIDDEN"]
    );
    let apart = case.warned(|c| {
        c.brief.links.push(link(Rating::A, 0, 1));
        c.rules.shared_wall_min_mm = 4_000;
    });
    assert_eq!(apart, ["ADJACENCY_UNMET"]);
}

/// Two rooms opposite each other are near, however far apart their doors are, unless what lies
/// between them is no corridor or too wide.
#[test]
fn rooms_that_face_each_other_are_near() {
    let near = |change: fn(&mut Case)| {
        let mut case = offices();
        // A store below the corridor, without doors: nothing but its place says what is near.
        case.layout.doors.clear();
        let net = Rect::new(0, -2500, 2950, -100);
        let below = room("c", Rect::new(0, -2500, 3000, -50), net);
        case.layout.rooms.push(below);
        case.brief.rooms.push(wanted("c", net.area()));
        change(&mut case);
        let view = View::new(&case.layout, &case.plate, &case.brief, &case.rules);
        let (walls, ways) = (SharedWalls::of(&view), Ways::of(&view));
        let at = |id: &str| view.position(id).unwrap();
        is_near(&view, &walls, &ways, at("a"), at("c"))
    };
    assert!(near(|_| {}));
    assert!(!near(|c| c.layout.corridors.clear()));
    assert!(!near(|c| c.rules.near_mm = 1_300));
    // Only over less than a door's width.
    assert!(!near(|c| {
        let net = Rect::new(2_200, -2500, 5_000, -100);
        resize(c, 2, net, net);
    }));
}

#[test]
fn walls() {
    let case = offices();
    let zero = case.after(|c| c.layout.interior_walls[2].y2 = 1250);
    assert!(
        zero.contains(&"WALL_ZERO_LENGTH".into()) && zero.contains(&"ROOM_NOT_ENCLOSED".into())
    );
    let swapped = case.after(|c| {
        let wall = &mut c.layout.interior_walls[2];
        std::mem::swap(&mut wall.left_room, &mut wall.right_room);
    });
    assert_eq!(swapped, ["WALL_SIDE_WRONG"]);
    let off_grid = case.warned(|c| c.layout.grid_size_mm = 400);
    assert_eq!(off_grid, ["GRID_MISALIGNED"]);
    // A wall that stops halfway stands in no room's edge and ends in the air.
    let mut dangling = case.clone();
    let mut stub = case.layout.interior_walls[0].clone();
    stub.id = "w-9".into();
    (stub.x1, stub.y1, stub.x2, stub.y2) = (1000, 3000, 2000, 3000);
    stub.left_room = Some("a".into());
    stub.right_room = Some("a".into());
    dangling.layout.interior_walls.push(stub);
    assert!(dangling.warnings().contains(&"WALL_DANGLING".into()));
    assert!(dangling.errors().contains(&"WALL_IN_ROOM".into()));
}

#[test]
fn doors_and_reachability() {
    let case = offices();
    assert_eq!(
        case.after(|c| {
            c.layout.doors.remove(1);
        }),
        ["NO_DOOR"]
    );
    let no_way_in = case.after(|c| {
        c.layout.doors.pop();
    });
    assert_eq!(no_way_in, ["NO_ENTRANCE", "ROOM_UNREACHABLE"]);
    assert_eq!(
        case.after(|c| c.plate.entrances[0].from_mm = 100),
        ["ENTRANCE_BLOCKED"]
    );
    assert!(
        case.after(|c| c.layout.doors[0].wall_id = "w-7".into())
            .contains(&"DOOR_OFF_WALL".into())
    );
    assert!(
        case.after(|c| c.layout.doors[0].offset_mm = 2_150)
            .contains(&"DOOR_OFF_WALL".into()),
        "past the end of its wall"
    );
    assert_eq!(
        case.after(|c| c.layout.doors[0].connects = ["b".into(), "hall".into()]),
        ["DOOR_OFF_WALL", "NO_DOOR"]
    );
    let twice = case.after(|c| {
        c.layout
            .doors
            .push(door("d-9", "w-1", 900, "hall", ["a", "hall"]));
    });
    assert!(twice.contains(&"DOOR_OVERLAP".into()), "{twice:?}");
    assert_eq!(
        case.warned(|c| c.layout.doors[0].clear_mm = 600),
        ["DOOR_CLEAR_WIDTH"]
    );
    let private = case.warned(|c| {
        c.layout.doors[1] = door("d-2", "w-3", 1_500, "b", ["b", "a"]);
    });
    assert_eq!(private, ["ACCESS_THROUGH_PRIVATE"]);
    let via = case.warned(|c| c.brief.rooms[1].via = vec![0]);
    assert_eq!(via, ["ACCESS_NOT_AS_ASKED"]);
    assert_eq!(
        case.warned(|c| c.rules.travel_max_mm = 1_000),
        ["TRAVEL_DISTANCE_EXCEEDED"]
    );
    let crowd = case.warned(|c| {
        c.layout.rooms[0].occupants = Some(60);
        c.rules.one_exit_occupants = 49;
    });
    assert_eq!(crowd, ["EXIT_COUNT"]);
}

#[test]
fn a_leaf_needs_its_sector() {
    let case = offices();
    // The desk's corner within 900 mm of the hinge at (150, 1300).
    let near = case.after(|c| c.layout.fixtures[0] = desk("f-1", "a", [1400, 2000], 0));
    assert_eq!(near, ["DOOR_SWING_BLOCKED"]);
    // Hinged at the other end, the leaf sweeps the same square from the other side.
    let clear = case.after(|c| c.layout.fixtures[0] = desk("f-1", "a", [2150, 2600], 0));
    assert!(clear.is_empty(), "{clear:?}");
    // Two doors around a corner, hinged at it.
    let against = case.after(|c| {
        c.layout.doors[0].offset_mm = 1_900;
        c.layout.doors[0].hinge = Hinge::End;
        c.layout
            .doors
            .push(door("d-9", "w-3", 150, "a", ["a", "b"]));
    });
    assert_eq!(
        against,
        ["DOOR_SWING_BLOCKED"],
        "two leaves that open against each other"
    );
    let sliding = case.after(|c| {
        c.layout.fixtures[0] = desk("f-1", "a", [1400, 2000], 0);
        c.layout.doors[0].door_type = DoorType::Sliding;
    });
    assert!(sliding.is_empty(), "{sliding:?}");
    let into_hall = case.warned(|c| c.layout.doors[0].opens_into = "hall".into());
    assert_eq!(into_hall, ["DOOR_ENCROACHES_CORRIDOR"]);
}

#[test]
fn corridors() {
    let case = offices();
    assert_eq!(
        case.after(|c| c.rules.corridor_min_mm = 1_201),
        ["CORRIDOR_TOO_NARROW"]
    );
    assert!(case.after(|c| c.rules.corridor_min_mm = 1_200).is_empty());
    assert_eq!(
        case.warned(|c| c.rules.dead_end_max_mm = 3_000),
        ["CORRIDOR_DEAD_END"]
    );
    let narrowed = case.after(|c| {
        c.layout.fixtures.push(desk("f-2", "hall", [3000, 375], 0));
    });
    assert_eq!(
        narrowed,
        ["CORRIDOR_TOO_NARROW"],
        "furniture stands in the way"
    );
}

#[test]
fn an_open_edge_stands_for_a_wall() {
    let case = offices();
    let mut open = case.clone();
    open.layout.interior_walls.remove(2);
    resize(
        &mut open,
        0,
        Rect::new(0, 1250, 3000, 5000),
        Rect::new(0, 1300, 3000, 5000),
    );
    resize(
        &mut open,
        1,
        Rect::new(3000, 1250, 6000, 5000),
        Rect::new(3000, 1300, 6000, 5000),
    );
    assert_eq!(open.errors(), ["ROOM_NOT_ENCLOSED"]);
    open.layout.open_edges.push(OpenEdge {
        from: Point::new(3000, 1300),
        to: Point::new(3000, 5000),
        between: ["a".into(), "b".into()],
    });
    assert_eq!(open.errors(), Vec::<String>::new());
}

#[test]
fn fixtures() {
    let case = offices();
    let out = case.after(|c| c.layout.fixtures[0].center_y += 1);
    assert_eq!(out, ["FIXTURE_OUTSIDE_ROOM"], "one millimetre in the wall");
    assert_eq!(
        case.after(|c| c.layout.fixtures[0].room_id = "z".into()),
        ["FIXTURE_OUTSIDE_ROOM"]
    );
    let two = case.after(|c| c.layout.fixtures.push(desk("f-2", "a", [1400, 4625], 180)));
    assert_eq!(two, ["FIXTURE_OVERLAP"]);
    let tight = case.warned(|c| c.layout.fixtures[0].clearance_mm = [3_500, 0, 0, 0]);
    assert_eq!(tight, ["FIXTURE_CLEARANCE"]);
    let walled_in = case.warned(|c| {
        // A row of desks from wall to wall, with nobody behind it.
        c.layout.fixtures = vec![
            desk("f-1", "a", [1500, 4625], 180),
            desk("f-2", "a", [750, 3000], 180),
            desk("f-3", "a", [2225, 3000], 180),
        ];
        c.layout.fixtures[2].width_mm = 1_450;
        for fixture in &mut c.layout.fixtures {
            fixture.clearance_mm = [1, 0, 0, 0];
        }
    });
    assert_eq!(walled_in, ["FIXTURE_UNREACHABLE"]);
    let turning = case.warned(|c| {
        c.rules.turning_mm = 3_000;
        for (brief, room) in c.brief.rooms.iter_mut().zip(&mut c.layout.rooms) {
            *brief = RoomBrief {
                room_type: "accessible_toilet".into(),
                ..brief.clone()
            };
            room.room_type = "accessible_toilet".into();
        }
    });
    assert_eq!(turning, ["TURNING_SPACE"]);
}

#[test]
fn more_area_than_the_plate_has() {
    let found = offices().after(|c| {
        c.plate
            .obstacles
            .push(Rect::new(100, 1400, 200, 1500).ring());
    });
    assert!(
        found.contains(&"AREA_EXCEEDS_PERIMETER".into())
            || found.contains(&"ROOM_OUTSIDE_PERIMETER".into())
    );
    let doubled = offices().after(|c| {
        let again = c.layout.rooms[0].clone();
        c.layout.rooms.push(super::super::super::Room {
            id: "c".into(),
            ..again
        });
    });
    assert!(
        doubled.contains(&"AREA_EXCEEDS_PERIMETER".into()),
        "{doubled:?}"
    );
}

#[test]
fn findings_name_their_rule_and_their_numbers() {
    let mut case = offices();
    case.rules.corridor_min_mm = 1_500;
    let found = check(&case.layout, &case.plate, &case.brief, &case.rules);
    let narrow = found
        .iter()
        .find(|v| v.code == "CORRIDOR_TOO_NARROW")
        .unwrap();
    assert_eq!((narrow.measured, narrow.limit), (Some(1_200), Some(1_500)));
    assert_eq!(
        narrow.rule_ref.as_deref(),
        Some("generic/CORRIDOR_TOO_NARROW")
    );
    assert_eq!(narrow.elements, ["hall"]);
    assert_eq!(narrow.older_form()["type"], "CORRIDOR_TOO_NARROW");
}
