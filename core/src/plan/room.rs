//! Rooms, by their outlines along the inner faces of walls.

use serde::{Deserialize, Serialize};

use super::geometry::Point;

/// A room with its outline along the inner faces of its walls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// Corners in order; the last is joined to the first.
    pub polygon: Vec<Point>,
    /// What stands inside and is no part of it: shafts, columns, rooms within the room.
    #[serde(default)]
    pub holes: Vec<Vec<Point>>,
    /// Its name, as printed inside or generated.
    pub name: String,
    /// Whether the name is generated because none is printed.
    #[serde(default)]
    pub name_is_generated: bool,
    /// Walls around it, as positions in [`Floorplan::walls`](super::Floorplan::walls).
    pub boundary_walls: Vec<usize>,
    /// Net area in square points, without the holes.
    pub area_sq_pt: f64,
    /// The same in square metres of the building; `None` without a scale.
    #[serde(default)]
    pub area_m2: Option<f64>,
    /// The area that is printed in it, in square metres.
    #[serde(default)]
    pub printed_area_m2: Option<f64>,
    /// How sure the reading is, in 0..=1.
    pub confidence: f64,
}
