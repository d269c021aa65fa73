//! Requests that make no sense are refused with the path of the field.

use serde_json::{Value, json};

use super::clinic;
use crate::error::ErrorKind;
use crate::generate::{GenerateRequest, generate};
use crate::watch::Unwatched;

/// The clinic's request with one value replaced.
fn with(pointer: &str, value: Value) -> Value {
    let (outline, programme) = clinic();
    let mut request = json!({
        "site": {"perimeter_mm": outline, "entrances": [], "columns_mm": [], "holes_mm": []},
        "program": programme,
        "rules": {"profile": "generic"},
        "solver": {"effort": "fast", "alternatives": 1},
    });
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match request.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[key.parse::<usize>().unwrap()] = value,
        Value::Object(map) => {
            map.insert(key.to_owned(), value);
        }
        other => panic!("{other} has no {key}"),
    }
    request
}

#[test]
fn each_field_is_judged_and_named() {
    let bow_tie = json!([[0, 0], [9_000, 9_000], [9_000, 0], [0, 9_000]]);
    for (pointer, value, field) in [
        ("/schema_version", json!("7"), "schema_version"),
        ("/units", json!("feet"), "units"),
        ("/site/perimeter_mm", bow_tie.clone(), "site.perimeter_mm"),
        (
            "/site/perimeter_mm",
            json!([[0, 0], [9_000, 0]]),
            "site.perimeter_mm",
        ),
        (
            "/site/perimeter_mm/1",
            json!([9_000_000_000_i64, 0]),
            "site.perimeter_mm[1]",
        ),
        (
            "/site/perimeter_mm",
            json!([[0, 0], [500, 0], [500, 500], [0, 500]]),
            "site.perimeter_mm",
        ),
        ("/site/holes_mm", json!([bow_tie]), "site.holes_mm[0]"),
        (
            "/site/columns_mm",
            json!([[5, 5, 5, 9]]),
            "site.columns_mm[0]",
        ),
        (
            "/site/exterior_wall_mm",
            json!(9_000),
            "site.exterior_wall_mm",
        ),
        (
            "/site/ceiling_height_mm",
            json!(3),
            "site.ceiling_height_mm",
        ),
        (
            "/site/entrances",
            json!([{"edge": 9, "from_mm": 0}]),
            "site.entrances[0].edge",
        ),
        (
            "/site/entrances",
            json!([{"edge": 0, "from_mm": 11_900}]),
            "site.entrances[0].from_mm",
        ),
        (
            "/site/daylight_edges",
            json!([4]),
            "site.daylight_edges[0].edge",
        ),
        ("/program/rooms", json!([]), "program.rooms"),
        (
            "/program/rooms/0/count",
            json!(1_000_000_000),
            "program.rooms[0].count",
        ),
        ("/program/rooms/0/count", json!(0), "program.rooms[0].count"),
        (
            "/program/rooms/0/type",
            json!("ballroom"),
            "program.rooms[0].type",
        ),
        ("/program/rooms/1/id", json!("op"), "program.rooms[1].id"),
        ("/program/rooms/1/id", json!("op-2"), "program.rooms[1].id"),
        (
            "/program/rooms/0/area_m2",
            json!(1e300),
            "program.rooms[0].area_m2",
        ),
        (
            "/program/rooms/0/area_m2",
            json!(-4),
            "program.rooms[0].area_m2",
        ),
        (
            "/program/rooms/0/min_area_m2",
            json!(12),
            "program.rooms[0].min_area_m2",
        ),
        (
            "/program/rooms/0/min_width_mm",
            json!(9_000),
            "program.rooms[0].min_width_mm",
        ),
        (
            "/program/rooms/0/max_aspect",
            json!(0.2),
            "program.rooms[0].max_aspect",
        ),
        ("/program/rooms/0/seats", json!(0), "program.rooms[0].seats"),
        (
            "/program/adjacency/0/a",
            json!("garage"),
            "program.adjacency[0].a",
        ),
        (
            "/program/access",
            json!([{"room": "steri", "via": "steri"}]),
            "program.access",
        ),
        ("/rules/profile", json!("mars"), "rules.profile"),
        ("/rules/corridor_min_mm", json!(10), "rules.corridor_min_mm"),
        (
            "/rules/wall_thickness_mm",
            json!(4_000),
            "rules.wall_thickness_mm",
        ),
        (
            "/rules/area_tolerance_pct",
            json!(500.0),
            "rules.area_tolerance_pct",
        ),
        ("/solver/alternatives", json!(0), "solver.alternatives"),
        ("/solver/threads", json!(10_000), "solver.threads"),
        ("/source", json!({"kind": "spatial_graph"}), "source.graph"),
        (
            "/source",
            json!({"kind": "spatial_graph", "graph": {"walls": []}}),
            "source.graph.walls",
        ),
    ] {
        let text = with(pointer, value).to_string();
        let error = GenerateRequest::from_json(&text)
            .and_then(|request| generate(&request, &Unwatched).map(|_| ()))
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{pointer}: {error}");
        assert_eq!(error.field(), Some(field), "{error}");
    }
}

#[test]
fn a_plan_whose_scale_was_assumed_is_refused_for_that() {
    // A page in points, which are no millimetres.
    let wall = |x1: i32, y1: i32, x2: i32, y2: i32| json!({"x1": x1, "y1": y1, "x2": x2, "y2": y2});
    let walls = [
        wall(0, 0, 1_000, 0),
        wall(1_000, 0, 1_000, 800),
        wall(1_000, 800, 0, 800),
        wall(0, 800, 0, 0),
    ];
    let source = json!({"kind": "spatial_graph", "graph": {"walls": walls}});
    let request = GenerateRequest::from_json(&with("/source", source).to_string()).unwrap();
    let error = generate(&request, &Unwatched).unwrap_err();
    assert_eq!(error.field(), Some("source.scale"), "{error}");
    assert!(
        error.to_string().contains("1 point is taken as 1 mm"),
        "{error}"
    );
}

#[test]
fn a_wish_that_contradicts_itself_is_refused() {
    let text = with(
        "/program/adjacency",
        json!([{"a": "steri", "b": "op", "rating": "A"}, {"a": "op", "b": "steri", "rating": "X"}]),
    );
    let request = GenerateRequest::from_json(&text.to_string()).unwrap();
    let error = generate(&request, &Unwatched).unwrap_err();
    assert_eq!(error.field(), Some("program.adjacency[1].rating"));
}

#[test]
fn numbers_that_are_none_are_refused_from_rust_too() {
    let (outline, programme) = clinic();
    let mut request = super::request(&outline, &programme);
    request.program.rooms[1].area_m2 = Some(f64::NAN);
    let error = generate(&request, &Unwatched).unwrap_err();
    assert_eq!(error.field(), Some("program.rooms[1].area_m2"));
}
