//! Attempts that the host runs itself, without a worker.

use std::ffi::c_int;
use std::mem::MaybeUninit;

use floorjobs_core::job::read_json;
use floorjobs_core::worker::Handler;
use serde_json::Value;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::native::run_here;
use crate::request::job_id as id_of;
use crate::sized;
use crate::status::{failure, fj_status};
use crate::text::{answer, fj_str, fj_string};
use crate::worker::handler::{Host, fj_handler};

/// Starts an attempt of a queued job in this process, due or not, for 600 s at most.
///
/// For hosts that do the work themselves and end it with `fj_client_complete()` or `fj_client_fail()`.
/// When this process dies, a worker takes the job over. `client`, `job_id`: borrowed. `job_out`: set to
/// the job as it is then, the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_STATE` when the job is not queued; `FJ_INVALID_INPUT`;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_hold(
    client: Option<&fj_client>,
    job_id: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.hold(id_of(job_id)?)
        })
    })
}

/// Ends a job that this process holds, with a reference to its result.
///
/// `result_ref`: borrowed JSON, where the result is to be found; absent for null. `client`, `job_id`:
/// borrowed. `job_out`: set to the job as it is then, the host's from then on. `error_out`: may be NULL.
/// Any thread.
///
/// Errors: `FJ_LEASE_LOST` when this process does not hold the job; `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_complete(
    client: Option<&fj_client>,
    job_id: fj_str,
    result_ref: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let text = result_ref.optional("result_ref")?;
            let reference = text.map(|text| read_json::<Value>(text, "result_ref"));
            fj_client::of(client)?.complete(id_of(job_id)?, reference.transpose()?)
        })
    })
}

/// Ends a job that this process holds, with a failure.
///
/// `status`: what went wrong, an `fj_status` but `FJ_OK`. `message`: borrowed; a sentence in lower
/// case. `client`, `job_id`: borrowed. `job_out`: set to the job as it is then, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_LEASE_LOST` when this process does not hold the job; `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_fail(
    client: Option<&fj_client>,
    job_id: fj_str,
    status: c_int,
    message: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let error = failure(status, message)?;
            fj_client::of(client)?.fail(id_of(job_id)?, error)
        })
    })
}

/// Runs one attempt of a queued job on the calling thread, due or not; for programs that have no worker.
///
/// A failure ends the job, however often it might be tried again: `fj_client_retry()` queues it again.
/// Progress is not stored, and the job is held for 600 s. `handler`: borrowed, its `userdata` too, which
/// is not released; only `run` and `userdata` of it count; NULL for the library's own handler of the
/// kind. `client`, `job_id`: borrowed. `job_out`: set to the job as it is then, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_STATE` when the job is not queued; `FJ_UNSUPPORTED` when the
/// library has no handler for its kind, or was built without the pipelines; `FJ_LEASE_LOST` when it
/// took too long; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. That the work failed is no error here. Since
/// 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_client_run_here(
    client: Option<&fj_client>,
    job_id: fj_str,
    handler: *const fj_handler,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let host = match handler.is_null() {
                true => None,
                // SAFETY: the host promises as many bytes as `struct_size` says.
                false => Some(Host::borrowed(&unsafe {
                    sized::copy(handler, "handler")
                }?)?),
            };
            let handler = host.as_ref().map(|host| host as &dyn Handler);
            run_here(fj_client::of(client)?, id_of(job_id)?, handler)
        })
    })
}
