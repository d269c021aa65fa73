//! How a worker stops: it lets its jobs finish, then cancels them, then gives them back.

use std::sync::Arc;
use std::time::Duration;

use super::cancel::CancelReason;
use super::events::WorkerEvent;
use super::giving_up::GivingUp;
use super::heartbeat::micros;
use super::run::StopReason;
use super::shared::Shared;
use crate::job::time::duration_micros;
use crate::repository::Ending;
use crate::sys::crash_point::{Place, Point, reach};

/// Where a stop stands. Moments are microseconds of the boot clock.
#[derive(Debug)]
pub(super) struct Shutdown {
    reason: StopReason,
    stage: Stage,
    hurried: bool,
    /// Nothing is left but to give back what may be ours without our knowing, until then.
    doubted_until: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Jobs run on until then.
    Finishing(i64),
    /// Jobs were told to stop, and have until then to return.
    Cancelled(i64),
    /// Jobs were given back; what is still being written has until then.
    Released(i64),
}

impl Shutdown {
    pub(super) fn begin(shared: &Shared, reason: StopReason, grace: Duration) -> Shutdown {
        let running = shared.table.active().len();
        shared.tell(|| WorkerEvent::Stopping { reason, running });
        let until = shared.boot().saturating_add(duration_micros(grace));
        Shutdown {
            reason,
            stage: Stage::Finishing(until),
            hurried: false,
            doubted_until: None,
        }
    }

    pub(super) fn reason(&self) -> StopReason {
        self.reason
    }

    /// A further reason to stop: the shorter grace counts, and a stuck thread outweighs the other
    /// reasons, since the process must be replaced.
    pub(super) fn also(&mut self, shared: &Shared, reason: StopReason, grace: Duration) {
        if reason == StopReason::Stuck {
            self.reason = reason;
        }
        if let Stage::Finishing(until) = &mut self.stage {
            *until = (*until).min(shared.boot().saturating_add(duration_micros(grace)));
        }
    }

    /// Gives everything back at the next step, without waiting for anybody.
    pub(super) fn hurry(&mut self) {
        self.hurried = true;
    }

    /// Goes on with stopping; returns how long to wait, or `None` when there is nothing left.
    ///
    /// `in_doubt` while a claim of the engine may have brought jobs that it does not know of.
    pub(super) fn step(
        &mut self,
        shared: &Shared,
        giving_up: &mut GivingUp,
        in_doubt: bool,
    ) -> Option<Duration> {
        loop {
            let active = shared.table.active();
            let now = shared.boot();
            let patience = duration_micros(shared.options.release_wait);
            if active.is_empty() && giving_up.is_settled() {
                // Asked only after the look at the table: a slot says so before it leaves it.
                if !in_doubt && !shared.relay.is_in_doubt() {
                    return None;
                }
                // This process may live on, and its jobs would wait for their lease.
                let until = *self
                    .doubted_until
                    .get_or_insert(now.saturating_add(patience));
                return (now < until).then(|| micros(until - now));
            }
            let (Stage::Finishing(until) | Stage::Cancelled(until) | Stage::Released(until)) =
                self.stage;
            let skips = self.hurried && !matches!(self.stage, Stage::Released(_));
            if now < until && !skips {
                return Some(micros(until - now));
            }
            self.stage = match self.stage {
                Stage::Finishing(_) => {
                    // A job that came into the table since is looked for, too; none comes after.
                    shared.relay.release();
                    for running in &shared.table.active() {
                        running.cancel(CancelReason::Shutdown, now);
                    }
                    reach(Point::At(Place::StopTold));
                    Stage::Cancelled(now.saturating_add(patience))
                }
                Stage::Cancelled(_) => {
                    reach(Point::At(Place::StopReleases));
                    for running in active {
                        // One that is writing its ending this moment keeps the right to it.
                        giving_up.end(shared, Arc::clone(&running), Ending::Released);
                    }
                    reach(Point::At(Place::StopReleased));
                    Stage::Released(now.saturating_add(patience))
                }
                // Leases and the other workers see to the rest.
                Stage::Released(_) => return None,
            };
        }
    }
}
