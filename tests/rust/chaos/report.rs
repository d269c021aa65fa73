//! The table of a storm.

use std::fmt::{self, Display};

use super::audit::Audit;
use super::leaks::Grown;
use super::storm::Storm;
use super::violence::Told;
use crate::invariants::Census;

pub(super) struct Report<'a> {
    pub(super) storm: &'a Storm,
    pub(super) told: &'a Told,
    pub(super) audit: &'a Audit,
    pub(super) census: &'a Census,
    pub(super) grown: &'a [Grown],
    pub(super) swept: usize,
}

impl Report<'_> {
    fn rows(&self) -> Vec<(String, String)> {
        let (audit, told) = (self.audit, self.told);
        let count = |what: &str| audit.counts.get(what).copied().unwrap_or(0).to_string();
        let jobs = audit.acknowledged.len();
        let pickups: Vec<_> = audit.pickups.iter().map(|pickup| pickup.took).collect();
        let mut rows = vec![
            ("seed".to_owned(), self.storm.seed.to_string()),
            ("jobs acknowledged".to_owned(), jobs.to_string()),
            ("jobs stored".to_owned(), self.census.jobs().to_string()),
            ("by status".to_owned(), listed(&self.census.by_status)),
            (
                "attempts by outcome".to_owned(),
                listed(&self.census.by_outcome),
            ),
            ("workers killed".to_owned(), told.kills.len().to_string()),
            ("of these by poison".to_owned(), told.poisoned.to_string()),
            (
                "workers stopped beyond their lease".to_owned(),
                told.stops.len().to_string(),
            ),
            (
                "workers asked to end".to_owned(),
                told.asked_to_end.to_string(),
            ),
            (
                "workers that could not start".to_owned(),
                told.unstarted.to_string(),
            ),
            ("errors told to producers".to_owned(), listed(&audit.errors)),
        ];
        for what in [
            "lost",
            "doubled accepted",
            "stale writes refused",
            "endings lost with their lease",
            "checkpoints that failed",
            "operations of workers that failed",
            "innocent jobs stopped after 3 crashes",
            "cancels answered",
        ] {
            rows.push((what.to_owned(), count(what)));
        }
        rows.extend([
            (
                "blobs swept that nothing named".to_owned(),
                self.swept.to_string(),
            ),
            (
                "free for others after a kill".to_owned(),
                spread(&audit.after_kill),
            ),
            (
                "free for others after a stop".to_owned(),
                spread(&audit.after_stop),
            ),
            ("pickup".to_owned(), spread(&pickups)),
            (
                "throughput".to_owned(),
                format!("{:.0} jobs/s", jobs as f64 * 1e6 / audit.took as f64),
            ),
        ]);
        rows.extend(self.grown.iter().map(|grown| {
            let ([few, _, many], [small, _, large]) = (grown.descriptors, grown.memory_kib);
            let text = format!(
                "{few} then {many} descriptors, {:.1} then {:.1} MiB",
                small as f64 / 1_024.0,
                large as f64 / 1_024.0
            );
            (grown.who.clone(), text)
        }));
        rows
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.rows() {
            writeln!(f, "| {name:<38} | {value} |")?;
        }
        Ok(())
    }
}

fn listed(counts: &std::collections::BTreeMap<String, usize>) -> String {
    let each = counts.iter().map(|(name, count)| format!("{name} {count}"));
    each.collect::<Vec<_>>().join(", ")
}

fn spread(micros: &[i64]) -> String {
    match quantiles(micros) {
        None => "never".to_owned(),
        Some([p50, p99, max]) => {
            let times = micros.len();
            format!("p50 {p50:.1} ms, p99 {p99:.1} ms, max {max:.1} ms ({times} times)")
        }
    }
}

/// Median, 99th of a hundred, and the most, in milliseconds.
pub(super) fn quantiles(micros: &[i64]) -> Option<[f64; 3]> {
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    let most = *sorted.last()?;
    let at = |hundredths: usize| sorted[(sorted.len() - 1) * hundredths / 100];
    Some([at(50), at(99), most].map(|micros| micros as f64 / 1e3))
}
