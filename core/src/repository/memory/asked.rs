//! What the oracle tells about many jobs at once, and how it forgets old ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::{
    AttemptSample, ListJobs, Parent, Prune, QueueStats, Situation, WorkerLoad, WorkerRow,
};
use super::state::State;
use crate::error::Result;
use crate::job::{Job, JobId, Kind, OwnerId, QueueName, Status, Timestamp};

impl State {
    pub(super) fn stats(&self, now: Timestamp) -> Vec<QueueStats> {
        let mut queues: BTreeMap<&QueueName, QueueStats> = BTreeMap::new();
        for (queue, since) in &self.paused {
            let stats = queues
                .entry(queue)
                .or_insert_with(|| QueueStats::of(queue.clone()));
            stats.paused_since = Some(*since);
        }
        for row in self.jobs.values() {
            let job = &row.job;
            let queue = &job.queue;
            let stats = queues
                .entry(queue)
                .or_insert_with(|| QueueStats::of(queue.clone()));
            let counted = match job.status {
                Status::Queued if job.waiting_for > 0 => &mut stats.active.blocked,
                Status::Queued if row.is_due(now) => &mut stats.active.ready,
                Status::Queued => &mut stats.active.delayed,
                Status::Running => &mut stats.active.running,
                Status::Succeeded => &mut stats.succeeded,
                Status::Failed => &mut stats.failed,
                Status::Cancelled => &mut stats.cancelled,
            };
            *counted += 1;
            if row.is_due(now) {
                let oldest = stats
                    .oldest_ready
                    .map_or(job.run_at, |oldest| oldest.min(job.run_at));
                stats.oldest_ready = Some(oldest);
            }
        }
        queues.into_values().collect()
    }

    pub(super) fn list(&self, filter: &ListJobs) -> Vec<Job> {
        fn is<T: PartialEq>(wanted: Option<&T>, found: Option<&T>) -> bool {
            wanted.is_none() || wanted == found
        }
        let fits = |job: &&Job| {
            (filter.statuses.is_empty() || filter.statuses.contains(&job.status))
                && is(filter.kind.as_ref(), Some(&job.kind))
                && is(filter.queue.as_ref(), Some(&job.queue))
                && is(filter.floorplan_id.as_ref(), job.floorplan_id.as_ref())
                && is(filter.unique_key.as_ref(), job.unique_key.as_ref())
                && filter
                    .created_after
                    .is_none_or(|moment| job.created_at >= moment)
                && filter
                    .created_before
                    .is_none_or(|moment| job.created_at < moment)
                && filter.before.is_none_or(|id| job.id < id)
        };
        let newest_first = self.jobs.values().rev().map(|row| &row.job);
        newest_first
            .filter(fits)
            .take(filter.limit)
            .cloned()
            .collect()
    }

    /// The ready jobs of its queue that run before this one; `None` unless it is ready itself.
    fn before(&mut self, id: JobId, now: Timestamp) -> Result<Option<Vec<&Job>>> {
        let asked = self.row(id)?;
        if !asked.is_due(now) {
            return Ok(None);
        }
        let asked = asked.job.clone();
        let rank = |job: &Job| (-i64::from(job.priority), job.run_at, job.id);
        let ready = self.jobs.values().filter(|row| row.is_due(now));
        let before = ready
            .map(|row| &row.job)
            .filter(|job| job.queue == asked.queue && rank(job) < rank(&asked));
        Ok(Some(before.collect()))
    }

    pub(super) fn position(&mut self, id: JobId, now: Timestamp) -> Result<Option<u64>> {
        Ok(self.before(id, now)?.map(|before| before.len() as u64))
    }

    pub(super) fn situation(&mut self, id: JobId, now: Timestamp) -> Result<Situation> {
        let before = self.before(id, now)?.map(|jobs| {
            let mut kinds: BTreeMap<Kind, u64> = BTreeMap::new();
            for job in jobs {
                *kinds.entry(job.kind.clone()).or_default() += 1;
            }
            kinds.into_iter().collect()
        });
        let row = self.row(id)?.clone();
        let parents = row.parents.iter().map(|parent| {
            let status = self.jobs.get(parent).map(|row| row.job.status);
            status.map(|status| Parent {
                job: *parent,
                status,
            })
        });
        let parents = parents.flatten().collect();
        Ok(Situation {
            now,
            newest_attempt: row.attempts.last().cloned(),
            paused_since: self.paused.get(&row.job.queue).copied(),
            parents,
            before,
            workers: self.loads(),
            job: row.job,
        })
    }

    pub(super) fn loads(&self) -> Vec<WorkerLoad> {
        let run = |owner: OwnerId| {
            let rows = self.jobs.values();
            let held = rows.filter(move |row| row.owner.as_ref().is_some_and(|by| by.id == owner));
            held.filter_map(|row| Some((row.job.kind.clone(), row.job.started_at?)))
        };
        let loads = self.workers().into_iter().map(|worker| WorkerLoad {
            running: run(worker.owner.id).collect(),
            worker,
        });
        loads.collect()
    }

    /// The workers, most recently alive first.
    pub(super) fn workers(&self) -> Vec<WorkerRow> {
        let mut workers: Vec<_> = self.workers.values().cloned().collect();
        workers.sort_by_key(|worker| (-worker.beat_at.as_micros(), worker.owner.id));
        workers
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

    pub(super) fn recent_attempts(&self, limit: usize) -> Vec<AttemptSample> {
        let mut rows: Vec<_> = self.jobs.values().collect();
        rows.sort_by_key(|row| row.number);
        let newest_first = rows.into_iter().rev();
        let attempts = newest_first.flat_map(|row| {
            let kind = &row.job.kind;
            let newest_first = row.attempts.iter().rev();
            newest_first.filter_map(move |attempt| {
                Some(AttemptSample {
                    kind: kind.clone(),
                    outcome: attempt.outcome?,
                    took: attempt.finished_at?.since(attempt.started_at),
                })
            })
        });
        attempts.take(limit).collect()
    }

    pub(super) fn queued_kinds(&self) -> Vec<(QueueName, Kind, u64)> {
        let mut counts: BTreeMap<(&QueueName, &Kind), u64> = BTreeMap::new();
        for job in self.jobs.values().map(|row| &row.job) {
            if job.status == Status::Queued {
                *counts.entry((&job.queue, &job.kind)).or_default() += 1;
            }
        }
        let counts = counts.into_iter();
        counts
            .map(|((queue, kind), count)| (queue.clone(), kind.clone(), count))
            .collect()
    }

    pub(super) fn latest_moment(&self) -> Option<Timestamp> {
        let jobs = self.jobs.values().map(|row| match row.job.status {
            Status::Running => row.job.updated_at.max(row.job.created_at),
            _ => row.job.created_at,
        });
        let beats = self.workers.values().map(|worker| worker.beat_at);
        jobs.chain(beats).max()
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

    /// Every blob that a job, a floor plan, a layout or a bill names.
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
        let of_layouts = self
            .layouts
            .values()
            .flat_map(|layout| [layout.document_ref.as_str(), layout.svg_ref.as_str()]);
        let of_boms = self.boms.values().map(|bom| bom.document_ref.as_str());
        let of_designs = of_layouts.chain(of_boms);
        let all = of_jobs.chain(of_plans).chain(of_designs);
        all.map(str::to_owned).collect()
    }
}
