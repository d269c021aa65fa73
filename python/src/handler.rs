//! Functions of Python as handlers of the worker.

use floorjobs_core::worker::{AttemptContext, Handler, Verdict};
use floorjobs_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::context::PyContext;
use crate::errors;

/// A Python function that takes a context and the payload, and returns the result.
pub(crate) struct PyHandler {
    pub(crate) function: Py<PyAny>,
}

impl Handler for PyHandler {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        let result = Python::attach(|py| {
            self.call(py, attempt)
                .map_err(|raised| failure(py, &raised))
        })?;
        let result: serde_json::Value = serde_json::from_str(&result).map_err(not_storable)?;
        Ok(Verdict::complete(result))
    }
}

impl PyHandler {
    /// Calls the function and returns its result as JSON text.
    fn call(&self, py: Python<'_>, attempt: &AttemptContext) -> PyResult<String> {
        let context = PyContext {
            attempt: attempt.clone(),
        };
        py.import("floorjobs.handlers")?
            .call_method1("run", (&self.function, context))?
            .extract()
    }
}

fn not_storable(error: serde_json::Error) -> Error {
    Error::new(
        ErrorKind::InvalidInput,
        "the handler's result cannot be stored as JSON",
    )
    .with_source(error)
}

/// What an exception of a handler means for its attempt.
fn failure(py: Python<'_>, raised: &PyErr) -> Error {
    if let Some(error) = errors::from_exception(py, raised) {
        return error;
    }
    let class = raised.get_type(py);
    let name = class.qualname().map_or_else(
        |_| "an exception".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    let said = raised
        .value(py)
        .str()
        .map(|text| text.to_string_lossy().into_owned())
        .unwrap_or_default();
    let message = if said.is_empty() {
        name
    } else {
        format!("{name}: {said}")
    };
    Error::new(ErrorKind::Internal, message)
}
