//! Running one job in the calling thread, for callers that have no worker beside them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::native_handler;
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Failure, Job, JobId};
use crate::repository::Ending;
use crate::worker::{AttemptContext, Completion, Handler, Verdict, keep_inline_result_small};

/// Runs one attempt of a queued job here and now, due or not; returns the job as it is then.
///
/// `handler` stands for the native one of the job's kind. A failure ends the job, however often
/// it might be tried again: the caller sees it, and [`Client::retry`] queues it again. The job is
/// held for 600 s, without a heartbeat, and its progress is not stored. A large result is stored as
/// a blob, as by a worker.
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
    run_here_with(client, job, handler)
}

/// As [`run_here`], always with a handler of the caller's own.
///
/// # Errors
/// As those of [`run_here`], but `unsupported`.
pub fn run_here_with(client: &Client, job: JobId, handler: &dyn Handler) -> Result<Job> {
    let attempt = AttemptContext::detached(client.hold(job)?, Arc::clone(client.blobs()));
    let answer = catch_unwind(AssertUnwindSafe(|| handler.run(&attempt)))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Panicked, "the handler panicked")));
    let answer =
        answer.and_then(|verdict| keep_inline_result_small(client.blobs().as_ref(), verdict));
    client.end_held_traced(job, ending(answer), attempt.trace())
}

fn ending(answer: Result<Verdict>) -> Ending {
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
        Ok(Verdict::Fail { error } | Verdict::Retry { error, .. } | Verdict::Crashed { error }) => {
            Ending::Failed { error }
        }
        Ok(Verdict::Snooze { until }) => Ending::Snoozed { run_at: until },
        Ok(Verdict::Cancelled) => Ending::Cancelled,
        Err(error) if error.kind() == ErrorKind::Cancelled => Ending::Cancelled,
        Err(error) => Ending::Failed {
            error: Failure::from(&error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::BlobRef;
    use crate::job::Status;
    use crate::settings::{Overrides, Settings};
    use crate::{Client, NewJob};
    use serde_json::{Value, json};

    struct Answers(usize, Option<Value>);

    impl Handler for Answers {
        fn run(&self, _attempt: &AttemptContext) -> Result<Verdict> {
            Ok(Verdict::Complete(Completion {
                result: Some("x".repeat(self.0).into()),
                result_ref: self.1.clone(),
                product: None,
            }))
        }
    }

    #[test]
    fn a_large_result_is_stored_as_a_blob() {
        let folder = tempfile::tempdir().unwrap();
        let overrides = Overrides {
            database_url: Some(format!("sqlite:///{}/jobs.db", folder.path().display())),
            ..Overrides::default()
        };
        let settings = Settings::resolve(&overrides, |_| None).unwrap();
        let client = Client::connect(&settings).unwrap();
        let run = |bytes, result_ref| {
            let job = client.enqueue(NewJob::new("large").unwrap()).unwrap().id;
            run_here(&client, job, Some(&Answers(bytes, result_ref))).unwrap()
        };
        // The quotes are two bytes of it.
        let small = run((1 << 20) - 2, Some(json!({"kept": 1})));
        assert!(small.result.is_some());
        assert_eq!(small.result_ref, Some(json!({"kept": 1})));

        let large = run(1 << 20, Some(json!({"kept": 1})));
        assert_eq!((large.status, large.result), (Status::Succeeded, None));
        let said = large.result_ref.unwrap();
        assert_eq!(said["kept"], 1);
        let blob: BlobRef = said["blob"].as_str().unwrap().parse().unwrap();
        let stored = client.blobs().get(&blob, 1 << 21).unwrap();
        assert_eq!(stored.len(), (1 << 20) + 2);

        let twice = run(1 << 20, Some(json!({"blob": "of its own"})));
        let error = twice.error.unwrap();
        assert_eq!(error.kind.code(), "invalid_input");
    }
}
