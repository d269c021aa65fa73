//! The request for a new job, and what is checked before it is stored.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::{JobId, Kind, QueueName, Timestamp};
use crate::error::{Error, ErrorKind, Result};

/// The largest payload of a job, in bytes of its JSON text.
pub const MAX_PAYLOAD_BYTES: usize = 1 << 20;

const MAX_KEY_BYTES: usize = 255;
const MAX_REQUEST_ID_BYTES: usize = 128;
const MAX_ATTEMPTS: u16 = 1_000;
const MAX_PARENTS: usize = 1_000;

/// A request for a job. Only the kind is needed; the rest has defaults.
///
/// ```
/// use floorjobs_core::NewJob;
/// use serde_json::json;
///
/// let job = NewJob::new("thumbnail")?.payload(json!({"page": 1})).priority(5);
/// job.check()?;
/// # Ok::<(), floorjobs_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewJob {
    /// What the job does.
    pub kind: Kind,
    /// The queue it waits in; `None` is the queue of the settings.
    pub queue: Option<QueueName>,
    /// Higher runs first within a queue.
    pub priority: i32,
    /// What the handler gets, at most [`MAX_PAYLOAD_BYTES`] as JSON text.
    pub payload: Value,
    /// When it may run.
    pub start: Start,
    /// How many attempts may end with an error; `None` leaves it to the worker.
    pub max_attempts: Option<u16>,
    /// How long one attempt may take; `None` leaves it to the worker.
    pub timeout: Option<Duration>,
    /// The longest delay after the first error; it doubles. `None` leaves it to the worker.
    pub retry_delay: Option<Duration>,
    /// While a job of this kind holds this key, no second one is made.
    pub unique_key: Option<String>,
    /// For how long a job holds its key.
    pub unique_scope: UniqueScope,
    /// The request of the host's that leads to the job, such as the `X-Request-ID` of HTTP; the
    /// worker's log names it with the job. 1 to 128 letters, digits and `. _ : / + = -`.
    pub request_id: Option<String>,
    /// Jobs that must end before this one may run.
    pub after: Vec<JobId>,
    /// Earlier jobs of the same call that must end before this one may run, by their places in
    /// the call, from 0.
    ///
    /// Places, and not ids chosen by the caller: ids of jobs tell their age and their order, and
    /// when a unique key brings an existing job, its id is another than the one chosen. The place
    /// stands for whatever job the request led to.
    ///
    /// A job that names no floor plan gets that of the first such job that has one. One that
    /// names no unique key, though one of those does, is made once for that job: the same call,
    /// made again while the key is held, returns the jobs of the first.
    pub after_index: Vec<usize>,
    /// What becomes of this job when one of those does not succeed.
    pub on_parent_failure: ParentFailure,
    /// The floor plan the job is about.
    pub floorplan_id: Option<i64>,
}

/// When a job may run for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// So long after it is stored.
    In(Duration),
    /// No sooner than this moment.
    At(Timestamp),
}

/// For how long a job holds its unique key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UniqueScope {
    /// While it is queued or running.
    #[default]
    Active,
    /// While it is queued or running, and for so long after it was stored.
    For(Duration),
    /// For ever.
    Forever,
}

/// What becomes of a job when one that it waits for ends without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ParentFailure {
    /// It is cancelled.
    #[default]
    Cancel,
    /// It fails.
    Fail,
    /// It runs all the same.
    Run,
}

impl ParentFailure {
    /// Every policy.
    pub const ALL: [ParentFailure; 3] = [
        ParentFailure::Cancel,
        ParentFailure::Fail,
        ParentFailure::Run,
    ];

    /// The stable text form, such as `cancel`.
    pub const fn as_str(self) -> &'static str {
        match self {
            ParentFailure::Cancel => "cancel",
            ParentFailure::Fail => "fail",
            ParentFailure::Run => "run",
        }
    }

    /// The policy whose text form is `text`, or `None`.
    pub fn from_text(text: &str) -> Option<ParentFailure> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == text)
    }
}

impl NewJob {
    /// A request for a job of `kind`.
    ///
    /// # Errors
    /// `invalid_input` when `kind` is not a name; see [`Kind::new`].
    pub fn new(kind: impl AsRef<str>) -> Result<NewJob> {
        Ok(NewJob::of(Kind::new(kind)?))
    }

    /// A request for a job of `kind`.
    pub fn of(kind: Kind) -> NewJob {
        NewJob {
            kind,
            queue: None,
            priority: 0,
            payload: Value::Object(serde_json::Map::new()),
            start: Start::In(Duration::ZERO),
            max_attempts: None,
            timeout: None,
            retry_delay: None,
            unique_key: None,
            unique_scope: UniqueScope::Active,
            request_id: None,
            after: Vec::new(),
            after_index: Vec::new(),
            on_parent_failure: ParentFailure::Cancel,
            floorplan_id: None,
        }
    }

    /// The same request with a payload for the handler.
    #[must_use]
    pub fn payload(mut self, payload: Value) -> NewJob {
        self.payload = payload;
        self
    }

    /// The same request in a queue of its own.
    #[must_use]
    pub fn queue(mut self, queue: QueueName) -> NewJob {
        self.queue = Some(queue);
        self
    }

    /// The same request with a priority; higher runs first.
    #[must_use]
    pub fn priority(mut self, priority: i32) -> NewJob {
        self.priority = priority;
        self
    }

    /// The same request, to run no sooner than `delay` from now.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> NewJob {
        self.start = Start::In(delay);
        self
    }

    /// The same request, to run no sooner than `moment`.
    #[must_use]
    pub fn run_at(mut self, moment: Timestamp) -> NewJob {
        self.start = Start::At(moment);
        self
    }

    /// The same request with a longest first delay after an error.
    #[must_use]
    pub fn retry_delay(mut self, delay: Duration) -> NewJob {
        self.retry_delay = Some(delay);
        self
    }

    /// The same request, with the request of the host's that leads to it.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> NewJob {
        self.request_id = Some(id.into());
        self
    }

    /// The same request, to run after other jobs have ended.
    #[must_use]
    pub fn after(mut self, jobs: impl IntoIterator<Item = JobId>) -> NewJob {
        self.after.extend(jobs);
        self
    }

    /// The same request, to run after earlier jobs of the same call have ended.
    ///
    /// ```
    /// # use floorjobs_core::NewJob;
    /// let jobs = vec![
    ///     NewJob::new("fetch")?,
    ///     NewJob::new("print")?.after_index([0]),
    /// ];
    /// // client.enqueue_many(jobs)?;
    /// # Ok::<(), floorjobs_core::Error>(())
    /// ```
    #[must_use]
    pub fn after_index(mut self, places: impl IntoIterator<Item = usize>) -> NewJob {
        self.after_index.extend(places);
        self
    }

    /// The same request with what becomes of it when a job it waits for does not succeed.
    #[must_use]
    pub fn on_parent_failure(mut self, policy: ParentFailure) -> NewJob {
        self.on_parent_failure = policy;
        self
    }

    /// The same request, holding its unique key for longer than it is queued or running.
    #[must_use]
    pub fn unique_scope(mut self, scope: UniqueScope) -> NewJob {
        self.unique_scope = scope;
        self
    }

    /// The same request with a limit on attempts that end with an error.
    #[must_use]
    pub fn max_attempts(mut self, max_attempts: u16) -> NewJob {
        self.max_attempts = Some(max_attempts);
        self
    }

    /// The same request with a limit on the time of one attempt.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> NewJob {
        self.timeout = Some(timeout);
        self
    }

    /// The same request, made once while a job of this kind and key is queued or running.
    #[must_use]
    pub fn unique_key(mut self, key: impl Into<String>) -> NewJob {
        self.unique_key = Some(key.into());
        self
    }

    /// The same request, about a floor plan.
    #[must_use]
    pub fn floorplan_id(mut self, id: i64) -> NewJob {
        self.floorplan_id = Some(id);
        self
    }

    /// Checks all that can be checked without a database.
    ///
    /// # Errors
    /// `invalid_input` with the field at fault, or `limit_exceeded` for the payload.
    pub fn check(&self) -> Result<()> {
        let bytes = json_length(&self.payload);
        if bytes > MAX_PAYLOAD_BYTES {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                format!(
                    "the payload is {bytes} bytes of JSON, over the limit of {MAX_PAYLOAD_BYTES}"
                ),
            )
            .with_field("payload"));
        }
        if let Some(key) = &self.unique_key
            && (key.is_empty() || key.len() > MAX_KEY_BYTES || key.contains('\0'))
        {
            return Err(Error::invalid_field(
                "unique_key",
                format!("`unique_key` must be 1 to {MAX_KEY_BYTES} bytes without NUL"),
            ));
        }
        if let Some(id) = &self.request_id
            && !can_stand_in_a_log(id)
        {
            return Err(Error::invalid_field(
                "request_id",
                "`request_id` must be 1 to 128 letters, digits, `.`, `_`, `:`, `/`, `+`, `=` or `-`",
            ));
        }
        if let Some(attempts) = self.max_attempts
            && !(1..=MAX_ATTEMPTS).contains(&attempts)
        {
            return Err(Error::invalid_field(
                "max_attempts",
                format!("`max_attempts` must be 1 to {MAX_ATTEMPTS}, not {attempts}"),
            ));
        }
        if self.unique_key.is_none() && self.unique_scope != UniqueScope::Active {
            return Err(Error::invalid_field(
                "unique_scope",
                "`unique_scope` means nothing without `unique_key`",
            ));
        }
        let parents = self.after.len() + self.after_index.len();
        if parents > MAX_PARENTS {
            let field = match self.after.len() > MAX_PARENTS {
                true => "after",
                false => "after_index",
            };
            return Err(Error::invalid_field(
                field,
                format!("the job waits for {parents} jobs, over the limit of {MAX_PARENTS}"),
            ));
        }
        if self.timeout.is_some_and(|timeout| timeout.is_zero()) {
            return Err(Error::invalid_field(
                "timeout",
                "`timeout` must be above 0 seconds",
            ));
        }
        Ok(())
    }
}

/// The length of `value` as JSON text, without building the text.
pub(crate) fn json_length(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => usize::MAX,
    }
}

/// Whether a request's id is one word that a line of a log can hold as it is.
fn can_stand_in_a_log(id: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/+=-".contains(&byte);
    (1..=MAX_REQUEST_ID_BYTES).contains(&id.len()) && id.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_plain_request_is_accepted() {
        let job = NewJob::new("thumbnail")
            .unwrap()
            .payload(json!({"page": 1}));
        job.check().unwrap();
        assert_eq!(json_length(&job.payload), job.payload.to_string().len());
    }

    #[test]
    fn each_bad_field_is_named() {
        let plain = || NewJob::new("k").unwrap();
        let cases = [
            (
                "payload",
                plain().payload(json!("x".repeat(MAX_PAYLOAD_BYTES))),
            ),
            ("unique_key", plain().unique_key("")),
            ("unique_key", plain().unique_key("x".repeat(256))),
            ("request_id", plain().request_id("")),
            ("request_id", plain().request_id("two words")),
            ("request_id", plain().request_id("x".repeat(129))),
            ("max_attempts", plain().max_attempts(0)),
            ("timeout", plain().timeout(Duration::ZERO)),
            ("unique_scope", plain().unique_scope(UniqueScope::Forever)),
            (
                "after",
                plain().after(vec![JobId::from_bytes([0; 16]); 1_001]),
            ),
            (
                "after_index",
                plain()
                    .after(vec![JobId::from_bytes([0; 16]); 500])
                    .after_index(0..501),
            ),
        ];
        for (field, job) in cases {
            assert_eq!(job.check().unwrap_err().field(), Some(field));
        }
    }
}
