//! Areas and dimensions that are said of the whole, or of all rooms.

use super::super::lexicon::Meaning;
use super::super::measure::{Span, What};
use super::super::token::Mark;
use super::areas::AREA_OF_SEVERAL;
use super::{Noun, Reader};

impl Reader<'_> {
    pub(super) fn measures_whole(&self, at: usize) -> bool {
        if self.noun == Noun::Whole && self.is_said_before_sized_room(at) {
            return self.out.whole.area.is_none() && self.out.whole.sides.is_none();
        }
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
        // `12 sqm each, 10 sqm`: a whole is larger than the rooms it has.
        let of_rooms: i64 = (self.out.items.iter())
            .filter(|item| !item.is_excluded)
            .filter_map(|item| item.area.map(|span| span.low))
            .fold(0, i64::saturating_add);
        let is_larger = match self.what(at) {
            Some(What::Area(span)) => span.high > of_rooms,
            _ => true,
        };
        is_larger && self.out.whole.area.is_none() && self.out.whole.sides.is_none()
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

    /// `12 rooms and 2 suites, each with a bathroom of 5 m²`: the size is said once, of the bathrooms
    /// of both.
    pub(super) fn measure_alike(&mut self) {
        let sized: Vec<_> = (self.out.items.iter())
            .filter(|item| !item.each_of.is_empty() && !item.is_excluded)
            .filter(|item| item.area.is_some() || item.sides.is_some() || item.size.is_some())
            .map(|item| (item.room, item.first, item.area, item.sides, item.size))
            .collect();
        for (room, first, area, sides, size) in sized {
            for item in &mut self.out.items {
                let is_same = item.room == room && item.first == first && !item.each_of.is_empty();
                if is_same && item.area.is_none() && item.sides.is_none() {
                    (item.area, item.sides, item.size) = (area, sides, size);
                }
            }
        }
    }

    /// `Pet shop with grooming 300 m²: …`: whether the area at `at` ends a title, and is of all
    /// that the title names.
    pub(super) fn ends_title(&self, at: usize, span: Span) -> bool {
        let ends = |what: Option<What>| matches!(what, Some(What::Mark(mark)) if mark.ends_phrase() || mark == Mark::Colon);
        self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && !(0..at).any(|before| ends(self.what(before)))
            && self.out.whole.facility.is_some()
            && self.out.whole.area.is_none()
            && span.low > super::whole::LARGEST_ROOM_MM2
    }

    /// `all rooms 12 sqm`: of those that have no size of their own.
    pub(super) fn measure_all(&mut self) {
        let Some((span, first, last)) = self.area_of_all else {
            return;
        };
        let mut is_used = false;
        for item in &mut self.out.items {
            if item.area.is_none() && item.sides.is_none() && !item.is_excluded {
                item.area = Some(span);
                is_used = true;
            }
        }
        if !is_used {
            self.conflict(first, last, "every room has an area of its own");
        }
    }

    /// `all rooms at least 12 sqm`, at the word for rooms.
    pub(super) fn is_area_of_all(&mut self, at: usize) -> bool {
        let all = at > 0
            && self.meaning(at - 1) == Some(Meaning::Each)
            && self.pending.count.is_none()
            && self.pending.unknown.is_none();
        let mut next = at + 1;
        while matches!(
            self.what(next),
            Some(
                What::Is(Meaning::Stop | Meaning::Of | Meaning::With | Meaning::Style)
                    | What::Mark(Mark::Colon | Mark::Hyphen | Mark::At)
            )
        ) {
            next += 1;
        }
        let Some(What::Area(span)) = self.what(next).filter(|_| {
            all && self.key(at).ends_with("room")
                && (self.is_boundary(next + 1)
                    || matches!(
                        self.what(next + 1),
                        Some(What::Mark(Mark::Colon | Mark::Hyphen) | What::Is(Meaning::Each))
                    ))
        }) else {
            return false;
        };
        for lexeme in at..=next {
            self.spend(lexeme);
        }
        let (first, last) = self.tokens_of(next);
        self.area_of_all = Some((span, first, last));
        self.at = next + 1;
        self.noun = Noun::Nothing;
        self.noun_end = Some(next);
        true
    }

    /// `…, a toilet, total 650 sq ft`: no single room has a total. `reception + waiting combined
    /// 30 m²`: two rooms have, and how it is divided is not known.
    pub(super) fn is_shared_or_whole(&mut self, at: usize, span: Span) -> bool {
        let Some(item) = self.last_item().and_then(|place| self.out.items.get(place)) else {
            return false;
        };
        let is_many = item.plural
            || item
                .amount
                .is_some_and(|amount| amount.high > super::super::number::Number::whole(1));
        if is_many || self.is_room(self.past_adjectives(at + 1)) {
            return false;
        }
        let (first, last) = self.tokens_of(at);
        let shared = self.follows_and(item.first) || self.follows_and(item.first.saturating_sub(1));
        if shared && span.low <= super::whole::LARGEST_ROOM_MM2 {
            self.ignore(first, last, AREA_OF_SEVERAL);
        } else {
            self.set_site_area(span, first, last);
        }
        true
    }
}
