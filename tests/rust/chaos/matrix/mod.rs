//! The same producers and workers while a server that they use fails, one test for each way: in the
//! end every job that was acknowledged has ended once, with one result, and where only Redis was
//! hurt no enqueue was refused.
//!
//! `FLOORJOBS_TEST_FAULTS_JOBS` makes it larger, and has workers keep their usual times;
//! `FLOORJOBS_TEST_FAULTS_TABLE` names a file to which each test adds its row (`row`).

#![allow(clippy::print_stdout, reason = "what happened is said")]

mod postgres;
mod redis;
mod row;

use std::time::Duration;

use floorjobs_core::{Client, NewJob, Status};

use super::audit::audit;
use super::log::{Entry, read_all};
use super::place::Place;
use super::producer::{self, Manner, Order};
use super::storm::{SURVIVOR, random};
use super::violence::Told;
use super::worker::{self, Rhythm};
use super::{AFTERMATH, is_settled};
use crate::invariants::Invariants;
use crate::process::{WorkerProcess, environment, now, until};
use row::Row;

const WORKERS: usize = 3;

/// How much is asked of the servers. A short run belongs to every test run, a long one to
/// `make chaos`.
#[derive(Debug, Clone, Copy)]
struct Size {
    jobs: usize,
    /// How long producers take to ask for them, if they can keep up.
    time: Duration,
    /// How long nothing happens at first, and how long something does then.
    calm: Duration,
    fault: Duration,
    rhythm: Rhythm,
}

impl Size {
    fn from_environment() -> Size {
        match environment::<usize>("FLOORJOBS_TEST_FAULTS_JOBS") {
            None => Size {
                jobs: 160,
                time: Duration::from_millis(1_200),
                calm: Duration::from_millis(250),
                fault: Duration::from_millis(500),
                rhythm: Rhythm::Hasty {
                    slot: SURVIVOR,
                    steps: Duration::ZERO,
                },
            },
            Some(jobs) => {
                let time = Duration::from_millis(jobs as u64 * 6);
                Size {
                    // A few more: of those with a key, some are there already.
                    jobs: jobs * 21 / 20,
                    time,
                    calm: time / 3,
                    fault: (time / 3).min(Duration::from_secs(10)),
                    rhythm: Rhythm::Usual,
                }
            }
        }
    }
}

/// One way to fail.
struct Fault<'a> {
    name: &'a str,
    place: Place,
    /// Whether the database is left alone: then no enqueue may be refused.
    spares_database: bool,
    /// Whether it is there from the beginning to the end.
    throughout: bool,
}

/// A run, while the fault happens.
struct Run {
    size: Size,
    place: Place,
    workers: Vec<WorkerProcess>,
    ends_at: i64,
}

impl Fault<'_> {
    /// Of something between the processes and the database, or of Redis: `place` has a Redis.
    fn of_transport(name: &str, place: Place) -> Fault<'_> {
        Fault {
            name,
            place,
            spares_database: true,
            throughout: false,
        }
    }

    fn of_database(name: &str, place: Place) -> Fault<'_> {
        Fault {
            spares_database: false,
            ..Fault::of_transport(name, place)
        }
    }

    fn throughout(self) -> Self {
        Fault {
            throughout: true,
            ..self
        }
    }

    /// Runs producers and workers, and the fault in the middle of it.
    fn happens(self, fault: impl FnOnce(&mut Run)) {
        let size = Size::from_environment();
        let client = self.place.connect().unwrap();
        let mut run = Run {
            size,
            place: self.place.clone(),
            workers: Vec::new(),
            ends_at: i64::MAX,
        };
        run.start_workers(&self.place);
        if !self.throughout {
            until("every worker hears", || {
                self.count(|entry| entry.word() == "transport" && entry.rest(1) == "redis")
                    >= WORKERS
            });
        }
        let producers = self.start_producers(size);
        until("there are jobs", || {
            self.count(|entry| entry.word() == "stored") > 0
        });
        let first = now();
        let begins = if self.throughout {
            0
        } else {
            first + micros(size.calm)
        };
        wait_until(begins);
        run.ends_at = first + micros(size.calm + size.fault);
        fault(&mut run);
        let ends = if self.throughout { i64::MAX } else { now() };
        let deadline = now() + AFTERMATH;
        for mut producer in producers {
            let status = wait_for(&mut producer, deadline);
            assert_eq!(status, Some(0), "a producer");
        }
        while !is_settled(&client) && now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        // Those who have nothing to do hear, or ask, as well.
        let last = client.enqueue(NewJob::new("quick").unwrap()).unwrap();
        let is_done = || client.get(last.id).unwrap().status == Status::Succeeded;
        while !is_done() && now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        let unexplained = run.end_workers();
        self.judge(&client, begins..ends, unexplained);
    }

    fn count(&self, is_wanted: impl Fn(&Entry) -> bool) -> usize {
        let entries = read_all(&self.place.logs);
        entries.iter().filter(|entry| is_wanted(entry)).count()
    }

    fn start_producers(&self, size: Size) -> Vec<WorkerProcess> {
        let seed = environment("FLOORJOBS_TEST_SEED").unwrap_or_else(random);
        println!("{}: seed {seed}", self.name);
        let manners = [Manner::Mixed, Manner::Many];
        let start = |(number, manner): (usize, &Manner)| {
            let order = Order {
                seed: seed ^ ((number as u64) << 32),
                jobs: size.jobs / manners.len(),
                time: size.time,
                poison: 0,
                manner: *manner,
            };
            producer::start(None, &self.place, &order)
        };
        manners.iter().enumerate().map(start).collect()
    }

    fn judge(&self, client: &Client, when: std::ops::Range<i64>, unexplained: Vec<String>) {
        let audit = audit(client, &self.place.logs, &Told::default());
        let (mut violations, census) = Invariants::of(client)
            .acknowledged(audit.acknowledged.iter().copied())
            .settled()
            .violations();
        violations.extend(audit.violations.iter().cloned());
        violations.extend(unexplained);
        if self.spares_database && audit.refused > 0 {
            let refused = audit.refused;
            violations.push(format!(
                "{refused} enqueues were refused: {:?}",
                audit.errors
            ));
        }
        let row = Row::of(self.name, &audit, &census, when);
        row.show();
        assert!(
            violations.is_empty(),
            "{} violations:\n{}",
            violations.len(),
            violations[..violations.len().min(20)].join("\n")
        );
        // A database that is away takes none.
        assert!(
            row.during > 0 || !self.spares_database,
            "no job came meanwhile"
        );
    }
}

impl Run {
    /// Whether the fault goes on; a moment passes with each question.
    fn lasts(&self) -> bool {
        std::thread::sleep(Duration::from_millis(20));
        now() < self.ends_at
    }

    /// How long the fault still goes on.
    fn left(&self) -> Duration {
        Duration::from_micros(u64::try_from(self.ends_at - now()).unwrap_or(1_000))
    }

    /// No longer than this.
    fn lasts_at_most(&mut self, time: Duration) {
        self.ends_at = self.ends_at.min(now() + micros(time));
    }

    fn start_workers(&mut self, place: &Place) {
        let start = |_| worker::start(None, place, self.size.rhythm);
        self.workers = (0..WORKERS).map(start).collect();
        until("every worker serves", || {
            let entries = read_all(&self.place.logs);
            self.workers.iter().all(|worker| {
                let mut of_it = entries.iter().filter(|entry| entry.pid == worker.pid());
                of_it.any(|entry| entry.word() == "serves")
            })
        });
    }

    /// Lets the workers end, and others begin that use another place.
    fn replace_workers(&mut self, place: &Place) {
        assert_eq!(self.end_workers(), Vec::<String>::new());
        self.start_workers(place);
    }

    /// Ends all workers in good order; tells of those that were not.
    fn end_workers(&mut self) -> Vec<String> {
        let mut unexplained = Vec::new();
        for worker in &mut self.workers {
            if let Some(status) = worker.child.try_wait().unwrap() {
                unexplained.push(format!("a worker ended: {status}"));
                continue;
            }
            worker.signal(rustix::process::Signal::TERM);
            let status = worker.wait();
            if status.code() != Some(0) {
                unexplained.push(format!("a worker that was to end: {status}"));
            }
        }
        self.workers.clear();
        unexplained
    }
}

fn wait_until(moment: i64) {
    if let Ok(early) = u64::try_from(moment - now()) {
        std::thread::sleep(Duration::from_micros(early));
    }
}

fn wait_for(process: &mut WorkerProcess, deadline: i64) -> Option<i32> {
    while now() < deadline {
        if let Some(status) = process.child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap()
}
