//! Random operations, done to a repository and to the memory oracle, which must agree after each.
//!
//! A failure is shrunk to the shortest sequence that still fails. `FLOORJOBS_MODEL_SEQUENCES`
//! asks for more sequences than the usual ten thousand; PostgreSQL, which answers each question
//! over a socket, gets one for every hundred.

mod operation;
mod subject;
mod twins;

use std::collections::BTreeMap;
use std::sync::Arc;

use floorjobs_core::clock::ManualClock;
use floorjobs_core::job::Timestamp;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};

use operation::{Operation, sequence};
use subject::{Postgres, Sqlite};
use twins::{Answer, Apart, Twins};

/// The sequences are spread over tests, which run at the same time.
const PARTS: u32 = 4;

/// How many sequences SQLite gets for one that PostgreSQL gets.
const SQLITE_TO_POSTGRES: u32 = 100;

/// So many sequences come to each kind of operation.
const MANY: u32 = 1_000;

fn sequences_per_part() -> u32 {
    #[allow(clippy::disallowed_methods, reason = "a test's own dial")]
    let asked = std::env::var("FLOORJOBS_MODEL_SEQUENCES").ok();
    asked.map_or(10_000, |text| text.parse().unwrap()) / PARTS
}

/// How often each kind of operation was accepted and refused.
#[derive(Debug, Default)]
struct Reached(BTreeMap<(&'static str, &'static str), usize>);

/// With `PROPTEST_RNG_SEED` the sequences are the same every time, and others for each part.
fn seed_of(part: u32) -> RngSeed {
    match Config::default().rng_seed {
        RngSeed::Fixed(seed) => RngSeed::Fixed(seed.wrapping_add(u64::from(part))),
        RngSeed::Random => RngSeed::Random,
    }
}

/// `most_unanswered` sequences may end before their time because a server did not answer: it may be
/// the machine that stood still, and more than that it is not.
fn run_part(twins: &Twins, part: u32, cases: u32, most_unanswered: usize) {
    let config = Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 20_000,
        rng_seed: seed_of(part),
        ..Config::default()
    };
    let reached = std::cell::RefCell::new(Reached::default());
    let unanswered = std::cell::RefCell::new(Vec::new());
    let outcome = TestRunner::new(config).run(&sequence(), |operations| {
        let mut twins = twins.start_over();
        let mut play = || {
            for operation in &operations {
                let answer = twins.apply(operation)?;
                let key = (operation.name(), answer.name());
                *reached.borrow_mut().0.entry(key).or_default() += 1;
            }
            twins.compare_all_answers()
        };
        match play() {
            Ok(()) => Ok(()),
            Err(Apart::Differ(how)) => Err(TestCaseError::fail(how)),
            Err(Apart::Unanswered(why)) => {
                unanswered.borrow_mut().push(why);
                Ok(())
            }
        }
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
    let unanswered = unanswered.into_inner();
    assert!(unanswered.len() <= most_unanswered, "{unanswered:#?}");
    let reached = reached.into_inner();
    if cases < MANY {
        return;
    }
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

/// The clock of both.
fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting_at(Timestamp::from_micros(1 << 50)))
}

fn run_sqlite(part: u32) {
    let clock = clock();
    let subject = Sqlite::new(clock.clone());
    let twins = Twins::new(Box::new(subject), clock);
    run_part(&twins, part, sequences_per_part(), 0);
}

fn run_postgres() {
    let clock = clock();
    if let Some(subject) = Postgres::new(clock.clone()) {
        let cases = sequences_per_part() * PARTS / SQLITE_TO_POSTGRES;
        run_part(&Twins::new(Box::new(subject), clock), 0, cases, 2);
    }
}

#[test]
fn sqlite_agrees_with_the_oracle_1() {
    run_sqlite(1);
}

#[test]
fn sqlite_agrees_with_the_oracle_2() {
    run_sqlite(2);
}

#[test]
fn sqlite_agrees_with_the_oracle_3() {
    run_sqlite(3);
}

#[test]
fn sqlite_agrees_with_the_oracle_4() {
    run_sqlite(4);
}

#[test]
fn postgres_agrees_with_the_oracle() {
    run_postgres();
}
