//! Rooms of all sorts, with sizes, wishes and rules that need not make sense together.

use serde_json::{Value, json};

use super::dice::Dice;

const TYPES: [&str; 33] = [
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
    "bathroom",
    "kitchen",
    "accessible_toilet",
    "phone_booth",
    "fitting_room",
    "toilet_group",
    "shower",
    "guest_room",
    "lobby",
    "waiting",
    "dining_area",
    "janitor",
    "server_room",
    "xray",
    "garage",
    "studio_room",
    "walk_in_closet",
    "balcony",
    "team_room",
    "staff_room",
];

/// Rooms of all entries together are no more, to spare the time.
const MOST_ROOMS: usize = 12;

/// A programme as a request has it.
pub(super) fn programme(dice: &mut Dice) -> Value {
    let most = *dice.one_of(&[3, 3, 3, 3, 5, 8]);
    let mut rooms = Vec::new();
    let mut total = 0;
    for number in 0..=dice.below(most) {
        let count = *dice.one_of(&[1, 1, 1, 2, 3]);
        total += count;
        if total <= MOST_ROOMS {
            rooms.push(room(dice, number, count));
        }
    }
    let two = |dice: &mut Dice| {
        let (a, b) = (dice.below(rooms.len()), dice.below(rooms.len()));
        (a != b).then(|| (format!("r{a}"), format!("r{b}")))
    };
    let mut adjacency = Vec::new();
    for _ in 0..dice.below(3) {
        let rating = dice.one_of(&["A", "E", "I", "O", "X"]);
        let wish = |(a, b)| json!({"a": a, "b": b, "rating": rating});
        adjacency.extend(two(dice).map(wish));
    }
    let mut access = Vec::new();
    if dice.in_hundred(20) {
        access.extend(two(dice).map(|(room, via)| json!({"room": room, "via": via})));
    }
    json!({"rooms": rooms, "adjacency": adjacency, "access": access})
}

fn room(dice: &mut Dice, number: usize, count: usize) -> Value {
    let tenths = |tenths: i64| json!(tenths as f64 / 10.0);
    let kind = dice.one_of(&TYPES);
    let mut room = json!({"id": format!("r{number}"), "type": kind, "count": count});
    if dice.in_hundred(60) {
        let most = *dice.one_of(&[160, 160, 160, 160, 400]);
        room["area_m2"] = tenths(dice.between(10, most));
    }
    if dice.in_hundred(10) {
        room["min_area_m2"] = tenths(dice.between(5, 80));
    }
    if dice.in_hundred(8) {
        room["min_width_mm"] = json!(dice.between(500, 4_000));
    }
    if dice.in_hundred(8) {
        room["daylight"] = json!("required");
    }
    if dice.in_hundred(15) {
        room["priority"] = json!("optional");
    }
    if dice.in_hundred(10) {
        room["fixtures"] = json!("none");
    }
    room
}

/// Rules of a request, in most of them none.
pub(super) fn rules(dice: &mut Dice) -> Value {
    match dice.below(33) {
        0 => json!({"accessible": true}),
        1 => json!({"wall_thickness_mm": 10 * dice.between(5, 30)}),
        2 => json!({"corridor_min_mm": 100 * dice.between(8, 16)}),
        3 => json!({"door_leaf_mm": 100 * dice.between(6, 14)}),
        4 => json!({"corridor_preferred_mm": 100 * dice.between(9, 24)}),
        _ => json!({}),
    }
}
