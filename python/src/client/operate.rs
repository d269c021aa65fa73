//! Looking after the store.

use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter;
use crate::retention::PyRetention;

#[pymethods]
impl PyClient {
    fn check_health(&self, py: Python<'_>) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.check_health())
    }

    /// Deletes jobs that ended long ago; returns how many.
    fn prune(&self, py: Python<'_>, retention: &PyRetention) -> PyResult<usize> {
        let client = self.open()?;
        let retention = retention.retention;
        enter(py, || client.prune(&retention))
    }

    /// Removes blobs that nothing names.
    fn sweep(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.sweep()?))
    }
}
