//! Waits for hints of Redis on a thread of its own, and hands them to the engine.
//!
//! A hint is acknowledged after the claim that it led to is committed, whichever job that brought.
//! One that this worker can do nothing with (it has no room, no handler for the kind, or runs as
//! many of the kind as it may) is passed on to another. Where Redis fails, the engine asks the
//! repository more often, and this tries again.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::control::Used;
use super::events::WorkerEvent;
use super::heartbeat::micros;
use super::reaper::jittered;
use super::run::{no_thread, note_of};
use super::shared::Shared;
use super::transport::Mode;
use crate::error::Result;
use crate::job::random_unit;
use crate::job::time::duration_micros;
use crate::queue::redis::{Fault, Heard, Hint, Keys, Received, Receiver};
use crate::repository::WorkerRow;
use crate::sys::signals::spawn_without_signals;

/// How often the stream is tried from end to end.
const PROBE_EVERY: Duration = Duration::from_secs(5);

/// How often what dead workers left in the streams is looked for, in microseconds.
const TIDY_EVERY: i64 = 15_000_000;

/// What a worker has held for longer is left by one that died.
const ABANDONED: Duration = Duration::from_secs(30);

/// The rest after a failure: the first, and the longest.
const FIRST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(2);

/// A hint that nobody could use so often is dropped: by then every worker has polled.
const MOST_PASSES: u32 = 12;

/// The thread that hears; dropping this ends it.
pub(super) struct Hearing {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Hearing {
    /// Begins to hear, if there is a Redis.
    pub(super) fn start(shared: &Arc<Shared>) -> Result<Option<Hearing>> {
        let Some(publisher) = shared.announcer.publisher() else {
            return Ok(None);
        };
        let target = publisher.target().clone();
        let end = shared.control.open_hints().map_err(no_thread)?;
        shared
            .transport
            .set(&Mode::Degraded("not connected yet".to_owned()));
        let ear = Ear {
            shared: Arc::clone(shared),
            note: note_of(shared),
            is_noted: false,
            end,
            target,
            rest: FIRST_REST,
            later: VecDeque::new(),
            probe_due: 0,
            tidy_due: jittered(shared.boot(), TIDY_EVERY),
        };
        let thread = spawn_without_signals("floorjobs-hear".to_owned(), move || ear.run())
            .map_err(no_thread)?;
        Ok(Some(Hearing {
            shared: Arc::clone(shared),
            thread: Some(thread),
        }))
    }
}

impl Drop for Hearing {
    fn drop(&mut self) {
        self.shared.control.close_hints();
        if let Some(thread) = self.thread.take() {
            // A panic there would be a defect; the worker polls then, as without Redis.
            let _ = thread.join();
        }
    }
}

struct Ear {
    shared: Arc<Shared>,
    note: WorkerRow,
    is_noted: bool,
    /// Becomes readable when the worker takes no more hints.
    end: UnixStream,
    target: crate::queue::redis::Target,
    rest: Duration,
    /// What is to be passed on, and when, by the boot clock.
    later: VecDeque<(i64, Received)>,
    probe_due: i64,
    tidy_due: i64,
}

/// Why a session with Redis is over.
enum Over {
    /// The worker takes no more hints.
    Closed,
    Failed(Fault),
}

impl From<Fault> for Over {
    fn from(fault: Fault) -> Over {
        Over::Failed(fault)
    }
}

impl Ear {
    fn run(mut self) {
        let Some(mut receiver) = self.receiver() else {
            return;
        };
        loop {
            let began = self.shared.boot();
            self.later.clear();
            let Err(over) = self.session(&mut receiver);
            match over {
                Over::Closed => {
                    // What this leaves behind, others take over.
                    let _ = receiver.leave();
                    return;
                }
                // Somebody flushed it: made anew at once, unless that happens all the time.
                Over::Failed(Fault::GroupLost)
                    if self.shared.boot().saturating_sub(began) > duration_micros(LONGEST_REST) =>
                {
                    self.shared.control.wake();
                }
                Over::Failed(fault) => {
                    self.change(&Mode::Degraded(fault.to_string()));
                    let rest = self.rest.mul_f64(0.5 + 0.5 * random_unit());
                    self.rest = (self.rest * 2).min(LONGEST_REST);
                    if !self.shared.control.rest_from_hints(rest) {
                        return;
                    }
                }
            }
        }
    }

    /// The receiver, once the repository says what it is called.
    fn receiver(&mut self) -> Option<Receiver> {
        loop {
            match self.shared.repository.identity() {
                Ok(identity) => {
                    return Some(Receiver::new(
                        self.target.clone(),
                        Arc::clone(&self.shared.clock),
                        Keys::of(&identity),
                        self.shared.options.queues.clone(),
                        self.shared.owner.id,
                    ));
                }
                Err(error) => {
                    let reason = format!("the repository does not answer: {}", error.message());
                    self.change(&Mode::Degraded(reason));
                    if !self.shared.control.rest_from_hints(LONGEST_REST) {
                        return None;
                    }
                }
            }
        }
    }

    fn session(&mut self, receiver: &mut Receiver) -> Result<std::convert::Infallible, Over> {
        let received = receiver.connect()?;
        self.change(&Mode::Redis);
        // Hints may have been missed.
        self.shared.control.wake();
        self.probe_due = self.after(PROBE_EVERY);
        self.hear(receiver, received)?;
        self.rest = FIRST_REST;
        loop {
            if !self.shared.control.wait_for_room() {
                return Err(Over::Closed);
            }
            let heard = receiver.listen(self.until_next(), Some(self.end.as_fd()))?;
            if !self.shared.control.rest_from_hints(Duration::ZERO) {
                return Err(Over::Closed);
            }
            if let Heard::Hints(received) = heard {
                self.hear(receiver, received)?;
            }
            self.pass_on_what_is_due(receiver)?;
            let now = self.shared.boot();
            if now >= self.probe_due {
                let received = receiver.probe()?;
                self.probe_due = self.after(PROBE_EVERY);
                self.note();
                self.hear(receiver, received)?;
            }
            if now >= self.tidy_due {
                let left = receiver.tidy(ABANDONED)?;
                self.tidy_due = jittered(now, TIDY_EVERY);
                let held: Vec<&str> = self.later.iter().map(|(_, one)| one.id.as_str()).collect();
                let left = left
                    .into_iter()
                    .filter(|one| !held.contains(&one.id.as_str()));
                let left = left.collect();
                self.hear(receiver, left)?;
            }
        }
    }

    fn after(&self, time: Duration) -> i64 {
        self.shared.boot().saturating_add(duration_micros(time))
    }

    fn until_next(&self) -> Duration {
        let next = self.later.iter().map(|(due, _)| *due);
        let next = next.fold(self.probe_due.min(self.tidy_due), i64::min);
        micros(next.saturating_sub(self.shared.boot()))
    }

    /// Does with hints what is to be done.
    fn hear(&mut self, receiver: &mut Receiver, received: Vec<Received>) -> Result<(), Over> {
        if received.is_empty() {
            return Ok(());
        }
        let (ours, others): (Vec<_>, Vec<_>) = received
            .into_iter()
            .partition(|received| self.can_use(&received.hint));
        for other in others {
            let due = self.after(patience(other.hint.passes));
            self.later.push_back((due, other));
        }
        self.pass_on_what_is_due(receiver)?;
        if ours.is_empty() {
            return Ok(());
        }
        let Some(used) = self.shared.control.give_hints() else {
            return Err(Over::Closed);
        };
        receiver.settle(&ours, &left_over(&ours, used))?;
        Ok(())
    }

    /// Whether a job of the hint's kind could be started by this worker.
    fn can_use(&self, hint: &Hint) -> bool {
        let handlers = &self.shared.handlers;
        hint.kind.as_ref().is_none_or(|kind| {
            let limit = handlers.limits().get(kind).copied();
            let is_full = limit.is_some_and(|limit| self.shared.table.count_of(kind) >= limit);
            handlers.get(kind).is_some() && !is_full
        })
    }

    /// Passes on what others can use. Whoever cannot either waits longer before it does the same,
    /// so that an able worker that is about to listen gets it.
    fn pass_on_what_is_due(&mut self, receiver: &mut Receiver) -> Result<(), Fault> {
        let now = self.shared.boot();
        let (due, later) = self.later.drain(..).partition(|(due, _)| *due <= now);
        self.later = later;
        let due: VecDeque<(i64, Received)> = due;
        let due: Vec<Received> = due.into_iter().map(|(_, received)| received).collect();
        let passed = due.iter().map(|received| Hint {
            passes: received.hint.passes.saturating_add(1),
            ..received.hint.clone()
        });
        let passed: Vec<Hint> = passed.filter(|hint| hint.passes < MOST_PASSES).collect();
        receiver.settle(&due, &passed)
    }

    /// Tells everybody how this worker learns of new jobs now.
    fn change(&mut self, mode: &Mode) {
        let event = WorkerEvent::TransportChanged {
            transport: mode.name(),
            reason: mode.reason().map(str::to_owned),
        };
        if self.shared.transport.set(mode) {
            self.shared.tell(|| event);
            // So that the engine polls as often as it should from now on.
            self.shared.control.wake();
            self.is_noted = false;
        }
        self.note();
    }

    fn note(&mut self) {
        if self.is_noted {
            return;
        }
        self.note.transport = self.shared.transport.text();
        self.note.beat_at = self.shared.now();
        // If it fails, it is tried again with the next probe.
        self.is_noted = self.shared.repository.register_worker(&self.note).is_ok();
    }
}

/// How long a hint that was passed on so often rests with a worker that cannot use it.
fn patience(passes: u32) -> Duration {
    match passes {
        0 => Duration::ZERO,
        passes => Duration::from_millis(1 << passes.min(10)),
    }
}

/// What others should hear of, after hints were used: jobs for which there was no room.
fn left_over(hints: &[Received], used: Used) -> Vec<Hint> {
    if !used.more {
        return Vec::new();
    }
    let mut claimed = used.claimed;
    let mut left = Vec::new();
    let mut queues: Vec<_> = hints.iter().map(|one| &one.hint.queue).collect();
    queues.dedup();
    for queue in queues {
        let of_it = || {
            hints
                .iter()
                .map(|one| &one.hint)
                .filter(|hint| hint.queue == *queue)
        };
        let jobs = of_it().fold(0_u32, |sum, hint| sum.saturating_add(hint.jobs));
        let rest = jobs.saturating_sub(claimed);
        claimed = claimed.saturating_sub(jobs);
        let kind = of_it().next().and_then(|hint| hint.kind.clone());
        let kind = kind.filter(|kind| of_it().all(|hint| hint.kind.as_ref() == Some(kind)));
        left.extend(Hint::rest(queue, rest).into_iter().map(|hint| Hint {
            kind: kind.clone(),
            ..hint
        }));
    }
    left
}
