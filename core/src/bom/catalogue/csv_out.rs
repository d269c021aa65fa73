//! A catalogue as CSV.

use rust_decimal::Decimal;

use super::csv_in::{COLUMNS, OTHER_RATE};
use super::{Catalogue, Material};
use crate::bom::csv_text;

impl Catalogue {
    /// The catalogue as CSV (RFC 4180): what [`Catalogue::from_csv`] reads back as it was.
    ///
    /// A text that a spreadsheet would run as a formula gets an apostrophe before it.
    pub fn to_csv(&self) -> String {
        let lists = self.price_lists();
        let mut rows = Vec::with_capacity(self.materials.len() + 1);
        let mut head: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
        head.extend(lists.iter().map(|list| format!("{OTHER_RATE}{list}")));
        rows.push(head);
        for material in &self.materials {
            let mut cells: Vec<String> = COLUMNS.map(|column| cell(material, column)).to_vec();
            cells.extend(lists.iter().map(|list| number(material.rate(Some(list)))));
            rows.push(cells);
        }
        csv_text(&rows)
    }
}

fn cell(material: &Material, column: &str) -> String {
    match column {
        "material_name" => material.material_name.clone(),
        "category" => material.category.name().to_owned(),
        "unit_of_measurement" => material.unit_of_measurement.name().to_owned(),
        "cost_inr" => number(material.cost_inr),
        "code" => material.code.clone(),
        "item" => material.item.clone().unwrap_or_default(),
        "basis" => material.basis.name().to_owned(),
        "waste_percent" => number(material.waste_percent),
        "pack_size" => number(material.pack_size),
        _ => material.notes.clone(),
    }
}

fn number(value: Option<Decimal>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
