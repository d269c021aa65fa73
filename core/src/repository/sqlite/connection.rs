//! Opening a connection: the file, the pragmas, and proof that they took hold.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::super::{FileSystem, FileSystemNature};
use super::fault::{Fault, Op, is_busy};
use super::file_system::file_system;
use super::storage::pragma;
use crate::error::{Error, ErrorKind};

/// How much a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Durability {
    /// The end of every process, but not a power cut.
    Process,
    /// A power cut too.
    #[default]
    Power,
}

/// More than there are, so that none is prepared twice.
const STATEMENTS_KEPT: usize = 256;

/// Opens the database file, made if it is not there, and sets it up.
pub(super) fn open(path: &Path) -> Op<Connection> {
    refuse_network_file_system(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.busy_handler(Some(wait_for_lock))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // Whoever closes last would otherwise stop to copy the log, in a request perhaps.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // Plans do not depend on what is bound, or a statement with `LIMIT ?` would be planned anew
    // each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    use_write_ahead_log(&connection)?;
    connection.execute_batch(
        "PRAGMA foreign_keys = ON;
         PRAGMA synchronous = NORMAL;
         PRAGMA temp_store = MEMORY;
         PRAGMA journal_size_limit = 67108864;
         PRAGMA cache_size = -8192;",
    )?;
    expect_pragma(&connection, "foreign_keys", "1")?;
    expect_pragma(&connection, "synchronous", "1")?;
    Ok(connection)
}

/// Switches to the log and checks that the file really is in it.
///
/// Two processes that make the same file at once both switch, and SQLite calls no busy handler
/// for that; so the waiting is done here.
fn use_write_ahead_log(connection: &Connection) -> Op<()> {
    for round in 0.. {
        let mode = connection.query_row("PRAGMA journal_mode = WAL", [], |row| {
            row.get::<_, String>(0)
        });
        match mode {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => {
                return Err(Fault::Rule(Error::new(
                    ErrorKind::Unsupported,
                    format!("the job database stays in journal mode `{mode}`; it needs `wal`"),
                )));
            }
            Err(error) if is_busy(&error) && wait_for_lock(round) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Checks that a pragma took hold.
fn expect_pragma(connection: &Connection, name: &str, wanted: &str) -> Op<()> {
    let found = pragma(connection, name)?;
    if found == wanted {
        return Ok(());
    }
    Err(Fault::Rule(Error::new(
        ErrorKind::Unsupported,
        format!("the job database has {name} = {found}; it needs {wanted}"),
    )))
}

/// Waits a little for another connection's lock; false when it has been long enough.
///
/// SQLite's own handler sleeps in steps of up to 100 ms, an age for a lock that is held for the
/// time of one sync. The steps here add up to ten seconds.
fn wait_for_lock(round: i32) -> bool {
    let step = match round {
        0..20 => Duration::from_micros(100),
        20..120 => Duration::from_millis(1),
        120..2_100 => Duration::from_millis(5),
        _ => return false,
    };
    std::thread::sleep(step);
    true
}

/// Locks and shared memory do not work over a network, and a log there corrupts the database.
///
/// A folder that is not there is reported by the opening, in better words.
fn refuse_network_file_system(path: &Path) -> Op<()> {
    match file_system(path) {
        Some(FileSystem {
            name,
            nature: FileSystemNature::Network,
        }) => Err(Fault::Rule(Error::new(
            ErrorKind::Unsupported,
            format!(
                "`{}` is on a network file system ({name}), where SQLite loses data; use \
                 a local disk, or PostgreSQL for several machines",
                path.display()
            ),
        ))),
        _ => Ok(()),
    }
}

/// How many steps of SQLite's machine a question to the file at `path` takes.
#[cfg(test)]
pub(super) fn steps_of<T>(path: &Path, question: impl FnOnce(&Connection) -> Op<T>) -> (T, usize) {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let mut connection = open(path).unwrap();
    let steps = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(1, Some(count)).unwrap();
    let answer = question(&connection).unwrap();
    (answer, steps.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pragmas_are_set_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder.path().join("jobs.db")).unwrap();
        expect_pragma(&connection, "journal_mode", "wal").unwrap();
        assert!(expect_pragma(&connection, "synchronous", "0").is_err());
    }

    #[test]
    fn a_statement_is_planned_once_whatever_is_bound() {
        let folder = tempfile::tempdir().unwrap();
        let connection = open(&folder.path().join("jobs.db")).unwrap();
        connection
            .execute_batch("CREATE TABLE notes (text TEXT)")
            .unwrap();
        let mut statement = connection
            .prepare("SELECT text FROM notes ORDER BY text LIMIT ?1")
            .unwrap();
        for limit in 1..10 {
            assert!(statement.query([limit]).unwrap().next().unwrap().is_none());
        }
        let planned_again = statement.get_status(rusqlite::StatementStatus::RePrepare);
        assert_eq!(planned_again, 0);
    }

    #[test]
    fn waiting_for_a_lock_ends_after_about_ten_seconds() {
        let total: u64 = 20 * 100 + 100 * 1_000 + 1_980 * 5_000;
        assert!((9_000_000..=11_000_000).contains(&total));
        assert!(!wait_for_lock(2_100));
    }

    #[test]
    fn a_folder_that_is_missing_is_unavailable() {
        let folder = tempfile::tempdir().unwrap();
        let fault = open(&folder.path().join("no/such/jobs.db")).unwrap_err();
        assert_eq!(Error::from(fault).kind(), ErrorKind::Unavailable);
    }
}
