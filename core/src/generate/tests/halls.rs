//! Small plates with corners, and less asked for than they hold: rooms around a hall.

use serde_json::{Value, json};

use super::{answer, request};
use crate::generate::{GenerateRequest, Status};
use crate::layout::Layout;

/// Plates of flats, along the inner faces of their walls: a Z, one with arms on both sides, and
/// one with steps; with the edge of the entrance and how far along that begins.
fn plates() -> Vec<(Value, usize, i64)> {
    vec![
        (
            json!([
                [642, 658],
                [7392, 658],
                [7392, 3908],
                [5642, 3908],
                [5642, 10908],
                [2392, 10908],
                [2392, 7408],
                [642, 7408]
            ]),
            0,
            4_560,
        ),
        (
            json!([
                [632, 4902],
                [4002, 4902],
                [4002, 608],
                [5131, 608],
                [5131, 1179],
                [6948, 1179],
                [6948, 4902],
                [9615, 4902],
                [9615, 2029],
                [11315, 2029],
                [11315, 4902],
                [13206, 4902],
                [13206, 8126],
                [8164, 8126],
                [8164, 7363],
                [5849, 7363],
                [5849, 8126],
                [1687, 8126],
                [1687, 6909],
                [632, 6909]
            ]),
            11,
            2_183,
        ),
        (
            json!([
                [557, 4842],
                [2446, 4842],
                [2446, 1973],
                [6808, 1973],
                [6808, 1124],
                [8623, 1124],
                [8623, 553],
                [9858, 553],
                [9858, 4842],
                [13224, 4842],
                [13224, 6955],
                [12171, 6955],
                [12171, 8170],
                [7906, 8170],
                [7906, 7409],
                [5701, 7409],
                [5701, 8170],
                [557, 8170]
            ]),
            17,
            55,
        ),
    ]
}

fn asked(plate: &(Value, usize, i64), prompt: &str) -> GenerateRequest {
    let mut asked = request(&plate.0, &json!({"prompt": prompt}));
    asked.site.entrances =
        serde_json::from_value(json!([{"edge": plate.1, "from_mm": plate.2, "width_mm": 1_000}]))
            .unwrap();
    asked
}

/// Walls that go on from each other between the same two spaces are one wall.
fn no_wall_in_pieces(layout: &Layout) {
    let walls = &layout.interior_walls;
    for one in walls {
        let goes_on = walls.iter().any(|other| {
            (other.x1, other.y1) == (one.x2, one.y2)
                && (other.x2 == one.x1 || other.y2 == one.y1)
                && (&other.left_room, &other.right_room) == (&one.left_room, &one.right_room)
        });
        assert!(!goes_on, "{one:?}");
    }
}

#[test]
fn few_rooms_fit_on_small_plates_with_corners() {
    let mut halls = 0;
    for plate in plates() {
        for prompt in [
            "2 offices and a toilet",
            "an office and a toilet",
            "a kitchen",
            "a meeting room",
        ] {
            let found = answer(&asked(&plate, prompt));
            assert_ne!(
                found.status,
                Status::Infeasible,
                "{prompt} at {}: {:?}",
                plate.0,
                found.infeasibility
            );
            let layout = found.layout.unwrap();
            no_wall_in_pieces(&layout);
            // What all rooms lie around is a hall, not floor without a use.
            let open = layout.rooms.iter().filter(|room| room.request.is_none());
            if layout.corridors.is_empty() && open.clone().count() == 1 {
                halls += open.filter(|room| room.name == "Hall").count();
            }
        }
    }
    assert!(halls > 0, "some of them are laid out around a hall");
}

#[test]
fn a_flat_with_steps_on_all_sides_holds_what_flats_have() {
    let outline = json!([
        [0, 4_300],
        [1_900, 4_300],
        [1_900, 1_450],
        [6_250, 1_450],
        [6_250, 600],
        [8_100, 600],
        [8_100, 0],
        [9_200, 0],
        [9_200, 4_300],
        [12_550, 4_300],
        [12_550, 6_300],
        [11_500, 6_300],
        [11_500, 7_500],
        [0, 7_500]
    ]);
    for prompt in [
        "2 bhk flat",
        "a bedroom, a kitchen, a bathroom and a living room",
    ] {
        let found = answer(&request(&outline, &json!({"prompt": prompt})));
        assert_ne!(
            found.status,
            Status::Infeasible,
            "{prompt}: {:?}",
            found.infeasibility
        );
    }
}

#[test]
fn a_hall_is_the_same_whatever_the_threads() {
    for plate in plates() {
        let mut asked = asked(&plate, "2 offices and a toilet");
        let one = answer(&asked);
        asked.solver.threads = Some(3);
        assert_eq!(one.layout, answer(&asked).layout);
    }
}

#[test]
fn what_no_room_wants_is_one_space_that_leads_to_all() {
    let plates = plates();
    let found = answer(&asked(plates.get(1).unwrap(), "2 offices and a toilet"));
    let layout = found.layout.unwrap();
    let halls: Vec<_> = layout
        .rooms
        .iter()
        .filter(|room| room.request.is_none())
        .collect();
    assert_eq!(halls.len(), 1);
    let hall = halls.first().unwrap();
    assert!(
        hall.net_boundary.as_rect().is_none(),
        "it has the plate's corners"
    );
    for room in layout.rooms.iter().filter(|room| room.request.is_some()) {
        let door = layout
            .doors
            .iter()
            .any(|door| door.connects.contains(&room.id) && door.connects.contains(&hall.id));
        assert!(door, "{}", room.id);
    }
    let gross = super::gross_mm2(&layout);
    assert_eq!(gross, layout.inner_outline.area(), "no floor is left out");
}

#[test]
fn what_belongs_to_a_shop_floor_lies_along_it() {
    let outline = json!([[0, 0], [18_000, 0], [18_000, 16_000], [0, 16_000]]);
    let programme = json!({
        "rooms": [
            {"id": "floor", "type": "sales_floor", "area_m2": 140},
            {"id": "stock", "type": "stockroom", "area_m2": 24},
            {"id": "fit", "type": "fitting_room", "count": 4, "area_m2": 1.6},
            {"id": "office", "type": "private_office", "area_m2": 9.5},
            {"id": "wc", "type": "toilet", "area_m2": 3},
            {"id": "staff", "type": "staff_room", "area_m2": 10},
        ],
        "adjacency": [
            {"a": "stock", "b": "floor", "rating": "A"},
            {"a": "fit", "b": "floor", "rating": "E"},
        ],
    });
    for seed in 1..=3 {
        let mut asked = request(&outline, &programme);
        asked.solver.seed = seed;
        let closeness = answer(&asked).metrics.unwrap().closeness;
        let wall = closeness.strong_wall_pct;
        assert!((wall - 100.0).abs() < 0.01, "seed {seed}: {wall} %");
    }
}
