//! The vocabulary of jobs: ids, the status table, requests, records, attempts and retry policy.
//!
//! Pure: nothing here reads a clock, a file or a database. What is decided about a job (may it
//! change so, when does it run again, is it given up) is decided here, so that every repository
//! decides the same.

mod attempt;
mod from_json;
mod given_json;
mod id;
mod name;
mod new;
mod record;
mod retry;
mod status;
pub(crate) mod time;

pub use attempt::{Attempt, Fence, Outcome, Usage};
pub use given_json::{read as read_json, read_value as read_json_value};
pub use id::{JobId, OwnerId, random_unit};
pub use name::{Kind, QueueName};
pub(crate) use new::json_length;
pub use new::{MAX_PAYLOAD_BYTES, NewJob, ParentFailure, Start, UniqueScope};
pub use record::{Failure, Job, Progress};
pub use retry::{AfterCrash, AfterError, MAX_CRASHES, RetryPolicy};
pub use status::{Event, Status, TRANSITIONS};
pub use time::{Timestamp, duration_from_seconds};
