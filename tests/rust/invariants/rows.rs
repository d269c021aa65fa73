//! The rows of a job database, read as they are.

mod server;

use std::collections::BTreeMap;
use std::path::Path;

use floorjobs_core::job::JobId;
use rusqlite::{Connection, OpenFlags, Row};

pub(super) use server::read as of_server;

/// All that is checked, as of one moment.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) jobs: BTreeMap<JobId, JobRow>,
    pub(super) floorplans: Vec<FloorplanRow>,
    /// Every blob that is named, and who names it.
    pub(super) blobs: BTreeMap<String, String>,
    /// What the database itself finds to be wrong.
    pub(super) damage: Vec<String>,
}

#[derive(Debug)]
pub(super) struct JobRow {
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) ready: bool,
    pub(super) unique_key: Option<String>,
    pub(super) waiting_for: u32,
    /// The jobs it waits for, by their status.
    pub(super) waits_for: Vec<String>,
    pub(super) attempt: u32,
    pub(super) errors: u32,
    pub(super) crashes: u32,
    pub(super) interruptions: u32,
    pub(super) owner: Option<Vec<u8>>,
    pub(super) cancel_requested: bool,
    pub(super) result: Option<serde_json::Value>,
    pub(super) is_finished: bool,
    pub(super) attempts: Vec<AttemptRow>,
}

#[derive(Debug)]
pub(super) struct AttemptRow {
    pub(super) number: u32,
    pub(super) owner: Vec<u8>,
    pub(super) pid: u32,
    pub(super) outcome: Option<String>,
}

#[derive(Debug)]
pub(super) struct FloorplanRow {
    pub(super) id: i64,
    pub(super) jobs: u32,
    pub(super) succeeded: u32,
    pub(super) is_read: bool,
}

impl Rows {
    pub(super) fn read(database: &Path) -> Rows {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(database, flags).unwrap();
        connection
            .busy_timeout(std::time::Duration::from_secs(10))
            .unwrap();
        // All of it as of one moment, whatever others write meanwhile.
        connection.execute_batch("BEGIN").unwrap();
        let mut rows = Rows {
            damage: damage(&connection),
            ..Rows::default()
        };
        rows.read_jobs(&connection);
        rows.read_attempts(&connection);
        rows.read_parents(&connection);
        rows.read_floorplans(&connection);
        rows.read_blobs(&connection);
        rows
    }

    fn read_jobs(&mut self, connection: &Connection) {
        let sql = "SELECT id, kind, status, ready, unique_key, waiting_for, attempt, errors, \
                       crashes, interruptions, owner, cancel_requested, result, \
                       finished_at IS NOT NULL AS is_finished FROM jobs";
        each(connection, sql, |row| {
            let result: Option<String> = row.get("result")?;
            let job = JobRow {
                kind: row.get("kind")?,
                status: row.get("status")?,
                ready: row.get("ready")?,
                unique_key: row.get("unique_key")?,
                waiting_for: row.get("waiting_for")?,
                waits_for: Vec::new(),
                attempt: row.get("attempt")?,
                errors: row.get("errors")?,
                crashes: row.get("crashes")?,
                interruptions: row.get("interruptions")?,
                owner: row.get("owner")?,
                cancel_requested: row.get("cancel_requested")?,
                result: result.map(|text| serde_json::from_str(&text).unwrap()),
                is_finished: row.get("is_finished")?,
                attempts: Vec::new(),
            };
            self.jobs.insert(JobId::from_bytes(row.get("id")?), job);
            Ok(())
        });
    }

    fn read_attempts(&mut self, connection: &Connection) {
        let sql = "SELECT jobs.id, number, attempts.owner, pid, outcome FROM attempts
                   LEFT JOIN jobs ON jobs.seq = attempts.job ORDER BY attempts.job, number";
        each(connection, sql, |row| {
            let attempt = AttemptRow {
                number: row.get("number")?,
                owner: row.get("owner")?,
                pid: row.get("pid")?,
                outcome: row.get("outcome")?,
            };
            let id: Option<[u8; 16]> = row.get("id")?;
            match id.and_then(|id| self.jobs.get_mut(&JobId::from_bytes(id))) {
                Some(job) => job.attempts.push(attempt),
                None => self.damage.push(format!("{attempt:?} is of no job")),
            }
            Ok(())
        });
    }

    fn read_parents(&mut self, connection: &Connection) {
        let sql = "SELECT child.id AS id, parent.status AS status FROM dependencies
                   JOIN jobs AS child ON child.seq = dependencies.child
                   JOIN jobs AS parent ON parent.seq = dependencies.parent";
        each(connection, sql, |row| {
            let id = JobId::from_bytes(row.get("id")?);
            let status = row.get("status")?;
            self.jobs.get_mut(&id).unwrap().waits_for.push(status);
            Ok(())
        });
    }

    fn read_floorplans(&mut self, connection: &Connection) {
        let sql = "SELECT id, source IS NOT NULL AS is_read,
                       (SELECT count(*) FROM jobs WHERE floorplan_id = floorplans.id) AS jobs,
                       (SELECT count(*) FROM jobs WHERE floorplan_id = floorplans.id
                            AND status = 'succeeded') AS succeeded
                   FROM floorplans";
        each(connection, sql, |row| {
            self.floorplans.push(FloorplanRow {
                id: row.get("id")?,
                jobs: row.get("jobs")?,
                succeeded: row.get("succeeded")?,
                is_read: row.get("is_read")?,
            });
            Ok(())
        });
    }

    fn read_blobs(&mut self, connection: &Connection) {
        for (column, table) in [
            ("payload_ref", "jobs"),
            ("result_ref ->> '$.blob'", "jobs"),
            ("pdf_ref", "floorplans"),
            ("document_ref", "floorplans"),
            ("svg_ref", "floorplans"),
            ("document_ref", "layouts"),
            ("document_ref", "boms"),
        ] {
            let sql =
                format!("SELECT DISTINCT {column} AS blob FROM {table} WHERE blob IS NOT NULL");
            each(connection, &sql, |row| {
                self.blobs
                    .insert(row.get("blob")?, format!("{table}.{column}"));
                Ok(())
            });
        }
    }
}

fn damage(connection: &Connection) -> Vec<String> {
    let mut found = Vec::new();
    each(connection, "PRAGMA integrity_check", |row| {
        let text: String = row.get(0)?;
        if text != "ok" {
            found.push(format!("integrity_check: {text}"));
        }
        Ok(())
    });
    each(connection, "PRAGMA foreign_key_check", |row| {
        let table: String = row.get(0)?;
        found.push(format!("a row of {table} refers to one that is not there"));
        Ok(())
    });
    found
}

fn each(
    connection: &Connection,
    sql: &str,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) {
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        take(row).unwrap();
    }
}
