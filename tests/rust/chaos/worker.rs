//! A worker process.

use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{QueueName, RetryPolicy, Timestamp};
use floorjobs_core::repository::{SharedRepository, SqliteOptions, SqliteRepository};
use floorjobs_core::settings::Database;
use floorjobs_core::worker::WorkerEvent;
use floorjobs_core::{ErrorKind, Result, Worker, WorkerOptions};

use super::handlers::{PANIC, with_all};
use super::log::Log;
use super::place::{Place, WORDS};
use super::storm::{LEASE, SHIFTED, SURVIVOR};
use crate::disk::Shimmed;
use crate::process::{WorkerProcess, again, environment};

const ROLE: &str = "FLOORJOBS_TEST_CHAOS_WORKER";

/// The queue of jobs that kill their worker.
pub(super) const RISKY: &str = "risky";

/// A worker that could not start says so by this (`EX_TEMPFAIL`); it is to be started again.
pub(super) const NOT_STARTED: i32 = 75;

/// How a worker works.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rhythm {
    /// With a lease of less than a second, so that much can go wrong in a short time. The slot
    /// says more.
    Hasty { slot: usize, steps: Duration },
    /// With the times that a worker has unless it is told otherwise.
    Usual,
}

/// Starts a worker.
pub(super) fn start(disk: Option<&Shimmed>, place: &Place, rhythm: Rhythm) -> WorkerProcess {
    let mut command = again("chaos::worker::serves");
    let rhythm = match rhythm {
        Rhythm::Hasty { slot, steps } => format!("hasty {slot} {}", steps.as_micros()),
        Rhythm::Usual => "usual 0 0".to_owned(),
    };
    command.env(ROLE, format!("{rhythm} {}", place.to_words()));
    if let Some(disk) = disk {
        disk.put_on(&mut command);
    }
    WorkerProcess::start(&mut command)
}

/// Not a test of anything: the worker processes run this, and others do nothing here.
#[test]
fn serves() {
    let Some(words) = environment::<String>(ROLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let (rhythm, place) = words.split_at(words.len() - WORDS);
    let [word, slot, steps] = rhythm[..] else {
        panic!("{words:?}");
    };
    hide_wanted_panics();
    let place = Place::from_words(place);
    let log = Arc::new(Log::of_this_process(&place.logs));
    let slot: usize = slot.parse().unwrap();
    let steps = Some(steps.parse().unwrap()).filter(|steps| slot == SHIFTED && *steps > 0);
    let options = match word {
        "hasty" => hasty(slot),
        _ => usual(),
    };
    let code = match serve(&place, options, steps, &log) {
        Ok(code) => code,
        Err(error) => {
            log.write(format_args!(
                "unstarted {}",
                error.chain().replace(' ', "_")
            ));
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error:?}");
            NOT_STARTED
        }
    };
    std::process::exit(code);
}

fn serve(place: &Place, options: WorkerOptions, steps: Option<i64>, log: &Arc<Log>) -> Result<i32> {
    let client = place.connect()?;
    let (repository, clock): (SharedRepository, Arc<dyn Clock>) =
        match (steps, &client.settings().database) {
            (Some(steps), Database::Sqlite(path)) => {
                let clock: Arc<dyn Clock> = Arc::new(SteppedClock { steps });
                let options = SqliteOptions {
                    clock: Arc::clone(&clock),
                    ..SqliteOptions::default()
                };
                (Arc::new(SqliteRepository::open(path, options)?), clock)
            }
            _ => (Arc::clone(client.repository()), Arc::clone(client.clock())),
        };
    let worker = Worker::new(repository, Arc::clone(client.blobs()), clock, options)?;
    let listener = Arc::clone(log);
    let worker = with_all(worker, log)
        .announcing(client.announcer().clone())
        .listen(move |event: &WorkerEvent| tell(&listener, event));
    // Where there is a Redis it is to be seen what becomes of its hints.
    let worker = match client.database() {
        Some(database) if place.redis.is_empty() => worker.woken_by(database),
        _ => worker,
    };
    Ok(i32::from(worker.run()?.exit_code()))
}

fn usual() -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    options.concurrency = 4;
    options.retry = RetryPolicy {
        base: Duration::from_millis(50),
        cap: Duration::from_secs(1),
        ..RetryPolicy::default()
    };
    options
}

fn hasty(slot: usize) -> WorkerOptions {
    let mut options = usual();
    options.lease = LEASE;
    options.beat = LEASE / 5;
    options.tick = Duration::from_millis(50);
    options.poll = Duration::from_millis(500);
    options.reap_leases_every = LEASE / 4;
    options.shutdown_grace = Duration::from_secs(3);
    options.cancel_grace = Duration::from_secs(5);
    options.deadline = Duration::from_secs(30);
    if slot != SURVIVOR {
        options.queues.push(QueueName::new(RISKY).unwrap());
    }
    options
}

fn tell(log: &Log, event: &WorkerEvent) {
    match event {
        WorkerEvent::Started { .. } => log.write("serves"),
        WorkerEvent::TransportChanged { transport, reason } => {
            let reason = reason.as_deref().unwrap_or("-").replace(' ', "_");
            log.write(format_args!("transport {transport} {reason}"));
        }
        WorkerEvent::Succeeded { job, .. } => log.attempt("accepted", job.job_id, job.attempt, ""),
        WorkerEvent::LeaseLost { job } => log.attempt("refused", job.job_id, job.attempt, ""),
        WorkerEvent::EndingLost { job, .. } => log.attempt("given-up", job.job_id, job.attempt, ""),
        WorkerEvent::Reaped { job, status } => {
            log.attempt("reaped", job.job_id, job.attempt, status);
        }
        WorkerEvent::StraysReleased { count } => log.write(format_args!("strays {count}")),
        WorkerEvent::EventsDropped { count } => log.write(format_args!("unheard {count}")),
        WorkerEvent::RepositoryFailed { operation, error } => {
            let operation = operation.replace(' ', "-");
            log.write(format_args!("failed {operation} {}", error.kind.code()));
        }
        _ => {}
    }
}

/// The right boot time, and a wall clock that somebody steps to and fro every second.
#[derive(Debug)]
struct SteppedClock {
    steps: i64,
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        let step = match (self.boot_micros() / 1_000_000) % 3 {
            0 => 0,
            1 => self.steps,
            _ => -self.steps,
        };
        Timestamp::from_micros(SystemClock.now().as_micros() + step)
    }

    fn boot_micros(&self) -> i64 {
        SystemClock.boot_micros()
    }
}

fn hide_wanted_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str() != Some(PANIC) {
            usual(panic);
        }
    }));
}
