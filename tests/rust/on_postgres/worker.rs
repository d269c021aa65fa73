//! Client, worker and pipeline together, with jobs in PostgreSQL and nothing that wakes anybody.

use std::path::Path;
use std::thread;

use floorjobs_core::client::IngestRequest;
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::settings::{Overrides, Settings};
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{Client, Kind, NewJob, Status, WorkerOptions};

use crate::process::{LONG, until};
use crate::servers::Database;

const JOBS: usize = 200;

#[test]
fn a_worker_runs_what_comes_while_it_waits_and_reads_a_plan() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let overrides = Overrides {
        database_url: Some(database.url()),
        blobs_url: Some(format!("file:{}", folder.path().display())),
        ..Overrides::default()
    };
    let client = Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap();
    let mut options = WorkerOptions::default();
    options.concurrency = 4;
    let worker = worker_of(&client, options).unwrap();
    let worker = worker.handle(Kind::new("work").unwrap(), |_: &AttemptContext| {
        Ok(Verdict::complete(serde_json::json!({"sum": 3})))
    });
    let stop = worker.stop_handle();
    thread::scope(|scope| {
        let running = scope.spawn(|| worker.run().unwrap());
        until("the worker is there", || {
            client.workers().unwrap().len() == 1
        });
        let plan = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../tests/data/plans/d34_procthor_016_stroke_reportlab.pdf");
        let plan = std::fs::read(plan).unwrap();
        let read = client.ingest(&plan, IngestRequest::default()).unwrap();
        let jobs = vec![NewJob::new("work").unwrap(); JOBS];
        let jobs = client.enqueue_many(jobs).unwrap();
        for job in &jobs {
            let job = client.wait(job.id, LONG).unwrap();
            assert_eq!((job.status, job.attempt), (Status::Succeeded, 1));
            assert_eq!(job.result, Some(serde_json::json!({"sum": 3})));
        }
        assert_eq!(
            client.wait(read.id, LONG).unwrap().status,
            Status::Succeeded
        );
        let state = client.floorplan(read.floorplan_id.unwrap()).unwrap();
        assert!(state.floorplan.reading.unwrap().total_wall_count > 0);
        stop.stop(None);
        running.join().unwrap();
    });
    assert_eq!(client.repository().integrity_problems().unwrap(), [""; 0]);
}
