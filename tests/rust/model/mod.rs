//! Random operations, done to SQLite and to the memory oracle, which must agree after each.
//!
//! A failure is shrunk to the shortest sequence that still fails. `FLOORJOBS_MODEL_SEQUENCES`
//! asks for more sequences than the usual ten thousand.

mod operation;
mod twins;

use std::collections::BTreeMap;

use proptest::test_runner::{Config, TestCaseError, TestRunner};

use operation::{Operation, sequence};
use twins::{Answer, Twins};

/// The sequences are spread over tests, which run at the same time.
const PARTS: u32 = 4;

fn sequences_per_part() -> u32 {
    #[allow(clippy::disallowed_methods, reason = "a test's own dial")]
    let asked = std::env::var("FLOORJOBS_MODEL_SEQUENCES").ok();
    asked.map_or(10_000, |text| text.parse().unwrap()) / PARTS
}

/// How often each kind of operation was accepted and refused.
#[derive(Debug, Default)]
struct Reached(BTreeMap<(&'static str, &'static str), usize>);

fn run_part() {
    let config = Config {
        cases: sequences_per_part(),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let twins = Twins::new();
    let reached = std::cell::RefCell::new(Reached::default());
    let outcome = TestRunner::new(config).run(&sequence(), |operations| {
        let mut twins = twins.start_over();
        for operation in &operations {
            let answer = twins.apply(operation).map_err(TestCaseError::fail)?;
            let key = (operation.name(), answer.name());
            *reached.borrow_mut().0.entry(key).or_default() += 1;
        }
        twins.compare_all_answers().map_err(TestCaseError::fail)
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let reached = reached.into_inner();
    for name in Operation::NAMES {
        assert!(
            reached.0.contains_key(&(name, Answer::DONE)),
            "never done: {name}\n{reached:#?}"
        );
    }
    for name in Operation::REFUSABLE {
        assert!(
            reached.0.contains_key(&(name, Answer::REFUSED)),
            "never refused: {name}"
        );
    }
}

#[test]
fn sqlite_agrees_with_the_oracle_1() {
    run_part();
}

#[test]
fn sqlite_agrees_with_the_oracle_2() {
    run_part();
}

#[test]
fn sqlite_agrees_with_the_oracle_3() {
    run_part();
}

#[test]
fn sqlite_agrees_with_the_oracle_4() {
    run_part();
}
