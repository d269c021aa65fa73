//! A process dies at each point between two effects, and nothing is lost, doubled or torn.
//!
//! The points are the table in `core/src/sys/crash_point.rs`. Two roles reach them all: a client
//! and a worker, each this test binary started again. Once without dying, which tells how often
//! each point is reached; then once for each point and some of its occurrences. What the process
//! left behind is checked, drained by a fresh worker, and checked again.

mod client;
mod ledger;
mod site;
mod worker;

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt;
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use floorjobs_core::repository::ListJobs;
use floorjobs_core::sys::crash_point::{Place, Point, Write};
use floorjobs_core::upkeep::{SWEEP_AGE, sweep};
use floorjobs_core::{Client, Status};

use crate::invariants::Invariants;
use crate::process::{again, environment};
use site::Site;

const ROLE: &str = "FLOORJOBS_TEST_CRASH_ROLE";

/// Processes of one role that run at the same time.
const AT_ONCE: usize = 2;

/// Makes a new site; `None` where there is no server for it.
type Make = fn() -> Option<Site>;

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Client,
    Worker,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Role::Client => "client",
            Role::Worker => "worker",
        }
    }

    /// Plays the role in a process of its own, on what the site holds.
    fn play(self, site: &Site, dial: (&str, &str)) -> Output {
        if self == Role::Worker {
            worker::prepare(&site.connect(), &mut site.ledger());
        }
        again("crash_points::a_role")
            .env(ROLE, format!("{} {site}", self.word()))
            .env(dial.0, dial.1)
            .stderr(Stdio::piped())
            .output()
            .unwrap()
    }

    /// How often each point is reached when nothing dies.
    fn reaches(self, make: Make) -> Option<BTreeMap<String, usize>> {
        let site = make()?;
        let log = site.folder().join("points");
        let output = self.play(&site, ("FLOORJOBS_CRASH_LOG", log.to_str().unwrap()));
        assert!(output.status.success(), "{output:?}");
        aftermath(&site);
        let mut reached = BTreeMap::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            *reached.entry(line.to_owned()).or_default() += 1;
        }
        Some(reached)
    }

    /// Dies at each point that the role reaches, at its first and its last occurrence; returns how
    /// often it died. What `elsewhere` has may be reached by chance here, and need not be again.
    fn die_everywhere(
        self,
        make: Make,
        picks: fn(&str, usize) -> bool,
        elsewhere: &BTreeMap<String, usize>,
    ) -> usize {
        let mut cases = Vec::new();
        for (point, count) in self.reaches(make).into_iter().flatten() {
            cases.push((point.clone(), 1, !elsewhere.contains_key(&point)));
            if count > 1 {
                cases.push((point, count, false));
            }
        }
        cases.retain(|(point, occurrence, _)| picks(point, *occurrence));
        let (next, died) = (AtomicUsize::new(0), Mutex::new(0));
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some((point, occurrence, is_sure)) =
                        cases.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let died_here = self.die_at(make, point, *occurrence);
                        assert!(died_here || !is_sure, "nobody came to `{point}`");
                        *died.lock().unwrap() += usize::from(died_here);
                    }
                });
            }
        });
        died.into_inner().unwrap()
    }

    /// Returns whether the point was reached so often this time.
    fn die_at(self, make: Make, point: &str, occurrence: usize) -> bool {
        let site = make().expect("there was one before");
        let dial = format!("{point}:{occurrence}");
        let output = self.play(&site, ("FLOORJOBS_CRASH_AT", &dial));
        let died = output.status.signal() == Some(rustix::process::Signal::ABORT.as_raw());
        assert!(died || output.status.success(), "{dial}: {output:?}");
        let seen = std::panic::catch_unwind(|| aftermath(&site));
        assert!(seen.is_ok(), "what is told above came after `{dial}`");
        died
    }
}

/// What must hold once a process has died, before and after a fresh worker has done what is left.
fn aftermath(site: &Site) {
    let client = site.connect();
    let told = site.ledger().read();
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

/// The points that no one comes to whose jobs are not in a file: on a server there is no group
/// commit, and an administrator migrates it.
const OF_FILES: [Point; 6] = [
    Point::BeforeCommit(Write::Migrate),
    Point::AfterCommit(Write::Migrate),
    Point::At(Place::BatchBetween),
    Point::At(Place::BatchBeforeCommit),
    Point::At(Place::BatchCommitted),
    Point::At(Place::BatchAnswered),
];

/// The points that neither role comes to.
fn missed(make: Make) -> Option<Vec<String>> {
    let mut reached = Role::Client.reaches(make)?;
    reached.extend(Role::Worker.reaches(make)?);
    let names = Point::all().map(|point| point.to_string());
    Some(names.filter(|name| !reached.contains_key(name)).collect())
}

#[test]
fn every_point_of_the_table_is_reached() {
    let missed = missed(Site::file).unwrap();
    assert!(missed.is_empty(), "nobody comes to {missed:#?}");
}

#[test]
fn every_point_but_those_of_files_is_reached_on_a_server() {
    if let Some(missed) = missed(Site::server) {
        assert_eq!(missed, OF_FILES.map(|point| point.to_string()));
    }
}

fn client_dies(make: Make, picks: fn(&str, usize) -> bool) -> usize {
    Role::Client.die_everywhere(make, picks, &BTreeMap::new())
}

fn worker_dies(make: Make, picks: fn(&str, usize) -> bool) -> usize {
    let elsewhere = Role::Client.reaches(make);
    Role::Worker.die_everywhere(make, picks, &elsewhere.unwrap_or_default())
}

fn every(_: &str, _: usize) -> bool {
    true
}

/// A case on a server takes ten times as long as one on a file, and its blobs are stored alike.
fn first_without_blobs(point: &str, occurrence: usize) -> bool {
    occurrence == 1 && !point.starts_with("blob:")
}

#[test]
fn a_client_may_die_at_any_point() {
    println!("died {} times", client_dies(Site::file, every));
}

#[test]
fn a_worker_may_die_at_any_point() {
    println!("died {} times", worker_dies(Site::file, every));
}

#[test]
fn a_client_of_a_server_may_die_at_any_point() {
    println!(
        "died {} times",
        client_dies(Site::server, first_without_blobs)
    );
}

#[test]
fn a_worker_of_a_server_may_die_at_any_point() {
    println!(
        "died {} times",
        worker_dies(Site::server, first_without_blobs)
    );
}

/// Not a test of anything: the processes that die run this, and others do nothing here.
#[test]
fn a_role() {
    let Some(role) = environment::<String>(ROLE) else {
        return;
    };
    let (word, site) = role.split_once(' ').unwrap();
    let site = Site::of(site);
    let client = site.connect();
    if word == "client" {
        client::play(&client, &mut site.ledger());
    } else {
        worker::play(&client, site.ledger());
    }
    // Threads of handlers that listen to nobody end with the process.
    std::process::exit(0);
}
