use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Kind, Status};
use floorjobs_core::repository::{Parent, WorkerLoad};

use super::store::{Store, job, kind_of, owner, queue, success};

pub(super) fn an_unknown_job_has_no_situation(store: &Store) {
    let unknown = JobId::generate(store.clock.now());
    assert_eq!(
        kind_of(store.repository.situation(unknown)),
        ErrorKind::NotFound
    );
}

pub(super) fn the_jobs_before_are_counted_by_kind(store: &Store) {
    let kinds = ["work", "play", "work"];
    for kind in kinds {
        store.add(job(kind));
    }
    store.add(job("urgent").priority(1));
    store.add(job("work").queue(queue("other")));
    let soon = store.add(job("soon").priority(1).delay(Duration::from_secs(5)));
    store.add(job("never").delay(Duration::from_secs(500)));
    let asked = store.add(job("work"));
    store.add(job("late"));
    let before = || {
        let situation = store.repository.situation(asked.id).unwrap();
        assert_eq!(
            situation.position(),
            store.repository.position(asked.id).unwrap()
        );
        let before = situation.before.unwrap();
        before
            .iter()
            .map(|(kind, count)| (kind.to_string(), *count))
            .collect::<Vec<_>>()
    };
    let counts = |all: &[(&str, u64)]| -> Vec<(String, u64)> {
        all.iter()
            .map(|(kind, n)| ((*kind).to_owned(), *n))
            .collect()
    };
    assert_eq!(before(), counts(&[("play", 1), ("urgent", 1), ("work", 2)]));
    assert_eq!(store.repository.situation(soon.id).unwrap().before, None);
    // What has become due counts, though no claim has looked at it.
    store.clock.advance(Duration::from_secs(5));
    assert_eq!(
        before(),
        counts(&[("play", 1), ("soon", 1), ("urgent", 1), ("work", 2)])
    );
}

pub(super) fn parents_attempts_and_a_pause_are_told(store: &Store) {
    let parents = [store.add(job("work")), store.add(job("work"))];
    let running = owner();
    store.restart(parents[1].id, &running);
    let child = store.add(job("work").after(parents.each_ref().map(|parent| parent.id)));
    let plain = store.repository.situation(child.id).unwrap();
    assert_eq!(
        plain.parents,
        [
            Parent {
                job: parents[0].id,
                status: Status::Queued
            },
            Parent {
                job: parents[1].id,
                status: Status::Running
            },
        ]
    );
    assert_eq!((plain.paused_since, plain.newest_attempt), (None, None));
    assert_eq!((plain.now, plain.job.clone()), (store.clock.now(), child));
    store.repository.pause(&queue("default")).unwrap();
    let since = store.clock.now();
    store.clock.advance(Duration::from_secs(1));
    let fence = store.restart(parents[0].id, &running);
    let told = store.repository.situation(parents[0].id).unwrap();
    assert_eq!(told.paused_since, Some(since));
    assert_eq!(told.newest_attempt.unwrap().owner, running.id);
    store.finish(&fence, &success()).unwrap();
    let told = store.repository.situation(plain.job.id).unwrap();
    assert_eq!(told.parents.len(), 1);
    assert_eq!(told.job.waiting_for, 1);
}

pub(super) fn workers_are_told_with_what_they_run(store: &Store) {
    let (busy, idle, unknown) = (owner(), owner(), owner());
    store.note_worker(&busy);
    store.clock.advance(Duration::from_secs(1));
    store.note_worker(&idle);
    let since = store.clock.now();
    store.running(&busy);
    store.running(&busy);
    store.running(&unknown);
    let asked = store.add(job("work"));
    let situation = store.repository.situation(asked.id).unwrap();
    let noted = store.repository.workers().unwrap();
    let work = Kind::new("work").unwrap();
    let expected = [Vec::new(), vec![(work.clone(), since), (work, since)]];
    let expected: Vec<_> = noted
        .into_iter()
        .zip(expected)
        .map(|(worker, running)| WorkerLoad { worker, running })
        .collect();
    assert_eq!(situation.workers, expected);
}
