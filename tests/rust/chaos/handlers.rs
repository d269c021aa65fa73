//! The handlers of the storm: quick, slow, failing, panicking, and one that kills its process.

use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::worker::{AttemptContext, Completion, Verdict};
use floorjobs_core::{Error, ErrorKind, Kind, Result, Worker};
use serde_json::{Value, json};

use super::log::Log;
use crate::dice::Dice;
use crate::process::now;

/// Every kind but `poison`, which is of another queue.
pub(super) const KINDS: [&str; 7] = [
    "quick", "slow", "steps", "flaky", "panicky", "large", "patient",
];

const STEPS: u64 = 3;

type Work = fn(&AttemptContext, &mut Dice, &Log) -> Result<Verdict>;

/// A worker that can do all of it and writes down what it does.
pub(super) fn with_all(worker: Worker, log: &Arc<Log>) -> Worker {
    let works: [(&str, Work); 8] = [
        ("quick", quick),
        ("slow", slow),
        ("steps", steps),
        ("flaky", flaky),
        ("panicky", panicky),
        ("large", large),
        ("patient", patient),
        ("poison", poison),
    ];
    works.into_iter().fold(worker, |worker, (kind, work)| {
        let log = Arc::clone(log);
        let handler = move |attempt: &AttemptContext| {
            let (job, number) = (attempt.job().id, attempt.attempt());
            log.attempt("began", job, number, "");
            let seed = u64::from_be_bytes(job.as_bytes()[8..].try_into().unwrap());
            let mut dice = Dice::new(seed ^ u64::from(number));
            work(attempt, &mut dice, &log)
        };
        worker.handle(Kind::new(kind).unwrap(), handler)
    })
}

/// A result that tells whose it is; the log knows it before the worker does.
fn done(attempt: &AttemptContext, dice: &mut Dice, log: &Log, filler: &Value) -> Verdict {
    let token = dice.next() ^ now().unsigned_abs();
    log.attempt("returned", attempt.job().id, attempt.attempt(), token);
    Verdict::complete(json!({
        "attempt": attempt.attempt(),
        "pid": std::process::id(),
        "token": token,
        "filler": filler,
    }))
}

fn pause(dice: &mut Dice, micros: usize) {
    std::thread::sleep(Duration::from_micros(dice.below(micros) as u64));
}

fn quick(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    Ok(done(attempt, dice, log, &Value::Null))
}

fn slow(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    attempt.progress_message(0.5, "waiting", Some("half way"));
    pause(dice, 20_000);
    Ok(done(attempt, dice, log, &Value::Null))
}

/// Goes on where the attempt before it stopped.
fn steps(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    let (job, number) = (attempt.job().id, attempt.attempt());
    let from = attempt
        .kept()
        .map_or(0, |kept| kept["step"].as_u64().unwrap());
    log.attempt("from", job, number, from);
    for step in from + 1..=STEPS {
        pause(dice, 30_000);
        match attempt.checkpoint(&json!({"step": step})) {
            Ok(()) => log.attempt("kept", job, number, step),
            Err(error) => {
                log.attempt("unkept", job, number, error.kind().code());
                return Err(error);
            }
        }
    }
    Ok(done(attempt, dice, log, &json!(from)))
}

fn flaky(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    match dice.below(10) {
        0..4 => Err(Error::new(ErrorKind::Unavailable, "not today")),
        4 => Err(Error::new(ErrorKind::InvalidInput, "never")),
        5 => Ok(Verdict::Snooze {
            until: attempt.job().run_at.after(Duration::from_millis(100)),
        }),
        _ => Ok(done(attempt, dice, log, &Value::Null)),
    }
}

/// What a panic of the storm begins with; they are not shown.
pub(super) const PANIC: &str = "as the storm wants";

fn panicky(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    assert!(!dice.chance(40), "{PANIC}");
    Ok(done(attempt, dice, log, &Value::Null))
}

/// A result that is too large to be stored with its job, and like no other.
fn large(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    let filler = format!("{:016x}", dice.next()).repeat(70_000);
    Ok(done(attempt, dice, log, &Value::String(filler)))
}

/// Works for longer than a lease, unless it is told to stop; keeps a file of its own as well.
fn patient(attempt: &AttemptContext, dice: &mut Dice, log: &Log) -> Result<Verdict> {
    if attempt.cancel_token().wait(super::storm::LEASE * 3 / 2) {
        return Ok(Verdict::Cancelled);
    }
    let bytes = format!("{} {}", attempt.job().id, attempt.attempt());
    let blob = attempt.blobs().put(bytes.as_bytes())?;
    let Verdict::Complete(completion) = done(attempt, dice, log, &Value::Null) else {
        return Err(Error::new(ErrorKind::Internal, "a result is a completion"));
    };
    Ok(Verdict::Complete(Completion {
        result_ref: Some(json!({"blob": blob.to_string()})),
        ..completion
    }))
}

fn poison(_: &AttemptContext, _: &mut Dice, _: &Log) -> Result<Verdict> {
    let us = rustix::process::getpid();
    rustix::process::kill_process(us, rustix::process::Signal::KILL).unwrap();
    Err(Error::new(ErrorKind::Internal, "it survived itself"))
}
