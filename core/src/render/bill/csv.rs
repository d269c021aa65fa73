//! The bill as CSV.

use rust_decimal::Decimal;

use super::elements;
use crate::bom::{Bom, BomLine, csv_text};

const COLUMNS: [&str; 20] = [
    "item_no",
    "category",
    "section",
    "material_name",
    "room_name",
    "quantity",
    "unit",
    "rate_inr",
    "amount_inr",
    "status",
    "quantity_measured",
    "waste_percent",
    "pack_size",
    "quantity_ordered",
    "basis",
    "measurement",
    "rule",
    "material_code",
    "elements",
    "notes",
];

/// The bill as CSV (RFC 4180): one row for each line, then the totals, whose `item_no` is empty.
///
/// A text that a spreadsheet would run as a formula gets an apostrophe before it.
pub fn bill_csv(bom: &Bom) -> String {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    rows.extend(bom.line_items.iter().map(row));
    let mut total = |name: &str, amount: Decimal| {
        let cell = |column: &str| match column {
            "material_name" => name.to_owned(),
            "amount_inr" => amount.to_string(),
            "notes" if bom.is_partial => "partial: some lines have no price".to_owned(),
            _ => String::new(),
        };
        rows.push(COLUMNS.map(cell).to_vec());
    };
    total("Works", bom.works_inr);
    for share in bom.additions.iter().chain(&bom.taxes) {
        total(
            &format!("{} {} %", share.name, share.percent),
            share.amount_inr,
        );
    }
    total("Total", bom.total_cost_inr);
    csv_text(&rows)
}

fn row(line: &BomLine) -> Vec<String> {
    let money =
        |amount: Option<Decimal>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let cell = |column: &str| match column {
        "item_no" => line.item_no.to_string(),
        "category" => line.category.name().to_owned(),
        "section" => line.section.clone(),
        "material_name" => line.material_name.clone(),
        "room_name" => line.room_name.clone(),
        "quantity" => line.quantity.to_string(),
        "unit" => line.unit.name().to_owned(),
        "rate_inr" => money(line.rate_inr),
        "amount_inr" => money(line.amount_inr),
        "status" => line.status.name().to_owned(),
        "quantity_measured" => line.quantity_measured.to_string(),
        "waste_percent" => line.waste_percent.to_string(),
        "pack_size" => money(line.pack_size),
        "quantity_ordered" => line.quantity_ordered.to_string(),
        "basis" => line.basis.name().to_owned(),
        "measurement" => line.measurement.name().to_owned(),
        "rule" => line.rule.clone(),
        "material_code" => line.material_code.clone(),
        "elements" => elements(line),
        _ => line.notes.clone(),
    };
    COLUMNS.map(cell).to_vec()
}
