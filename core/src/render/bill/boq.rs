//! The sheet of the bill itself: by trade, with live amounts and subtotals.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::elements;
use super::xlsx::{Sheet, Style};
use crate::bom::{Bom, Category};

pub(super) const NAME: &str = "BOQ";

/// Where the rows of the bill are, from 1 as in formulas.
pub(super) struct Layout {
    pub(super) trades: Vec<Trade>,
    /// The row of the sum of all trades.
    pub(super) works_row: u32,
}

pub(super) struct Trade {
    pub(super) category: Category,
    /// First and last row of its lines.
    pub(super) rows: (u32, u32),
    pub(super) subtotal_row: u32,
}

/// Places the trades: a heading, the lines, a subtotal, and a free row after each.
pub(super) fn lay_out(bom: &Bom) -> Layout {
    let mut next = 2;
    let mut trades = Vec::new();
    for total in &bom.categories {
        let lines = bom
            .line_items
            .iter()
            .filter(|line| line.category == total.category)
            .count();
        let lines = u32::try_from(lines).unwrap_or(u32::MAX / 4);
        let rows = (next + 1, next + lines);
        trades.push(Trade {
            category: total.category,
            rows,
            subtotal_row: rows.1 + 1,
        });
        next = rows.1 + 3;
    }
    Layout {
        trades,
        works_row: next,
    }
}

const COLUMNS: [(&str, u16); 15] = [
    ("No.", 6),
    ("Section", 10),
    ("Description", 46),
    ("Room", 20),
    ("Unit", 12),
    ("Measured", 11),
    ("Waste %", 8),
    ("To order", 11),
    ("Quantity", 11),
    ("Rate INR", 12),
    ("Amount INR", 15),
    ("Basis", 10),
    ("Rule", 7),
    ("Elements", 24),
    ("Notes", 40),
];

pub(super) fn write(
    sheet: &mut Worksheet,
    style: &Style,
    bom: &Bom,
    plan: &Layout,
) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(sheet, style, NAME, &COLUMNS)?;
    for (trade, total) in plan.trades.iter().zip(&bom.categories) {
        sheet.row = trade.rows.0 - 2;
        sheet.text(2, trade.category.title(), &style.bold)?;
        for line in bom
            .line_items
            .iter()
            .filter(|line| line.category == trade.category)
        {
            sheet.row += 1;
            let row = sheet.row + 1;
            sheet.number(0, line.item_no.into(), &style.whole)?;
            sheet.text(1, &line.section, &style.text)?;
            sheet.text(2, &line.material_name, &style.text)?;
            sheet.text(3, &line.room_name, &style.text)?;
            sheet.text(4, line.unit.name(), &style.text)?;
            sheet.number(5, line.quantity_measured, &style.quantity)?;
            sheet.number(6, line.waste_percent, &style.percent)?;
            sheet.number(7, line.quantity_ordered, &style.quantity)?;
            sheet.number(8, line.quantity, &style.quantity)?;
            match (line.rate_inr, line.amount_inr) {
                (Some(rate), Some(amount)) => {
                    sheet.number(9, rate, &style.money)?;
                    sheet.formula(
                        10,
                        &format!("=ROUND(I{row}*J{row},2)"),
                        amount,
                        &style.money,
                    )?;
                }
                _ => sheet.text(10, line.status.name(), &style.text)?,
            }
            sheet.text(11, line.basis.name(), &style.text)?;
            sheet.text(12, &line.rule, &style.text)?;
            sheet.text(13, &elements(line), &style.text)?;
            sheet.text(14, &line.notes, &style.text)?;
        }
        sheet.row = trade.subtotal_row - 1;
        sheet.text(
            2,
            &format!("Subtotal, {}", trade.category.title()),
            &style.bold,
        )?;
        let sum = format!("=SUM(K{}:K{})", trade.rows.0, trade.rows.1);
        sheet.formula(10, &sum, total.amount_inr, &style.total)?;
    }
    sheet.row = plan.works_row - 1;
    sheet.text(2, "Works", &style.bold)?;
    let parts: Vec<String> = plan
        .trades
        .iter()
        .map(|trade| format!("K{}", trade.subtotal_row))
        .collect();
    let sum = if parts.is_empty() {
        "=0".to_owned()
    } else {
        format!("={}", parts.join("+"))
    };
    sheet.formula(10, &sum, bom.works_inr, &style.total)
}
