//! A programme resolved to single rooms with numbers: what the solver aims at and the checker
//! holds a layout against.

use serde::{Deserialize, Serialize};

use super::programme::{Daylight, Priority, Rating};

/// Every single room that is wanted, and the wishes between them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Brief {
    /// In the order of the programme.
    pub rooms: Vec<RoomBrief>,
    /// Wishes about closeness.
    pub links: Vec<Link>,
}

/// One room that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomBrief {
    /// Unique, such as `operatory-2`.
    pub id: String,
    /// The request it comes from; `None` for space that is left over.
    pub request: Option<String>,
    /// For people.
    pub name: String,
    /// Key of the room-type library.
    pub room_type: String,
    /// Net area that was asked for or is usual, in mm².
    pub requested_mm2: i64,
    /// Net area that is aimed at after scaling to the plate, in mm².
    pub target_mm2: i64,
    /// Net area below which the layout is wrong, in mm².
    pub min_mm2: i64,
    /// Side of the square that must fit in, in mm.
    pub min_width_mm: i64,
    /// Longest side over shortest, in thousandths; a wish.
    pub max_aspect_permille: i64,
    /// Its wish for daylight.
    pub daylight: Daylight,
    /// Whether it may be left out.
    pub priority: Priority,
    /// Whether it has plumbing.
    pub wet: bool,
    /// Whether others may be reached through it.
    pub public: bool,
    /// Whether it gets its type's fixtures.
    pub fixtures: bool,
    /// Persons or seats it is for.
    pub seats: Option<u32>,
    /// Positions of the rooms it may be reached through, any of them; empty for a corridor or a
    /// public room.
    pub via: Vec<usize>,
}

/// Each room of `from` wants to be beside at least one of `to` (for X: beside none).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Positions in [`Brief::rooms`].
    pub from: Vec<usize>,
    /// Positions in [`Brief::rooms`].
    pub to: Vec<usize>,
    /// How strongly.
    pub rating: Rating,
}
