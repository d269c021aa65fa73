//! Stops attempts by the clock alone, whatever the repository is doing.
//!
//! The heartbeat looks at leases and deadlines too, but between its looks it talks to the
//! repository, and a database whose disk or lock hangs would hold it up past the moment from which
//! others may have the jobs. This looks on a thread that asks nobody.

use std::sync::Arc;
use std::time::Duration;

use super::cancel::CancelReason;
use super::events::WorkerEvent;
use super::running::Running;
use super::shared::Shared;
use crate::job::time::duration_micros;

/// How often it looks, unless the lease is so short that this would be seldom.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often, while nothing runs: what begins meanwhile has a whole lease before it.
const LOOK_FOR_ATTEMPTS_EVERY: Duration = Duration::from_secs(5);

pub(super) struct Fencing {
    shared: Arc<Shared>,
}

impl Fencing {
    pub(super) fn new(shared: Arc<Shared>) -> Fencing {
        Fencing { shared }
    }

    /// Stops whatever has run out; returns how long until the next look.
    pub(super) fn step(&mut self) -> Duration {
        let attempts = self.shared.table.active();
        for running in &attempts {
            check_deadline(&self.shared, running);
            check_lease(&self.shared, running);
        }
        let seldom = match attempts.is_empty() {
            true => LOOK_FOR_ATTEMPTS_EVERY,
            false => LOOK_EVERY,
        };
        // A sixth of the lease is the margin; half of that is soon enough.
        seldom.min(self.shared.options.lease / 12)
    }
}

/// Stops an attempt that has taken as long as it may.
pub(super) fn check_deadline(shared: &Shared, running: &Running) {
    let now = shared.boot();
    if now >= running.deadline && running.cancel(CancelReason::Deadline, now) {
        shared.tell_of(running, |job, _| WorkerEvent::DeadlinePassed { job });
    }
}

/// Stops an attempt whose lease may run out before the next beat can renew it.
pub(super) fn check_lease(shared: &Shared, running: &Running) {
    let now = shared.boot();
    let margin = duration_micros(shared.options.lease) / 6;
    if now.saturating_add(margin) >= running.leased_until() {
        running.cancel(CancelReason::LeaseInDoubt, now);
    }
}
