//! A repository that fails, or whose answers are lost on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::Verdict;
use super::super::testing::{Bench, LONG, clock, patient, stubborn};
use super::{one_slot, seconds, step_until};
use crate::clock::{Clock, ManualClock};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{
    Attempt, Fence, Job, JobId, Kind, Outcome, OwnerId, QueueName, Status, Timestamp,
};
use crate::repository::{
    Claim, Counts, Enqueue, Enqueued, Finish, Floorplan, Heartbeat, Held, ListJobs,
    MemoryRepository, Owner, Prune, QueueStats, Reap, Reaped, Repository, Situation, WorkerRow,
};

/// How often an operation still fails, before it has any effect or after.
#[derive(Debug, Default)]
struct Fault {
    before: AtomicI64,
    after: AtomicI64,
}

impl Fault {
    fn around<T>(&self, operation: impl FnOnce() -> Result<T>) -> Result<T> {
        let lost = || Error::new(ErrorKind::Unavailable, "the disk is away");
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
struct Faulty {
    inner: MemoryRepository,
    claim: Fault,
    finish: Fault,
    heartbeat: Fault,
    clock: Arc<ManualClock>,
    finish_takes: Duration,
}

impl Repository for Faulty {
    fn claim(&self, claim: &Claim) -> Result<Vec<Job>> {
        self.claim.around(|| self.inner.claim(claim))
    }
    fn finish(&self, finish: &Finish) -> Result<Job> {
        self.clock.advance(self.finish_takes);
        self.finish.around(|| self.inner.finish(finish))
    }
    fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Vec<Held>> {
        self.heartbeat.around(|| self.inner.heartbeat(heartbeat))
    }
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>> {
        self.inner.enqueue(requests)
    }
    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job> {
        self.inner.claim_one(job, owner, lease)
    }
    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize> {
        self.inner.release_strays(owner, held)
    }
    fn reap(&self, reap: &Reap) -> Result<Vec<Reaped>> {
        self.inner.reap(reap)
    }
    fn checkpoint(&self, fence: &Fence, value: &serde_json::Value) -> Result<()> {
        self.inner.checkpoint(fence, value)
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
        self.inner.get(job)
    }
    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        self.inner.list(filter)
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
    fn counts(&self, queues: &[QueueName]) -> Result<Counts> {
        self.inner.counts(queues)
    }
    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>> {
        self.inner.next_run_at(queues)
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

fn faulty() -> Faulty {
    let clock = clock();
    Faulty {
        inner: MemoryRepository::new(clock.clone()),
        claim: Fault::default(),
        finish: Fault::default(),
        heartbeat: Fault::default(),
        clock,
        finish_takes: Duration::ZERO,
    }
}

fn bench(repository: &Arc<Faulty>) -> Bench {
    let clock = Arc::clone(&repository.clock);
    let done = |_: &AttemptContext| Ok(Verdict::complete(1));
    Bench::over(repository.clone(), clock, one_slot(), done)
}

fn outcomes(bench: &Bench, job: &Job) -> Vec<Option<Outcome>> {
    let attempts = bench.repository.attempts(job.id).unwrap();
    attempts
        .into_iter()
        .map(|attempt| attempt.outcome)
        .collect()
}

#[test]
fn a_claim_whose_answer_was_lost_is_given_back_and_made_again() {
    let repository = Arc::new(faulty());
    repository.claim.after.store(1, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    bench.clock.advance(seconds(15));
    step_until(&mut bench, |bench| {
        bench.repository.get(job.id).unwrap().status == Status::Succeeded
    });
    assert_eq!(
        outcomes(&bench, &job),
        [Some(Outcome::Released), Some(Outcome::Succeeded)]
    );
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.errors, job.crashes), (0, 0));
}

#[test]
fn claims_that_fail_are_tried_again_less_and_less_often() {
    let repository = Arc::new(faulty());
    repository.claim.before.store(8, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    let mut tried_at = Vec::new();
    while bench.repository.get(job.id).unwrap().status == Status::Queued {
        let left = repository.claim.before.load(Ordering::SeqCst);
        bench.engine.step();
        if repository.claim.before.load(Ordering::SeqCst) < left {
            tried_at.push(bench.clock.boot_micros() / 1_000);
        }
        bench.clock.advance(Duration::from_millis(100));
    }
    bench.settle();
    let pauses: Vec<_> = tried_at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
}

#[test]
fn an_ending_is_written_again_until_it_is_stored() {
    let repository = Arc::new(faulty());
    repository.finish.before.store(3, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [Some(Outcome::Succeeded)]);
    bench.hear(|event| matches!(event, WorkerEvent::Succeeded { .. }).then_some(()));
}

#[test]
fn a_success_whose_answer_was_lost_is_still_a_success() {
    let repository = Arc::new(faulty());
    repository.finish.after.store(1, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [Some(Outcome::Succeeded)]);
    bench.hear(|event| {
        let discarded = matches!(event, WorkerEvent::LeaseLost { .. });
        assert!(!discarded, "it discarded its own success");
        matches!(event, WorkerEvent::Succeeded { .. }).then_some(())
    });
}

#[test]
fn an_ending_that_cannot_be_stored_is_given_up_with_the_lease() {
    let repository = Arc::new(Faulty {
        finish_takes: seconds(10),
        ..faulty()
    });
    repository.finish.before.store(1_000, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.hear(|event| matches!(event, WorkerEvent::EndingLost { .. }).then_some(()));
    bench.settle();
    let tries = 1_000 - repository.finish.before.load(Ordering::SeqCst);
    assert_eq!(tries, 6, "one each 10 s of a lease of 60 s");
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    repository.finish.before.store(0, Ordering::SeqCst);
    bench.clock.advance(seconds(7));
    bench.engine.step();
    bench.clock.advance(seconds(7));
    step_until(&mut bench, |bench| {
        outcomes(bench, &job).first() == Some(&Some(Outcome::Crashed))
    });
    bench.settle();
}

#[test]
fn a_worker_that_cannot_beat_stops_its_handlers_before_others_may_start() {
    let repository = Arc::new(faulty());
    let (handler, began) = patient();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    repository.heartbeat.before.store(1_000, Ordering::SeqCst);
    for _ in 0..49 {
        bench.clock.advance(seconds(1));
        bench.heart.tick();
    }
    assert!(
        began.try_recv().is_err(),
        "ten seconds before the end there is still hope"
    );
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    assert!(began.recv_timeout(LONG).unwrap().is_some());
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.errors, job.interruptions),
        (Status::Queued, 0, 1)
    );
}

#[test]
fn an_answer_does_not_overtake_the_ending_that_was_forced_on_its_attempt() {
    let repository = Arc::new(faulty());
    let (handler, began, let_go) = stubborn();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.clock.advance(seconds(30));
    repository.finish.before.store(1, Ordering::SeqCst);
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    // The fence still holds, so nothing but the worker itself can refuse this.
    let_go.wait();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Cancelled
    );
}
