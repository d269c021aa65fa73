//! A repository that fails, or whose answers are lost on the way, for the tests of its callers.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use super::{
    AttemptSample, Bom, CatalogueChange, Claim, Counts, Enqueue, Enqueued, Exchanged, Finish,
    Floorplan, Heartbeat, Held, Layout, ListJobs, Owner, Prune, QueueStats, Reap, Reaped,
    Repository, Situation, WorkerLoad, WorkerRow,
};
use crate::bom::Catalogue;
use crate::clock::ManualClock;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Attempt, Fence, Job, JobId, Kind, OwnerId, QueueName, Timestamp};

/// How often an operation still fails, before it has any effect or after.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    panics: AtomicI64,
    before: AtomicI64,
    after: AtomicI64,
}

impl Fault {
    /// The next calls panic.
    pub(crate) fn panic(&self, times: i64) {
        self.panics.store(times, Ordering::SeqCst);
    }

    /// The next calls fail and change nothing.
    pub(crate) fn fail(&self, times: i64) {
        self.before.store(times, Ordering::SeqCst);
    }

    /// The next calls do their work, and their answer is lost.
    pub(crate) fn lose_answer(&self, times: i64) {
        self.after.store(times, Ordering::SeqCst);
    }

    /// How many calls are still to fail.
    pub(crate) fn left(&self) -> i64 {
        self.before.load(Ordering::SeqCst)
    }

    fn around<T>(&self, operation: impl FnOnce() -> Result<T>) -> Result<T> {
        let lost = || Error::new(ErrorKind::Unavailable, "the disk is away");
        let panics = self.panics.fetch_sub(1, Ordering::SeqCst) > 0;
        assert!(!panics, "the repository has a defect");
        if self.before.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Err(lost());
        }
        let answer = operation()?;
        if self.after.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Err(lost());
        }
        Ok(answer)
    }
}

#[derive(Debug)]
pub(crate) struct Faulty {
    pub(crate) inner: Arc<dyn Repository>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) enqueue: Fault,
    pub(crate) claim: Fault,
    pub(crate) finish: Fault,
    /// Endings that claim are refused for good, because of the claim.
    pub(crate) refuses_claims: AtomicBool,
    pub(crate) heartbeat: Fault,
    pub(crate) checkpoint: Fault,
    pub(crate) reap: Fault,
    pub(crate) release_strays: Fault,
    pub(crate) get: Fault,
    /// Cancelled by somebody else right after it was read the next time.
    pub(crate) cancel_after_get: Mutex<Option<JobId>>,
    /// How long a finish takes.
    pub(crate) finish_takes: Duration,
    /// A heartbeat hangs for as long as somebody holds this.
    pub(crate) heartbeat_hangs: Mutex<()>,
    /// Endings that claim hang for as long as somebody holds this.
    pub(crate) exchange_hangs: Mutex<()>,
    /// How many endings each had.
    pub(crate) exchanged: Mutex<Vec<usize>>,
}

impl Faulty {
    /// Faults before a repository that reads `clock`; none yet.
    pub(crate) fn over(inner: Arc<dyn Repository>, clock: Arc<ManualClock>) -> Faulty {
        Faulty {
            inner,
            clock,
            enqueue: Fault::default(),
            claim: Fault::default(),
            finish: Fault::default(),
            refuses_claims: AtomicBool::default(),
            heartbeat: Fault::default(),
            checkpoint: Fault::default(),
            reap: Fault::default(),
            release_strays: Fault::default(),
            get: Fault::default(),
            cancel_after_get: Mutex::default(),
            finish_takes: Duration::ZERO,
            heartbeat_hangs: Mutex::default(),
            exchange_hangs: Mutex::default(),
            exchanged: Mutex::default(),
        }
    }
}

impl Repository for Faulty {
    fn claim(&self, claim: &Claim) -> Result<Vec<Job>> {
        self.claim.around(|| self.inner.claim(claim))
    }
    fn finish(&self, finish: &Finish) -> Result<Job> {
        self.clock.advance(self.finish_takes);
        self.finish.around(|| self.inner.finish(finish))
    }
    fn finish_and_claim(&self, finishes: Arc<[Finish]>, claim: &Claim) -> Result<Exchanged> {
        if self.refuses_claims.load(Ordering::SeqCst) {
            return Err(Error::new(ErrorKind::Corrupt, "another job means nothing"));
        }
        self.exchanged.lock().unwrap().push(finishes.len());
        drop(self.exchange_hangs.lock());
        self.clock.advance(self.finish_takes);
        self.finish
            .around(|| self.inner.finish_and_claim(finishes, claim))
    }
    fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Vec<Held>> {
        drop(self.heartbeat_hangs.lock());
        self.heartbeat.around(|| self.inner.heartbeat(heartbeat))
    }
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>> {
        self.enqueue.around(|| self.inner.enqueue(requests))
    }
    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job> {
        self.inner.claim_one(job, owner, lease)
    }
    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize> {
        self.release_strays
            .around(|| self.inner.release_strays(owner, held))
    }
    fn reap(&self, reap: &Reap) -> Result<Vec<Reaped>> {
        self.reap.around(|| self.inner.reap(reap))
    }
    fn checkpoint(&self, fence: &Fence, value: &Value) -> Result<()> {
        self.checkpoint
            .around(|| self.inner.checkpoint(fence, value))
    }
    fn stats(&self) -> Result<Vec<QueueStats>> {
        self.inner.stats()
    }
    fn position(&self, job: JobId) -> Result<Option<u64>> {
        self.inner.position(job)
    }
    fn recent_runs(&self, kind: &Kind, limit: usize) -> Result<Vec<Duration>> {
        self.inner.recent_runs(kind, limit)
    }
    fn prune(&self, prune: &Prune) -> Result<usize> {
        self.inner.prune(prune)
    }
    fn unreferenced(&self, blobs: &[String]) -> Result<Vec<String>> {
        self.inner.unreferenced(blobs)
    }
    fn pause(&self, queue: &QueueName) -> Result<()> {
        self.inner.pause(queue)
    }
    fn resume(&self, queue: &QueueName) -> Result<()> {
        self.inner.resume(queue)
    }
    fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>> {
        self.inner.paused()
    }
    fn parents(&self, job: JobId) -> Result<Vec<JobId>> {
        self.inner.parents(job)
    }
    fn cancel(&self, job: JobId) -> Result<Job> {
        self.inner.cancel(job)
    }
    fn retry(&self, job: JobId) -> Result<Job> {
        self.inner.retry(job)
    }
    fn make_due(&self, job: JobId) -> Result<Job> {
        self.inner.make_due(job)
    }
    fn get(&self, job: JobId) -> Result<Job> {
        let read = self.get.around(|| self.inner.get(job));
        if let Some(job) = self.cancel_after_get.lock().unwrap().take() {
            self.inner.cancel(job).unwrap();
        }
        read
    }
    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        self.inner.list(filter)
    }
    fn recent_attempts(&self, limit: usize) -> Result<Vec<AttemptSample>> {
        self.inner.recent_attempts(limit)
    }
    fn queued_kinds(&self) -> Result<Vec<(QueueName, Kind, u64)>> {
        self.inner.queued_kinds()
    }
    fn latest_moment(&self) -> Result<Option<Timestamp>> {
        self.inner.latest_moment()
    }
    fn references(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        self.inner.references(after, limit)
    }
    fn loads(&self) -> Result<Vec<WorkerLoad>> {
        self.inner.loads()
    }
    fn situation(&self, job: JobId) -> Result<Situation> {
        self.inner.situation(job)
    }
    fn attempts(&self, job: JobId) -> Result<Vec<Attempt>> {
        self.inner.attempts(job)
    }
    fn floorplan(&self, id: i64) -> Result<Floorplan> {
        self.inner.floorplan(id)
    }
    fn layout(&self, id: i64) -> Result<Layout> {
        self.inner.layout(id)
    }
    fn bom(&self, id: i64) -> Result<Bom> {
        self.inner.bom(id)
    }
    fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        self.inner.newest_bom(floorplan_id)
    }
    fn catalogue(&self) -> Result<Option<Catalogue>> {
        self.inner.catalogue()
    }
    fn change_catalogue(&self, change: &CatalogueChange) -> Result<()> {
        self.inner.change_catalogue(change)
    }
    fn counts(&self, queues: &[QueueName]) -> Result<Counts> {
        self.inner.counts(queues)
    }
    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>> {
        self.inner.next_run_at(queues)
    }
    fn ready_queues(&self) -> Result<Vec<QueueName>> {
        self.inner.ready_queues()
    }
    fn identity(&self) -> Result<String> {
        self.inner.identity()
    }
    fn register_worker(&self, worker: &WorkerRow) -> Result<()> {
        self.inner.register_worker(worker)
    }
    fn remove_worker(&self, owner: OwnerId) -> Result<()> {
        self.inner.remove_worker(owner)
    }
    fn workers(&self) -> Result<Vec<WorkerRow>> {
        self.inner.workers()
    }
    fn running_owners(&self) -> Result<Vec<Owner>> {
        self.inner.running_owners()
    }
    fn change_counter(&self) -> Result<i64> {
        self.inner.change_counter()
    }
    fn check_health(&self) -> Result<()> {
        self.inner.check_health()
    }
}
