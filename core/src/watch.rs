//! How long work tells its progress and learns that it should stop.
//!
//! The pure modules know this trait and nothing of jobs; the worker implements it for the
//! attempt that runs them.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// A watch for work that may begin parts of itself anew: whoever follows it is never told less than
/// before.
pub(crate) struct Onwards<'a> {
    whole: &'a dyn Watch,
    /// The bits of the largest fraction so far; those of numbers from 0 on are in their order.
    most: AtomicU64,
}

impl<'a> Onwards<'a> {
    /// Tells `whole`.
    pub(crate) fn new(whole: &'a dyn Watch) -> Onwards<'a> {
        Onwards {
            whole,
            most: AtomicU64::new(0),
        }
    }
}

impl Watch for Onwards<'_> {
    fn progress(&self, fraction: f64, stage: &'static str) {
        let bits = fraction.clamp(0.0, 1.0).abs().to_bits();
        let before = self.most.fetch_max(bits, Ordering::Relaxed);
        self.whole.progress(f64::from_bits(bits.max(before)), stage);
    }

    fn is_cancelled(&self) -> bool {
        self.whole.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Told(Mutex<Vec<(f64, &'static str)>>);

    impl Watch for Told {
        fn progress(&self, fraction: f64, stage: &'static str) {
            self.0.lock().unwrap().push((fraction, stage));
        }

        fn is_cancelled(&self) -> bool {
            true
        }
    }

    #[test]
    fn what_is_begun_anew_tells_no_less_than_before() {
        let told = Told(Mutex::default());
        let onwards = Onwards::new(&told);
        for (fraction, stage) in [(0.2, "a"), (0.6, "b"), (0.2, "a"), (0.7, "c"), (-1.0, "d")] {
            onwards.progress(fraction, stage);
        }
        let told = told.0.into_inner().unwrap();
        assert_eq!(
            told,
            [(0.2, "a"), (0.6, "b"), (0.6, "a"), (0.7, "c"), (0.7, "d")]
        );
    }
}
