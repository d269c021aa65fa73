//! Jobs whose rows this version cannot read.
//!
//! A later version, a foreign hand or a bad disk may have left a value that means nothing here. The
//! job that has it can never run; it must not keep those behind it from running as well.

use rusqlite::{Connection, params};

use super::fault::{Fault, Op, means_nothing};
use super::waiting;
use crate::error::{Error, ErrorKind};
use crate::job::{JobId, Outcome, Timestamp};

/// Whether a row was read and made no sense, while the database itself is in order.
pub(super) fn is_unreadable(fault: &Fault) -> bool {
    match fault {
        Fault::Rule(error) => error.kind() == ErrorKind::Corrupt,
        Fault::Sql(error) => means_nothing(error),
    }
}

/// Ends a job that cannot be started with the reason, and settles those that wait for it.
pub(super) fn fail(connection: &Connection, seq: i64, why: Fault, now: Timestamp) -> Op<()> {
    let id = end(connection, seq, why, now)?;
    waiting::settle_children(connection, seq, id, now)
}

/// Ends a job that runs, and its attempt as a crash; settles those that wait for it.
pub(super) fn fail_running(
    connection: &Connection,
    seq: i64,
    why: Fault,
    now: Timestamp,
) -> Op<()> {
    fail(connection, seq, why, now)?;
    // Its newest attempt has the number of the row, which may be what cannot be read.
    connection
        .prepare_cached(
            "UPDATE attempts SET finished_at = ?2, outcome = ?3,
                 (error_code, error_message) =
                     (SELECT error_code, error_message FROM jobs WHERE seq = ?1)
             WHERE job = ?1 AND outcome IS NULL",
        )?
        .execute(params![seq, now.as_micros(), Outcome::Crashed.as_str()])?;
    Ok(())
}

/// Ends a job with the reason, and leaves it to the caller to settle those that wait for it.
pub(super) fn end(connection: &Connection, seq: i64, why: Fault, now: Timestamp) -> Op<JobId> {
    let id = connection
        .prepare_cached(
            "UPDATE jobs SET status = 'failed', ready = 0, waiting_for = 0, owner = NULL, \
                 lease_until = NULL, lease_boot = NULL, cancel_requested = 0, \
                 stalled_since = NULL, error_code = ?2, error_message = ?3, \
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
    waiting::forget_parents(connection, seq)?;
    Ok(JobId::from_bytes(id))
}

#[cfg(test)]
mod tests {
    use super::super::super::{
        Claim, Ending, Enqueue, Finish, ListJobs, Owner, Reap, Repository, WorkerRow,
    };
    use super::super::{SqliteOptions, SqliteRepository};
    use crate::clock::{Clock, SystemClock};
    use crate::error::ErrorKind;
    use crate::job::{
        Fence, JobId, Kind, NewJob, Outcome, OwnerId, QueueName, RetryPolicy, Status, Timestamp,
    };
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
            assert_eq!(error.kind, ErrorKind::Corrupt);
        }
    }

    fn claimed(repository: &SqliteRepository, job: JobId, owner: &Owner) {
        let lease = Duration::from_secs(600);
        repository.claim_one(job, owner, lease).unwrap();
    }

    #[test]
    fn a_running_job_that_cannot_be_read_fails_and_the_others_are_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let [gone, alive] = [(); 2].map(|()| owner());
        let [bad, good, other] =
            [1, 2, 3].map(|n| add(&repository, n, NewJob::new("work").unwrap()));
        let waits = add(&repository, 4, NewJob::new("work").unwrap().after([bad]));
        claimed(&repository, bad, &gone);
        claimed(&repository, good, &gone);
        claimed(&repository, other, &alive);
        execute(&repository, "UPDATE jobs SET kind = '' WHERE seq = 1");
        let reap = Reap {
            gone: vec![gone.id],
            limit: 9,
            policy: RetryPolicy::default(),
            jitter: 0.0,
        };
        let reaped = repository.reap(&reap).unwrap();
        let reaped: Vec<_> = reaped.iter().map(|reaped| reaped.fence.job).collect();
        assert_eq!(reaped, [good]);
        assert_eq!(repository.reap(&reap).unwrap(), []);
        assert_eq!(repository.get(other).unwrap().status, Status::Running);
        assert_eq!(repository.get(waits).unwrap().status, Status::Cancelled);
        execute(&repository, "UPDATE jobs SET kind = 'work' WHERE seq = 1");
        let job = repository.get(bad).unwrap();
        assert_eq!(job.status, Status::Failed);
        assert_eq!(job.error.as_ref().unwrap().kind, ErrorKind::Corrupt);
        let attempt = repository.attempts(bad).unwrap().remove(0);
        assert_eq!(attempt.outcome, Some(Outcome::Crashed));
        assert_eq!(attempt.error, job.error);
        assert_eq!(repository.integrity_problems().unwrap(), [""; 0]);
    }

    #[test]
    fn a_stray_that_cannot_be_read_fails_and_the_others_are_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let owner = owner();
        let [bad, good] = [1, 2].map(|n| add(&repository, n, NewJob::new("work").unwrap()));
        claimed(&repository, bad, &owner);
        claimed(&repository, good, &owner);
        execute(&repository, "UPDATE jobs SET payload = '{' WHERE seq = 1");
        assert_eq!(repository.release_strays(owner.id, &[]).unwrap(), 1);
        assert_eq!(repository.get(good).unwrap().status, Status::Queued);
        execute(&repository, "UPDATE jobs SET payload = '{}' WHERE seq = 1");
        assert_eq!(repository.get(bad).unwrap().status, Status::Failed);
        assert_eq!(repository.integrity_problems().unwrap(), [""; 0]);
    }

    #[test]
    fn a_waiting_job_that_cannot_be_read_fails_and_its_parent_ends() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let owner = owner();
        let parents = [1, 2].map(|n| add(&repository, n, NewJob::new("work").unwrap()));
        let bad = add(&repository, 3, NewJob::new("work").unwrap().after(parents));
        let good = add(
            &repository,
            4,
            NewJob::new("work").unwrap().after([parents[0]]),
        );
        let waits = add(&repository, 5, NewJob::new("work").unwrap().after([bad]));
        execute(
            &repository,
            "PRAGMA ignore_check_constraints = 1;
             UPDATE jobs SET on_parent_failure = 'pray' WHERE seq = 3",
        );
        claimed(&repository, parents[0], &owner);
        let fence = Fence {
            job: parents[0],
            attempt: 1,
            owner: owner.id,
        };
        let success = Ending::Succeeded {
            result: None,
            result_ref: None,
            product: None,
        };
        let ended = repository.finish(&Finish::of(fence, success)).unwrap();
        assert_eq!(ended.status, Status::Succeeded);
        assert_eq!(repository.get(good).unwrap().waiting_for, 0);
        assert_eq!(repository.get(waits).unwrap().status, Status::Cancelled);
        execute(
            &repository,
            "UPDATE jobs SET on_parent_failure = 'run' WHERE seq = 3",
        );
        let job = repository.get(bad).unwrap();
        assert_eq!((job.status, job.waiting_for), (Status::Failed, 0));
        assert_eq!(job.error.unwrap().kind, ErrorKind::Corrupt);
        assert_eq!(repository.integrity_problems().unwrap(), [""; 0]);
    }

    #[test]
    fn a_job_that_cannot_be_read_is_passed_over_in_lists_and_told_of_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let repository = open(&folder);
        let jobs = [1, 2, 3, 4, 5].map(|n| add(&repository, n, NewJob::new("work").unwrap()));
        execute(
            &repository,
            "UPDATE jobs SET payload = '{' WHERE seq IN (2, 5);
             UPDATE jobs SET max_attempts = 70000 WHERE seq = 4",
        );
        let page = |before, limit| {
            let filter = ListJobs {
                before,
                limit,
                ..ListJobs::default()
            };
            let listed = repository.list(&filter).unwrap();
            listed.iter().map(|job| job.id).collect::<Vec<_>>()
        };
        assert_eq!(page(None, 100), [jobs[2], jobs[0]]);
        // Each is full as long as there are more that can be read.
        assert_eq!(page(None, 1), [jobs[2]]);
        assert_eq!(page(Some(jobs[2]), 1), [jobs[0]]);
        assert_eq!(page(Some(jobs[0]), 1), []);
        let problems = repository.integrity_problems().unwrap();
        assert_eq!(problems.len(), 3, "{problems:?}");
        for bad in [jobs[1], jobs[3], jobs[4]] {
            let refused = repository.get(bad).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Corrupt, "{refused}");
            let named = format!("job `{bad}` cannot be read: ");
            assert!(problems.iter().any(|problem| problem.starts_with(&named)));
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
                transport: String::new(),
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
