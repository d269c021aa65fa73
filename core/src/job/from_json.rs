//! Requests for jobs as JSON, as the faces without keyword arguments take them.

use serde::Deserialize;
use serde_json::Value;

use super::given_json::read;
use super::{
    JobId, Kind, NewJob, ParentFailure, QueueName, Start, Timestamp, UniqueScope,
    duration_from_seconds,
};
use crate::error::{Error, Result};

/// A request as it is written: the arguments of Python's `Client.enqueue`, under the same names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kind: String,
    payload: Option<Value>,
    queue: Option<String>,
    #[serde(default)]
    priority: i32,
    delay: Option<f64>,
    run_at: Option<String>,
    max_attempts: Option<u16>,
    timeout: Option<f64>,
    retry_delay: Option<f64>,
    unique_key: Option<String>,
    unique_for: Option<UniqueFor>,
    request_id: Option<String>,
    #[serde(default)]
    after: Vec<Earlier>,
    on_parent_failure: Option<String>,
    floorplan_id: Option<i64>,
}

/// Seconds, `"active"` or `"forever"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum UniqueFor {
    Seconds(f64),
    Word(String),
}

/// The place of an earlier job of the same call, or the id of a job.
#[derive(Deserialize)]
#[serde(untagged)]
enum Earlier {
    Place(usize),
    Id(String),
}

impl NewJob {
    /// Reads a request from a JSON object.
    ///
    /// | member | value |
    /// |---|---|
    /// | `kind` | text, needed |
    /// | `payload` | anything; `{}` if left out or null |
    /// | `queue`, `unique_key`, `request_id` | text |
    /// | `priority`, `max_attempts`, `floorplan_id` | whole numbers |
    /// | `delay`, `timeout`, `retry_delay` | seconds |
    /// | `run_at` | RFC 3339; not together with `delay` |
    /// | `unique_for` | `"active"`, `"forever"`, or seconds |
    /// | `after` | ids of jobs, and places of earlier requests of the same call, from 0 |
    /// | `on_parent_failure` | `"cancel"`, `"fail"` or `"run"` |
    ///
    /// # Errors
    /// `invalid_input` with the member at fault; one that is not listed is refused.
    pub fn from_json(text: &str) -> Result<NewJob> {
        read::<Written>(text, "")?.request()
    }

    /// Reads requests from a JSON array of such objects; `field` is what the caller calls it.
    ///
    /// # Errors
    /// As [`from_json`](Self::from_json), with the field as `jobs[3].priority`.
    pub fn list_from_json(text: &str, field: &str) -> Result<Vec<NewJob>> {
        let written: Vec<Written> = read(text, field)?;
        let each = written.into_iter().enumerate();
        each.map(|(place, one)| {
            one.request().map_err(|error| match error.field() {
                Some(name) => {
                    let path = format!("{field}[{place}].{name}");
                    error.with_field(path)
                }
                None => error,
            })
        })
        .collect()
    }
}

impl Written {
    fn request(self) -> Result<NewJob> {
        let seconds = |field, given: Option<f64>| {
            given
                .map(|seconds| duration_from_seconds(field, seconds))
                .transpose()
        };
        let about = |field: &'static str| move |error: Error| error.with_field(field);
        let kind = Kind::new(self.kind).map_err(about("kind"))?;
        let mut request = NewJob::of(kind).priority(self.priority);
        if let Some(payload) = self.payload {
            request.payload = payload;
        }
        let queue = self.queue.map(QueueName::new).transpose();
        request.queue = queue.map_err(about("queue"))?;
        request.start = match (seconds("delay", self.delay)?, self.run_at) {
            (Some(_), Some(_)) => {
                let message = "`delay` and `run_at` exclude each other";
                return Err(Error::invalid_field("run_at", message));
            }
            (None, Some(moment)) => Start::At(Timestamp::parse(&moment).map_err(about("run_at"))?),
            (delay, None) => Start::In(delay.unwrap_or_default()),
        };
        request.max_attempts = self.max_attempts;
        request.timeout = seconds("timeout", self.timeout)?;
        request.retry_delay = seconds("retry_delay", self.retry_delay)?;
        request.unique_key = self.unique_key;
        request.unique_scope = scope(self.unique_for, request.unique_key.is_some())?;
        request.request_id = self.request_id;
        for earlier in self.after {
            match earlier {
                Earlier::Place(place) => request.after_index.push(place),
                Earlier::Id(id) => {
                    let id: JobId = id.parse().map_err(about("after"))?;
                    request.after.push(id);
                }
            }
        }
        if let Some(text) = self.on_parent_failure {
            request.on_parent_failure = ParentFailure::from_text(&text).ok_or_else(|| {
                let message =
                    format!("`on_parent_failure` must be `cancel`, `fail` or `run`, not `{text}`");
                Error::invalid_field("on_parent_failure", message)
            })?;
        }
        request.floorplan_id = self.floorplan_id;
        Ok(request)
    }
}

fn scope(written: Option<UniqueFor>, has_key: bool) -> Result<UniqueScope> {
    let scope = match written {
        None => UniqueScope::Active,
        Some(UniqueFor::Seconds(time)) => {
            UniqueScope::For(duration_from_seconds("unique_for", time)?)
        }
        Some(UniqueFor::Word(word)) => match word.as_str() {
            "active" => UniqueScope::Active,
            "forever" => UniqueScope::Forever,
            _ => {
                let message =
                    format!("`unique_for` must be `active`, `forever` or seconds, not `{word}`");
                return Err(Error::invalid_field("unique_for", message));
            }
        },
    };
    if scope != UniqueScope::Active && !has_key {
        let message = "`unique_for` means nothing without `unique_key`";
        return Err(Error::invalid_field("unique_for", message));
    }
    Ok(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn every_member_arrives() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        let text = json!({
            "kind": "print", "payload": [1], "queue": "slow", "priority": -3, "delay": 1.5,
            "max_attempts": 2, "timeout": 9, "retry_delay": 0.5, "unique_key": "k",
            "unique_for": 60, "after": [id, 0], "on_parent_failure": "run", "floorplan_id": 7,
            "request_id": "r-1",
        });
        let job = NewJob::from_json(&text.to_string()).unwrap();
        assert_eq!((job.kind.as_str(), &job.payload), ("print", &json!([1])));
        assert_eq!((job.queue.unwrap().as_str(), job.priority), ("slow", -3));
        assert_eq!(job.start, Start::In(Duration::from_millis(1_500)));
        assert_eq!(
            (job.max_attempts, job.timeout),
            (Some(2), Some(Duration::from_secs(9)))
        );
        assert_eq!(job.retry_delay, Some(Duration::from_millis(500)));
        assert_eq!(job.unique_scope, UniqueScope::For(Duration::from_secs(60)));
        assert_eq!(
            (job.after[0].to_string().as_str(), job.after_index),
            (id, vec![0])
        );
        assert_eq!(job.on_parent_failure, ParentFailure::Run);
        assert_eq!(job.floorplan_id, Some(7));
        assert_eq!(job.request_id.as_deref(), Some("r-1"));
        let least = NewJob::from_json(r#"{"kind": "k", "payload": null}"#).unwrap();
        assert_eq!(least, NewJob::new("k").unwrap());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (r#"{"kind": "k", "colour": 1}"#, "colour"),
            (r#"{"kind": "k", "priority": 1.5}"#, "priority"),
            (r#"{"kind": ""}"#, "kind"),
            (r#"{"kind": "k", "delay": -1}"#, "delay"),
            (
                r#"{"kind": "k", "delay": 1, "run_at": "2026-01-01T00:00:00Z"}"#,
                "run_at",
            ),
            (r#"{"kind": "k", "run_at": "soon"}"#, "run_at"),
            (r#"{"kind": "k", "unique_for": "forever"}"#, "unique_for"),
            (r#"{"kind": "k", "after": ["x"]}"#, "after"),
            (
                r#"{"kind": "k", "on_parent_failure": "cry"}"#,
                "on_parent_failure",
            ),
        ];
        for (text, field) in cases {
            assert_eq!(
                NewJob::from_json(text).unwrap_err().field(),
                Some(field),
                "{text}"
            );
            let list = format!("[{{\"kind\": \"k\"}}, {text}]");
            let error = NewJob::list_from_json(&list, "jobs").unwrap_err();
            assert_eq!(error.field(), Some(format!("jobs[1].{field}").as_str()));
        }
        for text in ["", "[", "{}{}", "3"] {
            let error = NewJob::list_from_json(text, "jobs").unwrap_err();
            assert_eq!(error.field(), Some("jobs"), "{text}");
        }
    }
}
