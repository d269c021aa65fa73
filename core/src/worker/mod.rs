//! Runs jobs: claims them, runs their handlers on threads, keeps their leases, ends them.
//!
//! ```text
//!  engine (the thread of Worker::run)   claims, reaps, gives up, stops; one step at a time
//!  heartbeat (one thread)               renews leases, stores progress, brings cancel requests
//!  fence (one thread)                   stops what has run out, though the repository hangs
//!  slots (up to `concurrency` threads)  run handlers, write endings and claim in their place
//!  hearing (one thread, with Redis)     waits for hints, and tells the engine
//!  upkeep (one thread)                  forgets old jobs and unnamed blobs, a portion now and then
//!  events (one thread, if listened to)  hands events to the host
//! ```
//! All that the threads share is in `shared`: chiefly the table of running attempts, each of which
//! is ended by exactly one of them. Every write carries the attempt's fence, so that a worker which
//! is wrong about what it holds can do no harm. Nothing here knows what a job is about.

mod cancel;
mod context;
mod control;
mod decision;
mod endings;
mod engine;
mod events;
mod fencing;
mod finish;
mod giving_up;
mod handler;
#[cfg_attr(not(feature = "redis"), path = "hearing_nothing.rs")]
mod hearing;
mod heartbeat;
mod kinds;
mod log_line;
mod options;
mod panics;
mod reaper;
mod relay;
mod rhythm;
mod run;
mod running;
mod seat;
mod shared;
mod shutdown;
mod slots;
mod stall;
mod start;
mod transport;
mod upkeep;
mod wake;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use cancel::{CancelReason, CancelToken};
pub use context::AttemptContext;
pub use control::WorkerHandle;
pub use events::{AttemptRef, EventSink, WorkerEvent};
pub(crate) use finish::keep_inline_result_small;
pub use handler::{Completion, Handler, Verdict};
pub use log_line::{json_line, log_line};
pub use options::{KindOptions, WorkerOptions};
pub use panics::note_panic_places;
pub use run::{RunReport, StopReason, Worker};
pub use stall::StallAction;
