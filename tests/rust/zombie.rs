//! Processes that are stopped beyond their lease and come back, and such that hold everybody up.

mod undead;

use std::time::Duration;

use floorjobs_core::blob::BlobRef;
use floorjobs_core::job::Outcome;
use floorjobs_core::{Client, ErrorKind, Job, Status};
use rustix::process::Signal;
use serde_json::json;

use crate::disk::Shimmed;
use crate::invariants::Invariants;
use crate::process::{LONG, WorkerProcess, again, connect, now, until};
use undead::{ENDINGS, Part, WRITES};

/// A place on a disk that can be broken, whose processes are stopped.
struct Place {
    folder: tempfile::TempDir,
    disk: Shimmed,
    client: Client,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let disk = Shimmed::failing(folder.path());
        Place {
            client: connect(&disk.root().join("jobs.db")),
            folder,
            disk,
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn start(&self, part: Part) -> WorkerProcess {
        let mut command = again("zombie::undead::comes_back");
        let database = self.client.database().unwrap();
        part.is_told(&mut command, database, self.folder.path());
        self.disk.put_on(&mut command);
        WorkerProcess::start(&mut command)
    }

    /// Stops a process at the moment that it waits for.
    fn stop(&self, process: &WorkerProcess) {
        until("it is ready to be stopped", || self.path("ready").exists());
        process.signal(Signal::STOP);
        until("it is stopped", || process.is_stopped());
    }

    fn enqueue(&self, kind: &str, payload: serde_json::Value) -> Job {
        let job = floorjobs_core::NewJob::new(kind).unwrap().payload(payload);
        self.client.enqueue(job).unwrap()
    }

    fn get(&self, job: &Job) -> Job {
        self.client.get(job.id).unwrap()
    }

    fn outcomes(&self, job: &Job) -> Vec<Option<Outcome>> {
        let attempts = self.client.attempts(job.id).unwrap();
        attempts.iter().map(|attempt| attempt.outcome).collect()
    }

    /// Whether the handlers of all endings are so far.
    fn have_told(&self, what: &str) -> bool {
        let told = |ending: &str| self.path(&format!("{what}-{ending}")).exists();
        ENDINGS.iter().all(|ending| told(ending))
    }

    /// The blob of what the first attempt wrote is there, and nothing names it.
    fn nothing_names(&self, blob: &BlobRef) {
        assert!(self.client.blobs().exists(blob).unwrap(), "it was written");
        let names = [blob.to_string()];
        let unnamed = self.client.repository().unreferenced(&names).unwrap();
        assert_eq!(unnamed, names);
    }
}

#[test]
fn every_kind_of_write_of_a_zombie_is_refused() {
    let place = Place::new();
    let jobs: Vec<Job> = WRITES.map(|_| place.enqueue("held", json!({}))).into();
    let mut zombie = place.start(Part::Writer);
    place.stop(&zombie);
    let mut second = place.start(Part::Holder);
    until("another runs all of them", || {
        jobs.iter().all(|job| place.get(job).attempt == 2)
    });
    let before: Vec<Job> = jobs.iter().map(|job| place.get(job)).collect();

    std::fs::write(place.path("resume"), b"").unwrap();
    zombie.signal(Signal::CONT);
    assert_eq!(zombie.wait().code(), Some(0));
    let answers = std::fs::read_to_string(place.path("answers")).unwrap();
    let answers: Vec<&str> = answers.lines().collect();
    let expected: Vec<String> = WRITES
        .iter()
        .map(|write| format!("{write} lease_lost"))
        .collect();
    assert_eq!(answers, expected);
    for job in &before {
        let after = place.get(job);
        assert_eq!((after.status, after.attempt), (Status::Running, 2));
        assert_eq!((&after.progress, &after.checkpoint), (&None, &None));
        assert_eq!((after.errors, after.crashes), (0, 1));
    }
    place.nothing_names(&BlobRef::of(undead::LATE_BLOB));
    // The right one is as free to end them as ever.
    std::fs::write(place.path("go"), b"").unwrap();
    for job in &jobs {
        let ended = place.client.wait(job.id, LONG).unwrap();
        assert_eq!((ended.status, ended.attempt), (Status::Succeeded, 2));
    }
    second.signal(Signal::TERM);
    assert_eq!(second.wait().code(), Some(0));
    Invariants::of(&place.client).settled().check();
}

#[test]
fn a_worker_that_comes_back_ends_no_job_in_any_way() {
    let place = Place::new();
    let jobs: Vec<Job> = ENDINGS
        .map(|ending| place.enqueue("ends", json!({ "as": ending })))
        .into();
    let mut zombie = place.start(Part::Worker);
    until("it runs all", || place.have_told("began"));
    zombie.freeze();
    let mut second = place.start(Part::Holder);
    until("another runs all of them", || {
        jobs.iter().all(|job| place.get(job).attempt == 2)
    });
    // Its handlers answer now, each in its way, and the worker tells what became of that.
    std::fs::write(place.path("zombie-go"), b"").unwrap();
    zombie.signal(Signal::CONT);
    until("all its handlers have answered", || {
        place.have_told("answered")
    });
    zombie.signal(Signal::TERM);
    assert_eq!(zombie.wait().code(), Some(0));
    for job in &jobs {
        let after = place.get(job);
        assert_eq!((after.status, after.attempt), (Status::Running, 2));
        assert_eq!((&after.progress, &after.checkpoint), (&None, &None));
        assert_eq!(place.outcomes(job), [Some(Outcome::Crashed), None]);
    }
    std::fs::write(place.path("go"), b"").unwrap();
    for job in &jobs {
        let ended = place.client.wait(job.id, LONG).unwrap();
        assert_eq!((ended.status, ended.attempt), (Status::Succeeded, 2));
    }
    second.signal(Signal::TERM);
    assert_eq!(second.wait().code(), Some(0));
    let events = std::fs::read_to_string(place.path("events")).unwrap();
    assert!(!events.contains("succeeded"), "{events}");
    for job in &jobs {
        assert!(
            events.contains(&format!("lease_lost {}", job.id)),
            "{events}"
        );
    }
    Invariants::of(&place.client).settled().check();
}

/// Runs a job in a worker that stops right after the commit of its success.
fn stopped_after_its_commit(place: &Place) -> (WorkerProcess, Job) {
    let worker = place.start(Part::Worker);
    let mut done = None;
    until(
        "the worker is stopped after the commit of a success",
        || {
            let job = place.enqueue("commits", json!({}));
            until("it is stopped", || worker.is_stopped());
            if place.get(&job).status == Status::Succeeded {
                done = Some(job);
                return true;
            }
            // That was the commit of a heartbeat.
            worker.signal(Signal::CONT);
            place.client.wait(job.id, LONG).unwrap();
            false
        },
    );
    (worker, done.unwrap())
}

#[test]
fn a_success_whose_acknowledgement_is_late_is_not_discarded() {
    let place = Place::new();
    let (mut worker, job) = stopped_after_its_commit(&place);
    let mut other = place.start(Part::Holder);
    let since = now();
    // The lease that it had runs out, and others look for such; the job has nothing to lose.
    until("two leases have passed", || {
        now() - since > 2 * undead::LEASE.as_micros() as i64
    });
    assert_eq!(place.outcomes(&job), [Some(Outcome::Succeeded)]);
    worker.signal(Signal::CONT);
    worker.signal(Signal::TERM);
    assert_eq!(worker.wait().code(), Some(0));
    other.signal(Signal::TERM);
    assert_eq!(other.wait().code(), Some(0));
    let events = std::fs::read_to_string(place.path("events")).unwrap();
    assert!(
        events.contains(&format!("succeeded {}", job.id)),
        "{events}"
    );
    assert!(
        !events.contains(&format!("lease_lost {}", job.id)),
        "{events}"
    );
    assert_eq!(place.outcomes(&job), [Some(Outcome::Succeeded)]);
    Invariants::of(&place.client).settled().check();
}

#[test]
fn a_success_whose_worker_dies_before_it_knows_is_not_run_again() {
    let place = Place::new();
    let (mut worker, job) = stopped_after_its_commit(&place);
    worker.child.kill().unwrap();
    worker.wait();
    let mut other = place.start(Part::Holder);
    let later = place.enqueue("quick", json!({}));
    place.client.wait(later.id, LONG).unwrap();
    other.signal(Signal::TERM);
    assert_eq!(other.wait().code(), Some(0));
    assert_eq!(place.outcomes(&job), [Some(Outcome::Succeeded)]);
    assert_eq!(
        place.get(&job).result,
        Some(json!({"attempt": 1, "pid": worker.pid()}))
    );
    Invariants::of(&place.client).settled().check();
}

/// SQLite has no way around it: who holds the write lock and stands still holds up all writers.
/// They wait for a bounded time and say so, readers go on, and nothing is lost when it is over.
#[test]
fn a_process_stopped_within_a_transaction_holds_others_up_for_a_bounded_time() {
    let place = Place::new();
    let job_held = place.enqueue("held", json!({}));
    let mut holder = place.start(Part::Locker);
    place.stop(&holder);
    let mut worker = place.start(Part::Holder);
    let began = now();
    let writer = std::thread::scope(|scope| {
        let job = floorjobs_core::NewJob::new("quick").unwrap();
        let writer = scope.spawn(|| place.client.enqueue(job));
        // Reading needs no lock.
        assert_eq!(place.get(&job_held).status, Status::Queued);
        writer.join().unwrap()
    });
    let took = Duration::from_micros((now() - began).unsigned_abs());
    assert_eq!(writer.unwrap_err().kind(), ErrorKind::Unavailable);
    // Ten seconds for the lock, by SQLite's count of its own pauses.
    assert!(took < LONG, "{took:?}");
    holder.child.kill().unwrap();
    holder.wait();
    until("the worker takes the job", || {
        place.get(&job_held).status == Status::Running || {
            // It could not even register meanwhile, and ended as one that may be started again.
            if worker.child.try_wait().unwrap().is_some() {
                worker = place.start(Part::Holder);
            }
            false
        }
    });
    std::fs::write(place.path("go"), b"").unwrap();
    let ended = place.client.wait(job_held.id, LONG).unwrap();
    assert_eq!((ended.status, ended.crashes), (Status::Succeeded, 0));
    Invariants::of(&place.client).check();
}
