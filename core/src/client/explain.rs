//! Why a job does not run, as data and as a sentence.
//!
//! The facts come from one reading of the repository ([`Situation`]); what follows from them is
//! decided here, without asking anything more.

mod sentence;

use std::time::Duration;

use serde::Serialize;

use super::Client;
use crate::error::Result;
use crate::job::{JobId, Kind, Outcome, OwnerId, QueueName, Status, Timestamp};
use crate::repository::{Parent, Situation, WorkerLoad, WorkerRow};

/// A worker that was not heard of for so long is called silent: a lease (60 s) and a half.
///
/// Silence proves nothing, nor does a note that is still there.
pub const SILENT_AFTER: Duration = Duration::from_secs(90);

/// Where a job stands and why it does not run now.
///
/// Serializes to `job_id`, `status`, `as_of`, `reasons` and `sentence`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The job.
    #[serde(rename = "job_id")]
    pub job: JobId,
    /// Its status.
    pub status: Status,
    /// The moment of which this is true.
    pub as_of: Timestamp,
    /// Every reason that holds; never empty.
    pub reasons: Vec<Reason>,
    /// The same for people.
    pub sentence: String,
}

/// One reason why a job does not run now, or that it does.
///
/// Serializes to an object whose `reason` is [`tag`](Self::tag), with the fields beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It has ended.
    Ended {
        /// How.
        status: Status,
        /// When.
        since: Option<Timestamp>,
    },
    /// It runs.
    Running {
        /// Which attempt.
        attempt: u32,
        /// Since when.
        since: Option<Timestamp>,
        /// The process incarnation that runs it.
        owner: Option<OwnerId>,
        /// The name of the machine.
        host: Option<String>,
        /// The process on that machine.
        pid: Option<u32>,
        /// Whether somebody asked for it to stop.
        cancel_requested: bool,
        /// Whether nothing was heard of that worker for [`SILENT_AFTER`].
        worker_silent: bool,
        /// Since when it has told nothing new, if its worker finds that too long.
        stalled_since: Option<Timestamp>,
    },
    /// Its queue is paused.
    QueuePaused {
        /// The queue.
        queue: QueueName,
        /// Since when.
        since: Timestamp,
    },
    /// It is not due yet.
    NotDue {
        /// When it is.
        run_at: Timestamp,
        /// Why, as far as its newest attempt tells.
        cause: DelayCause,
    },
    /// It waits for other jobs to end.
    WaitsFor {
        /// Which.
        jobs: Vec<Parent>,
    },
    /// No live worker serves its queue.
    NoWorker {
        /// The queue.
        queue: QueueName,
        /// The live workers, with what they serve.
        workers: Vec<Serving>,
        /// How many silent workers serve the queue.
        silent: usize,
    },
    /// Live workers serve its queue, and none has a handler for its kind.
    NoHandler {
        /// The kind.
        kind: Kind,
        /// The queue.
        queue: QueueName,
        /// The live workers that serve it.
        workers: Vec<Serving>,
    },
    /// Every slot of the live workers that could run it is taken.
    SlotsTaken {
        /// How many jobs they run, of any queue and kind.
        running: u64,
        /// How many they run at a time.
        concurrency: u64,
        /// How many workers they are.
        workers: usize,
    },
    /// Every live worker that could run it and has a slot runs as many of its kind as it may.
    KindLimit {
        /// The kind.
        kind: Kind,
        /// How many jobs of the kind those that could run it run.
        running: u64,
        /// How many of the kind those with a limit run at a time.
        limit: u64,
        /// How many workers could run it.
        workers: usize,
    },
    /// It is ready.
    Ready {
        /// How many ready jobs of its queue run before it.
        position: u64,
    },
}

/// Why a job is not due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DelayCause {
    /// It was asked for so, and has not been given back since.
    Delay,
    /// Its newest attempt ended with an error.
    Backoff,
    /// Its newest attempt crashed.
    Crash,
    /// Its newest attempt asked to run later.
    Snooze,
}

/// A live worker and the queues it serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Serving {
    /// The name of the machine.
    pub host: String,
    /// The process on that machine.
    pub pid: u32,
    /// The queues, in the order in which it empties them.
    pub queues: Vec<QueueName>,
}

impl Client {
    /// Why a job does not run now; or where it runs, or how it ended.
    ///
    /// All facts are of one moment. With many ready jobs before it, counting them is what this
    /// costs: one or two tenths of a second for a million.
    ///
    /// # Errors
    /// `not_found`; `unavailable`.
    pub fn explain(&self, job: JobId) -> Result<Explanation> {
        Ok(Explanation::of(&self.situation(job)?))
    }
}

impl Explanation {
    /// What follows from the facts.
    pub fn of(facts: &Situation) -> Explanation {
        let job = &facts.job;
        let reasons = match job.status {
            Status::Queued => waiting(facts),
            Status::Running => vec![running(facts)],
            status => vec![Reason::Ended {
                status,
                since: job.finished_at,
            }],
        };
        let said: Vec<_> = reasons.iter().map(Reason::to_string).collect();
        Explanation {
            job: job.id,
            status: job.status,
            as_of: facts.now,
            sentence: format!("The job {}.", said.join("; ")),
            reasons,
        }
    }
}

fn waiting(facts: &Situation) -> Vec<Reason> {
    let job = &facts.job;
    let mut reasons = Vec::new();
    if let Some(since) = facts.paused_since {
        reasons.push(Reason::QueuePaused {
            queue: job.queue.clone(),
            since,
        });
    }
    // One that is ready stays so when the wall clock is stepped back.
    if job.run_at > facts.now && facts.before.is_none() {
        reasons.push(Reason::NotDue {
            run_at: job.run_at,
            cause: delay_cause(facts),
        });
    }
    if job.waiting_for > 0 {
        reasons.push(Reason::WaitsFor {
            jobs: facts.parents.clone(),
        });
    }
    reasons.extend(no_room(facts));
    let position = facts.position();
    if let Some(position) = position.filter(|position| *position > 0 || reasons.is_empty()) {
        reasons.push(Reason::Ready { position });
    }
    reasons
}

fn delay_cause(facts: &Situation) -> DelayCause {
    match facts.newest_attempt.as_ref().and_then(|one| one.outcome) {
        Some(Outcome::Retried) => DelayCause::Backoff,
        Some(Outcome::Crashed) => DelayCause::Crash,
        Some(Outcome::Snoozed) => DelayCause::Snooze,
        _ => DelayCause::Delay,
    }
}

/// Why no worker could take the job now, were it ready.
fn no_room(facts: &Situation) -> Option<Reason> {
    let job = &facts.job;
    let live = || {
        facts
            .workers
            .iter()
            .filter(|load| is_live(&load.worker, facts.now))
    };
    let serves = |load: &&WorkerLoad| serves(&load.worker, &job.queue);
    let serving: Vec<_> = live().filter(serves).collect();
    if serving.is_empty() {
        let all = facts.workers.iter().filter(serves);
        return Some(Reason::NoWorker {
            queue: job.queue.clone(),
            workers: live().filter_map(Serving::of).collect(),
            silent: all.count(),
        });
    }
    let able: Vec<_> = able_workers(facts).collect();
    if able.is_empty() {
        return Some(Reason::NoHandler {
            kind: job.kind.clone(),
            queue: job.queue.clone(),
            workers: serving.into_iter().filter_map(Serving::of).collect(),
        });
    }
    if able.iter().all(|load| free_slots(load) == 0) {
        return Some(Reason::SlotsTaken {
            running: able.iter().map(|load| load.running.len() as u64).sum(),
            concurrency: able
                .iter()
                .map(|load| u64::from(load.worker.concurrency))
                .sum(),
            workers: able.len(),
        });
    }
    let limit = |load: &WorkerLoad| load.worker.kind_limits.get(&job.kind).copied();
    let is_limited = |load: &&WorkerLoad| {
        let reached = |limit: u32| of_kind(load, &job.kind) >= u64::from(limit);
        free_slots(load) == 0 || limit(load).is_some_and(reached)
    };
    able.iter().all(is_limited).then(|| Reason::KindLimit {
        kind: job.kind.clone(),
        running: able.iter().map(|load| of_kind(load, &job.kind)).sum(),
        limit: able
            .iter()
            .filter_map(|load| limit(load))
            .map(u64::from)
            .sum(),
        workers: able.len(),
    })
}

fn free_slots(load: &WorkerLoad) -> u64 {
    u64::from(load.worker.concurrency).saturating_sub(load.running.len() as u64)
}

/// How many jobs of a kind a worker runs.
fn of_kind(load: &WorkerLoad, kind: &Kind) -> u64 {
    load.running.iter().filter(|(is, _)| is == kind).count() as u64
}

fn running(facts: &Situation) -> Reason {
    let job = &facts.job;
    let attempt = facts.newest_attempt.as_ref();
    let owner = attempt.map(|attempt| attempt.owner);
    let mut noted = facts.workers.iter().map(|load| &load.worker);
    let worker = noted.find(|worker| Some(worker.owner.id) == owner);
    Reason::Running {
        attempt: job.attempt,
        since: job.started_at,
        owner,
        host: attempt.map(|attempt| attempt.host.clone()),
        pid: attempt.map(|attempt| attempt.pid),
        cancel_requested: job.cancel_requested,
        worker_silent: worker.is_some_and(|worker| !is_live(worker, facts.now)),
        stalled_since: job.stalled_since,
    }
}

/// Whether a worker was heard of lately.
pub(super) fn is_live(worker: &WorkerRow, now: Timestamp) -> bool {
    now.since(worker.beat_at) <= SILENT_AFTER
}

/// Whether a worker takes jobs of the queue; a process that only holds single jobs takes none.
fn serves(worker: &WorkerRow, queue: &QueueName) -> bool {
    worker.concurrency > 0 && worker.queues.contains(queue)
}

/// The live workers that serve the job's queue and have a handler for its kind.
pub(super) fn able_workers(facts: &Situation) -> impl Iterator<Item = &WorkerLoad> {
    let job = &facts.job;
    facts.workers.iter().filter(move |load| {
        let worker = &load.worker;
        is_live(worker, facts.now) && serves(worker, &job.queue) && worker.kinds.contains(&job.kind)
    })
}

/// How many jobs of a kind workers run at a time, together.
pub(super) fn slots(workers: &[&WorkerLoad], kind: &Kind) -> u64 {
    let each = workers.iter().map(|load| {
        let all = load.worker.concurrency;
        let limit = load.worker.kind_limits.get(kind);
        u64::from(limit.map_or(all, |limit| all.min(*limit)))
    });
    each.sum()
}

impl Serving {
    /// `None` for a process that only runs single jobs by itself.
    fn of(load: &WorkerLoad) -> Option<Serving> {
        let worker = &load.worker;
        (worker.concurrency > 0).then(|| Serving {
            host: worker.owner.process.host.clone(),
            pid: worker.owner.process.pid,
            queues: worker.queues.clone(),
        })
    }
}

impl Reason {
    /// The stable tag, such as `queue_paused`.
    pub fn tag(&self) -> &'static str {
        match self {
            Reason::Ended { .. } => "ended",
            Reason::Running { .. } => "running",
            Reason::QueuePaused { .. } => "queue_paused",
            Reason::NotDue { .. } => "not_due",
            Reason::WaitsFor { .. } => "waits_for",
            Reason::NoWorker { .. } => "no_worker",
            Reason::NoHandler { .. } => "no_handler",
            Reason::SlotsTaken { .. } => "slots_taken",
            Reason::KindLimit { .. } => "kind_limit",
            Reason::Ready { .. } => "ready",
        }
    }
}

#[cfg(test)]
mod tests;
