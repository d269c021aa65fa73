//! Syncing the log after commits that must survive a power cut.
//!
//! SQLite could do it inside of the commit (`synchronous = FULL`), and would hold the connection
//! meanwhile; done here, the next batch is written to the log while the disk takes the one before.
//! It is the same `fdatasync` of the same file, and nobody is answered before it: a log is durable
//! as a prefix, so whatever was written before a sync begins is on the disk when it ends.

use std::fs::{File, OpenOptions};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::doubt::LogDoubt;
use super::fault::{Fault, Op};
use super::group::lock;
use crate::error::{Error, ErrorKind};

/// A commit, by its place among those of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Commit(u64);

/// The log of one database, as far as this process has synced it.
#[derive(Debug)]
pub(super) struct LogSync {
    doubt: LogDoubt,
    committed: AtomicU64,
    log: Arc<Mutex<OpenLog>>,
}

/// One sync at a time: whether it failed must be known before anybody is answered by the next.
#[derive(Debug, Default)]
pub(super) struct OpenLog {
    file: Option<File>,
    synced: u64,
}

impl LogSync {
    pub(super) fn new(doubt: LogDoubt) -> LogSync {
        LogSync {
            doubt,
            committed: AtomicU64::new(0),
            log: Arc::default(),
        }
    }

    /// Notes that the caller, who still holds the connection, has committed.
    pub(super) fn committed(&self) -> Commit {
        Commit(self.committed.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Returns when the commit is on the disk, with all before it.
    ///
    /// # Errors
    /// `unavailable` when the disk refused: the commit is there for everyone to read, and may be
    /// gone after a power cut until the log has been written once more ([`LogDoubt`]).
    pub(super) fn sync(&self, commit: Commit) -> Op<()> {
        let mut log = lock(&self.log);
        if log.synced >= commit.0 {
            return Ok(());
        }
        // What another one's sync failed on may have been part of this commit, and the system
        // would not tell again.
        if self.doubt.is_open() {
            return Err(not_synced(None));
        }
        let covers = self.committed.load(Ordering::SeqCst);
        match log.sync(&self.doubt) {
            Ok(()) => {
                log.synced = covers;
                Ok(())
            }
            Err(error) => {
                self.doubt.open();
                Err(not_synced(Some(error)))
            }
        }
    }

    /// The file, for a fork to hold and to close.
    pub(super) fn log(&self) -> &Arc<Mutex<OpenLog>> {
        &self.log
    }
}

impl OpenLog {
    /// A descriptor of our own may be opened and closed: SQLite holds no lock on its log, and
    /// nobody removes it while the connection is open.
    fn sync(&mut self, doubt: &LogDoubt) -> io::Result<()> {
        match &self.file {
            Some(file) => file.sync_data(),
            None => {
                let file = OpenOptions::new().write(true).open(doubt.log())?;
                file.sync_data()?;
                // Its name as well, which may be as new as what is in it.
                if let Some(folder) = doubt.log().parent() {
                    File::open(folder)?.sync_all()?;
                }
                self.file = Some(file);
                Ok(())
            }
        }
    }

    /// Closes the file; the next sync opens it anew.
    pub(super) fn close(&mut self) {
        self.file = None;
    }
}

fn not_synced(error: Option<io::Error>) -> Fault {
    let failed = Error::new(
        ErrorKind::Unavailable,
        "the log of the job database could not be synced",
    );
    Fault::Rule(match error {
        Some(error) => failed.with_source(error),
        None => failed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sync_covers_what_was_committed_before_it_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let doubt = LogDoubt::of_database(&path);
        let sync = LogSync::new(doubt.clone());
        let (first, second) = (sync.committed(), sync.committed());
        assert!(sync.sync(first).is_err(), "there is no log");
        assert!(doubt.is_open());
        std::fs::write(doubt.log(), b"frames").unwrap();
        assert!(sync.sync(second).is_err(), "the log is still in doubt");
        doubt.settle().unwrap();
        sync.sync(first).unwrap();
        // Already covered: the disk is not asked again.
        std::fs::remove_file(doubt.log()).unwrap();
        lock(sync.log()).close();
        sync.sync(second).unwrap();
        let third = sync.committed();
        assert!(sync.sync(third).is_err());
    }
}
