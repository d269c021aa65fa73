//! The Python module of floorjobs: `floorjobs._floorjobs`, wrapped by the package around it.

use pyo3::prelude::*;

/// The native part of floorjobs; use the package `floorjobs` instead.
#[pymodule]
mod _floorjobs {
    use floorjobs_core::ErrorKind;
    use pyo3::prelude::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals)]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// Every error code with whether a retry can help, in the order of the C numbers.
    #[pyfunction]
    fn error_codes() -> Vec<(&'static str, bool)> {
        ErrorKind::ALL
            .iter()
            .map(|kind| (kind.code(), kind.is_retryable()))
            .collect()
    }
}
