//! Areas and dimensions: of a room, or of the whole.

use super::super::lexicon::Meaning;
use super::super::measure::{Span, What};
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

impl Reader<'_> {
    pub(super) fn area(&mut self, at: usize, span: Span) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let is_total = self.comes_after(at, Meaning::Total);
        // `…, a washroom, roughly 80 m2`: no toilet has so much, the whole has.
        let of_whole = span.low > super::whole::LARGEST_ROOM_MM2
            && self.out.whole.area.is_none()
            && self.out.items.len() > 2
            && self.is_boundary(at + 1)
            && at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && self
                .measured_item(at)
                .and_then(|place| self.out.items.get(place))
                .and_then(|item| room_type(item.room))
                .is_some_and(|kind| span.low / 1_000_000 > (kind.area_m2 * 8.0) as i64);
        if of_whole {
            return self.set_site_area(span, first, last);
        }
        if let Some(place) = self.measured_item(at) {
            if let Some(item) = self.item_mut(place).filter(|item| item.area.is_none()) {
                item.area = Some(span);
                item.area_is_total = is_total;
                item.last = item.last.max(last);
                self.noun_end = at;
                return;
            }
        } else if self.measures_whole(at) {
            return self.set_site_area(span, first, last);
        }
        self.pending.area = Some((span, first, last));
        self.pending.begins(first);
    }

    pub(super) fn sides(&mut self, at: usize, sides: [i64; 2], assumed: Option<&'static str>) {
        self.spend(at);
        let (first, last) = self.tokens_of(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        if let Some(unit) = assumed {
            self.out
                .assumptions
                .push(format!("dimensions without a unit are taken as {unit}"));
        }
        if let Some(place) = self.measured_item(at) {
            if let Some(item) = self.item_mut(place).filter(|item| item.sides.is_none()) {
                item.sides = Some(sides);
                item.last = item.last.max(last);
                self.noun_end = at;
                return;
            }
        } else if self.measures_whole(at) {
            return self.set_site_sides(sides, first, last);
        }
        self.pending.sides = Some((sides, first, last));
        self.pending.begins(first);
    }

    /// The item before that a measure at `at` belongs to; `None` for what is to come.
    pub(super) fn measured_item(&self, at: usize) -> Option<usize> {
        let place = self.last_item()?;
        let item = self.out.items.get(place)?;
        if item.area.is_some() || item.sides.is_some() {
            return None;
        }
        let next = self.past_adjectives(at + 1);
        let room_follows = self.is_room(next) && !matches!(self.meaning(at + 1), Some(Meaning::Of));
        let whole_follows = matches!(
            self.meaning(next),
            Some(Meaning::Facility(_) | Meaning::Site)
        ) || (self.meaning(next) == Some(Meaning::Noun)
            && self.key(next) != "each");
        if whole_follows {
            return None;
        }
        if self.follows_link(at) {
            // `with 20 sqm store` looks ahead, `of 20 sqm` looks back.
            let looks_ahead = self.comes_after(at, Meaning::With) && room_follows;
            let of_whole =
                self.comes_after(at, Meaning::In) && self.out.whole.area.is_none() && !room_follows;
            return (!looks_ahead && !of_whole).then_some(place);
        }
        (!room_follows
            && self.is_boundary(at + 1)
            && !self.comes_after(at, Meaning::In)
            && !self.comes_after(at, Meaning::Total)
            && self.pending.count.is_none()
            && self.noun_end != usize::MAX)
            .then_some(place)
    }

    pub(super) fn measures_whole(&self, at: usize) -> bool {
        let next = self.past_adjectives(at + 1);
        let dashed = matches!(
            self.what(at + 1),
            Some(What::Mark(Mark::Hyphen | Mark::Colon))
        ) && self.noun == Noun::Whole;
        if self.is_room(next) && !dashed && !matches!(self.meaning(at + 1), Some(Meaning::Of)) {
            // `1200 sq ft office with …`: decided when the office is read.
            return false;
        }
        if matches!(self.meaning(next), Some(Meaning::Facility(_))) {
            return false;
        }
        self.out.whole.area.is_none() && self.out.whole.sides.is_none()
    }

    pub(super) fn set_site_area(&mut self, span: Span, first: usize, last: usize) {
        self.spend_tokens(first, last);
        if self.out.whole.area.is_some_and(|(known, ..)| known != span) {
            self.conflict(first, last, "a second area for the whole");
        } else {
            self.out.whole.area = Some((span, first, last));
        }
    }

    pub(super) fn set_site_sides(&mut self, sides: [i64; 2], first: usize, last: usize) {
        self.spend_tokens(first, last);
        if self
            .out
            .whole
            .sides
            .is_some_and(|(known, ..)| known != sides)
        {
            self.conflict(first, last, "second dimensions for the whole");
        } else {
            self.out.whole.sides = Some((sides, first, last));
        }
    }

    /// A single length: a width or a height, which the programme has no place for.
    pub(super) fn length(&mut self, at: usize, _mm: i64) {
        self.spend(at);
        let (first, mut last) = self.tokens_of(at);
        if matches!(self.meaning(at + 1), Some(Meaning::Wide | Meaning::High)) {
            self.spend(at + 1);
            last = self.tokens_of(at + 1).1;
            self.at += 1;
        }
        self.ignore(
            first,
            last,
            "a single length is not passed on to the solver",
        );
    }
}
