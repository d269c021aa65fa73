//! The workers that are noted, seen from this machine.

use super::Client;
use crate::error::Result;
use crate::job::{JobId, Timestamp};
use crate::repository::{Situation, WorkerLoad};
use crate::sys::ProcessIdentity;

impl Client {
    /// What bears on a job, with what can be seen from here of its workers.
    pub(super) fn situation(&self, job: JobId) -> Result<Situation> {
        let mut facts = self.repository.situation(job)?;
        silence_the_gone(&mut facts.workers);
        Ok(facts)
    }

    /// The workers, with what can be seen from here of them.
    pub(super) fn loads(&self) -> Result<Vec<WorkerLoad>> {
        let mut loads = self.repository.loads()?;
        silence_the_gone(&mut loads);
        Ok(loads)
    }
}

/// A worker of this machine whose process is gone will not be heard of again, however recently it
/// was: it counts as silent since ever. Others are known by their beats only.
fn silence_the_gone(loads: &mut [WorkerLoad]) {
    let us = ProcessIdentity::current();
    for load in loads {
        if us.is_provably_gone(&load.worker.owner.process) {
            load.worker.beat_at = Timestamp::from_micros(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::explain::Reason;
    use super::super::testing::{Bench, owner};
    use super::*;
    use crate::job::NewJob;

    #[test]
    fn a_worker_whose_process_is_gone_is_silent_at_once() {
        let bench = Bench::new();
        let mut worker = owner(1);
        worker.process = ProcessIdentity::current();
        bench.worker(&worker, "default", &["other"], 1);
        let job = bench.add(NewJob::new("work").unwrap());
        let reasons = || bench.client.explain(job.id).unwrap().reasons;
        assert!(matches!(reasons()[0], Reason::NoHandler { .. }));
        // Another process has its number by now.
        worker.process.start_time = Some(1);
        bench.worker(&worker, "default", &["other"], 1);
        assert!(matches!(reasons()[0], Reason::NoWorker { silent: 1, .. }));
    }
}
