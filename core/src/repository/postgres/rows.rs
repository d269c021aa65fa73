//! How rows become records and back.

use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use super::super::{Floorplan, Reading};
use super::fault::{Op, unreadable};
use super::param::readable;
use crate::error::ErrorKind;
use crate::job::{
    Attempt, Failure, Job, JobId, Kind, Outcome, OwnerId, ParentFailure, Progress, QueueName,
    Status, Timestamp, Usage,
};

/// The columns of [`job`], in its order.
pub(super) const JOB_COLUMNS: &str = "id, kind, queue, priority, status, payload, payload_ref, \
     unique_key, unique_until, request_id, waiting_for, awaited, on_parent_failure, run_at, attempt, \
     max_attempts, retry_delay_us, timeout_us, errors, crashes, interruptions, cancel_requested, \
     checkpoint, progress_fraction, progress_stage, progress_message, stalled_since, result, \
     result_ref, error_code, error_message, error_causes, floorplan_id, bom_id, created_at, \
     updated_at, started_at, finished_at";

/// A job from a row that begins with [`JOB_COLUMNS`].
pub(super) fn job(row: &Row) -> Op<Job> {
    let mut columns = Columns::of(row);
    let at = &mut columns;
    Ok(Job {
        id: at.job_id()?,
        kind: kind(at.take()?)?,
        queue: queue(at.take()?)?,
        priority: at.take()?,
        status: status(at.take()?)?,
        payload: json("jobs.payload", at.take()?)?,
        payload_ref: at.take()?,
        unique_key: at.take()?,
        unique_until: at.optional_moment()?,
        request_id: at.take()?,
        waiting_for: at.number::<i32, _>()?,
        is_awaited: at.take()?,
        on_parent_failure: policy(at.take()?)?,
        run_at: at.moment()?,
        attempt: at.number::<i32, _>()?,
        max_attempts: at.optional_number::<i32, _>()?,
        retry_delay_us: at.take()?,
        timeout_us: at.take()?,
        errors: at.number::<i32, _>()?,
        crashes: at.number::<i32, _>()?,
        interruptions: at.number::<i32, _>()?,
        cancel_requested: at.take()?,
        checkpoint: optional_json("jobs.checkpoint", at.take()?)?,
        progress: progress(at.take()?, at.take()?, at.take()?),
        stalled_since: at.optional_moment()?,
        result: optional_json("jobs.result", at.take()?)?,
        result_ref: optional_json("jobs.result_ref", at.take()?)?,
        error: failure(at.take()?, at.take()?, at.take()?)?,
        floorplan_id: at.take()?,
        bom_id: at.take()?,
        created_at: at.moment()?,
        updated_at: at.moment()?,
        started_at: at.optional_moment()?,
        finished_at: at.optional_moment()?,
    })
}

/// The columns of [`attempt`], in its order.
pub(super) const ATTEMPT_COLUMNS: &str = "number, owner, host, pid, started_at, finished_at, \
     outcome, error_code, error_message, error_causes, cpu_us, peak_memory, error_trace";

/// An attempt from a row that begins with [`ATTEMPT_COLUMNS`].
pub(super) fn attempt(row: &Row) -> Op<Attempt> {
    let mut columns = Columns::of(row);
    let at = &mut columns;
    Ok(Attempt {
        number: at.number::<i32, _>()?,
        owner: at.owner_id()?,
        host: at.take()?,
        pid: at.number::<i64, _>()?,
        started_at: at.moment()?,
        finished_at: at.optional_moment()?,
        outcome: at.take::<Option<&str>>()?.map(outcome).transpose()?,
        error: failure(at.take()?, at.take()?, at.take()?)?,
        usage: usage(at.take()?, at.take()?),
        trace: at.take()?,
    })
}

/// The columns of [`floorplan`], in its order.
pub(super) const FLOORPLAN_COLUMNS: &str = "id, project_id, filename, pdf_ref, pdf_bytes, \
     created_at, updated_at, source, wall_count, linear_pts, document_ref, svg_ref";

/// A floor plan from a row that begins with [`FLOORPLAN_COLUMNS`].
pub(super) fn floorplan(row: &Row) -> Op<Floorplan> {
    let mut columns = Columns::of(row);
    let at = &mut columns;
    Ok(Floorplan {
        id: at.take()?,
        project_id: at.take()?,
        filename: at.take()?,
        pdf_ref: at.take()?,
        pdf_bytes: at.number::<i64, _>()?,
        created_at: at.moment()?,
        updated_at: at.moment()?,
        reading: match at.take::<Option<String>>()? {
            None => None,
            Some(source) => Some(Reading {
                source,
                total_wall_count: at.number::<i64, _>()?,
                total_linear_pts: at.take()?,
                document_ref: at.take()?,
                svg_ref: at.take()?,
            }),
        },
    })
}

/// Takes the columns of a row one after the other; a value of another type than expected means
/// nothing to this version.
pub(super) struct Columns<'row> {
    row: &'row Row,
    next: usize,
}

impl<'row> Columns<'row> {
    pub(super) fn of(row: &'row Row) -> Columns<'row> {
        Columns { row, next: 0 }
    }

    pub(super) fn take<T: FromSql<'row>>(&mut self) -> Op<T> {
        let at = self.next;
        self.next += 1;
        let name = self
            .row
            .columns()
            .get(at)
            .map_or("no column", |column| column.name());
        let value = self.row.try_get(at);
        value.map_err(|_| unreadable(name, "a value of another type"))
    }

    /// A number that is stored in a wider type than it is used in.
    pub(super) fn number<S, T>(&mut self) -> Op<T>
    where
        S: FromSql<'row> + Copy + std::fmt::Display,
        T: TryFrom<S>,
    {
        let stored: S = self.take()?;
        T::try_from(stored).map_err(|_| unreadable(self.last_name(), &stored.to_string()))
    }

    pub(super) fn optional_number<S, T>(&mut self) -> Op<Option<T>>
    where
        S: FromSql<'row> + Copy + std::fmt::Display,
        T: TryFrom<S>,
    {
        let Some(stored) = self.take::<Option<S>>()? else {
            return Ok(None);
        };
        let number = T::try_from(stored);
        number
            .map(Some)
            .map_err(|_| unreadable(self.last_name(), &stored.to_string()))
    }

    pub(super) fn moment(&mut self) -> Op<Timestamp> {
        Ok(Timestamp::from_micros(self.take()?))
    }

    pub(super) fn optional_moment(&mut self) -> Op<Option<Timestamp>> {
        Ok(self.take::<Option<i64>>()?.map(Timestamp::from_micros))
    }

    pub(super) fn job_id(&mut self) -> Op<JobId> {
        Ok(JobId::from_bytes(self.take::<Uuid>()?.into_bytes()))
    }

    pub(super) fn owner_id(&mut self) -> Op<OwnerId> {
        Ok(OwnerId::from_bytes(self.take::<Uuid>()?.into_bytes()))
    }

    fn last_name(&self) -> &'row str {
        let last = self.next.saturating_sub(1);
        self.row
            .columns()
            .get(last)
            .map_or("no column", |column| column.name())
    }
}

pub(super) fn status(text: &str) -> Op<Status> {
    Status::from_text(text).ok_or_else(|| unreadable("jobs.status", text))
}

pub(super) fn outcome(text: &str) -> Op<Outcome> {
    Outcome::from_text(text).ok_or_else(|| unreadable("attempts.outcome", text))
}

pub(super) fn policy(text: &str) -> Op<ParentFailure> {
    ParentFailure::from_text(text).ok_or_else(|| unreadable("jobs.on_parent_failure", text))
}

pub(super) fn kind(text: &str) -> Op<Kind> {
    Kind::new(text).map_err(|_| unreadable("jobs.kind", text))
}

pub(super) fn queue(text: &str) -> Op<QueueName> {
    QueueName::new(text).map_err(|_| unreadable("jobs.queue", text))
}

pub(super) fn json(column: &str, text: &str) -> Op<Value> {
    serde_json::from_str(text).map_err(|_| unreadable(column, text))
}

fn optional_json(column: &str, text: Option<&str>) -> Op<Option<Value>> {
    text.map(|text| json(column, text)).transpose()
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
pub(super) fn failure(
    code: Option<&str>,
    message: Option<String>,
    causes: Option<&str>,
) -> Op<Option<Failure>> {
    let Some(code) = code else { return Ok(None) };
    let causes = match causes {
        Some(text) => serde_json::from_str(text).map_err(|_| unreadable("error_causes", text))?,
        None => Vec::new(),
    };
    Ok(Some(Failure {
        kind: ErrorKind::from_code(code).unwrap_or(ErrorKind::Internal),
        message: message.unwrap_or_default(),
        causes,
    }))
}

/// The message of a failure as it is stored.
pub(super) fn message(failure: &Failure) -> String {
    readable(&failure.message)
}

/// The causes of a failure as they are stored.
pub(super) fn causes(failure: &Failure) -> Option<String> {
    let causes = &failure.causes;
    // A list of texts has no way to fail to be written.
    (!causes.is_empty()).then(|| serde_json::to_string(causes).unwrap_or_default())
}
