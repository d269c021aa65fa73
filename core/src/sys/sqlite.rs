//! The locks that SQLite keeps for the whole process, over a fork.
//!
//! Besides the lock of each connection SQLite has a few global ones: for its memory statistics,
//! its random numbers, the list of open files. One that another thread holds at the moment of a
//! fork stays locked in the child for ever, and the first thing the child asks of SQLite hangs.
//! So the forking thread takes them all, and releases them on both sides.

use rusqlite::ffi;

use super::fork::{self, ForkAware};

/// The static mutexes of SQLite 3.53, in an order that agrees with every nesting in its source:
/// opening before the list of files, that before random numbers, those before the list of file
/// systems, that before the page cache, and memory last.
const IN_ORDER: [std::ffi::c_int; 8] = [
    ffi::SQLITE_MUTEX_STATIC_OPEN,
    ffi::SQLITE_MUTEX_STATIC_VFS1,
    ffi::SQLITE_MUTEX_STATIC_VFS2,
    ffi::SQLITE_MUTEX_STATIC_PRNG,
    ffi::SQLITE_MUTEX_STATIC_MASTER,
    ffi::SQLITE_MUTEX_STATIC_LRU,
    ffi::SQLITE_MUTEX_STATIC_PMEM,
    ffi::SQLITE_MUTEX_STATIC_MEM,
];

/// Makes SQLite usable in every child that this process forks from now on.
///
/// Takes effect with the first object that is [registered](fork::register).
pub(crate) fn survive_forks() {
    fork::register_innermost(&ProcessLocks);
}

struct ProcessLocks;

impl ForkAware for ProcessLocks {
    fn before_fork(&self) {
        for id in IN_ORDER {
            // SAFETY: initialising is idempotent and waits for another thread that does it; a
            // static mutex of a known number is never freed, and entering a null one does nothing.
            // This thread holds none of them, since it is not inside of SQLite.
            unsafe {
                ffi::sqlite3_initialize();
                ffi::sqlite3_mutex_enter(ffi::sqlite3_mutex_alloc(id));
            }
        }
    }

    fn after_fork_parent(&self) {
        leave_all();
    }

    fn after_fork_child(&self) {
        leave_all();
    }
}

fn leave_all() {
    for id in IN_ORDER.into_iter().rev() {
        // SAFETY: this thread entered each of them before the fork; in the child it is the copy of
        // the thread that did.
        unsafe { ffi::sqlite3_mutex_leave(ffi::sqlite3_mutex_alloc(id)) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Weak};

    struct Nothing;

    impl ForkAware for Nothing {
        fn before_fork(&self) {}
        fn after_fork_parent(&self) {}
        fn after_fork_child(&self) {}
    }

    struct StopOnDrop<'a>(&'a AtomicBool);

    impl Drop for StopOnDrop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    fn use_sqlite() -> bool {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        let sum = connection.query_row("SELECT sum(random() = 0) + 7", [], |row| row.get(0));
        sum == Ok(7)
    }

    #[test]
    fn a_child_can_use_sqlite_whatever_other_threads_were_doing_in_it() {
        survive_forks();
        let hooks = Arc::new(Nothing);
        let weak: Weak<Nothing> = Arc::downgrade(&hooks);
        fork::register(weak).unwrap();
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        assert!(use_sqlite());
                    }
                });
            }
            // Also when an assertion fails, so that the others end.
            let _stop = StopOnDrop(&stop);
            for _ in 0..100 {
                let code = fork::fork_and_wait(|| i32::from(use_sqlite()));
                assert_eq!(code, 1);
            }
        });
    }
}
