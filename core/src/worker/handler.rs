//! What a kind of job does: handlers, and what they answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::context::AttemptContext;
use super::options::KindOptions;
use crate::error::Result;
use crate::job::{Failure, Kind, Timestamp};
use crate::repository::Product;

/// Runs the jobs of one kind.
///
/// Called on a thread of its own, for several jobs at once, and at least once per job: an attempt
/// whose worker died is made again. Nothing it does outside the repository is undone then, so
/// write what can be written twice.
///
/// An `Err` is an answer too: a kind of error for which trying again can help
/// ([`ErrorKind::is_retryable`](crate::ErrorKind::is_retryable)) is tried again with backoff, any
/// other ends the job. [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled) says that the handler
/// stopped because [`AttemptContext::check`](crate::watch::Watch::check) told it to. A panic is
/// caught and counts as an error.
pub trait Handler: Send + Sync {
    /// Does the work of one attempt.
    ///
    /// # Errors
    /// Whatever went wrong; see the trait.
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict>;
}

impl<F> Handler for F
where
    F: Fn(&AttemptContext) -> Result<Verdict> + Send + Sync,
{
    fn run(&self, attempt: &AttemptContext) -> Result<Verdict> {
        self(attempt)
    }
}

/// What a handler answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The job is done.
    Complete(Completion),
    /// This attempt failed, and another is to be made. Counts as an error.
    Retry {
        /// What went wrong.
        error: Failure,
        /// When to try again; `None` is the usual backoff.
        after: Option<Duration>,
    },
    /// The job is to run later. Counts as nothing.
    Snooze {
        /// No sooner than this.
        until: Timestamp,
    },
    /// The job failed, and trying again cannot help.
    Fail {
        /// What went wrong.
        error: Failure,
    },
    /// The process that ran the handler for this worker died. Counts as a crash: the job runs again
    /// at once after its first, later after its second, and has failed after its third.
    Crashed {
        /// How it died.
        error: Failure,
    },
    /// The work stopped because it was told to.
    Cancelled,
}

impl Verdict {
    /// The job is done, with this result.
    pub fn complete(result: impl Into<Value>) -> Verdict {
        Verdict::Complete(Completion {
            result: Some(result.into()),
            ..Completion::default()
        })
    }
}

/// What a finished job leaves behind. All of it becomes visible in one transaction.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Completion {
    /// The result as JSON; over 1 MiB it is stored as a blob that `result_ref` then names.
    pub result: Option<Value>,
    /// Where the result is to be found, as JSON. The blob that an object names under `blob` is
    /// kept as long as the job.
    ///
    /// A result over 1 MiB is put there. What is here already stays: the fields of an object as
    /// they are, any other value under `value`. If the object has a `blob` already, the attempt
    /// fails with `invalid_input`.
    pub result_ref: Option<Value>,
    /// What is to be stored with the end of the job besides.
    pub product: Option<Product>,
}

/// The handlers of a worker.
#[derive(Clone, Default)]
pub(super) struct Handlers {
    by_kind: BTreeMap<Kind, Entry>,
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) handler: Arc<dyn Handler>,
    pub(super) options: KindOptions,
}

impl Handlers {
    pub(super) fn insert(&mut self, kind: Kind, handler: Arc<dyn Handler>, options: KindOptions) {
        self.by_kind.insert(kind, Entry { handler, options });
    }

    pub(super) fn get(&self, kind: &Kind) -> Option<&Entry> {
        self.by_kind.get(kind)
    }

    pub(super) fn kinds(&self) -> Vec<Kind> {
        self.by_kind.keys().cloned().collect()
    }

    /// How many attempts of a kind run at a time, where that is limited.
    pub(super) fn limits(&self) -> BTreeMap<Kind, usize> {
        let limits = self.by_kind.iter();
        limits
            .filter_map(|(kind, entry)| Some((kind.clone(), entry.options.concurrency?)))
            .collect()
    }

    /// Checks that the settings of each kind can work.
    pub(super) fn check(&self) -> Result<()> {
        let mut kinds = self.by_kind.iter();
        kinds.try_for_each(|(kind, entry)| entry.options.check(kind))
    }
}
