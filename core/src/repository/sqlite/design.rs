//! Layouts and bills.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::super::product::{DesignIds, bom_not_found, layout_not_found};
use super::super::{Bom, Layout, NewDesign};
use super::fault::Op;
use crate::job::{JobId, Timestamp};

/// Stores what a job made; `floorplan_id` is the floor plan of the job.
pub(super) fn store(
    connection: &Connection,
    design: &NewDesign,
    floorplan_id: Option<i64>,
    job: i64,
    now: Timestamp,
) -> Op<DesignIds> {
    if let Some(id) = design.layout_id {
        layout(connection, id)?;
    }
    let mut layout = design.layout_id;
    if let Some(new) = &design.layout {
        connection
            .prepare_cached(
                "INSERT INTO layouts (floorplan_id, job, document_ref, svg_ref, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                floorplan_id,
                job,
                new.document_ref,
                new.svg_ref,
                now.as_micros()
            ])?;
        layout = Some(connection.last_insert_rowid());
    }
    let mut bom = None;
    if let Some(new) = &design.bom {
        connection
            .prepare_cached(
                "INSERT INTO boms (floorplan_id, layout_id, job, total_paise, is_partial, \
                     document_ref, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                floorplan_id,
                layout,
                job,
                new.total_paise,
                new.is_partial,
                new.document_ref,
                now.as_micros()
            ])?;
        bom = Some(connection.last_insert_rowid());
    }
    Ok(DesignIds { layout, bom })
}

pub(super) fn layout(connection: &Connection, id: i64) -> Op<Layout> {
    let found = connection
        .prepare_cached(
            "SELECT layouts.id, layouts.floorplan_id, jobs.id, document_ref, svg_ref, \
                 layouts.created_at
             FROM layouts LEFT JOIN jobs ON jobs.seq = layouts.job WHERE layouts.id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Layout {
                id: row.get(0)?,
                floorplan_id: row.get(1)?,
                job_id: row.get::<_, Option<[u8; 16]>>(2)?.map(JobId::from_bytes),
                document_ref: row.get(3)?,
                svg_ref: row.get(4)?,
                created_at: Timestamp::from_micros(row.get(5)?),
            })
        })
        .optional()?;
    Ok(found.ok_or_else(|| layout_not_found(id))?)
}

const BOM_COLUMNS: &str = "boms.id, boms.floorplan_id, layout_id, jobs.id, total_paise, \
     is_partial, document_ref, boms.created_at
     FROM boms LEFT JOIN jobs ON jobs.seq = boms.job";

fn bom_of(row: &Row<'_>) -> rusqlite::Result<Bom> {
    Ok(Bom {
        id: row.get(0)?,
        floorplan_id: row.get(1)?,
        layout_id: row.get(2)?,
        job_id: row.get::<_, Option<[u8; 16]>>(3)?.map(JobId::from_bytes),
        total_paise: row.get(4)?,
        is_partial: row.get(5)?,
        document_ref: row.get(6)?,
        created_at: Timestamp::from_micros(row.get(7)?),
    })
}

pub(super) fn bom(connection: &Connection, id: i64) -> Op<Bom> {
    let found = connection
        .prepare_cached(&format!("SELECT {BOM_COLUMNS} WHERE boms.id = ?1"))?
        .query_row([id], bom_of)
        .optional()?;
    Ok(found.ok_or_else(|| bom_not_found(id))?)
}

pub(super) fn newest_bom(connection: &Connection, floorplan_id: i64) -> Op<Option<Bom>> {
    Ok(connection
        .prepare_cached(&format!(
            "SELECT {BOM_COLUMNS} WHERE boms.floorplan_id = ?1 ORDER BY boms.id DESC LIMIT 1"
        ))?
        .query_row([floorplan_id], bom_of)
        .optional()?)
}
