//! The glue between jobs and the pure modules: the native kinds, and a worker that runs them.

mod bill;
mod direct;
mod generate;
mod here;
mod ingest;
mod price;
mod stage;

use std::sync::Arc;

use crate::client::Client;
use crate::error::Result;
use crate::generate::CandidateSource;
use crate::job::Kind;
use crate::worker::{Handler, KindOptions, Worker, WorkerOptions};

pub use direct::{Design, design, reading_document};
pub use here::{run_here, run_here_with};

/// A worker for the jobs of `client`, with the handlers of the native kinds.
///
/// Handlers that are added later replace native ones of the same kind.
///
/// # Errors
/// `invalid_input` when the options do not fit together.
pub fn worker_of(client: &Client, options: WorkerOptions) -> Result<Worker> {
    let mut worker = plain_worker_of(client, options)?;
    for kind in [Kind::ingest(), Kind::generate(), Kind::price()] {
        if let Some(handler) = native_handler(client, &kind) {
            worker = worker.handle_with(kind, handler, KindOptions::default());
        }
    }
    Ok(worker)
}

/// A worker for the jobs of `client` without any handler; jobs of the native kinds are left to other
/// workers. A program that uses this one only is linked without the pipelines.
///
/// # Errors
/// As those of [`worker_of`].
pub fn plain_worker_of(client: &Client, options: WorkerOptions) -> Result<Worker> {
    let (repository, blobs) = (client.repository(), client.blobs());
    let options = match client.announcer().reaches_workers() {
        true => options,
        false => options.asking_often(),
    };
    let worker = Worker::new(
        Arc::clone(repository),
        Arc::clone(blobs),
        Arc::clone(client.clock()),
        options,
    )?;
    let worker = match client.database() {
        Some(database) => worker.woken_by(database),
        None => worker,
    };
    Ok(worker.announcing(client.announcer().clone()))
}

/// Who proposes layouts for `generate` jobs beside the native search.
pub type SharedSource = Arc<dyn CandidateSource + Send + Sync>;

/// The handler of `generate`, with sources of candidates of the host's own.
pub fn generate_handler(client: &Client, sources: Vec<SharedSource>) -> Arc<dyn Handler> {
    let repository = Arc::clone(client.repository());
    Arc::new(generate::Generate::new(repository, sources))
}

/// The handler that the library brings for a kind of job.
fn native_handler(client: &Client, kind: &Kind) -> Option<Arc<dyn Handler>> {
    let repository = || Arc::clone(client.repository());
    match kind.as_str() {
        "ingest" => Some(Arc::new(ingest::Ingest::new(repository()))),
        "generate" => Some(generate_handler(client, Vec::new())),
        "price" => Some(Arc::new(price::Price::new(repository()))),
        _ => None,
    }
}
