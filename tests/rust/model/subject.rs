//! The repositories that are held against the oracle.

use std::cell::Cell;
use std::sync::Arc;

use floorjobs_core::clock::ManualClock;
use floorjobs_core::repository::{
    Durability, PostgresOptions, PostgresRepository, PostgresUrl, Repository, SqliteOptions,
    SqliteRepository,
};
use rusqlite::Connection;

use crate::servers::Database;

/// A database that is used for one sequence after the other.
pub(super) trait Subject {
    /// Removes everything, ids that were given out included.
    fn empty(&self);

    /// Makes up for what a refused call may leave behind, which is nothing but gaps in the ids of
    /// floor plans, layouts and bills.
    fn close_gaps(&self);

    /// The repository, as a process that has just begun sees it.
    fn open(&self) -> Arc<dyn Repository>;

    /// Starts the machine of the callers anew; whether that ends all leases.
    fn reboot(&self) -> bool;
}

/// A file. Its leases are measured by the clock that begins again when the machine does.
pub(super) struct Sqlite {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    emptier: Connection,
    boots: Cell<u32>,
}

/// So many transactions are not worth a sync each.
fn in_memory_folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

impl Sqlite {
    pub(super) fn new(clock: Arc<ManualClock>) -> Sqlite {
        let folder = in_memory_folder();
        let path = folder.path().join("jobs.db");
        drop(SqliteRepository::open(&path, SqliteOptions::default()).unwrap());
        Sqlite {
            folder,
            clock,
            emptier: Connection::open(path).unwrap(),
            boots: Cell::new(0),
        }
    }
}

impl Subject for Sqlite {
    fn empty(&self) {
        let mut tables = self
            .emptier
            .prepare_cached(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name != 'meta'",
            )
            .unwrap();
        let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut all = "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE;".to_owned();
        for table in tables {
            all.push_str(&format!("DELETE FROM {};", table.unwrap()));
        }
        all.push_str("COMMIT");
        self.emptier.execute_batch(&all).unwrap();
    }

    /// There are none: ids are rolled back with the rest.
    fn close_gaps(&self) {}

    fn open(&self) -> Arc<dyn Repository> {
        let options = SqliteOptions {
            durability: Durability::Process,
            clock: self.clock.clone(),
            boot_id: format!("boot {}", self.boots.get()),
        };
        let path = self.folder.path().join("jobs.db");
        Arc::new(SqliteRepository::open(path, options).unwrap())
    }

    fn reboot(&self) -> bool {
        self.boots.set(self.boots.get() + 1);
        true
    }
}

/// A database on a server. Leases are measured by the server's clock, which goes on when a machine
/// of its clients begins anew.
pub(super) struct Postgres {
    database: Database,
    clock: Arc<ManualClock>,
    emptier: std::cell::RefCell<postgres::Client>,
}

impl Postgres {
    pub(super) fn new(clock: Arc<ManualClock>) -> Option<Postgres> {
        let database = Database::migrated()?;
        let emptier = database.connect().into();
        Some(Postgres {
            database,
            clock,
            emptier,
        })
    }
}

impl Subject for Postgres {
    fn empty(&self) {
        // What was deleted would be in the way of the next sequences without a vacuum.
        let sql = "DO $$ DECLARE names text; BEGIN
             SELECT string_agg(format('floorjobs.%I', tablename), ', ') INTO names
                 FROM pg_tables WHERE schemaname = 'floorjobs' AND tablename <> 'meta';
             EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY'; END $$";
        self.emptier.borrow_mut().batch_execute(sql).unwrap();
    }

    /// No transaction waits for the ids of another, so none can be given back.
    fn close_gaps(&self) {
        let gapless = ["floorplans", "layouts", "boms"].map(|table| {
            format!(
                "SELECT setval(pg_get_serial_sequence('floorjobs.{table}', 'id'),
                     coalesce(max(id), 0) + 1, false) FROM floorjobs.{table};"
            )
        });
        let mut emptier = self.emptier.borrow_mut();
        emptier.batch_execute(&gapless.concat()).unwrap();
    }

    fn open(&self) -> Arc<dyn Repository> {
        let options = PostgresOptions {
            clock: Some(self.clock.clone()),
            ..PostgresOptions::default()
        };
        let url = PostgresUrl::parse(&self.database.url()).unwrap();
        Arc::new(PostgresRepository::open(&url, options).unwrap())
    }

    fn reboot(&self) -> bool {
        false
    }
}
