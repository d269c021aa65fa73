//! The worker: options in, events out as JSON text.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{Kind, QueueName, RetryPolicy, duration_from_seconds};
use floorjobs_core::pipeline::{generate_handler, worker_of};
use floorjobs_core::worker::{
    KindOptions, RunReport, Worker, WorkerEvent, WorkerHandle, WorkerOptions, note_panic_places,
};
use floorjobs_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::candidates::{Given, PySource};
use crate::client::PyClient;
use crate::door::enter;
use crate::errors;
use crate::handler::{PyHandler, PyKindOptions, stall_action_named};
use crate::log::{Format, Log};
use crate::request::{fitting, optional_seconds};
use crate::retention::PyRetention;

/// As by default: 60 s and 15 s.
const BEATS_IN_A_LEASE: u32 = 4;

/// What is shorter is a mistake in a unit, not a wish.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// Runs the jobs of some queues in this process; `floorjobs.worker` is the program around it.
#[pyclass(frozen, name = "Worker", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyWorker {
    waiting: Mutex<Option<Worker>>,
    handle: WorkerHandle,
    retry: RetryPolicy,
}

#[pymethods]
impl PyWorker {
    /// A worker on a client's store. `handle_signals` makes SIGTERM and SIGINT stop it; a `lease`
    /// is renewed four times in its time.
    #[new]
    #[pyo3(signature = (client, *, queues=None, concurrency=None, drain=false, timeout=None,
        lease=None, stall_after=None, stall_action=None, retention=None, max_jobs=None,
        handle_signals=false))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        client: &PyClient,
        queues: Option<Vec<String>>,
        concurrency: Option<i64>,
        drain: bool,
        timeout: Option<f64>,
        lease: Option<f64>,
        stall_after: Option<f64>,
        stall_action: Option<&str>,
        retention: Option<&PyRetention>,
        max_jobs: Option<i64>,
        handle_signals: bool,
    ) -> PyResult<PyWorker> {
        let retention = retention.map(|given| given.retention);
        let client = client.open()?;
        enter(py, || {
            let settings = client.settings();
            let mut options = WorkerOptions::default();
            options.queues = match queues {
                Some(names) => names
                    .into_iter()
                    .map(QueueName::new)
                    .collect::<Result<_>>()?,
                None => vec![settings.queue.clone()],
            };
            if let Some(number) = concurrency {
                options.concurrency = fitting("concurrency", number)?;
            }
            options.drain = drain;
            options.max_jobs = max_jobs
                .map(|number| fitting("max_jobs", number))
                .transpose()?;
            if let Some(time) = optional_seconds("timeout", timeout)? {
                options.deadline = time;
            }
            if let Some(time) = optional_seconds("lease", lease)? {
                if time < SHORTEST_LEASE {
                    let message = format!("`lease` must be at least 1 second, not {time:?}");
                    return Err(Error::invalid_field("lease", message));
                }
                options.lease = time;
                options.beat = time / BEATS_IN_A_LEASE;
            }
            options.stall_after = optional_seconds("stall_after", stall_after)?;
            if let Some(text) = stall_action {
                options.stall_action = stall_action_named(text)?;
            }
            if let Some(retention) = retention {
                options.retention = retention;
            }
            options.handle_signals = handle_signals;
            options.retry = settings.retry;
            let worker = worker_of(&client, options)?;
            Ok(PyWorker {
                handle: worker.stop_handle(),
                retry: settings.retry,
                waiting: Mutex::new(Some(worker)),
            })
        })
    }

    /// Makes a function the handler of a kind; it replaces a native one.
    fn register(
        &self,
        py: Python<'_>,
        options: &PyKindOptions,
        function: Py<PyAny>,
    ) -> PyResult<()> {
        let handler = Arc::new(PyHandler::new(py, function)?);
        let mut waiting = self.waiting();
        let worker = waiting.take().ok_or_else(already_run)?;
        let settings = options.over(self.retry);
        *waiting = Some(worker.handle_with(options.kind.clone(), handler, settings));
        Ok(())
    }

    /// Lets sources propose layouts for its `generate` jobs, beside the native search.
    fn propose(&self, client: &PyClient, sources: Vec<Given>) -> PyResult<()> {
        let shared = sources
            .into_iter()
            .map(|one| Arc::new(PySource::from(one)) as _)
            .collect();
        let handler = generate_handler(&client.open()?, shared);
        let mut waiting = self.waiting();
        let worker = waiting.take().ok_or_else(already_run)?;
        *waiting = Some(worker.handle_with(Kind::generate(), handler, KindOptions::default()));
        Ok(())
    }

    /// Runs until it is told to stop, or has drained its queues; returns the exit code, and how
    /// many handlers still run on threads that nobody waits for.
    ///
    /// `on_event` is called with each event as JSON text, and as its line of a log or None, on a
    /// thread of its own. `log` says how lines are written, `text` or `json`; without a listener
    /// they go to standard error, without Python.
    #[pyo3(signature = (*, on_event=None, log=None))]
    fn run(
        &self,
        py: Python<'_>,
        on_event: Option<Py<PyAny>>,
        log: Option<&str>,
    ) -> PyResult<(u8, usize)> {
        let format = log
            .map(Format::named)
            .transpose()
            .map_err(|error| errors::exception(&error))?;
        let mut worker = self.waiting().take().ok_or_else(already_run)?;
        if let Some(listener) = on_event {
            let format = format.unwrap_or(Format::Text);
            worker = worker.listen(move |event: &WorkerEvent| tell(&listener, format, event));
        } else if let Some(format) = format {
            worker = worker.listen(Log::new(format));
        }
        // All Rust code of this module is ours, and so is its hook.
        note_panic_places();
        let report: RunReport = enter(py, move || worker.run())?;
        Ok((report.exit_code(), report.left_running))
    }

    /// For how many seconds the repository has accepted no sign of life of this worker; None before
    /// the first. While all is well it stays below a quarter of the lease and a little.
    fn silent_seconds(&self) -> Option<f64> {
        let beat_at = self.handle.beat_at()?;
        let micros = SystemClock.boot_micros().saturating_sub(beat_at);
        Some(micros as f64 / 1e6)
    }

    /// Asks the worker to stop in good order within `grace` seconds; asked again, at once.
    #[pyo3(signature = (grace=None))]
    fn stop(&self, py: Python<'_>, grace: Option<f64>) -> PyResult<()> {
        enter(py, || {
            let grace = grace
                .map(|seconds| duration_from_seconds("grace", seconds))
                .transpose()?;
            self.handle.stop(grace);
            Ok(())
        })
    }
}

impl PyWorker {
    fn waiting(&self) -> std::sync::MutexGuard<'_, Option<Worker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn already_run() -> PyErr {
    let error = Error::new(ErrorKind::InvalidState, "the worker was run already");
    errors::exception(&error)
}

fn tell(listener: &Py<PyAny>, format: Format, event: &WorkerEvent) {
    let Ok(text) = serde_json::to_string(event) else {
        return;
    };
    let line = format.line(event);
    Python::attach(|py| {
        if let Err(raised) = listener.call1(py, (text, line)) {
            // A listener that fails must not stop the worker; `sys.unraisablehook` tells.
            raised.write_unraisable(py, Some(listener.bind(py)));
        }
    });
}
