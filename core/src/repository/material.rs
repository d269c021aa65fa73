//! A material as the cells of a row, the same in every database.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::bom::{Basis, Category, Material, Unit};
use crate::error::{Error, ErrorKind, Result};

/// The cells of a row of `materials`; decimal numbers are texts.
pub(super) struct Cells {
    pub(super) code: String,
    pub(super) material_name: String,
    pub(super) category: String,
    pub(super) unit_of_measurement: String,
    pub(super) cost_inr: Option<String>,
    pub(super) item: Option<String>,
    pub(super) basis: String,
    pub(super) waste_percent: Option<String>,
    pub(super) pack_size: Option<String>,
    pub(super) notes: String,
    pub(super) other_rates: String,
}

pub(super) fn to_cells(material: &Material) -> Result<Cells> {
    let number = |value: Option<Decimal>| value.map(|value| value.to_string());
    let other_rates = serde_json::to_string(&material.other_rates).map_err(|error| {
        Error::new(ErrorKind::Internal, "the rates have no JSON form").with_source(error)
    })?;
    Ok(Cells {
        code: material.code.clone(),
        material_name: material.material_name.clone(),
        category: material.category.name().to_owned(),
        unit_of_measurement: material.unit_of_measurement.name().to_owned(),
        cost_inr: number(material.cost_inr),
        item: material.item.clone(),
        basis: material.basis.name().to_owned(),
        waste_percent: number(material.waste_percent),
        pack_size: number(material.pack_size),
        notes: material.notes.clone(),
        other_rates,
    })
}

/// # Errors
/// `corrupt` for a cell that means nothing to this version.
pub(super) fn to_material(cells: Cells) -> Result<Material> {
    let number = |column, text: Option<String>| {
        text.map(|text| text.parse::<Decimal>().map_err(|_| corrupt(column, &text)))
            .transpose()
    };
    let other_rates: BTreeMap<String, Decimal> = serde_json::from_str(&cells.other_rates)
        .map_err(|_| corrupt("other_rates", &cells.other_rates))?;
    Ok(Material {
        category: Category::from_name(&cells.category)
            .ok_or_else(|| corrupt("category", &cells.category))?,
        unit_of_measurement: Unit::from_name(&cells.unit_of_measurement)
            .ok_or_else(|| corrupt("unit_of_measurement", &cells.unit_of_measurement))?,
        basis: [Basis::Installed, Basis::Supply]
            .into_iter()
            .find(|basis| basis.name() == cells.basis)
            .ok_or_else(|| corrupt("basis", &cells.basis))?,
        cost_inr: number("cost_inr", cells.cost_inr)?,
        waste_percent: number("waste_percent", cells.waste_percent)?,
        pack_size: number("pack_size", cells.pack_size)?,
        code: cells.code,
        material_name: cells.material_name,
        item: cells.item,
        notes: cells.notes,
        other_rates,
    })
}

fn corrupt(column: &str, text: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    let message = format!("the catalogue holds `{shown}` in {column}, which means nothing");
    Error::new(ErrorKind::Corrupt, message)
}
