//! Waiting for what happens to a job.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use floorjobs_core::client::JobEvents;
use floorjobs_core::job::duration_from_seconds;
use floorjobs_core::{Error, ErrorKind, JobId, Result};
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter_for_job;
use crate::job::job_object;

#[pymethods]
impl PyClient {
    #[pyo3(signature = (job_id, timeout=None))]
    fn wait(&self, py: Python<'_>, job_id: &str, timeout: Option<f64>) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = interruptible(py, |interrupted| {
            let id: JobId = job_id.parse()?;
            client.wait_unless(id, at_most(timeout)?, interrupted)
        })?;
        job_object(py, &job)
    }

    /// The changes of a job until it ends.
    fn events(&self, py: Python<'_>, job_id: &str) -> PyResult<PyJobEvents> {
        let client = self.open()?;
        let events = enter_for_job(py, || client.events(job_id.parse()?))?;
        Ok(PyJobEvents {
            events: Mutex::new(events),
        })
    }
}

/// The changes of one job; `floorjobs.Client.events` wraps it.
#[pyclass(frozen, name = "JobEvents", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyJobEvents {
    // Locked only while the GIL is not held.
    events: Mutex<JobEvents>,
}

#[pymethods]
impl PyJobEvents {
    /// Waits for the next change; None after the end state.
    #[pyo3(signature = (timeout=None))]
    fn next(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<Option<String>> {
        interruptible(py, |interrupted| {
            let timeout = at_most(timeout)?;
            let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let event = events.next_unless(timeout, interrupted)?;
            event.map(|event| text(&event)).transpose()
        })
    }
}

fn at_most(timeout: Option<f64>) -> Result<Duration> {
    match timeout {
        Some(seconds) => duration_from_seconds("timeout", seconds),
        None => Ok(Duration::MAX),
    }
}

/// Waits outside the GIL; what Python's own signal handlers raise, Ctrl-C say, ends the wait.
fn interruptible<T: Send>(
    py: Python<'_>,
    wait: impl FnOnce(&mut dyn FnMut() -> Result<()>) -> Result<T> + Send,
) -> PyResult<T> {
    let mut signal = None;
    let waited = enter_for_job(py, || {
        wait(&mut || {
            #[allow(
                clippy::redundant_closure_for_method_calls,
                reason = "the lifetimes differ"
            )]
            Python::attach(|py| py.check_signals()).map_err(|raised| {
                signal = Some(raised);
                Error::new(ErrorKind::Cancelled, "the wait was interrupted")
            })
        })
    });
    match signal {
        Some(raised) => Err(raised),
        None => waited,
    }
}
