//! The repository in PostgreSQL, for several machines.
//!
//! All objects lie in a schema of their own, `floorjobs`, which only [`migrate`] makes and changes.
//! Nothing outlives a transaction: no prepared statement, no session lock, no setting; so it works
//! through a pooler that hands out connections per transaction. Claims pass over rows that others
//! have locked. Times, those of leases included, are the server's.
//!
//! A call starts no thread and no runtime; it sends what it can in one go and waits for the answer.
//! Connections are opened on first use and anew when they were lost. A transaction that surely did
//! not happen is tried again for some seconds; one whose commit got no answer is `unavailable`.
//!
//! [`migrate`]: PostgresRepository::migrate

mod ask;
mod beat;
mod blobs;
mod catalogue;
mod change;
mod claim;
mod connect;
mod design;
mod enqueue;
mod fault;
mod finish;
mod functions;
mod integrity;
mod list;
mod lookup;
mod migrate;
mod param;
mod planned;
mod pool;
mod prune;
mod reap;
mod relay;
mod rows;
mod server;
mod session;
mod situation;
mod socket;
mod stats;
mod tls;
mod transaction;
mod unreadable;
mod url;
mod waiting;
mod workers;

use std::cell::Cell;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

use serde_json::Value;

use super::rules::write_of;
use super::{
    AttemptSample, BackupReport, Bom, CatalogueChange, Claim, Counts, Enqueue, Enqueued, Exchanged,
    Finish, Floorplan, Heartbeat, Held, Layout, ListJobs, Migrated, Owner, Prune, QueueStats, Reap,
    Reaped, Repository, Server, Situation, WorkerLoad, WorkerRow,
};
use crate::bom::Catalogue;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Attempt, Fence, Job, JobId, Kind, OwnerId, QueueName, Timestamp, random_unit};
use crate::sys::crash_point::{Point, Write, reach};
use crate::sys::fork::{self, ForkAware};
use fault::{Fault, Op};
use pool::{Lent, Pool};
use socket::Deadline;
use transaction::{Mode, Transaction, is_in_doubt};

pub use url::PostgresUrl;

/// For so long a server that is away is asked again before a call fails.
const PATIENCE: Duration = Duration::from_secs(5);

/// So often a transaction that others got in the way of begins anew.
const CONFLICTS: u32 = 20;

/// How a PostgreSQL repository is opened.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// How many connections one process uses at most, beside one for signs of life.
    pub connections: usize,
    /// Where the time comes from in place of the server's clock; for tests alone.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Default for PostgresOptions {
    /// Eight connections, and the server's clock.
    fn default() -> PostgresOptions {
        PostgresOptions {
            connections: 8,
            clock: None,
        }
    }
}

/// The repository in a PostgreSQL database. Clones share its connections.
#[derive(Clone)]
pub struct PostgresRepository {
    url: PostgresUrl,
    pool: Arc<Pool>,
    /// A connection for heartbeats alone: they must not wait for anything else.
    beats: Arc<Pool>,
    clock: Option<Arc<dyn Clock>>,
}

impl fmt::Debug for PostgresRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresRepository")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl PostgresRepository {
    /// Connects to a database that was migrated before.
    ///
    /// # Errors
    /// `unavailable` when it cannot be reached; `invalid_state` when it has no schema yet or an
    /// older one, and says how to migrate; `unsupported` for a schema newer than this program.
    pub fn open(url: &PostgresUrl, options: PostgresOptions) -> Result<PostgresRepository> {
        let repository = PostgresRepository::over(url, options)?;
        repository.read(migrate::check)?;
        Ok(repository)
    }

    /// Makes the schema, or brings it up to date.
    ///
    /// Any number of processes may do so at once. Programs of the version before can go on.
    ///
    /// # Errors
    /// `unavailable` when the database cannot be reached or its role may not make a schema;
    /// `unsupported` for a server before PostgreSQL 13, an encoding other than UTF-8, or a schema
    /// newer than this program; `invalid_input` when another program has a schema of this name.
    pub fn migrate(url: &PostgresUrl) -> Result<Migrated> {
        let repository = PostgresRepository::over(url, PostgresOptions::default())?;
        repository.write(Write::Migrate, migrate::migrate)
    }

    fn over(url: &PostgresUrl, options: PostgresOptions) -> Result<PostgresRepository> {
        let pool = |limit| {
            let pool = Arc::new(Pool::new(url.clone(), limit));
            let weak: Weak<Pool> = Arc::downgrade(&pool);
            let weak: Weak<dyn ForkAware> = weak;
            fork::register(weak).map(|()| pool)
        };
        Ok(PostgresRepository {
            url: url.clone(),
            pool: pool(options.connections)?,
            beats: pool(1)?,
            clock: options.clock,
        })
    }

    /// Where the database is; shows itself without its password.
    pub fn url(&self) -> &PostgresUrl {
        &self.url
    }

    /// A write that is there when this returns, whatever becomes of the server then.
    fn write<T>(
        &self,
        what: Write,
        operation: impl Fn(&mut Transaction<'_>) -> Op<T>,
    ) -> Result<T> {
        self.transact(&self.pool, Mode::Write, Some(what), operation)
    }

    /// A write that the server may lose when it crashes itself.
    fn write_relaxed<T>(
        &self,
        what: Write,
        operation: impl Fn(&mut Transaction<'_>) -> Op<T>,
    ) -> Result<T> {
        self.transact(&self.beats, Mode::Relaxed, Some(what), operation)
    }

    /// A reading of one moment.
    fn read<T>(&self, question: impl Fn(&mut Transaction<'_>) -> Op<T>) -> Result<T> {
        self.transact(&self.pool, Mode::Read, None, question)
    }

    /// A reading of one moment that may take minutes.
    fn read_long<T>(&self, question: impl Fn(&mut Transaction<'_>) -> Op<T>) -> Result<T> {
        self.transact(&self.pool, Mode::LongRead, None, question)
    }

    /// Runs a transaction, and again if it surely did not happen and may the next time.
    fn transact<T>(
        &self,
        pool: &Pool,
        mode: Mode,
        what: Option<Write>,
        operation: impl Fn(&mut Transaction<'_>) -> Op<T>,
    ) -> Result<T> {
        let until = Deadline::after(PATIENCE);
        let mut conflicts = 0;
        let mut away = 0;
        loop {
            let fault = match self.try_once(pool, mode, what, until, &operation) {
                Ok(done) => {
                    if let Some(what) = what {
                        reach(Point::AfterCommit(what));
                    }
                    return Ok(done);
                }
                Err(Failed::Surely(fault)) => fault,
                Err(Failed::Perhaps(fault)) if what.is_none() => fault,
                Err(Failed::Perhaps(fault)) => return Err(lost_answer(fault)),
            };
            let pause = if fault.is_conflict() && conflicts < CONFLICTS {
                conflicts += 1;
                backoff(
                    conflicts,
                    Duration::from_millis(1),
                    Duration::from_millis(50),
                )
            } else if fault.is_away() {
                away += 1;
                backoff(away, Duration::from_millis(20), Duration::from_millis(500))
            } else {
                return Err(fault.into());
            };
            if until.left().is_none_or(|left| left < pause) {
                return Err(fault.into());
            }
            std::thread::sleep(pause);
        }
    }

    fn try_once<T>(
        &self,
        pool: &Pool,
        mode: Mode,
        what: Option<Write>,
        until: Deadline,
        operation: &impl Fn(&mut Transaction<'_>) -> Op<T>,
    ) -> Result<T, Failed> {
        let mut lent = pool.take(until).map_err(Failed::Surely)?;
        let session = lent.session().map_err(Failed::Surely)?;
        let clock = self.clock.as_deref();
        let mut transaction = Transaction::new(session, mode, what, clock);
        let done = operation(&mut transaction).and_then(|done| transaction.commit().map(|()| done));
        match done {
            Ok(done) => Ok(done),
            Err(fault) => {
                let is_in_doubt = is_in_doubt(&transaction, &fault);
                if !transaction.roll_back() {
                    Lent::discard(&mut lent);
                }
                Err(match is_in_doubt {
                    true => Failed::Perhaps(fault),
                    false => Failed::Surely(fault),
                })
            }
        }
    }
}

/// A transaction that was not acknowledged.
enum Failed {
    /// Nothing of it was committed.
    Surely(Fault),
    /// It may have been committed; the answer was lost.
    Perhaps(Fault),
}

fn lost_answer(fault: Fault) -> Error {
    Error::new(
        ErrorKind::Unavailable,
        "the connection to the job database was lost before it said whether it had committed",
    )
    .with_source(Error::from(fault))
}

/// The pause before another try, with jitter; none in round 0, then it doubles from `first` up to
/// `longest`.
fn backoff(round: u32, first: Duration, longest: Duration) -> Duration {
    if round == 0 {
        return Duration::ZERO;
    }
    let doubled = first.saturating_mul(1 << (round - 1).min(10));
    doubled.min(longest).mul_f64(0.5 + random_unit() / 2.0)
}

impl Repository for PostgresRepository {
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>> {
        self.write(Write::Enqueue, |at| enqueue::enqueue_all(at, requests))
    }

    fn claim(&self, request: &Claim) -> Result<Vec<Job>> {
        // One transaction may find nothing and yet have got further: past a portion of
        // delayed jobs of other kinds, or past jobs that cannot be read.
        loop {
            let start = |at: &mut Transaction<'_>| claim::claim(at, request);
            let claimed = self.transact(&self.pool, Mode::Claim, Some(Write::Claim), start)?;
            if !claimed.unreadable.is_empty() {
                let (owner, failing) = (request.owner.id, &claimed.unreadable);
                let failed = self.write(Write::Claim, |at| {
                    claim::fail_unreadable(at, owner, failing)
                });
                // An error would keep what was started from whoever runs it; those that cannot be
                // read are given up with their lease then.
                if claimed.jobs.is_empty() {
                    failed?;
                }
            }
            if !claimed.may_be_more() {
                return Ok(claimed.jobs);
            }
        }
    }

    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job> {
        self.write(Write::ClaimOne, |at| {
            claim::claim_one(at, job, owner, lease)
        })
    }

    fn heartbeat(&self, request: &Heartbeat) -> Result<Vec<Held>> {
        self.write_relaxed(Write::Heartbeat, |at| beat::heartbeat(at, request))
    }

    fn finish(&self, request: &Finish) -> Result<Job> {
        self.write(write_of(&request.ending), |at| finish::finish(at, request))
    }

    fn finish_and_claim(&self, finishes: Arc<[Finish]>, claim: &Claim) -> Result<Exchanged> {
        let what = finishes
            .first()
            .map_or(Write::Claim, |first| write_of(&first.ending));
        let is_simple = Cell::new(true);
        self.write(what, |at| match is_simple.replace(false) {
            true => relay::finish_and_claim_at_once(at, &finishes, claim),
            false => relay::finish_and_claim_in_turn(at, &finishes, claim),
        })
    }

    fn checkpoint(&self, fence: &Fence, value: &Value) -> Result<()> {
        self.write(Write::Checkpoint, |at| finish::checkpoint(at, fence, value))
    }

    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize> {
        self.write(Write::ReleaseStrays, |at| {
            finish::release_strays(at, owner, held)
        })
    }

    fn reap(&self, request: &Reap) -> Result<Vec<Reaped>> {
        self.write(Write::Reap, |at| reap::reap(at, request))
    }

    fn cancel(&self, job: JobId) -> Result<Job> {
        self.write(Write::Cancel, |at| change::cancel(at, job))
    }

    fn retry(&self, job: JobId) -> Result<Job> {
        self.write(Write::Retry, |at| change::retry(at, job))
    }

    fn make_due(&self, job: JobId) -> Result<Job> {
        self.write(Write::MakeDue, |at| change::make_due(at, job))
    }

    fn pause(&self, queue: &QueueName) -> Result<()> {
        self.write(Write::Pause, |at| waiting::pause(at, queue))
    }

    fn resume(&self, queue: &QueueName) -> Result<()> {
        self.write(Write::Resume, |at| waiting::resume(at, queue))
    }

    fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>> {
        self.read(ask::paused)
    }

    fn parents(&self, job: JobId) -> Result<Vec<JobId>> {
        self.read(|at| ask::parents(at, job))
    }

    fn get(&self, job: JobId) -> Result<Job> {
        self.read(|at| ask::get(at, job))
    }

    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        self.read(|at| list::list(at, filter))
    }

    fn attempts(&self, job: JobId) -> Result<Vec<Attempt>> {
        self.read(|at| ask::attempts(at, job))
    }

    fn floorplan(&self, id: i64) -> Result<Floorplan> {
        self.read(|at| ask::floorplan(at, id))
    }

    fn layout(&self, id: i64) -> Result<Layout> {
        self.read(|at| design::layout(at, id))
    }

    fn bom(&self, id: i64) -> Result<Bom> {
        self.read(|at| design::bom(at, id))
    }

    fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        self.read(|at| design::newest_bom(at, floorplan_id))
    }

    fn catalogue(&self) -> Result<Option<Catalogue>> {
        self.read(catalogue::stored)
    }

    fn change_catalogue(&self, change: &CatalogueChange) -> Result<()> {
        self.write(Write::ChangeCatalogue, |at| catalogue::change(at, change))
    }

    fn counts(&self, queues: &[QueueName]) -> Result<Counts> {
        self.read(|at| ask::counts(at, queues))
    }

    fn stats(&self) -> Result<Vec<QueueStats>> {
        self.read_long(stats::stats)
    }

    fn position(&self, job: JobId) -> Result<Option<u64>> {
        self.read(|at| stats::position(at, job))
    }

    fn situation(&self, job: JobId) -> Result<Situation> {
        self.read(|at| situation::situation(at, job))
    }

    fn recent_runs(&self, kind: &Kind, limit: usize) -> Result<Vec<Duration>> {
        self.read(|at| stats::recent_runs(at, kind, limit))
    }

    fn recent_attempts(&self, limit: usize) -> Result<Vec<AttemptSample>> {
        self.read(|at| stats::recent_attempts(at, limit))
    }

    fn queued_kinds(&self) -> Result<Vec<(QueueName, Kind, u64)>> {
        self.read_long(stats::queued_kinds)
    }

    fn latest_moment(&self) -> Result<Option<Timestamp>> {
        self.read(stats::latest_moment)
    }

    fn prune(&self, request: &Prune) -> Result<usize> {
        self.write(Write::Prune, |at| prune::prune(at, request))
    }

    fn unreferenced(&self, blobs: &[String]) -> Result<Vec<String>> {
        self.read(|at| blobs::unreferenced(at, blobs))
    }

    fn references(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        self.read(|at| blobs::references(at, after, limit))
    }

    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>> {
        self.read(|at| ask::next_run_at(at, queues))
    }

    fn register_worker(&self, worker: &WorkerRow) -> Result<()> {
        self.write(Write::RegisterWorker, |at| workers::register(at, worker))
    }

    fn remove_worker(&self, owner: OwnerId) -> Result<()> {
        self.write(Write::RemoveWorker, |at| workers::remove(at, owner))
    }

    fn workers(&self) -> Result<Vec<WorkerRow>> {
        self.read(workers::list)
    }

    fn loads(&self) -> Result<Vec<WorkerLoad>> {
        self.read(situation::loads)
    }

    fn running_owners(&self) -> Result<Vec<Owner>> {
        self.read(workers::running_owners)
    }

    fn ready_queues(&self) -> Result<Vec<QueueName>> {
        self.read(ask::ready_queues)
    }

    fn identity(&self) -> Result<String> {
        self.read(migrate::identity)
    }

    fn change_counter(&self) -> Result<i64> {
        self.transact(&self.pool, Mode::Glance, None, ask::change_counter)
    }

    fn check_health(&self) -> Result<()> {
        self.write(Write::Probe, ask::check_health)
    }

    fn integrity_problems(&self) -> Result<Vec<String>> {
        self.read_long(integrity::problems)
    }

    fn backup(&self, _path: &Path, _overwrite: bool) -> Result<BackupReport> {
        Err(Error::new(
            ErrorKind::Unsupported,
            "a database on a server is copied with the server's own means, such as \
             `pg_dump --schema=floorjobs`",
        ))
    }

    fn server(&self) -> Result<Server> {
        self.read(|at| server::server(at, &self.url))
    }
}
