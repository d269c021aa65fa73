//! The worker's pieces together, on a repository in memory and a clock that the tests move.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::cancel::CancelReason;
use super::context::AttemptContext;
use super::engine::Step;
use super::events::WorkerEvent;
use super::handler::{Completion, Verdict};
use super::options::WorkerOptions;
use super::run::StopReason;
use super::testing::{Bench, LONG, patient, stubborn};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::job::{Failure, Outcome, Status};
use crate::watch::Watch;

fn one_slot() -> WorkerOptions {
    WorkerOptions {
        concurrency: 1,
        ..WorkerOptions::default()
    }
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

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

/// Steps while other threads work, until `done`.
fn step_until(bench: &mut Bench, done: impl Fn(&Bench) -> bool) {
    for _ in 0..1_000_000 {
        bench.engine.step();
        if done(bench) {
            return;
        }
        std::thread::yield_now();
    }
    unreachable!("it never happened");
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

#[test]
fn no_more_is_claimed_than_slots_are_free() {
    let (handler, began) = patient();
    let options = WorkerOptions {
        concurrency: 2,
        ..WorkerOptions::default()
    };
    let mut bench = Bench::new(options, handler);
    let jobs: Vec<_> = (0..3).map(|_| bench.enqueue().id).collect();
    bench.engine.step();
    assert_eq!(began.recv_timeout(LONG), Ok(None));
    assert_eq!(began.recv_timeout(LONG), Ok(None));
    let status = |id| bench.repository.get(id).unwrap().status;
    assert_eq!(
        jobs.iter()
            .filter(|id| status(**id) == Status::Running)
            .count(),
        2
    );
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn an_idle_worker_asks_only_when_woken_when_something_is_due_and_at_the_poll() {
    let mut bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    bench.engine.step();
    let job = bench.enqueue();
    let status = |bench: &Bench| bench.repository.get(job.id).unwrap().status;
    bench.engine.step();
    assert_eq!(
        status(&bench),
        Status::Queued,
        "nobody said that there is work"
    );
    bench.clock.advance(seconds(5));
    bench.engine.step();
    bench.settle();
    assert_eq!(status(&bench), Status::Succeeded, "the poll found it");
}

#[test]
fn a_delayed_job_is_waited_for_to_its_moment() {
    let mut bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let job = super::testing::enqueue(
        bench.repository.as_ref(),
        bench.clock.as_ref(),
        crate::NewJob::of(super::testing::kind()).delay(Duration::from_millis(300)),
    );
    assert_eq!(bench.engine.step(), Step::Wait(Duration::from_millis(300)));
    bench.clock.advance(Duration::from_millis(300));
    bench.engine.step();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Succeeded
    );
}

#[test]
fn leases_are_renewed_for_as_long_as_the_handler_runs() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    for _ in 0..30 {
        bench.clock.advance(seconds(15));
        bench.heart.tick();
        bench.engine.step();
    }
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.attempt, job.crashes),
        (Status::Running, 1, 0)
    );
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn progress_and_cancel_requests_pass_with_a_tick() {
    let reported = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&reported);
    let mut bench = Bench::new(one_slot(), move |attempt: &AttemptContext| {
        attempt.progress(0.25, "reading");
        told.store(true, Ordering::SeqCst);
        attempt.cancel_token().wait(LONG);
        attempt.check()?;
        Ok(Verdict::complete(1))
    });
    let job = bench.enqueue();
    bench.engine.step();
    while !reported.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    let rest = bench.heart.tick();
    assert_eq!((rest.time, rest.idle), (Duration::from_millis(250), false));
    let fraction = bench.hear(|event| match event {
        WorkerEvent::Progress { fraction, .. } => Some(*fraction),
        _ => None,
    });
    assert_eq!(fraction, 0.25);
    let stored = bench.repository.get(job.id).unwrap().progress.unwrap();
    assert_eq!((stored.fraction, stored.stage.as_str()), (0.25, "reading"));

    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Cancelled
    );
}

#[test]
fn a_reaped_attempt_is_told_and_its_answer_refused() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    // Silent beyond the lease, as after SIGSTOP; another worker takes the job and ends it.
    bench.clock.advance(seconds(61));
    let (handler, _) = patient();
    let (repository, clock) = (Arc::clone(&bench.repository), Arc::clone(&bench.clock));
    let mut other = Bench::over(repository, clock, one_slot(), handler);
    other.engine.step();
    assert_eq!(bench.repository.get(job.id).unwrap().attempt, 2);
    bench.heart.tick();
    bench.hear(|event| matches!(event, WorkerEvent::LeaseLost { .. }).then_some(()));
    let_go.wait();
    bench.settle();
    let stored = bench.repository.get(job.id).unwrap();
    assert_eq!((stored.status, stored.result), (Status::Running, None));
    other.handle().stop_now();
    other.engine.step();
    other.settle();
}

#[test]
fn a_zombie_that_finishes_before_its_next_beat_is_refused_too() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(61));
    let reap = crate::repository::Reap {
        gone: Vec::new(),
        limit: 1,
        policy: Default::default(),
        jitter: 0.0,
    };
    assert_eq!(bench.repository.reap(&reap).unwrap().len(), 1);
    let_go.wait();
    bench.hear(|event| matches!(event, WorkerEvent::LeaseLost { .. }).then_some(()));
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.result, job.crashes),
        (Status::Queued, None, 1)
    );
}

#[test]
fn a_passed_deadline_cancels_and_counts_as_an_error() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(599));
    bench.heart.tick();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    assert_eq!(began.recv_timeout(LONG), Ok(Some(CancelReason::Deadline)));
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.errors), (Status::Queued, 1));
    assert_eq!(job.error.unwrap().kind, ErrorKind::Timeout);
}

#[test]
fn a_thread_that_ignores_its_deadline_is_given_up_and_ends_the_worker() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    for _ in 0..40 {
        bench.clock.advance(seconds(15));
        bench.heart.tick();
    }
    assert!(matches!(bench.engine.step(), Step::Wait(_)));
    bench.clock.advance(seconds(30));
    bench.heart.tick();
    assert_eq!(bench.engine.step(), Step::Done(StopReason::Stuck));
    bench.hear(|event| matches!(event, WorkerEvent::Stuck { .. }).then_some(()));
    let ended = bench.repository.get(job.id).unwrap();
    assert_eq!((ended.status, ended.errors), (Status::Queued, 1));
    assert_eq!(ended.error.unwrap().kind, ErrorKind::Timeout);
    let_go.wait();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().result,
        None,
        "too late"
    );
}

#[test]
fn a_handler_that_ignores_a_cancel_is_ended_after_the_grace() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.clock.advance(seconds(29));
    bench.heart.tick();
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    bench.clock.advance(seconds(1));
    assert!(
        matches!(bench.engine.step(), Step::Wait(_)),
        "the worker goes on"
    );
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Cancelled
    );
    let_go.wait();
    bench.settle();
    assert_eq!(bench.repository.get(job.id).unwrap().result, None);
}

#[test]
fn a_stop_lets_jobs_finish_then_cancels_then_releases() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let (job, waiting) = (bench.enqueue(), bench.enqueue());
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.handle().stop(None);
    assert_eq!(bench.engine.step(), Step::Wait(seconds(25)));
    bench.clock.advance(seconds(10));
    bench.heart.tick();
    assert_eq!(bench.engine.step(), Step::Wait(seconds(15)));
    bench.clock.advance(seconds(15));
    bench.heart.tick();
    assert_eq!(bench.engine.step(), Step::Wait(seconds(2)));
    assert_eq!(began.recv_timeout(LONG), Ok(Some(CancelReason::Shutdown)));
    bench.settle();
    assert_eq!(bench.engine.step(), Step::Done(StopReason::Requested));
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.errors, job.crashes),
        (Status::Queued, 0, 0)
    );
    assert_eq!(job.interruptions, 1);
    assert_eq!(
        bench.repository.get(waiting.id).unwrap().attempt,
        0,
        "no claim while stopping"
    );
}

#[test]
fn a_second_stop_releases_at_once_even_what_ignores_it() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.handle().stop(Some(seconds(3_600)));
    assert_eq!(bench.engine.step(), Step::Wait(seconds(630)));
    bench.handle().stop(None);
    assert_eq!(bench.engine.step(), Step::Done(StopReason::Requested));
    let released = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (released.status, released.interruptions),
        (Status::Queued, 1)
    );
    let_go.wait();
    bench.settle();
    assert_eq!(bench.repository.get(job.id).unwrap().result, None);
}

#[test]
fn draining_runs_what_is_due_and_ends() {
    let mut bench = Bench::new(
        WorkerOptions {
            drain: true,
            ..one_slot()
        },
        |_: &AttemptContext| Ok(Verdict::complete(1)),
    );
    let jobs: Vec<_> = (0..5).map(|_| bench.enqueue().id).collect();
    let mut steps = 0;
    while bench.engine.step() != Step::Done(StopReason::Drained) {
        bench.settle();
        steps += 1;
        assert!(steps < 50, "it never ends");
    }
    for id in jobs {
        assert_eq!(bench.repository.get(id).unwrap().status, Status::Succeeded);
    }
}

#[test]
fn the_third_crash_fails_the_job() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let job = bench.enqueue();
    for crash in 1..=3 {
        let dead = crate::repository::Owner {
            id: crate::job::OwnerId::generate(),
            process: crate::sys::ProcessIdentity {
                pid: 0x3FFF_FFFF,
                ..crate::sys::ProcessIdentity::current()
            },
        };
        bench.repository.make_due(job.id).unwrap();
        bench
            .repository
            .claim_one(job.id, &dead, seconds(60))
            .unwrap();
        let mut reaper = super::reaper::Reaper::new(bench.clock.boot_micros());
        assert_eq!(
            reaper.run_due(&bench.shared),
            1,
            "no need to wait for the lease"
        );
        assert_eq!(bench.repository.get(job.id).unwrap().crashes, crash);
    }
    assert_eq!(bench.repository.get(job.id).unwrap().status, Status::Failed);
}

#[test]
fn after_a_sleep_of_the_machine_leases_get_a_round_to_be_renewed() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(3_600));
    bench.engine.step();
    bench.heart.tick();
    bench.clock.advance(seconds(7));
    bench.engine.step();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(job.crashes, 0);
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}
