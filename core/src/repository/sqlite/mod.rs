//! The repository in one SQLite file, for one machine.
//!
//! Write-ahead log, `BEGIN IMMEDIATE` for every write, and group commit: writers that come at
//! the same time share one sync. Enqueue and finish survive a power cut unless the options say
//! otherwise; claims, beats and progress survive the end of every process, and since the log is
//! durable as a prefix, what follows them never is without them.
//!
//! No other copy of SQLite may open the file in the same process: closing it would drop the
//! locks of this one.

mod aside;
mod ask;
mod backup;
mod beat;
mod catalogue;
mod change;
mod claim;
mod connection;
mod database;
mod design;
mod doubt;
mod enqueue;
mod fault;
mod file_system;
mod finish;
mod group;
mod integrity;
mod list;
mod log_sync;
mod migrate;
mod prune;
mod reap;
mod rows;
mod situation;
mod stats;
mod storage;
mod unreadable;
mod waiting;
mod workers;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::rules::write_of;
use super::{
    AttemptSample, BackupReport, Bom, CatalogueChange, Claim, Counts, Enqueue, Enqueued, Exchanged,
    Finish, Floorplan, Heartbeat, Held, Layout, ListJobs, Migrated, Owner, Prune, QueueStats, Reap,
    Reaped, Repository, Situation, Storage, WorkerLoad, WorkerRow,
};
use crate::bom::Catalogue;
use crate::clock::Clock;
use crate::error::Result;
use crate::job::{Attempt, Fence, Job, JobId, Kind, OwnerId, QueueName, Timestamp};
use crate::sys::crash_point::{Point, Write, reach};
use claim::Moment;
use database::Database;

pub use connection::Durability;

/// How a SQLite repository is opened.
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    /// What an acknowledged enqueue or finish survives.
    pub durability: Durability,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// The name of the boot that leases are measured in.
    pub boot_id: String,
}

impl Default for SqliteOptions {
    /// Durable over a power cut, on the clocks of this machine.
    fn default() -> SqliteOptions {
        SqliteOptions {
            durability: Durability::Power,
            clock: Arc::new(crate::clock::SystemClock),
            boot_id: crate::sys::process::boot_id().unwrap_or_default(),
        }
    }
}

/// The repository in one SQLite file. Clones share its connections.
#[derive(Debug, Clone)]
pub struct SqliteRepository {
    database: Arc<Database>,
    options: SqliteOptions,
}

impl SqliteRepository {
    /// Opens the file at `path`, made if it is not there, and brings its schema up to date.
    ///
    /// # Errors
    /// `unavailable` when the file cannot be opened; `unsupported` on a network file system or
    /// for a schema newer than this program; `invalid_input` for another program's database.
    pub fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<SqliteRepository> {
        Ok(SqliteRepository {
            database: Database::open(path.as_ref())?,
            options,
        })
    }

    /// Brings the schema of the file at `path` up to date, as [`open`](Self::open) does.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn migrate(path: impl AsRef<Path>) -> Result<Migrated> {
        let path = path.as_ref();
        let from = match path.exists() {
            true => connection::open(path).and_then(|file| migrate::found(&file))?,
            false => 0,
        };
        Database::open(path)?;
        Ok(Migrated {
            from,
            to: migrate::known_version().max(from),
        })
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        self.database.path()
    }

    /// A write that may be lost in a power cut with whatever came after it.
    fn write<T: Send + 'static>(
        &self,
        what: Write,
        operation: impl Fn(&rusqlite::Connection, Moment<'_>) -> fault::Op<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(Durability::Process, what, operation)
    }

    fn write_as<T: Send + 'static>(
        &self,
        durability: Durability,
        what: Write,
        operation: impl Fn(&rusqlite::Connection, Moment<'_>) -> fault::Op<T> + Send + 'static,
    ) -> Result<T> {
        let options = self.options.clone();
        let written = self.database.write(durability, move |connection| {
            let answer = operation(connection, options.moment());
            reach(Point::BeforeCommit(what));
            answer
        })?;
        reach(Point::AfterCommit(what));
        Ok(written)
    }

    fn read<T>(
        &self,
        question: impl FnOnce(&rusqlite::Connection, Moment<'_>) -> fault::Op<T>,
    ) -> Result<T> {
        self.database
            .read(|connection| question(connection, self.options.moment()))
    }
}

impl SqliteOptions {
    /// The time as of now: read under the lock, so that it is not older than what was waited for.
    fn moment(&self) -> Moment<'_> {
        Moment {
            now: self.clock.now(),
            boot_now: self.clock.boot_micros(),
            boot_id: &self.boot_id,
        }
    }
}

impl Repository for SqliteRepository {
    fn enqueue(&self, requests: &[Enqueue]) -> Result<Vec<Enqueued>> {
        let requests = requests.to_vec();
        self.write_as(
            self.options.durability,
            Write::Enqueue,
            move |connection, at| enqueue::enqueue_all(connection, &requests, at.now),
        )
    }

    fn claim(&self, request: &Claim) -> Result<Vec<Job>> {
        // One transaction may find nothing and yet have got further: past a portion of
        // delayed jobs of other kinds, or past jobs that cannot be read.
        while self.read(|connection, at| claim::has_work(connection, request, at.now))? {
            let wanted = request.clone();
            let claimed = self.write(Write::Claim, move |connection, at| {
                claim::claim(connection, &wanted, at)
            })?;
            if !claimed.is_empty() || request.limit == 0 {
                return Ok(claimed);
            }
        }
        Ok(Vec::new())
    }

    fn claim_one(&self, job: JobId, owner: &Owner, lease: Duration) -> Result<Job> {
        let owner = owner.clone();
        self.write(Write::ClaimOne, move |connection, at| {
            claim::claim_one(connection, job, &owner, lease, at)
        })
    }

    fn heartbeat(&self, heartbeat: &Heartbeat) -> Result<Vec<Held>> {
        let heartbeat = heartbeat.clone();
        self.write(Write::Heartbeat, move |connection, at| {
            beat::heartbeat(connection, &heartbeat, at)
        })
    }

    fn finish(&self, request: &Finish) -> Result<Job> {
        let request = request.clone();
        let what = write_of(&request.ending);
        self.write_as(self.options.durability, what, move |connection, at| {
            finish::finish(connection, &request, at.now)
        })
    }

    fn finish_and_claim(&self, finishes: Arc<[Finish]>, claim: &Claim) -> Result<Exchanged> {
        let claim = claim.clone();
        let what = finishes
            .first()
            .map_or(Write::Claim, |first| write_of(&first.ending));
        self.write_as(self.options.durability, what, move |connection, at| {
            let ended = finish::finish_each(connection, &finishes, at.now)?;
            let started = claim::claim(connection, &claim.in_place_of(&ended), at)?;
            Ok(Exchanged { ended, started })
        })
    }

    fn checkpoint(&self, fence: &Fence, value: &Value) -> Result<()> {
        let (fence, value) = (*fence, value.clone());
        self.write(Write::Checkpoint, move |connection, at| {
            finish::checkpoint(connection, &fence, &value, at.now)
        })
    }

    fn release_strays(&self, owner: OwnerId, held: &[Fence]) -> Result<usize> {
        let held = held.to_vec();
        self.write(Write::ReleaseStrays, move |connection, at| {
            finish::release_strays(connection, owner, &held, at.now)
        })
    }

    fn reap(&self, request: &Reap) -> Result<Vec<Reaped>> {
        if !self.read(|connection, at| reap::has_expired(connection, request, at))? {
            return Ok(Vec::new());
        }
        let request = request.clone();
        self.write_as(
            self.options.durability,
            Write::Reap,
            move |connection, at| reap::reap(connection, &request, at),
        )
    }

    fn cancel(&self, job: JobId) -> Result<Job> {
        self.write_as(
            self.options.durability,
            Write::Cancel,
            move |connection, at| change::cancel(connection, job, at.now),
        )
    }

    fn retry(&self, job: JobId) -> Result<Job> {
        self.write_as(
            self.options.durability,
            Write::Retry,
            move |connection, at| change::retry(connection, job, at.now),
        )
    }

    fn make_due(&self, job: JobId) -> Result<Job> {
        self.write_as(
            self.options.durability,
            Write::MakeDue,
            move |connection, at| change::make_due(connection, job, at.now),
        )
    }

    fn pause(&self, queue: &QueueName) -> Result<()> {
        let queue = queue.clone();
        self.write_as(
            self.options.durability,
            Write::Pause,
            move |connection, at| waiting::pause(connection, &queue, at.now),
        )
    }

    fn resume(&self, queue: &QueueName) -> Result<()> {
        let queue = queue.clone();
        self.write_as(
            self.options.durability,
            Write::Resume,
            move |connection, _| waiting::resume(connection, &queue),
        )
    }

    fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>> {
        self.read(|connection, _| waiting::paused(connection))
    }

    fn parents(&self, job: JobId) -> Result<Vec<JobId>> {
        self.read(|connection, _| waiting::parents(connection, job))
    }

    fn get(&self, job: JobId) -> Result<Job> {
        self.read(|connection, _| ask::get(connection, job))
    }

    fn list(&self, filter: &ListJobs) -> Result<Vec<Job>> {
        self.read(|connection, _| list::list(connection, filter))
    }

    fn attempts(&self, job: JobId) -> Result<Vec<Attempt>> {
        self.read(|connection, _| ask::attempts(connection, job))
    }

    fn floorplan(&self, id: i64) -> Result<Floorplan> {
        self.read(|connection, _| ask::floorplan(connection, id))
    }

    fn layout(&self, id: i64) -> Result<Layout> {
        self.read(|connection, _| design::layout(connection, id))
    }

    fn bom(&self, id: i64) -> Result<Bom> {
        self.read(|connection, _| design::bom(connection, id))
    }

    fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        self.read(|connection, _| design::newest_bom(connection, floorplan_id))
    }

    fn catalogue(&self) -> Result<Option<Catalogue>> {
        self.read(|connection, _| catalogue::stored(connection))
    }

    fn change_catalogue(&self, change: &CatalogueChange) -> Result<()> {
        let change = change.clone();
        self.write_as(
            self.options.durability,
            Write::ChangeCatalogue,
            move |connection, _| catalogue::change(connection, &change),
        )
    }

    fn counts(&self, queues: &[QueueName]) -> Result<Counts> {
        self.read(|connection, at| ask::counts(connection, queues, at.now))
    }

    fn stats(&self) -> Result<Vec<QueueStats>> {
        self.database
            .count(|connection| stats::stats(connection, self.options.moment().now))
    }

    fn position(&self, job: JobId) -> Result<Option<u64>> {
        self.read(|connection, at| stats::position(connection, job, at.now))
    }

    fn situation(&self, job: JobId) -> Result<Situation> {
        self.read(|connection, at| situation::situation(connection, job, at.now))
    }

    fn recent_runs(&self, kind: &Kind, limit: usize) -> Result<Vec<Duration>> {
        self.read(|connection, _| stats::recent_runs(connection, kind, limit))
    }

    fn recent_attempts(&self, limit: usize) -> Result<Vec<AttemptSample>> {
        self.read(|connection, _| stats::recent_attempts(connection, limit))
    }

    fn queued_kinds(&self) -> Result<Vec<(QueueName, Kind, u64)>> {
        self.database.count(stats::queued_kinds)
    }

    fn latest_moment(&self) -> Result<Option<Timestamp>> {
        self.read(|connection, _| stats::latest_moment(connection))
    }

    fn prune(&self, request: &Prune) -> Result<usize> {
        if !self.read(|connection, _| prune::has_old(connection, request))? {
            return Ok(0);
        }
        let request = *request;
        self.write(Write::Prune, move |connection, at| {
            prune::prune(connection, &request, at.now)
        })
    }

    fn unreferenced(&self, blobs: &[String]) -> Result<Vec<String>> {
        self.read(|connection, _| prune::unreferenced(connection, blobs))
    }

    fn references(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>> {
        self.read(|connection, _| prune::references(connection, after, limit))
    }

    fn next_run_at(&self, queues: &[QueueName]) -> Result<Option<Timestamp>> {
        self.read(|connection, at| ask::next_run_at(connection, queues, at.now))
    }

    fn ready_queues(&self) -> Result<Vec<QueueName>> {
        self.read(|connection, at| waiting::ready_queues(connection, at.now))
    }

    fn identity(&self) -> Result<String> {
        self.read(|connection, _| migrate::identity(connection))
    }

    fn register_worker(&self, worker: &WorkerRow) -> Result<()> {
        let worker = worker.clone();
        self.write(Write::RegisterWorker, move |connection, _| {
            workers::register(connection, &worker)
        })
    }

    fn remove_worker(&self, owner: OwnerId) -> Result<()> {
        self.write(Write::RemoveWorker, move |connection, _| {
            workers::remove(connection, owner)
        })
    }

    fn workers(&self) -> Result<Vec<WorkerRow>> {
        self.read(|connection, _| workers::list(connection))
    }

    fn loads(&self) -> Result<Vec<WorkerLoad>> {
        self.read(|connection, _| {
            // What the steps find must be of one moment.
            situation::loads(&*connection.unchecked_transaction()?)
        })
    }

    fn running_owners(&self) -> Result<Vec<Owner>> {
        self.read(|connection, _| workers::running_owners(connection))
    }

    fn change_counter(&self) -> Result<i64> {
        self.read(|connection, _| {
            Ok(connection
                .prepare_cached("PRAGMA data_version")?
                .query_row([], |row| row.get(0))?)
        })
    }

    fn check_health(&self) -> Result<()> {
        self.read(|connection, _| {
            connection.query_row("SELECT count(*) FROM meta", [], |row| row.get::<_, i64>(0))?;
            Ok(())
        })?;
        // Written and taken back within one transaction: it changes nothing, and fails when the
        // write lock cannot be had or the disk is full.
        self.write(Write::Probe, |connection, _| {
            connection.execute_batch(
                "INSERT INTO meta (key, value) VALUES ('health', 0);
                 DELETE FROM meta WHERE key = 'health'",
            )?;
            Ok(())
        })
    }

    fn integrity_problems(&self) -> Result<Vec<String>> {
        self.database
            .read_aside(|connection, _| integrity::problems(connection))
    }

    fn backup(&self, path: &Path, overwrite: bool) -> Result<BackupReport> {
        let target = backup::Target::new(self.path(), path, overwrite)?;
        let copied = self
            .database
            .read_aside(|connection, aside| target.copy(connection, aside));
        copied
            .and_then(|()| target.publish())
            .inspect_err(|_| target.discard())
    }

    fn storage(&self) -> Result<Storage> {
        self.read(|connection, _| storage::storage(connection, self.path()))
    }
}
