//! Ending attempts by their own word.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::rules::{done, event_of, is_outcome_of, lease_lost, no_floorplan, settled};
use super::super::{Ending, Finish, Reading};
use super::fault::{Op, unreadable};
use super::{ask, enqueue, rows, waiting};
use crate::job::{Failure, Fence, Job, Outcome, OwnerId, Status, Timestamp, Usage};
use serde_json::Value;

/// What a fenced write needs to know of the job it ends.
struct Running {
    seq: i64,
    cancel_requested: bool,
    floorplan_id: Option<i64>,
}

/// Ends an attempt; see [`Repository::finish`](super::super::Repository::finish).
pub(super) fn finish(connection: &Connection, finish: &Finish, now: Timestamp) -> Op<Job> {
    let Finish { fence, ending, .. } = finish;
    let Some(running) = fenced(connection, fence)? else {
        if has_ended_so(connection, fence, ending)? {
            return ask::get(connection, fence.job);
        }
        return Err(lease_lost(fence).into());
    };
    let ending = settled(ending, running.cancel_requested);
    if let Ending::Succeeded {
        reading: Some(reading),
        ..
    } = &ending
    {
        let id = running
            .floorplan_id
            .ok_or_else(|| no_floorplan(fence.job))?;
        store_reading(connection, id, reading, now)?;
    }
    let Some(status) = Status::Running.after(event_of(&ending)) else {
        return Err(unreadable("jobs.status", "running"));
    };
    write_ending(connection, &running, &ending, status, now)?;
    close_attempt(
        connection,
        running.seq,
        fence.attempt,
        &Close {
            outcome: ending.outcome(),
            error: ending.error(),
            usage: finish.usage,
        },
        now,
    )?;
    if status.is_ended() {
        waiting::settle_children(connection, running.seq, fence.job, now)?;
    }
    ask::get(connection, fence.job)
}

fn fenced(connection: &Connection, fence: &Fence) -> Op<Option<Running>> {
    Ok(connection
        .prepare_cached(
            "SELECT seq, cancel_requested, floorplan_id FROM jobs
             WHERE id = ?1 AND status = 'running' AND attempt = ?2 AND owner = ?3",
        )?
        .query_row(
            params![fence.job.as_bytes(), fence.attempt, fence.owner.as_bytes()],
            |row| {
                Ok(Running {
                    seq: row.get(0)?,
                    cancel_requested: row.get(1)?,
                    floorplan_id: row.get(2)?,
                })
            },
        )
        .optional()?)
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

fn write_ending(
    connection: &Connection,
    running: &Running,
    ending: &Ending,
    status: Status,
    now: Timestamp,
) -> Op<()> {
    let seq = running.seq;
    match ending {
        Ending::Succeeded {
            result, result_ref, ..
        } => {
            let done = done();
            connection
                .prepare_cached(
                    "UPDATE jobs SET result = ?2, result_ref = ?3, error_code = NULL, \
                         error_message = NULL, error_causes = NULL, progress_fraction = ?4, progress_stage = ?5, \
                         progress_message = NULL WHERE seq = ?1",
                )?
                .execute(params![
                    seq,
                    result.as_ref().map(ToString::to_string),
                    result_ref.as_ref().map(ToString::to_string),
                    done.fraction,
                    done.stage,
                ])?;
        }
        Ending::Retried { error, .. } | Ending::Failed { error } => {
            connection
                .prepare_cached(
                    "UPDATE jobs SET errors = errors + 1, error_code = ?2, error_message = ?3, \
                         error_causes = ?4 WHERE seq = ?1",
                )?
                .execute(params![
                    seq,
                    error.kind.code(),
                    error.message,
                    rows::causes(error)
                ])?;
        }
        Ending::Released => {
            connection
                .prepare_cached("UPDATE jobs SET interruptions = interruptions + 1 WHERE seq = ?1")?
                .execute([seq])?;
        }
        Ending::Snoozed { .. } | Ending::Cancelled => {}
    }
    let run_at = match ending {
        Ending::Retried { run_at, .. } | Ending::Snoozed { run_at } => Some(*run_at),
        _ => None,
    };
    stop_running(connection, seq, status, run_at, now)
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
                 error_message = ?6, cpu_us = ?7, peak_memory = ?8, error_causes = ?9
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
    let Some(running) = fenced(connection, fence)? else {
        // Tells an unknown job from a lost one.
        ask::seq_and_status(connection, fence.job)?;
        return Err(lease_lost(fence).into());
    };
    connection
        .prepare_cached("UPDATE jobs SET checkpoint = ?2, updated_at = ?3 WHERE seq = ?1")?
        .execute((running.seq, value.to_string(), now.as_micros()))?;
    Ok(())
}

/// Gives back what `owner` does not know that it runs; returns how many jobs.
pub(super) fn release_strays(
    connection: &Connection,
    owner: OwnerId,
    held: &[Fence],
    now: Timestamp,
) -> Op<usize> {
    let running: Vec<Fence> = connection
        .prepare_cached(
            "SELECT id, attempt FROM jobs INDEXED BY jobs_lease
             WHERE status = 'running' AND owner = ?1",
        )?
        .query_map([owner.as_bytes()], |row| {
            Ok(Fence {
                job: crate::job::JobId::from_bytes(row.get(0)?),
                attempt: row.get(1)?,
                owner,
            })
        })?
        .collect::<Result<_, _>>()?;
    let strays = running.iter().filter(|fence| !held.contains(fence));
    let mut released = 0;
    for fence in strays {
        finish(connection, &Finish::of(*fence, Ending::Released), now)?;
        released += 1;
    }
    Ok(released)
}
