//! Forgets old jobs and unnamed blobs, a portion now and then.
//!
//! Every worker does this for all, without a leader, on a thread of its own that nothing waits
//! for: a heartbeat or a claim meets at most one portion's transaction. Two workers that prune at
//! once delete what there is once.

use std::sync::Arc;
use std::time::Duration;

use super::events::WorkerEvent;
use super::heartbeat::micros;
use super::reaper::jittered;
use super::shared::Shared;
use crate::blob::BlobRef;
use crate::job::random_unit;
use crate::upkeep::{PRUNED_AT_ONCE, Retention, SWEEP_AGE, prune, sweep_step};

/// How often old jobs are looked for, in microseconds.
const PRUNE_EVERY: i64 = 300_000_000;

/// How often blobs are looked for that nothing names; the whole store is listed for it.
const SWEEP_EVERY: i64 = 3_600_000_000;

/// The pause between two portions, in which everybody else has the database for themselves.
const BETWEEN_PORTIONS: i64 = 1_000_000;

/// Whether anything is ever to be forgotten.
pub(super) fn is_wanted(shared: &Shared) -> bool {
    prunes(&shared.options.retention) || shared.options.sweep_blobs
}

fn prunes(retention: &Retention) -> bool {
    let Retention {
        succeeded,
        failed,
        cancelled,
    } = retention;
    succeeded.is_some() || failed.is_some() || cancelled.is_some()
}

/// When which portion is due, in microseconds of the boot clock.
pub(super) struct Upkeep {
    shared: Arc<Shared>,
    prune_due: i64,
    sweep_due: i64,
    /// The blob after which the sweep that has begun goes on.
    sweep_after: Option<BlobRef>,
}

impl Upkeep {
    pub(super) fn new(shared: Arc<Shared>) -> Upkeep {
        let now = shared.boot();
        // Anywhere within the first period: workers that live for minutes must now and then get
        // there, and those of one machine not all together.
        let first = |every: i64| now.saturating_add((every as f64 * random_unit()) as i64);
        Upkeep {
            prune_due: match prunes(&shared.options.retention) {
                true => first(PRUNE_EVERY),
                false => i64::MAX,
            },
            sweep_due: match shared.options.sweep_blobs {
                true => first(SWEEP_EVERY),
                false => i64::MAX,
            },
            sweep_after: None,
            shared,
        }
    }

    /// Forgets one portion of what is due; returns how long until the next is.
    pub(super) fn step(&mut self) -> Duration {
        let now = self.shared.boot();
        // In this order: what a deleted job named is what a sweep finds unnamed.
        if now >= self.prune_due {
            self.prune();
        } else if now >= self.sweep_due {
            self.sweep();
        }
        let now = self.shared.boot();
        micros(self.prune_due.min(self.sweep_due).saturating_sub(now))
    }

    fn prune(&mut self) {
        let shared = &self.shared;
        let retention = &shared.options.retention;
        let pruned = prune(
            shared.repository.as_ref(),
            retention,
            shared.now(),
            PRUNED_AT_ONCE,
        );
        let is_done = match pruned {
            Ok(jobs) => {
                if jobs > 0 {
                    shared.tell(|| WorkerEvent::Pruned { jobs });
                }
                jobs < PRUNED_AT_ONCE
            }
            Err(error) => {
                shared.tell(|| WorkerEvent::repository_failed("forget old jobs", &error));
                true
            }
        };
        self.prune_due = next_portion(shared.boot(), is_done, PRUNE_EVERY);
    }

    fn sweep(&mut self) {
        let shared = &self.shared;
        let step = sweep_step(
            shared.repository.as_ref(),
            shared.blobs.as_ref(),
            shared.now(),
            SWEEP_AGE,
            self.sweep_after.as_ref(),
        );
        self.sweep_after = match step {
            Ok(step) => {
                let (blobs, unfinished) = (step.swept.blobs, step.swept.unfinished);
                if blobs + unfinished > 0 {
                    shared.tell(|| WorkerEvent::Swept { blobs, unfinished });
                }
                step.next
            }
            Err(error) => {
                shared.tell(|| WorkerEvent::repository_failed("sweep blobs", &error));
                None
            }
        };
        self.sweep_due = next_portion(shared.boot(), self.sweep_after.is_none(), SWEEP_EVERY);
    }
}

fn next_portion(now: i64, is_done: bool, every: i64) -> i64 {
    match is_done {
        true => jittered(now, every),
        false => now.saturating_add(BETWEEN_PORTIONS),
    }
}
