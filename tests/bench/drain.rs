//! Jobs that do nothing, claimed, run and finished with a result.

use floorjobs_core::pipeline::worker_of;
use floorjobs_core::repository::Durability;
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{Client, Kind, WorkerOptions};
use rusqlite::Connection;

use crate::place::{BOTH, Place, fill, name};
use crate::table::{Table, percent, rate};
use crate::timing::{self, Turns};
use crate::{Plan, bare};

pub(crate) fn run(plan: &Plan) {
    let table = Table::new(
        "drain: noop jobs claimed, run, finished with a result, one worker (goal: 32 at 60 %)",
        &["bare", "ours", "of bare"],
    );
    for durability in BOTH {
        for concurrency in [1, 8, 32] {
            let count = match (durability, concurrency) {
                (Durability::Power, 1) => 1_000,
                (Durability::Power, 8) => 3_000,
                _ => 8_000,
            };
            let (alone, together) = (Place::new(durability), Place::new(durability));
            let (bare, client) = (alone.bare(), together.client());
            let owner = bare::Owner::new();
            let mut by_hand = || {
                bare::transaction(&bare, || (0..count).for_each(|_| bare::insert(&bare)));
                timing::rate(count, || {
                    drain_bare(&bare, durability, &owner, concurrency);
                })
            };
            let mut by_worker = || {
                fill(client.repository().as_ref(), count);
                timing::rate(count, || drain(&client, concurrency))
            };
            let turns = Turns::take(plan.rounds, &mut [&mut by_hand, &mut by_worker]);
            let cells = [
                rate(turns.rate(0)),
                rate(turns.rate(1)),
                percent(turns.ratio(1, 0)),
            ];
            table.row(
                &format!("concurrency {concurrency}, {}", name(durability)),
                &cells,
            );
        }
    }
}

/// Claims without waiting for the disk and finishes as the mode says, `at_once` at a time.
fn drain_bare(
    connection: &Connection,
    durability: Durability,
    owner: &bare::Owner,
    at_once: usize,
) {
    loop {
        set(connection, Durability::Process);
        let jobs = bare::claim(connection, owner, at_once);
        if jobs.is_empty() {
            return;
        }
        set(connection, durability);
        bare::transaction(connection, || {
            for (id, attempt, _) in &jobs {
                bare::finish(connection, owner, id, *attempt);
            }
        });
    }
}

fn set(connection: &Connection, durability: Durability) {
    let pragma = format!("PRAGMA synchronous = {}", name(durability));
    connection.execute_batch(&pragma).unwrap();
}

pub(crate) fn drain(client: &Client, concurrency: usize) {
    let mut options = WorkerOptions::default();
    options.concurrency = concurrency;
    options.drain = true;
    let worker = worker_of(client, options)
        .unwrap()
        .handle(Kind::new("noop").unwrap(), noop);
    worker.run().unwrap();
    let queues = [floorjobs_core::job::QueueName::default_queue()];
    let counts = client.repository().counts(&queues).unwrap();
    assert_eq!((counts.ready, counts.running), (0, 0));
}

fn noop(attempt: &AttemptContext) -> floorjobs_core::Result<Verdict> {
    let page = attempt.payload().get("page").cloned();
    Ok(Verdict::complete(serde_json::json!({ "page": page })))
}
