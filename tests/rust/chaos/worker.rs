//! A worker process of the storm.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::blob;
use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{QueueName, RetryPolicy, Timestamp};
use floorjobs_core::repository::{SqliteOptions, SqliteRepository};
use floorjobs_core::settings::AwsEnvironment;
use floorjobs_core::worker::WorkerEvent;
use floorjobs_core::{ErrorKind, Result, Worker, WorkerOptions};

use super::handlers::{PANIC, with_all};
use super::log::Log;
use super::storm::{LEASE, SHIFTED, SURVIVOR};
use crate::disk::Shimmed;
use crate::process::{WorkerProcess, again, environment};

const ROLE: &str = "FLOORJOBS_TEST_CHAOS_WORKER";

/// The queue of jobs that kill their worker.
pub(super) const RISKY: &str = "risky";

/// A worker that could not start says so by this (`EX_TEMPFAIL`); it is to be started again.
pub(super) const NOT_STARTED: i32 = 75;

/// Starts the worker of a slot.
pub(super) fn start(
    disk: &Shimmed,
    database: &Path,
    logs: &Path,
    slot: usize,
    steps: Duration,
) -> WorkerProcess {
    let mut command = again("chaos::worker::serves");
    let (database, logs) = (database.display(), logs.display());
    command.env(
        ROLE,
        format!("{slot} {} {database} {logs}", steps.as_micros()),
    );
    disk.put_on(&mut command);
    WorkerProcess::start(&mut command)
}

/// Not a test of anything: the worker processes run this, and others do nothing here.
#[test]
fn serves() {
    let Some(words) = environment::<String>(ROLE) else {
        return;
    };
    let words: Vec<&str> = words.split(' ').collect();
    let [slot, steps, database, logs] = words[..] else {
        panic!("{words:?}");
    };
    hide_wanted_panics();
    let log = Arc::new(Log::of_this_process(Path::new(logs)));
    let steps = (slot == SHIFTED.to_string()).then(|| steps.parse().unwrap());
    let code = match serve(Path::new(database), slot.parse().unwrap(), steps, &log) {
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

fn serve(database: &Path, slot: usize, steps: Option<i64>, log: &Arc<Log>) -> Result<i32> {
    let clock: Arc<dyn Clock> = match steps {
        Some(steps) => Arc::new(SteppedClock { steps }),
        None => Arc::new(SystemClock),
    };
    let options = SqliteOptions {
        clock: Arc::clone(&clock),
        ..SqliteOptions::default()
    };
    let repository = SqliteRepository::open(database, options)?;
    let blobs = blob::open(
        &format!("file:{}-blobs", database.display()),
        &AwsEnvironment::default(),
    )?;
    let worker = Worker::new(Arc::new(repository), blobs, clock, options_of(slot))?;
    let listener = Arc::clone(log);
    let worker = with_all(worker, log)
        .woken_by(database)
        .listen(move |event: &WorkerEvent| tell(&listener, event));
    Ok(i32::from(worker.run()?.exit_code()))
}

fn options_of(slot: usize) -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    options.concurrency = 4;
    options.lease = LEASE;
    options.beat = LEASE / 5;
    options.tick = Duration::from_millis(50);
    options.poll = Duration::from_millis(500);
    options.reap_leases_every = LEASE / 4;
    options.shutdown_grace = Duration::from_secs(3);
    options.cancel_grace = Duration::from_secs(5);
    options.deadline = Duration::from_secs(30);
    options.retry = RetryPolicy {
        base: Duration::from_millis(50),
        cap: Duration::from_secs(1),
        ..RetryPolicy::default()
    };
    if slot != SURVIVOR {
        options.queues.push(QueueName::new(RISKY).unwrap());
    }
    options
}

fn tell(log: &Log, event: &WorkerEvent) {
    match event {
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
