//! The notes on workers.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::super::{Owner, WorkerRow};
use super::ask::as_json;
use super::fault::{Op, unreadable};
use super::rows;
use crate::job::{Kind, OwnerId, Timestamp};
use crate::sys::ProcessIdentity;

pub(super) fn register(connection: &Connection, worker: &WorkerRow) -> Op<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO workers (owner, process, queues, kinds, kind_limits, \
                 concurrency, transport, started_at, beat_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            worker.owner.id.as_bytes(),
            identity_text(&worker.owner.process),
            as_json(&worker.queues),
            as_json(&worker.kinds),
            limits_text(&worker.kind_limits),
            worker.concurrency,
            worker.transport,
            worker.started_at.as_micros(),
            worker.beat_at.as_micros(),
        ])?;
    Ok(())
}

pub(super) fn remove(connection: &Connection, owner: OwnerId) -> Op<()> {
    connection
        .prepare_cached("DELETE FROM workers WHERE owner = ?1")?
        .execute([owner.as_bytes()])?;
    Ok(())
}

pub(super) fn list(connection: &Connection) -> Op<Vec<WorkerRow>> {
    connection
        .prepare_cached(
            "SELECT owner, process, queues, kinds, kind_limits, concurrency, transport,
                 started_at, beat_at
             FROM workers
             ORDER BY beat_at DESC, owner",
        )?
        .query_and_then([], |row| {
            let names = |column: &str, at: usize| -> Op<Vec<String>> {
                let text: String = row.get(at)?;
                serde_json::from_str(&text).map_err(|_| unreadable(column, &text))
            };
            let queues = names("workers.queues", 2)?;
            let kinds = names("workers.kinds", 3)?;
            Ok(WorkerRow {
                owner: Owner {
                    id: OwnerId::from_bytes(row.get(0)?),
                    process: identity(&row.get::<_, String>(1)?)?,
                },
                queues: queues.into_iter().map(rows::queue).collect::<Op<_>>()?,
                kinds: kinds.into_iter().map(rows::kind).collect::<Op<_>>()?,
                kind_limits: limits(&row.get::<_, String>(4)?)?,
                concurrency: row.get(5)?,
                transport: row.get(6)?,
                started_at: Timestamp::from_micros(row.get(7)?),
                beat_at: Timestamp::from_micros(row.get(8)?),
            })
        })?
        .collect()
}

/// The owners of running attempts. Without a note, only host and process id are known.
pub(super) fn running_owners(connection: &Connection) -> Op<Vec<Owner>> {
    connection
        .prepare_cached(
            "SELECT DISTINCT jobs.owner, process, host, pid
             FROM jobs INDEXED BY jobs_lease
             JOIN attempts ON attempts.job = jobs.seq AND attempts.number = jobs.attempt
             LEFT JOIN workers ON workers.owner = jobs.owner
             WHERE status = 'running' ORDER BY jobs.owner",
        )?
        .query_and_then([], |row| {
            Ok(Owner {
                id: OwnerId::from_bytes(row.get(0)?),
                process: process_of(row.get(1)?, row.get(2)?, row.get(3)?)?,
            })
        })?
        .collect()
}

/// What is known of a process: its note if it can be read, or else what its attempts say.
///
/// The latter leaves out boot and start time, so that it is never taken for gone.
pub(super) fn process_of(note: Option<String>, host: String, pid: u32) -> Op<ProcessIdentity> {
    Ok(note
        .and_then(|text| identity(&text).ok())
        .unwrap_or(ProcessIdentity {
            host,
            boot_id: None,
            pid_namespace: None,
            pid,
            start_time: None,
        }))
}

fn limits(text: &str) -> Op<BTreeMap<Kind, u32>> {
    let limits: BTreeMap<String, u32> =
        serde_json::from_str(text).map_err(|_| unreadable("workers.kind_limits", text))?;
    limits
        .into_iter()
        .map(|(kind, limit)| Ok((rows::kind(kind)?, limit)))
        .collect()
}

fn limits_text(limits: &BTreeMap<Kind, u32>) -> String {
    // A map of texts to numbers has no way to fail to be written.
    serde_json::to_string(limits).unwrap_or_default()
}

fn identity(text: &str) -> Op<ProcessIdentity> {
    serde_json::from_str(text).map_err(|_| unreadable("workers.process", text))
}

fn identity_text(process: &ProcessIdentity) -> String {
    // A struct of texts and numbers has no way to fail to be written.
    serde_json::to_string(process).unwrap_or_default()
}
