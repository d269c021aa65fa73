//! What all threads of a worker share.

use std::sync::Arc;

use super::control::Control;
use super::endings::Endings;
use super::events::{AttemptRef, Events, WorkerEvent};
use super::handler::Handlers;
use super::heartbeat::Pulse;
use super::options::WorkerOptions;
use super::relay::Relay;
use super::running::{Running, Table};
use super::slots::Slots;
use super::transport::Transport;
use crate::blob::BlobStore;
use crate::clock::Clock;
use crate::job::{Job, Timestamp};
use crate::queue::{Announcer, Ready};
use crate::repository::{Owner, Repository};

pub(super) struct Shared {
    pub(super) repository: Arc<dyn Repository>,
    pub(super) blobs: Arc<dyn BlobStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) owner: Owner,
    pub(super) options: WorkerOptions,
    pub(super) handlers: Handlers,
    pub(super) table: Table,
    pub(super) events: Events,
    pub(super) control: Arc<Control>,
    pub(super) pulse: Pulse,
    pub(super) relay: Relay,
    pub(super) slots: Arc<Slots>,
    pub(super) endings: Endings,
    /// Wakes the other workers when a job came back through this one.
    pub(super) announcer: Announcer,
    /// How this worker learns of new jobs at the moment.
    pub(super) transport: Transport,
}

impl Shared {
    /// Microseconds of the boot clock.
    pub(super) fn boot(&self) -> i64 {
        self.clock.boot_micros()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn tell(&self, event: impl FnOnce() -> WorkerEvent) {
        self.events.tell(event);
    }

    /// Tells of an attempt; `event` gets its reference and how many seconds it has taken.
    pub(super) fn tell_of(
        &self,
        running: &Running,
        event: impl FnOnce(AttemptRef, f64) -> WorkerEvent,
    ) {
        self.events.tell(|| {
            let micros = self.boot().saturating_sub(running.started);
            // Far below 2^53, so that no microsecond is lost.
            event(
                AttemptRef::new(&running.job, &running.fence),
                micros as f64 / 1e6,
            )
        });
    }

    /// Wakes other workers for a job that is queued again; that it failed costs them a poll interval.
    pub(super) fn wake_for(&self, job: &Job) {
        self.announcer
            .announce(|| vec![Ready::again(job)], || self.repository.identity());
    }

    /// Wakes other workers for all that is ready, in whatever queue it is.
    pub(super) fn wake_others(&self) {
        let all_ready = || {
            let queues = self.repository.ready_queues().unwrap_or_default();
            queues.into_iter().map(Ready::in_queue).collect()
        };
        self.announcer
            .announce(all_ready, || self.repository.identity());
    }
}
