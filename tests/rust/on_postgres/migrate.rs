//! Migrations: by whom, when, and what is refused.

use floorjobs_core::ErrorKind;
use floorjobs_core::repository::PostgresRepository;

use super::{open, run_one, try_open, url};
use crate::servers::Database;

#[test]
fn any_number_of_processes_may_migrate_at_once() {
    let Some(database) = Database::empty() else {
        return;
    };
    let url = url(&database.url());
    let steps: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| PostgresRepository::migrate(&url).unwrap()))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let newest = steps[0].to;
    let did = steps.iter().filter(|step| step.from == 0).count();
    let found = steps
        .iter()
        .filter(|step| (step.from, step.to) == (newest, newest));
    assert_eq!((did, found.count()), (1, 5), "{steps:?}");
    run_one(open(&database.url()).as_ref());
}

#[test]
fn a_database_that_nobody_migrated_is_refused_and_left_as_it_is() {
    let Some(database) = Database::empty() else {
        return;
    };
    let error = try_open(&database.url()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.message().contains("migrate"), "{error}");
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'floorjobs'";
    let made: i64 = database.connect().query_one(schemas, &[]).unwrap().get(0);
    assert_eq!(made, 0);
}

#[test]
fn a_newer_schema_is_used_if_it_says_that_it_can_be_and_refused_otherwise() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let set = |key: &str, value: i64| {
        let sql = "UPDATE floorjobs.meta SET value = $2 WHERE key = $1";
        let changed = database.connect().execute(sql, &[&key, &value]);
        assert_eq!(changed.unwrap(), 1, "{key}");
    };
    set("schema_version", 99);
    run_one(open(&database.url()).as_ref());
    let migrated = PostgresRepository::migrate(&url(&database.url())).unwrap();
    assert_eq!((migrated.from, migrated.to), (99, 99), "left alone");
    set("usable_from", 99);
    for error in [
        try_open(&database.url()).unwrap_err(),
        PostgresRepository::migrate(&url(&database.url())).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.message().contains("99"), "{error}");
    }
}

#[test]
fn functions_of_this_version_are_made_by_a_migration_and_missed_without_one() {
    let Some(database) = Database::migrated() else {
        return;
    };
    let drop_one = "DO $$ DECLARE one text; BEGIN
            SELECT oid::regprocedure INTO STRICT one FROM pg_proc
            WHERE pronamespace = 'floorjobs'::regnamespace AND proname LIKE 'claim\\_%';
            EXECUTE 'DROP FUNCTION ' || one;
        END $$";
    database.connect().batch_execute(drop_one).unwrap();
    let error = try_open(&database.url()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidState);
    assert!(error.message().contains("migrate"), "{error}");
    PostgresRepository::migrate(&url(&database.url())).unwrap();
    run_one(open(&database.url()).as_ref());
}

#[test]
fn a_schema_of_somebody_else_is_refused_and_left_as_it_is() {
    let Some(database) = Database::empty() else {
        return;
    };
    let mut client = database.connect();
    client
        .batch_execute("CREATE SCHEMA floorjobs; CREATE TABLE floorjobs.meta (mine INT)")
        .unwrap();
    let error = PostgresRepository::migrate(&url(&database.url())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    client
        .batch_execute("SELECT mine FROM floorjobs.meta")
        .unwrap();
}

#[test]
fn a_role_with_nothing_but_rights_on_rows_can_run_jobs_and_not_migrate() {
    let Some(database) = Database::migrated() else {
        return;
    };
    // What docs/postgresql.md tells an administrator to grant.
    let role = format!("worker_of_{}", database.name());
    let mut admin = database.connect();
    admin
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN;
             GRANT USAGE ON SCHEMA floorjobs TO {role};
             GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA floorjobs TO {role};
             GRANT USAGE ON ALL SEQUENCES IN SCHEMA floorjobs TO {role}"
        ))
        .unwrap();
    let as_role = database.url().replace("floorjobs@", &format!("{role}@"));
    let repository = open(&as_role);
    run_one(repository.as_ref());
    use floorjobs_core::repository::Repository;
    repository.check_health().unwrap();
    repository.server().unwrap();
    assert_eq!(repository.integrity_problems().unwrap(), [""; 0]);
    drop(repository);
    let Some(empty) = Database::empty() else {
        return;
    };
    let as_role = empty.url().replace("floorjobs@", &format!("{role}@"));
    let error = PostgresRepository::migrate(&url(&as_role)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    admin
        .batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .unwrap();
}
