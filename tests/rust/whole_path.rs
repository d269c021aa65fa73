//! A floor plan goes in, a durable job comes out: client, worker and pipeline together.

use std::path::{Path, PathBuf};
use std::time::Duration;

use floorjobs_core::client::{FloorplanStatus, IngestRequest};
use floorjobs_core::pipeline::{run_here, worker_of};
use floorjobs_core::repository::ListJobs;
use floorjobs_core::settings::Overrides;
use floorjobs_core::worker::{RunReport, WorkerEvent};
use floorjobs_core::{Client, ErrorKind, Job, NewJob, Settings, Status, WorkerOptions};

fn connect(folder: &Path) -> Client {
    let overrides = Overrides {
        database_url: Some(format!("sqlite:///{}/jobs.db", folder.display())),
        ..Overrides::default()
    };
    Client::connect(&Settings::resolve(&overrides, |_| None).unwrap()).unwrap()
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/data")
        .join(name)
}

fn plans() -> Vec<PathBuf> {
    let files = std::fs::read_dir(data("plans")).unwrap();
    let mut plans: Vec<_> = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|suffix| suffix == "pdf"))
        .collect();
    plans.sort();
    plans
}

fn is_scan(path: &Path) -> bool {
    path.to_str().unwrap().contains("_scan")
}

/// Runs what is due in this process, and returns how the worker ended.
fn drain(client: &Client) -> RunReport {
    let mut options = WorkerOptions::default();
    options.drain = true;
    worker_of(client, options).unwrap().run().unwrap()
}

fn ingest(client: &Client, pdf: &[u8]) -> Job {
    client.ingest(pdf, IngestRequest::default()).unwrap()
}

#[test]
fn every_sample_plan_is_read_and_can_be_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let jobs: Vec<_> = plans()
        .iter()
        .map(|path| (path.clone(), ingest(&client, &std::fs::read(path).unwrap())))
        .collect();
    assert!(jobs.len() >= 10, "there are {} sample plans", jobs.len());
    for (_, job) in &jobs {
        let state = client.floorplan(job.floorplan_id.unwrap()).unwrap();
        assert_eq!(state.status, FloorplanStatus::Uploaded);
    }
    drain(&client);
    for (path, job) in jobs {
        let job = client.get(job.id).unwrap();
        if is_scan(&path) {
            assert_eq!(job.error.unwrap().kind, ErrorKind::Unsupported);
            continue;
        }
        assert_eq!(job.status, Status::Succeeded, "{path:?}: {:?}", job.error);
        let id = job.floorplan_id.unwrap();
        let state = client.floorplan(id).unwrap();
        assert_eq!(state.status, FloorplanStatus::Processed);
        let reading = state.floorplan.reading.unwrap();
        assert!(reading.total_wall_count >= 4, "{path:?}: {reading:?}");
        let document = client.floorplan_document(id).unwrap();
        let walls = document["spatial_graph"]["walls"].as_array().unwrap();
        assert_eq!(walls.len() as u64, reading.total_wall_count);
        let length: f64 = walls
            .iter()
            .map(|wall| wall["length_pts"].as_f64().unwrap())
            .sum();
        assert!((length - reading.total_linear_pts).abs() < 0.01 * length);
        let result_ref = job.result_ref.unwrap();
        assert_eq!(result_ref["result_type"], "floorplan");
        assert_eq!(result_ref["result_id"], id);
        assert_eq!(result_ref["source"], "vector");
        assert!(client.floorplan_svg(id).unwrap().starts_with("<svg"));
    }
}

#[test]
fn the_same_bytes_give_the_same_plan() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let pdf = std::fs::read(&plans()[0]).unwrap();
    let ids = [ingest(&client, &pdf), ingest(&client, &pdf)].map(|job| job.floorplan_id.unwrap());
    assert_ne!(ids[0], ids[1]);
    drain(&client);
    let readings = ids.map(|id| client.floorplan(id).unwrap().floorplan.reading.unwrap());
    // The references are hashes of the content, of plan and picture alike.
    assert_eq!(readings[0], readings[1]);
}

#[test]
fn a_file_that_is_no_pdf_is_refused_and_nothing_stored() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let too_long = IngestRequest {
        filename: Some("x".repeat(256)),
        ..IngestRequest::default()
    };
    let no_key = IngestRequest {
        unique_key: Some(String::new()),
        ..IngestRequest::default()
    };
    let plain = IngestRequest::default;
    for (bytes, request, kind) in [
        (&b""[..], plain(), ErrorKind::InvalidPdf),
        (b"just text", plain(), ErrorKind::InvalidPdf),
        (b"%PDF-1.4", too_long, ErrorKind::InvalidInput),
        (b"%PDF-1.4", no_key, ErrorKind::InvalidInput),
    ] {
        assert_eq!(client.ingest(bytes, request).unwrap_err().kind(), kind);
    }
    assert_eq!(client.list(&ListJobs::default()).unwrap(), []);
    assert_eq!(client.floorplan(1).unwrap_err().kind(), ErrorKind::NotFound);
    let blobs = folder.path().join("jobs.db-blobs");
    let stored = std::fs::read_dir(blobs).unwrap().filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        path.is_dir() && std::fs::read_dir(path).unwrap().next().is_some()
    });
    assert_eq!(stored.count(), 0);
}

#[test]
fn a_broken_pdf_fails_its_job_once_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let whole = std::fs::read(&plans()[0]).unwrap();
    let broken = ingest(&client, b"%PDF-1.7\nand then nothing of the kind");
    let good = ingest(&client, &whole);
    drain(&client);
    let broken = client.get(broken.id).unwrap();
    assert_eq!(broken.status, Status::Failed);
    assert_eq!(broken.error.unwrap().kind, ErrorKind::InvalidPdf);
    // A bad file is never tried again.
    assert_eq!(client.attempts(broken.id).unwrap().len(), 1);
    let state = client.floorplan(broken.floorplan_id.unwrap()).unwrap();
    assert_eq!(state.status, FloorplanStatus::Error);
    assert_eq!(state.error.unwrap().kind, ErrorKind::InvalidPdf);
    assert_eq!(state.floorplan.reading, None);
    // Who asks for the picture is not told to wait for it.
    let refused = client.floorplan_svg(state.floorplan.id).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidState);
    assert!(refused.to_string().contains("could not be read: "));
    // And the worker went on.
    assert_eq!(client.get(good.id).unwrap().status, Status::Succeeded);
}

#[test]
fn a_floor_plan_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let first = ingest(&client, &std::fs::read(&plans()[0]).unwrap());
    drain(&client);
    let id = first.floorplan_id.unwrap();
    let again = client
        .enqueue(NewJob::new("ingest").unwrap().floorplan_id(id))
        .unwrap();
    drain(&client);
    assert_eq!(client.get(again.id).unwrap().status, Status::Succeeded);
    let without = client.enqueue(NewJob::new("ingest").unwrap()).unwrap();
    drain(&client);
    let failed = client.get(without.id).unwrap();
    assert_eq!(failed.error.unwrap().kind, ErrorKind::InvalidInput);
}

#[test]
fn progress_goes_forward_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let (sender, receiver) = std::sync::mpsc::channel();
    let mut options = WorkerOptions::default();
    options.drain = true;
    options.tick = Duration::from_millis(1);
    ingest(&client, &std::fs::read(&plans()[0]).unwrap());
    let worker = worker_of(&client, options).unwrap();
    let worker = worker.listen(move |event: &WorkerEvent| {
        if let WorkerEvent::Progress { fraction, .. } = event {
            sender.send(*fraction).unwrap();
        }
    });
    worker.run().unwrap();
    let told: Vec<f64> = receiver.iter().collect();
    assert!(told.is_sorted(), "{told:?}");
    assert!(told.iter().all(|fraction| (0.0..=1.0).contains(fraction)));
}

#[test]
fn a_host_may_run_a_job_itself_and_only_it_may_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let (client, other) = (connect(folder.path()), connect(folder.path()));
    let job = client.enqueue(NewJob::new("mine").unwrap()).unwrap();
    let refused = client.complete(job.id, None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::LeaseLost);
    assert_eq!(client.hold(job.id).unwrap().status, Status::Running);
    assert_eq!(
        client.hold(job.id).unwrap_err().kind(),
        ErrorKind::InvalidState
    );
    assert_eq!(
        other.complete(job.id, None).unwrap_err().kind(),
        ErrorKind::LeaseLost
    );
    let done = client
        .complete(job.id, Some(serde_json::json!({"result_id": 1})))
        .unwrap();
    assert_eq!(done.status, Status::Succeeded);
}

#[test]
fn waiting_ends_with_the_job_or_in_time() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let job = ingest(&client, &std::fs::read(&plans()[0]).unwrap());
    let early = client.wait(job.id, Duration::from_millis(5)).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::Timeout);
    let waiter = client.clone();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || waiter.wait(job.id, Duration::from_secs(60)));
        drain(&client);
        assert_eq!(waiting.join().unwrap().unwrap().status, Status::Succeeded);
    });
}

#[test]
fn a_job_can_be_run_here_and_now() {
    let folder = tempfile::tempdir().unwrap();
    let client = connect(folder.path());
    let plan = std::fs::read(&plans()[0]).unwrap();
    let job = run_here(&client, ingest(&client, &plan).id, None).unwrap();
    assert_eq!((job.status, job.attempt), (Status::Succeeded, 1));
    let state = client.floorplan(job.floorplan_id.unwrap()).unwrap();
    assert_eq!(state.status, FloorplanStatus::Processed);
    let again = run_here(&client, job.id, None).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::InvalidState);

    let broken = ingest(&client, b"%PDF-1.4 and nothing more");
    let job = run_here(&client, broken.id, None).unwrap();
    assert_eq!(job.status, Status::Failed);
    assert_eq!(job.error.unwrap().kind, ErrorKind::InvalidPdf);

    let other = client.enqueue(NewJob::new("other").unwrap()).unwrap();
    let refused = run_here(&client, other.id, None).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unsupported);
    assert_eq!(client.get(other.id).unwrap().status, Status::Queued);
}
