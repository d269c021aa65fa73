//! What bears on whether and when one job runs.

use crate::job::{Attempt, Job, JobId, Kind, Status, Timestamp};

use super::WorkerRow;

/// A job and all that it depends on, as of one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// The moment, by the repository's clock.
    pub now: Timestamp,
    /// The job.
    pub job: Job,
    /// Its newest attempt, if it was ever started.
    pub newest_attempt: Option<Attempt>,
    /// Since when its queue is paused, if it is.
    pub paused_since: Option<Timestamp>,
    /// The jobs it still waits for, by id.
    pub parents: Vec<Parent>,
    /// The ready jobs of its queue that run before it: how many of each kind, by kind. `None`
    /// unless it is ready itself.
    pub before: Option<Vec<(Kind, u64)>>,
    /// All workers that are noted, most recently alive first, with what they run.
    pub workers: Vec<WorkerLoad>,
}

impl Situation {
    /// How many ready jobs of its queue run before it; `None` unless it is ready itself.
    pub fn position(&self) -> Option<u64> {
        self.before
            .as_ref()
            .map(|before| before.iter().map(|(_, count)| count).sum())
    }
}

/// A job that another one waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Parent {
    /// Which.
    #[serde(rename = "job_id")]
    pub job: JobId,
    /// Where it stands.
    pub status: Status,
}

/// A worker and what it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerLoad {
    /// The worker as it is noted.
    pub worker: WorkerRow,
    /// What it runs, in the order of the jobs' ids: the kind, and since when.
    pub running: Vec<(Kind, Timestamp)>,
}
