//! Which Python exception each error code is raised as: one table, in one place.

use floorjobs_core::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyType;

/// The classes of `floorjobs.exceptions`.
mod classes {
    #![allow(missing_docs)]
    use pyo3::import_exception;

    import_exception!(floorjobs.exceptions, CancelledError);
    import_exception!(floorjobs.exceptions, ConflictError);
    import_exception!(floorjobs.exceptions, CorruptError);
    import_exception!(floorjobs.exceptions, FloorjobsError);
    import_exception!(floorjobs.exceptions, InfeasibleError);
    import_exception!(floorjobs.exceptions, InternalError);
    import_exception!(floorjobs.exceptions, InvalidInputError);
    import_exception!(floorjobs.exceptions, InvalidPdfError);
    import_exception!(floorjobs.exceptions, InvalidStateError);
    import_exception!(floorjobs.exceptions, JobNotFoundError);
    import_exception!(floorjobs.exceptions, LeaseLostError);
    import_exception!(floorjobs.exceptions, LimitExceededError);
    import_exception!(floorjobs.exceptions, NoPlanFoundError);
    import_exception!(floorjobs.exceptions, NotFoundError);
    import_exception!(floorjobs.exceptions, PanickedError);
    import_exception!(floorjobs.exceptions, PasswordRequiredError);
    import_exception!(floorjobs.exceptions, ScaleUnknownError);
    import_exception!(floorjobs.exceptions, UnavailableError);
    import_exception!(floorjobs.exceptions, UnsupportedError);
    import_exception!(floorjobs.exceptions, WaitTimeout);
}

/// Makes `new_exception` and `class` from one list, so that neither can miss a row.
macro_rules! table {
    ($($kind:ident => $class:ident,)*) => {
        fn new_exception(kind: ErrorKind, arguments: (String, Option<String>)) -> PyErr {
            match kind {
                $(ErrorKind::$kind => classes::$class::new_err(arguments),)*
                // A kind that the core has and this table lacks; a test looks for one.
                _ => classes::InternalError::new_err(arguments),
            }
        }

        /// The Python class for a kind of error.
        pub(crate) fn class(py: Python<'_>, kind: ErrorKind) -> Bound<'_, PyType> {
            match kind {
                $(ErrorKind::$kind => py.get_type::<classes::$class>(),)*
                _ => py.get_type::<classes::InternalError>(),
            }
        }
    };
}

table! {
    NotFound => NotFoundError,
    Conflict => ConflictError,
    InvalidInput => InvalidInputError,
    InvalidState => InvalidStateError,
    LeaseLost => LeaseLostError,
    Timeout => WaitTimeout,
    Cancelled => CancelledError,
    Unavailable => UnavailableError,
    Unsupported => UnsupportedError,
    LimitExceeded => LimitExceededError,
    InvalidPdf => InvalidPdfError,
    PasswordRequired => PasswordRequiredError,
    NoPlanFound => NoPlanFoundError,
    ScaleUnknown => ScaleUnknownError,
    Infeasible => InfeasibleError,
    Corrupt => CorruptError,
    Panicked => PanickedError,
    Internal => InternalError,
}

/// The exception for an error, with its causes in the sentence.
pub(crate) fn exception(error: &Error) -> PyErr {
    let field = error.field().map(str::to_owned);
    new_exception(error.kind(), (error.chain(), field))
}

/// The error that an exception of this library stands for; `None` for any other exception.
pub(crate) fn from_exception(py: Python<'_>, raised: &PyErr) -> Option<Error> {
    if !raised.is_instance_of::<classes::FloorjobsError>(py) {
        return None;
    }
    let value = raised.value(py);
    let code: String = value.getattr("code").and_then(|code| code.extract()).ok()?;
    let kind = ErrorKind::from_code(&code)?;
    let message = value.str().ok()?.to_string_lossy().into_owned();
    Some(Error::new(kind, message))
}

/// As [`exception`], where what was not found is a job.
pub(crate) fn exception_about_job(error: &Error) -> PyErr {
    match error.kind() {
        ErrorKind::NotFound => classes::JobNotFoundError::new_err((error.chain(), None::<String>)),
        _ => exception(error),
    }
}
