//! The changes of one job as they come, without a thread.
//!
//! Between two looks nothing is asked but whether anything at all has changed in the repository,
//! some microseconds each 50 ms at most; the job is read only then.

use std::time::Duration;

use serde::Serialize;

use super::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::job::time::duration_micros;
use crate::job::{Job, JobId};

/// The first pause between two looks; it doubles up to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LAST_PAUSE: Duration = Duration::from_millis(50);

/// The job is read this often even if nothing seems to have changed: a fork by another thread
/// gives the repository a new connection, whose counter begins anew.
const READ_ANYWAY: Duration = Duration::from_secs(1);

/// What changed of a job, and how it is since.
///
/// Serializes to `changed` and `job`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobEvent {
    /// What is different from the event before; never empty.
    pub changed: Vec<Change>,
    /// The job.
    pub job: Job,
}

/// A part of a job that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// Nothing yet: how the job was when it was first looked at.
    Opened,
    /// Where it stands.
    Status,
    /// It was started.
    Attempt,
    /// How far its attempt is.
    Progress,
    /// Somebody asked for its attempt to stop.
    CancelRequested,
    /// None of these: when it is due, say, or what it waits for.
    Other,
}

/// The changes of one job, until it ends.
///
/// The first event is how the job is now, the last is its end state, and none comes after that.
/// Changes that follow each other faster than they are asked for become one event.
///
/// Keeps no thread, no lock and no connection of its own between the steps, so it may be kept as
/// long as one likes, and used on both sides of a fork.
#[derive(Debug)]
pub struct JobEvents {
    client: Client,
    id: JobId,
    timeout: Duration,
    /// The job as it was last told.
    told: Option<Job>,
    is_over: bool,
    /// The counter of the repository just before the job was last read, and when that was, by
    /// the boot clock.
    read: Option<(i64, i64)>,
    read_anyway: Duration,
}

impl Client {
    /// The changes of a job from now on, until it ends.
    ///
    /// ```
    /// # use floorjobs_core::{Client, NewJob, Settings, settings::Overrides};
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let url = format!("sqlite:///{}/jobs.db", folder.path().display());
    /// # let overrides = Overrides { database_url: Some(url), ..Overrides::default() };
    /// # let client = Client::connect(&Settings::load(&overrides)?)?;
    /// let job = client.enqueue(NewJob::new("thumbnail")?)?;
    /// client.cancel(job.id)?;
    /// for event in client.events(job.id)? {
    ///     let event = event?;
    ///     println!("{:?}: {}", event.changed, event.job.status);
    /// }
    /// # Ok::<(), floorjobs_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `not_found`; `unavailable`.
    pub fn events(&self, job: JobId) -> Result<JobEvents> {
        self.repository.get(job)?;
        Ok(JobEvents::new(self, job))
    }
}

impl JobEvents {
    pub(super) fn new(client: &Client, id: JobId) -> JobEvents {
        JobEvents {
            client: client.clone(),
            id,
            timeout: Duration::MAX,
            told: None,
            is_over: false,
            read: None,
            read_anyway: READ_ANYWAY,
        }
    }

    /// The same changes, each of which the iterator waits for no longer than `timeout`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> JobEvents {
        self.timeout = timeout;
        self
    }

    /// Waits for the next change; `None` after the end state.
    ///
    /// # Errors
    /// `timeout` when nothing has changed in time; `not_found` when the job was deleted, which is
    /// the end, too; `unavailable`. After the others the next call goes on.
    pub fn next_within(&mut self, timeout: Duration) -> Result<Option<JobEvent>> {
        self.next_unless(timeout, &mut || Ok(()))
    }

    /// As [`next_within`](Self::next_within), asking `interrupted` before each pause of at most
    /// 50 ms.
    ///
    /// # Errors
    /// As `next_within`, and what `interrupted` returns.
    pub fn next_unless(
        &mut self,
        timeout: Duration,
        interrupted: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Option<JobEvent>> {
        if self.is_over {
            return Ok(None);
        }
        match self.next_before(self.deadline(timeout), interrupted)? {
            Some(event) => Ok(Some(event)),
            None => Err(self.unchanged(timeout)),
        }
    }

    /// The moment of the boot clock that is `timeout` away.
    pub(super) fn deadline(&self, timeout: Duration) -> i64 {
        let now = self.client.clock.boot_micros();
        now.saturating_add(duration_micros(timeout))
    }

    /// Waits for the next change until a moment of the boot clock; `None` when none came.
    pub(super) fn next_before(
        &mut self,
        deadline: i64,
        interrupted: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Option<JobEvent>> {
        let mut pause = FIRST_PAUSE;
        loop {
            let now = self.client.clock.boot_micros();
            if let Some(event) = self.look(now)? {
                return Ok(Some(event));
            }
            let left = deadline.saturating_sub(now);
            let left = Duration::from_micros(u64::try_from(left).unwrap_or(0));
            if left.is_zero() {
                return Ok(None);
            }
            interrupted()?;
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(LAST_PAUSE);
        }
    }

    /// Looks whether the job has changed since it was last told.
    fn look(&mut self, now: i64) -> Result<Option<JobEvent>> {
        // Before the job is read: what changes after this is seen at the next look.
        let counter = self.client.repository.change_counter()?;
        if let Some((known, at)) = self.read
            && known == counter
            && now.saturating_sub(at) < duration_micros(self.read_anyway)
        {
            return Ok(None);
        }
        let job = self.client.repository.get(self.id).inspect_err(|error| {
            self.is_over |= error.kind() == ErrorKind::NotFound;
        })?;
        self.read = Some((counter, now));
        let changed = changes(self.told.as_ref(), &job);
        if changed.is_empty() {
            return Ok(None);
        }
        self.is_over = job.status.is_ended();
        self.told = Some(job.clone());
        Ok(Some(JobEvent { changed, job }))
    }

    /// The error for a job that did not change, or did not end, in time.
    pub(super) fn unchanged(&self, timeout: Duration) -> Error {
        let status = self
            .told
            .as_ref()
            .map_or("unknown", |job| job.status.as_str());
        Error::new(
            ErrorKind::Timeout,
            format!(
                "job `{}` is still {status} after {} s",
                self.id,
                timeout.as_secs_f64()
            ),
        )
    }
}

impl Iterator for JobEvents {
    type Item = Result<JobEvent>;

    fn next(&mut self) -> Option<Result<JobEvent>> {
        self.next_within(self.timeout).transpose()
    }
}

fn changes(before: Option<&Job>, now: &Job) -> Vec<Change> {
    let Some(before) = before else {
        return vec![Change::Opened];
    };
    let is = [
        (Change::Status, before.status != now.status),
        (Change::Attempt, before.attempt != now.attempt),
        (Change::Progress, before.progress != now.progress),
        (
            Change::CancelRequested,
            now.cancel_requested && !before.cancel_requested,
        ),
    ];
    let mut changed: Vec<_> = is
        .iter()
        .filter(|(_, is)| *is)
        .map(|(what, _)| *what)
        .collect();
    if changed.is_empty() && before != now {
        changed.push(Change::Other);
    }
    changed
}

#[cfg(test)]
mod tests;
