//! Endings that are written together.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::finish::Attempt;
use super::super::handler::Verdict;
use super::super::options::WorkerOptions;
use super::super::seat::Seat;
use super::super::slots::Work;
use super::super::start::attempt_of;
use super::super::testing::{Bench, clock};
use super::{seconds, step_until};
use crate::job::{Job, JobId, Outcome, Status};
use crate::repository::MemoryRepository;
use crate::repository::faulty::Faulty;

/// A worker of four slots, and eight jobs that succeed at once: but none before the ending of the
/// first is being written, so that it is written alone.
fn four_slots() -> (Bench, Arc<Faulty>, Vec<JobId>) {
    let clock = clock();
    let repository = Arc::new(Faulty::over(
        Arc::new(MemoryRepository::new(clock.clone())),
        clock.clone(),
    ));
    let options = WorkerOptions {
        concurrency: 4,
        ..WorkerOptions::default()
    };
    let (first, endings) = (AtomicBool::new(true), Arc::clone(&repository));
    let done = move |_: &AttemptContext| {
        if !first.swap(false, Ordering::SeqCst) {
            while endings.exchanged.lock().unwrap().is_empty() {
                std::thread::yield_now();
            }
        }
        Ok(Verdict::complete(1))
    };
    let bench = Bench::over(repository.clone(), clock, options, done);
    let jobs = (0..8).map(|_| bench.enqueue().id).collect();
    (bench, repository, jobs)
}

/// Lets the first ending hang until the other three are left to its writer.
fn first_hangs(bench: &mut Bench, repository: &Faulty) {
    let hangs = repository.exchange_hangs.lock().unwrap();
    bench.engine.step();
    while bench.shared.endings.waiting() < 3 {
        std::thread::yield_now();
    }
    assert_eq!(bench.shared.table.all().len(), 4, "none has ended");
    drop(hangs);
}

fn get(bench: &Bench, job: JobId) -> Job {
    bench.repository.get(job).unwrap()
}

#[test]
fn endings_that_come_while_one_is_written_are_written_together() {
    let (mut bench, repository, jobs) = four_slots();
    first_hangs(&mut bench, &repository);
    step_until(&mut bench, |bench| {
        let ended = |job: &JobId| get(bench, *job).status == Status::Succeeded;
        jobs.iter().all(ended)
    });
    bench.settle();
    let sizes = repository.exchanged.lock().unwrap().clone();
    // The slot of the first may have come to the end of its next job by then.
    assert_eq!(sizes[0], 1);
    assert!(sizes[1] >= 3, "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), 8);
}

#[test]
fn a_writer_that_panics_takes_no_more_with_it_than_it_was_writing() {
    let (mut bench, repository, jobs) = four_slots();
    repository.finish.panic(1);
    first_hangs(&mut bench, &repository);
    let left = |bench: &Bench| {
        let running = |job: &&JobId| get(bench, **job).status == Status::Running;
        jobs.iter().filter(running).count()
    };
    step_until(&mut bench, |bench| {
        let succeeded = |job: &&JobId| get(bench, **job).status == Status::Succeeded;
        jobs.iter().filter(succeeded).count() == 7
    });
    bench.settle();
    assert_eq!(left(&bench), 1, "its lease ends it");
    assert_eq!(bench.shared.slots.free(), 4);
}

#[test]
fn what_gets_no_thread_is_given_back() {
    let (bench, _, jobs) = four_slots();
    let shared = &bench.shared;
    let job = bench
        .repository
        .claim_one(jobs[0], &shared.owner, seconds(60))
        .unwrap();
    let ready = attempt_of(shared, job, shared.boot()).unwrap_or_else(|_| unreachable!());
    shared.table.insert(&ready.running);
    let attempt = Attempt {
        seat: Seat::new(shared, ready.running, shared.slots.take()),
        handler: ready.handler,
    };
    Box::new(attempt).refuse(&io::Error::from(io::ErrorKind::WouldBlock));
    let attempts = bench.repository.attempts(jobs[0]).unwrap();
    assert_eq!(attempts[0].outcome, Some(Outcome::Released));
    assert_eq!(get(&bench, jobs[0]).status, Status::Queued);
    assert_eq!((shared.table.all().len(), shared.slots.free()), (0, 4));
    bench.hear(|event| match event {
        WorkerEvent::RepositoryFailed { operation, .. } => {
            (*operation == "start a thread").then_some(())
        }
        _ => None,
    });
}
