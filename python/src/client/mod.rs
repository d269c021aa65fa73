//! The client: one method per verb, JSON text out; a file for each group of them.

mod ask;
mod change;
mod design;
mod enqueue;
mod floorplan;
mod follow;
mod held;
mod materials;
mod operate;

use std::sync::{PoisonError, RwLock};

use floorjobs_core::settings::Overrides;
use floorjobs_core::{Client, Error, ErrorKind, Result, Settings};
use pyo3::prelude::*;
use serde::Serialize;

use crate::door::enter;
use crate::errors;
use crate::request::fitting;

pub(crate) use ask::PyFilter;
pub(crate) use follow::PyJobEvents;

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
    #[pyo3(signature = (*, database_url=None, blobs_url=None, redis_url=None, queue=None,
        max_retries=None, retry_delay=None, durability=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        database_url: Option<String>,
        blobs_url: Option<String>,
        redis_url: Option<String>,
        queue: Option<String>,
        max_retries: Option<i64>,
        retry_delay: Option<f64>,
        durability: Option<String>,
    ) -> PyResult<PyClient> {
        let client = enter(py, || {
            let settings = Settings::load(&Overrides {
                database_url,
                blobs_url,
                redis_url,
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

    fn close(&self, py: Python<'_>) {
        let closed = self
            .open
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        py.detach(|| drop(closed));
    }
}

/// A value as the JSON text that crosses to Python.
pub(crate) fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::new(ErrorKind::Internal, "an answer could not be written").with_source(error)
    })
}
