//! Attempts that the host runs itself.

use floorjobs_core::job::Failure;
use floorjobs_core::pipeline::run_here;
use floorjobs_core::worker::Handler;
use floorjobs_core::{Error, ErrorKind};
use pyo3::prelude::*;

use super::PyClient;
use crate::door::enter_for_job;
use crate::handler::PyHandler;
use crate::job::job_object;

#[pymethods]
impl PyClient {
    /// Starts an attempt of a job in this process, which holds it for 600 s.
    fn hold(&self, py: Python<'_>, job_id: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || client.hold(job_id.parse()?))?;
        job_object(py, &job)
    }

    /// Runs one attempt of a job in this thread, with a function in place of the native handler.
    #[pyo3(signature = (job_id, function=None))]
    fn run_here(
        &self,
        py: Python<'_>,
        job_id: &str,
        function: Option<Py<PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let handler = function
            .map(|function| PyHandler::new(py, function))
            .transpose()?;
        let job = enter_for_job(py, || {
            let handler = handler.as_ref().map(|handler| handler as &dyn Handler);
            run_here(&client, job_id.parse()?, handler)
        })?;
        job_object(py, &job)
    }

    /// Ends an attempt that this process holds, with a reference to its result as JSON.
    #[pyo3(signature = (job_id, result_ref=None))]
    fn complete(
        &self,
        py: Python<'_>,
        job_id: &str,
        result_ref: Option<&str>,
    ) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || {
            let result_ref = result_ref.map(serde_json::from_str).transpose();
            let result_ref = result_ref.map_err(|error| {
                Error::invalid_field("result_ref", "`result_ref` cannot be stored as JSON")
                    .with_source(error)
            })?;
            client.complete(job_id.parse()?, result_ref)
        })?;
        job_object(py, &job)
    }

    /// Ends an attempt that this process holds, and its job, with a failure.
    fn fail(&self, py: Python<'_>, job_id: &str, code: &str, message: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || {
            let kind = ErrorKind::from_code(code).ok_or_else(|| {
                Error::invalid_field("code", format!("`code` is no error code: `{code}`"))
            })?;
            client.fail(job_id.parse()?, Failure::new(kind, message))
        })?;
        job_object(py, &job)
    }
}
