//! The model of an interior layout: plate, rooms, walls, doors, fixtures and what was asked for.
//!
//! Pure, and in whole millimetres throughout: x grows to the right, y downwards, as on a page.
//! Whoever makes a layout (the solver, a host's own source of candidates) and whoever reads one
//! (the checker, the bill of materials, the drawings) share these types and nothing else.

mod brief;
pub mod check;
mod geometry;
mod model;
pub mod overlay;
mod plate;
mod programme;
mod room_type;
pub mod rules;
mod violation;

pub use brief::{Brief, Link, RoomBrief};
pub use geometry::{MAX_COORDINATE_MM, Point, Rect, Ring};
pub use model::{
    Corridor, Door, DoorType, Fixture, Hinge, InteriorWall, Layout, OpenEdge, PerimeterWall,
    Placement, Room, Swing,
};
pub use plate::{Entrance, Plate, WindowSpan};
pub use programme::{
    Access, Adjacency, Daylight, FixtureChoice, Priority, Programme, Rating, RoomRequest,
    SquareMetres,
};
pub use room_type::{Anchor, FixtureSpec, RoomType, Sizes, make_a_home, room_type, room_types};
pub use violation::{Severity, Violation};
