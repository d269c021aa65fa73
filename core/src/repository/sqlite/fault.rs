//! Errors of this module inside, and how they look from outside.

use rusqlite::ErrorCode;

use crate::error::{Error, ErrorKind};

/// What can go wrong in an operation on the database.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// SQLite says so.
    #[error(transparent)]
    Sql(#[from] rusqlite::Error),
    /// The rules of the repository say so.
    #[error(transparent)]
    Rule(#[from] Error),
}

/// The result of one operation.
pub(super) type Op<T> = Result<T, Fault>;

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Rule(error) => error,
            Fault::Sql(error) if means_nothing(&error) => Error::new(
                ErrorKind::Corrupt,
                "the job database holds a value that means nothing",
            )
            .with_source(error),
            Fault::Sql(error) => {
                Error::new(kind_of(&error), sentence_of(&error)).with_source(error)
            }
        }
    }
}

fn kind_of(error: &rusqlite::Error) -> ErrorKind {
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::PermissionDenied
            | ErrorCode::OutOfMemory
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OperationInterrupted
            | ErrorCode::SchemaChanged,
        ) => ErrorKind::Unavailable,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => ErrorKind::Corrupt,
        _ => ErrorKind::Internal,
    }
}

/// What is wrong, as far as somebody can do something about it.
fn sentence_of(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen) => {
            "the job database cannot be opened: is its folder there, and writable?"
        }
        Some(ErrorCode::DiskFull) => "the disk of the job database is full",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "the job database cannot be written"
        }
        Some(ErrorCode::DatabaseCorrupt) => "the job database is damaged",
        Some(ErrorCode::NotADatabase) => "the job database is no database",
        _ => "the job database did not answer",
    }
}

/// Whether a value was read and is none of those that belong there.
pub(super) fn means_nothing(error: &rusqlite::Error) -> bool {
    matches!(
        error,
        rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
    )
}

/// Whether another connection held the lock for longer than we waited.
pub(super) fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

/// The error for a stored value that this version cannot read.
pub(super) fn unreadable(column: &str, value: &str) -> Fault {
    let shown: String = value.chars().take(80).collect();
    Fault::Rule(Error::new(
        ErrorKind::Corrupt,
        format!("the job database holds `{shown}` in {column}, which means nothing"),
    ))
}
