//! When a worker asks for jobs, and how many.

use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::handler::Verdict;
use super::super::options::WorkerOptions;
use super::super::run::StopReason;
use super::super::testing::{Bench, LONG, patient};
use super::{one_slot, seconds};
use crate::job::Status;

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
    let job = super::super::testing::enqueue(
        bench.repository.as_ref(),
        bench.clock.as_ref(),
        crate::NewJob::of(super::super::testing::kind()).delay(Duration::from_millis(300)),
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
