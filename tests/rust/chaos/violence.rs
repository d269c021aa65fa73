//! Kills, stops and replaces the workers, and fills the disk.

use std::time::Duration;

use rustix::process::Signal;

use super::leaks::Leaks;
use super::place::Place;
use super::storm::{LEASE, SURVIVOR, Storm, WORKERS};
use super::worker::{self, NOT_STARTED, Rhythm};
use crate::dice::Dice;
use crate::disk::Shimmed;
use crate::process::{WorkerProcess, now};

const ENOSPC: i32 = 28;

/// As any supervisor waits a little before it tries again.
const RESTART_AFTER: i64 = 200_000;

/// The supervisor of the workers, which is also their enemy.
pub(super) struct Violence<'a> {
    storm: Storm,
    dice: Dice,
    disk: &'a Shimmed,
    place: &'a Place,
    workers: Vec<WorkerProcess>,
    stopped: Vec<Stopped>,
    next_act: i64,
    /// When a worker that ended is started again, by slot.
    restarts: [Option<i64>; WORKERS],
    /// When the disk fills and when there is room again.
    fills_at: i64,
    frees_at: i64,
    is_full: bool,
    pub(super) told: Told,
}

/// What was done to whom.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// When which process was killed by us.
    pub(super) kills: Vec<(u32, i64)>,
    /// When which process was stopped.
    pub(super) stops: Vec<(u32, i64)>,
    pub(super) continued: usize,
    pub(super) asked_to_end: usize,
    /// Workers that killed themselves, as poison makes them.
    pub(super) poisoned: usize,
    pub(super) unstarted: usize,
    /// Ends of workers that nobody wanted.
    pub(super) unexplained: Vec<String>,
}

struct Stopped {
    slot: usize,
    pid: u32,
    until: i64,
    is_killed: bool,
}

impl<'a> Violence<'a> {
    pub(super) fn new(storm: Storm, disk: &'a Shimmed, place: &'a Place) -> Violence<'a> {
        let began = now();
        let fills_at = began + micros(storm.time) / 2;
        let mut violence = Violence {
            storm,
            dice: Dice::new(storm.seed),
            disk,
            place,
            workers: Vec::new(),
            stopped: Vec::new(),
            next_act: began + 500_000,
            restarts: [None; WORKERS],
            fills_at,
            frees_at: fills_at + micros(storm.full),
            is_full: false,
            told: Told::default(),
        };
        violence.workers = (0..WORKERS).map(|slot| violence.start(slot)).collect();
        violence
    }

    fn start(&self, slot: usize) -> WorkerProcess {
        let steps = self.storm.steps;
        worker::start(Some(self.disk), self.place, Rhythm::Hasty { slot, steps })
    }

    /// Does what is due; to be called every few milliseconds.
    pub(super) fn step(&mut self, leaks: &mut Leaks) {
        let moment = now();
        self.fill_disk(moment);
        self.end_stops(moment);
        self.replace_ended();
        if moment >= self.next_act {
            self.act();
            let longest = self.storm.pause.as_micros() as usize;
            self.next_act = moment + (longest / 4 + self.dice.below(longest * 3 / 4)) as i64;
        }
        leaks.look("worker", self.workers[SURVIVOR].pid());
    }

    fn fill_disk(&mut self, moment: i64) {
        if !self.is_full && (self.fills_at..self.frees_at).contains(&moment) {
            // Somebody stopped within a transaction would keep all others from the disk.
            self.end_all_stops();
            self.disk.fault().set("*", "*", ENOSPC, false);
            self.is_full = true;
        }
        if self.is_full && moment >= self.frees_at {
            self.disk.fault().clear();
            self.is_full = false;
        }
    }

    fn end_stops(&mut self, moment: i64) {
        let (over, still) = std::mem::take(&mut self.stopped)
            .into_iter()
            .partition(|stop: &Stopped| stop.until <= moment);
        self.stopped = still;
        for stop in over {
            self.end_stop(&stop);
        }
    }

    fn end_stop(&mut self, stop: &Stopped) {
        if self.workers[stop.slot].pid() != stop.pid {
            return;
        }
        if stop.is_killed {
            self.kill(stop.slot);
        } else {
            self.workers[stop.slot].signal(Signal::CONT);
            self.told.continued += 1;
        }
    }

    fn act(&mut self) {
        let slot = self.dice.below(WORKERS);
        let is_stopped = self.stopped.iter().any(|stop| stop.slot == slot);
        if is_stopped || self.restarts[slot].is_some() {
            return;
        }
        match self.dice.below(10) {
            0..5 if slot != SURVIVOR => self.kill(slot),
            5 if slot != SURVIVOR => {
                self.workers[slot].signal(Signal::TERM);
                self.told.asked_to_end += 1;
            }
            _ if self.is_full => {}
            _ => self.stop(slot),
        }
    }

    fn kill(&mut self, slot: usize) {
        self.told.kills.push((self.workers[slot].pid(), now()));
        self.workers[slot].child.kill().unwrap();
        self.workers[slot].child.wait().unwrap();
        self.workers[slot] = self.start(slot);
    }

    /// Wherever it is: within a transaction as well, where it holds everybody up.
    fn stop(&mut self, slot: usize) {
        let pid = self.workers[slot].pid();
        let time = LEASE * 3 / 2 + LEASE * u32::try_from(self.dice.below(15)).unwrap() / 10;
        self.told.stops.push((pid, now()));
        self.workers[slot].signal(Signal::STOP);
        self.stopped.push(Stopped {
            slot,
            pid,
            until: now() + micros(time),
            is_killed: slot != SURVIVOR && self.dice.chance(30),
        });
    }

    fn replace_ended(&mut self) {
        use std::os::unix::process::ExitStatusExt;
        for slot in 0..WORKERS {
            if let Some(at) = self.restarts[slot] {
                if now() >= at {
                    self.workers[slot] = self.start(slot);
                    self.restarts[slot] = None;
                }
                continue;
            }
            let Some(status) = self.workers[slot].child.try_wait().unwrap() else {
                continue;
            };
            let mut pause = 0;
            let pid = self.workers[slot].pid();
            match (status.code(), status.signal()) {
                (Some(0), _) if self.told.asked_to_end > 0 => {}
                // It was asked before it listened.
                (_, Some(15)) if self.told.asked_to_end > 0 => {}
                (Some(NOT_STARTED), _) => {
                    self.told.unstarted += 1;
                    pause = RESTART_AFTER;
                }
                (_, Some(9)) => {
                    self.told.poisoned += 1;
                    self.told.kills.push((pid, now()));
                }
                _ => self
                    .told
                    .unexplained
                    .push(format!("worker {slot}: {status}")),
            }
            self.restarts[slot] = Some(now() + pause);
        }
    }

    /// No more violence: whoever is stopped goes on, the disk has room.
    pub(super) fn calm(&mut self) {
        self.next_act = i64::MAX;
        self.frees_at = 0;
        self.fill_disk(now());
        self.fills_at = i64::MAX;
        self.end_all_stops();
    }

    fn end_all_stops(&mut self) {
        for stop in std::mem::take(&mut self.stopped) {
            self.end_stop(&stop);
        }
    }

    /// Ends all workers in good order.
    pub(super) fn end(&mut self) {
        use std::os::unix::process::ExitStatusExt;
        crate::process::until("every worker is there", || {
            self.replace_ended();
            self.restarts.iter().all(Option::is_none)
        });
        for (slot, worker) in self.workers.iter_mut().enumerate() {
            worker.signal(Signal::TERM);
            let status = worker.wait();
            match (status.code(), status.signal()) {
                (Some(0), _) => {}
                // One that was just started may be asked before it listens.
                (_, Some(15)) if slot != SURVIVOR => {}
                // The last of the poison: others know of its end before we do.
                (_, Some(9)) if slot != SURVIVOR => {
                    self.told.poisoned += 1;
                    self.told.kills.push((worker.pid(), now()));
                }
                _ => self.told.unexplained.push(format!("at the end: {status}")),
            }
        }
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap()
}
