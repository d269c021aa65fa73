//! Deadlines, cancels that are ignored, and the end of the worker itself.

use super::super::cancel::CancelReason;
use super::super::engine::Step;
use super::super::events::WorkerEvent;
use super::super::run::StopReason;
use super::super::testing::{Bench, LONG, patient, stubborn};
use super::{one_slot, seconds};
use crate::error::ErrorKind;
use crate::job::Status;

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
