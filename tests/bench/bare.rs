//! The same transactions without us: prepared statements, one connection, nobody else.
//!
//! The statements are those of the repository, as they stand in its files.

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{JobId, OwnerId};
use floorjobs_core::sys::ProcessIdentity;
use rusqlite::{Connection, params};

use crate::place::payload;

/// Inserts the row of a job that does nothing; the caller commits.
pub(crate) fn insert(connection: &Connection) {
    let now = SystemClock.now();
    let id = JobId::generate(now);
    let inserted = connection
        .prepare_cached(
            "INSERT INTO jobs (id, kind, queue, priority, status, ready, run_at, payload, \
                 payload_ref, unique_key, unique_until, waiting_for, on_parent_failure, \
                 max_attempts, retry_delay_us, timeout_us, floorplan_id, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
                 ?16, ?17, ?17)",
        )
        .unwrap()
        .execute(params![
            id.as_bytes(),
            "noop",
            "default",
            0,
            true,
            now.as_micros(),
            payload().to_string(),
            None::<String>,
            None::<String>,
            None::<i64>,
            0,
            "cancel",
            None::<i64>,
            None::<i64>,
            None::<i64>,
            None::<i64>,
            now.as_micros(),
        ])
        .unwrap();
    assert_eq!(inserted, 1);
}

/// Runs `work` in a transaction of its own.
pub(crate) fn transaction(connection: &Connection, work: impl FnOnce()) {
    let run = |sql| connection.prepare_cached(sql).unwrap().execute([]).unwrap();
    run("BEGIN IMMEDIATE");
    work();
    run("COMMIT");
}

/// Who claims.
pub(crate) struct Owner {
    id: OwnerId,
    process: ProcessIdentity,
}

impl Owner {
    pub(crate) fn new() -> Owner {
        Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        }
    }
}

/// Claims up to `limit` jobs in one transaction; returns their ids and attempts.
pub(crate) fn claim(
    connection: &Connection,
    owner: &Owner,
    limit: usize,
) -> Vec<([u8; 16], u32, String)> {
    let now = SystemClock.now().as_micros();
    let until = SystemClock.boot_micros() + 60_000_000;
    let mut jobs = Vec::new();
    transaction(connection, || {
        let best: Vec<i64> = connection
            .prepare_cached(
                "SELECT seq FROM jobs INDEXED BY jobs_ready
                 WHERE status = 'queued' AND ready = 1 AND queue = ?1 AND kind = ?2
                 ORDER BY priority DESC, run_at, id LIMIT ?3",
            )
            .unwrap()
            .query_map(("default", "noop", i64::try_from(limit).unwrap()), |row| {
                row.get(0)
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        for seq in best {
            let (id, attempt, payload) = connection
                .prepare_cached("SELECT id, attempt + 1, payload FROM jobs WHERE seq = ?1")
                .unwrap()
                .query_row([seq], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .unwrap();
            connection
                .prepare_cached(
                    "UPDATE jobs SET status = 'running', ready = 0, attempt = ?6, owner = ?2, \
                         lease_until = ?3, lease_boot = ?4, cancel_requested = 0, \
                         progress_fraction = NULL, progress_stage = NULL, \
                         progress_message = NULL, started_at = ?5, updated_at = ?5
                     WHERE seq = ?1",
                )
                .unwrap()
                .execute(params![
                    seq,
                    owner.id.as_bytes(),
                    until,
                    "00000000-0000-0000-0000-000000000000",
                    now,
                    attempt
                ])
                .unwrap();
            let job: ([u8; 16], u32, String) = (id, attempt, payload);
            connection
                .prepare_cached(
                    "INSERT INTO attempts (job, number, owner, host, pid, started_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )
                .unwrap()
                .execute(params![
                    seq,
                    job.1,
                    owner.id.as_bytes(),
                    owner.process.host,
                    owner.process.pid,
                    now
                ])
                .unwrap();
            jobs.push(job);
        }
    });
    jobs
}

/// Finishes one job with a result; the caller commits.
pub(crate) fn finish(connection: &Connection, owner: &Owner, id: &[u8; 16], attempt: u32) {
    let now = SystemClock.now().as_micros();
    let seq: i64 = connection
        .prepare_cached(
            "SELECT seq, cancel_requested, floorplan_id FROM jobs
             WHERE id = ?1 AND status = 'running' AND attempt = ?2 AND owner = ?3",
        )
        .unwrap()
        .query_row(params![id, attempt, owner.id.as_bytes()], |row| row.get(0))
        .unwrap();
    connection
        .prepare_cached(
            "UPDATE jobs SET status = 'succeeded', owner = NULL, lease_until = NULL, \
                 lease_boot = NULL, ready = 0, cancel_requested = 0, result = ?2, \
                 result_ref = ?3, error_code = NULL, error_message = NULL, \
                 progress_fraction = 1.0, progress_stage = 'done', progress_message = NULL, \
                 finished_at = ?4, updated_at = ?4
             WHERE seq = ?1",
        )
        .unwrap()
        .execute(params![seq, "{\"page\":1}", None::<String>, now])
        .unwrap();
    connection
        .prepare_cached(
            "UPDATE attempts SET finished_at = ?3, outcome = 'succeeded', cpu_us = ?4, \
                 peak_memory = ?5
             WHERE job = ?1 AND number = ?2",
        )
        .unwrap()
        .execute(params![seq, attempt, now, 17, 12_345_678])
        .unwrap();
}
