//! What the worker's own tests stand on: a repository in memory and a clock that they move.

use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use super::cancel::CancelReason;
use super::context::AttemptContext;
use super::control::WorkerHandle;
use super::endings::Endings;
use super::engine::Engine;
use super::events::{Events, Listening, WorkerEvent};
use super::handler::{Handler, Handlers, Verdict};
use super::heartbeat::{Heart, Pulse};
use super::options::{KindOptions, WorkerOptions};
use super::relay::Relay;
use super::run::slots_of;
use super::running::Table;
use super::shared::Shared;
use crate::blob::DirectoryStore;
use crate::clock::{Clock, ManualClock};
use crate::job::{Job, JobId, Kind, NewJob, OwnerId, QueueName, Timestamp};
use crate::repository::{
    Enqueue, MemoryRepository, Owner, Repository, SqliteOptions, SqliteRepository,
};
use crate::sys::ProcessIdentity;

/// How long a test waits for what must happen at once.
pub(super) const LONG: Duration = Duration::from_secs(30);

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::starting_at(Timestamp::from_micros(
        1_700_000_000_000_000,
    )))
}

pub(super) fn enqueue(repository: &dyn Repository, clock: &dyn Clock, job: NewJob) -> Job {
    let request = Enqueue {
        id: JobId::generate(clock.now()),
        job,
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    };
    repository.enqueue(&[request]).unwrap().remove(0).job
}

/// Runs a test on an empty repository of each sort, with the clock that it reads.
pub(super) fn each_repository(test: impl Fn(Arc<dyn Repository>, Arc<ManualClock>)) {
    let own = clock();
    test(Arc::new(MemoryRepository::new(own.clone())), own);
    let own = clock();
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions {
        clock: own.clone(),
        ..SqliteOptions::default()
    };
    let path = folder.path().join("jobs.db");
    test(
        Arc::new(SqliteRepository::open(path, options).unwrap()),
        own,
    );
}

pub(super) fn queued_job() -> Job {
    let clock = clock();
    let repository = MemoryRepository::new(clock.clone());
    enqueue(&repository, clock.as_ref(), NewJob::new("work").unwrap())
}

/// A worker in pieces: the test steps the engine and ticks the heart, and hears every event.
pub(super) struct Bench {
    pub(super) clock: Arc<ManualClock>,
    pub(super) repository: Arc<dyn Repository>,
    pub(super) shared: Arc<Shared>,
    pub(super) engine: Engine,
    pub(super) heart: Heart,
    heard: Receiver<WorkerEvent>,
    _listening: Option<Listening>,
    _folder: tempfile::TempDir,
}

pub(super) fn kind() -> Kind {
    Kind::new("work").unwrap()
}

impl Bench {
    pub(super) fn new(options: WorkerOptions, handler: impl Handler + 'static) -> Bench {
        let clock = clock();
        let repository = Arc::new(MemoryRepository::new(clock.clone()));
        Bench::over(repository, clock, options, handler)
    }

    pub(super) fn over(
        repository: Arc<dyn Repository>,
        clock: Arc<ManualClock>,
        options: WorkerOptions,
        handler: impl Handler + 'static,
    ) -> Bench {
        let mut handlers = Handlers::default();
        handlers.insert(kind(), Arc::new(handler), KindOptions::default());
        Bench::build(repository, clock.clone(), clock, options, handlers)
    }

    /// A worker of several kinds, with a repository in memory.
    pub(super) fn of_kinds(options: WorkerOptions, handlers: Handlers) -> Bench {
        let clock = clock();
        let repository = Arc::new(MemoryRepository::new(clock.clone()));
        Bench::build(repository, clock.clone(), clock, options, handlers)
    }

    /// A worker that reads another clock than the one that the test moves.
    pub(super) fn build(
        repository: Arc<dyn Repository>,
        clock: Arc<ManualClock>,
        read: Arc<dyn Clock>,
        options: WorkerOptions,
        handlers: Handlers,
    ) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let (sender, heard) = channel();
        let sink = move |event: &WorkerEvent| drop(sender.send(event.clone()));
        let (events, listening) = Events::start(Some(Box::new(sink))).unwrap();
        let control = Arc::default();
        let owner = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        };
        let shared = Arc::new(Shared {
            slots: slots_of(&options, &control),
            endings: Endings::new(&owner, &options, &handlers),
            repository: Arc::clone(&repository),
            blobs: Arc::new(DirectoryStore::open(folder.path()).unwrap()),
            clock: read,
            owner,
            options,
            handlers,
            table: Table::default(),
            events,
            control,
            pulse: Pulse::default(),
            relay: Relay::default(),
            announcer: Default::default(),
            transport: Default::default(),
        });
        Bench {
            engine: Engine::new(Arc::clone(&shared)),
            heart: Heart::new(Arc::clone(&shared)),
            clock,
            repository,
            shared,
            heard,
            _listening: listening,
            _folder: folder,
        }
    }

    pub(super) fn enqueue(&self) -> Job {
        // Jobs of one microsecond have no order.
        self.enqueue_of(&kind())
    }

    pub(super) fn enqueue_of(&self, kind: &Kind) -> Job {
        self.clock.advance(Duration::from_micros(1));
        enqueue(
            self.repository.as_ref(),
            self.clock.as_ref(),
            NewJob::of(kind.clone()),
        )
    }

    pub(super) fn handle(&self) -> WorkerHandle {
        WorkerHandle::new(Arc::clone(&self.shared.control))
    }

    /// Waits for an event that `wanted` makes something of; others before it are passed over.
    pub(super) fn hear<T>(&self, wanted: impl Fn(&WorkerEvent) -> Option<T>) -> T {
        loop {
            let event = self.heard.recv_timeout(LONG).expect("the event never came");
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }

    /// Waits until no thread runs a handler any more.
    pub(super) fn settle(&self) {
        for _ in 0..LONG.as_millis() {
            if self.shared.table.all().is_empty() {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("a handler never ended");
    }
}

/// A handler that waits until it is cancelled, and tells when it began and why it ended.
///
/// It goes on only when it has been heard, or when nobody listens any more.
pub(super) fn patient() -> (impl Handler + 'static, Receiver<Option<CancelReason>>) {
    let (sender, receiver) = sync_channel(0);
    let handler = move |attempt: &AttemptContext| {
        let _ = sender.send(None);
        assert!(attempt.cancel_token().wait(LONG), "nobody cancelled");
        let _ = sender.send(attempt.cancel_token().reason());
        Ok(Verdict::Cancelled)
    };
    (handler, receiver)
}

/// A handler that heeds nothing until it is let go.
pub(super) fn stubborn() -> (impl Handler + 'static, Receiver<()>, Arc<Barrier>) {
    let (sender, began) = channel();
    let sender = Mutex::new(sender);
    let let_go = Arc::new(Barrier::new(2));
    let held = Arc::clone(&let_go);
    let handler = move |_: &AttemptContext| {
        sender.lock().unwrap().send(()).unwrap();
        held.wait();
        Ok(Verdict::complete("late"))
    };
    (handler, began, let_go)
}
