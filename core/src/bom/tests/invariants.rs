//! What holds for any bill.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::plans::{Plan, PlanDoor, PlanRoom, PlanWall};
use crate::bom::{Bom, BomOptions, Catalogue, Measurement, Unit, price};
use crate::layout::{DoorType, Point};

/// Rooms of these widths side by side, 4 m deep, with a wall and a door between neighbours.
fn row(widths: &[i64], height: i64) -> Plan {
    let mut plan = Plan {
        ceiling: height,
        ..Plan::default()
    };
    let mut x = 0;
    let kinds = ["private_office", "toilet", "pantry", "laboratory", "store"];
    for (n, width) in widths.iter().enumerate() {
        let net = [(x, 0), (x + width, 0), (x + width, 4000), (x, 4000)];
        plan.rooms.push(PlanRoom {
            id: format!("r-{n}"),
            name: format!("Room {n}"),
            kind: kinds[n % kinds.len()].to_owned(),
            net: net.map(|(x, y)| Point::new(x, y)).to_vec(),
            holes: Vec::new(),
        });
        x += width + 100;
        if n + 1 < widths.len() {
            plan.walls.push(PlanWall {
                id: format!("w-{n}"),
                ends: [Point::new(x - 50, 0), Point::new(x - 50, 4000)],
                thickness: 100,
                height,
                material: "drywall".to_owned(),
            });
            plan.doors.push(PlanDoor {
                id: format!("d-{n}"),
                wall: format!("w-{n}"),
                width: 900,
                height: 2100,
                connects: [format!("r-{n}"), format!("r-{}", n + 1)],
                opens_into: format!("r-{n}"),
                kind: DoorType::Single,
            });
        }
    }
    plan
}

fn bill(plan: &Plan) -> Bom {
    price(&plan.layout(), &Catalogue::seed(), &BomOptions::default()).unwrap()
}

fn sum(bom: &Bom, wanted: impl Fn(&crate::bom::BomLine) -> bool) -> Decimal {
    bom.line_items
        .iter()
        .filter(|line| wanted(line))
        .filter_map(|line| line.amount_inr)
        .sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn totals_are_the_sums_of_their_lines(widths in prop::collection::vec(1500_i64..9000, 1..9), height in 2400_i64..4500) {
        let bom = bill(&row(&widths, height));
        prop_assert_eq!(sum(&bom, |_| true), bom.works_inr);
        let by_category: Decimal = bom.categories.iter().map(|total| total.amount_inr).sum();
        prop_assert_eq!(by_category, bom.works_inr);
        let by_room: Decimal = bom.rooms.iter().map(|room| room.amount_inr).sum();
        prop_assert_eq!(by_room + sum(&bom, |line| line.room_id.is_empty()), bom.works_inr);
        for line in &bom.line_items {
            let exact = line.rate_inr.map(|rate| (rate * line.quantity).round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero));
            prop_assert_eq!(exact, line.amount_inr);
            prop_assert!(line.quantity_ordered >= line.quantity_measured);
            prop_assert!(!line.elements.is_empty() && line.quantity > Decimal::ZERO);
        }
        prop_assert!(!bom.is_partial);
    }

    #[test]
    fn the_order_of_rooms_changes_nothing(widths in prop::collection::vec(1500_i64..9000, 2..8), turn in 1_usize..7) {
        let plan = row(&widths, 2700);
        let mut turned = plan.clone();
        turned.rooms.rotate_left(turn % widths.len());
        let (one, other) = (bill(&plan), bill(&turned));
        prop_assert_eq!(one.total_cost_inr, other.total_cost_inr);
        prop_assert_eq!(one.line_items.len(), other.line_items.len());
    }

    #[test]
    fn more_height_is_never_cheaper(widths in prop::collection::vec(1500_i64..9000, 1..6), height in 2400_i64..4000, more in 1_i64..800) {
        let low = bill(&row(&widths, height));
        let high = bill(&row(&widths, height + more));
        prop_assert!(high.total_cost_inr >= low.total_cost_inr);
    }

    /// Two rooms far apart cost what the two cost alone, but for the boards that they share.
    #[test]
    fn rooms_add_up(a in 1500_i64..9000, b in 1500_i64..9000) {
        let (mut one, two) = (row(&[a], 2700), row(&[b], 2700));
        let apart: Decimal = [bill(&one), bill(&two)].iter().map(|bom| sum(bom, |line| line.rule != "E7")).sum();
        let mut far = two.rooms[0].clone();
        far.id = "far".to_owned();
        for point in &mut far.net {
            point.x += 100_000;
        }
        one.rooms.push(far);
        prop_assert_eq!(sum(&bill(&one), |line| line.rule != "E7"), apart);
    }

    /// In square metres at the same rate per area, a line differs by its roundings alone.
    #[test]
    fn units_change_only_roundings(widths in prop::collection::vec(1500_i64..9000, 1..6)) {
        let plan = row(&widths, 2700);
        let mut metric = Catalogue::seed();
        for material in &mut metric.materials {
            let (unit, factor) = match material.unit_of_measurement {
                Unit::Sqft => (Unit::Sqm, Decimal::new(9_290_304, 8)),
                Unit::RunningFoot => (Unit::Metre, Decimal::new(3048, 4)),
                other => (other, Decimal::ONE),
            };
            material.unit_of_measurement = unit;
            material.cost_inr = material.cost_inr.map(|rate| (rate / factor).round_dp(4));
        }
        let feet = bill(&plan);
        let metres = price(&plan.layout(), &metric, &BomOptions::default()).unwrap();
        for (foot, metre) in feet.line_items.iter().zip(&metres.line_items) {
            let (a, b) = (foot.amount_inr.unwrap(), metre.amount_inr.unwrap());
            // Half of 0.01 units at either rate, and half a paisa.
            let most = (foot.rate_inr.unwrap() + metre.rate_inr.unwrap()) / Decimal::from(200) + Decimal::new(2, 2);
            prop_assert!((a - b).abs() <= most, "{} {a} {b}", foot.material_name);
        }
    }

    /// IS 1200 deducts less for a door than net does, and never more.
    #[test]
    fn is_1200_is_never_cheaper_for_doors(widths in prop::collection::vec(1500_i64..9000, 2..6)) {
        let plan = row(&widths, 2700);
        let options = BomOptions { measurement: Measurement::Is1200, ..BomOptions::default() };
        let by_standard = price(&plan.layout(), &Catalogue::seed(), &options).unwrap();
        prop_assert!(by_standard.total_cost_inr > bill(&plan).total_cost_inr);
    }
}

#[test]
fn the_same_input_gives_the_same_bill() {
    let plan = row(&[3000, 2000, 4000], 2700);
    let text = |bom: &Bom| serde_json::to_string(bom).unwrap();
    assert_eq!(text(&bill(&plan)), text(&bill(&plan)));
    let bom = bill(&plan);
    assert_eq!(serde_json::from_str::<Bom>(&text(&bom)).unwrap(), bom);
    // Money is text.
    let value = serde_json::to_value(&bom).unwrap();
    assert!(value["total_cost_inr"].is_string());
    let line = &value["line_items"][0];
    for key in [
        "material_name",
        "category",
        "quantity",
        "unit",
        "rate_inr",
        "amount_inr",
        "room_name",
        "notes",
    ] {
        assert!(!line[key].is_null(), "{key}");
    }
}

#[test]
fn what_has_no_price_stays_and_marks_the_bill() {
    let plan = row(&[3000], 2700);
    let mut catalogue = Catalogue::seed();
    catalogue
        .materials
        .retain(|material| material.item.as_deref() != Some("floor.base"));
    let bom = price(&plan.layout(), &catalogue, &BomOptions::default()).unwrap();
    assert!(bom.is_partial);
    assert_eq!(bom.unpriced, ["Floor finish"]);
    let line = bom
        .line_items
        .iter()
        .find(|line| line.item == "floor.base")
        .unwrap();
    assert_eq!((line.rate_inr, line.amount_inr), (None, None));
    assert!(line.quantity > Decimal::ZERO);
}

#[test]
fn an_unknown_price_list_is_refused() {
    let options = BomOptions {
        price_list: Some("gold".to_owned()),
        ..BomOptions::default()
    };
    let error = price(&row(&[3000], 2700).layout(), &Catalogue::seed(), &options).unwrap_err();
    assert_eq!(error.field(), Some("price_list"));
    assert!(error.message().contains("economy, premium"), "{error}");
}
