//! Events as lines of a log: `time level event key=value ...`, for people and for tools that split
//! at blanks. A value with blanks in it is quoted as in JSON.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::events::WorkerEvent;
use crate::job::Timestamp;

impl WorkerEvent {
    /// The line of this event, without a line break; `None` for progress, which is for the eye.
    pub fn log_line(&self, at: Timestamp) -> Option<String> {
        if matches!(self, WorkerEvent::Progress { .. }) {
            return None;
        }
        let Ok(Value::Object(mut values)) = serde_json::to_value(self) else {
            return None;
        };
        match values.shift_remove("event") {
            Some(Value::String(name)) => Some(log_line(at, &name, &values)),
            _ => None,
        }
    }
}

impl WorkerEvent {
    /// The line of this event as a JSON object, with `time` and `level` before its own fields;
    /// `None` for progress.
    pub fn json_line(&self, at: Timestamp) -> Option<String> {
        if matches!(self, WorkerEvent::Progress { .. }) {
            return None;
        }
        let Ok(Value::Object(mut values)) = serde_json::to_value(self) else {
            return None;
        };
        match values.shift_remove("event") {
            Some(Value::String(name)) => Some(json_line(at, &name, values)),
            _ => None,
        }
    }
}

/// A line like those of [`WorkerEvent::json_line`].
pub fn json_line(at: Timestamp, name: &str, values: Map<String, Value>) -> String {
    let mut line = Map::from_iter([
        ("time".to_owned(), format!("{at:.3}").into()),
        ("level".to_owned(), level(name).into()),
        ("event".to_owned(), name.into()),
    ]);
    line.extend(values);
    Value::Object(line).to_string()
}

/// A line like those of events, for what happened under this name.
pub fn log_line(at: Timestamp, name: &str, values: &Map<String, Value>) -> String {
    let mut line = format!("{at:.3} {} {name}", level(name));
    write_values(&mut line, "", values);
    line
}

fn level(name: &str) -> &'static str {
    match name {
        "failed" | "crashed" | "stuck" | "ending_lost" | "refused" => "ERROR",
        "retried" | "lease_lost" | "reaped" | "deadline_passed" | "stalled" | "strays_released"
        | "events_dropped" | "repository_failed" => "WARNING",
        _ => "INFO",
    }
}

fn write_values(line: &mut String, prefix: &str, values: &Map<String, Value>) {
    for (key, value) in values {
        match value {
            Value::Null => {}
            // The sentence of a failure has its causes in it.
            _ if key == "causes" => {}
            Value::Object(inner) => write_values(line, &format!("{prefix}{key}_"), inner),
            _ => {
                line.push(' ');
                line.push_str(prefix);
                line.push_str(key);
                line.push('=');
                write_value(line, value);
            }
        }
    }
}

fn write_value(line: &mut String, value: &Value) {
    match value {
        Value::String(text) => write_text(line, text),
        Value::Array(parts) => {
            let parts: Vec<_> = parts.iter().map(plain).collect();
            write_text(line, &parts.join(","));
        }
        Value::Number(number) if number.is_f64() => {
            // Writing to a string cannot fail.
            let _ = write!(line, "{:.3}", number.as_f64().unwrap_or_default());
        }
        other => line.push_str(&other.to_string()),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn write_text(line: &mut String, text: &str) {
    let quotes = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '=');
    if text.is_empty() || text.contains(quotes) {
        line.push_str(&Value::from(text).to_string());
    } else {
        line.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::super::events::AttemptRef;
    use super::*;
    use crate::ErrorKind;
    use crate::job::{Failure, JobId, Kind, QueueName};

    const AT: Timestamp = Timestamp::from_micros(1_700_000_000_123_456);

    fn attempt() -> AttemptRef {
        AttemptRef {
            job_id: JobId::from_bytes([0; 16]),
            kind: Kind::ingest(),
            attempt: 2,
            request_id: None,
        }
    }

    #[test]
    fn an_event_is_a_line() {
        let event = WorkerEvent::JobStarted {
            job: attempt(),
            queue: QueueName::default_queue(),
        };
        assert_eq!(
            event.log_line(AT).unwrap(),
            "2023-11-14T22:13:20.123Z INFO job_started \
             job_id=00000000-0000-0000-0000-000000000000 kind=ingest attempt=2 queue=default"
        );
    }

    #[test]
    fn a_failure_is_flat_quoted_and_told_without_its_causes() {
        let error = Failure::new(ErrorKind::InvalidPdf, "no \"trailer\"\nat all");
        let event = WorkerEvent::Failed {
            job: attempt(),
            seconds: 0.25,
            error: error.with_causes(["lost".to_owned()]),
        };
        let line = event.log_line(AT).unwrap();
        assert!(line.contains(" ERROR failed "), "{line}");
        assert!(
            line.ends_with(
                r#"seconds=0.250 error_code=invalid_pdf error_message="no \"trailer\"\nat all""#
            ),
            "{line}"
        );
    }

    #[test]
    fn lists_empty_texts_and_what_is_not_there() {
        let values =
            serde_json::json!({"queues": ["a", "b"], "note": "", "none": null, "on": true});
        let Value::Object(values) = values else {
            unreachable!("it is written as an object");
        };
        assert_eq!(
            log_line(AT, "reaped", &values),
            r#"2023-11-14T22:13:20.123Z WARNING reaped queues=a,b note="" on=true"#
        );
        // A worker that could not even start.
        assert!(log_line(AT, "refused", &Map::new()).ends_with(" ERROR refused"));
    }

    #[test]
    fn an_event_is_an_object_in_a_line() {
        let error = Failure::new(ErrorKind::Internal, "signal 11\nat all");
        let event = WorkerEvent::Crashed {
            job: attempt(),
            seconds: 0.25,
            error,
            status: crate::job::Status::Queued,
        };
        let line = event.json_line(AT).unwrap();
        assert!(!line.contains('\n'), "{line}");
        assert!(
            line.starts_with(
                r#"{"time":"2023-11-14T22:13:20.123Z","level":"ERROR","event":"crashed","job_id":"#
            ),
            "{line}"
        );
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["error"]["message"], "signal 11\nat all");
        assert_eq!(read["status"], "queued");
    }

    #[test]
    fn progress_is_no_line() {
        let event = WorkerEvent::Progress {
            job: attempt(),
            fraction: 0.5,
            stage: "reading".to_owned(),
            message: None,
        };
        assert_eq!((event.log_line(AT), event.json_line(AT)), (None, None));
    }
}
