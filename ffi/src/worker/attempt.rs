//! What a handler of the host sees of its attempt.

use std::mem::MaybeUninit;
use std::sync::OnceLock;

use floorjobs_core::blob::BlobRef;
use floorjobs_core::job::{duration_from_seconds, read_json};
use floorjobs_core::sys::fork::current_pid;
use floorjobs_core::watch::Watch;
use floorjobs_core::worker::AttemptContext;
use floorjobs_core::{Error, ErrorKind, Result};
use serde_json::Value;

use crate::error::fj_error;
use crate::guard::{guard, guard_status};
use crate::status::fj_status;
use crate::text::{
    Terminated, TextOut, answer, answer_bytes, answer_text, bytes, fj_bytes, fj_str, fj_string,
    null,
};

/// No blob is larger than this.
const MAX_BLOB_BYTES: usize = 1 << 30;

/// One attempt of a job, as its handler sees it.
///
/// Owner: the library; borrowed by the handler until it returns. Threads: any, several at once, until
/// then. A child that the handler forks is refused with `FJ_INVALID_STATE`.
#[allow(non_camel_case_types)]
pub struct fj_attempt {
    attempt: AttemptContext,
    payload: Terminated,
    id: Terminated,
    /// Why it should stop, once somebody asked.
    cancel_reason: OnceLock<Terminated>,
    pid: u32,
}

impl fj_attempt {
    pub(super) fn new(attempt: AttemptContext) -> fj_attempt {
        fj_attempt {
            payload: Terminated::new(&attempt.payload().to_string()),
            id: Terminated::new(&attempt.job().id.to_string()),
            cancel_reason: OnceLock::new(),
            attempt,
            pid: current_pid(),
        }
    }

    fn of(given: Option<&fj_attempt>) -> Result<&AttemptContext> {
        let attempt = given.ok_or_else(|| null("attempt"))?;
        if attempt.pid != current_pid() {
            let message = format!(
                "the attempt is of process {}, not of its child",
                attempt.pid
            );
            return Err(Error::new(ErrorKind::InvalidState, message));
        }
        Ok(&attempt.attempt)
    }
}

/// What the job is to do: its payload as JSON.
///
/// `attempt`: borrowed; NULL gives an absent text. The text is the attempt's own and lasts as long; a
/// NUL follows it. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_payload(attempt: Option<&fj_attempt>) -> fj_str {
    guard(fj_str::ABSENT, || {
        attempt.map_or(fj_str::ABSENT, |attempt| attempt.payload.borrow())
    })
}

/// The id of the job.
///
/// `attempt`: borrowed; NULL gives an absent text. The text is the attempt's own and lasts as long; a
/// NUL follows it. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_job_id(attempt: Option<&fj_attempt>) -> fj_str {
    guard(fj_str::ABSENT, || {
        attempt.map_or(fj_str::ABSENT, |attempt| attempt.id.borrow())
    })
}

/// Which start of the job this is, from 1; 0 for NULL.
///
/// `attempt`: borrowed. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_number(attempt: Option<&fj_attempt>) -> u32 {
    guard(0, || attempt.map_or(0, |attempt| attempt.attempt.attempt()))
}

/// Whether the handler should stop: somebody asked for it, its time is up, or the worker stops.
///
/// To be asked now and then; costs nothing. A handler that stops for it returns
/// `fj_outcome_cancelled()`. True for NULL. `attempt`: borrowed. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_is_cancelled(attempt: Option<&fj_attempt>) -> bool {
    guard(true, || {
        attempt.is_none_or(|attempt| attempt.attempt.is_cancelled())
    })
}

/// Why the handler should stop: `requested`, `deadline`, `stalled`, `shutdown`, `lease_lost` or
/// `lease_in_doubt`.
///
/// `attempt`: borrowed; NULL gives an absent text, and so does one that may go on. The text is the
/// attempt's own and lasts as long; a NUL follows it. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_cancel_reason(attempt: Option<&fj_attempt>) -> fj_str {
    guard(fj_str::ABSENT, || {
        let Some(attempt) = attempt else {
            return fj_str::ABSENT;
        };
        // The first reason stays.
        let Some(reason) = attempt.attempt.cancel_token().reason() else {
            return fj_str::ABSENT;
        };
        let text = || Terminated::new(reason.as_str());
        attempt.cancel_reason.get_or_init(text).borrow()
    })
}

/// Waits until the handler should stop, at most so long; instead of sleeping.
///
/// `seconds`: 0 looks once. `attempt`: borrowed. `error_out`: may be NULL. Any thread. `FJ_OK` says that
/// the time has passed.
///
/// Errors: `FJ_CANCELLED` when it should stop, with the reason; `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in
/// a forked child. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_wait(
    attempt: Option<&fj_attempt>,
    seconds: f64,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let attempt = fj_attempt::of(attempt)?;
        let token = attempt.cancel_token();
        token.wait(duration_from_seconds("seconds", seconds)?);
        attempt.check()
    })
}

/// The job as it was when this attempt began.
///
/// `attempt`: borrowed. `job_out`: set to the job as JSON, the host's from then on. `error_out`: may be
/// NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in a forked child. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_job(
    attempt: Option<&fj_attempt>,
    job_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("job_out", job_out, || {
            Ok(fj_attempt::of(attempt)?.job().clone())
        })
    })
}

/// Tells how far the work is. Only the newest report counts; it is stored a few times a second at most.
///
/// `fraction`: of the whole, in 0..1. `stage`: borrowed; what it is doing. `message`: borrowed; more about
/// it, absent for none. `attempt`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in a forked child. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_progress(
    attempt: Option<&fj_attempt>,
    fraction: f64,
    stage: fj_str,
    message: fj_str,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let attempt = fj_attempt::of(attempt)?;
        if !(0.0..=1.0).contains(&fraction) {
            let message = format!("`fraction` must be 0 to 1, not {fraction}");
            return Err(Error::invalid_field("fraction", message));
        }
        let (stage, message) = (stage.required("stage")?, message.optional("message")?);
        attempt.progress_message(fraction, stage, message);
        Ok(())
    })
}

/// Keeps a value for the next attempt, should this one not succeed; it is stored on return.
///
/// `value`: borrowed JSON, at most 1 MiB. `attempt`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_LEASE_LOST` when this attempt is no longer the running one; `FJ_LIMIT_EXCEEDED`;
/// `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in a forked child; `FJ_UNAVAILABLE`, after which it may be
/// stored or not. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_checkpoint(
    attempt: Option<&fj_attempt>,
    value: fj_str,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let value: Value = read_json(value.required("value")?, "value")?;
        fj_attempt::of(attempt)?.checkpoint(&value)
    })
}

/// What the attempt before this one kept.
///
/// `attempt`: borrowed. `value_out`: set to JSON, the host's from then on; empty, with `data` NULL, when
/// nothing was kept. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in a forked child. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_kept(
    attempt: Option<&fj_attempt>,
    value_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = TextOut::new("value_out", value_out)?;
        match fj_attempt::of(attempt)?.kept() {
            Some(value) => out.json(value),
            None => Ok(()),
        }
    })
}

/// The input file of the job, such as an uploaded plan.
///
/// `limit`: it is refused if it has more bytes. `attempt`: borrowed. `bytes_out`: set to the bytes, the
/// host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` when the job has none; `FJ_LIMIT_EXCEEDED`; `FJ_NOT_FOUND`; `FJ_CORRUPT`;
/// `FJ_INVALID_STATE` in a forked child; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_input(
    attempt: Option<&fj_attempt>,
    limit: u64,
    bytes_out: Option<&mut MaybeUninit<fj_bytes>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_bytes("bytes_out", bytes_out, || {
            fj_attempt::of(attempt)?.input(limit)
        })
    })
}

/// Stores bytes and names them. They are kept while a job's `result_ref` names them under `blob`;
/// what nothing names is removed a day after it was stored.
///
/// `data`, `len`: the bytes, borrowed; at most 1 GiB. `attempt`: borrowed. `ref_out`: set to the name, the
/// host's from then on. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_LIMIT_EXCEEDED`; `FJ_INVALID_STATE` in a forked child;
/// `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_attempt_put_blob(
    attempt: Option<&fj_attempt>,
    data: *const u8,
    len: usize,
    ref_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_text("ref_out", ref_out, || {
            let attempt = fj_attempt::of(attempt)?;
            // SAFETY: the host promises `len` bytes that stay as they are during the call.
            let bytes = unsafe { bytes(data, len, MAX_BLOB_BYTES, "data") }?;
            Ok(attempt
                .blobs()
                .put(bytes.ok_or_else(|| null("data"))?)?
                .to_string())
        })
    })
}

/// Reads the bytes that a name stands for.
///
/// `name`: borrowed; what `fj_attempt_put_blob()` gave, or a job tells. `limit`: refused if there are more
/// bytes. `attempt`: borrowed. `bytes_out`: set to the bytes, the host's from then on. `error_out`: may
/// be NULL. Any thread.
///
/// Errors: `FJ_NOT_FOUND`; `FJ_INVALID_INPUT`; `FJ_LIMIT_EXCEEDED`; `FJ_CORRUPT`; `FJ_INVALID_STATE` in
/// a forked child; `FJ_UNAVAILABLE`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_attempt_read_blob(
    attempt: Option<&fj_attempt>,
    name: fj_str,
    limit: u64,
    bytes_out: Option<&mut MaybeUninit<fj_bytes>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer_bytes("bytes_out", bytes_out, || {
            let attempt = fj_attempt::of(attempt)?;
            let name = name.required("name")?.parse::<BlobRef>();
            let name = name.map_err(|error| error.with_field("name"))?;
            attempt.blobs().get(&name, limit)
        })
    })
}
