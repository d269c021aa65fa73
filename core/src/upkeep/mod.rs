//! Forgetting what nobody needs any more: jobs that ended long ago, blobs that nothing names.
//!
//! On demand from the client, and by schedule from a worker; both call the same functions. Each
//! works in portions that are transactions of their own, so that no writer waits for long, and a
//! run that is cut off has done what it has done. Running two at once does no harm.

mod prune;
mod sweep;

pub use prune::{PRUNED_AT_ONCE, Retention, prune};
pub use sweep::{SWEEP_AGE, SweepStep, Swept, sweep, sweep_step};
