//! What a failed sync leaves behind.
//!
//! When a sync of the log fails, the system may have dropped everything in it that was not on the
//! disk yet, commits of others included, and takes it for written: the next sync succeeds and
//! brings none of it back, though every process still reads it. A commit that is acknowledged
//! after that would stand behind a gap, and be lost with it in a power cut; a copy of the log into
//! the database that is cut off would leave half of what no log completes. So before anything else
//! is committed, the log is written once more, byte for byte, and synced.
//!
//! Linux tells each process that has the log open of the failure once, at its own next sync, so
//! every one of them does this.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::Wal;
use rusqlite::{Connection, ffi};

use super::fault::{Fault, Op};
use crate::error::{Error, ErrorKind};

/// The length of the log at which it is copied into the database: SQLite's own choice.
const COPIED_AT_PAGES: i32 = 1_000;

/// Whether the log of one database may have gaps on the disk.
#[derive(Debug, Clone)]
pub(super) struct LogDoubt {
    log: PathBuf,
    in_doubt: Arc<AtomicBool>,
}

impl LogDoubt {
    pub(super) fn of_database(path: &Path) -> LogDoubt {
        let mut name = OsString::from(path);
        name.push("-wal");
        LogDoubt {
            log: PathBuf::from(name),
            in_doubt: Arc::default(),
        }
    }

    /// Copies the log into the database after commits that make it long, in place of SQLite, which
    /// would do the same and keep quiet about a sync that fails.
    pub(super) fn watch(&self, connection: &mut Connection) -> Op<()> {
        let doubt = self.clone();
        connection.wal_hook(Some(move |log: &mut Wal, pages| {
            if pages >= COPIED_AT_PAGES
                && let Err(error) = log.checkpoint()
            {
                doubt.note_error(&error);
            }
            // The commit stands, whatever became of the copy; the next one tries again.
            Ok(())
        }))?;
        Ok(())
    }

    /// Takes note of what a transaction failed with.
    pub(super) fn note(&self, fault: &Fault) {
        if let Fault::Sql(error) = fault {
            self.note_error(error);
        }
    }

    fn note_error(&self, error: &rusqlite::Error) {
        if let rusqlite::Error::SqliteFailure(error, _) = error
            && matches!(
                error.extended_code,
                ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC
            )
        {
            self.open();
        }
    }

    /// Takes note of a sync that failed.
    pub(super) fn open(&self) {
        self.in_doubt.store(true, Ordering::Release);
    }

    /// Whether a sync failed and the log has not been written once more since.
    pub(super) fn is_open(&self) -> bool {
        self.in_doubt.load(Ordering::Acquire)
    }

    /// The log.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Makes the log whole if it is in doubt. The caller holds the write lock of the database, so
    /// that nobody else writes to the log meanwhile; who reads it sees the bytes that were there.
    pub(super) fn settle(&self) -> Op<()> {
        if !self.is_open() {
            return Ok(());
        }
        write_again(&self.log).map_err(|error| {
            let message = "the log of the job database could not be synced, nor written again";
            Fault::Rule(Error::new(ErrorKind::Unavailable, message).with_source(error))
        })?;
        self.in_doubt.store(false, Ordering::Release);
        Ok(())
    }
}

/// Writes what is in a file to where it is, and syncs it.
///
/// A descriptor of our own may be opened and closed here: SQLite holds no lock on its log.
fn write_again(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut part = vec![0; 64 << 10];
    let mut offset = 0;
    loop {
        let length = file.read_at(&mut part, offset)?;
        let Some(read) = part.get(..length).filter(|read| !read.is_empty()) else {
            break;
        };
        file.write_all_at(read, offset)?;
        offset += read.len() as u64;
    }
    file.sync_all()?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(extended_code: i32) -> Fault {
        let error = ffi::Error::new(extended_code);
        Fault::Sql(rusqlite::Error::SqliteFailure(error, None))
    }

    #[test]
    fn only_a_failed_sync_puts_the_log_in_doubt() {
        let folder = tempfile::tempdir().unwrap();
        let doubt = LogDoubt::of_database(&folder.path().join("jobs.db"));
        doubt.note(&failure(ffi::SQLITE_FULL));
        doubt.settle().unwrap();
        doubt.note(&failure(ffi::SQLITE_IOERR_FSYNC));
        // There is no log to be written again here, so nothing may be committed.
        doubt.settle().unwrap_err();
        doubt.settle().unwrap_err();
        let log = folder.path().join("jobs.db-wal");
        let content: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
        std::fs::write(&log, &content).unwrap();
        doubt.settle().unwrap();
        assert_eq!(std::fs::read(&log).unwrap(), content);
        std::fs::remove_file(&log).unwrap();
        doubt.settle().unwrap();
    }
}
