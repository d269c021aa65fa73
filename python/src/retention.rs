//! How long ended jobs are kept.

use std::time::Duration;

use floorjobs_core::Result;
use floorjobs_core::upkeep::Retention;
use pyo3::prelude::*;

use crate::errors;
use crate::request::optional_seconds;

/// How long ended jobs are kept, in seconds by how they ended; infinite is for ever.
#[pyclass(frozen, name = "Retention", module = "floorjobs._floorjobs")]
#[derive(Debug)]
pub(crate) struct PyRetention {
    pub(crate) retention: Retention,
}

#[pymethods]
impl PyRetention {
    #[new]
    #[pyo3(signature = (*, succeeded=None, failed=None, cancelled=None))]
    fn new(
        succeeded: Option<f64>,
        failed: Option<f64>,
        cancelled: Option<f64>,
    ) -> PyResult<PyRetention> {
        let default = Retention::default();
        let retention = || {
            Ok(Retention {
                succeeded: kept("succeeded", succeeded, default.succeeded)?,
                failed: kept("failed", failed, default.failed)?,
                cancelled: kept("cancelled", cancelled, default.cancelled)?,
            })
        };
        match retention() {
            Ok(retention) => Ok(PyRetention { retention }),
            Err(error) => Err(errors::exception(&error)),
        }
    }

    /// The seconds for succeeded, failed and cancelled jobs.
    fn seconds(&self) -> [f64; 3] {
        let Retention {
            succeeded,
            failed,
            cancelled,
        } = self.retention;
        [succeeded, failed, cancelled]
            .map(|time| time.map_or(f64::INFINITY, |time| time.as_secs_f64()))
    }
}

fn kept(field: &str, seconds: Option<f64>, default: Option<Duration>) -> Result<Option<Duration>> {
    match seconds {
        None => Ok(default),
        Some(f64::INFINITY) => Ok(None),
        given => optional_seconds(field, given),
    }
}
