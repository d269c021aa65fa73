//! Brings the schema of a database up to what this program knows, when somebody asks for it.

use tokio_postgres::Row;

use super::super::Migrated;
use super::fault::{Fault, Op, no_schema};
use super::functions;
use super::transaction::Transaction;
use crate::error::{Error, ErrorKind};
use crate::job::OwnerId;

/// The steps from an empty database; the number of a step is its place, from 1.
const MIGRATIONS: [&str; 1] = [concat!(
    include_str!("migrations/0001_initial.sql"),
    include_str!("migrations/0001_enqueue.sql")
)];

/// The oldest program, by the number of the last step it knew, that can still use the schema.
const USABLE_FROM: i64 = 1;

/// The oldest server that has all that is used here.
const OLDEST_SERVER: i32 = 130_000;

/// Of the lock that keeps a second migration waiting: `fjob`, as in the file header of SQLite.
const LOCK: i64 = 0x666A_6F62;

/// Applies the steps that are missing.
pub(super) fn migrate(transaction: &mut Transaction<'_>) -> Op<Migrated> {
    check_server(transaction)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK])?;
    let known = known_version();
    let found = applied(transaction)?;
    let version = found.unwrap_or(0);
    if version >= known {
        functions::create(transaction)?;
        return Ok(Migrated {
            from: version,
            to: version,
        });
    }
    // Rights on a schema that is there are enough; to make one takes rights on the database.
    if found.is_none() && !schema_exists(transaction)? {
        transaction.batch("CREATE SCHEMA floorjobs")?;
    }
    for (step, number) in MIGRATIONS.iter().zip(1..) {
        if number > version {
            transaction.batch(step)?;
        }
    }
    functions::create(transaction)?;
    let set = "INSERT INTO floorjobs.meta (key, value) VALUES ($1, $2)
               ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    transaction.execute(set, &[&"schema_version", &known])?;
    transaction.execute(set, &[&"usable_from", &USABLE_FROM])?;
    let [high @ .., _, _, _, _, _, _, _, _] = *OwnerId::generate().as_bytes();
    transaction.execute(
        "INSERT INTO floorjobs.meta (key, value) VALUES ('identity', $1)
         ON CONFLICT (key) DO NOTHING",
        &[&i64::from_be_bytes(high)],
    )?;
    Ok(Migrated {
        from: version,
        to: known,
    })
}

/// What the database was given when it was made.
pub(super) fn identity(transaction: &mut Transaction<'_>) -> Op<String> {
    let sql = "SELECT value FROM floorjobs.meta WHERE key = 'identity'";
    let row = transaction.query_last(sql, &[])?.pop();
    let value: i64 = row.ok_or_else(foreign)?.try_get(0)?;
    Ok(format!("{value:016x}"))
}

/// Refuses a database that nobody migrated, and one whose schema is too new for this program.
pub(super) fn check(transaction: &mut Transaction<'_>) -> Op<()> {
    match applied(transaction)? {
        None => Err(no_schema().into()),
        Some(version) if version < known_version() => Err(Fault::Rule(Error::new(
            ErrorKind::InvalidState,
            format!(
                "the PostgreSQL database has schema {version}, and this program needs {}; run \
                 `python -m floorjobs migrate`",
                known_version()
            ),
        ))),
        Some(_) => functions::check(transaction),
    }
}

/// The newest schema that this program knows.
pub(super) fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The number of the last step that was applied; 0 where there is no schema of ours.
pub(super) fn version(transaction: &mut Transaction<'_>) -> Op<i64> {
    Ok(applied(transaction)?.unwrap_or(0))
}

/// The number of the last step that was applied; `None` where there is no schema of ours.
fn applied(transaction: &mut Transaction<'_>) -> Op<Option<i64>> {
    let tables = transaction.query(
        "SELECT relname::text FROM pg_class
         WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'floorjobs')
           AND relkind IN ('r', 'p', 'v', 'm')",
        &[],
    )?;
    let is_named = |name: &str| {
        tables
            .iter()
            .any(|row| text(row).is_some_and(|text| text == name))
    };
    if !is_named("meta") || !is_named("jobs") {
        return match tables.is_empty() {
            true => Ok(None),
            false => Err(foreign()),
        };
    }
    let rows = transaction.query("SELECT key, value FROM floorjobs.meta", &[])?;
    let value = |key: &str| {
        let row = rows.iter().find(|row| text(row) == Some(key))?;
        row.try_get::<_, i64>(1).ok()
    };
    let version = value("schema_version").ok_or_else(foreign)?;
    let usable_from = value("usable_from").unwrap_or(version);
    let known = known_version();
    if version > known && usable_from > known {
        return Err(Fault::Rule(Error::new(
            ErrorKind::Unsupported,
            format!(
                "the job database has schema {version}, and this program knows {known}; \
                 upgrade floorjobs"
            ),
        )));
    }
    Ok(Some(version))
}

/// The first column of a row.
fn text(row: &Row) -> Option<&str> {
    row.try_get(0).ok()
}

fn schema_exists(transaction: &mut Transaction<'_>) -> Op<bool> {
    let sql = "SELECT 1 FROM pg_namespace WHERE nspname = 'floorjobs'";
    Ok(transaction.query_opt(sql, &[])?.is_some())
}

fn foreign() -> Fault {
    Fault::Rule(Error::new(
        ErrorKind::InvalidInput,
        "the schema `floorjobs` of the database belongs to another program",
    ))
}

fn check_server(transaction: &mut Transaction<'_>) -> Op<()> {
    let sql = "SELECT current_setting('server_version_num')::int4, \
                   current_setting('server_encoding'), current_setting('server_version')";
    let Some(row) = transaction.query_opt(sql, &[])? else {
        return Ok(());
    };
    let (number, encoding): (i32, &str) = (row.try_get(0)?, row.try_get(1)?);
    if number < OLDEST_SERVER {
        let version: &str = row.try_get(2)?;
        return Err(unsupported(format!(
            "the server is PostgreSQL {version}; floorjobs needs 13 or newer"
        )));
    }
    if encoding != "UTF8" {
        return Err(unsupported(format!(
            "the database is encoded in {encoding}; floorjobs needs UTF8"
        )));
    }
    Ok(())
}

fn unsupported(message: String) -> Fault {
    Fault::Rule(Error::new(ErrorKind::Unsupported, message))
}
