//! What may happen to a PostgreSQL that keeps the jobs, and to a pooler before it.
//!
//! Hints go through a Redis that is left alone.

use std::time::Duration;

use postgres::{Client, NoTls};

use super::super::place::Place;
use super::{Fault, Run};
use crate::servers::{Database, PgBouncer, Postgres, shared_redis};

const JOBS: &str = "jobs";

/// A server of the test's own, and a place on it.
struct Own {
    server: Postgres,
    place: Place,
    _folder: tempfile::TempDir,
}

impl Own {
    fn start(settings: &[(&str, &str)]) -> Option<Own> {
        let server = Postgres::start_with(settings)?;
        let redis = shared_redis()?;
        let folder = tempfile::tempdir().unwrap();
        let url = server.create(JOBS);
        let place = Place::of(url, folder.path(), folder.path()).with_redis(redis);
        place.migrate();
        Some(Own {
            server,
            place,
            _folder: folder,
        })
    }

    fn suffers(&mut self, name: &str, fault: impl FnOnce(&mut Postgres, &mut Run)) {
        let place = self.place.clone();
        let name = format!("PostgreSQL: {name}");
        Fault::of_database(&name, place).happens(|run| fault(&mut self.server, run));
    }
}

/// Once at least, and then with pauses in which something is done.
fn again_and_again(run: &mut Run, mut what: impl FnMut()) {
    let pause = run.left() / 5;
    while run.left() > pause {
        what();
        let next = run.left().saturating_sub(pause);
        while run.left() > next && run.lasts() {}
    }
}

#[test]
fn restarted() {
    let Some(mut own) = Own::start(&[]) else {
        return;
    };
    own.suffers("restarted again and again (fast)", |server, run| {
        again_and_again(run, || {
            server.stop();
            server.start_again();
        });
    });
}

#[test]
fn restarted_immediately() {
    let Some(mut own) = Own::start(&[]) else {
        return;
    };
    own.suffers("restarted again and again (immediate)", |server, run| {
        again_and_again(run, || {
            server.stop_immediately();
            server.start_again();
        });
    });
}

#[test]
fn backends_terminated() {
    let Some(mut own) = Own::start(&[]) else {
        return;
    };
    let name = "all backends terminated, 50 times a second";
    own.suffers(name, |server, run| {
        let mut terminated = 0;
        while run.lasts() {
            terminated += server.terminate_backends(JOBS);
        }
        assert!(terminated > 0);
    });
}

#[test]
fn no_connection_left() {
    let Some(mut own) = Own::start(&[("max_connections", "60")]) else {
        return;
    };
    own.suffers("others hold all connections for 10 s", |server, run| {
        let mut taken = Vec::new();
        let take = |taken: &mut Vec<Client>| {
            while let Ok(client) = Client::connect(&server.url("postgres"), NoTls) {
                taken.push(client);
            }
        };
        take(&mut taken);
        let throw_out = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = $1";
        let thrown_out = taken[0].query(throw_out, &[&JOBS]).unwrap();
        assert!(!thrown_out.is_empty());
        while run.lasts() {
            take(&mut taken);
        }
    });
}

#[test]
fn stopped_for_a_while() {
    let Some(mut own) = Own::start(&[]) else {
        return;
    };
    own.suffers("stopped for 5 s", |server, run| {
        run.lasts_at_most(Duration::from_secs(5));
        server.freeze();
        while run.lasts() {}
        server.thaw();
    });
}

/// A pooler, and a place behind it.
fn pooled() -> Option<(PgBouncer, Place, tempfile::TempDir, Database)> {
    let database = Database::migrated()?;
    let pooler = PgBouncer::before(database.port())?;
    let redis = shared_redis()?;
    let folder = tempfile::tempdir().unwrap();
    let url = pooler.url(database.name());
    let place = Place::of(url, folder.path(), folder.path()).with_redis(redis);
    Some((pooler, place, folder, database))
}

#[test]
fn pooler_throughout() {
    let Some((_pooler, place, _folder, _database)) = pooled() else {
        return;
    };
    let name = "pgbouncer in transaction mode for the whole run";
    let fault = Fault::of_transport(name, place);
    fault.throughout().happens(|_| ());
}

#[test]
fn pooler_killed() {
    let Some((mut pooler, place, _folder, _database)) = pooled() else {
        return;
    };
    let name = "pgbouncer killed and started again and again";
    Fault::of_database(name, place).happens(|run| {
        again_and_again(run, || {
            pooler.kill();
            pooler.start_again();
        });
    });
}
