//! Storing new jobs.

use rusqlite::{Connection, OptionalExtension, params};

use super::super::rules::{floorplan_not_found, id_is_taken};
use super::super::{Enqueue, Enqueued, NewFloorplan};
use super::ask;
use super::fault::{Fault, Op};
use super::rows::{self, JOB_COLUMNS};
use crate::job::time::duration_micros;
use crate::job::{Job, Kind, Timestamp};

/// Stores one job, or finds the one that holds its unique key.
pub(super) fn enqueue(connection: &Connection, request: &Enqueue, now: Timestamp) -> Op<Enqueued> {
    let new = &request.job;
    if let Some(key) = &new.unique_key
        && let Some(job) = active_with_key(connection, &new.kind, key)?
    {
        return Ok(Enqueued {
            job,
            existing: true,
        });
    }
    if let Some(id) = new.floorplan_id
        && !floorplan_exists(connection, id)?
    {
        return Err(floorplan_not_found(id).into());
    }
    let floorplan_id = match &request.floorplan {
        Some(plan) => Some(insert_floorplan(connection, plan, now)?),
        None => new.floorplan_id,
    };
    let run_at = now.after(new.delay);
    let queue = new.queue.as_ref().unwrap_or(&request.default_queue);
    let inserted = connection
        .prepare_cached(
            "INSERT INTO jobs (id, kind, queue, priority, status, ready, run_at, payload, \
                 payload_ref, unique_key, max_attempts, timeout_us, floorplan_id, created_at, \
                 updated_at)
             VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            request.id.as_bytes(),
            new.kind.as_str(),
            queue.as_str(),
            new.priority,
            run_at <= now,
            run_at.as_micros(),
            new.payload.to_string(),
            request.payload_ref,
            new.unique_key,
            new.max_attempts,
            new.timeout.map(duration_micros),
            floorplan_id,
            now.as_micros(),
        ])?;
    if inserted == 0 {
        return Err(id_is_taken(request.id).into());
    }
    Ok(Enqueued {
        job: ask::get(connection, request.id)?,
        existing: false,
    })
}

/// The job that is queued or running under a unique key.
pub(super) fn active_with_key(connection: &Connection, kind: &Kind, key: &str) -> Op<Option<Job>> {
    connection
        .prepare_cached(&format!(
            "SELECT {JOB_COLUMNS} FROM jobs
             WHERE kind = ?1 AND unique_key = ?2 AND unique_key IS NOT NULL
               AND status IN ('queued', 'running')"
        ))?
        .query_and_then((kind.as_str(), key), rows::job)?
        .next()
        .transpose()
}

pub(super) fn floorplan_exists(connection: &Connection, id: i64) -> Op<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM floorplans WHERE id = ?1")?
        .query_row([id], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn insert_floorplan(connection: &Connection, plan: &NewFloorplan, now: Timestamp) -> Op<i64> {
    let bytes = i64::try_from(plan.pdf_bytes).map_err(|_| {
        Fault::Rule(crate::error::Error::new(
            crate::error::ErrorKind::LimitExceeded,
            format!("a PDF of {} bytes is too large to store", plan.pdf_bytes),
        ))
    })?;
    connection
        .prepare_cached(
            "INSERT INTO floorplans (project_id, filename, pdf_ref, pdf_bytes, created_at, \
                 updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![
            plan.project_id,
            plan.filename,
            plan.pdf_ref,
            bytes,
            now.as_micros(),
        ])?;
    Ok(connection.last_insert_rowid())
}
