//! Ending attempts by their own word.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension, params};

use super::super::product::name_design;
use super::super::rules::{done, event_of, is_outcome_of, lease_lost, no_floorplan, settled};
use super::super::{Ended, Ending, Finish, Product, Reading, life};
use super::fault::{self, Fault, Op};
use super::rows::{self, JOB_COLUMNS};
use super::unreadable::{self, is_unreadable};
use super::{ask, design, enqueue, waiting};
use crate::job::{Failure, Fence, Job, Outcome, OwnerId, Progress, Status, Timestamp, Usage};
use serde_json::Value;

/// Ends an attempt; see [`Repository::finish`](super::super::Repository::finish).
pub(super) fn finish(connection: &Connection, finish: &Finish, now: Timestamp) -> Op<Job> {
    let Finish { fence, ending, .. } = finish;
    let Some((seq, mut job)) = fenced(connection, fence)? else {
        if has_ended_so(connection, fence, ending)? {
            return ask::get(connection, fence.job);
        }
        return Err(lease_lost(fence).into());
    };
    let ending = settled(ending, job.cancel_requested);
    if let Ending::Succeeded {
        product: Some(Product::Reading(reading)),
        ..
    } = ending
    {
        let id = job.floorplan_id.ok_or_else(|| no_floorplan(fence.job))?;
        store_reading(connection, id, reading, now)?;
    }
    let Some(status) = Status::Running.after(event_of(ending)) else {
        return Err(fault::unreadable("jobs.status", "running"));
    };
    life::end(&mut job, ending, status, now);
    if let Ending::Succeeded {
        product: Some(Product::Design(made)),
        ..
    } = ending
    {
        let ids = design::store(connection, made, job.floorplan_id, seq, now)?;
        name_design(&mut job, ids);
    }
    write_ended(connection, seq, &job, now)?;
    close_attempt(
        connection,
        seq,
        fence.attempt,
        &Close {
            outcome: ending.outcome(),
            error: ending.error(),
            usage: finish.usage,
            trace: finish.trace.as_deref(),
        },
        now,
    )?;
    if status.is_ended() && job.is_awaited {
        waiting::settle_children(connection, seq, fence.job, now)?;
    }
    Ok(job)
}

/// Ends attempts; what is refused had changed nothing by then.
pub(super) fn finish_each(
    connection: &Connection,
    finishes: &[Finish],
    now: Timestamp,
) -> Op<Vec<crate::error::Result<Ended>>> {
    let mut ended = Vec::with_capacity(finishes.len());
    for one in finishes {
        let changes = connection.total_changes();
        match finish_one(connection, one, now) {
            Err(Fault::Rule(error)) if connection.total_changes() == changes => {
                ended.push(Err(error));
            }
            other => ended.push(Ok(other?)),
        }
    }
    Ok(ended)
}

/// Ends one of many attempts.
fn finish_one(connection: &Connection, one: &Finish, now: Timestamp) -> Op<Ended> {
    if let Ending::Succeeded {
        result,
        result_ref,
        product: None,
    } = &one.ending
        && let Some(ended) = succeed(connection, one, [result, result_ref], now)?
    {
        return Ok(ended);
    }
    finish(connection, one, now).map(|job| Ended::of(&job))
}

/// Ends an attempt with a success that changes no more than its own job, without reading that: as
/// [`finish`] does, and [`life::end`] says, for a third less. `None`, with nothing changed, for any
/// other.
fn succeed(
    connection: &Connection,
    one: &Finish,
    [result, result_ref]: [&Option<Value>; 2],
    now: Timestamp,
) -> Op<Option<Ended>> {
    let fence = &one.fence;
    let found: Option<(i64, bool)> = connection
        .prepare_cached(
            "SELECT seq, awaited FROM jobs
             WHERE id = ?1 AND status = 'running' AND attempt = ?2 AND owner = ?3
               AND cancel_requested = 0",
        )?
        .query_row(
            params![fence.job.as_bytes(), fence.attempt, fence.owner.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((seq, is_awaited)) = found else {
        return Ok(None);
    };
    let Progress {
        fraction,
        stage,
        message,
    } = done();
    connection
        .prepare_cached(
            "UPDATE jobs SET status = 'succeeded', owner = NULL, lease_until = NULL, \
                 lease_boot = NULL, progress_fraction = ?2, progress_stage = ?3, \
                 progress_message = ?4, stalled_since = NULL, result = ?5, result_ref = ?6, \
                 error_code = NULL, error_message = NULL, error_causes = NULL, \
                 finished_at = ?7, updated_at = ?7
             WHERE seq = ?1",
        )?
        .execute(params![
            seq,
            fraction,
            stage,
            message,
            result.as_ref().map(ToString::to_string),
            result_ref.as_ref().map(ToString::to_string),
            now.as_micros(),
        ])?;
    let close = Close {
        outcome: Outcome::Succeeded,
        error: None,
        usage: one.usage,
        trace: one.trace.as_deref(),
    };
    close_attempt(connection, seq, fence.attempt, &close, now)?;
    if is_awaited {
        waiting::settle_children(connection, seq, fence.job, now)?;
    }
    Ok(Some(Ended {
        status: Status::Succeeded,
        is_awaited,
    }))
}

/// The row number and the job of a running attempt, if its fence holds.
fn fenced(connection: &Connection, fence: &Fence) -> Op<Option<(i64, Job)>> {
    static FENCED: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT {JOB_COLUMNS}, seq FROM jobs
             WHERE id = ?1 AND status = 'running' AND attempt = ?2 AND owner = ?3"
        )
    });
    let mut statement = connection.prepare_cached(&FENCED)?;
    let seq = statement.column_count().saturating_sub(1);
    statement
        .query_and_then(
            params![fence.job.as_bytes(), fence.attempt, fence.owner.as_bytes()],
            |row| Ok((row.get(seq)?, rows::job(row)?)),
        )?
        .next()
        .transpose()
}

/// Whether this attempt has already ended in this way: the answer was lost, not the write.
fn has_ended_so(connection: &Connection, fence: &Fence, ending: &Ending) -> Op<bool> {
    let (seq, _) = ask::seq_and_status(connection, fence.job)?;
    let stored: Option<Option<String>> = connection
        .prepare_cached(
            "SELECT outcome FROM attempts WHERE job = ?1 AND number = ?2 AND owner = ?3",
        )?
        .query_row(params![seq, fence.attempt, fence.owner.as_bytes()], |row| {
            row.get(0)
        })
        .optional()?;
    match stored.flatten() {
        Some(text) => Ok(is_outcome_of(rows::outcome(&text)?, ending)),
        None => Ok(false),
    }
}

fn store_reading(connection: &Connection, id: i64, reading: &Reading, now: Timestamp) -> Op<()> {
    if !enqueue::floorplan_exists(connection, id)? {
        return Err(super::super::rules::floorplan_not_found(id).into());
    }
    connection
        .prepare_cached(
            "UPDATE floorplans SET source = ?2, wall_count = ?3, linear_pts = ?4, \
                 document_ref = ?5, svg_ref = ?6, updated_at = ?7 WHERE id = ?1",
        )?
        .execute(params![
            id,
            reading.source,
            i64::try_from(reading.total_wall_count).unwrap_or(i64::MAX),
            reading.total_linear_pts,
            reading.document_ref,
            reading.svg_ref,
            now.as_micros(),
        ])?;
    Ok(())
}

/// Stores what changed of a job by the end of its attempt.
fn write_ended(connection: &Connection, seq: i64, job: &Job, now: Timestamp) -> Op<()> {
    let progress = job.progress.as_ref();
    let error = job.error.as_ref();
    connection
        .prepare_cached(
            "UPDATE jobs SET status = ?2, ready = ?3, run_at = ?4, owner = NULL, \
                 lease_until = NULL, lease_boot = NULL, cancel_requested = ?5, \
                 progress_fraction = ?6, progress_stage = ?7, progress_message = ?8, \
                 stalled_since = NULL, result = ?9, result_ref = ?10, error_code = ?11, \
                 error_message = ?12, error_causes = ?13, errors = ?14, interruptions = ?15, \
                 finished_at = ?16, updated_at = ?17, bom_id = ?18, crashes = ?19
             WHERE seq = ?1",
        )?
        .execute(params![
            seq,
            job.status.as_str(),
            job.status == Status::Queued && job.run_at <= now,
            job.run_at.as_micros(),
            job.cancel_requested,
            progress.map(|progress| progress.fraction),
            progress.map(|progress| &progress.stage),
            progress.and_then(|progress| progress.message.as_ref()),
            job.result.as_ref().map(ToString::to_string),
            job.result_ref.as_ref().map(ToString::to_string),
            error.map(|error| error.kind.code()),
            error.map(|error| &error.message),
            error.and_then(rows::causes),
            job.errors,
            job.interruptions,
            job.finished_at.map(Timestamp::as_micros),
            now.as_micros(),
            job.bom_id,
            job.crashes,
        ])?;
    Ok(())
}

/// Takes a job out of the running state; `run_at` changes when it is next due.
pub(super) fn stop_running(
    connection: &Connection,
    seq: i64,
    status: Status,
    run_at: Option<Timestamp>,
    now: Timestamp,
) -> Op<()> {
    connection
        .prepare_cached(
            "UPDATE jobs SET status = ?2, owner = NULL, lease_until = NULL, lease_boot = NULL, \
                 run_at = coalesce(?3, run_at), \
                 ready = (?2 = 'queued' AND coalesce(?3, run_at) <= ?4), \
                 cancel_requested = (?2 = 'queued' AND cancel_requested), \
                 stalled_since = NULL, \
                 finished_at = iif(?2 = 'queued', NULL, ?4), updated_at = ?4
             WHERE seq = ?1",
        )?
        .execute(params![
            seq,
            status.as_str(),
            run_at.map(Timestamp::as_micros),
            now.as_micros(),
        ])?;
    Ok(())
}

/// How an attempt is written into the history.
pub(super) struct Close<'a> {
    pub(super) outcome: Outcome,
    pub(super) error: Option<&'a Failure>,
    pub(super) usage: Option<Usage>,
    pub(super) trace: Option<&'a str>,
}

/// Writes the end of an attempt into the history.
pub(super) fn close_attempt(
    connection: &Connection,
    seq: i64,
    number: u32,
    close: &Close<'_>,
    now: Timestamp,
) -> Op<()> {
    connection
        .prepare_cached(
            "UPDATE attempts SET finished_at = ?3, outcome = ?4, error_code = ?5, \
                 error_message = ?6, cpu_us = ?7, peak_memory = ?8, error_causes = ?9, \
                 error_trace = ?10
             WHERE job = ?1 AND number = ?2",
        )?
        .execute(params![
            seq,
            number,
            now.as_micros(),
            close.outcome.as_str(),
            close.error.map(|error| error.kind.code()),
            close.error.map(|error| &error.message),
            close.usage.map(|usage| usage.cpu_us),
            close.usage.map(|usage| usage.peak_memory_bytes),
            close.error.and_then(rows::causes),
            close.trace,
        ])?;
    Ok(())
}

/// Keeps a value for the next attempt.
pub(super) fn checkpoint(
    connection: &Connection,
    fence: &Fence,
    value: &Value,
    now: Timestamp,
) -> Op<()> {
    let Some((seq, _)) = fenced(connection, fence)? else {
        // Tells an unknown job from a lost one.
        ask::seq_and_status(connection, fence.job)?;
        return Err(lease_lost(fence).into());
    };
    connection
        .prepare_cached("UPDATE jobs SET checkpoint = ?2, updated_at = ?3 WHERE seq = ?1")?
        .execute((seq, value.to_string(), now.as_micros()))?;
    Ok(())
}

/// Gives back what `owner` does not know that it runs; returns how many jobs.
pub(super) fn release_strays(
    connection: &Connection,
    owner: OwnerId,
    held: &[Fence],
    now: Timestamp,
) -> Op<usize> {
    let running: Vec<(i64, Fence)> = connection
        .prepare_cached(
            "SELECT seq, id, attempt FROM jobs INDEXED BY jobs_lease
             WHERE status = 'running' AND owner = ?1",
        )?
        .query_map([owner.as_bytes()], |row| {
            let fence = Fence {
                job: crate::job::JobId::from_bytes(row.get(1)?),
                attempt: row.get(2)?,
                owner,
            };
            Ok((row.get(0)?, fence))
        })?
        .collect::<Result<_, _>>()?;
    let strays = running.iter().filter(|(_, fence)| !held.contains(fence));
    let mut released = 0;
    for (seq, fence) in strays {
        match finish(connection, &Finish::of(*fence, Ending::Released), now) {
            Ok(_) => released += 1,
            Err(fault) if is_unreadable(&fault) => {
                unreadable::fail_running(connection, *seq, fault, now)?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(released)
}
