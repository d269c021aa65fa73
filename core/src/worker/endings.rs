//! Endings that are written together: the endings of several attempts, and the claim of as many
//! others in their place, in one transaction.
//!
//! A thread whose job has succeeded leaves the ending here and goes on with the next job. Whoever
//! finds nobody writing writes what has come together, until there is nothing more: so that the
//! slower commits are, the more endings share one, and no thread sleeps until its own is through.
//! An attempt stays in the table until its ending is written, and its successor is in it before.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::events::WorkerEvent;
use super::finish::{self, Attempt, Unwritten};
use super::handler::Handlers;
use super::heartbeat::micros;
use super::options::WorkerOptions;
use super::relay::UnderWay;
use super::seat::Seat;
use super::shared::Shared;
use super::slots::Task;
use super::start::{attempt_of, tell_started};
use crate::error::{Error, Result};
use crate::job::Job;
use crate::repository::{Claim, Ended, Ending, Exchanged, Finish, Owner};
use crate::sys::crash_point::{Place, Point, reach};

/// No more endings than this are in one transaction, so that others come to write in between.
const LARGEST_BATCH: usize = 64;

/// Endings wait for others for no longer than this part of what the last transaction took.
const PATIENCE: u32 = 4;

/// What is to be written together.
pub(super) struct Endings {
    /// What is claimed in place of what ends; the limit is set for each transaction.
    claim: Claim,
    /// Whether anything is: not when a kind or the worker has a limit, which only the engine can
    /// keep.
    claims: bool,
    /// How many attempts there can be.
    concurrency: usize,
    state: Mutex<State>,
    /// Whoever gathers endings sleeps on this.
    enough: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Unended>,
    writing: bool,
    /// How many endings are worth waiting for; set while the writer waits for them.
    wanted: usize,
    last: Last,
}

/// The last transaction: how many endings it had, and how long it took.
#[derive(Default, Clone, Copy)]
struct Last {
    size: usize,
    took: Duration,
}

/// An attempt that ended well, and the ending that is not written yet.
struct Unended {
    seat: Seat,
    finish: Finish,
}

impl Endings {
    pub(super) fn new(owner: &Owner, options: &WorkerOptions, handlers: &Handlers) -> Endings {
        Endings {
            claim: Claim {
                owner: owner.clone(),
                queues: options.queues.clone(),
                kinds: handlers.kinds(),
                limit: 0,
                lease: options.lease,
            },
            claims: handlers.limits().is_empty() && options.max_jobs.is_none(),
            concurrency: options.concurrency,
            state: Mutex::default(),
            enough: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves an ending here; true when it is for the caller to write what is here.
    fn leave(&self, unended: Unended) -> bool {
        let mut state = self.state();
        state.waiting.push_back(unended);
        if state.waiting.len() == state.wanted {
            self.enough.notify_one();
        }
        !std::mem::replace(&mut state.writing, true)
    }

    /// Waits a little for the jobs that the last transaction started, if they may be as short as
    /// those before: rather one commit for all than one for each half of them, in turns.
    fn gather<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let Last { size, took } = state.last;
        if size < 2 {
            return state;
        }
        let most = LARGEST_BATCH.min(self.concurrency);
        state.wanted = most.min(size + state.waiting.len());
        let (mut state, _) = self
            .enough
            .wait_timeout_while(state, took / PATIENCE, |state| {
                state.waiting.len() < state.wanted
            })
            .unwrap_or_else(PoisonError::into_inner);
        state.wanted = 0;
        state
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    /// Whether there is anything to write; if not, the caller is done with writing.
    fn has_more(&self) -> bool {
        let mut state = self.state();
        state.writing = !state.waiting.is_empty();
        state.writing
    }

    /// What is to be written next.
    fn next_batch(&self) -> Vec<Unended> {
        let mut state = self.gather(self.state());
        let size = state.waiting.len().min(LARGEST_BATCH);
        state.waiting.drain(..size).collect()
    }
}

/// Writes the ending of an attempt, now or with those of others; returns what the calling thread is
/// to do next.
pub(super) fn write(seat: Seat, ending: Ending) -> Option<Task> {
    let shared = Arc::clone(&seat.shared);
    let finish = finish::finish_of(&seat.running, ending);
    if !shared.endings.leave(Unended { seat, finish }) {
        return None;
    }
    let mut tasks = VecDeque::new();
    while shared.endings.has_more() {
        // This thread has no time for them.
        shared.slots.run(tasks.drain(..));
        let batch = shared.endings.next_batch();
        let (size, began) = (batch.len(), shared.boot());
        tasks.extend(exchange(&shared, batch));
        let took = micros(shared.boot().saturating_sub(began));
        shared.endings.state().last = Last { size, took };
    }
    let own = tasks.pop_front();
    shared.slots.run(tasks);
    own
}

/// Writes endings and claims in their place; returns what there is to do now.
fn exchange(shared: &Arc<Shared>, batch: Vec<Unended>) -> Vec<Task> {
    let size = batch.len();
    let under_way = match shared.endings.claims {
        true => shared.relay.begin(),
        false => None,
    };
    let claim = Claim {
        limit: under_way.as_ref().map_or(0, |_| size),
        ..shared.endings.claim.clone()
    };
    // Before it is asked for: the lease counts from a later moment.
    let claimed_at = shared.boot();
    let one = |Unended { seat, finish }| (seat, finish);
    let (seats, finishes): (Vec<Seat>, Vec<Finish>) = batch.into_iter().map(one).unzip();
    let finishes: Arc<[Finish]> = finishes.into();
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let finishes = Arc::clone(&finishes);
        shared.repository.finish_and_claim(finishes, &claim)
    }));
    match asked {
        Ok(Ok(Exchanged { ended, started })) => {
            let mut tasks = Vec::with_capacity(size);
            let mut seats = hear_all(seats, &finishes, ended, &mut tasks);
            for job in started {
                let seat = seats.pop_front();
                tasks.push(take(shared, job, claimed_at, seat));
            }
            // More may have become ready with it, for slots that have nothing to do.
            if seats.is_empty() && shared.slots.free() > 0 {
                shared.control.slot_freed();
            }
            drop(under_way);
            tasks
        }
        Ok(Err(error)) => write_each(shared, seats, &finishes, &error, under_way),
        // A defect of ours. What was here leaves the table and is given up by its lease.
        Err(_) => Vec::new(),
    }
}

/// Tells of endings; returns the seats of those that are over. One that was refused is written by
/// itself, which finds out what is to become of it.
fn hear_all(
    seats: Vec<Seat>,
    finishes: &[Finish],
    answers: Vec<Result<Ended>>,
    tasks: &mut Vec<Task>,
) -> VecDeque<Seat> {
    let mut over = VecDeque::with_capacity(seats.len());
    for ((seat, finish), answer) in seats.into_iter().zip(finishes).zip(answers) {
        match finish::hear_ended(&seat.shared, &seat.running, &finish.ending, answer) {
            Ok(()) => over.push_back(seat),
            Err(_) => tasks.push(Box::new(Unwritten::of(seat, finish.ending.clone()))),
        }
    }
    over
}

/// After a transaction that failed: perhaps it is the claim that is refused, or one of the others,
/// of which an ending must not suffer.
fn write_each(
    shared: &Shared,
    seats: Vec<Seat>,
    finishes: &[Finish],
    error: &Error,
    under_way: Option<UnderWay<'_>>,
) -> Vec<Task> {
    if error.is_retryable() {
        shared.tell(|| WorkerEvent::repository_failed("finish", error));
        if let Some(under_way) = under_way {
            under_way.failed();
            shared.control.slot_freed();
        }
    }
    let alone = |(seat, finish): (Seat, &Finish)| {
        Box::new(Unwritten::of(seat, finish.ending.clone()).after(error)) as Task
    };
    seats.into_iter().zip(finishes).map(alone).collect()
}

/// What is to be done with a job that was claimed in place of one that ended, whose seat that was.
fn take(shared: &Arc<Shared>, job: Job, claimed_at: i64, seat: Option<Seat>) -> Task {
    reach(Point::At(Place::Claimed));
    let (running, ending) = match attempt_of(shared, job, claimed_at) {
        Ok(ready) if shared.relay.insert(&shared.table, &ready.running) => {
            tell_started(shared, &ready.running);
            let seat = match seat {
                Some(seat) => seat.hand_to(ready.running),
                // INVARIANT: no more is claimed than was ended; if it were, it would have to run.
                None => Seat::new(shared, ready.running, shared.slots.take()),
            };
            return Box::new(Attempt {
                seat,
                handler: ready.handler,
            });
        }
        Ok(ready) => (ready.running, Ending::Released),
        Err((running, error)) => (running, Ending::Failed { error }),
    };
    Box::new(Unwritten::in_seat(shared, seat, running, ending))
}
