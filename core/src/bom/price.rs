//! Quantities into a bill: materials, waste, packs, rates, totals.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use super::bill::{
    Bom, BomLine, CategoryTotal, DoorQuantities, LineStatus, MeasuredPart, RoomQuantities,
    RuleText, ShareAmount,
};
use super::catalogue::{Basis, Catalogue, Category, Material};
use super::exact::{Exact, round_decimal};
use super::finishes::BUILT_IN;
use super::in_words::rupees;
use super::item::{FIXTURE, Item, quantity_of};
use super::options::{BomOptions, Measurement, Share};
use super::rules::RULES;
use super::takeoff::{Taken, spaces, take_off};
use super::unit::{Quantity, Unit};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::{DoorType, Layout};

/// Decimals of an amount: the paisa.
const PAISA: u32 = 2;
/// Decimals of the parts of a measurement, which are for reading.
const PART_PLACES: u32 = 4;

/// Prices `layout` with `catalogue`: the same call for a new layout and for a stored one.
///
/// The same layout, catalogue and options give the same bill to the paisa. What has no price
/// stays in the bill and marks it as partial.
///
/// # Errors
/// `InvalidInput` for options or a catalogue that cannot be used (with the field), or a price
/// list that the catalogue does not have; `LimitExceeded` for amounts beyond 28 digits.
pub fn price(layout: &Layout, catalogue: &Catalogue, options: &BomOptions) -> Result<Bom> {
    options.check()?;
    catalogue.check()?;
    options.check_list(catalogue)?;
    let is_painted = |item: &str| {
        catalogue.material_for(item).is_some_and(|material| {
            let name = material.material_name.to_lowercase();
            ["gypsum", "plaster", "pop "]
                .iter()
                .any(|word| name.contains(word))
        })
    };
    let taken = take_off(layout, options.measurement, &is_painted);
    let mut lines = Vec::with_capacity(taken.len());
    for (n, taken) in taken.iter().enumerate() {
        let line = line(n + 1, taken, catalogue, options).ok_or_else(too_large)?;
        lines.push(line);
    }
    bill(layout, catalogue, options, lines).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::new(
        ErrorKind::LimitExceeded,
        "an amount of the bill has more than 28 digits",
    )
}

/// One line; `None` when a number is too large.
fn line(n: usize, taken: &Taken, catalogue: &Catalogue, options: &BomOptions) -> Option<BomLine> {
    let known = Item::by_key(&taken.item);
    let material = catalogue.material_for(&taken.item);
    let quantity = quantity_of(&taken.item).unwrap_or(Quantity::Count);
    let unit = material.map_or_else(
        || Unit::usual(quantity),
        |material| material.unit_of_measurement,
    );
    let basis = material.map_or(Basis::Installed, |material| material.basis);
    let waste = material
        .and_then(|material| material.waste_percent)
        .unwrap_or_else(|| Decimal::from(taken.rule.waste_percent));
    let pack = material.and_then(|material| material.pack_size);

    let exact = unit.express(taken.quantity());
    let measured = exact.rounded(unit.places())?;
    let ordered = ordered(exact, waste, pack, unit)?;
    let priced = match basis {
        Basis::Installed => measured,
        Basis::Supply => ordered,
    };
    let rate = material.and_then(|material| material.rate(options.price_list.as_deref()));
    let amount = match rate {
        Some(rate) => Some(round_decimal(priced.checked_mul(rate)?, PAISA)),
        None => None,
    };
    let (room_id, room_name) = taken.room.clone().unwrap_or_default();
    let measured_from = taken
        .parts
        .iter()
        .map(|part| {
            Some(MeasuredPart {
                element: part.element.clone(),
                working: part.working.clone(),
                quantity: unit.express(part.quantity).rounded(PART_PLACES)?,
            })
        })
        .collect::<Option<Vec<_>>>()?;
    let mut elements: Vec<String> = Vec::new();
    for part in &taken.parts {
        if !elements.contains(&part.element) {
            elements.push(part.element.clone());
        }
    }
    Some(BomLine {
        material_name: name_of(taken, material, known),
        category: category_of(material, known),
        quantity: priced,
        unit,
        rate_inr: rate,
        amount_inr: amount,
        room_name,
        notes: notes(taken, material, basis),
        item_no: n,
        status: status_of(&taken.item, rate),
        rule: taken.rule.id.to_owned(),
        item: taken.item.clone(),
        material_code: material
            .map(|material| material.code.clone())
            .unwrap_or_default(),
        section: known.map(|item| item.code.to_owned()).unwrap_or_default(),
        room_id,
        basis,
        quantity_measured: measured,
        waste_percent: waste.normalize(),
        pack_size: pack,
        quantity_ordered: ordered,
        measurement: options.measurement,
        elements,
        measured_from,
    })
}

/// With waste, and in whole packs or pieces.
fn ordered(measured: Exact, waste: Decimal, pack: Option<Decimal>, unit: Unit) -> Option<Decimal> {
    let factor = Exact::whole(1).plus(Exact::from_decimal(waste).times(Exact::ratio(1, 100)));
    let needed = measured.times(factor);
    match pack {
        // A pack may have more decimals than the unit is measured to.
        Some(pack) => needed
            .up_to_multiple_of(Exact::from_decimal(pack))
            .rounded(unit.places().max(pack.normalize().scale())),
        None if unit == Unit::Piece => needed.ceiling().rounded(0),
        None => needed.rounded(unit.places()),
    }
}

fn name_of(taken: &Taken, material: Option<&Material>, known: Option<&Item>) -> String {
    match (material, known) {
        (Some(material), _) => material.material_name.clone(),
        (None, Some(item)) => item.title.to_owned(),
        (None, None) => {
            let kind = taken.item.strip_prefix(FIXTURE).unwrap_or(&taken.item);
            let mut words = kind.replace('_', " ");
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words
        }
    }
}

fn category_of(material: Option<&Material>, known: Option<&Item>) -> Category {
    match (known, material) {
        (Some(item), _) => item.category,
        (None, Some(material)) => material.category,
        (None, None) => Category::Specialty,
    }
}

fn status_of(item: &str, rate: Option<Decimal>) -> LineStatus {
    let loose = item
        .strip_prefix(FIXTURE)
        .is_some_and(|kind| !BUILT_IN.contains(&kind));
    match rate {
        Some(_) => LineStatus::Priced,
        None if loose => LineStatus::Excluded,
        None => LineStatus::Unpriced,
    }
}

fn notes(taken: &Taken, material: Option<&Material>, basis: Basis) -> String {
    let mut notes = Vec::new();
    if !taken.note.is_empty() {
        notes.push(taken.note.clone());
    }
    match material {
        None => notes.push(format!("no material for the item `{}`", taken.item)),
        Some(material) => {
            if basis == Basis::Supply {
                notes.push("priced on the ordered quantity".to_owned());
            }
            if !material.notes.is_empty() {
                notes.push(material.notes.clone());
            }
        }
    }
    notes.join("; ")
}

fn sum(lines: &[BomLine], wanted: impl Fn(&BomLine) -> bool) -> Option<Decimal> {
    lines
        .iter()
        .filter(|line| wanted(line))
        .filter_map(|line| line.amount_inr)
        .try_fold(Decimal::new(0, PAISA), Decimal::checked_add)
}

/// A share of `of`, rounded half away from zero to `places`.
fn share(share: &Share, of: Decimal, places: u32) -> Option<ShareAmount> {
    let exact = of
        .checked_mul(share.percent)?
        .checked_div(Decimal::ONE_HUNDRED)?;
    let mut amount = exact.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    amount.rescale(PAISA);
    Some(ShareAmount {
        name: share.name.clone(),
        percent: share.percent,
        of_inr: of,
        amount_inr: amount,
    })
}

fn bill(
    layout: &Layout,
    catalogue: &Catalogue,
    options: &BomOptions,
    lines: Vec<BomLine>,
) -> Option<Bom> {
    let works = sum(&lines, |_| true)?;
    let mut before_tax = works;
    let mut additions = Vec::new();
    for addition in &options.additions {
        let amount = share(addition, works, PAISA)?;
        before_tax = before_tax.checked_add(amount.amount_inr)?;
        additions.push(amount);
    }
    let mut total = before_tax;
    let mut taxes = Vec::new();
    for tax in &options.taxes {
        let amount = share(tax, before_tax, 0)?;
        total = total.checked_add(amount.amount_inr)?;
        taxes.push(amount);
    }
    let mut categories = Vec::new();
    for category in Category::ALL {
        if lines.iter().any(|line| line.category == category) {
            categories.push(CategoryTotal {
                category,
                amount_inr: sum(&lines, |line| line.category == category)?,
            });
        }
    }
    let mut unpriced: Vec<String> = Vec::new();
    for line in lines
        .iter()
        .filter(|line| line.status == LineStatus::Unpriced)
    {
        if !unpriced.contains(&line.material_name) {
            unpriced.push(line.material_name.clone());
        }
    }
    let area: i64 = layout.room_area_mm2() + layout.corridor_area_mm2();
    Some(Bom {
        currency: "INR".to_owned(),
        minor_unit: PAISA,
        catalogue: catalogue.name.clone(),
        sample_rates: catalogue.sample,
        options: options.clone(),
        categories,
        works_inr: works,
        additions,
        taxes,
        total_cost_inr: total,
        total_in_words: rupees(total),
        is_partial: !unpriced.is_empty(),
        unpriced,
        rooms: rooms(layout, &lines)?,
        doors: doors(layout),
        rules: rules(&lines),
        assumptions: assumptions(layout, catalogue, options),
        room_count: layout.rooms.len(),
        total_area_sqm: square_metres(area)?,
        line_items: lines,
    })
}

fn square_metres(mm2: i64) -> Option<Decimal> {
    Unit::Sqm.express(Exact::whole(i128::from(mm2))).rounded(2)
}

fn metres(mm: i64) -> Option<Decimal> {
    Unit::Metre.express(Exact::whole(i128::from(mm))).rounded(2)
}

fn rooms(layout: &Layout, lines: &[BomLine]) -> Option<Vec<RoomQuantities>> {
    spaces(layout)
        .iter()
        .map(|space| {
            Some(RoomQuantities {
                id: space.id.to_owned(),
                name: space.name.to_owned(),
                room_type: space.kind.to_owned(),
                area_sqm: square_metres(space.area_mm2)?,
                perimeter_m: metres(space.perimeter_mm)?,
                height_m: metres(layout.ceiling_height_mm)?,
                doors: space.openings.len(),
                amount_inr: sum(lines, |line| line.room_id == space.id)?,
            })
        })
        .collect()
}

fn doors(layout: &Layout) -> Vec<DoorQuantities> {
    let names: BTreeMap<&str, &str> = layout
        .rooms
        .iter()
        .map(|room| (room.id.as_str(), room.name.as_str()))
        .chain(
            layout
                .corridors
                .iter()
                .map(|corridor| (corridor.id.as_str(), corridor.name.as_str())),
        )
        .collect();
    layout
        .doors
        .iter()
        .map(|door| DoorQuantities {
            id: door.id.clone(),
            door_type: match door.door_type {
                DoorType::Single => "single",
                DoorType::Double => "double",
                DoorType::Sliding => "sliding",
            }
            .to_owned(),
            width_mm: door.leaf_mm,
            height_mm: door.height_mm,
            between: door.connects.clone().map(|id| {
                names
                    .get(id.as_str())
                    .map_or(id.clone(), |name| (*name).to_owned())
            }),
        })
        .collect()
}

fn rules(lines: &[BomLine]) -> Vec<RuleText> {
    RULES
        .iter()
        .filter(|rule| lines.iter().any(|line| line.rule == rule.id))
        .map(|rule| RuleText {
            id: rule.id.to_owned(),
            title: rule.title.to_owned(),
            formula: rule.formula.to_owned(),
            source: rule.source.to_owned(),
        })
        .collect()
}

fn assumptions(layout: &Layout, catalogue: &Catalogue, options: &BomOptions) -> Vec<String> {
    let mut said = Vec::new();
    if catalogue.sample {
        said.push("the rates are samples, not quotations".to_owned());
    }
    said.push(match options.measurement {
        Measurement::Net => "openings are deducted net on every face; no reveals".to_owned(),
        Measurement::Is1200 => {
            "openings by IS 1200 Part 13:1994, 3.1.1; dimensions are not rounded to 10 mm"
                .to_owned()
        }
    });
    said.push(format!(
        "walls and paint go up to the ceiling, {} mm",
        layout.ceiling_height_mm
    ));
    said.push("windows are not known to the layout, so nothing is deducted for them".to_owned());
    said.push(
        "the walls of the building are there; only their inner faces are finished".to_owned(),
    );
    if layout.rooms.iter().any(|room| !room.net_holes.is_empty()) {
        said.push("columns inside rooms are finished like walls".to_owned());
    }
    said.push(
        "loose furniture and equipment are in the bill where the catalogue sells them".to_owned(),
    );
    said
}
