//! Servers for tests: PostgreSQL, pgbouncer, Redis and an object store, started, broken and stopped
//! by the tests.
//!
//! A test that breaks a server starts one of its own; the others share one PostgreSQL and one
//! Redis, which `make test` starts for all processes of a run (`tests/servers.py`), or else this
//! process for its tests. No server outlives the process that started it, however that ends.

mod moto;
mod pgbouncer;
mod postgres;
mod proxy;
mod redis;
mod server;
mod trial;

pub(crate) use moto::Bucket;
pub(crate) use pgbouncer::PgBouncer;
pub(crate) use postgres::{Database, Postgres};
pub(crate) use proxy::Proxy;
pub(crate) use redis::{Redis, shared as shared_redis};

use std::path::PathBuf;
use std::process::Command;

/// A script beside the tests.
fn script(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers")).join(name)
}

/// Whether a server program is here. If not, says so, and that the test is skipped; on a build
/// server, where nothing may be skipped, the test fails.
#[allow(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn is_here(programs: &[&str]) -> bool {
    let found = Command::new(script("find.sh")).args(programs).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    let missing = format!("no {} here: `make venv servers` installs it", programs[0]);
    let must = crate::process::environment::<String>("CI").is_some();
    assert!(!must, "{missing}");
    println!("SKIPPED: {missing}");
    false
}
