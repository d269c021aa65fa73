//! What the oracle remembers, and how a job begins in it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::life;
use super::super::rules::{
    KEPT_ATTEMPTS, ParentEnded, floorplan_not_found, id_is_taken, is_blocked, lease_lost,
    parent_ended, refused,
};
use super::super::{
    Bom, Claim, Enqueue, Enqueued, Floorplan, Layout, NewFloorplan, Owner, WorkerRow,
};
use crate::bom::Catalogue;
use crate::error::Result;
use crate::job::{Attempt, Event, Fence, Job, JobId, Kind, OwnerId, QueueName, Status, Timestamp};

/// Everything there is.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    pub(super) jobs: BTreeMap<JobId, Row>,
    pub(super) floorplans: BTreeMap<i64, Floorplan>,
    pub(super) layouts: BTreeMap<i64, Layout>,
    pub(super) boms: BTreeMap<i64, Bom>,
    pub(super) catalogue: Option<Catalogue>,
    pub(super) workers: BTreeMap<OwnerId, WorkerRow>,
    pub(super) paused: BTreeMap<QueueName, Timestamp>,
    /// How many jobs were ever stored.
    pub(super) stored: u64,
    /// How often somebody has come to change something.
    pub(super) changes: i64,
}

/// A job with what only the repository needs to know of it.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) job: Job,
    /// Which it was of all that were ever stored.
    pub(super) number: u64,
    /// Who runs it; `None` unless it is running.
    pub(super) owner: Option<Owner>,
    /// Until when, by the boot clock; means nothing unless it is running.
    pub(super) lease_until: i64,
    /// It was due when it was queued or at a claim since, whatever the wall clock says now.
    pub(super) was_due: bool,
    /// The lease is of an earlier boot, and so has run out.
    pub(super) is_lapsed: bool,
    pub(super) attempts: Vec<Attempt>,
    /// The jobs it still waits for.
    pub(super) parents: BTreeSet<JobId>,
}

impl Row {
    /// Whether it waits for nothing but a claim.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let is_queued = self.job.status == Status::Queued && self.job.waiting_for == 0;
        is_queued && (self.was_due || self.job.run_at <= now)
    }

    /// Notes whether it is due, as it comes to be queued or changes its `run_at`.
    pub(super) fn queued_at(&mut self, now: Timestamp) {
        self.was_due = false;
        self.was_due = self.is_due(now);
    }

    /// What the running attempt must show, or `None` when nothing runs.
    pub(super) fn fence(&self) -> Option<Fence> {
        self.owner.as_ref().map(|owner| Fence {
            job: self.job.id,
            attempt: self.job.attempt,
            owner: owner.id,
        })
    }

    /// Changes the status as the table of transitions says.
    pub(super) fn step(&mut self, event: Event) -> Result<()> {
        let status = self.job.status.after(event);
        self.job.status = status.ok_or_else(|| refused(self.job.id, self.job.status, event))?;
        if self.job.status != Status::Running {
            self.owner = None;
            self.job.stalled_since = None;
        }
        Ok(())
    }
}

impl Row {
    /// Waits for one job less, or ends with it; true when it ended.
    pub(super) fn parent_ended(&mut self, parent: JobId, status: Status, now: Timestamp) -> bool {
        self.parents.remove(&parent);
        self.job.waiting_for = u32::try_from(self.parents.len()).unwrap_or(u32::MAX);
        self.job.updated_at = now;
        match parent_ended(self.job.on_parent_failure, parent, status) {
            ParentEnded::GoesOn => {
                self.queued_at(now);
                return false;
            }
            ParentEnded::Cancel => self.job.status = Status::Cancelled,
            ParentEnded::Fail(failure) => {
                self.job.status = Status::Failed;
                self.job.error = Some(failure);
            }
        }
        self.parents.clear();
        self.job.waiting_for = 0;
        self.job.finished_at = Some(now);
        true
    }
}

impl State {
    pub(super) fn row(&mut self, id: JobId) -> Result<&mut Row> {
        self.jobs.get_mut(&id).ok_or_else(|| id.not_found())
    }

    /// The row of a running attempt, if its fence holds.
    pub(super) fn fenced(&mut self, fence: &Fence) -> Result<&mut Row> {
        let row = self.row(fence.job)?;
        if row.fence() != Some(*fence) {
            return Err(lease_lost(fence));
        }
        Ok(row)
    }

    pub(super) fn floorplan(&self, id: i64) -> Result<&Floorplan> {
        self.floorplans
            .get(&id)
            .ok_or_else(|| floorplan_not_found(id))
    }

    /// The newest job of the kind, other than `but`, that holds this key.
    pub(super) fn holder(
        &self,
        kind: &Kind,
        key: &str,
        now: Timestamp,
        but: Option<JobId>,
    ) -> Option<&Job> {
        let holds =
            |job: &Job| !job.status.is_ended() || job.unique_until.is_some_and(|until| until > now);
        let mut jobs = self.jobs.values().rev().map(|row| &row.job);
        jobs.find(|job| {
            job.kind == *kind
                && job.unique_key.as_deref() == Some(key)
                && Some(job.id) != but
                && holds(job)
        })
    }

    pub(super) fn enqueue(&mut self, request: &Enqueue, now: Timestamp) -> Result<Enqueued> {
        let new = &request.job;
        if let Some(key) = &new.unique_key
            && let Some(job) = self.holder(&new.kind, key, now, None)
        {
            return Ok(Enqueued {
                job: job.clone(),
                existing: true,
            });
        }
        if let Some(id) = new.floorplan_id {
            self.floorplan(id)?;
        }
        let parents: BTreeSet<JobId> = new.after.iter().copied().collect();
        for parent in &parents {
            self.row(*parent)?;
        }
        let floorplan_id = request
            .floorplan
            .as_ref()
            .map(|plan| self.add_floorplan(plan, now))
            .or(new.floorplan_id);
        let job = life::queued(request, floorplan_id, parents.len(), now);
        if self.jobs.contains_key(&job.id) {
            return Err(id_is_taken(job.id));
        }
        self.stored += 1;
        let row = Row {
            job: job.clone(),
            number: self.stored,
            owner: None,
            lease_until: 0,
            is_lapsed: false,
            was_due: false,
            attempts: Vec::new(),
            parents: parents.clone(),
        };
        let id = job.id;
        self.jobs.insert(id, row);
        self.row(id)?.queued_at(now);
        for parent in parents {
            self.row(parent)?.job.is_awaited = true;
            self.settle_children(parent, now);
        }
        Ok(Enqueued {
            job: self.row(id)?.job.clone(),
            existing: false,
        })
    }

    fn add_floorplan(&mut self, plan: &NewFloorplan, now: Timestamp) -> i64 {
        let id = self
            .floorplans
            .keys()
            .next_back()
            .map_or(1, |last| last + 1);
        let plan = Floorplan {
            id,
            project_id: plan.project_id,
            filename: plan.filename.clone(),
            pdf_ref: plan.pdf_ref.clone(),
            pdf_bytes: plan.pdf_bytes,
            reading: None,
            created_at: now,
            updated_at: now,
        };
        self.floorplans.insert(id, plan);
        id
    }

    /// Starts attempts of the best ready jobs.
    pub(super) fn claim(
        &mut self,
        claim: &Claim,
        lease_until: i64,
        now: Timestamp,
    ) -> Result<Vec<Job>> {
        for row in self.jobs.values_mut() {
            if claim.queues.contains(&row.job.queue) {
                row.was_due = row.is_due(now);
            }
        }
        let rank = |row: &Row| {
            let job = &row.job;
            let queue = claim.queues.iter().position(|queue| *queue == job.queue);
            let fits = row.was_due && !self.paused.contains_key(&job.queue);
            let served = claim.kinds.contains(&job.kind);
            queue
                .filter(|_| fits && served)
                .map(|queue| (queue, -i64::from(job.priority), job.run_at, job.id))
        };
        let mut ready: Vec<_> = self.jobs.values().filter_map(rank).collect();
        ready.sort();
        ready
            .into_iter()
            .take(claim.limit)
            .map(|(.., id)| self.start(id, &claim.owner, lease_until, now))
            .collect()
    }

    /// Starts an attempt of a queued job.
    pub(super) fn start(
        &mut self,
        id: JobId,
        owner: &Owner,
        lease_until: i64,
        now: Timestamp,
    ) -> Result<Job> {
        let row = self.row(id)?;
        if row.job.status == Status::Queued && row.job.waiting_for > 0 {
            return Err(is_blocked(id));
        }
        row.step(Event::Claim)?;
        row.owner = Some(owner.clone());
        (row.lease_until, row.is_lapsed) = (lease_until, false);
        let job = &mut row.job;
        life::start(job, now);
        row.attempts.push(Attempt {
            number: job.attempt,
            owner: owner.id,
            host: owner.process.host.clone(),
            pid: owner.process.pid,
            started_at: now,
            finished_at: None,
            outcome: None,
            error: None,
            usage: None,
            trace: None,
        });
        let oldest = job.attempt.saturating_sub(KEPT_ATTEMPTS);
        row.attempts.retain(|attempt| attempt.number > oldest);
        Ok(row.job.clone())
    }
}
