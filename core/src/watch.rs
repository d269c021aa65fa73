//! How long work tells its progress and learns that it should stop.
//!
//! The pure modules know this trait and nothing of jobs; the worker implements it for the
//! attempt that runs them.

use crate::error::{Error, ErrorKind, Result};

/// Progress out, cancellation in.
pub trait Watch: Sync {
    /// Tells how far the work is: `fraction` of the whole in 0..=1, and what it is doing.
    ///
    /// Cheap enough to call a few thousand times; implementations thin the calls out.
    fn progress(&self, fraction: f64, stage: &'static str);

    /// Whether the work should stop as soon as it can.
    fn is_cancelled(&self) -> bool;

    /// An [`ErrorKind::Cancelled`] error if the work should stop, to be used with `?`.
    fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::new(ErrorKind::Cancelled, "the work was cancelled"));
        }
        Ok(())
    }
}

/// A watch for work that nobody follows: progress goes nowhere and nothing cancels it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn progress(&self, _fraction: f64, _stage: &'static str) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}
