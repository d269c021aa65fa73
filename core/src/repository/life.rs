//! What a job looks like at each turn of its life, alike in every repository.

use super::rules::{done, first_run, key_held_until};
use super::{Ending, Enqueue};
use crate::job::time::duration_micros;
use crate::job::{Job, Status, Timestamp};

/// The job that a request makes.
pub(super) fn queued(
    request: &Enqueue,
    floorplan_id: Option<i64>,
    parents: usize,
    now: Timestamp,
) -> Job {
    let new = &request.job;
    let key = new.unique_key.as_ref();
    Job {
        id: request.id,
        kind: new.kind.clone(),
        queue: new.queue.as_ref().unwrap_or(&request.default_queue).clone(),
        priority: new.priority,
        status: Status::Queued,
        payload: new.payload.clone(),
        payload_ref: request.payload_ref.clone(),
        unique_key: new.unique_key.clone(),
        unique_until: key.and_then(|_| key_held_until(new.unique_scope, now)),
        request_id: new.request_id.clone(),
        waiting_for: u32::try_from(parents).unwrap_or(u32::MAX),
        is_awaited: false,
        on_parent_failure: new.on_parent_failure,
        run_at: first_run(new.start, now),
        attempt: 0,
        max_attempts: new.max_attempts,
        retry_delay_us: new.retry_delay.map(duration_micros),
        timeout_us: new.timeout.map(duration_micros),
        errors: 0,
        crashes: 0,
        interruptions: 0,
        cancel_requested: false,
        checkpoint: None,
        progress: None,
        stalled_since: None,
        result: None,
        result_ref: None,
        error: None,
        floorplan_id,
        bom_id: None,
        created_at: now,
        updated_at: now,
        started_at: None,
        finished_at: None,
    }
}

/// A queued job begins an attempt.
pub(super) fn start(job: &mut Job, now: Timestamp) {
    job.status = Status::Running;
    job.attempt += 1;
    job.progress = None;
    job.cancel_requested = false;
    job.started_at = Some(now);
    job.updated_at = now;
}

/// A running job's attempt ends, and the job is in `status` then.
pub(super) fn end(job: &mut Job, ending: &Ending, status: Status, now: Timestamp) {
    match ending {
        Ending::Succeeded {
            result, result_ref, ..
        } => {
            job.result = result.clone();
            job.result_ref = result_ref.clone();
            job.error = None;
            job.progress = Some(done());
        }
        Ending::Retried { error, run_at } => {
            job.errors += 1;
            job.error = Some(error.clone());
            job.run_at = *run_at;
        }
        Ending::Failed { error } => {
            job.errors += 1;
            job.error = Some(error.clone());
        }
        Ending::Crashed { error, run_at } => {
            job.crashes += 1;
            job.error = Some(error.clone());
            job.run_at = run_at.unwrap_or(job.run_at);
        }
        Ending::Snoozed { run_at } => job.run_at = *run_at,
        Ending::Released => {
            job.interruptions += 1;
            // The wall clock may have been set back since it was due.
            job.run_at = job.run_at.min(now);
        }
        Ending::Cancelled => {}
    }
    job.status = status;
    job.stalled_since = None;
    job.cancel_requested &= !status.is_ended();
    job.finished_at = status.is_ended().then_some(now);
    job.updated_at = now;
}
