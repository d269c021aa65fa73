//! The catalogue of materials.

use super::super::CatalogueChange;
use super::super::material::{Cells, to_cells, to_material};
use super::fault::Op;
use super::rows::Columns;
use super::transaction::Transaction;
use crate::bom::Catalogue;

/// One statement, so that head and rows are of one moment.
pub(super) fn stored(at: &mut Transaction<'_>) -> Op<Option<Catalogue>> {
    let rows = at.query(
        "SELECT catalogue.name, is_sample, code, material_name, category, unit_of_measurement,
             cost_inr::text, item, basis, waste_percent::text, pack_size::text, notes, other_rates
         FROM floorjobs.catalogue LEFT JOIN floorjobs.materials ON true ORDER BY position",
        &[],
    )?;
    let mut found: Option<Catalogue> = None;
    for row in &rows {
        let mut columns = Columns::of(row);
        let (name, sample) = (columns.take()?, columns.take()?);
        let catalogue = found.get_or_insert_with(|| Catalogue {
            name,
            sample,
            materials: Vec::new(),
        });
        if let Some(code) = columns.take()? {
            catalogue
                .materials
                .push(to_material(cells(code, &mut columns)?)?);
        }
    }
    Ok(found)
}

/// The cells of a row behind its code.
fn cells(code: String, at: &mut Columns<'_>) -> Op<Cells> {
    Ok(Cells {
        code,
        material_name: at.take()?,
        category: at.take()?,
        unit_of_measurement: at.take()?,
        cost_inr: at.take()?,
        item: at.take()?,
        basis: at.take()?,
        waste_percent: at.take()?,
        pack_size: at.take()?,
        notes: at.take()?,
        other_rates: at.take()?,
    })
}

pub(super) fn change(at: &mut Transaction<'_>, change: &CatalogueChange) -> Op<()> {
    // Readers go on; whoever changes it, too, waits until this is done.
    at.execute("LOCK TABLE floorjobs.catalogue IN EXCLUSIVE MODE", &[])?;
    let changed = change.applied_to(stored(at)?)?;
    at.execute("DELETE FROM floorjobs.materials", &[])?;
    at.execute("DELETE FROM floorjobs.catalogue", &[])?;
    let Some(catalogue) = changed else {
        return Ok(());
    };
    at.execute(
        "INSERT INTO floorjobs.catalogue (one, name, is_sample) VALUES (1, $1, $2)",
        &[&catalogue.name, &catalogue.sample],
    )?;
    let rows = catalogue.materials.iter().map(|row| Ok(to_cells(row)?));
    let rows = rows.collect::<Op<Vec<Cells>>>()?;
    let texts = |cell: fn(&Cells) -> &str| rows.iter().map(cell).collect::<Vec<&str>>();
    let optional = |cell: fn(&Cells) -> Option<&str>| rows.iter().map(cell).collect::<Vec<_>>();
    at.execute(
        "INSERT INTO floorjobs.materials (position, code, material_name, category,
             unit_of_measurement, cost_inr, item, basis, waste_percent, pack_size, notes,
             other_rates)
         SELECT place, code, name, category, unit, cost::numeric, item, basis, waste::numeric,
             pack::numeric, notes, rates
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) WITH ORDINALITY
             AS row (code, name, category, unit, cost, item, basis, waste, pack, notes, rates,
                 place)",
        &[
            &texts(|row| &row.code),
            &texts(|row| &row.material_name),
            &texts(|row| &row.category),
            &texts(|row| &row.unit_of_measurement),
            &optional(|row| row.cost_inr.as_deref()),
            &optional(|row| row.item.as_deref()),
            &texts(|row| &row.basis),
            &optional(|row| row.waste_percent.as_deref()),
            &optional(|row| row.pack_size.as_deref()),
            &texts(|row| &row.notes),
            &texts(|row| &row.other_rates),
        ],
    )
}
