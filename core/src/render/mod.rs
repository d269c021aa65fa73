//! Pictures of what was read, for people to look at.

mod svg;

pub use svg::plan_svg;
