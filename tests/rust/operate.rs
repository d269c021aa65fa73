//! Backups, integrity and the doctor, on real files.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use floorjobs_core::blob::BlobRef;
use floorjobs_core::client::{IngestRequest, Level};
use floorjobs_core::job::QueueName;
use floorjobs_core::repository::{ListJobs, Repository, SqliteOptions, SqliteRepository};
use floorjobs_core::{ErrorKind, NewJob, Status};
use serde_json::json;

use crate::process::Place;

const PDF: &[u8] = b"%PDF-1.7 of sorts";

fn open(path: &Path) -> SqliteRepository {
    SqliteRepository::open(path, SqliteOptions::default()).unwrap()
}

fn count(repository: &dyn Repository) -> usize {
    let all = ListJobs {
        limit: 100_000,
        ..ListJobs::default()
    };
    repository.list(&all).unwrap().len()
}

/// The names in a folder, but for those that SQLite keeps beside an open database.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("jobs.db"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_opens_in_place_of_the_database() {
    let place = Place::new();
    let job = place.enqueue("work", json!({"page": 1}));
    let copy = place.path("copy.db");
    let report = place.client.backup(&copy, false).unwrap();
    assert_eq!(report.path, copy);
    assert_eq!(report.bytes, fs::metadata(&copy).unwrap().len());
    assert_eq!(names(place.folder.path()), ["copy.db"]);
    place.client.cancel(job.id).unwrap();
    let copied = open(&copy);
    assert_eq!(copied.get(job.id).unwrap().status, Status::Queued);
    assert_eq!(copied.integrity_problems().unwrap(), [""; 0]);
    copied.cancel(job.id).unwrap();
    assert_eq!(copied.get(job.id).unwrap().status, Status::Cancelled);
}

#[test]
fn a_backup_is_of_one_moment_while_others_write() {
    let place = Place::new();
    let padding = "x".repeat(20_000);
    let pair = || {
        let job = || {
            NewJob::new("work")
                .unwrap()
                .payload(json!({ "padding": padding }))
        };
        place.client.enqueue_many(vec![job(), job()]).unwrap();
    };
    (0..100).for_each(|_| pair());
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut written = 0;
            while !stop.load(Ordering::Relaxed) {
                pair();
                written += 1;
            }
            written
        });
        for n in 0..5 {
            let before = count(place.client.repository().as_ref());
            let copy = place.path(&format!("copy-{n}.db"));
            place.client.backup(&copy, false).unwrap();
            let copied = open(&copy);
            let jobs = count(&copied);
            assert!(jobs >= before, "what was committed is in it");
            assert_eq!(jobs % 2, 0, "half a transaction was copied");
            assert_eq!(copied.integrity_problems().unwrap(), [""; 0]);
        }
        stop.store(true, Ordering::Relaxed);
        assert!(writer.join().unwrap() > 0);
    });
}

#[test]
fn a_backup_takes_nothing_s_place_unless_it_is_told_to() {
    let place = Place::new();
    place.enqueue("work", json!({}));
    let copy = place.path("copy.db");
    fs::write(&copy, b"precious").unwrap();
    let refused = place.client.backup(&copy, false).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.field()),
        (ErrorKind::InvalidInput, Some("path"))
    );
    assert_eq!(fs::read(&copy).unwrap(), b"precious");
    place.client.backup(&copy, true).unwrap();
    place.client.backup(&copy, true).unwrap();
    open(&copy).pause(&QueueName::default_queue()).unwrap();
    // Its log is there now, and would be taken for that of the next copy.
    let refused = place.client.backup(&copy, true).unwrap_err();
    assert!(refused.message().contains("copy.db-wal"), "{refused}");
    assert_eq!(count(&open(&copy)), 1);
}

#[test]
fn a_backup_never_writes_over_the_database_itself() {
    let place = Place::new();
    let job = place.enqueue("work", json!({}));
    let link = place.path("link.db");
    fs::hard_link(place.path("jobs.db"), &link).unwrap();
    for name in [
        "jobs.db",
        "jobs.db-wal",
        "jobs.db-shm",
        "jobs.db-wake",
        "link.db",
        "../",
        "",
        "no/such/folder",
    ] {
        let refused = place.client.backup(&place.path(name), true).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{name}");
        assert_eq!(refused.field(), Some("path"));
    }
    assert_eq!(names(place.folder.path()), ["link.db"]);
    assert_eq!(place.client.get(job.id).unwrap(), job);
}

#[test]
fn a_sound_place_has_no_problems_and_a_broken_rule_is_named() {
    let place = Place::new();
    let job = place.enqueue("work", json!({}));
    assert!(place.client.check_integrity(true).unwrap().is_sound());
    let copy = place.path("copy.db");
    place.client.backup(&copy, false).unwrap();
    let broken = |sql: &str| {
        let copied = place.path("broken.db");
        let _ = fs::remove_file(&copied);
        for suffix in ["-wal", "-shm"] {
            let _ = fs::remove_file(place.path(&format!("broken.db{suffix}")));
        }
        fs::copy(&copy, &copied).unwrap();
        let connection = rusqlite::Connection::open(&copied).unwrap();
        connection.execute_batch(sql).unwrap();
        drop(connection);
        let problems = open(&copied).integrity_problems().unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems[0].clone()
    };
    let named = |what: &str| format!("job `{}` {what}", job.id);
    assert_eq!(
        broken("UPDATE jobs SET ready = 0, waiting_for = 1"),
        named("does not wait for as many jobs as it says")
    );
    assert_eq!(
        broken("UPDATE jobs SET attempt = 1"),
        named("has attempts that are not numbered from 1 to its newest")
    );
    assert_eq!(
        broken("UPDATE jobs SET status = 'succeeded', ready = 0, finished_at = 1"),
        named("succeeded without an attempt that did")
    );
    assert!(
        broken("PRAGMA foreign_keys = OFF; UPDATE jobs SET floorplan_id = 9")
            .contains("names a row of `floorplans` that is not there")
    );
}

#[test]
fn a_missing_or_damaged_blob_is_a_problem_of_a_deep_check() {
    let place = Place::new();
    let client = &place.client;
    client.ingest(PDF, IngestRequest::default()).unwrap();
    let report = client.check_integrity(true).unwrap();
    assert_eq!((report.is_sound(), report.blobs_checked), (true, 1));
    let blob = BlobRef::of(PDF);
    let path = place
        .path("jobs.db-blobs")
        .join(&blob.hex()[..2])
        .join(blob.hex());
    fs::write(&path, b"%PDF-1.7 of sprts").unwrap();
    let report = client.check_integrity(true).unwrap();
    assert_eq!(report.problems.len(), 1);
    assert!(report.problems[0].contains(&blob.to_string()));
    fs::remove_file(&path).unwrap();
    assert!(client.check_integrity(false).unwrap().is_sound());
    let report = client.check_integrity(true).unwrap();
    assert_eq!(report.problems, [format!("no blob `{blob}`")]);
    assert!(client.blobs().put(PDF).is_ok());
    assert!(client.check_integrity(true).unwrap().is_sound());
}

#[test]
fn a_damaged_page_is_a_problem_and_not_a_failure() {
    let place = Place::new();
    for _ in 0..200 {
        place.enqueue("work", json!({"padding": "x".repeat(500)}));
    }
    let copy = place.path("copy.db");
    place.client.backup(&copy, false).unwrap();
    let mut bytes = fs::read(&copy).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 4_096].fill(0xAB);
    fs::write(&copy, bytes).unwrap();
    let damaged = open(&copy).integrity_problems();
    match damaged {
        Ok(problems) => assert!(problems[0].starts_with("SQLite: "), "{problems:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Corrupt),
    }
}

#[test]
fn the_doctor_looks_at_the_files_too() {
    let place = Place::new();
    let findings = place.client.doctor();
    let level = |name: &str| {
        let found = findings.iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("{name} is missing")).level
    };
    for name in [
        "engine",
        "schema",
        "settings",
        "log_size",
        "wake_up",
        "blobs",
        "repository",
    ] {
        assert_eq!(level(name), Level::Ok, "{name}");
    }
    assert_ne!(level("file_system"), Level::Error);
    assert_eq!(level("workers"), Level::Warning);
    // A folder in the place of the blobs' folder of the one that the doctor stores.
    fs::remove_dir_all(place.path("jobs.db-blobs/incoming")).unwrap();
    let findings = place.client.doctor();
    let blobs = findings.iter().find(|one| one.name == "blobs").unwrap();
    assert_eq!(blobs.level, Level::Error);
}

#[test]
fn metrics_tell_the_size_of_the_files() {
    let place = Place::new();
    place.enqueue("work", json!({}));
    let text = place.client.metrics().unwrap();
    let value = |name: &str| -> f64 {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name} ")));
        line.unwrap().rsplit_once(' ').unwrap().1.parse().unwrap()
    };
    let log = fs::metadata(place.path("jobs.db-wal")).unwrap().len();
    assert_eq!(value("floorjobs_log_bytes"), log as f64);
    assert!(value("floorjobs_database_bytes") + value("floorjobs_log_bytes") > 0.0);
}

#[test]
fn many_events_of_a_real_database_end_with_the_end() {
    let place = Place::new();
    let client = Arc::new(place.client.clone());
    let jobs: Vec<_> = (0..20).map(|_| place.enqueue("work", json!({}))).collect();
    std::thread::scope(|scope| {
        for job in &jobs {
            let client = Arc::clone(&client);
            let events = client.events(job.id).unwrap().timeout(crate::process::LONG);
            scope.spawn(move || {
                let last = events.map(|event| event.unwrap().job.status).last();
                assert_eq!(last, Some(Status::Cancelled));
            });
        }
        for job in &jobs {
            client.cancel(job.id).unwrap();
        }
    });
}
