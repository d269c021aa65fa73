//! The worker's pieces together, on a repository in memory and a clock that the tests move.

mod answers;
mod claiming;
mod draining;
mod endings;
mod faults;
mod fencing;
mod kinds;
mod leases;
mod lost_answers;
mod neighbours;
mod stalling;
mod stopping;
mod upkeep;

use std::time::Duration;

use super::options::WorkerOptions;
use super::testing::Bench;

fn one_slot() -> WorkerOptions {
    WorkerOptions {
        concurrency: 1,
        ..WorkerOptions::default()
    }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Steps while other threads work, until `done`.
fn step_until(bench: &mut Bench, done: impl Fn(&Bench) -> bool) {
    for _ in 0..1_000_000 {
        bench.engine.step();
        if done(bench) {
            return;
        }
        std::thread::yield_now();
    }
    unreachable!("it never happened");
}
