//! Questions about many jobs at once.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::{AttemptSample, QueueStats};
use super::fault::Op;
use super::param::whole;
use super::rows::{self, Columns};
use super::transaction::{Transaction, time};
use super::{ask, situation};
use crate::job::{JobId, Kind, QueueName, Status, Timestamp};

/// What each queue holds. Reads the indices of the states, each of them once.
pub(super) fn stats(at: &mut Transaction<'_>) -> Op<Vec<QueueStats>> {
    let given = at.given_now();
    let sql = format!(
        "WITH clock AS MATERIALIZED (SELECT {} AS now)
         SELECT queue, 'ready', count(*), min(run_at) FROM floorjobs.jobs
             WHERE status = 'queued' AND ready GROUP BY queue
         UNION ALL
         SELECT queue, CASE WHEN run_at <= clock.now THEN 'ready' ELSE 'delayed' END, count(*),
                CASE WHEN run_at <= clock.now THEN min(run_at) END
             FROM floorjobs.jobs, clock
             WHERE status = 'queued' AND NOT ready AND waiting_for = 0
             GROUP BY queue, run_at <= clock.now
         UNION ALL
         SELECT queue, 'blocked', count(*), NULL FROM floorjobs.jobs
             WHERE status = 'queued' AND waiting_for > 0 GROUP BY queue
         UNION ALL
         SELECT queue, 'running', count(*), NULL FROM floorjobs.jobs
             WHERE status = 'running' GROUP BY queue
         UNION ALL
         SELECT queue, status, count(*), NULL FROM floorjobs.jobs
             WHERE finished_at IS NOT NULL AND status IN ('succeeded', 'failed', 'cancelled')
             GROUP BY status, queue",
        time(1)
    );
    let paused = "SELECT queue, since FROM floorjobs.paused_queues";
    let answers = at.query_all_last(&[(&sql, &[&given]), (paused, &[])])?;
    let [counted, paused] = answers.as_slice() else {
        return Err(ask::short_answer());
    };
    let mut queues = BTreeMap::new();
    for row in paused {
        let mut columns = Columns::of(row);
        let queue = rows::queue(columns.take()?)?;
        entry(&mut queues, queue).paused_since = Some(columns.moment()?);
    }
    for row in counted {
        let mut columns = Columns::of(row);
        let queue = rows::queue(columns.take()?)?;
        let state: &str = columns.take()?;
        let count: u64 = columns.number::<i64, _>()?;
        let oldest = columns.optional_moment()?;
        add(entry(&mut queues, queue), state, count, oldest)?;
    }
    Ok(queues.into_values().collect())
}

fn add(stats: &mut QueueStats, state: &str, count: u64, oldest: Option<Timestamp>) -> Op<()> {
    match state {
        "ready" => {
            stats.active.ready += count;
            stats.oldest_ready = stats.oldest_ready.into_iter().chain(oldest).min();
        }
        "delayed" => stats.active.delayed += count,
        "blocked" => stats.active.blocked += count,
        "running" => stats.active.running += count,
        other => match rows::status(other)? {
            Status::Succeeded => stats.succeeded += count,
            Status::Failed => stats.failed += count,
            _ => stats.cancelled += count,
        },
    }
    Ok(())
}

fn entry(queues: &mut BTreeMap<QueueName, QueueStats>, queue: QueueName) -> &mut QueueStats {
    let empty = QueueStats::of(queue.clone());
    queues.entry(queue).or_insert(empty)
}

/// How many ready jobs come before this one.
pub(super) fn position(at: &mut Transaction<'_>, id: JobId) -> Op<Option<u64>> {
    let before = situation::before(at, id)?;
    Ok(before.map(|kinds| kinds.iter().map(|(_, count)| count).sum()))
}

/// How long the newest successes of a kind took.
pub(super) fn recent_runs(
    at: &mut Transaction<'_>,
    kind: &Kind,
    limit: usize,
) -> Op<Vec<Duration>> {
    at.query_last(
        "SELECT finished_at, coalesce(started_at, finished_at) FROM floorjobs.jobs
         WHERE finished_at IS NOT NULL AND status = 'succeeded' AND kind = $1
         ORDER BY finished_at DESC, id DESC LIMIT $2",
        &[&kind.as_str(), &whole(limit)],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        let end = columns.moment()?;
        Ok(end.since(columns.moment()?))
    })
    .collect()
}

/// How the attempts of the newest jobs ended. Reads the history from its end, and no more of it.
pub(super) fn recent_attempts(at: &mut Transaction<'_>, limit: usize) -> Op<Vec<AttemptSample>> {
    at.query_last(
        "SELECT kind, outcome, attempts.finished_at, attempts.started_at
         FROM floorjobs.attempts JOIN floorjobs.jobs ON jobs.id = attempts.job
         WHERE outcome IS NOT NULL AND attempts.finished_at IS NOT NULL
         ORDER BY attempts.job DESC, number DESC LIMIT $1",
        &[&whole(limit)],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        let kind = rows::kind(columns.take()?)?;
        let outcome = rows::outcome(columns.take()?)?;
        let end = columns.moment()?;
        Ok(AttemptSample {
            kind,
            outcome,
            took: end.since(columns.moment()?),
        })
    })
    .collect()
}

/// How many jobs of each queue and kind are queued. Reads the indices of the queued jobs.
pub(super) fn queued_kinds(at: &mut Transaction<'_>) -> Op<Vec<(QueueName, Kind, u64)>> {
    at.query_last(
        "SELECT queue, kind, count(*) FROM (
             SELECT queue, kind FROM floorjobs.jobs WHERE status = 'queued' AND ready
             UNION ALL
             SELECT queue, kind FROM floorjobs.jobs
                 WHERE status = 'queued' AND NOT ready AND waiting_for = 0
             UNION ALL
             SELECT queue, kind FROM floorjobs.jobs
                 WHERE status = 'queued' AND waiting_for > 0) AS queued
         GROUP BY queue, kind ORDER BY queue, kind",
        &[],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        Ok((
            rows::queue(columns.take()?)?,
            rows::kind(columns.take()?)?,
            columns.number::<i64, _>()?,
        ))
    })
    .collect()
}

/// The latest moment that is noted; some look-ups.
pub(super) fn latest_moment(at: &mut Transaction<'_>) -> Op<Option<Timestamp>> {
    let found = at.query_last(
        "SELECT greatest(
             (SELECT max(created_at) FROM
                  (SELECT created_at FROM floorjobs.jobs ORDER BY id DESC LIMIT 20) AS newest),
             (SELECT max(updated_at) FROM floorjobs.jobs WHERE status = 'running'),
             (SELECT max(beat_at) FROM floorjobs.workers))",
        &[],
    )?;
    let row = found.first().ok_or_else(ask::short_answer)?;
    Columns::of(row).optional_moment()
}
