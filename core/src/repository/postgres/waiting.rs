//! Jobs that wait for other jobs, and queues that are paused.
//!
//! Locks are taken from a parent to its children, and among those by their ids.

use std::collections::{BTreeSet, VecDeque};

use super::super::rules::{ParentEnded, parent_ended};
use super::fault::{Op, is_unreadable};
use super::param::{job_id, readable};
use super::rows::{self, Columns};
use super::transaction::{Transaction, time};
use super::{lookup, unreadable};
use crate::job::{JobId, QueueName, Status, Timestamp};

/// Keeps the parents of a new job from ending, or going, before it waits for them.
pub(super) fn lock_parents(transaction: &mut Transaction<'_>, parents: &BTreeSet<JobId>) -> Op<()> {
    let ids: Vec<_> = parents.iter().map(job_id).collect();
    let sql = "SELECT id FROM floorjobs.jobs WHERE id = ANY ($1) ORDER BY id FOR UPDATE";
    let found = transaction.query(sql, &[&ids])?;
    let found = found.iter().map(|row| Columns::of(row).job_id());
    let found = found.collect::<Op<BTreeSet<_>>>()?;
    match parents.difference(&found).next() {
        Some(missing) => Err(missing.not_found().into()),
        None => Ok(()),
    }
}

/// Makes `child` wait for `parents`, which are locked; those that have ended are settled at once.
pub(super) fn wait_for(
    transaction: &mut Transaction<'_>,
    child: JobId,
    parents: &BTreeSet<JobId>,
    now: Timestamp,
) -> Op<()> {
    let ids: Vec<_> = parents.iter().map(job_id).collect();
    let answers = transaction.query_all(&[
        (
            "INSERT INTO floorjobs.dependencies (parent, child) SELECT unnest($1::uuid[]), $2",
            &[&ids, &job_id(&child)],
        ),
        (
            "UPDATE floorjobs.jobs SET awaited = true WHERE id = ANY ($1) AND NOT awaited",
            &[&ids],
        ),
        (
            "SELECT id FROM floorjobs.jobs WHERE id = ANY ($1) AND finished_at IS NOT NULL
             ORDER BY id",
            &[&ids],
        ),
    ])?;
    for row in answers.last().into_iter().flatten() {
        settle_children(transaction, Columns::of(row).job_id()?, now)?;
    }
    Ok(())
}

/// Tells the jobs that wait for `parent`, if it has ended, and those that wait for them in turn.
pub(super) fn settle_children(
    transaction: &mut Transaction<'_>,
    parent: JobId,
    now: Timestamp,
) -> Op<()> {
    // A list and not a recursion: a chain of jobs may be long. First come, first settled, so that
    // a job with several ended parents is told by the nearest.
    let mut ended = VecDeque::from([parent]);
    while let Some(parent) = ended.pop_front() {
        let children = transaction.query(
            "SELECT child.id, child.on_parent_failure FROM floorjobs.dependencies
             JOIN floorjobs.jobs AS child ON child.id = dependencies.child
             WHERE dependencies.parent = $1 AND child.status = 'queued'
             ORDER BY child.id FOR UPDATE OF child",
            &[&job_id(&parent)],
        )?;
        if children.is_empty() {
            continue;
        }
        let status = lookup::lock(transaction, parent)?;
        if !status.is_ended() {
            continue;
        }
        let mut going_on = Vec::new();
        for row in &children {
            let mut columns = Columns::of(row);
            let child = columns.job_id()?;
            match columns.take().and_then(rows::policy) {
                Ok(policy) => match parent_ended(policy, parent, status) {
                    ParentEnded::GoesOn => going_on.push(job_id(&child)),
                    told => {
                        end(transaction, child, &told, now)?;
                        ended.push_back(child);
                    }
                },
                Err(fault) if is_unreadable(&fault) => {
                    unreadable::end(transaction, child, &unreadable::reason(fault), now)?;
                    ended.push_back(child);
                }
                Err(fault) => return Err(fault),
            }
        }
        if !going_on.is_empty() {
            transaction.query_all(&[
                (
                    "DELETE FROM floorjobs.dependencies WHERE parent = $1 AND child = ANY ($2)",
                    &[&job_id(&parent), &going_on],
                ),
                (
                    "UPDATE floorjobs.jobs SET waiting_for = waiting_for - 1,
                         ready = (waiting_for = 1 AND run_at <= $2), updated_at = $2
                     WHERE id = ANY ($1)",
                    &[&going_on, &now.as_micros()],
                ),
            ])?;
        }
    }
    Ok(())
}

/// Ends a child as it was told.
fn end(
    transaction: &mut Transaction<'_>,
    child: JobId,
    told: &ParentEnded,
    now: Timestamp,
) -> Op<()> {
    let (status, failure) = match told {
        ParentEnded::Fail(failure) => (Status::Failed, Some(failure)),
        ParentEnded::Cancel | ParentEnded::GoesOn => (Status::Cancelled, None),
    };
    forget_parents(transaction, child)?;
    transaction.execute(
        "UPDATE floorjobs.jobs SET status = $2, ready = false, waiting_for = 0, error_code = $3,
             error_message = $4, error_causes = NULL, finished_at = $5, updated_at = $5
         WHERE id = $1",
        &[
            &job_id(&child),
            &status.as_str(),
            &failure.map(|failure| failure.kind.code()),
            &failure.map(|failure| readable(&failure.message)),
            &now.as_micros(),
        ],
    )
}

/// A job that ended or runs again waits for nobody.
pub(super) fn forget_parents(transaction: &mut Transaction<'_>, child: JobId) -> Op<()> {
    let sql = "DELETE FROM floorjobs.dependencies WHERE child = $1";
    transaction.execute(sql, &[&job_id(&child)])
}

pub(super) fn pause(transaction: &mut Transaction<'_>, queue: &QueueName) -> Op<()> {
    let sql = format!(
        "INSERT INTO floorjobs.paused_queues (queue, since) VALUES ($2, {})
         ON CONFLICT (queue) DO NOTHING",
        time(1)
    );
    let given = transaction.given_now();
    transaction
        .query_last(&sql, &[&given, &queue.as_str()])
        .map(drop)
}

pub(super) fn resume(transaction: &mut Transaction<'_>, queue: &QueueName) -> Op<()> {
    let sql = "DELETE FROM floorjobs.paused_queues WHERE queue = $1";
    transaction.query_last(sql, &[&queue.as_str()]).map(drop)
}
