//! Forgetting: jobs that ended long ago, and blobs that nothing names.

use rusqlite::{Connection, params};

use super::super::Prune;
use super::fault::Op;
use crate::job::{Status, Timestamp};

/// Deletes old jobs with their attempts, at most `limit`, oldest first.
pub(super) fn prune(connection: &Connection, prune: &Prune, now: Timestamp) -> Op<usize> {
    let mut old: Vec<(i64, Vec<u8>, i64)> = Vec::new();
    let limit = i64::try_from(prune.limit).unwrap_or(i64::MAX);
    let mut find = connection.prepare_cached(
        "SELECT finished_at, id, seq FROM jobs INDEXED BY jobs_ended
         WHERE finished_at IS NOT NULL AND status = ?1 AND kind = ?2 AND finished_at < ?3
           AND (unique_until IS NULL OR unique_until <= ?4)
         ORDER BY finished_at, id LIMIT ?5",
    )?;
    for (status, before) in moments(prune) {
        // The index has each kind apart, so that the newest of a kind can be had too.
        for kind in kinds_that_ended(connection, status)? {
            let found = find.query_map(
                params![
                    status.as_str(),
                    kind,
                    before.as_micros(),
                    now.as_micros(),
                    limit
                ],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?;
            for row in found {
                old.push(row?);
            }
        }
    }
    old.sort();
    old.truncate(prune.limit);
    let mut delete = connection.prepare_cached("DELETE FROM jobs WHERE seq = ?1")?;
    for (_, _, seq) in &old {
        delete.execute([seq])?;
    }
    Ok(old.len())
}

/// Whether there is anything to delete; asked before the write lock is taken.
pub(super) fn has_old(connection: &Connection, prune: &Prune) -> Op<bool> {
    let mut find = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM jobs INDEXED BY jobs_ended
             WHERE finished_at IS NOT NULL AND status = ?1 AND kind = ?2 AND finished_at < ?3)",
    )?;
    for (status, before) in moments(prune) {
        for kind in kinds_that_ended(connection, status)? {
            let found: bool = find
                .query_row((status.as_str(), kind, before.as_micros()), |row| {
                    row.get(0)
                })?;
            if found {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The states of which something may be deleted, and from before when.
fn moments(prune: &Prune) -> impl Iterator<Item = (Status, Timestamp)> + '_ {
    let all = Status::ALL.into_iter();
    all.filter_map(|status| Some((status, prune.before(status)?)))
}

/// The kinds of the jobs that ended so, found by leaping through the index.
fn kinds_that_ended(connection: &Connection, status: Status) -> Op<Vec<String>> {
    Ok(connection
        .prepare_cached(
            "WITH RECURSIVE kinds (kind) AS (
                 SELECT min(kind) FROM jobs INDEXED BY jobs_ended
                     WHERE finished_at IS NOT NULL AND status = ?1
                 UNION ALL
                 SELECT (SELECT min(kind) FROM jobs INDEXED BY jobs_ended
                         WHERE finished_at IS NOT NULL AND status = ?1 AND kind > kinds.kind)
                     FROM kinds WHERE kind IS NOT NULL)
             SELECT kind FROM kinds WHERE kind IS NOT NULL",
        )?
        .query_map([status.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

/// Those of the references that no row names.
pub(super) fn unreferenced(connection: &Connection, blobs: &[String]) -> Op<Vec<String>> {
    let mut named = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM floorplans WHERE pdf_ref = ?1)
             OR EXISTS (SELECT 1 FROM floorplans WHERE document_ref = ?1)
             OR EXISTS (SELECT 1 FROM floorplans WHERE svg_ref = ?1)
             OR EXISTS (SELECT 1 FROM layouts WHERE document_ref = ?1)
             OR EXISTS (SELECT 1 FROM layouts WHERE svg_ref = ?1)
             OR EXISTS (SELECT 1 FROM boms WHERE document_ref = ?1)
             OR EXISTS (SELECT 1 FROM jobs WHERE payload_ref = ?1)
             OR EXISTS (SELECT 1 FROM jobs WHERE result_ref ->> '$.blob' = ?1)",
    )?;
    let mut unknown = Vec::new();
    for blob in blobs {
        if !named.query_row([blob], |row| row.get::<_, bool>(0))? {
            unknown.push(blob.clone());
        }
    }
    Ok(unknown)
}

/// The references that rows name, in ascending order. Each index is read from `after` on.
pub(super) fn references(
    connection: &Connection,
    after: Option<&str>,
    limit: usize,
) -> Op<Vec<String>> {
    const SOURCES: [(&str, &str); 8] = [
        ("pdf_ref", "floorplans"),
        ("document_ref", "floorplans"),
        ("svg_ref", "floorplans"),
        ("document_ref", "layouts"),
        ("svg_ref", "layouts"),
        ("document_ref", "boms"),
        ("payload_ref", "jobs"),
        ("result_ref ->> '$.blob'", "jobs"),
    ];
    let parts = SOURCES.map(|(named, table)| {
        format!(
            "SELECT * FROM (SELECT DISTINCT {named} AS blob FROM {table}
                 WHERE {named} > ?1 AND {named} IS NOT NULL ORDER BY {named} LIMIT ?2)"
        )
    });
    let sql = format!("{} ORDER BY blob LIMIT ?2", parts.join(" UNION "));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(connection
        .prepare_cached(&sql)?
        .query_map((after.unwrap_or_default(), limit), |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}
