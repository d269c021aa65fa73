//! When a worker asks for jobs, and how many.

use std::pin::pin;
use std::sync::{Arc, Barrier};
use std::task::{Context, Waker};
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::events::WorkerEvent;
use super::super::handler::{Handler, Verdict};
use super::super::options::WorkerOptions;
use super::super::testing::{Bench, LONG, enqueue, kind, patient};
use super::{one_slot, seconds};
use crate::error::ErrorKind;
use crate::job::{Failure, JobId, NewJob, ParentFailure, Status};

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
    let job = enqueue(
        bench.repository.as_ref(),
        bench.clock.as_ref(),
        NewJob::of(kind()).delay(Duration::from_millis(300)),
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
fn a_retry_is_waited_for_to_its_moment() {
    let (began, let_go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (at_first, at_last) = (Arc::clone(&began), Arc::clone(&let_go));
    let options = WorkerOptions {
        concurrency: 2,
        ..WorkerOptions::default()
    };
    let mut bench = Bench::new(options, move |_: &AttemptContext| {
        at_first.wait();
        at_last.wait();
        Ok(Verdict::Retry {
            error: Failure::new(ErrorKind::Unavailable, "not yet"),
            after: Some(Duration::from_millis(300)),
        })
    });
    bench.enqueue();
    bench.engine.step();
    began.wait();
    // The repository is known to be empty, and nothing is known to be delayed.
    bench.engine.step();
    let_go.wait();
    bench.settle();
    assert_eq!(bench.engine.step(), Step::Wait(Duration::from_millis(300)));
}

#[test]
fn a_slot_goes_from_one_job_to_the_next_by_itself_until_the_worker_stops() {
    let (sender, receiver) = std::sync::mpsc::sync_channel(0);
    let handler = move |_: &AttemptContext| {
        // Waits until it is heard, or nobody listens any more.
        let _ = sender.send(());
        Ok(Verdict::complete(1))
    };
    let mut bench = Bench::new(one_slot(), handler);
    let jobs: Vec<_> = (0..4).map(|_| bench.enqueue().id).collect();
    // The only step for the first three.
    bench.engine.step();
    for _ in 0..3 {
        receiver.recv_timeout(LONG).unwrap();
    }
    // The third or the fourth runs, and waits to be heard; it may end, and no other begins.
    bench.handle().stop(None);
    bench.engine.step();
    drop(receiver);
    bench.settle();
    let status = |id| bench.repository.get(id).unwrap().status;
    let ended = jobs.iter().take(3);
    assert!(ended.copied().all(|id| status(id) == Status::Succeeded));
    assert_ne!(status(jobs[3]), Status::Running);
}

/// Answers for the parent once it is heard, and for the others in the same way.
fn answers_when_heard(
    parent_answers: fn() -> Verdict,
) -> (impl Handler + 'static, std::sync::mpsc::Receiver<()>) {
    let (sender, receiver) = std::sync::mpsc::sync_channel(0);
    let handler = move |attempt: &AttemptContext| {
        // Waits until it is heard, or nobody listens any more.
        let _ = sender.send(());
        Ok(match attempt.job().priority {
            0 => Verdict::complete(1),
            _ => parent_answers(),
        })
    };
    (handler, receiver)
}

/// A worker of two slots that runs a job, and two jobs that wait for it.
fn with_two_that_wait(handler: impl Handler + 'static) -> (Bench, [JobId; 2]) {
    let options = WorkerOptions {
        concurrency: 2,
        ..WorkerOptions::default()
    };
    let mut bench = Bench::new(options, handler);
    let add = |job| enqueue(bench.repository.as_ref(), bench.clock.as_ref(), job).id;
    let parent = add(NewJob::of(kind()).priority(1));
    let waits = NewJob::of(kind())
        .after([parent])
        .on_parent_failure(ParentFailure::Run);
    let children = [(); 2].map(|()| add(waits.clone()));
    bench.engine.step();
    // From here on the repository is known to have nothing that is ready.
    bench.engine.step();
    (bench, children)
}

fn all_run(bench: &Bench, jobs: &[JobId]) -> bool {
    let status = |id: &JobId| bench.repository.get(*id).unwrap().status;
    jobs.iter().all(|id| status(id) == Status::Running)
}

#[test]
fn jobs_that_waited_for_one_begin_when_it_has_failed() {
    let fail = || Verdict::Fail {
        error: Failure::new(ErrorKind::InvalidInput, "no"),
    };
    let (handler, heard) = answers_when_heard(fail);
    let (mut bench, children) = with_two_that_wait(handler);
    heard.recv_timeout(LONG).unwrap();
    bench.settle();
    bench.engine.step();
    assert!(all_run(&bench, &children), "nobody has to poll for them");
    drop(heard);
    bench.settle();
}

#[test]
fn a_slot_that_goes_on_by_itself_leaves_no_other_idle() {
    let (handler, heard) = answers_when_heard(|| Verdict::complete(1));
    let (mut bench, children) = with_two_that_wait(handler);
    let shared = Arc::clone(&bench.shared);
    let is_told = || {
        let told = pin!(shared.control.changed.notified());
        told.poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    };
    is_told();
    heard.recv_timeout(LONG).unwrap();
    // One goes on in the parent's slot.
    bench.hear(|event| matches!(event, WorkerEvent::Succeeded { .. }).then_some(()));
    bench.hear(|event| matches!(event, WorkerEvent::JobStarted { .. }).then_some(()));
    while shared.table.all().len() != 1 {
        std::thread::yield_now();
    }
    assert!(is_told(), "the engine learns of the other slot");
    bench.engine.step();
    assert!(all_run(&bench, &children));
    drop(heard);
    bench.settle();
}
