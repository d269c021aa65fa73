//! Runs an attempt to its end, and writes that down.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::context::AttemptContext;
use super::decision::Decision;
use super::endings;
use super::events::WorkerEvent;
use super::handler::{Completion, Handler, Verdict};
use super::heartbeat::micros;
use super::panics;
use super::running::Running;
use super::seat::Seat;
use super::shared::Shared;
use super::slots::{Task, Work};
use crate::blob::BlobStore;
use crate::error::{Error, ErrorKind, Result};
use crate::job::time::duration_micros;
use crate::job::{Failure, Status, Usage, json_length, random_unit};
use crate::repository::{Ended, Ending, Finish};
use crate::sys::crash_point::{Place, Point, reach};
use crate::sys::usage::{peak_memory_bytes, thread_cpu_micros};

/// An attempt that is to run.
pub(super) struct Attempt {
    pub(super) seat: Seat,
    pub(super) handler: Arc<dyn Handler>,
}

impl Work for Attempt {
    fn run(self: Box<Self>) -> Option<Task> {
        let Attempt { seat, handler } = *self;
        let (shared, running) = (&seat.shared, &seat.running);
        let ending = run_attempt(shared, running, handler.as_ref())?;
        // After anything but a success, the engine looks around before somebody claims.
        if matches!(ending, Ending::Succeeded { .. }) && running.token.reason().is_none() {
            return endings::write(seat, ending);
        }
        write_ending(shared, running, ending, false);
        None
    }

    fn refuse(self: Box<Self>, why: &io::Error) {
        // Others may run it.
        let Attempt { seat, .. } = *self;
        tell_no_thread(&seat.shared, why);
        if seat.running.begin_ending() {
            write_ending(&seat.shared, &seat.running, Ending::Released, false);
        }
    }
}

/// An ending that is to be written by itself.
pub(super) struct Unwritten {
    shared: Arc<Shared>,
    /// Kept until it is written; not always that of the attempt which ends.
    _seat: Option<Seat>,
    running: Arc<Running>,
    ending: Ending,
    /// Whether it was told that it could not be written.
    was_told: bool,
}

impl Unwritten {
    /// The ending of the attempt in this seat.
    pub(super) fn of(seat: Seat, ending: Ending) -> Unwritten {
        let (shared, running) = (Arc::clone(&seat.shared), Arc::clone(&seat.running));
        Unwritten::in_seat(&shared, Some(seat), running, ending)
    }

    /// The ending of an attempt that never came to the table, in the seat of another.
    pub(super) fn in_seat(
        shared: &Arc<Shared>,
        seat: Option<Seat>,
        running: Arc<Running>,
        ending: Ending,
    ) -> Unwritten {
        Unwritten {
            shared: Arc::clone(shared),
            _seat: seat,
            running,
            ending,
            was_told: false,
        }
    }

    /// The same after an error that was told if it can pass.
    pub(super) fn after(mut self, error: &Error) -> Unwritten {
        self.was_told = error.is_retryable();
        self
    }
}

impl Work for Unwritten {
    fn run(self: Box<Self>) -> Option<Task> {
        write_ending(&self.shared, &self.running, self.ending, self.was_told);
        None
    }

    fn refuse(self: Box<Self>, why: &io::Error) {
        tell_no_thread(&self.shared, why);
        self.run();
    }
}

fn tell_no_thread(shared: &Shared, why: &io::Error) {
    let error = super::run::no_thread(io::Error::new(why.kind(), why.to_string()));
    shared.tell(|| WorkerEvent::repository_failed("start a thread", &error));
}

/// Runs one attempt, from the handler's first line to the ending that it is to have; `None` when
/// others have ended it, or will.
pub(super) fn run_attempt(
    shared: &Shared,
    running: &Arc<Running>,
    handler: &dyn Handler,
) -> Option<Ending> {
    // Given back or lost before its thread came to it: others may be running it by now.
    if !running.is_active() {
        return None;
    }
    let context = AttemptContext::new(
        Arc::clone(running),
        Arc::clone(&shared.blobs),
        Some(Arc::clone(&shared.repository)),
    );
    let cpu_before = thread_cpu_micros();
    reach(Point::At(Place::Started));
    let answer = panics::catch(|| handler.run(&context));
    reach(Point::At(Place::Returned));
    running.used(Usage {
        cpu_us: thread_cpu_micros() - cpu_before,
        peak_memory_bytes: peak_memory_bytes(),
    });
    // What was given up has been ended by others; this answer comes too late.
    if !running.begin_ending() {
        return None;
    }
    let answer =
        answer.and_then(|verdict| keep_inline_result_small(shared.blobs.as_ref(), verdict));
    // A success has no delay, and the system is not asked for a random number.
    let unit = match &answer {
        Ok(Verdict::Complete(_)) => 0.0,
        _ => random_unit(),
    };
    let ending = Decision {
        job: &running.job,
        policy: &running.retry,
        reason: running.token.reason(),
        stall_after: running.stall.after,
        now: shared.now(),
        unit,
    }
    .ending(answer);
    reach(Point::At(Place::EndingDecided));
    Some(ending)
}

/// The largest result that is stored with its job, in bytes of JSON.
const MAX_INLINE_RESULT: usize = 1 << 20;

/// Moves a large result into a blob, under `blob` in the job's `result_ref`.
///
/// What the handler said there stays: the fields of an object beside `blob`, anything else under
/// `value`. An object that names a blob itself is refused, for only the one under `blob` is kept
/// from being swept.
pub(crate) fn keep_inline_result_small(blobs: &dyn BlobStore, verdict: Verdict) -> Result<Verdict> {
    let Verdict::Complete(Completion {
        result: Some(result),
        result_ref,
        product,
    }) = verdict
    else {
        return Ok(verdict);
    };
    let bytes = json_length(&result);
    if bytes <= MAX_INLINE_RESULT {
        return Ok(Verdict::Complete(Completion {
            result: Some(result),
            result_ref,
            product,
        }));
    }
    let mut fields = match result_ref {
        None => Map::new(),
        Some(Value::Object(fields)) if fields.contains_key("blob") => {
            let message = format!(
                "the result is {} bytes of JSON, and over {MAX_INLINE_RESULT} it takes the place \
                 of `blob` in `result_ref`, where there is something already",
                bytes
            );
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Some(Value::Object(fields)) => fields,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
    };
    let blob = blobs.put(result.to_string().as_bytes())?;
    reach(Point::At(Place::ResultStored));
    fields.insert("blob".to_owned(), blob.to_string().into());
    Ok(Verdict::Complete(Completion {
        result: None,
        result_ref: Some(Value::Object(fields)),
        product,
    }))
}

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Writes an ending, again and again while the repository fails and the lease holds. That it fails
/// is told once, unless it `was_told`.
fn write_ending(shared: &Shared, running: &Running, mut ending: Ending, was_told: bool) {
    // The heartbeat goes on renewing the lease meanwhile; one lease's time is enough of trying.
    let give_up_at = shared
        .boot()
        .saturating_add(duration_micros(shared.options.lease));
    let mut pause = FIRST_PAUSE;
    let mut failed_before = was_told;
    while let Err(error) = end_once(shared, running, &ending) {
        if !error.is_retryable() {
            // The repository refuses this ending for good, so the job ends with the refusal. That
            // one being refused as well would be a defect; it must not become an endless loop.
            if matches!(ending, Ending::Failed { .. }) {
                return tell_ending_lost(shared, running, &error);
            }
            let refusal = Error::new(error.kind(), "the outcome could not be stored");
            let refusal = Failure::from(&refusal.with_source(error));
            ending = Ending::Failed { error: refusal };
            continue;
        }
        if !std::mem::replace(&mut failed_before, true) {
            shared.tell(|| WorkerEvent::repository_failed("finish", &error));
        }
        let now = shared.boot();
        if now >= running.leased_until() || now >= give_up_at {
            return tell_ending_lost(shared, running, &error);
        }
        let left = micros(running.leased_until().min(give_up_at).saturating_sub(now));
        std::thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn tell_ending_lost(shared: &Shared, running: &Running, error: &Error) {
    shared.tell_of(running, |job, _| WorkerEvent::EndingLost {
        job,
        error: Failure::from(error),
    });
}

/// Writes an ending once and tells of it. A refusal because the attempt is no longer the running
/// one is an end as well.
pub(super) fn end_once(shared: &Shared, running: &Running, ending: &Ending) -> Result<()> {
    let finish = finish_of(running, ending.clone());
    let ended = shared.repository.finish(&finish);
    let ended = ended.map(|job| Ended::of(&job));
    hear_ended(shared, running, ending, ended)
}

pub(super) fn finish_of(running: &Running, ending: Ending) -> Finish {
    Finish {
        fence: running.fence,
        ending,
        usage: running.usage(),
        trace: running.trace(),
    }
}

/// Whether the attempt is no longer the running one.
fn is_gone(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::LeaseLost | ErrorKind::NotFound)
}

/// Tells of an ending; one that is refused because the attempt is no longer the running one is an
/// end as well.
pub(super) fn hear_ended(
    shared: &Shared,
    running: &Running,
    ending: &Ending,
    ended: Result<Ended>,
) -> Result<()> {
    match ended {
        Ok(Ended { status, is_awaited }) => {
            reach(Point::At(Place::Finished));
            tell_ended(shared, running, ending, status);
            if status == Status::Queued {
                // Its new `run_at` may be earlier than what anybody waits for.
                shared.control.wake();
                shared.wake_for(&running.job);
            } else {
                shared.control.job_ended();
                // What waited for it may be for a queue or a kind of another worker.
                if is_awaited {
                    shared.wake_others();
                }
            }
            Ok(())
        }
        Err(error) if is_gone(&error) => {
            shared.tell_of(running, |job, _| WorkerEvent::LeaseLost { job });
            Ok(())
        }
        Err(error) => Err(error),
    }
}

fn tell_ended(shared: &Shared, running: &Running, ending: &Ending, status: Status) {
    let cancelled = status == Status::Cancelled;
    shared.tell_of(running, |job, seconds| match ending {
        _ if cancelled => WorkerEvent::Cancelled { job, seconds },
        Ending::Succeeded { .. } => WorkerEvent::Succeeded { job, seconds },
        Ending::Retried { error, run_at } => WorkerEvent::Retried {
            job,
            seconds,
            error: error.clone(),
            run_at: *run_at,
        },
        Ending::Failed { error } => WorkerEvent::Failed {
            job,
            seconds,
            error: error.clone(),
        },
        Ending::Crashed { error, .. } => WorkerEvent::Crashed {
            job,
            seconds,
            error: error.clone(),
            status,
        },
        Ending::Snoozed { run_at } => WorkerEvent::Snoozed {
            job,
            run_at: *run_at,
        },
        Ending::Released => WorkerEvent::Released { job },
        Ending::Cancelled => WorkerEvent::Cancelled { job, seconds },
    });
}
