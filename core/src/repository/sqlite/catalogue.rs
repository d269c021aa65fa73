//! The catalogue of materials.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};

use super::super::CatalogueChange;
use super::super::material::{Cells, to_cells, to_material};
use super::fault::Op;
use crate::bom::Catalogue;

/// One statement, so that head and rows are of one moment.
pub(super) fn stored(connection: &Connection) -> Op<Option<Catalogue>> {
    let mut statement = connection.prepare_cached(
        "SELECT catalogue.name, is_sample, code, material_name, category, unit_of_measurement, \
             cost_inr, item, basis, waste_percent, pack_size, notes, other_rates
         FROM catalogue LEFT JOIN materials ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    let mut found: Option<Catalogue> = None;
    while let Some(row) = rows.next()? {
        let catalogue = match &mut found {
            Some(catalogue) => catalogue,
            None => found.insert(Catalogue {
                name: row.get(0)?,
                sample: row.get(1)?,
                materials: Vec::new(),
            }),
        };
        if row.get_ref(2)? != ValueRef::Null {
            catalogue.materials.push(to_material(cells(row)?)?);
        }
    }
    Ok(found)
}

fn cells(row: &Row<'_>) -> rusqlite::Result<Cells> {
    Ok(Cells {
        code: row.get(2)?,
        material_name: row.get(3)?,
        category: row.get(4)?,
        unit_of_measurement: row.get(5)?,
        cost_inr: row.get(6)?,
        item: row.get(7)?,
        basis: row.get(8)?,
        waste_percent: row.get(9)?,
        pack_size: row.get(10)?,
        notes: row.get(11)?,
        other_rates: row.get(12)?,
    })
}

pub(super) fn change(connection: &Connection, change: &CatalogueChange) -> Op<()> {
    let changed = change.applied_to(stored(connection)?)?;
    connection.execute("DELETE FROM materials", [])?;
    connection.execute("DELETE FROM catalogue", [])?;
    let Some(catalogue) = changed else {
        return Ok(());
    };
    connection
        .prepare_cached("INSERT INTO catalogue (one, name, is_sample) VALUES (1, ?1, ?2)")?
        .execute(params![catalogue.name, catalogue.sample])?;
    let mut insert = connection.prepare_cached(
        "INSERT INTO materials (code, material_name, category, unit_of_measurement, cost_inr, \
             item, basis, waste_percent, pack_size, notes, other_rates)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?;
    for material in &catalogue.materials {
        let row = to_cells(material)?;
        insert.execute(params![
            row.code,
            row.material_name,
            row.category,
            row.unit_of_measurement,
            row.cost_inr,
            row.item,
            row.basis,
            row.waste_percent,
            row.pack_size,
            row.notes,
            row.other_rates,
        ])?;
    }
    Ok(())
}
