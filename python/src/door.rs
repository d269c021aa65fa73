//! The one door from Python into the library: without the GIL, and no panic comes back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use floorjobs_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::errors;

/// Runs `work` while other Python threads go on, and raises its error as the right class.
pub(crate) fn enter<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    outside(py, work).map_err(|error| errors::exception(&error))
}

/// As [`enter`], for work on one job, which may not exist.
pub(crate) fn enter_for_job<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    outside(py, work).map_err(|error| errors::exception_about_job(&error))
}

fn outside<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    py.detach(|| {
        // What a panic leaves behind is behind locks that the core recovers.
        catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Internal,
                "the library panicked; standard error says where",
            ))
        })
    })
}
