//! A worker from its making to its end: what a host calls, and the runtime that drives the engine.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use super::control::{Control, WorkerHandle};
use super::endings::Endings;
use super::engine::{Engine, Step};
use super::events::{EventSink, Events, Listening, WorkerEvent};
use super::fencing::Fencing;
use super::handler::{Handler, Handlers};
use super::hearing::Hearing;
use super::heartbeat::{Heart, Pulse};
use super::options::{KindOptions, WorkerOptions};
use super::relay::Relay;
use super::rhythm::Rhythm;
use super::running::Table;
use super::shared::Shared;
use super::slots::Slots;
use super::transport::Transport;
use super::upkeep::{self, Upkeep};
use super::wake;
use crate::blob::BlobStore;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Kind, OwnerId};
use crate::queue::{Announcer, Notifier, Waiter};
use crate::repository::{Owner, Repository, WorkerRow};
use crate::sys::ProcessIdentity;
use crate::sys::signals::spawn_without_signals;

/// Why a worker ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// A signal or its handle asked for it.
    Requested,
    /// It was to run until nothing was due, and nothing is.
    Drained,
    /// It started as many jobs as it was to, and they have ended.
    Enough,
    /// A handler ignored its deadline, and its thread is lost; start a new process.
    Stuck,
}

/// How a worker ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunReport {
    /// Why.
    pub reason: StopReason,
    /// Handlers that still run on threads of this process, though nobody waits for them.
    pub left_running: usize,
}

impl RunReport {
    /// 0, or 70 (`EX_SOFTWARE`) when the process should be replaced because a thread is lost.
    pub fn exit_code(&self) -> u8 {
        match self.reason {
            StopReason::Stuck => 70,
            StopReason::Requested | StopReason::Drained | StopReason::Enough => 0,
        }
    }
}

/// Runs the jobs of some queues in this process until it is told to stop.
///
/// It starts threads and must not be used across a fork. It touches no signal unless
/// [`WorkerOptions::handle_signals`] is set.
pub struct Worker {
    repository: Arc<dyn Repository>,
    blobs: Arc<dyn BlobStore>,
    clock: Arc<dyn Clock>,
    options: WorkerOptions,
    handlers: Handlers,
    sink: Option<Box<dyn EventSink>>,
    database: Option<PathBuf>,
    announcer: Option<Announcer>,
    control: Arc<Control>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("options", &self.options)
            .field("kinds", &self.handlers.kinds())
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker that has no handlers yet.
    ///
    /// # Errors
    /// `invalid_input` when the options do not fit together.
    pub fn new(
        repository: Arc<dyn Repository>,
        blobs: Arc<dyn BlobStore>,
        clock: Arc<dyn Clock>,
        options: WorkerOptions,
    ) -> Result<Worker> {
        options.check()?;
        Ok(Worker {
            repository,
            blobs,
            clock,
            options,
            handlers: Handlers::default(),
            sink: None,
            database: None,
            announcer: None,
            control: Arc::default(),
        })
    }

    /// The same worker with a handler for one kind of job; a later one replaces an earlier.
    ///
    /// Jobs of kinds without a handler are left to other workers.
    #[must_use]
    pub fn handle(self, kind: Kind, handler: impl Handler + 'static) -> Worker {
        self.handle_with(kind, Arc::new(handler), KindOptions::default())
    }

    /// The same worker with a handler and settings for one kind of job.
    #[must_use]
    pub fn handle_with(
        mut self,
        kind: Kind,
        handler: Arc<dyn Handler>,
        options: KindOptions,
    ) -> Worker {
        self.handlers.insert(kind, handler, options);
        self
    }

    /// The same worker with somebody who listens to what happens.
    #[must_use]
    pub fn listen(mut self, sink: impl EventSink + 'static) -> Worker {
        self.sink = Some(Box::new(sink));
        self
    }

    /// The same worker, woken by the side file of this SQLite database.
    #[must_use]
    pub fn woken_by(mut self, database: &Path) -> Worker {
        self.database = Some(database.to_owned());
        self
    }

    /// The same worker, telling others through `announcer` of what becomes ready through it; and
    /// woken by the hints of its Redis, if it has one.
    #[must_use]
    pub fn announcing(mut self, announcer: Announcer) -> Worker {
        self.announcer = Some(announcer);
        self
    }

    /// What stops or wakes this worker from another thread.
    pub fn stop_handle(&self) -> WorkerHandle {
        WorkerHandle::new(Arc::clone(&self.control))
    }

    /// Runs until the worker is told to stop, or has drained its queues.
    ///
    /// # Errors
    /// `invalid_input` when the settings of a kind cannot work.
    /// `unavailable` when it cannot start: the repository does not answer, or the system gives no
    /// thread or descriptor. Once started it goes on through failures of the repository.
    pub fn run(mut self) -> Result<RunReport> {
        self.handlers.check()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| failed_to_start("make an event loop", e))?;
        let sink = self.sink.take();
        let (events, listening) = Events::start(sink)?;
        let shared = Arc::new(self.share(events));
        let running = Parts::start(&shared, listening)?;
        let (reason, settled) = runtime.block_on(drive(&shared, &runtime, &self))?;
        let left_running = shared.table.all().len();
        if settled {
            // If this fails, others clear the note away.
            let _ = shared.repository.remove_worker(shared.owner.id);
        }
        shared.tell(|| WorkerEvent::Stopped {
            reason,
            left_running,
        });
        drop(running);
        Ok(RunReport {
            reason,
            left_running,
        })
    }

    fn share(&self, events: Events) -> Shared {
        // Made here and not before: a fork in between would give two processes one owner.
        let owner = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        };
        Shared {
            repository: Arc::clone(&self.repository),
            blobs: Arc::clone(&self.blobs),
            clock: Arc::clone(&self.clock),
            slots: slots_of(&self.options, &self.control),
            endings: Endings::new(&owner, &self.options, &self.handlers),
            owner,
            options: self.options.clone(),
            handlers: self.handlers.clone(),
            table: Table::default(),
            events,
            control: Arc::clone(&self.control),
            pulse: Pulse::default(),
            relay: Relay::default(),
            announcer: self.announcer.clone().unwrap_or_else(|| {
                Announcer::local(self.database.as_deref().map(Notifier::of_database))
            }),
            transport: Transport::default(),
        }
    }
}

/// The threads that run handlers; each time one is free, the engine looks around.
pub(super) fn slots_of(options: &WorkerOptions, control: &Arc<Control>) -> Arc<Slots> {
    let control = Arc::clone(control);
    Slots::new(options.concurrency, move || control.slot_freed())
}

/// The threads beside the engine; dropping this ends them.
struct Parts {
    shared: Arc<Shared>,
    heart: Option<JoinHandle<()>>,
    rhythms: Vec<Rhythm>,
    _listening: Option<Listening>,
}

impl Parts {
    fn start(shared: &Arc<Shared>, listening: Option<Listening>) -> Result<Parts> {
        let row = note_of(shared);
        shared.repository.register_worker(&row)?;
        shared.control.beat(shared.boot());
        let heart = Heart::new(Arc::clone(shared));
        let thread = spawn_without_signals("floorjobs-heart".to_owned(), move || heart.run())
            .map_err(no_thread)?;
        let mut parts = Parts {
            shared: Arc::clone(shared),
            heart: Some(thread),
            rhythms: Vec::new(),
            _listening: listening,
        };
        let mut fencing = Fencing::new(Arc::clone(shared));
        let fence = Rhythm::start("floorjobs-fence", move || fencing.step());
        parts.rhythms.push(fence.map_err(no_thread)?);
        if upkeep::is_wanted(shared) {
            let mut upkeep = Upkeep::new(Arc::clone(shared));
            let tidy = Rhythm::start("floorjobs-tidy", move || upkeep.step());
            parts.rhythms.push(tidy.map_err(no_thread)?);
        }
        Ok(parts)
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.shared.pulse.close();
        if let Some(heart) = self.heart.take() {
            // A panic there would be a defect; the leases would have run out and told of it.
            let _ = heart.join();
        }
    }
}

/// What is noted of this worker as it starts.
pub(super) fn note_of(shared: &Shared) -> WorkerRow {
    let limits = shared.handlers.limits().into_iter();
    let now = shared.now();
    WorkerRow {
        owner: shared.owner.clone(),
        queues: shared.options.queues.clone(),
        kinds: shared.handlers.kinds(),
        kind_limits: limits
            .map(|(kind, limit)| (kind, u32::try_from(limit).unwrap_or(u32::MAX)))
            .collect(),
        concurrency: u32::try_from(shared.options.concurrency).unwrap_or(u32::MAX),
        transport: shared.transport.text(),
        started_at: now,
        beat_at: now,
    }
}

/// Runs the engine to its end; returns why it ended, and whether no job is left in our name. If
/// one is, the note on this worker must stay, by which others can tell that it is gone.
async fn drive(
    shared: &Arc<Shared>,
    runtime: &Runtime,
    worker: &Worker,
) -> Result<(StopReason, bool)> {
    if worker.options.handle_signals {
        stop_on_signals(runtime, &shared.control)?;
    }
    if let Some(database) = &worker.database {
        // Before the first claim, so that nothing falls between the two.
        let waiter = Waiter::of_database(database);
        runtime.spawn(wake::listen(
            database.clone(),
            waiter,
            Arc::clone(&shared.repository),
            Arc::clone(&shared.control),
        ));
    }
    shared.tell(|| WorkerEvent::Started {
        owner: shared.owner.id,
        pid: shared.owner.process.pid,
        queues: shared.options.queues.clone(),
        kinds: shared.handlers.kinds(),
        concurrency: shared.options.concurrency,
    });
    // Until the engine has ended, so that nothing is noted of this worker after that.
    let _hearing = Hearing::start(shared)?;
    let mut engine = Engine::new(Arc::clone(shared));
    loop {
        match engine.step() {
            Step::Done(reason) => return Ok((reason, engine.is_settled())),
            // Lets signals and wake-ups in between two busy steps.
            Step::Wait(Duration::ZERO) => tokio::task::yield_now().await,
            Step::Wait(time) => {
                let changed = shared.control.changed.notified();
                // Which of the two it was, the next step finds out.
                let _ = tokio::time::timeout(time, changed).await;
            }
        }
    }
}

/// The first signal stops the worker in good order, the second at once.
fn stop_on_signals(runtime: &Runtime, control: &Arc<Control>) -> Result<()> {
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let _inside = runtime.enter();
        let mut signals = signal(kind).map_err(|e| failed_to_start("listen for signals", e))?;
        let control = Arc::clone(control);
        runtime.spawn(async move {
            while signals.recv().await.is_some() {
                control.stop(None);
            }
        });
    }
    Ok(())
}

fn failed_to_start(what: &str, cause: std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, format!("the worker cannot {what}")).with_source(cause)
}

/// The error for a thread that the system refused.
pub(super) fn no_thread(cause: std::io::Error) -> Error {
    failed_to_start("start a thread", cause)
}
