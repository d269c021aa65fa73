//! The glue between jobs and the pure modules: the native kinds, and a worker that runs them.

mod ingest;
mod stage;

use std::sync::Arc;

use crate::client::Client;
use crate::error::Result;
use crate::job::Kind;
use crate::worker::{Worker, WorkerOptions};

/// A worker for the jobs of `client`, with the handlers of the native kinds.
///
/// Handlers that are added later replace native ones of the same kind.
///
/// # Errors
/// `invalid_input` when the options do not fit together.
pub fn worker_of(client: &Client, options: WorkerOptions) -> Result<Worker> {
    let (repository, blobs) = (client.repository(), client.blobs());
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
    let ingest = ingest::Ingest::new(Arc::clone(repository));
    Ok(worker.handle(Kind::ingest(), ingest))
}
