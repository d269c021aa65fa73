//! What a row may hold. The limits keep every product of a bill within 28 digits.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Catalogue, Material};
use crate::bom::item::quantity_of;

/// Most rows of a catalogue.
pub(super) const MAX_ROWS: usize = 20_000;
/// Longest name, code or remark, in characters.
const MAX_TEXT: usize = 500;
/// Largest rate, in rupees per unit.
const MAX_RATE: i64 = 1_000_000_000;
/// Most decimals of a rate: a hundredth of a paisa.
const MAX_RATE_PLACES: u32 = 4;

/// The first fault with its row, field and description.
pub(super) fn first_fault(catalogue: &Catalogue) -> Option<(usize, &'static str, String)> {
    if catalogue.materials.len() > MAX_ROWS {
        let message = format!("more than {MAX_ROWS} materials");
        return Some((MAX_ROWS, "code", message));
    }
    let mut codes = BTreeSet::new();
    for (row, material) in catalogue.materials.iter().enumerate() {
        if let Some((field, message)) = fault_of(material) {
            return Some((row, field, message));
        }
        if !codes.insert(material.code.as_str()) {
            return Some((
                row,
                "code",
                format!("the code `{}` stands twice", material.code),
            ));
        }
    }
    None
}

pub(super) fn fault_of(material: &Material) -> Option<(&'static str, String)> {
    let texts = [
        ("code", &material.code, true),
        ("material_name", &material.material_name, true),
        ("notes", &material.notes, false),
    ];
    for (field, text, needed) in texts {
        if needed && text.trim().is_empty() {
            return Some((field, "is empty".to_owned()));
        }
        if text.chars().count() > MAX_TEXT {
            return Some((field, format!("is longer than {MAX_TEXT} characters")));
        }
        if text.chars().any(char::is_control) {
            return Some((field, "holds a control character".to_owned()));
        }
    }
    if let Some(message) = material.cost_inr.and_then(rate_fault) {
        return Some(("cost_inr", message));
    }
    for rate in material.other_rates.values() {
        if let Some(message) = rate_fault(*rate) {
            return Some(("other_rates", message));
        }
    }
    if let Some(message) = material.waste_percent.and_then(waste_fault) {
        return Some(("waste_percent", message));
    }
    if let Some(message) = material.pack_size.and_then(pack_fault) {
        return Some(("pack_size", message));
    }
    let key = material.item.as_deref()?;
    let unit = material.unit_of_measurement;
    match quantity_of(key) {
        None => Some(("item", format!("there is no item `{}`", shortened(key)))),
        Some(quantity) if quantity != unit.quantity() => {
            let message = format!("`{}` cannot measure the item `{key}`", unit.name());
            Some(("unit_of_measurement", message))
        }
        Some(_) => None,
    }
}

pub(super) fn rate_fault(rate: Decimal) -> Option<String> {
    if rate.is_sign_negative() && !rate.is_zero() {
        return Some(format!("{rate} is negative"));
    }
    if rate > Decimal::from(MAX_RATE) {
        return Some(format!("{rate} is more than {MAX_RATE}"));
    }
    (rate.normalize().scale() > MAX_RATE_PLACES)
        .then(|| format!("{rate} has more than {MAX_RATE_PLACES} decimals"))
}

pub(super) fn waste_fault(waste: Decimal) -> Option<String> {
    let fits = waste >= Decimal::ZERO && waste <= Decimal::ONE_HUNDRED;
    (!fits || waste.normalize().scale() > 2)
        .then(|| format!("{waste} is not a percentage of 0 to 100 with two decimals"))
}

pub(super) fn pack_fault(pack: Decimal) -> Option<String> {
    let fits = pack > Decimal::ZERO && pack <= Decimal::from(100_000);
    (!fits || pack.normalize().scale() > 4)
        .then(|| format!("{pack} is not a pack of more than 0 and at most 100000 units"))
}

/// At most forty characters of a text from outside, for an error.
pub(super) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
