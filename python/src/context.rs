//! What a handler in Python sees of its attempt.

use floorjobs_core::blob::BlobRef;
use floorjobs_core::job::duration_from_seconds;
use floorjobs_core::watch::Watch;
use floorjobs_core::worker::{AttemptContext, CancelReason};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::door::enter;
use crate::errors;
use crate::job::job_object;
use crate::request::json_of;

/// One attempt of a job; `floorjobs.context.Context` wraps it.
#[pyclass(frozen, name = "Context", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyContext {
    pub(crate) attempt: AttemptContext,
}

#[pymethods]
impl PyContext {
    /// The job as it was when this attempt began.
    fn job(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        job_object(py, self.attempt.job())
    }

    /// Which start of the job this is, from 1.
    #[getter]
    fn attempt(&self) -> u32 {
        self.attempt.attempt()
    }

    /// Whether the handler should stop: somebody asked for it, or its time is up.
    #[getter]
    fn is_cancelled(&self) -> bool {
        self.attempt.is_cancelled()
    }

    /// Why the handler should stop: `requested`, `deadline`, `stalled`, `shutdown`, `lease_lost`
    /// or `lease_in_doubt`; None while it may go on.
    #[getter]
    fn cancel_reason(&self) -> Option<&'static str> {
        self.attempt
            .cancel_token()
            .reason()
            .map(CancelReason::as_str)
    }

    /// Waits until the handler should stop, or so many seconds; returns whether it should.
    fn wait(&self, py: Python<'_>, seconds: f64) -> PyResult<bool> {
        enter(py, || {
            let time = duration_from_seconds("seconds", seconds)?;
            Ok(self.attempt.cancel_token().wait(time))
        })
    }

    /// The bytes of a blob, if there are at most `limit`.
    fn read_blob<'py>(
        &self,
        py: Python<'py>,
        reference: &str,
        limit: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = enter(py, || {
            let blob: BlobRef = reference.parse()?;
            self.attempt.blobs().get(&blob, limit)
        })?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Stores bytes as a blob and returns its reference.
    fn put_blob(&self, py: Python<'_>, data: &[u8]) -> PyResult<String> {
        enter(py, || Ok(self.attempt.blobs().put(data)?.to_string()))
    }

    /// Raises `CancelledError` if the handler should stop; to be called now and then.
    fn check(&self) -> PyResult<()> {
        self.attempt
            .check()
            .map_err(|error| errors::exception(&error))
    }

    /// Tells how far the work is: a fraction in 0..1, and what it is doing.
    #[pyo3(signature = (fraction, stage, message=None))]
    fn progress(&self, fraction: f64, stage: &str, message: Option<&str>) {
        self.attempt.progress_message(fraction, stage, message);
    }

    /// Keeps a value for the next attempt.
    fn checkpoint(&self, py: Python<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = json_of("value", value)?;
        enter(py, || self.attempt.checkpoint(&value))
    }
}
