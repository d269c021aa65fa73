//! Group commit: one sync for everyone who writes at the same time, without a thread of its own.
//!
//! Writers join the batch that forms. The first of a batch leads it: runs what has joined, commits
//! once for all, hands the lead to the first of the next batch, and answers. Nobody is answered
//! before the commit. How a batch is run, and an operation that is refused undone alone, is in
//! [`run`].

mod pace;
mod run;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use self::pace::Pace;
use self::run::run_batch;
use super::connection::Durability;
use super::doubt::LogDoubt;
use super::fault::{Fault, Op};
use super::log_sync::{Commit, LogSync};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, ErrorKind, Result};
use crate::sys::crash_point::{Place, Point, reach};

/// So often the processor is left to others, without anybody coming, before a batch begins.
const YIELDS_IN_VAIN: usize = 3;

/// The connection that writes. It syncs its log before it copies it, and leaves the syncs after
/// commits to [`LogSync`].
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) log: LogDoubt,
}

/// Lends the leader the connection, opened if need be.
pub(super) type Lend<'a> = dyn Fn(&mut dyn FnMut(&mut Writer)) -> Result<()> + 'a;

/// Run once, or again when the batch was rolled back; each time answers anew.
type Operation = Box<dyn FnMut(&Connection) -> Outcome + Send>;

/// What an operation says of itself: an error undoes this operation alone.
enum Outcome {
    Keep,
    Undo,
}

/// One operation that waits for its batch.
struct Queued {
    operation: Operation,
    durability: Durability,
}

/// Whether what was run together is committed, or why not.
type Verdict = std::result::Result<(), Failure>;

/// An error that each writer of a batch gets a copy of.
#[derive(Clone)]
struct Failure {
    kind: ErrorKind,
    text: String,
}

impl Failure {
    fn new(kind: ErrorKind, text: &str) -> Failure {
        Failure {
            kind,
            text: text.to_owned(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure {
            kind: error.kind(),
            text: error.chain(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        Error::new(failure.kind, failure.text)
    }
}

/// What the writers of one batch wait for.
#[derive(Default)]
struct Batch {
    state: Mutex<State>,
    /// Where its first writer waits for the lead.
    led: Condvar,
    /// Where the others wait for the end. One call wakes them all: to wake each by itself cost
    /// more than their operations.
    ended: Condvar,
}

#[derive(Default)]
enum State {
    #[default]
    Waiting,
    Leading,
    Ended(Verdict),
}

/// A batch that can still be joined.
#[derive(Default)]
struct Forming {
    batch: Arc<Batch>,
    operations: Vec<Queued>,
}

/// Who waits, and whether somebody leads.
#[derive(Default)]
pub(super) struct Queue {
    /// Only the last one can be joined; the others are full.
    forming: VecDeque<Forming>,
    leading: bool,
    /// How many operations the batch before had.
    last_batch: usize,
    /// How many operations are run or synced now.
    in_hand: usize,
    /// How many batches are synced now.
    syncing: usize,
    pace: Pace,
    /// Forks that wait for the leader to end; nobody leads meanwhile.
    forks: usize,
}

impl Queue {
    fn waiting(&self) -> usize {
        self.forming.iter().map(|one| one.operations.len()).sum()
    }

    /// How many operations a batch may have now.
    fn largest_batch(&self) -> usize {
        self.pace.largest(self.waiting() + self.in_hand)
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting())
            .field("leading", &self.leading)
            .finish()
    }
}

/// What is left to do for a writer that has joined a batch.
enum Part {
    /// Nobody leads: it does, at once.
    Lead,
    /// It is the first of its batch and leads it when its turn comes.
    LeadLater,
    Follow,
}

/// The queue of writers. The connection belongs to whoever leads.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) queue: Arc<Mutex<Queue>>,
    ended: Condvar,
}

impl Group {
    /// Runs `operation` in a transaction with whatever else is written now, and waits for the
    /// commit. `with_writer` opens the connection if need be and lends it to the leader.
    pub(super) fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        with_writer: &Lend<'_>,
        sync: &LogSync,
        mut operation: impl FnMut(&Connection) -> Op<T> + Send + 'static,
    ) -> Result<T> {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let (batch, part) = self.join(Queued {
            operation: Box::new(move |connection| {
                let result = operation(connection);
                let outcome = match &result {
                    Ok(_) => Outcome::Keep,
                    Err(_) => Outcome::Undo,
                };
                *lock(&slot) = Some(result);
                outcome
            }),
            durability,
        });
        match part {
            Part::Lead => self.lead(with_writer, sync),
            Part::LeadLater => {
                batch.wait_for_lead();
                self.lead(with_writer, sync);
            }
            Part::Follow => {}
        }
        let committed = batch.wait_for_verdict();
        match (lock(&answer).take(), committed) {
            // The rules may have refused it for what another of the batch had written, which is
            // undone now.
            (Some(Err(Fault::Rule(_))), Err(failure)) => Err(failure.into()),
            (Some(Err(fault)), _) => Err(fault.into()),
            (_, Err(failure)) => Err(failure.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::new(
                ErrorKind::Internal,
                "a write was answered without being run",
            )),
        }
    }

    /// Adds an operation to the batch that forms.
    fn join(&self, queued: Queued) -> (Arc<Batch>, Part) {
        let mut queue = lock(&self.queue);
        let largest = queue.largest_batch();
        if let Some(last) = queue.forming.back_mut()
            && last.operations.len() < largest
        {
            last.operations.push(queued);
            return (Arc::clone(&last.batch), Part::Follow);
        }
        let forming = Forming {
            batch: Arc::default(),
            operations: vec![queued],
        };
        let batch = Arc::clone(&forming.batch);
        queue.forming.push_back(forming);
        if queue.leading || queue.forks > 0 {
            return (batch, Part::LeadLater);
        }
        queue.leading = true;
        (batch, Part::Lead)
    }

    /// Lets those that were just answered come back with their next operation.
    ///
    /// Without this, two crowds of writers would take turns, each waiting for a commit of the
    /// other. Only when several came together before, and for no longer than they keep coming:
    /// whoever writes alone is not held up.
    fn gather(&self) {
        let (seen_before, mut waiting, largest) = {
            let queue = lock(&self.queue);
            (queue.last_batch, queue.waiting(), queue.largest_batch())
        };
        if seen_before < 2 {
            return;
        }
        let expected = (seen_before + waiting).min(largest);
        let mut in_vain = 0;
        while waiting < expected && in_vain < YIELDS_IN_VAIN {
            std::thread::yield_now();
            let now = lock(&self.queue).waiting();
            in_vain = if now > waiting { 0 } else { in_vain + 1 };
            waiting = now;
        }
    }

    /// Runs the first batch, hands the lead on, and syncs what it committed.
    fn lead(&self, with_writer: &Lend<'_>, sync: &LogSync) {
        self.gather();
        let Forming {
            batch,
            mut operations,
        } = {
            let mut queue = lock(&self.queue);
            let forming = queue.forming.pop_front().unwrap_or_default();
            queue.last_batch = forming.operations.len();
            queue.in_hand += forming.operations.len();
            forming
        };
        let survives = operations.iter().map(|queued| queued.durability).max();
        let began = SystemClock.boot_micros();
        let mut ran = None;
        let lent = catch_unwind(AssertUnwindSafe(|| {
            with_writer(&mut |writer| {
                let verdict = run_batch(writer, &mut operations);
                // Before anybody else can commit.
                ran = Some((verdict, sync.committed()));
            })
        }));
        let (verdict, commit) = match (ran, lent) {
            (Some((verdict, commit)), Ok(Ok(()))) => (verdict, Some(commit)),
            (_, Ok(Err(error))) => (Err(error.into()), None),
            (_, Err(_)) => (Err(run::panicked()), None),
            (None, Ok(Ok(()))) => {
                let failure = Failure::new(ErrorKind::Internal, "the job database was not asked");
                (Err(failure), None)
            }
        };
        let to_sync = match (&verdict, commit) {
            (Ok(()), Some(commit)) if survives == Some(Durability::Power) => Some(commit),
            _ => None,
        };
        {
            let mut queue = lock(&self.queue);
            let took = SystemClock.boot_micros() - began;
            queue.pace.ran(operations.len(), took);
            queue.syncing += usize::from(to_sync.is_some());
            // First, so that the next batch runs while this one is synced and answered.
            self.hand_on(&mut queue);
        }
        let verdict = match to_sync {
            Some(commit) => self.sync(sync, commit),
            None => verdict,
        };
        {
            let mut queue = lock(&self.queue);
            queue.in_hand = queue.in_hand.saturating_sub(operations.len());
        }
        batch.end(verdict, operations.len());
        reach(Point::At(Place::BatchAnswered));
    }

    /// Waits until a commit is on the disk.
    fn sync(&self, sync: &LogSync, commit: Commit) -> Verdict {
        let began = SystemClock.boot_micros();
        let synced = sync.sync(commit);
        let mut queue = lock(&self.queue);
        queue.pace.synced(SystemClock.boot_micros() - began);
        queue.syncing = queue.syncing.saturating_sub(1);
        self.ended.notify_all();
        synced.map_err(|fault| Error::from(fault).into())
    }

    /// Gives the lead to the first that waits, or to nobody.
    fn hand_on(&self, queue: &mut Queue) {
        queue.leading = false;
        if queue.forks == 0
            && let Some(next) = queue.forming.front()
        {
            queue.leading = true;
            next.batch.give_lead();
        }
        if !queue.leading {
            self.ended.notify_all();
        }
    }

    /// Waits until nobody leads or syncs, and lets nobody lead until [`resume`](Self::resume).
    pub(super) fn pause(&self) {
        let mut queue = lock(&self.queue);
        queue.forks += 1;
        while queue.leading || queue.syncing > 0 {
            queue = wait(&self.ended, queue);
        }
    }

    /// Goes on after a fork, in the process that forked.
    pub(super) fn resume(&self) {
        let mut queue = lock(&self.queue);
        queue.forks = queue.forks.saturating_sub(1);
        if !queue.leading {
            self.hand_on(&mut queue);
        }
    }

    /// Goes on after a fork, in the child, which has none of the threads that waited.
    pub(super) fn reset(queue: &mut Queue) {
        *queue = Queue::default();
    }
}

impl Batch {
    fn give_lead(&self) {
        *lock(&self.state) = State::Leading;
        self.led.notify_one();
    }

    fn wait_for_lead(&self) {
        let mut state = lock(&self.state);
        while matches!(*state, State::Waiting) {
            state = wait(&self.led, state);
        }
    }

    /// Answers its `writers`.
    fn end(&self, verdict: Verdict, writers: usize) {
        *lock(&self.state) = State::Ended(verdict);
        // Whoever leads does not wait; without others there is nobody to wake.
        if writers > 1 {
            self.ended.notify_all();
        }
    }

    fn wait_for_verdict(&self) -> Verdict {
        let mut state = lock(&self.state);
        loop {
            if let State::Ended(verdict) = &*state {
                return verdict.clone();
            }
            state = wait(&self.ended, state);
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking leader left behind is rolled back, so the state is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<'a, T>(condvar: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    condvar.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod refusals;
