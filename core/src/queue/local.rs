//! Wake-ups between the processes that share one database file.
//!
//! A side file `<database>-wake` is touched after each commit that makes a job ready. Workers watch
//! it through inotify, which wakes them in well under a millisecond and costs nothing meanwhile.
//! Its content is never read or written. It is safe to delete: the next touch makes a new one, and
//! watchers find it.

mod watch;

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};

pub use watch::WakeWatch;

use crate::error::{Error, ErrorKind, Result};

/// The side file that belongs to a database file.
pub fn wake_path(database: &Path) -> PathBuf {
    let mut name = OsString::from(database);
    name.push("-wake");
    PathBuf::from(name)
}

/// Tells every waiting worker of the database that there may be work.
///
/// Holds no descriptor and no thread, so it can be used from anywhere, before and after a fork.
#[derive(Debug, Clone)]
pub struct Notifier {
    path: PathBuf,
}

impl Notifier {
    /// A notifier for the workers of the database file at `database`.
    pub fn of_database(database: &Path) -> Notifier {
        Notifier {
            path: wake_path(database),
        }
    }

    /// Touches the side file; call it after COMMIT, never before.
    ///
    /// One system call. An error ([`ErrorKind::Unavailable`]) is worth a log line at most: the job
    /// is stored, and workers find it by polling.
    pub fn notify(&self) -> Result<()> {
        touch(&self.path).map_err(|e| failed("touch", &self.path, e))
    }
}

fn touch(path: &Path) -> io::Result<()> {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: now,
        last_modification: now,
    };
    match utimensat(CWD, path, &times, AtFlags::empty()) {
        Err(rustix::io::Errno::NOENT) => {
            create(path)?;
            Ok(utimensat(CWD, path, &times, AtFlags::empty())?)
        }
        other => Ok(other?),
    }
}

fn create(path: &Path) -> io::Result<()> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map(drop)
}

fn failed(verb: &str, path: &Path, cause: io::Error) -> Error {
    let message = format!("cannot {verb} the wake-up file `{}`", path.display());
    Error::new(ErrorKind::Unavailable, message).with_source(cause)
}

/// How a worker waits for [`Notifier::notify`] of any process.
#[derive(Debug)]
pub enum Waiter {
    /// The side file is watched: wait until its descriptor is readable.
    Watching(WakeWatch),
    /// This system or its limits allow no watch: the worker must ask the database every 50 ms
    /// whether it has changed (`PRAGMA data_version`, some microseconds).
    Polling,
}

impl Waiter {
    /// Begins to watch the side file of `database`, creating it if need be.
    ///
    /// Ask the repository once after this and before the first wait: only what is notified from
    /// now on is seen.
    pub fn of_database(database: &Path) -> Waiter {
        match WakeWatch::new(wake_path(database)) {
            Ok(watch) => Waiter::Watching(watch),
            Err(_) => Waiter::Polling,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_file_lies_beside_the_database() {
        assert_eq!(
            wake_path(Path::new("/a/jobs.db")),
            Path::new("/a/jobs.db-wake")
        );
    }

    #[test]
    fn notifying_makes_the_side_file_and_leaves_it_empty() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("jobs.db");
        let notifier = Notifier::of_database(&database);
        notifier.notify().unwrap();
        notifier.notify().unwrap();
        assert_eq!(std::fs::metadata(wake_path(&database)).unwrap().len(), 0);
    }

    #[test]
    fn a_failure_is_unavailable_and_names_the_file() {
        let error = Notifier::of_database(Path::new("/nonexistent/jobs.db"))
            .notify()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(error.message().contains("/nonexistent/jobs.db-wake"));
    }

    #[test]
    fn without_a_place_for_the_side_file_the_worker_polls() {
        assert!(matches!(
            Waiter::of_database(Path::new("/nonexistent/jobs.db")),
            Waiter::Polling
        ));
    }
}
