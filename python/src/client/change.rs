//! Changing what waits or runs.

use floorjobs_core::job::QueueName;
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::{enter, enter_for_job};

#[pymethods]
impl PyClient {
    fn cancel(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.cancel(job_id.parse()?)?))
    }

    fn retry(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.retry(job_id.parse()?)?))
    }

    /// Makes a delayed job due at once.
    fn make_due(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.make_due(job_id.parse()?)?))
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
