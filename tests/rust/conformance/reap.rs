use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{RetryPolicy, Status};
use floorjobs_core::repository::{Beat, Ending, Heartbeat, Held, Reap};

use super::store::{LEASE, Store, broken, job, kind_of, owner, success};

pub(super) fn a_silent_owner_loses_its_job(store: &Store) {
    let (job, fence) = store.running(&owner());
    store.clock.advance(LEASE);
    let reaped = store.reap(&[]);
    assert_eq!(reaped.len(), 1);
    assert_eq!((reaped[0].fence, reaped[0].status), (fence, Status::Queued));
    let (after, outcomes) = store.history(job.id);
    assert_eq!((after.status, after.crashes), (Status::Queued, 1));
    assert_eq!(outcomes, [Some("crashed")]);
    assert!(after.error.unwrap().message.contains("process 42 on here"));
    // The first crash costs no time.
    assert_eq!(store.claim(&owner(), 1)[0].attempt, 2);
}

pub(super) fn a_live_lease_is_left_alone(store: &Store) {
    let (job, _) = store.running(&owner());
    store.clock.advance(LEASE - Duration::from_micros(1));
    assert_eq!(store.reap(&[owner().id]), []);
    assert_eq!(store.repository.get(job.id).unwrap(), job);
}

pub(super) fn a_gone_owner_needs_no_expired_lease(store: &Store) {
    let (gone, alive) = (owner(), owner());
    let (lost, _) = store.running(&gone);
    let (kept, _) = store.running(&alive);
    let reaped = store.reap(&[gone.id]);
    assert_eq!(reaped.len(), 1);
    assert_eq!(reaped[0].job(), lost.id);
    assert_eq!(
        store.repository.get(kept.id).unwrap().status,
        Status::Running
    );
}

pub(super) fn the_third_crash_fails_the_job(store: &Store) {
    let (job, _) = store.running(&owner());
    for delay in [Some(0), Some(5), None] {
        store.clock.advance(LEASE);
        store.reap(&[]);
        let after = store.repository.get(job.id).unwrap();
        match delay {
            Some(seconds) => {
                assert_eq!(after.status, Status::Queued);
                store
                    .clock
                    .advance(Duration::from_secs(seconds).saturating_sub(Duration::from_micros(1)));
                assert_eq!(store.claim(&owner(), 1).is_empty(), seconds > 0);
                if seconds > 0 {
                    store.clock.advance(Duration::from_micros(1));
                    assert_eq!(store.claim(&owner(), 1).len(), 1);
                }
            }
            None => {
                assert_eq!((after.status, after.crashes), (Status::Failed, 3));
                assert_eq!(after.error.unwrap().kind, ErrorKind::Internal);
            }
        }
    }
    assert_eq!(store.history(job.id).1, [Some("crashed"); 3]);
}

pub(super) fn crashes_use_up_no_attempts(store: &Store) {
    let only_once = store.add(job("work").max_attempts(1).request_id("abc-1"));
    store.restart(only_once.id, &owner());
    store.clock.advance(LEASE);
    let reaped = store.reap(&[]);
    assert_eq!(reaped[0].request_id.as_deref(), Some("abc-1"));
    let after = store.repository.get(only_once.id).unwrap();
    assert_eq!(
        (after.status, after.errors, after.crashes),
        (Status::Queued, 0, 1)
    );
}

pub(super) fn a_crashed_job_backs_off_as_it_asked(store: &Store) {
    let request = job("work").retry_delay(Duration::from_secs(90));
    let job = store.add(request);
    for wait in [0, 90] {
        let owner = owner();
        store.repository.claim_one(job.id, &owner, LEASE).unwrap();
        assert_eq!(store.reap(&[owner.id]).len(), 1);
        let seen = store.repository.get(job.id).unwrap();
        let wait = Duration::from_secs(wait);
        assert_eq!(seen.run_at.since(store.clock.now()), wait);
    }
}

pub(super) fn a_requested_cancel_ends_a_crashed_job(store: &Store) {
    let (job, _) = store.running(&owner());
    store.repository.cancel(job.id).unwrap();
    store.clock.advance(LEASE);
    assert_eq!(store.reap(&[])[0].status, Status::Cancelled);
    let (after, outcomes) = store.history(job.id);
    assert_eq!(
        (after.status, outcomes),
        (Status::Cancelled, vec![Some("crashed")])
    );
    assert!(after.finished_at.is_some() && !after.cancel_requested);
}

pub(super) fn a_reaped_attempt_is_refused_everything(store: &Store) {
    let (job, zombie) = store.running(&owner());
    store.clock.advance(LEASE);
    store.reap(&[]);
    let refuse_all = || {
        for ending in [
            success(),
            Ending::Failed { error: broken() },
            Ending::Released,
        ] {
            assert_eq!(
                kind_of(store.finish(&zombie, &ending)),
                ErrorKind::LeaseLost
            );
        }
        let heartbeat = Heartbeat {
            owner: zombie.owner,
            beats: vec![Beat::of(zombie)],
            lease: Some(LEASE),
        };
        assert_eq!(
            store.repository.heartbeat(&heartbeat).unwrap(),
            [Held::Lost]
        );
    };
    refuse_all();
    // And just so while the next attempt runs, and after it.
    let next = owner();
    let fence = store.restart(job.id, &next);
    refuse_all();
    store.finish(&fence, &success()).unwrap();
    refuse_all();
    assert_eq!(
        store.history(job.id).1,
        [Some("crashed"), Some("succeeded")]
    );
}

pub(super) fn no_more_than_the_limit_are_reaped(store: &Store) {
    for _ in 0..5 {
        store.running(&owner());
    }
    store.clock.advance(LEASE);
    let reap = Reap {
        gone: Vec::new(),
        limit: 3,
        policy: RetryPolicy::default(),
        jitter: 0.0,
    };
    assert_eq!(store.repository.reap(&reap).unwrap().len(), 3);
    assert_eq!(store.repository.reap(&reap).unwrap().len(), 2);
    assert_eq!(store.repository.reap(&reap).unwrap().len(), 0);
}

pub(super) fn a_stepped_wall_clock_reaps_nobody(store: &Store) {
    let (job, _) = store.running(&owner());
    for step in [86_400_000_000, -172_800_000_000] {
        store.clock.step_wall(step);
        assert_eq!(store.reap(&[]), []);
    }
    assert_eq!(
        store.repository.get(job.id).unwrap().status,
        Status::Running
    );
}

pub(super) fn a_missing_worker_row_reaps_nobody(store: &Store) {
    let owner = owner();
    store.note_worker(&owner);
    let (job, _) = store.running(&owner);
    store.repository.remove_worker(owner.id).unwrap();
    assert_eq!(store.reap(&[]), []);
    assert_eq!(
        store.repository.get(job.id).unwrap().status,
        Status::Running
    );
}

pub(super) fn a_later_crash_waits_by_the_policy(store: &Store) {
    let (job, _) = store.running(&owner());
    store.clock.advance(LEASE);
    store.reap(&[]);
    store.restart(job.id, &owner());
    store.clock.advance(LEASE);
    let reap = Reap {
        gone: Vec::new(),
        limit: 1,
        policy: RetryPolicy {
            base: Duration::from_secs(100),
            ..RetryPolicy::default()
        },
        jitter: 0.0,
    };
    assert_eq!(store.repository.reap(&reap).unwrap().len(), 1);
    let after = store.repository.get(job.id).unwrap();
    // Half of it is certain, and the jitter here adds nothing.
    assert_eq!(
        after.run_at,
        store.clock.now().after(Duration::from_secs(50))
    );
}
