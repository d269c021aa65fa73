//! What each answer of a handler makes of its job.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::{Completion, Verdict};
use super::super::testing::Bench;
use super::{one_slot, seconds, step_until};
use crate::error::{Error, ErrorKind};
use crate::job::{Failure, Outcome, Status};
use crate::watch::Watch;

/// Runs one job to the end of its first attempt and returns the outcome of that.
fn outcome_of(
    answer: impl Fn(&AttemptContext) -> crate::Result<Verdict> + Send + Sync + 'static,
) -> (Outcome, crate::Job) {
    let mut bench = Bench::new(one_slot(), answer);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let attempts = bench.repository.attempts(job.id).unwrap();
    assert_eq!(attempts.len(), 1);
    (
        attempts[0].outcome.unwrap(),
        bench.repository.get(job.id).unwrap(),
    )
}

#[test]
fn a_job_runs_with_its_payload_and_keeps_its_result() {
    let (outcome, job) = outcome_of(|attempt| {
        assert_eq!((attempt.attempt(), attempt.payload()), (1, &json!({})));
        assert!(attempt.check().is_ok());
        Ok(Verdict::complete(json!({"page": 1})))
    });
    assert_eq!(
        (outcome, job.status),
        (Outcome::Succeeded, Status::Succeeded)
    );
    assert_eq!(job.result, Some(json!({"page": 1})));
}

#[test]
fn each_answer_ends_the_attempt_its_own_way() {
    let failure = || Failure::new(ErrorKind::InvalidPdf, "not a PDF");
    let (outcome, job) = outcome_of(move |_| Ok(Verdict::Fail { error: failure() }));
    assert_eq!((outcome, job.status), (Outcome::Failed, Status::Failed));
    assert_eq!(job.error, Some(failure()));

    let again = move || Verdict::Retry {
        error: failure(),
        after: Some(seconds(7)),
    };
    let (outcome, job) = outcome_of(move |_| Ok(again()));
    assert_eq!(
        (outcome, job.status, job.errors),
        (Outcome::Retried, Status::Queued, 1)
    );
    assert_eq!(job.run_at.since(job.updated_at), seconds(7));

    let (outcome, job) = outcome_of(|attempt| {
        let until = attempt.job().created_at.after(seconds(90));
        Ok(Verdict::Snooze { until })
    });
    assert_eq!(
        (outcome, job.status, job.errors),
        (Outcome::Snoozed, Status::Queued, 0)
    );
    assert_eq!(job.run_at, job.created_at.after(seconds(90)));

    let (outcome, job) = outcome_of(|_| Ok(Verdict::Cancelled));
    assert_eq!(
        (outcome, job.status),
        (Outcome::Cancelled, Status::Cancelled)
    );
}

#[test]
fn errors_are_retried_if_that_can_help_and_final_if_not() {
    let (outcome, job) = outcome_of(|_| Err(Error::new(ErrorKind::Unavailable, "disk is away")));
    assert_eq!((outcome, job.status), (Outcome::Retried, Status::Queued));
    assert!(job.run_at > job.updated_at);
    let (outcome, job) = outcome_of(|_| Err(Error::new(ErrorKind::InvalidPdf, "no PDF")));
    assert_eq!((outcome, job.status), (Outcome::Failed, Status::Failed));
}

#[test]
fn a_panic_is_an_error_and_the_slot_serves_again() {
    let calls = AtomicUsize::new(0);
    let mut bench = Bench::new(one_slot(), move |_: &AttemptContext| {
        if calls.fetch_add(1, Ordering::SeqCst) == 0 {
            std::panic::resume_unwind(Box::new("quietly"));
        }
        Ok(Verdict::complete(1))
    });
    let first = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let error = bench.repository.get(first.id).unwrap().error.unwrap();
    assert_eq!(error.kind, ErrorKind::Panicked);
    assert!(error.message.contains("quietly"));
    let second = bench.enqueue();
    bench.handle().wake();
    bench.hear(|event| matches!(event, WorkerEvent::Retried { .. }).then_some(()));
    step_until(&mut bench, |bench| {
        bench.repository.get(second.id).unwrap().status == Status::Succeeded
    });
}

#[test]
fn a_large_result_moves_to_a_blob() {
    let large = "x".repeat(2 << 20);
    let expected = large.clone();
    let mut bench = Bench::new(one_slot(), move |_: &AttemptContext| {
        Ok(Verdict::Complete(Completion {
            result: Some(json!(large)),
            result_ref: Some(json!({"layout_id": 4})),
            reading: None,
        }))
    });
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(job.result, None);
    let place = job.result_ref.unwrap();
    assert_eq!(place["layout_id"], json!(4));
    let blob = place["blob"].as_str().unwrap().parse().unwrap();
    let text = bench.shared.blobs.get(&blob, 4 << 20).unwrap();
    assert_eq!(serde_json::from_slice::<String>(&text).unwrap(), expected);
}
