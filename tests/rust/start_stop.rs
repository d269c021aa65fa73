//! Workers that are started and stopped again and again in one process leave nothing behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use floorjobs_core::blob::DirectoryStore;
use floorjobs_core::clock::SystemClock;
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::repository::MemoryRepository;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::{AttemptContext, StopReason, Verdict, WorkerEvent};
use floorjobs_core::{Client, Kind, NewJob, Settings, Status, WorkerOptions};

use crate::process::{LONG, WorkerProcess, again, connect, environment, until};

const PART: &str = "FLOORJOBS_TEST_START_STOP";

/// What a process holds: descriptors, threads, resident memory in KiB.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Held {
    descriptors: usize,
    threads: usize,
    memory_kib: u64,
}

fn held() -> Held {
    let count = |folder: &str| std::fs::read_dir(folder).unwrap().count();
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let resident = status.lines().find(|line| line.starts_with("VmRSS:"));
    let memory_kib = resident.and_then(|line| line.split_whitespace().nth(1));
    Held {
        // The reading of the folder has one of its own, the same each time.
        descriptors: count("/proc/self/fd"),
        threads: count("/proc/self/task"),
        memory_kib: memory_kib.unwrap().parse().unwrap(),
    }
}

/// A worker from start to end, with a few jobs and a listener; every other one is told to stop.
fn once(client: &Client, round: usize) {
    let heard = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&heard);
    let mut options = WorkerOptions::default();
    options.concurrency = 3;
    options.drain = round.is_multiple_of(2);
    let worker = worker_of(client, options)
        .unwrap()
        .handle(Kind::new("quick").unwrap(), |_: &AttemptContext| {
            Ok(Verdict::complete(1))
        })
        .listen(move |_: &WorkerEvent| {
            hears.fetch_add(1, Ordering::Relaxed);
        });
    let jobs: Vec<_> = (0..4).map(|_| NewJob::new("quick").unwrap()).collect();
    let jobs = client.enqueue_many(jobs).unwrap();
    let handle = worker.stop_handle();
    let expected = match round.is_multiple_of(2) {
        true => StopReason::Drained,
        false => StopReason::Requested,
    };
    std::thread::scope(|scope| {
        let running = scope.spawn(|| worker.run().unwrap());
        for job in &jobs {
            let ended = client.wait(job.id, LONG).unwrap();
            assert_eq!(ended.status, Status::Succeeded);
        }
        handle.stop(Some(Duration::from_secs(30)));
        let report = running.join().unwrap();
        // A drain may be told to stop before it finds that it is done.
        assert!([expected, StopReason::Requested].contains(&report.reason));
        assert_eq!(report.left_running, 0);
    });
    assert!(heard.load(Ordering::Relaxed) > 0);
}

fn in_memory(folder: &Path) -> Client {
    let clock = Arc::new(SystemClock);
    let repository = Arc::new(MemoryRepository::new(clock.clone()));
    let blobs = Arc::new(DirectoryStore::open(folder.join("blobs")).unwrap());
    let settings = Settings::resolve(&Overrides::default(), |_| None).unwrap();
    Client::over(repository, blobs, clock, settings)
}

fn again_and_again(what: &str, make: impl Fn() -> Client) {
    // The first rounds fill what is kept for good: arenas of the allocator, cached statements.
    (0..10).for_each(|round| once(&make(), round));
    let before = held();
    (0..100).for_each(|round| once(&make(), round));
    let after = held();
    // A thread that was joined may be listed for a moment longer.
    until("the threads are gone", || held().threads == before.threads);
    assert_eq!(after.descriptors, before.descriptors, "{what}: {after:?}");
    let grown = after.memory_kib.saturating_sub(before.memory_kib);
    assert!(grown < 8 << 10, "{what} grew by {grown} KiB");
}

/// Not a test of anything: a process of its own runs this, in which nothing else happens.
#[test]
fn part() {
    let Some(folder) = environment::<PathBuf>(PART) else {
        return;
    };
    again_and_again("memory", || in_memory(&folder));
    let kept = connect(&folder.join("kept.db"));
    again_and_again("one SQLite repository", || kept.clone());
    again_and_again("a SQLite repository each", || {
        connect(&folder.join("jobs.db"))
    });
}

#[test]
fn a_hundred_workers_one_after_the_other_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = again("start_stop::part");
    command.env(PART, folder.path());
    assert!(WorkerProcess::start(&mut command).wait().success());
}
