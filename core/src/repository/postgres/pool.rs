//! A few connections that threads take turns with.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::connect::connect;
use super::fault::{Fault, Op};
use super::session::Session;
use super::socket::Deadline;
use super::url::PostgresUrl;
use crate::sys::fork::ForkAware;
use crate::sys::lock::{OwnedGuard, lock_owned};

/// Connections to one database, at most `limit` at a time; opened on first use, and anew when one
/// was lost.
pub(super) struct Pool {
    url: PostgresUrl,
    limit: usize,
    state: Arc<Mutex<State>>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Session>,
    /// How many are lent out.
    lent: usize,
    /// Counts forks: what was lent out in the parent does not come back in the child.
    generation: u64,
}

/// A connection that is in use by one thread.
pub(super) struct Lent<'a> {
    pool: &'a Pool,
    generation: u64,
    session: Option<Session>,
}

impl Pool {
    pub(super) fn new(url: PostgresUrl, limit: usize) -> Pool {
        Pool {
            url,
            limit: limit.max(1),
            state: Arc::default(),
            freed: Condvar::new(),
        }
    }

    /// A connection that works, as far as can be seen.
    ///
    /// # Errors
    /// When none is free before the moment, or none can be opened.
    pub(super) fn take(&self, until: Deadline) -> Op<Lent<'_>> {
        let mut lent = self.turn(until)?;
        while let Some(session) = &mut lent.session {
            if session.is_alive() {
                return Ok(lent);
            }
            let mut state = self.lock();
            lent.session = state.idle.pop();
        }
        lent.session = Some(connect(&self.url)?);
        Ok(lent)
    }

    /// The right to use a connection, with one if one is idle.
    fn turn(&self, until: Deadline) -> Op<Lent<'_>> {
        let mut state = self.lock();
        while state.lent >= self.limit {
            let left = until.left().ok_or_else(|| self.all_in_use())?;
            // A child of a fork hears of nothing that its parent's threads give back.
            let step = left.min(Duration::from_millis(500));
            let waited = self.freed.wait_timeout(state, step);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.lent += 1;
        Ok(Lent {
            pool: self,
            generation: state.generation,
            session: state.idle.pop(),
        })
    }

    fn all_in_use(&self) -> Fault {
        Fault::Away(io::Error::new(
            io::ErrorKind::TimedOut,
            format!("all {} connections of this process are in use", self.limit),
        ))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent<'_> {
    /// The connection, unless it was [discarded](Self::discard).
    pub(super) fn session(&mut self) -> Op<&mut Session> {
        let gone = || Fault::Away(io::ErrorKind::NotConnected.into());
        self.session.as_mut().ok_or_else(gone)
    }

    /// Gives the connection up: who knows what state it is in.
    pub(super) fn discard(&mut self) {
        self.session = None;
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let session = self.session.take();
        // A panic may have left a transaction open.
        let session = session.filter(|_| !std::thread::panicking());
        let mut state = self.pool.lock();
        if state.generation == self.generation {
            state.lent = state.lent.saturating_sub(1);
            state.idle.extend(session);
            drop(state);
            self.pool.freed.notify_one();
        }
    }
}

thread_local! {
    /// The locks that the forking thread holds from before the fork until after it.
    static HELD: RefCell<Vec<(*const Pool, OwnedGuard<State>)>> = const { RefCell::new(Vec::new()) };
}

impl Pool {
    fn take_held(&self) -> Option<OwnedGuard<State>> {
        HELD.with_borrow_mut(|held| {
            let at = held
                .iter()
                .position(|(pool, _)| std::ptr::eq(*pool, self))?;
            Some(held.swap_remove(at).1)
        })
    }
}

impl ForkAware for Pool {
    /// Only the lock is held still; transactions of other threads go on in the parent.
    fn before_fork(&self) {
        let held = lock_owned(&self.state);
        HELD.with_borrow_mut(|all| all.push((std::ptr::from_ref(self), held)));
    }

    fn after_fork_parent(&self) {
        drop(self.take_held());
    }

    /// Closes the copies of the descriptors, which the server does not notice, and begins anew.
    fn after_fork_child(&self) {
        if let Some(mut state) = self.take_held() {
            state.idle.clear();
            state.lent = 0;
            state.generation += 1;
        }
    }
}
