use super::super::testing::{Bench, job, owner};
use super::*;
use crate::error::Error;
use crate::job::Timestamp;
use crate::repository::{FileSystem, FileSystemNature, Server, Storage, StorageSetting};
use std::path::PathBuf;
use std::time::Duration;

fn find(findings: &[Finding], name: &str) -> (Level, String) {
    let found: Vec<_> = findings.iter().filter(|one| one.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    (found[0].level, found[0].message.clone())
}

fn told(bench: &Bench, name: &str) -> (Level, String) {
    find(&bench.client.doctor(), name)
}

#[test]
fn a_place_in_order_has_no_complaints() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 2);
    bench.add(job("work"));
    let findings = bench.client.doctor();
    assert!(
        findings.iter().all(|one| one.level == Level::Ok),
        "{findings:?}"
    );
    let names: Vec<_> = findings.iter().map(|one| one.name).collect();
    let expected = [
        "version",
        "repository",
        "clock",
        "blobs",
        "workers",
        "handlers",
        "queues",
        "backlog",
    ];
    assert_eq!(names, expected, "it has no files of its own");
    let json = serde_json::to_value(&findings[1]).unwrap();
    assert_eq!(
        (&json["name"], &json["level"]),
        (&"repository".into(), &"ok".into())
    );
}

#[test]
fn the_doctor_tries_the_blobs_says_where_they_are_and_leaves_none() {
    let bench = Bench::new();
    let place = bench.client.blobs().description();
    assert!(place.starts_with("directory `/"), "{place}");
    let message = format!("Those of {place} can be stored and read.");
    assert_eq!(told(&bench, "blobs"), (Level::Ok, message));
    let left = bench
        .client
        .blobs()
        .stored_before(i64::MAX, None, 9)
        .unwrap();
    assert_eq!(left, []);
}

#[test]
fn missing_and_silent_workers_are_told() {
    let bench = Bench::new();
    let none = "0 live, with 0 of 0 slots taken.".to_owned();
    assert_eq!(told(&bench, "workers"), (Level::Warning, none));
    bench.worker(&owner(1), "default", &["work"], 2);
    bench.seconds(91);
    let busy = owner(2);
    bench.worker(&busy, "default", &["work"], 2);
    bench.worker(&owner(3), "default", &[], 0);
    bench.start(&bench.add(job("work")), &busy);
    let some = "1 live, with 1 of 2 slots taken; silent: here:1.".to_owned();
    assert_eq!(told(&bench, "workers"), (Level::Warning, some));
}

#[test]
fn kinds_without_a_handler_are_told_by_queue() {
    let bench = Bench::new();
    bench.worker(&owner(1), "default", &["work"], 2);
    bench.add(job("work"));
    bench.add(job("play").delay(Duration::from_secs(9)));
    bench.add(job("play"));
    bench.add(job("work").queue(crate::job::QueueName::new("other").unwrap()));
    let message = "No live worker can run 2 of `play` in the queue `default`, 1 of `work` in the \
                   queue `other`.";
    let (level, told) = told(&bench, "handlers");
    assert_eq!((level, told.as_str()), (Level::Warning, message));
}

#[test]
fn a_clock_that_was_stepped_back_is_told() {
    let bench = Bench::new();
    bench.add(job("work"));
    bench.clock.step_wall(-1_000_000);
    assert_eq!(told(&bench, "clock").0, Level::Ok);
    bench.clock.step_wall(-60_000_000);
    let (level, message) = told(&bench, "clock");
    assert_eq!(level, Level::Warning);
    assert!(message.contains(" 61 s from now"), "{message}");
}

#[test]
fn a_paused_queue_and_a_long_wait_are_told() {
    let bench = Bench::new();
    let queue = bench.add(job("work")).queue;
    bench.seconds(600);
    assert_eq!(told(&bench, "backlog").0, Level::Ok);
    bench.seconds(1);
    let (level, message) = told(&bench, "backlog");
    assert_eq!(level, Level::Warning);
    assert_eq!(
        message,
        "1 ready; the oldest waits for 601 s, in the queue `default`."
    );
    assert_eq!(told(&bench, "queues").0, Level::Ok);
    bench.client.pause(&queue).unwrap();
    let (level, message) = told(&bench, "queues");
    assert_eq!(level, Level::Warning);
    assert!(
        message.starts_with("Paused: `default` since 2023-"),
        "{message}"
    );
}

fn storage() -> Storage {
    Storage {
        engine: "SQLite 3.53.0".to_owned(),
        schema: 1,
        known_schema: 1,
        settings: vec![StorageSetting {
            name: "journal_mode",
            found: "wal".to_owned(),
            wanted: "wal",
        }],
        path: PathBuf::from("/data/jobs.db"),
        database_bytes: 3 << 20,
        log_bytes: 1 << 20,
        file_system: Some(FileSystem {
            name: "ext4",
            nature: FileSystemNature::Local,
        }),
        free_bytes: Some(1 << 40),
    }
}

#[test]
fn each_fault_of_the_files_has_its_level() {
    let sound = findings::storage(&storage());
    assert!(sound.iter().all(|one| one.level == Level::Ok), "{sound:?}");
    let level = |name: &str, change: &dyn Fn(&mut Storage)| {
        let mut storage = storage();
        change(&mut storage);
        let all = findings::storage(&storage);
        let bad = all.iter().filter(|one| one.level != Level::Ok).count();
        assert_eq!(bad, 1, "only what is wrong is told");
        find(&all, name).0
    };
    let on = |nature| FileSystem { name: "x", nature };
    assert_eq!(level("schema", &|s| s.schema = 2), Level::Warning);
    assert_eq!(
        level("settings", &|s| s.settings[0].found = "delete".to_owned()),
        Level::Error
    );
    let network = Some(on(FileSystemNature::Network));
    assert_eq!(
        level("file_system", &|s| s.file_system = network),
        Level::Error
    );
    let memory = Some(on(FileSystemNature::Memory));
    assert_eq!(
        level("file_system", &|s| s.file_system = memory),
        Level::Warning
    );
    let free = |bytes: u64| level("disk_space", &|s| s.free_bytes = Some(bytes));
    assert_eq!(free((64 << 20) - 1), Level::Error);
    assert_eq!(free((1 << 30) - 1), Level::Warning);
    assert_eq!(
        level("log_size", &|s| s.log_bytes = (256 << 20) + 1),
        Level::Warning
    );
    let mut unknown = storage();
    (unknown.file_system, unknown.free_bytes) = (None, None);
    let told = findings::storage(&unknown);
    assert!(told.iter().all(|one| one.level == Level::Ok));
}

#[test]
fn each_fault_of_a_server_has_its_level() {
    let server = |change: &dyn Fn(&mut Server)| {
        let mut server = Server {
            engine: "PostgreSQL 15.4".to_owned(),
            address: "postgresql://db/shop".to_owned(),
            schema: 1,
            known_schema: 1,
            settings: vec![StorageSetting {
                name: "fsync",
                found: "on".to_owned(),
                wanted: "on",
            }],
            database_bytes: 1,
            now: Timestamp::from_micros(7),
            ahead_us: -1_500_000,
            is_pooled: Some(false),
        };
        change(&mut server);
        findings::server(&server)
    };
    let sound = server(&|_| {});
    assert!(sound.iter().all(|one| one.level == Level::Ok), "{sound:?}");
    assert_eq!(
        find(&sound, "engine").1,
        "PostgreSQL 15.4 at `postgresql://db/shop`."
    );
    assert_eq!(
        find(&sound, "server_clock").1,
        "The server's clock is 1.500 s behind this host's."
    );
    let fast = server(&|server| server.ahead_us = 2_000_001);
    assert_eq!(find(&fast, "server_clock").0, Level::Warning);
    let slow = server(&|server| server.ahead_us = -2_000_001);
    assert_eq!(find(&slow, "server_clock").0, Level::Warning);
    let forgetful = server(&|server| server.settings[0].found = "off".to_owned());
    assert_eq!(
        find(&forgetful, "settings"),
        (Level::Error, "fsync is off and must be on.".to_owned())
    );
    let pooled = [Some(true), None]
        .map(|is_pooled| find(&server(&|server| server.is_pooled = is_pooled), "pooler").1);
    assert!(pooled[0].starts_with("A pooler"), "{pooled:?}");
    assert!(pooled[1].starts_with("By a unix socket"), "{pooled:?}");
}

#[test]
fn what_could_not_be_asked_is_a_finding() {
    let error = Error::new(ErrorKind::Unavailable, "the disk is gone");
    let finding = findings::answers(Err(error));
    assert_eq!(
        find(&[finding], "repository"),
        (Level::Error, "the disk is gone.".to_owned())
    );
    assert_eq!(findings::wake_up(false).level, Level::Warning);
}
