//! Forgetting on demand; what a worker does by schedule.

use super::Client;
use crate::error::Result;
use crate::upkeep::{self, Retention, SWEEP_AGE, Swept};

impl Client {
    /// Deletes jobs that ended longer ago than `retention` keeps them; returns how many.
    ///
    /// In transactions of [`PRUNED_AT_ONCE`](upkeep::PRUNED_AT_ONCE) jobs. A job that still holds
    /// its unique key stays; floor plans and what was read from them stay. The blobs of deleted
    /// jobs go with the next [`sweep`](Self::sweep).
    ///
    /// # Errors
    /// `unavailable`; what was deleted before stays deleted.
    pub fn prune(&self, retention: &Retention) -> Result<usize> {
        upkeep::prune(
            self.repository.as_ref(),
            retention,
            self.clock.now(),
            usize::MAX,
        )
    }

    /// Removes blobs that nothing names and nobody has stored for 24 h.
    ///
    /// Lists the blob store once; asks the repository in portions and holds no transaction open.
    ///
    /// # Errors
    /// `unavailable`; what was removed before stays removed.
    pub fn sweep(&self) -> Result<Swept> {
        upkeep::sweep(
            self.repository.as_ref(),
            self.blobs.as_ref(),
            self.clock.now(),
            SWEEP_AGE,
        )
    }
}
