//! What stands for the pipelines where they are not: everything of theirs is refused.

use floorjobs_core::bom::Catalogue;
use floorjobs_core::generate::GenerateRequest;
use floorjobs_core::ingest::IngestOptions;
use floorjobs_core::pipeline;
use floorjobs_core::watch::Watch;
use floorjobs_core::worker::{Handler, Worker, WorkerOptions};
use floorjobs_core::{Client, Error, ErrorKind, Job, JobId, Result};
use serde_json::Value;

use crate::candidates::{Source, fj_candidate_source};

fn refused<T>() -> Result<T> {
    let message = "this library was built without the pipelines (feature `pipelines`)";
    Err(Error::new(ErrorKind::Unsupported, message))
}

/// A worker that leaves jobs of the native kinds to others.
pub(crate) fn worker_of(client: &Client, options: WorkerOptions) -> Result<Worker> {
    pipeline::plain_worker_of(client, options)
}

/// Runs a job in this thread with the handler that is given.
pub(crate) fn run_here(client: &Client, job: JobId, handler: Option<&dyn Handler>) -> Result<Job> {
    match handler {
        Some(handler) => pipeline::run_here_with(client, job, handler),
        None => refused(),
    }
}

/// Refused; what is wrong with the source is said first.
pub(crate) fn proposing(
    _client: &Client,
    given: &fj_candidate_source,
) -> Result<fn(Worker) -> Worker> {
    Source::borrowed(given)?;
    refused()
}

/// Refused.
pub(crate) fn read_plan(
    _pdf: &[u8],
    _options: &IngestOptions,
    _watch: &dyn Watch,
    _is_drawn: bool,
) -> Result<(Value, Option<String>)> {
    refused()
}

/// Refused.
pub(crate) fn lay_out(
    _request: &GenerateRequest,
    _catalogue: &Catalogue,
    _source: Option<&Source>,
    _watch: &dyn Watch,
    _is_drawn: bool,
) -> Result<(Value, Option<String>)> {
    refused()
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;
    use std::ptr;

    use super::*;
    use crate::client::held::fj_client_run_here;
    use crate::client::{fj_client, fj_client_free, fj_client_open, fj_client_options};
    use crate::pipeline::{fj_generate, fj_ingest_pdf};
    use crate::status::fj_status;
    use crate::text::{Terminated, fj_str, fj_string};

    fn nothing_in(out: MaybeUninit<fj_string>) {
        // SAFETY: every call writes it, whatever comes of it.
        let mut out = unsafe { out.assume_init() };
        crate::text::fj_string_free(Some(&mut out));
    }

    fn opened(url: &str) -> Box<fj_client> {
        let url = Terminated::new(url);
        let options = fj_client_options {
            database_url: url.borrow(),
            ..fj_client_options::default()
        };
        let mut client = MaybeUninit::uninit();
        // SAFETY: the options are there and of the size that they say.
        let status = unsafe { fj_client_open(&raw const options, Some(&mut client), None) };
        assert_eq!(status, fj_status::FJ_OK);
        // SAFETY: the call wrote it.
        unsafe { client.assume_init() }.unwrap()
    }

    #[test]
    fn what_was_built_out_is_refused_and_all_else_works() {
        let folder = tempfile::tempdir().unwrap();
        let client = opened(&format!("sqlite:///{}/jobs.db", folder.path().display()));

        let pdf = b"%PDF-1.7";
        let mut out = MaybeUninit::uninit();
        // SAFETY: as many bytes are there as is said.
        let status = unsafe {
            fj_ingest_pdf(
                pdf.as_ptr(),
                pdf.len(),
                fj_str::ABSENT,
                ptr::null(),
                Some(&mut out),
                None,
                None,
            )
        };
        assert_eq!(status, fj_status::FJ_UNSUPPORTED);
        nothing_in(out);

        let request = c"{\"program\": {\"prompt\": \"2 offices\"}, \"site\": \
            {\"perimeter_mm\": [[0,0],[9000,0],[9000,6000],[0,6000]]}}";
        let mut out = MaybeUninit::uninit();
        // SAFETY: the pointers are NULL, which is allowed.
        let status = unsafe {
            fj_generate(
                fj_str::of(request),
                fj_str::ABSENT,
                ptr::null(),
                ptr::null(),
                Some(&mut out),
                None,
                None,
            )
        };
        assert_eq!(status, fj_status::FJ_UNSUPPORTED);
        nothing_in(out);

        // A job for other workers is stored all the same.
        let stored = client.client.ingest(pdf, Default::default()).unwrap();
        let id = Terminated::new(&stored.id.to_string());
        let mut out = MaybeUninit::uninit();
        // SAFETY: as above.
        let status = unsafe {
            fj_client_run_here(
                Some(&client),
                id.borrow(),
                ptr::null(),
                Some(&mut out),
                None,
            )
        };
        assert_eq!(status, fj_status::FJ_UNSUPPORTED);
        nothing_in(out);
        let options = WorkerOptions::default();
        assert!(worker_of(&client.client, options).is_ok());
        fj_client_free(Some(client));
    }
}
