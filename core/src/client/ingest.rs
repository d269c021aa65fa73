//! Uploading a floor plan to be read.

use serde_json::json;

use super::{Client, no_answer};
use crate::error::{Error, Result};
use crate::ingest::check_upload;
use crate::job::{Job, JobId, Kind, NewJob, QueueName};
use crate::repository::{Enqueue, NewFloorplan};
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
        check_upload(pdf)?;
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
            payload: match request.page {
                Some(page) => json!({ "page": page }),
                None => json!({}),
            },
            ..NewJob::of(Kind::ingest())
        };
        job.check()?;
        let blob = self.blobs.put(pdf)?;
        reach(Point::At(Place::UploadStored));
        self.store_with_file(
            job,
            NewFloorplan {
                project_id: request.project_id,
                filename: request.filename,
                pdf_ref: blob.to_string(),
                pdf_bytes: pdf.len() as u64,
            },
        )
    }

    fn store_with_file(&self, job: NewJob, floorplan: NewFloorplan) -> Result<Job> {
        job.check()?;
        let request = Enqueue {
            payload_ref: Some(floorplan.pdf_ref.clone()),
            floorplan: Some(floorplan),
            ..self.request(JobId::generate(self.clock.now()), job)
        };
        let mut stored = self.store(&[request])?;
        stored.pop().ok_or_else(no_answer)
    }
}
