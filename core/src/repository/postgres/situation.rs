//! A job with all that bears on whether and when it runs.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::super::{Parent, Situation, WorkerLoad};
use super::ask;
use super::fault::Op;
use super::param::job_id;
use super::rows::{self, ATTEMPT_COLUMNS, Columns, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use super::workers::{self, WORKERS};
use crate::job::{JobId, Kind, OwnerId, Timestamp};

/// What the workers run.
const RUNNING: &str = "SELECT owner, kind, started_at FROM floorjobs.jobs
     WHERE status = 'running' AND started_at IS NOT NULL ORDER BY id";

/// Reads everything in one transaction.
pub(super) fn situation(at: &mut Transaction<'_>, id: JobId) -> Op<Situation> {
    let now = at.now()?;
    let of = job_id(&id);
    let job = format!("SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id = $1");
    let attempt = format!(
        "SELECT {ATTEMPT_COLUMNS} FROM floorjobs.attempts WHERE job = $1
         ORDER BY number DESC LIMIT 1"
    );
    let answers = at.query_all(&[
        (&job, &[&of]),
        (&attempt, &[&of]),
        (
            "SELECT since FROM floorjobs.paused_queues JOIN floorjobs.jobs USING (queue)
             WHERE jobs.id = $1",
            &[&of],
        ),
        (
            "SELECT id, status FROM floorjobs.dependencies
             JOIN floorjobs.jobs ON jobs.id = dependencies.parent
             WHERE dependencies.child = $1 ORDER BY id",
            &[&of],
        ),
        (RUNNING, &[]),
        (WORKERS, &[]),
    ])?;
    let [job, attempt, paused, parents, running, noted] = answers.as_slice() else {
        return Err(ask::short_answer());
    };
    let job = rows::job(job.first().ok_or_else(|| id.not_found())?)?;
    let since = paused.first().map(|row| Columns::of(row).moment());
    Ok(Situation {
        now,
        newest_attempt: attempt.first().map(rows::attempt).transpose()?,
        paused_since: since.transpose()?,
        parents: parents.iter().map(parent).collect::<Op<_>>()?,
        before: before(at, id)?,
        workers: with_what_they_run(running, noted)?,
        job,
    })
}

fn parent(row: &Row) -> Op<Parent> {
    let mut columns = Columns::of(row);
    Ok(Parent {
        job: columns.job_id()?,
        status: rows::status(columns.take()?)?,
    })
}

/// The ready jobs that run before this one, by kind; `None` unless it is ready itself.
///
/// Reads the entries of those jobs and no others: the kinds are found by leaps, and of each only
/// what comes first is counted.
pub(super) fn before(at: &mut Transaction<'_>, id: JobId) -> Op<Option<Vec<(Kind, u64)>>> {
    let given = at.given_now();
    let of = job_id(&id);
    // A job is marked as ready, and stays so though the wall clock is stepped back.
    let asked = format!(
        "SELECT queue, priority, run_at, status = 'queued' AND waiting_for = 0
                AND (ready OR run_at <= now), now
         FROM floorjobs.jobs, (SELECT {} AS now OFFSET 0) AS clock WHERE id = $1",
        time(2)
    );
    let found = at.query(&asked, &[&of, &given])?;
    let mut columns = Columns::of(found.first().ok_or_else(|| id.not_found())?);
    let queue: &str = columns.take()?;
    let priority: i32 = columns.take()?;
    let run_at: i64 = columns.take()?;
    let is_ready: bool = columns.take()?;
    let now: i64 = columns.take()?;
    if !is_ready {
        return Ok(None);
    }
    at.query(
        "WITH RECURSIVE kinds (kind) AS (
             SELECT min(kind) FROM floorjobs.jobs
                 WHERE status = 'queued' AND ready AND queue = $1
             UNION ALL
             SELECT (SELECT min(jobs.kind) FROM floorjobs.jobs
                     WHERE status = 'queued' AND ready AND queue = $1 AND jobs.kind > kinds.kind)
                 FROM kinds WHERE kinds.kind IS NOT NULL)
         SELECT kind, sum(jobs)::bigint FROM (
             SELECT kind,
                    (SELECT count(*) FROM floorjobs.jobs
                     WHERE status = 'queued' AND ready AND queue = $1
                       AND jobs.kind = kinds.kind AND priority > $2)
                  + (SELECT count(*) FROM floorjobs.jobs
                     WHERE status = 'queued' AND ready AND queue = $1
                       AND jobs.kind = kinds.kind AND priority = $2
                       AND (run_at, id) < ($3, $4)) AS jobs
                 FROM kinds WHERE kind IS NOT NULL
             UNION ALL
             SELECT kind, count(*) FROM floorjobs.jobs
                 WHERE status = 'queued' AND NOT ready AND waiting_for = 0 AND queue = $1
                   AND run_at <= $5
                   AND (priority > $2 OR (priority = $2 AND (run_at, id) < ($3, $4)))
                 GROUP BY kind) AS counted
         GROUP BY kind HAVING sum(jobs) > 0 ORDER BY kind",
        &[&queue, &priority, &run_at, &of, &now],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        Ok((rows::kind(columns.take()?)?, columns.number::<i64, _>()?))
    })
    .collect::<Op<_>>()
    .map(Some)
}

/// The workers, with what they run.
pub(super) fn loads(at: &mut Transaction<'_>) -> Op<Vec<WorkerLoad>> {
    let answers = at.query_all_last(&[(RUNNING, &[]), (WORKERS, &[])])?;
    let [running, noted] = answers.as_slice() else {
        return Err(ask::short_answer());
    };
    with_what_they_run(running, noted)
}

/// The workers, from the rows of [`RUNNING`] and [`WORKERS`].
fn with_what_they_run(running: &[Row], noted: &[Row]) -> Op<Vec<WorkerLoad>> {
    let mut held: BTreeMap<OwnerId, Vec<(Kind, Timestamp)>> = BTreeMap::new();
    for row in running {
        let mut columns = Columns::of(row);
        let owner = columns.owner_id()?;
        let kind = rows::kind(columns.take()?)?;
        let since = columns.moment()?;
        held.entry(owner).or_default().push((kind, since));
    }
    noted
        .iter()
        .map(|row| {
            let worker = workers::worker(row)?;
            Ok(WorkerLoad {
                running: held.remove(&worker.owner.id).unwrap_or_default(),
                worker,
            })
        })
        .collect()
}
