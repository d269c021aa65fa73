//! A bill of materials: its lines, totals and everything needed to check it by hand.
//!
//! Money and quantities are decimal and stand as texts in JSON, so that no reader makes binary
//! fractions of them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::catalogue::{Basis, Category};
use super::options::{BomOptions, Measurement};
use super::unit::Unit;

/// A priced bill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bom {
    /// `INR`.
    pub currency: String,
    /// Decimals of an amount: 2, the paisa.
    pub minor_unit: u32,
    /// Name of the catalogue, and whether its rates are samples.
    pub catalogue: String,
    /// Whether the rates are samples and no offer.
    pub sample_rates: bool,
    /// How it was made.
    pub options: BomOptions,
    /// Every line, in the order of the rules, rooms before corridors.
    pub line_items: Vec<BomLine>,
    /// The lines' amounts by category, in the order of a bill.
    pub categories: Vec<CategoryTotal>,
    /// The sum of all lines.
    pub works_inr: Decimal,
    /// Shares of the works, each rounded to the paisa.
    pub additions: Vec<ShareAmount>,
    /// Shares of works and additions, each rounded to the rupee.
    pub taxes: Vec<ShareAmount>,
    /// Works, additions and taxes.
    pub total_cost_inr: Decimal,
    /// The total in words.
    pub total_in_words: String,
    /// Whether something in the scope has no price, so that the total is too low.
    pub is_partial: bool,
    /// What has no price, each once.
    pub unpriced: Vec<String>,
    /// Rooms and corridors with what was measured of them.
    pub rooms: Vec<RoomQuantities>,
    /// Doors.
    pub doors: Vec<DoorQuantities>,
    /// The rules that lines name, with formula and source.
    pub rules: Vec<RuleText>,
    /// What was assumed, for people.
    pub assumptions: Vec<String>,
    /// Number of rooms.
    pub room_count: usize,
    /// Net area of rooms and corridors in m², rounded to 0.01.
    pub total_area_sqm: Decimal,
}

/// One line. The first eight fields are those of the older bills.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BomLine {
    /// Name of the material; of the item where there is none.
    pub material_name: String,
    /// Its category.
    pub category: Category,
    /// The quantity that is priced, in `unit`: measured or ordered, see `basis`.
    pub quantity: Decimal,
    /// The unit.
    pub unit: Unit,
    /// The rate; `None` when no price is known.
    pub rate_inr: Option<Decimal>,
    /// Quantity times rate, rounded to the paisa, half away from zero.
    pub amount_inr: Option<Decimal>,
    /// Name of the room; empty for what belongs to none.
    pub room_name: String,
    /// Remarks.
    pub notes: String,
    /// Position in the bill, from 1.
    pub item_no: usize,
    /// Whether it has a price.
    pub status: LineStatus,
    /// Id of the take-off rule.
    pub rule: String,
    /// Key of the item.
    pub item: String,
    /// Code of the material in its catalogue; empty when there is none.
    pub material_code: String,
    /// MasterFormat section, where there is one.
    pub section: String,
    /// Id of the room or corridor; empty for what belongs to none.
    pub room_id: String,
    /// What the rate buys.
    pub basis: Basis,
    /// As measured.
    pub quantity_measured: Decimal,
    /// Waste in per cent.
    pub waste_percent: Decimal,
    /// It is sold in multiples of this.
    pub pack_size: Option<Decimal>,
    /// With waste, in whole packs: what to order.
    pub quantity_ordered: Decimal,
    /// How openings were measured.
    pub measurement: Measurement,
    /// The elements of the layout it comes from, each once.
    pub elements: Vec<String>,
    /// How it was measured, part by part.
    pub measured_from: Vec<MeasuredPart>,
}

/// Whether a line has a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineStatus {
    /// It has.
    Priced,
    /// It has none, and the total is too low without it.
    Unpriced,
    /// Loose furniture and equipment that the catalogue does not sell: listed, not in the scope.
    Excluded,
}

impl LineStatus {
    /// The name in JSON and CSV.
    pub const fn name(self) -> &'static str {
        match self {
            LineStatus::Priced => "priced",
            LineStatus::Unpriced => "unpriced",
            LineStatus::Excluded => "excluded",
        }
    }
}

/// One part of a measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasuredPart {
    /// The element of the layout.
    pub element: String,
    /// The figures it was worked out from, in metres.
    pub working: String,
    /// What came of it, in the line's unit, rounded to four decimals for reading; the line itself
    /// is rounded from exact numbers.
    pub quantity: Decimal,
}

/// The amount of a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryTotal {
    /// The category.
    pub category: Category,
    /// The sum of its lines.
    pub amount_inr: Decimal,
}

/// A share with its amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareAmount {
    /// What it is.
    pub name: String,
    /// In per cent.
    pub percent: Decimal,
    /// What it is a share of.
    pub of_inr: Decimal,
    /// The amount.
    pub amount_inr: Decimal,
}

/// What was measured of a room or corridor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomQuantities {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its type; `corridor` for a corridor.
    pub room_type: String,
    /// Net area in m², to 0.01.
    pub area_sqm: Decimal,
    /// Length of its walls' faces in m, to 0.01.
    pub perimeter_m: Decimal,
    /// Height to the ceiling in m.
    pub height_m: Decimal,
    /// Number of doors.
    pub doors: usize,
    /// The sum of its lines.
    pub amount_inr: Decimal,
}

/// A door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoorQuantities {
    /// Its id.
    pub id: String,
    /// `single`, `double` or `sliding`.
    pub door_type: String,
    /// Width of the opening in mm.
    pub width_mm: i64,
    /// Height of the opening in mm.
    pub height_mm: i64,
    /// The spaces it joins, by name.
    pub between: [String; 2],
}

/// A rule as lines name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// Its id.
    pub id: String,
    /// What it measures.
    pub title: String,
    /// Its formula.
    pub formula: String,
    /// Where it comes from.
    pub source: String,
}
