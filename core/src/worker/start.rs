//! From a claimed job to an attempt that a slot can run.

use std::sync::Arc;

use super::events::WorkerEvent;
use super::handler::Handler;
use super::running::Running;
use super::shared::Shared;
use crate::error::ErrorKind;
use crate::job::time::duration_micros;
use crate::job::{Failure, Fence, Job};

/// An attempt that is ready to run.
pub(super) struct Ready {
    pub(super) running: Arc<Running>,
    pub(super) handler: Arc<dyn Handler>,
}

/// A job that was claimed at `claimed_at`, as an attempt of this worker; with the failure to end
/// it with when the worker has no handler for its kind.
pub(super) fn attempt_of(
    shared: &Shared,
    job: Job,
    claimed_at: i64,
) -> Result<Ready, (Arc<Running>, Failure)> {
    let fence = Fence {
        job: job.id,
        attempt: job.attempt,
        owner: shared.owner.id,
    };
    let entry = shared.handlers.get(&job.kind);
    let kind_options = entry.map(|entry| entry.options).unwrap_or_default();
    let deadline_after = job.timeout_us.unwrap_or_else(|| {
        duration_micros(kind_options.deadline.unwrap_or(shared.options.deadline))
    });
    let running = Running::new(
        job,
        fence,
        kind_options.retry.unwrap_or(shared.options.retry),
        claimed_at,
        shared.boot().saturating_add(deadline_after),
        claimed_at.saturating_add(duration_micros(shared.options.lease)),
    );
    let running = Arc::new(running.watched(kind_options.stall(&shared.options)));
    match entry.map(|entry| Arc::clone(&entry.handler)) {
        Some(handler) => Ok(Ready { running, handler }),
        None => {
            let message = format!("this worker has no handler for `{}`", running.job.kind);
            let failure = Failure::new(ErrorKind::Unsupported, message);
            Err((running, failure))
        }
    }
}

/// Tells of an attempt that is in the table now.
pub(super) fn tell_started(shared: &Shared, running: &Running) {
    shared.pulse.attempt_began();
    shared.tell_of(running, |job, _| WorkerEvent::JobStarted {
        job,
        queue: running.job.queue.clone(),
    });
}
