//! The take-off rules: what is measured, by which formula, with how much waste, and from where.
//!
//! h height to the ceiling, P net perimeter of a room without open sides, A net area, L length of
//! a wall, o openings, w and t width and thickness of a door's opening and wall.

use serde::Serialize;

use super::unit::Quantity;
use Quantity::{Area, Count, Length};

/// One rule.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// The id that lines name.
    pub id: &'static str,
    /// What it measures, for people.
    pub title: &'static str,
    /// The formula.
    pub formula: &'static str,
    /// What kind of quantity comes of it.
    pub quantity: Quantity,
    /// Waste in per cent where the material gives none; for what is bought by the measure.
    pub waste_percent: u32,
    /// Where the formula or the waste comes from.
    pub source: &'static str,
}

const PRACTICE: &str = "common practice of estimating; not taken from a standard";
const OPENINGS: &str = "openings by the chosen profile: `net`, or IS 1200 Part 13:1994, 3.1.1";

const fn rule(
    id: &'static str,
    title: &'static str,
    formula: &'static str,
    quantity: Quantity,
    waste_percent: u32,
    source: &'static str,
) -> Rule {
    Rule {
        id,
        title,
        formula,
        quantity,
        waste_percent,
        source,
    }
}

/// Every rule, in the order in which a bill lists their lines.
pub const RULES: &[Rule] = &[
    rule(
        "W1",
        "Partitions",
        "sum over walls of L * h - o; L along the centre line, less half the thickness of a wall that it abuts",
        Area,
        10,
        "board waste of 10 % is usual in trade guides; openings by the chosen profile",
    ),
    rule(
        "F1",
        "Floor finish",
        "A + sum over doors of w * t / 2",
        Area,
        10,
        "tile waste of 10 % laid straight (TCNA, as cited in trade guides)",
    ),
    rule(
        "F2",
        "Floor finish of special rooms",
        "as F1; anti-skid, anti-static or raised instead of the usual floor",
        Area,
        10,
        "as F1",
    ),
    rule("C1", "Ceilings", "A", Area, 5, PRACTICE),
    rule("C2", "Ceilings of wet rooms", "A", Area, 5, PRACTICE),
    rule(
        "D1",
        "Doors",
        "1 for each door; a pair of leaves is one",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D2",
        "Door frames",
        "w + 2 * height of the opening",
        Length,
        5,
        PRACTICE,
    ),
    rule(
        "D3",
        "Handles",
        "1 for each hinged leaf",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D4",
        "Locks, or indicator bolts in sanitary rooms",
        "1 for each hinged door",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D5",
        "Closers",
        "1 for each hinged leaf",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D6",
        "Hinges",
        "3 for each hinged leaf (a pair and a half)",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D7",
        "Door stops",
        "1 for each hinged leaf",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "D8",
        "Sliding gear",
        "1 for each sliding door",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "P1",
        "Primer on walls",
        "(P * (h - dado) - o + reveals) * 1 coat",
        Area,
        5,
        OPENINGS,
    ),
    rule(
        "P2",
        "Paint on walls",
        "(P * (h - dado) - o + reveals) * 2 coats",
        Area,
        5,
        OPENINGS,
    ),
    rule(
        "P3",
        "Paint on ceilings",
        "A * 2 coats, where the ceiling is of gypsum or plaster",
        Area,
        5,
        PRACTICE,
    ),
    rule(
        "P4",
        "Paint on doors",
        "2 faces * w * height * 1.20 * 2 coats, for doors of wood",
        Area,
        8,
        "IS 1200 Part 15: flush doors, measured flat, times 1.20 for each side",
    ),
    rule(
        "E1",
        "Light points",
        "ceil(lux * A / (3600 lm * 0.6 * 0.8))",
        Count,
        0,
        "lumen method; lux by type of room, flux and factors are common practice",
    ),
    rule(
        "E2",
        "Socket outlets",
        "max(2, ceil(A / 3 m2)); 1 in sanitary rooms; ceil(A / 10 m2) in corridors",
        Count,
        0,
        "rule of the older application; corridors and sanitary rooms are practice",
    ),
    rule(
        "E3",
        "Switchboards",
        "1 for each room and corridor",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "E4",
        "Data outlets",
        "2 for each workstation, desk and reception counter",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "E5",
        "Air-conditioner points",
        "ceil(A / 15 m2), where people stay",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "E6",
        "Exhaust fan points",
        "1 for each sanitary room and kitchen",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "E7",
        "Distribution boards",
        "ceil(ways / 24); ways = ceil(lights / 10) + ceil(sockets / 4) + air conditioners",
        Count,
        0,
        PRACTICE,
    ),
    rule(
        "B1",
        "Skirting",
        "P - sum of door widths; not where walls are tiled",
        Length,
        10,
        PRACTICE,
    ),
    rule(
        "X1",
        "Waterproofing",
        "A + (P - door widths) * upturn; 300 mm, 1800 mm around showers",
        Area,
        10,
        "overlaps of 10 % are usual; heights are common practice",
    ),
    rule(
        "X2",
        "Wall tiles",
        "P * 2100 mm - o",
        Area,
        10,
        "dado height is common practice; openings by the chosen profile",
    ),
    rule(
        "X3",
        "Backsplash",
        "length of counters * 600 mm",
        Area,
        10,
        PRACTICE,
    ),
    rule(
        "X4",
        "Fixtures",
        "as many as the layout has",
        Count,
        0,
        "counted",
    ),
    rule(
        "X5",
        "Counters",
        "sum of the lengths of counters and benches",
        Length,
        0,
        "measured",
    ),
    rule(
        "X6",
        "Room signs",
        "1 for each door of a room",
        Count,
        0,
        PRACTICE,
    ),
];

/// The rule with this id.
pub fn rule_by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_formulas_are_given() {
        for (n, rule) in RULES.iter().enumerate() {
            assert_eq!(RULES.iter().position(|other| other.id == rule.id), Some(n));
            assert!(!rule.formula.is_empty() && !rule.source.is_empty());
        }
    }
}
