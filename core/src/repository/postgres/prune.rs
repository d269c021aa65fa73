//! Forgetting jobs that ended long ago.

use uuid::Uuid;

use super::super::Prune;
use super::fault::Op;
use super::param::{Param, whole};
use super::transaction::Transaction;
use crate::job::{Status, Timestamp};

/// The oldest jobs of one status, found kind by kind: the index has each kind apart, so that the
/// newest of a kind can be had too. Kinds are found by leaping through it.
const OLDEST: &str = "WITH RECURSIVE kinds (kind) AS (
         SELECT min(kind) FROM floorjobs.jobs WHERE finished_at IS NOT NULL AND status = $1
         UNION ALL
         SELECT (SELECT min(jobs.kind) FROM floorjobs.jobs
                 WHERE finished_at IS NOT NULL AND status = $1 AND jobs.kind > kinds.kind)
             FROM kinds WHERE kind IS NOT NULL)
     SELECT old.finished_at, old.id FROM kinds CROSS JOIN LATERAL (
         SELECT jobs.finished_at, jobs.id FROM floorjobs.jobs
         WHERE jobs.finished_at IS NOT NULL AND jobs.status = $1 AND jobs.kind = kinds.kind
           AND jobs.finished_at < $2 AND (unique_until IS NULL OR unique_until <= $3)
         ORDER BY jobs.finished_at, jobs.id LIMIT $4) AS old
     ORDER BY old.finished_at, old.id LIMIT $4";

/// Deletes old jobs with their attempts, at most `limit`, oldest first.
pub(super) fn prune(transaction: &mut Transaction<'_>, prune: &Prune) -> Op<usize> {
    let now = transaction.now()?.as_micros();
    let limit = whole(prune.limit);
    let mut old: Vec<(i64, Uuid)> = Vec::new();
    for status in Status::ALL {
        let Some(before) = prune.before(status).map(Timestamp::as_micros) else {
            continue;
        };
        let params: [&dyn Param; 4] = [&status.as_str(), &before, &now, &limit];
        for row in transaction.query(OLDEST, &params)? {
            old.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    if old.is_empty() {
        return Ok(0);
    }
    old.sort_unstable();
    old.truncate(prune.limit);
    let ids: Vec<_> = old.iter().map(|(_, id)| *id).collect();
    let ended: Vec<_> = old.iter().map(|(ended, _)| *ended).collect();
    // Somebody may have queued one again meanwhile, and it may even have ended since.
    let deleted = transaction.query_last(
        "DELETE FROM floorjobs.jobs USING unnest($1::uuid[], $2::int8[]) AS old (id, finished_at)
         WHERE jobs.id = old.id AND jobs.finished_at = old.finished_at
         RETURNING 1",
        &[&ids, &ended],
    )?;
    Ok(deleted.len())
}
