//! Takes jobs from workers that died or fell silent.
//!
//! Every worker does this for all, without a leader. Two rhythms: owners of this machine whose
//! process is provably gone, about every second; leases that ran out, about every five.

use std::time::Duration;

use super::events::WorkerEvent;
use super::shared::Shared;
use crate::error::Result;
use crate::job::time::duration_micros;
use crate::job::{OwnerId, random_unit};
use crate::repository::Reap;
use crate::sys::crash_point::{Place, Point, reach};

/// At most so many attempts in one transaction, and so many transactions in one round.
const BATCH: usize = 100;
const BATCHES: usize = 10;

/// How often the notes on workers that ended without a word are cleared away.
const TIDY_EVERY: i64 = 60_000_000;

/// A worker that is not known to be gone is forgotten after this long a silence.
const FORGET_AFTER: Duration = Duration::from_secs(24 * 3_600);

/// When the next rounds are due, in microseconds of the boot clock.
#[derive(Debug)]
pub(super) struct Reaper {
    owners_due: i64,
    leases_due: i64,
    tidy_due: i64,
}

impl Reaper {
    /// A reaper whose first rounds are due at once.
    pub(super) fn new(now: i64) -> Reaper {
        Reaper {
            owners_due: now,
            leases_due: now,
            tidy_due: jittered(now, TIDY_EVERY),
        }
    }

    /// When there is something to do next.
    pub(super) fn next_due(&self) -> i64 {
        self.owners_due.min(self.leases_due).min(self.tidy_due)
    }

    /// Makes the rounds that are due; returns how many attempts were given up.
    pub(super) fn run_due(&mut self, shared: &Shared) -> usize {
        let now = shared.boot();
        let mut reaped = 0;
        if now >= self.owners_due {
            reaped += told(shared, "look for dead workers", reap_gone(shared));
            self.owners_due = jittered(
                shared.boot(),
                duration_micros(shared.options.reap_owners_every),
            );
        }
        if now >= self.leases_due {
            if self.has_slept(shared, now) {
                // Whoever else slept with us is about to beat; so are we.
                shared.pulse.beat_now();
            } else {
                reaped += told(shared, "look for expired leases", reap(shared, Vec::new()));
            }
            self.leases_due = jittered(
                shared.boot(),
                duration_micros(shared.options.reap_leases_every),
            );
        }
        if now >= self.tidy_due {
            told(shared, "forget dead workers", forget_gone(shared));
            self.tidy_due = jittered(shared.boot(), TIDY_EVERY);
        }
        if reaped > 0 {
            reach(Point::At(Place::Reaped));
            shared.wake_others();
        }
        reaped
    }

    /// Whether the machine or this process stood still for so long that leases ran out which would
    /// otherwise have been renewed.
    fn has_slept(&self, shared: &Shared, now: i64) -> bool {
        now.saturating_sub(self.leases_due) > duration_micros(shared.options.lease) / 2
    }
}

/// A rhythm that several workers do not keep in step: between 3/4 and 5/4 of the period.
pub(super) fn jittered(now: i64, period: i64) -> i64 {
    // A period is far below 2^53 microseconds.
    let part = (period as f64 * (0.75 + 0.5 * random_unit())) as i64;
    now.saturating_add(part.max(1))
}

fn told(shared: &Shared, operation: &'static str, outcome: Result<usize>) -> usize {
    match outcome {
        Ok(count) => count,
        Err(error) => {
            shared.tell(|| WorkerEvent::repository_failed(operation, &error));
            0
        }
    }
}

fn reap_gone(shared: &Shared) -> Result<usize> {
    let us = &shared.owner;
    let owners = shared.repository.running_owners()?;
    let gone: Vec<_> = owners
        .into_iter()
        .filter(|owner| owner.id != us.id && us.process.is_provably_gone(&owner.process))
        .map(|owner| owner.id)
        .collect();
    if gone.is_empty() {
        return Ok(0);
    }
    reap(shared, gone)
}

/// Clears away the notes on workers that are gone and have no job left. What is noted of a worker
/// that still has one is how others learn that it is gone.
pub(super) fn forget_gone(shared: &Shared) -> Result<usize> {
    let (us, now) = (&shared.owner, shared.now());
    let workers = shared.repository.workers()?;
    let busy = shared.repository.running_owners()?;
    let mut count = 0;
    for worker in workers {
        let owner = &worker.owner;
        let is_silent = now.since(worker.beat_at) > FORGET_AFTER;
        let is_gone = is_silent || us.process.is_provably_gone(&owner.process);
        if is_gone && owner.id != us.id && !busy.iter().any(|busy| busy.id == owner.id) {
            shared.repository.remove_worker(owner.id)?;
            count += 1;
        }
    }
    Ok(count)
}

fn reap(shared: &Shared, gone: Vec<OwnerId>) -> Result<usize> {
    let mut request = Reap {
        gone,
        limit: BATCH,
        policy: shared.options.retry,
        jitter: 0.0,
    };
    let mut count = 0;
    for _ in 0..BATCHES {
        request.jitter = random_unit();
        let reaped = shared.repository.reap(&request)?;
        count += reaped.len();
        for one in &reaped {
            shared.tell(|| WorkerEvent::reaped(one));
        }
        if reaped.len() < BATCH {
            break;
        }
    }
    Ok(count)
}
