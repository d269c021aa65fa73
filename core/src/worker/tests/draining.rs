//! Workers that run until nothing is due and end.

use std::sync::{Arc, Barrier, Mutex, OnceLock};
use std::thread::ThreadId;
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::handler::{Handlers, Verdict};
use super::super::options::{KindOptions, WorkerOptions};
use super::super::run::StopReason;
use super::super::testing::{Bench, LONG, clock, enqueue, kind, stubborn};
use super::{one_slot, seconds};
use crate::clock::{Clock, ManualClock};
use crate::error::ErrorKind;
use crate::job::{Failure, Job, NewJob, ParentFailure, Status, Timestamp};
use crate::repository::MemoryRepository;

/// Steps until the worker has drained its queue; its slots are freed by other threads.
fn step_to_the_end(bench: &mut Bench) {
    for _ in 0..1_000_000 {
        if bench.engine.step() == Step::Done(StopReason::Drained) {
            return;
        }
        std::thread::yield_now();
    }
    unreachable!("it never ends");
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
    step_to_the_end(&mut bench);
    for id in jobs {
        assert_eq!(bench.repository.get(id).unwrap().status, Status::Succeeded);
    }
}

#[test]
fn a_worker_of_so_many_jobs_starts_no_more_and_ends() {
    for concurrency in [1, 4] {
        let options = WorkerOptions {
            max_jobs: Some(3),
            concurrency,
            ..one_slot()
        };
        let mut bench = Bench::new(options, |_: &AttemptContext| Ok(Verdict::complete(1)));
        let jobs: Vec<_> = (0..5).map(|_| bench.enqueue().id).collect();
        for _ in 0..1_000_000 {
            if bench.engine.step() == Step::Done(StopReason::Enough) {
                break;
            }
            std::thread::yield_now();
        }
        let status = |id| bench.repository.get(id).unwrap().status;
        let done = jobs.iter().filter(|id| status(**id) == Status::Succeeded);
        assert_eq!(done.count(), 3);
        let queued = jobs.iter().filter(|id| status(**id) == Status::Queued);
        assert_eq!(queued.count(), 2);
    }
}

#[test]
fn draining_sees_what_the_last_job_made() {
    let (clock, jobs) = (clock(), Arc::new(OnceLock::new()));
    let repository = Arc::new(MemoryRepository::new(clock.clone()));
    let (made, more) = (Arc::clone(&jobs), repository.clone());
    let (began, let_go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (at_first, at_last) = (Arc::clone(&began), Arc::clone(&let_go));
    let own_clock = clock.clone();
    let handler = move |_: &AttemptContext| {
        made.get_or_init(|| {
            at_first.wait();
            at_last.wait();
            enqueue(more.as_ref(), own_clock.as_ref(), NewJob::of(kind())).id
        });
        Ok(Verdict::complete(1))
    };
    let options = WorkerOptions {
        drain: true,
        concurrency: 2,
        ..WorkerOptions::default()
    };
    let mut bench = Bench::over(repository, clock, options, handler);
    bench.enqueue();
    bench.engine.step();
    began.wait();
    assert!(matches!(bench.engine.step(), Step::Wait(_)));
    let_go.wait();
    bench.settle();
    step_to_the_end(&mut bench);
    let job = bench.repository.get(*jobs.get().unwrap()).unwrap();
    assert_eq!(job.status, Status::Succeeded);
}

/// A clock that does something once, when the test's own thread has read it so often.
#[derive(Default)]
struct Hook {
    left: usize,
    action: Option<Box<dyn FnOnce() + Send>>,
    thread: Option<ThreadId>,
}

struct HookedClock {
    inner: Arc<ManualClock>,
    hook: Mutex<Hook>,
}

impl std::fmt::Debug for HookedClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl Clock for HookedClock {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    fn boot_micros(&self) -> i64 {
        let mut hook = self.hook.lock().unwrap();
        if hook.thread == Some(std::thread::current().id()) {
            hook.left = hook.left.saturating_sub(1);
            if hook.left == 0
                && let Some(action) = hook.action.take()
            {
                drop(hook);
                action();
            }
        }
        self.inner.boot_micros()
    }
}

#[test]
fn at_whichever_moment_of_a_step_the_last_handler_makes_a_job_it_is_run() {
    let mut reached = 0;
    for moment in 1..=12 {
        let (clock, made) = (clock(), Arc::new(OnceLock::<Job>::new()));
        let repository = Arc::new(MemoryRepository::new(clock.clone()));
        let hooked = Arc::new(HookedClock {
            inner: clock.clone(),
            hook: Mutex::default(),
        });
        let let_go = Arc::new(Barrier::new(2));
        let (hold, makes, more, own_clock) = (
            let_go.clone(),
            made.clone(),
            repository.clone(),
            clock.clone(),
        );
        let handler = move |_: &AttemptContext| {
            if makes.get().is_none() {
                hold.wait();
                let job = enqueue(more.as_ref(), own_clock.as_ref(), NewJob::of(kind()));
                makes.set(job).unwrap();
            }
            Ok(Verdict::complete(1))
        };
        let mut handlers = Handlers::default();
        handlers.insert(kind(), Arc::new(handler), KindOptions::default());
        let options = WorkerOptions {
            drain: true,
            concurrency: 2,
            ..WorkerOptions::default()
        };
        let mut bench = Bench::build(repository, clock, hooked.clone(), options, handlers);
        bench.enqueue();
        for _ in 0..2 {
            assert!(matches!(bench.engine.step(), Step::Wait(_)));
        }
        let shared = Arc::clone(&bench.shared);
        let fired = Arc::new(OnceLock::new());
        let fires = fired.clone();
        *hooked.hook.lock().unwrap() = Hook {
            left: moment,
            thread: Some(std::thread::current().id()),
            action: Some(Box::new(move || {
                fires.set(()).unwrap();
                let_go.wait();
                while !shared.table.all().is_empty() {
                    std::thread::yield_now();
                }
            })),
        };
        let first = bench.engine.step();
        reached += usize::from(fired.get().is_some() && matches!(first, Step::Wait(_)));
        step_to_the_end(&mut bench);
        let job = bench.repository.get(made.get().unwrap().id).unwrap();
        assert_eq!(job.status, Status::Succeeded, "made at moment {moment}");
    }
    assert!(
        reached >= 4,
        "the step no longer reads the clock: {reached}"
    );
}

#[test]
fn draining_leaves_what_is_due_later_and_what_waits_for_others() {
    let options = WorkerOptions {
        drain: true,
        ..one_slot()
    };
    let mut bench = Bench::new(options, |_: &AttemptContext| {
        Ok(Verdict::Retry {
            error: Failure::new(ErrorKind::Unavailable, "not yet"),
            after: Some(seconds(5)),
        })
    });
    let add = |job: NewJob| {
        bench.clock.advance(Duration::from_micros(1));
        enqueue(bench.repository.as_ref(), bench.clock.as_ref(), job)
    };
    let tried = add(NewJob::of(kind()));
    let delayed = add(NewJob::of(kind()).delay(seconds(5)));
    let blocked = add(NewJob::of(kind())
        .after([delayed.id])
        .on_parent_failure(ParentFailure::Run));
    step_to_the_end(&mut bench);
    let attempts = |job: &Job| bench.repository.get(job.id).unwrap().attempt;
    assert_eq!(
        (attempts(&tried), attempts(&delayed), attempts(&blocked)),
        (1, 0, 0)
    );
}

#[test]
fn draining_runs_what_waited_for_a_job_that_it_ran() {
    let options = WorkerOptions {
        drain: true,
        ..one_slot()
    };
    let mut bench = Bench::new(options, |_: &AttemptContext| Ok(Verdict::complete(1)));
    let parent = bench.enqueue();
    bench.clock.advance(Duration::from_micros(1));
    let child = NewJob::of(kind()).after([parent.id]);
    let child = enqueue(bench.repository.as_ref(), bench.clock.as_ref(), child);
    step_to_the_end(&mut bench);
    let child = bench.repository.get(child.id).unwrap();
    assert_eq!(child.status, Status::Succeeded);
}

#[test]
fn draining_waits_for_a_handler_whose_attempt_was_given_up() {
    let (handler, began, let_go) = stubborn();
    let options = WorkerOptions {
        drain: true,
        concurrency: 2,
        ..WorkerOptions::default()
    };
    let mut bench = Bench::new(options, handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.clock.advance(seconds(30));
    assert!(matches!(bench.engine.step(), Step::Wait(_)));
    let status = bench.repository.get(job.id).unwrap().status;
    assert_eq!(status, Status::Cancelled);
    // It heeds nothing, and may make a job as long as it runs.
    assert!(matches!(bench.engine.step(), Step::Wait(_)));
    let_go.wait();
    bench.settle();
    step_to_the_end(&mut bench);
}
