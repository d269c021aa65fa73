//! Group commit: one sync for everyone who writes at the same time, without a thread of its own.
//!
//! Writers queue their operation. Whoever finds nobody leading leads: takes what is queued, runs
//! it, commits once for all, hands the lead to the first that queued meanwhile, and answers.
//! Nobody is answered before the commit. An operation that is refused is undone alone: if it had
//! changed something by then, the batch is rolled back and run again with savepoints, since these
//! are dear and seldom needed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::connection::Durability;
use super::doubt::LogDoubt;
use super::fault::{Fault, Op};
use crate::error::{Error, ErrorKind, Result};
use crate::sys::crash_point::{Place, Point, reach};

/// No more operations than this wait for one commit, so that the first is not kept long.
const LARGEST_BATCH: usize = 256;

/// So often the processor is left to others, without anybody coming, before a batch begins.
const YIELDS_IN_VAIN: usize = 3;

/// The connection that writes, and what its last pragma said.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) durability: Durability,
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

/// One queued operation and the writer that waits for it.
struct Ticket {
    operation: Mutex<Operation>,
    durability: Durability,
    turn: Mutex<Turn>,
    changed: Condvar,
}

enum Turn {
    Waiting,
    Leading,
    /// The commit succeeded, or why it did not.
    Answered(Result<()>),
}

/// Who waits, and whether somebody leads.
#[derive(Default)]
pub(super) struct Queue {
    waiting: std::collections::VecDeque<Arc<Ticket>>,
    leading: bool,
    /// How many operations the batch before had.
    last_batch: usize,
    /// Forks that wait for the leader to end; nobody leads meanwhile.
    forks: usize,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("waiting", &self.waiting.len())
            .field("leading", &self.leading)
            .finish()
    }
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
        mut operation: impl FnMut(&Connection) -> Op<T> + Send + 'static,
    ) -> Result<T> {
        let answer = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&answer);
        let ticket = Arc::new(Ticket {
            operation: Mutex::new(Box::new(move |connection| {
                let result = operation(connection);
                let outcome = match &result {
                    Ok(_) => Outcome::Keep,
                    Err(_) => Outcome::Undo,
                };
                *lock(&slot) = Some(result);
                outcome
            })),
            durability,
            turn: Mutex::new(Turn::Waiting),
            changed: Condvar::new(),
        });
        if !self.join(&ticket) {
            self.lead(with_writer);
        }
        let committed = ticket.wait_for_answer(|| self.lead(with_writer));
        match (lock(&answer).take(), committed) {
            // The rules may have refused it for what another of the batch had written, which is
            // undone now.
            (Some(Err(Fault::Rule(_))), Err(error)) => Err(error),
            (Some(Err(fault)), _) => Err(fault.into()),
            (_, Err(error)) => Err(error),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(Error::new(
                ErrorKind::Internal,
                "a write was answered without being run",
            )),
        }
    }

    /// Queues the ticket; true when it has to wait for its turn, false when it must lead.
    fn join(&self, ticket: &Arc<Ticket>) -> bool {
        let mut queue = lock(&self.queue);
        queue.waiting.push_back(Arc::clone(ticket));
        if queue.leading || queue.forks > 0 {
            return true;
        }
        queue.leading = true;
        false
    }

    /// Lets those that were just answered come back with their next operation.
    ///
    /// Without this, two crowds of writers would take turns, each waiting for a commit of the
    /// other. Only when several came together before, and for no longer than they keep coming:
    /// whoever writes alone is not held up.
    fn gather(&self) {
        let (seen_before, mut waiting) = {
            let queue = lock(&self.queue);
            (queue.last_batch, queue.waiting.len())
        };
        if seen_before < 2 {
            return;
        }
        let expected = (seen_before + waiting).min(LARGEST_BATCH);
        let mut in_vain = 0;
        while waiting < expected && in_vain < YIELDS_IN_VAIN {
            std::thread::yield_now();
            let now = lock(&self.queue).waiting.len();
            in_vain = if now > waiting { 0 } else { in_vain + 1 };
            waiting = now;
        }
    }

    /// Runs one batch and hands the lead on.
    fn lead(&self, with_writer: &Lend<'_>) {
        self.gather();
        let batch: Vec<_> = {
            let mut queue = lock(&self.queue);
            let size = queue.waiting.len().min(LARGEST_BATCH);
            queue.last_batch = size;
            queue.waiting.drain(..size).collect()
        };
        let mut answers = None;
        let ran = catch_unwind(AssertUnwindSafe(|| {
            with_writer(&mut |writer| answers = Some(run_batch(writer, &batch)))
        }));
        let answers = match (answers, ran) {
            (Some(answers), Ok(Ok(()))) => answers,
            (_, Ok(Err(error))) => same_for_all(&batch, &error),
            (_, Err(_)) => same_for_all(
                &batch,
                &Error::new(ErrorKind::Panicked, "a write to the job database panicked"),
            ),
            (None, Ok(Ok(()))) => same_for_all(
                &batch,
                &Error::new(ErrorKind::Internal, "the job database was not asked"),
            ),
        };
        // First, so that the next batch runs while the answers go out.
        self.hand_on(&mut lock(&self.queue));
        for (ticket, answer) in batch.iter().zip(answers) {
            ticket.turn_to(Turn::Answered(answer));
            reach(Point::At(Place::BatchAnswered));
        }
    }

    /// Gives the lead to the first that waits, or to nobody.
    fn hand_on(&self, queue: &mut Queue) {
        queue.leading = false;
        if queue.forks == 0
            && let Some(next) = queue.waiting.front()
        {
            queue.leading = true;
            next.turn_to(Turn::Leading);
        }
        if !queue.leading {
            self.ended.notify_all();
        }
    }

    /// Waits until nobody leads, and lets nobody lead until [`resume`](Self::resume).
    pub(super) fn pause(&self) {
        let mut queue = lock(&self.queue);
        queue.forks += 1;
        while queue.leading {
            queue = self
                .ended
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
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

impl Ticket {
    fn turn_to(&self, turn: Turn) {
        *lock(&self.turn) = turn;
        self.changed.notify_one();
    }

    fn wait_for_answer(&self, lead: impl Fn()) -> Result<()> {
        let mut turn = lock(&self.turn);
        loop {
            match std::mem::replace(&mut *turn, Turn::Waiting) {
                Turn::Answered(answer) => return answer,
                Turn::Leading => {
                    drop(turn);
                    lead();
                    turn = lock(&self.turn);
                }
                Turn::Waiting => {
                    turn = self
                        .changed
                        .wait(turn)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

fn run_batch(writer: &mut Writer, batch: &[Arc<Ticket>]) -> Vec<Result<()>> {
    match catch_unwind(AssertUnwindSafe(|| try_batch(writer, batch))) {
        Ok(Ok(answers)) => answers,
        Ok(Err(fault)) => {
            writer.log.note(&fault);
            roll_back(&writer.connection);
            same_for_all(batch, &fault.into())
        }
        Err(_) => {
            roll_back(&writer.connection);
            let error = Error::new(ErrorKind::Panicked, "a write to the job database panicked");
            same_for_all(batch, &error)
        }
    }
}

fn try_batch(writer: &mut Writer, batch: &[Arc<Ticket>]) -> Op<Vec<Result<()>>> {
    let wanted = batch.iter().map(|ticket| ticket.durability).max();
    if let Some(wanted) = wanted
        && wanted != writer.durability
    {
        writer.connection.execute_batch(wanted.pragma())?;
        writer.durability = wanted;
    }
    let connection = &writer.connection;
    for guard in [Guard::None, Guard::Savepoints] {
        run(connection, "BEGIN IMMEDIATE")?;
        writer.log.settle()?;
        if run_operations(connection, batch, guard)? {
            reach(Point::At(Place::BatchBeforeCommit));
            run(connection, "COMMIT")?;
            reach(Point::At(Place::BatchCommitted));
            break;
        }
        run(connection, "ROLLBACK")?;
        if batch.len() == 1 {
            break;
        }
    }
    Ok(batch.iter().map(|_| Ok(())).collect())
}

/// What keeps the operations of a batch apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    None,
    Savepoints,
}

/// Runs each operation; false when one is to be undone and cannot be without the others.
fn run_operations(connection: &Connection, batch: &[Arc<Ticket>], guard: Guard) -> Op<bool> {
    let guarded = guard == Guard::Savepoints;
    for ticket in batch {
        if guarded {
            run(connection, "SAVEPOINT operation")?;
        }
        let changes = connection.total_changes();
        let outcome = (lock(&ticket.operation))(connection);
        if batch.len() > 1 {
            reach(Point::At(Place::BatchBetween));
        }
        // A full disk, an I/O error or no memory undoes the whole transaction, the operations
        // before this one with it.
        if connection.is_autocommit() {
            return Err(Fault::Rule(Error::new(
                ErrorKind::Unavailable,
                "the job database undid the transaction; is the disk full?",
            )));
        }
        let undo = matches!(outcome, Outcome::Undo) && connection.total_changes() != changes;
        if undo && !guarded {
            return Ok(false);
        }
        if undo {
            run(connection, "ROLLBACK TO operation")?;
        }
        if guarded {
            run(connection, "RELEASE operation")?;
        }
    }
    Ok(true)
}

fn run(connection: &Connection, sql: &str) -> Op<()> {
    connection.prepare_cached(sql)?.execute([])?;
    Ok(())
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // If even this fails, the next BEGIN fails and says so.
        let _ = connection.execute_batch("ROLLBACK");
    }
}

fn same_for_all(batch: &[Arc<Ticket>], error: &Error) -> Vec<Result<()>> {
    let text = error.chain();
    batch
        .iter()
        .map(|_| Err(Error::new(error.kind(), text.clone())))
        .collect()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking leader left behind is rolled back, so the state is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod refusals;
