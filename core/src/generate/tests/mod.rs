//! The whole way from a request to a certified layout.

mod answers;
mod bad_input;
mod candidates;
mod congruence;
mod halls;
mod random;
mod sums;

use serde_json::{Value, json};

use super::{GenerateRequest, GenerateResult, generate};
use crate::layout::{Layout, Ring};
use crate::watch::Unwatched;

/// A request for `programme` on an outline, with little effort: these tests are about what is
/// right, not about what is best.
pub(super) fn request(outline: &Value, programme: &Value) -> GenerateRequest {
    let text = json!({
        "site": {"perimeter_mm": outline},
        "program": programme,
        "solver": {"effort": "fast", "alternatives": 1},
    });
    GenerateRequest::from_json(&text.to_string()).unwrap()
}

pub(super) fn answer(request: &GenerateRequest) -> GenerateResult {
    generate(request, &Unwatched).unwrap()
}

/// A dental clinic that fits on 12 x 10 m.
pub(super) fn clinic() -> (Value, Value) {
    (
        json!([[0, 0], [12_000, 0], [12_000, 10_000], [0, 10_000]]),
        json!({
            "rooms": [
                {"id": "op", "type": "operatory", "count": 4, "area_m2": 10.5},
                {"id": "reception", "type": "reception", "area_m2": 16},
                {"id": "wc", "type": "toilet", "count": 2, "area_m2": 3.2},
                {"id": "steri", "type": "sterilisation", "area_m2": 7},
                {"id": "office", "type": "private_office", "area_m2": 10.5},
            ],
            "adjacency": [{"a": "steri", "b": "op", "rating": "A"}],
        }),
    )
}

/// Gross areas of all spaces together.
pub(super) fn gross_mm2(layout: &Layout) -> i64 {
    let rooms = layout.rooms.iter().map(|room| &room.boundary);
    rooms
        .chain(layout.corridors.iter().map(|c| &c.boundary))
        .map(Ring::area)
        .sum()
}
