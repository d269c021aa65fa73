//! The client of a PostgreSQL database starts no thread.

use super::{open, run_one};
use crate::process::{again, environment};
use crate::servers::Database;

const PART: &str = "FLOORJOBS_TEST_QUIET_CLIENT";

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

/// Not a test of anything: a process that does nothing but use a repository.
#[test]
fn a_client() {
    let Some(url) = environment::<String>(PART) else {
        return;
    };
    let before = threads();
    let repository = open(&url);
    for _ in 0..3 {
        run_one(repository.as_ref());
        assert_eq!(threads(), before);
    }
}

#[test]
fn using_a_repository_starts_no_thread() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let played = again("on_postgres::quiet::a_client")
        .env(PART, database.url())
        .output()
        .unwrap();
    assert!(played.status.success(), "{played:?}");
}
