use std::time::Duration;

use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Fence, JobId, Progress};
use floorjobs_core::repository::{Beat, Heartbeat, Held};

use super::store::{LEASE, Store, owner, success};

const HELD: Held = Held::Held {
    cancel_requested: false,
};

fn beat(store: &Store, fence: &Fence, progress: Option<Progress>, lease: bool) -> Held {
    let heartbeat = Heartbeat {
        owner: fence.owner,
        beats: vec![Beat {
            progress,
            ..Beat::of(*fence)
        }],
        lease: lease.then_some(LEASE),
    };
    store.repository.heartbeat(&heartbeat).unwrap().remove(0)
}

fn half_way() -> Progress {
    Progress {
        fraction: 0.5,
        stage: "finding walls".to_owned(),
        message: Some("page 2".to_owned()),
    }
}

pub(super) fn a_beat_renews_the_lease(store: &Store) {
    let (job, fence) = store.running(&owner());
    for _ in 0..10 {
        store.clock.advance(LEASE / 2);
        assert_eq!(beat(store, &fence, None, true), HELD);
        assert_eq!(store.reap(&[]), []);
    }
    assert_eq!(store.repository.get(job.id).unwrap(), job);
}

pub(super) fn a_beat_without_a_lease_only_writes_progress(store: &Store) {
    let (job, fence) = store.running(&owner());
    store.clock.advance(LEASE / 2);
    assert_eq!(beat(store, &fence, Some(half_way()), false), HELD);
    let seen = store.repository.get(job.id).unwrap();
    assert_eq!(seen.progress, Some(half_way()));
    assert_eq!(seen.updated_at, store.clock.now());
    // No news leaves the last word standing.
    assert_eq!(beat(store, &fence, None, false), HELD);
    assert_eq!(store.repository.get(job.id).unwrap(), seen);
    store.clock.advance(LEASE / 2);
    assert_eq!(store.reap(&[]).len(), 1);
}

pub(super) fn a_beat_of_a_lost_attempt_writes_nothing(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    let (_, other) = store.running(&owner);
    store.finish(&fence, &success()).unwrap();
    let before = store.repository.get(job.id).unwrap();
    let heartbeat = Heartbeat {
        owner: owner.id,
        beats: [fence, other]
            .map(|fence| Beat {
                progress: Some(half_way()),
                ..Beat::of(fence)
            })
            .to_vec(),
        lease: Some(LEASE),
    };
    let answers = store.repository.heartbeat(&heartbeat).unwrap();
    assert_eq!(answers, [Held::Lost, HELD]);
    assert_eq!(store.repository.get(job.id).unwrap(), before);
}

pub(super) fn a_beat_brings_the_cancel_request(store: &Store) {
    let (job, fence) = store.running(&owner());
    assert_eq!(beat(store, &fence, None, false), HELD);
    store.repository.cancel(job.id).unwrap();
    let asked = Held::Held {
        cancel_requested: true,
    };
    assert_eq!(beat(store, &fence, None, false), asked);
    assert_eq!(beat(store, &fence, Some(half_way()), true), asked);
}

pub(super) fn a_beat_tells_whether_the_attempt_stalls(store: &Store) {
    let (job, fence) = store.running(&owner());
    let tell = |since| {
        let heartbeat = Heartbeat {
            owner: fence.owner,
            beats: vec![Beat {
                stalled_since: since,
                ..Beat::of(fence)
            }],
            lease: None,
        };
        assert_eq!(store.repository.heartbeat(&heartbeat).unwrap(), [HELD]);
        store.repository.get(job.id).unwrap()
    };
    store.clock.advance(LEASE / 4);
    let since = job.started_at;
    let seen = tell(since);
    assert_eq!(
        (seen.stalled_since, seen.updated_at),
        (since, store.clock.now())
    );
    store.clock.advance(LEASE / 4);
    assert_eq!(tell(since), seen, "nothing new");
    let seen = tell(None);
    assert_eq!(
        (seen.stalled_since, seen.updated_at),
        (None, store.clock.now())
    );
    // However the attempt ends, the job no longer stalls.
    tell(since);
    store.clock.advance(LEASE);
    assert_eq!(store.reap(&[]).len(), 1);
    assert_eq!(store.repository.get(job.id).unwrap().stalled_since, None);
    let again = store.restart(job.id, &owner());
    let heartbeat = Heartbeat {
        owner: again.owner,
        beats: vec![Beat {
            stalled_since: since,
            ..Beat::of(again)
        }],
        lease: None,
    };
    store.repository.heartbeat(&heartbeat).unwrap();
    let ended = store.finish(&again, &success()).unwrap();
    assert_eq!(ended.stalled_since, None);
}

pub(super) fn a_beat_shows_that_the_worker_lives(store: &Store) {
    let owner = owner();
    store.note_worker(&owner);
    store.clock.advance(Duration::from_secs(15));
    let heartbeat = Heartbeat {
        owner: owner.id,
        beats: Vec::new(),
        lease: Some(LEASE),
    };
    assert_eq!(store.repository.heartbeat(&heartbeat).unwrap(), []);
    let workers = store.repository.workers().unwrap();
    assert_eq!(workers[0].beat_at, store.clock.now());
}

pub(super) fn a_beat_with_a_wrong_fence_is_lost(store: &Store) {
    let (job, fence) = store.running(&owner());
    for wrong in [
        Fence {
            attempt: fence.attempt + 1,
            ..fence
        },
        Fence {
            owner: owner().id,
            ..fence
        },
        Fence {
            job: JobId::generate(store.clock.now()),
            ..fence
        },
    ] {
        assert_eq!(beat(store, &wrong, Some(half_way()), true), Held::Lost);
        assert_eq!(store.repository.get(job.id).unwrap(), job);
    }
    // None of them has renewed the lease.
    store.clock.advance(LEASE);
    assert_eq!(store.reap(&[]).len(), 1);
}

pub(super) fn a_look_for_cancel_requests_is_no_sign_of_life(store: &Store) {
    let owner = owner();
    store.note_worker(&owner);
    let noted = store.repository.workers().unwrap();
    store.clock.advance(Duration::from_secs(15));
    let heartbeat = Heartbeat {
        owner: owner.id,
        beats: Vec::new(),
        lease: None,
    };
    store.repository.heartbeat(&heartbeat).unwrap();
    assert_eq!(store.repository.workers().unwrap(), noted);
}
