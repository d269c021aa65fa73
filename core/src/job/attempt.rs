//! Attempts: the runs of a job, one after the other.

use std::fmt;

use serde::Serialize;

use super::{Failure, JobId, OwnerId, Timestamp};

/// What an attempt must show with everything it writes.
///
/// A write is accepted only while the job is running, this is its newest attempt, and this
/// owner runs it. The attempt number counts starts and never goes back, so that an attempt
/// that was given up cannot pass for a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence {
    /// The job.
    pub job: JobId,
    /// Which start of the job this is, from 1.
    pub attempt: u32,
    /// The process incarnation that runs it.
    pub owner: OwnerId,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// With the result of the job.
    Succeeded,
    /// With an error after which the job runs again.
    Retried,
    /// With an error that ended the job.
    Failed,
    /// Given back to run later, without an error.
    Snoozed,
    /// Given back because the worker had to stop.
    Released,
    /// The worker died or fell silent, or the process that ran the handler for it died.
    Crashed,
    /// Ended on request.
    Cancelled,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Outcome; 7] = [
        Outcome::Succeeded,
        Outcome::Retried,
        Outcome::Failed,
        Outcome::Snoozed,
        Outcome::Released,
        Outcome::Crashed,
        Outcome::Cancelled,
    ];

    /// The stable text form, such as `succeeded`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Succeeded => "succeeded",
            Outcome::Retried => "retried",
            Outcome::Failed => "failed",
            Outcome::Snoozed => "snoozed",
            Outcome::Released => "released",
            Outcome::Crashed => "crashed",
            Outcome::Cancelled => "cancelled",
        }
    }

    /// The outcome whose text form is `text`, or `None`.
    pub fn from_text(text: &str) -> Option<Outcome> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One run of a job by one worker; history, kept with the job: the newest 1,000.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Attempt {
    /// Which start of the job this is, from 1.
    pub number: u32,
    /// The process incarnation that ran it.
    pub owner: OwnerId,
    /// The name of the machine.
    pub host: String,
    /// The process on that machine.
    pub pid: u32,
    /// When it was claimed.
    pub started_at: Timestamp,
    /// When its outcome was accepted; `None` while it runs.
    pub finished_at: Option<Timestamp>,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// What went wrong, if something did.
    pub error: Option<Failure>,
    /// What it used, where the system and the worker tell.
    pub usage: Option<Usage>,
    /// Where in the handler's program the error came up, as that program's language shows it; for
    /// developers, and part of no job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// What an attempt used of the machine, measured when its handler returned.
///
/// An attempt whose handler did not return in time, or whose worker died, has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Processor time of the thread that ran the handler, in microseconds: user and system time,
    /// no waiting. What other threads or processes worked for the handler is not in it.
    pub cpu_us: i64,
    /// The most memory that the worker's process has held at once since it started, in bytes of
    /// resident memory; 0 where the system does not tell.
    ///
    /// The system counts it for the process, so all handlers that ran there until then share it,
    /// and it never goes down. Where it is higher than in the attempt before, what ran since made
    /// it so.
    pub peak_memory_bytes: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_read_back() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_text(outcome.as_str()), Some(outcome));
            let json = serde_json::to_string(&outcome).unwrap();
            assert_eq!(json, format!("\"{outcome}\""));
        }
    }
}
