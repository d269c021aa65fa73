use std::collections::HashSet;
use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Progress, Status};
use floorjobs_core::repository::{Beat, Claim, Ending, Heartbeat};

use super::store::{LEASE, Store, claim_of, job, kind_of, owner, queue};

pub(super) fn the_best_come_first(store: &Store) {
    let low = store.add(job("work").priority(-1));
    let first = store.add(job("work"));
    let second = store.add(job("work"));
    let high = store.add(job("work").priority(10));
    let claimed: Vec<_> = store.claim(&owner(), 10).iter().map(|job| job.id).collect();
    assert_eq!(claimed, [high.id, first.id, second.id, low.id]);
}

pub(super) fn an_earlier_queue_is_emptied_first(store: &Store) {
    let slow = store.add(job("work").queue(queue("slow")).priority(100));
    let fast = [
        store.add(job("work").queue(queue("fast"))),
        store.add(job("work").queue(queue("fast"))),
    ];
    let claim = Claim {
        queues: vec![queue("fast"), queue("slow")],
        ..claim_of(&owner(), 10)
    };
    let claimed: Vec<_> = store.repository.claim(&claim).unwrap();
    let claimed: Vec<JobId> = claimed.iter().map(|job| job.id).collect();
    assert_eq!(claimed, [fast[0].id, fast[1].id, slow.id]);
}

pub(super) fn other_queues_and_kinds_are_left_alone(store: &Store) {
    store.add(job("work").queue(queue("other")));
    store.add(job("unknown-kind"));
    assert_eq!(store.claim(&owner(), 10), []);
    let mine = store.add(job("work"));
    assert_eq!(store.claim(&owner(), 10)[0].id, mine.id);
}

pub(super) fn no_more_than_the_limit_are_started(store: &Store) {
    for _ in 0..5 {
        store.add(job("work"));
    }
    assert_eq!(store.claim(&owner(), 0).len(), 0);
    assert_eq!(store.claim(&owner(), 2).len(), 2);
    assert_eq!(store.claim(&owner(), 10).len(), 3);
    assert_eq!(store.claim(&owner(), 10).len(), 0);
}

pub(super) fn a_delayed_job_waits(store: &Store) {
    let delayed = store.add(job("work").delay(Duration::from_secs(5)));
    store.clock.advance(Duration::from_micros(4_999_999));
    assert_eq!(store.claim(&owner(), 1), []);
    store.clock.advance(Duration::from_micros(1));
    assert_eq!(store.claim(&owner(), 1)[0].id, delayed.id);
}

pub(super) fn a_claim_starts_an_attempt(store: &Store) {
    store.add(job("work"));
    store.clock.advance(Duration::from_secs(1));
    let owner = owner();
    let claimed = store.claim(&owner, 1).remove(0);
    let now = store.clock.now();
    assert_eq!((claimed.status, claimed.attempt), (Status::Running, 1));
    assert_eq!((claimed.started_at, claimed.updated_at), (Some(now), now));
    assert_eq!(store.repository.get(claimed.id).unwrap(), claimed);
    let attempts = store.repository.attempts(claimed.id).unwrap();
    assert_eq!(attempts.len(), 1);
    assert_eq!((attempts[0].number, attempts[0].owner), (1, owner.id));
    assert_eq!((attempts[0].host.as_str(), attempts[0].pid), ("here", 42));
    assert_eq!(
        (attempts[0].started_at, attempts[0].finished_at),
        (now, None)
    );
}

pub(super) fn no_job_goes_to_two_callers(store: &Store) {
    let ids: HashSet<_> = (0..200).map(|_| store.add(job("work")).id).collect();
    let repository = &store.repository;
    let claimed: Vec<Vec<JobId>> = std::thread::scope(|scope| {
        let claimers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(move || {
                    let claim = claim_of(&owner(), 3);
                    let mut got = Vec::new();
                    loop {
                        let batch = repository.claim(&claim).unwrap();
                        if batch.is_empty() {
                            return got;
                        }
                        got.extend(batch.iter().map(|job| job.id));
                    }
                })
            })
            .collect();
        claimers
            .into_iter()
            .map(|one| one.join().unwrap())
            .collect()
    });
    let all: Vec<_> = claimed.into_iter().flatten().collect();
    assert_eq!(all.len(), 200);
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), ids);
}

pub(super) fn one_job_can_be_claimed_before_it_is_due(store: &Store) {
    let delayed = store.add(job("unknown-kind").delay(Duration::from_secs(60)));
    let claimed = store
        .repository
        .claim_one(delayed.id, &owner(), LEASE)
        .unwrap();
    assert_eq!((claimed.status, claimed.attempt), (Status::Running, 1));
    store.clock.advance(Duration::from_secs(61));
    assert_eq!(store.claim(&owner(), 1), []);
}

pub(super) fn only_a_queued_job_can_be_claimed(store: &Store) {
    let (running, _) = store.running(&owner());
    let again = store.repository.claim_one(running.id, &owner(), LEASE);
    assert_eq!(kind_of(again), ErrorKind::InvalidState);
    let unknown = JobId::generate(store.clock.now());
    let refused = store.repository.claim_one(unknown, &owner(), LEASE);
    assert_eq!(kind_of(refused), ErrorKind::NotFound);
}

pub(super) fn many_jobs_that_become_due_at_once_all_run(store: &Store) {
    let requests: Vec<_> = (0..2_500)
        .map(|_| store.request(job("work").delay(Duration::from_secs(1))))
        .collect();
    store.repository.enqueue(&requests).unwrap();
    store.clock.advance(Duration::from_secs(1));
    let mut started = 0;
    loop {
        match store.claim(&owner(), 700).len() {
            0 => break,
            some => started += some,
        }
    }
    assert_eq!(started, 2_500);
}

pub(super) fn an_earlier_moment_comes_before_a_smaller_id(store: &Store) {
    let now = store.clock.now();
    let moment = |seconds| now.after(Duration::from_secs(seconds));
    let later = store.add(job("work").run_at(moment(2)));
    let sooner = store.add(job("work").run_at(moment(1)));
    let urgent = store.add(job("work").run_at(moment(3)).priority(1));
    store.clock.advance(Duration::from_secs(3));
    let claimed: Vec<_> = store.claim(&owner(), 10).iter().map(|job| job.id).collect();
    assert_eq!(claimed, [urgent.id, sooner.id, later.id]);
}

pub(super) fn a_job_of_a_paused_queue_can_be_claimed_by_itself(store: &Store) {
    let waiting = store.add(job("work"));
    store.repository.pause(&queue("default")).unwrap();
    let owner = owner();
    let fence = store.restart(waiting.id, &owner);
    // What runs goes on to its end.
    let ended = store.finish(&fence, &super::store::success()).unwrap();
    assert_eq!(ended.status, Status::Succeeded);
}

pub(super) fn a_new_attempt_has_not_come_far(store: &Store) {
    let owner = owner();
    let (running, fence) = store.running(&owner);
    let heartbeat = Heartbeat {
        owner: owner.id,
        beats: vec![Beat {
            progress: Some(Progress {
                fraction: 0.5,
                stage: "half".to_owned(),
                message: Some("way".to_owned()),
            }),
            ..Beat::of(fence)
        }],
        lease: None,
    };
    store.repository.heartbeat(&heartbeat).unwrap();
    let released = store.finish(&fence, &Ending::Released).unwrap();
    assert!(released.progress.is_some());
    let next = store.claim(&owner, 1).remove(0);
    assert_eq!((next.id, next.progress), (running.id, None));
}

pub(super) fn a_due_job_is_found_behind_any_number_of_others(store: &Store) {
    let delayed = |seconds| job("work").delay(Duration::from_secs(seconds));
    let of_queue = |_| store.request(delayed(1).queue(queue("other")));
    let of_kind = |_| store.request(job("unknown-kind").delay(Duration::from_secs(1)));
    let of_queue = (0..1_500).map(of_queue);
    let requests: Vec<_> = of_queue.chain((0..1_500).map(of_kind)).collect();
    store.repository.enqueue(&requests).unwrap();
    let mine = store.add(delayed(2));
    store.clock.advance(Duration::from_secs(2));
    assert_eq!(store.claim(&owner(), 1)[0].id, mine.id);
}
