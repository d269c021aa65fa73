//! Requests for jobs, from Python's arguments.

use floorjobs_core::job::{Kind, QueueName, Start, duration_from_seconds};
use floorjobs_core::{Error, NewJob, Result};
use pyo3::prelude::*;

use crate::errors;

/// A request for a job; its arguments are those of `floorjobs.Client.enqueue`.
#[pyclass(frozen, name = "NewJob", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyNewJob {
    pub(crate) request: NewJob,
}

#[pymethods]
impl PyNewJob {
    #[new]
    #[pyo3(signature = (kind, payload, *, queue=None, priority=0, delay=None, max_attempts=None,
        timeout=None, unique_key=None, floorplan_id=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        kind: String,
        payload: &str,
        queue: Option<String>,
        priority: i64,
        delay: Option<f64>,
        max_attempts: Option<i64>,
        timeout: Option<f64>,
        unique_key: Option<String>,
        floorplan_id: Option<i64>,
    ) -> PyResult<PyNewJob> {
        let request = || {
            let mut request = NewJob::of(Kind::new(kind)?);
            request.payload = json(payload)?;
            request.queue = queue.map(QueueName::new).transpose()?;
            request.priority = fitting("priority", priority)?;
            if let Some(seconds) = delay {
                request.start = Start::In(duration_from_seconds("delay", seconds)?);
            }
            request.max_attempts = max_attempts
                .map(|number| fitting("max_attempts", number))
                .transpose()?;
            request.timeout = timeout
                .map(|seconds| duration_from_seconds("timeout", seconds))
                .transpose()?;
            request.unique_key = unique_key;
            request.floorplan_id = floorplan_id;
            Ok(request)
        };
        match request() {
            Ok(request) => Ok(PyNewJob { request }),
            Err(error) => Err(errors::exception(&error)),
        }
    }
}

/// A number of Python's in the width that the library stores.
pub(crate) fn fitting<T: TryFrom<i64>>(field: &str, number: i64) -> Result<T> {
    T::try_from(number)
        .map_err(|_| Error::invalid_field(field, format!("`{field}` is out of range: {number}")))
}

fn json(text: &str) -> Result<serde_json::Value> {
    serde_json::from_str(text).map_err(|error| {
        Error::invalid_field("payload", "`payload` cannot be stored as JSON").with_source(error)
    })
}
