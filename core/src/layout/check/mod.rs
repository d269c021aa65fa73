//! The independent checker: holds a layout against its plate, its brief and the rules.
//!
//! It knows nothing of how a layout was made, and measures everything anew from outlines and
//! walls; what a layout says about itself (areas, sides of walls) is checked too. Tests are exact
//! in whole millimetres; only outlines that run aslant get a millimetre for rounding.
//!
//! The seven codes of the older application keep their names: `ROOM_NOT_ENCLOSED`,
//! `ROOM_OVERLAP`, `CORRIDOR_TOO_NARROW`, `DOOR_SWING_BLOCKED`, `AREA_EXCEEDS_PERIMETER`,
//! `FIXTURE_OUTSIDE_ROOM`, `FIXTURE_OVERLAP`. What they mean differs on purpose: see the tests in
//! `tests/older.rs`.

mod clear_width;
mod closeness;
mod corridors;
mod cover;
mod doors;
mod enclosure;
mod fixtures;
mod free_parts;
mod free_rows;
mod ids;
mod reach;
mod sector;
mod spaces;
#[cfg(test)]
mod tests;
mod view;
mod walls;

pub(crate) use clear_width::FreeSpace;
pub(crate) use closeness::{SharedWalls, is_near, lit_length};
pub(crate) use corridors::{clear_width, networks};
pub(crate) use cover::Cover;
pub(crate) use doors::place_of;
pub(crate) use fixtures::front_of;
pub(crate) use reach::Ways;
pub(crate) use sector::Sector;
pub(crate) use view::View;

use super::brief::Brief;
use super::model::Layout;
use super::plate::Plate;
use super::rules::Rules;
use super::violation::{Severity, Violation};

/// Everything that is wrong with `layout`, or could be better: errors first, in a fixed order.
///
/// A layout without an error is valid: every room is enclosed, of sufficient size, inside the
/// plate, apart from the others and reachable, and every door opens.
pub fn check(layout: &Layout, plate: &Plate, brief: &Brief, rules: &Rules) -> Vec<Violation> {
    let view = View::new(layout, plate, brief, rules);
    let mut found = Findings {
        list: Vec::new(),
        rules,
    };
    ids::check(&view, &mut found);
    spaces::check(&view, &mut found);
    enclosure::check(&view, &mut found);
    walls::check(&view, &mut found);
    doors::check(&view, &mut found);
    reach::check(&view, &mut found);
    corridors::check(&view, &mut found);
    closeness::check(&view, &mut found);
    fixtures::check(&view, &mut found);
    let mut list = found.list;
    // Stable: within a severity the order of the checks, and in it that of the layout.
    list.sort_by_key(|violation| violation.severity);
    list
}

/// Whether there is an error among `violations`.
pub fn has_errors(violations: &[Violation]) -> bool {
    violations
        .iter()
        .any(|violation| violation.severity == Severity::Error)
}

/// Collects findings.
struct Findings<'a> {
    list: Vec<Violation>,
    rules: &'a Rules,
}

/// What was measured, against which limit.
#[derive(Clone, Copy)]
struct Measure {
    measured: Option<i64>,
    limit: Option<i64>,
}

impl Measure {
    const NONE: Measure = Measure {
        measured: None,
        limit: None,
    };

    const fn against(measured: i64, limit: i64) -> Measure {
        Measure {
            measured: Some(measured),
            limit: Some(limit),
        }
    }
}

impl Findings<'_> {
    fn error(&mut self, code: &str, elements: &[&str], measure: Measure, message: String) {
        self.push(Severity::Error, code, elements, measure, message);
    }

    fn warning(&mut self, code: &str, elements: &[&str], measure: Measure, message: String) {
        self.push(Severity::Warning, code, elements, measure, message);
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &str,
        elements: &[&str],
        measure: Measure,
        message: String,
    ) {
        self.list.push(Violation {
            code: code.to_owned(),
            severity,
            message,
            elements: elements.iter().map(|id| (*id).to_owned()).collect(),
            measured: measure.measured,
            limit: measure.limit,
            rule_ref: self.rules.reference(code),
        });
    }
}
