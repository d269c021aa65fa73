//! The error codes as numbers: the C form of [`floorjobs_core::ErrorKind`].

use std::ffi::{CStr, c_char, c_int};

use floorjobs_core::job::Failure;
use floorjobs_core::{Error, ErrorKind, Result};

use crate::guard::guard;
use crate::text::fj_str;

/// What a call came to: `FJ_OK`, or what went wrong.
///
/// The same closed set of codes as in Rust, Python, HTTP answers and stored failures;
/// `fj_status_code()` gives the text form. A number never changes its meaning, and a later
/// version may add numbers at the end, so a `switch` needs a `default`.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub enum fj_status {
    /// The call did what it says.
    FJ_OK = 0,
    /// The job, floor plan or file asked for does not exist.
    FJ_NOT_FOUND = 1,
    /// Another request or process got there first, and both cannot stand.
    FJ_CONFLICT = 2,
    /// An argument, a request field or a setting is not acceptable.
    FJ_INVALID_INPUT = 3,
    /// The object exists, but its state does not allow the operation.
    FJ_INVALID_STATE = 4,
    /// The attempt that writes is no longer the running one; its write was refused.
    FJ_LEASE_LOST = 5,
    /// The time allowed ran out.
    FJ_TIMEOUT = 6,
    /// The work was cancelled on request.
    FJ_CANCELLED = 7,
    /// A database, disk or server that is needed cannot be used at the moment.
    FJ_UNAVAILABLE = 8,
    /// The input or platform needs something that this version cannot do.
    FJ_UNSUPPORTED = 9,
    /// A limit was passed; the message names the limit and the value.
    FJ_LIMIT_EXCEEDED = 10,
    /// The bytes are not a PDF that can be read.
    FJ_INVALID_PDF = 11,
    /// The PDF opens only with a password.
    FJ_PASSWORD_REQUIRED = 12,
    /// The PDF was read, but no page holds a floor plan.
    FJ_NO_PLAN_FOUND = 13,
    /// The drawing's scale is needed and could not be told.
    FJ_SCALE_UNKNOWN = 14,
    /// The requirements contradict each other or the space.
    FJ_INFEASIBLE = 15,
    /// Stored data does not match its checksum or its schema.
    FJ_CORRUPT = 16,
    /// A handler panicked; the panic was caught and the process goes on.
    FJ_PANICKED = 17,
    /// A defect in this library, or a failure that fits no other code.
    FJ_INTERNAL = 18,
}

/// One row per failure: the kind in Rust, the number in C, the text everywhere.
struct Row(ErrorKind, fj_status, &'static CStr);

const TABLE: [Row; ErrorKind::ALL.len()] = {
    use fj_status::*;
    [
        Row(ErrorKind::NotFound, FJ_NOT_FOUND, c"not_found"),
        Row(ErrorKind::Conflict, FJ_CONFLICT, c"conflict"),
        Row(ErrorKind::InvalidInput, FJ_INVALID_INPUT, c"invalid_input"),
        Row(ErrorKind::InvalidState, FJ_INVALID_STATE, c"invalid_state"),
        Row(ErrorKind::LeaseLost, FJ_LEASE_LOST, c"lease_lost"),
        Row(ErrorKind::Timeout, FJ_TIMEOUT, c"timeout"),
        Row(ErrorKind::Cancelled, FJ_CANCELLED, c"cancelled"),
        Row(ErrorKind::Unavailable, FJ_UNAVAILABLE, c"unavailable"),
        Row(ErrorKind::Unsupported, FJ_UNSUPPORTED, c"unsupported"),
        Row(
            ErrorKind::LimitExceeded,
            FJ_LIMIT_EXCEEDED,
            c"limit_exceeded",
        ),
        Row(ErrorKind::InvalidPdf, FJ_INVALID_PDF, c"invalid_pdf"),
        Row(
            ErrorKind::PasswordRequired,
            FJ_PASSWORD_REQUIRED,
            c"password_required",
        ),
        Row(ErrorKind::NoPlanFound, FJ_NO_PLAN_FOUND, c"no_plan_found"),
        Row(ErrorKind::ScaleUnknown, FJ_SCALE_UNKNOWN, c"scale_unknown"),
        Row(ErrorKind::Infeasible, FJ_INFEASIBLE, c"infeasible"),
        Row(ErrorKind::Corrupt, FJ_CORRUPT, c"corrupt"),
        Row(ErrorKind::Panicked, FJ_PANICKED, c"panicked"),
        Row(ErrorKind::Internal, FJ_INTERNAL, c"internal"),
    ]
};

impl fj_status {
    /// The status of a kind of error.
    pub(crate) fn of(kind: ErrorKind) -> fj_status {
        let row = TABLE.iter().find(|row| row.0 == kind);
        row.map_or(fj_status::FJ_INTERNAL, |row| row.1)
    }
}

/// A failure of the host's own, from the arguments of an export.
pub(crate) fn failure(status: c_int, message: fj_str) -> Result<Failure> {
    let row = row(status)
        .ok_or_else(|| Error::invalid_field("status", format!("`status` is no error: {status}")))?;
    Ok(Failure::new(row.0, message.required("message")?))
}

fn row(status: c_int) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.1 as c_int == status)
}

/// The text form of a status, such as `not_found`; `ok` for 0.
///
/// `status`: any number, so that one from a later version or from a log may be asked about too; one
/// that this version does not know gives `unknown`. Any thread. The text is static: never
/// free it. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_status_code(status: c_int) -> *const c_char {
    guard(c"unknown".as_ptr(), || match row(status) {
        Some(row) => row.2.as_ptr(),
        None if status == fj_status::FJ_OK as c_int => c"ok".as_ptr(),
        None => c"unknown".as_ptr(),
    })
}

/// Whether the same call, made again later, may succeed.
///
/// `status`: any number; false for `FJ_OK` and for those that this version does not know. Any thread.
/// Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_status_is_retryable(status: c_int) -> bool {
    guard(false, || {
        row(status).is_some_and(|row| row.0.is_retryable())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: c_int) -> &'static str {
        // SAFETY: the function returns a static text that ends with NUL.
        unsafe { CStr::from_ptr(fj_status_code(status)) }
            .to_str()
            .unwrap()
    }

    #[test]
    fn the_table_is_total_and_agrees_with_the_core() {
        for (kind, Row(in_table, status, text)) in ErrorKind::ALL.into_iter().zip(&TABLE) {
            assert_eq!(*in_table, kind);
            assert_eq!(*status as i32, kind.number());
            assert_eq!(text.to_str(), Ok(kind.code()));
            assert_eq!(code(kind.number()), kind.code());
            assert_eq!(fj_status_is_retryable(kind.number()), kind.is_retryable());
        }
    }

    #[test]
    fn numbers_outside_the_table_have_an_answer() {
        assert_eq!(code(0), "ok");
        assert!(!fj_status_is_retryable(0));
        for status in [-1, TABLE.len() as c_int + 1, c_int::MAX, c_int::MIN] {
            assert_eq!(code(status), "unknown");
            assert!(!fj_status_is_retryable(status));
        }
    }
}
