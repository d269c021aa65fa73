//! Layout and catalogue into a bill of materials, exact to the paisa.
//!
//! Quantities are taken off by rules ([`RULES`]) in whole millimetres and exact fractions, and
//! rounded once, per line; amounts are decimal. No model, no network, no clock: the same layout
//! and rates give the same bill.

mod bill;
mod catalogue;
mod exact;
mod finishes;
mod in_words;
mod item;
mod options;
mod price;
mod rules;
mod table;
mod takeoff;
mod unit;

#[cfg(test)]
mod tests;

pub use bill::{
    Bom, BomLine, CategoryTotal, DoorQuantities, LineStatus, MeasuredPart, RoomQuantities,
    RuleText, ShareAmount,
};
pub use catalogue::{Basis, Catalogue, Category, CellError, CellErrors, Material};
pub use item::{FIXTURE, Item};
pub use options::{BomOptions, Measurement, Share};
pub use price::price;
pub use rules::{RULES, Rule, rule_by_id};
pub use table::csv_text;
pub use unit::{Quantity, Unit};
