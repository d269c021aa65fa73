//! Random plates and programmes: no panic, and no layout that is called valid and is not.
//!
//! `FLOORJOBS_TEST_LAYOUTS=100000` tries that many. What is looked at here is worked out anew from
//! the layout alone; the checker that certified it is not asked.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::generate::{GenerateRequest, Status, generate};
use crate::layout::{Layout, Ring, overlay};
use crate::watch::Unwatched;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// From `low` to `high` in steps of 10 mm.
    fn length(&mut self, low: u64, high: u64) -> i64 {
        i64::try_from(low + self.below((high - low) / 10 + 1) * 10).unwrap()
    }
}

fn outline(dice: &mut Dice) -> Value {
    let (w, h) = (dice.length(3_000, 26_000), dice.length(3_000, 22_000));
    let (a, b) = (
        w * dice.length(250, 700) / 1000,
        h * dice.length(250, 700) / 1000,
    );
    match dice.below(6) {
        0 => json!([[0, 0], [w, 0], [w, b], [a, b], [a, h], [0, h]]),
        1 => json!([
            [0, 0],
            [w, 0],
            [w, h],
            [w - a / 3, h],
            [w - a / 3, b],
            [a / 3, b],
            [a / 3, h],
            [0, h]
        ]),
        2 => json!([
            [0, 0],
            [w, 0],
            [w, b],
            [w - a / 3, b],
            [w - a / 3, h],
            [a / 3, h],
            [a / 3, b],
            [0, b]
        ]),
        3 => json!([[0, 0], [w, w / 40], [w, h], [0, h]]),
        _ => json!([[0, 0], [w, 0], [w, h], [0, h]]),
    }
}

fn programme(dice: &mut Dice) -> Value {
    let kinds = [
        "reception",
        "operatory",
        "toilet",
        "private_office",
        "meeting_room",
        "store",
        "pantry",
        "open_office",
        "consultation",
        "classroom",
        "sales_floor",
        "living_room",
        "bedroom",
    ];
    let count = 1 + dice.below(8);
    let rooms: Vec<Value> = (0..count)
        .map(|i| {
            let kind = kinds[usize::try_from(dice.below(kinds.len() as u64)).unwrap()];
            let mut room = json!({"id": format!("r{i}"), "type": kind, "count": 1 + dice.below(3)});
            if dice.below(2) == 0 {
                room["area_m2"] = json!(2 + dice.below(40));
            }
            room
        })
        .collect();
    let wish = json!({"a": "r0", "b": format!("r{}", count - 1), "rating": "A"});
    let adjacency = if count > 1 { vec![wish] } else { Vec::new() };
    json!({"rooms": rooms, "adjacency": adjacency})
}

/// What must hold of anything that is called valid.
fn prove(layout: &Layout, given: &Ring, obstacles: i64) {
    let grosses: Vec<&Ring> = layout
        .rooms
        .iter()
        .map(|room| &room.boundary)
        .chain(layout.corridors.iter().map(|c| &c.boundary))
        .collect();
    let sum: i64 = grosses.iter().map(|ring| ring.area()).sum();
    let union = overlay::area_of(&overlay::union(&grosses));
    // Slanting sides are cut at whole millimetres.
    let slack = if given.is_rectilinear() {
        0
    } else {
        given.perimeter() * 2
    };
    assert!(
        (sum - union).abs() <= slack,
        "spaces overlap: {sum} {union}"
    );
    let plate = given.area();
    assert!(
        (sum - plate).abs() <= slack.max(obstacles),
        "floor is lost: {sum} of {plate}"
    );
    let mut reached: BTreeSet<&str> = BTreeSet::from(["outside"]);
    loop {
        let before = reached.len();
        let doors = layout.doors.iter().map(|door| &door.connects);
        let open = layout.open_edges.iter().map(|edge| &edge.between);
        for [a, b] in doors.chain(open) {
            if reached.contains(a.as_str()) || reached.contains(b.as_str()) {
                reached.extend([a.as_str(), b.as_str()]);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    for room in &layout.rooms {
        assert!(
            reached.contains(room.id.as_str()),
            "`{}` cannot be reached",
            room.id
        );
        assert!(
            !room.doors.is_empty()
                || layout
                    .open_edges
                    .iter()
                    .any(|e| e.between.contains(&room.id))
        );
        assert!(room.net_boundary.area() >= room.net_area_mm2);
    }
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "how many is asked of whoever runs the test"
)]
fn random_plates_and_programmes_give_no_false_valid() {
    let wanted = std::env::var("FLOORJOBS_TEST_LAYOUTS")
        .ok()
        .and_then(|n| n.parse().ok());
    let (mut valid, mut refused) = (0, 0);
    for seed in 0..wanted.unwrap_or(8_u64) {
        let mut dice = Dice(seed);
        let text = json!({
            "site": {"perimeter_mm": outline(&mut dice)},
            "program": programme(&mut dice),
            "solver": {"effort": "fast", "alternatives": 1, "seed": seed},
        });
        let Ok(request) = GenerateRequest::from_json(&text.to_string()) else {
            continue;
        };
        let Ok(answer) = generate(&request, &Unwatched) else {
            continue;
        };
        match (&answer.layout, answer.status) {
            (Some(layout), Status::Ok | Status::OkWithRelaxations) => {
                valid += 1;
                prove(layout, &layout.inner_outline, 0);
            }
            (None, Status::Infeasible) => {
                refused += 1;
                let why = answer.infeasibility.unwrap();
                assert!(
                    !why.message.is_empty() && !why.conflicting.is_empty(),
                    "{text}"
                );
                assert!(!why.proved || why.needed > why.available, "{text} {why:?}");
            }
            other => panic!("{text}: {:?}", other.1),
        }
    }
    assert!(valid > 0 && refused > 0, "{valid} valid, {refused} refused");
}
