//! What every repository decides alike and says in the same words.

use super::{Ending, Owner};
use crate::error::{Error, ErrorKind};
use crate::job::{
    Event, Failure, Fence, JobId, Outcome, ParentFailure, Progress, Status, Timestamp,
};
use crate::job::{Start, UniqueScope};
use crate::sys::crash_point::Write;

/// How many attempts of one job are remembered, the newest. A job that snoozes every minute makes
/// half a million in a year.
pub(super) const KEPT_ATTEMPTS: u32 = 1_000;

/// The progress of a job that succeeded.
pub(super) fn done() -> Progress {
    Progress {
        fraction: 1.0,
        stage: "done".to_owned(),
        message: None,
    }
}

/// Which transaction an ending is, for the tests that die in each.
pub(super) fn write_of(ending: &Ending) -> Write {
    match ending {
        Ending::Succeeded { .. } => Write::Succeed,
        Ending::Retried { .. } => Write::RetryLater,
        Ending::Failed { .. } => Write::Fail,
        Ending::Crashed { .. } => Write::Crash,
        Ending::Snoozed { .. } => Write::Snooze,
        Ending::Released => Write::Release,
        Ending::Cancelled => Write::CancelAttempt,
    }
}

/// What becomes of `ending` when somebody asked for the attempt to stop.
///
/// A job that would run again is cancelled instead; one that just ended keeps its end.
pub(super) fn settled(ending: &Ending, cancel_requested: bool) -> &Ending {
    match cancel_requested && requeues(ending) {
        true => &Ending::Cancelled,
        false => ending,
    }
}

/// Whether a job runs again after `ending`, unless it is to be cancelled.
pub(super) fn requeues(ending: &Ending) -> bool {
    matches!(
        ending,
        Ending::Retried { .. }
            | Ending::Snoozed { .. }
            | Ending::Released
            | Ending::Crashed {
                run_at: Some(_),
                ..
            }
    )
}

/// Whether `outcome`, which is stored, is what `ending` led to.
pub(super) fn is_outcome_of(outcome: Outcome, ending: &Ending) -> bool {
    outcome == ending.outcome() || (outcome == Outcome::Cancelled && requeues(ending))
}

/// The event of the transition table by which an ending happens.
pub(super) fn event_of(ending: &Ending) -> Event {
    match ending {
        Ending::Succeeded { .. } => Event::Succeed,
        Ending::Retried { .. } => Event::RetryLater,
        Ending::Failed { .. } => Event::Fail,
        Ending::Crashed {
            run_at: Some(_), ..
        } => Event::Crash,
        Ending::Crashed { run_at: None, .. } => Event::CrashForGood,
        Ending::Snoozed { .. } => Event::Snooze,
        Ending::Released => Event::Release,
        Ending::Cancelled => Event::Cancel,
    }
}

/// What is stored with an attempt that was given up.
pub(super) fn crash_failure(owner: &Owner, gone: bool) -> Failure {
    let how = if gone {
        "is gone"
    } else {
        "was silent for longer than its lease"
    };
    let process = &owner.process;
    Failure::new(
        ErrorKind::Internal,
        format!(
            "the worker (process {} on {}) {how}",
            process.pid, process.host
        ),
    )
}

/// When a job that is stored now may first run.
pub(super) fn first_run(start: Start, now: Timestamp) -> Timestamp {
    match start {
        Start::In(delay) => now.after(delay),
        Start::At(moment) => moment,
    }
}

/// Until when a job that is stored now holds its key, beyond being queued or running.
pub(super) fn key_held_until(scope: UniqueScope, now: Timestamp) -> Option<Timestamp> {
    match scope {
        UniqueScope::Active => None,
        UniqueScope::For(time) => Some(now.after(time)),
        UniqueScope::Forever => Some(Timestamp::from_micros(i64::MAX)),
    }
}

/// What happens to a job that waits, when one it waits for has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParentEnded {
    /// It waits for one less.
    GoesOn,
    /// It is cancelled.
    Cancel,
    /// It fails.
    Fail(Failure),
}

pub(super) fn parent_ended(policy: ParentFailure, parent: JobId, status: Status) -> ParentEnded {
    match policy {
        _ if status == Status::Succeeded => ParentEnded::GoesOn,
        ParentFailure::Run => ParentEnded::GoesOn,
        ParentFailure::Cancel => ParentEnded::Cancel,
        ParentFailure::Fail => ParentEnded::Fail(Failure::new(
            ErrorKind::InvalidState,
            format!("job `{parent}`, which this one waits for, {}", how(status)),
        )),
    }
}

pub(super) fn is_blocked(job: JobId) -> Error {
    Error::new(
        ErrorKind::InvalidState,
        format!("job `{job}` waits for other jobs"),
    )
}

pub(super) fn refused(job: JobId, status: Status, event: Event) -> Error {
    let reason = match (event, status) {
        (Event::Cancel, _) => "it can no longer be cancelled",
        (Event::Requeue, Status::Running) => "cancel it first",
        (Event::Requeue, _) => "only failed and cancelled jobs can be retried",
        _ => "only a queued job can be started",
    };
    Error::new(
        ErrorKind::InvalidState,
        format!("job `{job}` {}; {reason}", how(status)),
    )
}

/// How a job stands, as the end of a sentence about it.
fn how(status: Status) -> &'static str {
    match status {
        Status::Queued => "is queued",
        Status::Running => "is running",
        Status::Succeeded => "has succeeded",
        Status::Failed => "has failed",
        Status::Cancelled => "was cancelled",
    }
}

pub(super) fn lease_lost(fence: &Fence) -> Error {
    Error::new(
        ErrorKind::LeaseLost,
        format!(
            "attempt {} of job `{}` is no longer the running one",
            fence.attempt, fence.job
        ),
    )
}

pub(super) fn floorplan_not_found(id: i64) -> Error {
    Error::new(ErrorKind::NotFound, format!("floor plan {id} not found"))
}

pub(super) fn no_floorplan(job: JobId) -> Error {
    Error::new(
        ErrorKind::InvalidState,
        format!("job `{job}` has no floor plan to read into"),
    )
}

pub(super) fn id_is_taken(job: JobId) -> Error {
    Error::new(ErrorKind::Conflict, format!("job `{job}` exists already"))
}

pub(super) fn key_is_held(holder: JobId, key: &str) -> Error {
    Error::new(
        ErrorKind::Conflict,
        format!("job `{holder}` holds the unique key `{key}`"),
    )
}
