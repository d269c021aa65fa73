//! The library of room types: usual and least sizes, needs, and the fixtures that belong in.
//!
//! The table is data (`room_types.json`). Each row names where its figures come from and whether
//! that source was read (`verified`) or they are common practice.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::programme::Daylight;

/// A kind of room.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomType {
    /// Stable key, such as `private_office`.
    pub key: String,
    /// For people, singular, such as `Private office`.
    pub name: String,
    /// Other words for the same, lower case and singular.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// What it serves: `clinic`, `office`, `retail`, `hospitality`, `education`, `home`,
    /// `service` or `general`.
    pub group: String,
    /// Usual net area in m².
    pub area_m2: f64,
    /// Net area in m² below which it is of no use.
    pub min_area_m2: f64,
    /// Side of the square that must fit in.
    pub min_width_mm: i64,
    /// Longest side over shortest that still looks right.
    pub max_aspect: f64,
    /// Whether it has plumbing.
    #[serde(default)]
    pub wet: bool,
    /// Its wish for daylight.
    #[serde(default)]
    pub daylight: Daylight,
    /// Whether others may be reached through it.
    #[serde(default)]
    pub public: bool,
    /// Net area in m² for each seat or person, where it is sized by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub m2_per_seat: Option<f64>,
    /// Width of its door's leaf; that of the rules if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub door_leaf_mm: Option<i64>,
    /// What stands in it, the most important first.
    #[serde(default)]
    pub fixtures: Vec<FixtureSpec>,
    /// Its sizes at home, where they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_home: Option<Sizes>,
    /// Where the figures come from.
    pub source: String,
    /// Whether that source was read, or the figures are common practice.
    pub verified: bool,
}

/// How large a room is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Usual net area in m².
    pub area_m2: f64,
    /// Net area in m² below which it is of no use.
    pub min_area_m2: f64,
    /// Side of the square that must fit in.
    pub min_width_mm: i64,
}

impl RoomType {
    /// Its sizes, which for some are others at home.
    pub fn sizes(&self, at_home: bool) -> Sizes {
        let everywhere = Sizes {
            area_m2: self.area_m2,
            min_area_m2: self.min_area_m2,
            min_width_mm: self.min_width_mm,
        };
        self.at_home.filter(|_| at_home).unwrap_or(everywhere)
    }
}

/// Whether rooms of these types make a home: somebody has a bedroom there.
pub fn make_a_home<'a>(mut room_types: impl Iterator<Item = &'a str>) -> bool {
    room_types.any(|key| matches!(key, "bedroom" | "master_bedroom" | "studio_room"))
}

/// A fixture of a room type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixtureSpec {
    /// What it is, such as `desk`.
    pub kind: String,
    /// Across its front.
    pub width_mm: i64,
    /// From front to back.
    pub depth_mm: i64,
    /// Smaller sizes that will do, largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or_mm: Vec<[i64; 2]>,
    /// Free space in front, to its right, behind and to its left.
    #[serde(default)]
    pub clearance_mm: [i64; 4],
    /// How it stands.
    pub anchor: Anchor,
    /// How many at least.
    #[serde(default = "one")]
    pub count: u32,
    /// One for each so many square metres of the room, if that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_m2: Option<f64>,
    /// One for each so many seats, if that is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_seats: Option<f64>,
    /// How many at most.
    #[serde(default = "many")]
    pub most: u32,
    /// Whether the room is wrong without it; others are left out where they do not fit.
    #[serde(default)]
    pub required: bool,
}

const fn one() -> u32 {
    1
}

const fn many() -> u32 {
    200
}

/// How a fixture stands in its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Anchor {
    /// Back against a wall.
    Wall,
    /// Back against a wall, in a corner.
    Corner,
    /// In the middle of the room.
    Centre,
    /// In rows over the room.
    Rows,
}

/// Every type, in a fixed order.
pub fn room_types() -> &'static [RoomType] {
    static TYPES: OnceLock<Vec<RoomType>> = OnceLock::new();
    // The table is part of the program and a test reads it; nothing at run time can make it fail.
    TYPES.get_or_init(|| serde_json::from_str(include_str!("room_types.json")).unwrap_or_default())
}

/// The type with this key.
pub fn room_type(key: &str) -> Option<&'static RoomType> {
    room_types().iter().find(|kind| kind.key == key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_read_and_its_rows_make_sense() {
        let types: Vec<RoomType> = serde_json::from_str(include_str!("room_types.json")).unwrap();
        assert!(types.len() >= 50, "{} types", types.len());
        let keys: BTreeSet<_> = types.iter().map(|kind| kind.key.as_str()).collect();
        assert_eq!(keys.len(), types.len(), "keys are unique");
        for kind in &types {
            let key = &kind.key;
            assert!(
                kind.min_area_m2 > 0.0 && kind.min_area_m2 <= kind.area_m2,
                "{key}"
            );
            let width = kind.min_width_mm as f64 / 1000.0;
            assert!(
                width >= 0.85 && width * width <= kind.min_area_m2 + 1e-9,
                "{key}"
            );
            assert!((1.0..=6.0).contains(&kind.max_aspect), "{key}");
            if let Some(home) = kind.at_home {
                assert!(home.area_m2 < kind.area_m2, "{key} is smaller at home");
                assert!(
                    home.min_area_m2 > 0.0 && home.min_area_m2 <= home.area_m2,
                    "{key}"
                );
                let width = home.min_width_mm as f64 / 1000.0;
                assert!(width * width <= home.min_area_m2 + 1e-9, "{key}");
            }
            assert!(!kind.source.is_empty(), "{key} names its source");
            for fixture in &kind.fixtures {
                assert!(
                    fixture.width_mm > 0 && fixture.depth_mm > 0,
                    "{key}: {}",
                    fixture.kind
                );
                assert!(fixture.clearance_mm.iter().all(|side| *side >= 0), "{key}");
            }
        }
    }

    #[test]
    fn a_room_to_pray_is_small_where_somebody_sleeps() {
        let kind = room_type("prayer_room").unwrap();
        assert_eq!(kind.sizes(false).area_m2, 9.0);
        assert_eq!(kind.sizes(true).area_m2, 3.5);
        let kitchen = room_type("kitchen").unwrap();
        assert_eq!(kitchen.sizes(true), kitchen.sizes(false));
        assert!(make_a_home(["kitchen", "bedroom"].into_iter()));
        assert!(!make_a_home(["private_office", "prayer_room"].into_iter()));
    }

    #[test]
    fn no_word_means_two_types() {
        let mut seen = BTreeSet::new();
        for kind in room_types() {
            for word in &kind.synonyms {
                assert_eq!(*word, word.to_lowercase());
                assert!(
                    seen.insert(word.clone()),
                    "`{word}` of {} means two types",
                    kind.key
                );
            }
        }
    }
}
