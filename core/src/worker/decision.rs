//! What the answer of a handler means for its job. Pure.

use std::time::Duration;

use super::cancel::CancelReason;
use super::handler::{Completion, Verdict};
use crate::error::{ErrorKind, Result};
use crate::job::{AfterCrash, AfterError, Failure, Job, RetryPolicy, Timestamp};
use crate::repository::Ending;

/// What is known when an attempt's answer is judged.
pub(super) struct Decision<'a> {
    pub(super) job: &'a Job,
    pub(super) policy: &'a RetryPolicy,
    /// Why the attempt was told to stop, if it was.
    pub(super) reason: Option<CancelReason>,
    /// How long it may report nothing new.
    pub(super) stall_after: Option<Duration>,
    pub(super) now: Timestamp,
    /// The random part of the delays, in 0..1.
    pub(super) unit: f64,
}

impl Decision<'_> {
    /// What the answer of a handler means for the job.
    pub(super) fn ending(&self, answer: Result<Verdict>) -> Ending {
        match answer {
            Ok(Verdict::Complete(Completion {
                result,
                result_ref,
                product,
            })) => Ending::Succeeded {
                result,
                result_ref,
                product,
            },
            Ok(Verdict::Retry { error, after }) => self.after_error(error, true, after),
            Ok(Verdict::Snooze { until }) => Ending::Snoozed { run_at: until },
            Ok(Verdict::Fail { error }) => Ending::Failed { error },
            Ok(Verdict::Crashed { error }) => self.after_crash(error),
            Ok(Verdict::Cancelled) => self.stopped(),
            Err(error) if error.kind() == ErrorKind::Cancelled => self.stopped(),
            Err(error) => self.after_error(Failure::from(&error), error.is_retryable(), None),
        }
    }

    /// The handler stopped before it was done: what that means depends on who told it to.
    pub(super) fn stopped(&self) -> Ending {
        match self.reason {
            Some(CancelReason::Deadline) => {
                let took = self.job.started_at.map(|start| self.now.since(start));
                let text = match took {
                    Some(took) => format!("the attempt took {:.1} s, too long", took.as_secs_f64()),
                    None => "the attempt took too long".to_owned(),
                };
                self.after_error(Failure::new(ErrorKind::Timeout, text), true, None)
            }
            Some(CancelReason::Stalled) => {
                let limit = self.stall_after.unwrap_or_default().as_secs_f64();
                let text = format!("the attempt reported nothing new for {limit:.1} s, too long");
                self.after_error(Failure::new(ErrorKind::Timeout, text), true, None)
            }
            Some(CancelReason::Shutdown | CancelReason::LeaseLost | CancelReason::LeaseInDoubt) => {
                Ending::Released
            }
            // Without a reason the handler decided by itself, which is its right.
            Some(CancelReason::Requested) | None => Ending::Cancelled,
        }
    }

    fn after_crash(&self, error: Failure) -> Ending {
        let policy = self.policy.for_job(self.job);
        // Whether somebody asked for a cancel, the repository knows.
        let run_at = match policy.after_crash(self.job.crashes, false, self.unit) {
            AfterCrash::RetryIn(delay) => Some(self.now.after(delay)),
            AfterCrash::Fail | AfterCrash::Cancel => None,
        };
        Ending::Crashed { error, run_at }
    }

    fn after_error(&self, error: Failure, retryable: bool, after: Option<Duration>) -> Ending {
        match self.policy.after_error(self.job, retryable, self.unit) {
            AfterError::RetryIn(delay) => Ending::Retried {
                error,
                run_at: self.now.after(after.unwrap_or(delay)),
            },
            AfterError::Fail => Ending::Failed { error },
        }
    }
}
