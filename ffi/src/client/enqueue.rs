//! Storing jobs.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use floorjobs_core::ingest::Limits;
use floorjobs_core::{Error, ErrorKind, NewJob, Result};
use serde_json::{Value, json};

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::request::ingest;
use crate::status::fj_status;
use crate::text::{answer, bytes, fj_str, fj_string, null};

/// Stores a job; it is durable then. With a unique key that another job of the kind holds, returns
/// that job.
///
/// `request`: borrowed JSON object: `kind`, and optionally `payload`, `queue`, `priority`, `delay` or
/// `run_at`, `max_attempts`, `timeout`, `retry_delay`, `unique_key`, `unique_for`, `request_id`, `after`,
/// `on_parent_failure`, `floorplan_id`. Times are seconds, moments RFC 3339. `job_out`: set to the job,
/// the host's from then on. `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` or `FJ_LIMIT_EXCEEDED` naming the member; `FJ_NOT_FOUND` for a floor plan
/// or job that does not exist; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_enqueue(
    client: Option<&fj_client>,
    request: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let request = NewJob::from_json(request.required("request")?)?;
            fj_client::of(client)?.enqueue(request)
        })
    })
}

/// Stores jobs in one transaction, all or none. A job can wait for earlier ones of the call by their
/// places in `after`, from 0.
///
/// `requests`: borrowed JSON array of at most 10000 objects as in `fj_client_enqueue()`. `jobs_out`: set
/// to a JSON array of the jobs, in order; the host's from then on. `client`: borrowed. `error_out`: may
/// be NULL. Any thread.
///
/// Errors: those of `fj_client_enqueue()`, with the field as `jobs[3].payload`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_enqueue_many(
    client: Option<&fj_client>,
    requests: fj_str,
    jobs_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("jobs_out", jobs_out, || {
            let requests = requests.required("requests")?;
            fj_client::of(client)?.enqueue_many(NewJob::list_from_json(requests, "jobs")?)
        })
    })
}

/// Stores a PDF and a job that reads it; both are durable then. The job names its floor plan as
/// `floorplan_id`.
///
/// `pdf`, `pdf_len`: the bytes of the file, borrowed. `options`: borrowed JSON object, absent for
/// none: `filename`, `project_id`, `page` (from 0), `queue`, `priority`, `unique_key`, `request_id`, and `then`, an
/// array of requests as in `fj_client_enqueue()` for jobs that run after it; in their `after`, 0 is
/// the ingest. `job_out`: set to the job, with the jobs of `then` under that name if there are any;
/// the host's from then on. `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_PDF` when the bytes are no PDF at all; `FJ_LIMIT_EXCEEDED` when they are too
/// many; `FJ_INVALID_INPUT` naming the member; `FJ_UNAVAILABLE`. A PDF that turns out to be broken or
/// locked fails its job. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_client_ingest(
    client: Option<&fj_client>,
    pdf: *const u8,
    pdf_len: usize,
    options: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            // SAFETY: the host promises `pdf_len` bytes that stay as they are during the call.
            let pdf = unsafe { bytes(pdf, pdf_len, Limits::default().file_bytes, "pdf") }?;
            store(client, pdf.ok_or_else(|| null("pdf"))?, options, None)
        })
    })
}

/// As `fj_client_ingest()`, with the PDF from a file. Its name is kept unless the options give one.
///
/// `client`: borrowed. `path`: borrowed; need not be UTF-8. `options`: borrowed JSON object, absent for
/// none, as of `fj_client_ingest()`. `job_out`: set to the job as JSON, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND` or `FJ_UNAVAILABLE` when the file cannot be read; and those of
/// `fj_client_ingest()`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_ingest_file(
    client: Option<&fj_client>,
    path: fj_str,
    options: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let path = path.bytes("path")?.ok_or_else(|| null("path"))?;
            let path = Path::new(OsStr::from_bytes(path));
            let name = path.file_name();
            let name = name.map(|name| name.to_string_lossy().into_owned());
            store(client, &read_file(path)?, options, name)
        })
    })
}

/// The bytes of a file; one more than the limit at most, so that the limit is what refuses it.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let most = Limits::default().file_bytes as u64 + 1;
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let kind = match error.kind() {
                io::ErrorKind::NotFound => ErrorKind::NotFound,
                io::ErrorKind::InvalidInput => ErrorKind::InvalidInput,
                _ => ErrorKind::Unavailable,
            };
            let message = format!("cannot read `{}`", path.display());
            Err(Error::new(kind, message)
                .with_field("path")
                .with_source(error))
        }
    }
}

fn store(
    client: Option<&fj_client>,
    pdf: &[u8],
    options: fj_str,
    filename: Option<String>,
) -> Result<Value> {
    let (mut request, then) = ingest(options)?;
    request.filename = request.filename.or(filename);
    let jobs = fj_client::of(client)?.ingest_then(pdf, request, then)?;
    let mut jobs = jobs.iter().map(|job| json!(job));
    let mut ingest = jobs.next().unwrap_or_default();
    let then: Vec<Value> = jobs.collect();
    if let Some(members) = ingest.as_object_mut().filter(|_| !then.is_empty()) {
        members.insert("then".to_owned(), then.into());
    }
    Ok(ingest)
}
