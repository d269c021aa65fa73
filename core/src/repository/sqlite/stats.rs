//! Questions about many jobs at once.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;

use super::super::QueueStats;
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
             WHERE status = 'queued' AND ready = 1 AND run_at <= ?1 GROUP BY queue
         UNION ALL
         SELECT queue, 'delayed', count(*), NULL FROM jobs INDEXED BY jobs_ready
             WHERE status = 'queued' AND ready = 1 AND run_at > ?1 GROUP BY queue
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
