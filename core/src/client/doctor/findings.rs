//! What the answers to a doctor's questions mean.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::explain::is_live;
use super::{Finding, Level};
use crate::error::{Error, Result};
use crate::job::{Kind, QueueName, Timestamp};
use crate::repository::{
    FileSystemNature, QueueStats, Server, Storage, StorageSetting, WorkerLoad,
};

const MIB: u64 = 1 << 20;

/// Less free room than this is worth a warning, or an error.
const FEW_BYTES: u64 = 1024 * MIB;
const TOO_FEW_BYTES: u64 = 64 * MIB;

/// SQLite starts the log over at every chance; one so large means that it gets none.
const LARGE_LOG: u64 = 256 * MIB;

/// A row may be younger than the clock by what two readings of it are apart, and no more.
const SKEW: Duration = Duration::from_secs(2);

/// A ready job that waits for longer is worth a warning.
const LONG_WAIT: Duration = Duration::from_secs(600);

fn finding(name: &'static str, level: Level, message: impl Into<String>) -> Finding {
    Finding {
        name,
        level,
        message: message.into(),
    }
}

fn ok(name: &'static str, message: impl Into<String>) -> Finding {
    finding(name, Level::Ok, message)
}

/// The finding for a question that was not answered.
pub(super) fn unknown(name: &'static str, error: &Error) -> Finding {
    finding(name, Level::Error, format!("{}.", error.chain()))
}

pub(super) fn version() -> Finding {
    ok(
        "version",
        concat!("floorjobs ", env!("CARGO_PKG_VERSION"), "."),
    )
}

pub(super) fn answers(health: Result<()>) -> Finding {
    match health {
        Ok(()) => ok("repository", "It answers and can be written."),
        Err(error) => unknown("repository", &error),
    }
}

pub(super) fn storage(storage: &Storage) -> Vec<Finding> {
    vec![
        ok("engine", format!("{}.", storage.engine)),
        schema(storage.schema, storage.known_schema),
        settings(&storage.settings),
        file_system(storage),
        disk_space(storage),
        log_size(storage),
    ]
}

pub(super) fn server(server: &Server) -> Vec<Finding> {
    vec![
        ok(
            "engine",
            format!("{} at `{}`.", server.engine, server.address),
        ),
        schema(server.schema, server.known_schema),
        settings(&server.settings),
        server_clock(server.ahead_us),
        pooler(server.is_pooled),
    ]
}

/// Delays and leases go by the server's clock, moments that hosts name by theirs.
fn server_clock(ahead_us: i64) -> Finding {
    let ahead = Duration::from_micros(ahead_us.unsigned_abs());
    let seconds = ahead.as_secs_f64();
    let side = if ahead_us < 0 { "behind" } else { "ahead of" };
    let message = format!("The server's clock is {seconds:.3} s {side} this host's");
    if ahead > SKEW {
        let message = format!(
            "{message}; a job for a moment that this host names runs when it is that time there."
        );
        return finding("server_clock", Level::Warning, message);
    }
    ok("server_clock", format!("{message}."))
}

fn pooler(is_pooled: Option<bool>) -> Finding {
    ok(
        "pooler",
        match is_pooled {
            Some(true) => "A pooler or a proxy is between this host and the server.",
            Some(false) => "Connections go straight to the server.",
            None => "By a unix socket it cannot be told whether a pooler is in between.",
        },
    )
}

fn schema(schema: i64, known_schema: i64) -> Finding {
    if schema > known_schema {
        let message = format!(
            "The schema is {schema}, which this program can use, but it knows only {known_schema}; \
             upgrade it."
        );
        return finding("schema", Level::Warning, message);
    }
    ok("schema", format!("Schema {schema}, which is up to date."))
}

fn settings(all: &[StorageSetting]) -> Finding {
    let wrong = all.iter().filter(|one| one.found != one.wanted);
    let wrong: Vec<_> = wrong
        .map(|one| format!("{} is {} and must be {}", one.name, one.found, one.wanted))
        .collect();
    if wrong.is_empty() {
        let all: Vec<_> = all
            .iter()
            .map(|one| format!("{} {}", one.name, one.found))
            .collect();
        return ok("settings", format!("{}.", all.join(", ")));
    }
    finding("settings", Level::Error, format!("{}.", wrong.join("; ")))
}

fn file_system(storage: &Storage) -> Finding {
    let place = storage.path.display();
    let Some(found) = storage.file_system else {
        return ok(
            "file_system",
            format!("`{place}` is on one that is not known to be a network's."),
        );
    };
    let name = found.name;
    match found.nature {
        FileSystemNature::Local => ok(
            "file_system",
            format!("`{place}` is on a local one ({name})."),
        ),
        FileSystemNature::Memory => finding(
            "file_system",
            Level::Warning,
            format!("`{place}` is in memory ({name}), and gone when the machine stops."),
        ),
        FileSystemNature::Network => finding(
            "file_system",
            Level::Error,
            format!("`{place}` is on a network file system ({name}), where SQLite loses data."),
        ),
    }
}

fn disk_space(storage: &Storage) -> Finding {
    let Some(free) = storage.free_bytes else {
        return ok("disk_space", "The system does not tell.");
    };
    let level = match free {
        ..TOO_FEW_BYTES => Level::Error,
        TOO_FEW_BYTES..FEW_BYTES => Level::Warning,
        _ => Level::Ok,
    };
    let database = storage.database_bytes / MIB;
    let message = format!(
        "{} MiB are free; the database takes {database} MiB.",
        free / MIB
    );
    finding("disk_space", level, message)
}

fn log_size(storage: &Storage) -> Finding {
    let size = storage.log_bytes / MIB;
    if storage.log_bytes > LARGE_LOG {
        let message = format!(
            "The log has grown to {size} MiB; something reads the database without end, or copies \
             it."
        );
        return finding("log_size", Level::Warning, message);
    }
    ok("log_size", format!("The log takes {size} MiB."))
}

pub(super) fn clock(now: Timestamp, latest: Option<Timestamp>) -> Finding {
    let ahead = latest.map_or(Duration::ZERO, |latest| latest.since(now));
    if ahead > SKEW {
        let message = format!(
            "Something is noted to have happened {} s from now: the clock was stepped back, and \
             delayed jobs run that much later.",
            ahead.as_secs()
        );
        return finding("clock", Level::Warning, message);
    }
    ok(
        "clock",
        format!("It is {now}, and nothing is noted after that."),
    )
}

pub(super) fn wake_up(is_watched: bool) -> Finding {
    if is_watched {
        return ok("wake_up", "Workers are told of new jobs at once.");
    }
    let message = "The side file cannot be watched here; workers ask the database every 50 ms.";
    finding("wake_up", Level::Warning, message)
}

/// How Redis does, as it was tried from here and as the workers say.
#[cfg(feature = "redis")]
pub(super) fn redis(
    target: &crate::queue::redis::Target,
    tried: std::result::Result<(), crate::queue::redis::Fault>,
    loads: &[WorkerLoad],
    now: Timestamp,
) -> Finding {
    let mut wrong = Vec::new();
    if let Err(fault) = tried {
        wrong.push(format!("from here, {fault}"));
    }
    let live = loads.iter().map(|load| &load.worker);
    let live = live.filter(|worker| worker.concurrency > 0 && is_live(worker, now));
    for worker in live.filter(|worker| worker.transport != "redis") {
        let (process, how) = (&worker.owner.process, &worker.transport);
        wrong.push(format!("the worker {process} is `{how}`"));
    }
    if wrong.is_empty() {
        return ok("redis", format!("`{target}` carries hints."));
    }
    let message = format!(
        "`{target}` does not carry hints everywhere, and workers poll instead: {}.",
        wrong.join("; ")
    );
    finding("redis", Level::Warning, message)
}

pub(super) fn blobs(store: &str) -> Finding {
    ok("blobs", format!("Those of {store} can be stored and read."))
}

pub(super) fn workers(loads: &[WorkerLoad], now: Timestamp) -> Finding {
    // A process that holds single jobs is no worker.
    let all = || loads.iter().filter(|load| load.worker.concurrency > 0);
    let live = || all().filter(|load| is_live(&load.worker, now));
    let silent: Vec<_> = all()
        .filter(|load| !is_live(&load.worker, now))
        .map(|load| load.worker.owner.process.to_string())
        .collect();
    let (count, running, slots) = live().fold((0, 0, 0), |(count, running, slots), load| {
        (
            count + 1,
            running + load.running.len() as u64,
            slots + u64::from(load.worker.concurrency),
        )
    });
    let level = match (count, silent.is_empty()) {
        (0, _) | (_, false) => Level::Warning,
        _ => Level::Ok,
    };
    let mut message = format!("{count} live, with {running} of {slots} slots taken");
    if !silent.is_empty() {
        message.push_str(&format!("; silent: {}", silent.join(", ")));
    }
    finding("workers", level, format!("{message}."))
}

pub(super) fn handlers(
    queued: &[(QueueName, Kind, u64)],
    loads: &[WorkerLoad],
    now: Timestamp,
) -> Finding {
    let is_served = |queue: &QueueName, kind: &Kind| {
        let mut live = loads.iter().filter(|load| is_live(&load.worker, now));
        live.any(|load| {
            let worker = &load.worker;
            worker.concurrency > 0 && worker.queues.contains(queue) && worker.kinds.contains(kind)
        })
    };
    let unserved = queued
        .iter()
        .filter(|(queue, kind, _)| !is_served(queue, kind));
    let unserved: Vec<_> = unserved
        .map(|(queue, kind, count)| format!("{count} of `{kind}` in the queue `{queue}`"))
        .collect();
    if unserved.is_empty() {
        return ok(
            "handlers",
            "Every queued job has a live worker that can run it.",
        );
    }
    let message = format!("No live worker can run {}.", unserved.join(", "));
    finding("handlers", Level::Warning, message)
}

pub(super) fn queues(stats: &[QueueStats]) -> Finding {
    let paused: Vec<_> = stats
        .iter()
        .filter_map(|one| Some(format!("`{}` since {}", one.queue, one.paused_since?)))
        .collect();
    if paused.is_empty() {
        let names: BTreeSet<_> = stats.iter().map(|one| one.queue.as_str()).collect();
        return ok("queues", format!("{} with jobs, none paused.", names.len()));
    }
    finding(
        "queues",
        Level::Warning,
        format!("Paused: {}.", paused.join(", ")),
    )
}

pub(super) fn backlog(stats: &[QueueStats], now: Timestamp) -> Finding {
    let ready: u64 = stats.iter().map(|one| one.active.ready).sum();
    let oldest = stats
        .iter()
        .filter_map(|one| Some((one.oldest_ready?, &one.queue)))
        .min();
    let Some((since, queue)) = oldest else {
        return ok("backlog", "No job is ready and waits.");
    };
    let wait = now.since(since);
    let level = match wait > LONG_WAIT {
        true => Level::Warning,
        false => Level::Ok,
    };
    let message = format!(
        "{ready} ready; the oldest waits for {} s, in the queue `{queue}`.",
        wait.as_secs()
    );
    finding("backlog", level, message)
}
