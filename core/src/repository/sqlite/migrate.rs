//! Brings the schema of a database file up to what this program knows.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::fault::{Fault, Op, unreadable};
use crate::error::{Error, ErrorKind};
use crate::sys::crash_point::{Point, Write, reach};

/// `fjob`, in the header of the file, so that `file` and other programs can tell whose it is.
const APPLICATION_ID: i64 = 0x666A_6F62;

/// The steps from an empty file; the number of a step is its place, from 1.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001_initial.sql")];

/// The oldest program, by the number of the last step it knew, that can still use the schema.
const USABLE_FROM: i64 = 1;

/// Applies the steps that are missing, under the write lock.
pub(super) fn migrate(connection: &mut Connection) -> Op<()> {
    let known = step_number(MIGRATIONS.len());
    // In one transaction, so that what another process does meanwhile shows as a whole or not at all.
    let as_it_is = connection.transaction()?;
    let applied = check(&as_it_is)?;
    drop(as_it_is);
    if applied == Some(known) {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let applied = check(&transaction)?.unwrap_or(0);
    if applied < known {
        for (index, step) in MIGRATIONS.iter().enumerate() {
            if step_number(index + 1) > applied {
                transaction.execute_batch(step)?;
            }
        }
        transaction.execute_batch(
            "CREATE TABLE IF NOT EXISTS meta (
                 key TEXT PRIMARY KEY, value INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID",
        )?;
        let mut set =
            transaction.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
        set.execute(("schema_version", known))?;
        set.execute(("usable_from", USABLE_FROM))?;
        drop(set);
        transaction.execute_batch(
            "INSERT OR IGNORE INTO meta (key, value) VALUES ('identity', random())",
        )?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    reach(Point::BeforeCommit(Write::Migrate));
    transaction.commit()?;
    reach(Point::AfterCommit(Write::Migrate));
    Ok(())
}

/// The schema of the file, which may be newer than what this program knows.
pub(super) fn version(connection: &Connection) -> Op<i64> {
    Ok(connection.query_row(
        "SELECT value FROM meta WHERE key = 'schema_version'",
        [],
        |row| row.get(0),
    )?)
}

/// What the database was given when it was made.
pub(super) fn identity(connection: &Connection) -> Op<String> {
    Ok(connection
        .prepare_cached("SELECT printf('%016x', value) FROM meta WHERE key = 'identity'")?
        .query_row([], |row| row.get(0))?)
}

/// The schema of a file that may be empty, whose schema is number 0 then.
pub(super) fn found(connection: &Connection) -> Op<i64> {
    match check(connection)? {
        Some(_) => version(connection),
        None => Ok(0),
    }
}

/// The newest schema that this program knows.
pub(super) fn known_version() -> i64 {
    step_number(MIGRATIONS.len())
}

/// The number of the last step that was applied; `None` for an empty file.
///
/// Fails for a file that is not ours, and for a schema too new for this program.
fn check(connection: &Connection) -> Op<Option<i64>> {
    let owner: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        return Ok(None);
    }
    if owner != APPLICATION_ID {
        return Err(Fault::Rule(Error::new(
            ErrorKind::InvalidInput,
            "the database file belongs to another program; floorjobs needs one of its own",
        )));
    }
    let meta = |key: &str| {
        connection
            .query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| {
                row.get::<_, i64>(0)
            })
            .optional()
    };
    let version = meta("schema_version")?.ok_or_else(|| unreadable("meta", "no version"))?;
    let usable_from = meta("usable_from")?.unwrap_or(version);
    let known = step_number(MIGRATIONS.len());
    if version > known && usable_from > known {
        return Err(Fault::Rule(Error::new(
            ErrorKind::Unsupported,
            format!(
                "the job database has schema {version}, and this program knows {known}; \
                 upgrade floorjobs"
            ),
        )));
    }
    Ok(Some(version.min(known)))
}

fn step_number(steps: usize) -> i64 {
    i64::try_from(steps).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Connection {
        Connection::open_in_memory().unwrap()
    }

    #[test]
    fn an_empty_file_is_brought_up_once() {
        let mut connection = memory();
        migrate(&mut connection).unwrap();
        let version = check(&connection).unwrap();
        assert_eq!(version, Some(step_number(MIGRATIONS.len())));
        migrate(&mut connection).unwrap();
        assert_eq!(check(&connection).unwrap(), version);
    }

    #[test]
    fn a_newer_schema_is_refused_unless_it_says_that_we_may_use_it() {
        let mut connection = memory();
        migrate(&mut connection).unwrap();
        connection
            .execute_batch("UPDATE meta SET value = 99 WHERE key = 'schema_version'")
            .unwrap();
        migrate(&mut connection).unwrap();
        connection
            .execute_batch("UPDATE meta SET value = 99")
            .unwrap();
        let error = Error::from(migrate(&mut connection).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(error.message().contains("schema 99"));
    }

    #[test]
    fn a_database_of_another_program_is_left_alone() {
        let mut connection = memory();
        connection
            .execute_batch("CREATE TABLE songs (title TEXT)")
            .unwrap();
        let error = Error::from(migrate(&mut connection).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let tables: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }
}
