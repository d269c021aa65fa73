//! Signs of life.

use std::collections::HashMap;

use super::super::{Heartbeat, Held};
use super::fault::Op;
use super::param::{job_id, owner_id, readable};
use super::rows::Columns;
use super::transaction::{Transaction, time};
use crate::job::time::duration_micros;
use crate::job::{Fence, Timestamp};

/// Renews leases and writes progress; see
/// [`Repository::heartbeat`](super::super::Repository::heartbeat). One round trip.
///
/// Whoever locks several running jobs does so in the order of their ids; so beats and endings wait
/// for each other, and never in a circle.
pub(super) fn heartbeat(transaction: &mut Transaction<'_>, heartbeat: &Heartbeat) -> Op<Vec<Held>> {
    let note = format!(
        "UPDATE floorjobs.workers SET beat_at = {} WHERE owner = $2 AND $3",
        time(1)
    );
    let renew = format!(
        "WITH clock AS MATERIALIZED (SELECT {} AS now, {} AS lease_now),
             running AS MATERIALIZED (
                 SELECT id FROM floorjobs.jobs WHERE id = ANY ($4) AND status = 'running'
                 ORDER BY id FOR NO KEY UPDATE)
         UPDATE floorjobs.jobs AS job SET
             lease_until = coalesce(clock.lease_now + $3, job.lease_until),
             progress_fraction = coalesce(beat.fraction, job.progress_fraction),
             progress_stage = coalesce(beat.stage, job.progress_stage),
             progress_message = CASE WHEN beat.fraction IS NULL THEN job.progress_message
                 ELSE beat.message END,
             updated_at = CASE WHEN beat.fraction IS NULL
                     AND job.stalled_since IS NOT DISTINCT FROM beat.stalled_since
                 THEN job.updated_at ELSE clock.now END,
             stalled_since = beat.stalled_since
         FROM clock, running, unnest($4::uuid[], $5::int4[], $6::uuid[], $7::float8[], $8::text[],
                 $9::text[], $10::int8[])
             AS beat (job, attempt, owner, fraction, stage, message, stalled_since)
         WHERE job.id = running.id AND job.id = beat.job AND job.status = 'running' AND job.attempt = beat.attempt
           AND job.owner = beat.owner
         RETURNING job.id, job.attempt, job.owner, job.cancel_requested",
        time(1),
        time(2)
    );
    let beats = &heartbeat.beats;
    let fences = || beats.iter().map(|beat| &beat.fence);
    let progress = || beats.iter().map(|beat| beat.progress.as_ref());
    let (now, lease_now) = (transaction.given_now(), transaction.given_lease_now());
    let answers = transaction.query_all_last(&[
        (
            &note,
            &[
                &now,
                &owner_id(&heartbeat.owner),
                &heartbeat.lease.is_some(),
            ],
        ),
        (
            &renew,
            &[
                &now,
                &lease_now,
                &heartbeat.lease.map(duration_micros),
                &fences().map(|fence| job_id(&fence.job)).collect::<Vec<_>>(),
                &fences()
                    .map(|fence| number(fence.attempt))
                    .collect::<Vec<_>>(),
                &fences()
                    .map(|fence| owner_id(&fence.owner))
                    .collect::<Vec<_>>(),
                &progress()
                    .map(|told| told.map(|told| told.fraction))
                    .collect::<Vec<_>>(),
                &progress()
                    .map(|told| told.map(|told| readable(&told.stage)))
                    .collect::<Vec<_>>(),
                &progress()
                    .map(|told| told.and_then(|told| told.message.as_deref()).map(readable))
                    .collect::<Vec<_>>(),
                &beats
                    .iter()
                    .map(|beat| beat.stalled_since.map(Timestamp::as_micros))
                    .collect::<Vec<_>>(),
            ],
        ),
    ])?;
    let mut held = HashMap::with_capacity(beats.len());
    for row in answers.iter().skip(1).flatten() {
        let mut columns = Columns::of(row);
        let fence = Fence {
            job: columns.job_id()?,
            attempt: columns.number::<i32, _>()?,
            owner: columns.owner_id()?,
        };
        held.insert(fence, columns.take::<bool>()?);
    }
    let answer = |fence: &Fence| match held.get(fence) {
        Some(cancel_requested) => Held::Held {
            cancel_requested: *cancel_requested,
        },
        None => Held::Lost,
    };
    Ok(fences().map(answer).collect())
}

/// The number of an attempt as it is stored; one that cannot be stored is the number of none.
pub(super) fn number(attempt: u32) -> i32 {
    i32::try_from(attempt).unwrap_or(-1)
}
