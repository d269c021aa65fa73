//! How soon an idle worker begins with a new job, and what being idle costs.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use floorjobs_core::pipeline::worker_of;
use floorjobs_core::queue::Notifier;
use floorjobs_core::repository::Durability;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{Client, Job, Kind, Settings, Worker, WorkerOptions};

use crate::Plan;
use crate::place::{Place, noop};
use crate::table::Table;
use crate::timing::{now, share};

const PICKUPS: usize = 500;
const IDLE: Duration = Duration::from_secs(5);
const LONG: Duration = Duration::from_secs(60);

pub(crate) fn run(_: &Plan) {
    let table = Table::new(
        "pickup: from the commit of an enqueue to the handler's first line, in ms \
         (goals: p50 under 1 in process, under 1.5 across with p99 under 10)",
        &["p50", "p99", "max"],
    );
    in_process(&table);
    let idle: Vec<_> = [1, 3]
        .map(|workers| {
            let place = Place::new(Durability::Power);
            let client = place.client();
            let processes: Vec<_> = (0..workers)
                .map(|_| Process::start(&place, &client))
                .collect();
            let name = format!("another process, {workers} idle");
            tell(&table, &name, &pickups(&client));
            (workers, rest(&processes))
        })
        .into_iter()
        .collect();
    let table = Table::new(
        "idle: each worker process (goals: under 0.2 % of a core and 30 MB)",
        &["of a core", "resident"],
    );
    for (workers, (share, resident)) in idle {
        let cells = [
            format!("{:.3} %", share * 100.0),
            format!("{:.1} MB", resident / 1e6),
        ];
        table.row(&format!("{workers} idle over {} s", IDLE.as_secs()), &cells);
    }
}

fn in_process(table: &Table) {
    let place = Place::new(Durability::Power);
    let client = place.client();
    let worker = worker(&client, WorkerOptions::default());
    let handle = worker.stop_handle();
    std::thread::scope(|scope| {
        scope.spawn(|| worker.run().unwrap());
        await_workers(&client, 1);
        tell(table, "same process", &pickups(&client));
        handle.stop(None);
    });
}

fn worker(client: &Client, options: WorkerOptions) -> Worker {
    with_handler(worker_of(client, options).unwrap())
}

fn with_handler(worker: Worker) -> Worker {
    let tell_time = |_: &AttemptContext| -> floorjobs_core::Result<Verdict> {
        Ok(Verdict::complete(serde_json::json!(now())))
    };
    worker.handle(Kind::new("noop").unwrap(), tell_time)
}

/// Enqueues job after job, each when the one before it is done, and returns the sorted waits.
fn pickups(client: &Client) -> Vec<Duration> {
    let notifier = Notifier::of_database(client.database().unwrap());
    pickups_by(client, |_| notifier.notify().unwrap())
}

/// The same, with workers told of each job in this way.
pub(crate) fn pickups_by(client: &Client, tell: impl Fn(&Job)) -> Vec<Duration> {
    let repository = client.repository();
    let mut waits: Vec<_> = (0..PICKUPS)
        .map(|_| {
            let job = repository.enqueue(&[noop()]).unwrap().remove(0).job;
            let committed = now();
            tell(&job);
            let ended = client.wait(job.id, LONG).unwrap();
            let began = ended.result.unwrap().as_i64().unwrap();
            // The worker is to be asleep again, not on its way back to sleep.
            std::thread::sleep(Duration::from_millis(2));
            Duration::from_micros(u64::try_from(began - committed).unwrap_or(0))
        })
        .collect();
    waits.sort();
    waits
}

pub(crate) fn tell(table: &Table, name: &str, waits: &[Duration]) {
    let millis = |part| format!("{:.3}", share(waits, part).as_secs_f64() * 1e3);
    table.row(name, &[millis(0.5), millis(0.99), millis(1.0)]);
}

/// A worker process, ended when it is dropped.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    fn start(place: &Place, client: &Client) -> Process {
        Process::run(client, &[&place.url()])
    }

    /// One that hears through this Redis alone, and waits until it does.
    pub(crate) fn hearing(client: &Client, database: &str, blobs: &str, redis: &str) -> Process {
        let process = Process::run(client, &[database, redis, blobs]);
        let hears = || {
            let workers = client.workers().unwrap();
            workers.iter().all(|row| row.transport == "redis")
        };
        wait_for("the worker does not hear", hears);
        process
    }

    fn run(client: &Client, words: &[&str]) -> Process {
        let known = client.workers().unwrap().len();
        let child = Command::new(std::env::current_exe().unwrap())
            .arg("worker")
            .args(words)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        await_workers(client, known + 1);
        Process { child }
    }

    /// Nanoseconds that all its threads have used, and the bytes it keeps in memory.
    fn used(&self) -> (u64, f64) {
        let folder = format!("/proc/{}", self.child.id());
        let number = |path: String, word: usize| -> u64 {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let word = text.split_whitespace().nth(word);
            word.and_then(|word| word.parse().ok()).unwrap_or(0)
        };
        let tasks = std::fs::read_dir(format!("{folder}/task")).unwrap();
        let nanos = tasks
            .map(|task| {
                let path = task.unwrap().path().join("schedstat");
                number(path.display().to_string(), 0)
            })
            .sum();
        let pages = number(format!("{folder}/statm"), 1);
        (nanos, pages as f64 * 4_096.0)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn await_workers(client: &Client, count: usize) {
    let are_there = || client.workers().unwrap().len() >= count;
    wait_for("the worker does not start", are_there);
}

/// Looks every few milliseconds; after a minute it stops with `otherwise`.
fn wait_for(otherwise: &str, is_so: impl Fn() -> bool) {
    let until = now() + 60_000_000;
    while !is_so() {
        assert!(now() < until, "{otherwise}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The share of a core and the memory that each process uses while there is nothing to do.
pub(crate) fn rest(processes: &[Process]) -> (f64, f64) {
    let before: u64 = processes.iter().map(|process| process.used().0).sum();
    let began = now();
    std::thread::sleep(IDLE);
    let after: u64 = processes.iter().map(|process| process.used().0).sum();
    let nanos = (now() - began) as f64 * 1e3;
    let count = processes.len() as f64;
    let resident = processes
        .iter()
        .map(|process| process.used().1)
        .fold(0.0, f64::max);
    ((after - before) as f64 / nanos / count, resident)
}

/// What the worker processes run: they are told the URLs of a database, and of a Redis and the blobs
/// if they hear through one.
pub(crate) fn worker_process(mut urls: impl Iterator<Item = String>) {
    let database_url = urls.next();
    let redis = urls.next();
    let overrides = Overrides {
        database_url,
        redis_url: redis.clone(),
        blobs_url: urls.next(),
        ..Overrides::default()
    };
    let client = Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap();
    let mut options = WorkerOptions::default();
    options.handle_signals = true;
    let worker = match redis {
        None => worker(&client, options),
        // Without the side file, so that it hears what it would hear on another machine.
        Some(_) => {
            let (repository, blobs) = (client.repository().clone(), client.blobs().clone());
            let worker = Worker::new(repository, blobs, client.clock().clone(), options).unwrap();
            with_handler(worker.announcing(client.announcer().clone()))
        }
    };
    worker.run().unwrap();
}
