//! Attempts that are ended without their handler's consent, and threads that never return.

use std::sync::Arc;
use std::time::Duration;

use super::cancel::CancelReason;
use super::decision::Decision;
use super::events::WorkerEvent;
use super::finish::end_once;
use super::heartbeat::micros;
use super::running::Running;
use super::shared::Shared;
use crate::job::random_unit;
use crate::job::time::duration_micros;
use crate::repository::Ending;

/// Endings that were decided here and are not written yet.
#[derive(Debug, Default)]
pub(super) struct GivingUp {
    unwritten: Vec<(Arc<Running>, Ending)>,
}

/// What a look at the running attempts showed.
#[derive(Debug)]
pub(super) struct Found {
    /// Threads found to be stuck for the first time.
    pub(super) stuck: usize,
    /// How long until the next look is due.
    pub(super) wait: Duration,
}

/// An ending that could not be written is tried again this soon.
const RETRY_AFTER: Duration = Duration::from_millis(500);

impl GivingUp {
    /// Ends attempts that go on too long after they were told to stop, and finds stuck threads.
    pub(super) fn step(&mut self, shared: &Shared) -> Found {
        let now = shared.boot();
        let grace = duration_micros(shared.options.cancel_grace);
        let mut found = Found {
            stuck: 0,
            wait: Duration::MAX,
        };
        for running in shared.table.all() {
            if let Some(since) = running.cancelled_at() {
                let limit = since.saturating_add(grace);
                if now < limit {
                    found.wait = found.wait.min(micros(limit - now));
                } else if ends_by_force(&running) && running.give_up() {
                    let ending = forced_ending(shared, &running);
                    self.unwritten.push((Arc::clone(&running), ending));
                }
            }
            let limit = running.deadline.saturating_add(grace);
            if now < limit {
                found.wait = found.wait.min(micros(limit - now));
            } else if !running.is_ending() && running.tell_stuck_once() {
                found.stuck += 1;
                shared.tell_of(&running, |job, seconds| WorkerEvent::Stuck { job, seconds });
            }
        }
        self.write(shared);
        if !self.is_settled() {
            found.wait = found.wait.min(RETRY_AFTER);
        }
        found
    }

    /// Ends an attempt that no thread runs.
    pub(super) fn end(&mut self, shared: &Shared, running: Arc<Running>, ending: Ending) {
        if running.give_up() {
            self.unwritten.push((running, ending));
            self.write(shared);
        }
    }

    /// Whether every ending is written.
    pub(super) fn is_settled(&self) -> bool {
        self.unwritten.is_empty()
    }

    /// Tries to write each ending once; those that fail stay until their lease is over, when
    /// another worker takes the job anyway.
    pub(super) fn write(&mut self, shared: &Shared) {
        self.unwritten.retain(|(running, ending)| {
            let Err(error) = end_once(shared, running, ending) else {
                return false;
            };
            let keep = error.is_retryable() && shared.boot() < running.leased_until();
            if !keep {
                shared.tell_of(running, |job, _| WorkerEvent::EndingLost {
                    job,
                    error: (&error).into(),
                });
            }
            keep
        });
    }
}

/// A worker that stops has its own patience, and a lost lease leaves nothing to end.
fn ends_by_force(running: &Running) -> bool {
    matches!(
        running.token.reason(),
        Some(CancelReason::Requested | CancelReason::Deadline | CancelReason::Stalled)
    )
}

fn forced_ending(shared: &Shared, running: &Running) -> Ending {
    Decision {
        job: &running.job,
        policy: &running.retry,
        reason: running.token.reason(),
        stall_after: running.stall.after,
        now: shared.now(),
        unit: random_unit(),
    }
    .stopped()
}
