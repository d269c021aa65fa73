//! Nothing outlives a transaction: no named statement, no lock, no setting, nothing temporary.

use floorjobs_core::repository::Repository;

use super::{claim, open, owner, request, run_one};
use crate::servers::{Database, PgBouncer, Postgres};

/// What a session is left with; the pooler itself keeps its clients' settings of the first list.
const LEFT: &str = "
    SELECT 'statement ' || name AS what FROM pg_prepared_statements
    UNION ALL SELECT 'cursor ' || name FROM pg_cursors
    UNION ALL SELECT 'lock ' || locktype FROM pg_locks
        WHERE pid = pg_backend_pid() AND locktype = 'advisory'
    UNION ALL SELECT 'channel ' || channel FROM pg_listening_channels() AS channel
    UNION ALL SELECT 'setting ' || name || ' = ' || setting FROM pg_settings
        WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding',
            'DateStyle', 'IntervalStyle', 'TimeZone', 'standard_conforming_strings')
    UNION ALL SELECT 'temporary ' || relname FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()";

/// Everything that a repository does in the life of some jobs.
fn use_everything(repository: &dyn Repository) {
    for _ in 0..3 {
        run_one(repository);
    }
    let owner = owner();
    repository.enqueue(&[request(), request()]).unwrap();
    let jobs = repository.claim(&claim(&owner, 2)).unwrap();
    repository.release_strays(owner.id, &[]).unwrap();
    repository.cancel(jobs[0].id).unwrap();
    repository.retry(jobs[0].id).unwrap();
    repository.pause(&jobs[0].queue).unwrap();
    repository.resume(&jobs[0].queue).unwrap();
    repository.situation(jobs[0].id).unwrap();
    repository.stats().unwrap();
    repository.list(&Default::default()).unwrap();
    repository.change_counter().unwrap();
    repository.check_health().unwrap();
    repository.integrity_problems().unwrap();
    // What fails must leave nothing either.
    let twice = request();
    let refused = repository.enqueue(&[twice.clone(), twice]);
    assert!(refused.is_err());
}

#[test]
fn a_connection_is_given_back_to_the_pooler_as_it_was() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let Some(pooler) = PgBouncer::before(database.port()) else {
        return;
    };
    let url = pooler.url(database.name());
    use_everything(open(&url).as_ref());
    // Each of the pooler's few connections has served some of it.
    let mut clients: Vec<_> = (0..5)
        .map(|_| postgres::Client::connect(&url, postgres::NoTls).unwrap())
        .collect();
    let mut open: Vec<_> = clients
        .iter_mut()
        .map(|client| client.transaction().unwrap())
        .collect();
    for transaction in &mut open {
        let rows = transaction.simple_query(LEFT).unwrap();
        let left = rows.iter().filter_map(|row| match row {
            postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        assert_eq!(left.collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn no_statement_has_a_name_and_no_setting_outlives_its_transaction() {
    let Some(server) = Postgres::start_with(&[("log_statement", "all")]) else {
        return;
    };
    let url = server.create("mine");
    floorjobs_core::repository::PostgresRepository::migrate(&super::url(&url)).unwrap();
    let before = server.log().len();
    use_everything(open(&url).as_ref());
    let log = &server.log()[before..];
    let mut executed = 0;
    for line in log.lines() {
        if let Some((_, statement)) = line.split_once("LOG:  execute ") {
            assert!(statement.starts_with("<unnamed>"), "{line}");
            executed += 1;
        }
        let Some((_, statement)) = line.split_once("LOG:  statement: ") else {
            continue;
        };
        for part in statement.split(';').map(str::trim) {
            let is_setting = part.starts_with("SET ");
            assert!(!is_setting || part.starts_with("SET LOCAL "), "{line}");
        }
    }
    assert!(executed > 30, "{executed} statements were seen in\n{log}");
    for word in ["LISTEN", "PREPARE", "DECLARE", "TEMP ", "advisory_lock("] {
        assert!(!log.contains(word), "{word} is in the log");
    }
}
