//! A job as it is stored and shown.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{JobId, Kind, ParentFailure, QueueName, Status, Timestamp};
use crate::error::{Error, ErrorKind};

/// How far a running attempt is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Progress {
    /// How much of the whole is done, in 0..=1.
    pub fraction: f64,
    /// What the attempt is doing, such as `finding walls`.
    pub stage: String,
    /// More about it, if there is more to say.
    pub message: Option<String>,
}

/// Why an attempt or a job failed: a stable code, a sentence, and the causes one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The kind of failure, stored and shown as its code.
    #[serde(rename = "code", serialize_with = "code")]
    pub kind: ErrorKind,
    /// What happened, with its causes joined by `: `.
    pub message: String,
    /// What led to it, the nearest cause first and the root last; empty if nothing did.
    pub causes: Vec<String>,
}

fn code<S: Serializer>(kind: &ErrorKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.code())
}

/// The longest message that is stored with a failure, in bytes.
const MAX_MESSAGE_BYTES: usize = 16 << 10;

/// The longest text of one cause, in bytes, and the most causes that are stored with a failure.
const MAX_CAUSE_BYTES: usize = 2 << 10;
const MAX_CAUSES: usize = 16;

impl Failure {
    /// A failure without causes, with a message of bounded length.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Failure {
        Failure {
            kind,
            message: cut(message.into(), MAX_MESSAGE_BYTES),
            causes: Vec::new(),
        }
    }

    /// The same failure with what led to it, the nearest cause first.
    ///
    /// At most 16 are kept, each cut at 2 KiB. Of more, the last is still the root, and the one
    /// before it says how many were left out.
    #[must_use]
    pub fn with_causes(mut self, causes: impl IntoIterator<Item = String>) -> Failure {
        let mut causes: Vec<_> = causes
            .into_iter()
            .map(|cause| cut(cause, MAX_CAUSE_BYTES))
            .collect();
        if causes.len() > MAX_CAUSES {
            let left_out = causes.len() - MAX_CAUSES + 1;
            let note = format!("… {left_out} causes are left out …");
            causes.splice(MAX_CAUSES - 2..MAX_CAUSES - 2 + left_out, [note]);
        }
        self.causes = causes;
        self
    }
}

/// A text of at most so many bytes, cut between two characters.
fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
        text.push('…');
    }
    text
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Failure {
        Failure::new(error.kind(), error.chain()).with_causes(error.causes())
    }
}

/// A job as the repository holds it.
///
/// Serializes to the JSON of `GET /jobs/<job_id>`: `job_id`, `job_type`, `status`, `progress`,
/// `result_ref`, `error_message`, the times in RFC 3339, and the rest under the names below.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// What the job does.
    pub kind: Kind,
    /// The queue it waits in.
    pub queue: QueueName,
    /// Higher runs first within a queue.
    pub priority: i32,
    /// Where it stands.
    pub status: Status,
    /// What the handler gets.
    pub payload: Value,
    /// Where the input file lies, as the reference of a blob.
    pub payload_ref: Option<String>,
    /// The key that keeps a second such job away while this one is queued or running.
    pub unique_key: Option<String>,
    /// Until when the key is held beyond that; the end of time means for ever.
    pub unique_until: Option<Timestamp>,
    /// The request of the host's that led to the job; the worker's log names it with the job.
    pub request_id: Option<String>,
    /// How many jobs must still end before this one may run.
    pub waiting_for: u32,
    /// Whether a job has been made that waits for this one.
    pub is_awaited: bool,
    /// What becomes of this job when one of them does not succeed.
    pub on_parent_failure: ParentFailure,
    /// No sooner than this it runs, or ran.
    pub run_at: Timestamp,
    /// How often it was started; the number of the newest attempt.
    pub attempt: u32,
    /// How many attempts may end with an error, if the request said so.
    pub max_attempts: Option<u16>,
    /// The longest delay after the first error in microseconds, if the request said so.
    pub retry_delay_us: Option<i64>,
    /// How long one attempt may take in microseconds, if the request said so.
    pub timeout_us: Option<i64>,
    /// Attempts that ended with an error since the job was last (re)queued by request.
    pub errors: u32,
    /// Attempts whose worker died or fell silent, likewise.
    pub crashes: u32,
    /// Attempts that were given back because a worker had to stop, likewise.
    pub interruptions: u32,
    /// Whether somebody asked for the running attempt to stop.
    pub cancel_requested: bool,
    /// What an attempt kept for the next one.
    pub checkpoint: Option<Value>,
    /// How far the newest attempt is, if it told.
    pub progress: Option<Progress>,
    /// Since when the running attempt has reported nothing new, once its worker finds that too
    /// long; `None` again when it goes on or ends.
    pub stalled_since: Option<Timestamp>,
    /// What the handler returned.
    pub result: Option<Value>,
    /// Where the result is to be found.
    pub result_ref: Option<Value>,
    /// The newest failure; kept while a retry waits, cleared by success.
    pub error: Option<Failure>,
    /// The floor plan the job is about.
    pub floorplan_id: Option<i64>,
    /// The bill of materials the job made.
    pub bom_id: Option<i64>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When it last changed, progress included.
    pub updated_at: Timestamp,
    /// When the newest attempt began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl Serialize for Job {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Job", 34)?;
        out.serialize_field("job_id", &self.id)?;
        out.serialize_field("job_type", &self.kind)?;
        out.serialize_field("queue", &self.queue)?;
        out.serialize_field("priority", &self.priority)?;
        out.serialize_field("status", &self.status)?;
        out.serialize_field("progress", &self.progress)?;
        out.serialize_field("stalled_since", &self.stalled_since)?;
        out.serialize_field("payload", &self.payload)?;
        out.serialize_field("payload_ref", &self.payload_ref)?;
        out.serialize_field("unique_key", &self.unique_key)?;
        out.serialize_field("request_id", &self.request_id)?;
        out.serialize_field("waiting_for", &self.waiting_for)?;
        out.serialize_field("on_parent_failure", &self.on_parent_failure)?;
        out.serialize_field("attempt", &self.attempt)?;
        out.serialize_field("max_attempts", &self.max_attempts)?;
        out.serialize_field("timeout_s", &self.timeout_us.map(seconds))?;
        out.serialize_field("retry_delay_s", &self.retry_delay_us.map(seconds))?;
        out.serialize_field("errors", &self.errors)?;
        out.serialize_field("crashes", &self.crashes)?;
        out.serialize_field("interruptions", &self.interruptions)?;
        out.serialize_field("cancel_requested", &self.cancel_requested)?;
        out.serialize_field("checkpoint", &self.checkpoint)?;
        out.serialize_field("result", &self.result)?;
        out.serialize_field("result_ref", &self.result_ref)?;
        let failure = self.error.as_ref();
        out.serialize_field("error_code", &failure.map(|failure| failure.kind.code()))?;
        out.serialize_field("error_message", &failure.map(|failure| &failure.message))?;
        let causes = failure.map_or(&[][..], |failure| &failure.causes);
        out.serialize_field("error_causes", causes)?;
        out.serialize_field("floorplan_id", &self.floorplan_id)?;
        out.serialize_field("bom_id", &self.bom_id)?;
        out.serialize_field("run_at", &self.run_at)?;
        out.serialize_field("created_at", &self.created_at)?;
        out.serialize_field("updated_at", &self.updated_at)?;
        out.serialize_field("started_at", &self.started_at)?;
        out.serialize_field("finished_at", &self.finished_at)?;
        out.end()
    }
}

/// Far below 2^53, so that the division is exact to the microsecond.
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let failure = Failure::new(ErrorKind::Internal, "é".repeat(MAX_MESSAGE_BYTES));
        assert!(failure.message.len() <= MAX_MESSAGE_BYTES + '…'.len_utf8());
        assert!(failure.message.ends_with('…'));
    }

    #[test]
    fn an_error_is_kept_with_its_causes_one_by_one() {
        let root = std::io::Error::other("disk is full");
        let middle = Error::new(ErrorKind::Unavailable, "cannot write the file").with_source(root);
        let error = Error::new(ErrorKind::Internal, "cannot keep the plan").with_source(middle);
        let failure = Failure::from(&error);
        assert_eq!(
            failure.message,
            "cannot keep the plan: cannot write the file: disk is full"
        );
        assert_eq!(failure.causes, ["cannot write the file", "disk is full"]);
    }

    #[test]
    fn of_many_long_causes_the_nearest_and_the_root_are_kept() {
        let causes = (1..=40).map(|n| format!("{n} {}", "é".repeat(MAX_CAUSE_BYTES)));
        let failure = Failure::new(ErrorKind::Internal, "deep").with_causes(causes);
        let kept = &failure.causes;
        assert_eq!(kept.len(), MAX_CAUSES);
        let longest = MAX_CAUSE_BYTES + '…'.len_utf8();
        assert!(kept.iter().all(|cause| cause.len() <= longest));
        assert!(kept[13].starts_with("14 ") && kept[15].starts_with("40 "));
        assert_eq!(kept[14], "… 25 causes are left out …");
        let causes = (1..=16).map(|n| n.to_string());
        let failure = Failure::new(ErrorKind::Internal, "deep").with_causes(causes);
        assert_eq!(
            (failure.causes.len(), failure.causes[14].as_str()),
            (16, "15")
        );
    }

    #[test]
    fn a_failure_is_shown_with_its_code() {
        let failure = Failure::new(ErrorKind::InvalidPdf, "no trailer");
        let json = serde_json::to_value(&failure).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"code": "invalid_pdf", "message": "no trailer", "causes": []})
        );
    }
}
