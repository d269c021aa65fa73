//! Quantities out of a layout, by the rules of [`super::rules`].
//!
//! Each wall is measured once and each face painted once: walls come from the list of walls,
//! finishes from the rooms. Nothing here knows a price.

mod doors;
mod electrical;
mod fixtures;
mod openings;
mod spaces;
mod surfaces;
mod walls;

use super::exact::Exact;
use super::options::Measurement;
use super::rules::{RULES, Rule, rule_by_id};
use crate::layout::Layout;

pub(crate) use spaces::{Space, spaces};

/// One quantity of one item, in one room or (for what belongs to none) in the whole.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) rule: &'static Rule,
    /// Key of the item.
    pub(crate) item: String,
    /// Id and name of the room or corridor.
    pub(crate) room: Option<(String, String)>,
    /// What it is the sum of.
    pub(crate) parts: Vec<Part>,
    pub(crate) note: String,
}

/// One entry of the measurement book.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The element of the layout that is measured.
    pub(crate) element: String,
    /// How, in figures: `5.000 x 2.700`.
    pub(crate) working: String,
    /// In mm², mm or pieces.
    pub(crate) quantity: Exact,
}

impl Taken {
    /// The whole quantity, in mm², mm or pieces.
    pub(crate) fn quantity(&self) -> Exact {
        self.parts
            .iter()
            .fold(Exact::ZERO, |sum, part| sum.plus(part.quantity))
    }
}

/// What the takers share.
struct Site<'a> {
    layout: &'a Layout,
    spaces: Vec<Space<'a>>,
    profile: Measurement,
    /// Whether a ceiling of this item is painted.
    is_painted: &'a dyn Fn(&str) -> bool,
    taken: Vec<Taken>,
}

/// Takes off everything; in the order of the rules, rooms before corridors.
pub(crate) fn take_off(
    layout: &Layout,
    profile: Measurement,
    is_painted: &dyn Fn(&str) -> bool,
) -> Vec<Taken> {
    let mut site = Site {
        layout,
        spaces: spaces(layout),
        profile,
        is_painted,
        taken: Vec::new(),
    };
    walls::take(&mut site);
    surfaces::take(&mut site);
    doors::take(&mut site);
    electrical::take(&mut site);
    fixtures::take(&mut site);
    let order = |taken: &Taken| RULES.iter().position(|rule| rule.id == taken.rule.id);
    site.taken.sort_by_key(order);
    site.taken
}

impl Site<'_> {
    /// Notes a quantity, unless it is nothing.
    fn add(&mut self, rule: &str, item: &str, space: Option<usize>, parts: Vec<Part>, note: &str) {
        let Some(rule) = rule_by_id(rule) else { return };
        let room = space
            .and_then(|space| self.spaces.get(space))
            .map(|space| (space.id.to_owned(), space.name.to_owned()));
        let taken = Taken {
            rule,
            item: item.to_owned(),
            room,
            parts,
            note: note.to_owned(),
        };
        if taken.quantity().is_positive() {
            self.taken.push(taken);
        }
    }
}

/// Millimetres as metres with three decimals, for the measurement book.
fn metres(mm: i64) -> String {
    let sign = if mm < 0 { "-" } else { "" };
    format!("{sign}{}.{:03}", mm.abs() / 1000, mm.abs() % 1000)
}

/// Square millimetres as square metres, with at least three decimals and no more than needed.
fn square_metres(mm2: i64) -> String {
    let text = format!("{}.{:06}", mm2 / 1_000_000, mm2 % 1_000_000);
    let keep = text.trim_end_matches('0').len().max(text.len() - 3);
    text.get(..keep).unwrap_or(&text).to_owned()
}

fn pieces(element: &str, working: String, count: i64) -> Part {
    Part {
        element: element.to_owned(),
        working,
        quantity: Exact::whole(i128::from(count)),
    }
}
