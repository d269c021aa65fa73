//! One job by its id.

use std::sync::LazyLock;

use super::fault::Op;
use super::param::job_id;
use super::rows::{self, JOB_COLUMNS};
use super::transaction::Transaction;
use crate::job::{Job, JobId, Status};

static BY_ID: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id = $1"));

pub(super) fn get(transaction: &mut Transaction<'_>, id: JobId) -> Op<Job> {
    let row = transaction.query_opt(&BY_ID, &[&job_id(&id)])?;
    rows::job(&row.ok_or_else(|| id.not_found())?)
}

/// The status of a job, which nobody else changes until the transaction ends.
pub(super) fn lock(transaction: &mut Transaction<'_>, id: JobId) -> Op<Status> {
    let sql = "SELECT status FROM floorjobs.jobs WHERE id = $1 FOR UPDATE";
    let row = transaction.query_opt(sql, &[&job_id(&id)])?;
    let row = row.ok_or_else(|| id.not_found())?;
    rows::status(row.try_get(0)?)
}

/// Locks jobs in the order of their ids, as everybody does who locks several.
pub(super) fn lock_all<'a>(
    transaction: &mut Transaction<'_>,
    ids: impl Iterator<Item = &'a JobId>,
) -> Op<()> {
    let ids: Vec<_> = ids.map(job_id).collect();
    let sql = "SELECT 1 FROM floorjobs.jobs WHERE id = ANY ($1) ORDER BY id FOR UPDATE";
    transaction.execute(sql, &[&ids])
}
