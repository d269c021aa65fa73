//! Why Redis cannot be used at the moment, in words that hold no secret.

use std::fmt;

/// What went wrong with Redis. It never fails a job; it is told to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The name of the server leads to no address.
    Unresolved(String),
    /// The connection could not be made, or broke.
    Broken(String),
    /// No answer came in the time allowed.
    Slow,
    /// The server answered and refused, such as a read-only replica or one without memory.
    Refused(String),
    /// The stream or its group is gone; both are made anew.
    GroupLost,
    /// The probe was written and did not come back.
    ProbeLost,
}

impl Fault {
    pub(super) fn broken(error: &std::io::Error) -> Fault {
        Fault::Broken(error.to_string())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unresolved(why) => write!(f, "the server's name was not resolved: {why}"),
            Fault::Broken(why) => write!(f, "no connection: {why}"),
            Fault::Slow => f.write_str("no answer in time"),
            Fault::Refused(why) => write!(f, "refused: {why}"),
            Fault::GroupLost => f.write_str("the stream or its group is gone"),
            Fault::ProbeLost => f.write_str("a probe was written and did not come back"),
        }
    }
}
