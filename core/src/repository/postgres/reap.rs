//! Giving up attempts whose worker is gone or silent.

use std::sync::LazyLock;

use tokio_postgres::Row;

use super::super::rules::crash_failure;
use super::super::{Owner, Reap, Reaped};
use super::fault::{Op, is_unreadable};
use super::param::{job_id, owner_id, whole};
use super::rows::{self, Columns};
use super::transaction::{Transaction, time};
use super::{finish, unreadable, waiting, workers};
use crate::job::{AfterCrash, Event, Fence, Kind, Status, Timestamp};

/// A running attempt that is to be given up.
struct Expired {
    fence: Fence,
    kind: Kind,
    request_id: Option<String>,
    crashes: u32,
    retry_delay_us: Option<i64>,
    cancel_requested: bool,
    owner: Owner,
}

/// Chosen by their leases and locked by their ids; see [`beat::heartbeat`](super::beat::heartbeat).
static EXPIRED: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH clock AS MATERIALIZED (SELECT {} AS lease_now),
             chosen AS MATERIALIZED (
                 SELECT id FROM floorjobs.jobs
                 WHERE status = 'running'
                   AND (lease_until <= (SELECT lease_now FROM clock) OR owner = ANY ($2))
                 ORDER BY lease_until, id LIMIT $3),
             job AS MATERIALIZED (
                 SELECT * FROM floorjobs.jobs
                 WHERE id IN (SELECT id FROM chosen) AND status = 'running'
                   AND (lease_until <= (SELECT lease_now FROM clock) OR owner = ANY ($2))
                 ORDER BY id FOR UPDATE)
         SELECT job.id, job.attempt, job.owner, job.kind, job.request_id, job.crashes, job.retry_delay_us,
             job.cancel_requested, workers.process, attempts.host, attempts.pid
         FROM job
         JOIN floorjobs.attempts ON attempts.job = job.id AND attempts.number = job.attempt
         LEFT JOIN floorjobs.workers ON workers.owner = job.owner
         ORDER BY job.lease_until, job.id",
        time(1)
    )
});

/// Gives up what has expired; see [`Repository::reap`](super::super::Repository::reap).
pub(super) fn reap(transaction: &mut Transaction<'_>, reap: &Reap) -> Op<Vec<Reaped>> {
    let given = transaction.given_lease_now();
    let gone: Vec<_> = reap.gone.iter().map(owner_id).collect();
    let expired = transaction.query(&EXPIRED, &[&given, &gone, &whole(reap.limit)])?;
    if expired.is_empty() {
        return Ok(Vec::new());
    }
    let now = transaction.now()?;
    let mut reaped = Vec::with_capacity(expired.len());
    for row in &expired {
        match attempt(row) {
            Ok(attempt) => reaped.push(give_up(transaction, attempt, reap, now)?),
            Err(fault) if is_unreadable(&fault) => {
                let id = Columns::of(row).job_id()?;
                unreadable::fail_running(transaction, id, &unreadable::reason(fault), now)?;
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(reaped)
}

/// An attempt from a row of [`EXPIRED`].
fn attempt(row: &Row) -> Op<Expired> {
    let mut columns = Columns::of(row);
    let at = &mut columns;
    let fence = Fence {
        job: at.job_id()?,
        attempt: at.number::<i32, _>()?,
        owner: at.owner_id()?,
    };
    Ok(Expired {
        fence,
        kind: rows::kind(at.take()?)?,
        request_id: at.take()?,
        crashes: at.number::<i32, _>()?,
        retry_delay_us: at.take()?,
        cancel_requested: at.take()?,
        owner: Owner {
            id: fence.owner,
            process: workers::process_of(at.take()?, at.take()?, at.number::<i64, _>()?),
        },
    })
}

fn give_up(
    transaction: &mut Transaction<'_>,
    attempt: Expired,
    reap: &Reap,
    now: Timestamp,
) -> Op<Reaped> {
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
    let job = attempt.fence.job;
    transaction.execute(
        "UPDATE floorjobs.jobs SET crashes = crashes + 1, error_code = $2, error_message = $3,
             error_causes = NULL WHERE id = $1",
        &[
            &job_id(&job),
            &failure.kind.code(),
            &rows::message(&failure),
        ],
    )?;
    let run_at = delay.map(|delay| now.after(delay));
    finish::stop_running(transaction, job, status, run_at, now)?;
    finish::close_crashed(transaction, &attempt.fence, &failure, now)?;
    if status.is_ended() {
        waiting::settle_children(transaction, job, now)?;
    }
    Ok(Reaped {
        fence: attempt.fence,
        kind: attempt.kind,
        request_id: attempt.request_id,
        status,
    })
}
