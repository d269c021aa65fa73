//! Runs an attempt to its end, and writes that down.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::context::AttemptContext;
use super::decision::Decision;
use super::events::WorkerEvent;
use super::handler::{Completion, Handler, Verdict};
use super::heartbeat::micros;
use super::panics;
use super::relay::UnderWay;
use super::running::Running;
use super::shared::Shared;
use super::start::{Ready, attempt_of, tell_started};
use crate::blob::BlobStore;
use crate::error::{Error, ErrorKind, Result};
use crate::job::time::duration_micros;
use crate::job::{Failure, Job, Status, Usage, random_unit};
use crate::repository::{Claim, Ending, Finish};
use crate::sys::crash_point::{Place, Point, reach};
use crate::sys::usage::{peak_memory_bytes, thread_cpu_micros};

/// Runs an attempt on the calling thread, and then those that the slot gets in its place: of each
/// job that ends, the transaction claims `next`.
pub(super) fn serve(shared: &Shared, first: Ready, next: Option<&Claim>) {
    let mut ready = Some(first);
    while let Some(Ready { running, handler }) = ready {
        let leaving = Leaving(shared, &running);
        ready = run_attempt(shared, &running, handler.as_ref(), next);
        reach(Point::At(Place::SlotHeld));
        drop(leaving);
        reach(Point::At(Place::SlotFree));
    }
}

/// Takes an attempt from the table when its thread is done with it, be it by a panic of ours: one
/// that stayed there would have its lease renewed for ever.
struct Leaving<'a>(&'a Shared, &'a Running);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        let Leaving(shared, running) = self;
        shared.table.remove(&running.fence);
    }
}

/// Runs one attempt, from the handler's first line to the stored ending; returns the one that
/// was claimed with it.
pub(super) fn run_attempt(
    shared: &Shared,
    running: &Arc<Running>,
    handler: &dyn Handler,
    next: Option<&Claim>,
) -> Option<Ready> {
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
    write_ending(shared, running, ending, next)
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
        reading,
    }) = verdict
    else {
        return Ok(verdict);
    };
    let text = result.to_string();
    if text.len() <= MAX_INLINE_RESULT {
        return Ok(Verdict::Complete(Completion {
            result: Some(result),
            result_ref,
            reading,
        }));
    }
    let mut fields = match result_ref {
        None => Map::new(),
        Some(Value::Object(fields)) if fields.contains_key("blob") => {
            let message = format!(
                "the result is {} bytes of JSON, and over {MAX_INLINE_RESULT} it takes the place \
                 of `blob` in `result_ref`, where there is something already",
                text.len()
            );
            return Err(Error::new(ErrorKind::InvalidInput, message));
        }
        Some(Value::Object(fields)) => fields,
        Some(other) => Map::from_iter([("value".to_owned(), other)]),
    };
    let blob = blobs.put(text.as_bytes())?;
    reach(Point::At(Place::ResultStored));
    fields.insert("blob".to_owned(), blob.to_string().into());
    Ok(Verdict::Complete(Completion {
        result: None,
        result_ref: Some(Value::Object(fields)),
        reading,
    }))
}

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Writes an ending, again and again while the repository fails and the lease holds.
///
/// The first try for a job that succeeded claims `next` as well, if slots may; returns the attempt
/// that came of it. Whatever else happened, the engine looks around before it claims.
fn write_ending(
    shared: &Shared,
    running: &Running,
    mut ending: Ending,
    next: Option<&Claim>,
) -> Option<Ready> {
    // The heartbeat goes on renewing the lease meanwhile; one lease's time is enough of trying.
    let give_up_at = shared
        .boot()
        .saturating_add(duration_micros(shared.options.lease));
    let mut pause = FIRST_PAUSE;
    let mut failed_before = false;
    let went_well = matches!(ending, Ending::Succeeded { .. }) && running.token.reason().is_none();
    let mut next = next
        .filter(|_| went_well)
        .and_then(|claim| Some((claim, shared.relay.begin()?)));
    loop {
        let claims = next.is_some();
        let written = match next.take() {
            Some((claim, under_way)) => end_and_claim(shared, running, &ending, claim, under_way),
            None => end_once(shared, running, &ending).map(|()| None),
        };
        let error = match written {
            Ok(ready) => return ready,
            Err(error) => error,
        };
        if !error.is_retryable() && claims {
            // Perhaps it is the claim that is refused, of which the ending must not suffer.
            continue;
        }
        if !error.is_retryable() {
            // The repository refuses this ending for good, so the job ends with the refusal. That
            // one being refused as well would be a defect; it must not become an endless loop.
            if matches!(ending, Ending::Failed { .. }) {
                tell_ending_lost(shared, running, &error);
                return None;
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
            tell_ending_lost(shared, running, &error);
            return None;
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
    let finish = finish_of(running, ending);
    let ended = shared.repository.finish(&finish);
    hear_ended(shared, running, ending, ended)
}

/// The same, with a claim in the same transaction.
fn end_and_claim(
    shared: &Shared,
    running: &Running,
    ending: &Ending,
    claim: &Claim,
    under_way: UnderWay<'_>,
) -> Result<Option<Ready>> {
    // Before it is asked for: the lease counts from a later moment.
    let claimed_at = shared.boot();
    let finish = finish_of(running, ending);
    match shared.repository.finish_and_claim(&finish, claim) {
        Ok((job, next)) => {
            hear_ended(shared, running, ending, Ok(job))?;
            let taken = next.into_iter().map(|job| take(shared, job, claimed_at));
            Ok(taken.fold(None, Option::or))
        }
        Err(error) => {
            // When the ending was refused, nothing was claimed.
            if error.is_retryable() && !is_gone(&error) {
                under_way.failed();
                shared.control.slot_freed();
            }
            hear_ended(shared, running, ending, Err(error))?;
            Ok(None)
        }
    }
}

fn finish_of(running: &Running, ending: &Ending) -> Finish {
    Finish {
        fence: running.fence,
        ending: ending.clone(),
        usage: running.usage(),
    }
}

/// Makes an attempt of a job that was claimed with an ending; `None` when it is ended here.
fn take(shared: &Shared, job: Job, claimed_at: i64) -> Option<Ready> {
    reach(Point::At(Place::Claimed));
    match attempt_of(shared, job, claimed_at) {
        Ok(ready) if shared.relay.insert(&shared.table, &ready.running) => {
            tell_started(shared, &ready.running);
            // More may have become ready with it, for slots that have nothing to do.
            if shared.has_idle_slots() {
                shared.control.slot_freed();
            }
            Some(ready)
        }
        Ok(ready) => write_ending(shared, &ready.running, Ending::Released, None),
        Err((running, error)) => write_ending(shared, &running, Ending::Failed { error }, None),
    }
}

/// Whether the attempt is no longer the running one.
fn is_gone(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::LeaseLost | ErrorKind::NotFound)
}

fn hear_ended(
    shared: &Shared,
    running: &Running,
    ending: &Ending,
    ended: Result<Job>,
) -> Result<()> {
    match ended {
        Ok(job) => {
            reach(Point::At(Place::Finished));
            tell_ended(shared, running, ending, &job);
            if job.status == Status::Queued {
                // Its new `run_at` may be earlier than what anybody waits for.
                shared.control.wake();
                shared.wake_for(&job);
            } else {
                shared.control.job_ended();
                // What waited for it may be for a queue or a kind of another worker.
                if job.is_awaited {
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

fn tell_ended(shared: &Shared, running: &Running, ending: &Ending, job: &Job) {
    let cancelled = job.status == Status::Cancelled;
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
        Ending::Snoozed { run_at } => WorkerEvent::Snoozed {
            job,
            run_at: *run_at,
        },
        Ending::Released => WorkerEvent::Released { job },
        Ending::Cancelled => WorkerEvent::Cancelled { job, seconds },
    });
}
