//! Kinds of which only a few run at a time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::handler::{Handler, Handlers, Verdict};
use super::super::options::{KindOptions, WorkerOptions};
use super::super::run::StopReason;
use super::super::testing::{Bench, LONG, patient, stubborn};
use super::{seconds, step_until};
use crate::job::{Kind, Status};

fn heavy() -> Kind {
    Kind::new("heavy").unwrap()
}

fn light() -> Kind {
    Kind::new("light").unwrap()
}

fn limited(concurrency: usize) -> KindOptions {
    KindOptions {
        concurrency: Some(concurrency),
        ..KindOptions::default()
    }
}

fn slots(concurrency: usize) -> WorkerOptions {
    WorkerOptions {
        concurrency,
        ..WorkerOptions::default()
    }
}

fn done(_: &AttemptContext) -> crate::Result<Verdict> {
    Ok(Verdict::complete(1))
}

fn handlers(of_heavy: impl Handler + 'static, limit: usize) -> Handlers {
    let mut handlers = Handlers::default();
    handlers.insert(heavy(), Arc::new(of_heavy), limited(limit));
    handlers.insert(light(), Arc::new(done), KindOptions::default());
    handlers
}

fn count(bench: &Bench, kind: &Kind, status: Status) -> usize {
    let filter = crate::repository::ListJobs {
        statuses: vec![status],
        kind: Some(kind.clone()),
        limit: 1_000,
        ..Default::default()
    };
    bench.repository.list(&filter).unwrap().len()
}

#[test]
fn a_full_kind_is_left_out_and_others_go_past_it() {
    let (handler, began) = patient();
    let mut bench = Bench::of_kinds(slots(4), handlers(handler, 2));
    let heavies: Vec<_> = (0..5).map(|_| bench.enqueue_of(&heavy())).collect();
    for _ in 0..6 {
        bench.enqueue_of(&light());
    }
    step_until(&mut bench, |bench| {
        count(bench, &light(), Status::Succeeded) == 6
    });
    assert_eq!(count(&bench, &heavy(), Status::Running), 2);
    for job in &heavies[..2] {
        let status = bench.repository.get(job.id).unwrap().status;
        assert_eq!(status, Status::Running, "the first come first");
    }
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn no_more_of_a_kind_run_than_its_limit_at_any_time() {
    let running: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let most: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let mut handlers = Handlers::default();
    for (kind, limit) in [("a", Some(1)), ("b", Some(3)), ("c", None)] {
        let (running, most) = (running.clone(), most.clone());
        let handler = move |attempt: &AttemptContext| {
            let kind = attempt.job().kind.to_string();
            let now = {
                let mut running = running.lock().unwrap();
                let count = running.entry(kind.clone()).or_default();
                *count += 1;
                *count
            };
            {
                let mut most = most.lock().unwrap();
                let highest = most.entry(kind.clone()).or_default();
                *highest = (*highest).max(now);
            }
            std::thread::yield_now();
            *running.lock().unwrap().get_mut(&kind).unwrap() -= 1;
            Ok(Verdict::complete(1))
        };
        let options = KindOptions {
            concurrency: limit,
            ..KindOptions::default()
        };
        handlers.insert(Kind::new(kind).unwrap(), Arc::new(handler), options);
    }
    let mut bench = Bench::of_kinds(slots(8), handlers);
    for _ in 0..40 {
        for kind in ["a", "b", "c"] {
            bench.enqueue_of(&Kind::new(kind).unwrap());
        }
    }
    step_until(&mut bench, |bench| {
        ["a", "b", "c"]
            .iter()
            .all(|kind| count(bench, &Kind::new(*kind).unwrap(), Status::Succeeded) == 40)
    });
    let most = most.lock().unwrap();
    assert!(most["a"] <= 1 && most["b"] <= 3, "{most:?}");
}

#[test]
fn nothing_is_asked_while_only_full_kinds_are_ready_and_at_once_when_one_is_free() {
    let asked = Arc::new(AtomicUsize::new(0));
    let (began, let_go) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (at_first, at_last, starts) = (began.clone(), let_go.clone(), asked.clone());
    let handler = move |_: &AttemptContext| {
        if starts.fetch_add(1, Ordering::SeqCst) == 0 {
            at_first.wait();
            at_last.wait();
        }
        Ok(Verdict::complete(1))
    };
    let mut handlers = Handlers::default();
    handlers.insert(heavy(), Arc::new(handler), limited(1));
    let mut bench = Bench::of_kinds(slots(4), handlers);
    let jobs: Vec<_> = (0..3).map(|_| bench.enqueue_of(&heavy()).id).collect();
    bench.engine.step();
    began.wait();
    // Not even the poll is due while every kind is full: only the reaper's round is.
    for _ in 0..20 {
        let Step::Wait(time) = bench.engine.step() else {
            unreachable!("it goes on")
        };
        assert!(time > Duration::ZERO, "it would spin");
        bench.clock.advance(time);
    }
    let_go.wait();
    bench.settle();
    // No time passes: the slot that became free is reason enough.
    step_until(&mut bench, |bench| {
        jobs.iter()
            .all(|id| bench.repository.get(*id).unwrap().status == Status::Succeeded)
    });
}

#[test]
fn a_thread_that_heeds_nothing_keeps_its_place_in_its_kind() {
    let (handler, began, let_go) = stubborn();
    let options = WorkerOptions {
        drain: true,
        ..slots(4)
    };
    let mut bench = Bench::of_kinds(options, handlers(handler, 1));
    let (first, second) = (bench.enqueue_of(&heavy()), bench.enqueue_of(&heavy()));
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.repository.cancel(first.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.clock.advance(seconds(30));
    for _ in 0..3 {
        assert!(matches!(bench.engine.step(), Step::Wait(_)));
    }
    let status = |id| bench.repository.get(id).unwrap().status;
    assert_eq!(status(first.id), Status::Cancelled);
    assert_eq!(status(second.id), Status::Queued, "its kind is full");
    let_go.wait();
    let go = std::thread::spawn(move || {
        let_go.wait();
    });
    for _ in 0..1_000_000 {
        if bench.engine.step() == Step::Done(StopReason::Drained) {
            break;
        }
        std::thread::yield_now();
    }
    go.join().unwrap();
    let status = |id| bench.repository.get(id).unwrap().status;
    assert_eq!(status(second.id), Status::Succeeded);
}
