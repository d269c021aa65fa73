//! Looking after the store.

use std::path::PathBuf;

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

    /// Copies the database into a file, while it is in use.
    fn backup(&self, py: Python<'_>, path: PathBuf, overwrite: bool) -> PyResult<String> {
        let client = self.open()?;
        enter(py, move || text(&client.backup(&path, overwrite)?))
    }

    /// Whether everything that is stored is sound; with `deep`, the blobs, too.
    fn check_integrity(&self, py: Python<'_>, deep: bool) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.check_integrity(deep)?))
    }

    /// What may be wrong with the store and around it.
    fn doctor(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.doctor()))
    }

    /// Figures in the text format of Prometheus.
    fn metrics(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || client.metrics())
    }
}
