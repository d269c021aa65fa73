//! Questions about one job, one floor plan, or a few queues.

use super::super::rules::floorplan_not_found;
use super::super::{Counts, Floorplan};
use super::fault::{Fault, Op};
use super::param::{job_id, queue_names};
use super::rows::{self, ATTEMPT_COLUMNS, Columns, FLOORPLAN_COLUMNS, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use crate::error::{Error, ErrorKind};
use crate::job::{Attempt, Job, JobId, QueueName, Timestamp};

pub(super) fn get(at: &mut Transaction<'_>, id: JobId) -> Op<Job> {
    let sql = format!("SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id = $1");
    let found = at.query_last(&sql, &[&job_id(&id)])?;
    let row = found.first().ok_or_else(|| id.not_found())?;
    rows::job(row)
}

/// The attempts of a job that exists; one statement finds both out.
pub(super) fn attempts(at: &mut Transaction<'_>, id: JobId) -> Op<Vec<Attempt>> {
    let exists = "SELECT 1 FROM floorjobs.jobs WHERE id = $1";
    let sql =
        format!("SELECT {ATTEMPT_COLUMNS} FROM floorjobs.attempts WHERE job = $1 ORDER BY number");
    let id_of = job_id(&id);
    let answers = at.query_all_last(&[(exists, &[&id_of]), (&sql, &[&id_of])])?;
    let [job, attempts] = answers.as_slice() else {
        return Err(short_answer());
    };
    if job.is_empty() {
        return Err(id.not_found().into());
    }
    attempts.iter().map(rows::attempt).collect()
}

/// The jobs that a job still waits for.
pub(super) fn parents(at: &mut Transaction<'_>, id: JobId) -> Op<Vec<JobId>> {
    let id_of = job_id(&id);
    let answers = at.query_all_last(&[
        ("SELECT 1 FROM floorjobs.jobs WHERE id = $1", &[&id_of]),
        (
            "SELECT parent FROM floorjobs.dependencies WHERE child = $1 ORDER BY parent",
            &[&id_of],
        ),
    ])?;
    let [job, parents] = answers.as_slice() else {
        return Err(short_answer());
    };
    if job.is_empty() {
        return Err(id.not_found().into());
    }
    parents
        .iter()
        .map(|row| Columns::of(row).job_id())
        .collect()
}

/// The error for a server that answers fewer statements than it was asked; it does not happen.
pub(super) fn short_answer() -> Fault {
    Fault::Away(std::io::ErrorKind::UnexpectedEof.into())
}

pub(super) fn floorplan(at: &mut Transaction<'_>, id: i64) -> Op<Floorplan> {
    let sql = format!("SELECT {FLOORPLAN_COLUMNS} FROM floorjobs.floorplans WHERE id = $1");
    let found = at.query_last(&sql, &[&id])?;
    let row = found.first().ok_or_else(|| floorplan_not_found(id))?;
    rows::floorplan(row)
}

pub(super) fn counts(at: &mut Transaction<'_>, queues: &[QueueName]) -> Op<Counts> {
    let given = at.given_now();
    // One count for each partial index, so that each can be answered from its index alone.
    let sql = format!(
        "SELECT (SELECT count(*) FROM floorjobs.jobs
                     WHERE status = 'queued' AND ready AND queue = ANY ($1))
                + due.now, due.later,
                (SELECT count(*) FROM floorjobs.jobs
                     WHERE status = 'queued' AND waiting_for > 0 AND queue = ANY ($1)),
                (SELECT count(*) FROM floorjobs.jobs
                     WHERE status = 'running' AND queue = ANY ($1))
         FROM (SELECT {} AS now) AS clock,
              LATERAL (SELECT count(*) FILTER (WHERE run_at <= clock.now) AS now,
                              count(*) FILTER (WHERE run_at > clock.now) AS later
                       FROM floorjobs.jobs
                       WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                         AND queue = ANY ($1)) AS due",
        time(2)
    );
    let found = at.query_last(&sql, &[&queue_names(queues), &given])?;
    let row = found.first().ok_or_else(short_answer)?;
    let mut columns = Columns::of(row);
    Ok(Counts {
        ready: columns.number::<i64, _>()?,
        delayed: columns.number::<i64, _>()?,
        blocked: columns.number::<i64, _>()?,
        running: columns.number::<i64, _>()?,
    })
}

pub(super) fn next_run_at(at: &mut Transaction<'_>, queues: &[QueueName]) -> Op<Option<Timestamp>> {
    let given = at.given_now();
    // For each queue one look into the index, past any number of delayed jobs of others.
    let sql = format!(
        "SELECT min(earliest) FROM (SELECT {} AS now OFFSET 0) AS clock, unnest($1) AS name,
             LATERAL (SELECT min(run_at) AS earliest FROM floorjobs.jobs
                      WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                        AND queue = name AND run_at > clock.now) AS first",
        time(2)
    );
    let found = at.query_last(&sql, &[&queue_names(queues), &given])?;
    let row = found.first().ok_or_else(short_answer)?;
    Columns::of(row).optional_moment()
}

/// The queues that are paused, and since when.
pub(super) fn paused(at: &mut Transaction<'_>) -> Op<Vec<(QueueName, Timestamp)>> {
    at.query_last(
        "SELECT queue, since FROM floorjobs.paused_queues ORDER BY queue",
        &[],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        Ok((rows::queue(columns.take()?)?, columns.moment()?))
    })
    .collect()
}

/// The queues that a claim would find something in. Goes from queue to queue, not from job to job.
pub(super) fn ready_queues(at: &mut Transaction<'_>) -> Op<Vec<QueueName>> {
    let given = at.given_now();
    let sql = format!(
        "WITH RECURSIVE
             promoted (queue) AS (
                 SELECT min(queue) FROM floorjobs.jobs WHERE status = 'queued' AND ready
                 UNION ALL
                 SELECT (SELECT min(jobs.queue) FROM floorjobs.jobs
                         WHERE status = 'queued' AND ready AND jobs.queue > promoted.queue)
                 FROM promoted WHERE promoted.queue IS NOT NULL),
             delayed (queue) AS (
                 SELECT min(queue) FROM floorjobs.jobs
                     WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                 UNION ALL
                 SELECT (SELECT min(jobs.queue) FROM floorjobs.jobs
                         WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                           AND jobs.queue > delayed.queue)
                 FROM delayed WHERE delayed.queue IS NOT NULL)
         SELECT queue FROM (
             SELECT queue FROM promoted
             UNION
             SELECT queue FROM delayed
                 WHERE (SELECT min(jobs.run_at) FROM floorjobs.jobs
                        WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                          AND jobs.queue = delayed.queue) <= {}) AS known
         WHERE queue IS NOT NULL AND queue NOT IN (SELECT queue FROM floorjobs.paused_queues)
         ORDER BY queue",
        time(1)
    );
    at.query_last(&sql, &[&given])?
        .iter()
        .map(|row| rows::queue(Columns::of(row).take()?))
        .collect()
}

/// A number that is another one after every transaction of anybody that wrote something.
///
/// A transaction that writes has a number, and which of those are over is what a snapshot says; a
/// reading has none. Transactions of other databases of the server are among them, which costs
/// nothing but a look too many.
pub(super) fn change_counter(at: &mut Transaction<'_>) -> Op<i64> {
    let sql = "SELECT hashtextextended(pg_current_snapshot()::text, 0)";
    let found = at.query_last(sql, &[])?;
    let row = found.first().ok_or_else(short_answer)?;
    Columns::of(row).take()
}

/// Takes a number as a transaction that writes does, which fails where nothing can be written, and
/// leaves nothing behind.
pub(super) fn check_health(at: &mut Transaction<'_>) -> Op<()> {
    let found = at.query_last(
        "SELECT current_user::text, has_table_privilege('floorjobs.jobs', 'INSERT, UPDATE'),
                pg_current_xact_id()::text FROM floorjobs.meta LIMIT 1",
        &[],
    )?;
    let mut columns = Columns::of(found.first().ok_or_else(short_answer)?);
    let role: &str = columns.take()?;
    if columns.take()? {
        return Ok(());
    }
    let message = format!("the role `{role}` may not write to the floorjobs tables");
    Err(Error::new(ErrorKind::Unavailable, message).into())
}
