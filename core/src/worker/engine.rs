//! The worker's loop, one step at a time: claim, reap, give up, stop.
//!
//! A step does everything that is due and says how long nothing will be. It never waits itself, so
//! it can be driven by a runtime as well as by a test that moves the clock.

use std::sync::Arc;
use std::time::Duration;

use super::control::Used;
use super::events::WorkerEvent;
use super::finish::Attempt;
use super::giving_up::GivingUp;
use super::heartbeat::micros;
use super::kinds::{Kinds, Room};
use super::reaper::Reaper;
use super::run::StopReason;
use super::seat::Seat;
use super::shared::Shared;
use super::shutdown::Shutdown;
use super::slots::Task;
use super::start::{attempt_of, tell_started};
use crate::job::time::duration_micros;
use crate::job::{Job, Timestamp, random_unit};
use crate::repository::{Claim, Ending};
use crate::sys::crash_point::{Place, Point, reach};

/// What a step found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing will be due for so long, unless something changes.
    Wait(Duration),
    /// The worker has ended.
    Done(StopReason),
}

/// Claims in one step: enough to fill any number of slots, few enough to look up in between.
const CLAIMS_PER_STEP: usize = 32;

/// After a claim that failed, the next is tried this soon, doubling up to the poll interval.
const FIRST_RETRY: i64 = 100_000;

pub(super) struct Engine {
    shared: Arc<Shared>,
    reaper: Reaper,
    giving_up: GivingUp,
    kinds: Kinds,
    shutdown: Option<Shutdown>,
    /// What was claimed last; the kinds change as they become full and free again.
    claim: Claim,
    /// The repository had no job for us when it was last asked, and nothing has changed since.
    sql_is_empty: bool,
    /// Moments of the boot clock.
    poll_due: i64,
    claim_again_at: i64,
    strays_due: i64,
    /// When the earliest delayed job becomes due, by the wall clock.
    run_at: Option<Timestamp>,
    claim_retry: i64,
    /// Jobs that were claimed since anybody was told.
    claimed: u32,
    /// How many jobs this worker may still start, if that is limited.
    left: Option<usize>,
    /// A claim of the engine failed, so that jobs may have become ours without our knowing.
    may_have_strays: bool,
}

impl Engine {
    pub(super) fn new(shared: Arc<Shared>) -> Engine {
        let now = shared.boot();
        let claim = Claim {
            owner: shared.owner.clone(),
            queues: shared.options.queues.clone(),
            kinds: shared.handlers.kinds(),
            limit: 0,
            lease: shared.options.lease,
        };
        Engine {
            claim,
            reaper: Reaper::new(now),
            giving_up: GivingUp::default(),
            kinds: Kinds::of(&shared.handlers),
            shutdown: None,
            sql_is_empty: false,
            poll_due: now,
            claim_again_at: now,
            strays_due: now,
            run_at: None,
            claim_retry: FIRST_RETRY,
            claimed: 0,
            left: shared.options.max_jobs,
            may_have_strays: false,
            shared,
        }
    }

    /// Does everything that is due.
    pub(super) fn step(&mut self) -> Step {
        self.look_for_stop();
        let mut found = self.giving_up.step(&self.shared);
        if found.stuck > 0 {
            // The other jobs may go on to their own deadlines; only new ones need a new process.
            self.stop(StopReason::Stuck, Some(Duration::MAX));
        }
        self.release_strays();
        if let Some(shutdown) = &mut self.shutdown {
            let in_doubt = self.may_have_strays;
            return match shutdown.step(&self.shared, &mut self.giving_up, in_doubt) {
                Some(wait) => Step::Wait(wait.min(found.wait).min(self.until_strays())),
                None => Step::Done(shutdown.reason()),
            };
        }
        if self.reaper.run_due(&self.shared) > 0 {
            self.sql_is_empty = false;
        }
        // Looked at before asking, so that a handler which makes a job and returns in between is
        // not missed.
        let may_be_drained = self.shared.options.drain && self.is_idle();
        if may_be_drained {
            self.sql_is_empty = false;
        }
        self.claim();
        if self.left == Some(0) {
            // Each has its own deadline.
            self.stop(StopReason::Enough, Some(Duration::MAX));
            found.wait = Duration::ZERO;
        } else if may_be_drained && self.is_drained() {
            self.stop(StopReason::Drained, None);
            found.wait = Duration::ZERO;
        }
        Step::Wait(self.until_next().min(found.wait))
    }

    fn look_for_stop(&mut self) {
        let (stops, grace) = self.shared.control.stops();
        if stops > 0 {
            self.stop(StopReason::Requested, grace);
        }
        if stops > 1
            && let Some(shutdown) = &mut self.shutdown
        {
            shutdown.hurry();
        }
    }

    fn stop(&mut self, reason: StopReason, grace: Option<Duration>) {
        self.shared.relay.close();
        self.shared.control.close_hints();
        let grace = grace.unwrap_or(self.shared.options.shutdown_grace);
        match &mut self.shutdown {
            Some(shutdown) => shutdown.also(&self.shared, reason, grace),
            None => self.shutdown = Some(Shutdown::begin(&self.shared, reason, grace)),
        }
    }

    /// Gives back what became ours by a claim whose answer was lost. No claim is under way here:
    /// this loop makes none, and slots are held back.
    fn release_strays(&mut self) {
        let now = self.shared.boot();
        if !self.may_have_strays() || now < self.strays_due {
            return;
        }
        self.strays_due = now.saturating_add(duration_micros(self.shared.options.tick));
        if !self.shared.relay.hold() {
            return;
        }
        let held = self.shared.table.fences();
        match self
            .shared
            .repository
            .release_strays(self.shared.owner.id, &held)
        {
            Ok(count) => {
                self.may_have_strays = false;
                self.shared.relay.resume();
                if count > 0 {
                    self.shared.tell(|| WorkerEvent::StraysReleased { count });
                    self.shared.wake_others();
                    self.sql_is_empty = false;
                }
            }
            Err(_) => {
                // The claim's failure was told already.
            }
        }
    }

    /// Claims, and says so to whoever waits with hints for it.
    fn claim(&mut self) {
        self.claim_all();
        let has_room = self.room().is_some();
        // Otherwise a claim failed, or there were too many for one step: the next goes on.
        if self.sql_is_empty || !has_room {
            let used = Used {
                claimed: std::mem::take(&mut self.claimed),
                more: !self.sql_is_empty,
            };
            self.shared.control.claims_done(used, has_room);
        }
    }

    /// Claims until the slots are full or the repository has nothing more.
    fn claim_all(&mut self) {
        let now = self.shared.boot();
        let is_due = now >= self.poll_due
            || self
                .run_at
                .is_some_and(|run_at| run_at <= self.shared.now());
        for _ in 0..CLAIMS_PER_STEP {
            let Some(room) = self.room() else { return };
            if self.shared.boot() < self.claim_again_at {
                return;
            }
            // A kind that was full when the repository was last asked may have jobs there.
            if room
                .kinds
                .iter()
                .any(|kind| !self.claim.kinds.contains(kind))
            {
                self.sql_is_empty = false;
            }
            // Only now: a wake-up is kept for later while every slot is taken.
            if self.shared.control.take_wake() || is_due {
                self.sql_is_empty = false;
            }
            // Others may have waited for it, and have become ready with no word to anybody.
            if self.shared.control.take_ended() {
                self.sql_is_empty = false;
            }
            if self.sql_is_empty || !self.claim_into(room) {
                return;
            }
        }
    }

    /// What may be claimed now; `None` while every slot is taken or every kind is full.
    fn room(&self) -> Option<Room> {
        let free = self.shared.slots.free();
        let free = self.left.map_or(free, |left| left.min(free));
        self.kinds.room(&self.shared.table, free)
    }

    /// Claims once; returns whether there may be more.
    fn claim_into(&mut self, room: Room) -> bool {
        let claimed_at = self.shared.boot();
        self.claim.limit = room.jobs;
        self.claim.kinds = room.kinds;
        let jobs = match self.shared.repository.claim(&self.claim) {
            Ok(jobs) => jobs,
            Err(error) => {
                self.shared
                    .tell(|| WorkerEvent::repository_failed("claim", &error));
                self.may_have_strays = true;
                let longest = duration_micros(self.shared.options.poll);
                self.claim_again_at = claimed_at.saturating_add(self.claim_retry.min(longest));
                self.claim_retry = self.claim_retry.saturating_mul(2).min(longest);
                return false;
            }
        };
        self.claim_retry = FIRST_RETRY;
        let count = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
        self.claimed = self.claimed.saturating_add(count);
        self.left = self.left.map(|left| left.saturating_sub(jobs.len()));
        if jobs.is_empty() {
            self.note_empty();
            return false;
        }
        let tasks: Vec<_> = jobs
            .into_iter()
            .filter_map(|job| self.take(job, claimed_at))
            .collect();
        self.shared.slots.run(tasks);
        if self.shared.slots.take_refused() {
            // No thread to be had: others may run them, and we try again a little later.
            let poll = duration_micros(self.shared.options.poll);
            self.claim_again_at = self.shared.boot().saturating_add(poll);
        }
        true
    }

    fn note_empty(&mut self) {
        self.sql_is_empty = true;
        let poll = duration_micros(self.shared.transport.poll(self.shared.options.poll));
        // Up to a tenth earlier, so that workers started together do not ask together.
        let early = (poll as f64 * 0.1 * random_unit()) as i64;
        self.poll_due = self.shared.boot().saturating_add(poll - early);
        // If this fails, the poll will do.
        self.run_at = self
            .shared
            .repository
            .next_run_at(&self.shared.options.queues)
            .ok()
            .flatten();
    }

    /// Takes a claimed job into the table; returns its attempt, if it can run.
    fn take(&mut self, job: Job, claimed_at: i64) -> Option<Task> {
        reach(Point::At(Place::Claimed));
        let shared = &self.shared;
        let ready = match attempt_of(shared, job, claimed_at) {
            Ok(ready) => ready,
            Err((running, error)) => {
                self.giving_up
                    .end(shared, running, Ending::Failed { error });
                return None;
            }
        };
        shared.table.insert(&ready.running);
        tell_started(shared, &ready.running);
        Some(Box::new(Attempt {
            seat: Seat::new(shared, ready.running, shared.slots.take()),
            handler: ready.handler,
        }))
    }

    /// Whether the repository, asked for every kind, had nothing for us, and we do nothing.
    fn is_drained(&self) -> bool {
        self.sql_is_empty && self.kinds.are_all(&self.claim.kinds) && self.is_idle()
    }

    /// Whether no thread runs a handler, which might make jobs, and no ending is unwritten.
    fn is_idle(&self) -> bool {
        self.is_settled() && self.shared.table.all().is_empty()
    }

    /// Whether every attempt of this worker has ended in the repository, as far as it knows.
    pub(super) fn is_settled(&self) -> bool {
        let none_open = self.shared.table.active().is_empty() && self.giving_up.is_settled();
        none_open && !self.may_have_strays()
    }

    /// Whether jobs may have become ours without our knowing.
    fn may_have_strays(&self) -> bool {
        self.may_have_strays || self.shared.relay.is_in_doubt()
    }

    /// How long until what may be ours without our knowing is to be given back.
    fn until_strays(&self) -> Duration {
        if !self.may_have_strays() {
            return Duration::MAX;
        }
        micros(self.strays_due.saturating_sub(self.shared.boot()))
    }

    /// How long until something is due by the clock.
    fn until_next(&self) -> Duration {
        let now = self.shared.boot();
        let mut wait = micros(self.reaper.next_due().saturating_sub(now));
        wait = wait.min(self.until_strays());
        if !self
            .kinds
            .have_room(&self.shared.table, self.shared.slots.free())
        {
            return wait;
        }
        if !self.sql_is_empty {
            return wait.min(micros(self.claim_again_at.saturating_sub(now)));
        }
        if let Some(run_at) = self.run_at {
            wait = wait.min(run_at.since(self.shared.now()));
        }
        wait.min(micros(self.poll_due.saturating_sub(now)))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Whoever is no longer in the table is on its way to having nothing to do.
        self.shared.slots.close(self.shared.table.all().len());
    }
}
