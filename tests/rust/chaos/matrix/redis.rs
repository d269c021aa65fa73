//! What may happen to a Redis that carries hints.

use std::time::Duration;

use super::super::place::Place;
use super::{Fault, micros};
use crate::process::{now, until};
use crate::servers::{Database, Proxy, Redis};

/// Jobs in SQLite, hints in a Redis; and the folder of it.
fn beside_sqlite(redis: String) -> (Place, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::in_sqlite(folder.path(), folder.path());
    (place.with_redis(redis), folder)
}

/// Jobs in PostgreSQL: nothing but Redis and the poll tells of them.
fn beside_postgres(redis: String) -> Option<(Place, tempfile::TempDir, Database)> {
    let database = Database::migrated()?;
    let folder = tempfile::tempdir().unwrap();
    let place = Place::of(database.url(), folder.path(), folder.path());
    Some((place.with_redis(redis), folder, database))
}

fn ordered(redis: &Redis, line: &str) {
    assert_eq!(redis.order(line), "+OK", "{line}");
}

fn flush(redis: &Redis, name: &str, place: Place) {
    Fault::of_transport(name, place).happens(|run| {
        while run.lasts() {
            ordered(redis, "FLUSHALL");
        }
    });
}

#[test]
fn flushed_again_and_again() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    flush(&redis, "Redis: `FLUSHALL`, 50 times a second", place);
}

#[test]
fn flushed_again_and_again_beside_postgres() {
    let Some(redis) = Redis::start() else { return };
    let Some((place, _folder, _database)) = beside_postgres(redis.url()) else {
        return;
    };
    flush(
        &redis,
        "Redis, jobs in PostgreSQL: `FLUSHALL`, 50 times a second",
        place,
    );
}

#[test]
fn flushed_while_workers_block() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: `FLUSHALL` while a worker blocks", place).happens(|run| {
        while run.lasts() {
            until("a worker blocks", || redis.info("blocked_clients") > 0);
            ordered(&redis, "FLUSHALL");
            // All of them are back before it happens again.
            let again = now() + micros(Duration::from_millis(200));
            while now() < again && run.lasts() {}
        }
    });
}

fn kill(redis: &mut Redis, name: &str, place: Place) {
    Fault::of_transport(name, place).happens(|run| {
        redis.kill();
        while run.lasts() {}
        redis.start_again();
    });
}

#[test]
fn killed_and_back_empty() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let (place, _folder) = beside_sqlite(redis.url());
    kill(&mut redis, "Redis: killed for 10 s and back empty", place);
}

#[test]
fn killed_and_back_empty_beside_postgres() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let Some((place, _folder, _database)) = beside_postgres(redis.url()) else {
        return;
    };
    let name = "Redis, jobs in PostgreSQL: killed for 10 s and back empty";
    kill(&mut redis, name, place);
}

fn stop(redis: &Redis, name: &str, place: Place) {
    redis.freeze();
    Fault::of_transport(name, place)
        .throughout()
        .happens(|_| ());
}

#[test]
fn stopped_throughout() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    stop(&redis, "Redis: stopped for the whole run", place);
}

#[test]
fn stopped_throughout_beside_postgres() {
    let Some(redis) = Redis::start() else { return };
    let Some((place, _folder, _database)) = beside_postgres(redis.url()) else {
        return;
    };
    stop(
        &redis,
        "Redis, jobs in PostgreSQL: stopped for the whole run",
        place,
    );
}

#[test]
fn stopped_for_a_while() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: stopped for 10 s", place).happens(|run| {
        redis.freeze();
        while run.lasts() {}
        redis.thaw();
    });
}

#[test]
fn databases_swapped() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: `SWAPDB` with an empty database, and back", place).happens(|run| {
        ordered(&redis, "SWAPDB 0 1");
        while run.lasts() {}
        ordered(&redis, "SWAPDB 0 1");
    });
}

#[test]
fn workers_look_into_another_database() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    let elsewhere = redis.url().replace("/0", "/1");
    let name = "Redis: workers restarted with another database number, and back";
    Fault::of_transport(name, place.clone()).happens(|run| {
        run.replace_workers(&place.clone().with_redis(elsewhere));
        while run.lasts() {}
        run.replace_workers(&place);
    });
}

#[test]
fn workers_look_into_another_database_beside_postgres() {
    let Some(redis) = Redis::start() else { return };
    let Some((place, _folder, _database)) = beside_postgres(redis.url()) else {
        return;
    };
    let elsewhere = redis.url().replace("/0", "/1");
    let name =
        "Redis, jobs in PostgreSQL: workers restarted with another database number, and back";
    Fault::of_transport(name, place.clone()).happens(|run| {
        run.replace_workers(&place.clone().with_redis(elsewhere));
        while run.lasts() {}
        run.replace_workers(&place);
    });
}

#[test]
fn out_of_memory_with_eviction() {
    let Some(redis) = Redis::start_with(&[("maxmemory-policy", "allkeys-lru")]) else {
        return;
    };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport(
        "Redis: `maxmemory` with `allkeys-lru`: all keys evicted, 25 times a second",
        place,
    )
    .happens(|run| {
        while run.lasts() {
            ordered(&redis, "CONFIG SET maxmemory 1");
            run.lasts();
            ordered(&redis, "CONFIG SET maxmemory 0");
        }
        assert!(redis.info("evicted_keys") > 0);
    });
}

#[test]
fn out_of_memory_without_eviction() {
    let Some(redis) = Redis::start_with(&[("maxmemory-policy", "noeviction")]) else {
        return;
    };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: `maxmemory` with `noeviction`", place).happens(|run| {
        ordered(&redis, "CONFIG SET maxmemory 1");
        while run.lasts() {}
        assert!(redis.order("SET a 1").starts_with("-OOM"));
        ordered(&redis, "CONFIG SET maxmemory 0");
    });
}

#[test]
fn paused() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: `CLIENT PAUSE` for 10 s", place).happens(|run| {
        let time = run.left().as_millis();
        ordered(&redis, &format!("CLIENT PAUSE {time} ALL"));
        while run.lasts() {}
    });
}

#[test]
fn connections_reset() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::before(redis.port());
    let (place, _folder) = beside_sqlite(format!("redis://127.0.0.1:{}/0", proxy.port()));
    let name = "Redis: connections reset after 150 to 1,650 bytes, in the middle of a command";
    Fault::of_transport(name, place).happens(|run| {
        let before = proxy.connections();
        proxy.resets(true);
        while run.lasts() {}
        proxy.resets(false);
        assert!(proxy.connections() > before + 3, "nothing was reset");
    });
}

#[test]
fn read_only() {
    let Some(redis) = Redis::start() else { return };
    let (place, _folder) = beside_sqlite(redis.url());
    Fault::of_transport("Redis: made a read-only replica, and back", place).happens(|run| {
        // Nobody is there whom it could follow; it refuses writes all the same.
        ordered(&redis, "REPLICAOF 127.0.0.1 1");
        while run.lasts() {}
        assert!(redis.order("SET a 1").starts_with("-READONLY"));
        ordered(&redis, "REPLICAOF NO ONE");
    });
}
