//! The other sheets: summary, measurement book, rooms, doors, assumptions.

use rust_decimal::Decimal;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::boq;
use super::xlsx::{Sheet, Style};
use crate::bom::{Bom, ShareAmount};

pub(super) fn summary(
    sheet: &mut Worksheet,
    style: &Style,
    bom: &Bom,
    plan: &boq::Layout,
) -> Result<(), XlsxError> {
    let mut sheet = Sheet::new(sheet, style, "Summary", &[("", 44), ("", 12), ("", 18)])?;
    sheet.text(0, "Bill of materials", &style.title)?;
    sheet.row += 1;
    let rates = if bom.sample_rates {
        " (sample rates, not quotations)"
    } else {
        ""
    };
    let list = bom.options.price_list.as_deref().unwrap_or("base");
    for text in [
        format!("Catalogue: {}{rates}; price list: {list}", bom.catalogue),
        format!("Openings measured: {}", bom.options.measurement.name()),
        format!("{} rooms, {} m2", bom.room_count, bom.total_area_sqm),
    ] {
        sheet.text(0, &text, &style.text)?;
        sheet.row += 1;
    }
    if bom.is_partial {
        let text = format!("PARTIAL: no price for {}", bom.unpriced.join(", "));
        sheet.text(0, &text, &style.bold)?;
        sheet.row += 1;
    }
    sheet.row += 1;
    sheet.text(0, "Trade", &style.head)?;
    sheet.text(2, "Amount INR", &style.head)?;
    for (trade, total) in plan.trades.iter().zip(&bom.categories) {
        sheet.row += 1;
        sheet.text(0, trade.category.title(), &style.text)?;
        let cell = format!("={}!K{}", boq::NAME, trade.subtotal_row);
        sheet.formula(2, &cell, total.amount_inr, &style.money)?;
    }
    sheet.row += 1;
    let works = sheet.row + 1;
    sheet.text(0, "Works", &style.bold)?;
    let cell = format!("={}!K{}", boq::NAME, plan.works_row);
    sheet.formula(2, &cell, bom.works_inr, &style.total)?;
    shares(&mut sheet, style, &bom.additions, &format!("C{works}"), 2)?;
    let last = sheet.row + 1;
    let before_tax = format!("SUM(C{works}:C{last})");
    shares(&mut sheet, style, &bom.taxes, &before_tax, 0)?;
    let last = sheet.row + 1;
    sheet.row += 1;
    sheet.text(0, "Total", &style.bold)?;
    let sum = format!("=SUM(C{works}:C{last})");
    sheet.formula(2, &sum, bom.total_cost_inr, &style.total)?;
    sheet.row += 1;
    sheet.text(0, &bom.total_in_words, &style.text)
}

/// Additions or taxes, each a share of `of`.
fn shares(
    sheet: &mut Sheet<'_>,
    style: &Style,
    shares: &[ShareAmount],
    of: &str,
    places: u32,
) -> Result<(), XlsxError> {
    for share in shares {
        sheet.row += 1;
        let row = sheet.row + 1;
        sheet.text(0, &share.name, &style.text)?;
        sheet.number(1, share.percent, &style.percent)?;
        let formula = format!("=ROUND({of}*B{row}/100,{places})");
        sheet.formula(2, &formula, share.amount_inr, &style.money)?;
    }
    Ok(())
}

pub(super) fn measurements(
    sheet: &mut Worksheet,
    style: &Style,
    bom: &Bom,
) -> Result<(), XlsxError> {
    let columns = [
        ("Item", 6),
        ("Description", 46),
        ("Room", 20),
        ("Rule", 7),
        ("Element", 18),
        ("Working (m)", 40),
        ("Quantity", 14),
        ("Unit", 12),
    ];
    let mut sheet = Sheet::new(sheet, style, "Measurement book", &columns)?;
    for line in &bom.line_items {
        for part in &line.measured_from {
            sheet.number(0, line.item_no.into(), &style.whole)?;
            sheet.text(1, &line.material_name, &style.text)?;
            sheet.text(2, &line.room_name, &style.text)?;
            sheet.text(3, &line.rule, &style.text)?;
            sheet.text(4, &part.element, &style.text)?;
            sheet.text(5, &part.working, &style.text)?;
            sheet.number(6, part.quantity, &style.quantity)?;
            sheet.text(7, line.unit.name(), &style.text)?;
            sheet.row += 1;
        }
    }
    Ok(())
}

pub(super) fn rooms(sheet: &mut Worksheet, style: &Style, bom: &Bom) -> Result<(), XlsxError> {
    let columns = [
        ("Id", 18),
        ("Room", 26),
        ("Type", 20),
        ("Area m2", 11),
        ("Perimeter m", 12),
        ("Height m", 10),
        ("Doors", 8),
        ("Amount INR", 16),
    ];
    let mut sheet = Sheet::new(sheet, style, "Rooms", &columns)?;
    for room in &bom.rooms {
        sheet.text(0, &room.id, &style.text)?;
        sheet.text(1, &room.name, &style.text)?;
        sheet.text(2, &room.room_type, &style.text)?;
        sheet.number(3, room.area_sqm, &style.money)?;
        sheet.number(4, room.perimeter_m, &style.money)?;
        sheet.number(5, room.height_m, &style.money)?;
        sheet.number(6, room.doors.into(), &style.whole)?;
        sheet.number(7, room.amount_inr, &style.money)?;
        sheet.row += 1;
    }
    if let Some(last) = bom.rooms.len().checked_sub(1) {
        sheet.text(1, "Together", &style.bold)?;
        let area: Decimal = bom.rooms.iter().map(|room| room.area_sqm).sum();
        sheet.formula(3, &format!("=SUM(D2:D{})", last + 2), area, &style.total)?;
        let amount: Decimal = bom.rooms.iter().map(|room| room.amount_inr).sum();
        sheet.formula(7, &format!("=SUM(H2:H{})", last + 2), amount, &style.total)?;
    }
    Ok(())
}

pub(super) fn doors(sheet: &mut Worksheet, style: &Style, bom: &Bom) -> Result<(), XlsxError> {
    let columns = [
        ("Door", 12),
        ("Kind", 12),
        ("Width mm", 11),
        ("Height mm", 11),
        ("Between", 26),
        ("And", 26),
    ];
    let mut sheet = Sheet::new(sheet, style, "Doors", &columns)?;
    for door in &bom.doors {
        sheet.text(0, &door.id, &style.text)?;
        sheet.text(1, &door.door_type, &style.text)?;
        sheet.number(2, door.width_mm.into(), &style.whole)?;
        sheet.number(3, door.height_mm.into(), &style.whole)?;
        let [one, other] = &door.between;
        sheet.text(4, one, &style.text)?;
        sheet.text(5, other, &style.text)?;
        sheet.row += 1;
    }
    Ok(())
}

pub(super) fn assumptions(
    sheet: &mut Worksheet,
    style: &Style,
    bom: &Bom,
) -> Result<(), XlsxError> {
    let columns = [("Rule", 8), ("What", 34), ("Formula", 60), ("Source", 60)];
    let mut sheet = Sheet::new(sheet, style, "Assumptions", &columns)?;
    for rule in &bom.rules {
        sheet.text(0, &rule.id, &style.text)?;
        sheet.text(1, &rule.title, &style.text)?;
        sheet.text(2, &rule.formula, &style.text)?;
        sheet.text(3, &rule.source, &style.text)?;
        sheet.row += 1;
    }
    sheet.row += 1;
    for text in &bom.assumptions {
        sheet.text(1, text, &style.text)?;
        sheet.row += 1;
    }
    Ok(())
}
