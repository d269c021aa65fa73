//! A repository under test, with a clock that the test moves.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use floorjobs_core::clock::{Clock, ManualClock};
use floorjobs_core::job::{
    Failure, Fence, Job, JobId, Kind, NewJob, Outcome, OwnerId, QueueName, RetryPolicy, Timestamp,
};
use floorjobs_core::repository::{
    Claim, Durability, Ending, Enqueue, Finish, MemoryRepository, NewFloorplan, Owner,
    PostgresOptions, PostgresRepository, PostgresUrl, Reading, Reap, Reaped, Repository,
    SqliteOptions, SqliteRepository, WorkerRow,
};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::{ErrorKind, Result};

use crate::servers::{Database, PgBouncer};

/// The lease of every claim in this suite.
pub(super) const LEASE: Duration = Duration::from_secs(60);

pub(super) struct Store {
    pub(super) repository: Arc<dyn Repository>,
    /// A second repository on the same jobs, as another process would have; else the first again.
    pub(super) other: Arc<dyn Repository>,
    pub(super) clock: Arc<ManualClock>,
    /// What is gone with the store; after the repositories, which use it.
    _place: Place,
    made: Cell<i64>,
}

/// Where a store keeps its jobs.
enum Place {
    Nowhere,
    Folder(#[allow(dead_code)] tempfile::TempDir),
    Server(#[allow(dead_code)] Database),
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting_at(Timestamp::from_micros(
        1_700_000_000_000_000,
    )))
}

fn folder_in_memory() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

fn open(folder: &Path, clock: &Arc<ManualClock>, durability: Durability) -> SqliteRepository {
    let options = SqliteOptions {
        durability,
        clock: clock.clone(),
        boot_id: "this boot".to_owned(),
    };
    SqliteRepository::open(folder.join("jobs.db"), options).unwrap()
}

fn open_postgres(url: &str, clock: &Arc<ManualClock>) -> Arc<PostgresRepository> {
    let options = PostgresOptions {
        clock: Some(clock.clone()),
        ..PostgresOptions::default()
    };
    let url = PostgresUrl::parse(url).unwrap();
    Arc::new(PostgresRepository::open(&url, options).unwrap())
}

/// The address of a database through a pooler of this process, which lends its connections for a
/// transaction at a time.
fn pooled(database: &Database) -> Option<String> {
    static POOLER: OnceLock<Option<PgBouncer>> = OnceLock::new();
    let pooler = POOLER.get_or_init(|| PgBouncer::before(database.port()));
    Some(pooler.as_ref()?.url(database.name()))
}

/// A store, or `None` where there is no server for it and the test is skipped.
impl Store {
    pub(super) fn memory() -> Option<Store> {
        let clock = clock();
        let repository = Arc::new(MemoryRepository::new(clock.clone()));
        Store::of(repository.clone(), repository, clock, Place::Nowhere)
    }

    pub(super) fn sqlite() -> Option<Store> {
        let (clock, folder) = (clock(), tempfile::tempdir().unwrap());
        let repository = Arc::new(open(folder.path(), &clock, Durability::Power));
        Store::of(repository.clone(), repository, clock, Place::Folder(folder))
    }

    /// One repository for all threads. In memory: races need many rounds, and no disk.
    pub(super) fn sqlite_once() -> Option<Store> {
        let (clock, folder) = (clock(), folder_in_memory());
        let repository = Arc::new(open(folder.path(), &clock, Durability::Process));
        Store::of(repository.clone(), repository, clock, Place::Folder(folder))
    }

    /// Two repositories on one file.
    pub(super) fn sqlite_twice() -> Option<Store> {
        let (clock, folder) = (clock(), folder_in_memory());
        let [one, other] = [(); 2].map(|()| open(folder.path(), &clock, Durability::Process));
        Store::of(Arc::new(one), Arc::new(other), clock, Place::Folder(folder))
    }

    pub(super) fn postgres() -> Option<Store> {
        let (clock, database) = (clock(), Database::migrated()?);
        let repository = open_postgres(&database.url(), &clock);
        Store::of(
            repository.clone(),
            repository,
            clock,
            Place::Server(database),
        )
    }

    /// Two repositories on one database.
    pub(super) fn postgres_twice() -> Option<Store> {
        let (clock, database) = (clock(), Database::migrated()?);
        let [one, other] = [(); 2].map(|()| open_postgres(&database.url(), &clock));
        Store::of(one, other, clock, Place::Server(database))
    }

    /// Through a pooler that lends its connections for a transaction at a time.
    pub(super) fn pgbouncer() -> Option<Store> {
        let (clock, database) = (clock(), Database::migrated()?);
        let url = pooled(&database)?;
        let [one, other] = [(); 2].map(|()| open_postgres(&url, &clock));
        Store::of(one, other, clock, Place::Server(database))
    }

    fn of(
        repository: Arc<dyn Repository>,
        other: Arc<dyn Repository>,
        clock: Arc<ManualClock>,
        place: Place,
    ) -> Option<Store> {
        Some(Store {
            repository,
            other,
            clock,
            _place: place,
            made: Cell::new(0),
        })
    }

    pub(super) fn request(&self, job: NewJob) -> Enqueue {
        // Ids of one test ascend in the order in which they are made.
        self.made.set(self.made.get() + 1);
        let moment = self.clock.now().as_micros() + self.made.get();
        Enqueue {
            id: JobId::generate(Timestamp::from_micros(moment)),
            job,
            default_queue: queue("default"),
            payload_ref: None,
            floorplan: None,
        }
    }

    pub(super) fn add(&self, job: NewJob) -> Job {
        self.try_add(job).unwrap()
    }

    pub(super) fn try_add(&self, job: NewJob) -> Result<Job> {
        let mut stored = self.repository.enqueue(&[self.request(job)])?;
        Ok(stored.pop().unwrap().job)
    }

    /// A job that reads a new floor plan.
    pub(super) fn add_ingest(&self) -> Job {
        let request = Enqueue {
            payload_ref: Some("sha256:00".to_owned()),
            floorplan: Some(new_floorplan()),
            ..self.request(NewJob::of(Kind::ingest()))
        };
        self.repository
            .enqueue(&[request])
            .unwrap()
            .pop()
            .unwrap()
            .job
    }

    pub(super) fn claim(&self, owner: &Owner, limit: usize) -> Vec<Job> {
        self.repository.claim(&claim_of(owner, limit)).unwrap()
    }

    /// Stores a job and starts its first attempt.
    pub(super) fn running(&self, owner: &Owner) -> (Job, Fence) {
        let job = self.add(job("work"));
        let job = self.repository.claim_one(job.id, owner, LEASE).unwrap();
        let fence = fence(&job, owner);
        (job, fence)
    }

    pub(super) fn restart(&self, id: JobId, owner: &Owner) -> Fence {
        fence(&self.repository.claim_one(id, owner, LEASE).unwrap(), owner)
    }

    pub(super) fn reap(&self, gone: &[OwnerId]) -> Vec<Reaped> {
        let reap = Reap {
            gone: gone.to_vec(),
            limit: 100,
            policy: RetryPolicy::default(),
            jitter: 1.0,
        };
        self.repository.reap(&reap).unwrap()
    }

    pub(super) fn note_worker(&self, owner: &Owner) {
        let worker = WorkerRow {
            owner: owner.clone(),
            queues: vec![queue("default")],
            kinds: vec![Kind::ingest()],
            kind_limits: [(Kind::ingest(), 1)].into(),
            concurrency: 2,
            transport: "local".to_owned(),
            started_at: self.clock.now(),
            beat_at: self.clock.now(),
        };
        self.repository.register_worker(&worker).unwrap();
    }

    pub(super) fn finish(&self, fence: &Fence, ending: &Ending) -> Result<Job> {
        self.repository.finish(&Finish::of(*fence, ending.clone()))
    }

    /// The job as the repository has it, and the outcomes of its attempts.
    pub(super) fn history(&self, id: JobId) -> (Job, Vec<Option<&'static str>>) {
        let attempts = self.repository.attempts(id).unwrap();
        let outcomes = attempts
            .iter()
            .map(|attempt| attempt.outcome.map(Outcome::as_str))
            .collect();
        (self.repository.get(id).unwrap(), outcomes)
    }
}

pub(super) fn job(kind: &str) -> NewJob {
    NewJob::new(kind).unwrap()
}

pub(super) fn queue(name: &str) -> QueueName {
    QueueName::new(name).unwrap()
}

pub(super) fn owner() -> Owner {
    Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity {
            host: "here".to_owned(),
            boot_id: Some("this boot".to_owned()),
            pid_namespace: Some(1),
            pid: 42,
            start_time: Some(7),
        },
    }
}

pub(super) fn fence(job: &Job, owner: &Owner) -> Fence {
    Fence {
        job: job.id,
        attempt: job.attempt,
        owner: owner.id,
    }
}

pub(super) fn claim_of(owner: &Owner, limit: usize) -> Claim {
    Claim {
        owner: owner.clone(),
        queues: vec![queue("default")],
        kinds: vec![Kind::new("work").unwrap(), Kind::ingest()],
        limit,
        lease: LEASE,
    }
}

pub(super) fn new_floorplan() -> NewFloorplan {
    NewFloorplan {
        project_id: Some(3),
        filename: Some("house.pdf".to_owned()),
        pdf_ref: "sha256:00".to_owned(),
        pdf_bytes: 1_234,
    }
}

pub(super) fn reading() -> Reading {
    Reading {
        source: "vector".to_owned(),
        total_wall_count: 12,
        total_linear_pts: 345.5,
        document_ref: "sha256:aa".to_owned(),
        svg_ref: "sha256:bb".to_owned(),
    }
}

pub(super) fn success() -> Ending {
    Ending::Succeeded {
        result: None,
        result_ref: None,
        product: None,
    }
}

pub(super) fn broken() -> Failure {
    Failure::new(ErrorKind::Unavailable, "the printer is on fire")
}

pub(super) fn kind_of<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}
