//! Layouts and bills.

use serde_json::Value;
use tokio_postgres::Row;

use super::super::product::{DesignIds, bom_not_found, layout_not_found, name_design};
use super::super::{Bom, Layout, NewDesign};
use super::fault::Op;
use super::param::job_id;
use super::rows::Columns;
use super::transaction::Transaction;
use crate::job::{Job, JobId};

/// Stores what a job made that has just ended in this transaction, and names it in the job.
pub(super) fn store(
    transaction: &mut Transaction<'_>,
    design: &NewDesign,
    job: &mut Job,
) -> Op<()> {
    if let Some(id) = design.layout_id {
        let sql = "SELECT 1 FROM floorjobs.layouts WHERE id = $1";
        if transaction.query_opt(sql, &[&id])?.is_none() {
            return Err(layout_not_found(id).into());
        }
    }
    let (maker, now) = (job_id(&job.id), job.updated_at.as_micros());
    let mut layout = design.layout_id;
    if let Some(new) = &design.layout {
        layout = new_id(transaction.query_opt(
            "INSERT INTO floorjobs.layouts (floorplan_id, job, document_ref, svg_ref, created_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING id",
            &[
                &job.floorplan_id,
                &maker,
                &new.document_ref,
                &new.svg_ref,
                &now,
            ],
        )?)?;
    }
    let mut bom = None;
    if let Some(new) = &design.bom {
        bom = new_id(transaction.query_opt(
            "INSERT INTO floorjobs.boms (floorplan_id, layout_id, job, total_paise, is_partial,
                 document_ref, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            &[
                &job.floorplan_id,
                &layout,
                &maker,
                &new.total_paise,
                &new.is_partial,
                &new.document_ref,
                &now,
            ],
        )?)?;
    }
    name_design(job, DesignIds { layout, bom });
    transaction.execute(
        "UPDATE floorjobs.jobs SET bom_id = $2, result = $3, result_ref = $4 WHERE id = $1",
        &[
            &maker,
            &job.bom_id,
            &job.result.as_ref().map(Value::to_string),
            &job.result_ref.as_ref().map(Value::to_string),
        ],
    )
}

fn new_id(row: Option<Row>) -> Op<Option<i64>> {
    row.map(|row| Columns::of(&row).take()).transpose()
}

pub(super) fn layout(at: &mut Transaction<'_>, id: i64) -> Op<Layout> {
    let found = at.query_last(
        "SELECT id, floorplan_id, job, document_ref, svg_ref, created_at
         FROM floorjobs.layouts WHERE id = $1",
        &[&id],
    )?;
    let row = found.first().ok_or_else(|| layout_not_found(id))?;
    let mut at = Columns::of(row);
    Ok(Layout {
        id: at.take()?,
        floorplan_id: at.take()?,
        job_id: maker(&mut at)?,
        document_ref: at.take()?,
        svg_ref: at.take()?,
        created_at: at.moment()?,
    })
}

fn maker(at: &mut Columns<'_>) -> Op<Option<JobId>> {
    let id = at.take::<Option<uuid::Uuid>>()?;
    Ok(id.map(|id| JobId::from_bytes(id.into_bytes())))
}

const BOM: &str = "SELECT id, floorplan_id, layout_id, job, total_paise, is_partial, document_ref,
         created_at
     FROM floorjobs.boms";

fn bom_of(row: &Row) -> Op<Bom> {
    let mut at = Columns::of(row);
    Ok(Bom {
        id: at.take()?,
        floorplan_id: at.take()?,
        layout_id: at.take()?,
        job_id: maker(&mut at)?,
        total_paise: at.take()?,
        is_partial: at.take()?,
        document_ref: at.take()?,
        created_at: at.moment()?,
    })
}

pub(super) fn bom(at: &mut Transaction<'_>, id: i64) -> Op<Bom> {
    let found = at.query_last(&format!("{BOM} WHERE id = $1"), &[&id])?;
    bom_of(found.first().ok_or_else(|| bom_not_found(id))?)
}

pub(super) fn newest_bom(at: &mut Transaction<'_>, floorplan_id: i64) -> Op<Option<Bom>> {
    let sql = format!("{BOM} WHERE floorplan_id = $1 ORDER BY id DESC LIMIT 1");
    let found = at.query_last(&sql, &[&floorplan_id])?;
    found.first().map(bom_of).transpose()
}
