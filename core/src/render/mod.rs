//! Pictures of what was read and what was laid out, and bills as files; pure.

mod bill;
mod label;
mod layout_svg;
mod plan_svg;
mod svg_text;

pub use bill::{bill_csv, bill_xlsx};
pub use layout_svg::layout_svg;
pub use plan_svg::plan_svg;
