//! A copy of the database while it is in use.
//!
//! SQLite's backup API copies the pages of one moment: a reading transaction is open all the
//! while, so that writers go on and the copy never has to begin anew. `VACUUM INTO` would do the
//! same in one statement, but rebuilds every index, which takes several times as long, and cannot
//! stop for a fork between two pages. While a reader holds a moment, the log cannot be emptied, and
//! grows by what is written meanwhile.
//!
//! The copy is written under another name, synced, and only then named.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::super::BackupReport;
use super::aside::Aside;
use super::fault::{Fault, Op};
use super::file_system::folder_of;
use crate::error::{Error, ErrorKind, Result};
use crate::job::OwnerId;

/// Between so many pages the copying looks whether a fork waits: about a megabyte.
const PAGES: i32 = 256;

/// Where a copy goes, and under which name it is written.
pub(super) struct Target {
    path: PathBuf,
    partial: PathBuf,
    overwrite: bool,
}

impl Target {
    /// Checks that a copy of `database` may be named `path`.
    pub(super) fn new(database: &Path, path: &Path, overwrite: bool) -> Result<Target> {
        let path = std::path::absolute(path).map_err(|error| failed("find", path, error))?;
        let Some(name) = path.file_name() else {
            return Err(refused(&path, "is not the name of a file"));
        };
        // SQLite would only say that it cannot open the copy, as if the database were at fault.
        if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
            return Err(refused(folder, "is not a folder; make it first"));
        }
        // Looking at a file opens it not, which would drop SQLite's locks on it.
        let same = |file: &Path| match (fs::metadata(file), fs::metadata(&path)) {
            (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
            _ => false,
        };
        let own = ["", "-wal", "-shm", "-wake"].map(|suffix| beside(database, suffix));
        if own.iter().any(|file| *file == path || same(file)) {
            return Err(refused(&path, "belongs to the database itself"));
        }
        if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
            return Err(refused(&path, "is there and is not a file"));
        }
        if !overwrite && fs::symlink_metadata(&path).is_ok() {
            return Err(exists(&path));
        }
        for suffix in ["-wal", "-journal"] {
            // SQLite would take it for a part of the copy and ruin it.
            let leftover = beside(&path, suffix);
            if fs::metadata(&leftover).is_ok_and(|found| found.len() > 0) {
                let what = "is left of another database; remove that one with all its files first";
                return Err(refused(&leftover, what));
            }
        }
        let mut partial = OsString::from(".");
        partial.push(name);
        partial.push(format!(".{}.partial", OwnerId::generate()));
        Ok(Target {
            partial: path.with_file_name(partial),
            path,
            overwrite,
        })
    }

    /// Copies what is committed now; begins anew when it is called again.
    pub(super) fn copy(&self, from: &Connection, aside: &Aside) -> Op<()> {
        self.discard();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut to = Connection::open_with_flags(&self.partial, flags)?;
        // Nobody reads it before it is whole, and it is synced then.
        to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
        let moment = from.unchecked_transaction()?;
        moment.query_row("SELECT count(*) FROM meta", [], |_| Ok(()))?;
        let backup = Backup::new(&moment, &mut to)?;
        loop {
            aside.stop()?;
            match backup.step(PAGES)? {
                StepResult::Done => break,
                StepResult::More => {}
                // The moment is ours and the copy nobody else's.
                _ => {
                    let message = "the job database could not be read for a backup";
                    return Err(Fault::Rule(Error::new(ErrorKind::Unavailable, message)));
                }
            }
        }
        drop(backup);
        drop(moment);
        to.close().map_err(|(_, error)| Fault::Sql(error))?;
        Ok(())
    }

    /// Gives the finished copy its name.
    pub(super) fn publish(&self) -> Result<BackupReport> {
        let bytes = self
            .named()
            .map_err(|error| match (error.kind(), self.overwrite) {
                (io::ErrorKind::AlreadyExists, false) => exists(&self.path),
                _ => failed("write", &self.path, error),
            })?;
        Ok(BackupReport {
            path: self.path.clone(),
            bytes,
        })
    }

    fn named(&self) -> io::Result<u64> {
        let copy = File::open(&self.partial)?;
        copy.sync_all()?;
        let bytes = copy.metadata()?.len();
        drop(copy);
        if self.overwrite {
            fs::rename(&self.partial, &self.path)?;
        } else {
            // Unlike a renaming, a link takes nothing's place, whoever else writes there.
            match fs::hard_link(&self.partial, &self.path) {
                Ok(()) => fs::remove_file(&self.partial)?,
                // A file system without links: the name was free a moment ago.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    fs::rename(&self.partial, &self.path)?;
                }
                Err(error) => return Err(error),
            }
        }
        File::open(folder_of(&self.path))?.sync_all()?;
        Ok(bytes)
    }

    /// Removes what was written so far.
    pub(super) fn discard(&self) {
        // What cannot be removed has a name that nobody takes for a backup.
        let _ = fs::remove_file(&self.partial);
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn refused(path: &Path, why: &str) -> Error {
    Error::invalid_field("path", format!("`{}` {why}", path.display()))
}

fn exists(path: &Path) -> Error {
    refused(path, "exists; with `overwrite` it is replaced")
}

fn failed(verb: &str, path: &Path, cause: io::Error) -> Error {
    let message = format!("cannot {verb} the backup `{}`", path.display());
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}
