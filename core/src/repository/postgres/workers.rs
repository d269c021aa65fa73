//! The notes on workers.

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::super::{Owner, WorkerRow};
use super::fault::{Op, unreadable};
use super::param::owner_id;
use super::rows::{self, Columns};
use super::transaction::Transaction;
use crate::job::{Kind, OwnerId};
use crate::sys::ProcessIdentity;

/// The workers, most recently alive first, as [`worker`] reads them.
pub(super) const WORKERS: &str = "SELECT owner, process, queues, kinds, kind_limits, concurrency, \
     transport, started_at, beat_at FROM floorjobs.workers ORDER BY beat_at DESC, owner";

pub(super) fn register(at: &mut Transaction<'_>, worker: &WorkerRow) -> Op<()> {
    at.query_last(
        "INSERT INTO floorjobs.workers (owner, process, queues, kinds, kind_limits, concurrency, \
             transport, started_at, beat_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (owner) DO UPDATE SET process = excluded.process, \
             queues = excluded.queues, kinds = excluded.kinds, \
             kind_limits = excluded.kind_limits, concurrency = excluded.concurrency, \
             transport = excluded.transport, started_at = excluded.started_at, \
             beat_at = excluded.beat_at",
        &[
            &owner_id(&worker.owner.id),
            &as_json(&worker.owner.process),
            &as_json(&worker.queues),
            &as_json(&worker.kinds),
            &as_json(&worker.kind_limits),
            &i64::from(worker.concurrency),
            &worker.transport,
            &worker.started_at.as_micros(),
            &worker.beat_at.as_micros(),
        ],
    )
    .map(drop)
}

pub(super) fn remove(at: &mut Transaction<'_>, owner: OwnerId) -> Op<()> {
    let sql = "DELETE FROM floorjobs.workers WHERE owner = $1";
    at.query_last(sql, &[&owner_id(&owner)]).map(drop)
}

pub(super) fn list(at: &mut Transaction<'_>) -> Op<Vec<WorkerRow>> {
    at.query_last(WORKERS, &[])?.iter().map(worker).collect()
}

/// A worker from a row of [`WORKERS`].
pub(super) fn worker(row: &Row) -> Op<WorkerRow> {
    let mut columns = Columns::of(row);
    let names = |column: &str, text: &str| -> Op<Vec<String>> {
        serde_json::from_str(text).map_err(|_| unreadable(column, text))
    };
    let owner = Owner {
        id: columns.owner_id()?,
        process: identity(columns.take()?)?,
    };
    let queues = names("workers.queues", columns.take()?)?;
    let kinds = names("workers.kinds", columns.take()?)?;
    Ok(WorkerRow {
        owner,
        queues: queues
            .iter()
            .map(|name| rows::queue(name))
            .collect::<Op<_>>()?,
        kinds: kinds
            .iter()
            .map(|name| rows::kind(name))
            .collect::<Op<_>>()?,
        kind_limits: limits(columns.take()?)?,
        concurrency: columns.number::<i64, _>()?,
        transport: columns.take()?,
        started_at: columns.moment()?,
        beat_at: columns.moment()?,
    })
}

/// The owners of running attempts. Without a note, only host and process id are known.
pub(super) fn running_owners(at: &mut Transaction<'_>) -> Op<Vec<Owner>> {
    at.query_last(
        "SELECT DISTINCT jobs.owner, process, host, pid
         FROM floorjobs.jobs
         JOIN floorjobs.attempts ON attempts.job = jobs.id AND attempts.number = jobs.attempt
         LEFT JOIN floorjobs.workers ON workers.owner = jobs.owner
         WHERE status = 'running' ORDER BY jobs.owner",
        &[],
    )?
    .iter()
    .map(|row| {
        let mut columns = Columns::of(row);
        let id = columns.owner_id()?;
        let (note, host) = (columns.take()?, columns.take()?);
        let pid = columns.number::<i64, _>()?;
        Ok(Owner {
            id,
            process: process_of(note, host, pid),
        })
    })
    .collect()
}

/// What is known of a process: its note if it can be read, or else what its attempts say.
///
/// The latter leaves out boot and start time, so that it is never taken for gone.
pub(super) fn process_of(note: Option<&str>, host: &str, pid: u32) -> ProcessIdentity {
    note.and_then(|text| identity(text).ok())
        .unwrap_or_else(|| ProcessIdentity {
            host: host.to_owned(),
            boot_id: None,
            pid_namespace: None,
            pid,
            start_time: None,
        })
}

fn limits(text: &str) -> Op<BTreeMap<Kind, u32>> {
    let limits: BTreeMap<String, u32> =
        serde_json::from_str(text).map_err(|_| unreadable("workers.kind_limits", text))?;
    limits
        .into_iter()
        .map(|(kind, limit)| Ok((rows::kind(&kind)?, limit)))
        .collect()
}

fn identity(text: &str) -> Op<ProcessIdentity> {
    serde_json::from_str(text).map_err(|_| unreadable("workers.process", text))
}

fn as_json<T: serde::Serialize + ?Sized>(value: &T) -> String {
    // Names, numbers and maps of them have no way to fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}
