//! Doors, windows and plain openings in walls.

use serde::{Deserialize, Serialize};

use super::geometry::Point;

/// A door, a window or a plain opening in a wall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// What closes it.
    #[serde(default)]
    pub kind: OpeningKind,
    /// Its middle, on the centre line of the wall.
    pub center: Point,
    /// One end of the clear width, on the centre line of the wall.
    #[serde(default)]
    pub a: Point,
    /// The other end.
    #[serde(default)]
    pub b: Point,
    /// Clear width along the wall, in points.
    pub width_pt: f64,
    /// The same in millimetres of the building; `None` without a scale.
    #[serde(default)]
    pub width_mm: Option<f64>,
    /// The wall it is in, as a position in [`Floorplan::walls`](super::Floorplan::walls).
    pub wall: Option<usize>,
    /// The leaves that turn, as drawn: one or two for a door, none where no swing is shown.
    #[serde(default)]
    pub leaves: Vec<Leaf>,
    /// Whether panels that slide along the wall are drawn.
    #[serde(default)]
    pub is_sliding: bool,
    /// How sure the reading is, in 0..=1.
    pub confidence: f64,
}

impl Opening {
    /// An opening from `a` to `b` with nothing drawn in it.
    pub fn between(kind: OpeningKind, a: Point, b: Point) -> Opening {
        Opening {
            kind,
            center: a.towards(b, 0.5).rounded(),
            a: a.rounded(),
            b: b.rounded(),
            width_pt: super::geometry::round3(a.distance(b)),
            width_mm: None,
            wall: None,
            leaves: Vec::new(),
            is_sliding: false,
            confidence: 0.5,
        }
    }
}

/// What closes an opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OpeningKind {
    /// A leaf or a panel.
    Door,
    /// Glass.
    Window,
    /// Nothing, as far as the drawing shows.
    #[default]
    Opening,
}

/// A leaf that turns, as drawn when open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Leaf {
    /// Where it hangs.
    pub hinge: Point,
    /// Its free edge when open; the side of the wall that this is on is the side it swings to.
    pub tip: Point,
}
