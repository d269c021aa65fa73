//! The same room list in another order, a plate mirrored or turned: the answer is the same.

use serde_json::{Value, json};

use super::{answer, clinic, gross_mm2, request};
use crate::generate::Metrics;
use crate::layout::check::{check, has_errors};
use crate::layout::rules::Rules;
use crate::layout::{Layout, Point};

fn areas(layout: &Layout) -> Vec<(String, i64)> {
    let mut list: Vec<(String, i64)> = layout
        .rooms
        .iter()
        .map(|room| (room.id.clone(), room.net_area_mm2))
        .collect();
    list.sort();
    list
}

#[test]
fn the_order_of_the_room_list_changes_nothing() {
    let (outline, programme) = clinic();
    let straight = answer(&request(&outline, &programme)).layout.unwrap();
    let mut turned = programme;
    turned["rooms"].as_array_mut().unwrap().reverse();
    let reversed = answer(&request(&outline, &turned)).layout.unwrap();
    assert_eq!(areas(&straight), areas(&reversed));
    let walls = |layout: &Layout| {
        let mut list: Vec<[i64; 4]> = layout
            .interior_walls
            .iter()
            .map(|w| [w.x1, w.y1, w.x2, w.y2])
            .collect();
        list.sort_unstable();
        list
    };
    assert_eq!(walls(&straight), walls(&reversed));
}

/// Scores may differ by what another way through the search finds, and no more than that.
fn alike(one: &Metrics, other: &Metrics) {
    assert!(
        (one.area_scale - other.area_scale).abs() < 0.06,
        "{one:?}\n{other:?}"
    );
    assert!(
        (one.circulation_pct - other.circulation_pct).abs() < 6.0,
        "{one:?}\n{other:?}"
    );
    assert!(one.aspect.p95 < 3.0 && other.aspect.p95 < 3.0);
}

#[test]
fn a_mirrored_or_turned_plate_is_laid_out_as_well() {
    let corners = [
        [0, 0],
        [16_000, 0],
        [16_000, 7_000],
        [7_000, 7_000],
        [7_000, 14_000],
        [0, 14_000],
    ];
    let (_, programme) = clinic();
    let outline = |turn: fn(i64, i64) -> [i64; 2]| -> Value {
        json!(corners.iter().map(|c| turn(c[0], c[1])).collect::<Vec<_>>())
    };
    let plain = answer(&request(&outline(|x, y| [x, y]), &programme));
    let mirrored = answer(&request(&outline(|x, y| [16_000 - x, y]), &programme));
    let turned = answer(&request(&outline(|x, y| [14_000 - y, x]), &programme));
    let metrics = plain.metrics.unwrap();
    alike(&metrics, &mirrored.metrics.unwrap());
    alike(&metrics, &turned.metrics.unwrap());
    for layout in [
        plain.layout.unwrap(),
        mirrored.layout.unwrap(),
        turned.layout.unwrap(),
    ] {
        assert_eq!(gross_mm2(&layout), 161_000_000);
    }
}

/// What a checker says of a layout mirrored by its plate is what it says of the layout.
#[test]
fn a_mirrored_layout_is_as_valid() {
    let (outline, programme) = clinic();
    let layout = answer(&request(&outline, &programme)).layout.unwrap();
    let width = 12_000;
    let flip = |p: &Point| Point::new(width - p.x, p.y);
    let mut mirrored = layout.clone();
    for room in &mut mirrored.rooms {
        room.boundary = room
            .boundary
            .points()
            .iter()
            .map(flip)
            .collect::<Vec<_>>()
            .into();
        room.net_boundary = room
            .net_boundary
            .points()
            .iter()
            .map(flip)
            .collect::<Vec<_>>()
            .into();
    }
    for corridor in &mut mirrored.corridors {
        corridor.boundary = corridor
            .boundary
            .points()
            .iter()
            .map(flip)
            .collect::<Vec<_>>()
            .into();
        corridor.net_boundary = corridor
            .net_boundary
            .points()
            .iter()
            .map(flip)
            .collect::<Vec<_>>()
            .into();
    }
    for wall in &mut mirrored.interior_walls {
        (wall.x1, wall.x2) = (width - wall.x1, width - wall.x2);
        std::mem::swap(&mut wall.left_room, &mut wall.right_room);
    }
    for wall in &mut mirrored.perimeter_walls {
        (wall.x1, wall.x2) = (width - wall.x1, width - wall.x2);
    }
    for edge in &mut mirrored.open_edges {
        (edge.from, edge.to) = (flip(&edge.from), flip(&edge.to));
    }
    mirrored.fixtures.clear();
    let plate = crate::layout::Plate {
        daylight: vec![true; 4],
        ..crate::layout::Plate::bare(
            layout
                .inner_outline
                .points()
                .iter()
                .map(flip)
                .collect::<Vec<_>>()
                .into(),
        )
    };
    let rules = Rules::of_profile("generic").unwrap();
    let mut brief = crate::layout::Brief::default();
    for room in &mirrored.rooms {
        brief.rooms.push(crate::layout::RoomBrief {
            id: room.id.clone(),
            request: room.request.clone(),
            name: room.name.clone(),
            room_type: room.room_type.clone(),
            requested_mm2: room.net_area_mm2,
            target_mm2: room.net_area_mm2,
            min_mm2: 0,
            min_width_mm: 500,
            max_aspect_permille: 20_000,
            daylight: crate::layout::Daylight::None,
            priority: crate::layout::Priority::Required,
            wet: false,
            public: room.room_type == "reception",
            fixtures: false,
            seats: None,
            via: Vec::new(),
        });
    }
    let found = check(&mirrored, &plate, &brief, &rules);
    assert!(!has_errors(&found), "{found:?}");
}
