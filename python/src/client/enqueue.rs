//! Storing jobs.

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::QueueName;
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter;
use crate::request::{PyNewJob, fitting};

#[pymethods]
impl PyClient {
    #[pyo3(signature = (pdf, *, filename=None, project_id=None, page=None, queue=None, priority=0,
        unique_key=None))]
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
    ) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            let request = IngestRequest {
                filename,
                project_id,
                page: page.map(|number| fitting("page", number)).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                priority: fitting("priority", priority)?,
                unique_key,
            };
            text(&client.ingest(pdf, request)?)
        })
    }

    fn enqueue_many(&self, py: Python<'_>, requests: Vec<Py<PyNewJob>>) -> PyResult<String> {
        let client = self.open()?;
        let requests = requests
            .into_iter()
            .map(|request| request.get().request.clone())
            .collect();
        enter(py, || text(&client.enqueue_many(requests)?))
    }
}
