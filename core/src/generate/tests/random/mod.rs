//! Random plates and programmes: no panic, no layout that is called valid and is not, no refusal
//! without a reason.
//!
//! `FLOORJOBS_TEST_LAYOUTS=100000` tries that many, from `FLOORJOBS_TEST_SEED` on. What is looked at
//! is worked out anew from the layout alone; the checker that certified it is not asked.

mod dice;
mod plates;
mod programmes;
mod proof;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;

use self::dice::Dice;
use crate::error::ErrorKind;
use crate::generate::{GenerateRequest, GenerateResult, Infeasibility, Status, generate};
use crate::layout::Layout;
use crate::parallel::{in_parallel, usual_threads};
use crate::watch::Unwatched;

/// A request as it would be sent.
fn text(seed: u64) -> String {
    let dice = &mut Dice::new(seed);
    json!({
        "site": plates::site(dice),
        "program": programmes::programme(dice),
        "rules": programmes::rules(dice),
        "solver": {
            "effort": "fast",
            "alternatives": dice.between(1, 2),
            "threads": 1,
            "seed": dice.between(0, 4),
        },
    })
    .to_string()
}

/// What became of a request, in a word; the error says what must never come of one.
fn outcome(text: &str) -> Result<&'static str, String> {
    let answer = GenerateRequest::from_json(text)
        .and_then(|request| Ok((generate(&request, &Unwatched)?, request)));
    match answer {
        Ok((answer, request)) => judged(&answer, &request),
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok("bad input"),
        Err(error) => Err(format!("{:?}: {error}", error.kind())),
    }
}

fn judged(answer: &GenerateResult, request: &GenerateRequest) -> Result<&'static str, String> {
    let others = answer.alternatives.iter().map(|other| &other.layout);
    let mut layouts = answer.layout.iter().chain(others);
    if let Some(fault) = layouts.find_map(|layout| proof::fault(layout, request)) {
        return Err(format!("called valid: {fault}"));
    }
    match (&answer.layout, answer.status, &answer.infeasibility) {
        (Some(_), Status::Ok | Status::OkWithRelaxations, None) => Ok("laid out"),
        (None, Status::Infeasible, Some(why)) => reason(why),
        other => Err(format!("{other:?}")),
    }
}

/// A refusal names rooms, and a proof has numbers.
fn reason(why: &Infeasibility) -> Result<&'static str, String> {
    if why.message.is_empty() || why.conflicting.is_empty() {
        return Err(format!("refused without a reason: {why:?}"));
    }
    if why.proved && why.needed <= why.available {
        return Err(format!("no proof: {why:?}"));
    }
    Ok(if why.proved { "proved" } else { "not found" })
}

#[allow(
    clippy::disallowed_methods,
    reason = "how many is asked of whoever runs the test"
)]
fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|n| n.parse().unwrap())
}

#[test]
fn random_plates_and_programmes_give_no_false_valid() {
    let first = asked("FLOORJOBS_TEST_SEED").unwrap_or(0);
    let count = asked("FLOORJOBS_TEST_LAYOUTS").unwrap_or(24);
    let tried = in_parallel(
        usize::try_from(count).unwrap(),
        usual_threads(),
        &Unwatched,
        |number| {
            let seed = first + number as u64;
            let text = text(seed);
            let outcome = catch_unwind(AssertUnwindSafe(|| outcome(&text)));
            Ok(match outcome {
                Ok(Ok(word)) => Ok(word),
                Ok(Err(fault)) => Err(format!("seed {seed}: {fault}\n{text}")),
                Err(_) => Err(format!("seed {seed}: a panic\n{text}")),
            })
        },
    )
    .unwrap();
    let faults: Vec<&String> = tried.iter().filter_map(|one| one.as_ref().err()).collect();
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for word in tried.iter().flatten() {
        *words.entry(word).or_default() += 1;
    }
    assert!(faults.is_empty(), "{words:?}\n{faults:#?}");
    for word in ["laid out", "proved"] {
        assert!(words.contains_key(word), "{words:?}");
    }
}

#[test]
fn what_is_wrong_with_a_layout_is_noticed() {
    let (outline, programme) = super::clinic();
    let request = super::request(&outline, &programme);
    let layout = super::answer(&request).layout.unwrap();
    let fault = |spoil: &dyn Fn(&mut Layout)| {
        let mut spoilt = layout.clone();
        spoil(&mut spoilt);
        proof::fault(&spoilt, &request).unwrap_or_default()
    };
    assert_eq!(fault(&|_| {}), "");
    let lost = fault(&|layout| drop(layout.rooms.pop()));
    assert!(lost.ends_with("of floor are lost"), "{lost}");
    let twice = fault(&|layout| layout.rooms.push(layout.rooms[0].clone()));
    assert!(twice.contains(" mm2 cover "), "{twice}");
    let outside = fault(&|layout| layout.inner_outline = layout.rooms[0].boundary.clone());
    assert!(outside.ends_with("are outside the plate"), "{outside}");
    let shut = fault(&|layout| {
        layout.doors.clear();
        layout.open_edges.clear();
    });
    assert!(shut.ends_with("cannot be reached"), "{shut}");
    let small = fault(&|layout| layout.rooms[0].net_area_mm2 *= 2);
    assert!(small.contains(" says "), "{small}");
}
