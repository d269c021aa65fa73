//! When the side file is touched: after each commit that gives workers something to do, and never
//! before it.

use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::{Failure, JobId};
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::queue::{Waiter, WakeWatch};
use floorjobs_core::repository::Ending;
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{Client, ErrorKind, Kind, NewJob, WorkerOptions};

use crate::process::{LONG, Place, until};

fn watch(client: &Client) -> WakeWatch {
    match Waiter::of_database(client.database().unwrap()) {
        Waiter::Watching(watch) => watch,
        Waiter::Polling => panic!("this system has no watches"),
    }
}

fn is_writing(client: &Client) -> bool {
    format!("{:?}", client.repository()).contains("leading: true")
}

/// Holds the write lock while `write` begins, so that its commit waits; lets it go on once `write`
/// waits for it and has woken nobody.
fn wakes_only_after_the_commit(client: &Client, write: impl FnOnce() + Send) {
    let mut watch = watch(client);
    watch.drain().unwrap();
    let other = rusqlite::Connection::open(client.database().unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(write);
        until("the write waits for the lock", || is_writing(client));
        assert!(!watch.drain().unwrap(), "somebody was woken too early");
        other.execute_batch("ROLLBACK").unwrap();
        writer.join().unwrap();
    });
    until("somebody is woken", || watch.drain().unwrap());
}

fn work() -> NewJob {
    NewJob::new("work").unwrap()
}

fn queued(client: &Client) -> JobId {
    client.enqueue(work()).unwrap().id
}

#[test]
fn the_wake_up_comes_after_the_commit() {
    let place = Place::new();
    let client = &place.client;
    wakes_only_after_the_commit(client, || {
        client.enqueue(work()).unwrap();
    });
    wakes_only_after_the_commit(client, || {
        client.enqueue_many(vec![work(), work()]).unwrap();
    });
    wakes_only_after_the_commit(client, || {
        client
            .ingest(b"%PDF-1.4\n%%EOF\n", IngestRequest::default())
            .unwrap();
    });
    let job = queued(client);
    wakes_only_after_the_commit(client, || {
        client.cancel(job).unwrap();
    });
    wakes_only_after_the_commit(client, || {
        client.retry(job).unwrap();
    });
    let later = client.enqueue(work().delay(LONG)).unwrap().id;
    wakes_only_after_the_commit(client, || {
        client.make_due(later).unwrap();
    });
    let held = client.hold(queued(client)).unwrap().id;
    wakes_only_after_the_commit(client, || {
        client.end_held(held, Ending::Released).unwrap();
    });
    let held = client.hold(held).unwrap().id;
    client.enqueue(work().after([held])).unwrap();
    wakes_only_after_the_commit(client, || {
        client.complete(held, None).unwrap();
    });
}

#[test]
fn a_worker_that_gives_a_job_back_wakes_others_after_the_commit() {
    let place = Place::new();
    let client = &place.client;
    let job = queued(client);
    let (go, told) = std::sync::mpsc::channel::<()>();
    let told = Arc::new(std::sync::Mutex::new(told));
    let mut options = WorkerOptions::default();
    options.drain = true;
    options.concurrency = 1;
    // Nothing else writes while the attempt ends: what waits for the lock is its ending.
    options.tick = LONG;
    (options.lease, options.beat) = (LONG * 4, LONG);
    (options.reap_owners_every, options.reap_leases_every) = (LONG, LONG);
    let worker = worker_of(client, options).unwrap().handle(
        Kind::new("work").unwrap(),
        move |_: &AttemptContext| {
            told.lock().unwrap().recv_timeout(LONG).unwrap();
            Ok(Verdict::Retry {
                error: Failure::new(ErrorKind::Unavailable, "the printer is on fire"),
                after: Some(Duration::from_secs(3_600)),
            })
        },
    );
    std::thread::scope(|scope| {
        scope.spawn(|| worker.run().unwrap());
        until("the job runs", || {
            client.get(job).unwrap().attempt == 1 && !is_writing(client)
        });
        wakes_only_after_the_commit(client, move || go.send(()).unwrap());
    });
}

#[test]
fn a_worker_wakes_others_when_a_job_has_ended_for_which_one_of_theirs_waits() {
    let place = Place::new();
    let client = &place.client;
    let job = queued(client);
    let theirs = NewJob::new("theirs").unwrap().after([job]);
    client.enqueue(theirs).unwrap();
    let mut watch = watch(client);
    watch.drain().unwrap();
    let mut options = WorkerOptions::default();
    options.drain = true;
    let done = |_: &AttemptContext| Ok(Verdict::complete(1));
    let kind = Kind::new("work").unwrap();
    let worker = worker_of(client, options).unwrap().handle(kind, done);
    worker.run().unwrap();
    assert!(watch.drain().unwrap(), "nobody was told");
}
