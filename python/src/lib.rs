//! The Python module of floorjobs: `floorjobs._floorjobs`, wrapped by the package around it.
//!
//! Values cross as JSON text and plain arguments; the package makes them into dataclasses. Every
//! call goes through [`door`], and every error through [`errors`].

mod candidates;
mod client;
mod context;
mod designs;
mod door;
mod errors;
mod handler;
mod job;
mod log;
mod plans;
mod request;
mod retention;
mod slot;
mod thread;
mod value;
mod worker;

use pyo3::prelude::*;

/// The native part of floorjobs; use the package `floorjobs` instead.
#[pymodule]
mod _floorjobs {
    use floorjobs_core::clock::{Clock, SystemClock};
    use floorjobs_core::settings::{Database, Overrides};
    use floorjobs_core::{Client, ErrorKind};
    use pyo3::prelude::*;
    use pyo3::types::PyType;
    use serde_json::{Map, Value};

    #[pymodule_export]
    use crate::client::{PyClient, PyFilter, PyJobEvents};
    #[pymodule_export]
    use crate::context::PyContext;
    #[pymodule_export]
    use crate::designs::generate;
    #[pymodule_export]
    use crate::handler::PyKindOptions;
    use crate::log::Format;
    #[pymodule_export]
    use crate::plans::PyPlanReader;
    #[pymodule_export]
    use crate::request::PyNewJob;
    #[pymodule_export]
    use crate::retention::PyRetention;
    #[pymodule_export]
    use crate::worker::PyWorker;

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The largest PDF that is taken, in bytes.
    #[pyfunction]
    fn max_pdf_bytes() -> usize {
        floorjobs_core::ingest::Limits::default().file_bytes
    }

    /// The database file that the settings name, whether it is there or not; `None` if they name a
    /// database on a server.
    #[pyfunction]
    #[pyo3(signature = (database_url=None))]
    fn database_path(database_url: Option<String>) -> PyResult<Option<std::path::PathBuf>> {
        let overrides = Overrides {
            database_url,
            ..Overrides::default()
        };
        match Database::load(&overrides) {
            Ok(database) => Ok(database.file().map(Into::into)),
            Err(error) => Err(crate::errors::exception(&error)),
        }
    }

    /// Brings the schema of the database that the settings name up to date, or makes it; returns
    /// its number before and after.
    #[pyfunction]
    #[pyo3(signature = (database_url=None))]
    fn migrate(py: Python<'_>, database_url: Option<String>) -> PyResult<(i64, i64)> {
        let overrides = Overrides {
            database_url,
            ..Overrides::default()
        };
        let migrated = py.detach(|| Database::load(&overrides).and_then(|it| Client::migrate(&it)));
        match migrated {
            Ok(migrated) => Ok((migrated.from, migrated.to)),
            Err(error) => Err(crate::errors::exception(&error)),
        }
    }

    /// A line of a log as the worker writes it, of values given as JSON text; `format` is `text`
    /// or `json`.
    #[pyfunction]
    #[pyo3(signature = (name, values, format="text"))]
    fn log_line(name: &str, values: &str, format: &str) -> PyResult<String> {
        let line = || {
            let values = match crate::request::json("values", values)? {
                Value::Object(values) => values,
                _ => Map::new(),
            };
            let now = SystemClock.now();
            Ok(match Format::named(format)? {
                Format::Text => floorjobs_core::worker::log_line(now, name, &values),
                Format::Json => floorjobs_core::worker::json_line(now, name, values),
            })
        };
        line().map_err(|error| crate::errors::exception(&error))
    }

    /// Every error code with its number in C, whether a retry can help, and its exception.
    #[pyfunction]
    fn error_codes(py: Python<'_>) -> Vec<(&'static str, i32, bool, Bound<'_, PyType>)> {
        ErrorKind::ALL
            .into_iter()
            .map(|kind| {
                let class = crate::errors::class(py, kind);
                (kind.code(), kind.number(), kind.is_retryable(), class)
            })
            .collect()
    }
}
