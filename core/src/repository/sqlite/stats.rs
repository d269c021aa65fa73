//! Questions about many jobs at once.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;

use super::super::{AttemptSample, QueueStats};
use super::fault::Op;
use super::{ask, rows, situation, waiting};
use crate::job::{JobId, Kind, QueueName, Status, Timestamp};

/// What each queue holds. Reads the indices of the states, each of them once.
pub(super) fn stats(connection: &Connection, now: Timestamp) -> Op<Vec<QueueStats>> {
    let mut queues = BTreeMap::new();
    for (queue, since) in waiting::paused(connection)? {
        entry(&mut queues, queue).paused_since = Some(since);
    }
    let mut counted = connection.prepare_cached(
        "SELECT queue, 'ready', count(*), min(run_at) FROM jobs INDEXED BY jobs_ready
             WHERE status = 'queued' AND ready = 1 GROUP BY queue
         UNION ALL
         SELECT queue, iif(run_at <= ?1, 'ready', 'delayed'), count(*),
                iif(run_at <= ?1, min(run_at), NULL)
             FROM jobs INDEXED BY jobs_due
             WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
             GROUP BY queue, run_at <= ?1
         UNION ALL
         SELECT queue, 'blocked', count(*), NULL FROM jobs INDEXED BY jobs_blocked
             WHERE status = 'queued' AND waiting_for > 0 GROUP BY queue
         UNION ALL
         SELECT queue, 'running', count(*), NULL FROM jobs INDEXED BY jobs_lease
             WHERE status = 'running' GROUP BY queue
         UNION ALL
         SELECT queue, status, count(*), NULL FROM jobs INDEXED BY jobs_ended
             WHERE finished_at IS NOT NULL GROUP BY status, queue",
    )?;
    let mut found = counted.query([now.as_micros()])?;
    while let Some(row) = found.next()? {
        let stats = entry(&mut queues, rows::queue(row.get(0)?)?);
        let count = rows::unsigned(row.get(2)?);
        match row.get::<_, String>(1)?.as_str() {
            "ready" => {
                stats.active.ready += count;
                let oldest = row.get::<_, Option<i64>>(3)?.map(Timestamp::from_micros);
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
    }
    Ok(queues.into_values().collect())
}

fn entry(queues: &mut BTreeMap<QueueName, QueueStats>, queue: QueueName) -> &mut QueueStats {
    let empty = QueueStats::of(queue.clone());
    queues.entry(queue).or_insert(empty)
}

/// How many ready jobs come before this one.
pub(super) fn position(connection: &Connection, id: JobId, now: Timestamp) -> Op<Option<u64>> {
    let job = ask::get(connection, id)?;
    let before = situation::before(connection, &job, now)?;
    Ok(before.map(|kinds| kinds.iter().map(|(_, count)| count).sum()))
}

/// How long the newest successes of a kind took.
pub(super) fn recent_runs(connection: &Connection, kind: &Kind, limit: usize) -> Op<Vec<Duration>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection
        .prepare_cached(
            "SELECT finished_at, started_at FROM jobs INDEXED BY jobs_ended
             WHERE finished_at IS NOT NULL AND status = 'succeeded' AND kind = ?1
             ORDER BY finished_at DESC, id DESC LIMIT ?2",
        )?
        .query_map((kind.as_str(), limit), |row| {
            let (end, start) = (row.get(0)?, row.get::<_, Option<i64>>(1)?);
            let start = Timestamp::from_micros(start.unwrap_or(end));
            Ok(Timestamp::from_micros(end).since(start))
        })?
        .collect::<Result<_, _>>()?)
}

/// How the attempts of the newest jobs ended. Reads the history from its end, and no more of it.
pub(super) fn recent_attempts(connection: &Connection, limit: usize) -> Op<Vec<AttemptSample>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "SELECT kind, outcome, attempts.finished_at, attempts.started_at
             FROM attempts JOIN jobs ON jobs.seq = attempts.job
             WHERE outcome IS NOT NULL AND attempts.finished_at IS NOT NULL
             ORDER BY attempts.job DESC, number DESC LIMIT ?1",
        )?
        .query_and_then([limit], |row| {
            let (end, start) = (row.get(2)?, row.get(3)?);
            let start = Timestamp::from_micros(start);
            Ok(AttemptSample {
                kind: rows::kind(row.get(0)?)?,
                outcome: rows::outcome(&row.get::<_, String>(1)?)?,
                took: Timestamp::from_micros(end).since(start),
            })
        })?
        .collect()
}

/// How many jobs of each queue and kind are queued. Reads the indices of the queued jobs.
pub(super) fn queued_kinds(connection: &Connection) -> Op<Vec<(QueueName, Kind, u64)>> {
    connection
        .prepare_cached(
            "SELECT queue, kind, count(*) FROM (
                 SELECT queue, kind FROM jobs INDEXED BY jobs_ready
                     WHERE status = 'queued' AND ready = 1
                 UNION ALL
                 SELECT queue, kind FROM jobs INDEXED BY jobs_due
                     WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                 UNION ALL
                 SELECT queue, kind FROM jobs INDEXED BY jobs_blocked
                     WHERE status = 'queued' AND waiting_for > 0)
             GROUP BY queue, kind ORDER BY queue, kind",
        )?
        .query_and_then([], |row| {
            Ok((
                rows::queue(row.get(0)?)?,
                rows::kind(row.get(1)?)?,
                rows::unsigned(row.get(2)?),
            ))
        })?
        .collect()
}

/// The latest moment that is noted; some look-ups.
pub(super) fn latest_moment(connection: &Connection) -> Op<Option<Timestamp>> {
    let latest: Option<i64> = connection
        .prepare_cached(
            "SELECT max(moment) FROM (
                 SELECT max(created_at) AS moment FROM
                     (SELECT created_at FROM jobs ORDER BY seq DESC LIMIT 20)
                 UNION ALL
                 SELECT max(updated_at) FROM jobs INDEXED BY jobs_lease WHERE status = 'running'
                 UNION ALL
                 SELECT max(beat_at) FROM workers)",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(latest.map(Timestamp::from_micros))
}
