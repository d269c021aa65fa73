//! What a client may ask for, one thing after the other.

use std::path::Path;
use std::time::Duration;

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::{Failure, Fence, JobId, NewJob, OwnerId, QueueName, UniqueScope};
use floorjobs_core::repository::{
    Beat, CatalogueChange, Claim, Ending, Enqueue, Heartbeat, NewFloorplan, Owner, WorkerRow,
};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::upkeep::{Retention, SWEEP_AGE, prune, sweep};
use floorjobs_core::{Client, ErrorKind, Kind, Status};
use serde_json::json;

use super::ledger::Ledger;
use crate::process::until;

const LEASE: Duration = Duration::from_secs(600);

fn work() -> NewJob {
    NewJob::new("work").unwrap()
}

/// The one job with a key.
pub(super) fn keyed() -> NewJob {
    work().unique_key("once").unique_scope(UniqueScope::Forever)
}

pub(super) fn play(client: &Client, ledger: &mut Ledger) {
    ledger.stored(&client.enqueue(work()).unwrap());
    for job in client.enqueue_many(vec![work(), work()]).unwrap() {
        ledger.stored(&job);
    }
    ledger.asking_for_key();
    ledger.stored(&client.enqueue(keyed()).unwrap());
    match client.database() {
        Some(database) => enqueue_at_once(client, database, ledger),
        None => ledger.stored(&client.enqueue(work()).unwrap()),
    }
    upload(client, ledger);
    for ending in endings(client) {
        run_here(client, ledger, ending);
    }
    change(client, ledger);
    claim_and_forget(client, ledger);
    tidy(client, ledger);
    client.check_health().unwrap();
}

/// Several writers share one commit.
fn enqueue_at_once(client: &Client, database: &Path, ledger: &Ledger) {
    let other = rusqlite::Connection::open(database).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let shows = |text: &str| format!("{:?}", client.repository()).contains(text);
    std::thread::scope(|scope| {
        let write = || ledger.stored(&client.enqueue(work()).unwrap());
        scope.spawn(write);
        until("one leads and waits for the lock", || {
            shows("waiting: 0, leading: true")
        });
        // The others come together in the next batch.
        for _ in 0..3 {
            scope.spawn(write);
        }
        until("three writers wait", || shows("waiting: 3"));
        other.execute_batch("ROLLBACK").unwrap();
    });
}

/// A file with its job, the same file again, and one that is refused with all that it brings.
fn upload(client: &Client, ledger: &Ledger) {
    let pdf = b"%PDF-1.4\n%%EOF\n";
    for _ in 0..2 {
        let request = IngestRequest::default();
        ledger.stored(&client.ingest(pdf, request).unwrap());
    }
    let request = |job: NewJob| Enqueue {
        id: JobId::generate(client.clock().now()),
        job,
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    };
    let mut with_plan = request(NewJob::of(Kind::ingest()));
    with_plan.floorplan = Some(NewFloorplan {
        project_id: None,
        filename: None,
        pdf_ref: client.blobs().put(pdf).unwrap().to_string(),
        pdf_bytes: pdf.len() as u64,
    });
    let refused = client
        .repository()
        .enqueue(&[with_plan, request(work().floorplan_id(404))]);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotFound);
}

fn endings(client: &Client) -> Vec<Ending> {
    let now = client.clock().now();
    let error = || Failure::new(ErrorKind::Unavailable, "the printer is on fire");
    let large = client.blobs().put(b"a large result").unwrap().to_string();
    vec![
        Ending::Succeeded {
            result: Some(json!({"attempt": 1, "pid": std::process::id()})),
            result_ref: Some(json!({ "blob": large })),
            product: None,
        },
        Ending::Retried {
            error: error(),
            run_at: now,
        },
        Ending::Failed { error: error() },
        Ending::Crashed {
            error: error(),
            run_at: None,
        },
        Ending::Snoozed { run_at: now },
        Ending::Released,
        Ending::Cancelled,
    ]
}

/// An attempt in this process, with all that an attempt may write.
fn run_here(client: &Client, ledger: &Ledger, ending: Ending) {
    let mut child = work();
    let job = client.enqueue(work()).unwrap();
    ledger.stored(&job);
    child.after = vec![job.id];
    let child = client.enqueue(child).unwrap();
    ledger.stored(&child);
    ledger.changing(job.id);
    client.hold(job.id).unwrap();
    let attempt = client.attempts(job.id).unwrap().remove(0);
    let fence = Fence {
        job: job.id,
        attempt: attempt.number,
        owner: attempt.owner,
    };
    let repository = client.repository();
    repository.checkpoint(&fence, &json!(1)).unwrap();
    let beat = Beat {
        fence,
        progress: None,
        stalled_since: None,
    };
    let heartbeat = Heartbeat {
        owner: attempt.owner,
        beats: vec![beat],
        lease: Some(LEASE),
    };
    repository.heartbeat(&heartbeat).unwrap();
    if ending == Ending::Cancelled {
        assert!(client.cancel(job.id).unwrap().cancel_requested);
    }
    ledger.stands(&client.end_held(job.id, ending).unwrap());
}

/// What people ask for.
fn change(client: &Client, ledger: &Ledger) {
    let job = client.enqueue(work()).unwrap();
    ledger.stored(&job);
    ledger.changing(job.id);
    ledger.stands(&client.cancel(job.id).unwrap());
    ledger.changing(job.id);
    ledger.stands(&client.retry(job.id).unwrap());
    let later = client
        .enqueue(work().delay(Duration::from_secs(3_600)))
        .unwrap();
    ledger.stored(&later);
    client.make_due(later.id).unwrap();
    let queue = QueueName::new("other").unwrap();
    client.pause(&queue).unwrap();
    client.resume(&queue).unwrap();
    let reset = CatalogueChange::Reset;
    client.repository().change_catalogue(&reset).unwrap();
}

/// A claim whose answer was lost, and a worker that ends in good order.
fn claim_and_forget(client: &Client, ledger: &Ledger) {
    ledger.stored(&client.enqueue(work()).unwrap());
    let owner = Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity::current(),
    };
    let now = client.clock().now();
    let repository = client.repository();
    repository
        .register_worker(&WorkerRow {
            owner: owner.clone(),
            queues: Vec::new(),
            kinds: Vec::new(),
            kind_limits: std::collections::BTreeMap::new(),
            concurrency: 1,
            transport: String::new(),
            started_at: now,
            beat_at: now,
        })
        .unwrap();
    // The next in line may be any of those before.
    for job in super::list(client) {
        ledger.changing(job.id);
        if job.status.is_ended() {
            ledger.stands(&job);
        }
    }
    let claim = Claim {
        owner: owner.clone(),
        queues: vec![QueueName::default_queue()],
        kinds: vec![Kind::new("work").unwrap()],
        limit: 2,
        lease: LEASE,
    };
    assert_eq!(repository.claim(&claim).unwrap().len(), 2);
    assert_eq!(repository.release_strays(owner.id, &[]).unwrap(), 2);
    repository.remove_worker(owner.id).unwrap();
}

/// Old jobs are deleted, and blobs that nothing names are removed.
fn tidy(client: &Client, ledger: &Ledger) {
    client.blobs().put(b"nobody names this").unwrap();
    for job in super::list(client) {
        if job.status == Status::Cancelled {
            ledger.deleting(job.id);
        }
    }
    let retention = Retention {
        succeeded: None,
        failed: None,
        cancelled: Some(Duration::ZERO),
    };
    let repository = client.repository().as_ref();
    let late = client.clock().now().after(SWEEP_AGE * 2);
    assert!(prune(repository, &retention, late, 1_000).unwrap() > 0);
    let swept = sweep(repository, client.blobs().as_ref(), late, SWEEP_AGE).unwrap();
    assert!(swept.blobs > 0);
}
