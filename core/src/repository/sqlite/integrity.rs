//! Whether the database is sound: its pages, its references, and the rules of this program.

use rusqlite::Connection;

use super::super::rules::KEPT_ATTEMPTS;
use super::fault::Op;
use super::rows::{self, JOB_COLUMNS};
use super::unreadable::is_unreadable;
use crate::error::Error;
use crate::job::JobId;

/// No more problems than this are told of one kind.
const MOST: usize = 100;

/// Each rule as a question for the jobs that break it, and what to say of them; `KEPT` is how many
/// attempts of a job are remembered.
const RULES: [(&str, &str); 6] = [
    (
        "does not wait for as many jobs as it says",
        "SELECT id FROM jobs WHERE waiting_for <>
             (SELECT count(*) FROM dependencies WHERE child = jobs.seq)",
    ),
    (
        "waits for a job that has ended",
        "SELECT child.id FROM dependencies
             JOIN jobs AS child ON child.seq = dependencies.child
             JOIN jobs AS parent ON parent.seq = dependencies.parent
             WHERE parent.finished_at IS NOT NULL",
    ),
    (
        "has attempts that are not numbered from 1 to its newest",
        "SELECT id FROM jobs WHERE min(attempt, KEPT) <>
                 (SELECT count(*) FROM attempts WHERE job = jobs.seq)
             OR attempt <> coalesce((SELECT max(number) FROM attempts WHERE job = jobs.seq), 0)",
    ),
    (
        "runs without an attempt of its owner that is under way",
        "SELECT id FROM jobs WHERE status = 'running' AND NOT EXISTS
             (SELECT 1 FROM attempts WHERE job = jobs.seq AND number = jobs.attempt
                  AND owner = jobs.owner AND outcome IS NULL)",
    ),
    (
        "has an attempt under way that is not the running one",
        "SELECT id FROM attempts JOIN jobs ON jobs.seq = attempts.job
             WHERE outcome IS NULL AND (status <> 'running' OR number <> attempt)",
    ),
    (
        "succeeded without an attempt that did",
        "SELECT id FROM jobs WHERE status = 'succeeded' AND NOT EXISTS
             (SELECT 1 FROM attempts WHERE job = jobs.seq AND number = jobs.attempt
                  AND outcome = 'succeeded')",
    ),
];

/// What is wrong, in sentences; empty when nothing is. Reads everything, as of one moment.
pub(super) fn problems(connection: &Connection) -> Op<Vec<String>> {
    let moment = connection.unchecked_transaction()?;
    let mut problems = Vec::new();
    pages(&moment, &mut problems)?;
    references(&moment, &mut problems)?;
    if problems.is_empty() {
        rules(&moment, &mut problems)?;
        values(&moment, &mut problems)?;
    }
    Ok(problems)
}

fn pages(connection: &Connection, problems: &mut Vec<String>) -> Op<()> {
    let mut check = connection.prepare(&format!("PRAGMA integrity_check({MOST})"))?;
    for line in check.query_map([], |row| row.get::<_, String>(0))? {
        match line?.as_str() {
            "ok" => {}
            wrong => problems.push(format!("SQLite: {wrong}")),
        }
    }
    Ok(())
}

fn references(connection: &Connection, problems: &mut Vec<String>) -> Op<()> {
    let mut check = connection.prepare("PRAGMA foreign_key_check")?;
    let broken = check.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, Option<i64>>(1)?,
            row.get::<_, String>(2)?,
        ))
    })?;
    for row in broken.take(MOST) {
        let (table, id, parent) = row?;
        let id = id.map_or_else(String::new, |id| format!(" {id}"));
        problems.push(format!(
            "row{id} of `{table}` names a row of `{parent}` that is not there"
        ));
    }
    Ok(())
}

/// Reads every job.
fn values(connection: &Connection, problems: &mut Vec<String>) -> Op<()> {
    let mut jobs = connection.prepare(&format!("SELECT {JOB_COLUMNS} FROM jobs ORDER BY seq"))?;
    let read = jobs.query_and_then([], |row| match rows::job(row) {
        Ok(_) => Ok(None),
        Err(fault) if is_unreadable(&fault) => Ok(Some((JobId::from_bytes(row.get(0)?), fault))),
        Err(fault) => Err(fault),
    })?;
    for bad in read.filter_map(Op::transpose).take(MOST) {
        let (id, fault) = bad?;
        let why = Error::from(fault).chain();
        problems.push(format!("job `{id}` cannot be read: {why}"));
    }
    Ok(())
}

fn rules(connection: &Connection, problems: &mut Vec<String>) -> Op<()> {
    for (what, sql) in RULES {
        let sql = sql.replace("KEPT", &KEPT_ATTEMPTS.to_string());
        let mut check = connection.prepare(&format!("{sql} LIMIT {MOST}"))?;
        for id in check.query_map([], |row| Ok(JobId::from_bytes(row.get(0)?)))? {
            problems.push(format!("job `{}` {what}", id?));
        }
    }
    Ok(())
}
