//! Workers beside each other: what one does for the jobs of another, and what it leaves alone.

use std::sync::Arc;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::handler::Verdict;
use super::super::reaper::Reaper;
use super::super::run::{StopReason, Worker};
use super::super::testing::{Bench, LONG, each_repository, enqueue, kind, patient};
use super::{one_slot, seconds};
use crate::blob::DirectoryStore;
use crate::clock::{Clock, SystemClock};
use crate::job::{JobId, Kind, NewJob, OwnerId, QueueName, Status};
use crate::repository::{Claim, Enqueue, MemoryRepository, Owner, Repository};
use crate::sys::ProcessIdentity;

fn done(_: &AttemptContext) -> crate::Result<Verdict> {
    Ok(Verdict::complete(1))
}

fn silent() -> Owner {
    Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity {
            start_time: None,
            ..ProcessIdentity::current()
        },
    }
}

#[test]
fn jobs_that_a_worker_could_not_run_itself_are_reaped_by_it_all_the_same() {
    each_repository(|repository, clock| {
        let bench = Bench::over(repository, clock, one_slot(), done);
        let job = NewJob::of(Kind::new("of-others").unwrap());
        let job = job.queue(QueueName::new("elsewhere").unwrap());
        let job = enqueue(bench.repository.as_ref(), bench.clock.as_ref(), job);
        bench
            .repository
            .claim_one(job.id, &silent(), seconds(60))
            .unwrap();
        bench.clock.advance(seconds(60));
        let mut reaper = Reaper::new(bench.clock.boot_micros());
        assert_eq!(reaper.run_due(&bench.shared), 1);
        let job = bench.repository.get(job.id).unwrap();
        assert_eq!((job.status, job.crashes), (Status::Queued, 1));
    });
}

#[test]
fn a_reaper_gets_through_more_than_one_round_holds() {
    each_repository(|repository, clock| {
        let bench = Bench::over(repository, clock, one_slot(), done);
        let count = 1_150;
        let requests: Vec<_> = (0..count)
            .map(|_| Enqueue {
                id: JobId::generate(bench.clock.now()),
                job: NewJob::of(kind()),
                default_queue: QueueName::default_queue(),
                payload_ref: None,
                floorplan: None,
            })
            .collect();
        bench.repository.enqueue(&requests).unwrap();
        let claim = Claim {
            owner: silent(),
            queues: vec![QueueName::default_queue()],
            kinds: vec![kind()],
            limit: count,
            lease: seconds(60),
        };
        assert_eq!(bench.repository.claim(&claim).unwrap().len(), count);
        bench.clock.advance(seconds(60));
        let mut reaper = Reaper::new(bench.clock.boot_micros());
        assert_eq!(reaper.run_due(&bench.shared), 1_000, "bounded");
        bench.clock.advance(seconds(7));
        assert_eq!(reaper.run_due(&bench.shared), count - 1_000);
        let queue = [QueueName::default_queue()];
        assert_eq!(bench.repository.counts(&queue).unwrap().running, 0);
    });
}

#[test]
fn a_worker_that_stops_leaves_the_jobs_of_its_neighbour_alone() {
    let ((first, began), (second, began_too)) = (patient(), patient());
    let mut one = Bench::new(one_slot(), first);
    let (repository, clock) = (Arc::clone(&one.repository), Arc::clone(&one.clock));
    let mut other = Bench::over(repository, clock, one_slot(), second);
    let jobs = [one.enqueue(), one.enqueue()];
    one.engine.step();
    other.engine.step();
    began.recv_timeout(LONG).unwrap();
    began_too.recv_timeout(LONG).unwrap();
    drop(began);
    one.handle().stop_now();
    // Its handler may be giving the job back itself just now.
    while one.engine.step() != Step::Done(StopReason::Requested) {
        std::thread::yield_now();
    }
    one.settle();
    let status = |n: usize| other.repository.get(jobs[n].id).unwrap().status;
    assert_eq!((status(0), status(1)), (Status::Queued, Status::Running));
    assert_eq!(other.shared.table.active()[0].token.reason(), None);
    drop(began_too);
    other.handle().stop_now();
    other.engine.step();
    other.settle();
}

#[test]
fn each_run_of_a_worker_has_an_owner_of_its_own() {
    let repository: Arc<dyn Repository> = Arc::new(MemoryRepository::new(Arc::new(SystemClock)));
    let folder = tempfile::tempdir().unwrap();
    let blobs = Arc::new(DirectoryStore::open(folder.path()).unwrap());
    let owners = [(); 2].map(|()| {
        let job = enqueue(repository.as_ref(), &SystemClock, NewJob::of(kind()));
        let options = super::WorkerOptions {
            drain: true,
            ..one_slot()
        };
        let clock = Arc::new(SystemClock);
        let worker = Worker::new(Arc::clone(&repository), blobs.clone(), clock, options);
        worker.unwrap().handle(kind(), done).run().unwrap();
        repository.attempts(job.id).unwrap()[0].owner
    });
    // Of one process, one host and one name, and yet no heir of each other's jobs.
    assert_ne!(owners[0], owners[1]);
}
