//! The dials of a worker, with their defaults and what is refused.

use std::num::NonZeroUsize;
use std::time::Duration;

use super::stall::{StallAction, StallDials};
use crate::error::{Error, Result};
use crate::job::{Kind, QueueName, RetryPolicy};
use crate::upkeep::Retention;

/// How a worker works. Start from [`WorkerOptions::default`] and change what matters.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// The queues to serve; an earlier one is emptied first.
    pub queues: Vec<QueueName>,
    /// How many jobs run at a time; the number of usable cores unless changed.
    pub concurrency: usize,
    /// Stop by itself once no job of the queues is due and no handler runs here.
    ///
    /// What becomes due while it works is run too: retries, jobs that handlers make, and jobs that
    /// waited for those. It does not wait for what is due later (delayed and backing-off jobs, in
    /// whose place a drain could wait for a week), nor for jobs that wait for jobs of other
    /// workers, nor for paused queues: those are left queued.
    pub drain: bool,
    /// Stop by itself once so many jobs were started, when they have ended; for a supervisor that
    /// starts a fresh process then. `None`: no such number.
    pub max_jobs: Option<usize>,
    /// How long this worker may be silent before its jobs are given to others.
    pub lease: Duration,
    /// How often it renews its leases.
    pub beat: Duration,
    /// How often, while jobs run, progress is written and cancel requests are looked for.
    pub tick: Duration,
    /// How long one attempt may take when neither the job nor its kind says.
    pub deadline: Duration,
    /// How long an attempt may report nothing new before it is taken to stall: no progress that
    /// says something else than before, and no checkpoint. A dial of its own beside the deadline,
    /// and only of use for handlers that report. `None` or zero: as long as it likes.
    pub stall_after: Option<Duration>,
    /// What happens to an attempt that stalls.
    pub stall_action: StallAction,
    /// How long an attempt that should stop may go on before it is ended without its consent.
    pub cancel_grace: Duration,
    /// How long running jobs may go on when the worker is asked to stop.
    pub shutdown_grace: Duration,
    /// How long jobs that are cancelled by a stop have to return before they are released.
    pub release_wait: Duration,
    /// How often the repository is asked for jobs when nothing else gave occasion.
    pub poll: Duration,
    /// How often the owners of running jobs on this machine are looked after.
    pub reap_owners_every: Duration,
    /// How often leases that ran out are looked for.
    pub reap_leases_every: Duration,
    /// When failed attempts are made again, unless the job or its kind says.
    pub retry: RetryPolicy,
    /// How long ended jobs are kept, by how they ended; every few minutes a worker deletes a
    /// portion of what is older. By default 7 days for those that succeeded or were cancelled, 30
    /// for those that failed; `None` keeps them for ever. Floor plans stay.
    pub retention: Retention,
    /// Whether blobs that nothing names and nobody has stored for 24 h are removed, about once an
    /// hour. Switch it off where databases share one blob store: each knows only its own names.
    pub sweep_blobs: bool,
    /// Whether SIGTERM and SIGINT stop the worker; for programs of which it is the whole purpose.
    pub handle_signals: bool,
}

impl Default for WorkerOptions {
    fn default() -> WorkerOptions {
        WorkerOptions {
            queues: vec![QueueName::default_queue()],
            concurrency: std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
            drain: false,
            max_jobs: None,
            lease: Duration::from_secs(60),
            beat: Duration::from_secs(15),
            tick: Duration::from_millis(250),
            deadline: Duration::from_secs(600),
            stall_after: None,
            stall_action: StallAction::Report,
            cancel_grace: Duration::from_secs(30),
            shutdown_grace: Duration::from_secs(25),
            release_wait: Duration::from_secs(2),
            poll: Duration::from_secs(5),
            reap_owners_every: Duration::from_secs(1),
            reap_leases_every: Duration::from_secs(5),
            retry: RetryPolicy::default(),
            retention: Retention::default(),
            sweep_blobs: true,
            handle_signals: false,
        }
    }
}

/// More threads than this are a mistake in a setting, not a wish.
const MAX_CONCURRENCY: usize = 1_024;

/// How often a worker asks that nothing tells of new jobs: on a server without Redis, say.
const POLL_UNTOLD: Duration = Duration::from_millis(250);

impl WorkerOptions {
    /// For a worker that nothing tells of new jobs.
    #[must_use]
    pub(crate) fn asking_often(self) -> WorkerOptions {
        WorkerOptions {
            poll: self.poll.min(POLL_UNTOLD),
            ..self
        }
    }

    /// Checks that the values fit together.
    ///
    /// # Errors
    /// `invalid_input` with the option at fault.
    pub fn check(&self) -> Result<()> {
        if self.queues.is_empty() {
            return Err(Error::invalid_field(
                "queues",
                "a worker needs at least one queue",
            ));
        }
        if !(1..=MAX_CONCURRENCY).contains(&self.concurrency) {
            let message = format!(
                "`concurrency` must be 1 to {MAX_CONCURRENCY}, not {}",
                self.concurrency
            );
            return Err(Error::invalid_field("concurrency", message));
        }
        if self.max_jobs == Some(0) {
            let message = "`max_jobs` must be at least 1";
            return Err(Error::invalid_field("max_jobs", message));
        }
        let shortest = Duration::from_millis(1);
        for (field, value) in [
            ("beat", self.beat),
            ("tick", self.tick),
            ("deadline", self.deadline),
            ("poll", self.poll),
            ("reap_owners_every", self.reap_owners_every),
            ("reap_leases_every", self.reap_leases_every),
        ] {
            if value < shortest {
                let message = format!("`{field}` must be at least 1 ms, not {value:?}");
                return Err(Error::invalid_field(field, message));
            }
        }
        // Two beats may fail in a row before anyone else may take the jobs.
        if self.lease < self.beat.saturating_mul(3) {
            let message = format!(
                "`lease` must be at least three times `beat` ({:?}), not {:?}",
                self.beat, self.lease
            );
            return Err(Error::invalid_field("lease", message));
        }
        if self.retry.max_attempts == 0 {
            return Err(Error::invalid_field(
                "retry",
                "`max_attempts` must be at least 1",
            ));
        }
        Ok(())
    }
}

/// What one kind of job does differently from the worker's [`WorkerOptions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KindOptions {
    /// When failed attempts are made again.
    pub retry: Option<RetryPolicy>,
    /// How long one attempt may take when the job does not say.
    pub deadline: Option<Duration>,
    /// How many attempts of the kind one worker runs at a time, within its own concurrency; a
    /// full kind is left to other workers, and jobs of other kinds go past it.
    pub concurrency: Option<usize>,
    /// How long an attempt may report nothing new; zero switches the watchdog off for the kind.
    pub stall_after: Option<Duration>,
    /// What happens to an attempt that stalls.
    pub stall_action: Option<StallAction>,
}

impl KindOptions {
    /// Checks that the values can work.
    pub(super) fn check(&self, kind: &Kind) -> Result<()> {
        if self.concurrency == Some(0) {
            let message = format!("`concurrency` of `{kind}` must be at least 1");
            return Err(Error::invalid_field("concurrency", message));
        }
        if self.retry.is_some_and(|retry| retry.max_attempts == 0) {
            let message = format!("`max_attempts` of `{kind}` must be at least 1");
            return Err(Error::invalid_field("retry", message));
        }
        Ok(())
    }

    /// The watchdog's dials for an attempt of this kind.
    pub(super) fn stall(&self, worker: &WorkerOptions) -> StallDials {
        StallDials::new(
            self.stall_after.or(worker.stall_after),
            self.stall_action.unwrap_or(worker.stall_action),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_field(change: impl FnOnce(&mut WorkerOptions)) -> Option<String> {
        let mut options = WorkerOptions::default();
        change(&mut options);
        options
            .check()
            .err()
            .and_then(|error| error.field().map(str::to_owned))
    }

    #[test]
    fn the_defaults_are_accepted() {
        assert_eq!(refused_field(|_| {}), None);
    }

    #[test]
    fn a_kind_that_could_never_run_is_refused() {
        let field = |options: KindOptions| {
            let error = options.check(&Kind::ingest()).err()?;
            error.field().map(str::to_owned)
        };
        let none = KindOptions::default();
        assert_eq!(field(none), None);
        let stopped = KindOptions {
            concurrency: Some(0),
            ..none
        };
        assert_eq!(field(stopped).as_deref(), Some("concurrency"));
        let retry = RetryPolicy {
            max_attempts: 0,
            ..RetryPolicy::default()
        };
        let never = KindOptions {
            retry: Some(retry),
            ..none
        };
        assert_eq!(field(never).as_deref(), Some("retry"));
    }

    #[test]
    fn who_hears_nothing_asks_more_often_and_never_less() {
        let untold = WorkerOptions::default().asking_often();
        assert_eq!(untold.poll, POLL_UNTOLD);
        let often = Duration::from_millis(10);
        let keen = WorkerOptions {
            poll: often,
            ..WorkerOptions::default()
        };
        assert_eq!(keen.asking_often().poll, often);
    }

    #[test]
    fn what_cannot_work_is_refused_by_name() {
        assert_eq!(
            refused_field(|o| o.queues.clear()).as_deref(),
            Some("queues")
        );
        assert_eq!(
            refused_field(|o| o.concurrency = 0).as_deref(),
            Some("concurrency")
        );
        assert_eq!(
            refused_field(|o| o.concurrency = 5_000).as_deref(),
            Some("concurrency")
        );
        assert_eq!(
            refused_field(|o| o.max_jobs = Some(0)).as_deref(),
            Some("max_jobs")
        );
        assert_eq!(
            refused_field(|o| o.poll = Duration::ZERO).as_deref(),
            Some("poll")
        );
        assert_eq!(
            refused_field(|o| o.lease = o.beat * 2).as_deref(),
            Some("lease")
        );
        assert_eq!(
            refused_field(|o| o.retry.max_attempts = 0).as_deref(),
            Some("retry")
        );
    }
}
