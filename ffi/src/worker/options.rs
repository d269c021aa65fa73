//! How a worker works, as its host says it; and who listens to it.

use std::ffi::{CString, c_int, c_void};
use std::mem::offset_of;
use std::slice;
use std::time::Duration;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{QueueName, duration_from_seconds};
use floorjobs_core::worker::{EventSink, StallAction, WorkerEvent, WorkerOptions};
use floorjobs_core::{Error, Result, Settings};

use super::callback::{Userdata, fj_release_fn, into_host};
use crate::request::retention;
use crate::sized::SizePrefixed;
use crate::text::{fj_str, null};

/// As by default: 60 s and 15 s.
const BEATS_IN_A_LEASE: u32 = 4;

/// What is shorter is a mistake in a unit, not a wish.
const SHORTEST_LEASE: Duration = Duration::from_secs(1);

/// More queues than this are a length that was never set.
const MAX_QUEUES: usize = 10_000;

/// Told of everything that a worker does.
///
/// `event` is a JSON object whose member `event` says what happened; `log_line` is the same as a line
/// of a log, absent for progress. Both are borrowed during the call. Called on a thread of the
/// worker's own, one call at a time; what is too slow for it loses events, and no job waits. Must not
/// throw.
#[allow(non_camel_case_types)]
pub type fj_event_fn =
    Option<unsafe extern "C" fn(userdata: *mut c_void, event: fj_str, log_line: fj_str)>;

/// What happens to an attempt that reports nothing new for too long.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub enum fj_stall_action {
    /// As the worker does; a worker reports.
    FJ_STALL_DEFAULT = 0,
    /// It is told of: as an event, and as the job's `stalled_since`.
    FJ_STALL_REPORT = 1,
    /// It is told of and cancelled; that counts as an error, with the code `timeout`.
    FJ_STALL_CANCEL = 2,
}

/// How a worker works. All zeros but the size is a good value.
///
/// Owner: the host; read during `fj_worker_new()` only, but for the listener.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_worker_options {
    /// `sizeof(fj_worker_options)`.
    pub struct_size: usize,
    /// The queues to serve, an earlier one first; NULL for the queue of the settings.
    pub queues: *const fj_str,
    /// How many they are.
    pub queue_count: usize,
    /// How many jobs run at a time; 0 for the number of cores.
    pub concurrency: u32,
    /// Not zero: stop once no job of the queues is due and no handler runs.
    pub drain: c_int,
    /// How long an attempt may take unless job or kind say; 0 for 600 s.
    pub timeout_seconds: f64,
    /// How long the worker may be silent before its jobs are given to others; 0 for 60 s.
    pub lease_seconds: f64,
    /// How long an attempt may report nothing new; 0 for as long as it likes.
    pub stall_after_seconds: f64,
    /// An `fj_stall_action`.
    pub stall_action: c_int,
    /// How long running jobs may go on when the worker is asked to stop; 0 for 25 s.
    pub shutdown_grace_seconds: f64,
    /// Not zero: SIGTERM and SIGINT stop the worker. For programs of which it is the whole purpose.
    pub handle_signals: c_int,
    /// Not zero: leave blobs that nothing names, where several databases share a blob store.
    pub keep_unnamed_blobs: c_int,
    /// Told of everything; NULL for nobody.
    pub on_event: fj_event_fn,
    /// Given to `on_event`; may be NULL.
    pub event_userdata: *mut c_void,
    /// Called once with `event_userdata`, when no event comes any more; may be NULL.
    pub release_event_userdata: fj_release_fn,
    /// Stop once so many jobs were started, when they have ended: for a supervisor that starts a
    /// fresh process then; 0 for never.
    pub max_jobs: u64,
    /// How long ended jobs are kept: JSON, as of `fj_client_prune()`; absent for the usual.
    pub retention: fj_str,
}

// SAFETY: numbers, pointers, and functions that may be NULL; the size first.
unsafe impl SizePrefixed for fj_worker_options {
    const FIRST_SIZE: usize = offset_of!(fj_worker_options, max_jobs);
}

impl fj_worker_options {
    pub(crate) const DEFAULT: fj_worker_options = fj_worker_options {
        struct_size: size_of::<fj_worker_options>(),
        queues: std::ptr::null(),
        queue_count: 0,
        concurrency: 0,
        drain: 0,
        timeout_seconds: 0.0,
        lease_seconds: 0.0,
        stall_after_seconds: 0.0,
        stall_action: 0,
        shutdown_grace_seconds: 0.0,
        handle_signals: 0,
        keep_unnamed_blobs: 0,
        on_event: None,
        event_userdata: std::ptr::null_mut(),
        release_event_userdata: None,
        max_jobs: 0,
        retention: fj_str::ABSENT,
    };

    /// The options in the core's words.
    pub(crate) fn options(&self, settings: &Settings) -> Result<WorkerOptions> {
        let mut options = WorkerOptions::default();
        options.queues = self.queues(settings)?;
        if self.concurrency > 0 {
            options.concurrency = self.concurrency as usize;
        }
        options.drain = self.drain != 0;
        options.max_jobs = match self.max_jobs {
            0 => None,
            given => Some(usize::try_from(given).unwrap_or(usize::MAX)),
        };
        options.retention =
            retention(self.retention).map_err(|error| error.with_field("retention"))?;
        if let Some(time) = seconds("timeout_seconds", self.timeout_seconds)? {
            options.deadline = time;
        }
        if let Some(time) = seconds("lease_seconds", self.lease_seconds)? {
            if time < SHORTEST_LEASE {
                let message = format!("`lease_seconds` must be at least 1, not {time:?}");
                return Err(Error::invalid_field("lease_seconds", message));
            }
            options.lease = time;
            options.beat = time / BEATS_IN_A_LEASE;
        }
        options.stall_after = seconds("stall_after_seconds", self.stall_after_seconds)?;
        options.stall_action = stall_action(self.stall_action)?.unwrap_or_default();
        if let Some(time) = seconds("shutdown_grace_seconds", self.shutdown_grace_seconds)? {
            options.shutdown_grace = time;
        }
        options.handle_signals = self.handle_signals != 0;
        options.sweep_blobs = self.keep_unnamed_blobs == 0;
        options.retry = settings.retry;
        Ok(options)
    }

    fn queues(&self, settings: &Settings) -> Result<Vec<QueueName>> {
        if self.queues.is_null() {
            return match self.queue_count {
                0 => Ok(vec![settings.queue.clone()]),
                _ => Err(null("queues")),
            };
        }
        if self.queue_count > MAX_QUEUES {
            let message = format!("`queue_count` is {}, over {MAX_QUEUES}", self.queue_count);
            return Err(Error::invalid_field("queue_count", message));
        }
        // SAFETY: the host promises `queue_count` texts.
        let names = unsafe { slice::from_raw_parts(self.queues, self.queue_count) };
        let names = names.iter().map(|name| {
            QueueName::new(name.required("queues")?).map_err(|error| error.with_field("queues"))
        });
        names.collect()
    }

    /// Who wants to be told of events.
    pub(crate) fn listener(&self) -> Option<Listener> {
        let tell = self.on_event?;
        Some(Listener {
            tell,
            userdata: Userdata::new(self.event_userdata, self.release_event_userdata),
        })
    }
}

/// Seconds that may be 0 for whatever is usual.
pub(crate) fn seconds(field: &str, given: f64) -> Result<Option<Duration>> {
    match given == 0.0 {
        true => Ok(None),
        false => duration_from_seconds(field, given).map(Some),
    }
}

pub(crate) fn stall_action(given: c_int) -> Result<Option<StallAction>> {
    use fj_stall_action::{FJ_STALL_CANCEL, FJ_STALL_DEFAULT, FJ_STALL_REPORT};
    match given {
        _ if given == FJ_STALL_DEFAULT as c_int => Ok(None),
        _ if given == FJ_STALL_REPORT as c_int => Ok(Some(StallAction::Report)),
        _ if given == FJ_STALL_CANCEL as c_int => Ok(Some(StallAction::Cancel)),
        _ => Err(Error::invalid_field(
            "stall_action",
            format!("`stall_action` is no fj_stall_action: {given}"),
        )),
    }
}

/// Hands the events of a worker to its host.
pub(crate) struct Listener {
    tell: unsafe extern "C" fn(*mut c_void, fj_str, fj_str),
    userdata: Userdata,
}

impl EventSink for Listener {
    fn event(&mut self, event: &WorkerEvent) {
        let text = serde_json::to_string(event).map(CString::new);
        let Ok(Ok(text)) = text else { return };
        let line = event.log_line(SystemClock.now());
        let line = line.and_then(|line| CString::new(line).ok());
        let line = line.as_deref().map_or(fj_str::ABSENT, fj_str::of);
        into_host(|| {
            // SAFETY: the host promises a function that may be called so; the texts outlive the call.
            unsafe { (self.tell)(self.userdata.pointer, fj_str::of(&text), line) };
        });
    }
}
