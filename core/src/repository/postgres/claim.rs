//! Starting attempts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use tokio_postgres::Row;
use uuid::Uuid;

use super::super::rules::{KEPT_ATTEMPTS, is_blocked, refused};
use super::super::{Claim, Owner};
use super::fault::{Op, is_unreadable};
use super::param::{Param, job_id, kind_names, owner_id, readable, whole};
use super::rows::{self, Columns, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use super::unreadable;
use crate::job::time::duration_micros;
use crate::job::{Event, Job, JobId};

/// No claim promotes more delayed jobs of a queue than this; the next one goes on.
const PROMOTED_AT_ONCE: i64 = 1_000;

/// So many more of the best jobs than wanted are looked at, since others may be taking the first.
const LOOK_PAST: i64 = 32;

/// When all that were looked at are being taken, so many times as many are looked at next.
const LOOK_FARTHER: i64 = 16;

/// The farthest look; there are not as many claims under way.
const FARTHEST: i64 = 100_000;

/// What one claim came to.
#[derive(Debug)]
pub(super) struct Claimed {
    /// The attempts that were started.
    pub(super) jobs: Vec<Job>,
    /// Whether another claim may find what this one did not.
    pub(super) may_be_more: bool,
}

/// Marks what has become due in the queues as ready, earliest first.
static PROMOTE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH clock AS MATERIALIZED (SELECT {} AS now),
             due AS (
                 SELECT found.id FROM unnest($2::text[]) AS asked (queue)
                 CROSS JOIN LATERAL (
                     SELECT jobs.id FROM floorjobs.jobs
                     WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                       AND jobs.queue = asked.queue AND run_at <= (SELECT now FROM clock)
                     ORDER BY run_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS found),
             promoted AS (
                 UPDATE floorjobs.jobs SET ready = true FROM due WHERE jobs.id = due.id
                 RETURNING 1)
         SELECT count(*) FROM promoted",
        time(1)
    )
});

/// Starts the jobs whose ids `picked` selects; `$1` to `$6` are the two clocks, the owner, the
/// lease, the host and the process.
fn starting(picked: &str) -> String {
    format!(
        "WITH clock AS MATERIALIZED (SELECT {now} AS now, {lease_now} AS lease_now),
             {picked},
             started AS (
                 UPDATE floorjobs.jobs AS job SET status = 'running', ready = false,
                     attempt = job.attempt + 1, owner = $3, lease_until = clock.lease_now + $4,
                     cancel_requested = false, progress_fraction = NULL, progress_stage = NULL,
                     progress_message = NULL, started_at = clock.now, updated_at = clock.now
                 FROM picked, clock WHERE job.id = picked.id
                 RETURNING job.*),
             noted AS (
                 INSERT INTO floorjobs.attempts (job, number, owner, host, pid, started_at)
                 SELECT id, attempt, owner, $5, $6, started_at FROM started),
             forgotten AS (
                 DELETE FROM floorjobs.attempts USING started
                 WHERE started.attempt > {KEPT_ATTEMPTS} AND attempts.job = started.id
                   AND attempts.number <= started.attempt - {KEPT_ATTEMPTS})",
        now = time(1),
        lease_now = time(2),
    )
}

/// The best ready jobs: looked up kind by kind, so that any number of others costs nothing, and
/// locked only once chosen, so that no claim keeps from others what it does not take.
static CLAIM: LazyLock<String> = LazyLock::new(|| {
    let starting = starting(
        "best AS MATERIALIZED (
             SELECT found.id, place, found.priority, found.run_at
             FROM unnest($7::text[]) WITH ORDINALITY AS asked (queue, place)
             CROSS JOIN unnest($8::text[]) AS known (kind)
             CROSS JOIN LATERAL (
                 SELECT jobs.id, jobs.priority, jobs.run_at FROM floorjobs.jobs
                 WHERE status = 'queued' AND ready AND jobs.queue = asked.queue
                   AND jobs.kind = known.kind
                 ORDER BY jobs.priority DESC, jobs.run_at, jobs.id LIMIT $10) AS found
             WHERE NOT EXISTS (
                 SELECT 1 FROM floorjobs.paused_queues WHERE paused_queues.queue = asked.queue)
             ORDER BY place, found.priority DESC, found.run_at, found.id LIMIT $10),
         picked AS (
             SELECT job.id FROM best JOIN floorjobs.jobs AS job ON job.id = best.id
             WHERE job.status = 'queued' AND job.ready
             ORDER BY place, best.priority DESC, best.run_at, best.id
             LIMIT $9 FOR UPDATE OF job SKIP LOCKED)",
    );
    format!(
        "{starting}
         SELECT {JOB_COLUMNS}, looked FROM (SELECT count(*) AS looked FROM best) AS all_of_them
         LEFT JOIN started ON true
         ORDER BY array_position($7, queue), priority DESC, run_at, id"
    )
});

/// What the statements of a claim take.
pub(super) struct Asked {
    queues: Vec<String>,
    kinds: Vec<String>,
    limit: i64,
    look: i64,
    now: Option<i64>,
    lease_now: Option<i64>,
    owner: Uuid,
    lease: i64,
    host: String,
    pid: i64,
}

impl Asked {
    /// `None` for a claim of no queue; one that wants no job still promotes what is due.
    pub(super) fn of(transaction: &Transaction<'_>, claim: &Claim) -> Option<Asked> {
        let mut seen = BTreeSet::new();
        let queues = claim.queues.iter().filter(|queue| seen.insert(*queue));
        let queues: Vec<_> = queues.map(|queue| queue.as_str().to_owned()).collect();
        let kinds: BTreeSet<_> = kind_names(&claim.kinds).into_iter().collect();
        if queues.is_empty() {
            return None;
        }
        let limit = whole(claim.limit);
        Some(Asked {
            queues,
            kinds: kinds.into_iter().map(str::to_owned).collect(),
            limit,
            look: limit.saturating_add(LOOK_PAST),
            now: transaction.given_now(),
            lease_now: transaction.given_lease_now(),
            owner: owner_id(&claim.owner.id),
            lease: duration_micros(claim.lease),
            host: readable(&claim.owner.process.host),
            pid: claim.owner.process.pid.into(),
        })
    }

    /// The statements of a claim: one that promotes, and one that starts.
    pub(super) fn with<T>(&self, run: impl FnOnce(&[(&str, &[&dyn Param])]) -> T) -> T {
        let promote: [&dyn Param; 3] = [&self.now, &self.queues, &PROMOTED_AT_ONCE];
        run(&[(&PROMOTE, &promote), (&CLAIM, &self.params())])
    }

    fn params(&self) -> [&dyn Param; 10] {
        [
            &self.now,
            &self.lease_now,
            &self.owner,
            &self.lease,
            &self.host,
            &self.pid,
            &self.queues,
            &self.kinds,
            &self.limit,
            &self.look,
        ]
    }
}

/// Starts the best ready jobs; see [`Repository::claim`](super::super::Repository::claim).
pub(super) fn claim(transaction: &mut Transaction<'_>, claim: &Claim) -> Op<Claimed> {
    let Some(asked) = Asked::of(transaction, claim) else {
        return Ok(Claimed {
            jobs: Vec::new(),
            may_be_more: false,
        });
    };
    let answers = asked.with(|statements| transaction.query_all(statements))?;
    heard(transaction, asked, &answers)
}

/// Makes of the answers to the statements of a claim what it came to.
pub(super) fn heard(
    transaction: &mut Transaction<'_>,
    mut asked: Asked,
    answers: &[Vec<Row>],
) -> Op<Claimed> {
    let promoted = answers.first().and_then(|rows| rows.first());
    let promoted: i64 = promoted.map_or(Ok(0), |row| row.try_get(0))?;
    let mut found = answers.get(1).map(Vec::as_slice).unwrap_or_default();
    let mut farther;
    loop {
        let looked = found.first().map(|row| row.try_get("looked")).transpose()?;
        let is_empty = found.first().is_none_or(is_nothing);
        let is_wanted = asked.limit > 0;
        if !is_wanted || !is_empty || looked < Some(asked.look) || asked.look > FARTHEST {
            break;
        }
        asked.look = asked.look.saturating_mul(LOOK_FARTHER);
        farther = transaction.query(&CLAIM, &asked.params())?;
        found = &farther;
    }
    let mut jobs = Vec::with_capacity(found.len());
    let mut failed = 0;
    for row in found.iter().filter(|row| !is_nothing(row)) {
        match rows::job(row) {
            Ok(job) => jobs.push(job),
            Err(fault) if is_unreadable(&fault) => {
                let now = transaction.now()?;
                unreadable::fail_started(transaction, Columns::of(row).job_id()?, fault, now)?;
                failed += 1;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(Claimed {
        may_be_more: asked.limit > 0 && jobs.is_empty() && (promoted > 0 || failed > 0),
        jobs,
    })
}

/// Whether it is the row that tells that nothing was started.
fn is_nothing(row: &Row) -> bool {
    !matches!(row.try_get::<_, Option<Uuid>>(0), Ok(Some(_)))
}

/// Starts one queued job, due or not.
pub(super) fn claim_one(
    transaction: &mut Transaction<'_>,
    id: JobId,
    owner: &Owner,
    lease: std::time::Duration,
) -> Op<Job> {
    static START: LazyLock<String> = LazyLock::new(|| {
        let starting = starting("picked AS (SELECT $7::uuid AS id)");
        format!("{starting} SELECT {JOB_COLUMNS} FROM started")
    });
    let row = transaction.query_opt(
        "SELECT status, waiting_for FROM floorjobs.jobs WHERE id = $1 FOR UPDATE",
        &[&job_id(&id)],
    )?;
    let row = row.ok_or_else(|| id.not_found())?;
    let mut columns = Columns::of(&row);
    let status = rows::status(columns.take()?)?;
    if status.after(Event::Claim).is_none() {
        return Err(refused(id, status, Event::Claim).into());
    }
    if columns.take::<i32>()? > 0 {
        return Err(is_blocked(id).into());
    }
    let (now, lease_now) = (transaction.given_now(), transaction.given_lease_now());
    let started = transaction.query_opt(
        &START,
        &[
            &now,
            &lease_now,
            &owner_id(&owner.id),
            &duration_micros(lease),
            &readable(&owner.process.host),
            &i64::from(owner.process.pid),
            &job_id(&id),
        ],
    )?;
    rows::job(&started.ok_or_else(|| id.not_found())?)
}
