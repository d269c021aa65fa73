//! The catalogue of materials.

use floorjobs_core::client::ImportMode;
use pyo3::prelude::*;

use super::{PyClient, text};
use crate::door::enter;

#[pymethods]
impl PyClient {
    /// The catalogue that bills are priced with.
    fn materials(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.materials()?))
    }

    /// The same as CSV.
    fn materials_csv(&self, py: Python<'_>) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || Ok(client.materials()?.to_csv()))
    }

    /// Stores materials from CSV; returns the catalogue as it is then.
    fn import_materials(
        &self,
        py: Python<'_>,
        name: &str,
        csv: &[u8],
        mode: &str,
    ) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            text(&client.import_materials(name, csv, ImportMode::from_name(mode)?)?)
        })
    }

    /// Forgets the stored catalogue, so that the seed is used again.
    fn reset_materials(&self, py: Python<'_>) -> PyResult<()> {
        let client = self.open()?;
        enter(py, || client.reset_materials())
    }
}
