//! The threads that run handlers: as many as jobs run at a time, made when first needed.
//!
//! A [`Slot`] is the right to have one attempt under way, from its claim to its written ending; a
//! thread works for whichever comes next. What waits calls one thread, which calls the next when
//! it has come and more waits: work that is done before the others are awake wakes nobody.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::sys::signals::spawn_without_signals;

/// Work for one thread.
pub(super) trait Work: Send {
    /// Does it; returns what the thread is to do next, if that is known.
    fn run(self: Box<Self>) -> Option<Task>;

    /// Is called instead, on whatever thread, when the system gives no thread for it.
    fn refuse(self: Box<Self>, why: &io::Error);
}

pub(super) type Task = Box<dyn Work>;

/// A bounded pool of threads. A thread that never returns keeps its slot for ever.
pub(super) struct Slots {
    size: usize,
    /// Called each time a slot has become free, on the thread that freed it.
    on_free: Box<dyn Fn() + Send + Sync>,
    state: Mutex<State>,
    /// Threads that have nothing to do sleep on this.
    called: Condvar,
    /// Whoever closes the pool sleeps on this.
    settled: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Task>,
    /// Slots that are taken.
    taken: usize,
    /// Threads that have nothing to do, and those that have, or are about to find out.
    idle: usize,
    working: usize,
    /// One was called and has not come yet.
    coming: bool,
    /// The system gave no thread since this was last asked.
    refused: bool,
    started: usize,
    threads: Vec<Thread>,
    closed: bool,
}

/// A thread of the pool, and whether it works.
struct Thread {
    handle: JoinHandle<()>,
    works: Arc<AtomicBool>,
}

/// One slot; dropping it makes it free.
pub(super) struct Slot {
    slots: Arc<Slots>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut state = self.slots.state();
        state.taken -= 1;
        if state.closed {
            self.slots.settled.notify_all();
        }
        drop(state);
        (self.slots.on_free)();
    }
}

impl Slots {
    pub(super) fn new(size: usize, on_free: impl Fn() + Send + Sync + 'static) -> Arc<Slots> {
        Arc::new(Slots {
            size,
            on_free: Box::new(on_free),
            state: Mutex::default(),
            called: Condvar::new(),
            settled: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many slots are free.
    pub(super) fn free(&self) -> usize {
        self.size.saturating_sub(self.state().taken)
    }

    /// Takes a slot. The caller takes no more than are [free](Slots::free).
    pub(super) fn take(self: &Arc<Slots>) -> Slot {
        self.state().taken += 1;
        Slot {
            slots: Arc::clone(self),
        }
    }

    /// Runs each of the tasks, which have a slot each, on a thread of the pool.
    pub(super) fn run(self: &Arc<Slots>, tasks: impl IntoIterator<Item = Task>) {
        let mut state = self.state();
        state.waiting.extend(tasks);
        self.call_one(state);
    }

    /// Whether a task was refused for want of a thread since this was last asked.
    pub(super) fn take_refused(&self) -> bool {
        std::mem::take(&mut self.state().refused)
    }

    /// Calls a thread for what waits, unless one is coming.
    ///
    /// When all are at work, each looks here when it is done. None of the tasks waits for one that
    /// takes long: there are as many threads as slots, and only who is done with one may have
    /// handed in another.
    fn call_one(self: &Arc<Slots>, mut state: MutexGuard<'_, State>) {
        if state.waiting.is_empty() || state.coming {
            return;
        }
        if state.idle > 0 {
            state.coming = true;
            drop(state);
            self.called.notify_one();
        } else if state.working < self.size {
            state.coming = true;
            state.working += 1;
            state.started += 1;
            let name = format!("floorjobs-{}", state.started);
            drop(state);
            self.start(name);
        }
    }

    fn start(self: &Arc<Slots>, name: String) {
        let slots = Arc::clone(self);
        let works = Arc::new(AtomicBool::new(true));
        let own = Arc::clone(&works);
        match spawn_without_signals(name, move || slots.serve(&own)) {
            Ok(handle) => self.state().threads.push(Thread { handle, works }),
            Err(error) => {
                let mut state = self.state();
                state.coming = false;
                state.working -= 1;
                state.refused = true;
                let refused = std::mem::take(&mut state.waiting);
                drop(state);
                for task in refused {
                    task.refuse(&error);
                }
            }
        }
    }

    fn serve(self: &Arc<Slots>, works: &AtomicBool) {
        self.state().coming = false;
        while let Some(mut task) = self.next(works) {
            // Tasks catch what handlers do; this keeps the thread whatever else happens.
            while let Ok(Some(next)) = catch_unwind(AssertUnwindSafe(|| task.run())) {
                task = next;
            }
        }
    }

    fn next(self: &Arc<Slots>, works: &AtomicBool) -> Option<Task> {
        let mut state = self.state();
        loop {
            if let Some(task) = state.waiting.pop_front() {
                self.call_one(state);
                return Some(task);
            }
            works.store(false, Ordering::Release);
            state.working -= 1;
            if state.closed {
                self.settled.notify_all();
                return None;
            }
            state.idle += 1;
            state = self
                .called
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
            state.coming = false;
            state.working += 1;
            works.store(true, Ordering::Release);
        }
    }

    /// Lets the threads go as soon as they have nothing to do, and waits for those that have not,
    /// all but `stuck` of them.
    pub(super) fn close(&self, stuck: usize) {
        let mut state = self.state();
        state.closed = true;
        self.called.notify_all();
        let settled = self.settled.wait_while(state, |state| {
            state.idle > 0 || state.taken.max(state.working) > stuck
        });
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

    /// Work that holds a slot.
    struct Held<F>(Slot, F);

    impl<F: FnOnce() -> Option<Task> + Send> Work for Held<F> {
        fn run(self: Box<Self>) -> Option<Task> {
            let Held(_slot, work) = *self;
            work()
        }

        fn refuse(self: Box<Self>, why: &io::Error) {
            unreachable!("there was no thread: {why}");
        }
    }

    fn pool(size: usize) -> (Arc<Slots>, Receiver<()>) {
        let (sender, freed) = channel();
        let sender = Mutex::new(sender);
        let slots = Slots::new(size, move || {
            let _ = sender.lock().unwrap().send(());
        });
        (slots, freed)
    }

    fn task(slots: &Arc<Slots>, work: impl FnOnce() + Send + 'static) -> Task {
        Box::new(Held(slots.take(), move || {
            work();
            None
        }))
    }

    fn run(slots: &Arc<Slots>, work: impl FnOnce() + Send + 'static) {
        slots.run([task(slots, work)]);
    }

    const LONG: Duration = Duration::from_secs(30);

    #[test]
    fn slots_are_taken_freed_and_their_threads_used_again() {
        let (slots, freed) = pool(2);
        let (hold, held) = channel::<()>();
        run(&slots, move || held.recv().unwrap_or_default());
        assert_eq!(slots.free(), 1);
        for _ in 0..50 {
            run(&slots, || {});
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
    fn tasks_that_wait_for_each_other_all_get_a_thread() {
        let (slots, freed) = pool(8);
        for _ in 0..20 {
            let all_here = Arc::new(std::sync::Barrier::new(8));
            let tasks: Vec<_> = (0..8)
                .map(|_| {
                    let all_here = Arc::clone(&all_here);
                    task(&slots, move || {
                        all_here.wait();
                    })
                })
                .collect();
            slots.run(tasks);
            (0..8).for_each(|_| freed.recv_timeout(LONG).unwrap());
        }
        slots.close(0);
    }

    #[test]
    fn a_thread_goes_on_with_what_its_task_returns() {
        let (slots, freed) = pool(2);
        let (sender, done) = channel();
        let again = sender.clone();
        let next = task(&slots, move || {
            again.send(std::thread::current().id()).unwrap();
        });
        let first = Held(slots.take(), move || {
            sender.send(std::thread::current().id()).unwrap();
            Some(next)
        });
        slots.run([Box::new(first) as Task]);
        let ids = [(); 2].map(|()| done.recv_timeout(LONG).unwrap());
        assert_eq!(ids[0], ids[1]);
        (0..2).for_each(|_| freed.recv_timeout(LONG).unwrap());
        slots.close(0);
    }

    #[test]
    fn a_task_that_panics_frees_its_slot() {
        let (slots, freed) = pool(1);
        run(&slots, || std::panic::resume_unwind(Box::new("quietly")));
        freed.recv_timeout(LONG).unwrap();
        assert_eq!(slots.free(), 1);
        slots.close(0);
    }

    #[test]
    fn closing_lets_the_threads_go() {
        let (slots, freed) = pool(3);
        for _ in 0..3 {
            run(&slots, || {});
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
        run(&slots, move || held.recv().unwrap_or_default());
        run(&slots, || {});
        freed.recv_timeout(LONG).unwrap();
        slots.close(1);
        drop(hold);
        freed.recv_timeout(LONG).unwrap();
    }
}
