//! The heartbeat: keeps the leases of running attempts, carries progress out and cancels in.
//!
//! It has a thread of its own that runs no handler and calls no host, so neither a busy processor
//! nor an interpreter's lock can starve it. While nothing runs it wakes once per beat.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cancel::CancelReason;
use super::events::WorkerEvent;
use super::fencing::{check_deadline, check_lease};
use super::running::Running;
use super::shared::Shared;
use super::stall::StallAction;
use crate::error::Result;
use crate::job::time::duration_micros;
use crate::repository::{Beat, Heartbeat, Held};

/// Wakes the heartbeat's thread early, and ends it.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    state: Mutex<PulseState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct PulseState {
    /// An attempt began since the last tick.
    began: bool,
    beat_now: bool,
    closed: bool,
    /// The thread rests until the next beat, because nothing ran.
    rests_idle: bool,
}

impl PulseState {
    /// Whether a rest goes on: a tick's until it is over, an idle one until something begins.
    fn is_resting(&self) -> bool {
        !(self.closed || self.beat_now || self.rests_idle && self.began)
    }
}

impl Pulse {
    fn state(&self) -> MutexGuard<'_, PulseState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An attempt is in the table now: an idle rest is over.
    pub(super) fn attempt_began(&self) {
        let mut state = self.state();
        state.began = true;
        if state.rests_idle {
            drop(state);
            self.changed.notify_one();
        }
    }

    /// Beats as soon as possible: time has passed that the thread may not have noticed.
    pub(super) fn beat_now(&self) {
        self.state().beat_now = true;
        self.changed.notify_one();
    }

    /// Ends the thread.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_one();
    }

    /// A tick begins, and sees whatever began before; returns whether it has to beat.
    fn begin_tick(&self) -> bool {
        let mut state = self.state();
        state.began = false;
        std::mem::take(&mut state.beat_now)
    }

    /// Rests as told or until there is reason to go on; false when the thread is to end.
    fn rest(&self, rest: Rest) -> bool {
        let mut state = self.state();
        state.rests_idle = rest.idle;
        let rested = self
            .changed
            .wait_timeout_while(state, rest.time, |s| s.is_resting());
        let (mut state, _) = rested.unwrap_or_else(PoisonError::into_inner);
        state.rests_idle = false;
        !state.closed
    }
}

/// How long the heartbeat has nothing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) time: Duration,
    /// Nothing runs: whatever begins ends the rest.
    pub(super) idle: bool,
}

/// Cancel requests are looked for at least this often, in case the change counter cannot see them
/// because they were written through our own connection.
const LOOK_AT_LEAST_EVERY: i64 = 1_000_000;

/// After a beat that failed, the next is tried this soon.
const RETRY_AFTER: i64 = 1_000_000;

/// The state of the heartbeat between its ticks.
pub(super) struct Heart {
    shared: Arc<Shared>,
    next_beat: i64,
    next_look: i64,
    change_counter: Option<i64>,
    failing: bool,
    ticked_at: i64,
}

impl Heart {
    pub(super) fn new(shared: Arc<Shared>) -> Heart {
        let now = shared.boot();
        Heart {
            next_beat: now.saturating_add(duration_micros(shared.options.beat)),
            next_look: now,
            shared,
            change_counter: None,
            failing: false,
            ticked_at: now,
        }
    }

    /// Runs until the pulse is closed.
    pub(super) fn run(mut self) {
        loop {
            let rest = self.tick();
            if !self.shared.pulse.rest(rest) {
                return;
            }
        }
    }

    /// Does what is due now.
    pub(super) fn tick(&mut self) -> Rest {
        let told_to_beat = self.shared.pulse.begin_tick();
        let now = self.shared.boot();
        let attempts = self.shared.table.active();
        let stood_still = self.stood_still(now);
        for running in &attempts {
            check_deadline(&self.shared, running);
            self.check_stall(running, now, stood_still);
        }
        let beat_due = now >= self.next_beat || told_to_beat;
        if beat_due || (!attempts.is_empty() && self.has_news(&attempts, now)) {
            self.speak(&attempts, beat_due);
        }
        for running in &attempts {
            check_lease(&self.shared, running);
        }
        let until_beat = micros(self.next_beat.saturating_sub(self.shared.boot()));
        let idle = attempts.is_empty();
        let time = match idle {
            true => until_beat,
            false => until_beat.min(self.shared.options.tick),
        };
        Rest { time, idle }
    }

    /// How long this process had no time to tick: it or the machine was stopped. An ordinary pause
    /// is a beat and a little.
    fn stood_still(&mut self, now: i64) -> i64 {
        let pause = now.saturating_sub(self.ticked_at);
        self.ticked_at = now;
        match pause > duration_micros(self.shared.options.lease) / 2 {
            true => pause,
            false => 0,
        }
    }

    fn check_stall(&self, running: &Running, now: i64, stood_still: i64) {
        let wall = self.shared.now();
        let Some(silent) = running.look_for_stall(now, wall, stood_still) else {
            return;
        };
        let cancelled = running.stall.action == StallAction::Cancel
            && running.cancel(CancelReason::Stalled, now);
        let silent_seconds = micros(silent).as_secs_f64();
        self.shared.tell_of(running, |job, _| WorkerEvent::Stalled {
            job,
            silent_seconds,
            cancelled,
        });
    }

    /// Whether progress waits to be stored, or somebody may have asked for a cancel.
    fn has_news(&mut self, attempts: &[Arc<Running>], now: i64) -> bool {
        let counter = self.shared.repository.change_counter().ok();
        let changed = counter.is_none() || counter != self.change_counter;
        self.change_counter = counter;
        changed || now >= self.next_look || attempts.iter().any(|running| running.has_unstored())
    }

    fn speak(&mut self, attempts: &[Arc<Running>], renew: bool) {
        let options = &self.shared.options;
        let reports: Vec<_> = attempts.iter().map(|running| running.unstored()).collect();
        let beats = attempts.iter().zip(&reports).map(|(running, report)| Beat {
            fence: running.fence,
            progress: report.as_ref().map(|(_, progress)| progress.clone()),
            stalled_since: running.stalled_since(),
        });
        let heartbeat = Heartbeat {
            owner: self.shared.owner.id,
            beats: beats.collect(),
            lease: renew.then_some(options.lease),
        };
        // Taken before sending: the lease counts from a moment after this one.
        let sent_at = self.shared.boot();
        let answer = self.shared.repository.heartbeat(&heartbeat);
        let now = self.shared.boot();
        self.next_look = now.saturating_add(LOOK_AT_LEAST_EVERY);
        if renew {
            let pause = match answer {
                Ok(_) => duration_micros(options.beat),
                Err(_) => RETRY_AFTER.min(duration_micros(options.beat)),
            };
            self.next_beat = now.saturating_add(pause);
        }
        let leased_until = renew.then(|| sent_at.saturating_add(duration_micros(options.lease)));
        for (running, beat) in attempts.iter().zip(&heartbeat.beats) {
            if answer.is_ok() {
                running.stall_stored(beat.stalled_since);
            }
        }
        self.hear(answer, attempts, &reports, leased_until);
    }

    fn hear(
        &mut self,
        answer: Result<Vec<Held>>,
        attempts: &[Arc<Running>],
        reports: &[Option<(u64, crate::job::Progress)>],
        leased_until: Option<i64>,
    ) {
        let held = match answer {
            Ok(held) => held,
            Err(error) => {
                // One event for a row of failures; the leases tell the rest.
                if !std::mem::replace(&mut self.failing, true) {
                    self.shared
                        .tell(|| WorkerEvent::repository_failed("heartbeat", &error));
                }
                return;
            }
        };
        self.failing = false;
        let now = self.shared.boot();
        self.shared.control.beat(now);
        for ((running, report), held) in attempts.iter().zip(reports).zip(held) {
            match held {
                Held::Held { cancel_requested } => {
                    if let Some(until) = leased_until {
                        running.renewed(until);
                    }
                    if let Some((number, progress)) = report {
                        running.stored(*number);
                        self.shared
                            .tell_of(running, |job, _| WorkerEvent::Progress {
                                job,
                                fraction: progress.fraction,
                                stage: progress.stage.clone(),
                                message: progress.message.clone(),
                            });
                    }
                    if cancel_requested {
                        running.cancel(CancelReason::Requested, now);
                    }
                }
                // An attempt that ended meanwhile, by its own thread, is no longer running either.
                Held::Lost if running.give_up() => {
                    running.cancel(CancelReason::LeaseLost, now);
                    self.shared
                        .tell_of(running, |job, _| WorkerEvent::LeaseLost { job });
                }
                Held::Lost => {}
            }
        }
    }
}

/// A span of the boot clock as a duration; nothing if it is past.
pub(super) fn micros(span: i64) -> Duration {
    Duration::from_micros(u64::try_from(span).unwrap_or(0))
}
