//! How an attempt ends in the oracle: by its own word, or by being given up.

use std::collections::VecDeque;

use super::super::life;
use super::super::product::name_design;
use super::super::rules::{crash_failure, event_of, is_outcome_of, no_floorplan, settled};
use super::super::{Ending, Finish, Product, Reap, Reaped};
use super::state::State;
use crate::error::Result;
use crate::job::{AfterCrash, Event, Failure, Fence, Job, JobId, Outcome, Timestamp, Usage};

/// What is kept with an attempt beside how it ended.
#[derive(Default)]
struct Notes {
    usage: Option<Usage>,
    trace: Option<String>,
}

impl State {
    pub(super) fn finish(&mut self, finish: &Finish, now: Timestamp) -> Result<Job> {
        let Finish { fence, ending, .. } = finish;
        if self.ended_so(fence, ending)? {
            return Ok(self.row(fence.job)?.job.clone());
        }
        let job = &self.fenced(fence)?.job;
        let plan_id = job.floorplan_id;
        let ending = settled(ending, job.cancel_requested);
        if let Ending::Succeeded {
            product: Some(Product::Reading(reading)),
            ..
        } = ending
        {
            let id = plan_id.ok_or_else(|| no_floorplan(fence.job))?;
            self.floorplan(id)?;
            if let Some(plan) = self.floorplans.get_mut(&id) {
                plan.reading = Some(reading.clone());
                plan.updated_at = now;
            }
        }
        let design = match ending {
            Ending::Succeeded {
                product: Some(Product::Design(design)),
                ..
            } => Some(self.add_design(design, plan_id, fence.job, now)?),
            _ => None,
        };
        let row = self.fenced(fence)?;
        row.step(event_of(ending))?;
        let status = row.job.status;
        life::end(&mut row.job, ending, status, now);
        if let Some(ids) = design {
            name_design(&mut row.job, ids);
        }
        self.close(
            fence,
            ending.outcome(),
            ending.error().cloned(),
            Notes {
                usage: finish.usage,
                trace: finish.trace.clone(),
            },
            now,
        )
    }

    /// Gives an attempt up; `None` when it is no longer the running one.
    pub(super) fn crash(&mut self, fence: &Fence, reap: &Reap, now: Timestamp) -> Option<Reaped> {
        let row = self.fenced(fence).ok()?;
        let gone = reap.gone.contains(&fence.owner);
        let owner = row.owner.clone()?;
        let failure = crash_failure(&owner, gone);
        let job = &mut row.job;
        let policy = reap.policy.with_base(job.retry_delay_us);
        let after = policy.after_crash(job.crashes, job.cancel_requested, reap.jitter);
        let event = match after {
            AfterCrash::RetryIn(_) => Event::Crash,
            AfterCrash::Fail => Event::CrashForGood,
            AfterCrash::Cancel => Event::Cancel,
        };
        job.crashes += 1;
        job.error = Some(failure.clone());
        if let AfterCrash::RetryIn(delay) = after
            && !delay.is_zero()
        {
            job.run_at = now.after(delay);
        }
        row.step(event).ok()?;
        let (kind, request_id) = (row.job.kind.clone(), row.job.request_id.clone());
        let job = self
            .close(
                fence,
                Outcome::Crashed,
                Some(failure),
                Notes::default(),
                now,
            )
            .ok()?;
        Some(Reaped {
            fence: *fence,
            kind,
            request_id,
            status: job.status,
        })
    }

    /// Writes the end of an attempt into the history, and into a job that ended with it.
    fn close(
        &mut self,
        fence: &Fence,
        outcome: Outcome,
        error: Option<Failure>,
        notes: Notes,
        now: Timestamp,
    ) -> Result<Job> {
        let row = self.row(fence.job)?;
        if let Some(attempt) = row
            .attempts
            .iter_mut()
            .find(|attempt| attempt.number == fence.attempt)
        {
            attempt.finished_at = Some(now);
            attempt.outcome = Some(outcome);
            attempt.error = error;
            attempt.usage = notes.usage;
            attempt.trace = notes.trace;
        }
        row.job.cancel_requested &= !row.job.status.is_ended();
        row.job.finished_at = row.job.status.is_ended().then_some(now);
        row.job.updated_at = now;
        row.queued_at(now);
        let job = row.job.clone();
        self.settle_children(job.id, now);
        Ok(job)
    }

    /// Tells the jobs that wait for `parent`, if it has ended, and those that wait for them.
    pub(super) fn settle_children(&mut self, parent: JobId, now: Timestamp) {
        let mut ended = VecDeque::from([parent]);
        while let Some(parent) = ended.pop_front() {
            let status = self.jobs.get(&parent).map(|row| row.job.status);
            let Some(status) = status.filter(|status| status.is_ended()) else {
                continue;
            };
            for row in self.jobs.values_mut() {
                let waits = row.parents.contains(&parent);
                if waits && row.parent_ended(parent, status, now) {
                    ended.push_back(row.job.id);
                }
            }
        }
    }

    /// Whether this attempt has already ended in this way.
    fn ended_so(&mut self, fence: &Fence, ending: &Ending) -> Result<bool> {
        let attempts = &self.row(fence.job)?.attempts;
        Ok(attempts.iter().any(|attempt| {
            attempt.number == fence.attempt
                && attempt.owner == fence.owner
                && attempt
                    .outcome
                    .is_some_and(|outcome| is_outcome_of(outcome, ending))
        }))
    }
}
