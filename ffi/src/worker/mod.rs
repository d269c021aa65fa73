//! The worker: runs jobs in this process, on threads that leave the host's signals alone.

pub mod attempt;
pub mod callback;
pub mod handler;
pub mod options;
pub mod outcome;

use std::mem::{self, MaybeUninit};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use floorjobs_core::job::{Kind, RetryPolicy, duration_from_seconds};
use floorjobs_core::sys::fork::current_pid;
use floorjobs_core::sys::signals::spawn_without_signals;
use floorjobs_core::worker::{RunReport, Worker, WorkerHandle};
use floorjobs_core::{Error, ErrorKind, Result};

use crate::candidates::fj_candidate_source;
use crate::client::fj_client;
use crate::client::follow::at_most;
use crate::error::fj_error;
use crate::guard::{guard, guard_status, panicked};
use crate::native::{proposing, worker_of};
use crate::sized;
use crate::status::fj_status;
use crate::text::{answer, fj_str, fj_string, null};

use callback::{in_callback, refuse_in_callback};
use handler::{Host, fj_handler};
use options::fj_worker_options;

/// Runs the jobs of some queues in this process; brings the handlers of `ingest`, `generate` and `price`.
///
/// It is made, given handlers, started or run once, stopped, and freed; for another run make another
/// worker. Owner: the host, from `fj_worker_new()` to `fj_worker_free()`; the client may be freed
/// before. Threads: any, several at once. The threads that it starts block every signal, so that
/// the host's handlers run on the host's own threads. In a child that was forked while it ran, every
/// function but `fj_worker_free()` is refused with `FJ_INVALID_STATE`: make a new one there.
#[allow(non_camel_case_types)]
pub struct fj_worker {
    inner: Arc<Inner>,
    /// What waits for the end of the thread that runs it, if it has one.
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Inner {
    waiting: Mutex<Option<Worker>>,
    handle: WorkerHandle,
    retry: RetryPolicy,
    /// The process in which it runs or ran; 0 before.
    pid: AtomicU32,
    end: Mutex<Option<End>>,
    ended: Condvar,
}

/// How the run ended.
type End = std::result::Result<RunReport, (ErrorKind, String)>;

impl fj_worker {
    /// The worker behind an argument, unless it runs in another process.
    fn of(given: Option<&fj_worker>) -> Result<&fj_worker> {
        let worker = given.ok_or_else(|| null("worker"))?;
        match worker.inner.other_process() {
            None => Ok(worker),
            Some(pid) => Err(Error::new(
                ErrorKind::InvalidState,
                format!("the worker runs in process {pid}; a forked child needs one of its own"),
            )),
        }
    }
}

impl Inner {
    /// The process in which it runs, if that is not this one.
    fn other_process(&self) -> Option<u32> {
        let pid = self.pid.load(Ordering::Acquire);
        (pid != 0 && pid != current_pid()).then_some(pid)
    }

    /// The worker itself, from now on in the hands of whoever runs it.
    fn take(&self) -> Result<Worker> {
        let worker = lock(&self.waiting).take().ok_or_else(already_run)?;
        self.pid.store(current_pid(), Ordering::Release);
        Ok(worker)
    }

    fn run(&self, worker: Worker) {
        let run = guard(None, || Some(worker.run()));
        let end = run.unwrap_or_else(|| Err(panicked()));
        let end = end.map_err(|error| (error.kind(), error.chain()));
        *lock(&self.end) = Some(end);
        self.ended.notify_all();
    }

    /// How it ended, as JSON.
    fn report(&self, timeout: Duration) -> Result<RunReport> {
        let end = lock(&self.end);
        let waited = self
            .ended
            .wait_timeout_while(end, timeout, |end| end.is_none());
        let (end, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match end.as_ref() {
            Some(Ok(report)) => Ok(report.clone()),
            Some(Err((kind, message))) => Err(Error::new(*kind, message)),
            None => Err(Error::new(
                ErrorKind::Timeout,
                format!("the worker still runs after {} s", timeout.as_secs_f64()),
            )),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn already_run() -> Error {
    Error::new(ErrorKind::InvalidState, "the worker was run already")
}

/// Makes a worker on a client's store.
///
/// `client`: borrowed. `options`: borrowed; NULL for the defaults. `worker_out`: set to the worker, the
/// host's from then on; to NULL on failure. The listener in the options is the worker's from then on;
/// on failure it stays the host's and is not released. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the option; `FJ_UNSUPPORTED`. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_worker_new(
    client: Option<&fj_client>,
    options: *const fj_worker_options,
    worker_out: Option<&mut MaybeUninit<Option<Box<fj_worker>>>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = worker_out.ok_or_else(|| null("worker_out"))?.write(None);
        let client = fj_client::of(client)?;
        let given = match options.is_null() {
            true => fj_worker_options::DEFAULT,
            // SAFETY: the host promises as many bytes as `struct_size` says.
            false => unsafe { sized::copy(options, "options") }?,
        };
        let settings = client.settings();
        let mut worker = worker_of(client, given.options(settings)?)?;
        if let Some(listener) = given.listener() {
            worker = worker.listen(listener);
        }
        let inner = Inner {
            handle: worker.stop_handle(),
            retry: settings.retry,
            waiting: Mutex::new(Some(worker)),
            pid: AtomicU32::new(0),
            end: Mutex::new(None),
            ended: Condvar::new(),
        };
        *out = Some(Box::new(fj_worker {
            inner: Arc::new(inner),
            thread: Mutex::new(None),
        }));
        Ok(())
    })
}

/// Makes a function of the host the handler of a kind of job; it replaces an earlier or native one.
///
/// `kind`: borrowed. `handler`: borrowed during the call; its `userdata` is the worker's from then on
/// and released when the worker is freed and no call runs any more. On failure it stays the host's
/// and is not released. `worker`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the member; `FJ_INVALID_STATE` when the worker was started.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_worker_handle(
    worker: Option<&fj_worker>,
    kind: fj_str,
    handler: *const fj_handler,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let inner = &fj_worker::of(worker)?.inner;
        let kind = Kind::new(kind.required("kind")?).map_err(|error| error.with_field("kind"))?;
        // SAFETY: the host promises as many bytes as `struct_size` says.
        let given = unsafe { sized::copy(handler, "handler") }?;
        let settings = given.settings(inner.retry)?;
        given.check()?;
        let mut waiting = lock(&inner.waiting);
        let worker = waiting.take().ok_or_else(already_run)?;
        *waiting = Some(worker.handle_with(kind, Arc::new(Host::new(&given)), settings));
        Ok(())
    })
}

/// Lets a source of the host propose layouts for the `generate` jobs of this worker, beside the native
/// search.
///
/// `client`: borrowed; that of the worker. `source`: borrowed during the call; its `userdata` is the
/// worker's from then on and released when the worker is freed. On failure it stays the host's and is
/// not released. `worker`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the member; `FJ_INVALID_STATE` when the worker was started;
/// `FJ_UNSUPPORTED` in a library without the pipelines. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_worker_propose(
    worker: Option<&fj_worker>,
    client: Option<&fj_client>,
    source: *const fj_candidate_source,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let inner = &fj_worker::of(worker)?.inner;
        let client = fj_client::of(client)?;
        // SAFETY: the host promises as many bytes as `struct_size` says.
        let given = unsafe { sized::copy(source, "source") }?;
        let mut waiting = lock(&inner.waiting);
        if waiting.is_none() {
            return Err(already_run());
        }
        let propose = proposing(client, &given)?;
        *waiting = waiting.take().map(propose);
        Ok(())
    })
}

/// Runs the worker on the calling thread until it is stopped, or has drained its queues.
///
/// `worker`: borrowed. `report_out`: set to `{"reason": "requested" | "drained" | "enough" | "stuck",
/// "left_running": n}`, the host's from then on. A worker that is `stuck` has lost a thread to a
/// handler that ignores its deadline: end the process and start a new one. `error_out`: may be NULL.
/// Any thread, whose signals stay as they are.
///
/// Errors: `FJ_INVALID_STATE` when it was run already, or from a handler; `FJ_INVALID_INPUT` when the
/// settings of a kind cannot work; `FJ_UNAVAILABLE` when it cannot start. Once started it goes on
/// through failures of the store. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_worker_run(
    worker: Option<&fj_worker>,
    report_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("report_out", report_out, || {
            let inner = &fj_worker::of(worker)?.inner;
            refuse_in_callback("fj_worker_run")?;
            inner.run(inner.take()?);
            inner.report(Duration::ZERO)
        })
    })
}

/// Starts the worker on a thread of its own, and returns.
///
/// `worker`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_STATE` when it was run already; `FJ_UNAVAILABLE` when the system gives no
/// thread. What fails after that is told by `fj_worker_wait()`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_worker_start(
    worker: Option<&fj_worker>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let worker = fj_worker::of(worker)?;
        let inner = Arc::clone(&worker.inner);
        let started = worker.inner.take()?;
        let mut thread = lock(&worker.thread);
        let run = move || inner.run(started);
        let spawned = spawn_without_signals("floorjobs-worker".to_owned(), run);
        *thread = Some(spawned.map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the worker cannot start a thread")
                .with_source(error)
        })?);
        Ok(())
    })
}

/// Asks the worker to stop: it takes no more jobs, and lets those that run go on for a grace before it
/// cancels them and gives them back. Asked again, it gives them back at once. Does not wait.
///
/// `grace_seconds`: below 0 is the worker's own, 25 s unless the options say otherwise. `worker`:
/// borrowed; one that was not started yet stops as soon as it is. `error_out`: may be NULL. Any thread,
/// a handler's too; not from a signal handler.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_INVALID_STATE` in a forked child. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_worker_stop(
    worker: Option<&fj_worker>,
    grace_seconds: f64,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let inner = &fj_worker::of(worker)?.inner;
        let grace = match grace_seconds < 0.0 {
            true => None,
            false => Some(duration_from_seconds("grace_seconds", grace_seconds)?),
        };
        inner.handle.stop(grace);
        Ok(())
    })
}

/// Waits until the worker has ended.
///
/// `timeout_seconds`: at most so long; 0 looks once, infinity waits for ever. `report_out`: set as by
/// `fj_worker_run()`, the host's from then on. `worker`: borrowed. `error_out`: may be NULL. Any thread
/// but a handler's.
///
/// Errors: `FJ_TIMEOUT` when it still runs, or was never started; those of `fj_worker_run()` when it
/// could not start; `FJ_INVALID_STATE` from a handler or in a forked child; `FJ_INVALID_INPUT`.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_worker_wait(
    worker: Option<&fj_worker>,
    timeout_seconds: f64,
    report_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("report_out", report_out, || {
            let inner = &fj_worker::of(worker)?.inner;
            refuse_in_callback("fj_worker_wait")?;
            inner.report(at_most(timeout_seconds)?)
        })
    })
}

/// Frees a worker, and releases what its handlers and its listener were given.
///
/// One that runs is stopped at once and waited for: its jobs are given back. From a handler it is told
/// to stop and not waited for. In a forked child nothing of it is there to be freed, and nothing is
/// released. `worker`: consumed; NULL does nothing. Any thread, while no other uses it. Cannot fail.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_worker_free(worker: Option<Box<fj_worker>>) {
    guard((), || {
        let Some(worker) = worker else { return };
        if worker.inner.other_process().is_some() {
            // Its threads are not in this process, and its locks may be held by them for ever.
            mem::forget(worker);
            return;
        }
        worker.inner.handle.stop_now();
        let thread = lock(&worker.thread).take();
        if let Some(thread) = thread.filter(|_| !in_callback()) {
            // A panic in there was caught and told of.
            let _ = thread.join();
        }
    });
}
