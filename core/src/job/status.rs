//! The states of a job and the one table of how they change.

use std::fmt;

use serde::Serialize;

/// Where a job stands. A delayed or backing-off job is `Queued` with a future `run_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits to be run.
    Queued,
    /// A worker runs it.
    Running,
    /// Ended with its result.
    Succeeded,
    /// Ended without a result; the error says why.
    Failed,
    /// Ended because somebody asked for it.
    Cancelled,
}

/// What can happen to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// A worker takes the job and starts an attempt.
    Claim,
    /// The attempt ended with a result.
    Succeed,
    /// The attempt ended with an error, and another attempt will be made.
    RetryLater,
    /// The attempt ended with an error that ends the job.
    Fail,
    /// The attempt gave the job back without an error, to run later.
    Snooze,
    /// The worker gave the job back because it had to stop.
    Release,
    /// The worker, or its process that ran the handler, died or fell silent; the job is free again.
    Crash,
    /// The same once too often.
    CrashForGood,
    /// The job was cancelled, while it waited or by its attempt ending so.
    Cancel,
    /// Somebody asked for an ended job to run again.
    Requeue,
}

/// Every change there is; what is not here is refused.
///
/// ```text
///            ┌───── RetryLater, Snooze, Release, Crash ────┐
///            ▼                                             │
///  ──────► queued ───────────────── Claim ─────────────► running
///           │  ▲                                           │
///    Cancel │  │ Requeue                                   │
///           ▼  │                                           │
///  failed, cancelled ◄── Fail, CrashForGood, Cancel ───────┤
///  succeeded ◄────────────────── Succeed ──────────────────┘
/// ```
pub const TRANSITIONS: [(Status, Event, Status); 12] = [
    (Status::Queued, Event::Claim, Status::Running),
    (Status::Queued, Event::Cancel, Status::Cancelled),
    (Status::Running, Event::Succeed, Status::Succeeded),
    (Status::Running, Event::RetryLater, Status::Queued),
    (Status::Running, Event::Fail, Status::Failed),
    (Status::Running, Event::Snooze, Status::Queued),
    (Status::Running, Event::Release, Status::Queued),
    (Status::Running, Event::Crash, Status::Queued),
    (Status::Running, Event::CrashForGood, Status::Failed),
    (Status::Running, Event::Cancel, Status::Cancelled),
    (Status::Failed, Event::Requeue, Status::Queued),
    (Status::Cancelled, Event::Requeue, Status::Queued),
];

impl Status {
    /// Every status.
    pub const ALL: [Status; 5] = [
        Status::Queued,
        Status::Running,
        Status::Succeeded,
        Status::Failed,
        Status::Cancelled,
    ];

    /// The state after `event`, or `None` when a job in this state refuses it.
    pub fn after(self, event: Event) -> Option<Status> {
        TRANSITIONS
            .iter()
            .find(|(from, by, _)| (*from, *by) == (self, event))
            .map(|(_, _, to)| *to)
    }

    /// Whether nothing more happens by itself to a job in this state.
    pub const fn is_ended(self) -> bool {
        matches!(self, Status::Succeeded | Status::Failed | Status::Cancelled)
    }

    /// The stable text form, such as `queued`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Queued => "queued",
            Status::Running => "running",
            Status::Succeeded => "succeeded",
            Status::Failed => "failed",
            Status::Cancelled => "cancelled",
        }
    }

    /// The status whose text form is `text`, or `None`.
    pub fn from_text(text: &str) -> Option<Status> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 10] = [
        Event::Claim,
        Event::Succeed,
        Event::RetryLater,
        Event::Fail,
        Event::Snooze,
        Event::Release,
        Event::Crash,
        Event::CrashForGood,
        Event::Cancel,
        Event::Requeue,
    ];

    #[test]
    fn every_pair_of_state_and_event_is_decided() {
        let mut allowed = 0;
        for status in Status::ALL {
            for event in EVENTS {
                let expected = match (status, event) {
                    (Status::Queued, Event::Claim) => Some(Status::Running),
                    (Status::Queued | Status::Running, Event::Cancel) => Some(Status::Cancelled),
                    (Status::Running, Event::Succeed) => Some(Status::Succeeded),
                    (Status::Running, Event::Fail | Event::CrashForGood) => Some(Status::Failed),
                    (
                        Status::Running,
                        Event::RetryLater | Event::Snooze | Event::Release | Event::Crash,
                    ) => Some(Status::Queued),
                    (Status::Failed | Status::Cancelled, Event::Requeue) => Some(Status::Queued),
                    _ => None,
                };
                assert_eq!(status.after(event), expected, "{status:?} {event:?}");
                allowed += usize::from(expected.is_some());
            }
        }
        assert_eq!(allowed, TRANSITIONS.len());
    }

    #[test]
    fn a_success_is_final() {
        assert!(
            EVENTS
                .iter()
                .all(|event| Status::Succeeded.after(*event).is_none())
        );
    }

    #[test]
    fn the_text_form_is_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::from_text(status.as_str()), Some(status));
        }
        assert_eq!(Status::from_text("done"), None);
    }
}
