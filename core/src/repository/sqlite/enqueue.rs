//! Storing new jobs.

use std::collections::BTreeSet;

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use super::super::follow::{Leader, resolve};
use super::super::rules::{floorplan_not_found, id_is_taken};
use super::super::{Enqueue, Enqueued, NewFloorplan, life};
use super::fault::{Fault, Op};
use super::rows::{self, JOB_COLUMNS};
use super::{ask, waiting};
use crate::job::{Job, JobId, Kind, Timestamp};

/// Stores the jobs of one call, in their order.
pub(super) fn enqueue_all(
    connection: &Connection,
    requests: &[Enqueue],
    now: Timestamp,
) -> Op<Vec<Enqueued>> {
    let mut enqueued = Vec::with_capacity(requests.len());
    let mut earlier = Vec::with_capacity(requests.len());
    // Looking it up costs a tenth of what it does.
    let mut insert = connection.prepare_cached(INSERT)?;
    for request in requests {
        let request = resolve(request, &earlier)?;
        let stored = enqueue(connection, &mut insert, &request, now)?;
        earlier.push(Leader::of(&request, &stored));
        enqueued.push(stored);
    }
    Ok(enqueued)
}

const INSERT: &str =
    "INSERT INTO jobs (id, kind, queue, priority, status, ready, run_at, payload, \
         payload_ref, unique_key, unique_until, waiting_for, on_parent_failure, max_attempts, \
         retry_delay_us, timeout_us, floorplan_id, request_id, created_at, updated_at)
     VALUES (?1, ?2, ?3, ?4, 'queued', ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, \
         ?18, ?18)
     ON CONFLICT (id) DO NOTHING";

/// Stores one job, or finds the one that holds its unique key.
fn enqueue(
    connection: &Connection,
    insert: &mut CachedStatement<'_>,
    request: &Enqueue,
    now: Timestamp,
) -> Op<Enqueued> {
    let new = &request.job;
    if let Some(key) = &new.unique_key
        && let Some(job) = holder(connection, &new.kind, key, now, None)?
    {
        return Ok(Enqueued {
            job,
            existing: true,
        });
    }
    if let Some(id) = new.floorplan_id
        && !floorplan_exists(connection, id)?
    {
        return Err(floorplan_not_found(id).into());
    }
    let parents: BTreeSet<JobId> = new.after.iter().copied().collect();
    let parents = parents
        .into_iter()
        .map(|id| Ok((ask::seq_and_status(connection, id)?.0, id)))
        .collect::<Op<Vec<_>>>()?;
    let floorplan_id = match &request.floorplan {
        Some(plan) => Some(insert_floorplan(connection, plan, now)?),
        None => new.floorplan_id,
    };
    let job = life::queued(request, floorplan_id, parents.len(), now);
    let inserted = insert.execute(params![
        job.id.as_bytes(),
        job.kind.as_str(),
        job.queue.as_str(),
        job.priority,
        job.run_at <= now && parents.is_empty(),
        job.run_at.as_micros(),
        job.payload.to_string(),
        job.payload_ref,
        job.unique_key,
        job.unique_until.map(Timestamp::as_micros),
        job.waiting_for,
        job.on_parent_failure.as_str(),
        job.max_attempts,
        job.retry_delay_us,
        job.timeout_us,
        job.floorplan_id,
        job.request_id,
        now.as_micros(),
    ])?;
    if inserted == 0 {
        return Err(id_is_taken(request.id).into());
    }
    if parents.is_empty() {
        return Ok(Enqueued {
            job,
            existing: false,
        });
    }
    let child = connection.last_insert_rowid();
    waiting::wait_for(connection, child, &parents, now)?;
    // Those of them that had ended already may have changed it.
    Ok(Enqueued {
        job: ask::get(connection, request.id)?,
        existing: false,
    })
}

/// The newest job of a kind, other than `but`, that holds a unique key: by being queued or
/// running, or by having been given it until after `now`.
///
/// However often the key was used before, only those that hold it are read.
pub(super) fn holder(
    connection: &Connection,
    kind: &Kind,
    key: &str,
    now: Timestamp,
    but: Option<JobId>,
) -> Op<Option<Job>> {
    connection
        .prepare_cached(&format!(
            "SELECT {JOB_COLUMNS} FROM jobs
             WHERE seq IN (
                     SELECT seq FROM jobs INDEXED BY jobs_unique
                         WHERE kind = ?1 AND unique_key = ?2 AND unique_key IS NOT NULL
                           AND status IN ('queued', 'running')
                     UNION ALL
                     SELECT seq FROM jobs INDEXED BY jobs_key
                         WHERE kind = ?1 AND unique_key = ?2 AND unique_key IS NOT NULL
                           AND unique_until > ?3)
               AND id IS NOT ?4
             ORDER BY id DESC LIMIT 1"
        ))?
        .query_and_then(
            params![
                kind.as_str(),
                key,
                now.as_micros(),
                but.as_ref().map(JobId::as_bytes)
            ],
            rows::job,
        )?
        .next()
        .transpose()
}

pub(super) fn floorplan_exists(connection: &Connection, id: i64) -> Op<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM floorplans WHERE id = ?1")?
        .query_row([id], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

fn insert_floorplan(connection: &Connection, plan: &NewFloorplan, now: Timestamp) -> Op<i64> {
    let bytes = i64::try_from(plan.pdf_bytes).map_err(|_| {
        Fault::Rule(crate::error::Error::new(
            crate::error::ErrorKind::LimitExceeded,
            format!("a PDF of {} bytes is too large to store", plan.pdf_bytes),
        ))
    })?;
    connection
        .prepare_cached(
            "INSERT INTO floorplans (project_id, filename, pdf_ref, pdf_bytes, created_at, \
                 updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .execute(params![
            plan.project_id,
            plan.filename,
            plan.pdf_ref,
            bytes,
            now.as_micros(),
        ])?;
    Ok(connection.last_insert_rowid())
}

#[cfg(test)]
mod tests {
    use super::super::super::Repository;
    use super::super::connection::steps_of;
    use super::super::{SqliteOptions, SqliteRepository};
    use super::*;
    use crate::job::{NewJob, QueueName, UniqueScope};
    use std::time::Duration;

    #[test]
    fn a_key_that_was_used_often_is_looked_up_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        let repository = SqliteRepository::open(&path, SqliteOptions::default()).unwrap();
        let scope = UniqueScope::For(Duration::from_micros(1));
        for _ in 0..200 {
            let request = Enqueue {
                id: JobId::generate(Timestamp::from_micros(1)),
                job: NewJob::new("work")
                    .unwrap()
                    .unique_key("often")
                    .unique_scope(scope),
                default_queue: QueueName::default_queue(),
                payload_ref: None,
                floorplan: None,
            };
            let stored = repository.enqueue(&[request]).unwrap().remove(0);
            assert!(!stored.existing);
            repository.cancel(stored.job.id).unwrap();
        }
        let (kind, late) = (Kind::new("work").unwrap(), Timestamp::from_micros(1 << 60));
        let (held, steps) = steps_of(&path, |connection| {
            holder(connection, &kind, "often", late, None)
        });
        assert_eq!(held, None);
        assert!(steps < 200, "{steps} steps for none that holds it");
    }
}
