//! Waiting for a job to end, without a thread.

use std::time::Duration;

use super::Client;
use super::events::JobEvents;
use crate::error::Result;
use crate::job::{Job, JobId};

impl Client {
    /// The job once it has ended, whatever its status.
    ///
    /// # Errors
    /// `timeout` when it has not ended in time; `not_found`.
    pub fn wait(&self, job: JobId, timeout: Duration) -> Result<Job> {
        self.wait_unless(job, timeout, &mut || Ok(()))
    }

    /// As [`wait`](Self::wait), asking `interrupted` before each pause of at most 50 ms.
    ///
    /// # Errors
    /// As `wait`, and what `interrupted` returns.
    pub fn wait_unless(
        &self,
        job: JobId,
        timeout: Duration,
        interrupted: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Job> {
        let mut events = JobEvents::new(self, job);
        let deadline = events.deadline(timeout);
        while let Some(event) = events.next_before(deadline, interrupted)? {
            if event.job.status.is_ended() {
                return Ok(event.job);
            }
        }
        Err(events.unchanged(timeout))
    }
}
