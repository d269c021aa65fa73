//! Storing jobs.

use floorjobs_core::NewJob;
use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::QueueName;
use pyo3::prelude::*;

use super::PyClient;
use crate::door::enter;
use crate::job::{job_object, job_objects};
use crate::request::{PyNewJob, about_after, fitting, requests_of};

#[pymethods]
impl PyClient {
    /// Returns the ingest and the jobs that run after it.
    #[pyo3(signature = (pdf, *, filename=None, project_id=None, page=None, queue=None, priority=0,
        unique_key=None, request_id=None, then=Vec::new()))]
    #[allow(clippy::too_many_arguments)]
    fn ingest(
        &self,
        py: Python<'_>,
        pdf: &[u8],
        filename: Option<String>,
        project_id: Option<i64>,
        page: Option<i64>,
        queue: Option<String>,
        priority: i64,
        unique_key: Option<String>,
        request_id: Option<String>,
        then: Vec<Py<PyNewJob>>,
    ) -> PyResult<Vec<Py<PyAny>>> {
        let client = self.open()?;
        let then = wanted(then);
        let jobs = enter(py, || {
            let request = IngestRequest {
                filename,
                project_id,
                page: page.map(|number| fitting("page", number)).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                priority: fitting("priority", priority)?,
                unique_key,
                request_id,
            };
            client.ingest_then(pdf, request, then).map_err(about_after)
        })?;
        job_objects(py, &jobs)
    }

    fn enqueue(&self, py: Python<'_>, request: &PyNewJob) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let request = request.request.clone();
        let job = enter(py, || client.enqueue(request).map_err(about_after))?;
        job_object(py, &job)
    }

    /// Each request is a dictionary of the arguments of `floorjobs.Client.enqueue`; `request_id` is
    /// for those that name none.
    fn enqueue_many(
        &self,
        py: Python<'_>,
        requests: Vec<Bound<'_, PyAny>>,
        request_id: Option<&str>,
    ) -> PyResult<Vec<Py<PyAny>>> {
        let client = self.open()?;
        let requests = requests_of("jobs", requests, request_id)?;
        let jobs = enter(py, || client.enqueue_many(requests).map_err(about_after))?;
        job_objects(py, &jobs)
    }
}

fn wanted(requests: Vec<Py<PyNewJob>>) -> Vec<NewJob> {
    let requests = requests.into_iter();
    requests.map(|job| job.get().request.clone()).collect()
}
