//! What the oracle tells about many jobs at once, and how it forgets old ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::{Prune, QueueStats};
use super::state::State;
use crate::error::Result;
use crate::job::{Job, JobId, Kind, QueueName, Status, Timestamp};

fn is_ready(job: &Job, now: Timestamp) -> bool {
    job.status == Status::Queued && job.waiting_for == 0 && job.run_at <= now
}

impl State {
    pub(super) fn stats(&self, now: Timestamp) -> Vec<QueueStats> {
        let mut queues: BTreeMap<&QueueName, QueueStats> = BTreeMap::new();
        for (queue, since) in &self.paused {
            let stats = queues
                .entry(queue)
                .or_insert_with(|| QueueStats::of(queue.clone()));
            stats.paused_since = Some(*since);
        }
        for job in self.jobs.values().map(|row| &row.job) {
            let queue = &job.queue;
            let stats = queues
                .entry(queue)
                .or_insert_with(|| QueueStats::of(queue.clone()));
            let counted = match job.status {
                Status::Queued if job.waiting_for > 0 => &mut stats.active.blocked,
                Status::Queued if job.run_at > now => &mut stats.active.delayed,
                Status::Queued => &mut stats.active.ready,
                Status::Running => &mut stats.active.running,
                Status::Succeeded => &mut stats.succeeded,
                Status::Failed => &mut stats.failed,
                Status::Cancelled => &mut stats.cancelled,
            };
            *counted += 1;
            if is_ready(job, now) {
                let oldest = stats
                    .oldest_ready
                    .map_or(job.run_at, |oldest| oldest.min(job.run_at));
                stats.oldest_ready = Some(oldest);
            }
        }
        queues.into_values().collect()
    }

    pub(super) fn position(&mut self, id: JobId, now: Timestamp) -> Result<Option<u64>> {
        let asked = self.row(id)?.job.clone();
        if !is_ready(&asked, now) {
            return Ok(None);
        }
        let rank = |job: &Job| (-i64::from(job.priority), job.run_at, job.id);
        let before = self.jobs.values().map(|row| &row.job).filter(|job| {
            is_ready(job, now) && job.queue == asked.queue && rank(job) < rank(&asked)
        });
        Ok(Some(before.count() as u64))
    }

    pub(super) fn recent_runs(&self, kind: &Kind, limit: usize) -> Vec<Duration> {
        let jobs = self.jobs.values().map(|row| &row.job);
        let mut ended: Vec<_> = jobs
            .filter(|job| job.status == Status::Succeeded && job.kind == *kind)
            .filter_map(|job| Some((job.finished_at?, job.id, job.started_at?)))
            .collect();
        ended.sort();
        let newest_first = ended.into_iter().rev().take(limit);
        newest_first
            .map(|(end, _, start)| end.since(start))
            .collect()
    }

    pub(super) fn prune(&mut self, prune: &Prune, now: Timestamp) -> usize {
        let mut old: Vec<_> = self
            .jobs
            .values()
            .map(|row| &row.job)
            .filter(|job| job.unique_until.is_none_or(|until| until <= now))
            .filter_map(|job| Some((job.finished_at?, job.id, prune.before(job.status)?)))
            .filter(|(ended, _, before)| ended < before)
            .collect();
        old.sort();
        old.truncate(prune.limit);
        for (_, id, _) in &old {
            self.jobs.remove(id);
        }
        old.len()
    }

    /// Every blob that a job or a floor plan names.
    pub(super) fn references(&self) -> BTreeSet<String> {
        let of_jobs = self.jobs.values().flat_map(|row| {
            let result = row.job.result_ref.as_ref();
            let result = result.and_then(|result| result.get("blob")?.as_str());
            let payload = row.job.payload_ref.as_deref();
            payload.into_iter().chain(result)
        });
        let of_plans = self.floorplans.values().flat_map(|plan| {
            let reading = plan.reading.iter();
            let read = reading.flat_map(|read| [read.document_ref.as_str(), read.svg_ref.as_str()]);
            read.chain([plan.pdf_ref.as_str()])
        });
        of_jobs.chain(of_plans).map(str::to_owned).collect()
    }
}
