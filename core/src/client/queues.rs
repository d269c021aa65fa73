//! Queues as a host asks for them: what they hold, and whether they run.

use super::Client;
use crate::error::Result;
use crate::job::{JobId, QueueName, Timestamp};
use crate::queue::Ready;
use crate::repository::QueueStats;

impl Client {
    /// How many jobs each queue has in each state, and since when the oldest ready one is due;
    /// by name.
    ///
    /// Reads the index entry of every job once: some tenths of a second for a million.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn stats(&self) -> Result<Vec<QueueStats>> {
        self.repository.stats()
    }

    /// Lets no more jobs of a queue start; those that run go on. Pausing twice is pausing once.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn pause(&self, queue: &QueueName) -> Result<()> {
        self.repository.pause(queue)
    }

    /// Lets jobs of a queue start again, and tells the workers.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn resume(&self, queue: &QueueName) -> Result<()> {
        self.repository.resume(queue)?;
        self.wake(|| vec![Ready::in_queue(queue.clone())]);
        Ok(())
    }

    /// The queues that are paused, and since when; by name.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn paused(&self) -> Result<Vec<(QueueName, Timestamp)>> {
        self.repository.paused()
    }

    /// How many ready jobs of its queue run before this one; `None` unless it is ready itself.
    ///
    /// # Errors
    /// `not_found`; `unavailable`.
    pub fn position(&self, job: JobId) -> Result<Option<u64>> {
        self.repository.position(job)
    }

    /// The jobs that a job still waits for, by id.
    ///
    /// # Errors
    /// `not_found`; `unavailable`.
    pub fn parents(&self, job: JobId) -> Result<Vec<JobId>> {
        self.repository.parents(job)
    }
}
