//! What people ask of a job: cancel it, run it again, run it now.

use rusqlite::Connection;

use super::super::rules::{key_is_held, refused};
use super::fault::Op;
use super::{ask, enqueue, waiting};
use crate::job::{Event, Job, JobId, Status, Timestamp};

/// Cancels a queued job, or asks a running one to stop.
pub(super) fn cancel(connection: &Connection, id: JobId, now: Timestamp) -> Op<Job> {
    let (seq, status) = ask::seq_and_status(connection, id)?;
    let sql = match status {
        Status::Running => "UPDATE jobs SET cancel_requested = 1, updated_at = ?2 WHERE seq = ?1",
        status if status.after(Event::Cancel).is_some() => {
            "UPDATE jobs SET status = 'cancelled', ready = 0, waiting_for = 0, finished_at = ?2, \
                 updated_at = ?2 WHERE seq = ?1"
        }
        status => return Err(refused(id, status, Event::Cancel).into()),
    };
    connection
        .prepare_cached(sql)?
        .execute((seq, now.as_micros()))?;
    if status != Status::Running {
        waiting::forget_parents(connection, seq)?;
        waiting::settle_children(connection, seq, id, now)?;
    }
    ask::get(connection, id)
}

/// Queues an ended job again.
pub(super) fn retry(connection: &Connection, id: JobId, now: Timestamp) -> Op<Job> {
    let (seq, status) = ask::seq_and_status(connection, id)?;
    if status.after(Event::Requeue).is_none() {
        return Err(refused(id, status, Event::Requeue).into());
    }
    let job = ask::get(connection, id)?;
    if let Some(key) = &job.unique_key
        && let Some(holder) = enqueue::holder(connection, &job.kind, key, now, Some(id))?
    {
        return Err(key_is_held(holder.id, key).into());
    }
    connection
        .prepare_cached(
            "UPDATE jobs SET status = 'queued', ready = 1, run_at = ?2, errors = 0, crashes = 0, \
                 interruptions = 0, error_code = NULL, error_message = NULL, error_causes = NULL, \
                 progress_fraction = NULL, progress_stage = NULL, progress_message = NULL, \
                 cancel_requested = 0, finished_at = NULL, updated_at = ?2
             WHERE seq = ?1",
        )?
        .execute((seq, now.as_micros()))?;
    ask::get(connection, id)
}

/// Makes a delayed job due.
pub(super) fn make_due(connection: &Connection, id: JobId, now: Timestamp) -> Op<Job> {
    let (seq, _) = ask::seq_and_status(connection, id)?;
    connection
        .prepare_cached(
            "UPDATE jobs SET run_at = ?2, ready = (waiting_for = 0), updated_at = ?2
             WHERE seq = ?1 AND status = 'queued' AND run_at > ?2",
        )?
        .execute((seq, now.as_micros()))?;
    ask::get(connection, id)
}
