//! The space that is given: outline, obstacles, entrances and where daylight comes in.

use serde::{Deserialize, Serialize};

use super::geometry::Ring;
use super::model::Placement;

/// A plate: what a layout has to fit into. Coordinates as those of the layout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plate {
    /// The outline along the inner faces of the perimeter walls, clockwise on the page.
    pub inner_outline: Ring,
    /// Columns, shafts and cores, which nothing may cover.
    pub obstacles: Vec<Ring>,
    /// Where people come in; empty when the layout may choose.
    pub entrances: Vec<Entrance>,
    /// For each edge of `inner_outline`, whether daylight comes through it.
    pub daylight: Vec<bool>,
    /// Windows; with any given, only they bring daylight.
    pub windows: Vec<WindowSpan>,
    /// Where pipes rise, if that is known.
    pub wet_points: Vec<super::Point>,
    /// Thickness of the perimeter walls.
    pub exterior_wall_mm: i64,
    /// Height from floor to ceiling.
    pub ceiling_height_mm: i64,
    /// How the source's coordinates became these.
    pub placement: Placement,
}

/// An opening in the perimeter through which people come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrance {
    /// Edge of the inner outline, from 0.
    pub edge: usize,
    /// From the start of that edge.
    pub from_mm: i64,
    /// Width of the opening.
    pub width_mm: i64,
}

/// A window in the perimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowSpan {
    /// Edge of the outline, from 0.
    pub edge: usize,
    /// From the start of that edge.
    pub from_mm: i64,
    /// Width of the opening.
    pub width_mm: i64,
    /// Height of its sill above the floor.
    #[serde(default)]
    pub sill_mm: i64,
    /// Height of the opening.
    #[serde(default)]
    pub height_mm: i64,
}

#[cfg(test)]
impl Plate {
    /// A plate of which nothing but the outline is known; for tests.
    pub(crate) fn bare(inner_outline: Ring) -> Plate {
        Plate {
            inner_outline,
            obstacles: Vec::new(),
            entrances: Vec::new(),
            daylight: Vec::new(),
            windows: Vec::new(),
            wet_points: Vec::new(),
            exterior_wall_mm: 200,
            ceiling_height_mm: 2_700,
            placement: Placement::default(),
        }
    }

    /// The same from its corners.
    pub(crate) fn of_corners(corners: &[[i64; 2]]) -> Plate {
        Plate::bare(Ring::new(
            corners.iter().copied().map(super::Point::from).collect(),
        ))
    }
}

impl Plate {
    /// Area inside the inner faces, obstacles deducted, in mm².
    pub fn usable_mm2(&self) -> i64 {
        self.inner_outline.area() - self.obstacles.iter().map(Ring::area).sum::<i64>()
    }
}
