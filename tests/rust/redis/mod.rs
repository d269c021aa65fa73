//! Redis as a transport, against servers that the tests start, break and stop.
//!
//! The workers here have no side file and poll once an hour, unless a test says otherwise: a job
//! that runs soon was hinted at, or the worker knew that it could not hear.

#![allow(
    clippy::print_stdout,
    reason = "what was measured, and what was skipped, is said"
)]

mod faults;
mod places;
mod traps;

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use floorjobs_core::job::Status;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::{AttemptContext, Verdict, WorkerEvent, WorkerHandle};
use floorjobs_core::{Client, Job, JobId, Kind, NewJob, Settings, Worker, WorkerOptions};

use crate::process::{LONG, until};

/// A client of a database in `folder` and of a Redis.
pub(crate) fn client(folder: &Path, redis: &str) -> Client {
    let overrides = Overrides {
        database_url: Some(format!("sqlite:///{}", folder.join("jobs.db").display())),
        redis_url: Some(redis.to_owned()),
        durability: Some("process".to_owned()),
        ..Overrides::default()
    };
    Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap()
}

/// A database in a folder of its own, and a client that writes hints.
pub(crate) struct Party {
    folder: tempfile::TempDir,
    client: Client,
}

impl Party {
    fn new(redis: &str) -> Party {
        let folder = tempfile::tempdir().unwrap();
        let client = client(folder.path(), redis);
        Party { folder, client }
    }

    /// The stream of the default queue.
    fn stream(&self) -> String {
        let identity = self.client.repository().identity().unwrap();
        format!("{{fj:{identity}:default}}:hints")
    }

    fn enqueue(&self) -> JobId {
        self.client.enqueue(work()).unwrap().id
    }

    /// Stores a job and tells nobody.
    fn enqueue_silently(&self) -> JobId {
        let silent = client(self.folder.path(), "");
        let before = silent.clock().now();
        silent
            .repository()
            .enqueue(&[floorjobs_core::repository::Enqueue {
                id: JobId::generate(before),
                job: work(),
                default_queue: silent.settings().queue.clone(),
                payload_ref: None,
                floorplan: None,
            }])
            .unwrap()
            .remove(0)
            .job
            .id
    }

    fn until_done(&self, jobs: &[JobId]) {
        until("the jobs are done", || {
            jobs.iter()
                .all(|job| self.get(*job).status == Status::Succeeded)
        });
    }

    fn get(&self, job: JobId) -> Job {
        self.client.get(job).unwrap()
    }

    fn trouble(&self) -> Option<String> {
        let publisher = self.client.announcer().publisher().unwrap();
        publisher.trouble().map(|fault| fault.to_string())
    }
}

pub(crate) fn work() -> NewJob {
    NewJob::new("work").unwrap()
}

fn options() -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.concurrency = 2;
    options.poll = Duration::from_secs(3_600);
    options
}

/// A worker on a thread, stopped when this is dropped.
struct Running {
    handle: WorkerHandle,
    events: Mutex<Receiver<WorkerEvent>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    /// A worker of `kinds` that hears through nothing but the Redis of the client.
    fn start(client: &Client, kinds: &[&str], options: WorkerOptions) -> Running {
        let worker = Worker::new(
            client.repository().clone(),
            client.blobs().clone(),
            client.clock().clone(),
            options,
        );
        let mut worker = worker.unwrap().announcing(client.announcer().clone());
        for kind in kinds {
            let done = |_: &AttemptContext| Ok(Verdict::complete(1));
            worker = worker.handle(Kind::new(*kind).unwrap(), done);
        }
        let (sender, events) = channel();
        let worker = worker.listen(move |event: &WorkerEvent| drop(sender.send(event.clone())));
        let handle = worker.stop_handle();
        let thread = std::thread::spawn(move || {
            worker.run().unwrap();
        });
        Running {
            handle,
            events: Mutex::new(events),
            thread: Some(thread),
        }
    }

    /// The same, once it hears.
    fn hearing(client: &Client, kinds: &[&str]) -> Running {
        let running = Running::start(client, kinds, options());
        running.until_mode("redis");
        running
    }

    /// Waits until the worker says that it learns of jobs in this way; returns the reason.
    fn until_mode(&self, wanted: &str) -> Option<String> {
        let events = self.events.lock().unwrap();
        loop {
            match events.recv_timeout(LONG).expect("it never said so") {
                WorkerEvent::TransportChanged { transport, reason } if transport == wanted => {
                    return reason;
                }
                _ => {}
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop_now();
        let ended = self.thread.take().unwrap().join();
        assert!(std::thread::panicking() || ended.is_ok());
    }
}
