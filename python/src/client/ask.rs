//! Asking for jobs and for what keeps them.

use floorjobs_core::job::{Kind, QueueName, Timestamp};
use floorjobs_core::repository::ListJobs;
use floorjobs_core::{Error, Result, Status};
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::{enter, enter_for_job};
use crate::errors;
use crate::job::{job_object, job_objects};
use crate::request::fitting;

/// Filters of a list; its arguments are those of `floorjobs.Client.list`.
#[pyclass(frozen, name = "Filter", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyFilter {
    filter: ListJobs,
}

#[pymethods]
impl PyFilter {
    #[new]
    #[pyo3(signature = (*, statuses=Vec::new(), kind=None, queue=None, floorplan_id=None,
        unique_key=None, created_after=None, created_before=None, before=None, limit=50))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        statuses: Vec<String>,
        kind: Option<String>,
        queue: Option<String>,
        floorplan_id: Option<i64>,
        unique_key: Option<String>,
        created_after: Option<&str>,
        created_before: Option<&str>,
        before: Option<&str>,
        limit: i64,
    ) -> PyResult<PyFilter> {
        let filter = || {
            Ok(ListJobs {
                statuses: statuses
                    .into_iter()
                    .map(|status| status_named(&status))
                    .collect::<Result<_>>()?,
                kind: kind.map(Kind::new).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                floorplan_id,
                unique_key,
                created_after: moment("created_after", created_after)?,
                created_before: moment("created_before", created_before)?,
                before: before.map(str::parse).transpose()?,
                limit: fitting("limit", limit)?,
            })
        };
        match filter() {
            Ok(filter) => Ok(PyFilter { filter }),
            Err(error) => Err(errors::exception(&error)),
        }
    }
}

#[pymethods]
impl PyClient {
    fn get(&self, py: Python<'_>, job_id: &str) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter_for_job(py, || client.get(job_id.parse()?))?;
        job_object(py, &job)
    }

    fn list(&self, py: Python<'_>, filter: &PyFilter) -> PyResult<Vec<Py<PyAny>>> {
        let client = self.open()?;
        let jobs = enter(py, || client.list(&filter.filter))?;
        job_objects(py, &jobs)
    }

    fn page(&self, py: Python<'_>, filter: &PyFilter) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.page(&filter.filter)?))
    }

    fn attempts(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.attempts(job_id.parse()?)?))
    }

    /// The ids of the jobs that a job still waits for.
    fn parents(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.parents(job_id.parse()?)?))
    }

    /// Why a job does not run now.
    fn explain(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.explain(job_id.parse()?)?))
    }

    /// When a job will probably start and end.
    fn estimate(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.estimate(job_id.parse()?)?))
    }

    /// How many ready jobs of its queue run before this one.
    fn position(&self, py: Python<'_>, job_id: &str) -> PyResult<Option<u64>> {
        let client = self.open()?;
        enter_for_job(py, || client.position(job_id.parse()?))
    }

    /// What each queue holds.
    fn stats(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.stats()?))
    }

    /// The paused queues, each with the moment since when.
    fn paused(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.paused()?))
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

fn moment(field: &str, text: Option<&str>) -> Result<Option<Timestamp>> {
    text.map(Timestamp::parse)
        .transpose()
        .map_err(|error| error.with_field(field))
}
