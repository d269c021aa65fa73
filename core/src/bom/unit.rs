//! The units in which materials are measured and sold.

use serde::{Deserialize, Serialize};

use super::exact::Exact;

/// What is measured: nothing converts from one of these to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantity {
    /// Square millimetres.
    Area,
    /// Millimetres.
    Length,
    /// Pieces.
    Count,
}

/// A unit of a material.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Square foot: 92,903.04 mm².
    Sqft,
    /// Foot along a run: 304.8 mm.
    RunningFoot,
    /// Piece.
    Piece,
    /// Square metre.
    Sqm,
    /// Metre along a run.
    Metre,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 5] = [
        Unit::Sqft,
        Unit::RunningFoot,
        Unit::Piece,
        Unit::Sqm,
        Unit::Metre,
    ];

    /// The name in JSON and CSV.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Sqft => "sqft",
            Unit::RunningFoot => "running_foot",
            Unit::Piece => "piece",
            Unit::Sqm => "sqm",
            Unit::Metre => "metre",
        }
    }

    /// The unit called `name`, if there is one.
    pub fn from_name(name: &str) -> Option<Unit> {
        Unit::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// What it measures.
    pub const fn quantity(self) -> Quantity {
        match self {
            Unit::Sqft | Unit::Sqm => Quantity::Area,
            Unit::RunningFoot | Unit::Metre => Quantity::Length,
            Unit::Piece => Quantity::Count,
        }
    }

    /// The unit of the older bills for `quantity`, used where no material says another.
    pub const fn usual(quantity: Quantity) -> Unit {
        match quantity {
            Quantity::Area => Unit::Sqft,
            Quantity::Length => Unit::RunningFoot,
            Quantity::Count => Unit::Piece,
        }
    }

    /// `measured` in mm², mm or pieces, expressed in this unit.
    pub(crate) fn express(self, measured: Exact) -> Exact {
        let per_unit = match self {
            Unit::Sqft => Exact::ratio(100, 9_290_304),
            Unit::RunningFoot => Exact::ratio(10, 3_048),
            Unit::Piece => Exact::whole(1),
            Unit::Sqm => Exact::ratio(1, 1_000_000),
            Unit::Metre => Exact::ratio(1, 1_000),
        };
        measured.times(per_unit)
    }

    /// Decimals of a quantity in this unit. IS 1200 gives areas and lengths to 0.01.
    pub(crate) const fn places(self) -> u32 {
        match self {
            Unit::Piece => 0,
            _ => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foot_is_exact() {
        let sqft = Unit::Sqft.express(Exact::whole(9_290_304));
        assert_eq!(sqft, Exact::whole(100));
        let feet = Unit::RunningFoot.express(Exact::whole(3048));
        assert_eq!(feet, Exact::whole(10));
        assert_eq!(
            Unit::Sqm
                .express(Exact::whole(1_500_000))
                .rounded(2)
                .unwrap()
                .to_string(),
            "1.50"
        );
    }

    #[test]
    fn names_go_both_ways() {
        for unit in Unit::ALL {
            assert_eq!(Unit::from_name(unit.name()), Some(unit));
            assert_eq!(serde_json::to_value(unit).unwrap(), unit.name());
        }
    }
}
