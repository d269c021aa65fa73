//! Writes that happened and whose answers were lost: nobody discards his own success, and nothing
//! is counted twice. Against both repositories.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::super::context::AttemptContext;
use super::super::engine::Step;
use super::super::events::WorkerEvent;
use super::super::handler::{Handler, Verdict};
use super::super::reaper::Reaper;
use super::super::run::StopReason;
use super::super::testing::{Bench, LONG, clock, each_repository, patient};
use super::{one_slot, seconds, step_until};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::job::{Failure, Job, Outcome, OwnerId, Status, Timestamp};
use crate::repository::faulty::Faulty;
use crate::repository::{MemoryRepository, Owner};
use crate::sys::ProcessIdentity;

/// A bench over each repository in turn, with a handler made for it.
fn each(handler: impl Fn() -> Box<dyn Handler>, test: impl Fn(&mut Bench, &Faulty)) {
    each_repository(|inner, clock| {
        let faulty = Arc::new(Faulty::over(inner, clock.clone()));
        let handler = handler();
        let run = move |attempt: &AttemptContext| handler.run(attempt);
        let mut bench = Bench::over(faulty.clone(), clock, one_slot(), run);
        test(&mut bench, &faulty);
    });
}

/// One that answers so.
fn answering(
    verdict: impl Fn() -> crate::Result<Verdict> + Send + Sync + Clone + 'static,
) -> impl Fn() -> Box<dyn Handler> {
    move || {
        let verdict = verdict.clone();
        Box::new(move |_: &AttemptContext| verdict())
    }
}

fn only_attempt(bench: &Bench, job: &Job) -> Option<Outcome> {
    let attempts = bench.repository.attempts(job.id).unwrap();
    assert_eq!(attempts.len(), 1);
    attempts[0].outcome
}

fn failure() -> Failure {
    Failure::new(ErrorKind::Unavailable, "the printer is on fire")
}

#[test]
fn no_ending_is_discarded_or_counted_twice_because_its_answer_was_lost() {
    type Answer = fn() -> crate::Result<Verdict>;
    let answers: [(Answer, Outcome, u32); 6] = [
        (|| Ok(Verdict::complete(1)), Outcome::Succeeded, 0),
        (
            || {
                Ok(Verdict::Retry {
                    error: failure(),
                    after: Some(seconds(60)),
                })
            },
            Outcome::Retried,
            1,
        ),
        (
            || Err(Error::new(ErrorKind::Internal, "oh")),
            Outcome::Retried,
            1,
        ),
        (
            || {
                Ok(Verdict::Snooze {
                    until: Timestamp::from_micros(i64::MAX / 2),
                })
            },
            Outcome::Snoozed,
            0,
        ),
        (
            || Ok(Verdict::Fail { error: failure() }),
            Outcome::Failed,
            1,
        ),
        (|| Ok(Verdict::Cancelled), Outcome::Cancelled, 0),
    ];
    for (answer, outcome, errors) in answers {
        each(answering(answer), |bench, faulty| {
            faulty.finish.lose_answer(3);
            let job = bench.enqueue();
            bench.engine.step();
            // The heart finds out that the attempt is no longer the running one, and must not
            // take that for a loss.
            while !bench.shared.table.all().is_empty() {
                bench.heart.tick();
                std::thread::yield_now();
            }
            let ended = bench.repository.get(job.id).unwrap();
            assert_eq!(only_attempt(bench, &job), Some(outcome));
            assert_eq!(
                (ended.errors, ended.crashes, ended.interruptions),
                (errors, 0, 0),
                "{outcome}"
            );
            bench.hear(|event| {
                let lost = matches!(
                    event,
                    WorkerEvent::LeaseLost { .. } | WorkerEvent::EndingLost { .. }
                );
                assert!(!lost, "{outcome} was discarded: {event:?}");
                matches!(
                    event,
                    WorkerEvent::Succeeded { .. }
                        | WorkerEvent::Retried { .. }
                        | WorkerEvent::Snoozed { .. }
                        | WorkerEvent::Failed { .. }
                        | WorkerEvent::Cancelled { .. }
                )
                .then_some(())
            });
        });
    }
}

#[test]
fn an_ending_stands_though_the_job_runs_again_before_its_answer_comes() {
    let answer = || {
        Ok(Verdict::Retry {
            error: failure(),
            after: Some(seconds(0)),
        })
    };
    each(answering(answer), |bench, faulty| {
        faulty.finish.lose_answer(1);
        let job = bench.enqueue();
        bench.engine.step();
        // Another worker is quicker than the second try of the first one's ending.
        let other = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        };
        let again = loop {
            match bench.repository.claim_one(job.id, &other, seconds(60)) {
                Ok(again) => break again,
                Err(_) => std::thread::yield_now(),
            }
        };
        bench.settle();
        assert_eq!((again.attempt, again.errors), (2, 1));
        let attempts = bench.repository.attempts(job.id).unwrap();
        let outcomes: Vec<_> = attempts.iter().map(|attempt| attempt.outcome).collect();
        assert_eq!(outcomes, [Some(Outcome::Retried), None]);
        bench.hear(|event| {
            let lost = matches!(event, WorkerEvent::LeaseLost { .. });
            assert!(!lost, "its own ending was taken for another's");
            matches!(event, WorkerEvent::Retried { .. }).then_some(())
        });
        assert_eq!(bench.repository.get(job.id).unwrap().errors, 1);
    });
}

#[test]
fn a_claim_whose_answer_was_lost_is_given_back() {
    each(answering(|| Ok(Verdict::complete(1))), |bench, faulty| {
        faulty.claim.lose_answer(2);
        let job = bench.enqueue();
        bench.engine.step();
        let status = bench.repository.get(job.id).unwrap().status;
        assert_eq!(status, Status::Running, "and nobody runs it");
        for _ in 0..3 {
            bench.clock.advance(seconds(5));
            bench.engine.step();
        }
        step_until(bench, |bench| {
            bench.repository.get(job.id).unwrap().status == Status::Succeeded
        });
        let job = bench.repository.get(job.id).unwrap();
        assert_eq!((job.errors, job.crashes, job.interruptions), (0, 0, 2));
        let attempts = bench.repository.attempts(job.id).unwrap();
        let outcomes: Vec<_> = attempts
            .iter()
            .filter_map(|attempt| attempt.outcome)
            .collect();
        assert_eq!(
            outcomes,
            [Outcome::Released, Outcome::Released, Outcome::Succeeded]
        );
    });
}

#[test]
fn a_stop_gives_back_what_a_claim_brought_whose_answer_was_lost() {
    each(answering(|| Ok(Verdict::complete(1))), |bench, faulty| {
        faulty.claim.lose_answer(1);
        faulty.release_strays.fail(1);
        let job = bench.enqueue();
        bench.engine.step();
        bench.handle().stop(None);
        let tick = bench.shared.options.tick;
        assert_eq!(bench.engine.step(), Step::Wait(tick));
        let status = bench.repository.get(job.id).unwrap().status;
        assert_eq!(status, Status::Running, "and nobody runs it");
        bench.clock.advance(tick);
        assert_eq!(bench.engine.step(), Step::Done(StopReason::Requested));
        let job = bench.repository.get(job.id).unwrap();
        assert_eq!((job.status, job.interruptions), (Status::Queued, 1));
    });
}

#[test]
fn a_stop_gives_back_what_an_ending_claimed_whose_answer_was_lost() {
    each(answering(|| Ok(Verdict::complete(1))), |bench, faulty| {
        faulty.finish.lose_answer(1);
        let [_, next] = [(); 2].map(|()| bench.enqueue());
        bench.engine.step();
        bench.settle();
        let status = bench.repository.get(next.id).unwrap().status;
        assert_eq!(status, Status::Running, "and nobody runs it");
        faulty.release_strays.fail(1);
        bench.handle().stop_now();
        let tick = bench.shared.options.tick;
        bench.clock.advance(tick);
        assert_eq!(bench.engine.step(), Step::Wait(tick));
        bench.clock.advance(tick);
        assert_eq!(bench.engine.step(), Step::Done(StopReason::Requested));
        let next = bench.repository.get(next.id).unwrap();
        assert_eq!((next.status, next.interruptions), (Status::Queued, 1));
    });
}

#[test]
fn a_stop_does_not_wait_for_ever_to_give_back_what_may_not_be_there() {
    each(answering(|| Ok(Verdict::complete(1))), |bench, faulty| {
        faulty.claim.fail(1);
        faulty.release_strays.fail(i64::MAX);
        bench.engine.step();
        bench.handle().stop(None);
        assert!(matches!(bench.engine.step(), Step::Wait(_)));
        bench.clock.advance(bench.shared.options.release_wait);
        assert_eq!(bench.engine.step(), Step::Done(StopReason::Requested));
        assert!(!bench.engine.is_settled(), "its note stays for the others");
    });
}

#[test]
fn a_checkpoint_whose_answer_was_lost_can_be_kept_again_or_found_by_the_next_attempt() {
    let (told, seen) = channel();
    let handler = move || -> Box<dyn Handler> {
        let told = Mutex::new(told.clone());
        Box::new(move |attempt: &AttemptContext| {
            told.lock().unwrap().send(attempt.kept().cloned()).unwrap();
            if attempt.attempt() == 1 {
                let lost = attempt.checkpoint(&json!({"page": 1})).unwrap_err();
                assert_eq!(lost.kind(), ErrorKind::Unavailable);
                attempt.checkpoint(&json!({"page": 2}))?;
                attempt.checkpoint(&json!({"page": 3}))?;
            }
            Ok(Verdict::complete(1))
        })
    };
    each(handler, |bench, faulty| {
        faulty.checkpoint.lose_answer(1);
        let job = bench.enqueue();
        bench.engine.step();
        bench.settle();
        assert_eq!(seen.recv().unwrap(), None);
        let kept = bench.repository.get(job.id).unwrap().checkpoint;
        assert_eq!(kept, Some(json!({"page": 3})));
        // One that gives up with the error finds what it kept when it runs again.
        let next = bench.enqueue();
        faulty.checkpoint.lose_answer(2);
        bench.handle().wake();
        step_until(bench, |bench| {
            bench.repository.get(next.id).unwrap().errors == 1
        });
        assert_eq!(seen.recv().unwrap(), None);
        bench.repository.make_due(next.id).unwrap();
        bench.handle().wake();
        step_until(bench, |bench| {
            bench.repository.get(next.id).unwrap().status == Status::Succeeded
        });
        assert_eq!(seen.recv().unwrap(), Some(json!({"page": 2})));
    });
}

#[test]
fn a_beat_whose_answer_was_lost_has_renewed_and_the_next_says_so() {
    let clock = clock();
    let inner = Arc::new(MemoryRepository::new(clock.clone()));
    let faulty = Arc::new(Faulty::over(inner, clock.clone()));
    let (handler, began) = patient();
    let mut bench = Bench::over(faulty.clone(), clock, one_slot(), handler);
    let job = bench.enqueue();
    bench.engine.step();
    began.recv_timeout(LONG).unwrap();
    for _ in 0..20 {
        faulty.heartbeat.lose_answer(1);
        bench.clock.advance(seconds(15));
        bench.heart.tick();
        bench.clock.advance(seconds(1));
        bench.heart.tick();
        bench.engine.step();
    }
    let job = bench.repository.get(job.id).unwrap();
    assert_eq!((job.status, job.crashes), (Status::Running, 0));
    assert!(began.try_recv().is_err(), "nobody cancelled it");
    drop(began);
    bench.handle().stop_now();
    bench.engine.step();
    bench.settle();
}

#[test]
fn a_reaping_whose_answer_was_lost_counts_one_crash() {
    each(answering(|| Ok(Verdict::complete(1))), |bench, faulty| {
        let job = bench.enqueue();
        let dead = Owner {
            id: OwnerId::generate(),
            process: ProcessIdentity::current(),
        };
        bench
            .repository
            .claim_one(job.id, &dead, seconds(60))
            .unwrap();
        bench.clock.advance(seconds(60));
        faulty.reap.lose_answer(1);
        let mut reaper = Reaper::new(bench.clock.boot_micros());
        reaper.run_due(&bench.shared);
        bench.clock.advance(seconds(7));
        reaper.run_due(&bench.shared);
        let job = bench.repository.get(job.id).unwrap();
        assert_eq!((job.status, job.crashes), (Status::Queued, 1));
    });
}
