use super::super::testing::{Bench, job, owner, success};
use super::*;
use crate::clock::SystemClock;
use crate::job::{NewJob, Progress, Status};
use crate::repository::faulty::Faulty;
use crate::repository::{Beat, Ending, Finish, Heartbeat, MemoryRepository, Prune, Repository};
use crate::settings::{Overrides, Settings};
use std::sync::Arc;

const NOW: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(30);

fn next(events: &mut JobEvents) -> Option<(Vec<Change>, Status)> {
    let event = events.next_within(NOW).unwrap()?;
    Some((event.changed, event.job.status))
}

#[test]
fn each_change_is_told_and_the_end_is_the_last() {
    let bench = Bench::new();
    let worker = owner(1);
    let work = bench.add(job("work"));
    let mut events = bench.client.events(work.id).unwrap();
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Opened], Status::Queued))
    );
    let timeout = events.next_within(NOW).unwrap_err();
    assert_eq!(timeout.kind(), ErrorKind::Timeout);
    assert_eq!(
        timeout.message(),
        format!("job `{}` is still queued after 0 s", work.id)
    );
    let fence = bench.start(&work, &worker);
    let changed = vec![Change::Status, Change::Attempt];
    assert_eq!(next(&mut events), Some((changed, Status::Running)));
    let progress = Progress {
        fraction: 0.5,
        stage: "half".to_owned(),
        message: None,
    };
    let heartbeat = Heartbeat {
        owner: worker.id,
        beats: vec![Beat {
            progress: Some(progress),
            ..Beat::of(fence)
        }],
        lease: None,
    };
    bench.repository.heartbeat(&heartbeat).unwrap();
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Progress], Status::Running))
    );
    bench.client.cancel(work.id).unwrap();
    let changed = vec![Change::CancelRequested];
    assert_eq!(next(&mut events), Some((changed, Status::Running)));
    bench
        .repository
        .checkpoint(&fence, &serde_json::json!(1))
        .unwrap();
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Other], Status::Running))
    );
    bench.finish(fence, success());
    let changed = vec![Change::Status, Change::Progress];
    assert_eq!(next(&mut events), Some((changed, Status::Succeeded)));
    assert_eq!(next(&mut events), None);
    bench.client.events(work.id).unwrap();
    assert_eq!(next(&mut events), None, "it stays over");
}

#[test]
fn a_change_of_another_job_is_none() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let mut events = bench.client.events(work.id).unwrap();
    next(&mut events);
    bench.add(job("work"));
    assert!(events.next_within(NOW).is_err());
}

#[test]
fn what_happens_between_two_looks_becomes_one_event() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let mut events = bench.client.events(work.id).unwrap();
    next(&mut events);
    let run_at = work.run_at;
    bench.finish(bench.start(&work, &owner(1)), Ending::Snoozed { run_at });
    let fence = bench.start(&work, &owner(1));
    let failure = crate::job::Failure::new(ErrorKind::Internal, "no");
    bench.finish(fence, Ending::Failed { error: failure });
    let all: Vec<_> = events.map(|event| event.unwrap().job.status).collect();
    assert_eq!(all, [Status::Failed]);
}

#[test]
fn a_deleted_job_is_the_end() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let mut events = bench.client.events(work.id).unwrap();
    next(&mut events);
    bench.client.cancel(work.id).unwrap();
    bench.seconds(1);
    let everything = Some(crate::clock::Clock::now(bench.clock.as_ref()));
    let prune = Prune {
        succeeded_before: None,
        failed_before: None,
        cancelled_before: everything,
        limit: 1,
    };
    assert_eq!(bench.repository.prune(&prune).unwrap(), 1);
    let gone = events.next_within(NOW).unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    assert!(events.next().is_none());
    let unknown = bench.client.events(work.id).unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}

#[test]
fn an_interruption_ends_the_step_and_not_the_events() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let mut events = bench.client.events(work.id).unwrap();
    next(&mut events);
    let mut asked = 0;
    let interrupted = events.next_unless(LONG, &mut || {
        asked += 1;
        match asked {
            3 => Err(Error::new(ErrorKind::Cancelled, "a signal came")),
            _ => Ok(()),
        }
    });
    assert_eq!(interrupted.unwrap_err().kind(), ErrorKind::Cancelled);
    bench.client.cancel(work.id).unwrap();
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Status], Status::Cancelled))
    );
}

#[test]
fn waiting_ends_with_the_job_or_the_time() {
    let bench = Bench::new();
    let work = bench.add(job("work"));
    let late = bench.client.wait(work.id, NOW).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Timeout);
    assert!(late.message().ends_with("is still queued after 0 s"));
    let unknown = bench.client.wait(JobId::from_bytes([7; 16]), NOW);
    assert_eq!(unknown.unwrap_err().kind(), ErrorKind::NotFound);
    let mut looks = 0;
    let ended = bench.client.wait_unless(work.id, LONG, &mut || {
        looks += 1;
        if looks == 2 {
            bench.client.cancel(work.id)?;
        }
        Ok(())
    });
    assert_eq!(ended.unwrap().status, Status::Cancelled);
}

#[test]
fn what_changes_between_the_reading_and_the_next_look_is_told() {
    let bench = Bench::new();
    let faulty = Arc::new(Faulty::over(bench.repository.clone(), bench.clock.clone()));
    let client = Client::over(
        faulty.clone(),
        Arc::clone(bench.client.blobs()),
        bench.clock.clone(),
        bench.client.settings().clone(),
    );
    let work = bench.add(job("work"));
    let mut events = client.events(work.id).unwrap();
    *faulty.cancel_after_get.lock().unwrap() = Some(work.id);
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Opened], Status::Queued))
    );
    assert_eq!(
        next(&mut events),
        Some((vec![Change::Status], Status::Cancelled))
    );
}

/// Only the counter tells of the changes here, and they come at any moment.
#[test]
fn no_end_is_missed_however_it_races_with_the_looks() {
    let repository = Arc::new(MemoryRepository::new(Arc::new(SystemClock)));
    let folder = tempfile::tempdir().unwrap();
    let client = Client::over(
        repository.clone(),
        Arc::new(crate::blob::DirectoryStore::open(folder.path()).unwrap()),
        Arc::new(SystemClock),
        Settings::resolve(&Overrides::default(), |_| None).unwrap(),
    );
    let jobs: Vec<_> = (0..300)
        .map(|_| client.enqueue(NewJob::new("work").unwrap()).unwrap())
        .collect();
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel::<JobId>(0);
        scope.spawn(move || {
            let worker = owner(1);
            for id in receiver {
                let job = repository.claim_one(id, &worker, LONG).unwrap();
                let fence = crate::job::Fence {
                    job: id,
                    attempt: job.attempt,
                    owner: worker.id,
                };
                repository.finish(&Finish::of(fence, success())).unwrap();
            }
        });
        for job in &jobs {
            let mut events = client.events(job.id).unwrap().timeout(LONG);
            events.read_anyway = Duration::MAX;
            sender.send(job.id).unwrap();
            let last = events.map(|event| event.unwrap().job.status).last();
            assert_eq!(last, Some(Status::Succeeded));
        }
        drop(sender);
    });
}
