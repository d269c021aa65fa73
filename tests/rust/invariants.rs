//! What must be true of a database and its blobs, whatever happened to the processes that used
//! them.
//!
//! The database is read with SQL of its own, so that a defect of the repository cannot hide itself. It
//! may be in use by other processes meanwhile. The rules that need only rows are in `rules`.

mod broken;
mod rows;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use floorjobs_core::Client;
use floorjobs_core::blob::BlobRef;
use floorjobs_core::job::JobId;
use floorjobs_core::settings::Database;

use rows::Rows;

/// No blob of a test is larger.
const MAX_BLOB: u64 = 1 << 30;

/// What to check, and how much of it.
pub(crate) struct Invariants<'a> {
    client: &'a Client,
    acknowledged: BTreeSet<JobId>,
    settled: bool,
    forgotten: bool,
}

/// What there is, when all of it is as it must be.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Census {
    /// How many jobs are in each state.
    pub(crate) by_status: BTreeMap<String, usize>,
    /// How many attempts ended in each way; `running` for those that go on.
    pub(crate) by_outcome: BTreeMap<String, usize>,
    /// Blobs that nothing names: left by a process that died before its commit.
    pub(crate) unreferenced: Vec<BlobRef>,
    /// Files that a writer left unfinished, or writes at this moment.
    pub(crate) unfinished: usize,
}

impl Census {
    pub(crate) fn jobs(&self) -> usize {
        self.by_status.values().sum()
    }
}

impl<'a> Invariants<'a> {
    /// Those that hold at any moment, also while workers work.
    pub(crate) fn of(client: &'a Client) -> Invariants<'a> {
        Invariants {
            client,
            acknowledged: BTreeSet::new(),
            settled: false,
            forgotten: false,
        }
    }

    /// These were stored, as some enqueue said when it returned.
    pub(crate) fn acknowledged(mut self, jobs: impl IntoIterator<Item = JobId>) -> Self {
        self.acknowledged.extend(jobs);
        self
    }

    /// Nothing is left to do: each job must have ended.
    pub(crate) fn settled(mut self) -> Self {
        self.settled = true;
        self
    }

    /// Old jobs were deleted meanwhile, so that what is missing may have ended.
    pub(crate) fn forgotten(mut self) -> Self {
        self.forgotten = true;
        self
    }

    /// Fails with everything that is not as it must be.
    pub(crate) fn check(&self) -> Census {
        let (violations, census) = self.violations();
        assert!(
            violations.is_empty(),
            "{} violations:\n{}\n{census:#?}",
            violations.len(),
            violations[..violations.len().min(20)].join("\n")
        );
        census
    }

    /// Everything that is not as it must be, one sentence each, and what there is.
    pub(crate) fn violations(&self) -> (Vec<String>, Census) {
        let rows = match &self.client.settings().database {
            Database::Sqlite(path) => Rows::read(path),
            // It shows itself without its user, who is the same on all servers of the tests.
            Database::Postgres(url) => {
                rows::of_server(&url.to_string().replacen('…', "floorjobs", 1))
            }
            other => panic!("no way to read {other:?}"),
        };
        let mut violations = rows.damage.clone();
        rules::check(&rows, &mut violations);
        for job in &self.acknowledged {
            if !self.forgotten && !rows.jobs.contains_key(job) {
                violations.push(format!("job `{job}` was acknowledged and is not there"));
            }
        }
        for (id, job) in &rows.jobs {
            if self.settled && matches!(job.status.as_str(), "queued" | "running") {
                violations.push(format!("job `{id}` is {} at the end", job.status));
            }
        }
        for plan in rows.floorplans.iter().filter(|_| !self.forgotten) {
            if plan.jobs == 0 {
                violations.push(format!("floor plan {} was stored without a job", plan.id));
            }
        }
        let mut census = Census {
            unfinished: self.unfinished(),
            unreferenced: self.check_blobs(&rows, &mut violations),
            ..Census::default()
        };
        for job in rows.jobs.values() {
            *census.by_status.entry(job.status.clone()).or_default() += 1;
            for attempt in &job.attempts {
                let outcome = attempt.outcome.as_deref().unwrap_or("running");
                *census.by_outcome.entry(outcome.to_owned()).or_default() += 1;
            }
        }
        (violations, census)
    }

    /// Every blob that a row names is there, whole and with the right hash. Returns those that no
    /// row names.
    fn check_blobs(&self, rows: &Rows, violations: &mut Vec<String>) -> Vec<BlobRef> {
        let blobs = self.client.blobs();
        for (reference, by) in &rows.blobs {
            let read = reference
                .parse::<BlobRef>()
                .and_then(|blob| blobs.get(&blob, MAX_BLOB));
            if let Err(error) = read {
                violations.push(format!("{by} names a blob: {}", error.chain()));
            }
        }
        let stored = blobs.stored_before(i64::MAX, None, usize::MAX).unwrap();
        stored
            .into_iter()
            .filter(|blob| !rows.blobs.contains_key(&blob.to_string()))
            .collect()
    }

    fn unfinished(&self) -> usize {
        let url = &self.client.settings().blobs_url;
        let folder = PathBuf::from(url.strip_prefix("file:").unwrap()).join("incoming");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}
