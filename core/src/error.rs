//! The one error type of the library, with its closed set of stable codes.
//!
//! Modules keep errors of their own inside and convert them here at their edge. The code of an
//! [`ErrorKind`] is the same text in Rust, C, Python, HTTP answers and stored failures.

use std::error::Error as StdError;
use std::fmt;

/// What went wrong, as a closed set of stable codes.
///
/// [`ErrorKind::code`] is the text form used everywhere; [`ErrorKind::number`] is the C form.
/// Numbers are append-only: a published number never changes its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The job, floor plan or file asked for does not exist.
    NotFound,
    /// Another request or process got there first, and both cannot stand.
    Conflict,
    /// An argument, a request field or a setting is not acceptable.
    InvalidInput,
    /// The object exists, but its state does not allow the operation.
    InvalidState,
    /// The attempt that writes is no longer the running one; its write was refused.
    LeaseLost,
    /// The time allowed ran out.
    Timeout,
    /// The work was cancelled on request.
    Cancelled,
    /// A database, disk or server that is needed cannot be used at the moment.
    Unavailable,
    /// The input or platform needs something that this version cannot do.
    Unsupported,
    /// A limit was passed; the message names the limit and the value.
    LimitExceeded,
    /// The bytes are not a PDF that can be read.
    InvalidPdf,
    /// The PDF opens only with a password.
    PasswordRequired,
    /// The PDF was read, but no page holds a floor plan.
    NoPlanFound,
    /// The drawing's scale is needed and could not be told.
    ScaleUnknown,
    /// The requirements contradict each other or the space.
    Infeasible,
    /// Stored data does not match its checksum or its schema.
    Corrupt,
    /// A handler panicked; the panic was caught and the process goes on.
    Panicked,
    /// A defect in this library, or a failure that fits no other code.
    Internal,
}

impl ErrorKind {
    /// Every kind, in the order of its number.
    pub const ALL: [ErrorKind; 18] = [
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::InvalidInput,
        ErrorKind::InvalidState,
        ErrorKind::LeaseLost,
        ErrorKind::Timeout,
        ErrorKind::Cancelled,
        ErrorKind::Unavailable,
        ErrorKind::Unsupported,
        ErrorKind::LimitExceeded,
        ErrorKind::InvalidPdf,
        ErrorKind::PasswordRequired,
        ErrorKind::NoPlanFound,
        ErrorKind::ScaleUnknown,
        ErrorKind::Infeasible,
        ErrorKind::Corrupt,
        ErrorKind::Panicked,
        ErrorKind::Internal,
    ];

    /// The stable text code, such as `not_found`.
    pub const fn code(self) -> &'static str {
        match self {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Conflict => "conflict",
            ErrorKind::InvalidInput => "invalid_input",
            ErrorKind::InvalidState => "invalid_state",
            ErrorKind::LeaseLost => "lease_lost",
            ErrorKind::Timeout => "timeout",
            ErrorKind::Cancelled => "cancelled",
            ErrorKind::Unavailable => "unavailable",
            ErrorKind::Unsupported => "unsupported",
            ErrorKind::LimitExceeded => "limit_exceeded",
            ErrorKind::InvalidPdf => "invalid_pdf",
            ErrorKind::PasswordRequired => "password_required",
            ErrorKind::NoPlanFound => "no_plan_found",
            ErrorKind::ScaleUnknown => "scale_unknown",
            ErrorKind::Infeasible => "infeasible",
            ErrorKind::Corrupt => "corrupt",
            ErrorKind::Panicked => "panicked",
            ErrorKind::Internal => "internal",
        }
    }

    /// The stable number used by the C interface; 0 is success and never an error.
    pub const fn number(self) -> i32 {
        self as i32 + 1
    }

    /// The kind whose [`code`](Self::code) is `code`, or `None`.
    pub fn from_code(code: &str) -> Option<ErrorKind> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Whether the same operation, tried again later, may succeed.
    ///
    /// An attempt that fails with a kind for which this is false ends its job at once.
    pub const fn is_retryable(self) -> bool {
        matches!(
            self,
            ErrorKind::Conflict
                | ErrorKind::LeaseLost
                | ErrorKind::Timeout
                | ErrorKind::Unavailable
                | ErrorKind::Panicked
                | ErrorKind::Internal
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An error with a stable code, a sentence, and the request field it is about, if any.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The result type of this library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of `kind`; `message` is lower case, without a full stop, and names the value.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            field: None,
            source: None,
        }
    }

    /// An [`ErrorKind::InvalidInput`] about the named request field or argument.
    pub fn invalid_field(field: impl Into<String>, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidInput, message).with_field(field)
    }

    /// The same error with the error that caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.source = Some(source.into());
        self
    }

    /// The same error, told to be about a request field or argument.
    #[must_use]
    pub fn with_field(mut self, field: impl Into<String>) -> Error {
        self.field = Some(field.into());
        self
    }

    /// Which kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence that says what happened, without the causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The request field or argument at fault, as a path such as `walls[3].x1`.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Whether trying again later may succeed; see [`ErrorKind::is_retryable`].
    pub fn is_retryable(&self) -> bool {
        self.kind.is_retryable()
    }

    /// The sentence followed by each cause, joined with `: `, as it is stored with a failed job.
    pub fn chain(&self) -> String {
        let mut text = self.message.clone();
        for cause in self.causes() {
            text.push_str(": ");
            text.push_str(&cause);
        }
        text
    }

    /// What led to it, one sentence each: the nearest cause first, the root last.
    pub fn causes(&self) -> Vec<String> {
        std::iter::successors(self.source(), |&cause| cause.source())
            .map(ToString::to_string)
            .collect()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_its_own_code_and_number() {
        let codes: HashSet<_> = ErrorKind::ALL.iter().map(|kind| kind.code()).collect();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
        for (index, kind) in ErrorKind::ALL.into_iter().enumerate() {
            assert_eq!(kind.number(), i32::try_from(index).unwrap() + 1);
            assert_eq!(ErrorKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(ErrorKind::from_code("nonsense"), None);
    }

    #[test]
    fn a_chain_names_each_cause_once() {
        let inner = Error::new(ErrorKind::Unavailable, "disk is full");
        let outer = Error::new(ErrorKind::Internal, "cannot store the job").with_source(inner);
        assert_eq!(outer.chain(), "cannot store the job: disk is full");
        assert_eq!(outer.to_string(), "cannot store the job");
    }
}
