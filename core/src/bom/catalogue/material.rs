//! One row of a catalogue.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::category::Category;
use crate::bom::unit::Unit;

/// What a rate buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Material and work in place: priced on the measured quantity, waste being in the rate.
    #[default]
    Installed,
    /// Material alone: priced on the ordered quantity, with waste and whole packs.
    Supply,
}

impl Basis {
    /// The name in JSON and CSV.
    pub const fn name(self) -> &'static str {
        match self {
            Basis::Installed => "installed",
            Basis::Supply => "supply",
        }
    }
}

/// A material with its rate. The first five fields are those of the older `materials` table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// A code that is unique in the catalogue.
    pub code: String,
    /// What it is called in a bill.
    pub material_name: String,
    /// Its category.
    pub category: Category,
    /// The unit that the rate is for.
    pub unit_of_measurement: Unit,
    /// The rate per unit in rupees; `None` when no price is known.
    pub cost_inr: Option<Decimal>,
    /// Key of the item it is used for, such as `floor.wet`; `None` to be told from its category
    /// and name, see [`Item::suits`](crate::bom::Item::suits).
    #[serde(default)]
    pub item: Option<String>,
    /// What the rate buys.
    #[serde(default)]
    pub basis: Basis,
    /// Waste in per cent of the measured quantity; `None` for that of the take-off rule.
    #[serde(default)]
    pub waste_percent: Option<Decimal>,
    /// It is sold in multiples of this many units; `None` for any quantity.
    #[serde(default)]
    pub pack_size: Option<Decimal>,
    /// Remarks, carried into the bill.
    #[serde(default)]
    pub notes: String,
    /// Its rates in price lists other than the base one, by the name of the list.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub other_rates: BTreeMap<String, Decimal>,
}

impl Material {
    /// The rate in the price list called `list`, the base one for `None`.
    ///
    /// A list that does not name this material has no rate for it: a bill of two lists mixed
    /// would be neither.
    pub fn rate(&self, list: Option<&str>) -> Option<Decimal> {
        match list {
            None => self.cost_inr,
            Some(list) => self.other_rates.get(list).copied(),
        }
    }
}
