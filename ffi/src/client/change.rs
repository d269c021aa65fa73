//! Changing what waits or runs.

use std::mem::MaybeUninit;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::request::{job_id as id_of, queue as queue_of};
use crate::status::fj_status;
use crate::text::{answer, fj_str, fj_string};

/// Cancels a queued job, or asks a running one to stop.
///
/// `client`, `job_id`: borrowed. `job_out`: set to the job as it is then, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_STATE` when the job has ended; `FJ_INVALID_INPUT`;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_cancel(
    client: Option<&fj_client>,
    job_id: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.cancel(id_of(job_id)?)
        })
    })
}

/// Queues a failed or cancelled job again: same id, counters from zero, attempts go on.
///
/// `client`, `job_id`: borrowed. `job_out`: set to the job as it is then, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_STATE` for other jobs; `FJ_CONFLICT` when another job holds its
/// unique key; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_retry(
    client: Option<&fj_client>,
    job_id: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.retry(id_of(job_id)?)
        })
    })
}

/// Makes a delayed job due at once.
///
/// `client`, `job_id`: borrowed. `job_out`: set to the job as it is then, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_make_due(
    client: Option<&fj_client>,
    job_id: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.make_due(id_of(job_id)?)
        })
    })
}

/// Lets no more jobs of a queue start; those that run go on. Pausing twice is pausing once.
///
/// `client`, `queue`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_pause(
    client: Option<&fj_client>,
    queue: fj_str,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        fj_client::of(client)?.pause(&queue_of(queue)?)
    })
}

/// Lets jobs of a queue start again.
///
/// `client`, `queue`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_resume(
    client: Option<&fj_client>,
    queue: fj_str,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        fj_client::of(client)?.resume(&queue_of(queue)?)
    })
}
