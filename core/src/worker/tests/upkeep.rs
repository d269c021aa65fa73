//! Forgetting old jobs and unnamed blobs.

use std::sync::Arc;
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::{Completion, Verdict};
use super::super::options::WorkerOptions;
use super::super::testing::{Bench, clock};
use super::super::upkeep::Upkeep;
use super::{one_slot, seconds};
use crate::blob::BlobRef;
use crate::clock::{Clock, ManualClock, SystemClock};
use crate::error::ErrorKind;
use crate::job::{Failure, Job};
use crate::repository::{ListJobs, MemoryRepository};
use crate::upkeep::{PRUNED_AT_ONCE, Retention};

const DAY: u64 = 24 * 3_600;

fn done(_: &AttemptContext) -> crate::Result<Verdict> {
    Ok(Verdict::complete(1))
}

/// Steps until nothing more is due for a while; returns how many portions that took.
fn tidy(bench: &Bench, upkeep: &mut Upkeep) -> usize {
    // Whatever the jitter, both rounds are due by then.
    bench.clock.advance(seconds(2 * 3_600));
    for portion in 1..1_000 {
        let rest = upkeep.step();
        if rest > seconds(10) {
            return portion;
        }
        bench.clock.advance(rest);
    }
    unreachable!("it never rests");
}

fn is_there(bench: &Bench, job: &Job) -> bool {
    bench.repository.get(job.id).is_ok()
}

#[test]
fn ended_jobs_are_kept_as_long_as_their_outcome_says() {
    let mut bench = Bench::new(one_slot(), |attempt: &AttemptContext| {
        if attempt.job().priority == 0 {
            return done(attempt);
        }
        let error = Failure::new(ErrorKind::InvalidPdf, "not a PDF");
        Ok(Verdict::Fail { error })
    });
    let mut upkeep = Upkeep::new(Arc::clone(&bench.shared));
    let succeeded = bench.enqueue();
    let failed = super::super::testing::enqueue(
        bench.repository.as_ref(),
        bench.clock.as_ref(),
        crate::job::NewJob::of(super::super::testing::kind()).priority(1),
    );
    super::step_until(&mut bench, |bench| {
        [&succeeded, &failed].iter().all(|job| {
            let job = bench.repository.get(job.id).unwrap();
            job.status.is_ended()
        })
    });
    let (cancelled, waiting) = (bench.enqueue(), bench.enqueue());
    bench.repository.cancel(cancelled.id).unwrap();
    let all = [&succeeded, &failed, &cancelled, &waiting];
    let there = |bench: &Bench| all.map(|job| is_there(bench, job));
    bench.clock.advance(seconds(6 * DAY));
    tidy(&bench, &mut upkeep);
    assert_eq!(there(&bench), [true; 4]);
    bench.clock.advance(seconds(DAY));
    tidy(&bench, &mut upkeep);
    assert_eq!(there(&bench), [false, true, false, true]);
    bench.hear(|event| matches!(event, WorkerEvent::Pruned { jobs: 2 }).then_some(()));
    bench.clock.advance(seconds(23 * DAY));
    tidy(&bench, &mut upkeep);
    assert_eq!(there(&bench), [false, false, false, true]);
}

#[test]
fn much_is_forgotten_in_portions_with_pauses_between_them() {
    let bench = Bench::new(one_slot(), done);
    let mut upkeep = Upkeep::new(Arc::clone(&bench.shared));
    for _ in 0..2 * PRUNED_AT_ONCE + 1 {
        let job = bench.enqueue();
        bench.repository.cancel(job.id).unwrap();
    }
    bench.clock.advance(seconds(8 * DAY));
    let left = |bench: &Bench| {
        let all = ListJobs {
            limit: usize::MAX,
            ..ListJobs::default()
        };
        bench.repository.list(&all).unwrap().len()
    };
    assert_eq!(upkeep.step(), Duration::ZERO, "the sweep is due as well");
    assert_eq!(left(&bench), PRUNED_AT_ONCE + 1);
    assert_eq!(upkeep.step(), seconds(1), "then everybody else has a turn");
    assert_eq!(left(&bench), PRUNED_AT_ONCE + 1);
    bench.clock.advance(seconds(1));
    upkeep.step();
    assert_eq!(left(&bench), 1);
    bench.clock.advance(seconds(1));
    assert!(upkeep.step() > seconds(200), "the round is over");
    assert_eq!(left(&bench), 0);
}

#[test]
fn what_is_switched_off_is_kept() {
    let options = WorkerOptions {
        retention: Retention {
            cancelled: None,
            ..Retention::default()
        },
        sweep_blobs: false,
        ..one_slot()
    };
    let bench = Bench::new(options, done);
    let job = bench.enqueue();
    bench.repository.cancel(job.id).unwrap();
    let lost = bench.shared.blobs.put(b"nobody names this").unwrap();
    let mut upkeep = Upkeep::new(Arc::clone(&bench.shared));
    // The files are of today, the clock of the test is not.
    bench.clock.advance(seconds(100 * 366 * DAY));
    tidy(&bench, &mut upkeep);
    assert!(is_there(&bench, &job));
    assert!(bench.shared.blobs.exists(&lost).unwrap());
}

#[test]
fn the_blob_of_a_forgotten_job_goes_after_its_row() {
    // Files have the times of this machine.
    let clock = Arc::new(ManualClock::starting_at(SystemClock.now()));
    let repository = Arc::new(MemoryRepository::new(clock.clone()));
    let large = "x".repeat(2 << 20);
    let handler = move |_: &AttemptContext| {
        Ok(Verdict::Complete(Completion {
            result: Some(large.clone().into()),
            ..Completion::default()
        }))
    };
    let mut bench = Bench::over(repository, clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    let ended = bench.repository.get(job.id).unwrap();
    let blob = ended.result_ref.unwrap()["blob"]
        .as_str()
        .unwrap()
        .to_owned();
    let blob: BlobRef = blob.parse().unwrap();
    let mut upkeep = Upkeep::new(Arc::clone(&bench.shared));
    bench.clock.advance(seconds(6 * DAY));
    tidy(&bench, &mut upkeep);
    assert!(
        bench.shared.blobs.exists(&blob).unwrap(),
        "its job names it"
    );
    bench.clock.advance(seconds(2 * DAY));
    tidy(&bench, &mut upkeep);
    assert!(!is_there(&bench, &job));
    assert!(!bench.shared.blobs.exists(&blob).unwrap());
    bench.hear(|event| matches!(event, WorkerEvent::Swept { blobs: 1, .. }).then_some(()));
}

#[test]
fn workers_do_not_forget_in_step() {
    let clock = clock();
    let repository = Arc::new(MemoryRepository::new(clock.clone()));
    let rests: Vec<_> = (0..20)
        .map(|_| {
            let bench = Bench::over(repository.clone(), clock.clone(), one_slot(), done);
            Upkeep::new(Arc::clone(&bench.shared)).step()
        })
        .collect();
    assert!(rests.iter().all(|rest| *rest <= seconds(300)));
    let different: std::collections::BTreeSet<_> = rests.iter().collect();
    assert!(different.len() > 10, "{rests:?}");
}
