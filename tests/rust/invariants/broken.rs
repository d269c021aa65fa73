//! Each rule sees what breaks it: a database is damaged by hand, and the check must say so.

use floorjobs_core::client::IngestRequest;
use floorjobs_core::job::{JobId, NewJob, Timestamp};
use floorjobs_core::repository::{Ending, Prune};
use floorjobs_core::{Client, Status};
use serde_json::json;

use super::Invariants;
use crate::process::Place;

/// A success, a queued, a blocked and a running job, and a floor plan that waits to be read.
struct Scene {
    place: Place,
    done: JobId,
}

fn scene() -> Scene {
    let place = Place::new();
    let client = &place.client;
    let keyed = |key: &str| {
        let mut job = NewJob::new("work").unwrap();
        job.unique_key = Some(key.to_owned());
        client.enqueue(job).unwrap().id
    };
    let done = keyed("done");
    client.hold(done).unwrap();
    let ending = Ending::Succeeded {
        result: Some(json!({"attempt": 1, "pid": std::process::id()})),
        result_ref: None,
        product: None,
    };
    client.end_held(done, ending).unwrap();
    let running = keyed("running");
    client.hold(running).unwrap();
    let mut blocked = NewJob::new("blocked").unwrap();
    blocked.after = vec![running];
    client.enqueue(blocked).unwrap();
    keyed("queued");
    client
        .ingest(b"%PDF-1.4\n%%EOF\n", IngestRequest::default())
        .unwrap();
    Scene { place, done }
}

fn sql(client: &Client, sql: &str) {
    let connection = rusqlite::Connection::open(client.database().unwrap()).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF; {sql}"
        ))
        .unwrap();
}

#[test]
fn nothing_is_said_of_what_is_whole() {
    let scene = scene();
    let census = Invariants::of(&scene.place.client)
        .acknowledged([scene.done])
        .check();
    assert_eq!(census.jobs(), 5);
    assert_eq!(census.by_status["succeeded"], 1);
    assert_eq!(census.by_outcome["running"], 1);
    assert_eq!((census.unreferenced.len(), census.unfinished), (0, 0));
}

#[test]
fn each_damage_is_seen() {
    const DONE: &str = "WHERE status = 'succeeded'";
    for (damage, seen) in [
        (
            format!("UPDATE jobs SET attempt = 2 {DONE}"),
            "an attempt for each of its starts",
        ),
        (
            "DELETE FROM attempts".to_owned(),
            "an attempt for each of its starts",
        ),
        (
            "UPDATE attempts SET number = number + 1".to_owned(),
            "an attempt for each of its starts",
        ),
        (
            "UPDATE attempts SET outcome = NULL".to_owned(),
            "its attempts say otherwise",
        ),
        (
            "UPDATE jobs SET owner = x'00' WHERE status = 'queued'".to_owned(),
            "has an owner",
        ),
        (
            "UPDATE attempts SET owner = x'00'".to_owned(),
            "not run by its newest attempt",
        ),
        (
            format!("UPDATE jobs SET finished_at = NULL {DONE}"),
            "a time of its end",
        ),
        (
            "UPDATE attempts SET outcome = 'retried' WHERE outcome IS NOT NULL".to_owned(),
            "an end that its attempts do not have",
        ),
        (
            format!("UPDATE jobs SET status = 'cancelled' {DONE}"),
            "an end that its attempts do not have",
        ),
        (
            "UPDATE jobs SET result = '7' WHERE status = 'queued'".to_owned(),
            "a result without a success",
        ),
        (
            format!("UPDATE jobs SET result = '{{\"attempt\": 2}}' {DONE}"),
            "the result of another attempt",
        ),
        (
            format!("UPDATE jobs SET result = '{{\"pid\": 1}}' {DONE}"),
            "the result of another attempt",
        ),
        (
            "UPDATE jobs SET cancel_requested = 1".to_owned(),
            "asked to stop and does not run",
        ),
        ("UPDATE jobs SET errors = 1".to_owned(), "counts more ends"),
        ("UPDATE jobs SET crashes = 1".to_owned(), "counts more ends"),
        (
            "UPDATE jobs SET interruptions = 1".to_owned(),
            "counts more ends",
        ),
        (
            "UPDATE jobs SET waiting_for = 2 WHERE kind = 'blocked'".to_owned(),
            "wait for as many as it says",
        ),
        (
            "UPDATE jobs SET status = 'failed' WHERE status = 'running'".to_owned(),
            "waits for a job that has ended",
        ),
        (
            format!("UPDATE jobs SET ready = 1 {DONE}"),
            "and is not queued",
        ),
        (
            "DROP INDEX jobs_unique; UPDATE jobs SET unique_key = 'same'".to_owned(),
            "holds the key of",
        ),
        (
            "UPDATE floorplans SET source = 'vector'".to_owned(),
            "was read by no success",
        ),
        (
            "UPDATE jobs SET floorplan_id = NULL".to_owned(),
            "stored without a job",
        ),
        (
            "UPDATE floorplans SET svg_ref = 'sha256:' || printf('%064d', 1)".to_owned(),
            "floorplans.svg_ref names a blob",
        ),
        (
            format!("UPDATE jobs SET result_ref = '{{\"blob\": \"x\"}}' {DONE}"),
            "jobs.result_ref ->> '$.blob' names a blob",
        ),
        (
            format!("DELETE FROM jobs {DONE}"),
            "was acknowledged and is not there",
        ),
        (
            "DELETE FROM floorplans".to_owned(),
            "refers to one that is not there",
        ),
    ] {
        let scene = scene();
        let client = &scene.place.client;
        sql(client, &damage);
        let invariants = Invariants::of(client).acknowledged([scene.done]);
        let (violations, _) = invariants.violations();
        assert!(
            violations.iter().any(|violation| violation.contains(seen)),
            "{damage}: {violations:#?}"
        );
    }
}

#[test]
fn what_has_not_ended_is_seen_at_the_end_only() {
    let scene = scene();
    let (violations, _) = Invariants::of(&scene.place.client).settled().violations();
    assert_eq!(violations.len(), 4, "{violations:#?}");
    assert!(
        violations
            .iter()
            .all(|violation| violation.contains("at the end"))
    );
    let done = scene.place.client.get(scene.done).unwrap();
    assert_eq!(done.status, Status::Succeeded);
}

#[test]
fn a_blob_that_is_torn_or_that_nothing_names_is_seen() {
    let scene = scene();
    let client = &scene.place.client;
    let unnamed = client.blobs().put(b"nobody's").unwrap();
    let census = Invariants::of(client).check();
    assert_eq!(census.unreferenced, [unnamed]);
    let named = client.floorplan(1).unwrap().floorplan.pdf_ref;
    let hex = named.strip_prefix("sha256:").unwrap();
    let path = scene.place.path("jobs.db-blobs").join(&hex[..2]).join(hex);
    std::fs::write(path, b"%PDF-1.4\n").unwrap();
    let (violations, _) = Invariants::of(client).violations();
    assert_eq!(violations.len(), 1, "{violations:#?}");
    assert!(violations[0].contains("does not match its hash"));
}

#[test]
fn what_was_deleted_for_its_age_is_not_missed() {
    let scene = scene();
    let client = &scene.place.client;
    let prune = Prune {
        succeeded_before: Some(Timestamp::from_micros(i64::MAX)),
        failed_before: None,
        cancelled_before: None,
        limit: 10,
    };
    assert_eq!(client.repository().prune(&prune).unwrap(), 1);
    let invariants = || Invariants::of(client).acknowledged([scene.done]);
    assert_eq!(invariants().violations().0.len(), 1);
    assert_eq!(invariants().forgotten().check().jobs(), 4);
}
