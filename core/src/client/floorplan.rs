//! Floor plans as a host asks for them.

use serde::Serialize;
use serde_json::Value;

use super::Client;
use crate::blob::BlobRef;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Failure, Job, Kind, Status};
use crate::repository::{Floorplan, ListJobs, Reading};

/// No stored document or picture is larger than this.
const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Where a floor plan stands; derived from its newest ingest job, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FloorplanStatus {
    /// Stored; nobody has begun to read it.
    Uploaded,
    /// Being read, or waiting to be read again.
    Processing,
    /// Read.
    Processed,
    /// Could not be read.
    Error,
}

impl FloorplanStatus {
    fn of(floorplan: &Floorplan, newest_ingest: Option<&Job>) -> FloorplanStatus {
        match newest_ingest.map(|job| (job.status, job.attempt)) {
            Some((Status::Queued, 0)) => FloorplanStatus::Uploaded,
            Some((Status::Queued | Status::Running, _)) => FloorplanStatus::Processing,
            Some((Status::Failed, _)) => FloorplanStatus::Error,
            Some((Status::Succeeded, _)) => FloorplanStatus::Processed,
            // What a cancelled reading leaves is what was there before it.
            Some((Status::Cancelled, _)) | None if floorplan.reading.is_some() => {
                FloorplanStatus::Processed
            }
            Some((Status::Cancelled, _)) | None => FloorplanStatus::Uploaded,
        }
    }
}

/// A floor plan with where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FloorplanState {
    /// The stored floor plan.
    #[serde(flatten)]
    pub floorplan: Floorplan,
    /// Where it stands.
    pub status: FloorplanStatus,
    /// Why it could not be read, if so.
    pub error: Option<Failure>,
}

impl Client {
    /// The floor plan and where it stands.
    ///
    /// # Errors
    /// `not_found`.
    pub fn floorplan(&self, id: i64) -> Result<FloorplanState> {
        let floorplan = self.repository.floorplan(id)?;
        let newest = self.repository.list(&ListJobs {
            kind: Some(Kind::ingest()),
            floorplan_id: Some(id),
            limit: 1,
            ..ListJobs::default()
        })?;
        let newest = newest.first();
        let status = FloorplanStatus::of(&floorplan, newest);
        let error = newest
            .filter(|_| status == FloorplanStatus::Error)
            .and_then(|job| job.error.clone());
        Ok(FloorplanState {
            floorplan,
            status,
            error,
        })
    }

    /// All that was read from a floor plan, as the JSON of [`crate::plan::Floorplan`].
    ///
    /// # Errors
    /// `not_found`; `invalid_state` when it has not been read; `corrupt` when the stored
    /// document is not what was stored.
    pub fn floorplan_document(&self, id: i64) -> Result<Value> {
        let bytes = self.document(id, |reading| &reading.document_ref)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Error::new(ErrorKind::Corrupt, format!("floor plan {id} is not JSON"))
                .with_source(error)
        })
    }

    /// The picture of a floor plan as SVG.
    ///
    /// # Errors
    /// As [`floorplan_document`](Self::floorplan_document).
    pub fn floorplan_svg(&self, id: i64) -> Result<String> {
        let bytes = self.document(id, |reading| &reading.svg_ref)?;
        String::from_utf8(bytes).map_err(|error| {
            Error::new(
                ErrorKind::Corrupt,
                format!("the picture of floor plan {id} is not UTF-8"),
            )
            .with_source(error)
        })
    }

    fn document(&self, id: i64, which: impl Fn(&Reading) -> &String) -> Result<Vec<u8>> {
        let state = self.floorplan(id)?;
        let reading = state.floorplan.reading.as_ref().ok_or_else(|| {
            let message = match &state.error {
                Some(error) => format!("floor plan {id} could not be read: {}", error.message),
                None => format!("floor plan {id} has not been read yet"),
            };
            Error::new(ErrorKind::InvalidState, message)
        })?;
        let blob: BlobRef = which(reading).parse()?;
        self.blobs.get(&blob, MAX_DOCUMENT_BYTES)
    }
}
