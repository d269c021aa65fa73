//! Waiting for a job to end, without a thread.

use std::time::Duration;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::time::duration_micros;
use crate::job::{Job, JobId};

/// The first pause between two looks; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LAST_PAUSE: Duration = Duration::from_millis(50);

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
        let deadline = self
            .clock
            .boot_micros()
            .saturating_add(duration_micros(timeout));
        let mut pause = FIRST_PAUSE;
        loop {
            let found = self.get(job)?;
            if found.status.is_ended() {
                return Ok(found);
            }
            let left = deadline.saturating_sub(self.clock.boot_micros());
            let left = Duration::from_micros(u64::try_from(left).unwrap_or(0));
            if left.is_zero() {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    format!(
                        "job `{job}` is still {} after {} s",
                        found.status,
                        timeout.as_secs_f64()
                    ),
                ));
            }
            interrupted()?;
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }
}
