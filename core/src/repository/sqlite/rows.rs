//! How rows become records and back.

use rusqlite::Row;
use serde_json::Value;

use super::fault::{Op, unreadable};
use super::waiting;
use crate::error::ErrorKind;
use crate::job::{
    Attempt, Failure, Job, JobId, Kind, Outcome, OwnerId, Progress, QueueName, Status, Timestamp,
    Usage,
};

use super::super::{Floorplan, Reading};

/// The columns of [`job`], in its order.
pub(super) const JOB_COLUMNS: &str = "id, kind, queue, priority, status, payload, payload_ref, \
     unique_key, unique_until, request_id, waiting_for, awaited, on_parent_failure, run_at, attempt, max_attempts, \
     retry_delay_us, timeout_us, errors, crashes, interruptions, \
     cancel_requested, checkpoint, progress_fraction, progress_stage, progress_message, \
     stalled_since, result, result_ref, error_code, error_message, error_causes, floorplan_id, bom_id, created_at, updated_at, started_at, \
     finished_at";

/// A job from a row of [`JOB_COLUMNS`].
pub(super) fn job(row: &Row<'_>) -> Op<Job> {
    let mut columns = Columns { row, next: 0 };
    let at = &mut columns;
    Ok(Job {
        id: JobId::from_bytes(at.take()?),
        kind: kind(at.take()?)?,
        queue: queue(at.take()?)?,
        priority: at.take()?,
        status: status(&at.take::<String>()?)?,
        payload: json("jobs.payload", &at.take::<String>()?)?,
        payload_ref: at.take()?,
        unique_key: at.take()?,
        unique_until: at.take::<Option<i64>>()?.map(Timestamp::from_micros),
        request_id: at.take()?,
        waiting_for: at.take()?,
        is_awaited: at.take()?,
        on_parent_failure: waiting::policy(&at.take::<String>()?)?,
        run_at: Timestamp::from_micros(at.take()?),
        attempt: at.take()?,
        max_attempts: at.take()?,
        retry_delay_us: at.take()?,
        timeout_us: at.take()?,
        errors: at.take()?,
        crashes: at.take()?,
        interruptions: at.take()?,
        cancel_requested: at.take()?,
        checkpoint: optional_json("jobs.checkpoint", at.take()?)?,
        progress: progress(at.take()?, at.take()?, at.take()?),
        stalled_since: at.take::<Option<i64>>()?.map(Timestamp::from_micros),
        result: optional_json("jobs.result", at.take()?)?,
        result_ref: optional_json("jobs.result_ref", at.take()?)?,
        error: failure(at.take()?, at.take()?, at.take()?)?,
        floorplan_id: at.take()?,
        bom_id: at.take()?,
        created_at: Timestamp::from_micros(at.take()?),
        updated_at: Timestamp::from_micros(at.take()?),
        started_at: at.take::<Option<i64>>()?.map(Timestamp::from_micros),
        finished_at: at.take::<Option<i64>>()?.map(Timestamp::from_micros),
    })
}

/// The columns of [`attempt`], in its order.
pub(super) const ATTEMPT_COLUMNS: &str = "number, owner, host, pid, started_at, finished_at, outcome, error_code, error_message, \
     error_causes, cpu_us, peak_memory, error_trace";

/// An attempt from a row of [`ATTEMPT_COLUMNS`].
pub(super) fn attempt(row: &Row<'_>) -> Op<Attempt> {
    let mut columns = Columns { row, next: 0 };
    let at = &mut columns;
    Ok(Attempt {
        number: at.take()?,
        owner: OwnerId::from_bytes(at.take()?),
        host: at.take()?,
        pid: at.take()?,
        started_at: Timestamp::from_micros(at.take()?),
        finished_at: at.take::<Option<i64>>()?.map(Timestamp::from_micros),
        outcome: at
            .take::<Option<String>>()?
            .map(|text| outcome(&text))
            .transpose()?,
        error: failure(at.take()?, at.take()?, at.take()?)?,
        usage: usage(at.take()?, at.take()?),
        trace: at.take()?,
    })
}

/// The columns of [`floorplan`], in its order.
pub(super) const FLOORPLAN_COLUMNS: &str = "id, project_id, filename, pdf_ref, pdf_bytes, \
     created_at, updated_at, source, wall_count, linear_pts, document_ref, svg_ref";

/// A floor plan from a row of [`FLOORPLAN_COLUMNS`].
pub(super) fn floorplan(row: &Row<'_>) -> Op<Floorplan> {
    let mut columns = Columns { row, next: 0 };
    let at = &mut columns;
    Ok(Floorplan {
        id: at.take()?,
        project_id: at.take()?,
        filename: at.take()?,
        pdf_ref: at.take()?,
        pdf_bytes: unsigned(at.take()?),
        created_at: Timestamp::from_micros(at.take()?),
        updated_at: Timestamp::from_micros(at.take()?),
        reading: match at.take::<Option<String>>()? {
            None => None,
            Some(source) => Some(Reading {
                source,
                total_wall_count: unsigned(at.take()?),
                total_linear_pts: at.take()?,
                document_ref: at.take()?,
                svg_ref: at.take()?,
            }),
        },
    })
}

/// Takes the columns of a row one after the other.
struct Columns<'row> {
    row: &'row Row<'row>,
    next: usize,
}

impl Columns<'_> {
    fn take<T: rusqlite::types::FromSql>(&mut self) -> Op<T> {
        let at = self.next;
        self.next += 1;
        Ok(self.row.get(at)?)
    }
}

/// A count, which the database stores signed and never writes negative.
pub(super) fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

pub(super) fn status(text: &str) -> Op<Status> {
    Status::from_text(text).ok_or_else(|| unreadable("jobs.status", text))
}

pub(super) fn outcome(text: &str) -> Op<Outcome> {
    Outcome::from_text(text).ok_or_else(|| unreadable("attempts.outcome", text))
}

pub(super) fn kind(text: String) -> Op<Kind> {
    let shown = text.clone();
    Kind::new(text).map_err(|_| unreadable("jobs.kind", &shown))
}

pub(super) fn queue(text: String) -> Op<QueueName> {
    let shown = text.clone();
    QueueName::new(text).map_err(|_| unreadable("jobs.queue", &shown))
}

pub(super) fn json(column: &str, text: &str) -> Op<Value> {
    serde_json::from_str(text).map_err(|_| unreadable(column, text))
}

fn optional_json(column: &str, text: Option<String>) -> Op<Option<Value>> {
    text.map(|text| json(column, &text)).transpose()
}

fn usage(cpu_us: Option<i64>, peak_memory_bytes: Option<i64>) -> Option<Usage> {
    Some(Usage {
        cpu_us: cpu_us?,
        peak_memory_bytes: peak_memory_bytes?,
    })
}

fn progress(
    fraction: Option<f64>,
    stage: Option<String>,
    message: Option<String>,
) -> Option<Progress> {
    Some(Progress {
        fraction: fraction?,
        stage: stage?,
        message,
    })
}

/// A failure from its three columns. A code of a later version is shown as `internal`.
fn failure(
    code: Option<String>,
    message: Option<String>,
    causes: Option<String>,
) -> Op<Option<Failure>> {
    let Some(code) = code else { return Ok(None) };
    let causes = match causes {
        Some(text) => serde_json::from_str(&text).map_err(|_| unreadable("error_causes", &text))?,
        None => Vec::new(),
    };
    Ok(Some(Failure {
        kind: ErrorKind::from_code(&code).unwrap_or(ErrorKind::Internal),
        message: message.unwrap_or_default(),
        causes,
    }))
}

/// The causes of a failure as they are stored.
pub(super) fn causes(failure: &Failure) -> Option<String> {
    let causes = &failure.causes;
    (!causes.is_empty()).then(|| super::ask::as_json(causes))
}
