//! Attempts that run and get nowhere.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::super::cancel::CancelReason;
use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::{Handler, Verdict};
use super::super::options::WorkerOptions;
use super::super::stall::StallAction;
use super::super::testing::{Bench, LONG};
use super::{one_slot, seconds};
use crate::clock::Clock;
use crate::error::ErrorKind;
use crate::job::{Outcome, Status};

fn watched(action: StallAction) -> WorkerOptions {
    WorkerOptions {
        stall_after: Some(seconds(120)),
        stall_action: action,
        ..one_slot()
    }
}

/// What the test has the handler do, one after the other; at the end of the list it returns.
enum Do {
    Report(f64),
    Checkpoint,
}

/// A handler on strings: it does what it is told and says when it has.
fn puppet() -> (
    impl Handler + 'static,
    Sender<Do>,
    Receiver<Option<CancelReason>>,
) {
    let (sender, orders) = channel::<Do>();
    let (told, done) = channel();
    let ends = Mutex::new((orders, told));
    let handler = move |attempt: &AttemptContext| {
        let (orders, told) = &*ends.lock().unwrap();
        told.send(None).unwrap();
        while let Ok(order) = orders.recv() {
            match order {
                Do::Report(fraction) => attempt.progress_message(fraction, "reading", None),
                Do::Checkpoint => attempt.checkpoint(&serde_json::json!(1))?,
            }
            told.send(attempt.cancel_token().reason()).unwrap();
        }
        match attempt.cancel_token().reason() {
            Some(_) => Ok(Verdict::Cancelled),
            None => Ok(Verdict::complete(1)),
        }
    };
    (handler, sender, done)
}

/// Lets time pass beat by beat, as it does.
fn pass(bench: &mut Bench, time: Duration) {
    let beat = bench.shared.options.beat;
    let end = bench.clock.boot_micros() + i64::try_from(time.as_micros()).unwrap();
    while bench.clock.boot_micros() < end {
        let left = u64::try_from(end - bench.clock.boot_micros()).unwrap();
        bench.clock.advance(beat.min(Duration::from_micros(left)));
        bench.heart.tick();
    }
}

fn silence(bench: &Bench) -> (f64, bool) {
    bench.hear(|event| match event {
        WorkerEvent::Stalled {
            silent_seconds,
            cancelled,
            ..
        } => Some((*silent_seconds, *cancelled)),
        _ => None,
    })
}

#[test]
fn a_stall_is_told_until_the_attempt_goes_on() {
    let (handler, orders, done) = puppet();
    let mut bench = Bench::new(watched(StallAction::Report), handler);
    let job = bench.enqueue();
    let stalled = |bench: &Bench| bench.repository.get(job.id).unwrap().stalled_since;
    bench.engine.step();
    done.recv_timeout(LONG).unwrap();
    let began = bench.clock.now();
    pass(&mut bench, seconds(119));
    assert_eq!(stalled(&bench), None);
    pass(&mut bench, seconds(1));
    assert_eq!(stalled(&bench), Some(began));
    assert_eq!(silence(&bench), (120.0, false));

    // A report is news, and so is a checkpoint.
    orders.send(Do::Report(0.5)).unwrap();
    done.recv_timeout(LONG).unwrap();
    bench.heart.tick();
    assert_eq!(stalled(&bench), None);
    pass(&mut bench, seconds(100));
    orders.send(Do::Checkpoint).unwrap();
    done.recv_timeout(LONG).unwrap();
    pass(&mut bench, seconds(100));
    assert_eq!(stalled(&bench), None);
    // The same report again is none, however often it is made.
    let moved = bench.clock.now().as_micros() - 85_000_000;
    for _ in 0..3 {
        orders.send(Do::Report(0.5)).unwrap();
        assert_eq!(done.recv_timeout(LONG), Ok(None), "nobody cancels");
        pass(&mut bench, seconds(15));
    }
    assert_eq!(stalled(&bench).unwrap().as_micros(), moved);
    drop(orders);
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.stalled_since), (Status::Succeeded, None));
}

#[test]
fn a_stall_can_cancel_and_counts_as_an_error_then() {
    let (handler, orders, done) = puppet();
    let mut bench = Bench::new(watched(StallAction::Cancel), handler);
    let job = bench.enqueue();
    bench.engine.step();
    done.recv_timeout(LONG).unwrap();
    pass(&mut bench, seconds(120));
    assert_eq!(silence(&bench), (120.0, true));
    orders.send(Do::Report(0.1)).unwrap();
    assert_eq!(done.recv_timeout(LONG), Ok(Some(CancelReason::Stalled)));
    drop(orders);
    bench.settle();
    let ended = bench.repository.get(job.id).unwrap();
    assert_eq!((ended.status, ended.errors), (Status::Queued, 1));
    let error = ended.error.unwrap();
    assert_eq!(error.kind, ErrorKind::Timeout);
    assert!(error.message.contains("120.0 s"), "{}", error.message);
}

#[test]
fn a_stalled_attempt_that_ignores_its_cancel_is_ended_after_the_grace() {
    let (handler, orders, done) = puppet();
    let mut bench = Bench::new(watched(StallAction::Cancel), handler);
    let job = bench.enqueue();
    bench.engine.step();
    done.recv_timeout(LONG).unwrap();
    pass(&mut bench, seconds(120));
    pass(&mut bench, seconds(30));
    bench.engine.step();
    let attempts = bench.repository.attempts(job.id).unwrap();
    assert_eq!(attempts[0].outcome, Some(Outcome::Retried));
    orders.send(Do::Checkpoint).unwrap();
    drop(orders);
    bench.settle();
    assert_eq!(bench.repository.get(job.id).unwrap().checkpoint, None);
}

#[test]
fn time_in_which_the_process_was_stopped_is_no_stall() {
    let (handler, orders, done) = puppet();
    let mut bench = Bench::new(watched(StallAction::Cancel), handler);
    let job = bench.enqueue();
    bench.engine.step();
    done.recv_timeout(LONG).unwrap();
    pass(&mut bench, seconds(100));
    bench.clock.advance(seconds(300));
    bench.heart.tick();
    pass(&mut bench, seconds(19));
    orders.send(Do::Report(0.1)).unwrap();
    assert_eq!(done.recv_timeout(LONG), Ok(None));
    drop(orders);
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.errors), (Status::Succeeded, 0));
}

#[test]
fn nobody_is_watched_unless_asked_for() {
    let (handler, orders, done) = puppet();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    done.recv_timeout(LONG).unwrap();
    pass(&mut bench, seconds(599));
    assert_eq!(bench.repository.get(job.id).unwrap().stalled_since, None);
    drop(orders);
    bench.settle();
}
