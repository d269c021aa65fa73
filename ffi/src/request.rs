//! What a host asks for in JSON, where Rust has structures and Python keyword arguments.

use std::time::Duration;

use floorjobs_core::client::{DesignRequest, IngestRequest, PriceRequest};
use floorjobs_core::ingest::{IngestOptions, Limits, Pages};
use floorjobs_core::job::{Kind, QueueName, Timestamp, duration_from_seconds, read_json};
use floorjobs_core::repository::ListJobs;
use floorjobs_core::upkeep::Retention;
use floorjobs_core::{Error, JobId, NewJob, Result, Status};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::text::fj_str;

/// The id of a job that an argument names.
pub(crate) fn job_id(given: fj_str) -> Result<JobId> {
    let id = given.required("job_id")?.parse::<JobId>();
    id.map_err(|error| error.with_field("job_id"))
}

/// A queue that an argument names.
pub(crate) fn queue(given: fj_str) -> Result<QueueName> {
    QueueName::new(given.required("queue")?).map_err(|error| error.with_field("queue"))
}

/// Options as a JSON object; absent and empty mean none.
fn options<T: DeserializeOwned + Default>(given: fj_str, name: &str) -> Result<T> {
    match given.optional(name)? {
        None | Some("") => Ok(T::default()),
        Some(text) => read_json(text, ""),
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Ingest {
    filename: Option<String>,
    project_id: Option<i64>,
    page: Option<u32>,
    queue: Option<String>,
    priority: i32,
    unique_key: Option<String>,
    request_id: Option<String>,
    then: Vec<Value>,
}

/// Options of an ingest, and the jobs that follow it.
pub(crate) fn ingest(given: fj_str) -> Result<(IngestRequest, Vec<NewJob>)> {
    let written: Ingest = options(given, "options")?;
    let request = IngestRequest {
        filename: written.filename,
        project_id: written.project_id,
        page: written.page,
        queue: queue_of(written.queue)?,
        priority: written.priority,
        unique_key: written.unique_key,
        request_id: written.request_id,
    };
    let then = Value::Array(written.then).to_string();
    Ok((request, NewJob::list_from_json(&then, "then")?))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Design {
    floorplan_id: Option<i64>,
    queue: Option<String>,
    priority: i32,
    unique_key: Option<String>,
    request_id: Option<String>,
}

/// A request for a layout, and the options of its job.
pub(crate) fn design(request: fj_str, given: fj_str) -> Result<DesignRequest> {
    let written: Design = options(given, "options")?;
    Ok(DesignRequest {
        request: request.required("request")?.to_owned(),
        floorplan_id: written.floorplan_id,
        queue: queue_of(written.queue)?,
        priority: written.priority,
        unique_key: written.unique_key,
        request_id: written.request_id,
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Price {
    bom: Map<String, Value>,
    queue: Option<String>,
    priority: i32,
    unique_key: Option<String>,
    request_id: Option<String>,
}

/// A layout that is to be priced, and the options of its job.
pub(crate) fn price(layout_id: i64, given: fj_str) -> Result<PriceRequest> {
    let written: Price = options(given, "options")?;
    Ok(PriceRequest {
        layout_id,
        options: written.bom,
        queue: queue_of(written.queue)?,
        priority: written.priority,
        unique_key: written.unique_key,
        request_id: written.request_id,
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Filter {
    status: Option<OneOrMany>,
    kind: Option<String>,
    queue: Option<String>,
    floorplan_id: Option<i64>,
    unique_key: Option<String>,
    created_after: Option<String>,
    created_before: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
}

/// Filters of a list.
pub(crate) fn filter(given: fj_str) -> Result<ListJobs> {
    let written: Filter = options(given, "filter")?;
    let statuses = match written.status {
        None => Vec::new(),
        Some(OneOrMany::One(status)) => vec![status],
        Some(OneOrMany::Many(statuses)) => statuses,
    };
    let kind = written.kind.map(Kind::new).transpose();
    let before = written.before.map(|id| id.parse()).transpose();
    Ok(ListJobs {
        statuses: statuses
            .iter()
            .map(|text| status(text))
            .collect::<Result<_>>()?,
        kind: kind.map_err(|error| error.with_field("kind"))?,
        queue: queue_of(written.queue)?,
        floorplan_id: written.floorplan_id,
        unique_key: written.unique_key,
        created_after: moment("created_after", written.created_after)?,
        created_before: moment("created_before", written.created_before)?,
        before: before.map_err(|error: Error| error.with_field("before"))?,
        limit: written.limit.unwrap_or(ListJobs::default().limit),
    })
}

/// Seconds for which ended jobs are kept, by how they ended; null for ever.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Kept {
    succeeded: Option<f64>,
    failed: Option<f64>,
    cancelled: Option<f64>,
}

impl Default for Kept {
    fn default() -> Kept {
        let usual = Retention::default();
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        Kept {
            succeeded: seconds(usual.succeeded),
            failed: seconds(usual.failed),
            cancelled: seconds(usual.cancelled),
        }
    }
}

/// How long ended jobs are kept.
pub(crate) fn retention(given: fj_str) -> Result<Retention> {
    let written: Kept = options(given, "retention")?;
    let time = |field, seconds: Option<f64>| {
        let time = seconds.map(|seconds| duration_from_seconds(field, seconds));
        time.transpose()
    };
    Ok(Retention {
        succeeded: time("succeeded", written.succeeded)?,
        failed: time("failed", written.failed)?,
        cancelled: time("cancelled", written.cancelled)?,
    })
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Reading {
    page: Option<usize>,
}

/// Options of a reading without a job.
pub(crate) fn reading(given: fj_str) -> Result<IngestOptions> {
    let written: Reading = options(given, "options")?;
    Ok(IngestOptions {
        pages: written.page.map_or(Pages::Best, Pages::One),
        limits: Limits::default(),
    })
}

fn queue_of(name: Option<String>) -> Result<Option<QueueName>> {
    let name = name.map(QueueName::new).transpose();
    name.map_err(|error| error.with_field("queue"))
}

fn status(text: &str) -> Result<Status> {
    Status::from_text(text).ok_or_else(|| {
        let message = format!("`status` is no status of a job: `{text}`");
        Error::invalid_field("status", message)
    })
}

fn moment(field: &str, text: Option<String>) -> Result<Option<Timestamp>> {
    text.map(|text| Timestamp::parse(&text))
        .transpose()
        .map_err(|error| error.with_field(field))
}
