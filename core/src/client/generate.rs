//! Asking for a layout and its bill.

use serde_json::{Value, json};

use super::{Client, FloorplanStatus, check_all, no_answer};
use crate::error::{Error, ErrorKind, Result};
use crate::generate::{GenerateRequest, check_request};
use crate::job::{Job, JobId, Kind, NewJob, ParentFailure, QueueName};
use crate::repository::ListJobs;

/// Requests over this many bytes of JSON lie in a blob instead of the job's payload.
const MAX_INLINE_REQUEST: usize = 256 << 10;

/// What a host wants laid out and priced.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DesignRequest {
    /// The request as JSON, as [`GenerateRequest`] reads it.
    pub request: String,
    /// The floor plan to lay it out in; one that is still being read is waited for.
    pub floorplan_id: Option<i64>,
    /// The queue; `None` is the queue of the settings.
    pub queue: Option<QueueName>,
    /// Higher runs first within a queue.
    pub priority: i32,
    /// While a job of this kind with this key is queued or running, it is returned instead.
    pub unique_key: Option<String>,
    /// The request of the host's that leads to it; see [`NewJob::request_id`].
    pub request_id: Option<String>,
}

impl Client {
    /// Stores a job that lays out rooms and prices them.
    ///
    /// When this returns, the job is durable. What is refused stores nothing.
    ///
    /// # Errors
    /// `invalid_input` with the path of the field; `not_found` for a floor plan that does not
    /// exist; `invalid_state` for one that could not be read; `limit_exceeded`; `unavailable`. A
    /// programme that does not fit is no error but an answer of the job.
    pub fn generate(&self, wanted: DesignRequest) -> Result<Job> {
        let request = GenerateRequest::from_json(&wanted.request)?;
        check_request(&request, wanted.floorplan_id.is_some())?;
        if let Some(options) = &request.bom {
            self.check_bill_options(options)?;
        }
        let waits_for = match wanted.floorplan_id {
            Some(id) => self.reading_of(id)?,
            None => None,
        };
        let text = serde_json::to_string(&request).map_err(|error| {
            Error::new(ErrorKind::Internal, "the request has no JSON form").with_source(error)
        })?;
        let is_large = text.len() > MAX_INLINE_REQUEST;
        let payload = match is_large {
            true => json!({}),
            false => json!({ "request": request }),
        };
        let job = NewJob {
            queue: wanted.queue,
            priority: wanted.priority,
            unique_key: wanted.unique_key,
            request_id: wanted.request_id,
            floorplan_id: wanted.floorplan_id,
            payload,
            ..NewJob::of(Kind::generate())
        };
        let job = job.after(waits_for).on_parent_failure(ParentFailure::Fail);
        check_all(std::slice::from_ref(&job), |_| String::new())?;
        let blob = match is_large {
            true => Some(self.blobs.put(text.as_bytes())?),
            false => None,
        };
        let mut requests = self.requests(vec![job]);
        if let (Some(request), Some(blob)) = (requests.first_mut(), blob) {
            request.payload_ref = Some(blob.to_string());
        }
        self.store(&requests)?.pop().ok_or_else(no_answer)
    }

    /// The job that still reads a floor plan, if it has not been read yet.
    fn reading_of(&self, id: i64) -> Result<Option<JobId>> {
        let state = self.floorplan(id).map_err(|error| match error.kind() {
            ErrorKind::NotFound => error.with_field("floorplan_id"),
            _ => error,
        })?;
        if state.floorplan.reading.is_some() {
            return Ok(None);
        }
        if state.status == FloorplanStatus::Error {
            let message = format!("floor plan {id} could not be read, so nothing can be laid out");
            return Err(Error::new(ErrorKind::InvalidState, message).with_field("floorplan_id"));
        }
        let newest = self.repository.list(&ListJobs {
            kind: Some(Kind::ingest()),
            floorplan_id: Some(id),
            limit: 1,
            ..ListJobs::default()
        })?;
        let reading = newest.first().filter(|job| !job.status.is_ended());
        reading.map(|job| Some(job.id)).ok_or_else(|| {
            let message = format!("floor plan {id} has not been read, and no job is to read it");
            Error::new(ErrorKind::InvalidState, message).with_field("floorplan_id")
        })
    }
}

/// The request of a job: in its payload, or in the file that it names.
pub(crate) fn request_of(payload: &Value, file: Option<&[u8]>) -> Result<GenerateRequest> {
    let text = match (file, payload.get("request")) {
        (Some(bytes), _) => String::from_utf8_lossy(bytes).into_owned(),
        (None, Some(request)) => request.to_string(),
        (None, None) => from_older(payload).to_string(),
    };
    GenerateRequest::from_json(&text)
}

/// The payload of a `generate` job in the older application's words; what is not of these stays
/// as it is.
fn from_older(payload: &Value) -> Value {
    let Value::Object(given) = payload else {
        return payload.clone();
    };
    let mut request = given.clone();
    let mut put = |part: &str, name: &str, value: Value| {
        let part = request.entry(part).or_insert_with(|| json!({}));
        if let Value::Object(part) = part {
            part.insert(name.to_owned(), value);
        }
    };
    for (name, value) in given {
        match name.as_str() {
            "spatial_graph" => {
                put("source", "kind", json!("spatial_graph"));
                put("source", "graph", value.clone());
            }
            "prompt" => put("program", "prompt", value.clone()),
            "parallel_candidates" => put("solver", "alternatives", value.clone()),
            "max_workers" => put("solver", "threads", value.clone()),
            "seed" => put("solver", "seed", value.clone()),
            _ => {}
        }
    }
    for name in [
        "spatial_graph",
        "prompt",
        "parallel_candidates",
        "max_workers",
        "seed",
    ] {
        request.shift_remove(name);
    }
    Value::Object(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_payload_is_understood() {
        let wall = json!({"x1": 0, "y1": 0, "x2": 9, "y2": 0, "thickness": 1, "length_pts": 9});
        let older = json!({
            "spatial_graph": {"walls": [wall], "scale_factor": 10.0},
            "prompt": "a clinic", "parallel_candidates": 3, "max_workers": 2,
        });
        let request = request_of(&older, None).unwrap();
        assert_eq!(request.program.prompt.as_deref(), Some("a clinic"));
        assert_eq!(
            (request.solver.alternatives, request.solver.threads),
            (3, Some(2))
        );
        let walls = request
            .source
            .and_then(|source| source.graph)
            .unwrap()
            .walls;
        assert_eq!(walls.len(), 1);
        assert!(request_of(&json!({"colour": 1}), None).is_err());
    }
}
