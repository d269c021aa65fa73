//! Questions.

use std::sync::LazyLock;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use super::super::rules::floorplan_not_found;
use super::super::{Counts, Floorplan};
use super::fault::Op;
use super::rows::{self, ATTEMPT_COLUMNS, FLOORPLAN_COLUMNS, JOB_COLUMNS};
use crate::job::{Attempt, Job, JobId, QueueName, Status, Timestamp};

static BY_ID: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {JOB_COLUMNS} FROM jobs WHERE id = ?1"));

pub(super) fn get(connection: &Connection, id: JobId) -> Op<Job> {
    connection
        .prepare_cached(&BY_ID)?
        .query_and_then([id.as_bytes()], rows::job)?
        .next()
        .unwrap_or_else(|| Err(id.not_found().into()))
}

/// The row number and the status of a job.
pub(super) fn seq_and_status(connection: &Connection, id: JobId) -> Op<(i64, Status)> {
    let found = connection
        .prepare_cached("SELECT seq, status FROM jobs WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let (seq, status) = found.ok_or_else(|| id.not_found())?;
    Ok((seq, rows::status(&status)?))
}

pub(super) fn attempts(connection: &Connection, id: JobId) -> Op<Vec<Attempt>> {
    let (seq, _) = seq_and_status(connection, id)?;
    connection
        .prepare_cached(&format!(
            "SELECT {ATTEMPT_COLUMNS} FROM attempts WHERE job = ?1 ORDER BY number"
        ))?
        .query_and_then([seq], rows::attempt)?
        .collect()
}

pub(super) fn floorplan(connection: &Connection, id: i64) -> Op<Floorplan> {
    connection
        .prepare_cached(&format!(
            "SELECT {FLOORPLAN_COLUMNS} FROM floorplans WHERE id = ?1"
        ))?
        .query_and_then([id], rows::floorplan)?
        .next()
        .unwrap_or_else(|| Err(floorplan_not_found(id).into()))
}

pub(super) fn counts(connection: &Connection, queues: &[QueueName], now: Timestamp) -> Op<Counts> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE state = 0),
                    count(*) FILTER (WHERE state = 1),
                    count(*) FILTER (WHERE state = 2),
                    count(*) FILTER (WHERE state = 3)
             FROM (SELECT 0 AS state, queue FROM jobs INDEXED BY jobs_ready
                       WHERE status = 'queued' AND ready = 1
                   UNION ALL
                   SELECT iif(run_at <= ?2, 0, 1), queue FROM jobs INDEXED BY jobs_due
                       WHERE status = 'queued' AND ready = 0 AND waiting_for = 0
                   UNION ALL
                   SELECT 2, queue FROM jobs INDEXED BY jobs_blocked
                       WHERE status = 'queued' AND waiting_for > 0
                   UNION ALL
                   SELECT 3, queue FROM jobs INDEXED BY jobs_lease
                       WHERE status = 'running')
             WHERE queue IN (SELECT value FROM json_each(?1))",
        )?
        .query_row((as_json(queues), now.as_micros()), |row| {
            Ok(Counts {
                ready: rows::unsigned(row.get(0)?),
                delayed: rows::unsigned(row.get(1)?),
                blocked: rows::unsigned(row.get(2)?),
                running: rows::unsigned(row.get(3)?),
            })
        })?)
}

pub(super) fn next_run_at(
    connection: &Connection,
    queues: &[QueueName],
    now: Timestamp,
) -> Op<Option<Timestamp>> {
    let mut first = connection.prepare_cached(
        "SELECT min(run_at) FROM jobs INDEXED BY jobs_due
         WHERE status = 'queued' AND ready = 0 AND waiting_for = 0 AND queue = ?1 AND run_at > ?2",
    )?;
    let mut earliest: Option<i64> = None;
    for queue in queues {
        let found = first.query_row((queue.as_str(), now.as_micros()), |row| row.get(0))?;
        earliest = earliest.into_iter().chain::<Option<i64>>(found).min();
    }
    Ok(earliest.map(Timestamp::from_micros))
}

/// A list as the JSON text that `json_each` reads.
pub(super) fn as_json<T: Serialize>(list: &[T]) -> String {
    // Lists of names have no way to fail; an empty list finds nothing, which is the safe side.
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::{Enqueue, Repository};
    use super::super::connection::steps_of;
    use super::super::{SqliteOptions, SqliteRepository};
    use super::*;
    use crate::job::NewJob;
    use std::time::Duration;

    #[test]
    fn the_next_moment_of_a_queue_is_found_past_any_number_of_delayed_jobs_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let repository = SqliteRepository::open(&path, SqliteOptions::default()).unwrap();
        let request = |_| Enqueue {
            id: JobId::generate(Timestamp::from_micros(1)),
            job: NewJob::new("work").unwrap().delay(Duration::from_secs(60)),
            default_queue: QueueName::new("other").unwrap(),
            payload_ref: None,
            floorplan: None,
        };
        let requests: Vec<_> = (0..500).map(request).collect();
        repository.enqueue(&requests).unwrap();
        let mine = [QueueName::default_queue()];
        let (found, steps) = steps_of(&path, |connection| {
            next_run_at(connection, &mine, Timestamp::from_micros(1))
        });
        assert_eq!(found, None);
        assert!(steps < 200, "{steps} steps for a queue that has none");
    }
}
