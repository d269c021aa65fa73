//! What a handler sees of its attempt.

use std::sync::Arc;

use serde_json::Value;

use super::cancel::CancelToken;
use super::running::Running;
use crate::blob::{BlobRef, BlobStore};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Fence, Job, MAX_PAYLOAD_BYTES, OwnerId, RetryPolicy, Usage};
use crate::repository::Repository;
use crate::watch::Watch;

/// The longest trace that is stored with an attempt.
const MAX_TRACE_BYTES: usize = 32 << 10;

/// One attempt of a job, as its handler sees it. May be shared between threads; clones are the
/// same attempt.
#[derive(Debug, Clone)]
pub struct AttemptContext {
    running: Arc<Running>,
    blobs: Arc<dyn BlobStore>,
    repository: Option<Arc<dyn Repository>>,
}

impl AttemptContext {
    pub(super) fn new(
        running: Arc<Running>,
        blobs: Arc<dyn BlobStore>,
        repository: Option<Arc<dyn Repository>>,
    ) -> AttemptContext {
        AttemptContext {
            running,
            blobs,
            repository,
        }
    }

    /// An attempt outside any worker, for tests of handlers and for running one in place.
    ///
    /// Nothing renews its lease or stores its progress.
    pub fn detached(job: Job, blobs: Arc<dyn BlobStore>) -> AttemptContext {
        let fence = Fence {
            job: job.id,
            attempt: job.attempt,
            owner: OwnerId::generate(),
        };
        let running = Running::new(job, fence, RetryPolicy::default(), 0, i64::MAX, i64::MAX);
        AttemptContext::new(Arc::new(running), blobs, None)
    }

    /// The job as it was when this attempt began.
    pub fn job(&self) -> &Job {
        &self.running.job
    }

    /// What the job is to do.
    pub fn payload(&self) -> &Value {
        &self.running.job.payload
    }

    /// Which start of the job this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.running.fence.attempt
    }

    /// Where input and result files lie.
    ///
    /// A blob is kept while something names it where the sweep looks: the job's input, `blob` in
    /// its [`result_ref`](super::Completion::result_ref), the files of a floor plan. One that is
    /// named in a checkpoint or an inline result only is removed 24 h after it was last stored.
    /// To keep an intermediate one for longer, store its bytes again, or have a job of its own
    /// make it and name it in its `result_ref`.
    pub fn blobs(&self) -> &Arc<dyn BlobStore> {
        &self.blobs
    }

    /// The job's input file, if it is at most `limit` bytes long.
    ///
    /// # Errors
    /// `invalid_input` when the job has none; else those of [`BlobStore::get`].
    pub fn input(&self, limit: u64) -> Result<Vec<u8>> {
        let Some(reference) = &self.running.job.payload_ref else {
            let message = format!("job `{}` has no input file", self.running.job.id);
            return Err(Error::new(ErrorKind::InvalidInput, message));
        };
        let blob: BlobRef = reference.parse()?;
        self.blobs.get(&blob, limit)
    }

    /// What tells this attempt to stop; it says why, and can be waited for.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.running.token
    }

    /// What the attempt before this one kept, if it kept something.
    pub fn kept(&self) -> Option<&Value> {
        self.running.job.checkpoint.as_ref()
    }

    /// Keeps a value for the next attempt, should this one not succeed; it is stored on return.
    ///
    /// After `unavailable` it may be stored or not; to keep it again does no harm. A blob that
    /// only this value names is [swept](Self::blobs) after 24 h.
    ///
    /// # Errors
    /// `lease_lost` when this attempt is no longer the running one; `limit_exceeded` when the
    /// value is larger than a payload may be.
    pub fn checkpoint(&self, value: &Value) -> Result<()> {
        let bytes = value.to_string().len();
        if bytes > MAX_PAYLOAD_BYTES {
            let message = format!(
                "the checkpoint is {bytes} bytes of JSON, over the limit of {MAX_PAYLOAD_BYTES}"
            );
            return Err(Error::new(ErrorKind::LimitExceeded, message));
        }
        if let Some(repository) = &self.repository {
            repository.checkpoint(&self.running.fence, value)?;
        }
        self.running.moved();
        Ok(())
    }

    /// Notes what the attempt used, for a handler whose work is done by another process; without
    /// it, what its own thread used is stored. Only the first note counts.
    pub fn note_usage(&self, usage: Usage) {
        self.running.used(usage);
    }

    /// Notes where in the handler's program its error came up, as that program's language shows
    /// it; of a long text the last 32 KiB. Kept with the attempt. Only the first note counts.
    pub fn note_trace(&self, trace: &str) {
        let from = trace.len().saturating_sub(MAX_TRACE_BYTES);
        // The end says what was raised, and where.
        let kept = trace.get(trace.ceil_char_boundary(from)..);
        self.running.traced(kept.unwrap_or_default().to_owned());
    }

    /// Where the handler's error came up, if it said so.
    pub(crate) fn trace(&self) -> Option<String> {
        self.running.trace()
    }

    /// Tells how far the work is, with a message for people.
    ///
    /// Only the newest report counts; it is stored a few times a second at most.
    pub fn progress_message(&self, fraction: f64, stage: &str, message: Option<&str>) {
        self.running.report(fraction, stage, message);
    }
}

impl Watch for AttemptContext {
    fn progress(&self, fraction: f64, stage: &'static str) {
        self.running.report(fraction, stage, None);
    }

    fn is_cancelled(&self) -> bool {
        self.running.token.is_cancelled()
    }
}
