//! Storing jobs.

use floorjobs_core::NewJob;
use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::QueueName;
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter;
use crate::request::{PyNewJob, about_after, fitting};

#[pymethods]
impl PyClient {
    /// Returns the ingest and the jobs that run after it.
    #[pyo3(signature = (pdf, *, filename=None, project_id=None, page=None, queue=None, priority=0,
        unique_key=None, then=Vec::new()))]
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
        then: Vec<Py<PyNewJob>>,
    ) -> PyResult<String> {
        let client = self.open()?;
        let then = wanted(then);
        enter(py, || {
            let request = IngestRequest {
                filename,
                project_id,
                page: page.map(|number| fitting("page", number)).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                priority: fitting("priority", priority)?,
                unique_key,
            };
            let stored = client.ingest_then(pdf, request, then);
            text(&stored.map_err(about_after)?)
        })
    }

    fn enqueue_many(&self, py: Python<'_>, requests: Vec<Py<PyNewJob>>) -> PyResult<String> {
        let client = self.open()?;
        let requests = wanted(requests);
        enter(py, || {
            text(&client.enqueue_many(requests).map_err(about_after)?)
        })
    }
}

fn wanted(requests: Vec<Py<PyNewJob>>) -> Vec<NewJob> {
    let requests = requests.into_iter();
    requests.map(|job| job.get().request.clone()).collect()
}
