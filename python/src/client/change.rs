//! Changing what waits or runs.

use floorjobs_core::job::QueueName;
use pyo3::prelude::*;

use super::PyClient;
use crate::door::{enter, enter_for_job};
use crate::job::job_object;

#[pymethods]
impl PyClient {
    fn cancel(&self, py: Python<'_>, job_id: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || client.cancel(job_id.parse()?))?;
        job_object(py, &job)
    }

    fn retry(&self, py: Python<'_>, job_id: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || client.retry(job_id.parse()?))?;
        job_object(py, &job)
    }

    /// Makes a delayed job due at once.
    fn make_due(&self, py: Python<'_>, job_id: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || client.make_due(job_id.parse()?))?;
        job_object(py, &job)
    }

    /// Lets no more jobs of a queue start.
    fn pause(&self, py: Python<'_>, queue: String) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.pause(&QueueName::new(queue)?))
    }

    /// Lets jobs of a queue start again.
    fn resume(&self, py: Python<'_>, queue: String) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.resume(&QueueName::new(queue)?))
    }
}
