use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Status, Timestamp, UniqueScope};
use floorjobs_core::repository::Enqueue;
use serde_json::json;

use super::store::{Store, job, kind_of, new_floorplan, owner, queue, success};

pub(super) fn a_job_comes_back_as_it_was_asked_for(store: &Store) {
    let asked = job("thumbnail")
        .payload(json!({"page": 1, "text": "naïve ☃ \u{0}", "big": 9_007_199_254_740_993_u64}))
        .queue(queue("images"))
        .priority(-7)
        .delay(Duration::from_secs(9))
        .max_attempts(2)
        .timeout(Duration::from_millis(1_500))
        .unique_key("page-1")
        .request_id("abc-1");
    let stored = store.add(asked.clone());
    let now = store.clock.now();
    assert_eq!(stored.kind, asked.kind);
    assert_eq!(stored.payload, asked.payload);
    assert_eq!(stored.queue.as_str(), "images");
    assert_eq!((stored.priority, stored.max_attempts), (-7, Some(2)));
    assert_eq!(stored.timeout_us, Some(1_500_000));
    assert_eq!(stored.unique_key.as_deref(), Some("page-1"));
    assert_eq!(stored.request_id.as_deref(), Some("abc-1"));
    assert_eq!(stored.run_at, now.after(Duration::from_secs(9)));
    assert_eq!((stored.created_at, stored.updated_at), (now, now));
    assert_eq!((stored.status, stored.attempt), (Status::Queued, 0));
    assert_eq!((stored.started_at, stored.finished_at), (None, None));
    assert_eq!(store.repository.get(stored.id).unwrap(), stored);
    assert_eq!(store.repository.attempts(stored.id).unwrap(), []);
}

pub(super) fn all_or_none_of_a_call_are_stored(store: &Store) {
    let good = store.request(job("work"));
    let bad = store.request(job("work").floorplan_id(99));
    let refused = store.repository.enqueue(&[good.clone(), bad]);
    assert_eq!(kind_of(refused), ErrorKind::NotFound);
    assert_eq!(kind_of(store.repository.get(good.id)), ErrorKind::NotFound);

    let more = [good, store.request(job("work")), store.request(job("work"))];
    let stored = store.repository.enqueue(&more).unwrap();
    let ids = |list: Vec<_>| list;
    assert_eq!(
        ids(stored.iter().map(|one| one.job.id).collect()),
        ids(more.iter().map(|one| one.id).collect::<Vec<_>>())
    );
}

pub(super) fn a_unique_key_returns_the_active_job(store: &Store) {
    let first = store.request(job("work").unique_key("k").payload(json!(1)));
    let second = store.request(job("work").unique_key("k").payload(json!(2)));
    // Also within one call.
    let stored = store.repository.enqueue(&[first, second.clone()]).unwrap();
    assert_eq!((stored[0].existing, stored[1].existing), (false, true));
    assert_eq!(stored[0].job, stored[1].job);
    // And while the job runs.
    store.claim(&owner(), 1);
    let third = store.repository.enqueue(&[second]).unwrap();
    assert!(third[0].existing);
    assert_eq!(third[0].job.id, stored[0].job.id);
    assert_eq!(third[0].job.payload, json!(1));
}

pub(super) fn a_unique_key_is_free_once_the_job_has_ended(store: &Store) {
    let keyed = || job("work").unique_key("k");
    let first = store.add(keyed());
    let owner = owner();
    let fence = store.restart(first.id, &owner);
    store.finish(&fence, &success()).unwrap();
    let second = store.add(keyed());
    assert_ne!(first.id, second.id);
    store.repository.cancel(second.id).unwrap();
    assert_ne!(store.add(keyed()).id, second.id);
}

pub(super) fn a_unique_key_is_of_one_kind(store: &Store) {
    let one = store.add(job("work").unique_key("k"));
    let other = store.add(job("play").unique_key("k"));
    assert_ne!(one.id, other.id);
}

pub(super) fn two_callers_with_one_key_make_one_job(store: &Store) {
    let requests: Vec<_> = (0..8)
        .map(|_| store.request(job("work").unique_key("k")))
        .collect();
    let repository = &store.repository;
    let stored: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = requests
            .iter()
            .map(|request| {
                scope.spawn(move || repository.enqueue(std::slice::from_ref(request)).unwrap())
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .collect()
    });
    let made = stored.iter().filter(|one| !one[0].existing).count();
    assert_eq!(made, 1);
    assert!(
        stored
            .iter()
            .all(|one| one[0].job.id == stored[0][0].job.id)
    );
}

pub(super) fn a_new_floor_plan_comes_with_its_job(store: &Store) {
    let first = store.add_ingest();
    let second = store.add_ingest();
    let id = first.floorplan_id.unwrap();
    assert_ne!(first.floorplan_id, second.floorplan_id);
    let plan = store.repository.floorplan(id).unwrap();
    assert_eq!(plan.id, id);
    assert_eq!((plan.project_id, plan.pdf_bytes), (Some(3), 1_234));
    assert_eq!(plan.filename.as_deref(), Some("house.pdf"));
    assert_eq!(plan.reading, None);
    assert_eq!(plan.created_at, store.clock.now());
    assert_eq!(first.payload_ref.as_deref(), Some("sha256:00"));
}

pub(super) fn an_existing_job_brings_no_second_floor_plan(store: &Store) {
    let keyed = || Enqueue {
        floorplan: Some(new_floorplan()),
        ..store.request(job("ingest").unique_key("upload-1"))
    };
    let stored = store.repository.enqueue(&[keyed(), keyed()]).unwrap();
    let id = stored[0].job.floorplan_id.unwrap();
    assert_eq!(stored[1].job.floorplan_id, Some(id));
    assert_eq!(
        kind_of(store.repository.floorplan(id + 1)),
        ErrorKind::NotFound
    );
}

pub(super) fn an_unknown_floor_plan_is_refused(store: &Store) {
    let refused = store.try_add(job("work").floorplan_id(7)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(refused.message(), "floor plan 7 not found");
    let known = store.add_ingest().floorplan_id.unwrap();
    let linked = store.add(job("work").floorplan_id(known));
    assert_eq!(linked.floorplan_id, Some(known));
}

pub(super) fn an_id_is_used_once(store: &Store) {
    let request = store.request(job("work"));
    store
        .repository
        .enqueue(std::slice::from_ref(&request))
        .unwrap();
    let again = store.repository.enqueue(&[request]);
    assert_eq!(kind_of(again), ErrorKind::Conflict);
}

pub(super) fn a_key_can_be_held_for_a_time_or_for_ever(store: &Store) {
    let keyed = |scope| job("work").unique_key("k").unique_scope(scope);
    let hour = UniqueScope::For(Duration::from_secs(3_600));
    let first = store.add(keyed(hour));
    assert_eq!(
        first.unique_until,
        Some(store.clock.now().after(Duration::from_secs(3_600)))
    );
    store.repository.cancel(first.id).unwrap();
    store.clock.advance(Duration::from_secs(3_599));
    assert_eq!(store.add(keyed(UniqueScope::Active)).id, first.id);
    store.clock.advance(Duration::from_secs(1));
    let second = store.add(keyed(UniqueScope::Forever));
    assert_ne!(second.id, first.id);
    store.repository.cancel(second.id).unwrap();
    store.clock.advance(Duration::from_secs(1_000_000_000));
    assert_eq!(store.add(keyed(hour)).id, second.id);
}

pub(super) fn a_moment_can_be_given_instead_of_a_delay(store: &Store) {
    let moment = store.clock.now().after(Duration::from_secs(5));
    let later = store.add(job("work").run_at(moment));
    assert_eq!(later.run_at, moment);
    assert_eq!(store.claim(&owner(), 1), []);
    store.clock.advance(Duration::from_secs(5));
    assert_eq!(store.claim(&owner(), 1)[0].id, later.id);
    // A moment in the past is before everything that was stored since.
    store.add(job("work"));
    let past = store.add(job("work").run_at(Timestamp::from_micros(0)));
    assert_eq!(store.claim(&owner(), 1)[0].id, past.id);
}

pub(super) fn a_refused_call_stores_no_floor_plan(store: &Store) {
    let upload = Enqueue {
        floorplan: Some(new_floorplan()),
        ..store.request(job("ingest"))
    };
    let taken = Enqueue {
        id: upload.id,
        ..store.request(job("work"))
    };
    let refused = store.repository.enqueue(&[upload.clone(), taken]);
    assert_eq!(kind_of(refused), ErrorKind::Conflict);
    assert_eq!(kind_of(store.repository.floorplan(1)), ErrorKind::NotFound);
    assert_eq!(
        kind_of(store.repository.get(upload.id)),
        ErrorKind::NotFound
    );
}
