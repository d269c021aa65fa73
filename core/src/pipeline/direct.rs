//! The pipelines by themselves, in the calling thread: no store, no queue, no job.

use serde_json::{Value, json};

use crate::bom::{Bom, BomOptions, Catalogue, price};
use crate::error::Result;
use crate::generate::{
    CandidateSource, GenerateRequest, GenerateResult, check_request, generate_with,
};
use crate::ingest::Reading;
use crate::watch::Watch;

/// What was read of a PDF as JSON: `floorplan` (the JSON of
/// [`plan::Floorplan`](crate::plan::Floorplan)), `wall_segments`, `spatial_graph` and
/// `detections`.
pub fn reading_document(reading: &Reading) -> Value {
    let plan = &reading.floorplan;
    json!({
        "floorplan": plan,
        "wall_segments": plan.wall_segments(),
        "spatial_graph": plan.spatial_graph(),
        "detections": plan.detections(),
    })
}

/// A layout and its bill, as a `generate` job makes them; without a bill where nothing fits.
#[derive(Debug, Clone)]
pub struct Design {
    /// The layouts, or why there is none.
    pub answer: GenerateResult,
    /// What the best layout costs.
    pub bom: Option<Bom>,
}

/// Lays out rooms, also as `sources` propose it, and prices them with the rates of a catalogue.
///
/// # Errors
/// Those of [`generate_with`], and `invalid_input` for the options of the bill.
pub fn design(
    request: &GenerateRequest,
    catalogue: &Catalogue,
    sources: &[&dyn CandidateSource],
    watch: &dyn Watch,
) -> Result<Design> {
    check_request(request, false)?;
    let options = match &request.bom {
        Some(given) => BomOptions::from_json(given)?,
        None => BomOptions::default(),
    };
    options.check_list(catalogue)?;
    let answer = generate_with(request, sources, watch)?;
    watch.check()?;
    let bom = match &answer.layout {
        Some(layout) => Some(price(layout, catalogue, &options)?),
        None => None,
    };
    Ok(Design { answer, bom })
}
