//! What the writing methods of a repository take and give: one struct each.

use std::time::Duration;

use serde_json::Value;

use super::ask::Owner;
use super::product::Product;
use crate::error::Result;
use crate::job::{
    Failure, Fence, Job, JobId, Kind, NewJob, Outcome, OwnerId, Progress, QueueName, RetryPolicy,
    Status, Timestamp, Usage,
};

/// One job to store, with all defaults filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Enqueue {
    /// The id of the new job.
    pub id: JobId,
    /// The checked request.
    pub job: NewJob,
    /// The queue, if the request names none.
    pub default_queue: QueueName,
    /// Where the input file lies, as the reference of a blob that is already durable.
    pub payload_ref: Option<String>,
    /// A floor plan to be made with the job and linked to it.
    pub floorplan: Option<NewFloorplan>,
}

/// A floor plan that is about to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFloorplan {
    /// The host's project it belongs to.
    pub project_id: Option<i64>,
    /// The name under which the file was uploaded; shown, never opened.
    pub filename: Option<String>,
    /// The reference of the PDF's blob.
    pub pdf_ref: String,
    /// The PDF's size in bytes.
    pub pdf_bytes: u64,
}

/// What became of one [`Enqueue`].
#[derive(Debug, Clone, PartialEq)]
pub struct Enqueued {
    /// The job.
    pub job: Job,
    /// Whether it was there already, under the same unique key.
    pub existing: bool,
}

/// Which jobs an owner wants to run.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Who will run them.
    pub owner: Owner,
    /// The queues to take from; an earlier one is emptied first.
    pub queues: Vec<QueueName>,
    /// The kinds the owner has handlers for; others are left to other workers.
    pub kinds: Vec<Kind>,
    /// How many at most.
    pub limit: usize,
    /// How long the owner may be silent before a job is taken from it.
    pub lease: Duration,
}

impl Claim {
    /// The same claim for no more jobs than attempts have ended.
    pub(in crate::repository) fn in_place_of(&self, ended: &[Result<Ended>]) -> Claim {
        let accepted = ended.iter().filter(|answer| answer.is_ok()).count();
        Claim {
            limit: self.limit.min(accepted),
            ..self.clone()
        }
    }
}

/// What became of a job by the end of an attempt, as far as whoever ends many at once asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Where it stands.
    pub status: Status,
    /// Whether a job has been made that waits for it.
    pub is_awaited: bool,
}

impl Ended {
    /// What this is of the whole job.
    pub fn of(job: &Job) -> Ended {
        Ended {
            status: job.status,
            is_awaited: job.is_awaited,
        }
    }
}

/// What came of endings that claim.
#[derive(Debug)]
pub struct Exchanged {
    /// What each job is after its ending, or why that was refused; in the order of the endings.
    pub ended: Vec<Result<Ended>>,
    /// The jobs that run now, best first.
    pub started: Vec<Job>,
}

/// The signs of life of one owner.
#[derive(Debug, Clone)]
pub struct Heartbeat {
    /// Who is alive.
    pub owner: OwnerId,
    /// The attempts it runs.
    pub beats: Vec<Beat>,
    /// The new lease of each; `None` writes progress and asks for cancel requests only.
    pub lease: Option<Duration>,
}

/// The sign of life of one attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Beat {
    /// The attempt.
    pub fence: Fence,
    /// Its progress, if that changed.
    pub progress: Option<Progress>,
    /// Since when it has told nothing new, if its worker finds that too long; what is stored
    /// follows each beat.
    pub stalled_since: Option<Timestamp>,
}

impl Beat {
    /// The sign of life of an attempt that has nothing new to tell.
    pub fn of(fence: Fence) -> Beat {
        Beat {
            fence,
            progress: None,
            stalled_since: None,
        }
    }
}

/// The answer to one [`Beat`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The attempt is the running one.
    Held {
        /// Whether somebody asked for it to stop.
        cancel_requested: bool,
    },
    /// The attempt was given up; whatever it still writes is refused.
    Lost,
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// The job has its result.
    Succeeded {
        /// What the handler returned.
        result: Option<Value>,
        /// Where the result is to be found.
        result_ref: Option<Value>,
        /// What it made besides.
        product: Option<Product>,
    },
    /// An error, after which the job runs again.
    Retried {
        /// What went wrong.
        error: Failure,
        /// When it runs again.
        run_at: Timestamp,
    },
    /// An error that ends the job.
    Failed {
        /// What went wrong.
        error: Failure,
    },
    /// The process that ran the handler for the worker died. Counts as a crash.
    Crashed {
        /// How it died.
        error: Failure,
        /// When the job runs again; `None` when that was one crash too many, and the job failed.
        run_at: Option<Timestamp>,
    },
    /// No error: the handler asked to run later. Counts as nothing.
    Snoozed {
        /// When it runs again.
        run_at: Timestamp,
    },
    /// The worker has to stop; the job is ready at once, whatever became of the wall clock. Counts
    /// as an interruption.
    Released,
    /// The attempt stopped because somebody asked for it.
    Cancelled,
}

impl Ending {
    /// The outcome of the attempt.
    pub fn outcome(&self) -> Outcome {
        match self {
            Ending::Succeeded { .. } => Outcome::Succeeded,
            Ending::Retried { .. } => Outcome::Retried,
            Ending::Failed { .. } => Outcome::Failed,
            Ending::Crashed { .. } => Outcome::Crashed,
            Ending::Snoozed { .. } => Outcome::Snoozed,
            Ending::Released => Outcome::Released,
            Ending::Cancelled => Outcome::Cancelled,
        }
    }

    /// The failure it brings, if any.
    pub fn error(&self) -> Option<&Failure> {
        match self {
            Ending::Retried { error, .. }
            | Ending::Failed { error }
            | Ending::Crashed { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The end of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Finish {
    /// The attempt.
    pub fence: Fence,
    /// How it ends.
    pub ending: Ending,
    /// What it used, if the worker can tell.
    pub usage: Option<Usage>,
    /// Where the error came up, as the handler's language shows it; kept with the attempt.
    pub trace: Option<String>,
}

impl Finish {
    /// The end of an attempt of which nothing more is known.
    pub fn of(fence: Fence, ending: Ending) -> Finish {
        Finish {
            fence,
            ending,
            usage: None,
            trace: None,
        }
    }
}

/// Which attempts to give up.
#[derive(Debug, Clone)]
pub struct Reap {
    /// Owners that are provably gone: their attempts need no expired lease.
    pub gone: Vec<OwnerId>,
    /// How many attempts at most.
    pub limit: usize,
    /// When a crashed job runs again.
    pub policy: RetryPolicy,
    /// The random part of the delays, in 0..1.
    pub jitter: f64,
}

/// Which ended jobs to delete: those that ended before a moment, by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prune {
    /// For jobs that succeeded; `None` keeps them.
    pub succeeded_before: Option<Timestamp>,
    /// For jobs that failed; `None` keeps them.
    pub failed_before: Option<Timestamp>,
    /// For jobs that were cancelled; `None` keeps them.
    pub cancelled_before: Option<Timestamp>,
    /// How many at most.
    pub limit: usize,
}

impl Prune {
    /// The moment for jobs that ended with `status`.
    pub fn before(&self, status: Status) -> Option<Timestamp> {
        match status {
            Status::Succeeded => self.succeeded_before,
            Status::Failed => self.failed_before,
            Status::Cancelled => self.cancelled_before,
            Status::Queued | Status::Running => None,
        }
    }
}

/// An attempt that was given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaped {
    /// The attempt.
    pub fence: Fence,
    /// The kind of its job.
    pub kind: Kind,
    /// The request of the host's that led to its job.
    pub request_id: Option<String>,
    /// What became of the job.
    pub status: Status,
}

impl Reaped {
    /// The job whose attempt was given up.
    pub fn job(&self) -> JobId {
        self.fence.job
    }
}
