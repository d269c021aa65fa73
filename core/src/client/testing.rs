//! What the client's own tests stand on: a repository in memory and a clock that they move.

use std::sync::Arc;
use std::time::Duration;

use super::Client;
use crate::blob::DirectoryStore;
use crate::clock::{Clock, ManualClock};
use crate::job::{Fence, Job, NewJob, OwnerId, QueueName, Timestamp};
use crate::repository::{Ending, Finish, MemoryRepository, Owner, Repository, WorkerRow};
use crate::settings::{Overrides, Settings};
use crate::sys::ProcessIdentity;

pub(super) struct Bench {
    pub(super) client: Client,
    pub(super) repository: Arc<MemoryRepository>,
    pub(super) clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Bench {
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_micros(
            1_700_000_000_000_000,
        )));
        let repository = Arc::new(MemoryRepository::new(clock.clone()));
        let folder = tempfile::tempdir().unwrap();
        let blobs = Arc::new(DirectoryStore::open(folder.path()).unwrap());
        let settings = Settings::resolve(&Overrides::default(), |_| None).unwrap();
        Bench {
            client: Client::over(repository.clone(), blobs, clock.clone(), settings),
            repository,
            clock,
            _folder: folder,
        }
    }

    pub(super) fn seconds(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Jobs of one microsecond have no order, so each gets its own.
    pub(super) fn add(&self, job: NewJob) -> Job {
        self.clock.advance(Duration::from_micros(1));
        self.client.enqueue(job).unwrap()
    }

    /// Notes a worker, or that it is still alive.
    pub(super) fn worker(&self, owner: &Owner, queue: &str, kinds: &[&str], concurrency: u32) {
        self.limited_worker(owner, queue, kinds, concurrency, &[]);
    }

    /// Notes a worker that runs no more than so many of some kinds.
    pub(super) fn limited_worker(
        &self,
        owner: &Owner,
        queue: &str,
        kinds: &[&str],
        concurrency: u32,
        limits: &[(&str, u32)],
    ) {
        let limits = limits.iter();
        let limits = limits.map(|(kind, limit)| (crate::Kind::new(*kind).unwrap(), *limit));
        let names = kinds.iter().map(|kind| crate::Kind::new(*kind).unwrap());
        let row = WorkerRow {
            owner: owner.clone(),
            queues: vec![QueueName::new(queue).unwrap()],
            kinds: names.collect(),
            concurrency,
            kind_limits: limits.collect(),
            transport: "local".to_owned(),
            started_at: self.clock.now(),
            beat_at: self.clock.now(),
        };
        self.repository.register_worker(&row).unwrap();
    }

    pub(super) fn start(&self, job: &Job, owner: &Owner) -> Fence {
        let lease = Duration::from_secs(60);
        let job = self.repository.claim_one(job.id, owner, lease).unwrap();
        Fence {
            job: job.id,
            attempt: job.attempt,
            owner: owner.id,
        }
    }

    pub(super) fn finish(&self, fence: Fence, ending: Ending) -> Job {
        self.repository.finish(&Finish::of(fence, ending)).unwrap()
    }

    /// A job of a kind that ran for so long and succeeded.
    pub(super) fn ran(&self, kind: &str, seconds: u64) {
        let fence = self.start(&self.add(job(kind)), &owner(9));
        self.seconds(seconds);
        self.finish(fence, success());
    }
}

pub(super) fn job(kind: &str) -> NewJob {
    NewJob::new(kind).unwrap()
}

pub(super) fn success() -> Ending {
    Ending::Succeeded {
        result: None,
        result_ref: None,
        product: None,
    }
}

pub(super) fn owner(pid: u32) -> Owner {
    Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity {
            host: "here".to_owned(),
            boot_id: None,
            pid_namespace: None,
            pid,
            start_time: None,
        },
    }
}
