//! Ending attempts by their own word.

use std::sync::LazyLock;

use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::super::rules::{event_of, is_outcome_of, lease_lost, no_floorplan, requeues};
use super::super::{Ending, Finish, NewDesign, Product};
use super::beat::number;
use super::fault::{Op, is_unreadable, unreadable};
use super::param::{Param, job_id, owner_id, readable};
use super::planned::Planned;
use super::rows::{self, Columns, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use super::{design, lookup, unreadable as bad, waiting};
use crate::job::{Failure, Fence, Job, JobId, Outcome, OwnerId, Status, Timestamp};

/// The longest name of a blob that the index of results takes; those of this library are shorter.
const LONGEST_BLOB: usize = 512;

/// Ends attempts whose fences hold, with their jobs, and closes them in the history.
///
/// `coalesce` keeps an index of all running jobs from seeming as good a way to one as its id.
///
/// A job that would run again although somebody asked for it to stop is cancelled instead; see
/// `rules::settled` and `life::end`, which say the same of one job.
pub(super) static END: LazyLock<Planned> = LazyLock::new(|| {
    let ending = format!(
        "WITH clock AS MATERIALIZED (SELECT {now} AS now),
             given AS MATERIALIZED (
                 SELECT * FROM unnest($2::uuid[], $3::int4[], $4::uuid[], $5::text[], $6::bool[],
                     $7::int8[], $8::int4[], $9::int4[], $10::bool[], $11::text[], $12::text[],
                     $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::int8[],
                     $19::int8[], $20::text[], $21::int8[], $22::float8[], $23::text[],
                     $24::text[], $25::int4[], $26::text[])
                 AS given (job, attempt, owner, status, requeues, run_at, errors, interruptions,
                     succeeds, result, result_ref, result_blob, error_code, error_message,
                     error_causes, outcome, cpu_us, peak_memory, source, wall_count, linear_pts,
                     document_ref, svg_ref, crashes, error_trace)),
             held AS MATERIALIZED (
                 SELECT given.*, given.requeues AND job.cancel_requested AS stops
                 FROM given JOIN floorjobs.jobs AS job ON job.id = given.job
                 WHERE coalesce(job.status = 'running' AND job.attempt = given.attempt
                   AND job.owner = given.owner, false)
                 ORDER BY job.id FOR UPDATE OF job),
             settled AS MATERIALIZED (
                 SELECT job, attempt, stops, succeeds, result, result_ref, result_blob, cpu_us,
                     peak_memory, source, wall_count, linear_pts, document_ref, svg_ref,
                     CASE WHEN stops THEN 'cancelled' ELSE status END AS status,
                     CASE WHEN stops THEN 'cancelled' ELSE outcome END AS outcome,
                     CASE WHEN stops THEN NULL ELSE run_at END AS run_at,
                     CASE WHEN stops THEN 0 ELSE errors END AS errors,
                     CASE WHEN stops THEN 0 ELSE interruptions END AS interruptions,
                     CASE WHEN stops THEN 0 ELSE crashes END AS crashes, error_trace,
                     CASE WHEN stops THEN NULL ELSE error_code END AS error_code,
                     CASE WHEN stops THEN NULL ELSE error_message END AS error_message,
                     CASE WHEN stops THEN NULL ELSE error_causes END AS error_causes
                 FROM held),
             ended AS (
                 UPDATE floorjobs.jobs AS job SET
                     status = settled.status,
                     run_at = CASE WHEN settled.interruptions > 0
                         THEN least(job.run_at, clock.now)
                         ELSE coalesce(settled.run_at, job.run_at) END,
                     ready = settled.status = 'queued'
                         AND (settled.interruptions > 0
                             OR coalesce(settled.run_at, job.run_at) <= clock.now),
                     owner = NULL, lease_until = NULL, stalled_since = NULL,
                     cancel_requested = job.cancel_requested AND settled.status = 'queued',
                     errors = job.errors + settled.errors,
                     interruptions = job.interruptions + settled.interruptions,
                     crashes = job.crashes + settled.crashes,
                     progress_fraction = CASE WHEN settled.succeeds THEN 1
                         ELSE job.progress_fraction END,
                     progress_stage = CASE WHEN settled.succeeds THEN 'done'
                         ELSE job.progress_stage END,
                     progress_message = CASE WHEN settled.succeeds THEN NULL
                         ELSE job.progress_message END,
                     result = CASE WHEN settled.succeeds THEN settled.result
                         ELSE job.result END,
                     result_ref = CASE WHEN settled.succeeds THEN settled.result_ref
                         ELSE job.result_ref END,
                     result_blob = CASE WHEN settled.succeeds THEN settled.result_blob
                         ELSE job.result_blob END,
                     error_code = CASE WHEN settled.succeeds THEN NULL
                         ELSE coalesce(settled.error_code, job.error_code) END,
                     error_message = CASE WHEN settled.succeeds THEN NULL
                         WHEN settled.error_code IS NULL THEN job.error_message
                         ELSE settled.error_message END,
                     error_causes = CASE WHEN settled.succeeds THEN NULL
                         WHEN settled.error_code IS NULL THEN job.error_causes
                         ELSE settled.error_causes END,
                     finished_at = CASE WHEN settled.status = 'queued' THEN NULL
                         ELSE clock.now END,
                     updated_at = clock.now
                 FROM settled, clock WHERE job.id = settled.job
                 RETURNING job.*),
             closed AS (
                 UPDATE floorjobs.attempts SET finished_at = clock.now,
                     outcome = settled.outcome, error_code = settled.error_code,
                     error_message = settled.error_message, error_causes = settled.error_causes,
                     error_trace = settled.error_trace,
                     cpu_us = settled.cpu_us, peak_memory = settled.peak_memory
                 FROM settled, clock
                 WHERE attempts.job = settled.job AND attempts.number = settled.attempt),
             read AS (
                 UPDATE floorjobs.floorplans AS plan SET source = settled.source,
                     wall_count = settled.wall_count, linear_pts = settled.linear_pts,
                     document_ref = settled.document_ref, svg_ref = settled.svg_ref,
                     updated_at = clock.now
                 FROM settled JOIN floorjobs.jobs AS job ON job.id = settled.job, clock
                 WHERE settled.source IS NOT NULL AND plan.id = job.floorplan_id)
         SELECT * FROM ended",
        now = time(1)
    );
    let takes = [
        "bigint", "uuid[]", "int4[]", "uuid[]", "text[]", "bool[]", "int8[]", "int4[]", "int4[]",
        "bool[]", "text[]", "text[]", "text[]", "text[]", "text[]", "text[]", "text[]", "int8[]",
        "int8[]", "text[]", "int8[]", "float8[]", "text[]", "text[]", "int4[]", "text[]",
    ];
    Planned::new(
        "finish",
        &takes,
        "SETOF floorjobs.jobs",
        &ending,
        JOB_COLUMNS,
    )
});

/// The columns of what is given to [`END`], one entry for each attempt.
#[derive(Default)]
pub(super) struct Endings {
    now: Option<i64>,
    jobs: Vec<Uuid>,
    attempts: Vec<i32>,
    owners: Vec<Uuid>,
    statuses: Vec<&'static str>,
    requeues: Vec<bool>,
    run_at: Vec<Option<i64>>,
    errors: Vec<i32>,
    interruptions: Vec<i32>,
    succeeds: Vec<bool>,
    results: Vec<Option<String>>,
    result_refs: Vec<Option<String>>,
    result_blobs: Vec<Option<String>>,
    error_codes: Vec<Option<&'static str>>,
    error_messages: Vec<Option<String>>,
    error_causes: Vec<Option<String>>,
    outcomes: Vec<&'static str>,
    cpu_us: Vec<Option<i64>>,
    peak_memory: Vec<Option<i64>>,
    sources: Vec<Option<String>>,
    wall_counts: Vec<Option<i64>>,
    linear_pts: Vec<Option<f64>>,
    documents: Vec<Option<String>>,
    pictures: Vec<Option<String>>,
    crashes: Vec<i32>,
    traces: Vec<Option<String>>,
}

impl Endings {
    pub(super) fn of(transaction: &Transaction<'_>, finishes: &[&Finish]) -> Op<Endings> {
        let mut endings = Endings {
            now: transaction.given_now(),
            ..Endings::default()
        };
        for finish in finishes {
            endings.add(finish)?;
        }
        Ok(endings)
    }

    fn add(&mut self, finish: &Finish) -> Op<()> {
        let Finish { fence, ending, .. } = finish;
        let status = Status::Running.after(event_of(ending));
        let status = status.ok_or_else(|| unreadable("jobs.status", "running"))?;
        let error = ending.error();
        let (run_at, result, result_ref, reading) = match ending {
            Ending::Succeeded {
                result,
                result_ref,
                product,
            } => {
                let reading = match product {
                    Some(Product::Reading(reading)) => Some(reading),
                    Some(Product::Design(_)) | None => None,
                };
                (None, result.as_ref(), result_ref.as_ref(), reading)
            }
            Ending::Retried { run_at, .. } | Ending::Snoozed { run_at } => {
                (Some(run_at.as_micros()), None, None, None)
            }
            Ending::Crashed { run_at, .. } => (run_at.map(Timestamp::as_micros), None, None, None),
            _ => (None, None, None, None),
        };
        self.jobs.push(job_id(&fence.job));
        self.attempts.push(number(fence.attempt));
        self.owners.push(owner_id(&fence.owner));
        self.statuses.push(status.as_str());
        self.requeues.push(requeues(ending));
        self.run_at.push(run_at);
        let crashed = matches!(ending, Ending::Crashed { .. });
        self.errors.push((error.is_some() && !crashed).into());
        self.crashes.push(crashed.into());
        self.traces.push(finish.trace.as_deref().map(readable));
        self.interruptions
            .push(matches!(ending, Ending::Released).into());
        self.succeeds.push(status == Status::Succeeded);
        self.results.push(result.map(Value::to_string));
        self.result_refs.push(result_ref.map(Value::to_string));
        self.result_blobs.push(result_ref.and_then(blob_of));
        self.error_codes.push(error.map(|error| error.kind.code()));
        self.error_messages.push(error.map(rows::message));
        self.error_causes.push(error.and_then(rows::causes));
        self.outcomes.push(ending.outcome().as_str());
        self.cpu_us.push(finish.usage.map(|usage| usage.cpu_us));
        self.peak_memory
            .push(finish.usage.map(|usage| usage.peak_memory_bytes));
        self.sources
            .push(reading.map(|reading| reading.source.clone()));
        let walls = reading.map(|reading| reading.total_wall_count);
        self.wall_counts
            .push(walls.map(|walls| i64::try_from(walls).unwrap_or(i64::MAX)));
        self.linear_pts
            .push(reading.map(|reading| reading.total_linear_pts));
        self.documents
            .push(reading.map(|reading| reading.document_ref.clone()));
        self.pictures
            .push(reading.map(|reading| reading.svg_ref.clone()));
        Ok(())
    }

    fn params(&self) -> [&dyn Param; 26] {
        [
            &self.now,
            &self.jobs,
            &self.attempts,
            &self.owners,
            &self.statuses,
            &self.requeues,
            &self.run_at,
            &self.errors,
            &self.interruptions,
            &self.succeeds,
            &self.results,
            &self.result_refs,
            &self.result_blobs,
            &self.error_codes,
            &self.error_messages,
            &self.error_causes,
            &self.outcomes,
            &self.cpu_us,
            &self.peak_memory,
            &self.sources,
            &self.wall_counts,
            &self.linear_pts,
            &self.documents,
            &self.pictures,
            &self.crashes,
            &self.traces,
        ]
    }

    /// The statement that ends them; its rows are the jobs as they are then.
    pub(super) fn with<T>(&self, run: impl FnOnce((&str, &[&dyn Param])) -> T) -> T {
        run((END.call(), &self.params()))
    }
}

/// The blob that a result reference names, if it names one.
fn blob_of(result_ref: &Value) -> Option<String> {
    let blob = result_ref.get("blob")?.as_str()?;
    (blob.len() <= LONGEST_BLOB && !blob.contains('\0')).then(|| blob.to_owned())
}

/// Ends an attempt; see [`Repository::finish`](super::super::Repository::finish).
pub(super) fn finish(transaction: &mut Transaction<'_>, finish: &Finish) -> Op<Job> {
    let endings = Endings::of(transaction, &[finish])?;
    let rows = endings.with(|(sql, params)| transaction.query(sql, params))?;
    match rows.first() {
        Some(row) => {
            let mut job = ended(finish, row)?;
            if let Some(design) = design_of(finish) {
                design::store(transaction, design, &mut job)?;
            }
            if job.status.is_ended() && job.is_awaited {
                waiting::settle_children(transaction, job.id, job.updated_at)?;
            }
            Ok(job)
        }
        None => ended_before(transaction, finish),
    }
}

/// The job of an attempt that was just ended.
pub(super) fn ended(finish: &Finish, row: &Row) -> Op<Job> {
    let job = rows::job(row)?;
    if lacks_floorplan(finish, &job) {
        return Err(no_floorplan(job.id).into());
    }
    Ok(job)
}

/// Whether an ending brings what was read of a floor plan, and the job has none.
pub(super) fn lacks_floorplan(finish: &Finish, job: &Job) -> bool {
    let brings_reading = matches!(
        finish.ending,
        Ending::Succeeded {
            product: Some(Product::Reading(_)),
            ..
        }
    );
    brings_reading && job.floorplan_id.is_none()
}

/// The layout and the bill that an ending brings, which are stored after it.
pub(super) fn design_of(finish: &Finish) -> Option<&NewDesign> {
    match &finish.ending {
        Ending::Succeeded {
            product: Some(Product::Design(design)),
            ..
        } => Some(design),
        _ => None,
    }
}

/// The job of an attempt that has already ended in this way: the answer was lost, not the write.
fn ended_before(transaction: &mut Transaction<'_>, finish: &Finish) -> Op<Job> {
    let fence = &finish.fence;
    lookup::lock(transaction, fence.job)?;
    let stored = transaction.query_opt(
        "SELECT outcome FROM floorjobs.attempts WHERE job = $1 AND number = $2 AND owner = $3",
        &[
            &job_id(&fence.job),
            &number(fence.attempt),
            &owner_id(&fence.owner),
        ],
    )?;
    if let Some(row) = stored
        && let Some(outcome) = Columns::of(&row).take::<Option<&str>>()?
        && is_outcome_of(rows::outcome(outcome)?, &finish.ending)
    {
        return lookup::get(transaction, fence.job);
    }
    Err(lease_lost(fence).into())
}

/// Takes a job out of the running state; `run_at` changes when it is next due.
pub(super) fn stop_running(
    transaction: &mut Transaction<'_>,
    id: JobId,
    status: Status,
    run_at: Option<Timestamp>,
    now: Timestamp,
) -> Op<()> {
    transaction.execute(
        "UPDATE floorjobs.jobs SET status = $2, owner = NULL, lease_until = NULL,
             run_at = coalesce($3, run_at),
             ready = ($2 = 'queued' AND coalesce($3, run_at) <= $4),
             cancel_requested = ($2 = 'queued' AND cancel_requested), stalled_since = NULL,
             finished_at = CASE WHEN $2 = 'queued' THEN NULL ELSE $4 END, updated_at = $4
         WHERE id = $1",
        &[
            &job_id(&id),
            &status.as_str(),
            &run_at.map(Timestamp::as_micros),
            &now.as_micros(),
        ],
    )
}

/// Writes into the history that an attempt was given up.
pub(super) fn close_crashed(
    transaction: &mut Transaction<'_>,
    fence: &Fence,
    failure: &Failure,
    now: Timestamp,
) -> Op<()> {
    transaction.execute(
        "UPDATE floorjobs.attempts SET finished_at = $3, outcome = $4, error_code = $5,
             error_message = $6, error_causes = NULL, cpu_us = NULL, peak_memory = NULL
         WHERE job = $1 AND number = $2",
        &[
            &job_id(&fence.job),
            &number(fence.attempt),
            &now.as_micros(),
            &Outcome::Crashed.as_str(),
            &failure.kind.code(),
            &rows::message(failure),
        ],
    )
}

/// Keeps a value for the next attempt.
pub(super) fn checkpoint(
    transaction: &mut Transaction<'_>,
    fence: &Fence,
    value: &Value,
) -> Op<()> {
    let sql = format!(
        "UPDATE floorjobs.jobs SET checkpoint = $2, updated_at = {}
         WHERE id = $3 AND status = 'running' AND attempt = $4 AND owner = $5 RETURNING 1",
        time(1)
    );
    let given = transaction.given_now();
    let kept = transaction.query_opt(
        &sql,
        &[
            &given,
            &value.to_string(),
            &job_id(&fence.job),
            &number(fence.attempt),
            &owner_id(&fence.owner),
        ],
    )?;
    if kept.is_none() {
        // Tells an unknown job from a lost one.
        lookup::lock(transaction, fence.job)?;
        return Err(lease_lost(fence).into());
    }
    Ok(())
}

/// Gives back what `owner` does not know that it runs; returns how many jobs.
pub(super) fn release_strays(
    transaction: &mut Transaction<'_>,
    owner: OwnerId,
    held: &[Fence],
) -> Op<usize> {
    static RUNNING: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE status = 'running' AND owner = $1
             ORDER BY id FOR UPDATE"
        )
    });
    let running = transaction.query(&RUNNING, &[&owner_id(&owner)])?;
    let mut strays = Vec::new();
    for row in &running {
        match rows::job(row) {
            Ok(job) => {
                let fence = Fence {
                    job: job.id,
                    attempt: job.attempt,
                    owner,
                };
                if !held.contains(&fence) {
                    strays.push(Finish::of(fence, Ending::Released));
                }
            }
            Err(fault) if is_unreadable(&fault) => {
                let id = Columns::of(row).job_id()?;
                if !held.iter().any(|fence| fence.job == id) {
                    let now = transaction.now()?;
                    bad::fail_running(transaction, id, &bad::reason(fault), now)?;
                }
            }
            Err(fault) => return Err(fault),
        }
    }
    for stray in &strays {
        finish(transaction, stray)?;
    }
    Ok(strays.len())
}
