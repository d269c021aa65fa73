//! What a worker tells its host: one event for each thing worth a log line or a progress bar.
//!
//! Events pass through a bounded queue to a thread of their own, so that a slow listener (one that
//! waits for an interpreter's lock, say) holds up no heartbeat and no job. What does not fit is
//! counted and dropped. No job depends on an event being heard.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;

use super::run::StopReason;
use crate::error::{Error, Result};
use crate::job::{Failure, Fence, Job, JobId, Kind, OwnerId, QueueName, Status, Timestamp};
use crate::repository::Reaped;
use crate::sys::signals::spawn_without_signals;

/// Which attempt an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttemptRef {
    /// The job.
    pub job_id: JobId,
    /// What the job does.
    pub kind: Kind,
    /// Which start of the job it is, from 1.
    pub attempt: u32,
    /// The request of the host's that led to the job, if the host said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl AttemptRef {
    pub(super) fn new(job: &Job, fence: &Fence) -> AttemptRef {
        AttemptRef {
            job_id: fence.job,
            kind: job.kind.clone(),
            attempt: fence.attempt,
            request_id: job.request_id.clone(),
        }
    }
}

/// Something that happened in a worker. Serializes with its name under `event`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "the fields repeat the words of the event's own line"
)]
pub enum WorkerEvent {
    /// The worker serves its queues from now on.
    Started {
        owner: OwnerId,
        pid: u32,
        queues: Vec<QueueName>,
        kinds: Vec<Kind>,
        concurrency: usize,
    },
    /// An attempt begins.
    JobStarted {
        #[serde(flatten)]
        job: AttemptRef,
        queue: QueueName,
    },
    /// An attempt's progress was stored.
    Progress {
        #[serde(flatten)]
        job: AttemptRef,
        fraction: f64,
        stage: String,
        message: Option<String>,
    },
    /// The job has its result.
    Succeeded {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
    },
    /// The attempt failed; another one will be made.
    Retried {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
        error: Failure,
        run_at: Timestamp,
    },
    /// The job failed.
    Failed {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
        error: Failure,
    },
    /// The process that ran the handler for this worker died; `status` is what became of the job.
    Crashed {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
        error: Failure,
        status: Status,
    },
    /// The handler asked to run later.
    Snoozed {
        #[serde(flatten)]
        job: AttemptRef,
        run_at: Timestamp,
    },
    /// The job ended because somebody asked for it.
    Cancelled {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
    },
    /// The job was given back because the worker stops.
    Released {
        #[serde(flatten)]
        job: AttemptRef,
    },
    /// The attempt is no longer the running one; what it wrote was refused.
    LeaseLost {
        #[serde(flatten)]
        job: AttemptRef,
    },
    /// The ending of an attempt could not be written while its lease held.
    EndingLost {
        #[serde(flatten)]
        job: AttemptRef,
        error: Failure,
    },
    /// A handler was told to stop: its time is up.
    DeadlinePassed {
        #[serde(flatten)]
        job: AttemptRef,
    },
    /// An attempt has reported nothing new for longer than it may; `cancelled` tells whether it
    /// was told to stop for that.
    Stalled {
        #[serde(flatten)]
        job: AttemptRef,
        silent_seconds: f64,
        cancelled: bool,
    },
    /// A handler went on long after it was told to stop; its thread is lost, the worker will end.
    Stuck {
        #[serde(flatten)]
        job: AttemptRef,
        seconds: f64,
    },
    /// The job of a worker that died or fell silent was taken from it.
    Reaped {
        #[serde(flatten)]
        job: AttemptRef,
        status: Status,
    },
    /// Jobs that were claimed by this worker without its knowledge were given back.
    StraysReleased { count: usize },
    /// Jobs that ended long ago were deleted.
    Pruned { jobs: usize },
    /// Blobs that nothing names, and files that writers left unfinished, were removed.
    Swept { blobs: usize, unfinished: usize },
    /// The worker learns of new jobs in another way than before: `redis` at once through hints,
    /// or `degraded` by asking more often, since Redis cannot be used for the reason given.
    TransportChanged {
        transport: &'static str,
        reason: Option<String>,
    },
    /// The repository failed; the worker goes on trying.
    RepositoryFailed {
        operation: &'static str,
        error: Failure,
    },
    /// Events that did not fit the queue were dropped.
    EventsDropped { count: u64 },
    /// The worker takes no more jobs.
    Stopping { reason: StopReason, running: usize },
    /// The worker ended.
    Stopped {
        reason: StopReason,
        left_running: usize,
    },
}

impl WorkerEvent {
    pub(super) fn reaped(reaped: &Reaped) -> WorkerEvent {
        WorkerEvent::Reaped {
            job: AttemptRef {
                job_id: reaped.fence.job,
                kind: reaped.kind.clone(),
                attempt: reaped.fence.attempt,
                request_id: reaped.request_id.clone(),
            },
            status: reaped.status,
        }
    }

    pub(super) fn repository_failed(operation: &'static str, error: &Error) -> WorkerEvent {
        WorkerEvent::RepositoryFailed {
            operation,
            error: Failure::from(error),
        }
    }
}

/// Listens to a worker. Called on one thread, in the order of the events.
pub trait EventSink: Send {
    /// Something happened.
    fn event(&mut self, event: &WorkerEvent);

    /// Those are all for now: the place to write out what was gathered.
    fn pause(&mut self) {}
}

impl<F: FnMut(&WorkerEvent) + Send> EventSink for F {
    fn event(&mut self, event: &WorkerEvent) {
        self(event);
    }
}

/// Enough for every job of a large worker to begin and end while the listener waits.
const CAPACITY: usize = 4_096;

/// How long events are gathered, so that a busy worker wakes its listener seldom; no longer than
/// people notice, and not beyond half of the capacity.
const GATHERING: Duration = Duration::from_millis(5);
const ENOUGH: usize = CAPACITY / 2;

/// The queue between a worker and its listener; without a listener it takes nothing.
#[derive(Debug, Default)]
pub(super) struct Events {
    queue: Option<Arc<Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<WorkerEvent>,
    dropped: u64,
    closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for events and puts them into `batch`; false when none will come any more.
    fn next(&self, batch: &mut VecDeque<WorkerEvent>) -> bool {
        let nothing = |state: &mut State| state.waiting.is_empty() && !state.closed;
        let waited = self.changed.wait_while(self.state(), nothing);
        let state = waited.unwrap_or_else(PoisonError::into_inner);
        let few = |state: &mut State| state.waiting.len() < ENOUGH && !state.closed;
        let gathered = self.changed.wait_timeout_while(state, GATHERING, few);
        let (mut state, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, batch);
        if state.dropped > 0 {
            let count = std::mem::take(&mut state.dropped);
            batch.push_back(WorkerEvent::EventsDropped { count });
        }
        !batch.is_empty()
    }
}

impl Events {
    /// Starts the listener's thread, if there is a listener.
    pub(super) fn start(sink: Option<Box<dyn EventSink>>) -> Result<(Events, Option<Listening>)> {
        let Some(mut sink) = sink else {
            return Ok((Events::default(), None));
        };
        let queue = Arc::new(Queue::default());
        let from = Arc::clone(&queue);
        let listen = move || {
            let mut batch = VecDeque::new();
            while from.next(&mut batch) {
                batch.drain(..).for_each(|event| sink.event(&event));
                sink.pause();
            }
        };
        let thread = spawn_without_signals("floorjobs-events".to_owned(), listen)
            .map_err(super::run::no_thread)?;
        let listening = Listening {
            queue: Arc::clone(&queue),
            thread: Some(thread),
        };
        Ok((Events { queue: Some(queue) }, Some(listening)))
    }

    /// Hands an event on, or drops it; never waits for the listener.
    pub(super) fn tell(&self, event: impl FnOnce() -> WorkerEvent) {
        let Some(queue) = &self.queue else { return };
        let mut state = queue.state();
        if state.closed {
            return;
        }
        if state.waiting.len() >= CAPACITY {
            state.dropped += 1;
            return;
        }
        state.waiting.push_back(event());
        // In between the listener is at work, or gathers.
        let is_due = matches!(state.waiting.len(), 1 | ENOUGH);
        drop(state);
        if is_due {
            queue.changed.notify_one();
        }
    }
}

/// The listener's thread; dropping this waits until it has heard everything.
#[derive(Debug)]
pub(super) struct Listening {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.queue.state().closed = true;
        self.queue.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // A listener that panicked hears nothing more, which the worker survives.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_listener_that_hangs_holds_nobody_up_and_learns_what_it_missed() {
        let (release, held) = channel::<()>();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&heard);
        let sink = move |event: &WorkerEvent| {
            let _ = held.recv();
            log.lock().unwrap().push(event.clone());
        };
        let (events, listening) = Events::start(Some(Box::new(sink))).unwrap();
        // One load may have been taken by then, and one waits.
        let sent = 3 * CAPACITY;
        for count in 0..sent {
            events.tell(|| WorkerEvent::StraysReleased { count });
        }
        drop(release);
        drop(listening);
        let heard = heard.lock().unwrap();
        // Once, or twice if the first load was taken late.
        let dropped: Vec<_> = heard
            .iter()
            .filter_map(|event| match event {
                WorkerEvent::EventsDropped { count } => Some(usize::try_from(*count).unwrap()),
                _ => None,
            })
            .collect();
        let whole = heard.len() - dropped.len();
        assert_eq!(whole + dropped.iter().sum::<usize>(), sent);
        assert!(!dropped.is_empty());
        assert_eq!(heard[0], WorkerEvent::StraysReleased { count: 0 });
    }

    #[test]
    fn an_event_is_json_with_its_name() {
        let event = WorkerEvent::JobStarted {
            job: AttemptRef {
                job_id: JobId::from_bytes([0; 16]),
                kind: Kind::ingest(),
                attempt: 2,
                request_id: Some("abc-1".to_owned()),
            },
            queue: QueueName::default_queue(),
        };
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::json!({
                "event": "job_started",
                "job_id": "00000000-0000-0000-0000-000000000000",
                "kind": "ingest",
                "attempt": 2,
                "request_id": "abc-1",
                "queue": "default",
            })
        );
    }
}
