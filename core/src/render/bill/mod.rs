//! A bill of materials as CSV and as a workbook.

mod boq;
mod csv;
mod sheets;
mod xlsx;

#[cfg(test)]
mod tests;

pub use csv::bill_csv;
pub use xlsx::bill_xlsx;

use crate::bom::BomLine;

/// Elements named in one cell before the rest is only counted.
const MAX_ELEMENTS: usize = 40;

/// The elements of a line in one cell.
fn elements(line: &BomLine) -> String {
    let mut text = line
        .elements
        .iter()
        .take(MAX_ELEMENTS)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    if let Some(more) = line
        .elements
        .len()
        .checked_sub(MAX_ELEMENTS)
        .filter(|more| *more > 0)
    {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
