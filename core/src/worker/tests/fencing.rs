//! When a worker must doubt that it still holds its jobs, and when it may not guess about others.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::cancel::CancelReason;
use super::super::context::AttemptContext;
use super::super::fencing::Fencing;
use super::super::handler::Verdict;
use super::super::options::WorkerOptions;
use super::super::reaper::Reaper;
use super::super::run::{StopReason, Worker};
use super::super::testing::{Bench, LONG, clock, kind, patient, stubborn};
use super::{one_slot, seconds};
use crate::blob::DirectoryStore;
use crate::clock::{Clock, SystemClock};
use crate::job::{Job, OwnerId, Status};
use crate::repository::faulty::Faulty;
use crate::repository::{MemoryRepository, Owner, Repository};
use crate::sys::ProcessIdentity;

fn stop(mut bench: Bench) {
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

fn faulty() -> Arc<Faulty> {
    let clock = clock();
    let inner = Arc::new(MemoryRepository::new(clock.clone()));
    Arc::new(Faulty::over(inner, clock))
}

#[test]
fn a_late_beat_keeps_a_job_that_nobody_has_taken() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    // Stopped for longer than the lease, while nobody else was there.
    bench.clock.advance(seconds(200));
    bench.heart.tick();
    let running = bench.shared.table.active();
    assert_eq!(running[0].token.reason(), None, "nothing to doubt");
    let_go.wait();
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.attempt), (Status::Succeeded, 1));
}

#[test]
fn a_late_beat_that_fails_leaves_doubt() {
    let repository = faulty();
    let (handler, began) = patient();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.clock.advance(seconds(200));
    repository.heartbeat.fail(1);
    bench.heart.tick();
    let told = began.recv_timeout(LONG).unwrap();
    assert_eq!(told, Some(CancelReason::LeaseInDoubt));
    bench.settle();
}

#[test]
fn two_workers_that_slept_leave_each_other_their_jobs() {
    let ((first, began), (second, began_too)) = (patient(), patient());
    let mut one = Bench::new(one_slot(), first);
    let (repository, clock) = (Arc::clone(&one.repository), Arc::clone(&one.clock));
    let mut other = Bench::over(repository, clock, one_slot(), second);
    let jobs = [one.enqueue(), one.enqueue()];
    one.engine.step();
    other.engine.step();
    began.recv_timeout(LONG).unwrap();
    began_too.recv_timeout(LONG).unwrap();
    // The machine sleeps for an hour; one of them is long awake before the other beats.
    one.clock.advance(seconds(500));
    one.engine.step();
    one.heart.tick();
    one.engine.step();
    other.heart.tick();
    for _ in 0..5 {
        one.clock.advance(seconds(7));
        for bench in [&mut one, &mut other] {
            bench.heart.tick();
            bench.engine.step();
        }
    }
    for job in &jobs {
        let job = one.repository.get(job.id).unwrap();
        assert_eq!((job.status, job.crashes), (Status::Running, 0));
    }
    drop((began, began_too));
    stop(one);
    stop(other);
}

/// A job held by a process that no longer runs, if it is what `change` makes of it.
fn held_by(bench: &Bench, change: impl FnOnce(&mut ProcessIdentity)) -> Job {
    let mut process = ProcessIdentity {
        pid: 0x3FFF_FFFF,
        ..ProcessIdentity::current()
    };
    change(&mut process);
    let owner = Owner {
        id: OwnerId::generate(),
        process,
    };
    let job = bench.enqueue();
    bench
        .repository
        .claim_one(job.id, &owner, seconds(60))
        .unwrap()
}

#[test]
fn nobody_guesses_about_a_process_elsewhere() {
    let bench = Bench::new(one_slot(), |_: &AttemptContext| Ok(Verdict::complete(1)));
    let known = held_by(&bench, |_| {});
    let elsewhere = [
        held_by(&bench, |process| process.pid_namespace = Some(1)),
        held_by(&bench, |process| process.pid_namespace = None),
        held_by(&bench, |process| {
            process.boot_id = Some("another".to_owned());
        }),
        held_by(&bench, |process| process.boot_id = None),
        held_by(&bench, |process| process.start_time = None),
    ];
    let status = |job: &Job| bench.repository.get(job.id).unwrap().status;
    let mut reaper = Reaper::new(bench.clock.boot_micros());
    assert_eq!(reaper.run_due(&bench.shared), 1);
    assert_eq!(status(&known), Status::Queued, "that one is gone for sure");
    for _ in 0..8 {
        bench.clock.advance(seconds(7));
        assert_eq!(reaper.run_due(&bench.shared), 0);
    }
    assert!(elsewhere.iter().all(|job| status(job) == Status::Running));
    // Their leases tell in the end.
    bench.clock.advance(seconds(7));
    assert_eq!(reaper.run_due(&bench.shared), elsewhere.len());
}

#[test]
fn a_stepped_wall_clock_stops_no_attempt_and_starts_none_twice() {
    for step in [-366 * 86_400_000_000_i64, 366 * 86_400_000_000] {
        let (handler, began, let_go) = stubborn();
        let options = WorkerOptions {
            stall_after: Some(seconds(120)),
            ..one_slot()
        };
        let mut bench = Bench::new(options, handler);
        let job = bench.enqueue();
        bench.engine.step();
        began.recv_timeout(LONG).unwrap();
        bench.clock.step_wall(step);
        for _ in 0..4 {
            bench.heart.tick();
            bench.engine.step();
            bench.clock.advance(seconds(15));
        }
        let running = bench.shared.table.active();
        assert_eq!(running[0].token.reason(), None);
        assert_eq!(running[0].stalled_since(), None);
        let_go.wait();
        bench.settle();
        let job = bench.repository.get(job.id).unwrap();
        assert_eq!((job.status, job.attempt), (Status::Succeeded, 1));
    }
}

#[test]
fn a_heartbeat_that_hangs_holds_up_neither_doubt_nor_deadline() {
    let repository = faulty();
    let (handler, began) = patient();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    let mut fencing = Fencing::new(Arc::clone(&bench.shared));
    let hangs = repository.heartbeat_hangs.lock().unwrap();
    std::thread::scope(|scope| {
        let heart = &mut bench.heart;
        bench.clock.advance(seconds(15));
        scope.spawn(move || heart.tick());
        bench.clock.advance(seconds(34));
        assert_eq!(fencing.step(), seconds(1));
        assert!(began.try_recv().is_err(), "there is still hope");
        bench.clock.advance(seconds(1));
        fencing.step();
        let told = began.recv_timeout(LONG).unwrap();
        assert_eq!(told, Some(CancelReason::LeaseInDoubt));
        drop(hangs);
    });
    bench.settle();
}

#[test]
fn a_worker_whose_database_hangs_stops_its_handlers_by_itself() {
    let inner = Arc::new(MemoryRepository::new(Arc::new(SystemClock)));
    let faulty = Arc::new(Faulty::over(inner, clock()));
    let options = WorkerOptions {
        lease: Duration::from_millis(240),
        beat: Duration::from_millis(60),
        ..one_slot()
    };
    let folder = tempfile::tempdir().unwrap();
    let blobs = Arc::new(DirectoryStore::open(folder.path()).unwrap());
    let repository: Arc<dyn Repository> = faulty.clone();
    super::super::testing::enqueue(
        repository.as_ref(),
        &SystemClock,
        crate::job::NewJob::of(kind()),
    );
    let (handler, began) = patient();
    let worker = Worker::new(repository, blobs, Arc::new(SystemClock), options)
        .unwrap()
        .handle(kind(), handler);
    let handle = worker.stop_handle();
    let running = std::thread::spawn(move || worker.run());
    began.recv_timeout(LONG).unwrap();
    let hangs: &Mutex<()> = &faulty.heartbeat_hangs;
    let held = hangs.lock().unwrap();
    // While it hangs, and it hangs until the handler has heard.
    let told = began.recv_timeout(LONG).unwrap();
    assert_eq!(told, Some(CancelReason::LeaseInDoubt));
    drop(held);
    drop(began);
    handle.stop_now();
    let report = running.join().unwrap().unwrap();
    assert_eq!(report.reason, StopReason::Requested);
}
