//! Keeping leases, hearing of cancels, and taking jobs from the dead.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::Verdict;
use super::super::reaper::{Reaper, forget_gone};
use super::super::testing::{Bench, LONG, patient, stubborn};
use super::{one_slot, seconds};
use crate::clock::Clock;
use crate::job::{OwnerId, Status};
use crate::repository::{Owner, Reap, WorkerRow};
use crate::sys::ProcessIdentity;
use crate::watch::Watch;

#[test]
fn leases_are_renewed_for_as_long_as_the_handler_runs() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    for _ in 0..30 {
        bench.clock.advance(seconds(15));
        bench.heart.tick();
        bench.engine.step();
    }
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.attempt, job.crashes),
        (Status::Running, 1, 0)
    );
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn progress_and_cancel_requests_pass_with_a_tick() {
    let reported = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&reported);
    let mut bench = Bench::new(one_slot(), move |attempt: &AttemptContext| {
        attempt.progress(0.25, "reading");
        told.store(true, Ordering::SeqCst);
        attempt.cancel_token().wait(LONG);
        attempt.check()?;
        Ok(Verdict::complete(1))
    });
    let job = bench.enqueue();
    bench.engine.step();
    while !reported.load(Ordering::SeqCst) {
        std::thread::yield_now();
    }
    let rest = bench.heart.tick();
    assert_eq!((rest.time, rest.idle), (Duration::from_millis(250), false));
    let fraction = bench.hear(|event| match event {
        WorkerEvent::Progress { fraction, .. } => Some(*fraction),
        _ => None,
    });
    assert_eq!(fraction, 0.25);
    let stored = bench.repository.get(job.id).unwrap().progress.unwrap();
    assert_eq!((stored.fraction, stored.stage.as_str()), (0.25, "reading"));

    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Cancelled
    );
}

#[test]
fn a_reaped_attempt_is_told_and_its_answer_refused() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    // Silent beyond the lease, as after SIGSTOP; another worker takes the job and ends it.
    bench.clock.advance(seconds(61));
    let (handler, _) = patient();
    let (repository, clock) = (Arc::clone(&bench.repository), Arc::clone(&bench.clock));
    let mut other = Bench::over(repository, clock, one_slot(), handler);
    other.engine.step();
    assert_eq!(bench.repository.get(job.id).unwrap().attempt, 2);
    bench.heart.tick();
    bench.hear(|event| matches!(event, WorkerEvent::LeaseLost { .. }).then_some(()));
    let_go.wait();
    bench.settle();
    let stored = bench.repository.get(job.id).unwrap();
    assert_eq!((stored.status, stored.result), (Status::Running, None));
    other.handle().stop_now();
    other.engine.step();
    other.settle();
}

#[test]
fn a_zombie_that_finishes_before_its_next_beat_is_refused_too() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(61));
    let reap = Reap {
        gone: Vec::new(),
        limit: 1,
        policy: Default::default(),
        jitter: 0.0,
    };
    assert_eq!(bench.repository.reap(&reap).unwrap().len(), 1);
    let_go.wait();
    bench.hear(|event| matches!(event, WorkerEvent::LeaseLost { .. }).then_some(()));
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.result, job.crashes),
        (Status::Queued, None, 1)
    );
}

#[test]
fn the_third_crash_fails_the_job() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let job = bench.enqueue();
    for crash in 1..=3 {
        let dead = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity {
                pid: 0x3FFF_FFFF,
                ..ProcessIdentity::current()
            },
        };
        bench.repository.make_due(job.id).unwrap();
        bench
            .repository
            .claim_one(job.id, &dead, seconds(60))
            .unwrap();
        let mut reaper = Reaper::new(bench.clock.boot_micros());
        assert_eq!(
            reaper.run_due(&bench.shared),
            1,
            "no need to wait for the lease"
        );
        assert_eq!(bench.repository.get(job.id).unwrap().crashes, crash);
    }
    assert_eq!(bench.repository.get(job.id).unwrap().status, Status::Failed);
}

#[test]
fn after_a_sleep_of_the_machine_leases_get_a_round_to_be_renewed() {
    let (handler, began) = patient();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(300));
    bench.engine.step();
    bench.heart.tick();
    bench.clock.advance(seconds(7));
    bench.engine.step();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(job.crashes, 0);
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn the_notes_on_dead_workers_are_cleared_away_but_for_those_that_still_have_jobs() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let note = |pid: Option<u32>| {
        let mut process = ProcessIdentity::current();
        process.pid = pid.unwrap_or(process.pid);
        let row = WorkerRow {
            owner: Owner {
                id: OwnerId::generate(),
                process,
            },
            queues: Vec::new(),
            kinds: Vec::new(),
            kind_limits: Default::default(),
            concurrency: 1,
            transport: String::new(),
            started_at: bench.clock.now(),
            beat_at: bench.clock.now(),
        };
        bench.repository.register_worker(&row).unwrap();
        row.owner
    };
    let (dead, holder, alive) = (note(Some(0x3FFF_FFFF)), note(Some(0x3FFF_FFFE)), note(None));
    let job = bench.enqueue();
    bench
        .repository
        .claim_one(job.id, &holder, seconds(1_000_000))
        .unwrap();
    let noted = || {
        let rows = bench.repository.workers().unwrap();
        let noted = |owner: &Owner| rows.iter().any(|row| row.owner.id == owner.id);
        [&dead, &holder, &alive].map(noted)
    };
    assert_eq!(noted(), [true, true, true]);
    assert_eq!(forget_gone(&bench.shared).unwrap(), 1);
    assert_eq!(noted(), [false, true, true]);
    bench.clock.advance(seconds(24 * 3_600 + 1));
    assert_eq!(forget_gone(&bench.shared).unwrap(), 1);
    assert_eq!(noted(), [false, true, false]);
}
