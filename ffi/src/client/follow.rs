//! Waiting for what happens to a job.

use std::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use floorjobs_core::Result;
use floorjobs_core::client::JobEvents;
use floorjobs_core::job::duration_from_seconds;

use super::fj_client;
use crate::error::fj_error;
use crate::guard::{guard, guard_status};
use crate::request::job_id as id_of;
use crate::status::fj_status;
use crate::text::{TextOut, answer, fj_str, fj_string, null};

/// The changes of one job, until it ends.
///
/// Owner: the host, from `fj_client_events()` to `fj_events_free()`; the client may be freed before.
/// Threads: any; of several that ask at once, one waits for the other. It keeps no thread, no lock
/// and no connection of its own between the calls.
#[allow(non_camel_case_types)]
pub struct fj_events {
    events: Mutex<JobEvents>,
}

/// Waits until a job has ended, whatever its status.
///
/// Looks every 50 ms at most, in the calling thread.
///
/// `timeout_seconds`: at most so long; 0 looks once, infinity waits for ever. `job_out`: set to the job
/// as it ended, the host's from then on. `client`, `job_id`: borrowed. `error_out`: may be NULL. Any
/// thread.
///
/// Errors: `FJ_TIMEOUT` when it has not ended in time; `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_wait(
    client: Option<&fj_client>,
    job_id: fj_str,
    timeout_seconds: f64,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            let timeout = at_most(timeout_seconds)?;
            fj_client::of(client)?.wait(id_of(job_id)?, timeout)
        })
    })
}

/// The changes of a job from now on, until it ends.
///
/// `client`, `job_id`: borrowed. `events_out`: set to the changes, the host's from then on; to NULL on
/// failure. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_events(
    client: Option<&fj_client>,
    job_id: fj_str,
    events_out: Option<&mut MaybeUninit<Option<Box<fj_events>>>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = events_out.ok_or_else(|| null("events_out"))?.write(None);
        let events = fj_client::of(client)?.events(id_of(job_id)?)?;
        *out = Some(Box::new(fj_events {
            events: Mutex::new(events),
        }));
        Ok(())
    })
}

/// Waits for the next change of a job.
///
/// The first is how the job is now, the last is its end state, and after that `event_out` stays
/// empty, with `data` NULL, and the call returns `FJ_OK`. Changes that follow each other faster than
/// they are asked for become one.
///
/// `events`: borrowed. `timeout_seconds`: at most so long; 0 looks once, infinity waits for ever.
/// `event_out`: set to `{"changed": [...], "job": {...}}`, the host's from then on. `error_out`: may
/// be NULL. Any thread.
///
/// Errors: `FJ_TIMEOUT` when nothing has changed in time; `FJ_NOT_FOUND` when the job was deleted,
/// which is the end, too; `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_events_next(
    events: Option<&fj_events>,
    timeout_seconds: f64,
    event_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = TextOut::new("event_out", event_out)?;
        let timeout = at_most(timeout_seconds)?;
        let events = &events.ok_or_else(|| null("events"))?.events;
        let mut events = events.lock().unwrap_or_else(PoisonError::into_inner);
        match events.next_within(timeout)? {
            Some(event) => out.json(&event),
            None => Ok(()),
        }
    })
}

/// Ends the watch of a job.
///
/// `events`: consumed; NULL does nothing. Any thread, while no other uses it. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_events_free(events: Option<Box<fj_events>>) {
    guard((), || drop(events));
}

/// How long a host will wait at most.
pub(crate) fn at_most(seconds: f64) -> Result<Duration> {
    match seconds {
        f64::INFINITY => Ok(Duration::MAX),
        _ => duration_from_seconds("timeout_seconds", seconds),
    }
}
