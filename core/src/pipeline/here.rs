//! Running one job in the calling thread, for callers that have no worker beside them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::native_handler;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Failure, Job, JobId};
use crate::repository::Ending;
use crate::worker::{AttemptContext, Completion, Handler, Verdict};

/// Runs one attempt of a queued job here and now, due or not; returns the job as it is then.
///
/// `handler` stands for the native one of the job's kind. A failure ends the job, however often
/// it might be tried again: the caller sees it, and [`Client::retry`] queues it again. The job is
/// held for 600 s, without a heartbeat, and its progress is not stored.
///
/// # Errors
/// `not_found`; `invalid_state` when the job is not queued; `unsupported` when there is no handler
/// for its kind; `lease_lost` when it took too long. That the work failed is no error here.
pub fn run_here(client: &Client, job: JobId, handler: Option<&dyn Handler>) -> Result<Job> {
    let kind = client.get(job)?.kind;
    let native = native_handler(client, &kind);
    let handler = handler.or(native.as_deref()).ok_or_else(|| {
        let message = format!("job `{job}` is of kind `{kind}`, which has no handler here");
        Error::new(ErrorKind::Unsupported, message)
    })?;
    let attempt = AttemptContext::detached(client.hold(job)?, Arc::clone(client.blobs()));
    let answer = catch_unwind(AssertUnwindSafe(|| handler.run(&attempt)))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Panicked, "the handler panicked")));
    client.end_held(job, ending(answer))
}

fn ending(answer: Result<Verdict>) -> Ending {
    match answer {
        Ok(Verdict::Complete(Completion {
            result,
            result_ref,
            reading,
        })) => Ending::Succeeded {
            result,
            result_ref,
            reading,
        },
        Ok(Verdict::Fail { error } | Verdict::Retry { error, .. }) => Ending::Failed { error },
        Ok(Verdict::Snooze { until }) => Ending::Snoozed { run_at: until },
        Ok(Verdict::Cancelled) => Ending::Cancelled,
        Err(error) if error.kind() == ErrorKind::Cancelled => Ending::Cancelled,
        Err(error) => Ending::Failed {
            error: Failure::from(&error),
        },
    }
}
