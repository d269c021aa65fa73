use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{JobId, Kind, Timestamp, UniqueScope};
use floorjobs_core::repository::{Counts, Ending, Enqueue, ListJobs, Product, Prune, QueueStats};
use serde_json::json;

use super::store::{Store, broken, fence, job, kind_of, owner, queue, reading, success};

fn everything_before(moment: Timestamp) -> Prune {
    Prune {
        succeeded_before: Some(moment),
        failed_before: Some(moment),
        cancelled_before: Some(moment),
        limit: 100,
    }
}

/// Jobs that ended a second after each other: one that succeeded, failed, was cancelled.
fn ended(store: &Store) -> [JobId; 3] {
    let endings = [
        success(),
        Ending::Failed { error: broken() },
        Ending::Cancelled,
    ];
    endings.map(|ending| {
        let (job, fence) = store.running(&owner());
        store.clock.advance(Duration::from_secs(1));
        store.finish(&fence, &ending).unwrap();
        job.id
    })
}

fn left(store: &Store) -> Vec<JobId> {
    let jobs = store.repository.list(&ListJobs::default()).unwrap();
    jobs.iter().rev().map(|job| job.id).collect()
}

pub(super) fn old_jobs_go_oldest_first_and_by_their_status(store: &Store) {
    let [good, bad, cancelled] = ended(store);
    let (running, _) = store.running(&owner());
    let queued = store.add(job("work"));
    let now = store.clock.now();
    // The last one ended at this very moment, which is not before it.
    let prune = Prune {
        limit: 1,
        ..everything_before(now)
    };
    assert_eq!(store.repository.prune(&prune).unwrap(), 1);
    assert_eq!(left(store), [bad, cancelled, running.id, queued.id]);
    let keeps_failed = Prune {
        failed_before: None,
        ..everything_before(now.after(Duration::from_secs(1)))
    };
    assert_eq!(store.repository.prune(&keeps_failed).unwrap(), 1);
    assert_eq!(left(store), [bad, running.id, queued.id]);
    assert_eq!(store.repository.prune(&everything_before(now)).unwrap(), 1);
    assert_eq!(store.repository.prune(&everything_before(now)).unwrap(), 0);
    assert_eq!(left(store), [running.id, queued.id]);
    assert_eq!(kind_of(store.repository.get(good)), ErrorKind::NotFound);
}

pub(super) fn a_job_that_holds_its_key_stays(store: &Store) {
    let hour = UniqueScope::For(Duration::from_secs(3_600));
    let held = store.add(job("work").unique_key("k").unique_scope(hour));
    store.repository.cancel(held.id).unwrap();
    store.clock.advance(Duration::from_secs(3_599));
    assert_eq!(
        store
            .repository
            .prune(&everything_before(store.clock.now()))
            .unwrap(),
        0
    );
    store.clock.advance(Duration::from_secs(1));
    assert_eq!(
        store
            .repository
            .prune(&everything_before(store.clock.now()))
            .unwrap(),
        1
    );
}

pub(super) fn a_deleted_job_is_gone_with_its_attempts(store: &Store) {
    let plan = store.add_ingest();
    let owner = owner();
    let claimed = store.claim(&owner, 1).remove(0);
    let zombie = fence(&claimed, &owner);
    store.finish(&zombie, &success()).unwrap();
    store.clock.advance(Duration::from_secs(1));
    assert_eq!(
        store
            .repository
            .prune(&everything_before(store.clock.now()))
            .unwrap(),
        1
    );
    assert_eq!(
        kind_of(store.repository.attempts(plan.id)),
        ErrorKind::NotFound
    );
    assert_eq!(
        kind_of(store.finish(&zombie, &success())),
        ErrorKind::NotFound
    );
    // What it made is not its own to take along.
    assert_eq!(
        store
            .repository
            .floorplan(plan.floorplan_id.unwrap())
            .unwrap()
            .id,
        1
    );
}

pub(super) fn only_the_newest_attempts_of_a_job_are_kept(store: &Store) {
    let owner = owner();
    let job = store.add(job("work"));
    let snooze = Ending::Snoozed {
        run_at: store.clock.now(),
    };
    for _ in 0..1_003 {
        let fence = store.restart(job.id, &owner);
        store.finish(&fence, &snooze).unwrap();
    }
    let attempts = store.repository.attempts(job.id).unwrap();
    assert_eq!(attempts.len(), 1_000);
    assert_eq!((attempts[0].number, attempts[999].number), (4, 1_003));
    assert_eq!(store.repository.get(job.id).unwrap().attempt, 1_003);
    // Where it can be asked, that is no damage.
    let problems = store.repository.integrity_problems().unwrap_or_default();
    assert_eq!(problems, [""; 0]);
}

pub(super) fn blobs_that_nothing_names_are_told(store: &Store) {
    let owner = owner();
    store.add_ingest();
    let claimed = store.claim(&owner, 1).remove(0);
    let ending = Ending::Succeeded {
        result: None,
        result_ref: Some(json!({"blob": "sha256:result", "result_id": 1})),
        product: Some(Product::Reading(reading())),
    };
    store.finish(&fence(&claimed, &owner), &ending).unwrap();
    let all = [
        "sha256:00",
        "sha256:result",
        "sha256:aa",
        "sha256:bb",
        "sha256:nobody",
    ];
    let all = all.map(str::to_owned);
    assert_eq!(
        store.repository.unreferenced(&all).unwrap(),
        ["sha256:nobody"]
    );
    store.clock.advance(Duration::from_secs(1));
    store
        .repository
        .prune(&everything_before(store.clock.now()))
        .unwrap();
    let unknown = store.repository.unreferenced(&all).unwrap();
    assert_eq!(unknown, ["sha256:result", "sha256:nobody"]);
}

pub(super) fn stats_tell_each_queue_and_state(store: &Store) {
    assert_eq!(store.repository.stats().unwrap(), []);
    ended(store);
    store.running(&owner());
    let since = store.clock.now();
    let oldest = store.add(job("work"));
    store.clock.advance(Duration::from_secs(5));
    store.add(job("work"));
    store.add(job("work").delay(Duration::from_secs(9)));
    store.add(job("work").after([oldest.id]));
    store.repository.pause(&queue("empty")).unwrap();
    let empty = QueueStats {
        paused_since: Some(store.clock.now()),
        ..QueueStats::of(queue("empty"))
    };
    let full = QueueStats {
        active: Counts {
            ready: 2,
            delayed: 1,
            blocked: 1,
            running: 1,
        },
        succeeded: 1,
        failed: 1,
        cancelled: 1,
        oldest_ready: Some(since),
        ..QueueStats::of(queue("default"))
    };
    assert_eq!(store.repository.stats().unwrap(), [full.clone(), empty]);
    // What has become due counts as ready, though no claim has looked at it.
    store.clock.advance(Duration::from_secs(9));
    let active = store.repository.stats().unwrap()[0].active;
    assert_eq!(
        active,
        Counts {
            ready: 3,
            delayed: 0,
            ..full.active
        }
    );
}

pub(super) fn a_position_counts_the_ready_jobs_before(store: &Store) {
    let first = store.add(job("work"));
    let second = store.add(job("work"));
    let urgent = store.add(job("work").priority(1));
    store.add(job("work").priority(9).queue(queue("other")));
    let delayed = store.add(job("work").priority(9).delay(Duration::from_secs(5)));
    let positions = || {
        [&first, &second, &urgent, &delayed].map(|job| store.repository.position(job.id).unwrap())
    };
    assert_eq!(positions(), [Some(1), Some(2), Some(0), None]);
    store.clock.advance(Duration::from_secs(5));
    assert_eq!(positions(), [Some(2), Some(3), Some(1), Some(0)]);
    store.claim(&owner(), 2);
    assert_eq!(positions(), [Some(0), Some(1), None, None]);
}

pub(super) fn recent_runs_are_of_one_kind_and_newest_first(store: &Store) {
    let kind = Kind::new("work").unwrap();
    for seconds in 1..4 {
        let (_, fence) = store.running(&owner());
        store.clock.advance(Duration::from_secs(seconds));
        store.finish(&fence, &success()).unwrap();
    }
    ended(store);
    let seconds = |limit| -> Vec<u64> {
        let runs = store.repository.recent_runs(&kind, limit).unwrap();
        runs.iter().map(Duration::as_secs).collect()
    };
    assert_eq!(seconds(10), [1, 3, 2, 1]);
    assert_eq!(seconds(2), [1, 3]);
    assert_eq!(
        store.repository.recent_runs(&Kind::ingest(), 9).unwrap(),
        []
    );
}

pub(super) fn an_input_file_is_named_by_its_job_alone(store: &Store) {
    let request = Enqueue {
        payload_ref: Some("sha256:input".to_owned()),
        ..store.request(job("work"))
    };
    let id = request.id;
    store.repository.enqueue(&[request]).unwrap();
    let blobs = ["sha256:input".to_owned()];
    assert_eq!(store.repository.unreferenced(&blobs).unwrap(), [""; 0]);
    store.repository.cancel(id).unwrap();
    assert_eq!(store.repository.unreferenced(&blobs).unwrap(), [""; 0]);
    store.clock.advance(Duration::from_secs(1));
    let prune = everything_before(store.clock.now());
    assert_eq!(store.repository.prune(&prune).unwrap(), 1);
    assert_eq!(store.repository.unreferenced(&blobs).unwrap(), blobs);
}

pub(super) fn a_young_job_stays_beside_an_old_one(store: &Store) {
    let [old, ..] = [(); 3].map(|()| {
        let (job, fence) = store.running(&owner());
        store.clock.advance(Duration::from_secs(1));
        store.finish(&fence, &success()).unwrap();
        job
    });
    // The next one ended a second after it, which is not before that moment.
    let its_end = store.repository.get(old.id).unwrap().finished_at.unwrap();
    let prune = everything_before(its_end.after(Duration::from_secs(1)));
    assert_eq!(store.repository.prune(&prune).unwrap(), 1);
    assert_eq!(kind_of(store.repository.get(old.id)), ErrorKind::NotFound);
    assert_eq!(left(store).len(), 2);
}
