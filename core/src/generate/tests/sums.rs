//! Random plates and programmes: areas add up, and nothing that is wrong is called right.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::gross_mm2;
use crate::generate::{Effort, GenerateRequest, Status, generate};
use crate::layout::{Layout, Rect, Ring, overlay};
use crate::watch::Unwatched;

/// An L, T, U or plain outline, or one with a slanting side.
fn outline() -> impl Strategy<Value = Vec<[i64; 2]>> {
    let size = 60_i64..260;
    (0..5_u8, size.clone(), size, 30_i64..70, 30_i64..70).prop_map(|(kind, w, h, a, b)| {
        let (w, h) = (w * 100, h * 100);
        let (x, y) = (w * a / 100, h * b / 100);
        match kind {
            0 => vec![[0, 0], [w, 0], [w, h], [0, h]],
            1 => vec![[0, 0], [w, 0], [w, y], [x, y], [x, h], [0, h]],
            2 => vec![
                [0, 0],
                [w, 0],
                [w, y],
                [w - x / 2, y],
                [w - x / 2, h],
                [x / 2, h],
                [x / 2, y],
                [0, y],
            ],
            3 => vec![
                [0, 0],
                [w, 0],
                [w, h],
                [w - x / 2, h],
                [w - x / 2, y],
                [x / 2, y],
                [x / 2, h],
                [0, h],
            ],
            _ => vec![[0, 0], [w, a * 10], [w - b * 7, h], [0, h]],
        }
    })
}

fn programme() -> impl Strategy<Value = Value> {
    let kinds = [
        "private_office",
        "toilet",
        "meeting_room",
        "store",
        "reception",
        "pantry",
        "open_office",
    ];
    prop::collection::vec((0..kinds.len(), 1_u32..4, 20_i64..400), 1..6).prop_map(move |list| {
        let rooms: Vec<Value> = list
            .iter()
            .enumerate()
            .map(|(i, (kind, count, area))| {
                json!({"id": format!("r{i}"), "type": kinds[*kind], "count": count,
                       "area_m2": *area as f64 / 10.0})
            })
            .collect();
        json!({"rooms": rooms})
    })
}

/// Nothing of this is left to the checker: the areas are measured here once more.
fn holds_together(layout: &Layout) -> Result<(), TestCaseError> {
    let plate = layout.inner_outline.area();
    let gross = gross_mm2(layout);
    // Corners on slanting sides are whole millimetres.
    let slack = if layout.inner_outline.is_rectilinear() {
        0
    } else {
        layout.inner_outline.perimeter() * 2
    };
    prop_assert!(
        (plate - gross).abs() <= slack,
        "plate {plate}, spaces {gross}"
    );
    let nets: Vec<&Ring> = layout
        .rooms
        .iter()
        .map(|room| &room.net_boundary)
        .chain(
            layout
                .corridors
                .iter()
                .map(|corridor| &corridor.net_boundary),
        )
        .collect();
    let covered = overlay::area_of(&overlay::union(&nets));
    let summed: i64 = nets.iter().map(|ring| ring.area()).sum();
    prop_assert!(
        (covered - summed).abs() <= slack,
        "spaces overlap by {}",
        summed - covered
    );
    for fixture in &layout.fixtures {
        let room = layout.room(&fixture.room_id).unwrap();
        let body: Rect = fixture.footprint();
        let inside = overlay::area_of(&overlay::common(&[&body.ring()], &[&room.net_boundary]));
        prop_assert_eq!(inside, body.area());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn areas_add_up_on_any_plate(outline in outline(), programme in programme(), seed in 0_u64..1000) {
        let text = json!({
            "site": {"perimeter_mm": outline},
            "program": programme,
            "solver": {"alternatives": 1, "seed": seed},
        });
        let mut request = GenerateRequest::from_json(&text.to_string()).unwrap();
        request.solver.effort = Effort::Fast;
        let answer = generate(&request, &Unwatched).unwrap();
        match answer.status {
            Status::Infeasible => {
                prop_assert!(answer.layout.is_none());
                let why = answer.infeasibility.unwrap();
                prop_assert!(!why.proved || why.needed > why.available, "{why:?}");
            }
            _ => holds_together(&answer.layout.unwrap())?,
        }
    }
}
