use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Status, UniqueScope};
use floorjobs_core::repository::Ending;
use serde_json::json;

use super::store::{LEASE, Store, broken, job, kind_of, owner, success};
use crate::process::until;

pub(super) fn a_queued_job_is_cancelled_at_once(store: &Store) {
    let job = store.add(job("work"));
    let cancelled = store.repository.cancel(job.id).unwrap();
    assert_eq!(cancelled.status, Status::Cancelled);
    assert_eq!(cancelled.finished_at, Some(store.clock.now()));
    assert_eq!(store.repository.get(job.id).unwrap(), cancelled);
    assert_eq!(store.claim(&owner(), 1), []);
}

pub(super) fn a_running_job_is_asked_to_stop(store: &Store) {
    let (job, fence) = store.running(&owner());
    let asked = store.repository.cancel(job.id).unwrap();
    assert_eq!(
        (asked.status, asked.cancel_requested),
        (Status::Running, true)
    );
    // Asking twice is asking once.
    assert_eq!(store.repository.cancel(job.id).unwrap(), asked);
    let ended = store.finish(&fence, &Ending::Cancelled).unwrap();
    assert_eq!(
        (ended.status, ended.cancel_requested),
        (Status::Cancelled, false)
    );
}

pub(super) fn an_ended_job_cannot_be_cancelled(store: &Store) {
    let (job, fence) = store.running(&owner());
    store.finish(&fence, &success()).unwrap();
    let refused = store.repository.cancel(job.id).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidState);
    assert!(refused.message().contains("` has succeeded; it can"));
    let unknown = JobId::generate(store.clock.now());
    assert_eq!(
        kind_of(store.repository.cancel(unknown)),
        ErrorKind::NotFound
    );
}

pub(super) fn a_failed_job_runs_again_with_counters_from_zero(store: &Store) {
    let owner = owner();
    let (job, _) = store.running(&owner);
    store.clock.advance(LEASE);
    store.reap(&[]);
    let fence = store.restart(job.id, &owner);
    store
        .finish(&fence, &Ending::Failed { error: broken() })
        .unwrap();
    store.clock.advance(Duration::from_secs(1));
    let again = store.repository.retry(job.id).unwrap();
    assert_eq!(again.status, Status::Queued);
    assert_eq!(
        (again.errors, again.crashes, again.interruptions),
        (0, 0, 0)
    );
    assert_eq!((again.error.clone(), again.finished_at), (None, None));
    assert_eq!((again.attempt, again.run_at), (2, store.clock.now()));
    let claimed = store.claim(&owner, 1).remove(0);
    assert_eq!((claimed.id, claimed.attempt), (job.id, 3));
}

pub(super) fn only_failed_and_cancelled_jobs_are_retried(store: &Store) {
    let queued = store.add(job("work"));
    assert_eq!(
        kind_of(store.repository.retry(queued.id)),
        ErrorKind::InvalidState
    );
    let (running, fence) = store.running(&owner());
    let refused = store.repository.retry(running.id).unwrap_err();
    assert!(
        refused.message().ends_with("is running; cancel it first"),
        "{refused}"
    );
    store.finish(&fence, &success()).unwrap();
    assert_eq!(
        kind_of(store.repository.retry(running.id)),
        ErrorKind::InvalidState
    );
    store.repository.cancel(queued.id).unwrap();
    assert_eq!(
        store.repository.retry(queued.id).unwrap().status,
        Status::Queued
    );
}

pub(super) fn a_retry_does_not_take_a_held_key(store: &Store) {
    let keyed = || job("work").unique_key("k");
    let first = store.add(keyed());
    store.repository.cancel(first.id).unwrap();
    let second = store.add(keyed());
    assert_eq!(
        kind_of(store.repository.retry(first.id)),
        ErrorKind::Conflict
    );
    assert_eq!(
        store.repository.get(first.id).unwrap().status,
        Status::Cancelled
    );
    store.repository.cancel(second.id).unwrap();
    assert_eq!(
        store.repository.retry(first.id).unwrap().status,
        Status::Queued
    );
}

pub(super) fn a_delayed_job_can_be_made_due(store: &Store) {
    let delayed = store.add(job("work").delay(Duration::from_secs(60)));
    let due = store.repository.make_due(delayed.id).unwrap();
    assert_eq!(due.run_at, store.clock.now());
    // What is due keeps its place.
    store.clock.advance(Duration::from_secs(1));
    assert_eq!(store.repository.make_due(delayed.id).unwrap(), due);
    assert_eq!(store.claim(&owner(), 1)[0].id, delayed.id);
    assert_eq!(
        store.repository.make_due(delayed.id).unwrap().status,
        Status::Running
    );
}

pub(super) fn the_change_counter_tells_of_every_write_and_of_no_reading(store: &Store) {
    let counter = || store.repository.change_counter().unwrap();
    let mut known = counter();
    let mut is_told = |what: &str| {
        let now = counter();
        assert_ne!(now, known, "{what} went by unseen");
        known = now;
    };
    let asked = store.add(job("work"));
    is_told("an enqueue");
    let owner = owner();
    let fence = store.restart(asked.id, &owner);
    is_told("a claim");
    let heartbeat = floorjobs_core::repository::Heartbeat {
        owner: owner.id,
        beats: vec![floorjobs_core::repository::Beat::of(fence)],
        lease: Some(LEASE),
    };
    store.repository.heartbeat(&heartbeat).unwrap();
    is_told("a beat");
    store.repository.cancel(asked.id).unwrap();
    is_told("a cancel request");
    store.finish(&fence, &Ending::Cancelled).unwrap();
    is_told("an ending");
    store.repository.retry(asked.id).unwrap();
    is_told("a retry");
    store.repository.pause(&asked.queue).unwrap();
    is_told("a pause");
    // Where others write to the same server it may change without need, but not always.
    until("readings go by unseen", || {
        let quiet = counter();
        store.repository.get(asked.id).unwrap();
        store.repository.situation(asked.id).unwrap();
        store.repository.stats().unwrap();
        counter() == quiet
    });
}

pub(super) fn a_retried_job_has_what_it_kept_and_none_of_its_counts(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    store
        .repository
        .checkpoint(&fence, &json!("page 7"))
        .unwrap();
    store.finish(&fence, &Ending::Released).unwrap();
    let fence = store.restart(job.id, &owner);
    store
        .finish(&fence, &Ending::Failed { error: broken() })
        .unwrap();
    let failed = store.repository.get(job.id).unwrap();
    assert_eq!((failed.errors, failed.interruptions), (1, 1));
    let again = store.repository.retry(job.id).unwrap();
    assert_eq!((again.errors, again.interruptions), (0, 0));
    assert_eq!(again.checkpoint, Some(json!("page 7")));
    assert_eq!(again.progress, None);
    // It is ready at once, whenever it was to run before.
    assert_eq!(store.claim(&owner, 1)[0].attempt, 3);
}

pub(super) fn a_retry_does_not_take_a_key_that_is_held_for_a_time(store: &Store) {
    let hour = UniqueScope::For(Duration::from_secs(3_600));
    let first = store.add(job("work").unique_key("k"));
    store.repository.cancel(first.id).unwrap();
    let second = store.add(job("work").unique_key("k").unique_scope(hour));
    store.repository.cancel(second.id).unwrap();
    assert_eq!(
        kind_of(store.repository.retry(first.id)),
        ErrorKind::Conflict
    );
    // A job does not stand in its own way.
    store.repository.retry(second.id).unwrap();
    store.repository.cancel(second.id).unwrap();
    store.clock.advance(Duration::from_secs(3_600));
    store.repository.retry(first.id).unwrap();
}
