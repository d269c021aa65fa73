//! Areas and dimensions: of a room, or of the whole.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Bound, Span, What};
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

/// Several rooms have more than this together.
pub(super) const LEAST_OF_SEVERAL_MM2: i64 = 30_000_000;

/// No whole is smaller.
const LEAST_WHOLE_MM2: i64 = 6_000_000;

/// Why an area is without effect.
pub(super) const AREA_OF_SEVERAL: &str =
    "an area of several rooms together is not divided among them; each is sized by its type";

/// No smaller place is told at the end of a list without commas.
const LEAST_LISTED_WHOLE_MM2: i64 = 40_000_000;

impl Reader<'_> {
    pub(super) fn area(&mut self, at: usize, span: Span) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let is_bare = first == last && self.word_at(first).is_empty();
        let assumed = "areas without a unit are in the one that is named";
        if is_bare && !self.out.assumptions.iter().any(|other| other == assumed) {
            self.out.assumptions.push(assumed.to_owned());
        }
        // `reception and waiting combined, about 25 sqm`.
        let mut comma = at;
        while comma > 0
            && matches!(
                self.meaning(comma - 1),
                Some(Meaning::About | Meaning::AtLeast | Meaning::AtMost)
            )
        {
            comma -= 1;
        }
        let after_comma = comma > 1
            && self.what(comma - 1) == Some(What::Mark(Mark::Comma))
            && self.meaning(comma - 2) == Some(Meaning::Total);
        let is_total = self.comes_after(at, Meaning::Total) || after_comma;
        if is_total && self.is_shared_or_whole(at, span) {
            return;
        }
        // `…, a washroom, roughly 80 m2`: no toilet has so much, the whole has.
        // At the very end of the text, where the whole is often told, less is enough.
        let ends_text = self.past_marks(at + 1) >= self.lexemes.len();
        let (most, times) = match ends_text {
            // Where no other room has a size, the whole is what one gives the size of.
            true if self
                .out
                .items
                .iter()
                .all(|item| item.area.is_none() && item.sides.is_none()) =>
            {
                (span.low - 1, 2.0)
            }
            true => (span.low - 1, 4.0),
            false => (super::whole::LARGEST_ROOM_MM2, 8.0),
        };
        // `2 bhk 2 toilet 1 balcony 950 sqft`: of a text without commas, too.
        let is_parted = at > 0
            && (self.what(at - 1) == Some(What::Mark(Mark::Comma))
                || (ends_text
                    && span.low > LEAST_LISTED_WHOLE_MM2
                    && !(self.lexemes.iter())
                        .any(|lexeme| lexeme.what == What::Mark(Mark::Comma))));
        let of_whole = span.low > most
            && self.out.whole.area.is_none()
            && self.out.items.len() > 2
            && self.is_boundary(at + 1)
            && is_parted
            && self
                .measured_item(at)
                .and_then(|place| self.out.items.get(place))
                .and_then(|item| room_type(item.room))
                .is_some_and(|kind| span.low / 1_000_000 > (kind.area_m2 * times) as i64);
        // `a clinic for two dentists, 900 sq ft`: of the clinic, not of each of their rooms.
        // In brackets it is said of what stands before them.
        let in_brackets = (0..at)
            .rev()
            .find_map(|before| match self.what(before) {
                Some(What::Mark(Mark::Open)) => Some(true),
                Some(What::Mark(Mark::Close)) => Some(false),
                _ => None,
            })
            .unwrap_or(false);
        let of_people = self.out.whole.area.is_none()
            && !in_brackets
            && at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.rooms_of_whole || item.seats_of_whole);
        if of_whole || of_people || self.ends_title(at, span) {
            return self.set_site_area(span, first, last);
        }
        // `the 2 partners 20 sqm`: no whole is so small.
        let of_few = at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Seats(
                    _,
                    Seat::Person | Seat::Staff | Seat::Manager | Seat::Director
                ))
            )
            && span.low <= super::whole::LARGEST_ROOM_MM2
            && self.noun_end != Some(at - 1)
            && self.is_boundary(at + 1);
        if of_few {
            return self.conflict(
                first,
                last,
                "whether each of them has a room of that size is not clear",
            );
        }
        // `…, 3 toilets, all within 140 m2`.
        if at > 0 && self.key(at - 1) == "within" && !self.out.items.is_empty() {
            self.open_relation = None;
            return self.set_site_area(span, first, last);
        }
        // `for 10 accountants, each having 7 sqm`: the room for them is sized so.
        let for_people = self
            .out
            .items
            .iter()
            .position(|item| item.seats_of_whole && item.area.is_none() && !item.is_excluded);
        if let Some(place) = for_people
            && self.noun == Noun::Whole
            && self.follows_each(at)
        {
            self.noun = Noun::Item(place);
            self.noun_end = Some(at.saturating_sub(1));
        }
        // `gym 2500 sqft cardio, weights, …`: no first room of a list is so large.
        if self.noun == Noun::Whole
            && self.touches_noun(at)
            && self.out.items.is_empty()
            && self.out.whole.area.is_none()
            && self.heads_list_of_rooms(at, span)
        {
            return self.set_site_area(span, first, last);
        }
        // `café: 30 m² seating, …`: of where one sits, whatever else the whole has.
        if self.key(at + 1) == "seating"
            && self.is_boundary(at + 2)
            && matches!(self.facility, Some("cafe" | "restaurant" | "canteen"))
            && self.pending.area.is_none()
        {
            self.pending.area = Some((span, first, last));
            self.pending.begins(first);
            self.spend(at + 1);
            self.at = at + 2;
            self.room(at + 1, "dining_area");
            return;
        }
        // `at least 15 sqm for the office`, `500 sq ft of book display`: of the room behind.
        if self.measures_room_behind(at) {
            self.pending.area = Some((span, first, last));
            self.pending.begins(first);
            return;
        }
        // `kitchen min 10 m², max 14 m²`.
        if span.bound == Bound::AtMost
            && self.is_boundary(at + 1)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && let Some(least) = item.area.as_mut()
            && least.bound == Bound::AtLeast
            && least.low < span.high
        {
            (least.high, least.bound) = (span.high, Bound::Exactly);
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        // `living/dining/kitchen of 50 m²` are one space.
        if let Some(place) = self.measured_item(at)
            && self.is_slashed(place)
        {
            self.noun_end = Some(at);
            return self.ignore(first, last, AREA_OF_SEVERAL);
        }
        if let Some(place) = self.measured_item(at) {
            let place = self.host_of_small(place, span, at);
            let of_each = self.follows_each(at);
            if let Some(item) = self.item_mut(place).filter(|item| item.area.is_none()) {
                // `10 accountants, each having 7 sqm`: so much for each of them.
                let people = (item.seats.filter(|_| of_each && item.amount.is_none()))
                    .and_then(|seats| seats.low.count())
                    .filter(|people| *people > 1 && item.each_of.is_empty() && !item.plural);
                if let Some(people) = people {
                    item.assumed.push("so much for each person".to_owned());
                    let times = |mm2: i64| mm2.saturating_mul(i64::from(people));
                    item.area = Some(Span {
                        low: times(span.low),
                        high: times(span.high),
                        ..span
                    });
                    item.last = item.last.max(last);
                    self.noun_end = Some(at);
                    return;
                }
                item.area = Some(span);
                item.area_is_total = is_total;
                item.last = item.last.max(last);
                self.noun_end = Some(at);
                if of_each {
                    self.measure_joined();
                }
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
        if assumed.is_some() && self.are_rooms_with_seats(at, sides) {
            return;
        }
        if let Some(unit) = assumed {
            self.out
                .assumptions
                .push(format!("dimensions without a unit are taken as {unit}"));
        }
        // `kitchen-living 6 x 5 m` are one space.
        if let Some(place) = self.measured_item(at)
            && self.is_slashed(place)
        {
            self.noun_end = Some(at);
            return self.ignore(first, last, AREA_OF_SEVERAL);
        }
        if let Some(place) = self.measured_item(at) {
            if let Some(item) = self.item_mut(place).filter(|item| item.sides.is_none()) {
                item.sides = Some(sides);
                item.last = item.last.max(last);
                self.noun_end = Some(at);
                return;
            }
        } else if self.measures_whole(at) {
            // Nobody plans a whole of a few square metres.
            if sides[0].saturating_mul(sides[1]) / 100 < LEAST_WHOLE_MM2 {
                return self.conflict(first, last, "sides that no room was given, nor the whole");
            }
            return self.set_site_sides(sides, first, last);
        }
        self.pending.sides = Some((sides, first, last));
        self.pending.begins(first);
    }

    /// `clinic 500 sqft cabin 100 sqft waiting 150 sqft`: whether the room behind the size at `at` has
    /// its own behind it, and something that has none ends right before.
    pub(super) fn is_said_before_sized_room(&self, at: usize) -> bool {
        let is_size = |at: usize| matches!(self.what(at), Some(What::Area(_) | What::Dims { .. }));
        let room = self.past_adjectives(at + 1);
        self.touches_noun(at)
            && self.pending.count.is_none()
            && self.is_room(room)
            && is_size(room + 1)
            && !self.is_room(self.past_adjectives(room + 2))
                | is_size(self.past_adjectives(room + 2) + 1)
            && (self.noun == Noun::Whole
                || (self.last_item().and_then(|place| self.out.items.get(place)))
                    .is_some_and(|item| item.area.is_none() && item.sides.is_none()))
    }

    /// Whether a list of several rooms follows the area at `at` at once, and the first of them, which
    /// is named without an article, is usually far smaller.
    fn heads_list_of_rooms(&self, at: usize, span: Span) -> bool {
        const TIMES: f64 = 1.5;
        let first = match self.meaning(at + 1) {
            // The main room of a place may well be.
            Some(Meaning::Room("sales_floor" | "dining_area" | "multipurpose_hall")) => None,
            Some(Meaning::Room(room)) => room_type(room),
            _ => None,
        };
        first.is_some_and(|kind| (span.low / 1_000_000) as f64 > kind.area_m2 * TIMES)
            && matches!(
                self.what(at + 2),
                Some(What::Mark(Mark::Comma) | What::Count(_) | What::Is(Meaning::Room(_)))
            )
            && span.low > super::whole::LARGEST_ROOM_MM2
    }

    /// Whether `each` stands before `at`, with nothing but small words between.
    fn follows_each(&self, at: usize) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(
                    Meaning::With | Meaning::Of | Meaning::Stop | Meaning::About | Meaning::AtLeast
                )
            )
        {
            before -= 1;
        }
        before > 0 && self.key(before - 1) == "each"
    }

    /// `14 rooms with bathroom (20 m²)`: no bathroom is so large, the rooms are. The item that an
    /// area at `at`, behind the one at `place`, belongs to.
    fn host_of_small(&self, place: usize, span: Span, at: usize) -> usize {
        const LARGEST_WET_MM2: i64 = 12_000_000;
        let in_brackets = self.comes_after_mark(at, Mark::Open);
        let host = (self.out.items.get(place))
            .filter(|item| matches!(item.room, "bathroom" | "toilet" | "shower"))
            .and_then(|item| item.via)
            .filter(|_| in_brackets && span.low > LARGEST_WET_MM2);
        let is_free = |host: &usize| {
            (self.out.items.get(*host))
                .is_some_and(|item| item.area.is_none() && item.sides.is_none())
        };
        // `living room with kitchenette 24 m²`: no kitchenette is so large.
        let is_niche = (self.out.items.get(place)).is_some_and(|item| item.room == "pantry");
        let of_niche = self.host.filter(|host| {
            is_niche
                && span.low > LARGEST_WET_MM2
                && (self.out.items.get(*host)).is_some_and(|item| {
                    matches!(
                        item.room,
                        "living_room" | "living_dining" | "lounge" | "studio_room"
                    )
                })
        });
        host.or(of_niche).filter(is_free).unwrap_or(place)
    }

    /// The item before that a measure at `at` belongs to; `None` for what is to come.
    pub(super) fn measured_item(&self, at: usize) -> Option<usize> {
        let place = self.last_item()?;
        let item = self.out.items.get(place)?;
        if item.area.is_some() || item.sides.is_some() {
            return None;
        }
        let next = self.past_adjectives(at + 1);
        let room_follows = self.is_room(next)
            && !matches!(self.meaning(at + 1), Some(Meaning::Of))
            && !self.is_said_before_sized_room(at);
        let whole_follows = matches!(
            self.meaning(next),
            Some(Meaning::Facility(_) | Meaning::Site)
        )
            // `a washroom in 600 sq ft shop`.
            || (self.comes_after(at, Meaning::In)
                && matches!(self.meaning(next), Some(Meaning::Either { .. }))) || (self.meaning(next) == Some(Meaning::Noun)
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
            && self.noun_end.is_some())
        .then_some(place)
    }

    /// Whether the area at `at` is of the room that `of` or `for` names behind it.
    fn measures_room_behind(&self, at: usize) -> bool {
        // `workshop with office: 200 sqm workshop, …`: what stands behind a colon lists.
        let heads_entry = at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Colon))
            && self.is_room(at + 1)
            && matches!(
                self.what(at + 2),
                Some(What::Mark(Mark::Comma | Mark::Line))
            )
            && self.pending.area.is_none();
        if heads_entry {
            return true;
        }
        let is_for = self.meaning(at + 1) == Some(Meaning::For);
        let is_of = self.meaning(at + 1) == Some(Meaning::Of);
        let is_behind = self.last_item().is_some() && self.follows_link(at);
        if !(is_for || is_of) || is_behind || self.pending.area.is_some() {
            return false;
        }
        // `12 m² for each of the four bedrooms`.
        let is_each = is_for && self.meaning(at + 2) == Some(Meaning::Each);
        let mut room = at + 2;
        while room < at + 7
            && (matches!(
                self.what(room),
                Some(What::Unknown | What::Is(Meaning::The | Meaning::Article | Meaning::Style))
            ) || (is_each
                && matches!(
                    self.what(room),
                    Some(What::Count(_) | What::Is(Meaning::Each | Meaning::Of))
                )))
        {
            room += 1;
        }
        if is_each && self.is_room(room) {
            return true;
        }
        // `120 sqm for an office with …` is the whole.
        match self.meaning(room) {
            Some(Meaning::Room(_)) => {
                // `200 sqm for reception, waiting, …` is for all of them.
                is_of || self.meaning(at + 2) == Some(Meaning::The)
            }
            Some(Meaning::Either { .. }) => is_for && self.meaning(at + 2) == Some(Meaning::The),
            _ => false,
        }
    }

    /// Whether a slash, or a plus in a list with commas, joins the item at `place` to a room before
    /// it that has no size.
    fn is_slashed(&self, place: usize) -> bool {
        use super::super::token::TokenKind;
        let before = self.item_tokens(place).0.checked_sub(1);
        let lists_by_plus = !(self.tokens.iter())
            .any(|token| matches!(token.kind, TokenKind::Mark(Mark::Comma | Mark::Line)));
        let slash =
            (before.and_then(|at| self.tokens.get(at))).is_some_and(|token| match token.kind {
                TokenKind::Mark(Mark::Slash) => true,
                // `kitchen-living 35 m²`.
                TokenKind::Mark(Mark::Hyphen) => {
                    let at = before.unwrap_or_default();
                    let ends = at.checked_sub(1).and_then(|left| self.tokens.get(left));
                    ends.is_some_and(|left| left.end == token.start)
                        && (self.tokens.get(at + 1)).is_some_and(|right| right.start == token.end)
                }
                TokenKind::Mark(Mark::Plus | Mark::Ampersand) => !lists_by_plus,
                // `open-plan kitchen and living area of 30 m²`.
                TokenKind::Word(ref and) => and == "and" && self.is_open_plan_before(place),
                _ => false,
            });
        let uncounted =
            (self.out.items.get(place)).is_some_and(|item| item.amount.is_none() && !item.plural);
        slash
            && uncounted
            && (place
                .checked_sub(1)
                .and_then(|other| self.out.items.get(other)))
            .is_some_and(|other| {
                Some(other.last + 1) == before
                    && !other.is_excluded
                    && other.area.is_none()
                    && other.sides.is_none()
                    // `1 reception/waiting @ 40 sqm`, too.
                    && other
                        .amount
                        .is_none_or(|amount| amount.high == super::super::number::Number::whole(1))
            })
    }

    /// Whether the item before the one at `place` is called open plan.
    fn is_open_plan_before(&self, place: usize) -> bool {
        let first = (place
            .checked_sub(1)
            .and_then(|other| self.out.items.get(other)))
        .map_or(0, |item| item.first);
        (self.lexemes.iter()).any(|lexeme| lexeme.last + 1 == first && lexeme.key == "openplan")
            || (self.lexemes.iter()).any(|lexeme| lexeme.first == first && lexeme.key == "openplan")
    }

    fn past_marks(&self, at: usize) -> usize {
        let mut next = at;
        while matches!(
            self.what(next),
            Some(What::Mark(Mark::Stop | Mark::Line | Mark::Close) | What::Is(Meaning::Stop))
        ) {
            next += 1;
        }
        next
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

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn an_area_too_large_is_of_something_else() {
        for (prompt, rooms) in [
            (
                "2 bhk 2 toilet 1 balcony 950 sqft",
                "bedroom:2 living_room:1 kitchen:1 toilet:2 balcony:1",
            ),
            (
                "living room with kitchenette 24 m2, store",
                "living_room:1@24 pantry:1 store:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
