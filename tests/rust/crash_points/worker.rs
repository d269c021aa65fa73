//! A worker whose jobs end in every way, and that is then told to stop.

use std::time::Duration;

use floorjobs_core::job::{Failure, OwnerId, RetryPolicy};
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::repository::{Owner, Product, Reading, WorkerRow};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::watch::Watch;
use floorjobs_core::worker::{AttemptContext, Completion, Verdict, Worker, WorkerEvent};
use floorjobs_core::{Client, ErrorKind, Kind, NewJob, Result, Status, WorkerOptions};
use serde_json::json;

use super::ledger::Ledger;
use crate::process::{LONG, until};

/// Kinds that the worker is to end, in the order in which they are stored.
const KINDS: [&str; 9] = [
    "complete", "retry", "fail", "snooze", "cancel", "keep", "large", "slow", "crashed",
];

/// Kinds whose first attempt ends with the worker.
const ENDLESS: [&str; 2] = ["obedient", "deaf"];

/// Stores the jobs, and one whose worker has died.
pub(super) fn prepare(client: &Client, ledger: &mut Ledger) {
    for kind in KINDS.iter().chain(&ENDLESS) {
        let job = client.enqueue(NewJob::new(*kind).unwrap()).unwrap();
        ledger.stored(&job);
        let mut child = NewJob::new("complete").unwrap();
        child.after = vec![job.id];
        ledger.stored(&client.enqueue(child).unwrap());
        if *kind == "crashed" {
            let owner = dead_worker(client);
            client
                .repository()
                .claim_one(job.id, &owner, Duration::from_secs(600))
                .unwrap();
        }
    }
    let request = floorjobs_core::client::IngestRequest::default();
    let job = client.ingest(b"%PDF-1.4\n%%EOF\n", request).unwrap();
    ledger.stored(&job);
}

/// A worker of which only a note is left: its process id belongs to another by now.
fn dead_worker(client: &Client) -> Owner {
    let us = ProcessIdentity::current();
    let owner = Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity {
            start_time: us.start_time.map(|start| start + 1),
            ..us
        },
    };
    let now = client.clock().now();
    let row = WorkerRow {
        owner: owner.clone(),
        queues: Vec::new(),
        kinds: Vec::new(),
        kind_limits: std::collections::BTreeMap::new(),
        concurrency: 1,
        transport: String::new(),
        started_at: now,
        beat_at: now,
    };
    client.repository().register_worker(&row).unwrap();
    owner
}

fn options() -> WorkerOptions {
    let mut options = WorkerOptions::default();
    options.concurrency = 3;
    options.beat = Duration::from_millis(20);
    options.tick = Duration::from_millis(5);
    options.release_wait = Duration::from_millis(50);
    options.retry = RetryPolicy {
        base: Duration::from_millis(1),
        ..RetryPolicy::default()
    };
    options
}

/// Runs until all is done but the endless jobs, which a stop gives back.
pub(super) fn play(client: &Client, ledger: Ledger) {
    let mut worker = worker_of(client, options()).unwrap();
    // The worker was told that these ends are stored, so they stay as they are.
    worker = worker.listen(move |event: &WorkerEvent| match event {
        WorkerEvent::Succeeded { job, .. } => ledger.ended(job.job_id, Status::Succeeded),
        WorkerEvent::Failed { job, .. } => ledger.ended(job.job_id, Status::Failed),
        WorkerEvent::Cancelled { job, .. } => ledger.ended(job.job_id, Status::Cancelled),
        _ => {}
    });
    worker = worker.handle(Kind::ingest(), read);
    for kind in KINDS.iter().chain(&ENDLESS) {
        worker = worker.handle(Kind::new(*kind).unwrap(), run);
    }
    let stop = worker.stop_handle();
    std::thread::scope(|scope| {
        scope.spawn(|| worker.run().unwrap());
        until("only the endless jobs go on", || {
            super::list(client).iter().all(|job| match job.status {
                Status::Running => ENDLESS.contains(&job.kind.as_str()),
                Status::Queued => job.waiting_for > 0,
                _ => true,
            })
        });
        stop.stop(Some(Duration::ZERO));
    });
}

/// A worker that ends whatever it is given and then itself.
pub(super) fn fresh(client: &Client) -> Worker {
    let mut options = options();
    options.drain = true;
    let mut worker = worker_of(client, options).unwrap();
    worker = worker.handle(Kind::ingest(), read);
    for kind in KINDS.iter().chain(&ENDLESS).chain(&["work"]) {
        worker = worker.handle(Kind::new(*kind).unwrap(), |attempt: &AttemptContext| {
            Ok(done(attempt))
        });
    }
    worker
}

fn done(attempt: &AttemptContext) -> Verdict {
    Verdict::complete(json!({"attempt": attempt.attempt(), "pid": std::process::id()}))
}

fn run(attempt: &AttemptContext) -> Result<Verdict> {
    let is_first = attempt.attempt() == 1;
    let error = || Failure::new(ErrorKind::Unavailable, "the printer is on fire");
    Ok(match attempt.job().kind.as_str() {
        "retry" if is_first => Verdict::Retry {
            error: error(),
            after: Some(Duration::ZERO),
        },
        "fail" => Verdict::Fail { error: error() },
        "snooze" if is_first => Verdict::Snooze {
            until: attempt.job().created_at,
        },
        "cancel" => Verdict::Cancelled,
        "keep" => {
            attempt.checkpoint(&json!([attempt.attempt()]))?;
            done(attempt)
        }
        "large" => Verdict::complete("x".repeat((1 << 20) + 1)),
        "slow" => {
            // Long enough for some beats.
            for step in 0..20 {
                attempt.progress(f64::from(step) / 20.0, "working");
                if attempt.cancel_token().wait(Duration::from_millis(5)) {
                    return Ok(Verdict::Cancelled);
                }
            }
            done(attempt)
        }
        "obedient" => {
            assert!(attempt.cancel_token().wait(LONG), "nobody stopped it");
            Verdict::Cancelled
        }
        "deaf" => loop {
            std::thread::park();
        },
        _ => done(attempt),
    })
}

/// Reads nothing, and stores as much as a reading of a floor plan does.
fn read(attempt: &AttemptContext) -> Result<Verdict> {
    let blobs = attempt.blobs();
    let reading = Reading {
        source: "vector".to_owned(),
        total_wall_count: 4,
        total_linear_pts: 5.0,
        document_ref: blobs.put(b"the document")?.to_string(),
        svg_ref: blobs.put(b"the picture")?.to_string(),
    };
    Ok(Verdict::Complete(Completion {
        product: Some(Product::Reading(reading)),
        ..Completion::default()
    }))
}
