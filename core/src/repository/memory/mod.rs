//! The oracle: a repository in memory, in the plainest code that keeps the specification.
//!
//! For tests and for trying things out. It scans where a database has indices, and is gone with
//! the process.

mod asked;
mod design;
mod end;
mod state;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::follow::{Leader, resolve};
use super::{
    AttemptSample, Bom, CatalogueChange, Claim, Counts, Ended, Ending, Enqueue, Enqueued,
    Exchanged, Finish, Floorplan, Heartbeat, Held, Layout, ListJobs, Owner, Prune, QueueStats,
    Reap, Reaped, Repository, Situation, WorkerLoad, WorkerRow,
};
use crate::bom::Catalogue;
use crate::clock::Clock;
use crate::error::Result;
use crate::job::{Attempt, Event, Fence, Job, JobId, Kind, OwnerId, QueueName, Status, Timestamp};
use state::{Row, State};

/// A repository in memory. Clones share their jobs.
#[derive(Debug, Clone)]
pub struct MemoryRepository {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
    identity: OwnerId,
}

impl MemoryRepository {
    /// An empty repository that takes the time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> MemoryRepository {
        MemoryRepository {
            state: Arc::default(),
            clock,
            identity: OwnerId::generate(),
        }
    }

    /// What a boot of the machine does to leases; what is in memory outlives it in tests alone.
    pub fn reboot(&self) {
        for row in self.writing().jobs.values_mut() {
            row.is_lapsed = true;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic in a test leaves the state as it was at that moment, which is what it wants
        // to look at.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, for a method that may change it.
    fn writing(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.changes += 1;
        state
    }
}

impl Repository for MemoryRepository {
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>> {
        let now = self.clock.now();
        let mut state = self.writing();
        // All or none: work on a copy, and keep it if nothing failed.
        let mut draft = state.clone();
        let (mut enqueued, mut earlier) = (Vec::new(), Vec::new());
        for request in requests {
            let request = resolve(request, &earlier)?;
            let stored = draft.enqueue(&request, now)?;
            earlier.push(Leader::of(&request, &stored));
            enqueued.push(stored);
        }
        *state = draft;
        Ok(enqueued)
    }

    fn claim(&self, claim: &Claim) -> Result<Vec<Job>> {
        let (now, lease_until) = (self.clock.now(), self.lease_until(claim.lease));
        self.writing().claim(claim, lease_until, now)
    }

    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job> {
        let lease_until = self.lease_until(lease);
        self.writing()
            .start(job, owner, lease_until, self.clock.now())
    }

    fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Vec<Held>> {
        let now = self.clock.now();
        let lease_until = heartbeat.lease.map(|lease| self.lease_until(lease));
        let mut state = self.writing();
        if lease_until.is_some()
            && let Some(worker) = state.workers.get_mut(&heartbeat.owner)
        {
            worker.beat_at = now;
        }
        let mut answers = Vec::new();
        for beat in &heartbeat.beats {
            let Ok(row) = state.fenced(&beat.fence) else {
                answers.push(Held::Lost);
                continue;
            };
            if let Some(until) = lease_until {
                (row.lease_until, row.is_lapsed) = (until, false);
            }
            if let Some(progress) = &beat.progress {
                row.job.progress = Some(progress.clone());
                row.job.updated_at = now;
            }
            if row.job.stalled_since != beat.stalled_since {
                row.job.stalled_since = beat.stalled_since;
                row.job.updated_at = now;
            }
            answers.push(Held::Held {
                cancel_requested: row.job.cancel_requested,
            });
        }
        Ok(answers)
    }

    fn finish(&self, finish: &Finish) -> Result<Job> {
        let now = self.clock.now();
        self.writing().finish(finish, now)
    }

    fn finish_and_claim(&self, finishes: Arc<[Finish]>, claim: &Claim) -> Result<Exchanged> {
        let (now, lease_until) = (self.clock.now(), self.lease_until(claim.lease));
        let mut state = self.writing();
        let ended: Vec<_> = finishes
            .iter()
            .map(|finish| state.finish(finish, now).map(|job| Ended::of(&job)))
            .collect();
        let claim = claim.in_place_of(&ended);
        let started = state.claim(&claim, lease_until, now)?;
        Ok(Exchanged { ended, started })
    }

    fn checkpoint(&self, fence: &Fence, value: &Value) -> Result<()> {
        let now = self.clock.now();
        let mut state = self.writing();
        let job = &mut state.fenced(fence)?.job;
        job.checkpoint = Some(value.clone());
        job.updated_at = now;
        Ok(())
    }

    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize> {
        let now = self.clock.now();
        let mut state = self.writing();
        let strays: Vec<Fence> = state
            .jobs
            .values()
            .filter_map(Row::fence)
            .filter(|fence| fence.owner == owner && !held.contains(fence))
            .collect();
        for fence in &strays {
            state.finish(&Finish::of(*fence, Ending::Released), now)?;
        }
        Ok(strays.len())
    }

    fn reap(&self, reap: &Reap) -> Result<Vec<Reaped>> {
        let (now, boot_now) = (self.clock.now(), self.clock.boot_micros());
        let mut state = self.writing();
        let mut expired: Vec<_> = state
            .jobs
            .values()
            .filter_map(|row| row.fence().map(|fence| (row, fence)))
            .filter(|(row, fence)| {
                let is_over = row.is_lapsed || row.lease_until <= boot_now;
                is_over || reap.gone.contains(&fence.owner)
            })
            .map(|(row, fence)| (row.lease_until, fence))
            .collect();
        expired.sort();
        Ok(expired
            .into_iter()
            .take(reap.limit)
            .filter_map(|(_, fence)| state.crash(&fence, reap, now))
            .collect())
    }

    fn cancel(&self, job: JobId) -> Result<Job> {
        let now = self.clock.now();
        let mut state = self.writing();
        let row = state.row(job)?;
        match row.job.status {
            Status::Running => row.job.cancel_requested = true,
            _ => row.step(Event::Cancel)?,
        }
        if row.job.status.is_ended() {
            row.parents.clear();
            row.job.waiting_for = 0;
            row.job.finished_at = Some(now);
        }
        row.job.updated_at = now;
        let cancelled = row.job.clone();
        state.settle_children(job, now);
        Ok(cancelled)
    }

    fn retry(&self, job: JobId) -> Result<Job> {
        let now = self.clock.now();
        let mut state = self.writing();
        let asked = state.row(job)?.job.clone();
        if let Some(key) = &asked.unique_key
            && asked.status.after(Event::Requeue).is_some()
            && let Some(holder) = state.holder(&asked.kind, key, now, Some(job))
        {
            return Err(super::rules::key_is_held(holder.id, key));
        }
        let row = state.row(job)?;
        row.step(Event::Requeue)?;
        row.parents.clear();
        let job = &mut row.job;
        job.waiting_for = 0;
        job.run_at = now;
        (job.errors, job.crashes, job.interruptions) = (0, 0, 0);
        (job.error, job.progress, job.finished_at) = (None, None, None);
        job.cancel_requested = false;
        job.updated_at = now;
        row.queued_at(now);
        Ok(row.job.clone())
    }

    fn make_due(&self, job: JobId) -> Result<Job> {
        let now = self.clock.now();
        let mut state = self.writing();
        let row = state.row(job)?;
        if row.job.status == Status::Queued && row.job.run_at > now {
            (row.job.run_at, row.job.updated_at) = (now, now);
            row.queued_at(now);
        }
        Ok(row.job.clone())
    }

    fn pause(&self, queue: &QueueName) -> Result<()> {
        let now = self.clock.now();
        self.writing().paused.entry(queue.clone()).or_insert(now);
        Ok(())
    }

    fn resume(&self, queue: &QueueName) -> Result<()> {
        self.writing().paused.remove(queue);
        Ok(())
    }

    fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>> {
        Ok(self.state().paused.clone().into_iter().collect())
    }

    fn parents(&self, job: JobId) -> Result<Vec<JobId>> {
        Ok(self.state().row(job)?.parents.iter().copied().collect())
    }

    fn get(&self, job: JobId) -> Result<Job> {
        Ok(self.state().row(job)?.job.clone())
    }

    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        Ok(self.state().list(filter))
    }

    fn attempts(&self, job: JobId) -> Result<Vec<Attempt>> {
        Ok(self.state().row(job)?.attempts.clone())
    }

    fn floorplan(&self, id: i64) -> Result<Floorplan> {
        self.state().floorplan(id).cloned()
    }

    fn layout(&self, id: i64) -> Result<Layout> {
        self.state().layout(id)
    }

    fn bom(&self, id: i64) -> Result<Bom> {
        self.state().bom(id)
    }

    fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        self.state().newest_bom(floorplan_id)
    }

    fn catalogue(&self) -> Result<Option<Catalogue>> {
        Ok(self.state().catalogue.clone())
    }

    fn change_catalogue(&self, change: &CatalogueChange) -> Result<()> {
        let mut state = self.writing();
        state.catalogue = change.applied_to(state.catalogue.clone())?;
        Ok(())
    }

    fn counts(&self, queues: &[QueueName]) -> Result<Counts> {
        let now = self.clock.now();
        let state = self.state();
        let mut counts = Counts::default();
        for row in state.jobs.values() {
            let job = &row.job;
            let counted = match job.status {
                Status::Queued if job.waiting_for > 0 => &mut counts.blocked,
                Status::Queued if row.is_due(now) => &mut counts.ready,
                Status::Queued => &mut counts.delayed,
                Status::Running => &mut counts.running,
                _ => continue,
            };
            *counted += u64::from(queues.contains(&job.queue));
        }
        Ok(counts)
    }

    fn stats(&self) -> Result<Vec<QueueStats>> {
        let now = self.clock.now();
        Ok(self.state().stats(now))
    }

    fn position(&self, job: JobId) -> Result<Option<u64>> {
        let now = self.clock.now();
        self.state().position(job, now)
    }

    fn situation(&self, job: JobId) -> Result<Situation> {
        let now = self.clock.now();
        self.state().situation(job, now)
    }

    fn recent_runs(&self, kind: &Kind, limit: usize) -> Result<Vec<Duration>> {
        Ok(self.state().recent_runs(kind, limit))
    }

    fn recent_attempts(&self, limit: usize) -> Result<Vec<AttemptSample>> {
        Ok(self.state().recent_attempts(limit))
    }

    fn queued_kinds(&self) -> Result<Vec<(QueueName, Kind, u64)>> {
        Ok(self.state().queued_kinds())
    }

    fn latest_moment(&self) -> Result<Option<Timestamp>> {
        Ok(self.state().latest_moment())
    }

    fn prune(&self, prune: &Prune) -> Result<usize> {
        let now = self.clock.now();
        Ok(self.writing().prune(prune, now))
    }

    fn unreferenced(&self, blobs: &[String]) -> Result<Vec<String>> {
        let state = self.state();
        let referenced = state.references();
        let unknown = blobs.iter().filter(|blob| !referenced.contains(*blob));
        Ok(unknown.cloned().collect())
    }

    fn references(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        let all = self.state().references();
        let rest = all
            .into_iter()
            .filter(|blob| blob.as_str() > after.unwrap_or_default());
        Ok(rest.take(limit).collect())
    }

    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>> {
        let now = self.clock.now();
        let state = self.state();
        let jobs = state.jobs.values().filter(|row| !row.is_due(now));
        Ok(jobs
            .map(|row| &row.job)
            .filter(|job| job.status == Status::Queued && queues.contains(&job.queue))
            .filter(|job| job.waiting_for == 0)
            .map(|job| job.run_at)
            .filter(|run_at| *run_at > now)
            .min())
    }

    fn ready_queues(&self) -> Result<Vec<QueueName>> {
        let now = self.clock.now();
        let state = self.state();
        let ready = state.jobs.values().filter(|row| row.is_due(now));
        let queues: BTreeSet<_> = ready.map(|row| &row.job.queue).collect();
        let open = queues
            .into_iter()
            .filter(|queue| !state.paused.contains_key(*queue));
        Ok(open.cloned().collect())
    }

    fn identity(&self) -> Result<String> {
        Ok(self.identity.to_string())
    }

    fn register_worker(&self, worker: &WorkerRow) -> Result<()> {
        self.writing()
            .workers
            .insert(worker.owner.id, worker.clone());
        Ok(())
    }

    fn remove_worker(&self, owner: OwnerId) -> Result<()> {
        self.writing().workers.remove(&owner);
        Ok(())
    }

    fn workers(&self) -> Result<Vec<WorkerRow>> {
        Ok(self.state().workers())
    }

    fn loads(&self) -> Result<Vec<WorkerLoad>> {
        Ok(self.state().loads())
    }

    fn running_owners(&self) -> Result<Vec<Owner>> {
        let state = self.state();
        let mut owners: Vec<Owner> = state
            .jobs
            .values()
            .filter_map(|row| row.owner.clone())
            .collect();
        owners.sort_by_key(|owner| owner.id);
        owners.dedup_by_key(|owner| owner.id);
        Ok(owners)
    }

    fn change_counter(&self) -> Result<i64> {
        Ok(self.state().changes)
    }

    fn check_health(&self) -> Result<()> {
        Ok(())
    }
}

impl MemoryRepository {
    fn lease_until(&self, lease: Duration) -> i64 {
        let lease = crate::job::time::duration_micros(lease);
        self.clock.boot_micros().saturating_add(lease)
    }
}
