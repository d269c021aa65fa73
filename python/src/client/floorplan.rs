//! Floor plans.

use floorjobs_core::client::FloorplanState;
use pyo3::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::{PyClient, text};
use crate::door::enter;

#[pymethods]
impl PyClient {
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
}

#[derive(Serialize)]
struct FloorplanAnswer {
    #[serde(flatten)]
    state: FloorplanState,
    document: Option<Value>,
}
