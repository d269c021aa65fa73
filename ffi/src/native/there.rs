//! The pipelines as they are.

use std::sync::Arc;

use floorjobs_core::bom::Catalogue;
use floorjobs_core::generate::{CandidateSource, GenerateRequest};
use floorjobs_core::ingest::{IngestOptions, read_pdf};
use floorjobs_core::job::Kind;
use floorjobs_core::pipeline::{self, design, reading_document};
use floorjobs_core::render::{layout_svg, plan_svg};
use floorjobs_core::watch::Watch;
use floorjobs_core::worker::{Handler, KindOptions, Worker, WorkerOptions};
use floorjobs_core::{Client, Job, JobId, Result};
use serde_json::{Value, json};

use crate::candidates::{Source, fj_candidate_source};

/// A worker with the handlers of the native kinds.
pub(crate) fn worker_of(client: &Client, options: WorkerOptions) -> Result<Worker> {
    pipeline::worker_of(client, options)
}

/// Runs a job in this thread, with the native handler of its kind unless one is given.
pub(crate) fn run_here(client: &Client, job: JobId, handler: Option<&dyn Handler>) -> Result<Job> {
    pipeline::run_here(client, job, handler)
}

/// What gives a worker the native handler of `generate`, with a source of the host beside it.
pub(crate) fn proposing(
    client: &Client,
    given: &fj_candidate_source,
) -> Result<impl FnOnce(Worker) -> Worker + use<>> {
    let handler = pipeline::generate_handler(client, vec![Arc::new(Source::kept(given)?)]);
    Ok(move |worker: Worker| worker.handle_with(Kind::generate(), handler, KindOptions::default()))
}

/// What was read of a PDF, and a picture of it if one is wanted.
pub(crate) fn read_plan(
    pdf: &[u8],
    options: &IngestOptions,
    watch: &dyn Watch,
    is_drawn: bool,
) -> Result<(Value, Option<String>)> {
    let read = read_pdf(pdf, options, watch)?;
    let svg = is_drawn.then(|| plan_svg(&read.floorplan, Some(&read.drawing)));
    Ok((reading_document(&read), svg))
}

/// A layout with its bill, and a picture of it if one is wanted and there is a layout.
pub(crate) fn lay_out(
    request: &GenerateRequest,
    catalogue: &Catalogue,
    source: Option<&Source>,
    watch: &dyn Watch,
    is_drawn: bool,
) -> Result<(Value, Option<String>)> {
    let sources: Vec<&dyn CandidateSource> = source.iter().map(|source| *source as _).collect();
    let made = design(request, catalogue, &sources, watch)?;
    let drawn = made.answer.layout.as_ref().filter(|_| is_drawn);
    let svg = drawn.map(layout_svg);
    Ok((json!({"answer": made.answer, "bom": made.bom}), svg))
}
