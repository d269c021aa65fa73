//! Starting attempts.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use tokio_postgres::Row;
use uuid::Uuid;

use super::super::rules::{KEPT_ATTEMPTS, is_blocked, refused};
use super::super::{Claim, Owner};
use super::fault::{Op, is_unreadable};
use super::param::{Param, job_id, kind_names, owner_id, readable, whole};
use super::planned::Planned;
use super::rows::{self, Columns, JOB_COLUMNS};
use super::transaction::{Transaction, time};
use super::unreadable;
use crate::job::time::duration_micros;
use crate::job::{Event, Job, JobId, OwnerId};

/// No claim promotes more delayed jobs of a queue than this; the next one goes on.
const PROMOTED_AT_ONCE: i64 = 1_000;

/// So many more of the best jobs than wanted are looked at, since others may be taking the first.
const LOOK_PAST: i64 = 32;

/// When all that were looked at are being taken, so many times as many are looked at next.
const LOOK_FARTHER: i64 = 16;

/// The farthest look; there are not as many claims under way.
const FARTHEST: i64 = 100_000;

/// What one claim came to.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    /// The attempts that were started.
    pub(super) jobs: Vec<Job>,
    /// Those that were started although this version cannot read them, and why.
    pub(super) unreadable: Vec<(JobId, String)>,
    /// Whether nothing was started, and yet more is due than before.
    has_promoted: bool,
}

impl Claimed {
    /// Whether another claim may find what this one did not.
    pub(super) fn may_be_more(&self) -> bool {
        self.jobs.is_empty() && (self.has_promoted || !self.unreadable.is_empty())
    }
}

/// What starting an attempt sets, next to the times.
const START: &str = "status = 'running', ready = false, attempt = job.attempt + 1, owner = $3, \
     cancel_requested = false, progress_fraction = NULL, progress_stage = NULL, \
     progress_message = NULL";

/// Marks what has become due in the queues as ready, earliest first, and starts the best jobs that
/// are. The rows are those jobs as they are then, in no order; where none was started and yet some
/// have become ready, there is one without an id.
///
/// The best are looked up kind by kind, so that any number of others costs nothing, and locked only
/// once chosen, so that no claim keeps from others what it does not take. `coalesce` keeps an index
/// of all ready jobs from seeming as good a way to a chosen one as its id.
///
/// `$1` to `$6` are the two clocks, the owner, the lease, the host and the process; then come the
/// queues, the kinds, how many are wanted and how many of the best are looked at first. Statement by
/// statement it takes the server a third less than as a single one: most claims have nothing to
/// promote or to forget, and many find nothing.
pub(super) static CLAIM: LazyLock<Planned> = LazyLock::new(|| {
    let block = format!(
        "DECLARE
             clock bigint := {now};
             lease_clock bigint := {lease_now};
             look bigint := $10;
             has_promoted boolean := false;
             best uuid[];
             looked bigint;
             picked uuid[];
             most_attempts integer;
         BEGIN
             IF EXISTS (
                 SELECT FROM unnest($7) AS asked (queue)
                 CROSS JOIN LATERAL (
                     SELECT FROM floorjobs.jobs
                     WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                       AND jobs.queue = asked.queue AND run_at <= clock LIMIT 1) AS found)
             THEN
                 UPDATE floorjobs.jobs SET ready = true FROM (
                     SELECT found.id FROM unnest($7) AS asked (queue)
                     CROSS JOIN LATERAL (
                         SELECT jobs.id FROM floorjobs.jobs
                         WHERE status = 'queued' AND NOT ready AND waiting_for = 0
                           AND jobs.queue = asked.queue AND run_at <= clock
                         ORDER BY run_at LIMIT {PROMOTED_AT_ONCE} FOR UPDATE SKIP LOCKED)
                         AS found) AS due
                 WHERE jobs.id = due.id;
                 has_promoted := FOUND;
             END IF;
             WHILE $9 > 0 LOOP
                 SELECT array_agg(id ORDER BY place, priority DESC, run_at, id), count(*)
                 INTO best, looked FROM (
                     SELECT found.id, place, found.priority, found.run_at
                     FROM unnest($7) WITH ORDINALITY AS asked (queue, place)
                     CROSS JOIN unnest($8) AS known (kind)
                     CROSS JOIN LATERAL (
                         SELECT jobs.id, jobs.priority, jobs.run_at FROM floorjobs.jobs
                         WHERE status = 'queued' AND ready AND jobs.queue = asked.queue
                           AND jobs.kind = known.kind
                         ORDER BY jobs.priority DESC, jobs.run_at, jobs.id LIMIT look) AS found
                     WHERE NOT EXISTS (
                         SELECT FROM floorjobs.paused_queues
                         WHERE paused_queues.queue = asked.queue)
                     ORDER BY place, found.priority DESC, found.run_at, found.id LIMIT look)
                     AS of_all;
                 EXIT WHEN looked = 0;
                 SELECT array_agg(id), max(attempt) INTO picked, most_attempts FROM (
                     SELECT job.id, job.attempt
                     FROM unnest(best) WITH ORDINALITY AS one (id, place)
                     JOIN floorjobs.jobs AS job ON job.id = one.id
                     WHERE coalesce(job.status = 'queued' AND job.ready, false)
                     ORDER BY place LIMIT $9 FOR UPDATE OF job SKIP LOCKED) AS free;
                 EXIT WHEN picked IS NOT NULL OR looked < look OR look > {FARTHEST};
                 look := look * {LOOK_FARTHER};
             END LOOP;
             IF picked IS NULL THEN
                 IF has_promoted AND $9 > 0 THEN
                     RETURN NEXT NULL::floorjobs.jobs;
                 END IF;
                 RETURN;
             END IF;
             RETURN QUERY UPDATE floorjobs.jobs AS job SET {START},
                 lease_until = lease_clock + $4, started_at = clock, updated_at = clock
             WHERE job.id = ANY (picked) RETURNING job.*;
             INSERT INTO floorjobs.attempts (job, number, owner, host, pid, started_at)
             SELECT id, attempt, $3, $5, $6, clock FROM floorjobs.jobs WHERE id = ANY (picked);
             IF most_attempts >= {KEPT_ATTEMPTS} THEN
                 DELETE FROM floorjobs.attempts USING floorjobs.jobs
                 WHERE jobs.id = ANY (picked) AND attempts.job = jobs.id
                   AND attempts.number <= jobs.attempt - {KEPT_ATTEMPTS};
             END IF;
         END",
        now = time(1),
        lease_now = time(2),
    );
    let takes = [
        "bigint", "bigint", "uuid", "bigint", "text", "bigint", "text[]", "text[]", "bigint",
        "bigint",
    ];
    let gives = "SETOF floorjobs.jobs";
    Planned::of_block("claim", &takes, gives, &block, JOB_COLUMNS)
});

/// What the statement of a claim takes.
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

    /// The statement of a claim.
    pub(super) fn with<T>(&self, run: impl FnOnce((&str, &[&dyn Param])) -> T) -> T {
        let params: [&dyn Param; 10] = [
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
        ];
        run((CLAIM.call(), &params))
    }

    /// Makes of the answer what the claim came to: its jobs in the order in which they are due.
    pub(super) fn heard(&self, rows: &[Row]) -> Op<Claimed> {
        let mut claimed = Claimed {
            jobs: Vec::with_capacity(rows.len()),
            unreadable: Vec::new(),
            has_promoted: false,
        };
        for row in rows {
            match rows::job(row) {
                _ if row.try_get::<_, Option<Uuid>>(0)?.is_none() => claimed.has_promoted = true,
                Ok(job) => claimed.jobs.push(job),
                Err(fault) if is_unreadable(&fault) => {
                    let id = Columns::of(row).job_id()?;
                    claimed.unreadable.push((id, unreadable::reason(fault)));
                }
                Err(fault) => return Err(fault),
            }
        }
        let place = |job: &Job| {
            self.queues
                .iter()
                .position(|queue| queue == job.queue.as_str())
        };
        claimed.jobs.sort_by(|one, other| {
            (place(one), Reverse(one.priority), one.run_at, one.id).cmp(&(
                place(other),
                Reverse(other.priority),
                other.run_at,
                other.id,
            ))
        });
        Ok(claimed)
    }
}

/// Starts the best ready jobs, and commits: one round trip; see
/// [`Repository::claim`](super::super::Repository::claim).
pub(super) fn claim(transaction: &mut Transaction<'_>, claim: &Claim) -> Op<Claimed> {
    match Asked::of(transaction, claim) {
        None => Ok(Claimed::default()),
        Some(asked) => {
            let rows = asked.with(|(sql, params)| transaction.query_last(sql, params))?;
            asked.heard(&rows)
        }
    }
}

/// The same within a transaction that goes on; those that cannot be read have failed then.
pub(super) fn claim_within(transaction: &mut Transaction<'_>, claim: &Claim) -> Op<Vec<Job>> {
    let Some(asked) = Asked::of(transaction, claim) else {
        return Ok(Vec::new());
    };
    let rows = asked.with(|(sql, params)| transaction.query(sql, params))?;
    let claimed = asked.heard(&rows)?;
    fail_unreadable(transaction, claim.owner.id, &claimed.unreadable)?;
    Ok(claimed.jobs)
}

/// Ends jobs that `owner` has started and this version cannot read, each with the reason.
pub(super) fn fail_unreadable(
    transaction: &mut Transaction<'_>,
    owner: OwnerId,
    unreadable: &[(JobId, String)],
) -> Op<()> {
    for (id, why) in unreadable {
        // Somebody else may have given it up since, if that was long ago.
        let is_held = transaction.query_opt(
            "SELECT 1 FROM floorjobs.jobs WHERE id = $1 AND owner = $2 FOR UPDATE",
            &[&job_id(id), &owner_id(&owner)],
        )?;
        if is_held.is_some() {
            let now = transaction.now()?;
            unreadable::fail_started(transaction, *id, why, now)?;
        }
    }
    Ok(())
}

/// Starts one queued job, due or not.
pub(super) fn claim_one(
    transaction: &mut Transaction<'_>,
    id: JobId,
    owner: &Owner,
    lease: std::time::Duration,
) -> Op<Job> {
    static STARTING: LazyLock<String> = LazyLock::new(|| {
        format!(
            "WITH clock AS MATERIALIZED (SELECT {now} AS now, {lease_now} AS lease_now),
                 started AS (
                     UPDATE floorjobs.jobs AS job SET {START},
                         lease_until = clock.lease_now + $4, started_at = clock.now,
                         updated_at = clock.now
                     FROM clock WHERE job.id = $7 RETURNING job.*),
                 noted AS (
                     INSERT INTO floorjobs.attempts (job, number, owner, host, pid, started_at)
                     SELECT id, attempt, owner, $5, $6, started_at FROM started),
                 forgotten AS (
                     DELETE FROM floorjobs.attempts USING started
                     WHERE attempts.job = $7 AND number <= started.attempt - {KEPT_ATTEMPTS})
             SELECT {JOB_COLUMNS} FROM started",
            now = time(1),
            lease_now = time(2),
        )
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
        &STARTING,
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
