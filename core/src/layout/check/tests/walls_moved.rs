//! A wall moved by 50 mm is found, whichever it is.

use super::offices;

#[test]
fn every_wall_moved_by_50_mm_leaves_a_room_open() {
    let case = offices();
    for i in 0..case.layout.interior_walls.len() {
        for step in [-50, 50] {
            let found = case.after(|c| {
                let wall = &mut c.layout.interior_walls[i];
                if wall.x1 == wall.x2 {
                    wall.x1 += step;
                    wall.x2 += step;
                } else {
                    wall.y1 += step;
                    wall.y2 += step;
                }
            });
            let id = &case.layout.interior_walls[i].id;
            assert!(
                found.contains(&"ROOM_NOT_ENCLOSED".into()),
                "{id} by {step}: {found:?}"
            );
            assert!(
                found.contains(&"WALL_IN_ROOM".into()),
                "{id} by {step}: {found:?}"
            );
        }
    }
}

#[test]
fn a_wall_moved_together_with_its_rooms_changes_their_areas() {
    use super::resize;
    use crate::layout::Rect;

    let found = offices().after(|c| {
        let wall = &mut c.layout.interior_walls[2];
        wall.x1 -= 600;
        wall.x2 -= 600;
        c.layout.interior_walls[0].x2 -= 600;
        c.layout.interior_walls[1].x1 -= 600;
        c.layout.doors[1].offset_mm += 600;
        resize(
            c,
            0,
            Rect::new(0, 1250, 2400, 5000),
            Rect::new(0, 1300, 2350, 5000),
        );
        resize(
            c,
            1,
            Rect::new(2400, 1250, 6000, 5000),
            Rect::new(2450, 1300, 6000, 5000),
        );
        c.layout.fixtures.clear();
    });
    assert_eq!(found, ["ROOM_BELOW_MIN_AREA", "ROOM_TOO_NARROW"]);
}
