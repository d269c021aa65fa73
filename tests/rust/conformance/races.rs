//! Two callers at the same moment: whoever comes first, the outcome is one that the rules allow.
//!
//! Many rounds with real threads, each thread on a repository of its own where the store has two.

use std::collections::HashSet;
use std::sync::Barrier;
use std::time::Duration;

use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Fence, JobId, ParentFailure, Status};
use floorjobs_core::repository::{
    Beat, CatalogueChange, Ending, Finish, Heartbeat, Held, Product, Prune, Reap, Reaped,
    Repository,
};
use floorjobs_core::{ErrorKind, Job, Result};
use serde_json::json;

use super::catalogue::{ours, row};
use super::store::{
    LEASE, Store, broken, claim_of, fence, job, kind_of, owner, queue, reading, success,
};

const ROUNDS: u32 = 60;

/// Lets two callers go at the same moment; which one gets ahead shifts from round to round.
fn at_once<A: Send, B: Send>(
    store: &Store,
    round: u32,
    one: impl FnOnce(&dyn Repository) -> A + Send,
    other: impl FnOnce(&dyn Repository) -> B + Send,
) -> (A, B) {
    let start = Barrier::new(2);
    let (first, second) = (&store.repository, &store.other);
    let hesitate = |turns: u32| {
        start.wait();
        for _ in 0..turns * 400 {
            std::hint::spin_loop();
        }
    };
    std::thread::scope(|scope| {
        let one = scope.spawn(|| {
            hesitate(round % 7);
            one(first.as_ref())
        });
        let other = scope.spawn(|| {
            hesitate(round / 7 % 7);
            other(second.as_ref())
        });
        (one.join().unwrap(), other.join().unwrap())
    })
}

fn finish(repository: &dyn Repository, fence: Fence, ending: Ending) -> Result<Job> {
    repository.finish(&Finish::of(fence, ending))
}

fn reap(repository: &dyn Repository) -> Vec<Reaped> {
    let reap = Reap {
        gone: Vec::new(),
        limit: 100,
        policy: floorjobs_core::job::RetryPolicy::default(),
        jitter: 0.5,
    };
    repository.reap(&reap).unwrap()
}

fn prune_cancelled(store: &Store) -> Prune {
    Prune {
        succeeded_before: None,
        failed_before: None,
        cancelled_before: Some(store.clock.now().after(Duration::from_secs(1))),
        limit: 100,
    }
}

fn is<T: std::fmt::Debug>(result: &Result<T>, kind: ErrorKind) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == kind)
}

pub(super) fn claim_against_claim(store: &Store) {
    let ids: HashSet<_> = (0..300).map(|_| store.add(job("work")).id).collect();
    let take_all = |repository: &dyn Repository| {
        let claim = claim_of(&owner(), 3);
        let mut got = Vec::new();
        loop {
            let batch = repository.claim(&claim).unwrap();
            if batch.is_empty() {
                return got;
            }
            got.extend(batch.iter().map(|job| job.id));
        }
    };
    let both = |repository: &dyn Repository| {
        std::thread::scope(|scope| {
            let second = scope.spawn(|| take_all(repository));
            [take_all(repository), second.join().unwrap()].concat()
        })
    };
    let (one, other) = at_once(store, 0, both, both);
    let all = [one, other].concat();
    assert_eq!(all.len(), 300, "each once");
    assert_eq!(all.into_iter().collect::<HashSet<_>>(), ids);
}

pub(super) fn claim_one_against_claim(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        let (mine, others) = (owner(), owner());
        let (picked, claimed) = at_once(
            store,
            round,
            |one| one.claim_one(id, &mine, LEASE),
            |other| other.claim(&claim_of(&others, 5)).unwrap(),
        );
        assert_eq!(picked.is_ok(), claimed.is_empty());
        assert!(picked.is_ok() || is(&picked, ErrorKind::InvalidState));
        assert_eq!(store.history(id).1, [None]);
        let owner = if picked.is_ok() { &mine } else { &others };
        assert_eq!(store.repository.attempts(id).unwrap()[0].owner, owner.id);
        store
            .finish(
                &fence(&store.repository.get(id).unwrap(), owner),
                &success(),
            )
            .unwrap();
    }
}

pub(super) fn enqueue_against_enqueue_with_one_key(store: &Store) {
    for round in 0..ROUNDS {
        let keyed = || [store.request(job("work").unique_key(format!("k-{round}")))];
        let (a, b) = (keyed(), keyed());
        let (one, other) = at_once(
            store,
            round,
            |one| one.enqueue(&a).unwrap().remove(0),
            |other| other.enqueue(&b).unwrap().remove(0),
        );
        assert_eq!(one.job.id, other.job.id);
        assert_ne!(one.existing, other.existing);
    }
}

pub(super) fn enqueue_against_enqueue_with_one_id(store: &Store) {
    for round in 0..ROUNDS {
        let request = [store.request(job("work"))];
        let (one, other) = at_once(
            store,
            round,
            |one| one.enqueue(&request),
            |other| other.enqueue(&request),
        );
        assert_ne!(one.is_ok(), other.is_ok());
        assert!(is(&one, ErrorKind::Conflict) || is(&other, ErrorKind::Conflict));
    }
}

pub(super) fn finish_against_reap(store: &Store) {
    for round in 0..ROUNDS {
        let (job, fence) = store.running(&owner());
        store.clock.advance(LEASE);
        let (ended, reaped) = at_once(store, round, |one| finish(one, fence, success()), reap);
        let (after, outcomes) = store.history(job.id);
        if reaped.is_empty() {
            assert_eq!(ended.unwrap(), after);
            assert_eq!((after.status, after.crashes), (Status::Succeeded, 0));
            assert_eq!(outcomes, [Some("succeeded")]);
        } else {
            assert_eq!(kind_of(ended), ErrorKind::LeaseLost);
            assert_eq!((after.status, after.crashes), (Status::Queued, 1));
            assert_eq!(outcomes, [Some("crashed")]);
            store.repository.cancel(job.id).unwrap();
        }
    }
}

pub(super) fn reap_against_reap(store: &Store) {
    for round in 0..ROUNDS {
        let jobs: Vec<_> = (0..3).map(|_| store.running(&owner()).0.id).collect();
        store.clock.advance(LEASE);
        let (one, other) = at_once(store, round, reap, reap);
        assert_eq!(one.len() + other.len(), 3, "each given up once");
        for id in jobs {
            let (after, outcomes) = store.history(id);
            assert_eq!((after.crashes, outcomes), (1, vec![Some("crashed")]));
            store.repository.cancel(id).unwrap();
        }
    }
}

pub(super) fn heartbeat_against_reap(store: &Store) {
    for round in 0..ROUNDS {
        let (job, fence) = store.running(&owner());
        store.clock.advance(LEASE);
        let heartbeat = Heartbeat {
            owner: fence.owner,
            beats: vec![Beat::of(fence)],
            lease: Some(LEASE),
        };
        let (beaten, reaped) = at_once(
            store,
            round,
            |one| one.heartbeat(&heartbeat).unwrap().remove(0),
            reap,
        );
        let after = store.repository.get(job.id).unwrap();
        if reaped.is_empty() {
            assert!(matches!(beaten, Held::Held { .. }));
            assert_eq!(after.status, Status::Running);
            store.finish(&fence, &success()).unwrap();
        } else {
            assert_eq!(beaten, Held::Lost);
            assert_eq!(after.status, Status::Queued);
            store.repository.cancel(job.id).unwrap();
        }
    }
}

pub(super) fn claim_against_reap(store: &Store) {
    for round in 0..ROUNDS {
        let (job, zombie) = store.running(&owner());
        store.clock.advance(LEASE);
        let next = owner();
        let (claimed, reaped) = at_once(
            store,
            round,
            |one| one.claim(&claim_of(&next, 5)).unwrap(),
            reap,
        );
        assert_eq!(reaped.len(), 1);
        let (after, outcomes) = store.history(job.id);
        match claimed.len() {
            0 => assert_eq!(outcomes, [Some("crashed")]),
            _ => assert_eq!((after.attempt, outcomes), (2, vec![Some("crashed"), None])),
        }
        assert_eq!(
            kind_of(finish(store.other.as_ref(), zombie, success())),
            ErrorKind::LeaseLost
        );
        match claimed.first() {
            None => drop(store.repository.cancel(job.id).unwrap()),
            Some(claimed) => drop(store.finish(&fence(claimed, &next), &success()).unwrap()),
        }
    }
}

pub(super) fn finish_against_finish(store: &Store) {
    for round in 0..ROUNDS {
        // The same ending twice: a worker that asks again for an answer it missed.
        let (job, fence) = store.running(&owner());
        let failed = || Ending::Failed { error: broken() };
        let (one, other) = at_once(
            store,
            round,
            |one| finish(one, fence, failed()).unwrap(),
            |other| finish(other, fence, failed()).unwrap(),
        );
        assert_eq!((one.errors, &one), (1, &other));
        assert_eq!(store.history(job.id), (one, vec![Some("failed")]));
        // Two different ones: exactly one is accepted.
        let (job, fence) = store.running(&owner());
        let (one, other) = at_once(
            store,
            round,
            |one| finish(one, fence, success()),
            |other| finish(other, fence, failed()),
        );
        assert_ne!(one.is_ok(), other.is_ok());
        let refused = if one.is_ok() { &other } else { &one };
        assert!(is(refused, ErrorKind::LeaseLost));
        let accepted = one.or(other).unwrap();
        assert_eq!(store.repository.get(job.id).unwrap(), accepted);
    }
}

pub(super) fn cancel_against_finish(store: &Store) {
    for round in 0..ROUNDS {
        let (job, fence) = store.running(&owner());
        let (cancelled, ended) = at_once(
            store,
            round,
            |one| one.cancel(job.id),
            |other| finish(other, fence, success()).unwrap(),
        );
        assert_eq!(ended.status, Status::Succeeded);
        match cancelled {
            Ok(asked) => assert_eq!(
                (asked.status, asked.cancel_requested),
                (Status::Running, true)
            ),
            Err(error) => assert_eq!(error.kind(), ErrorKind::InvalidState),
        }
        assert_eq!(store.repository.get(job.id).unwrap(), ended);
        // An ending after which the job would run again: whoever is first, it does not.
        let (job, fence) = store.running(&owner());
        let released = || Ending::Released;
        let (cancelled, ended) = at_once(
            store,
            round,
            |one| one.cancel(job.id).unwrap(),
            |other| finish(other, fence, released()).unwrap(),
        );
        let (after, outcomes) = store.history(job.id);
        assert_eq!(after.status, Status::Cancelled);
        match cancelled.status {
            Status::Running => {
                assert_eq!(ended.status, Status::Cancelled);
                assert_eq!(outcomes, [Some("cancelled")]);
            }
            status => {
                assert_eq!((status, ended.status), (Status::Cancelled, Status::Queued));
                assert_eq!(outcomes, [Some("released")]);
            }
        }
    }
}

pub(super) fn cancel_against_claim(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        let owner = owner();
        let (cancelled, claimed) = at_once(
            store,
            round,
            |one| one.cancel(id).unwrap(),
            |other| other.claim(&claim_of(&owner, 1)).unwrap(),
        );
        if let Some(started) = claimed.first() {
            assert_eq!(
                (cancelled.status, cancelled.cancel_requested),
                (Status::Running, true)
            );
            let ended = store.finish(&fence(started, &owner), &Ending::Cancelled);
            assert_eq!(ended.unwrap().status, Status::Cancelled);
        } else {
            assert_eq!(cancelled.status, Status::Cancelled);
            assert_eq!(store.history(id).1, []);
        }
    }
}

pub(super) fn cancel_against_reap(store: &Store) {
    for round in 0..ROUNDS {
        let (job, _) = store.running(&owner());
        store.clock.advance(LEASE);
        let (cancelled, reaped) = at_once(store, round, |one| one.cancel(job.id).unwrap(), reap);
        assert_eq!(reaped.len(), 1);
        let (after, outcomes) = store.history(job.id);
        assert_eq!(after.status, Status::Cancelled, "whoever was first");
        assert_eq!(outcomes, [Some("crashed")]);
        let cancelled_later = cancelled.status == Status::Cancelled;
        assert_eq!(cancelled_later, reaped[0].status == Status::Queued);
    }
}

pub(super) fn cancel_against_cancel(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        let (one, other) = at_once(store, round, |one| one.cancel(id), |other| other.cancel(id));
        assert_ne!(one.is_ok(), other.is_ok());
        assert!(is(&one, ErrorKind::InvalidState) || is(&other, ErrorKind::InvalidState));
    }
}

pub(super) fn retry_against_retry(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        store.repository.cancel(id).unwrap();
        let (one, other) = at_once(store, round, |one| one.retry(id), |other| other.retry(id));
        assert_ne!(one.is_ok(), other.is_ok());
        assert!(is(&one, ErrorKind::InvalidState) || is(&other, ErrorKind::InvalidState));
        store.repository.cancel(id).unwrap();
    }
}

pub(super) fn retry_against_enqueue_with_the_same_key(store: &Store) {
    for round in 0..ROUNDS {
        let keyed = || job("work").unique_key(format!("k-{round}"));
        let first = store.add(keyed()).id;
        store.repository.cancel(first).unwrap();
        let request = [store.request(keyed())];
        let (retried, stored) = at_once(
            store,
            round,
            |one| one.retry(first),
            |other| other.enqueue(&request).unwrap().remove(0),
        );
        match retried {
            Ok(again) => assert_eq!((again.id, stored.existing), (stored.job.id, true)),
            Err(error) => {
                assert_eq!(
                    (error.kind(), stored.existing),
                    (ErrorKind::Conflict, false)
                );
                let first = store.repository.get(first).unwrap();
                assert_eq!(first.status, Status::Cancelled);
            }
        }
    }
}

pub(super) fn prune_against_retry(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        store.repository.cancel(id).unwrap();
        let prune = prune_cancelled(store);
        let (pruned, retried) = at_once(
            store,
            round,
            |one| one.prune(&prune).unwrap(),
            |other| other.retry(id),
        );
        assert_eq!(pruned, usize::from(retried.is_err()));
        match retried {
            Ok(again) => {
                assert_eq!(store.repository.get(id).unwrap(), again);
                // Out of the way of the next round, and not old.
                store
                    .finish(&store.restart(id, &owner()), &success())
                    .unwrap();
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
        }
    }
}

pub(super) fn prune_against_enqueue_of_a_child(store: &Store) {
    for round in 0..ROUNDS {
        let parent = store.add(job("parent")).id;
        store.repository.cancel(parent).unwrap();
        let prune = prune_cancelled(store);
        let policy = ParentFailure::Run;
        let child = [store.request(job("work").after([parent]).on_parent_failure(policy))];
        let (pruned, stored) = at_once(
            store,
            round,
            |one| one.prune(&prune).unwrap(),
            |other| other.enqueue(&child),
        );
        assert_eq!(pruned, 1);
        match stored {
            Ok(stored) => assert_eq!(stored[0].job.waiting_for, 0),
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
        }
    }
}

pub(super) fn the_end_of_a_parent_against_enqueue_of_its_child(store: &Store) {
    for round in 0..ROUNDS {
        let (parent, fence) = store.running(&owner());
        let succeeds = round % 2 == 0;
        let ending = if succeeds {
            success()
        } else {
            Ending::Failed { error: broken() }
        };
        let child = [store.request(job("work").after([parent.id]))];
        let (_, stored) = at_once(
            store,
            round,
            |one| finish(one, fence, ending).unwrap(),
            |other| other.enqueue(&child).unwrap(),
        );
        let child = store.repository.get(stored[0].job.id).unwrap();
        let expected = if succeeds {
            Status::Queued
        } else {
            Status::Cancelled
        };
        assert_eq!((child.status, child.waiting_for), (expected, 0));
        if succeeds {
            assert_eq!(store.claim(&owner(), 5).len(), 1, "it is ready");
        }
    }
}

pub(super) fn the_ends_of_two_parents(store: &Store) {
    for round in 0..ROUNDS {
        let parents = [(); 2].map(|()| store.running(&owner()));
        let after = parents.iter().map(|(parent, _)| parent.id);
        let child = store.add(job("work").after(after)).id;
        let [one, other] = parents.map(|(_, fence)| fence);
        at_once(
            store,
            round,
            |first| finish(first, one, success()).unwrap(),
            |second| finish(second, other, success()).unwrap(),
        );
        let claimed = store.claim(&owner(), 5);
        assert_eq!(claimed.len(), 1, "the second one made it ready");
        assert_eq!(claimed[0].id, child);
    }
}

pub(super) fn pause_against_claim(store: &Store) {
    let here = queue("default");
    for round in 0..ROUNDS {
        let id = store.add(job("work")).id;
        let owner = owner();
        let (since, claimed) = at_once(
            store,
            round,
            |one| {
                one.pause(&here).unwrap();
                one.claim(&claim_of(&owner, 5)).unwrap()
            },
            |other| other.claim(&claim_of(&owner, 5)).unwrap(),
        );
        assert_eq!(since, [], "nothing starts once the pause is there");
        assert_eq!(store.claim(&owner, 5), []);
        store.repository.resume(&here).unwrap();
        assert_eq!(
            store.claim(&owner, 5).len(),
            usize::from(claimed.is_empty())
        );
        assert_eq!(store.history(id).1, [None]);
    }
}

pub(super) fn merges_of_two_catalogues(store: &Store) {
    for round in 0..ROUNDS {
        let base = CatalogueChange::Replace(ours());
        store.repository.change_catalogue(&base).unwrap();
        let merge = |code| CatalogueChange::Merge(row(code, round));
        at_once(
            store,
            round,
            |one| one.change_catalogue(&merge("one")).unwrap(),
            |other| other.change_catalogue(&merge("other")).unwrap(),
        );
        let stored = store.repository.catalogue().unwrap().unwrap();
        assert_eq!(stored.materials.len(), ours().materials.len() + 2);
    }
}

pub(super) fn make_due_against_claim(store: &Store) {
    for round in 0..ROUNDS {
        let id = store.add(job("work").delay(Duration::from_secs(3_600))).id;
        let owner = owner();
        let (due, claimed) = at_once(
            store,
            round,
            |one| one.make_due(id).unwrap(),
            |other| other.claim(&claim_of(&owner, 5)).unwrap(),
        );
        assert_eq!(due.run_at, store.clock.now());
        let later = store.claim(&owner, 5);
        assert_eq!(claimed.len() + later.len(), 1);
        assert_eq!(store.history(id).1, [None]);
    }
}

pub(super) fn release_strays_against_finish(store: &Store) {
    for round in 0..ROUNDS {
        let mine = owner();
        let (job, fence) = store.running(&mine);
        let (released, ended) = at_once(
            store,
            round,
            |one| one.release_strays(mine.id, &[]).unwrap(),
            |other| finish(other, fence, success()),
        );
        let (after, outcomes) = store.history(job.id);
        if released == 0 {
            assert_eq!(ended.unwrap(), after);
            assert_eq!(outcomes, [Some("succeeded")]);
        } else {
            assert_eq!(kind_of(ended), ErrorKind::LeaseLost);
            assert_eq!(
                (after.status, outcomes),
                (Status::Queued, vec![Some("released")])
            );
            store.repository.cancel(job.id).unwrap();
        }
    }
}

pub(super) fn release_strays_against_a_claim_of_another(store: &Store) {
    for round in 0..ROUNDS {
        let (mine, others) = (owner(), owner());
        let (stray, _) = store.running(&mine);
        let fresh = store.add(job("work")).id;
        let (released, claimed) = at_once(
            store,
            round,
            |one| one.release_strays(mine.id, &[]).unwrap(),
            |other| other.claim(&claim_of(&others, 5)).unwrap(),
        );
        assert_eq!(released, 1);
        let taken: Vec<JobId> = claimed.iter().map(|job| job.id).collect();
        assert!(
            taken.contains(&fresh),
            "what was ready before is ready still"
        );
        assert!(taken.iter().all(|id| [fresh, stray.id].contains(id)));
        for job in &claimed {
            store.finish(&fence(job, &others), &success()).unwrap();
        }
        if claimed.len() == 1 {
            store.repository.cancel(stray.id).unwrap();
        }
    }
}

pub(super) fn checkpoint_against_finish(store: &Store) {
    for round in 0..ROUNDS {
        let (job, fence) = store.running(&owner());
        let value = json!({ "round": round });
        let (kept, ended) = at_once(
            store,
            round,
            |one| one.checkpoint(&fence, &value),
            |other| finish(other, fence, Ending::Released).unwrap(),
        );
        let after = store.repository.get(job.id).unwrap();
        assert_eq!((after.status, after.attempt), (ended.status, 1));
        match kept {
            Ok(()) => assert_eq!(after.checkpoint, Some(value)),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::LeaseLost);
                assert_eq!(after.checkpoint, None);
            }
        }
        store.repository.cancel(job.id).unwrap();
    }
}

pub(super) fn a_reader_sees_a_success_as_a_whole(store: &Store) {
    for round in 0..ROUNDS {
        let ingest = store.add_ingest();
        let owner = owner();
        let fence = store.restart(ingest.id, &owner);
        let ending = Ending::Succeeded {
            result: Some(json!(round)),
            result_ref: None,
            product: Some(Product::Reading(reading())),
        };
        at_once(
            store,
            round,
            |one| finish(one, fence, ending).unwrap(),
            |other| {
                loop {
                    let job = other.get(ingest.id).unwrap();
                    if job.status == Status::Running {
                        assert_eq!(job.result, None);
                        continue;
                    }
                    assert_eq!(job.result, Some(json!(round)));
                    let attempt = other.attempts(ingest.id).unwrap().remove(0);
                    assert_eq!(
                        attempt.outcome,
                        Some(floorjobs_core::job::Outcome::Succeeded)
                    );
                    let plan = other.floorplan(ingest.floorplan_id.unwrap()).unwrap();
                    assert_eq!(plan.reading, Some(reading()));
                    return;
                }
            },
        );
    }
}

pub(super) fn a_beat_against_the_removal_of_its_worker(store: &Store) {
    for round in 0..ROUNDS {
        let owner = owner();
        store.note_worker(&owner);
        let heartbeat = Heartbeat {
            owner: owner.id,
            beats: Vec::new(),
            lease: Some(LEASE),
        };
        at_once(
            store,
            round,
            |one| one.heartbeat(&heartbeat).unwrap(),
            |other| other.remove_worker(owner.id).unwrap(),
        );
        assert_eq!(
            store.repository.workers().unwrap(),
            [],
            "a beat makes no note"
        );
    }
}
