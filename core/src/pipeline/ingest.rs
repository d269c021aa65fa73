//! The `ingest` job: PDF in, floor plan, spatial graph and picture out.

use serde_json::{Value, json};

use super::stage::Stage;
use crate::blob::BlobRef;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::{IngestOptions, Limits, Pages, read_pdf};
use crate::plan::{Floorplan, Source};
use crate::render::plan_svg;
use crate::repository::{Product, Reading, SharedRepository};
use crate::watch::Watch;
use crate::worker::{AttemptContext, Completion, Handler, Verdict};

/// Where the stages end, as shares of the whole; reading takes nearly all of the time.
const FETCHED: f64 = 0.02;
const READ: f64 = 0.90;

/// Reads floor plans. The result becomes visible with the end of the job, all at once.
pub(super) struct Ingest {
    repository: SharedRepository,
}

impl Ingest {
    pub(super) fn new(repository: SharedRepository) -> Ingest {
        Ingest { repository }
    }

    /// The floor plan of the job, and its PDF: the job's own file, or the floor plan's.
    fn input(&self, attempt: &AttemptContext, limit: u64) -> Result<(i64, Vec<u8>)> {
        let job = attempt.job();
        let id = job.floorplan_id.ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidInput,
                "an ingest job needs a floor plan to read into",
            )
        })?;
        if job.payload_ref.is_some() {
            return Ok((id, attempt.input(limit)?));
        }
        let pdf: BlobRef = self.repository.floorplan(id)?.pdf_ref.parse()?;
        Ok((id, attempt.blobs().get(&pdf, limit)?))
    }
}

impl Handler for Ingest {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        let options = IngestOptions {
            pages: page_of(attempt.payload())?.map_or(Pages::Best, Pages::One),
            limits: Limits::default(),
        };
        attempt.progress(0.0, "fetching");
        let limit = options.limits.file_bytes as u64;
        let (id, pdf) = self.input(attempt, limit)?;

        let read = read_pdf(&pdf, &options, &Stage::new(attempt, FETCHED, READ))?;
        drop(pdf);
        attempt.check()?;

        attempt.progress(READ, "drawing");
        let plan = &read.floorplan;
        let svg = plan_svg(plan, Some(&read.drawing));
        attempt.check()?;

        attempt.progress(0.97, "storing");
        let blobs = attempt.blobs();
        let reading = Reading {
            source: source_of(plan).to_owned(),
            total_wall_count: plan.total_wall_count() as u64,
            total_linear_pts: plan.total_linear_pts(),
            document_ref: blobs.put(&document_of(plan)?)?.to_string(),
            svg_ref: blobs.put(svg.as_bytes())?.to_string(),
        };
        Ok(Verdict::Complete(Completion {
            result: Some(json!({
                "pdf_id": id,
                "total_wall_count": reading.total_wall_count,
                "total_linear_pts": reading.total_linear_pts,
                "source": reading.source,
            })),
            result_ref: Some(json!({
                "result_type": "floorplan",
                "result_id": id,
                "total_wall_count": reading.total_wall_count,
                "source": reading.source,
            })),
            product: Some(Product::Reading(reading)),
        }))
    }
}

/// The page that the job names, from 0.
fn page_of(payload: &Value) -> Result<Option<usize>> {
    match payload.get("page") {
        None | Some(Value::Null) => Ok(None),
        Some(page) => page
            .as_u64()
            .and_then(|page| usize::try_from(page).ok())
            .map(Some)
            .ok_or_else(|| {
                Error::invalid_field("page", format!("`page` must be 0 or more, not {page}"))
            }),
    }
}

fn source_of(plan: &Floorplan) -> &'static str {
    match plan.source {
        Source::Vector => "vector",
        Source::Raster => "raster",
    }
}

/// The floor plan as it is stored: the model, and the spatial graph in its older shape.
fn document_of(plan: &Floorplan) -> Result<Vec<u8>> {
    let document = json!({
        "floorplan": plan,
        "wall_segments": plan.wall_segments(),
        "spatial_graph": plan.spatial_graph(),
    });
    serde_json::to_vec(&document).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            "the floor plan cannot be written as JSON",
        )
        .with_source(error)
    })
}
