//! What each answer of a handler makes of its job.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::{Completion, Handlers, Verdict};
use super::super::options::KindOptions;
use super::super::testing::{Bench, each_repository, enqueue, kind};
use super::{one_slot, seconds, step_until};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::job::{Failure, NewJob, Outcome, RetryPolicy, Status, Usage};
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
fn the_third_crash_of_a_handler_ends_its_job() {
    let mut bench = Bench::new(one_slot(), |attempt: &AttemptContext| {
        attempt.note_trace(&format!("{}the end", "x".repeat(40_000)));
        Ok(Verdict::Crashed {
            error: Failure::new(ErrorKind::Internal, "signal 11"),
        })
    });
    let job = bench.enqueue();
    // The first crash costs no time, and the second does.
    for _ in 0..4 {
        bench.engine.step();
        bench.settle();
    }
    let twice = bench.repository.get(job.id).unwrap();
    assert_eq!((twice.status, twice.crashes), (Status::Queued, 2));
    let wait = twice.run_at.since(bench.clock.now());
    assert!(seconds(5) / 2 <= wait && wait <= seconds(5), "{wait:?}");
    bench.clock.advance(wait);
    bench.engine.step();
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.errors), (Status::Failed, 0));
    let attempts = bench.repository.attempts(job.id).unwrap();
    for attempt in &attempts {
        assert_eq!(attempt.outcome, Some(Outcome::Crashed));
        let trace = attempt.trace.as_deref().unwrap();
        assert_eq!(trace.len(), 32 << 10);
        assert!(trace.ends_with("the end"));
    }
    assert_eq!(attempts.len(), 3);
}

#[test]
fn a_handler_may_tell_what_another_process_used() {
    let used = Usage {
        cpu_us: 12_345_678,
        peak_memory_bytes: 7,
    };
    let mut bench = Bench::new(one_slot(), move |attempt: &AttemptContext| {
        attempt.note_usage(used);
        Ok(Verdict::complete(1))
    });
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let attempts = bench.repository.attempts(job.id).unwrap();
    assert_eq!(attempts[0].usage, Some(used));
}

/// What is left of a job after its first attempt: its state, what was counted (errors, crashes,
/// interruptions), and how long it waits for the next.
type Left = (Outcome, Status, [u32; 3], Duration);

/// The same, whichever repository keeps it.
fn left_by(new: &NewJob, answer: fn(&AttemptContext) -> crate::Result<Verdict>) -> Left {
    let seen = RefCell::new(Vec::new());
    each_repository(|repository, clock| {
        let mut bench = Bench::over(repository, clock, one_slot(), answer);
        let job = enqueue(bench.repository.as_ref(), bench.clock.as_ref(), new.clone());
        bench.engine.step();
        bench.settle();
        let attempts = bench.repository.attempts(job.id).unwrap();
        let job = bench.repository.get(job.id).unwrap();
        seen.borrow_mut().push((
            attempts[0].outcome.unwrap(),
            job.status,
            [job.errors, job.crashes, job.interruptions],
            job.run_at.since(bench.clock.now()),
        ));
    });
    let seen = seen.into_inner();
    // The delays of two runs have their own random parts.
    assert_eq!(seen[0].0, seen[1].0);
    assert_eq!((seen[0].1, seen[0].2), (seen[1].1, seen[1].2));
    seen[1]
}

fn failure() -> Failure {
    Failure::new(ErrorKind::InvalidPdf, "not a PDF")
}

#[test]
fn answers_count_what_they_should_in_every_repository() {
    let again = |_: &AttemptContext| {
        Ok(Verdict::Retry {
            error: failure(),
            after: None,
        })
    };
    let work = || NewJob::of(kind());
    let quick = || work().retry_delay(Duration::from_millis(10));
    let (none, one) = ([0, 0, 0], [1, 0, 0]);

    let (outcome, status, counted, wait) = left_by(&work(), again);
    assert_eq!((outcome, status), (Outcome::Retried, Status::Queued));
    assert_eq!(counted, one);
    assert!(seconds(5) / 2 <= wait && wait <= seconds(5), "{wait:?}");

    // The job's own words win.
    let (outcome, _, counted, wait) = left_by(&quick(), again);
    assert_eq!((outcome, counted), (Outcome::Retried, one));
    assert!(wait <= Duration::from_millis(10), "{wait:?}");
    let (outcome, status, counted, _) = left_by(&work().max_attempts(1), again);
    assert_eq!((outcome, status), (Outcome::Failed, Status::Failed));
    assert_eq!(counted, one);

    let later = |_: &AttemptContext| {
        Ok(Verdict::Retry {
            error: failure(),
            after: Some(seconds(7)),
        })
    };
    let left = left_by(&work(), later);
    assert_eq!(left, (Outcome::Retried, Status::Queued, one, seconds(7)));
    let snooze = |attempt: &AttemptContext| {
        let until = attempt.job().created_at.after(seconds(90));
        Ok(Verdict::Snooze { until })
    };
    // Not even the last attempt is used up by it.
    let left = left_by(&work().max_attempts(1), snooze);
    assert_eq!(left, (Outcome::Snoozed, Status::Queued, none, seconds(90)));
    let fail = |_: &AttemptContext| Ok(Verdict::Fail { error: failure() });
    let (outcome, status, counted, _) = left_by(&work(), fail);
    assert_eq!((outcome, status), (Outcome::Failed, Status::Failed));
    assert_eq!(counted, one);
    let (outcome, status, counted, _) = left_by(&work(), |_| Ok(Verdict::Cancelled));
    assert_eq!((outcome, status), (Outcome::Cancelled, Status::Cancelled));
    assert_eq!(counted, none);
    let panics = |_: &AttemptContext| -> crate::Result<Verdict> {
        std::panic::resume_unwind(Box::new("quietly"))
    };
    let (outcome, status, counted, _) = left_by(&work(), panics);
    assert_eq!((outcome, status), (Outcome::Retried, Status::Queued));
    assert_eq!(counted, one);
}

#[test]
fn a_kind_has_a_backoff_of_its_own() {
    let mut handlers = Handlers::default();
    let fails = |_: &AttemptContext| Err(Error::new(ErrorKind::Unavailable, "not yet"));
    let policy = RetryPolicy {
        max_attempts: 2,
        base: seconds(100),
        cap: seconds(100),
    };
    let options = KindOptions {
        retry: Some(policy),
        ..KindOptions::default()
    };
    handlers.insert(kind(), Arc::new(fails), options);
    let mut bench = Bench::of_kinds(one_slot(), handlers);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let left = bench.repository.get(job.id).unwrap();
    let wait = left.run_at.since(bench.clock.now());
    assert!(seconds(50) <= wait && wait <= seconds(100), "{wait:?}");
    bench.clock.advance(seconds(100));
    step_until(&mut bench, |bench| {
        bench.repository.get(job.id).unwrap().status == Status::Failed
    });
    assert_eq!(bench.repository.get(job.id).unwrap().errors, 2);
}

#[test]
fn what_an_attempt_used_is_of_its_own_thread_and_of_the_whole_process() {
    use crate::sys::usage::thread_cpu_micros;
    fn burn(micros: i64) {
        let end = thread_cpu_micros() + micros;
        let mut sum = 0_u64;
        while thread_cpu_micros() < end {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
    }
    let mut bench = Bench::new(one_slot(), |attempt: &AttemptContext| {
        match attempt.job().priority {
            0 => burn(30_000),
            _ => std::thread::spawn(|| burn(30_000)).join().unwrap(),
        }
        Ok(Verdict::complete(1))
    });
    let mut usage_of = |priority| {
        let job = NewJob::of(kind()).priority(priority);
        let job = enqueue(bench.repository.as_ref(), bench.clock.as_ref(), job);
        bench.handle().wake();
        step_until(&mut bench, |bench| {
            bench.repository.get(job.id).unwrap().status == Status::Succeeded
        });
        bench.repository.attempts(job.id).unwrap()[0].usage.unwrap()
    };
    let (own, others) = (usage_of(0), usage_of(1));
    assert!(own.cpu_us >= 30_000, "{own:?}");
    assert!(others.cpu_us < 30_000, "{others:?}");
    assert!(own.peak_memory_bytes > 1 << 20);
    assert!(
        others.peak_memory_bytes >= own.peak_memory_bytes,
        "never down"
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

/// What is left of a job whose handler answers a result that is too large to be stored with it.
fn after_large_result(bench: &mut Bench) -> crate::Job {
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    bench.repository.get(job.id).unwrap()
}

fn large_result(result_ref: serde_json::Value) -> Bench {
    Bench::new(one_slot(), move |_: &AttemptContext| {
        Ok(Verdict::Complete(Completion {
            result: Some(json!("x".repeat(2 << 20))),
            result_ref: Some(result_ref.clone()),
            product: None,
        }))
    })
}

#[test]
fn a_large_result_moves_to_a_blob_beside_what_the_handler_said() {
    for (said, kept) in [
        (json!({"layout_id": 4}), json!({"layout_id": 4})),
        (json!("layouts/4"), json!({"value": "layouts/4"})),
        (json!([4, 5]), json!({"value": [4, 5]})),
    ] {
        let mut bench = large_result(said);
        let job = after_large_result(&mut bench);
        assert_eq!((job.status, job.result), (Status::Succeeded, None));
        let mut place = job.result_ref.unwrap();
        let blob = place.as_object_mut().unwrap().remove("blob").unwrap();
        assert_eq!(place, kept);
        let blob = blob.as_str().unwrap().parse().unwrap();
        let text = bench.shared.blobs.get(&blob, 4 << 20).unwrap();
        let expected = "x".repeat(2 << 20);
        assert_eq!(serde_json::from_slice::<String>(&text).unwrap(), expected);
    }
}

#[test]
fn a_large_result_takes_the_place_of_no_blob_that_the_handler_named() {
    let mut bench = large_result(json!({"blob": "sha256:own"}));
    let job = after_large_result(&mut bench);
    assert_eq!(job.status, Status::Failed);
    let error = job.error.unwrap();
    assert_eq!(error.kind, ErrorKind::InvalidInput);
    assert!(error.message.contains("`blob`"), "{}", error.message);
}
