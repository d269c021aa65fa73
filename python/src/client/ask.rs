//! Asking for jobs.

use floorjobs_core::job::{Kind, QueueName};
use floorjobs_core::repository::ListJobs;
use floorjobs_core::{Error, Result, Status};
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::{enter, enter_for_job};
use crate::request::fitting;

#[pymethods]
impl PyClient {
    fn get(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.get(job_id.parse()?)?))
    }

    #[pyo3(signature = (*, status=None, kind=None, queue=None, floorplan_id=None, before=None,
        limit=50))]
    #[allow(clippy::too_many_arguments)]
    fn list(
        &self,
        py: Python<'_>,
        status: Option<&str>,
        kind: Option<String>,
        queue: Option<String>,
        floorplan_id: Option<i64>,
        before: Option<&str>,
        limit: i64,
    ) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            let filter = ListJobs {
                statuses: status.map(status_named).transpose()?.into_iter().collect(),
                kind: kind.map(Kind::new).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                floorplan_id,
                before: before.map(str::parse).transpose()?,
                limit: fitting("limit", limit)?,
                ..ListJobs::default()
            };
            text(&client.list(&filter)?)
        })
    }

    fn attempts(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.attempts(job_id.parse()?)?))
    }
}

fn status_named(text: &str) -> Result<Status> {
    Status::from_text(text).ok_or_else(|| {
        Error::invalid_field(
            "status",
            format!("`status` is no status of a job: `{text}`"),
        )
    })
}
