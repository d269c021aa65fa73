//! The client: one method per verb, JSON text out.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use floorjobs_core::client::{FloorplanState, IngestRequest};
use floorjobs_core::job::{Failure, Kind, QueueName, duration_from_seconds};
use floorjobs_core::pipeline::run_here;
use floorjobs_core::repository::ListJobs;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::Handler;
use floorjobs_core::{Client, Error, ErrorKind, JobId, Result, Settings, Status};
use pyo3::prelude::*;
use serde::Serialize;
use serde_json::Value;

use crate::door::{enter, enter_for_job};
use crate::errors;
use crate::handler::PyHandler;
use crate::request::{PyNewJob, fitting};

/// A store of jobs that is open; `floorjobs.Client` wraps it.
#[pyclass(frozen, name = "Client", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyClient {
    // Locked only while the GIL is held, as it is during Python's fork.
    open: RwLock<Option<Client>>,
}

impl PyClient {
    /// The open client, to be used while the GIL is not held.
    pub(crate) fn open(&self) -> PyResult<Client> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or_else(|| {
            let error = Error::new(ErrorKind::InvalidState, "the client is closed");
            errors::exception(&error)
        })
    }
}

#[pymethods]
impl PyClient {
    #[new]
    #[pyo3(signature = (*, database_url=None, blobs_url=None, queue=None, max_retries=None,
        retry_delay=None, durability=None))]
    fn new(
        py: Python<'_>,
        database_url: Option<String>,
        blobs_url: Option<String>,
        queue: Option<String>,
        max_retries: Option<i64>,
        retry_delay: Option<f64>,
        durability: Option<String>,
    ) -> PyResult<PyClient> {
        let client = enter(py, || {
            let settings = Settings::load(&Overrides {
                database_url,
                blobs_url,
                queue,
                max_retries: max_retries
                    .map(|number| fitting("max_retries", number))
                    .transpose()?,
                retry_delay_seconds: retry_delay,
                durability,
            })?;
            Client::connect(&settings)
        })?;
        Ok(PyClient {
            open: RwLock::new(Some(client)),
        })
    }

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

    fn get(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.get(job_id.parse()?)?))
    }

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

    fn cancel(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.cancel(job_id.parse()?)?))
    }

    fn retry(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.retry(job_id.parse()?)?))
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
                status: status.map(status_named).transpose()?,
                kind: kind.map(Kind::new).transpose()?,
                queue: queue.map(QueueName::new).transpose()?,
                floorplan_id,
                before: before.map(str::parse).transpose()?,
                limit: fitting("limit", limit)?,
            };
            text(&client.list(&filter)?)
        })
    }

    fn attempts(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.attempts(job_id.parse()?)?))
    }

    /// The floor plan and where it stands; with all that was read if asked for.
    fn floorplan(&self, py: Python<'_>, floorplan_id: i64, with_plan: bool) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            let state = client.floorplan(floorplan_id)?;
            let read = with_plan && state.floorplan.reading.is_some();
            let document = read.then(|| client.floorplan_document(floorplan_id));
            let answer = FloorplanAnswer {
                state,
                document: document.transpose()?,
            };
            text(&answer)
        })
    }

    fn floorplan_svg(&self, py: Python<'_>, floorplan_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || client.floorplan_svg(floorplan_id))
    }

    fn check_health(&self, py: Python<'_>) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.check_health())
    }

    /// Makes a delayed job due at once.
    fn make_due(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.make_due(job_id.parse()?)?))
    }

    /// Starts an attempt of a job in this process, which holds it for 600 s.
    fn hold(&self, py: Python<'_>, job_id: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || text(&client.hold(job_id.parse()?)?))
    }

    /// Runs one attempt of a job in this thread, with a function in place of the native handler.
    #[pyo3(signature = (job_id, function=None))]
    fn run_here(
        &self,
        py: Python<'_>,
        job_id: &str,
        function: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        let client = self.open()?;
        let handler = function.map(|function| PyHandler { function });
        enter_for_job(py, || {
            let handler = handler.as_ref().map(|handler| handler as &dyn Handler);
            text(&run_here(&client, job_id.parse()?, handler)?)
        })
    }

    /// Ends an attempt that this process holds, with a reference to its result as JSON.
    #[pyo3(signature = (job_id, result_ref=None))]
    fn complete(&self, py: Python<'_>, job_id: &str, result_ref: Option<&str>) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || {
            let result_ref = result_ref.map(serde_json::from_str).transpose();
            let result_ref = result_ref.map_err(|error| {
                Error::invalid_field("result_ref", "`result_ref` cannot be stored as JSON")
                    .with_source(error)
            })?;
            text(&client.complete(job_id.parse()?, result_ref)?)
        })
    }

    /// Ends an attempt that this process holds, and its job, with a failure.
    fn fail(&self, py: Python<'_>, job_id: &str, code: &str, message: &str) -> PyResult<String> {
        let client = self.open()?;
        enter_for_job(py, || {
            let kind = ErrorKind::from_code(code).ok_or_else(|| {
                Error::invalid_field("code", format!("`code` is no error code: `{code}`"))
            })?;
            text(&client.fail(job_id.parse()?, Failure::new(kind, message))?)
        })
    }

    fn close(&self, py: Python<'_>) {
        let closed = self
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        py.detach(|| drop(closed));
    }
}

#[derive(Serialize)]
struct FloorplanAnswer {
    #[serde(flatten)]
    state: FloorplanState,
    document: Option<Value>,
}

fn status_named(text: &str) -> Result<Status> {
    Status::from_text(text).ok_or_else(|| {
        Error::invalid_field(
            "status",
            format!("`status` is no status of a job: `{text}`"),
        )
    })
}

/// A value as the JSON text that crosses to Python.
pub(crate) fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "an answer could not be written").with_source(error)
    })
}
