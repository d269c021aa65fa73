//! Operations of a batch that are refused, early and late.

use super::*;
use crate::job::JobId;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

type Step = fn(&Connection) -> Op<()>;

fn keeps(connection: &Connection) -> Op<()> {
    run::run(connection, "INSERT INTO notes VALUES ('kept')")
}

fn is_refused(_: &Connection) -> Op<()> {
    Err(JobId::from_bytes([0; 16]).not_found().into())
}

fn is_refused_late(connection: &Connection) -> Op<()> {
    run::run(connection, "INSERT INTO notes VALUES ('undone')")?;
    is_refused(connection)
}

/// Runs the steps in one batch; returns how often they were run and what is stored then.
fn batch_of(steps: &[Step]) -> (usize, Vec<String>) {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("CREATE TABLE notes (text TEXT)")
        .unwrap();
    let mut writer = Writer {
        connection,
        log: LogDoubt::of_database(Path::new("no-such.db")),
    };
    let runs = Arc::new(AtomicUsize::new(0));
    let mut batch: Vec<_> = steps
        .iter()
        .map(|step| {
            let (step, runs) = (*step, Arc::clone(&runs));
            Queued {
                operation: Box::new(move |connection| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    match step(connection) {
                        Ok(()) => Outcome::Keep,
                        Err(_) => Outcome::Undo,
                    }
                }),
                durability: Durability::Process,
            }
        })
        .collect();
    assert!(run_batch(&mut writer, &mut batch).is_ok());
    assert!(writer.connection.is_autocommit());
    let mut stored = writer.connection.prepare("SELECT text FROM notes").unwrap();
    let stored = stored.query_map([], |row| row.get(0)).unwrap();
    (
        runs.load(Ordering::Relaxed),
        stored.map(Result::unwrap).collect(),
    )
}

#[test]
fn a_refusal_that_changed_nothing_costs_the_others_nothing() {
    let (runs, stored) = batch_of(&[keeps, is_refused, keeps]);
    assert_eq!((runs, stored), (3, vec!["kept".to_owned(); 2]));
}

#[test]
fn a_refusal_that_changed_something_is_undone_alone() {
    let (runs, stored) = batch_of(&[keeps, is_refused_late, keeps]);
    // The third is reached in the second round only.
    assert_eq!((runs, stored), (5, vec!["kept".to_owned(); 2]));
}

#[test]
fn a_refusal_by_itself_is_rolled_back() {
    assert_eq!(batch_of(&[is_refused_late]), (1, Vec::new()));
    assert_eq!(batch_of(&[is_refused]), (1, Vec::new()));
}
