//! Layouts and bills of materials.

use floorjobs_core::Error;
use floorjobs_core::client::{DesignRequest, PriceRequest};
use floorjobs_core::job::QueueName;
use floorjobs_core::repository::{Bom, Layout};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::Serialize;
use serde_json::Value;

use super::{PyClient, text};
use crate::door::enter;
use crate::job::job_object;
use crate::request::{fitting, json};

#[pymethods]
impl PyClient {
    /// Stores a job that lays out rooms and prices them; the request is JSON text.
    #[pyo3(signature = (request, *, floorplan_id=None, queue=None, priority=0, unique_key=None,
        request_id=None))]
    #[allow(clippy::too_many_arguments)]
    fn generate(
        &self,
        py: Python<'_>,
        request: String,
        floorplan_id: Option<i64>,
        queue: Option<String>,
        priority: i64,
        unique_key: Option<String>,
        request_id: Option<String>,
    ) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter(py, || {
            client.generate(DesignRequest {
                request,
                floorplan_id,
                queue: queue.map(QueueName::new).transpose()?,
                priority: fitting("priority", priority)?,
                unique_key,
                request_id,
            })
        })?;
        job_object(py, &job)
    }

    /// The layout with the whole answer that it belongs to.
    fn layout(&self, py: Python<'_>, layout_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            text(&LayoutAnswer {
                layout: client.layout(layout_id)?,
                document: client.layout_document(layout_id)?,
            })
        })
    }

    fn layout_svg(&self, py: Python<'_>, layout_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || client.layout_svg(layout_id))
    }

    /// The bill with all its lines.
    fn bom(&self, py: Python<'_>, bom_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || {
            text(&BomAnswer {
                bom: client.bom(bom_id)?,
                document: client.bom_document(bom_id)?,
            })
        })
    }

    fn bom_csv(&self, py: Python<'_>, bom_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || client.bom_csv(bom_id))
    }

    fn bom_xlsx(&self, py: Python<'_>, bom_id: i64) -> PyResult<Py<PyBytes>> {
        let client = self.open()?;
        let book = enter(py, || client.bom_xlsx(bom_id))?;
        Ok(PyBytes::new(py, &book).unbind())
    }

    /// Stores a job that prices a layout; the options are JSON text.
    #[pyo3(signature = (layout_id, options, *, queue=None, priority=0, unique_key=None,
        request_id=None))]
    #[allow(clippy::too_many_arguments)]
    fn price(
        &self,
        py: Python<'_>,
        layout_id: i64,
        options: &str,
        queue: Option<String>,
        priority: i64,
        unique_key: Option<String>,
        request_id: Option<String>,
    ) -> PyResult<Py<PyAny>> {
        let client = self.open()?;
        let job = enter(py, || {
            let options = match json("bom", options)? {
                Value::Object(options) => options,
                _ => return Err(Error::invalid_field("bom", "`bom` must be an object")),
            };
            client.price(PriceRequest {
                layout_id,
                options,
                queue: queue.map(QueueName::new).transpose()?,
                priority: fitting("priority", priority)?,
                unique_key,
                request_id,
            })
        })?;
        job_object(py, &job)
    }

    /// The newest bill about a floor plan, without its lines; `null` if there is none.
    fn newest_bom(&self, py: Python<'_>, floorplan_id: i64) -> PyResult<String> {
        let client = self.open()?;
        enter(py, || text(&client.newest_bom(floorplan_id)?))
    }
}

#[derive(Serialize)]
struct LayoutAnswer {
    #[serde(flatten)]
    layout: Layout,
    document: Value,
}

#[derive(Serialize)]
struct BomAnswer {
    #[serde(flatten)]
    bom: Bom,
    document: Value,
}
