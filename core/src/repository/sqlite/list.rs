//! Lists of jobs: newest first, by filters, however many jobs there are.
//!
//! The newest jobs are looked through first, because they are what most lists are about. If they
//! do not fill the page, the indices by state are asked; those hold a job's id beside its state,
//! so that the best of them can be found without reading the jobs. No index is kept for lists
//! alone: each would cost every enqueue and every change of state something.

use rusqlite::Connection;
use rusqlite::types::ToSql;

use super::super::ListJobs;
use super::ask;
use super::fault::Op;
use super::unreadable::is_unreadable;
use crate::job::{Job, JobId, Status, Timestamp};

/// How many of the newest jobs are looked through before the indices by state are asked.
const LOOKED_THROUGH: usize = 2_000;

/// The jobs that fit the filters, newest first; those that cannot be read are passed over.
pub(super) fn list(connection: &Connection, filter: &ListJobs) -> Op<Vec<Job>> {
    // What the steps find must be of one moment.
    let moment = connection.unchecked_transaction()?;
    let mut jobs = Vec::new();
    let mut rest = filter.clone();
    loop {
        let ids = find(&moment, &rest)?;
        let is_end = ids.len() < rest.limit;
        rest.before = ids.last().copied();
        for id in ids {
            match ask::get(&moment, id) {
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

fn find(connection: &Connection, filter: &ListJobs) -> Op<Vec<JobId>> {
    let limit = filter.limit;
    if filter.floorplan_id.is_some() {
        return by_index(connection, filter, "jobs INDEXED BY jobs_floorplan");
    }
    if filter.unique_key.is_some() {
        return by_index(connection, filter, &with_key(filter));
    }
    let (mut found, is_end) = newest(connection, filter)?;
    if found.len() < limit && !is_end {
        found = by_index(connection, filter, &in_states(filter))?;
    }
    Ok(found)
}

/// Looks through the newest jobs; also tells whether there are no others.
fn newest(connection: &Connection, filter: &ListJobs) -> Op<(Vec<JobId>, bool)> {
    let mut conditions = Conditions::default();
    let fits = conditions.of(filter);
    let cursor = match filter.before {
        Some(id) => format!("id < {}", conditions.value(*id.as_bytes())),
        None => "1".to_owned(),
    };
    let sql = format!(
        "SELECT id, {fits} FROM jobs WHERE {cursor} ORDER BY id DESC LIMIT {LOOKED_THROUGH}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(conditions.values().as_slice())?;
    let mut found = Vec::new();
    let mut seen = 0;
    while found.len() < filter.limit
        && let Some(row) = rows.next()?
    {
        seen += 1;
        if row.get(1)? {
            found.push(JobId::from_bytes(row.get(0)?));
        }
    }
    Ok((found, seen < LOOKED_THROUGH))
}

/// The newest that fit of the jobs that `source` gives.
fn by_index(connection: &Connection, filter: &ListJobs, source: &str) -> Op<Vec<JobId>> {
    let mut conditions = Conditions::default();
    let fits = conditions.of(filter);
    let cursor = match filter.before {
        Some(id) => format!("id < {}", conditions.value(*id.as_bytes())),
        None => "1".to_owned(),
    };
    let limit = i64::try_from(filter.limit).unwrap_or(i64::MAX);
    let sql =
        format!("SELECT id FROM {source} WHERE {fits} AND {cursor} ORDER BY id DESC LIMIT {limit}");
    let found = connection
        .prepare_cached(&sql)?
        .query_map(conditions.values().as_slice(), |row| {
            Ok(JobId::from_bytes(row.get(0)?))
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

/// The conditions of a filter as SQL, with the values that go with them.
#[derive(Default)]
struct Conditions {
    values: Vec<Box<dyn ToSql>>,
}

impl Conditions {
    /// Keeps a value, and returns how it is named.
    fn value(&mut self, value: impl ToSql + 'static) -> String {
        self.values.push(Box::new(value));
        format!("?{}", self.values.len())
    }

    fn values(&self) -> Vec<&dyn ToSql> {
        self.values.iter().map(AsRef::as_ref).collect()
    }

    /// Everything but the cursor. What the indices hold comes first, so that a job is read only
    /// if it may fit; `created_at` lies behind the payload in the row.
    fn of(&mut self, filter: &ListJobs) -> String {
        let mut all = vec!["1".to_owned()];
        if !filter.statuses.is_empty() {
            all.push(format!("status IN ({})", texts(&filter.statuses)));
        }
        if let Some(kind) = &filter.kind {
            all.push(format!("kind = {}", self.value(kind.as_str().to_owned())));
        }
        if let Some(queue) = &filter.queue {
            all.push(format!("queue = {}", self.value(queue.as_str().to_owned())));
        }
        if let Some(id) = filter.floorplan_id {
            all.push(format!("floorplan_id = {}", self.value(id)));
        }
        if let Some(key) = &filter.unique_key {
            all.push(format!("unique_key = {}", self.value(key.clone())));
        }
        if let Some(moment) = filter.created_after.map(Timestamp::as_micros) {
            all.push(format!("created_at >= {}", self.value(moment)));
        }
        if let Some(moment) = filter.created_before.map(Timestamp::as_micros) {
            all.push(format!("created_at < {}", self.value(moment)));
        }
        all.join(" AND ")
    }
}

/// States as a list of SQL texts; they are words of this program.
fn texts(statuses: &[Status]) -> String {
    let quoted = statuses.iter().map(|status| format!("'{status}'"));
    quoted.collect::<Vec<_>>().join(", ")
}

/// The jobs with a unique key. The index begins with the kind, so without one the key is looked up
/// under each kind that has keys, which are found by leaps.
fn with_key(filter: &ListJobs) -> String {
    const KINDS: &str = "(WITH RECURSIVE kinds (kind) AS (
             SELECT min(kind) FROM jobs WHERE unique_key IS NOT NULL
             UNION ALL
             SELECT (SELECT min(kind) FROM jobs WHERE unique_key IS NOT NULL AND kind > kinds.kind)
                 FROM kinds WHERE kind IS NOT NULL)
         SELECT kind FROM kinds WHERE kind IS NOT NULL)";
    match filter.kind {
        Some(_) => "jobs INDEXED BY jobs_key".to_owned(),
        None => format!(
            "(SELECT * FROM jobs INDEXED BY jobs_key WHERE unique_key IS NOT NULL AND kind IN {KINDS})"
        ),
    }
}

/// The jobs of the wanted states, read from the indices of those.
fn in_states(filter: &ListJobs) -> String {
    let wants = |status: &Status| filter.statuses.is_empty() || filter.statuses.contains(status);
    // No more columns than the filters ask for, so that an index that has them is enough.
    let created = filter.created_after.is_some() || filter.created_before.is_some();
    let columns = match created {
        true => "id, status, kind, queue, created_at",
        false => "id, status, kind, queue",
    };
    let mut sources = Vec::new();
    if wants(&Status::Queued) {
        for (index, states) in [
            ("jobs_ready", "ready = 1"),
            ("jobs_due", "ready = 0 AND waiting_for = 0"),
            ("jobs_blocked", "waiting_for > 0"),
        ] {
            sources.push(format!(
                "SELECT {columns} FROM jobs INDEXED BY {index} WHERE status = 'queued' AND {states}"
            ));
        }
    }
    if wants(&Status::Running) {
        sources.push(format!(
            "SELECT {columns} FROM jobs INDEXED BY jobs_lease WHERE status = 'running'"
        ));
    }
    let ended: Vec<_> = Status::ALL
        .into_iter()
        .filter(|status| status.is_ended() && wants(status))
        .collect();
    if !ended.is_empty() {
        sources.push(format!(
            "SELECT {columns} FROM jobs INDEXED BY jobs_ended
             WHERE finished_at IS NOT NULL AND status IN ({})",
            texts(&ended)
        ));
    }
    format!("({})", sources.join(" UNION ALL "))
}
