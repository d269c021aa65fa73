//! A folder with a database, ours and bare.

use std::path::PathBuf;
use std::sync::Arc;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{JobId, QueueName};
use floorjobs_core::repository::{
    Durability, Enqueue, Repository, SqliteOptions, SqliteRepository,
};
use floorjobs_core::settings::Overrides;
use floorjobs_core::{Client, NewJob, Settings};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// A folder with one database file, gone when it is dropped.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) durability: Durability,
}

pub(crate) const BOTH: [Durability; 2] = [Durability::Process, Durability::Power];

/// What SQLite calls it.
pub(crate) fn name(durability: Durability) -> &'static str {
    match durability {
        Durability::Process => "NORMAL",
        Durability::Power => "FULL",
    }
}

impl Place {
    pub(crate) fn new(durability: Durability) -> Place {
        let folder = tempfile::tempdir().unwrap();
        Place { folder, durability }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("jobs.db")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite:///{}", self.database().display())
    }

    pub(crate) fn repository(&self) -> Arc<SqliteRepository> {
        let options = SqliteOptions {
            durability: self.durability,
            ..SqliteOptions::default()
        };
        Arc::new(SqliteRepository::open(self.database(), options).unwrap())
    }

    pub(crate) fn client(&self) -> Client {
        self.client_with("")
    }

    /// A client that writes hints to this Redis, if it is one.
    pub(crate) fn client_with(&self, redis: &str) -> Client {
        let word = match self.durability {
            Durability::Process => "process",
            Durability::Power => "power",
        };
        let overrides = Overrides {
            database_url: Some(self.url()),
            durability: Some(word.to_owned()),
            redis_url: Some(redis.to_owned()),
            ..Overrides::default()
        };
        Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap()
    }

    /// A connection that knows nothing of us, on a file with our schema and our log, so that
    /// what differs is only what we do.
    pub(crate) fn bare(&self) -> Connection {
        drop(self.repository());
        let connection = Connection::open(self.database()).unwrap();
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
            .unwrap();
        // As ours do, so that no statement is planned twice.
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
            .unwrap();
        connection
            .execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; PRAGMA foreign_keys = ON; \
                 PRAGMA cache_size = -8192;",
                name(self.durability)
            ))
            .unwrap();
        connection.set_prepared_statement_cache_capacity(64);
        connection
    }
}

/// A request for a job that does nothing.
pub(crate) fn noop() -> Enqueue {
    Enqueue {
        id: JobId::generate(SystemClock.now()),
        job: NewJob::new("noop").unwrap().payload(payload()),
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    }
}

pub(crate) fn payload() -> serde_json::Value {
    serde_json::json!({"page": 1, "path": "plans/ground-floor.pdf"})
}

/// Stores jobs that do nothing, many at once.
pub(crate) fn fill(repository: &dyn Repository, count: usize) {
    let mut left = count;
    while left > 0 {
        let some = left.min(1_000);
        let mut requests: Vec<_> = (0..some).map(|_| noop()).collect();
        requests.sort_by_key(|request| request.id);
        repository.enqueue(&requests).unwrap();
        left -= some;
    }
}
