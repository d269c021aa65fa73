//! What no fork may cut in two, beyond the locks of one database: opening and closing.
//!
//! SQLite has locks of its own for the whole process, around its allocator and its list of open
//! files. Every use of a connection is under a lock of its [`Database`](super::database::Database),
//! which a fork waits for. A database that goes out of use is known to no fork any more while it
//! closes, so it does that inside this gate, which a fork waits for as well.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::error::Result;
use crate::sys::fork::{self, ForkAware};
use crate::sys::lock::{OwnedGuard, lock_owned};

/// Lets nobody fork until it is dropped.
#[derive(Debug)]
pub(super) struct Inside(#[allow(dead_code, reason = "held, not read")] MutexGuard<'static, ()>);

#[derive(Debug, Default)]
struct Gate {
    passage: Arc<Mutex<()>>,
}

thread_local! {
    static HELD: RefCell<Option<OwnedGuard<()>>> = const { RefCell::new(None) };
}

fn gate() -> &'static Arc<Gate> {
    static GATE: OnceLock<Arc<Gate>> = OnceLock::new();
    GATE.get_or_init(Arc::default)
}

/// Makes forks wait for whoever is inside; once for the process, and cheap after that.
pub(super) fn watch_forks() -> Result<()> {
    // No lock: a fork at this moment would leave it locked in the child.
    static WATCHED: AtomicBool = AtomicBool::new(false);
    if WATCHED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let gate: Weak<Gate> = Arc::downgrade(gate());
    fork::register(gate).inspect_err(|_| WATCHED.store(false, Ordering::SeqCst))
}

/// Waits until no fork is under way, and keeps the next one waiting.
pub(super) fn enter() -> Inside {
    Inside(
        gate()
            .passage
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    )
}

impl ForkAware for Gate {
    fn before_fork(&self) {
        let held = lock_owned(&self.passage);
        HELD.with_borrow_mut(|slot| *slot = Some(held));
    }

    fn after_fork_parent(&self) {
        drop(HELD.take());
    }

    fn after_fork_child(&self) {
        drop(HELD.take());
    }
}
