//! The `generate` job: a floor plan or an outline and a programme in; layout, bill and picture out.

use serde_json::{Value, json};

use super::SharedSource;
use super::bill;
use super::stage::Stage;
use crate::blob::{BlobRef, BlobStore};
use crate::bom::{Bom, BomOptions, price};
use crate::client::request_of;
use crate::error::{Error, ErrorKind, Result};
use crate::generate::{GenerateRequest, GenerateResult, Source, SourceKind, generate_with};
use crate::render::layout_svg;
use crate::repository::{NewDesign, NewLayout, Product, SharedRepository};
use crate::watch::Watch;
use crate::worker::{AttemptContext, Completion, Handler, Verdict};

/// Where the stages end, as shares of the whole; the search takes nearly all of the time.
const FETCHED: f64 = 0.02;
const LAID_OUT: f64 = 0.90;

/// No stored floor plan or request is larger than this.
const MAX_INPUT_BYTES: u64 = 1 << 30;

/// Lays out rooms and prices them. Both become visible with the end of the job, all at once.
pub(super) struct Generate {
    repository: SharedRepository,
    /// Who proposes layouts beside the native search.
    sources: Vec<SharedSource>,
}

impl Generate {
    pub(super) fn new(repository: SharedRepository, sources: Vec<SharedSource>) -> Generate {
        Generate {
            repository,
            sources,
        }
    }

    /// The request of the job, with the floor plan that it is about.
    fn request(&self, attempt: &AttemptContext) -> Result<GenerateRequest> {
        let job = attempt.job();
        let file = match job.payload_ref {
            Some(_) => Some(attempt.input(MAX_INPUT_BYTES)?),
            None => None,
        };
        let mut request = request_of(attempt.payload(), file.as_deref())?;
        if let Some(id) = job.floorplan_id
            && request.source.is_none()
            && request.site.perimeter_mm.is_empty()
        {
            request.source = Some(self.source_of(id, attempt.blobs().as_ref())?);
        }
        Ok(request)
    }

    fn source_of(&self, id: i64, blobs: &dyn BlobStore) -> Result<Source> {
        let reading = self.repository.floorplan(id)?.reading.ok_or_else(|| {
            let message = format!("floor plan {id} has not been read");
            Error::new(ErrorKind::InvalidState, message)
        })?;
        let blob: BlobRef = reading.document_ref.parse()?;
        let mut document: Value = serde_json::from_slice(&blobs.get(&blob, MAX_INPUT_BYTES)?)
            .map_err(|error| corrupt(id).with_source(error))?;
        let plan = document.get_mut("floorplan").map(Value::take);
        let plan = serde_json::from_value(plan.unwrap_or_default())
            .map_err(|error| corrupt(id).with_source(error))?;
        Ok(Source {
            kind: SourceKind::Floorplan,
            graph: None,
            floorplan: Some(Box::new(plan)),
            scale: None,
        })
    }
}

fn corrupt(id: i64) -> Error {
    Error::new(
        ErrorKind::Corrupt,
        format!("what was read of floor plan {id} cannot be read again"),
    )
}

impl Handler for Generate {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        attempt.progress(0.0, "fetching");
        let request = self.request(attempt)?;
        let options = match &request.bom {
            Some(given) => BomOptions::from_json(given)?,
            None => BomOptions::default(),
        };
        let sources: Vec<_> = self.sources.iter().map(|one| one.as_ref() as _).collect();
        let stage = Stage::new(attempt, FETCHED, LAID_OUT);
        let answer = generate_with(&request, &sources, &stage)?;
        attempt.check()?;

        let Some(layout) = &answer.layout else {
            // Not a failure: that it cannot be done, and why, is the answer.
            let answer = bill::to_json(&answer)?;
            return Ok(Verdict::Complete(Completion {
                result: Some(json!({"success": false, "answer": answer})),
                result_ref: Some(json!({"result_type": "layout", "success": false})),
                product: None,
            }));
        };
        attempt.progress(LAID_OUT, "pricing");
        let bill = price(layout, &bill::rates(self.repository.as_ref())?, &options)?;
        attempt.check()?;

        attempt.progress(0.97, "storing");
        let blobs = attempt.blobs();
        let design = NewDesign {
            layout: Some(NewLayout {
                document_ref: bill::put(&bill::to_json(&answer)?, blobs.as_ref())?,
                svg_ref: blobs.put(layout_svg(layout).as_bytes())?.to_string(),
            }),
            layout_id: None,
            bom: Some(bill::stored(&bill, blobs.as_ref())?),
        };
        Ok(Verdict::Complete(Completion {
            result: Some(summary(&answer, &bill)?),
            result_ref: Some(json!({
                "result_type": "bom",
                "success": true,
                "iterations_used": 1,
            })),
            product: Some(Product::Design(design)),
        }))
    }
}

/// What the job itself tells; the repository adds the ids.
fn summary(answer: &GenerateResult, bill: &Bom) -> Result<Value> {
    Ok(json!({
        "success": true,
        "status": bill::to_json(&answer.status)?,
        "room_count": bill.room_count,
        "total_area_sqm": bill.total_area_sqm,
        "total_cost_inr": bill.total_cost_inr,
        "is_partial": bill.is_partial,
        "relaxations": answer.relaxations.len(),
        "iterations_used": 1,
    }))
}
