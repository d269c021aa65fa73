use std::time::Duration;

use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Kind, Status};
use floorjobs_core::repository::{Counts, ListJobs};
use floorjobs_core::{ErrorKind, Job};

use super::store::{Store, job, kind_of, owner, queue, success};

pub(super) fn an_unknown_job_is_not_found(store: &Store) {
    let unknown = JobId::generate(store.clock.now());
    let refused = store.repository.get(unknown).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotFound);
    assert_eq!(refused.message(), format!("job `{unknown}` not found"));
    assert_eq!(
        kind_of(store.repository.attempts(unknown)),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind_of(store.repository.retry(unknown)),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind_of(store.repository.make_due(unknown)),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind_of(store.repository.position(unknown)),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind_of(store.repository.situation(unknown)),
        ErrorKind::NotFound
    );
    assert_eq!(kind_of(store.repository.floorplan(1)), ErrorKind::NotFound);
    store.repository.check_health().unwrap();
}

pub(super) fn a_list_is_newest_first_and_goes_on_where_it_stopped(store: &Store) {
    let mut ids: Vec<_> = (0..5).map(|_| store.add(job("work")).id).collect();
    ids.reverse();
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = ListJobs {
            before,
            limit: 2,
            ..ListJobs::default()
        };
        let page = store.repository.list(&page).unwrap();
        before = page.last().map(|job| job.id);
        // A newer job does not shift the pages after it.
        store.add(job("work"));
        match page.len() {
            0 => break,
            _ => seen.extend(page.into_iter().map(|job| job.id)),
        }
    }
    assert_eq!(seen, ids);
}

pub(super) fn filters_must_all_fit(store: &Store) {
    let plan = store.add_ingest();
    let (done, fence) = store.running(&owner());
    store.finish(&fence, &success()).unwrap();
    let other = store.add(job("play").queue(queue("other")));
    let ids = |filter: ListJobs| -> Vec<JobId> {
        store
            .repository
            .list(&filter)
            .unwrap()
            .iter()
            .map(|job| job.id)
            .collect()
    };
    let all = ListJobs::default;
    assert_eq!(ids(all()), [other.id, done.id, plan.id]);
    assert_eq!(
        ids(ListJobs {
            statuses: vec![Status::Succeeded],
            ..all()
        }),
        [done.id]
    );
    assert_eq!(
        ids(ListJobs {
            kind: Some(Kind::ingest()),
            ..all()
        }),
        [plan.id]
    );
    assert_eq!(
        ids(ListJobs {
            queue: Some(queue("other")),
            ..all()
        }),
        [other.id]
    );
    assert_eq!(
        ids(ListJobs {
            floorplan_id: plan.floorplan_id,
            ..all()
        }),
        [plan.id]
    );
    let none = ListJobs {
        statuses: vec![Status::Queued],
        kind: Some(Kind::new("work").unwrap()),
        ..all()
    };
    assert_eq!(ids(none), []);
}

pub(super) fn counts_tell_ready_delayed_and_running(store: &Store) {
    store.running(&owner());
    for seconds in [0, 0, 5] {
        store.add(job("work").delay(Duration::from_secs(seconds)));
    }
    store.add(job("work").queue(queue("other")));
    let here = [queue("default")];
    let counts = |ready, delayed| Counts {
        ready,
        delayed,
        blocked: 0,
        running: 1,
    };
    assert_eq!(store.repository.counts(&here).unwrap(), counts(2, 1));
    store.clock.advance(Duration::from_secs(5));
    assert_eq!(store.repository.counts(&here).unwrap(), counts(3, 0));
    assert_eq!(store.repository.counts(&[]).unwrap(), Counts::default());
}

pub(super) fn what_was_ready_is_called_so_when_the_clock_is_stepped_back(store: &Store) {
    let here = [queue("default")];
    let mut first = store.add(job("work"));
    // This one becomes ready by the look of a claim that takes another.
    let second = store.add(job("work").delay(Duration::from_secs(5)));
    let third = store.add(job("work").delay(Duration::from_secs(6)).priority(-1));
    // This one becomes due, but no claim sees that before the step.
    let unseen = store.add(job("work").delay(Duration::from_secs(8)));
    store.clock.advance(Duration::from_secs(6));
    assert_eq!(store.claim(&owner(), 1)[0].id, first.id);
    first = store.add(job("work"));
    store.clock.advance(Duration::from_secs(2));
    store.clock.step_wall(-3_600_000_000);

    let counts = Counts {
        ready: 3,
        delayed: 1,
        blocked: 0,
        running: 1,
    };
    assert_eq!(store.repository.counts(&here).unwrap(), counts);
    let stats = &store.repository.stats().unwrap()[0];
    assert_eq!(stats.active, counts);
    assert_eq!(stats.oldest_ready, Some(second.run_at));
    let order = [&second, &first, &third];
    let position = |job: &Job| store.repository.position(job.id).unwrap();
    assert_eq!(order.map(position), [Some(0), Some(1), Some(2)]);
    assert_eq!(position(&unseen), None);
    for (before, job) in order.iter().enumerate() {
        let situation = store.repository.situation(job.id).unwrap();
        assert_eq!(situation.position(), Some(before as u64));
    }
    // A claim takes the same, in that order.
    let claimed = store.claim(&owner(), 9);
    let claimed: Vec<_> = claimed.iter().map(|job| job.id).collect();
    assert_eq!(claimed, order.map(|job| job.id));
}

pub(super) fn the_next_run_at_is_the_earliest_of_the_queues(store: &Store) {
    let here = [queue("default")];
    assert_eq!(store.repository.next_run_at(&here).unwrap(), None);
    store.add(job("work"));
    store.add(job("work").delay(Duration::from_secs(9)));
    let first = store.add(job("work").delay(Duration::from_secs(5)));
    store.add(
        job("work")
            .delay(Duration::from_secs(1))
            .queue(queue("other")),
    );
    assert_eq!(
        store.repository.next_run_at(&here).unwrap(),
        Some(first.run_at)
    );
}

pub(super) fn workers_are_noted_and_forgotten(store: &Store) {
    let (first, second) = (owner(), owner());
    store.note_worker(&first);
    store.clock.advance(Duration::from_secs(1));
    store.note_worker(&second);
    let known = store.repository.workers().unwrap();
    assert_eq!(
        known
            .iter()
            .map(|row| row.owner.clone())
            .collect::<Vec<_>>(),
        [second.clone(), first.clone()]
    );
    assert_eq!(
        (known[0].concurrency, known[0].queues.clone()),
        (2, vec![queue("default")])
    );
    assert_eq!(known[0].transport, "local");
    let limits = &known[0].kind_limits;
    assert_eq!(limits.get(&Kind::ingest()), Some(&1));
    assert_eq!(limits.len(), 1);
    store.note_worker(&first);
    assert_eq!(store.repository.workers().unwrap().len(), 2);
    store.repository.remove_worker(second.id).unwrap();
    store.repository.remove_worker(second.id).unwrap();
    assert_eq!(store.repository.workers().unwrap()[0].owner, first);
}

pub(super) fn running_owners_are_known_by_their_process(store: &Store) {
    let known = owner();
    store.note_worker(&known);
    store.running(&known);
    store.running(&known);
    assert_eq!(
        store.repository.running_owners().unwrap(),
        std::slice::from_ref(&known)
    );
    let (_, fence) = store.running(&owner());
    let owners = store.repository.running_owners().unwrap();
    assert_eq!(owners.len(), 2);
    let stranger = owners.iter().find(|one| one.id == fence.owner).unwrap();
    assert_eq!(
        (stranger.process.host.as_str(), stranger.process.pid),
        ("here", 42)
    );
}
