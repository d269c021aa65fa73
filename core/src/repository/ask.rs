//! What the asking methods of a repository take and give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::job::{JobId, Kind, OwnerId, QueueName, Status, Timestamp};
use crate::sys::ProcessIdentity;

/// Who runs attempts: a random id, and the process it lives in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The id of this incarnation.
    pub id: OwnerId,
    /// The process, as far as the system tells.
    pub process: ProcessIdentity,
}

/// Filters of a list of jobs; all that are given must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListJobs {
    /// Only jobs in one of these states; none given means any.
    pub statuses: Vec<Status>,
    /// Only jobs of this kind.
    pub kind: Option<Kind>,
    /// Only jobs of this queue.
    pub queue: Option<QueueName>,
    /// Only jobs about this floor plan.
    pub floorplan_id: Option<i64>,
    /// Only jobs with this unique key, whether they still hold it or not.
    pub unique_key: Option<String>,
    /// Only jobs that were stored at this moment or later.
    pub created_after: Option<Timestamp>,
    /// Only jobs that were stored before this moment.
    pub created_before: Option<Timestamp>,
    /// Only jobs older than this one, that is with a smaller id: the last of the page before.
    pub before: Option<JobId>,
    /// How many at most.
    pub limit: usize,
}

impl Default for ListJobs {
    fn default() -> ListJobs {
        ListJobs {
            statuses: Vec::new(),
            kind: None,
            queue: None,
            floorplan_id: None,
            unique_key: None,
            created_after: None,
            created_before: None,
            before: None,
            limit: 50,
        }
    }
}

/// An uploaded floor plan, and what was read from it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Floorplan {
    /// The id, as routes show it.
    pub id: i64,
    /// The host's project it belongs to.
    pub project_id: Option<i64>,
    /// The name under which the file was uploaded.
    pub filename: Option<String>,
    /// The reference of the PDF's blob.
    pub pdf_ref: String,
    /// The PDF's size in bytes.
    pub pdf_bytes: u64,
    /// What was read; `None` until an ingest succeeded.
    pub reading: Option<Reading>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What an ingest read from a floor plan: the totals, and where the whole lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// How it was read: `vector` or `raster`.
    pub source: String,
    /// How many walls there are.
    pub total_wall_count: u64,
    /// The sum of their lengths in PDF points.
    pub total_linear_pts: f64,
    /// The blob of the whole floor plan as JSON.
    pub document_ref: String,
    /// The blob of its picture as SVG.
    pub svg_ref: String,
}

/// How many jobs there are that have not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Queued, and free for the next claim.
    pub ready: u64,
    /// Queued and not due yet.
    pub delayed: u64,
    /// Queued and waiting for other jobs to end.
    pub blocked: u64,
    /// Running.
    pub running: u64,
}

/// What one queue holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueStats {
    /// The queue.
    pub queue: QueueName,
    /// What has not ended.
    #[serde(flatten)]
    pub active: Counts,
    /// What succeeded and was not deleted yet.
    pub succeeded: u64,
    /// What failed and was not deleted yet.
    pub failed: u64,
    /// What was cancelled and was not deleted yet.
    pub cancelled: u64,
    /// Since when the oldest ready job is due; in the future if the wall clock was stepped back.
    pub oldest_ready: Option<Timestamp>,
    /// Since when the queue is paused, if it is.
    pub paused_since: Option<Timestamp>,
}

impl QueueStats {
    /// An empty queue.
    pub fn of(queue: QueueName) -> QueueStats {
        QueueStats {
            queue,
            active: Counts::default(),
            succeeded: 0,
            failed: 0,
            cancelled: 0,
            oldest_ready: None,
            paused_since: None,
        }
    }
}

/// A worker as it is noted in the repository; for people, and to tell that a process is gone.
///
/// That a worker is missing here proves nothing about it, and nothing is decided by that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRow {
    /// Who.
    pub owner: Owner,
    /// The queues it serves.
    pub queues: Vec<QueueName>,
    /// The kinds it has handlers for.
    pub kinds: Vec<Kind>,
    /// How many jobs of a kind it runs at a time; kinds that are not here have no limit of their
    /// own.
    pub kind_limits: BTreeMap<Kind, u32>,
    /// How many jobs it runs at a time.
    pub concurrency: u32,
    /// How it learns of new jobs between its polls: a word, and after a colon the reason, if there
    /// is one; empty for a process that waits for none.
    pub transport: String,
    /// When it started.
    pub started_at: Timestamp,
    /// When it was last heard of.
    pub beat_at: Timestamp,
}
