//! Starting attempts.

use std::cmp::Reverse;
use std::sync::LazyLock;

use rusqlite::{Connection, params};

use super::super::rules::{KEPT_ATTEMPTS, is_blocked, refused};
use super::super::{Claim, Owner, life};
use super::fault::Op;
use super::rows::{self, JOB_COLUMNS};
use super::unreadable::{self, is_unreadable};
use super::{ask, waiting};
use crate::job::time::duration_micros;
use crate::job::{Event, Job, JobId, Kind, QueueName, Timestamp};

static BY_SEQ: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {JOB_COLUMNS} FROM jobs WHERE seq = ?1"));

/// No claim promotes more delayed jobs of a queue than this; the next one goes on.
const PROMOTED_AT_ONCE: i64 = 1_000;

/// The moments of one claim.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) now: Timestamp,
    pub(super) boot_now: i64,
    pub(super) boot_id: &'a str,
}

/// Whether a claim of these queues might find anything; asked before the write lock is taken.
pub(super) fn has_work(connection: &Connection, claim: &Claim, now: Timestamp) -> Op<bool> {
    let mut ready = connection.prepare_cached(
        "SELECT EXISTS (
             SELECT 1 FROM jobs INDEXED BY jobs_ready
             WHERE status = 'queued' AND ready = 1 AND queue = ?1 AND kind = ?2)",
    )?;
    for queue in &claim.queues {
        if has_due(connection, queue, now)? {
            return Ok(true);
        }
        let mut found = false;
        for kind in &claim.kinds {
            found = found || ready.query_row((queue.as_str(), kind.as_str()), |row| row.get(0))?;
        }
        if found && !waiting::is_paused(connection, queue)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_due(connection: &Connection, queue: &QueueName, now: Timestamp) -> Op<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM jobs INDEXED BY jobs_due
                 WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                   AND queue = ?1 AND run_at <= ?2)",
        )?
        .query_row((queue.as_str(), now.as_micros()), |row| row.get(0))?)
}

/// Starts the best ready jobs; see [`Repository::claim`](super::super::Repository::claim).
pub(super) fn claim(connection: &Connection, claim: &Claim, at: Moment<'_>) -> Op<Vec<Job>> {
    for queue in &claim.queues {
        if has_due(connection, queue, at.now)? {
            promote(connection, queue, at.now)?;
        }
    }
    let mut started = Vec::with_capacity(claim.limit.min(64));
    for queue in &claim.queues {
        let room = claim.limit.saturating_sub(started.len());
        if room == 0 {
            break;
        }
        if waiting::is_paused(connection, queue)? {
            continue;
        }
        for seq in best(connection, queue, &claim.kinds, room)? {
            match start(connection, seq, &claim.owner, claim.lease, at) {
                Ok(job) => started.push(job),
                Err(fault) if is_unreadable(&fault) => {
                    unreadable::fail(connection, seq, fault, at.now)?;
                }
                Err(fault) => return Err(fault),
            }
        }
    }
    Ok(started)
}

/// The rows of the best ready jobs of a queue, at most `room`.
///
/// Asks for each kind by itself, so that any number of jobs of other kinds costs nothing.
fn best(connection: &Connection, queue: &QueueName, kinds: &[Kind], room: usize) -> Op<Vec<i64>> {
    let mut of_kind = connection.prepare_cached(
        "SELECT seq, priority, run_at, id FROM jobs INDEXED BY jobs_ready
         WHERE status = 'queued' AND ready = 1 AND queue = ?1 AND kind = ?2
         ORDER BY priority DESC, run_at, id LIMIT ?3",
    )?;
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    let mut ranked = Vec::new();
    for kind in kinds {
        let found = of_kind.query_map((queue.as_str(), kind.as_str(), limit), |row| {
            let rank: (Reverse<i32>, i64, [u8; 16]) =
                (Reverse(row.get(1)?), row.get(2)?, row.get(3)?);
            Ok((rank, row.get(0)?))
        })?;
        for one in found {
            ranked.push(one?);
        }
    }
    if kinds.len() > 1 {
        ranked.sort_unstable();
    }
    Ok(ranked.into_iter().take(room).map(|(_, seq)| seq).collect())
}

/// Starts one queued job, due or not.
pub(super) fn claim_one(
    connection: &Connection,
    id: JobId,
    owner: &Owner,
    lease: std::time::Duration,
    at: Moment<'_>,
) -> Op<Job> {
    let (seq, status) = ask::seq_and_status(connection, id)?;
    if status.after(Event::Claim).is_none() {
        return Err(refused(id, status, Event::Claim).into());
    }
    if ask::get(connection, id)?.waiting_for > 0 {
        return Err(is_blocked(id).into());
    }
    start(connection, seq, owner, lease, at)
}

/// Marks what has become due in a queue as ready, earliest first.
fn promote(connection: &Connection, queue: &QueueName, now: Timestamp) -> Op<()> {
    connection
        .prepare_cached(
            "UPDATE jobs SET ready = 1 WHERE seq IN (
                 SELECT seq FROM jobs INDEXED BY jobs_due
                 WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                   AND queue = ?1 AND run_at <= ?2
                 ORDER BY run_at LIMIT ?3)",
        )?
        .execute((queue.as_str(), now.as_micros(), PROMOTED_AT_ONCE))?;
    Ok(())
}

fn start(
    connection: &Connection,
    seq: i64,
    owner: &Owner,
    lease: std::time::Duration,
    at: Moment<'_>,
) -> Op<Job> {
    let until = at.boot_now.saturating_add(duration_micros(lease));
    let mut job = connection
        .prepare_cached(&BY_SEQ)?
        .query_and_then([seq], rows::job)?
        .next()
        .unwrap_or_else(|| Err(rusqlite::Error::QueryReturnedNoRows.into()))?;
    life::start(&mut job, at.now);
    connection
        .prepare_cached(
            "UPDATE jobs SET status = 'running', ready = 0, attempt = ?6, owner = ?2, \
                 lease_until = ?3, lease_boot = ?4, cancel_requested = 0, \
                 progress_fraction = NULL, progress_stage = NULL, progress_message = NULL, \
                 started_at = ?5, updated_at = ?5
             WHERE seq = ?1",
        )?
        .execute(params![
            seq,
            owner.id.as_bytes(),
            until,
            at.boot_id,
            at.now.as_micros(),
            job.attempt,
        ])?;
    connection
        .prepare_cached(
            "INSERT INTO attempts (job, number, owner, host, pid, started_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            seq,
            job.attempt,
            owner.id.as_bytes(),
            owner.process.host,
            owner.process.pid,
            at.now.as_micros(),
        ])?;
    if let Some(oldest) = job.attempt.checked_sub(KEPT_ATTEMPTS).filter(|n| *n > 0) {
        connection
            .prepare_cached("DELETE FROM attempts WHERE job = ?1 AND number <= ?2")?
            .execute((seq, oldest))?;
    }
    Ok(job)
}
