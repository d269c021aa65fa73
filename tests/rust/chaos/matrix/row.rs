//! A row of the table: what happened, not what should have.

use std::fmt;
use std::io::Write;
use std::ops::Range;
use std::path::PathBuf;

use super::super::audit::{Audit, Pickup};
use super::super::report::quantiles;
use crate::invariants::Census;
use crate::process::environment;

const HEAD: &str = "\
| fault | jobs | lost | doubled | enqueues refused | longest enqueue | longest wait for Redis | pickup before | during | after | recovered after |
|---|---|---|---|---|---|---|---|---|---|---|";

pub(super) struct Row {
    name: String,
    jobs: usize,
    lost: usize,
    doubled: usize,
    refused: usize,
    longest_enqueue: i64,
    longest_hint: i64,
    /// Of jobs that were picked up before the fault, that met with it, and that were stored after
    /// it.
    pickups: [Vec<i64>; 3],
    /// How many met with it.
    pub(super) during: usize,
    recovered: Option<i64>,
}

impl Row {
    pub(super) fn of(name: &str, audit: &Audit, census: &Census, when: Range<i64>) -> Row {
        let mut pickups = [const { Vec::new() }; 3];
        for Pickup { at, took } in &audit.pickups {
            // What had to wait for longer than it was calm is of the fault.
            let part = match (at + took < when.start, *at < when.end) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            pickups[part].push(*took);
        }
        let unfinished = ["queued", "running"].map(|status| census.by_status.get(status));
        let count = |what: &str| audit.counts.get(what).copied().unwrap_or(0);
        Row {
            name: name.to_owned(),
            jobs: audit.acknowledged.len(),
            lost: count("lost") + unfinished.into_iter().flatten().sum::<usize>(),
            doubled: count("doubled accepted"),
            refused: audit.refused,
            longest_enqueue: audit.longest_enqueue,
            longest_hint: audit.longest_hint,
            during: pickups[1].len(),
            pickups,
            recovered: (when.end < i64::MAX).then(|| recovered(audit, when.end)),
        }
    }

    /// Shows the row, and adds it to the table that the environment names.
    pub(super) fn show(&self) {
        println!("{HEAD}\n{self}");
        let Some(path) = environment::<PathBuf>("FLOORJOBS_TEST_FAULTS_TABLE") else {
            return;
        };
        let is_new = !path.exists();
        let mut options = std::fs::OpenOptions::new();
        let mut table = options.append(true).create(true).open(path).unwrap();
        let head = if is_new {
            format!("{HEAD}\n")
        } else {
            String::new()
        };
        table
            .write_all(format!("{head}{self}\n").as_bytes())
            .unwrap();
    }
}

/// From the end of a fault until everything that was stored before it had begun, and every worker
/// that could not hear heard again.
fn recovered(audit: &Audit, end: i64) -> i64 {
    let stored_before = audit.pickups.iter().filter(|pickup| pickup.at < end);
    let begun = stored_before.map(|Pickup { at, took }| at + took - end);
    let mut heard = Vec::new();
    let workers = audit.transports.iter().map(|(pid, ..)| *pid);
    for worker in workers.collect::<std::collections::BTreeSet<_>>() {
        let mut changes = audit.transports.iter().filter(|(pid, ..)| *pid == worker);
        let hears = changes
            .clone()
            .take_while(|(_, at, _)| *at < end)
            .last()
            .is_some_and(|(_, _, hears)| *hears);
        if !hears {
            let again = changes.find(|(_, at, hears)| *at >= end && *hears);
            heard.extend(again.map(|(_, at, _)| at - end));
        }
    }
    begun.chain(heard).max().unwrap_or(0).max(0)
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Row {
            name,
            jobs,
            lost,
            doubled,
            refused,
            ..
        } = self;
        let [longest, hint] = [self.longest_enqueue, self.longest_hint].map(|us| us as f64 / 1e3);
        write!(
            f,
            "| {name} | {jobs} | {lost} | {doubled} | {refused} | {longest:.0} ms | {hint:.1} ms |"
        )?;
        for pickups in &self.pickups {
            match quantiles(pickups) {
                None => write!(f, " |")?,
                Some([p50, p99, max]) => write!(f, " {p50:.1} / {p99:.0} / {max:.0} ms |")?,
            }
        }
        match self.recovered {
            None => write!(f, " |"),
            Some(micros) => write!(f, " {:.2} s |", micros as f64 / 1e6),
        }
    }
}
