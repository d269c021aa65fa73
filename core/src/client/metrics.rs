//! Measurements in the text format of Prometheus.
//!
//! All are gauges, made from what is stored at the moment of asking. A counter would have to
//! outlive the jobs it counts, in a row that every ending of an attempt writes to.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Client;
use super::explain::is_live;
use crate::error::{Error, ErrorKind, Result};
use crate::job::{Kind, Outcome, Timestamp};
use crate::repository::{AttemptSample, QueueStats, Server, Storage, WorkerLoad};

/// How many of the newest attempts are summed up.
pub const ATTEMPTS_MEASURED: usize = 10_000;

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;

impl Client {
    /// Measurements in the Prometheus text format 0.0.4 (`text/plain; version=0.0.4`).
    ///
    /// | gauge | labels | what |
    /// |---|---|---|
    /// | `floorjobs_jobs` | `queue`, `state` | jobs; `queued` is told as `ready`, `delayed` or `blocked` |
    /// | `floorjobs_queue_paused` | `queue` | 1 or 0 |
    /// | `floorjobs_oldest_ready_age_seconds` | `queue` | how long its oldest ready job waits |
    /// | `floorjobs_workers` | `state` | noted workers, `live` or `silent` |
    /// | `floorjobs_workers_hearing` | `transport` | how the live workers learn of jobs: `local`, `redis`, or `degraded` where Redis cannot be used |
    /// | `floorjobs_slots`, `floorjobs_slots_busy` | | of the live workers |
    /// | `floorjobs_recent_attempts` | `kind`, `outcome` | of the newest jobs' [`ATTEMPTS_MEASURED`] attempts |
    /// | `floorjobs_recent_run_seconds` | `kind`, `quantile` | how long those of them that succeeded took |
    /// | `floorjobs_database_bytes` | | of the file, or of what is ours on the server |
    /// | `floorjobs_log_bytes` | | where there are files |
    /// | `floorjobs_server_clock_ahead_seconds` | | where there is a server: of this host's clock |
    /// | `floorjobs_build_info` | `version` | 1 |
    ///
    /// Quantiles are by the nearest rank: the smallest run that is as long as that share of all.
    ///
    /// Costs what [`stats`](Self::stats) costs, and reading those attempts: for a million jobs
    /// some tenths of a second, so ask every 15 s or less often. Only the reading of the attempts
    /// keeps this process from asking something else meanwhile.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn metrics(&self) -> Result<String> {
        let found = match self.repository.server() {
            Ok(server) => Some(server),
            Err(error) if error.kind() == ErrorKind::Unsupported => None,
            Err(error) => return Err(error),
        };
        // What is stored on a server is dated by its clock.
        let now = found.as_ref().map(|server| server.now);
        let now = now.unwrap_or_else(|| self.clock.now());
        let mut registry = Registry::with_prefix("floorjobs");
        build(&mut registry);
        queues(&mut registry, &self.repository.stats()?, now);
        workers(&mut registry, &self.loads()?, now);
        attempts(
            &mut registry,
            &self.repository.recent_attempts(ATTEMPTS_MEASURED)?,
        );
        match self.repository.storage() {
            Ok(storage) => files(&mut registry, &storage),
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => return Err(error),
        }
        if let Some(found) = found {
            server(&mut registry, &found);
        }
        let mut text = String::new();
        encode(&mut text, &registry).map_err(|error| {
            Error::new(ErrorKind::Internal, "the metrics could not be written").with_source(error)
        })?;
        Ok(text)
    }
}

/// A family of gauges, registered.
fn gauges(registry: &mut Registry, name: &str, help: &str) -> Gauges {
    let family = Gauges::default();
    registry.register(name, help, family.clone());
    family
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    gauges(registry, name, help)
        .get_or_create(&Vec::new())
        .set(value as f64);
}

fn build(registry: &mut Registry) {
    let labels = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
    gauges(registry, "build_info", "The version that measured this")
        .get_or_create(&labels)
        .set(1.0);
}

fn queues(registry: &mut Registry, stats: &[QueueStats], now: Timestamp) {
    let jobs = gauges(registry, "jobs", "Jobs by queue and state");
    let paused = gauges(registry, "queue_paused", "Whether the queue is paused");
    let help = "How long the oldest ready job of the queue waits";
    let age = gauges(registry, "oldest_ready_age_seconds", help);
    for one in stats {
        let queue = ("queue", one.queue.to_string());
        for (state, count) in [
            ("ready", one.active.ready),
            ("delayed", one.active.delayed),
            ("blocked", one.active.blocked),
            ("running", one.active.running),
            ("succeeded", one.succeeded),
            ("failed", one.failed),
            ("cancelled", one.cancelled),
        ] {
            let labels = vec![queue.clone(), ("state", state.to_owned())];
            jobs.get_or_create(&labels).set(count as f64);
        }
        let labels = vec![queue];
        let is_paused = f64::from(u8::from(one.paused_since.is_some()));
        paused.get_or_create(&labels).set(is_paused);
        let waits = one.oldest_ready.map(|since| now.since(since));
        let waits = waits.unwrap_or_default().as_secs_f64();
        age.get_or_create(&labels).set(waits);
    }
}

fn workers(registry: &mut Registry, loads: &[WorkerLoad], now: Timestamp) {
    let workers = loads.iter().filter(|load| load.worker.concurrency > 0);
    let (live, silent): (Vec<_>, Vec<_>) = workers.partition(|load| is_live(&load.worker, now));
    let noted = gauges(registry, "workers", "Workers that are noted");
    for (state, count) in [("live", live.len()), ("silent", silent.len())] {
        let labels = vec![("state", state.to_owned())];
        noted.get_or_create(&labels).set(count as f64);
    }
    let help = "How the live workers learn of new jobs between polls";
    let hearing = gauges(registry, "workers_hearing", help);
    for transport in ["local", "redis", "degraded"] {
        // What follows the word is the reason.
        let word = |load: &&&WorkerLoad| load.worker.transport.split(':').next() == Some(transport);
        let count = live.iter().filter(word).count();
        let labels = vec![("transport", transport.to_owned())];
        hearing.get_or_create(&labels).set(count as f64);
    }
    let slots = live.iter().map(|load| u64::from(load.worker.concurrency));
    let help = "How many jobs the live workers run at a time";
    gauge(registry, "slots", help, slots.sum());
    let busy = live.iter().map(|load| load.running.len() as u64);
    let help = "How many jobs the live workers run";
    gauge(registry, "slots_busy", help, busy.sum());
}

fn attempts(registry: &mut Registry, samples: &[AttemptSample]) {
    let mut counts: BTreeMap<(&Kind, &'static str), u64> = BTreeMap::new();
    let mut runs: BTreeMap<&Kind, Vec<f64>> = BTreeMap::new();
    for sample in samples {
        let outcome = sample.outcome.as_str();
        *counts.entry((&sample.kind, outcome)).or_default() += 1;
        if sample.outcome == Outcome::Succeeded {
            let took = sample.took.as_secs_f64();
            runs.entry(&sample.kind).or_default().push(took);
        }
    }
    let help = "The newest attempts that have ended, by kind and outcome";
    let ended = gauges(registry, "recent_attempts", help);
    for ((kind, outcome), count) in counts {
        let labels = vec![("kind", kind.to_string()), ("outcome", outcome.to_owned())];
        ended.get_or_create(&labels).set(count as f64);
    }
    let help = "How long the newest attempts that succeeded took, by kind";
    let took = gauges(registry, "recent_run_seconds", help);
    for (kind, mut runs) in runs {
        runs.sort_by(f64::total_cmp);
        for quantile in [0.5, 0.9, 0.99] {
            let labels = vec![
                ("kind", kind.to_string()),
                ("quantile", quantile.to_string()),
            ];
            if let Some(run) = nearest_rank(&runs, quantile) {
                took.get_or_create(&labels).set(run);
            }
        }
    }
}

/// The smallest of the sorted values that is as large as this share of them.
fn nearest_rank(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

fn files(registry: &mut Registry, storage: &Storage) {
    let help = "The size of the database file";
    gauge(registry, "database_bytes", help, storage.database_bytes);
    let help = "The size of the log beside the database";
    gauge(registry, "log_bytes", help, storage.log_bytes);
}

fn server(registry: &mut Registry, server: &Server) {
    let help = "The size of what belongs to floorjobs on the server";
    gauge(registry, "database_bytes", help, server.database_bytes);
    let help = "How far the clock of the server is ahead of this host's";
    gauges(registry, "server_clock_ahead_seconds", help)
        .get_or_create(&Vec::new())
        .set(server.ahead_us as f64 / 1e6);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Bench, job, owner};
    use super::*;
    use crate::job::Failure;
    use crate::repository::Ending;
    use std::time::Duration;

    #[test]
    fn what_is_stored_is_measured() {
        let bench = Bench::new();
        let worker = owner(1);
        bench.worker(&owner(2), "default", &["work"], 7);
        bench.seconds(91);
        for seconds in 1..=10 {
            bench.ran("work", seconds);
        }
        let failed = bench.start(&bench.add(job("work")), &worker);
        let error = Failure::new(ErrorKind::Internal, "no");
        bench.finish(failed, Ending::Failed { error });
        bench.worker(&worker, "default", &["work"], 4);
        bench.start(&bench.add(job("work")), &worker);
        bench.add(job("work"));
        bench.add(job("work").delay(Duration::from_secs(600)));
        let other = bench.add(job("play").queue(crate::job::QueueName::new("other").unwrap()));
        bench.client.pause(&other.queue).unwrap();
        bench.seconds(9);
        let text = bench.client.metrics().unwrap();
        for line in [
            "# TYPE floorjobs_jobs gauge",
            "floorjobs_jobs{queue=\"default\",state=\"ready\"} 1.0",
            "floorjobs_jobs{queue=\"default\",state=\"delayed\"} 1.0",
            "floorjobs_jobs{queue=\"default\",state=\"blocked\"} 0.0",
            "floorjobs_jobs{queue=\"default\",state=\"running\"} 1.0",
            "floorjobs_jobs{queue=\"default\",state=\"succeeded\"} 10.0",
            "floorjobs_jobs{queue=\"default\",state=\"failed\"} 1.0",
            "floorjobs_queue_paused{queue=\"default\"} 0.0",
            "floorjobs_queue_paused{queue=\"other\"} 1.0",
            "floorjobs_oldest_ready_age_seconds{queue=\"other\"} 9.0",
            "floorjobs_workers{state=\"live\"} 1.0",
            "floorjobs_workers{state=\"silent\"} 1.0",
            "floorjobs_workers_hearing{transport=\"local\"} 1.0",
            "floorjobs_workers_hearing{transport=\"redis\"} 0.0",
            "floorjobs_slots 4.0",
            "floorjobs_slots_busy 1.0",
            "floorjobs_recent_attempts{kind=\"work\",outcome=\"succeeded\"} 10.0",
            "floorjobs_recent_attempts{kind=\"work\",outcome=\"failed\"} 1.0",
            "floorjobs_recent_run_seconds{kind=\"work\",quantile=\"0.5\"} 5.0",
            "floorjobs_recent_run_seconds{kind=\"work\",quantile=\"0.9\"} 9.0",
            "floorjobs_recent_run_seconds{kind=\"work\",quantile=\"0.99\"} 10.0",
        ] {
            let found = text.lines().filter(|one| *one == line).count();
            assert_eq!(found, 1, "{line}\n{text}");
        }
        assert!(!text.contains("_bytes"), "it has no files");
    }

    #[test]
    fn every_line_is_a_comment_or_a_sample() {
        let bench = Bench::new();
        bench.ran("app.work:2", 1);
        for line in bench.client.metrics().unwrap().lines() {
            let is_comment = line.starts_with("# HELP ") || line.starts_with("# TYPE ");
            let value = line.rsplit_once(' ').map(|(_, value)| value.parse::<f64>());
            assert!(is_comment || matches!(value, Some(Ok(_))), "{line}");
        }
    }

    #[test]
    fn labels_are_escaped() {
        let mut registry = Registry::default();
        let labels = vec![("queue", "a\"b\\c\nd".to_owned())];
        gauges(&mut registry, "x", "y")
            .get_or_create(&labels)
            .set(1.0);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        assert!(text.contains(r#"x{queue="a\"b\\c\nd"} 1.0"#), "{text}");
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let runs = [1.0, 2.0, 3.0, 4.0];
        let of = |share| nearest_rank(&runs, share);
        assert_eq!(
            (of(0.5), of(0.9), of(0.0)),
            (Some(2.0), Some(4.0), Some(1.0))
        );
        assert_eq!(nearest_rank(&[], 0.5), None);
    }
}
