use std::time::Duration;

use floorjobs_core::ErrorKind;
use floorjobs_core::clock::Clock;
use floorjobs_core::job::{Fence, JobId, OwnerId, Status};
use floorjobs_core::repository::{Ended, Ending, Exchanged, Finish, Product};
use serde_json::json;

use super::store::{Store, broken, claim_of, fence, job, kind_of, owner, reading, success};

pub(super) fn a_success_shows_everything_at_once(store: &Store) {
    let owner = owner();
    let plan = store.add_ingest();
    let claimed = store.claim(&owner, 1).remove(0);
    assert_eq!(claimed.id, plan.id);
    store.clock.advance(Duration::from_secs(2));
    let ending = Ending::Succeeded {
        result: Some(json!({"pages": 1})),
        result_ref: Some(json!({"result_type": "floorplan", "result_id": plan.floorplan_id})),
        product: Some(Product::Reading(reading())),
    };
    let ended = store.finish(&fence(&claimed, &owner), &ending).unwrap();
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(ended.result, Some(json!({"pages": 1})));
    assert_eq!(
        ended.result_ref.as_ref().unwrap()["result_type"],
        "floorplan"
    );
    assert_eq!(ended.finished_at, Some(store.clock.now()));
    assert_eq!(ended.progress.as_ref().unwrap().fraction, 1.0);
    assert_eq!(ended.error, None);
    let (seen, outcomes) = store.history(plan.id);
    assert_eq!((seen, outcomes), (ended, vec![Some("succeeded")]));
    let floorplan = store
        .repository
        .floorplan(plan.floorplan_id.unwrap())
        .unwrap();
    assert_eq!(floorplan.reading, Some(reading()));
    assert_eq!(floorplan.updated_at, store.clock.now());
}

pub(super) fn a_retry_waits_and_counts_an_error(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    let run_at = store.clock.now().after(Duration::from_secs(5));
    let ending = Ending::Retried {
        error: broken(),
        run_at,
    };
    let after = store.finish(&fence, &ending).unwrap();
    assert_eq!((after.status, after.errors), (Status::Queued, 1));
    assert_eq!((after.run_at, after.finished_at), (run_at, None));
    assert_eq!(after.error, Some(broken()));
    assert_eq!(store.claim(&owner, 1), []);
    store.clock.advance(Duration::from_secs(5));
    let again = store.claim(&owner, 1).remove(0);
    assert_eq!((again.id, again.attempt), (job.id, 2));
    assert_eq!(again.error, Some(broken()));
    let (_, outcomes) = store.history(job.id);
    assert_eq!(outcomes, [Some("retried"), None]);
    let attempts = store.repository.attempts(job.id).unwrap();
    assert_eq!(attempts[0].error, Some(broken()));
    // Success clears what the earlier attempt left.
    let done = store
        .finish(&super::store::fence(&again, &owner), &success())
        .unwrap();
    assert_eq!((done.error, done.errors), (None, 1));
}

pub(super) fn a_crash_of_the_handler_counts_as_those_of_workers(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    let run_at = store.clock.now().after(Duration::from_secs(5));
    let ending = |run_at| Ending::Crashed {
        error: broken(),
        run_at,
    };
    let after = store.finish(&fence, &ending(Some(run_at))).unwrap();
    assert_eq!((after.status, after.run_at), (Status::Queued, run_at));
    assert_eq!(
        (after.errors, after.crashes, after.interruptions),
        (0, 1, 0)
    );
    assert_eq!(after.error, Some(broken()));
    // The answer was lost, and the ending is told again.
    assert_eq!(store.finish(&fence, &ending(Some(run_at))).unwrap(), after);
    store.clock.advance(Duration::from_secs(5));
    let again = store.claim(&owner, 1).remove(0);
    assert_eq!((again.id, again.attempt, again.crashes), (job.id, 2, 1));
    let fence = super::store::fence(&again, &owner);
    let failed = store.finish(&fence, &ending(None)).unwrap();
    assert_eq!((failed.status, failed.crashes), (Status::Failed, 2));
    assert_eq!(failed.finished_at, Some(store.clock.now()));
    let (seen, outcomes) = store.history(job.id);
    assert_eq!(seen, failed);
    assert_eq!(outcomes, [Some("crashed"); 2]);
    assert_eq!(
        store.repository.attempts(job.id).unwrap()[1].error,
        Some(broken())
    );
    // What is retried on request begins from zero.
    assert_eq!(store.repository.retry(job.id).unwrap().crashes, 0);
}

pub(super) fn a_requested_cancel_ends_a_job_whose_handler_crashed(store: &Store) {
    let (job, fence) = store.running(&owner());
    store.repository.cancel(job.id).unwrap();
    let ending = Ending::Crashed {
        error: broken(),
        run_at: Some(store.clock.now()),
    };
    let after = store.finish(&fence, &ending).unwrap();
    assert_eq!((after.status, after.crashes), (Status::Cancelled, 0));
}

pub(super) fn a_failure_ends_the_job(store: &Store) {
    let (job, fence) = store.running(&owner());
    let failed = store
        .finish(&fence, &Ending::Failed { error: broken() })
        .unwrap();
    assert_eq!((failed.status, failed.errors), (Status::Failed, 1));
    assert_eq!(failed.error, Some(broken()));
    assert_eq!(failed.finished_at, Some(store.clock.now()));
    assert_eq!(store.history(job.id).1, [Some("failed")]);
}

pub(super) fn the_causes_of_a_failure_are_kept_one_by_one(store: &Store) {
    let (job, fence) = store.running(&owner());
    let causes = ["the tray is open", "a \"paper\" jam"].map(str::to_owned);
    let error = broken().with_causes(causes);
    let ending = Ending::Retried {
        error: error.clone(),
        run_at: store.clock.now(),
    };
    let after = store.finish(&fence, &ending).unwrap();
    assert_eq!(after.error, Some(error.clone()));
    let attempts = || store.repository.attempts(job.id).unwrap();
    assert_eq!(attempts()[0].error, Some(error.clone()));
    // The next failure has none, and leaves nothing of these in the job.
    let again = store.restart(job.id, &owner());
    let failed = store
        .finish(&again, &Ending::Failed { error: broken() })
        .unwrap();
    assert_eq!(failed.error, Some(broken()));
    assert_eq!(attempts()[0].error, Some(error));
    assert_eq!(attempts()[1].error, Some(broken()));
    assert_eq!(store.repository.retry(job.id).unwrap().error, None);
}

pub(super) fn a_snooze_counts_nothing(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    let run_at = store.clock.now().after(Duration::from_secs(30));
    let snoozed = store.finish(&fence, &Ending::Snoozed { run_at }).unwrap();
    assert_eq!((snoozed.status, snoozed.run_at), (Status::Queued, run_at));
    assert_eq!(
        (snoozed.errors, snoozed.crashes, snoozed.interruptions),
        (0, 0, 0)
    );
    assert_eq!(store.history(job.id).1, [Some("snoozed")]);
    assert_eq!(store.claim(&owner, 1), []);
}

pub(super) fn a_release_counts_an_interruption_and_is_ready(store: &Store) {
    let owner = owner();
    let (job, fence) = store.running(&owner);
    let released = store.finish(&fence, &Ending::Released).unwrap();
    assert_eq!(
        (released.status, released.interruptions),
        (Status::Queued, 1)
    );
    assert_eq!(released.errors, 0);
    let again = store.claim(&owner, 1).remove(0);
    assert_eq!((again.id, again.attempt), (job.id, 2));
}

pub(super) fn a_release_is_ready_at_once_though_the_clock_was_set_back(store: &Store) {
    let owner = owner();
    let (started, running) = store.running(&owner);
    store.clock.step_wall(-3_600_000_000);
    let released = store.finish(&running, &Ending::Released).unwrap();
    assert!(released.run_at <= store.clock.now());
    let again = store.claim(&owner, 1);
    assert_eq!(
        again.iter().map(|job| job.id).collect::<Vec<_>>(),
        [started.id]
    );
    // One that was not due when it was started is ready as well.
    let later = store.add(job("work").delay(Duration::from_secs(60)));
    let held = store
        .repository
        .claim_one(later.id, &owner, Duration::from_secs(60))
        .unwrap();
    let running = fence(&held, &owner);
    let released = store.finish(&running, &Ending::Released).unwrap();
    assert_eq!(released.run_at, store.clock.now());
    assert_eq!(store.claim(&owner, 1).len(), 1);
}

pub(super) fn every_wrong_fence_is_refused(store: &Store) {
    let owner = owner();
    let (job, right) = store.running(&owner);
    let wrong = [
        Fence {
            attempt: 0,
            ..right
        },
        Fence {
            attempt: 2,
            ..right
        },
        Fence {
            owner: OwnerId::generate(),
            ..right
        },
    ];
    let endings = [
        success(),
        Ending::Failed { error: broken() },
        Ending::Retried {
            error: broken(),
            run_at: store.clock.now(),
        },
        Ending::Released,
        Ending::Snoozed {
            run_at: store.clock.now(),
        },
        Ending::Cancelled,
    ];
    for fence in wrong {
        for ending in &endings {
            let refused = store.finish(&fence, ending);
            assert_eq!(
                kind_of(refused),
                ErrorKind::LeaseLost,
                "{fence:?} {ending:?}"
            );
        }
    }
    assert_eq!(store.repository.get(job.id).unwrap(), job);
    let nobody = Fence {
        job: JobId::generate(store.clock.now()),
        ..right
    };
    assert_eq!(
        kind_of(store.finish(&nobody, &success())),
        ErrorKind::NotFound
    );
    // A number that comes round again by another owner does not open the door.
    store.finish(&right, &Ending::Released).unwrap();
    store.restart(job.id, &super::store::owner());
    assert_eq!(
        kind_of(store.finish(&right, &success())),
        ErrorKind::LeaseLost
    );
}

pub(super) fn a_second_ending_is_refused_unless_it_is_the_same(store: &Store) {
    let (job, fence) = store.running(&owner());
    let first = store.finish(&fence, &success()).unwrap();
    store.clock.advance(Duration::from_secs(1));
    // The answer was lost, and the worker asks again.
    let again = store.finish(&fence, &success()).unwrap();
    assert_eq!(again, first);
    let other = store.finish(&fence, &Ending::Failed { error: broken() });
    assert_eq!(kind_of(other), ErrorKind::LeaseLost);
    assert_eq!(store.repository.get(job.id).unwrap(), first);
    let stranger = Fence {
        owner: OwnerId::generate(),
        ..fence
    };
    assert_eq!(
        kind_of(store.finish(&stranger, &success())),
        ErrorKind::LeaseLost
    );
}

pub(super) fn a_job_without_a_floor_plan_has_nothing_to_read_into(store: &Store) {
    let (job, fence) = store.running(&owner());
    let ending = Ending::Succeeded {
        result: None,
        result_ref: None,
        product: Some(Product::Reading(reading())),
    };
    let refused = store.finish(&fence, &ending);
    assert_eq!(kind_of(refused), ErrorKind::InvalidState);
    assert_eq!(store.repository.get(job.id).unwrap(), job);
}

pub(super) fn a_requested_cancel_wins_over_running_again(store: &Store) {
    let run_at = store.clock.now();
    for ending in [
        Ending::Released,
        Ending::Snoozed { run_at },
        Ending::Retried {
            error: broken(),
            run_at,
        },
        Ending::Cancelled,
    ] {
        let (job, fence) = store.running(&owner());
        store.repository.cancel(job.id).unwrap();
        let ended = store.finish(&fence, &ending).unwrap();
        assert_eq!(ended.status, Status::Cancelled, "{ending:?}");
        assert_eq!(store.history(job.id).1, [Some("cancelled")]);
        assert_eq!(store.finish(&fence, &ending).unwrap(), ended);
    }
}

pub(super) fn a_success_wins_over_a_requested_cancel(store: &Store) {
    let (job, fence) = store.running(&owner());
    store.repository.cancel(job.id).unwrap();
    let ended = store.finish(&fence, &success()).unwrap();
    assert_eq!(ended.status, Status::Succeeded);
    assert!(!ended.cancel_requested);
}

pub(super) fn strays_are_released_and_held_jobs_are_not(store: &Store) {
    let (mine, other) = (owner(), owner());
    let (_, held) = store.running(&mine);
    let (stray, _) = store.running(&mine);
    let (foreign, _) = store.running(&other);
    assert_eq!(
        store.repository.release_strays(mine.id, &[held]).unwrap(),
        1
    );
    let (stray, outcomes) = store.history(stray.id);
    assert_eq!((stray.status, stray.interruptions), (Status::Queued, 1));
    assert_eq!(outcomes, [Some("released")]);
    for running in [held.job, foreign.id] {
        assert_eq!(
            store.repository.get(running).unwrap().status,
            Status::Running
        );
    }
    assert_eq!(
        store.repository.release_strays(mine.id, &[held]).unwrap(),
        0
    );
}

pub(super) fn a_lost_answer_is_given_though_the_job_runs_again(store: &Store) {
    let (job, fence) = store.running(&owner());
    let failed = Ending::Failed { error: broken() };
    store.finish(&fence, &failed).unwrap();
    store.repository.retry(job.id).unwrap();
    store.restart(job.id, &owner());
    let now = store.finish(&fence, &failed).unwrap();
    assert_eq!(
        (now.status, now.attempt, now.errors),
        (Status::Running, 2, 0)
    );
    assert_eq!(store.history(job.id).1, [Some("failed"), None]);
}

pub(super) fn a_stray_that_was_to_be_cancelled_is(store: &Store) {
    let owner = owner();
    let (stray, _) = store.running(&owner);
    store.repository.cancel(stray.id).unwrap();
    assert_eq!(store.repository.release_strays(owner.id, &[]).unwrap(), 1);
    let (stray, outcomes) = store.history(stray.id);
    assert_eq!((stray.status, stray.interruptions), (Status::Cancelled, 0));
    assert_eq!(outcomes, [Some("cancelled")]);
}

pub(super) fn an_ending_may_start_the_next_job_with_it(store: &Store) {
    let owner = owner();
    let finishes = [(); 2].map(|()| Finish::of(store.running(&owner).1, success()));
    let waits = store.add(job("work").after([finishes[0].fence.job]));
    let waits_for = |id| id == finishes[0].fence.job;
    // Too late: it keeps its end, and nothing is left of the request.
    store.repository.cancel(finishes[1].fence.job).unwrap();
    let next = store.add(job("work"));
    let too_many = store.add(job("work"));
    store.clock.advance(Duration::from_secs(1));
    let Exchanged { ended, started } = store
        .repository
        .finish_and_claim(finishes.clone().into(), &claim_of(&owner, 9))
        .unwrap();
    for (finish, ended) in finishes.iter().zip(ended) {
        let job = store.history(finish.fence.job).0;
        assert_eq!(ended.unwrap(), Ended::of(&job));
        assert_eq!(
            (job.status, job.cancel_requested),
            (Status::Succeeded, false)
        );
        assert_eq!(job.is_awaited, waits_for(job.id));
    }
    // The one that waited is ready by the very ending, and older than the other.
    let ids: Vec<_> = started.iter().map(|job| job.id).collect();
    assert_eq!(ids, [waits.id, next.id]);
    for job in &started {
        assert_eq!((job.status, job.attempt), (Status::Running, 1));
        assert_eq!(store.history(job.id), (job.clone(), vec![None]));
    }
    assert_eq!(store.claim(&owner, 9)[0].id, too_many.id);
}

pub(super) fn endings_may_start_fewer_jobs_than_end(store: &Store) {
    let owner = owner();
    let finishes = [(); 2].map(|()| Finish::of(store.running(&owner).1, success()));
    let next = store.add(job("work"));
    for (finish, limit) in finishes.iter().zip([0, 2]) {
        let exchanged = store
            .repository
            .finish_and_claim([finish.clone()].into(), &claim_of(&owner, limit))
            .unwrap();
        let started: Vec<_> = exchanged.started.iter().map(|job| job.id).collect();
        assert_eq!(started, [next.id][..limit.min(1)]);
    }
    let nothing = store
        .repository
        .finish_and_claim([].into(), &claim_of(&owner, 2))
        .unwrap();
    assert!(nothing.ended.is_empty() && nothing.started.is_empty());
}

pub(super) fn a_refused_ending_keeps_no_other_from_being_accepted(store: &Store) {
    let owner = owner();
    let (_, fence) = store.running(&owner);
    let (_, lost) = store.running(&owner);
    let others = Fence {
        owner: OwnerId::generate(),
        ..lost
    };
    let unknown = Fence {
        job: JobId::generate(store.clock.now()),
        ..lost
    };
    let jobs = [(); 2].map(|()| store.add(job("work")).id);
    let finishes = [others, fence, unknown].map(|fence| Finish::of(fence, success()));
    let Exchanged { ended, started } = store
        .repository
        .finish_and_claim(finishes.into(), &claim_of(&owner, 9))
        .unwrap();
    let answers: Vec<_> = ended
        .into_iter()
        .map(|ended| ended.map(|one| one.status).map_err(|error| error.kind()))
        .collect();
    assert_eq!(
        answers,
        [
            Err(ErrorKind::LeaseLost),
            Ok(Status::Succeeded),
            Err(ErrorKind::NotFound)
        ]
    );
    assert_eq!(store.history(lost.job).0.status, Status::Running);
    let started: Vec<_> = started.iter().map(|job| job.id).collect();
    assert_eq!(started, jobs[..1]);
}

pub(super) fn a_refused_ending_starts_nothing_with_it(store: &Store) {
    let owner = owner();
    let (_, fence) = store.running(&owner);
    let next = store.add(job("work"));
    let others = Fence {
        owner: OwnerId::generate(),
        ..fence
    };
    let earlier = Fence {
        attempt: fence.attempt - 1,
        ..fence
    };
    for other in [others, earlier] {
        let finish = Finish::of(other, success());
        let exchanged = store
            .repository
            .finish_and_claim([finish].into(), &claim_of(&owner, 9))
            .unwrap();
        let refused = exchanged.ended[0].as_ref().unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::LeaseLost);
        assert_eq!(exchanged.started, []);
        assert_eq!(store.history(next.id), (next.clone(), Vec::new()));
    }
}

pub(super) fn an_ending_whose_answer_was_lost_may_start_jobs_again(store: &Store) {
    let owner = owner();
    let (_, fence) = store.running(&owner);
    let jobs = [(); 2].map(|()| store.add(job("work")).id);
    let finish = Finish::of(fence, success());
    for id in jobs {
        let exchanged = store
            .repository
            .finish_and_claim([finish.clone()].into(), &claim_of(&owner, 1))
            .unwrap();
        let ended = exchanged.ended[0].as_ref().unwrap();
        assert_eq!(ended.status, Status::Succeeded);
        assert_eq!(exchanged.started[0].id, id);
    }
}
