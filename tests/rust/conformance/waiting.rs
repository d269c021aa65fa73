use std::time::Duration;

use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Fence, JobId, Kind, NewJob, ParentFailure, Status, UniqueScope, Usage};
use floorjobs_core::repository::{Counts, Ending, Enqueue, Finish};
use floorjobs_core::{ErrorKind, Job};
use serde_json::json;

use super::store::{LEASE, Store, broken, job, kind_of, new_floorplan, owner, queue, success};

fn after(store: &Store, parents: &[&Job], policy: ParentFailure) -> Job {
    let ids = parents.iter().map(|parent| parent.id);
    store.add(job("work").after(ids).on_parent_failure(policy))
}

fn end(store: &Store, parent: &Job, ending: &Ending) {
    let fence = store.restart(parent.id, &owner());
    store.finish(&fence, ending).unwrap();
}

fn status(store: &Store, job: &Job) -> Status {
    store.repository.get(job.id).unwrap().status
}

pub(super) fn a_job_runs_after_those_it_waits_for(store: &Store) {
    let parents = [store.add(job("parent")), store.add(job("parent"))];
    let child = after(store, &[&parents[0], &parents[1]], ParentFailure::Cancel);
    assert_eq!((child.status, child.waiting_for), (Status::Queued, 2));
    let mut ids = [parents[0].id, parents[1].id];
    ids.sort();
    assert_eq!(store.repository.parents(child.id).unwrap(), ids);
    let parent = store.repository.get(parents[0].id).unwrap();
    assert!(parent.is_awaited && !parents[0].is_awaited && !child.is_awaited);
    let blocked = Counts {
        ready: 2,
        blocked: 1,
        ..Counts::default()
    };
    assert_eq!(
        store.repository.counts(&[queue("default")]).unwrap(),
        blocked
    );
    end(store, &parents[1], &success());
    assert_eq!(store.claim(&owner(), 5), []);
    assert_eq!(store.repository.get(child.id).unwrap().waiting_for, 1);
    end(store, &parents[0], &success());
    assert_eq!(store.repository.parents(child.id).unwrap(), []);
    assert_eq!(store.claim(&owner(), 5)[0].id, child.id);
}

pub(super) fn a_failed_parent_cancels_fails_or_is_ignored(store: &Store) {
    let parent = store.add(job("parent"));
    let children = ParentFailure::ALL.map(|policy| after(store, &[&parent], policy));
    end(store, &parent, &Ending::Failed { error: broken() });
    let [cancelled, failed, running] =
        children.map(|child| store.repository.get(child.id).unwrap());
    assert_eq!(
        (cancelled.status, cancelled.error),
        (Status::Cancelled, None)
    );
    assert_eq!(cancelled.finished_at, Some(store.clock.now()));
    assert_eq!(failed.status, Status::Failed);
    assert!(
        failed
            .error
            .unwrap()
            .message
            .contains(&parent.id.to_string())
    );
    assert_eq!((running.status, running.waiting_for), (Status::Queued, 0));
    assert_eq!(store.claim(&owner(), 5)[0].id, running.id);
}

pub(super) fn a_parent_that_has_ended_is_settled_at_once(store: &Store) {
    let (good, bad) = (store.add(job("parent")), store.add(job("parent")));
    end(store, &good, &success());
    store.repository.cancel(bad.id).unwrap();
    let ready = after(store, &[&good], ParentFailure::Cancel);
    assert_eq!((ready.status, ready.waiting_for), (Status::Queued, 0));
    let cancelled = after(store, &[&good, &bad], ParentFailure::Cancel);
    assert_eq!(cancelled.status, Status::Cancelled);
    let failed = after(store, &[&bad], ParentFailure::Fail);
    assert_eq!(failed.status, Status::Failed);
    assert_eq!(store.claim(&owner(), 5).len(), 1);
}

pub(super) fn an_ended_parent_passes_down_the_chain(store: &Store) {
    let first = store.add(job("parent"));
    let second = after(store, &[&first], ParentFailure::Fail);
    let third = after(store, &[&second], ParentFailure::Cancel);
    let fourth = after(store, &[&third], ParentFailure::Run);
    // A crash that ends the job counts as its end, too.
    for _ in 0..3 {
        store.clock.advance(Duration::from_secs(3_600));
        store.restart(first.id, &owner());
        store.clock.advance(LEASE);
        store.reap(&[]);
    }
    let now = [&first, &second, &third, &fourth].map(|job| status(store, job));
    assert_eq!(
        now,
        [
            Status::Failed,
            Status::Failed,
            Status::Cancelled,
            Status::Queued
        ]
    );
}

pub(super) fn an_unknown_parent_is_refused(store: &Store) {
    let unknown = JobId::generate(store.clock.now());
    let request = store.request(job("work").after([unknown]));
    let id = request.id;
    assert_eq!(
        kind_of(store.repository.enqueue(&[request])),
        ErrorKind::NotFound
    );
    assert_eq!(kind_of(store.repository.get(id)), ErrorKind::NotFound);
    assert_eq!(kind_of(store.repository.parents(id)), ErrorKind::NotFound);
}

pub(super) fn a_blocked_job_is_not_started_or_made_ready(store: &Store) {
    let parent = store.add(job("parent"));
    let child = store.add(
        job("work")
            .after([parent.id])
            .delay(Duration::from_secs(60)),
    );
    let refused = store.repository.claim_one(child.id, &owner(), LEASE);
    assert_eq!(kind_of(refused), ErrorKind::InvalidState);
    assert_eq!(store.repository.make_due(child.id).unwrap().waiting_for, 1);
    store.clock.advance(Duration::from_secs(60));
    assert_eq!(store.claim(&owner(), 5), []);
    assert_eq!(
        store.repository.next_run_at(&[queue("default")]).unwrap(),
        None
    );
}

pub(super) fn a_blocked_job_can_be_cancelled_and_retried_without_its_parents(store: &Store) {
    let parent = store.add(job("parent"));
    let child = after(store, &[&parent], ParentFailure::Cancel);
    let cancelled = store.repository.cancel(child.id).unwrap();
    assert_eq!(
        (cancelled.status, cancelled.waiting_for),
        (Status::Cancelled, 0)
    );
    assert_eq!(store.repository.parents(child.id).unwrap(), []);
    store.repository.retry(child.id).unwrap();
    assert_eq!(store.claim(&owner(), 5)[0].id, child.id);
    // Whatever becomes of the parent is no longer its business.
    store.repository.cancel(parent.id).unwrap();
    assert_eq!(status(store, &child), Status::Running);
}

pub(super) fn a_paused_queue_starts_nothing(store: &Store) {
    let waiting = store.add(job("work"));
    let here = queue("default");
    store.repository.pause(&here).unwrap();
    let since = store.clock.now();
    store.clock.advance(Duration::from_secs(1));
    store.repository.pause(&here).unwrap();
    assert_eq!(store.repository.paused().unwrap(), [(here.clone(), since)]);
    assert_eq!(store.claim(&owner(), 5), []);
    assert_eq!(status(store, &waiting), Status::Queued);
    store.repository.resume(&here).unwrap();
    store.repository.resume(&here).unwrap();
    assert_eq!(store.repository.paused().unwrap(), []);
    assert_eq!(store.claim(&owner(), 5)[0].id, waiting.id);
}

pub(super) fn a_checkpoint_is_there_for_the_next_attempt(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    store
        .repository
        .checkpoint(&fence, &json!({"page": 1}))
        .unwrap();
    store
        .repository
        .checkpoint(&fence, &json!({"page": 2}))
        .unwrap();
    store.finish(&fence, &Ending::Released).unwrap();
    let next = store.claim(&owner, 1).remove(0);
    assert_eq!(store.repository.get(job.id).unwrap(), next);
    assert_eq!(next.checkpoint, Some(json!({"page": 2})));
}

pub(super) fn a_checkpoint_is_fenced(store: &Store) {
    let (job, zombie) = store.running(&owner());
    store.clock.advance(LEASE);
    store.reap(&[]);
    let refused = store.repository.checkpoint(&zombie, &json!(1));
    assert_eq!(kind_of(refused), ErrorKind::LeaseLost);
    store.restart(job.id, &owner());
    let refused = store.repository.checkpoint(&zombie, &json!(1));
    assert_eq!(kind_of(refused), ErrorKind::LeaseLost);
    assert_eq!(store.repository.get(job.id).unwrap().checkpoint, None);
}

pub(super) fn what_an_attempt_used_is_kept(store: &Store) {
    let (job, fence) = store.running(&owner());
    let usage = Usage {
        cpu_us: 1_234,
        peak_memory_bytes: 5_678,
    };
    let finish = Finish {
        usage: Some(usage),
        trace: Some("tasks.py, line 7\n    \"\u{e9}\"".to_owned()),
        ..Finish::of(fence, success())
    };
    store.repository.finish(&finish).unwrap();
    let attempt = store.repository.attempts(job.id).unwrap().remove(0);
    assert_eq!((attempt.usage, attempt.trace), (Some(usage), finish.trace));
}

/// The jobs of one call, and which of them were there already.
fn call(store: &Store, jobs: impl IntoIterator<Item = NewJob>) -> (Vec<Job>, Vec<bool>) {
    let requests: Vec<_> = jobs.into_iter().map(|job| store.request(job)).collect();
    let stored = store.repository.enqueue(&requests).unwrap();
    let existing = stored.iter().map(|one| one.existing).collect();
    (stored.into_iter().map(|one| one.job).collect(), existing)
}

pub(super) fn jobs_of_one_call_can_wait_for_each_other(store: &Store) {
    let stranger = store.add(job("parent"));
    let (jobs, _) = call(
        store,
        [
            job("parent"),
            job("work").after_index([0]).after([stranger.id]),
            job("work").after_index([1, 0, 1]),
        ],
    );
    let waiting_for = |job: &Job| store.repository.get(job.id).unwrap().waiting_for;
    assert_eq!([0, 2, 2], [0, 1, 2].map(|n: usize| jobs[n].waiting_for));
    let mut parents = [stranger.id, jobs[0].id];
    parents.sort();
    assert_eq!(store.repository.parents(jobs[1].id).unwrap(), parents);
    assert_eq!(
        jobs[1].unique_key, None,
        "only a leader with a key gives one"
    );
    end(store, &jobs[0], &success());
    assert_eq!((waiting_for(&jobs[1]), waiting_for(&jobs[2])), (1, 1));
    end(store, &stranger, &success());
    end(store, &jobs[1], &success());
    assert_eq!(waiting_for(&jobs[2]), 0);
}

pub(super) fn a_place_that_is_not_before_is_refused_and_nothing_stored(store: &Store) {
    for place in [1, 2] {
        let first = store.request(job("work"));
        let id = first.id;
        let second = store.request(job("work").after_index([place]));
        let refused = store.repository.enqueue(&[first, second]).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        assert_eq!(refused.field(), Some("after_index"));
        assert_eq!(kind_of(store.repository.get(id)), ErrorKind::NotFound);
    }
}

pub(super) fn a_follower_is_about_the_floor_plan_of_its_leader(store: &Store) {
    let other = store.add_ingest().floorplan_id;
    let ingest = Enqueue {
        floorplan: Some(new_floorplan()),
        ..store.request(NewJob::of(Kind::ingest()))
    };
    let own_plan = Enqueue {
        floorplan: Some(new_floorplan()),
        ..store.request(job("work").after_index([1]))
    };
    let requests = [
        store.request(job("work")),
        ingest,
        store.request(job("work").after_index([0, 1])),
        store.request(job("work").after_index([2])),
        store.request(job("work").after_index([1]).floorplan_id(other.unwrap())),
        own_plan,
    ];
    let stored = store.repository.enqueue(&requests).unwrap();
    let plans: Vec<_> = stored.iter().map(|one| one.job.floorplan_id).collect();
    let made = plans[1];
    assert!(made.is_some() && made != other);
    assert_eq!(plans[..5], [None, made, made, made, other]);
    assert!(plans[5].is_some() && plans[5] != made);
}

pub(super) fn the_same_call_made_twice_makes_no_job_twice(store: &Store) {
    let asked = || {
        [
            job("parent").unique_key("k"),
            job("work").after_index([0]),
            job("work").after_index([0]),
            job("work").after_index([1]),
            job("work"),
        ]
    };
    let (first, _) = call(store, asked());
    let (again, existing) = call(store, asked());
    assert_eq!(existing, [true, true, true, true, false]);
    let ids = |jobs: &[Job]| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(&first[..4]), ids(&again[..4]));
    // A follower that was not asked for the first time is new, and waits for the existing job.
    let more = [
        job("parent").unique_key("k"),
        job("other").after_index([0]),
        job("work").after_index([0]).unique_key("its own"),
    ];
    let (more, existing) = call(store, more);
    assert_eq!(existing, [true, false, false]);
    assert_eq!(store.repository.parents(more[1].id).unwrap(), [first[0].id]);
    assert_eq!(more[2].unique_key.as_deref(), Some("its own"));
    // Once the leader has ended, the key is free, and the call makes all anew.
    end(store, &first[0], &success());
    let (anew, existing) = call(store, asked());
    assert_eq!(existing, [false; 5]);
    assert_eq!(anew[1].waiting_for, 1);
}

pub(super) fn followers_hold_their_key_as_long_as_their_leader(store: &Store) {
    let day = UniqueScope::For(Duration::from_secs(86_400));
    let asked = || {
        [
            job("parent").unique_key("k").unique_scope(day),
            job("work").after_index([0]),
        ]
    };
    let (first, _) = call(store, asked());
    end(store, &first[0], &Ending::Failed { error: broken() });
    assert_eq!(status(store, &first[1]), Status::Cancelled);
    let (again, existing) = call(store, asked());
    assert_eq!(existing, [true, true]);
    assert_eq!(again[1].id, first[1].id);
    // A new follower of a job that has ended is settled at once.
    let late = [asked()[0].clone(), job("late").after_index([0])];
    assert_eq!(call(store, late).0[1].status, Status::Cancelled);
    store.clock.advance(Duration::from_secs(86_400));
    assert_eq!(call(store, asked()).1, [false, false]);
}

pub(super) fn a_parent_that_runs_again_is_still_waited_for(store: &Store) {
    let parent = store.add(job("parent"));
    let child = after(store, &[&parent], ParentFailure::Run);
    let run_at = store.clock.now();
    for ending in [
        Ending::Retried {
            error: broken(),
            run_at,
        },
        Ending::Snoozed { run_at },
        Ending::Released,
    ] {
        end(store, &parent, &ending);
        assert_eq!(store.repository.get(child.id).unwrap().waiting_for, 1);
    }
    store.restart(parent.id, &owner());
    store.clock.advance(LEASE);
    store.reap(&[]);
    assert_eq!(store.repository.get(child.id).unwrap().waiting_for, 1);
    assert_eq!(store.claim(&owner(), 5), []);
    end(store, &parent, &success());
    assert_eq!(store.claim(&owner(), 5).len(), 1);
}

pub(super) fn a_parent_of_the_same_call_is_known_and_one_named_twice_counts_once(store: &Store) {
    let parent = store.request(job("parent"));
    let child = store.request(job("work").after([parent.id, parent.id]));
    let ids = (parent.id, child.id);
    let stored = store.repository.enqueue(&[parent, child]).unwrap();
    assert_eq!(stored[1].job.waiting_for, 1);
    assert_eq!(store.repository.parents(ids.1).unwrap(), [ids.0]);
    // Nobody waits for itself: when it is asked for, it is not there yet.
    let mut narcissus = store.request(job("work"));
    narcissus.job.after = vec![narcissus.id];
    assert_eq!(
        kind_of(store.repository.enqueue(&[narcissus])),
        ErrorKind::NotFound
    );
}

pub(super) fn a_child_that_becomes_free_still_waits_for_its_moment(store: &Store) {
    let parent = store.add(job("parent"));
    let child = store.add(
        job("work")
            .after([parent.id])
            .delay(Duration::from_secs(60)),
    );
    end(store, &parent, &success());
    assert_eq!(store.claim(&owner(), 5), []);
    assert_eq!(
        store.repository.next_run_at(&[queue("default")]).unwrap(),
        Some(child.run_at)
    );
    store.clock.advance(Duration::from_secs(60));
    assert_eq!(store.claim(&owner(), 5)[0].id, child.id);
}

pub(super) fn a_checkpoint_of_nobody_is_refused(store: &Store) {
    let (job, fence) = store.running(&owner());
    let stranger = Fence {
        owner: owner().id,
        ..fence
    };
    let refused = store.repository.checkpoint(&stranger, &json!(1));
    assert_eq!(kind_of(refused), ErrorKind::LeaseLost);
    let unknown = Fence {
        job: JobId::generate(store.clock.now()),
        ..fence
    };
    let refused = store.repository.checkpoint(&unknown, &json!(1));
    assert_eq!(kind_of(refused), ErrorKind::NotFound);
    assert_eq!(store.repository.get(job.id).unwrap().checkpoint, None);
}
