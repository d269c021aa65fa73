//! The floor-plan model and its geometry, without I/O of any kind.
//!
//! Coordinates are PDF points (1/72 in) of the page as it is displayed: after rotation, crop and
//! user unit, origin at the top left, y growing downwards. Millimetres stand beside them where
//! the scale is known.

mod floorplan;
mod forms;
mod geometry;
mod opening;
mod room;

pub use floorplan::{
    Finding, Floorplan, Page, Scale, ScaleEvidence, ScaleProvenance, Source, TextRun, Wall,
    WallStyle,
};
pub use forms::{PlanScale, SpatialGraph, SpatialRoom, WallSegment};
pub(crate) use geometry::round3;
pub use geometry::{Matrix, Point, Rect, Segment};
pub use opening::{Leaf, Opening, OpeningKind};
pub use room::Room;
