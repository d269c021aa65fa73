//! From an arrangement of boxes to a layout: outlines, walls, doors, fixtures.

mod doors;
mod fixtures;
mod spaces;
mod walls;

pub(super) use doors::leaf_of;

use super::solve::Arrangement;
use crate::layout::rules::Rules;
use crate::layout::{Brief, Layout, Plate};

/// What is built of new walls.
pub(super) const MATERIAL: &str = "drywall";

/// A layout and what was left out of it.
pub(super) struct Built {
    /// The layout.
    pub(super) layout: Layout,
    /// Fixtures that did not fit: room id and kind.
    pub(super) left_out: Vec<(String, String)>,
    /// How many fixtures were wanted.
    pub(super) fixtures_wanted: usize,
}

/// Builds a layout. The error says why the boxes cannot be built as they are: a room falls apart,
/// or finds no wall for its door.
pub(super) fn build(
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    corridor: i64,
    arrangement: &Arrangement,
) -> Result<Built, String> {
    let mut layout = spaces::spaces(plate, brief, rules, corridor, arrangement)?;
    doors::place(plate, brief, rules, &mut layout)?;
    let (left_out, fixtures_wanted) = fixtures::place(plate, brief, rules, &mut layout);
    spaces::describe(plate, &mut layout);
    Ok(Built {
        layout,
        left_out,
        fixtures_wanted,
    })
}
