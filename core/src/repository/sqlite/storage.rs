//! The files of the database, and how SQLite uses them.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::super::{Storage, StorageSetting};
use super::fault::Op;
use super::{file_system, migrate};

/// The pragmas that promises rest on, as a connection must have them.
const WANTED: [(&str, &str); 3] = [
    ("journal_mode", "wal"),
    ("foreign_keys", "1"),
    // Syncs after commits are our own (`log_sync.rs`); with this, SQLite syncs before it copies.
    ("synchronous", "1"),
];

pub(super) fn storage(connection: &Connection, path: &Path) -> Op<Storage> {
    let settings = WANTED.into_iter().map(|(name, wanted)| {
        let found = pragma(connection, name)?;
        Ok(StorageSetting {
            name,
            found,
            wanted,
        })
    });
    let mut log = std::ffi::OsString::from(path);
    log.push("-wal");
    Ok(Storage {
        engine: format!("SQLite {}", rusqlite::version()),
        schema: migrate::version(connection)?,
        known_schema: migrate::known_version(),
        settings: settings.collect::<Op<_>>()?,
        path: path.to_path_buf(),
        database_bytes: size(path),
        log_bytes: size(Path::new(&log)),
        file_system: file_system::file_system(path),
        free_bytes: file_system::free_bytes(path),
    })
}

/// The size as the file system tells it; opening the file would drop SQLite's locks on it.
fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}

/// A pragma as SQLite reads it back: it ignores what it does not know or cannot do.
pub(super) fn pragma(connection: &Connection, name: &str) -> Op<String> {
    let found = connection.pragma_query_value(None, name, |row| row.get::<_, Value>(0))?;
    Ok(match found {
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => text,
        other => format!("{other:?}"),
    })
}
