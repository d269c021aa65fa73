//! How an attempt ended, as a value that a handler returns.

use std::ffi::c_int;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{duration_from_seconds, read_json};
use floorjobs_core::worker::{Completion, Verdict};
use floorjobs_core::{Error, Result};
use serde_json::Value;

use crate::guard::guard;
use crate::status::failure;
use crate::text::fj_str;

/// How an attempt ended.
///
/// Made by one of the functions below, and returned from a handler, which gives it up. What was wrong
/// with the arguments shows in the attempt, which fails with `invalid_input`. Owner: the host, until
/// it is returned; one that is not returned is freed with `fj_outcome_free()`. Threads: any, one at a
/// time.
#[allow(non_camel_case_types)]
pub struct fj_outcome {
    verdict: Result<Verdict>,
}

impl fj_outcome {
    pub(super) fn verdict(self) -> Result<Verdict> {
        self.verdict
    }
}

fn made(verdict: impl FnOnce() -> Result<Verdict>) -> Option<Box<fj_outcome>> {
    Some(Box::new(fj_outcome { verdict: verdict() }))
}

/// A JSON value that may be left out.
fn json(given: fj_str, name: &str) -> Result<Option<Value>> {
    let text = given.optional(name)?;
    // The sentence alone reaches the failed job, so it says what was read.
    let read = |text| {
        read_json(text, name)
            .map_err(|error| Error::invalid_field(name, format!("`{name}` is not JSON: {error}")))
    };
    text.map(read).transpose()
}

/// The job is done.
///
/// `result`: borrowed JSON, the job's `result`; absent for null. Over 1 MiB it is stored as a blob that
/// `result_ref` then names. `result_ref`: borrowed JSON, where the result is to be found; absent for
/// null; the blob that its member `blob` names is kept as long as the job. Never NULL. Any thread.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_complete(
    result: fj_str,
    result_ref: fj_str,
) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            Ok(Verdict::Complete(Completion {
                result: Some(json(result, "result")?.unwrap_or_default()),
                result_ref: json(result_ref, "result_ref")?,
                product: None,
            }))
        })
    })
}

/// This attempt failed, and another is to be made. Counts as an error.
///
/// `status`: what went wrong, an `fj_status` but `FJ_OK`. `message`: borrowed; a sentence in lower
/// case. `after_seconds`: when to try again; below 0 for the usual backoff. Never NULL. Any thread.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_retry(
    status: c_int,
    message: fj_str,
    after_seconds: f64,
) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            let after = match after_seconds < 0.0 {
                true => None,
                false => Some(duration_from_seconds("after_seconds", after_seconds)?),
            };
            let error = failure(status, message)?;
            Ok(Verdict::Retry { error, after })
        })
    })
}

/// The job is to run later. Counts as nothing.
///
/// `after_seconds`: no sooner than so long from now. Never NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_snooze(after_seconds: f64) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            let after = duration_from_seconds("after_seconds", after_seconds)?;
            let until = SystemClock.now().after(after);
            Ok(Verdict::Snooze { until })
        })
    })
}

/// The attempt failed: the job, too, if trying again cannot help (`fj_status_is_retryable()`), and
/// else another is made as the settings say.
///
/// `status`: what went wrong, an `fj_status` but `FJ_OK`; `FJ_CANCELLED` as `fj_outcome_cancelled()`.
/// `message`: borrowed; a sentence in lower case. Never NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_error(status: c_int, message: fj_str) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            let error = failure(status, message)?;
            Err(Error::new(error.kind, error.message))
        })
    })
}

/// The job failed, and trying again cannot help.
///
/// `status`: what went wrong, an `fj_status` but `FJ_OK`. `message`: borrowed; a sentence in lower
/// case. Never NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_fail(status: c_int, message: fj_str) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            let error = failure(status, message)?;
            Ok(Verdict::Fail { error })
        })
    })
}

/// The process in which the host ran the work for its handler died.
///
/// Counts as a crash, apart from errors: the job runs again at once after its first, later after its
/// second, and has failed after its third. `status`: what went wrong, an `fj_status` but `FJ_OK`;
/// `FJ_INTERNAL` if nothing says it better. `message`: borrowed; how it died, in lower case. Never NULL.
/// Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_crashed(status: c_int, message: fj_str) -> Option<Box<fj_outcome>> {
    guard(None, || {
        made(|| {
            let error = failure(status, message)?;
            Ok(Verdict::Crashed { error })
        })
    })
}

/// The work stopped because it was told to.
///
/// Never NULL. Any thread. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_cancelled() -> Option<Box<fj_outcome>> {
    guard(None, || made(|| Ok(Verdict::Cancelled)))
}

/// Frees an outcome that is not returned from a handler.
///
/// `outcome`: consumed; NULL does nothing. Any thread. Cannot fail. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_outcome_free(outcome: Option<Box<fj_outcome>>) {
    guard((), || drop(outcome));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::fj_status;
    use floorjobs_core::ErrorKind;
    use floorjobs_core::job::Failure;

    fn verdict(outcome: Option<Box<fj_outcome>>) -> Result<Verdict> {
        outcome.unwrap().verdict()
    }

    #[test]
    fn each_outcome_is_what_it_says() {
        let (text, not_found) = (fj_str::of(c"\"x\""), fj_status::FJ_NOT_FOUND as c_int);
        let done = verdict(fj_outcome_complete(text, fj_str::ABSENT)).unwrap();
        assert_eq!(done, Verdict::complete("x"));
        let done = verdict(fj_outcome_complete(fj_str::ABSENT, fj_str::ABSENT)).unwrap();
        assert_eq!(done, Verdict::complete(Value::Null));
        let error = Failure::new(ErrorKind::NotFound, "\"x\"");
        let failed = verdict(fj_outcome_fail(not_found, text)).unwrap();
        assert_eq!(
            failed,
            Verdict::Fail {
                error: error.clone()
            }
        );
        let crashed = verdict(fj_outcome_crashed(not_found, text)).unwrap();
        assert_eq!(
            crashed,
            Verdict::Crashed {
                error: error.clone()
            }
        );
        let again = verdict(fj_outcome_retry(not_found, text, -1.0)).unwrap();
        assert_eq!(again, Verdict::Retry { error, after: None });
        let raised = verdict(fj_outcome_error(not_found, text)).unwrap_err();
        assert_eq!(raised.kind(), ErrorKind::NotFound);
        assert_eq!(verdict(fj_outcome_cancelled()).unwrap(), Verdict::Cancelled);
        assert!(matches!(
            verdict(fj_outcome_snooze(1.0)),
            Ok(Verdict::Snooze { .. })
        ));
    }

    #[test]
    fn bad_arguments_show_in_the_attempt() {
        let text = fj_str::of(c"{");
        let cases = [
            (fj_outcome_complete(text, fj_str::ABSENT), "result"),
            (fj_outcome_complete(fj_str::ABSENT, text), "result_ref"),
            (fj_outcome_fail(0, text), "status"),
            (fj_outcome_fail(99, text), "status"),
            (fj_outcome_fail(1, fj_str::ABSENT), "message"),
            (fj_outcome_crashed(0, text), "status"),
            (fj_outcome_retry(1, text, f64::NAN), "after_seconds"),
            (fj_outcome_snooze(-1.0), "after_seconds"),
        ];
        for (outcome, field) in cases {
            let error = verdict(outcome).unwrap_err();
            assert_eq!(
                (error.kind(), error.field()),
                (ErrorKind::InvalidInput, Some(field))
            );
        }
        fj_outcome_free(None);
        fj_outcome_free(fj_outcome_cancelled());
    }
}
