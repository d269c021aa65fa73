//! What an operator asks of a repository as a whole.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::job::{Kind, Outcome, Timestamp};

/// What became of the schema of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// Its number before; 0 when there was none.
    pub from: i64,
    /// Its number now.
    pub to: i64,
}

/// A copy of a repository that was made while it was in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The copy.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// How an attempt ended and how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptSample {
    /// The kind of its job.
    pub kind: Kind,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it took.
    pub took: Duration,
}

/// The files of a repository that is kept in files, and how they are used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Storage {
    /// What keeps it, with its version, such as `SQLite 3.53.0`.
    pub engine: String,
    /// The number of the schema.
    pub schema: i64,
    /// The newest schema that this program knows.
    pub known_schema: i64,
    /// What the engine's settings are, and should be.
    pub settings: Vec<StorageSetting>,
    /// The database file.
    pub path: PathBuf,
    /// The size of the database file.
    pub database_bytes: u64,
    /// The size of the log beside it.
    pub log_bytes: u64,
    /// The kind of the file system it is on, if the system tells and it is a known one.
    pub file_system: Option<FileSystem>,
    /// How many bytes of the file system are free for this process, if the system tells.
    pub free_bytes: Option<u64>,
}

/// The server that keeps a repository, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Server {
    /// What it is, with its version, such as `PostgreSQL 15.4`.
    pub engine: String,
    /// Its address, without a password.
    pub address: String,
    /// The number of the schema.
    pub schema: i64,
    /// The newest schema that this program knows.
    pub known_schema: i64,
    /// What the settings are that promises rest on, and should be.
    pub settings: Vec<StorageSetting>,
    /// The size of what belongs to the repository, indices included.
    pub database_bytes: u64,
    /// What its clock said.
    pub now: Timestamp,
    /// How far its clock is ahead of this host's, in microseconds; negative when it is behind. Not
    /// more exact than the answer took.
    pub ahead_us: i64,
    /// Whether somebody stands between this host and the server, such as a pooler; `None` when
    /// that cannot be told.
    pub is_pooled: Option<bool>,
}

/// A setting of the engine, read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StorageSetting {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub found: String,
    /// What it must be.
    pub wanted: &'static str,
}

/// A kind of file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FileSystem {
    /// Its usual name.
    pub name: &'static str,
    /// What it means for a database.
    pub nature: FileSystemNature,
}

/// What a kind of file system means for a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileSystemNature {
    /// On a disk of this machine.
    Local,
    /// In memory: gone when the machine stops.
    Memory,
    /// On another machine, where locks and shared memory do not work as they must.
    Network,
}
