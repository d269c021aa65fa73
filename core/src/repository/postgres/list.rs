//! Lists of jobs: newest first, by filters, however many jobs there are.
//!
//! The newest jobs are looked through first, because they are what most lists are about. If they
//! do not fill the page, the indices by state are asked. Left to itself, the planner would rather
//! go on through all jobs, newest first, when it takes rare ones for evenly spread; `OFFSET 0`
//! keeps it from that.

use super::super::ListJobs;
use super::fault::{Op, is_unreadable};
use super::param::{Param, job_id, whole};
use super::rows::{self, Columns, JOB_COLUMNS};
use super::transaction::Transaction;
use crate::job::{Job, JobId, Status, Timestamp};

/// How many of the newest jobs are looked through before the indices by state are asked.
const LOOKED_THROUGH: usize = 2_000;

/// The jobs that fit the filters, newest first; those that cannot be read are passed over.
pub(super) fn list(at: &mut Transaction<'_>, filter: &ListJobs) -> Op<Vec<Job>> {
    let mut jobs = Vec::new();
    let mut rest = filter.clone();
    loop {
        let ids = find(at, &rest)?;
        let is_end = ids.len() < rest.limit;
        rest.before = ids.last().copied();
        for job in read(at, &ids)? {
            match job {
                Ok(job) => jobs.push(job),
                Err(fault) if is_unreadable(&fault) => {}
                Err(fault) => return Err(fault),
            }
        }
        // A page is short only if it is the last, so what was passed over is made up for.
        rest.limit = filter.limit.saturating_sub(jobs.len());
        if is_end || rest.limit == 0 {
            return Ok(jobs);
        }
    }
}

/// The jobs with these ids, newest first, each as far as it can be read.
fn read(at: &mut Transaction<'_>, ids: &[JobId]) -> Op<Vec<Op<Job>>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = ids.iter().map(job_id).collect();
    let sql =
        format!("SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id = ANY ($1) ORDER BY id DESC");
    Ok(at.query(&sql, &[&ids])?.iter().map(rows::job).collect())
}

fn find(at: &mut Transaction<'_>, filter: &ListJobs) -> Op<Vec<JobId>> {
    // PostgreSQL stores no NUL, and takes none as a value to look for.
    let is_impossible = |key: &String| key.contains('\0');
    if filter.limit == 0 || filter.unique_key.as_ref().is_some_and(is_impossible) {
        return Ok(Vec::new());
    }
    if filter.floorplan_id.is_some() || filter.unique_key.is_some() {
        return search(at, filter, all);
    }
    let found = search(at, filter, newest)?;
    if found.len() < filter.limit {
        return search(at, filter, in_states);
    }
    Ok(found)
}

/// The ids of the newest jobs that fit; `source` is a statement that gives them in any order.
fn search(
    at: &mut Transaction<'_>,
    filter: &ListJobs,
    source: impl Fn(&ListJobs, &Conditions<'_>) -> String,
) -> Op<Vec<JobId>> {
    let before = filter.before.as_ref().map(job_id);
    let kind = filter.kind.as_ref().map(|kind| kind.as_str().to_owned());
    let queue = filter.queue.as_ref().map(|queue| queue.as_str().to_owned());
    let after = filter.created_after.map(Timestamp::as_micros);
    let until = filter.created_before.map(Timestamp::as_micros);
    let mut conditions = Conditions::new(filter);
    conditions.add("id <", before.as_ref());
    conditions.add("kind =", kind.as_ref());
    conditions.add("queue =", queue.as_ref());
    conditions.add("floorplan_id =", filter.floorplan_id.as_ref());
    conditions.add("unique_key =", filter.unique_key.as_ref());
    conditions.add("created_at >=", after.as_ref());
    conditions.add("created_at <", until.as_ref());
    let sql = format!(
        "{} ORDER BY id DESC LIMIT {}",
        source(filter, &conditions),
        whole(filter.limit)
    );
    at.query(&sql, &conditions.values)?
        .iter()
        .map(|row| Columns::of(row).job_id())
        .collect()
}

/// The conditions of a filter as SQL, with the values that go with them.
struct Conditions<'a> {
    texts: Vec<String>,
    values: Vec<&'a dyn Param>,
    has_cursor: bool,
}

impl<'a> Conditions<'a> {
    fn new(filter: &ListJobs) -> Conditions<'a> {
        let mut texts = vec!["true".to_owned()];
        if !filter.statuses.is_empty() {
            texts.push(format!("status IN ({})", quoted(&filter.statuses)));
        }
        Conditions {
            texts,
            values: Vec::new(),
            has_cursor: filter.before.is_some(),
        }
    }

    /// Adds one whose value comes after `what`, if there is a value.
    fn add<T: Param>(&mut self, what: &str, value: Option<&'a T>) {
        if let Some(value) = value {
            self.values.push(value);
            self.texts.push(format!("{what} ${}", self.values.len()));
        }
    }

    /// The condition by which a page begins after the one before; it was added first.
    fn cursor(&self) -> String {
        match self.has_cursor {
            true => "id < $1".to_owned(),
            false => "true".to_owned(),
        }
    }

    fn all(&self) -> String {
        self.texts.join(" AND ")
    }
}

/// States as a list of SQL texts; they are words of this program.
fn quoted(statuses: &[Status]) -> String {
    let quoted = statuses.iter().map(|status| format!("'{status}'"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// Those that fit of all jobs: an index has them in order.
fn all(_: &ListJobs, conditions: &Conditions<'_>) -> String {
    format!("SELECT id FROM floorjobs.jobs WHERE {}", conditions.all())
}

/// Those that fit of the newest jobs after the cursor.
fn newest(_: &ListJobs, conditions: &Conditions<'_>) -> String {
    format!(
        "SELECT id FROM (SELECT id, status, kind, queue, created_at FROM floorjobs.jobs
             WHERE {} ORDER BY id DESC LIMIT {LOOKED_THROUGH}) AS jobs WHERE {}",
        conditions.cursor(),
        conditions.all()
    )
}

/// Those that fit of the jobs of each wanted state, read from the index of the state.
fn in_states(filter: &ListJobs, conditions: &Conditions<'_>) -> String {
    let wants = |status: &Status| filter.statuses.is_empty() || filter.statuses.contains(status);
    let mut states = Vec::new();
    if wants(&Status::Queued) {
        states.push("status = 'queued' AND ready".to_owned());
        states.push("status = 'queued' AND NOT ready AND waiting_for = 0".to_owned());
        states.push("status = 'queued' AND waiting_for > 0".to_owned());
    }
    if wants(&Status::Running) {
        states.push("status = 'running'".to_owned());
    }
    let ended: Vec<_> = Status::ALL
        .into_iter()
        .filter(|status| status.is_ended() && wants(status))
        .collect();
    if !ended.is_empty() {
        let ended = quoted(&ended);
        states.push(format!("finished_at IS NOT NULL AND status IN ({ended})"));
    }
    let fits = conditions.all();
    let sources: Vec<_> = states
        .iter()
        .map(|state| format!("SELECT id FROM floorjobs.jobs WHERE {state} AND {fits}"))
        .collect();
    format!(
        "SELECT id FROM ({} OFFSET 0) AS jobs",
        sources.join(" UNION ALL ")
    )
}
