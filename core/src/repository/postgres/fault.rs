//! Errors of this module inside, and how they look from outside.

use tokio_postgres::error::{DbError, SqlState};

use crate::error::{Error, ErrorKind};
use crate::job::JobId;

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
    /// Another transaction changed what this one rests on; it has to begin anew.
    #[error("another transaction was faster")]
    Overtaken,
}

/// The result of one operation.
pub(super) type Op<T> = Result<T, Fault>;

impl Fault {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Fault::Sql(error) => error.code(),
            Fault::Away(_) | Fault::Rule(_) | Fault::Overtaken => None,
        }
    }

    /// Whether it is the word of somebody who knows that nothing was committed.
    ///
    /// Else the connection was lost, and with it the answer.
    pub(super) fn is_answer(&self) -> bool {
        match self {
            Fault::Sql(error) => error.as_db_error().is_some(),
            Fault::Away(_) => false,
            Fault::Rule(_) | Fault::Overtaken => true,
        }
    }

    /// Whether two transactions got in each other's way, so that one of them has to begin anew.
    pub(super) fn is_conflict(&self) -> bool {
        let code = self.code();
        matches!(self, Fault::Overtaken)
            || code == Some(&SqlState::T_R_SERIALIZATION_FAILURE)
            || code == Some(&SqlState::T_R_DEADLOCK_DETECTED)
            || self.breaks("jobs_unique").is_some()
    }

    /// The id that could not be stored because a job has it, if that is what went wrong.
    pub(super) fn taken_id(&self) -> Option<JobId> {
        // `Key (id)=(0198…) already exists.`, in whatever language.
        let detail = self.breaks("jobs_pkey")?.detail()?;
        let id = detail.split_once("(id)=(")?.1.split_once(')')?.0;
        id.parse().ok()
    }

    /// What the server says, if a unique index of this name is why.
    fn breaks(&self, index: &str) -> Option<&DbError> {
        let Fault::Sql(error) = self else { return None };
        let error = error.as_db_error()?;
        let is_why =
            *error.code() == SqlState::UNIQUE_VIOLATION && error.constraint() == Some(index);
        is_why.then_some(error)
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
            Fault::Rule(_) | Fault::Overtaken => false,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Error {
        match fault {
            Fault::Rule(error) => error,
            Fault::Away(error) => Error::new(ErrorKind::Unavailable, NO_ANSWER).with_source(error),
            Fault::Overtaken => Error::new(
                ErrorKind::Unavailable,
                "other transactions on the job database were faster, again and again",
            ),
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
