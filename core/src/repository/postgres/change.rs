//! What people ask of a job: cancel it, run it again, run it now.

use super::super::rules::{key_is_held, refused};
use super::fault::Op;
use super::param::job_id;
use super::transaction::Transaction;
use super::{enqueue, lookup, waiting};
use crate::job::{Event, Job, JobId, Status};

/// Cancels a queued job, or asks a running one to stop.
pub(super) fn cancel(transaction: &mut Transaction<'_>, id: JobId) -> Op<Job> {
    let status = lookup::lock(transaction, id)?;
    let sql = match status {
        Status::Running => {
            "UPDATE floorjobs.jobs SET cancel_requested = true, updated_at = $2 WHERE id = $1"
        }
        status if status.after(Event::Cancel).is_some() => {
            "UPDATE floorjobs.jobs SET status = 'cancelled', ready = false, waiting_for = 0,
                 finished_at = $2, updated_at = $2 WHERE id = $1"
        }
        status => return Err(refused(id, status, Event::Cancel).into()),
    };
    let now = transaction.now()?;
    transaction.execute(sql, &[&job_id(&id), &now.as_micros()])?;
    if status != Status::Running {
        waiting::forget_parents(transaction, id)?;
        waiting::settle_children(transaction, id, now)?;
    }
    lookup::get(transaction, id)
}

/// Queues an ended job again.
pub(super) fn retry(transaction: &mut Transaction<'_>, id: JobId) -> Op<Job> {
    let status = lookup::lock(transaction, id)?;
    if status.after(Event::Requeue).is_none() {
        return Err(refused(id, status, Event::Requeue).into());
    }
    let job = lookup::get(transaction, id)?;
    let now = transaction.now()?;
    let check_key = |transaction: &mut Transaction<'_>| -> Op<()> {
        let Some(key) = &job.unique_key else {
            return Ok(());
        };
        match enqueue::holders(transaction, &[(&job.kind, key)], now, &[id])?.first() {
            Some(holder) => Err(key_is_held(holder.id, key).into()),
            None => Ok(()),
        }
    };
    check_key(transaction)?;
    transaction.execute(
        "UPDATE floorjobs.jobs SET status = 'queued', ready = true, run_at = $2, errors = 0,
             crashes = 0, interruptions = 0, error_code = NULL, error_message = NULL,
             error_causes = NULL, progress_fraction = NULL, progress_stage = NULL,
             progress_message = NULL, cancel_requested = false, finished_at = NULL,
             updated_at = $2
         WHERE id = $1",
        &[&job_id(&id), &now.as_micros()],
    )?;
    // One that was stored since, and has ended, may hold the key all the same.
    check_key(transaction)?;
    lookup::get(transaction, id)
}

/// Makes a delayed job due.
pub(super) fn make_due(transaction: &mut Transaction<'_>, id: JobId) -> Op<Job> {
    lookup::lock(transaction, id)?;
    let now = transaction.now()?;
    transaction.execute(
        "UPDATE floorjobs.jobs SET run_at = $2, ready = (waiting_for = 0), updated_at = $2
         WHERE id = $1 AND status = 'queued' AND run_at > $2",
        &[&job_id(&id), &now.as_micros()],
    )?;
    lookup::get(transaction, id)
}
