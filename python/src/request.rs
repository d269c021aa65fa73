//! Requests for jobs, from Python's arguments.

use floorjobs_core::job::{
    Kind, ParentFailure, QueueName, Start, Timestamp, UniqueScope, duration_from_seconds,
};
use floorjobs_core::{Error, NewJob, Result};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString};

use crate::errors;
use crate::value::from_python;

/// A request for a job; its arguments are those of `floorjobs.Client.enqueue`.
///
/// `run_at` is RFC 3339; the places of earlier jobs of the same call are in `after_index`. Without `unique_for`, in seconds or for ever, a job holds its key while
/// it is queued or running.
#[pyclass(frozen, name = "NewJob", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyNewJob {
    pub(crate) request: NewJob,
}

#[pymethods]
impl PyNewJob {
    #[new]
    #[pyo3(signature = (kind, payload, *, queue=None, priority=0, delay=None, run_at=None,
        max_attempts=None, timeout=None, retry_delay=None, unique_key=None, unique_for=None,
        unique_forever=false, after=Vec::new(), after_index=Vec::new(), on_parent_failure="cancel",
        floorplan_id=None, request_id=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        kind: String,
        payload: &Bound<'_, PyAny>,
        queue: Option<String>,
        priority: i64,
        delay: Option<f64>,
        run_at: Option<&str>,
        max_attempts: Option<i64>,
        timeout: Option<f64>,
        retry_delay: Option<f64>,
        unique_key: Option<String>,
        unique_for: Option<f64>,
        unique_forever: bool,
        after: Vec<String>,
        after_index: Vec<i64>,
        on_parent_failure: &str,
        floorplan_id: Option<i64>,
        request_id: Option<String>,
    ) -> PyResult<PyNewJob> {
        let payload = json_of("payload", payload)?;
        let request = || {
            let mut request = NewJob::of(Kind::new(kind)?);
            request.payload = payload;
            request.queue = queue.map(QueueName::new).transpose()?;
            request.priority = fitting("priority", priority)?;
            request.start = start(delay, run_at)?;
            request.max_attempts = max_attempts
                .map(|number| fitting("max_attempts", number))
                .transpose()?;
            request.timeout = optional_seconds("timeout", timeout)?;
            request.retry_delay = optional_seconds("retry_delay", retry_delay)?;
            if unique_key.is_none() && (unique_forever || unique_for.is_some()) {
                return Err(Error::invalid_field(
                    "unique_for",
                    "`unique_for` means nothing without `unique_key`",
                ));
            }
            request.unique_key = unique_key;
            request.unique_scope = match optional_seconds("unique_for", unique_for)? {
                Some(time) => UniqueScope::For(time),
                None if unique_forever => UniqueScope::Forever,
                None => UniqueScope::Active,
            };
            request.after = after
                .into_iter()
                .map(|id| id.parse())
                .collect::<Result<_>>()
                .map_err(|error: Error| error.with_field("after"))?;
            request.after_index = after_index
                .into_iter()
                .map(|place| fitting("after", place))
                .collect::<Result<_>>()?;
            request.on_parent_failure = policy_named(on_parent_failure)?;
            request.floorplan_id = floorplan_id;
            request.request_id = request_id;
            Ok(request)
        };
        match request() {
            Ok(request) => Ok(PyNewJob { request }),
            Err(error) => Err(errors::exception(&error)),
        }
    }
}

/// The requests of one call, each given as a `NewJob` or as the arguments of one.
///
/// # Errors
/// What Python's own reading of the arguments raises, which names the request at fault.
pub(crate) fn requests_of(
    field: &str,
    given: Vec<Bound<'_, PyAny>>,
    request_id: Option<&str>,
) -> PyResult<Vec<NewJob>> {
    let mut requests = Vec::with_capacity(given.len());
    for (place, one) in given.into_iter().enumerate() {
        let plain = one.cast_exact::<PyDict>().ok();
        requests.push(match plain.and_then(|one| plain_of(one, request_id)) {
            Some(request) => request,
            None => {
                let package = one.py().import("floorjobs.client.request")?;
                let made = package.call_method1("new_job_at", (field, place, one))?;
                made.cast::<PyNewJob>()?.get().request.clone()
            }
        });
    }
    Ok(requests)
}

/// The request with arguments that are just what they should be, of Python's own types; `None` where
/// there is more to say about them.
fn plain_of(given: &Bound<'_, PyDict>, request_id: Option<&str>) -> Option<NewJob> {
    let kind = given.get_item(intern!(given.py(), "kind")).ok()??;
    let mut request = NewJob::of(Kind::new(text(&kind)?).ok()?);
    request.payload = serde_json::Value::Object(serde_json::Map::new());
    request.request_id = request_id.map(str::to_owned);
    for (name, value) in given.iter() {
        match name.cast_exact::<PyString>().ok()?.to_str().ok()? {
            "kind" => {}
            _ if value.is_none() => return None,
            "payload" => request.payload = from_python(&value)?,
            "queue" => request.queue = Some(QueueName::new(text(&value)?).ok()?),
            "priority" => request.priority = i32::try_from(number(&value)?).ok()?,
            "delay" => request.start = Start::In(seconds(&value)?),
            "max_attempts" => request.max_attempts = Some(number(&value)?.try_into().ok()?),
            "timeout" => request.timeout = Some(seconds(&value)?),
            "retry_delay" => request.retry_delay = Some(seconds(&value)?),
            "unique_key" => request.unique_key = Some(text(&value)?.to_owned()),
            "floorplan_id" => request.floorplan_id = Some(number(&value)?),
            _ => return None,
        }
    }
    Some(request)
}

fn text<'a>(value: &'a Bound<'_, PyAny>) -> Option<&'a str> {
    value.cast_exact::<PyString>().ok()?.to_str().ok()
}

fn number(value: &Bound<'_, PyAny>) -> Option<i64> {
    value.cast_exact::<PyInt>().ok()?.extract().ok()
}

fn seconds(value: &Bound<'_, PyAny>) -> Option<std::time::Duration> {
    let seconds = match value.cast_exact::<PyFloat>() {
        Ok(seconds) => seconds.value(),
        Err(_) => value.cast_exact::<PyInt>().ok()?.extract().ok()?,
    };
    duration_from_seconds("delay", seconds).ok()
}

fn start(delay: Option<f64>, run_at: Option<&str>) -> Result<Start> {
    match (delay, run_at) {
        (Some(_), Some(_)) => Err(Error::invalid_field(
            "run_at",
            "`delay` and `run_at` exclude each other",
        )),
        (None, Some(moment)) => Timestamp::parse(moment)
            .map(Start::At)
            .map_err(|error| error.with_field("run_at")),
        (delay, None) => duration_from_seconds("delay", delay.unwrap_or_default()).map(Start::In),
    }
}

fn policy_named(text: &str) -> Result<ParentFailure> {
    ParentFailure::from_text(text).ok_or_else(|| {
        Error::invalid_field(
            "on_parent_failure",
            format!("`on_parent_failure` must be `cancel`, `fail` or `run`, not `{text}`"),
        )
    })
}

/// A number of Python's in the width that the library stores.
pub(crate) fn fitting<T: TryFrom<i64>>(field: &str, number: i64) -> Result<T> {
    T::try_from(number)
        .map_err(|_| Error::invalid_field(field, format!("`{field}` is out of range: {number}")))
}

/// Seconds of Python's that may be left out.
pub(crate) fn optional_seconds(
    field: &str,
    seconds: Option<f64>,
) -> Result<Option<std::time::Duration>> {
    seconds
        .map(|seconds| duration_from_seconds(field, seconds))
        .transpose()
}

/// What a caller gave for an argument, as JSON.
pub(crate) fn json_of(field: &str, given: &Bound<'_, PyAny>) -> PyResult<serde_json::Value> {
    if let Some(value) = from_python(given) {
        return Ok(value);
    }
    let package = given.py().import("floorjobs.client.request")?;
    let written = package.call_method1("json_text", (field, given))?;
    json(field, written.extract()?).map_err(|error| errors::exception(&error))
}

/// The value of a JSON text.
pub(crate) fn json(field: &str, text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text).map_err(|error| {
        Error::invalid_field(field, format!("`{field}` cannot be stored as JSON"))
            .with_source(error)
    })
}

/// An error about the places of jobs, which Python's callers give in `after`.
pub(crate) fn about_after(error: Error) -> Error {
    match error.field() {
        Some(field) if field.ends_with("after_index") => {
            let field = field.replace("after_index", "after");
            error.with_field(field)
        }
        _ => error,
    }
}
