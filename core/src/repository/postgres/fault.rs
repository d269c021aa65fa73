//! Errors of this module inside, and how they look from outside.

use tokio_postgres::error::SqlState;

use crate::error::{Error, ErrorKind};

/// What can go wrong in an operation on the database.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// The server says so, or the connection broke.
    #[error(transparent)]
    Sql(#[from] tokio_postgres::Error),
    /// There is no connection, or none that answers.
    #[error(transparent)]
    Away(std::io::Error),
    /// The rules of the repository say so.
    #[error(transparent)]
    Rule(#[from] Error),
}

/// The result of one operation.
pub(super) type Op<T> = Result<T, Fault>;

impl Fault {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Fault::Sql(error) => error.code(),
            Fault::Away(_) | Fault::Rule(_) => None,
        }
    }

    /// Whether it is the word of somebody who knows that nothing was committed.
    ///
    /// Else the connection was lost, and with it the answer.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Fault::Sql(error) => error.as_db_error().is_some(),
            Fault::Away(_) => false,
            Fault::Rule(_) => true,
        }
    }

    /// Whether two transactions got in each other's way, so that one of them has to begin anew.
    pub(super) fn is_conflict(&self) -> bool {
        let code = self.code();
        code == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
            || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
    }

    /// Whether a value was stored meanwhile that an index keeps unique.
    pub(super) fn is_taken(&self) -> bool {
        self.code() == Some(&SqlState::UNIQUE_VIOLATION)
    }

    /// Whether the server cannot be used now and may be in a moment: it restarts, or has as many
    /// connections as it can take.
    pub(super) fn is_away(&self) -> bool {
        match self {
            Fault::Sql(error) if error.as_db_error().is_none() => true,
            Fault::Sql(error) => error.code().is_some_and(|code| {
                let code = code.code();
                // Connection exceptions, shutdowns and starts, and too many connections.
                code.starts_with("08") || code.starts_with("57P") || code == "53300"
            }),
            Fault::Away(_) => true,
            Fault::Rule(_) => false,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Rule(error) => error,
            Fault::Away(error) => Error::new(ErrorKind::Unavailable, NO_ANSWER).with_source(error),
            Fault::Sql(error) if has_no_schema(&error) => no_schema(),
            Fault::Sql(error) => Error::new(kind_of(&error), NO_ANSWER).with_source(error),
        }
    }
}

const NO_ANSWER: &str = "the job database did not answer";

/// The error for a database in which nobody has run the migrations.
pub(super) fn no_schema() -> Error {
    Error::new(
        ErrorKind::InvalidState,
        "the PostgreSQL database has no floorjobs schema; run `python -m floorjobs migrate` once",
    )
}

fn has_no_schema(error: &tokio_postgres::Error) -> bool {
    let code = error.code();
    code == Some(&SqlState::UNDEFINED_TABLE) || code == Some(&SqlState::INVALID_SCHEMA_NAME)
}

fn kind_of(error: &tokio_postgres::Error) -> ErrorKind {
    let Some(code) = error.code().map(SqlState::code) else {
        return ErrorKind::Unavailable;
    };
    match code.get(..2).unwrap_or_default() {
        // Connections, authorization, the database's name, resources, limits of time, operators.
        "08" | "28" | "3D" | "53" | "57" | "58" => ErrorKind::Unavailable,
        _ => match code {
            // A lock that was not given in time, conflicts that did not end, a standby, and rights.
            "55P03" | "40001" | "40P01" | "25006" | "25P03" | "42501" => ErrorKind::Unavailable,
            "XX001" | "XX002" => ErrorKind::Corrupt,
            _ => ErrorKind::Internal,
        },
    }
}

/// The error for a stored value that this version cannot read.
pub(super) fn unreadable(column: &str, value: &str) -> Fault {
    let shown: String = value.chars().take(80).collect();
    Fault::Rule(Error::new(
        ErrorKind::Corrupt,
        format!("the job database holds `{shown}` in {column}, which means nothing"),
    ))
}

/// Whether a row was read and made no sense, while the database itself is in order.
pub(super) fn is_unreadable(fault: &Fault) -> bool {
    matches!(fault, Fault::Rule(error) if error.kind() == ErrorKind::Corrupt)
}
