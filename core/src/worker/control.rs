//! What reaches a running worker from outside its loop: stop, wake up, a slot is free.

use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// Stops or wakes a worker from any thread. Clones are the same handle.
#[derive(Debug, Clone)]
pub struct WorkerHandle {
    control: Arc<Control>,
}

impl WorkerHandle {
    pub(super) fn new(control: Arc<Control>) -> WorkerHandle {
        WorkerHandle { control }
    }

    /// Asks the worker to stop: it takes no more jobs, and lets those that run go on for at most
    /// `grace` (`None`: [`WorkerOptions::shutdown_grace`](super::WorkerOptions::shutdown_grace))
    /// before it cancels and releases them. Asked again, it releases them now.
    pub fn stop(&self, grace: Option<Duration>) {
        self.control.stop(grace);
    }

    /// Asks the worker to stop and to release what it runs at once.
    pub fn stop_now(&self) {
        self.control.stop(None);
        self.control.stop(None);
    }

    /// When the repository last accepted a sign of life of the worker, in microseconds of the boot
    /// clock; `None` before the first.
    pub fn beat_at(&self) -> Option<i64> {
        match self.control.beat_at.load(Ordering::Relaxed) {
            0 => None,
            at => Some(at),
        }
    }

    /// Tells the worker that there may be work, when nothing else does.
    pub fn wake(&self) {
        self.control.wake();
    }
}

/// The signals themselves, taken by the engine at each step.
#[derive(Debug, Default)]
pub(super) struct Control {
    state: Mutex<State>,
    /// The loop sleeps on this.
    pub(super) changed: Notify,
    /// The watch of the side file sleeps on this until its last wake-up was used.
    pub(super) wake_taken: Notify,
    /// Whoever hears hints sleeps on this until the engine has used them or has room for more.
    hints_changed: Condvar,
    /// When the newest sign of life was accepted; 0 before the first.
    beat_at: AtomicI64,
}

#[derive(Debug, Default)]
struct State {
    stops: u32,
    grace: Option<Duration>,
    woken: bool,
    /// A job of this worker ended, and others may have waited for it.
    ended: bool,
    hints: Hints,
    /// Whether a job could be started now.
    has_room: bool,
    hints_closed: bool,
    /// Dropped to end the wait for hints.
    end_of_hints: Option<UnixStream>,
}

/// Hints on their way to the engine and back.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Hints {
    #[default]
    None,
    Given,
    /// The engine is about to claim, or does.
    Taken,
    Used(Used),
}

/// What came of hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    /// How many jobs were claimed.
    pub(super) claimed: u32,
    /// Whether there may be more, for which this worker has no room.
    pub(super) more: bool,
}

#[cfg_attr(
    not(feature = "redis"),
    allow(dead_code, reason = "nobody gives hints")
)]
impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stop(&self, grace: Option<Duration>) {
        let mut state = self.state();
        if state.stops == 0 {
            state.grace = grace;
        }
        state.stops = state.stops.saturating_add(1);
        drop(state);
        self.changed.notify_one();
    }

    pub(super) fn wake(&self) {
        self.state().woken = true;
        self.changed.notify_one();
    }

    /// Notes that a job ended; whoever runs it frees a slot next, which is when it matters.
    pub(super) fn job_ended(&self) {
        self.state().ended = true;
    }

    /// Whether a job ended since this was last asked.
    pub(super) fn take_ended(&self) -> bool {
        std::mem::take(&mut self.state().ended)
    }

    pub(super) fn slot_freed(&self) {
        self.changed.notify_one();
    }

    /// How often a stop was asked for, and the grace that came with the first.
    pub(super) fn stops(&self) -> (u32, Option<Duration>) {
        let state = self.state();
        (state.stops, state.grace)
    }

    /// Whether somebody said that there may be work, since this was last asked.
    pub(super) fn take_wake(&self) -> bool {
        let mut state = self.state();
        let woken = std::mem::take(&mut state.woken);
        if woken && state.hints == Hints::Given {
            state.hints = Hints::Taken;
        }
        drop(state);
        if woken {
            self.wake_taken.notify_one();
        }
        woken
    }

    /// Hands hints to the engine and waits until a claim that they led to is committed, or there
    /// is no room for one. `None` when the worker takes no more hints.
    pub(super) fn give_hints(&self) -> Option<Used> {
        let mut state = self.state();
        state.hints = Hints::Given;
        state.woken = true;
        self.changed.notify_one();
        loop {
            if let Hints::Used(used) = state.hints {
                state.hints = Hints::None;
                return Some(used);
            }
            if state.hints_closed {
                return None;
            }
            state = self.sleep(state);
        }
    }

    /// Notes what the engine found, and whether it has room now. Hints that it has not looked at
    /// are used up when it has none.
    pub(super) fn claims_done(&self, used: Used, has_room: bool) {
        let mut state = self.state();
        match state.hints {
            Hints::Taken => state.hints = Hints::Used(used),
            Hints::Given if !has_room => {
                state.hints = Hints::Used(Used {
                    claimed: 0,
                    more: true,
                });
            }
            _ => {}
        }
        state.has_room = has_room;
        drop(state);
        self.hints_changed.notify_all();
    }

    /// The repository has accepted a sign of life.
    pub(super) fn beat(&self, now: i64) {
        self.beat_at.store(now, Ordering::Relaxed);
    }

    /// Waits until a job could be started; false when the worker takes no more hints.
    pub(super) fn wait_for_room(&self) -> bool {
        let mut state = self.state();
        while !state.has_room && !state.hints_closed {
            state = self.sleep(state);
        }
        !state.hints_closed
    }

    /// Rests for `time`, or until the worker takes no more hints; whether it does.
    pub(super) fn rest_from_hints(&self, time: Duration) -> bool {
        let state = self.state();
        let rested = self
            .hints_changed
            .wait_timeout_while(state, time, |state| !state.hints_closed);
        !rested
            .unwrap_or_else(PoisonError::into_inner)
            .0
            .hints_closed
    }

    fn sleep<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let slept = self.hints_changed.wait(state);
        slept.unwrap_or_else(PoisonError::into_inner)
    }

    /// What becomes readable when the worker takes no more hints.
    pub(super) fn open_hints(&self) -> std::io::Result<UnixStream> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut state = self.state();
        if !state.hints_closed {
            state.end_of_hints = Some(ours);
        }
        Ok(theirs)
    }

    /// Takes no more hints: whoever waits for them or with them goes on at once.
    pub(super) fn close_hints(&self) {
        let mut state = self.state();
        state.hints_closed = true;
        state.end_of_hints = None;
        drop(state);
        self.hints_changed.notify_all();
    }
}
