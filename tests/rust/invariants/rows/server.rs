//! The rows of a job database on a PostgreSQL server.

use floorjobs_core::job::JobId;
use postgres::{Client, NoTls, Row, Transaction};

use super::{AttemptRow, FloorplanRow, JobRow, Rows};

/// Reads all as of one moment.
pub(in super::super) fn read(url: &str) -> Rows {
    let mut client = Client::connect(url, NoTls).unwrap();
    let mut moment = client
        .build_transaction()
        .read_only(true)
        .isolation_level(postgres::IsolationLevel::RepeatableRead)
        .start()
        .unwrap();
    let mut rows = Rows::default();
    read_jobs(&mut rows, &mut moment);
    read_attempts(&mut rows, &mut moment);
    read_parents(&mut rows, &mut moment);
    read_floorplans(&mut rows, &mut moment);
    read_blobs(&mut rows, &mut moment);
    rows
}

/// The id as the server has it: as text, since the driver of the tests knows no UUIDs.
fn id(row: &Row, column: &str) -> JobId {
    row.get::<_, &str>(column).parse().unwrap()
}

fn small(row: &Row, column: &str) -> u32 {
    row.get::<_, i64>(column).try_into().unwrap()
}

fn bytes(text: &str) -> Vec<u8> {
    let id: JobId = text.parse().unwrap();
    id.as_bytes().to_vec()
}

fn read_jobs(rows: &mut Rows, moment: &mut Transaction<'_>) {
    let sql = "SELECT id::text, kind, status, ready, unique_key, waiting_for::bigint,
                   attempt::bigint, errors::bigint, crashes::bigint, interruptions::bigint,
                   owner::text, cancel_requested, result, finished_at IS NOT NULL AS is_finished
               FROM floorjobs.jobs";
    for row in moment.query(sql, &[]).unwrap() {
        let result: Option<&str> = row.get("result");
        let job = JobRow {
            kind: row.get("kind"),
            status: row.get("status"),
            ready: row.get("ready"),
            unique_key: row.get("unique_key"),
            waiting_for: small(&row, "waiting_for"),
            waits_for: Vec::new(),
            attempt: small(&row, "attempt"),
            errors: small(&row, "errors"),
            crashes: small(&row, "crashes"),
            interruptions: small(&row, "interruptions"),
            owner: row.get::<_, Option<&str>>("owner").map(bytes),
            cancel_requested: row.get("cancel_requested"),
            result: result.map(|text| serde_json::from_str(text).unwrap()),
            is_finished: row.get("is_finished"),
            attempts: Vec::new(),
        };
        rows.jobs.insert(id(&row, "id"), job);
    }
}

fn read_attempts(rows: &mut Rows, moment: &mut Transaction<'_>) {
    let sql = "SELECT job::text, number::bigint, owner::text, pid, outcome FROM floorjobs.attempts
               ORDER BY job, number";
    for row in moment.query(sql, &[]).unwrap() {
        let attempt = AttemptRow {
            number: small(&row, "number"),
            owner: bytes(row.get("owner")),
            pid: small(&row, "pid"),
            outcome: row.get("outcome"),
        };
        match rows.jobs.get_mut(&id(&row, "job")) {
            Some(job) => job.attempts.push(attempt),
            None => rows.damage.push(format!("{attempt:?} is of no job")),
        }
    }
}

fn read_parents(rows: &mut Rows, moment: &mut Transaction<'_>) {
    let sql = "SELECT child::text, status FROM floorjobs.dependencies
               JOIN floorjobs.jobs ON jobs.id = parent";
    for row in moment.query(sql, &[]).unwrap() {
        let child = rows.jobs.get_mut(&id(&row, "child")).unwrap();
        child.waits_for.push(row.get("status"));
    }
}

fn read_floorplans(rows: &mut Rows, moment: &mut Transaction<'_>) {
    let sql = "SELECT id, source IS NOT NULL AS is_read,
                   (SELECT count(*) FROM floorjobs.jobs
                        WHERE floorplan_id = floorplans.id) AS jobs,
                   (SELECT count(*) FROM floorjobs.jobs WHERE floorplan_id = floorplans.id
                        AND status = 'succeeded') AS succeeded
               FROM floorjobs.floorplans";
    for row in moment.query(sql, &[]).unwrap() {
        rows.floorplans.push(FloorplanRow {
            id: row.get("id"),
            jobs: small(&row, "jobs"),
            succeeded: small(&row, "succeeded"),
            is_read: row.get("is_read"),
        });
    }
}

fn read_blobs(rows: &mut Rows, moment: &mut Transaction<'_>) {
    // What the index of results goes by must be what the results say.
    let wrong = "SELECT id::text FROM floorjobs.jobs
                 WHERE result_blob IS DISTINCT FROM result_ref::json ->> 'blob'";
    for row in moment.query(wrong, &[]).unwrap() {
        let job = id(&row, "id");
        rows.damage
            .push(format!("job `{job}` is listed under another blob"));
    }
    for (column, table) in [
        ("payload_ref", "jobs"),
        ("result_ref::json ->> 'blob'", "jobs"),
        ("pdf_ref", "floorplans"),
        ("document_ref", "floorplans"),
        ("svg_ref", "floorplans"),
        ("document_ref", "layouts"),
        ("document_ref", "boms"),
    ] {
        let sql = format!("SELECT DISTINCT {column} AS blob FROM floorjobs.{table}");
        for row in moment.query(&sql, &[]).unwrap() {
            if let Some(blob) = row.get::<_, Option<String>>("blob") {
                rows.blobs.insert(blob, format!("{table}.{column}"));
            }
        }
    }
}
