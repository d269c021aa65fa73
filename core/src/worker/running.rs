//! The attempts that this worker runs, shared by its threads.
//!
//! The slot thread works and ends the attempt, the heartbeat renews and cancels it, the engine
//! gives it up. Which of them may end it is decided once, by [`Running::begin_ending`] or
//! [`Running::give_up`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::cancel::{CancelReason, CancelToken};
use super::stall::{StallDials, StallWatch};
use crate::job::{Fence, Job, Kind, Progress, RetryPolicy, Timestamp, Usage};

/// One attempt whose thread has not returned yet. Times are microseconds of the boot clock.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) job: Job,
    pub(super) fence: Fence,
    pub(super) token: CancelToken,
    pub(super) retry: RetryPolicy,
    pub(super) started: i64,
    pub(super) deadline: i64,
    pub(super) stall: StallDials,
    cell: Mutex<Cell>,
    usage: OnceLock<Usage>,
    trace: OnceLock<String>,
}

#[derive(Debug)]
struct Cell {
    phase: Phase,
    leased_until: i64,
    cancelled_at: Option<i64>,
    progress: Option<Progress>,
    /// Counts the reports worth storing, and which of them are stored.
    reported: u64,
    stored: u64,
    stall: StallWatch,
    told_stuck: bool,
}

/// Who has the right to end the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody has used it yet.
    Working,
    /// The slot thread, which is writing its ending.
    Ending,
    /// The engine took it, or the lease is lost: the thread's answer no longer counts.
    GivenUp,
}

/// Reports that move the bar by less than this, in the same stage, are not worth storing.
const SMALLEST_STEP: f64 = 0.001;

impl Running {
    /// Notes what the handler used; what it noted itself stays.
    pub(super) fn used(&self, usage: Usage) {
        let _ = self.usage.set(usage);
    }

    /// What the handler used, if it has returned.
    pub(super) fn usage(&self) -> Option<Usage> {
        self.usage.get().copied()
    }

    /// Notes where in the handler's program its error came up.
    pub(super) fn traced(&self, trace: String) {
        let _ = self.trace.set(trace);
    }

    /// Where the handler's error came up, if it said so.
    pub(super) fn trace(&self) -> Option<String> {
        self.trace.get().cloned()
    }

    pub(super) fn new(
        job: Job,
        fence: Fence,
        retry: RetryPolicy,
        started: i64,
        deadline: i64,
        leased_until: i64,
    ) -> Running {
        Running {
            job,
            fence,
            token: CancelToken::new(),
            retry,
            started,
            deadline,
            stall: StallDials::default(),
            usage: OnceLock::new(),
            trace: OnceLock::new(),
            cell: Mutex::new(Cell {
                phase: Phase::Working,
                leased_until,
                cancelled_at: None,
                progress: None,
                reported: 0,
                stored: 0,
                stall: StallWatch::new(started),
                told_stuck: false,
            }),
        }
    }

    /// The same attempt under the watchdog's eye.
    pub(super) fn watched(mut self, stall: StallDials) -> Running {
        self.stall = stall;
        self
    }

    fn cell(&self) -> MutexGuard<'_, Cell> {
        self.cell.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn report(&self, fraction: f64, stage: &str, message: Option<&str>) {
        if fraction.is_nan() {
            return;
        }
        let fraction = fraction.clamp(0.0, 1.0);
        let mut cell = self.cell();
        let cell = &mut *cell;
        if let Some(last) = &mut cell.progress {
            let same_text = last.stage == stage && last.message.as_deref() == message;
            if same_text && last.fraction == fraction {
                return;
            }
            cell.stall.moved();
            if same_text && (last.fraction - fraction).abs() < SMALLEST_STEP && fraction < 1.0 {
                return;
            }
            if same_text {
                last.fraction = fraction;
                cell.reported += 1;
                return;
            }
        } else {
            cell.stall.moved();
        }
        cell.progress = Some(Progress {
            fraction,
            stage: stage.to_owned(),
            message: message.map(str::to_owned),
        });
        cell.reported += 1;
    }

    /// The attempt did something that is as good as a report.
    pub(super) fn moved(&self) {
        self.cell().stall.moved();
    }

    /// Looks whether the attempt stalls; returns for how many microseconds, when that is to be
    /// told. See [`StallWatch::look`].
    pub(super) fn look_for_stall(
        &self,
        boot: i64,
        wall: Timestamp,
        stood_still: i64,
    ) -> Option<i64> {
        let limit = self.stall.after?;
        let mut cell = self.cell();
        // What has been told to stop, or is about to end, gets nowhere for good reason.
        if cell.phase != Phase::Working || cell.cancelled_at.is_some() {
            return None;
        }
        cell.stall.look(limit, boot, wall, stood_still)
    }

    /// Since when the attempt stalls, if it does.
    pub(super) fn stalled_since(&self) -> Option<Timestamp> {
        self.cell().stall.since()
    }

    /// The repository knows since when the attempt stalls.
    pub(super) fn stall_stored(&self, since: Option<Timestamp>) {
        self.cell().stall.stored(since);
    }

    /// The progress that is not stored yet, with its number for [`Running::stored`].
    pub(super) fn unstored(&self) -> Option<(u64, Progress)> {
        let cell = self.cell();
        if cell.stored == cell.reported {
            return None;
        }
        cell.progress
            .clone()
            .map(|progress| (cell.reported, progress))
    }

    pub(super) fn has_unstored(&self) -> bool {
        let cell = self.cell();
        cell.stored != cell.reported || cell.stall.has_news()
    }

    pub(super) fn stored(&self, number: u64) {
        self.cell().stored = number;
    }

    /// Tells the handler to stop; the first reason stays.
    pub(super) fn cancel(&self, reason: CancelReason, now: i64) -> bool {
        let mut cell = self.cell();
        cell.cancelled_at.get_or_insert(now);
        self.token.cancel(reason)
    }

    /// Since when the handler has been told to stop.
    pub(super) fn cancelled_at(&self) -> Option<i64> {
        self.cell().cancelled_at
    }

    pub(super) fn leased_until(&self) -> i64 {
        self.cell().leased_until
    }

    pub(super) fn renewed(&self, until: i64) {
        let mut cell = self.cell();
        cell.leased_until = cell.leased_until.max(until);
    }

    /// Takes the right to end the attempt for its own thread; false if it was given up.
    pub(super) fn begin_ending(&self) -> bool {
        self.leave_working_for(Phase::Ending)
    }

    /// Takes the right to end the attempt away from its thread; false if that is ending it.
    pub(super) fn give_up(&self) -> bool {
        self.leave_working_for(Phase::GivenUp)
    }

    fn leave_working_for(&self, phase: Phase) -> bool {
        let mut cell = self.cell();
        let was_working = cell.phase == Phase::Working;
        if was_working {
            cell.phase = phase;
        }
        was_working
    }

    /// Whether its own thread is writing its ending.
    pub(super) fn is_ending(&self) -> bool {
        self.cell().phase == Phase::Ending
    }

    /// Whether the attempt is still ours: to be renewed, and to be waited for.
    pub(super) fn is_active(&self) -> bool {
        self.cell().phase != Phase::GivenUp
    }

    /// True the first time it is asked.
    pub(super) fn tell_stuck_once(&self) -> bool {
        !std::mem::replace(&mut self.cell().told_stuck, true)
    }
}

/// The attempts whose threads have not returned.
#[derive(Debug, Default)]
pub(super) struct Table {
    attempts: Mutex<BTreeMap<Fence, Arc<Running>>>,
}

impl Table {
    fn attempts(&self) -> MutexGuard<'_, BTreeMap<Fence, Arc<Running>>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn insert(&self, running: &Arc<Running>) {
        self.attempts().insert(running.fence, Arc::clone(running));
    }

    pub(super) fn remove(&self, fence: &Fence) {
        self.attempts().remove(fence);
    }

    /// Every attempt, those given up included.
    pub(super) fn all(&self) -> Vec<Arc<Running>> {
        self.attempts().values().cloned().collect()
    }

    /// The attempts that are still ours.
    pub(super) fn active(&self) -> Vec<Arc<Running>> {
        let attempts = self.attempts();
        attempts
            .values()
            .filter(|running| running.is_active())
            .cloned()
            .collect()
    }

    /// How many threads work for a kind, those of given-up attempts included.
    pub(super) fn count_of(&self, kind: &Kind) -> usize {
        let attempts = self.attempts();
        attempts
            .values()
            .filter(|running| running.job.kind == *kind)
            .count()
    }

    pub(super) fn fences(&self) -> Vec<Fence> {
        self.attempts().keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::queued_job;
    use super::*;
    use crate::job::OwnerId;

    fn running() -> Running {
        let job = queued_job();
        let fence = Fence {
            job: job.id,
            attempt: 1,
            owner: OwnerId::generate(),
        };
        Running::new(job, fence, RetryPolicy::default(), 0, 100, 50)
    }

    #[test]
    fn only_one_side_may_end_an_attempt() {
        let attempt = running();
        assert!(attempt.begin_ending() && !attempt.give_up() && !attempt.begin_ending());
        assert!(attempt.is_active());
        let attempt = running();
        assert!(attempt.give_up() && !attempt.begin_ending());
        assert!(!attempt.is_active());
    }

    #[test]
    fn progress_is_thinned_and_kept_until_it_is_stored() {
        let attempt = running();
        assert!(!attempt.has_unstored());
        attempt.report(f64::NAN, "x", None);
        assert!(attempt.unstored().is_none());
        attempt.report(0.5, "reading", None);
        let (number, progress) = attempt.unstored().unwrap();
        assert_eq!(
            (progress.fraction, progress.stage.as_str()),
            (0.5, "reading")
        );
        attempt.report(0.5001, "reading", None);
        attempt.stored(number);
        assert!(!attempt.has_unstored(), "too small a step");
        attempt.report(7.0, "reading", None);
        let (newer, progress) = attempt.unstored().unwrap();
        assert_eq!(progress.fraction, 1.0);
        attempt.report(1.0, "writing", Some("page 2"));
        attempt.stored(newer);
        assert_eq!(
            attempt.unstored().unwrap().1.message.as_deref(),
            Some("page 2")
        );
    }

    #[test]
    fn a_late_answer_does_not_shorten_a_lease() {
        let attempt = running();
        attempt.renewed(80);
        attempt.renewed(60);
        assert_eq!(attempt.leased_until(), 80);
    }
}
