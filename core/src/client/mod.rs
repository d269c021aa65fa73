//! What a host calls: enqueue, ask, wait, cancel.
//!
//! Synchronous; starts no thread and no runtime, and may be shared by threads and used on both
//! sides of a fork.

mod answers;
mod design;
mod doctor;
mod estimate;
mod events;
mod explain;
mod floorplan;
mod generate;
mod held;
mod ingest;
mod list;
mod lost_answer;
mod materials;
mod metrics;
mod operate;
mod presence;
mod price;
mod queues;
mod upkeep;
mod wait;

#[cfg(test)]
mod testing;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::blob::{self, BlobStore};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Attempt, Job, JobId, NewJob};
use crate::queue::local::Notifier;
use crate::queue::{Announcer, Ready};
use crate::repository::not_before;
use crate::repository::{
    Enqueue, Migrated, SharedRepository, SqliteOptions, SqliteRepository, WorkerRow,
};
#[cfg(feature = "postgres")]
use crate::repository::{PostgresOptions, PostgresRepository};
use crate::settings::{Database, Settings};
use crate::sys::crash_point::{Place, Point, reach};

pub use doctor::{Finding, Level};
pub use estimate::{Estimate, RUNS_OF_A_KIND};
pub use events::{Change, JobEvent, JobEvents};
pub use explain::{DelayCause, Explanation, Reason, SILENT_AFTER, Serving};
pub use floorplan::{FloorplanState, FloorplanStatus};
pub use generate::DesignRequest;
pub(crate) use generate::request_of;
pub use ingest::IngestRequest;
pub use list::{JobPage, MAX_LISTED};
pub use materials::ImportMode;
pub use metrics::ATTEMPTS_MEASURED;
pub use operate::IntegrityReport;
pub use price::PriceRequest;

/// The most jobs that one call enqueues.
pub const MAX_ENQUEUED: usize = 10_000;

/// A connection to the job repository and the blobs. Clones share it.
///
/// ```
/// use floorjobs_core::{Client, NewJob, Settings, Status};
/// use floorjobs_core::settings::Overrides;
///
/// let folder = tempfile::tempdir().unwrap();
/// let settings = Settings::load(&Overrides {
///     database_url: Some(format!("sqlite:///{}/jobs.db", folder.path().display())),
///     ..Overrides::default()
/// })?;
/// let client = Client::connect(&settings)?;
/// let job = client.enqueue(NewJob::new("thumbnail")?)?;
/// assert_eq!(client.get(job.id)?.status, Status::Queued);
/// # Ok::<(), floorjobs_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Client {
    repository: SharedRepository,
    blobs: Arc<dyn BlobStore>,
    clock: Arc<dyn Clock>,
    announcer: Announcer,
    settings: Arc<Settings>,
    /// What the ids of this client's own attempts are made from; see [`held`].
    seed: [u8; 16],
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("repository", &self.repository)
            .field("blobs", &self.blobs)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects to what the settings name, making the database file and the blob folder if need
    /// be. A database on a server must have been [migrated](Self::migrate) before.
    ///
    /// # Errors
    /// `unavailable` when a file cannot be opened or a server does not answer; `invalid_state`
    /// when its database was not migrated; `unsupported`, `invalid_input` or `corrupt` when it is
    /// not one this program can use.
    pub fn connect(settings: &Settings) -> Result<Client> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (repository, notifier): (SharedRepository, _) = match &settings.database {
            Database::Sqlite(path) => {
                let options = SqliteOptions {
                    durability: settings.durability,
                    clock: Arc::clone(&clock),
                    ..SqliteOptions::default()
                };
                let repository = SqliteRepository::open(path, options)?;
                let notifier = Notifier::of_database(repository.path());
                (Arc::new(repository), Some(notifier))
            }
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => {
                let repository = PostgresRepository::open(url, PostgresOptions::default())?;
                (Arc::new(repository), None)
            }
        };
        let announcer = announcer_of(settings, notifier, &clock)?;
        let blobs = blob::open(&settings.blobs_url, &settings.aws)?;
        Ok(Client {
            announcer,
            ..Client::over(repository, blobs, clock, settings.clone())
        })
    }

    /// Brings the schema of a database up to date, or makes it.
    ///
    /// A file is brought up to date by [`connect`](Self::connect), too; a database on a server by
    /// this alone. Any number of programs may do it at once, while others of this version and the
    /// one before go on.
    ///
    /// # Errors
    /// `unavailable`; `unsupported` for a server or a schema that this program cannot use;
    /// `invalid_input` when what is there belongs to another program.
    pub fn migrate(database: &Database) -> Result<Migrated> {
        match database {
            Database::Sqlite(path) => SqliteRepository::migrate(path),
            #[cfg(feature = "postgres")]
            Database::Postgres(url) => PostgresRepository::migrate(url),
        }
    }

    /// A client of parts that the caller has made; workers hear of its jobs by polling.
    pub fn over(
        repository: SharedRepository,
        blobs: Arc<dyn BlobStore>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Client {
        Client {
            repository,
            blobs,
            clock,
            announcer: Announcer::default(),
            settings: Arc::new(settings),
            seed: *crate::job::OwnerId::generate().as_bytes(),
        }
    }

    /// The repository behind this client, for a worker in the same process.
    pub fn repository(&self) -> &SharedRepository {
        &self.repository
    }

    /// The blobs behind this client, for a worker in the same process.
    pub fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.blobs
    }

    /// The clock behind this client, for a worker in the same process.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The database file whose side file wakes workers, if there is one.
    pub fn database(&self) -> Option<&Path> {
        self.announcer.notifier()?;
        self.settings.database.file()
    }

    /// What tells workers of new jobs, for a worker in the same process.
    pub fn announcer(&self) -> &Announcer {
        &self.announcer
    }

    /// The settings this client was connected with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Stores a job and returns it; it is durable then.
    ///
    /// With a unique key that a queued or running job of the kind holds, returns that job.
    ///
    /// # Errors
    /// `invalid_input` or `limit_exceeded` naming the field; `not_found` for a floor plan that
    /// does not exist; `unavailable`.
    pub fn enqueue(&self, job: NewJob) -> Result<Job> {
        let mut jobs = self.enqueue_many(vec![job])?;
        jobs.pop().ok_or_else(no_answer)
    }

    /// Stores jobs in one transaction, all or none, and returns them in order.
    ///
    /// A job can wait for earlier ones of the call; see [`NewJob::after_index`].
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue), with the field as `jobs[3].payload`; `invalid_input` when
    /// `after_index` names a job that is not before the one it is for.
    pub fn enqueue_many(&self, jobs: Vec<NewJob>) -> Result<Vec<Job>> {
        check_all(&jobs, |place| format!("jobs[{place}]"))?;
        self.store(&self.requests(jobs))
    }

    /// The requests of one call. They run in its order, and the order of the same microsecond is
    /// that of the ids.
    fn requests(&self, jobs: Vec<NewJob>) -> Vec<Enqueue> {
        let now = self.clock.now();
        let ids = JobId::generate_many(now, jobs.len());
        let requests = ids.into_iter().zip(jobs);
        requests.map(|(id, job)| self.request(id, job)).collect()
    }

    fn request(&self, id: JobId, job: NewJob) -> Enqueue {
        Enqueue {
            id,
            job,
            default_queue: self.settings.queue.clone(),
            payload_ref: None,
            floorplan: None,
        }
    }

    fn store(&self, requests: &[Enqueue]) -> Result<Vec<Job>> {
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let stored: Vec<Job> = match self.repository.enqueue(requests) {
            Ok(stored) => stored.into_iter().map(|enqueued| enqueued.job).collect(),
            Err(error) => self.stored_all_the_same(requests, error)?,
        };
        self.wake(|| Ready::among(&stored));
        Ok(stored)
    }

    /// Tells waiting workers of what is ready. Only after a commit.
    ///
    /// The jobs are stored; at worst a worker finds them when it next polls.
    fn wake(&self, ready: impl FnOnce() -> Vec<Ready>) {
        reach(Point::At(Place::BeforeWakeUp));
        self.announcer
            .announce(ready, || self.repository.identity());
        reach(Point::At(Place::AfterWakeUp));
    }

    /// Tells of a job that was changed, and of what waited for it if it has ended.
    fn wake_after(&self, job: &Job) {
        self.wake(|| match job.is_awaited && job.status.is_ended() {
            true => self.all_ready(),
            false => Ready::among([job]),
        });
    }

    /// The queues that have ready jobs; none when the repository does not say.
    fn all_ready(&self) -> Vec<Ready> {
        let queues = self.repository.ready_queues().unwrap_or_default();
        queues.into_iter().map(Ready::in_queue).collect()
    }

    /// The job, as it is now.
    ///
    /// # Errors
    /// `not_found`; `unavailable`; `corrupt` when what is stored of it cannot be read.
    pub fn get(&self, job: JobId) -> Result<Job> {
        self.repository.get(job)
    }

    /// The attempts of a job, oldest first.
    ///
    /// # Errors
    /// `not_found`.
    pub fn attempts(&self, job: JobId) -> Result<Vec<Attempt>> {
        self.repository.attempts(job)
    }

    /// Cancels a queued job, or asks a running one to stop; returns the job as it is then.
    ///
    /// # Errors
    /// `not_found`; `invalid_state` when the job has ended.
    pub fn cancel(&self, job: JobId) -> Result<Job> {
        let job = self.repository.cancel(job)?;
        self.wake_after(&job);
        Ok(job)
    }

    /// Queues a failed or cancelled job again: same id, counters from zero, attempts go on.
    ///
    /// # Errors
    /// `not_found`; `invalid_state` for other jobs; `conflict` when another job holds its key.
    pub fn retry(&self, job: JobId) -> Result<Job> {
        let job = self.repository.retry(job)?;
        self.wake_after(&job);
        Ok(job)
    }

    /// Makes a delayed job due at once.
    ///
    /// # Errors
    /// `not_found`.
    pub fn make_due(&self, job: JobId) -> Result<Job> {
        let job = self.repository.make_due(job)?;
        self.wake_after(&job);
        Ok(job)
    }

    /// The workers that are noted in the repository, most recently alive first.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn workers(&self) -> Result<Vec<WorkerRow>> {
        self.repository.workers()
    }

    /// Whether the repository answers and can be written.
    ///
    /// # Errors
    /// `unavailable` or `corrupt` with the reason.
    pub fn check_health(&self) -> Result<()> {
        self.repository.check_health()
    }
}

/// What tells workers of new jobs, as the settings say.
fn announcer_of(
    settings: &Settings,
    notifier: Option<Notifier>,
    clock: &Arc<dyn Clock>,
) -> Result<Announcer> {
    let announcer = Announcer::local(notifier);
    #[cfg(feature = "redis")]
    if let Some(redis) = &settings.redis {
        let publisher = crate::queue::redis::Publisher::new(redis.target()?, Arc::clone(clock))?;
        return Ok(announcer.with_hints(publisher));
    }
    #[cfg(not(feature = "redis"))]
    let _ = (settings, clock);
    Ok(announcer)
}

/// Checks the jobs of one call; `name` is what the caller knows the one at a place by.
fn check_all(jobs: &[NewJob], name: impl Fn(usize) -> String) -> Result<()> {
    if jobs.len() > MAX_ENQUEUED {
        return Err(Error::new(
            crate::error::ErrorKind::LimitExceeded,
            format!(
                "{} jobs at once, over the limit of {MAX_ENQUEUED}",
                jobs.len()
            ),
        )
        .with_field("jobs"));
    }
    let alone = jobs.len() == 1;
    for (place, job) in jobs.iter().enumerate() {
        let in_order = job.after_index.iter().find(|index| **index >= place);
        let in_order = in_order.map_or(Ok(()), |index| Err(not_before(*index, place)));
        in_order
            .and_then(|()| job.check())
            .map_err(|error| match error.field() {
                Some(field) if !alone => {
                    let path = format!("{}.{field}", name(place));
                    error.with_field(path)
                }
                _ => error,
            })?;
    }
    Ok(())
}

fn no_answer() -> Error {
    Error::new(
        ErrorKind::Internal,
        "the repository stored a job and did not return it",
    )
}
