//! Deadlines, cancels that are ignored, and the end of the worker itself.

use std::sync::Arc;

use super::super::cancel::CancelReason;
use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::events::WorkerEvent;
use super::super::finish::run_attempt;
use super::super::handler::Verdict;
use super::super::options::KindOptions;
use super::super::run::{StopReason, Worker};
use super::super::running::Running;
use super::super::testing::{Bench, LONG, kind, patient, stubborn};
use super::{one_slot, seconds};
use crate::error::ErrorKind;
use crate::job::{Fence, RetryPolicy, Status};

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
fn an_attempt_that_was_given_back_before_its_thread_came_to_it_is_not_begun() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let job = bench.enqueue();
    let owner = &bench.shared.owner;
    let job = bench
        .repository
        .claim_one(job.id, owner, seconds(60))
        .unwrap();
    let fence = Fence {
        job: job.id,
        attempt: job.attempt,
        owner: owner.id,
    };
    let running = Running::new(job, fence, RetryPolicy::default(), 0, i64::MAX, i64::MAX);
    let running = Arc::new(running);
    assert!(running.give_up());
    let begun = std::sync::atomic::AtomicBool::new(false);
    let handler = |_: &AttemptContext| {
        begun.store(true, std::sync::atomic::Ordering::SeqCst);
        Ok(Verdict::complete(1))
    };
    assert!(run_attempt(&bench.shared, &running, &handler).is_none());
    assert!(!begun.load(std::sync::atomic::Ordering::SeqCst));
}

#[test]
fn a_worker_does_not_start_with_a_kind_that_could_never_run() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let shared = &bench.shared;
    let worker = Worker::new(
        Arc::clone(&bench.repository),
        Arc::clone(&shared.blobs),
        Arc::clone(&shared.clock),
        one_slot(),
    );
    let options = KindOptions {
        concurrency: Some(0),
        ..KindOptions::default()
    };
    let handler = Arc::new(|_: &AttemptContext| Ok(Verdict::complete(1)));
    let worker = worker.unwrap().handle_with(kind(), handler, options);
    let refused = worker.run().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert_eq!(refused.field(), Some("concurrency"));
    assert_eq!(bench.repository.workers().unwrap(), []);
}
