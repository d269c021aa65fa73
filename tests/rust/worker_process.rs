//! Workers as processes of their own, killed, stopped and told to end.

use std::time::Duration;

use floorjobs_core::job::Outcome;
use floorjobs_core::{Job, Status};
use rustix::process::Signal;
use serde_json::json;

use crate::process::{LONG, Place, Role, now, start_on, until};

fn is_running(place: &Place, job: &Job) -> bool {
    place.client.get(job.id).unwrap().status == Status::Running
}

fn outcomes(place: &Place, job: &Job) -> Vec<Option<Outcome>> {
    let attempts = place.client.attempts(job.id).unwrap();
    attempts.iter().map(|attempt| attempt.outcome).collect()
}

#[test]
fn a_job_whose_worker_is_killed_is_finished_by_another_within_three_seconds() {
    let place = Place::new();
    let mut first = place.worker(Role::Plain);
    let job = place.enqueue("hang_once", json!({}));
    until("the job runs", || is_running(&place, &job));
    let second = place.worker(Role::Plain);

    let killed_at = now();
    first.child.kill().unwrap();
    // Not waited for: as a zombie it is just as dead.
    let ended = place.client.wait(job.id, LONG).unwrap();
    let took = Duration::from_micros(u64::try_from(now() - killed_at).unwrap());
    println!("finished by another worker after {took:?}");
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(ended.status, Status::Succeeded);
    assert_eq!(
        ended.result,
        Some(json!({"attempt": 2, "pid": second.pid()}))
    );
    assert_eq!((ended.crashes, ended.errors), (1, 0));
    let attempts = place.client.attempts(job.id).unwrap();
    assert_eq!(
        attempts
            .iter()
            .map(|a| (a.pid, a.outcome))
            .collect::<Vec<_>>(),
        [
            (first.pid(), Some(Outcome::Crashed)),
            (second.pid(), Some(Outcome::Succeeded)),
        ]
    );
    assert!(first.wait().code().is_none(), "it was killed");
}

#[test]
fn two_workers_run_five_hundred_jobs_once_each() {
    let place = Place::new();
    let jobs: Vec<_> = (0..500)
        .map(|_| floorjobs_core::NewJob::new("quick").unwrap())
        .collect();
    let jobs = place.client.enqueue_many(jobs).unwrap();
    let mut workers = [place.start(Role::Drain), place.start(Role::Drain)];
    for worker in &mut workers {
        assert_eq!(worker.wait().code(), Some(0));
    }
    for job in &jobs {
        let ended = place.client.get(job.id).unwrap();
        assert_eq!((ended.status, ended.attempt), (Status::Succeeded, 1));
        assert_eq!(outcomes(&place, job), [Some(Outcome::Succeeded)]);
    }
    assert_eq!(place.client.repository().workers().unwrap(), []);
}

#[test]
fn a_worker_that_is_asked_to_end_finishes_its_job_and_takes_no_other() {
    let place = Place::new();
    let mut worker = place.worker(Role::Plain);
    let go = place.path("go");
    let running: Vec<_> = (0..2)
        .map(|_| place.enqueue("until_told", json!({ "path": go })))
        .collect();
    until("both run", || {
        running.iter().all(|job| is_running(&place, job))
    });
    let waiting = place.enqueue("quick", json!({}));
    worker.signal(Signal::TERM);
    std::fs::write(&go, b"").unwrap();
    assert_eq!(worker.wait().code(), Some(0));
    for job in &running {
        assert_eq!(outcomes(&place, job), [Some(Outcome::Succeeded)]);
    }
    let waiting = place.client.get(waiting.id).unwrap();
    // It may have been claimed in the moment before the signal came.
    assert!(waiting.attempt == 0 || waiting.status == Status::Succeeded);
}

#[test]
fn a_second_signal_releases_the_jobs_at_once_and_uncounted() {
    let place = Place::new();
    let mut worker = place.worker(Role::Plain);
    let job = place.enqueue("hang_once", json!({}));
    until("the job runs", || is_running(&place, &job));
    let mut exit = None;
    until("the worker ends", || {
        // Two that come together count as one, so they are sent until it has ended.
        worker.signal(Signal::INT);
        exit = worker.child.try_wait().unwrap();
        exit.is_some()
    });
    assert_eq!(exit.unwrap().code(), Some(0));
    let released = place.client.get(job.id).unwrap();
    assert_eq!(
        (released.status, released.interruptions),
        (Status::Queued, 1)
    );
    assert_eq!((released.errors, released.crashes), (0, 0));
    assert_eq!(place.start(Role::Drain).wait().code(), Some(0));
    assert_eq!(
        outcomes(&place, &job),
        [Some(Outcome::Released), Some(Outcome::Succeeded)]
    );
}

#[test]
fn a_worker_stopped_beyond_its_lease_has_its_late_result_refused() {
    let place = Place::new();
    let mut zombie = place.worker(Role::ShortLease);
    let go = place.path("go");
    let job = place.enqueue("until_told", json!({ "path": go }));
    until("the job runs", || is_running(&place, &job));
    zombie.freeze();
    let mut other = place.worker(Role::ShortLease);
    until("another takes the job", || {
        let job = place.client.get(job.id).unwrap();
        job.status == Status::Running && job.attempt == 2
    });
    // Both finish now, in whatever order.
    std::fs::write(&go, b"").unwrap();
    zombie.signal(Signal::CONT);
    let ended = place.client.wait(job.id, LONG).unwrap();
    zombie.signal(Signal::TERM);
    assert_eq!(zombie.wait().code(), Some(0));
    other.signal(Signal::TERM);
    assert_eq!(other.wait().code(), Some(0));
    assert_eq!(
        ended.result,
        Some(json!({"attempt": 2, "pid": other.pid()}))
    );
    assert_eq!(
        place.client.get(job.id).unwrap(),
        ended,
        "nothing came after it"
    );
    assert_eq!(
        outcomes(&place, &job),
        [Some(Outcome::Crashed), Some(Outcome::Succeeded)]
    );
}

#[test]
fn busy_handlers_starve_no_heartbeat() {
    let place = Place::new();
    let _busy = place.worker(Role::ShortLease);
    // Every slot computes for more than two leases, while another worker looks for expired ones.
    let jobs = [(); 2].map(|()| place.enqueue("burn", json!({"ms": 2_000})));
    until("both run", || {
        jobs.iter().all(|job| is_running(&place, job))
    });
    let _other = place.worker(Role::ShortLease);
    for job in &jobs {
        let ended = place.client.wait(job.id, LONG).unwrap();
        assert_eq!((ended.status, ended.crashes), (Status::Succeeded, 0));
        assert_eq!(outcomes(&place, job), [Some(Outcome::Succeeded)]);
    }
}

#[test]
fn an_idle_worker_is_woken_by_an_enqueue_of_another_process() {
    let place = Place::new();
    let _worker = place.worker(Role::OnlyWhenTold);
    for _ in 0..100 {
        let job = place.enqueue("quick", json!({}));
        let ended = place.client.wait(job.id, LONG).unwrap();
        assert_eq!(ended.status, Status::Succeeded);
    }
}

#[test]
fn a_worker_at_rest_uses_under_one_percent_of_a_core() {
    let place = Place::new();
    let worker = place.worker(Role::Plain);
    let job = place.enqueue("quick", json!({}));
    place.client.wait(job.id, LONG).unwrap();
    // On a busy machine the same work takes more of the processor's time at times.
    until("it rests", || {
        let (used_before, began) = (cpu_nanos(worker.pid()), now());
        // The one thing here that needs real time to pass: two rounds of everything that is
        // periodic within a second.
        std::thread::sleep(Duration::from_secs(2));
        let used = cpu_nanos(worker.pid()) - used_before;
        let share = used as f64 / ((now() - began) as f64 * 1e3);
        println!("at rest: {:.3} % of a core", share * 100.0);
        share < 0.01
    });
}

/// What all threads of a process have used of the processors.
fn cpu_nanos(pid: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    tasks
        .map(|task| {
            let path = task.unwrap().path().join("schedstat");
            let text = std::fs::read_to_string(path).unwrap();
            text.split_whitespace()
                .next()
                .unwrap()
                .parse::<u64>()
                .unwrap()
        })
        .sum()
}

#[test]
fn many_processes_may_open_a_new_file_at_once() {
    let place = Place::new();
    for round in 0..8 {
        let database = place.path(&format!("new-{round}.db"));
        let mut workers = [(); 4].map(|()| start_on(&database, Role::Drain));
        for worker in &mut workers {
            assert_eq!(worker.wait().code(), Some(0));
        }
    }
}
