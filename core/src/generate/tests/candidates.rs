//! Layouts that others propose are built, judged and weighed like the rest.

use std::sync::Mutex;

use serde_json::json;

use super::request;
use crate::error::{Error, ErrorKind, Result};
use crate::generate::{CandidateSource, GenerateResult, Proposal, generate_with};
use crate::layout::{Corridor, Layout, Rect, Ring, Room, Violation};
use crate::watch::Unwatched;

/// Proposes what `make` makes, and keeps what it was told.
struct Host<F> {
    make: F,
    told: Mutex<Vec<Vec<String>>>,
}

impl<F: Fn(u32) -> Result<Vec<Layout>> + Sync> CandidateSource for Host<F> {
    fn name(&self) -> &str {
        "host"
    }

    fn propose(&self, _: &Proposal<'_>, round: u32, feedback: &[Violation]) -> Result<Vec<Layout>> {
        let codes = feedback.iter().map(|v| v.code.clone()).collect();
        self.told.lock().unwrap().push(codes);
        (self.make)(round)
    }
}

fn room(id: &str, boundary: &Ring) -> Room {
    serde_json::from_value(json!({
        "id": id, "name": id, "room_type": "private_office", "request": id, "boundary": boundary,
        "net_boundary": [], "net_area_mm2": 0, "area_sqm": 0.0, "requested_m2": null,
        "error_pct": null, "doors": [], "occupants": null, "daylight_mm": 0,
    }))
    .unwrap()
}

/// Two offices on a corridor, a few millimetres off the grid.
fn proposed(cut: i64) -> Layout {
    Layout {
        rooms: vec![
            room("a", &Rect::new(3, 1_262, cut, 4_996).ring()),
            room("b", &Rect::new(cut, 1_262, 6_000, 4_996).ring()),
        ],
        corridors: vec![Corridor {
            id: "hall".into(),
            name: "Hall".into(),
            boundary: Rect::new(0, 0, 6_000, 1_262).ring(),
            net_boundary: Ring::default(),
            net_area_mm2: 0,
            clear_width_mm: 0,
        }],
        ..Layout::default()
    }
}

fn run(make: impl Fn(u32) -> Result<Vec<Layout>> + Sync) -> (GenerateResult, Vec<Vec<String>>) {
    let mut asked = request(
        &json!([[0, 0], [6_000, 0], [6_000, 5_000], [0, 5_000]]),
        &json!({"rooms": [
            {"id": "a", "type": "private_office", "area_m2": 10.9},
            {"id": "b", "type": "private_office", "area_m2": 10.9},
        ]}),
    );
    asked.solver.alternatives = 8;
    let host = Host {
        make,
        told: Mutex::new(Vec::new()),
    };
    let answer = generate_with(&asked, &[&host], &Unwatched).unwrap();
    (answer, host.told.into_inner().unwrap())
}

fn has_proposed_cut(answer: &GenerateResult) -> bool {
    let best = answer.layout.iter();
    let all = best.chain(answer.alternatives.iter().map(|other| &other.layout));
    let cut = |layout: &Layout| {
        layout
            .interior_walls
            .iter()
            .any(|w| w.x1 == 3_000 && w.y1 == 1_250)
    };
    all.into_iter().any(cut)
}

#[test]
fn a_good_proposal_is_built_on_the_grid_and_stands_among_the_rest() {
    let (answer, told) = run(|_| Ok(vec![proposed(3_010)]));
    assert_eq!(told.len(), 1, "once is enough");
    assert!(has_proposed_cut(&answer));
    let others = answer.alternatives.iter().map(|other| &other.source);
    let sources: Vec<&String> = std::iter::once(&answer.provenance.solver)
        .chain(others)
        .collect();
    let hosts = sources.iter().filter(|source| **source == "host").count();
    let native = |source: &&&String| source.starts_with("native ");
    assert_eq!(hosts, 1, "each says where it is from: {sources:?}");
    assert_eq!(sources.iter().filter(native).count(), sources.len() - 1);
}

#[test]
fn a_bad_proposal_is_told_what_is_wrong_and_asked_again() {
    let (_, told) = run(|round| {
        Ok(vec![if round == 0 {
            proposed(2_000)
        } else {
            proposed(3_000)
        }])
    });
    assert_eq!(told.len(), 2);
    assert!(
        told[1].contains(&"ROOM_BELOW_MIN_AREA".to_owned()),
        "{told:?}"
    );
    let (_, told) = run(|_| Ok(vec![Layout::default()]));
    assert_eq!(told.len(), 3, "three times at most");
    assert!(told[1].contains(&"ROOM_MISSING".to_owned()));
}

#[test]
fn a_source_that_fails_costs_nothing() {
    let (answer, _) = run(|_| Err(Error::new(ErrorKind::Unavailable, "no network")));
    assert!(answer.layout.is_some());
    assert!(answer.provenance.solver.starts_with("native"));
}
