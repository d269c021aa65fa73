//! Long readings on a connection of their own, so that nobody else waits for them.
//!
//! The connection is there only while it is used. A fork cannot wait for a backup of many seconds,
//! and must not find its files open; so it asks the reading to stop, which then begins again after
//! the fork.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusqlite::Connection;

use super::connection::open;
use super::fault::{Fault, Op};
use super::group::lock;
use crate::error::{Error, ErrorKind, Result};
use crate::sys::lock::{OwnedGuard, lock_owned};

/// A reading that forks stop so often in a row gives up.
const TRIES: usize = 100;

/// After so many steps of its machine SQLite asks whether to go on: well under a millisecond.
const STEPS: i32 = 1_000;

/// One long reading at a time; a second of these lets a second sort of reading be under way.
#[derive(Debug, Default)]
pub(super) struct Aside {
    busy: Arc<Mutex<()>>,
    /// Forks that wait for the reading to stop.
    forks: Arc<AtomicUsize>,
}

impl Aside {
    /// Answers `question` on a connection of its own to the file at `path`.
    ///
    /// It is asked again when a fork stopped it, so it must begin anew each time. Between two
    /// steps that are no SQL statement it asks [`stop`](Self::stop) whether to go on.
    pub(super) fn read<T>(
        &self,
        path: &Path,
        mut question: impl FnMut(&Connection) -> Op<T>,
    ) -> Result<T> {
        for _ in 0..TRIES {
            if let Some(answer) = self.try_read(path, &mut question) {
                return Ok(answer?);
            }
            while self.fork_waits() {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            "this process forks too often to read the whole job database",
        ))
    }

    /// `None` when a fork stopped it.
    fn try_read<T>(
        &self,
        path: &Path,
        question: &mut impl FnMut(&Connection) -> Op<T>,
    ) -> Option<Op<T>> {
        let _busy = lock(&self.busy);
        let answer = self.ask(path, question);
        // The fork waits for the guard, so it is still there to be seen if it was the reason.
        let is_stopped = answer.is_err() && self.fork_waits();
        (!is_stopped).then_some(answer)
    }

    fn ask<T>(&self, path: &Path, question: &mut impl FnMut(&Connection) -> Op<T>) -> Op<T> {
        let mut connection = open(path)?;
        let forks = Arc::clone(&self.forks);
        connection.progress_handler(STEPS, Some(move || forks.load(Ordering::SeqCst) > 0))?;
        question(&connection)
    }

    /// An error if a fork waits for the reading to stop.
    pub(super) fn stop(&self) -> Op<()> {
        if self.fork_waits() {
            let stopped = Error::new(ErrorKind::Unavailable, "a fork came in between");
            return Err(Fault::Rule(stopped));
        }
        Ok(())
    }

    fn fork_waits(&self) -> bool {
        self.forks.load(Ordering::SeqCst) > 0
    }

    /// Stops the reading that runs, and lets none begin while the guard is held.
    pub(super) fn give_way(&self) -> OwnedGuard<()> {
        self.forks.fetch_add(1, Ordering::SeqCst);
        lock_owned(&self.busy)
    }

    /// Lets readings begin again, in the process that forked.
    pub(super) fn go_on(&self) {
        self.forks.fetch_sub(1, Ordering::SeqCst);
    }

    /// Lets readings begin, in the child.
    pub(super) fn reset(&self) {
        self.forks.store(0, Ordering::SeqCst);
    }
}
