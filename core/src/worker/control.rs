//! What reaches a running worker from outside its loop: stop, wake up, a slot is free.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
}

#[derive(Debug, Default)]
struct State {
    stops: u32,
    grace: Option<Duration>,
    woken: bool,
    /// A job of this worker ended, and others may have waited for it.
    ended: bool,
}

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
        let woken = std::mem::take(&mut self.state().woken);
        if woken {
            self.wake_taken.notify_one();
        }
        woken
    }
}
