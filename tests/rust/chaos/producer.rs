//! A producer process: threads that enqueue, cancel and retry.

use std::time::Duration;

use floorjobs_core::job::{JobId, ParentFailure};
use floorjobs_core::{Client, Error, Job, NewJob, Result};
use serde_json::json;

use super::handlers::KINDS;
use super::log::Log;
use super::place::Place;
use super::storm::THREADS;
use super::worker::RISKY;
use crate::dice::Dice;
use crate::disk::Shimmed;
use crate::process::{WorkerProcess, again, environment, now};

const ROLE: &str = "FLOORJOBS_TEST_CHAOS_PRODUCER";

/// What a producer process is to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) seed: u64,
    /// Jobs that it asks for, at least.
    pub(super) jobs: usize,
    /// How long it takes to do so, if the machine can keep up.
    pub(super) time: Duration,
    /// Jobs that kill their worker.
    pub(super) poison: usize,
    pub(super) manner: Manner,
}

/// How jobs are asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Manner {
    /// Mostly one at a time.
    Mixed,
    /// Dozens at a time.
    Many,
}

/// Starts a producer process.
pub(super) fn start(disk: Option<&Shimmed>, place: &Place, order: &Order) -> WorkerProcess {
    let mut command = again("chaos::producer::produces");
    let words = [
        order.seed.to_string(),
        order.jobs.div_ceil(THREADS).to_string(),
        order.time.as_micros().to_string(),
        order.poison.to_string(),
        u8::from(order.manner == Manner::Many).to_string(),
        place.to_words(),
    ];
    command.env(ROLE, words.join(" "));
    if let Some(disk) = disk {
        disk.put_on(&mut command);
    }
    WorkerProcess::start(&mut command)
}

/// Not a test of anything: the producer processes run this, and others do nothing here.
#[test]
fn produces() {
    let Some(words) = environment::<String>(ROLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let number = |at: usize| words[at].parse::<u64>().unwrap();
    let place = Place::from_words(&words[5..]);
    let log = Log::of_this_process(&place.logs);
    let client = place.connect().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let producer = Producer {
                client: &client,
                log: &log,
                dice: Dice::new(number(0) ^ ((thread as u64) << 40)),
                stored: Vec::new(),
                poison: if thread == 0 { number(3) } else { 0 },
                asks_for_many: number(4) == 1,
            };
            let (jobs, time) = (number(1), Duration::from_micros(number(2)));
            scope.spawn(move || producer.run(jobs as usize, time));
        }
    });
    std::process::exit(0);
}

struct Producer<'a> {
    client: &'a Client,
    log: &'a Log,
    dice: Dice,
    stored: Vec<JobId>,
    poison: u64,
    asks_for_many: bool,
}

impl Producer<'_> {
    /// Asks for `jobs` jobs over `time`, as evenly as the answers allow.
    fn run(mut self, jobs: usize, time: Duration) {
        let began = now();
        let mut asked = 0;
        let mut poisoned = 0;
        while asked < jobs {
            let due = began + (time.as_micros() * asked as u128 / jobs as u128) as i64;
            if let Ok(early) = u64::try_from(due - now()) {
                std::thread::sleep(Duration::from_micros(early));
            }
            if self.poison * asked as u64 >= poisoned * jobs as u64 && poisoned < self.poison {
                poisoned += u64::from(self.enqueue_poison());
            }
            let stored = match self.dice.below(20) {
                _ if self.asks_for_many => self.enqueue_many(50),
                0 => self.enqueue_many(12),
                1 => self.enqueue_unique(),
                2 => self.enqueue_family(),
                _ => self.enqueue(),
            };
            if stored == 0 {
                // As a client does that was told `unavailable`.
                std::thread::sleep(Duration::from_millis(20));
            }
            asked += stored;
            match self.dice.below(50) {
                0 | 1 => self.cancel(),
                2 => self.retry(),
                _ => {}
            }
        }
        if let Some(publisher) = self.client.announcer().publisher() {
            let longest = publisher.tally().longest_us;
            self.log.write(format_args!("announced {longest}"));
        }
    }

    fn request(&mut self) -> NewJob {
        // Kinds that take their time, or room, are rare.
        let kind = match self.dice.below(200) {
            0 => "large",
            1 | 2 => "patient",
            other => KINDS[[0, 0, 1, 2, 3, 4][other % 6]],
        };
        let priority = self.dice.below(5) as i32;
        let payload = json!({"number": self.dice.below(1_000_000)});
        let job = NewJob::new(kind)
            .unwrap()
            .payload(payload)
            .priority(priority);
        match self.dice.below(10) {
            0 => job.delay(Duration::from_millis(self.dice.below(800) as u64)),
            _ => job,
        }
    }

    fn enqueue(&mut self) -> usize {
        let request = self.request();
        self.store(vec![request]).len()
    }

    fn enqueue_many(&mut self, most: usize) -> usize {
        let requests = (0..2 + self.dice.below(most))
            .map(|_| self.request())
            .collect();
        self.store(requests).len()
    }

    fn enqueue_poison(&mut self) -> bool {
        let queue = floorjobs_core::job::QueueName::new(RISKY).unwrap();
        let request = NewJob::new("poison").unwrap().queue(queue);
        !self.store(vec![request]).is_empty()
    }

    /// One of a few keys, which other producers use as well.
    fn enqueue_unique(&mut self) -> usize {
        let key = format!("key {}", self.dice.below(8));
        let request = NewJob::new("slow").unwrap().unique_key(key);
        self.store(vec![request]).len()
    }

    /// A job, and two that wait for it.
    fn enqueue_family(&mut self) -> usize {
        let parent = self.request();
        let Some(parent) = self.store(vec![parent]).pop() else {
            return 0;
        };
        let policy = ParentFailure::ALL[self.dice.below(3)];
        let children = (0..2).map(|_| {
            NewJob::new("quick")
                .unwrap()
                .after([parent.id])
                .on_parent_failure(policy)
        });
        let children = self.store(children.collect());
        for child in &children {
            self.log
                .write(format_args!("child {} {}", child.id, parent.id));
        }
        1 + children.len()
    }

    /// Nothing is known of what was refused: it may be there, and nobody was told.
    fn store(&mut self, requests: Vec<NewJob>) -> Vec<Job> {
        let (count, asked) = (requests.len(), now());
        let answer = match count {
            1 => self
                .client
                .enqueue(requests.into_iter().next().unwrap())
                .map(|job| vec![job]),
            _ => self.client.enqueue_many(requests),
        };
        let code = answer
            .as_ref()
            .map_or_else(|error| error.kind().code(), |_| "ok");
        let took = now() - asked;
        self.log.write(format_args!("asked {took} {count} {code}"));
        let jobs = self.answered(answer).unwrap_or_default();
        for job in &jobs {
            let is_due = job.run_at <= job.created_at && job.waiting_for == 0;
            let word = if is_due { "due" } else { "later" };
            self.log
                .write(format_args!("stored {} {} {word}", job.id, job.kind));
            if job.kind.as_str() != "poison" {
                self.stored.push(job.id);
            }
        }
        jobs
    }

    fn cancel(&mut self) {
        if let Some(job) = self.recent(3) {
            let answer = self.client.cancel(job);
            if let Some(job) = self.answered(answer) {
                self.log
                    .write(format_args!("cancelled {} {}", job.id, job.status));
            }
        }
    }

    fn retry(&mut self) {
        if let Some(job) = self.recent(100) {
            let answer = self.client.retry(job);
            if let Some(job) = self.answered(answer) {
                self.log.write(format_args!("again {}", job.id));
            }
        }
    }

    /// One of the newest jobs of this thread.
    fn recent(&mut self, newest: usize) -> Option<JobId> {
        let few = self.stored.len().min(newest);
        let back = self.dice.below(few.max(1));
        self.stored.iter().rev().nth(back).copied()
    }

    fn answered<T>(&self, answer: Result<T>) -> Option<T> {
        let told = |error: Error| {
            let code = error.kind().code();
            self.log.write(format_args!("error {code}"));
        };
        answer.map_err(told).ok()
    }
}
