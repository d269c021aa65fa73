//! Waiting for what happens to a job.

use std::time::Duration;

use floorjobs_core::job::duration_from_seconds;
use floorjobs_core::{Error, ErrorKind, JobId};
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter_for_job;

#[pymethods]
impl PyClient {
    #[pyo3(signature = (job_id, timeout=None))]
    fn wait(&self, py: Python<'_>, job_id: &str, timeout: Option<f64>) -> PyResult<String> {
        let client = self.open()?;
        let mut signal = None;
        let waited = enter_for_job(py, || {
            let id: JobId = job_id.parse()?;
            let timeout = match timeout {
                Some(seconds) => duration_from_seconds("timeout", seconds)?,
                None => Duration::MAX,
            };
            let mut interrupted = || {
                // Python's own handlers run here: Ctrl-C ends the wait.
                #[allow(
                    clippy::redundant_closure_for_method_calls,
                    reason = "the lifetimes differ"
                )]
                Python::attach(|py| py.check_signals()).map_err(|raised| {
                    signal = Some(raised);
                    Error::new(ErrorKind::Cancelled, "the wait was interrupted")
                })
            };
            text(&client.wait_unless(id, timeout, &mut interrupted)?)
        });
        match signal {
            Some(raised) => Err(raised),
            None => waited,
        }
    }
}
