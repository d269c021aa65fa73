//! When a job will probably start and end, from how long such jobs took lately.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::Client;
use super::explain::{able_workers, slots};
use crate::error::Result;
use crate::job::{JobId, Kind, Status, Timestamp};
use crate::repository::{Situation, WorkerLoad};

/// How many of the newest successful runs of a kind an estimate is made from.
pub const RUNS_OF_A_KIND: usize = 20;

/// When a job will probably start and end, and what that is made from.
///
/// With `S` slots of the live workers that could run the job (no more of each than the limit of
/// its kind there), `R` jobs running there, and `N` ready jobs before it: if `R + N < S` there is a free slot for it, and it starts now. Otherwise
/// it starts when the work ahead is done, shared evenly by the slots,
///
/// ```text
/// start = now + ( Σ running: max(0, m(kind) - elapsed)  +  Σ before: m(kind) ) / S
/// end   = start + m(kind of the job)
/// ```
///
/// where `m(kind)` is the mean of the newest [`RUNS_OF_A_KIND`] successful runs of a kind; a kind
/// without any counts as long as the job's own. A job that is not due yet starts no sooner than
/// it is due. One that runs has started when it did, and ends now at the soonest.
///
/// It knows nothing of jobs that are yet to come, of other queues that the workers serve, of
/// failures, or of a paused queue.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// When it starts, or started.
    pub start_at: Timestamp,
    /// When it ends.
    pub end_at: Timestamp,
    /// How many ready jobs of its queue run before it.
    pub jobs_before: u64,
    /// How many jobs run on the workers that could run it.
    pub running: u64,
    /// How many jobs of its kind those run at a time.
    pub slots: u64,
    /// The mean run of its kind in seconds.
    pub run_s: f64,
    /// How many runs of its kind that is the mean of.
    pub samples: usize,
    /// How many runs the other kinds that run or are before it were estimated from.
    pub samples_before: usize,
}

impl Client {
    /// When a job will probably start and end.
    ///
    /// `None` when there is nothing to tell it from: no job of its kind has succeeded yet, no
    /// live worker could run it, it waits for other jobs, or it has ended.
    ///
    /// Costs what [`explain`](Self::explain) costs, and one look-up for each kind before it.
    ///
    /// # Errors
    /// `not_found`; `unavailable`.
    pub fn estimate(&self, job: JobId) -> Result<Option<Estimate>> {
        let facts = self.situation(job)?;
        let mut history = History::default();
        for kind in kinds(&facts) {
            let runs = self.repository.recent_runs(kind, RUNS_OF_A_KIND)?;
            history.add(kind, &runs);
        }
        Ok(Estimate::of(&facts, &history))
    }
}

/// The kinds whose history bears on a job: its own, those before it, and those that run where it
/// could run.
fn kinds(facts: &Situation) -> std::collections::BTreeSet<&Kind> {
    let before = facts.before.iter().flatten().map(|(kind, _)| kind);
    let running = able_workers(facts).flat_map(|load| &load.running);
    let running = running.map(|(kind, _)| kind);
    before.chain(running).chain([&facts.job.kind]).collect()
}

/// How long the kinds took: the mean in seconds, and of how many runs.
#[derive(Debug, Default)]
struct History(BTreeMap<Kind, (f64, usize)>);

impl History {
    fn add(&mut self, kind: &Kind, runs: &[Duration]) {
        if runs.is_empty() {
            return;
        }
        let total: Duration = runs.iter().sum();
        let mean = total.as_secs_f64() / runs.len() as f64;
        self.0.insert(kind.clone(), (mean, runs.len()));
    }

    fn mean(&self, kind: &Kind) -> Option<f64> {
        self.0.get(kind).map(|(mean, _)| *mean)
    }
}

impl Estimate {
    fn of(facts: &Situation, history: &History) -> Option<Estimate> {
        let job = &facts.job;
        let (own, samples) = history.0.get(&job.kind).copied()?;
        let able: Vec<&WorkerLoad> = able_workers(facts).collect();
        let slots = slots(&able, &job.kind);
        let mean = |kind: &Kind| history.mean(kind).unwrap_or(own);
        let left: Vec<f64> = able
            .iter()
            .flat_map(|load| &load.running)
            .map(|(kind, since)| (mean(kind) - facts.now.since(*since).as_secs_f64()).max(0.0))
            .collect();
        let before = facts.before.iter().flatten();
        let ahead: f64 = before.map(|(kind, count)| mean(kind) * *count as f64).sum();
        let jobs_before = facts.position().unwrap_or(0);
        let running = left.len() as u64;
        let start_at = match job.status {
            Status::Running => job.started_at?,
            Status::Queued if slots > 0 && job.waiting_for == 0 => {
                let wait = match running + jobs_before < slots {
                    true => 0.0,
                    false => (left.iter().sum::<f64>() + ahead) / slots as f64,
                };
                let free_at = after(facts.now, wait);
                match facts.before {
                    // It is ready, though its `run_at` be in the future of a clock stepped back.
                    Some(_) => free_at,
                    None => free_at.max(job.run_at),
                }
            }
            _ => return None,
        };
        let others = history.0.iter().filter(|(kind, _)| **kind != job.kind);
        Some(Estimate {
            start_at,
            end_at: after(start_at, own).max(facts.now),
            jobs_before,
            running,
            slots,
            run_s: own,
            samples,
            samples_before: others.map(|(_, (_, samples))| samples).sum(),
        })
    }
}

fn after(moment: Timestamp, seconds: f64) -> Timestamp {
    // More than a float can tell is the end of time.
    moment.after(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests;
