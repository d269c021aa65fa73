//! When a job runs again, and when it is given up.
//!
//! Errors, crashes and interruptions are counted apart: only errors use up `max_attempts`, only
//! crashes lead to the poison guard, and an interrupted attempt costs the job nothing.

use std::time::Duration;

use super::Job;

/// A job whose attempts crashed this often is failed, whatever `max_attempts` says.
pub const MAX_CRASHES: u32 = 3;

/// How often and how soon a job is tried again after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts that may end with an error, the first included.
    pub max_attempts: u16,
    /// The longest delay after the first error.
    pub base: Duration,
    /// No delay is longer than this.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            max_attempts: 4,
            base: Duration::from_secs(5),
            cap: Duration::from_secs(30 * 60),
        }
    }
}

/// What becomes of a job whose attempt ended with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterError {
    /// It runs again after this delay.
    RetryIn(Duration),
    /// It has failed.
    Fail,
}

/// What becomes of a job whose attempt crashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterCrash {
    /// It runs again after this delay.
    RetryIn(Duration),
    /// It has failed: it crashed [`MAX_CRASHES`] times.
    Fail,
    /// It is cancelled: somebody had asked for that.
    Cancel,
}

impl RetryPolicy {
    /// The delay before the attempt after failure number `failures` (from 1).
    ///
    /// `U(1/2, 1) * min(cap, base * 2^(failures - 1))`, where `unit` in 0..1 stands for the
    /// random part: half is fixed, so that the delays really grow, and half is spread, so that
    /// jobs which failed together do not come back together.
    pub fn delay(&self, failures: u32, unit: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        full.mul_f64(0.5 + 0.5 * unit.clamp(0.0, 1.0))
    }

    /// This policy as `job` wants it: what its request said wins.
    #[must_use]
    pub fn for_job(&self, job: &Job) -> RetryPolicy {
        RetryPolicy {
            max_attempts: job.max_attempts.unwrap_or(self.max_attempts),
            ..self.with_base(job.retry_delay_us)
        }
    }

    /// This policy with the base in microseconds that a job asked for, if it did.
    #[must_use]
    pub(crate) fn with_base(&self, retry_delay_us: Option<i64>) -> RetryPolicy {
        let base = retry_delay_us.and_then(|micros| u64::try_from(micros).ok());
        RetryPolicy {
            base: base.map_or(self.base, Duration::from_micros),
            ..*self
        }
    }

    /// What becomes of `job` when its running attempt ends with an error.
    ///
    /// `retryable` is [`ErrorKind::is_retryable`](crate::ErrorKind::is_retryable) of the error.
    pub fn after_error(&self, job: &Job, retryable: bool, unit: f64) -> AfterError {
        let policy = self.for_job(job);
        let errors = job.errors.saturating_add(1);
        if !retryable || errors >= u32::from(policy.max_attempts) {
            return AfterError::Fail;
        }
        AfterError::RetryIn(policy.delay(errors, unit))
    }

    /// What becomes of a job that crashed `crashes` times before, and now once more. `max_attempts`
    /// has no say in it.
    ///
    /// The first crash is taken for bad luck (a restart, a lost machine) and costs no time; the
    /// second waits; the third stops the job before it takes down another worker.
    pub fn after_crash(&self, crashes: u32, cancel_requested: bool, unit: f64) -> AfterCrash {
        match crashes.saturating_add(1) {
            _ if cancel_requested => AfterCrash::Cancel,
            0 | 1 => AfterCrash::RetryIn(Duration::ZERO),
            n if n < MAX_CRASHES => AfterCrash::RetryIn(self.delay(n - 1, unit)),
            _ => AfterCrash::Fail,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_from_the_base_to_the_cap() {
        let policy = RetryPolicy::default();
        let full: Vec<_> = (1..=11).map(|n| policy.delay(n, 1.0).as_secs()).collect();
        assert_eq!(full, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]);
        assert_eq!(policy.delay(1, 0.0), Duration::from_millis(2_500));
        assert_eq!(policy.delay(u32::MAX, 1.0), policy.cap);
    }

    #[test]
    fn delays_follow_the_formula() {
        let seconds = Duration::from_secs_f64;
        // base, cap, failures, unit -> U(1/2, 1) * min(cap, base * 2^(failures - 1))
        let table = [
            (5.0, 1_800.0, 0, 1.0, 5.0),
            (5.0, 1_800.0, 1, 0.0, 2.5),
            (5.0, 1_800.0, 1, 0.5, 3.75),
            (5.0, 1_800.0, 2, 0.0, 5.0),
            (5.0, 1_800.0, 3, 0.25, 12.5),
            (5.0, 1_800.0, 10, 1.0, 1_800.0),
            (5.0, 1_800.0, 10, 0.0, 900.0),
            (0.0, 1_800.0, 4, 1.0, 0.0),
            (0.001, 60.0, 17, 1.0, 60.0),
            (90.0, 60.0, 1, 1.0, 60.0),
            (1e9, 1e9, 40, 0.5, 0.75e9),
            // A random part out of its bounds is brought back into them.
            (8.0, 100.0, 1, -3.0, 4.0),
            (8.0, 100.0, 1, 7.0, 8.0),
        ];
        for (base, cap, failures, unit, expected) in table {
            let policy = RetryPolicy {
                max_attempts: 4,
                base: seconds(base),
                cap: seconds(cap),
            };
            let delay = policy.delay(failures, unit);
            assert_eq!(delay, seconds(expected), "{policy:?} {failures} {unit}");
        }
    }

    #[test]
    fn the_third_crash_is_the_last() {
        let policy = RetryPolicy::default();
        assert_eq!(
            policy.after_crash(0, false, 0.3),
            AfterCrash::RetryIn(Duration::ZERO)
        );
        assert_eq!(
            policy.after_crash(1, false, 1.0),
            AfterCrash::RetryIn(Duration::from_secs(5))
        );
        assert_eq!(policy.after_crash(2, false, 0.3), AfterCrash::Fail);
        assert_eq!(policy.after_crash(0, true, 0.3), AfterCrash::Cancel);
    }
}
