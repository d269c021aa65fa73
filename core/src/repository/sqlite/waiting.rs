//! Jobs that wait for other jobs, and queues that are paused.

use std::collections::VecDeque;

use rusqlite::{Connection, Row, params};

use super::super::rules::{ParentEnded, parent_ended};
use super::ask;
use super::fault::{Op, unreadable};
use super::rows;
use super::unreadable::{self, is_unreadable};
use crate::job::{JobId, ParentFailure, QueueName, Status, Timestamp};

/// Makes `child` wait for `parents`; those that have ended are settled at once.
pub(super) fn wait_for(
    connection: &Connection,
    child: i64,
    parents: &[(i64, JobId)],
    now: Timestamp,
) -> Op<()> {
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO dependencies (parent, child) VALUES (?1, ?2)")?;
    let mut mark =
        connection.prepare_cached("UPDATE jobs SET awaited = 1 WHERE seq = ?1 AND awaited = 0")?;
    for (parent, _) in parents {
        insert.execute((parent, child))?;
        mark.execute([parent])?;
    }
    for (parent, id) in parents {
        settle_children(connection, *parent, *id, now)?;
    }
    Ok(())
}

/// Tells the jobs that wait for `parent`, if it has ended, and those that wait for them in turn.
pub(super) fn settle_children(
    connection: &Connection,
    parent: i64,
    id: JobId,
    now: Timestamp,
) -> Op<()> {
    // A list and not a recursion: a chain of jobs may be long. First come, first settled, so that
    // a job with several ended parents is told by the nearest.
    let mut ended = VecDeque::from([(parent, id)]);
    while let Some((parent, id)) = ended.pop_front() {
        let children = children_of(connection, parent)?;
        if children.is_empty() {
            continue;
        }
        let (_, status) = ask::seq_and_status(connection, id)?;
        if !status.is_ended() {
            continue;
        }
        for (seq, child) in children {
            let child = match child {
                Ok(child) => child,
                Err(fault) if is_unreadable(&fault) => {
                    let id = unreadable::end(connection, seq, fault, now)?;
                    ended.push_back((seq, id));
                    continue;
                }
                Err(fault) => return Err(fault),
            };
            let what = parent_ended(child.policy, id, status);
            if tell(connection, parent, &child, &what, now)? {
                ended.push_back((child.seq, child.id));
            }
        }
    }
    Ok(())
}

struct Child {
    seq: i64,
    id: JobId,
    policy: ParentFailure,
}

/// The rows of the jobs that wait for `parent`, each with what could be read of it.
fn children_of(connection: &Connection, parent: i64) -> Op<Vec<(i64, Op<Child>)>> {
    connection
        .prepare_cached(
            "SELECT seq, id, on_parent_failure FROM dependencies
             JOIN jobs ON jobs.seq = dependencies.child
             WHERE dependencies.parent = ?1 AND status = 'queued' ORDER BY id",
        )?
        .query_and_then([parent], |row| Ok((row.get(0)?, child(row))))?
        .collect()
}

/// A job from a row of [`children_of`].
fn child(row: &Row<'_>) -> Op<Child> {
    Ok(Child {
        seq: row.get(0)?,
        id: JobId::from_bytes(row.get(1)?),
        policy: policy(&row.get::<_, String>(2)?)?,
    })
}

/// Tells one child; true when that ended it.
fn tell(
    connection: &Connection,
    parent: i64,
    child: &Child,
    what: &ParentEnded,
    now: Timestamp,
) -> Op<bool> {
    let (status, failure) = match what {
        ParentEnded::GoesOn => {
            connection
                .prepare_cached("DELETE FROM dependencies WHERE parent = ?1 AND child = ?2")?
                .execute((parent, child.seq))?;
            connection
                .prepare_cached(
                    "UPDATE jobs SET waiting_for = waiting_for - 1, \
                         ready = (waiting_for = 1 AND run_at <= ?2), updated_at = ?2
                     WHERE seq = ?1",
                )?
                .execute((child.seq, now.as_micros()))?;
            return Ok(false);
        }
        ParentEnded::Cancel => (Status::Cancelled, None),
        ParentEnded::Fail(failure) => (Status::Failed, Some(failure)),
    };
    forget_parents(connection, child.seq)?;
    connection
        .prepare_cached(
            "UPDATE jobs SET status = ?2, ready = 0, waiting_for = 0, error_code = ?3, \
                 error_message = ?4, error_causes = NULL, finished_at = ?5, updated_at = ?5 WHERE seq = ?1",
        )?
        .execute(params![
            child.seq,
            status.as_str(),
            failure.map(|failure| failure.kind.code()),
            failure.map(|failure| &failure.message),
            now.as_micros(),
        ])?;
    Ok(true)
}

/// A job that ended or runs again waits for nobody.
pub(super) fn forget_parents(connection: &Connection, child: i64) -> Op<()> {
    connection
        .prepare_cached("DELETE FROM dependencies WHERE child = ?1")?
        .execute([child])?;
    Ok(())
}

pub(super) fn parents(connection: &Connection, id: JobId) -> Op<Vec<JobId>> {
    let (seq, _) = ask::seq_and_status(connection, id)?;
    Ok(connection
        .prepare_cached(
            "SELECT id FROM dependencies JOIN jobs ON jobs.seq = dependencies.parent
             WHERE dependencies.child = ?1 ORDER BY id",
        )?
        .query_map([seq], |row| Ok(JobId::from_bytes(row.get(0)?)))?
        .collect::<Result<_, _>>()?)
}

pub(super) fn policy(text: &str) -> Op<ParentFailure> {
    ParentFailure::from_text(text).ok_or_else(|| unreadable("jobs.on_parent_failure", text))
}

pub(super) fn pause(connection: &Connection, queue: &QueueName, now: Timestamp) -> Op<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO paused_queues (queue, since) VALUES (?1, ?2)")?
        .execute((queue.as_str(), now.as_micros()))?;
    Ok(())
}

pub(super) fn resume(connection: &Connection, queue: &QueueName) -> Op<()> {
    connection
        .prepare_cached("DELETE FROM paused_queues WHERE queue = ?1")?
        .execute([queue.as_str()])?;
    Ok(())
}

pub(super) fn is_paused(connection: &Connection, queue: &QueueName) -> Op<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM paused_queues WHERE queue = ?1)")?
        .query_row([queue.as_str()], |row| row.get(0))?)
}

pub(super) fn paused(connection: &Connection) -> Op<Vec<(QueueName, Timestamp)>> {
    connection
        .prepare_cached("SELECT queue, since FROM paused_queues ORDER BY queue")?
        .query_and_then([], |row| {
            Ok((
                rows::queue(row.get(0)?)?,
                Timestamp::from_micros(row.get(1)?),
            ))
        })?
        .collect()
}

/// The queues that a claim would find something in. Goes from queue to queue, not from job to job.
pub(super) fn ready_queues(connection: &Connection, now: Timestamp) -> Op<Vec<QueueName>> {
    connection
        .prepare_cached(
            "WITH RECURSIVE
                 promoted (queue) AS (
                     SELECT min(queue) FROM jobs INDEXED BY jobs_ready
                         WHERE status = 'queued' AND ready = 1
                     UNION ALL
                     SELECT (SELECT min(jobs.queue) FROM jobs INDEXED BY jobs_ready
                             WHERE status = 'queued' AND ready = 1
                                 AND jobs.queue > promoted.queue)
                     FROM promoted WHERE promoted.queue IS NOT NULL),
                 delayed (queue) AS (
                     SELECT min(queue) FROM jobs INDEXED BY jobs_due
                         WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                     UNION ALL
                     SELECT (SELECT min(jobs.queue) FROM jobs INDEXED BY jobs_due
                             WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                                 AND jobs.queue > delayed.queue)
                     FROM delayed WHERE delayed.queue IS NOT NULL)
             SELECT queue FROM (
                 SELECT queue FROM promoted
                 UNION
                 SELECT queue FROM delayed
                     WHERE (SELECT min(jobs.run_at) FROM jobs INDEXED BY jobs_due
                            WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                                AND jobs.queue = delayed.queue) <= ?1)
             WHERE queue IS NOT NULL AND queue NOT IN (SELECT queue FROM paused_queues)
             ORDER BY queue",
        )?
        .query_and_then([now.as_micros()], |row| rows::queue(row.get(0)?))?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::{Enqueue, Repository};
    use super::super::connection::steps_of;
    use super::super::{SqliteOptions, SqliteRepository};
    use super::*;
    use crate::job::NewJob;
    use std::time::Duration;

    #[test]
    fn ready_queues_are_found_past_any_number_of_jobs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let repository = SqliteRepository::open(&path, SqliteOptions::default()).unwrap();
        let request = |number: u64| Enqueue {
            id: JobId::generate(Timestamp::from_micros(1)),
            job: NewJob::new("work")
                .unwrap()
                .queue(QueueName::new(["a", "b", "c"][number as usize % 3]).unwrap())
                .delay(Duration::from_secs(60 * (number % 3))),
            default_queue: QueueName::default_queue(),
            payload_ref: None,
            floorplan: None,
        };
        let requests: Vec<_> = (0..900).map(request).collect();
        let last = repository.enqueue(&requests).unwrap().pop().unwrap().job;
        let (found, steps) = steps_of(&path, |connection| ready_queues(connection, last.run_at));
        assert_eq!(
            found.iter().map(QueueName::as_str).collect::<Vec<_>>(),
            ["a", "b", "c"]
        );
        assert!(steps < 1_000, "{steps} steps for three queues");
    }
}
