//! How an attempt learns that it should stop, and why.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Why an attempt should stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CancelReason {
    /// Somebody cancelled the job.
    Requested,
    /// The attempt took longer than it may.
    Deadline,
    /// The attempt reported nothing new for too long.
    Stalled,
    /// The worker has to stop; the job will run again.
    Shutdown,
    /// The job was given to somebody else; whatever this attempt still writes is refused.
    LeaseLost,
    /// The lease could not be renewed in time, and others may have the job by now.
    LeaseInDoubt,
}

impl CancelReason {
    const ALL: [CancelReason; 6] = [
        CancelReason::Requested,
        CancelReason::Deadline,
        CancelReason::Stalled,
        CancelReason::Shutdown,
        CancelReason::LeaseLost,
        CancelReason::LeaseInDoubt,
    ];

    /// The stable text form, such as `deadline`.
    pub const fn as_str(self) -> &'static str {
        match self {
            CancelReason::Requested => "requested",
            CancelReason::Deadline => "deadline",
            CancelReason::Stalled => "stalled",
            CancelReason::Shutdown => "shutdown",
            CancelReason::LeaseLost => "lease_lost",
            CancelReason::LeaseInDoubt => "lease_in_doubt",
        }
    }
}

/// Tells an attempt to stop, once and for good; clones are the same token.
#[derive(Debug, Clone, Default)]
pub struct CancelToken {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// 0, or one more than the index of the reason.
    state: AtomicU8,
    waiting: Mutex<()>,
    changed: Condvar,
}

impl CancelToken {
    /// A token that nobody has cancelled yet.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Cancels, and returns whether this was the first time; later reasons are ignored.
    pub fn cancel(&self, reason: CancelReason) -> bool {
        let state = reason as u8 + 1;
        let first = self
            .inner
            .state
            .compare_exchange(0, state, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        // Under the lock, so that nobody decides to wait between the change and the call.
        let _waiting = self
            .inner
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.inner.changed.notify_all();
        first
    }

    /// Whether the work should stop. One atomic load.
    pub fn is_cancelled(&self) -> bool {
        self.inner.state.load(Ordering::Acquire) != 0
    }

    /// Why the work should stop, if it should.
    pub fn reason(&self) -> Option<CancelReason> {
        let state = self.inner.state.load(Ordering::Acquire);
        CancelReason::ALL
            .get(usize::from(state.checked_sub(1)?))
            .copied()
    }

    /// Waits until the work should stop or `timeout` has passed; returns whether it should.
    ///
    /// What a handler uses instead of sleeping.
    pub fn wait(&self, timeout: Duration) -> bool {
        let waiting = self
            .inner
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let still_waiting = |_: &mut ()| !self.is_cancelled();
        drop(
            self.inner
                .changed
                .wait_timeout_while(waiting, timeout, still_waiting),
        );
        self.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_stays() {
        let token = CancelToken::new();
        assert_eq!((token.is_cancelled(), token.reason()), (false, None));
        assert!(!token.wait(Duration::ZERO));
        assert!(token.cancel(CancelReason::Deadline));
        assert!(!token.cancel(CancelReason::Requested));
        assert_eq!(token.clone().reason(), Some(CancelReason::Deadline));
    }

    #[test]
    fn every_reason_is_told() {
        for reason in CancelReason::ALL {
            let token = CancelToken::new();
            token.cancel(reason);
            assert_eq!(token.reason(), Some(reason));
        }
    }

    #[test]
    fn a_waiting_handler_is_woken() {
        let token = CancelToken::new();
        let waiter = token.clone();
        let thread = std::thread::spawn(move || waiter.wait(Duration::from_secs(60)));
        token.cancel(CancelReason::Shutdown);
        assert!(thread.join().unwrap());
    }
}
