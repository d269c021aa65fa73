//! What is wanted: rooms with their areas, which of them belong together, how they are reached.

use serde::{Deserialize, Serialize};

/// Square metres as people write them; whole square millimetres inside.
pub type SquareMetres = f64;

/// A structured programme. Words are turned into one before anything is laid out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Programme {
    /// What is wanted.
    pub rooms: Vec<RoomRequest>,
    /// Which rooms belong together, and which apart.
    pub adjacency: Vec<Adjacency>,
    /// Rooms that are reached through another one instead of from a corridor.
    pub access: Vec<Access>,
}

/// One or several rooms of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoomRequest {
    /// Unique in the programme; rooms are named after it.
    pub id: String,
    /// Key of the room-type library, such as `operatory`.
    #[serde(rename = "type")]
    pub room_type: String,
    /// What to call it; the type's own name if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many of them.
    #[serde(default = "one")]
    pub count: u32,
    /// Net area of each; the type's usual one if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_m2: Option<SquareMetres>,
    /// Net area below which it is of no use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_area_m2: Option<SquareMetres>,
    /// Side of the square that must fit in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_width_mm: Option<i64>,
    /// Longest side over shortest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_aspect: Option<f64>,
    /// How much it wants to be at a side with daylight; the type's own wish if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daylight: Option<Daylight>,
    /// Whether it may be left out if there is no space.
    #[serde(default)]
    pub priority: Priority,
    /// Whether it has plumbing; as its type has if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wet: Option<bool>,
    /// Persons or seats it is for: sizes rooms that have no area, and their fixtures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u32>,
    /// `default` places the type's fixtures, `none` leaves the room empty.
    #[serde(default)]
    pub fixtures: FixtureChoice,
}

const fn one() -> u32 {
    1
}

/// Whether a room gets the fixtures of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixtureChoice {
    /// Those of its type.
    #[default]
    Default,
    /// None at all.
    None,
}

/// How much a room wants daylight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Daylight {
    /// Not at all.
    #[default]
    None,
    /// If it can be had.
    Preferred,
    /// A layout without it has a warning.
    Required,
}

/// Whether a room may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// It must be there.
    #[default]
    Required,
    /// It is left out before anything required is.
    Optional,
}

/// A wish about two kinds of room. Each of the rarer kind wants to be beside one of the other; of
/// equally many, the first beside the first, the second beside the second.
///
/// `a` and `b` are ids of requests, or of single rooms (`op-2`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjacency {
    /// One side.
    pub a: String,
    /// The other side.
    pub b: String,
    /// How strongly.
    pub rating: Rating,
}

/// Muther's closeness ratings (Systematic Layout Planning).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rating {
    /// Absolutely necessary: share a wall.
    A,
    /// Especially important.
    E,
    /// Important.
    I,
    /// Ordinary closeness.
    O,
    /// Unimportant.
    U,
    /// Apart: no common wall.
    X,
}

impl Rating {
    /// The weight that is usual for the class: A 8, E 4, I 2, O 1, U 0; X counts against.
    pub const fn weight(self) -> i64 {
        match self {
            Rating::A => 8,
            Rating::E => 4,
            Rating::I => 2,
            Rating::O => 1,
            Rating::U | Rating::X => 0,
        }
    }
}

/// A room that is reached through another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The request (or single room) behind.
    pub room: String,
    /// The request (or single room) that leads there.
    pub via: String,
}
