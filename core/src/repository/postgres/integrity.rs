//! Whether what is stored keeps the rules of this program; of its pages, references and checks the
//! server takes care.

use super::super::rules::KEPT_ATTEMPTS;
use super::fault::{Op, is_unreadable};
use super::param::job_id;
use super::rows::{self, Columns, JOB_COLUMNS};
use super::transaction::Transaction;
use crate::error::Error;
use crate::job::JobId;

/// No more problems than this are told of one kind.
const MOST: usize = 100;

/// So many jobs are read at a time.
const PORTION: usize = 200;

/// Each rule as a question for the jobs that break it, and what to say of them; `KEPT` is how many
/// attempts of a job are remembered.
const RULES: [(&str, &str); 6] = [
    (
        "does not wait for as many jobs as it says",
        "SELECT id FROM floorjobs.jobs
             LEFT JOIN (SELECT child, count(*) AS parents FROM floorjobs.dependencies
                            GROUP BY child) AS waits ON child = id
             WHERE waiting_for <> coalesce(parents, 0)",
    ),
    (
        "waits for a job that has ended",
        "SELECT child AS id FROM floorjobs.dependencies
             JOIN floorjobs.jobs AS ended ON ended.id = parent
             WHERE ended.finished_at IS NOT NULL",
    ),
    (
        "has attempts that are not numbered from 1 to its newest",
        "SELECT id FROM floorjobs.jobs
             LEFT JOIN (SELECT job, count(*) AS kept, max(number) AS newest
                            FROM floorjobs.attempts GROUP BY job) AS history ON job = id
             WHERE least(attempt, KEPT) <> coalesce(kept, 0) OR attempt <> coalesce(newest, 0)",
    ),
    (
        "runs without an attempt of its owner that is under way",
        "SELECT id FROM floorjobs.jobs WHERE status = 'running' AND NOT EXISTS
             (SELECT 1 FROM floorjobs.attempts WHERE job = jobs.id AND number = jobs.attempt
                  AND attempts.owner = jobs.owner AND outcome IS NULL)",
    ),
    (
        "has an attempt under way that is not the running one",
        "SELECT jobs.id FROM floorjobs.attempts JOIN floorjobs.jobs ON jobs.id = attempts.job
             WHERE outcome IS NULL AND (status <> 'running' OR number <> attempt)",
    ),
    (
        "succeeded without an attempt that did",
        "SELECT id FROM floorjobs.jobs WHERE status = 'succeeded' AND NOT EXISTS
             (SELECT 1 FROM floorjobs.attempts WHERE job = jobs.id AND number = jobs.attempt
                  AND outcome = 'succeeded')",
    ),
];

/// What is wrong, in sentences; empty when nothing is. Reads everything, as of one moment.
pub(super) fn problems(at: &mut Transaction<'_>) -> Op<Vec<String>> {
    let mut problems = Vec::new();
    rules(at, &mut problems)?;
    values(at, &mut problems)?;
    Ok(problems)
}

fn rules(at: &mut Transaction<'_>, problems: &mut Vec<String>) -> Op<()> {
    for (what, sql) in RULES {
        let sql = sql.replace("KEPT", &KEPT_ATTEMPTS.to_string());
        for row in at.query(&format!("{sql} LIMIT {MOST}"), &[])? {
            problems.push(format!("job `{}` {what}", Columns::of(&row).job_id()?));
        }
    }
    Ok(())
}

/// Reads every job, a portion at a time.
fn values(at: &mut Transaction<'_>, problems: &mut Vec<String>) -> Op<()> {
    let sql = format!(
        "SELECT {JOB_COLUMNS} FROM floorjobs.jobs WHERE id > $1 ORDER BY id LIMIT {PORTION}"
    );
    let mut told = 0;
    let mut last = JobId::from_bytes([0; 16]);
    loop {
        let portion = at.query(&sql, &[&job_id(&last)])?;
        for row in &portion {
            last = Columns::of(row).job_id()?;
            match rows::job(row) {
                Ok(_) => {}
                Err(fault) if is_unreadable(&fault) => {
                    let why = Error::from(fault).chain();
                    problems.push(format!("job `{last}` cannot be read: {why}"));
                    told += 1;
                }
                Err(fault) => return Err(fault),
            }
        }
        if portion.len() < PORTION || told >= MOST {
            return Ok(());
        }
    }
}
