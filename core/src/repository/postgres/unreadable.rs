//! Jobs whose rows this version cannot read.
//!
//! A later version or a foreign hand may have left a value that means nothing here. The job that
//! has it can never run; it must not keep those behind it from running as well.

use super::fault::{Fault, Op};
use super::param::{job_id, readable};
use super::transaction::Transaction;
use super::waiting;
use crate::error::{Error, ErrorKind};
use crate::job::{JobId, Outcome, Timestamp};

/// Why a row cannot be read, for the error of its job.
pub(super) fn reason(fault: Fault) -> String {
    readable(&Error::from(fault).chain())
}

/// Ends a job that was being started, as if it had not been, with the reason; settles those that
/// wait for it.
pub(super) fn fail_started(
    transaction: &mut Transaction<'_>,
    id: JobId,
    why: &str,
    now: Timestamp,
) -> Op<()> {
    transaction.query_all(&[
        (
            "DELETE FROM floorjobs.attempts USING floorjobs.jobs
             WHERE jobs.id = $1 AND attempts.job = $1 AND attempts.number = jobs.attempt",
            &[&job_id(&id)],
        ),
        (
            "UPDATE floorjobs.jobs SET attempt = attempt - 1 WHERE id = $1",
            &[&job_id(&id)],
        ),
    ])?;
    fail(transaction, id, why, now)
}

/// Ends a job that runs, and its attempt as a crash; settles those that wait for it.
pub(super) fn fail_running(
    transaction: &mut Transaction<'_>,
    id: JobId,
    why: &str,
    now: Timestamp,
) -> Op<()> {
    fail(transaction, id, why, now)?;
    // Its newest attempt has the number of the row, which may be what cannot be read.
    transaction.execute(
        "UPDATE floorjobs.attempts SET finished_at = $2, outcome = $3,
             error_code = jobs.error_code, error_message = jobs.error_message
         FROM floorjobs.jobs
         WHERE jobs.id = $1 AND attempts.job = $1 AND attempts.outcome IS NULL",
        &[&job_id(&id), &now.as_micros(), &Outcome::Crashed.as_str()],
    )
}

fn fail(transaction: &mut Transaction<'_>, id: JobId, why: &str, now: Timestamp) -> Op<()> {
    end(transaction, id, why, now)?;
    waiting::settle_children(transaction, id, now)
}

/// Ends a job with the reason, and leaves it to the caller to settle those that wait for it.
pub(super) fn end(
    transaction: &mut Transaction<'_>,
    id: JobId,
    why: &str,
    now: Timestamp,
) -> Op<()> {
    transaction.execute(
        "UPDATE floorjobs.jobs SET status = 'failed', ready = false, waiting_for = 0, owner = NULL,
             lease_until = NULL, cancel_requested = false, stalled_since = NULL, error_code = $2,
             error_message = $3, error_causes = NULL, finished_at = $4, updated_at = $4
         WHERE id = $1",
        &[
            &job_id(&id),
            &ErrorKind::Corrupt.code(),
            &why,
            &now.as_micros(),
        ],
    )?;
    waiting::forget_parents(transaction, id)
}
