//! A job with all that bears on whether and when it runs.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::super::{Parent, Situation, WorkerLoad};
use super::fault::Op;
use super::rows::{self, ATTEMPT_COLUMNS};
use super::{ask, workers};
use crate::job::{Attempt, Job, JobId, Kind, OwnerId, Status, Timestamp};

/// Reads everything in one transaction.
pub(super) fn situation(connection: &Connection, id: JobId, now: Timestamp) -> Op<Situation> {
    let moment = connection.unchecked_transaction()?;
    let job = ask::get(&moment, id)?;
    let (seq, _) = ask::seq_and_status(&moment, id)?;
    Ok(Situation {
        now,
        newest_attempt: newest_attempt(&moment, seq)?,
        paused_since: paused_since(&moment, &job)?,
        parents: parents(&moment, seq)?,
        before: before(&moment, &job, now)?,
        workers: loads(&moment)?,
        job,
    })
}

fn newest_attempt(connection: &Connection, seq: i64) -> Op<Option<Attempt>> {
    connection
        .prepare_cached(&format!(
            "SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE job = ?1 ORDER BY number DESC LIMIT 1"
        ))?
        .query_and_then([seq], rows::attempt)?
        .next()
        .transpose()
}

fn paused_since(connection: &Connection, job: &Job) -> Op<Option<Timestamp>> {
    let since: Option<i64> = connection
        .prepare_cached("SELECT since FROM paused_queues WHERE queue = ?1")?
        .query_row([job.queue.as_str()], |row| row.get(0))
        .optional()?;
    Ok(since.map(Timestamp::from_micros))
}

fn parents(connection: &Connection, seq: i64) -> Op<Vec<Parent>> {
    connection
        .prepare_cached(
            "SELECT id, status FROM dependencies JOIN jobs ON jobs.seq = dependencies.parent
             WHERE dependencies.child = ?1 ORDER BY id",
        )?
        .query_and_then([seq], |row| {
            Ok(Parent {
                job: JobId::from_bytes(row.get(0)?),
                status: rows::status(&row.get::<_, String>(1)?)?,
            })
        })?
        .collect()
}

/// The ready jobs that run before this one, by kind; `None` unless it is ready itself.
///
/// Reads the entries of those jobs and no others: the kinds are found by leaps, and of each only
/// what comes first is counted.
pub(super) fn before(
    connection: &Connection,
    job: &Job,
    now: Timestamp,
) -> Op<Option<Vec<(Kind, u64)>>> {
    if job.status != Status::Queued || job.waiting_for > 0 {
        return Ok(None);
    }
    if job.run_at > now && !was_ready(connection, job.id)? {
        return Ok(None);
    }
    let before = connection
        .prepare_cached(
            "WITH RECURSIVE kinds (kind) AS (
                 SELECT min(kind) FROM jobs INDEXED BY jobs_ready
                     WHERE status = 'queued' AND ready = 1 AND queue = ?1
                 UNION ALL
                 SELECT (SELECT min(kind) FROM jobs INDEXED BY jobs_ready
                         WHERE status = 'queued' AND ready = 1 AND queue = ?1
                           AND kind > kinds.kind)
                     FROM kinds WHERE kind IS NOT NULL)
             SELECT kind, sum(jobs) FROM (
                 SELECT kind,
                        (SELECT count(*) FROM jobs INDEXED BY jobs_ready
                         WHERE status = 'queued' AND ready = 1 AND queue = ?1
                           AND jobs.kind = kinds.kind AND priority > ?2)
                      + (SELECT count(*) FROM jobs INDEXED BY jobs_ready
                         WHERE status = 'queued' AND ready = 1 AND queue = ?1
                           AND jobs.kind = kinds.kind AND priority = ?2
                           AND (run_at, id) < (?3, ?4)) AS jobs
                     FROM kinds WHERE kind IS NOT NULL
                 UNION ALL
                 SELECT kind, count(*) FROM jobs INDEXED BY jobs_due
                     WHERE status = 'queued' AND ready = 0 AND waiting_for = 0 AND queue = ?1
                       AND run_at <= ?5
                       AND (priority > ?2 OR (priority = ?2 AND (run_at, id) < (?3, ?4)))
                     GROUP BY kind)
             GROUP BY kind HAVING sum(jobs) > 0 ORDER BY kind",
        )?
        .query_and_then(
            params![
                job.queue.as_str(),
                job.priority,
                job.run_at.as_micros(),
                job.id.as_bytes(),
                now.as_micros()
            ],
            |row| Ok((rows::kind(row.get(0)?)?, rows::unsigned(row.get(1)?))),
        )?
        .collect::<Op<_>>()?;
    Ok(Some(before))
}

/// Whether a job is marked as ready, which it stays though the wall clock is stepped back.
fn was_ready(connection: &Connection, id: JobId) -> Op<bool> {
    Ok(connection
        .prepare_cached("SELECT ready FROM jobs WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| row.get(0))?)
}

/// The workers, with what they run.
pub(super) fn loads(connection: &Connection) -> Op<Vec<WorkerLoad>> {
    let mut running: BTreeMap<OwnerId, Vec<(Kind, Timestamp)>> = BTreeMap::new();
    let mut held = connection.prepare_cached(
        "SELECT owner, kind, started_at FROM jobs INDEXED BY jobs_lease
         WHERE status = 'running' AND started_at IS NOT NULL ORDER BY id",
    )?;
    let mut found = held.query([])?;
    while let Some(row) = found.next()? {
        let since = Timestamp::from_micros(row.get(2)?);
        running
            .entry(OwnerId::from_bytes(row.get(0)?))
            .or_default()
            .push((rows::kind(row.get(1)?)?, since));
    }
    let workers = workers::list(connection)?.into_iter();
    Ok(workers
        .map(|worker| WorkerLoad {
            running: running.remove(&worker.owner.id).unwrap_or_default(),
            worker,
        })
        .collect())
}
