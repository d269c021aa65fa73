//! A repository that fails, or whose answers are lost on the way.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::context::AttemptContext;
use super::super::events::WorkerEvent;
use super::super::handler::Verdict;
use super::super::testing::{Bench, LONG, clock, patient, stubborn};
use super::{one_slot, seconds, step_until};
use crate::clock::Clock;
use crate::job::{Job, Outcome, RetryPolicy, Status};
use crate::repository::faulty::Faulty;
use crate::repository::{MemoryRepository, Reap};

fn faulty() -> Faulty {
    let clock = clock();
    Faulty::over(Arc::new(MemoryRepository::new(clock.clone())), clock)
}

fn bench(repository: &Arc<Faulty>) -> Bench {
    let clock = Arc::clone(&repository.clock);
    let done = |_: &AttemptContext| Ok(Verdict::complete(1));
    Bench::over(repository.clone(), clock, one_slot(), done)
}

fn outcomes(bench: &Bench, job: &Job) -> Vec<Option<Outcome>> {
    let attempts = bench.repository.attempts(job.id).unwrap();
    attempts
        .into_iter()
        .map(|attempt| attempt.outcome)
        .collect()
}

#[test]
fn a_claim_whose_answer_was_lost_is_given_back_and_made_again() {
    let repository = Arc::new(faulty());
    repository.claim.lose_answer(1);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    bench.clock.advance(seconds(15));
    step_until(&mut bench, |bench| {
        bench.repository.get(job.id).unwrap().status == Status::Succeeded
    });
    assert_eq!(
        outcomes(&bench, &job),
        [Some(Outcome::Released), Some(Outcome::Succeeded)]
    );
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.errors, job.crashes), (0, 0));
}

#[test]
fn a_job_claimed_by_an_ending_whose_answer_was_lost_is_given_back_and_run() {
    let repository = Arc::new(faulty());
    repository.finish.lose_answer(1);
    let mut bench = bench(&repository);
    let [first, second] = [(); 2].map(|()| bench.enqueue());
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &first), [Some(Outcome::Succeeded)]);
    assert_eq!(outcomes(&bench, &second), [None], "it runs, and nowhere");
    step_until(&mut bench, |bench| {
        bench.repository.get(second.id).unwrap().status == Status::Succeeded
    });
    assert_eq!(
        outcomes(&bench, &second),
        [Some(Outcome::Released), Some(Outcome::Succeeded)]
    );
}

#[test]
fn a_success_does_not_suffer_from_the_claim_that_goes_with_it() {
    let repository = Arc::new(faulty());
    repository.refuses_claims.store(true, Ordering::SeqCst);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [Some(Outcome::Succeeded)]);
    assert!(!bench.shared.relay.is_in_doubt(), "nothing was claimed");
}

#[test]
fn a_refused_ending_puts_no_claim_in_doubt() {
    let (handler, began, let_go) = stubborn();
    let mut bench = Bench::new(one_slot(), handler);
    bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    let reap = Reap {
        gone: vec![bench.shared.owner.id],
        limit: 1,
        policy: RetryPolicy::default(),
        jitter: 0.0,
    };
    assert_eq!(bench.repository.reap(&reap).unwrap().len(), 1);
    let_go.wait();
    bench.hear(|event| matches!(event, WorkerEvent::LeaseLost { .. }).then_some(()));
    bench.settle();
    assert!(!bench.shared.relay.is_in_doubt());
}

#[test]
fn claims_that_fail_are_tried_again_less_and_less_often() {
    let repository = Arc::new(faulty());
    repository.claim.fail(8);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    let mut tried_at = Vec::new();
    while bench.repository.get(job.id).unwrap().status == Status::Queued {
        let left = repository.claim.left();
        bench.engine.step();
        if repository.claim.left() < left {
            tried_at.push(bench.clock.boot_micros() / 1_000);
        }
        bench.clock.advance(Duration::from_millis(100));
    }
    bench.settle();
    let pauses: Vec<_> = tried_at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses, [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
}

#[test]
fn an_ending_is_written_again_until_it_is_stored() {
    let repository = Arc::new(faulty());
    repository.finish.fail(3);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [Some(Outcome::Succeeded)]);
    bench.hear(|event| matches!(event, WorkerEvent::Succeeded { .. }).then_some(()));
}

#[test]
fn a_success_whose_answer_was_lost_is_still_a_success() {
    let repository = Arc::new(faulty());
    repository.finish.lose_answer(1);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [Some(Outcome::Succeeded)]);
    bench.hear(|event| {
        let discarded = matches!(event, WorkerEvent::LeaseLost { .. });
        assert!(!discarded, "it discarded its own success");
        matches!(event, WorkerEvent::Succeeded { .. }).then_some(())
    });
}

#[test]
fn an_ending_that_cannot_be_stored_is_given_up_with_the_lease() {
    let repository = Arc::new(Faulty {
        finish_takes: seconds(10),
        ..faulty()
    });
    repository.finish.fail(1_000);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.hear(|event| matches!(event, WorkerEvent::EndingLost { .. }).then_some(()));
    bench.settle();
    let tries = 1_000 - repository.finish.left();
    assert_eq!(tries, 6, "one each 10 s of a lease of 60 s");
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    repository.finish.fail(0);
    // Whether one of the tries had an effect is not known, so what is ours and in no slot is given
    // back.
    bench.engine.step();
    assert_eq!(outcomes(&bench, &job)[0], Some(Outcome::Released));
    step_until(&mut bench, |bench| {
        bench.repository.get(job.id).unwrap().status == Status::Succeeded
    });
    bench.settle();
}

#[test]
fn a_worker_that_cannot_beat_stops_its_handlers_before_others_may_start() {
    let repository = Arc::new(faulty());
    let (handler, began) = patient();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    repository.heartbeat.fail(1_000);
    for _ in 0..49 {
        bench.clock.advance(seconds(1));
        bench.heart.tick();
    }
    assert!(
        began.try_recv().is_err(),
        "ten seconds before the end there is still hope"
    );
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    assert!(began.recv_timeout(LONG).unwrap().is_some());
    bench.settle();
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!(
        (job.status, job.errors, job.interruptions),
        (Status::Queued, 0, 1)
    );
}

#[test]
fn an_answer_does_not_overtake_the_ending_that_was_forced_on_its_attempt() {
    let repository = Arc::new(faulty());
    let (handler, began, let_go) = stubborn();
    let clock = Arc::clone(&repository.clock);
    let mut bench = Bench::over(repository.clone(), clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    bench.repository.cancel(job.id).unwrap();
    bench.clock.advance(seconds(1));
    bench.heart.tick();
    bench.clock.advance(seconds(30));
    repository.finish.fail(1);
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    // The fence still holds, so nothing but the worker itself can refuse this.
    let_go.wait();
    bench.settle();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Running
    );
    bench.engine.step();
    assert_eq!(
        bench.repository.get(job.id).unwrap().status,
        Status::Cancelled
    );
}

#[test]
fn a_worker_goes_on_after_its_repository_was_away_for_an_hour() {
    let repository = Arc::new(faulty());
    let mut bench = bench(&repository);
    bench.engine.step();
    let faults = [
        &repository.claim,
        &repository.finish,
        &repository.heartbeat,
        &repository.reap,
    ];
    faults.iter().for_each(|fault| fault.fail(i64::MAX));
    let job = bench.enqueue();
    for _ in 0..3_600 {
        bench.clock.advance(seconds(1));
        bench.handle().wake();
        bench.engine.step();
        bench.heart.tick();
    }
    let tried = i64::MAX - repository.claim.left();
    assert!(
        (700..900).contains(&tried),
        "neither gave up nor spun: {tried}"
    );
    faults.iter().for_each(|fault| fault.fail(0));
    bench.clock.advance(seconds(5));
    step_until(&mut bench, |bench| {
        bench.repository.get(job.id).unwrap().status == Status::Succeeded
    });
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.attempt, job.errors, job.crashes), (1, 0, 0));
}

#[test]
fn a_reaping_that_failed_is_made_again() {
    let repository = Arc::new(faulty());
    let bench = bench(&repository);
    let job = bench.enqueue();
    let silent = crate::repository::Owner {
        id: crate::job::OwnerId::generate(),
        process: crate::sys::ProcessIdentity::current(),
    };
    bench
        .repository
        .claim_one(job.id, &silent, seconds(60))
        .unwrap();
    bench.clock.advance(seconds(60));
    repository.reap.fail(3);
    let mut reaper = super::super::reaper::Reaper::new(bench.clock.boot_micros());
    for round in 0..4 {
        assert_eq!(reaper.run_due(&bench.shared), usize::from(round == 3));
        bench.clock.advance(seconds(7));
    }
    let status = bench.repository.get(job.id).unwrap().status;
    assert_eq!(status, Status::Queued);
}

#[test]
fn an_attempt_whose_ending_panics_is_left_to_its_lease() {
    let repository = Arc::new(faulty());
    repository.finish.panic(1);
    let mut bench = bench(&repository);
    let job = bench.enqueue();
    bench.engine.step();
    bench.settle();
    assert_eq!(outcomes(&bench, &job), [None], "nothing was written");
    assert!(bench.shared.table.all().is_empty(), "nothing renews it");
}
