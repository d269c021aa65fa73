//! Looking after the store.

use pyo3::prelude::*;

use super::PyClient;
use crate::door::enter;

#[pymethods]
impl PyClient {
    fn check_health(&self, py: Python<'_>) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.check_health())
    }
}
