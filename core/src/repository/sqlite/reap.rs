//! Giving up attempts whose worker is gone or silent.

use rusqlite::{Connection, Row, params};

use super::super::rules::crash_failure;
use super::super::{Owner, Reap, Reaped};
use super::claim::Moment;
use super::fault::Op;
use super::unreadable::{self, is_unreadable};
use super::{finish, rows, waiting, workers};
use crate::job::{AfterCrash, Event, Fence, JobId, Kind, Outcome, OwnerId, Status};

/// A running attempt that is to be given up.
struct Expired {
    seq: i64,
    fence: Fence,
    kind: Kind,
    request_id: Option<String>,
    crashes: u32,
    retry_delay_us: Option<i64>,
    cancel_requested: bool,
    owner: Owner,
}

/// Gives up what has expired; see [`Repository::reap`](super::super::Repository::reap).
pub(super) fn reap(connection: &Connection, reap: &Reap, at: Moment<'_>) -> Op<Vec<Reaped>> {
    let mut reaped = Vec::new();
    for (seq, attempt) in expired(connection, reap, at)? {
        match attempt {
            Ok(attempt) => reaped.push(give_up(connection, attempt, reap, at)?),
            Err(fault) if is_unreadable(&fault) => {
                unreadable::fail_running(connection, seq, fault, at.now)?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(reaped)
}

/// Whether anything has expired; asked before the write lock is taken.
pub(super) fn has_expired(connection: &Connection, reap: &Reap, at: Moment<'_>) -> Op<bool> {
    let one = Reap {
        limit: 1,
        ..reap.clone()
    };
    Ok(!expired(connection, &one, at)?.is_empty())
}

/// The rows of attempts that are to be given up, each with what could be read of it.
fn expired(connection: &Connection, reap: &Reap, at: Moment<'_>) -> Op<Vec<(i64, Op<Expired>)>> {
    let gone: Vec<String> = reap.gone.iter().map(hex).collect();
    let mut found = connection.prepare_cached(
        "SELECT jobs.seq, id, attempt, jobs.owner, kind, crashes, cancel_requested, host, pid, \
             process, retry_delay_us, request_id
         FROM jobs INDEXED BY jobs_lease
         JOIN attempts ON attempts.job = jobs.seq AND attempts.number = jobs.attempt
         LEFT JOIN workers ON workers.owner = jobs.owner
         WHERE status = 'running'
           AND (lease_until <= ?1 OR lease_boot IS NOT ?2
                OR hex(jobs.owner) IN (SELECT value FROM json_each(?3)))
         ORDER BY lease_until, id LIMIT ?4",
    )?;
    found
        .query_and_then(
            params![
                at.boot_now,
                at.boot_id,
                super::ask::as_json(&gone),
                i64::try_from(reap.limit).unwrap_or(i64::MAX)
            ],
            |row| Ok((row.get(0)?, attempt(row))),
        )?
        .collect()
}

/// An attempt from a row of [`expired`].
fn attempt(row: &Row<'_>) -> Op<Expired> {
    let owner = OwnerId::from_bytes(row.get(3)?);
    Ok(Expired {
        seq: row.get(0)?,
        fence: Fence {
            job: JobId::from_bytes(row.get(1)?),
            attempt: row.get(2)?,
            owner,
        },
        kind: rows::kind(row.get(4)?)?,
        crashes: row.get(5)?,
        retry_delay_us: row.get(10)?,
        request_id: row.get(11)?,
        cancel_requested: row.get(6)?,
        owner: Owner {
            id: owner,
            process: workers::process_of(row.get(9)?, row.get(7)?, row.get(8)?)?,
        },
    })
}

fn give_up(connection: &Connection, attempt: Expired, reap: &Reap, at: Moment<'_>) -> Op<Reaped> {
    let gone = reap.gone.contains(&attempt.fence.owner);
    let failure = crash_failure(&attempt.owner, gone);
    let after = reap.policy.with_base(attempt.retry_delay_us).after_crash(
        attempt.crashes,
        attempt.cancel_requested,
        reap.jitter,
    );
    let (event, delay) = match after {
        AfterCrash::RetryIn(delay) => (Event::Crash, Some(delay).filter(|delay| !delay.is_zero())),
        AfterCrash::Fail => (Event::CrashForGood, None),
        AfterCrash::Cancel => (Event::Cancel, None),
    };
    let status = Status::Running.after(event).unwrap_or(Status::Failed);
    connection
        .prepare_cached(
            "UPDATE jobs SET crashes = crashes + 1, error_code = ?2, error_message = ?3, \
                 error_causes = NULL WHERE seq = ?1",
        )?
        .execute(params![attempt.seq, failure.kind.code(), failure.message])?;
    let run_at = delay.map(|delay| at.now.after(delay));
    finish::stop_running(connection, attempt.seq, status, run_at, at.now)?;
    finish::close_attempt(
        connection,
        attempt.seq,
        attempt.fence.attempt,
        &finish::Close {
            outcome: Outcome::Crashed,
            error: Some(&failure),
            usage: None,
            trace: None,
        },
        at.now,
    )?;
    if status.is_ended() {
        waiting::settle_children(connection, attempt.seq, attempt.fence.job, at.now)?;
    }
    Ok(Reaped {
        fence: attempt.fence,
        kind: attempt.kind,
        request_id: attempt.request_id,
        status,
    })
}

fn hex(owner: &OwnerId) -> String {
    owner
        .as_bytes()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::{Ending, Enqueue, Finish, Owner, Repository};
    use super::super::{SqliteOptions, SqliteRepository};
    use super::*;
    use crate::job::{NewJob, QueueName, RetryPolicy, Timestamp};
    use crate::sys::ProcessIdentity;
    use std::time::Duration;

    const LEASE: Duration = Duration::from_secs(600);

    fn open(folder: &tempfile::TempDir) -> SqliteRepository {
        SqliteRepository::open(folder.path().join("jobs.db"), SqliteOptions::default()).unwrap()
    }

    fn claimed(repository: &SqliteRepository) -> Fence {
        let request = Enqueue {
            id: JobId::generate(Timestamp::from_micros(1)),
            job: NewJob::new("work").unwrap(),
            default_queue: QueueName::default_queue(),
            payload_ref: None,
            floorplan: None,
        };
        let id = request.id;
        repository.enqueue(&[request]).unwrap();
        let owner = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        };
        let job = repository.claim_one(id, &owner, LEASE).unwrap();
        Fence {
            job: id,
            attempt: job.attempt,
            owner: owner.id,
        }
    }

    #[test]
    fn a_lease_outlives_the_connection_that_made_it() {
        let folder = tempfile::tempdir().unwrap();
        let fence = claimed(&open(&folder));
        // Every connection is closed by now, as after a restart of a server.
        let repository = open(&folder);
        let reap = Reap {
            gone: Vec::new(),
            limit: 9,
            policy: RetryPolicy::default(),
            jitter: 0.0,
        };
        assert_eq!(repository.reap(&reap).unwrap(), []);
        let finish = Finish::of(fence, Ending::Cancelled);
        assert_eq!(
            repository.finish(&finish).unwrap().status,
            Status::Cancelled
        );
    }

    #[test]
    fn no_row_can_run_without_an_owner_and_a_lease() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        claimed(&repository);
        let other = Connection::open(repository.path()).unwrap();
        for lost in ["owner", "lease_until"] {
            let sql = format!("UPDATE jobs SET {lost} = NULL");
            let refused = other.execute(&sql, []).unwrap_err();
            assert!(refused.to_string().contains("CHECK"), "{refused}");
        }
    }
}
