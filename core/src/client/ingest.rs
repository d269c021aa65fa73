//! Uploading a floor plan to be read.

use serde_json::json;

use super::{Client, check_all, no_answer};
use crate::error::{Error, Result};
use crate::ingest::check_upload;
use crate::job::{Job, Kind, NewJob, QueueName};
use crate::repository::NewFloorplan;
use crate::sys::crash_point::{Place, Point, reach};

/// The longest name of an uploaded file that is kept, in bytes.
const MAX_FILENAME_BYTES: usize = 255;

/// What a host says about a PDF that it wants to have read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestRequest {
    /// The name under which the file was uploaded; shown, never opened.
    pub filename: Option<String>,
    /// The host's project it belongs to.
    pub project_id: Option<i64>,
    /// Which page to read, from 0; `None` takes the one that looks most like a plan.
    pub page: Option<u32>,
    /// The queue; `None` is the queue of the settings.
    pub queue: Option<QueueName>,
    /// Higher runs first within a queue.
    pub priority: i32,
    /// While an ingest with this key is queued or running, it is returned instead.
    pub unique_key: Option<String>,
    /// The request of the host's that leads to it; see [`NewJob::request_id`].
    pub request_id: Option<String>,
}

impl Client {
    /// Stores a PDF and a job that reads it; the job names its new floor plan.
    ///
    /// When this returns, PDF, floor plan and job are durable. What is refused stores nothing.
    ///
    /// # Errors
    /// `invalid_pdf` when the bytes are no PDF at all; `limit_exceeded` when they are too many;
    /// `invalid_input`; `unavailable`. A PDF that turns out to be broken or locked with a
    /// password fails its job.
    pub fn ingest(&self, pdf: &[u8], request: IngestRequest) -> Result<Job> {
        let mut stored = self.ingest_then(pdf, request, Vec::new())?;
        stored.pop().ok_or_else(no_answer)
    }

    /// As [`ingest`](Self::ingest), with jobs that run after it; returns the ingest and then the
    /// others, in order.
    ///
    /// All are stored in one transaction. Each of `then` waits for the ingest and is about its
    /// floor plan. They can wait for each other, too, by their places in what is returned: in
    /// [`NewJob::after_index`], 0 is the ingest and 1 the first of `then`.
    ///
    /// When the ingest's unique key brings an existing ingest, the others wait for that one; and
    /// those that were stored with it the first time are returned instead of new ones, unless
    /// they name keys of their own.
    ///
    /// # Errors
    /// As `ingest`, and those of [`enqueue_many`](Self::enqueue_many) for `then`, with the field
    /// as `then[1].payload`.
    pub fn ingest_then(
        &self,
        pdf: &[u8],
        request: IngestRequest,
        then: Vec<NewJob>,
    ) -> Result<Vec<Job>> {
        check_upload(pdf)?;
        let (filename, project_id) = (request.filename.clone(), request.project_id);
        let jobs = with_followers(job_of(request)?, then)?;
        let blob = self.blobs.put(pdf)?;
        reach(Point::At(Place::UploadStored));
        let mut requests = self.requests(jobs);
        if let Some(ingest) = requests.first_mut() {
            ingest.payload_ref = Some(blob.to_string());
            ingest.floorplan = Some(NewFloorplan {
                project_id,
                filename,
                pdf_ref: blob.to_string(),
                pdf_bytes: pdf.len() as u64,
            });
        }
        self.store(&requests)
    }
}

fn job_of(request: IngestRequest) -> Result<NewJob> {
    if let Some(filename) = &request.filename
        && filename.len() > MAX_FILENAME_BYTES
    {
        return Err(Error::invalid_field(
            "filename",
            format!("`filename` must be at most {MAX_FILENAME_BYTES} bytes"),
        ));
    }
    let job = NewJob {
        queue: request.queue,
        priority: request.priority,
        unique_key: request.unique_key,
        request_id: request.request_id,
        payload: match request.page {
            Some(page) => json!({ "page": page }),
            None => json!({}),
        },
        ..NewJob::of(Kind::ingest())
    };
    // By its own names, before it is one of several.
    job.check()?;
    Ok(job)
}

/// The ingest and the jobs that follow it, checked.
fn with_followers(ingest: NewJob, then: Vec<NewJob>) -> Result<Vec<NewJob>> {
    let request_id = ingest.request_id.clone();
    let mut jobs = vec![ingest];
    for mut job in then {
        if !job.after_index.contains(&0) {
            job.after_index.insert(0, 0);
        }
        if job.request_id.is_none() {
            job.request_id.clone_from(&request_id);
        }
        jobs.push(job);
    }
    check_all(&jobs, |place| format!("then[{}]", place.saturating_sub(1)))?;
    Ok(jobs)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, job};
    use super::*;
    use crate::blob::BlobRef;
    use crate::error::ErrorKind;
    use crate::job::{JobId, Status};
    use crate::repository::ListJobs;

    const PDF: &[u8] = b"%PDF-1.7 of sorts";

    fn keyed(key: &str) -> IngestRequest {
        IngestRequest {
            unique_key: Some(key.to_owned()),
            ..IngestRequest::default()
        }
    }

    fn ids(jobs: &[Job]) -> Vec<JobId> {
        jobs.iter().map(|job| job.id).collect()
    }

    #[test]
    fn followers_wait_for_the_reading_and_are_about_its_floor_plan() {
        let bench = Bench::new();
        let then = vec![job("generate"), job("print").after_index([1])];
        let request = IngestRequest::default();
        let jobs = bench.client.ingest_then(PDF, request, then).unwrap();
        assert_eq!(jobs[0].kind, Kind::ingest());
        let plan = jobs[0].floorplan_id;
        assert!(plan.is_some() && jobs.iter().all(|job| job.floorplan_id == plan));
        assert_eq!([0, 1, 2], [0, 1, 2].map(|n: usize| jobs[n].waiting_for));
        assert!(ids(&jobs).is_sorted(), "they run in the order of the call");
        bench.client.cancel(jobs[0].id).unwrap();
        let last = bench.client.get(jobs[2].id).unwrap();
        assert_eq!(last.status, Status::Cancelled);
    }

    #[test]
    fn the_same_upload_made_twice_returns_the_same_jobs() {
        let bench = Bench::new();
        let upload = || {
            let then = vec![job("generate"), job("print").after_index([1])];
            ids(&bench.client.ingest_then(PDF, keyed("k"), then).unwrap())
        };
        let first = upload();
        assert_eq!(upload(), first);
        let alone = bench.client.ingest(PDF, keyed("k")).unwrap();
        assert_eq!(alone.id, first[0]);
        let other = vec![job("generate").unique_key("another prompt")];
        let other = bench.client.ingest_then(PDF, keyed("k"), other).unwrap();
        assert_eq!(other[0].id, first[0]);
        assert!(!first.contains(&other[1].id));
        assert_eq!(bench.client.parents(other[1].id).unwrap(), [first[0]]);
    }

    #[test]
    fn a_bad_follower_is_named_and_nothing_is_stored() {
        let bench = Bench::new();
        let cases = [
            (job("generate").max_attempts(0), "then[1].max_attempts"),
            (job("generate").after_index([2]), "then[1].after_index"),
        ];
        for (bad, field) in cases {
            let then = vec![job("generate"), bad];
            let request = IngestRequest::default();
            let refused = bench.client.ingest_then(PDF, request, then).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidInput);
            assert_eq!(refused.field(), Some(field));
        }
        let unknown = vec![job("generate").floorplan_id(99)];
        let request = IngestRequest::default();
        let refused = bench.client.ingest_then(PDF, request, unknown).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound);
        assert_eq!(bench.client.list(&ListJobs::default()).unwrap(), []);
        let bad_key = bench.client.ingest(PDF, keyed("")).unwrap_err();
        assert_eq!(bad_key.field(), Some("unique_key"));
        // The blob of the one that was refused by the repository is swept when it is old.
        assert!(bench.client.blobs().exists(&BlobRef::of(PDF)).unwrap());
    }

    #[test]
    fn a_call_can_wait_for_its_own_earlier_jobs_only() {
        let bench = Bench::new();
        let jobs = vec![job("first"), job("second").after_index([0])];
        let stored = bench.client.enqueue_many(jobs).unwrap();
        assert_eq!(stored[1].waiting_for, 1);
        let jobs = vec![job("first").after_index([1]), job("second")];
        let refused = bench.client.enqueue_many(jobs).unwrap_err();
        assert_eq!(refused.field(), Some("jobs[0].after_index"));
        let alone = bench
            .client
            .enqueue(job("first").after_index([0]))
            .unwrap_err();
        assert_eq!(alone.field(), Some("after_index"));
    }
}
