//! How much one reading may cost, and the account that is kept of it.
//!
//! Every limit counts bytes or steps and none looks at a clock, so that the same file passes or
//! fails the same way on every machine.

use crate::error::{Error, ErrorKind, Result};
use crate::watch::Watch;

/// The most that one reading may take; passing one is [`ErrorKind::LimitExceeded`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Pages that are considered.
    pub pages: usize,
    /// Bytes of all streams together after decompression.
    pub decompressed_bytes: usize,
    /// Pieces of paths on one page.
    pub segments: usize,
    /// Form XObjects inside each other.
    pub form_nesting: usize,
    /// Work on one page, in steps of the content interpreter; about a minute on a slow machine.
    pub page_steps: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            file_bytes: 64 << 20,
            pages: 1_000,
            decompressed_bytes: 256 << 20,
            segments: 5_000_000,
            form_nesting: 32,
            page_steps: 100_000_000,
        }
    }
}

/// The error for a limit that was passed.
pub(super) fn exceeded(what: &str, limit: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::LimitExceeded,
        format!("the PDF passes the limit of {limit} {what}"),
    )
}

/// Steps between two looks at the watch: about a millisecond of work.
const STEPS_BETWEEN_CHECKS: u64 = 4_096;

/// What a reading has used so far, and whom it answers to.
pub(super) struct Budget<'a> {
    limits: Limits,
    watch: &'a dyn Watch,
    decompressed: usize,
    segments: usize,
    steps: u64,
    next_check: u64,
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: Limits, watch: &'a dyn Watch) -> Budget<'a> {
        Budget {
            limits,
            watch,
            decompressed: 0,
            segments: 0,
            steps: 0,
            next_check: 0,
        }
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn watch(&self) -> &'a dyn Watch {
        self.watch
    }

    /// Starts the account of a page anew; decompressed bytes go on counting.
    pub(super) fn start_page(&mut self) {
        self.segments = 0;
        self.steps = 0;
        self.next_check = 0;
    }

    /// Steps that the page has taken.
    pub(super) fn steps_on_page(&self) -> u64 {
        self.steps
    }

    /// Bytes that may still be decompressed.
    pub(super) fn decompressed_left(&self) -> usize {
        self.limits.decompressed_bytes - self.decompressed
    }

    pub(super) fn spend_decompressed(&mut self, bytes: usize) -> Result<()> {
        if bytes > self.decompressed_left() {
            return Err(self.decompression_exceeded());
        }
        self.decompressed += bytes;
        Ok(())
    }

    pub(super) fn decompression_exceeded(&self) -> Error {
        exceeded("bytes of decompressed data", self.limits.decompressed_bytes)
    }

    pub(super) fn spend_segments(&mut self, count: usize) -> Result<()> {
        self.segments = self.segments.saturating_add(count);
        if self.segments > self.limits.segments {
            return Err(exceeded("path segments on a page", self.limits.segments));
        }
        Ok(())
    }

    /// Counts work, and looks at the watch every few thousand steps.
    pub(super) fn spend_steps(&mut self, count: u64) -> Result<()> {
        self.steps = self.steps.saturating_add(count);
        if self.steps < self.next_check {
            return Ok(());
        }
        if self.steps > self.limits.page_steps {
            return Err(exceeded("steps of work on a page", self.limits.page_steps));
        }
        self.next_check = self.steps + STEPS_BETWEEN_CHECKS;
        self.watch.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    #[test]
    fn passing_a_limit_names_it_and_its_value() {
        let limits = Limits {
            decompressed_bytes: 10,
            segments: 3,
            page_steps: 5_000,
            ..Limits::default()
        };
        let mut budget = Budget::new(limits, &Unwatched);
        budget.spend_decompressed(10).unwrap();
        let error = budget.spend_decompressed(1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(
            error.message().contains("10 bytes of decompressed"),
            "{error}"
        );
        assert!(budget.spend_segments(4).is_err());
        budget.start_page();
        assert!((0..10).any(|_| budget.spend_steps(1_000).is_err()));
    }

    #[test]
    fn a_cancelled_watch_ends_the_work() {
        struct Cancelled;
        impl Watch for Cancelled {
            fn progress(&self, _: f64, _: &'static str) {}
            fn is_cancelled(&self) -> bool {
                true
            }
        }
        let mut budget = Budget::new(Limits::default(), &Cancelled);
        assert_eq!(
            budget.spend_steps(1).unwrap_err().kind(),
            ErrorKind::Cancelled
        );
    }
}
