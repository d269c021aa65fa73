//! Attempts that the host runs itself, instead of a worker.
//!
//! For callers that say when a job begins and how it ends, as the older application did. There
//! is no heartbeat: the lease is as long as a job may take, and a worker notices before it ends
//! when the process is gone.

use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Client;
use crate::error::Result;
use crate::job::{Failure, Fence, Job, JobId, OwnerId, Status};
use crate::repository::{Ending, Finish, Owner, WorkerRow};
use crate::sys::ProcessIdentity;

/// How long a host may hold a job: the hard limit of one job.
const LEASE: Duration = Duration::from_secs(600);

impl Client {
    /// Starts an attempt of a queued job in this process, due or not; it is held for 600 s.
    ///
    /// # Errors
    /// `not_found`; `invalid_state` when the job is not queued.
    pub fn hold(&self, job: JobId) -> Result<Job> {
        let owner = self.owner();
        let now = self.clock.now();
        // So that workers can tell when this process is gone.
        self.repository.register_worker(&WorkerRow {
            owner: owner.clone(),
            queues: Vec::new(),
            kinds: Vec::new(),
            kind_limits: Default::default(),
            concurrency: 0,
            transport: String::new(),
            started_at: now,
            beat_at: now,
        })?;
        self.repository.claim_one(job, &owner, LEASE)
    }

    /// Ends an attempt that this process holds; returns the job as it is then.
    ///
    /// # Errors
    /// `lease_lost` when this process does not hold the job; `not_found`.
    pub fn end_held(&self, job: JobId, ending: Ending) -> Result<Job> {
        self.end_held_traced(job, ending, None)
    }

    /// As [`end_held`](Self::end_held), with where its handler's error came up.
    pub(crate) fn end_held_traced(
        &self,
        job: JobId,
        ending: Ending,
        trace: Option<String>,
    ) -> Result<Job> {
        let finish = Finish {
            trace,
            ..Finish::of(self.fence(job)?, ending)
        };
        let ended = self.repository.finish(&finish)?;
        // It runs again, or what waited for it may run now.
        if ended.status == Status::Queued || ended.is_awaited {
            self.wake_after(&ended);
        }
        Ok(ended)
    }

    /// Ends an attempt that this process holds, with a result.
    ///
    /// # Errors
    /// As [`end_held`](Self::end_held).
    pub fn complete(&self, job: JobId, result_ref: Option<Value>) -> Result<Job> {
        let ending = Ending::Succeeded {
            result: None,
            result_ref,
            product: None,
        };
        self.end_held(job, ending)
    }

    /// Ends an attempt that this process holds, and with it the job, with a failure.
    ///
    /// # Errors
    /// As [`end_held`](Self::end_held).
    pub fn fail(&self, job: JobId, error: Failure) -> Result<Job> {
        self.end_held(job, Ending::Failed { error })
    }

    fn fence(&self, job: JobId) -> Result<Fence> {
        Ok(Fence {
            job,
            attempt: self.repository.get(job)?.attempt,
            owner: self.owner().id,
        })
    }

    /// Who this process is when it runs attempts.
    ///
    /// The id follows from the client and the process, so that it stays the same in one process
    /// and is another in a forked child, without a state that a fork could tear.
    fn owner(&self) -> Owner {
        let process = ProcessIdentity::current();
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(process.pid.to_be_bytes());
        hash.update(process.start_time.unwrap_or(0).to_be_bytes());
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        Owner {
            id: OwnerId::from_bytes(id),
            process,
        }
    }
}
