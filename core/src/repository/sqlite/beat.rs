//! Signs of life.

use rusqlite::{Connection, params};

use super::super::{Heartbeat, Held};
use super::claim::Moment;
use super::fault::Op;
use crate::job::Timestamp;
use crate::job::time::duration_micros;

/// Renews leases and writes progress; see
/// [`Repository::heartbeat`](super::super::Repository::heartbeat).
pub(super) fn heartbeat(
    connection: &Connection,
    heartbeat: &Heartbeat,
    at: Moment<'_>,
) -> Op<Vec<Held>> {
    let now = at.now.as_micros();
    if heartbeat.lease.is_some() {
        connection
            .prepare_cached("UPDATE workers SET beat_at = ?2 WHERE owner = ?1")?
            .execute((heartbeat.owner.as_bytes(), now))?;
    }
    let until = heartbeat
        .lease
        .map(|lease| at.boot_now.saturating_add(duration_micros(lease)));
    let mut write = connection.prepare_cached(
        "UPDATE jobs SET lease_until = coalesce(?4, lease_until), \
             lease_boot = iif(?4 IS NULL, lease_boot, ?10), \
             progress_fraction = coalesce(?5, progress_fraction), \
             progress_stage = coalesce(?6, progress_stage), \
             progress_message = iif(?5 IS NULL, progress_message, ?7), \
             updated_at = iif(?5 IS NULL AND stalled_since IS ?9, updated_at, ?8), \
             stalled_since = ?9
         WHERE id = ?1 AND status = 'running' AND attempt = ?2 AND owner = ?3
         RETURNING cancel_requested",
    )?;
    let mut answers = Vec::with_capacity(heartbeat.beats.len());
    for beat in &heartbeat.beats {
        let progress = beat.progress.as_ref();
        let held = write
            .query_map(
                params![
                    beat.fence.job.as_bytes(),
                    beat.fence.attempt,
                    beat.fence.owner.as_bytes(),
                    until,
                    progress.map(|progress| progress.fraction),
                    progress.map(|progress| &progress.stage),
                    progress.and_then(|progress| progress.message.as_ref()),
                    now,
                    beat.stalled_since.map(Timestamp::as_micros),
                    at.boot_id,
                ],
                |row| row.get::<_, bool>(0),
            )?
            .next()
            .transpose()?;
        answers.push(match held {
            Some(cancel_requested) => Held::Held { cancel_requested },
            None => Held::Lost,
        });
    }
    Ok(answers)
}
