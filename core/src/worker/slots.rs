//! The threads that run handlers: as many as jobs run at a time, made when first needed.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::sys::signals::spawn_without_signals;

/// Work for one slot.
pub(super) type Task = Box<dyn FnOnce() + Send>;

/// A bounded pool of threads. A thread that never returns keeps its slot for ever.
pub(super) struct Slots {
    size: usize,
    /// Called on the slot's thread each time a slot has become free.
    on_free: Box<dyn Fn() + Send + Sync>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    /// Threads that wait for a task, including those about to take one of `waiting`.
    idle: usize,
    /// Tasks handed in and not yet done.
    busy: usize,
    started: usize,
    threads: Vec<Thread>,
    closed: bool,
}

/// A thread of the pool, and whether it runs a task.
struct Thread {
    handle: JoinHandle<()>,
    works: Arc<AtomicBool>,
}

impl Slots {
    pub(super) fn new(size: usize, on_free: impl Fn() + Send + Sync + 'static) -> Arc<Slots> {
        Arc::new(Slots {
            size,
            on_free: Box::new(on_free),
            state: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many more tasks can run now.
    pub(super) fn free(&self) -> usize {
        self.size.saturating_sub(self.state().busy)
    }

    /// Runs `task` on a thread of the pool. On an error no thread could be made, and it does not
    /// run. The caller does not hand in more than [`Slots::free`].
    pub(super) fn run(self: &Arc<Slots>, task: Task) -> io::Result<()> {
        let mut state = self.state();
        state.busy += 1;
        if state.idle > state.waiting.len() {
            state.waiting.push_back(task);
            drop(state);
            self.changed.notify_one();
            return Ok(());
        }
        state.started += 1;
        let name = format!("floorjobs-{}", state.started);
        drop(state);
        let slots = Arc::clone(self);
        let works = Arc::new(AtomicBool::new(true));
        let own = Arc::clone(&works);
        match spawn_without_signals(name, move || slots.serve(task, &own)) {
            Ok(handle) => {
                self.state().threads.push(Thread { handle, works });
                Ok(())
            }
            Err(error) => {
                self.state().busy -= 1;
                Err(error)
            }
        }
    }

    fn serve(&self, first: Task, works: &AtomicBool) {
        let mut task = first;
        loop {
            // Tasks catch what handlers do; this keeps the count right whatever else happens.
            let _ = catch_unwind(AssertUnwindSafe(task));
            let mut state = self.state();
            state.busy -= 1;
            state.idle += 1;
            works.store(false, Ordering::Release);
            if state.closed {
                self.changed.notify_all();
            }
            drop(state);
            (self.on_free)();
            match self.next(works) {
                Some(next) => task = next,
                None => return,
            }
        }
    }

    fn next(&self, works: &AtomicBool) -> Option<Task> {
        let mut state = self.state();
        loop {
            if let Some(task) = state.waiting.pop_front() {
                state.idle -= 1;
                works.store(true, Ordering::Release);
                return Some(task);
            }
            if state.closed {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Lets the threads go as soon as they have nothing to do, and waits for those that have not,
    /// all but `stuck` of them.
    ///
    /// No task is handed in any more.
    pub(super) fn close(&self, stuck: usize) {
        let mut state = self.state();
        state.closed = true;
        self.changed.notify_all();
        let settled = self.changed.wait_while(state, |state| state.busy > stuck);
        let mut state = settled.unwrap_or_else(PoisonError::into_inner);
        let threads = std::mem::take(&mut state.threads);
        // Those that work are left behind, with what is still to be taken by one of the others.
        let is_over = state.waiting.is_empty();
        drop(state);
        for thread in threads {
            if is_over && !thread.works.load(Ordering::Acquire) {
                let _ = thread.handle.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    fn pool(size: usize) -> (Arc<Slots>, Receiver<()>) {
        let (sender, freed) = channel();
        let sender = Mutex::new(sender);
        let slots = Slots::new(size, move || {
            let _ = sender.lock().unwrap().send(());
        });
        (slots, freed)
    }

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn slots_are_taken_freed_and_their_threads_used_again() {
        let (slots, freed) = pool(2);
        let (hold, held) = channel::<()>();
        slots
            .run(Box::new(move || held.recv().unwrap_or_default()))
            .unwrap();
        assert_eq!(slots.free(), 1);
        for _ in 0..50 {
            slots.run(Box::new(|| {})).unwrap();
            freed.recv_timeout(LONG).unwrap();
            assert_eq!(slots.free(), 1);
        }
        assert_eq!(slots.state().started, 2, "one thread served all fifty");
        drop(hold);
        freed.recv_timeout(LONG).unwrap();
        assert_eq!(slots.free(), 2);
        slots.close(0);
    }

    #[test]
    fn a_task_that_panics_frees_its_slot() {
        let (slots, freed) = pool(1);
        slots
            .run(Box::new(|| std::panic::resume_unwind(Box::new("quietly"))))
            .unwrap();
        freed.recv_timeout(LONG).unwrap();
        assert_eq!(slots.free(), 1);
        slots.close(0);
    }

    #[test]
    fn closing_lets_the_threads_go() {
        let (slots, freed) = pool(3);
        for _ in 0..3 {
            slots.run(Box::new(|| {})).unwrap();
        }
        (0..3).for_each(|_| freed.recv_timeout(LONG).unwrap());
        slots.close(0);
        let weak = Arc::downgrade(&slots);
        drop(slots);
        assert_eq!(weak.strong_count(), 0, "every thread has ended");
        assert!(freed.recv().is_err());
    }

    #[test]
    fn closing_does_not_wait_for_a_thread_that_is_stuck() {
        let (slots, freed) = pool(2);
        let (hold, held) = channel::<()>();
        slots
            .run(Box::new(move || held.recv().unwrap_or_default()))
            .unwrap();
        slots.run(Box::new(|| {})).unwrap();
        freed.recv_timeout(LONG).unwrap();
        slots.close(1);
        drop(hold);
        freed.recv_timeout(LONG).unwrap();
    }
}
