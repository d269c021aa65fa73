//! How large a storm is. A short one belongs to every test run, a long one to `make chaos`.

use std::time::Duration;

use crate::process::environment;

/// Everything that a run is made from; its seed repeats the choices, if not the moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storm {
    pub(super) seed: u64,
    /// Jobs that the producers ask for, at least.
    pub(super) jobs: usize,
    /// How long they take to do so, if the machine can keep up.
    pub(super) time: Duration,
    /// How long the disk stays full.
    pub(super) full: Duration,
    /// How far one worker's wall clock is stepped, to and fro.
    pub(super) steps: Duration,
    /// Jobs that kill their worker.
    pub(super) poison: usize,
    /// The pause between two acts of violence, at most.
    pub(super) pause: Duration,
}

/// Worker processes at any time.
pub(super) const WORKERS: usize = 4;
/// The worker that is stopped, but never killed: what it leaks would be seen.
pub(super) const SURVIVOR: usize = 0;
/// The worker whose wall clock is stepped.
pub(super) const SHIFTED: usize = 1;
/// Processes that enqueue, and threads in each.
pub(super) const PRODUCERS: usize = 2;
pub(super) const THREADS: usize = 2;
/// How long a worker may be silent here.
pub(super) const LEASE: Duration = Duration::from_millis(900);

impl Storm {
    /// As large as there is time for among other tests, unless the environment says more.
    pub(super) fn from_environment() -> Storm {
        let seed = environment("FLOORJOBS_TEST_SEED").unwrap_or_else(random);
        match environment("FLOORJOBS_TEST_CHAOS_JOBS") {
            None => Storm {
                seed,
                jobs: 2_000,
                time: Duration::from_secs(12),
                full: Duration::from_millis(1_500),
                steps: Duration::from_secs(2),
                poison: 4,
                pause: Duration::from_millis(700),
            },
            Some(jobs) => Storm {
                seed,
                jobs,
                time: Duration::from_millis(jobs as u64 * 4),
                full: Duration::from_secs(5),
                steps: Duration::from_secs(20),
                poison: jobs / 500,
                pause: Duration::from_millis(1_200),
            },
        }
    }

    /// The same where the database has a disk and a clock of its own.
    pub(super) fn on_a_server(self) -> Storm {
        Storm {
            full: Duration::ZERO,
            steps: Duration::ZERO,
            ..self
        }
    }
}

pub(super) fn random() -> u64 {
    // As random as the moment is.
    crate::dice::Dice::new(crate::process::now().unsigned_abs()).next() % 1_000_000
}
