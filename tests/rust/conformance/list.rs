use std::time::Duration;

use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Kind, NewJob, Status};
use floorjobs_core::repository::{Ending, ListJobs};

use super::store::{Store, broken, job, owner, queue, success};

fn ids(store: &Store, filter: &ListJobs) -> Vec<JobId> {
    let jobs = store.repository.list(filter).unwrap();
    jobs.iter().map(|job| job.id).collect()
}

fn of(statuses: &[Status]) -> ListJobs {
    ListJobs {
        statuses: statuses.to_vec(),
        ..ListJobs::default()
    }
}

/// A job of each state, with more than one way to be queued; newest last.
fn one_of_each(store: &Store) -> Vec<(JobId, Status)> {
    let mut made = Vec::new();
    let parent = store.add(job("rare").queue(queue("rare")));
    made.push((parent.id, Status::Queued));
    let delayed = job("rare")
        .delay(Duration::from_secs(9))
        .queue(queue("rare"));
    made.push((store.add(delayed).id, Status::Queued));
    let blocked = job("rare").after([parent.id]).queue(queue("rare"));
    made.push((store.add(blocked).id, Status::Queued));
    let endings = [
        (None, Status::Running),
        (Some(success()), Status::Succeeded),
        (Some(Ending::Failed { error: broken() }), Status::Failed),
        (Some(Ending::Cancelled), Status::Cancelled),
    ];
    for (ending, status) in endings {
        let job = store.add(job("rare").queue(queue("rare")));
        let fence = store.restart(job.id, &owner());
        if let Some(ending) = ending {
            store.finish(&fence, &ending).unwrap();
        }
        made.push((job.id, status));
    }
    made
}

pub(super) fn several_states_can_be_asked_for(store: &Store) {
    let made = one_of_each(store);
    let expected = |wanted: &[Status]| -> Vec<JobId> {
        let fits = made.iter().rev().filter(|(_, is)| wanted.contains(is));
        fits.map(|(id, _)| *id).collect()
    };
    for first in Status::ALL {
        for second in Status::ALL {
            let wanted = [first, second];
            assert_eq!(ids(store, &of(&wanted)), expected(&wanted), "{wanted:?}");
        }
    }
    assert_eq!(ids(store, &of(&[])), expected(&Status::ALL));
}

pub(super) fn rare_jobs_are_found_behind_many_others(store: &Store) {
    let made = one_of_each(store);
    let many: Vec<_> = (0..2_500).map(|_| store.request(job("work"))).collect();
    store.repository.enqueue(&many).unwrap();
    let rare = |statuses: &[Status]| ListJobs {
        kind: Some(Kind::new("rare").unwrap()),
        ..of(statuses)
    };
    let queue_of = |statuses: &[Status]| ListJobs {
        queue: Some(queue("rare")),
        ..of(statuses)
    };
    let stored = |seconds: u64, statuses: &[Status]| ListJobs {
        created_before: Some(store.clock.now().after(Duration::from_secs(seconds))),
        ..queue_of(statuses)
    };
    for status in Status::ALL {
        let fits = made.iter().rev().filter(|(_, is)| *is == status);
        let expected: Vec<_> = fits.map(|(id, _)| *id).collect();
        assert_eq!(ids(store, &rare(&[status])), expected, "{status}");
        assert_eq!(ids(store, &queue_of(&[status])), expected, "{status}");
        assert_eq!(ids(store, &stored(1, &[status])), expected, "{status}");
        assert_eq!(ids(store, &stored(0, &[status])), [], "{status}");
    }
    let all: Vec<_> = made.iter().rev().map(|(id, _)| *id).collect();
    assert_eq!(ids(store, &rare(&[])), all);
    // A page at a time comes to the same.
    let mut paged = Vec::new();
    loop {
        let page = ListJobs {
            before: paged.last().copied(),
            limit: 2,
            ..rare(&[])
        };
        let page = ids(store, &page);
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, all);
}

pub(super) fn a_key_is_found_with_and_without_its_kind(store: &Store) {
    let keyed = |kind: &str, key: &str| store.add(job(kind).unique_key(key)).id;
    let first = keyed("work", "k");
    store.repository.cancel(first).unwrap();
    let second = keyed("work", "k");
    let other_kind = keyed("play", "k");
    keyed("play", "other");
    store.add(job("work"));
    let with = |key: &str, kind: Option<&str>| ListJobs {
        unique_key: Some(key.to_owned()),
        kind: kind.map(|kind| Kind::new(kind).unwrap()),
        ..ListJobs::default()
    };
    assert_eq!(ids(store, &with("k", None)), [other_kind, second, first]);
    assert_eq!(ids(store, &with("k", Some("work"))), [second, first]);
    assert_eq!(ids(store, &with("nobody", None)), []);
    let cancelled = ListJobs {
        statuses: vec![Status::Cancelled],
        ..with("k", None)
    };
    assert_eq!(ids(store, &cancelled), [first]);
    let after_second = ListJobs {
        before: Some(second),
        ..with("k", None)
    };
    assert_eq!(ids(store, &after_second), [first]);
}

pub(super) fn the_time_of_storing_is_a_half_open_interval(store: &Store) {
    let made: Vec<_> = (0..3)
        .map(|_| {
            store.clock.advance(Duration::from_secs(1));
            (store.add(job("work")).id, store.clock.now())
        })
        .collect();
    let between = |after: usize, before: Option<usize>| {
        let filter = ListJobs {
            created_after: Some(made[after].1),
            created_before: before.map(|n| made[n].1),
            ..ListJobs::default()
        };
        ids(store, &filter)
    };
    assert_eq!(between(1, None), [made[2].0, made[1].0]);
    assert_eq!(between(0, Some(2)), [made[1].0, made[0].0]);
    assert_eq!(between(1, Some(1)), []);
}

pub(super) fn nothing_is_missed_or_doubled_while_jobs_come_and_go(store: &Store) {
    let plan = store.add_ingest();
    let about = |_| NewJob::of(Kind::ingest()).floorplan_id(plan.floorplan_id.unwrap());
    let mut all: Vec<_> = (0..40).map(|n| store.add(about(n)).id).collect();
    all.insert(0, plan.id);
    all.reverse();
    let filters = [
        ListJobs::default(),
        ListJobs {
            kind: Some(Kind::ingest()),
            ..ListJobs::default()
        },
        ListJobs {
            floorplan_id: plan.floorplan_id,
            ..ListJobs::default()
        },
    ];
    for filter in filters {
        let before_all_others = all[0];
        let mut seen = Vec::new();
        loop {
            let page = ListJobs {
                before: seen.last().copied(),
                limit: 7,
                ..filter.clone()
            };
            let page = ids(store, &page);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
            // Jobs come, start and end between the pages.
            store.add(about(0));
            let worker = owner();
            for job in store.claim(&worker, 2) {
                let fence = super::store::fence(&job, &worker);
                store.finish(&fence, &success()).unwrap();
            }
        }
        let known: Vec<_> = seen
            .into_iter()
            .filter(|id| *id <= before_all_others)
            .collect();
        assert_eq!(known, all);
    }
}
