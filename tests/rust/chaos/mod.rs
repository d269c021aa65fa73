//! A storm: producers and workers as processes, while workers are killed, stopped beyond their
//! lease and replaced, one of them with a wall clock that somebody steps, and the disk is full for
//! a while. In the end nothing is lost, nothing is doubled and nothing is stuck.
//!
//! `FLOORJOBS_TEST_CHAOS_JOBS` makes it larger, `FLOORJOBS_TEST_SEED` repeats its choices. What
//! becomes of the same work while Redis or PostgreSQL fails is tried in `matrix`.

mod audit;
mod handlers;
mod leaks;
mod log;
mod matrix;
mod place;
mod producer;
mod report;
mod storm;
mod violence;
mod worker;

use std::collections::BTreeMap;
use std::time::Duration;

use floorjobs_core::Client;
use floorjobs_core::upkeep::sweep;

use crate::disk::Shimmed;
use crate::invariants::Invariants;
use crate::process::now;
use crate::servers::Database;
use leaks::Leaks;
use place::Place;
use producer::{Manner, Order};
use report::Report;
use storm::{PRODUCERS, Storm};
use violence::Violence;

/// How long the jobs that are left when it is calm again may take.
const AFTERMATH: i64 = 120_000_000;

/// Longer than any worker here is held up between storing a result and ending its attempt.
const SWEEP_AGE: Duration = Duration::from_secs(15);

/// Whether nothing is left to do.
fn is_settled(client: &Client) -> bool {
    let stats = client.repository().stats().unwrap();
    stats.iter().all(|queue| {
        let active = &queue.active;
        active.ready + active.delayed + active.blocked + active.running == 0
    })
}

fn sweep_older_than(client: &Client, age: Duration) -> usize {
    let (repository, blobs) = (client.repository(), client.blobs());
    let swept = sweep(
        repository.as_ref(),
        blobs.as_ref(),
        client.clock().now(),
        age,
    )
    .unwrap();
    swept.blobs + swept.unfinished
}

#[test]
fn nothing_is_lost_doubled_or_stuck_in_a_storm() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::failing(folder.path());
    let place = Place::in_sqlite(disk.root(), folder.path());
    let errors = weather(Storm::from_environment(), &disk, &place);
    assert!(
        errors.contains_key("unavailable"),
        "the disk was never full"
    );
}

/// Without the stepped clock and the full disk: PostgreSQL asks neither of this machine's.
#[test]
fn nothing_is_lost_doubled_or_stuck_in_a_storm_over_postgres() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let disk = Shimmed::failing(folder.path());
    let place = Place::of(database.url(), disk.root(), folder.path());
    weather(Storm::from_environment().on_a_server(), &disk, &place);
}

/// Goes through a storm; returns the errors that producers were told.
#[allow(clippy::print_stdout, reason = "what happened is said")]
fn weather(storm: Storm, disk: &Shimmed, place: &Place) -> BTreeMap<String, usize> {
    println!("{storm:?}");
    // Made before the others come.
    let client = place.connect().unwrap();
    let mut leaks = Leaks::default();
    let mut violence = Violence::new(storm, disk, place);
    let mut swept = 0;
    let mut sweep_at = now();
    let mut producers: Vec<_> = (0..PRODUCERS)
        .map(|number| producer::start(Some(disk), place, &order(&storm, number)))
        .collect();
    while !producers.is_empty() {
        violence.step(&mut leaks);
        producers.retain_mut(|producer| match producer.child.try_wait().unwrap() {
            None => {
                leaks.look("producer", producer.pid());
                true
            }
            Some(status) => {
                assert_eq!(status.code(), Some(0), "a producer");
                false
            }
        });
        if now() >= sweep_at {
            swept += sweep_older_than(&client, SWEEP_AGE);
            sweep_at = now() + 1_000_000;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    violence.calm();
    let deadline = now() + AFTERMATH;
    while !is_settled(&client) && now() < deadline {
        violence.step(&mut leaks);
        std::thread::sleep(Duration::from_millis(20));
    }
    violence.end();

    let audit = audit::audit(&client, &place.logs, &violence.told);
    let acknowledged = audit.acknowledged.iter().copied();
    let (mut violations, census) = Invariants::of(&client)
        .acknowledged(acknowledged)
        .settled()
        .violations();
    violations.extend(audit.violations.iter().cloned());
    violations.extend(violence.told.unexplained.iter().cloned());
    swept += sweep_older_than(&client, Duration::ZERO);
    let left = Invariants::of(&client).check();
    if !left.unreferenced.is_empty() || left.unfinished > 0 {
        violations.push(format!("the sweep left {left:?}"));
    }
    let grown = leaks.grown();
    violations.extend(grown.iter().filter(|grown| grown.is_leak()).map(|grown| {
        let (descriptors, memory) = (grown.descriptors, grown.memory_kib);
        format!(
            "{} grew: descriptors {descriptors:?}, KiB {memory:?}",
            grown.who
        )
    }));
    let report = Report {
        storm: &storm,
        told: &violence.told,
        audit: &audit,
        census: &census,
        grown: &grown,
        swept,
    };
    println!("{report}");
    assert!(
        violations.is_empty(),
        "{} violations:\n{}",
        violations.len(),
        violations[..violations.len().min(20)].join("\n")
    );
    // Else there was no storm.
    assert!(violence.told.kills.len() > 3 && violence.told.stops.len() > 1);
    audit.errors
}

fn order(storm: &Storm, number: usize) -> Order {
    Order {
        seed: storm.seed ^ ((number as u64) << 32),
        // A few more: of those with a key, some are there already.
        jobs: storm.jobs * 21 / 20 / PRODUCERS,
        time: storm.time,
        // The first process brings all the poison.
        poison: if number == 0 { storm.poison } else { 0 },
        manner: Manner::Mixed,
    }
}
