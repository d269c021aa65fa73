//! Asking for jobs, and for what keeps them.

use std::mem::MaybeUninit;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::guard_status;
use crate::request::{filter as filter_of, job_id as id_of};
use crate::status::fj_status;
use crate::text::{answer, fj_str, fj_string};

/// The job, as it is now.
///
/// `client`, `job_id`: borrowed. `job_out`: set to the job as JSON, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`; `FJ_CORRUPT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_get(
    client: Option<&fj_client>,
    job_id: fj_str,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            fj_client::of(client)?.get(id_of(job_id)?)
        })
    })
}

/// The jobs that fit a filter, newest first, a page at a time.
///
/// `filter`: borrowed JSON object; absent for all jobs. Its members, all optional: `status` (a text
/// or an array of them), `kind`, `queue`, `floorplan_id`, `unique_key`, `created_after` and
/// `created_before` (RFC 3339), `limit` (1 to 1000; 50), `before` (the `next` of the page before).
/// `page_out`: set to `{"jobs": [...], "next": "<job id>" or null}`, the host's from then on.
/// `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the member; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_list(
    client: Option<&fj_client>,
    filter: fj_str,
    page_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("page_out", page_out, || {
            fj_client::of(client)?.page(&filter_of(filter)?)
        })
    })
}

/// The runs of a job, oldest first.
///
/// `client`, `job_id`: borrowed. `attempts_out`: set to a JSON array, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_attempts(
    client: Option<&fj_client>,
    job_id: fj_str,
    attempts_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("attempts_out", attempts_out, || {
            fj_client::of(client)?.attempts(id_of(job_id)?)
        })
    })
}

/// Why a job does not run now; or where it runs, or how it ended.
///
/// `client`, `job_id`: borrowed. `explanation_out`: set to
/// `{"job_id", "status", "as_of", "reasons": [...], "sentence"}`, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_explain(
    client: Option<&fj_client>,
    job_id: fj_str,
    explanation_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("explanation_out", explanation_out, || {
            fj_client::of(client)?.explain(id_of(job_id)?)
        })
    })
}

/// When a job will probably start and end, from what earlier ones took.
///
/// `client`, `job_id`: borrowed. `estimate_out`: set to a JSON object, or to `null` when nothing can be
/// said; the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_estimate(
    client: Option<&fj_client>,
    job_id: fj_str,
    estimate_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("estimate_out", estimate_out, || {
            fj_client::of(client)?.estimate(id_of(job_id)?)
        })
    })
}

/// How many ready jobs of its queue run before a job.
///
/// `client`, `job_id`: borrowed. `position_out`: set to a number as JSON, to `null` unless the job is
/// ready itself; the host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_position(
    client: Option<&fj_client>,
    job_id: fj_str,
    position_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("position_out", position_out, || {
            fj_client::of(client)?.position(id_of(job_id)?)
        })
    })
}

/// The jobs that a job still waits for.
///
/// `client`, `job_id`: borrowed. `parents_out`: set to a JSON array of ids, the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_parents(
    client: Option<&fj_client>,
    job_id: fj_str,
    parents_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("parents_out", parents_out, || {
            fj_client::of(client)?.parents(id_of(job_id)?)
        })
    })
}

/// How many jobs each queue has in each state.
///
/// `client`: borrowed. `stats_out`: set to a JSON array with an object per queue, the host's from then
/// on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_stats(
    client: Option<&fj_client>,
    stats_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("stats_out", stats_out, || fj_client::of(client)?.stats())
    })
}

/// The queues that are paused.
///
/// `client`: borrowed. `paused_out`: set to a JSON array of pairs, name and moment since when; the
/// host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE`; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_paused(
    client: Option<&fj_client>,
    paused_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("paused_out", paused_out, || fj_client::of(client)?.paused())
    })
}
