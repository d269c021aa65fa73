//! Functions of the host as handlers.

use std::ffi::{c_int, c_void};

use floorjobs_core::job::RetryPolicy;
use floorjobs_core::worker::{AttemptContext, Handler, KindOptions, Verdict};
use floorjobs_core::{Error, ErrorKind, Result};

use super::attempt::fj_attempt;
use super::callback::{Userdata, fj_release_fn, into_host};
use super::options::{seconds, stall_action};
use super::outcome::fj_outcome;
use crate::sized::SizePrefixed;
use crate::text::null;

/// Does the work of one attempt of a job, and says how it ended.
///
/// `attempt` is borrowed during the call. Returns one of `fj_outcome_...()`, which the library frees;
/// NULL counts as an error of the code `internal`. Called on a thread of the worker's own, for several
/// jobs at once, and at least once per job: an attempt whose worker died is made again, so write what
/// can be written twice. Must not throw, nor end its thread.
#[allow(non_camel_case_types)]
pub type fj_handler_fn = Option<
    unsafe extern "C" fn(userdata: *mut c_void, attempt: *const fj_attempt) -> *mut fj_outcome,
>;

/// What runs the jobs of a kind, and what the kind does differently from its worker. All zeros but
/// the size and `run` is a good value.
///
/// Owner: the host; read during `fj_worker_handle()` only.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_handler {
    /// `sizeof(fj_handler)`.
    pub struct_size: usize,
    /// Does the work. Must not be NULL.
    pub run: fj_handler_fn,
    /// Given to `run`; may be NULL.
    pub userdata: *mut c_void,
    /// Called once with `userdata`, when `run` is not called any more; may be NULL.
    pub release: fj_release_fn,
    /// How long an attempt may take unless the job says; 0 as the worker.
    pub timeout_seconds: f64,
    /// The longest delay before the first repetition; 0 as the worker.
    pub retry_delay_seconds: f64,
    /// How long an attempt may report nothing new; 0 as the worker.
    pub stall_after_seconds: f64,
    /// An `fj_stall_action`.
    pub stall_action: c_int,
    /// How many attempts may end with an error; 0 as the worker.
    pub max_attempts: u32,
    /// How many of the kind run at a time, within the worker's own limit; 0 for as many.
    pub concurrency: u32,
}

// SAFETY: numbers, pointers, and functions that may be NULL; the size first.
unsafe impl SizePrefixed for fj_handler {
    const FIRST_SIZE: usize = size_of::<fj_handler>();
}

impl fj_handler {
    pub(super) fn check(&self) -> Result<()> {
        match self.run {
            Some(_) => Ok(()),
            None => Err(null("run")),
        }
    }

    /// The settings of the kind for a worker whose own policy is `retry`.
    pub(super) fn settings(&self, retry: RetryPolicy) -> Result<KindOptions> {
        let max_attempts = match self.max_attempts {
            0 => retry.max_attempts,
            given => u16::try_from(given).map_err(|_| {
                let message = format!("`max_attempts` is out of range: {given}");
                Error::invalid_field("max_attempts", message)
            })?,
        };
        let base = seconds("retry_delay_seconds", self.retry_delay_seconds)?;
        Ok(KindOptions {
            retry: Some(RetryPolicy {
                max_attempts,
                base: base.unwrap_or(retry.base),
                ..retry
            }),
            deadline: seconds("timeout_seconds", self.timeout_seconds)?,
            stall_after: seconds("stall_after_seconds", self.stall_after_seconds)?,
            stall_action: stall_action(self.stall_action)?,
            concurrency: match self.concurrency {
                0 => None,
                given => Some(given as usize),
            },
        })
    }
}

/// A handler of the host.
pub(crate) struct Host {
    run: fj_handler_fn,
    userdata: Userdata,
}

impl Host {
    /// A handler for a call during which the host keeps what it gives along.
    pub(crate) fn borrowed(given: &fj_handler) -> Result<Host> {
        given.check()?;
        Ok(Host {
            run: given.run,
            userdata: Userdata::new(given.userdata, None),
        })
    }

    pub(super) fn new(given: &fj_handler) -> Host {
        Host {
            run: given.run,
            userdata: Userdata::new(given.userdata, given.release),
        }
    }
}

impl Handler for Host {
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        let run = self.run.ok_or_else(|| null("run"))?;
        let attempt = fj_attempt::new(attempt.clone());
        // SAFETY: the host promises a function that may be called so; the attempt outlives the call.
        let outcome = into_host(|| unsafe { run(self.userdata.pointer, &raw const attempt) });
        if outcome.is_null() {
            let message = "the handler returned no outcome";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        // SAFETY: only this library makes outcomes, as boxes, and the host gives this one up.
        unsafe { Box::from_raw(outcome) }.verdict()
    }
}
