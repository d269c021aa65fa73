//! The durable job repository: the only truth about jobs.
//!
//! The doc comments of [`Repository`] are its specification; one conformance suite holds every
//! implementation to them. [`MemoryRepository`] is the oracle: the same rules in the plainest
//! code. [`SqliteRepository`] keeps them in one file.

mod ask;
mod catalogue;
#[cfg(test)]
pub(crate) mod faulty;
mod follow;
mod life;
mod material;
mod memory;
mod operate;
#[cfg(feature = "postgres")]
mod postgres;
mod product;
mod rules;
mod situation;
mod sqlite;
mod write;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::bom::Catalogue;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Attempt, Fence, Job, JobId, Kind, OwnerId, QueueName, Timestamp};

pub(crate) use follow::{Leader, not_before, resolve};

pub use catalogue::CatalogueChange;

pub use ask::{Counts, Floorplan, ListJobs, Owner, QueueStats, Reading, WorkerRow};
pub use memory::MemoryRepository;
pub use operate::{
    AttemptSample, BackupReport, FileSystem, FileSystemNature, Migrated, Server, Storage,
    StorageSetting,
};
#[cfg(feature = "postgres")]
pub use postgres::{PostgresOptions, PostgresRepository, PostgresUrl};
pub use product::{Bom, Layout, NewBom, NewDesign, NewLayout, Product};
pub use situation::{Parent, Situation, WorkerLoad};
pub use sqlite::{Durability, SqliteOptions, SqliteRepository};
pub use write::{
    Beat, Claim, Ended, Ending, Enqueue, Enqueued, Exchanged, Finish, Heartbeat, Held,
    NewFloorplan, Prune, Reap, Reaped,
};

/// Where jobs are kept.
///
/// All methods may be called from any thread. Each write is one transaction: it happened as a
/// whole when the method returns `Ok`, and not at all when it returns an error other than
/// `unavailable`; after `unavailable` it may have happened, and asking again tells.
///
/// Every write of an attempt carries its [`Fence`] and is refused with `lease_lost` unless the
/// job is running, the attempt is its newest, and the owner is the one that claimed it.
pub trait Repository: Send + Sync + std::fmt::Debug {
    /// Stores the requested jobs, all or none, and returns them in the order of the requests.
    ///
    /// When a request names a unique key that a job of the same kind holds (while it is queued or
    /// running, and for as long after as its scope says), that job is returned instead and marked
    /// [`Enqueued::existing`]; of two callers that race, one makes the job and both get it. A request that brings a new floor plan
    /// stores it in the same transaction, unless an existing job is returned.
    ///
    /// When this returns, the jobs are durable.
    ///
    /// A job that waits for others ([`NewJob::after`](crate::NewJob)) is not ready before each of
    /// them has ended. When one ends without success, or has already, the job is cancelled, fails
    /// or runs all the same, as its request says; so do the jobs that wait for it in turn.
    ///
    /// A request can name earlier ones of the same call by their places
    /// ([`NewJob::after_index`](crate::NewJob)), and waits for what became of them: the new job
    /// or the existing one. It takes over the floor plan of the first that has one, unless it has
    /// or brings one itself. When one of them asks for a unique key and it does not, it gets one
    /// that names that job and how many places apart they are, for the same scope; so that the
    /// same call, made twice, makes neither the leader nor its followers twice.
    ///
    /// # Errors
    /// `not_found` when a request names a floor plan or a job that does not exist; `conflict` when
    /// its id is taken; `invalid_input` when it names a place that is not before its own.
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>>;

    /// Starts an attempt of each of the best ready jobs, at most `limit`, for one owner.
    ///
    /// Best is: an earlier queue of [`Claim::queues`], then a higher priority, then an earlier
    /// `run_at`, then a smaller id. Paused queues are passed over. Each returned job is running, its attempt number one higher
    /// than before, leased to the owner until `now + lease`. No job is returned to two callers.
    /// The jobs come best first. A job that this version cannot read is not started but fails, as
    /// `corrupt`, so that it holds up no other.
    ///
    /// A job is ready from its `run_at` on. One that was ready when it was queued, or at a claim
    /// since, stays so, though somebody steps the wall clock back: for claims, and for
    /// [`counts`](Self::counts), [`stats`](Self::stats), [`position`](Self::position) and
    /// [`situation`](Self::situation).
    fn claim(&self, claim: &Claim) -> Result<Vec<Job>>;

    /// Starts an attempt of one queued job, as [`claim`](Self::claim) does, though it is not due
    /// or its queue is paused.
    ///
    /// # Errors
    /// `not_found`, or `invalid_state` when the job is not queued or waits for others.
    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job>;

    /// Renews the leases of the attempts of one owner, and writes their progress and whether they
    /// stall.
    ///
    /// Returns one answer for each beat, in their order: [`Held::Lost`] when the fence did not
    /// hold, in which case nothing was written for it. One that renews leases also notes that its worker is alive.
    fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Vec<Held>>;

    /// Ends a running attempt, and with it the job or its turn; returns the job as it is then.
    ///
    /// The outcome, the result, and the rows of a floor plan, a layout or a bill become visible together. An attempt
    /// that has already ended with the same outcome, by the same owner, is answered as if it
    /// ended now: the caller lost the answer the first time.
    ///
    /// Jobs that wait for one that ended with this are settled in the same transaction. One of them
    /// that this version cannot read fails, as `corrupt`, and holds up neither this nor the others.
    ///
    /// # Errors
    /// `lease_lost` when the fence does not hold; `not_found`.
    fn finish(&self, finish: &Finish) -> Result<Job>;

    /// Ends running attempts, each as [`finish`](Self::finish) does, and starts others in the same
    /// transaction, as [`claim`](Self::claim) does: at most [`Claim::limit`], and at most one for
    /// each ending that was accepted. Returns what became of each, in their order, and the
    /// jobs that were started.
    ///
    /// What is ended first may be what is started: a job that is due again at once, say, or one
    /// that waited for this one only. An ending that is refused changes nothing, and keeps none of
    /// the others from being accepted.
    ///
    /// # Errors
    /// When nothing was ended and nothing was started, or, for `unavailable`, all of it may have
    /// been. Then each ending is better written by itself.
    fn finish_and_claim(&self, finishes: Arc<[Finish]>, claim: &Claim) -> Result<Exchanged>;

    /// Keeps a value for the next attempt of the job, in place of what was kept before.
    ///
    /// # Errors
    /// `lease_lost` when the fence does not hold; `not_found`.
    fn checkpoint(&self, fence: &Fence, value: &Value) -> Result<()>;

    /// Gives back running jobs of `owner` that are not in `held`; returns how many.
    ///
    /// For a worker whose claim succeeded but whose answer was lost: such an attempt ends
    /// [`Released`](crate::job::Outcome::Released), and its job is ready at once. The caller
    /// makes sure that no claim of the same owner is under way. A job that this version cannot
    /// read fails instead, as `corrupt`, and is not counted.
    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize>;

    /// Ends attempts whose lease ran out, or whose owner is in [`Reap::gone`]; at most `limit`.
    ///
    /// What becomes of each job is [`RetryPolicy::after_crash`](crate::job::RetryPolicy), with the
    /// base that the job's request gave, if it gave one. A
    /// lease from before the machine's last boot has run out. An attempt whose owner renewed
    /// its lease in the meantime is left alone. A job that this version cannot read fails, as
    /// `corrupt`, and is not among those returned; it keeps no other from being given up.
    fn reap(&self, reap: &Reap) -> Result<Vec<Reaped>>;

    /// Cancels a job: a queued one at once, a running one by request to its attempt.
    ///
    /// Returns the job as it is then; for a running one, `cancel_requested` is set.
    ///
    /// # Errors
    /// `not_found`; `invalid_state` when the job has ended.
    fn cancel(&self, job: JobId) -> Result<Job>;

    /// Queues a failed or cancelled job again: same id, counters from zero, attempts go on. It
    /// waits for no other job any more; what it kept for the next attempt is still there.
    ///
    /// # Errors
    /// `not_found`; `invalid_state` unless failed or cancelled; `conflict` when its unique key
    /// is held by another job by now.
    fn retry(&self, job: JobId) -> Result<Job>;

    /// Makes a queued job due at once; a job that is due or further on is left as it is. A job
    /// that waits for others goes on waiting for them.
    ///
    /// # Errors
    /// `not_found`.
    fn make_due(&self, job: JobId) -> Result<Job>;

    /// Lets no more jobs of a queue start; those that run go on. Pausing twice is pausing once.
    fn pause(&self, queue: &QueueName) -> Result<()>;

    /// Lets jobs of a queue start again.
    fn resume(&self, queue: &QueueName) -> Result<()>;

    /// The queues that are paused, and since when; by name.
    fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>>;

    /// The jobs that a job still waits for, by id; `not_found` when there is no such job.
    fn parents(&self, job: JobId) -> Result<Vec<JobId>>;

    /// The job.
    ///
    /// # Errors
    /// `not_found`; `corrupt` when what is stored of it means nothing to this version.
    fn get(&self, job: JobId) -> Result<Job>;

    /// The jobs that fit the filters, newest (greatest id) first.
    ///
    /// A listing goes on with the last id of the page before as [`ListJobs::before`]. However
    /// many jobs are added and ended meanwhile, none comes twice, and none is missed that fits
    /// the filters from the first page to the last.
    ///
    /// A job that this version cannot read is passed over, and others make up for it: a list is
    /// shorter than its limit only when no more jobs fit that can be read. [`get`](Self::get) says
    /// of such a job that it is `corrupt`, and
    /// [`integrity_problems`](Self::integrity_problems) tells of all of them.
    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>>;

    /// The attempts of a job, oldest first; `not_found` when there is no such job.
    ///
    /// Of a job with more than 1,000 attempts only the newest 1,000 are kept.
    fn attempts(&self, job: JobId) -> Result<Vec<Attempt>>;

    /// The floor plan, or `not_found`.
    fn floorplan(&self, id: i64) -> Result<Floorplan>;

    /// The layout, or `not_found`.
    fn layout(&self, id: i64) -> Result<Layout>;

    /// The bill of materials, or `not_found`.
    fn bom(&self, id: i64) -> Result<Bom>;

    /// The newest bill about a floor plan; `None` when there is none, or no such floor plan.
    fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>>;

    /// The catalogue that bills are priced with; `None` while none was stored, and the seed is
    /// meant.
    fn catalogue(&self) -> Result<Option<Catalogue>>;

    /// Changes the stored catalogue. Of two that change it at once, the second finds what the
    /// first left. When this returns, the change is durable.
    ///
    /// Bills that are stored keep the rates they were priced with.
    ///
    /// # Errors
    /// `invalid_input` when nothing can be priced with what would come of it.
    fn change_catalogue(&self, change: &CatalogueChange) -> Result<()>;

    /// How many jobs of the queues are ready, delayed, blocked by others, and running.
    fn counts(&self, queues: &[QueueName]) -> Result<Counts>;

    /// How many jobs each queue has in each state, and since when the oldest ready one is due;
    /// by name. A queue is known by its jobs and by being paused.
    fn stats(&self) -> Result<Vec<QueueStats>>;

    /// How many ready jobs of its queue run before this one; `None` unless it is ready itself.
    ///
    /// Counts them one by one.
    ///
    /// # Errors
    /// `not_found`.
    fn position(&self, job: JobId) -> Result<Option<u64>>;

    /// A job with all that bears on whether and when it runs, as of one moment.
    ///
    /// Costs what [`position`](Self::position) costs, and a few look-ups more.
    ///
    /// # Errors
    /// `not_found`.
    fn situation(&self, job: JobId) -> Result<Situation>;

    /// How long the newest successful attempts of a kind took, newest first, at most `limit`.
    fn recent_runs(&self, kind: &Kind, limit: usize) -> Result<Vec<Duration>>;

    /// How the attempts of the newest stored jobs ended, at most `limit` of those that have ended;
    /// newest job first, newest attempt first.
    fn recent_attempts(&self, limit: usize) -> Result<Vec<AttemptSample>>;

    /// How many jobs of each queue and kind are queued, due or not; by queue, then by kind.
    fn queued_kinds(&self) -> Result<Vec<(QueueName, Kind, u64)>>;

    /// The latest of: when one of the 20 newest jobs was stored (all count, or only those), when
    /// a running job last changed, and when a worker was last heard of. If it is in the future,
    /// the wall clock was stepped back.
    fn latest_moment(&self) -> Result<Option<Timestamp>>;

    /// Deletes jobs that ended long ago, oldest first, with their attempts; returns how many.
    ///
    /// A job that still holds its unique key stays. Floor plans, layouts and bills stay.
    fn prune(&self, prune: &Prune) -> Result<usize>;

    /// Those of the given blob references that nothing here names.
    fn unreferenced(&self, blobs: &[String]) -> Result<Vec<String>>;

    /// The blob references that are named here, each once, in ascending order; those after
    /// `after`, at most `limit`.
    fn references(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>>;

    /// The earliest `run_at` of the queues' jobs that are not due yet and wait for no other.
    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>>;

    /// Notes that a worker started; a second note of the same owner replaces the first.
    fn register_worker(&self, worker: &WorkerRow) -> Result<()>;

    /// Notes that a worker ended in good order.
    fn remove_worker(&self, owner: OwnerId) -> Result<()>;

    /// The workers that are noted, most recently alive first.
    fn workers(&self) -> Result<Vec<WorkerRow>>;

    /// The workers that are noted, most recently alive first, with what they run.
    fn loads(&self) -> Result<Vec<WorkerLoad>>;

    /// The owners that have running jobs, with what is known of their processes.
    fn running_owners(&self) -> Result<Vec<Owner>>;

    /// The queues that have jobs which a claim would take now, paused ones left out; by name.
    ///
    /// Costs a few look-ups for each queue, however many jobs there are.
    fn ready_queues(&self) -> Result<Vec<QueueName>>;

    /// A random word that this repository was given when it was made, always the same for all who
    /// use it. A copy has that of its original.
    fn identity(&self) -> Result<String>;

    /// A number that changes with every write of anybody; cheap enough to ask often.
    ///
    /// What is written after this has answered, the next answer tells. It may change without
    /// need, and begins anew with a new connection, as after a fork.
    fn change_counter(&self) -> Result<i64>;

    /// Whether the repository answers.
    ///
    /// # Errors
    /// `unavailable` with the reason.
    fn check_health(&self) -> Result<()>;

    /// What is wrong with what is stored, in sentences; nothing when all is sound.
    ///
    /// Reads everything, and keeps nobody from writing meanwhile.
    ///
    /// # Errors
    /// `unsupported` when there is nothing of its own to check; `unavailable`.
    fn integrity_problems(&self) -> Result<Vec<String>> {
        Err(unsupported("an integrity check"))
    }

    /// Copies all that is committed, of one moment, into a file of its own that can be opened in
    /// place of this one. Writers go on meanwhile.
    ///
    /// The file has its name only when it is whole and durable. A file that is there is kept
    /// unless `overwrite` says otherwise, and then until the copy takes its place.
    ///
    /// # Errors
    /// `unsupported` for a repository that has backups of its own; `invalid_input` for a path
    /// that cannot or must not be written; `unavailable`.
    fn backup(&self, _path: &Path, _overwrite: bool) -> Result<BackupReport> {
        Err(unsupported("a backup"))
    }

    /// The files of the repository, and how they are used.
    ///
    /// # Errors
    /// `unsupported` for a repository that is not kept in files here; `unavailable`.
    fn storage(&self) -> Result<Storage> {
        Err(unsupported("a look at its files"))
    }

    /// The server that keeps the repository, and how it is reached.
    ///
    /// # Errors
    /// `unsupported` for a repository that no server keeps; `unavailable`.
    fn server(&self) -> Result<Server> {
        Err(unsupported("a look at its server"))
    }
}

fn unsupported(what: &str) -> Error {
    let message = format!("this repository does not offer {what}");
    Error::new(ErrorKind::Unsupported, message)
}

/// A repository that several parts of a program share.
pub type SharedRepository = Arc<dyn Repository>;
