//! Twelve plans worked by hand, in `tests/data/bom`: each line to the paisa, and no other line.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::plans::Plan;
use crate::bom::{Bom, BomOptions, Catalogue, LineStatus, price};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Golden {
    title: String,
    /// How it was worked out, for people.
    worked_by_hand: Vec<String>,
    options: BomOptions,
    layout: Plan,
    catalogue: serde_json::Value,
    lines: Vec<Line>,
    works: String,
    #[serde(default)]
    total: Option<String>,
    /// Fixtures that are listed and not priced.
    #[serde(default)]
    excluded: Vec<String>,
    #[serde(default = "yes")]
    is_partial: bool,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    rule: String,
    room: String,
    item: String,
    /// The figures, in metres, for people.
    working: String,
    unit: String,
    quantity: String,
    rate: String,
    amount: String,
    #[serde(default)]
    ordered: Option<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "for people")]
    working_ordered: Option<String>,
}

fn check(text: &str) {
    let golden: Golden = serde_json::from_str(text).unwrap();
    let title = &golden.title;
    assert!(!golden.worked_by_hand.is_empty(), "{title}");
    let catalogue = match &golden.catalogue {
        serde_json::Value::String(_) => Catalogue::seed(),
        rows => Catalogue {
            name: "golden".to_owned(),
            sample: false,
            materials: serde_json::from_value(rows.clone()).unwrap(),
        },
    };
    let bom = price(&golden.layout.layout(), &catalogue, &golden.options).unwrap();
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    for wanted in &golden.lines {
        let name = format!(
            "{title}: {} {} {} = {}",
            wanted.rule, wanted.room, wanted.item, wanted.working
        );
        let found: Vec<_> = bom
            .line_items
            .iter()
            .filter(|line| {
                line.rule == wanted.rule && line.room_id == wanted.room && line.item == wanted.item
            })
            .collect();
        let [line] = found.as_slice() else {
            panic!("{name}: {} lines", found.len());
        };
        assert_eq!(line.unit.name(), wanted.unit, "{name}");
        assert_eq!(line.quantity_measured, decimal(&wanted.quantity), "{name}");
        assert_eq!(line.rate_inr, Some(decimal(&wanted.rate)), "{name}");
        assert_eq!(line.amount_inr, Some(decimal(&wanted.amount)), "{name}");
        if let Some(ordered) = &wanted.ordered {
            assert_eq!(line.quantity_ordered, decimal(ordered), "{name}");
            assert_eq!(line.quantity, line.quantity_ordered, "{name}");
        }
    }
    let priced = |bom: &Bom| {
        bom.line_items
            .iter()
            .filter(|line| line.amount_inr.is_some())
            .count()
    };
    assert_eq!(
        priced(&bom),
        golden.lines.len(),
        "{title}: {:#?}",
        bom.line_items
            .iter()
            .filter(|line| line.amount_inr.is_some()
                && !golden.lines.iter().any(|wanted| wanted.rule == line.rule
                    && wanted.room == line.room_id
                    && wanted.item == line.item))
            .collect::<Vec<_>>()
    );
    assert_eq!(bom.works_inr, decimal(&golden.works), "{title}");
    assert_eq!(
        bom.is_partial, golden.is_partial,
        "{title}: {:?}",
        bom.unpriced
    );
    let excluded: Vec<&str> = bom
        .line_items
        .iter()
        .filter(|line| line.status == LineStatus::Excluded)
        .filter_map(|line| line.item.strip_prefix("fixture."))
        .collect();
    assert_eq!(excluded, golden.excluded, "{title}");
    let total = golden.total.as_deref().unwrap_or(&golden.works);
    assert_eq!(bom.total_cost_inr, decimal(total), "{title}");
}

macro_rules! golden {
    ($($name:ident => $file:literal),* $(,)?) => {
        $(#[test]
        fn $name() {
            check(include_str!(concat!("../../../../tests/data/bom/", $file, ".json")));
        })*
    };
}

golden! {
    one_room => "01-one-room-net",
    one_room_by_is_1200 => "02-one-room-is1200",
    a_wall_between => "03-wall-between",
    a_wall_that_abuts => "04-wall-that-abuts",
    a_toilet => "05-toilet",
    an_l_with_a_column => "06-l-with-column",
    a_corridor_in_two_pieces => "07-corridor-in-pieces",
    large_and_small_openings => "08-openings-is1200",
    waste_and_packs => "09-waste-and-packs",
    an_oblique_wall => "10-oblique-wall",
    points => "11-points",
    a_clinic => "12-clinic-with-tax",
}
