//! Jobs whose rows this version cannot read.
//!
//! A later version, a foreign hand or a bad disk may have left a value that means nothing here. The
//! job that has it can never run; it must not keep those behind it from running as well.

use rusqlite::{Connection, params};

use super::fault::{Fault, Op};
use super::waiting;
use crate::error::{Error, ErrorKind};
use crate::job::{JobId, Timestamp};

/// Whether a row was read and made no sense, while the database itself is in order.
pub(super) fn is_unreadable(fault: &Fault) -> bool {
    match fault {
        Fault::Rule(error) => error.kind() == ErrorKind::Corrupt,
        Fault::Sql(error) => matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
        ),
    }
}

/// Ends a job that cannot be started with the reason, and settles those that wait for it.
pub(super) fn fail(connection: &Connection, seq: i64, why: Fault, now: Timestamp) -> Op<()> {
    let id: [u8; 16] = connection
        .prepare_cached(
            "UPDATE jobs SET status = 'failed', ready = 0, owner = NULL, lease_until = NULL, \
                 lease_boot = NULL, cancel_requested = 0, error_code = ?2, error_message = ?3, \
                 error_causes = NULL, finished_at = ?4, updated_at = ?4
             WHERE seq = ?1 RETURNING id",
        )?
        .query_row(
            params![
                seq,
                ErrorKind::Corrupt.code(),
                Error::from(why).chain(),
                now.as_micros()
            ],
            |row| row.get(0),
        )?;
    waiting::settle_children(connection, seq, JobId::from_bytes(id), now)
}

#[cfg(test)]
mod tests {
    use super::super::super::{Claim, Enqueue, Owner, Reap, Repository, WorkerRow};
    use super::super::{SqliteOptions, SqliteRepository};
    use crate::clock::{Clock, SystemClock};
    use crate::job::{JobId, Kind, NewJob, OwnerId, QueueName, RetryPolicy, Status, Timestamp};
    use crate::sys::ProcessIdentity;
    use std::time::Duration;

    fn add(repository: &SqliteRepository, number: i64, job: NewJob) -> JobId {
        let request = Enqueue {
            id: JobId::generate(Timestamp::from_micros(
                SystemClock.now().as_micros() + number,
            )),
            job,
            default_queue: QueueName::default_queue(),
            payload_ref: None,
            floorplan: None,
        };
        repository.enqueue(&[request]).unwrap().remove(0).job.id
    }

    fn owner() -> Owner {
        Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        }
    }

    fn open(folder: &tempfile::TempDir) -> SqliteRepository {
        SqliteRepository::open(folder.path().join("jobs.db"), SqliteOptions::default()).unwrap()
    }

    fn execute(repository: &SqliteRepository, sql: &'static str) {
        let mut done = false;
        repository
            .database
            .read(|connection| {
                let path = connection.path().unwrap_or_default().to_owned();
                let other = rusqlite::Connection::open(path)?;
                other.execute_batch(sql)?;
                done = true;
                Ok(())
            })
            .unwrap();
        assert!(done);
    }

    #[test]
    fn a_job_that_cannot_be_read_fails_and_those_behind_it_run() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let bad = [1, 2].map(|n| add(&repository, n, NewJob::new("work").unwrap().priority(9)));
        let waits = add(&repository, 3, NewJob::new("work").unwrap().after([bad[0]]));
        let good = add(&repository, 4, NewJob::new("work").unwrap());
        execute(
            &repository,
            "UPDATE jobs SET payload = '{' WHERE seq = 1;
             UPDATE jobs SET max_attempts = 70000 WHERE seq = 2;",
        );
        let claim = Claim {
            owner: owner(),
            queues: vec![QueueName::default_queue()],
            kinds: vec![Kind::new("work").unwrap()],
            // So that the first look finds nothing but what cannot be read.
            limit: 1,
            lease: Duration::from_secs(60),
        };
        let claimed = repository.claim(&claim).unwrap();
        assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [good]);
        assert_eq!(repository.claim(&claim).unwrap(), []);
        assert_eq!(repository.get(waits).unwrap().status, Status::Cancelled);
        execute(
            &repository,
            "UPDATE jobs SET payload = '{}', max_attempts = NULL WHERE seq <= 2;",
        );
        for id in bad {
            let job = repository.get(id).unwrap();
            assert_eq!(job.status, Status::Failed);
            let error = job.error.unwrap();
            assert_eq!(error.kind, crate::error::ErrorKind::Corrupt);
        }
    }

    #[test]
    fn a_note_on_a_worker_that_cannot_be_read_stops_no_reaper() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let (owner, now) = (owner(), SystemClock.now());
        repository
            .register_worker(&WorkerRow {
                owner: owner.clone(),
                queues: Vec::new(),
                kinds: Vec::new(),
                kind_limits: Default::default(),
                concurrency: 1,
                started_at: now,
                beat_at: now,
            })
            .unwrap();
        let job = add(&repository, 1, NewJob::new("work").unwrap());
        repository
            .claim_one(job, &owner, Duration::from_secs(600))
            .unwrap();
        execute(&repository, "UPDATE workers SET process = '{\"moon\": 1}'");
        let owners = repository.running_owners().unwrap();
        assert_eq!(owners[0].id, owner.id);
        assert_eq!(owners[0].process.start_time, None, "nothing is known of it");
        let reap = Reap {
            gone: vec![owner.id],
            limit: 9,
            policy: RetryPolicy::default(),
            jitter: 0.0,
        };
        assert_eq!(repository.reap(&reap).unwrap().len(), 1);
    }
}
