//! Pictures of what was read, for people to look at.

mod plan_svg;
mod svg_text;

pub use plan_svg::plan_svg;
