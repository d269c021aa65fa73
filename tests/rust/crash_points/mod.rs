//! A process dies at each point between two effects, and nothing is lost, doubled or torn.
//!
//! The points are the table in `core/src/sys/crash_point.rs`. Two roles reach them all: a client
//! and a worker, each this test binary started again. Once without dying, which tells how often
//! each point is reached; then once for each point and some of its occurrences. What the process
//! left behind is checked, drained by a fresh worker, and checked again.

mod client;
mod ledger;
mod worker;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use floorjobs_core::repository::ListJobs;
use floorjobs_core::sys::crash_point::Point;
use floorjobs_core::upkeep::{SWEEP_AGE, sweep};
use floorjobs_core::{Client, Status};

use crate::invariants::Invariants;
use crate::process::{again, connect, environment};
use ledger::Ledger;

const ROLE: &str = "FLOORJOBS_TEST_CRASH_ROLE";

/// Processes of one role that run at the same time.
const AT_ONCE: usize = 2;

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Client,
    Worker,
}

/// A folder in memory: an abort loses nothing that a write has reached, synced or not.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Worker => "worker",
        }
    }

    /// Plays the role in a process of its own, on what `folder` holds.
    fn play(self, folder: &Path, dial: (&str, &str)) -> Output {
        if self == Role::Worker {
            worker::prepare(&connect(&folder.join("jobs.db")), &mut ledger(folder));
        }
        again("crash_points::a_role")
            .env(ROLE, format!("{} {}", self.word(), folder.display()))
            .env(dial.0, dial.1)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    /// How often each point is reached when nothing dies.
    fn reaches(self) -> BTreeMap<String, usize> {
        let folder = folder();
        let log = folder.path().join("points");
        let output = self.play(
            folder.path(),
            ("FLOORJOBS_CRASH_LOG", log.to_str().unwrap()),
        );
        assert!(output.status.success(), "{output:?}");
        aftermath(folder.path());
        let mut reached = BTreeMap::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            *reached.entry(line.to_owned()).or_default() += 1;
        }
        reached
    }

    /// Dies at each point that the role reaches, at its first and its last occurrence; returns how
    /// often it died. What `elsewhere` has may be reached by chance here, and need not be again.
    fn die_everywhere(self, elsewhere: &BTreeMap<String, usize>) -> usize {
        let mut cases = Vec::new();
        for (point, count) in self.reaches() {
            cases.push((point.clone(), 1, !elsewhere.contains_key(&point)));
            if count > 1 {
                cases.push((point, count, false));
            }
        }
        let (next, died) = (AtomicUsize::new(0), Mutex::new(0));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some((point, occurrence, is_sure)) =
                        cases.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let died_here = self.die_at(point, *occurrence);
                        assert!(died_here || !is_sure, "nobody came to `{point}`");
                        *died.lock().unwrap() += usize::from(died_here);
                    }
                });
            }
        });
        died.into_inner().unwrap()
    }

    /// Returns whether the point was reached so often this time.
    fn die_at(self, point: &str, occurrence: usize) -> bool {
        let folder = folder();
        let dial = format!("{point}:{occurrence}");
        let output = self.play(folder.path(), ("FLOORJOBS_CRASH_AT", &dial));
        let died = output.status.signal() == Some(rustix::process::Signal::ABORT.as_raw());
        assert!(died || output.status.success(), "{dial}: {output:?}");
        let seen = std::panic::catch_unwind(|| aftermath(folder.path()));
        assert!(seen.is_ok(), "what is told above came after `{dial}`");
        died
    }
}

fn ledger(folder: &Path) -> Ledger {
    Ledger::open(&folder.join("ledger"))
}

/// What must hold once a process has died, before and after a fresh worker has done what is left.
fn aftermath(folder: &Path) {
    let client = connect(&folder.join("jobs.db"));
    let told = ledger(folder).read();
    Invariants::of(&client)
        .acknowledged(told.jobs.iter().copied())
        .check();
    for (job, status) in &told.statuses {
        let found = client.get(*job).unwrap();
        assert_eq!(found.status.as_str(), status, "as it was told: {found:?}");
    }
    if told.asked_for_key {
        // Nobody knows whether the first time was answered; asking again makes no second job.
        let job = client.enqueue(client::keyed()).unwrap();
        let again = client.enqueue(client::keyed()).unwrap();
        assert_eq!(job.id, again.id);
        let all = list(&client);
        let with_key = all.iter().filter(|job| job.unique_key.is_some()).count();
        assert_eq!(with_key, 1);
    }
    drain(&client);
    Invariants::of(&client)
        .acknowledged(told.jobs)
        .settled()
        .check();
    for (job, status) in &told.statuses {
        let is_end = !matches!(status.as_str(), "queued" | "running");
        let found = client.get(*job).unwrap();
        assert!(!is_end || found.status.as_str() == status, "{found:?}");
    }
    sweep_all(&client);
}

/// What was left over is removed, and nothing that is named.
fn sweep_all(client: &Client) {
    let before = Invariants::of(client).check();
    let late = client
        .clock()
        .now()
        .after(SWEEP_AGE + Duration::from_secs(60));
    let swept = sweep(
        client.repository().as_ref(),
        client.blobs().as_ref(),
        late,
        SWEEP_AGE,
    )
    .unwrap();
    assert_eq!(
        (swept.blobs, swept.unfinished),
        (before.unreferenced.len(), before.unfinished)
    );
    let after = Invariants::of(client).check();
    assert_eq!((after.unreferenced.len(), after.unfinished), (0, 0));
}

fn list(client: &Client) -> Vec<floorjobs_core::Job> {
    let all = ListJobs {
        limit: 1_000,
        ..ListJobs::default()
    };
    client.list(&all).unwrap()
}

/// Lets a fresh worker do all that is left.
fn drain(client: &Client) {
    for queue in client.paused().unwrap() {
        client.resume(&queue.0).unwrap();
    }
    for _ in 0..10 {
        worker::fresh(client).run().unwrap();
        let waiting: Vec<_> = list(client)
            .into_iter()
            .filter(|job| job.status == Status::Queued)
            .collect();
        if waiting.is_empty() {
            return;
        }
        for job in waiting {
            client.make_due(job.id).unwrap();
        }
    }
    // What is still left, the check names.
}

#[test]
fn every_point_of_the_table_is_reached() {
    let mut reached = Role::Client.reaches();
    reached.extend(Role::Worker.reaches());
    let missing: Vec<_> = Point::all()
        .map(|point| point.to_string())
        .filter(|point| !reached.contains_key(point))
        .collect();
    assert!(missing.is_empty(), "nobody comes to {missing:#?}");
}

#[test]
fn a_client_may_die_at_any_point() {
    println!(
        "died {} times",
        Role::Client.die_everywhere(&BTreeMap::new())
    );
}

#[test]
fn a_worker_may_die_at_any_point() {
    println!(
        "died {} times",
        Role::Worker.die_everywhere(&Role::Client.reaches())
    );
}

/// Not a test of anything: the processes that die run this, and others do nothing here.
#[test]
fn a_role() {
    let Some(role) = environment::<String>(ROLE) else {
        return;
    };
    let (word, folder) = role.split_once(' ').unwrap();
    let folder = Path::new(folder);
    let client = connect(&folder.join("jobs.db"));
    if word == "client" {
        client::play(&client, &mut ledger(folder));
    } else {
        worker::play(&client, ledger(folder));
    }
    // Threads of handlers that listen to nobody end with the process.
    std::process::exit(0);
}
