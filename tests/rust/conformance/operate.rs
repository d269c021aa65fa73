use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Outcome, Timestamp};
use floorjobs_core::repository::{Ending, Enqueue, Product};
use serde_json::json;

use super::store::{Store, broken, fence, job, owner, queue, reading, success};

pub(super) fn recent_attempts_are_the_newest_jobs_and_have_ended(store: &Store) {
    let old = store.add(job("old"));
    let end = |id, seconds: u64, ending: &Ending| {
        let fence = store.restart(id, &owner());
        store.clock.advance(Duration::from_secs(seconds));
        store.finish(&fence, ending).unwrap();
    };
    let error = broken();
    let run_at = store.clock.now();
    end(old.id, 1, &Ending::Retried { error, run_at });
    let new = store.add(job("new"));
    end(new.id, 2, &success());
    end(old.id, 3, &Ending::Released);
    store.running(&owner());
    store.add(job("unstarted"));
    let told = |limit| -> Vec<(String, Outcome, u64)> {
        let samples = store.repository.recent_attempts(limit).unwrap();
        let samples = samples.into_iter();
        samples
            .map(|one| (one.kind.to_string(), one.outcome, one.took.as_secs()))
            .collect()
    };
    let expected = [
        ("new".to_owned(), Outcome::Succeeded, 2),
        ("old".to_owned(), Outcome::Released, 3),
        ("old".to_owned(), Outcome::Retried, 1),
    ];
    assert_eq!(told(9), expected);
    assert_eq!(told(2), expected[..2]);
    assert_eq!(told(0), []);
}

pub(super) fn queued_kinds_are_counted_by_queue(store: &Store) {
    assert_eq!(store.repository.queued_kinds().unwrap(), []);
    store.running(&owner());
    let parent = store.add(job("work"));
    store.add(job("work").delay(Duration::from_secs(9)));
    store.add(job("work").after([parent.id]));
    store.add(job("play"));
    store.add(job("play").queue(queue("another")));
    let told = store.repository.queued_kinds().unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|(queue, kind, count)| (queue.as_str(), kind.as_str(), *count))
        .collect();
    assert_eq!(
        told,
        [
            ("another", "play", 1),
            ("default", "play", 1),
            ("default", "work", 3)
        ]
    );
}

pub(super) fn the_latest_moment_shows_a_clock_that_was_stepped_back(store: &Store) {
    let latest = || store.repository.latest_moment().unwrap();
    assert_eq!(latest(), None);
    let known = owner();
    store.note_worker(&known);
    assert_eq!(latest(), Some(store.clock.now()));
    store.clock.advance(Duration::from_secs(1));
    store.add(job("work"));
    let stored: Timestamp = store.clock.now();
    assert_eq!(latest(), Some(stored));
    store.clock.step_wall(-3_600_000_000);
    store.add(job("work"));
    assert_eq!(latest(), Some(stored));
    store.clock.advance(Duration::from_secs(3_601));
    store.claim(&known, 1);
    assert_eq!(latest(), Some(store.clock.now()));
}

pub(super) fn references_are_told_once_each_in_order_and_in_portions(store: &Store) {
    let references =
        |after: Option<&str>, limit| store.repository.references(after, limit).unwrap();
    assert_eq!(references(None, 9), [""; 0]);
    let owner = owner();
    store.add_ingest();
    let claimed = store.claim(&owner, 1).remove(0);
    let ending = Ending::Succeeded {
        result: None,
        result_ref: Some(json!({"blob": "sha256:result"})),
        product: Some(Product::Reading(reading())),
    };
    store.finish(&fence(&claimed, &owner), &ending).unwrap();
    // A second job names one of them again, and another one that is no blob at all.
    let again = Enqueue {
        payload_ref: Some("sha256:aa".to_owned()),
        ..store.request(job("work"))
    };
    store.repository.enqueue(&[again]).unwrap();
    let (_, other) = store.running(&owner);
    let ending = Ending::Succeeded {
        result: None,
        result_ref: Some(json!({"result_id": 7, "blob": 7})),
        product: None,
    };
    store.finish(&other, &ending).unwrap();
    let all = ["sha256:00", "sha256:aa", "sha256:bb", "sha256:result"];
    assert_eq!(references(None, 9), all);
    assert_eq!(references(None, 3), all[..3]);
    assert_eq!(references(Some("sha256:aa"), 9), all[2..]);
    assert_eq!(references(Some("sha256:result"), 9), [""; 0]);
    let named: Vec<_> = all.map(str::to_owned).to_vec();
    assert_eq!(store.repository.unreferenced(&named).unwrap(), [""; 0]);
}

pub(super) fn loads_are_the_workers_with_what_they_run(store: &Store) {
    let (busy, idle) = (owner(), owner());
    store.note_worker(&busy);
    store.clock.advance(Duration::from_secs(1));
    store.note_worker(&idle);
    store.running(&busy);
    store.running(&busy);
    let loads = store.repository.loads().unwrap();
    let told: Vec<_> = loads
        .iter()
        .map(|load| (load.worker.owner.id, load.running.len()))
        .collect();
    assert_eq!(told, [(idle.id, 0), (busy.id, 2)]);
}

pub(super) fn what_is_not_offered_is_unsupported(store: &Store) {
    let folder = tempfile::tempdir().unwrap();
    let answers = [
        store.repository.storage().map(drop),
        store
            .repository
            .backup(&folder.path().join("copy"), false)
            .map(drop),
    ];
    // All of it or none: it is about files.
    let offered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(offered == 0 || offered == answers.len(), "{answers:?}");
    let others = [
        store.repository.integrity_problems().map(drop),
        store.repository.server().map(drop),
    ];
    for error in answers.into_iter().chain(others).filter_map(Result::err) {
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

pub(super) fn ready_queues_have_something_for_a_claim(store: &Store) {
    let ready = || {
        let queues = store.repository.ready_queues().unwrap();
        let names = queues.iter().map(|queue| queue.as_str().to_owned());
        names.collect::<Vec<_>>()
    };
    assert!(ready().is_empty());
    let first = store.add(job("work").queue(queue("b")));
    store.add(job("work").queue(queue("b")));
    store.add(job("work").queue(queue("d")).after([first.id]));
    store.add(job("work").queue(queue("c")).delay(Duration::from_secs(5)));
    store.add(
        job("work")
            .queue(queue("c"))
            .delay(Duration::from_secs(500)),
    );
    store.add(job("work").queue(queue("a")));
    assert_eq!(ready(), ["a", "b"]);
    store.repository.pause(&queue("a")).unwrap();
    assert_eq!(ready(), ["b"]);
    store.clock.advance(Duration::from_secs(5));
    assert_eq!(ready(), ["b", "c"]);
    let fence = store.restart(first.id, &owner());
    store.finish(&fence, &success()).unwrap();
    assert_eq!(ready(), ["b", "c", "d"]);
    store.repository.resume(&queue("a")).unwrap();
    assert_eq!(ready(), ["a", "b", "c", "d"]);
}

pub(super) fn the_identity_of_a_repository_stays_and_is_its_own(store: &Store) {
    let identity = store.repository.identity().unwrap();
    assert!(identity.len() >= 16, "{identity}");
    store.add(job("work"));
    assert_eq!(store.repository.identity().unwrap(), identity);
    assert_eq!(store.other.identity().unwrap(), identity);
    assert_ne!(
        Store::sqlite().unwrap().repository.identity().unwrap(),
        identity
    );
}
