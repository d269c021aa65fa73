//! Workbooks and CSV read back by other programs' readers.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};

use super::{bill_csv, bill_xlsx};
use crate::bom::{Bom, BomOptions, Catalogue, Share, price};
use crate::layout::{Corridor, Layout, Point, Ring, Room};

fn bom() -> Bom {
    let rect = |x: i64, width: i64| {
        Ring::new(
            [(x, 0), (x + width, 0), (x + width, 3000), (x, 3000)]
                .map(|(x, y)| Point::new(x, y))
                .to_vec(),
        )
    };
    let room = |id: &str, name: &str, kind: &str, net: Ring| Room {
        id: id.to_owned(),
        name: name.to_owned(),
        room_type: kind.to_owned(),
        request: None,
        boundary: net.clone(),
        net_area_mm2: net.area(),
        net_boundary: net,
        net_holes: Vec::new(),
        area_sqm: 0.0,
        requested_m2: None,
        error_pct: None,
        doors: Vec::new(),
        occupants: None,
        daylight_mm: 0,
    };
    let layout = Layout {
        rooms: vec![
            room(
                "office-1",
                "=cmd|' /C calc'!A0",
                "private_office",
                rect(0, 4000),
            ),
            room("toilet-1", "Toilet, \"small\"", "toilet", rect(4100, 1500)),
        ],
        corridors: vec![Corridor {
            id: "corridor-1".to_owned(),
            name: "Corridor".to_owned(),
            boundary: rect(6000, 1200),
            net_boundary: rect(6000, 1200),
            net_area_mm2: 3_600_000,
            clear_width_mm: 1200,
        }],
        ceiling_height_mm: 2700,
        ..Layout::default()
    };
    let mut catalogue = Catalogue::seed();
    catalogue
        .materials
        .retain(|material| material.item.as_deref() != Some("tile.dado"));
    let share = |name: &str, percent: i64| Share {
        name: name.to_owned(),
        percent: percent.into(),
    };
    let options = BomOptions {
        additions: vec![share("Contingencies", 5)],
        taxes: vec![share("CGST", 9), share("SGST", 9)],
        ..BomOptions::default()
    };
    price(&layout, &catalogue, &options).unwrap()
}

fn number(data: &Data) -> f64 {
    match data {
        Data::Float(value) => *value,
        Data::Int(value) => *value as f64,
        Data::String(text) => text.parse().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_workbook_says_what_the_bill_says() {
    let bom = bom();
    let bytes = bill_xlsx(&bom).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = [
        "Summary",
        "BOQ",
        "Measurement book",
        "Rooms",
        "Doors",
        "Assumptions",
    ];
    assert_eq!(book.sheet_names(), names);

    let boq = book.worksheet_range("BOQ").unwrap();
    let formulas = book.worksheet_formula("BOQ").unwrap();
    let mut seen = 0;
    for row in boq
        .rows()
        .skip(1)
        .filter(|row| matches!(row[0], Data::Float(_) | Data::Int(_)))
    {
        let line = &bom.line_items[number(&row[0]) as usize - 1];
        assert_eq!(row[2].to_string(), line.material_name);
        assert_eq!(row[3].to_string(), line.room_name);
        match line.amount_inr {
            Some(amount) => {
                assert!(
                    (number(&row[10]) - amount.to_string().parse::<f64>().unwrap()).abs() < 1e-9
                );
                let exact = (number(&row[8]) * number(&row[9]) * 100.0).round() / 100.0;
                assert!(
                    (number(&row[10]) - exact).abs() < 0.011,
                    "{}",
                    line.material_name
                );
            }
            None => assert_eq!(row[10].to_string(), "unpriced"),
        }
        seen += 1;
    }
    assert_eq!(seen, bom.line_items.len());
    let all: Vec<String> = formulas
        .cells()
        .map(|(_, _, formula)| formula.clone())
        .collect();
    let rounded = all
        .iter()
        .filter(|formula| formula.starts_with("ROUND(I"))
        .count();
    let priced = bom
        .line_items
        .iter()
        .filter(|line| line.amount_inr.is_some())
        .count();
    assert_eq!(rounded, priced);

    let summary = book.worksheet_range("Summary").unwrap();
    let amount = |name: &str| {
        let row = summary
            .rows()
            .find(|row| row[0] == Data::String(name.to_owned()))
            .unwrap();
        number(&row[2])
    };
    let total: f64 = bom.total_cost_inr.to_string().parse().unwrap();
    assert!((amount("Total") - total).abs() < 1e-9);
    let parts = amount("Works") + amount("Contingencies") + amount("CGST") + amount("SGST");
    assert!((parts - total).abs() < 0.005, "{parts} {total}");
    assert!(summary.rows().any(|row| {
        row[0]
            .to_string()
            .starts_with("PARTIAL: no price for Wall tiles")
    }));
}

#[test]
fn the_same_bill_gives_the_same_bytes() {
    let bom = bom();
    assert_eq!(bill_xlsx(&bom).unwrap(), bill_xlsx(&bom).unwrap());
    assert_eq!(bill_csv(&bom), bill_csv(&bom));
}

#[test]
fn the_csv_has_every_line_and_runs_nothing() {
    let bom = bom();
    let text = bill_csv(&bom);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|cell| cell == name).unwrap();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let lines: Vec<_> = rows.iter().filter(|row| !row[0].is_empty()).collect();
    assert_eq!(lines.len(), bom.line_items.len());
    for (row, line) in lines.iter().zip(&bom.line_items) {
        let amount = line
            .amount_inr
            .map(|amount| amount.to_string())
            .unwrap_or_default();
        assert_eq!(row[column("amount_inr")], amount);
        for cell in *row {
            let runs = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
            assert!(!runs, "{cell}");
        }
    }
    assert!(text.contains("'=cmd|' /C calc'!A0"), "{text}");
    let last = rows.last().unwrap();
    assert_eq!(&last[column("material_name")], "Total");
    assert_eq!(last[column("amount_inr")], bom.total_cost_inr.to_string());
}
