//! Counts, areas, dimensions and seats: for the room to come, the room before, or the whole.

use super::super::item::{Item, Size};
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Span, What};
use super::super::number::Number;
use super::super::token::{Mark, Token};
use super::{Noun, Reader};
use crate::layout::room_type;

/// A larger number behind a room that a place has one of is how many it is for.
pub(super) const MOST_OF_ONE: i64 = 4;

/// The room that is named after those who have one each.
const fn room_of(seat: Seat) -> Option<&'static str> {
    match seat {
        Seat::Manager => Some("private_office"),
        Seat::Director => Some("executive_office"),
        Seat::Doctor => Some("consultation"),
        Seat::Person | Seat::Staff | Seat::Chair | Seat::Bed => None,
    }
}

/// Rooms for many, of which a place has one or a few.
pub(super) fn is_one_of_a_kind(room: &str) -> bool {
    matches!(
        room,
        "waiting"
            | "dining_area"
            | "open_office"
            | "lounge"
            | "multipurpose_hall"
            | "recovery"
            | "day_treatment"
            | "ward"
            | "icu"
            | "break_room"
            | "gym"
            | "salon_floor"
            | "board_room"
            | "sales_floor"
            | "reception"
            | "library"
            | "bar_counter"
            | "locker_room"
            | "dining_room"
    )
}

impl Reader<'_> {
    /// Whether only links such as `of`, `:` or `(` stand between the last noun and `at`.
    pub(super) fn follows_link(&self, at: usize) -> bool {
        self.last_noun_stands(at, |what| {
            matches!(
                what,
                What::Mark(
                    Mark::Colon
                        | Mark::Hyphen
                        | Mark::Open
                        | Mark::At
                        | Mark::Times
                        | Mark::Slash
                        | Mark::Quote
                        | Mark::About
                ) | What::Is(
                    Meaning::Of
                        | Meaning::With
                        | Meaning::For
                        | Meaning::In
                        | Meaning::Each
                        | Meaning::About
                        | Meaning::Stop
                        | Meaning::Cross
                        | Meaning::Article
                        | Meaning::Style
                        | Meaning::Noun
                        | Meaning::Total
                        | Meaning::AtLeast
                        | Meaning::AtMost
                        | Meaning::The
                        | Meaning::Site
                )
            )
        })
    }

    /// Whether everything between the last noun and `at` is of the wanted kind.
    fn last_noun_stands(&self, at: usize, wanted: impl Fn(What) -> bool) -> bool {
        self.noun != Noun::Nothing
            && self.noun_end < at
            && (self.noun_end.saturating_add(1)..at)
                .all(|between| self.what(between).is_some_and(&wanted))
    }

    /// Whether a link of this meaning stands right before `at`.
    fn comes_after(&self, at: usize, meaning: Meaning) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::About | Meaning::Article | Meaning::AtLeast | Meaning::AtMost)
            )
        {
            before -= 1;
        }
        before > 0 && self.meaning(before - 1) == Some(meaning)
    }

    pub(super) fn count(&mut self, at: usize, amount: Amount) {
        self.spend(at);
        if self.is_boundary(self.past_adjectives(at + 1)) && self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        if self.counts_item_before(at, amount) {
            return;
        }
        // `three classrooms of 20`.
        if self.comes_after(at, Meaning::Of)
            && self.is_boundary(at + 1)
            && self.follows_link(at)
            && self.last_item().is_some_and(|place| self.is_sized(place))
        {
            return self.seats_of_noun(at, amount, Seat::Person);
        }
        if at > 0 && self.key(at - 1) == "familyof" {
            return self.ignore(first, last, "the rooms of a home follow from its list");
        }
        if self.is_some_of_them(at) && self.divide_again(at) {
            return;
        }
        if self.is_another_of_them(at) {
            return self.another_of_them(at, amount);
        }
        // `a team of 14`: persons of the whole.
        if at >= 2
            && self.meaning(at - 1) == Some(Meaning::Of)
            && matches!(
                self.key(at - 2),
                "team" | "group" | "crew" | "staff" | "workforce"
            )
            && !self.is_room(self.past_adjectives(at + 1))
        {
            return self.whole_is_for(amount, Seat::Staff, first, last);
        }
        // `reporting room for 3 radiologists`: whoever they are, so many need a place.
        if self.comes_after(at, Meaning::For)
            && self.what(at + 1) == Some(What::Unknown)
            && self
                .lexemes
                .get(at + 1)
                .is_some_and(|lexeme| lexeme.key != self.word_at(lexeme.first))
            && self.is_boundary(at + 2)
            && self.last_item().is_some_and(|place| self.is_sized(place))
        {
            self.spend(at + 1);
            self.at += 1;
            self.seats_of_noun(at, amount, Seat::Person);
            let (_, last) = self.tokens_of(at + 1);
            if let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) {
                item.last = item.last.max(last);
                item.assumed
                    .push("those it is for are taken as persons".to_owned());
            }
            self.noun_end = at + 1;
            return;
        }
        // `a retired couple`: people, whose rooms are listed.
        if self.word_at(first) == "couple"
            && !self.is_room(self.past_adjectives(at + 1))
            && self.meaning(at + 1) != Some(Meaning::Of)
            && self.facility == Some("home")
        {
            return self.ignore(first, last, "the rooms of a home follow from its list");
        }
        // `for 8` with no noun behind: persons.
        if self.comes_after(at, Meaning::For)
            && (self.is_boundary(self.past_adjectives(at + 1))
                || self.what(at + 1) == Some(What::Mark(Mark::Colon)))
            && !self.is_negated
        {
            return self.seats_of_noun(at, amount, Seat::Person);
        }
        // `6x operatory`: the cross says no more than the number.
        if self.meaning(at + 1) == Some(Meaning::Cross)
            || matches!(self.what(at + 1), Some(What::Mark(Mark::Times)))
        {
            self.spend(at + 1);
            self.at += 1;
        }
        // `3 + 2 toilets`.
        if at >= 2
            && self.what(at - 1) == Some(What::Mark(Mark::Plus))
            && matches!(self.what(at - 2), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(at + 1))
            && let Some((more, _, to)) = &mut self.pending.count
        {
            more.low.0 = more.low.0.saturating_add(amount.low.0);
            more.high.0 = more.high.0.saturating_add(amount.high.0);
            *to = last;
            return;
        }
        if let Some((_, from, to)) = self.pending.count.take() {
            self.conflict(from, to, "a number that counts nothing known");
        }
        self.is_negated = false;
        self.pending.count = Some((amount, first, last));
        self.pending.begins(first);
    }

    /// The word of token `token`, as it was written.
    fn word_at(&self, token: usize) -> &str {
        self.tokens
            .get(token)
            .and_then(Token::word)
            .unwrap_or_default()
    }

    /// Whether the item at `place` is sized by seats and has no number of them yet.
    fn is_sized(&self, place: usize) -> bool {
        self.out.items.get(place).is_some_and(|item| {
            item.seats.is_none()
                && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
        })
    }

    /// `2 of them should be 12 sqm`, `of which two should be 150 sq ft`.
    fn is_some_of_them(&self, at: usize) -> bool {
        let behind = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(
                self.key(at + 2),
                "them" | "these" | "those" | "which" | "the"
            );
        let before = at >= 2
            && self.meaning(at - 2) == Some(Meaning::Of)
            && matches!(self.key(at - 1), "which" | "these" | "them" | "those");
        (behind || before) && self.last_item().is_some() && self.pending.count.is_none()
    }

    /// `2 big meeting rooms and 1 small one`, `3 offices + 1 spare`: whether `at` begins the last.
    fn is_another_of_them(&self, at: usize) -> bool {
        let mut next = at + 1;
        let mut adjectives = 0;
        while self.meaning(next).is_some_and(super::is_adjective) {
            adjectives += 1;
            next += 1;
        }
        let one = self.is_one_or_ones(next);
        let joined = at > 0
            && matches!(
                self.what(at - 1),
                Some(
                    What::Is(Meaning::And) | What::Mark(Mark::Comma | Mark::Plus | Mark::Ampersand)
                )
            );
        // `2 toilets for patients, 1 for staff`.
        let for_others = self.meaning(at + 1) == Some(Meaning::For)
            && matches!(
                self.meaning(self.past_adjectives(at + 2)),
                Some(Meaning::Seats(_))
            )
            && self.is_boundary(self.past_adjectives(at + 2) + 1)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| item.amount.is_some() && item.seats.is_none());
        if joined && for_others {
            return true;
        }
        joined
            && adjectives > 0
            && self.last_item().is_some()
            && !matches!(self.key(at + 1), "male" | "female" | "men" | "women")
            && self.is_boundary(next + usize::from(one))
    }

    fn is_one_or_ones(&self, at: usize) -> bool {
        self.key(at) == "one"
            || matches!(self.what(at), Some(What::Count(amount))
                if amount.low == Number::whole(1) && amount.high == amount.low)
    }

    fn another_of_them(&mut self, at: usize, amount: Amount) {
        let (first, mut last) = self.tokens_of(at);
        let Some(whole) = self.last_item().and_then(|place| self.out.items.get(place)) else {
            return;
        };
        let mut item = Item::new(whole.room, &whole.key, first, last);
        item.sure = whole.sure;
        item.amount = Some(amount);
        let mut next = at + 1;
        while let Some(meaning) = self.meaning(next).filter(|it| super::is_adjective(*it)) {
            match meaning {
                Meaning::Large => item.size = Some(Size::Large),
                Meaning::Small => item.size = Some(Size::Small),
                Meaning::Optional => item.is_optional = true,
                Meaning::Accessible if item.is_by_gender() => item.room = "accessible_toilet",
                _ => {}
            }
            self.spend(next);
            last = self.tokens_of(next).1;
            next += 1;
        }
        if self.is_one_or_ones(next) {
            self.spend(next);
            last = self.tokens_of(next).1;
            next += 1;
        }
        item.last = last;
        self.pending = super::pending::Pending::default();
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = next - 1;
        self.at = next;
    }

    /// `Operatory: 6`, `operatory x 6`, `operatory (6)`.
    fn counts_item_before(&mut self, at: usize, amount: Amount) -> bool {
        let Some(place) = self.last_item() else {
            return false;
        };
        // `bedroom 3.5 x 4 m, 2 nos`.
        let says_number = self.key(at + 1) == "nos" || self.is_written_no(at);
        let links = self.last_noun_stands(at, |what| {
            (says_number && what == What::Mark(Mark::Comma))
                || matches!(
                    what,
                    What::Mark(
                        Mark::Colon
                            | Mark::Hyphen
                            | Mark::Open
                            | Mark::Times
                            | Mark::Slash
                            | Mark::Hash
                            | Mark::Quote
                    ) | What::Is(Meaning::Cross | Meaning::Style | Meaning::Noun)
                )
        });
        let mut next = at + 1;
        while self.meaning(next) == Some(Meaning::Style) || self.key(next) == "nos" {
            next += 1;
        }
        let ends = matches!(
            self.what(next),
            None | Some(What::Enumerator)
                | Some(What::Mark(
                    Mark::Comma
                        | Mark::Stop
                        | Mark::Line
                        | Mark::Close
                        | Mark::Plus
                        | Mark::Ampersand
                        | Mark::Slash
                        | Mark::At
                        | Mark::Open
                ))
                | Some(What::Is(
                    Meaning::And | Meaning::Of | Meaning::With | Meaning::Each | Meaning::Optional
                ))
        ) || matches!(self.what(next), Some(What::Area(_) | What::Dims { .. }))
            || (matches!(self.what(next), Some(What::Mark(Mark::Hyphen)))
                && matches!(
                    self.what(next + 1),
                    Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                ))
            || (self.is_room(next)
                && self.noun_end.saturating_add(1) < at
                && self.is_listed_behind(next));
        let last = self.tokens_of(at).1;
        // `4 person meeting room x2`: the cross counts, whatever was said before.
        let crossed = at > 0
            && (self.meaning(at - 1) == Some(Meaning::Cross)
                || self.what(at - 1) == Some(What::Mark(Mark::Times)));
        let free = self.out.items.get(place).is_some_and(|item| {
            item.amount.is_none() && (item.seats.is_none() || crossed) && !item.is_template
        });
        if !(links && ends && free) {
            return false;
        }
        let is_station = self.lexemes.get(self.noun_end).is_some_and(|lexeme| {
            matches!(
                lexeme.what,
                What::Is(Meaning::Station(_) | Meaning::Furnishing)
            )
        });
        // `waiting - 30`: nobody has thirty of what there is one of.
        let for_seats = !crossed
            && !says_number
            && amount.low > Number::whole(MOST_OF_ONE)
            && self.out.items.get(place).is_some_and(|item| {
                // `meeting room (6)` is for six, `toilet (6)` are six.
                let meets = at > 0
                    && self.what(at - 1) == Some(What::Mark(Mark::Open))
                    && matches!(item.room, "meeting_room" | "training_room" | "team_room");
                !item.plural && (meets || is_one_of_a_kind(item.room))
            });
        if let Some(item) = self.item_mut(place) {
            if is_station || for_seats {
                item.seats = Some(amount);
            } else {
                item.amount = Some(amount);
            }
            item.last = item.last.max(last);
        }
        if amount.high.0 == 0 {
            self.exclude(place);
        }
        self.noun_end = at;
        if !is_station && amount.high.0 > 0 {
            self.divide(place);
        }
        true
    }

    /// Whether the number at `at` was written with its `no.`: `2 no`.
    fn is_written_no(&self, at: usize) -> bool {
        let (first, last) = self.tokens_of(at);
        (first..=last).any(|token| matches!(self.word_at(token), "no" | "nos"))
    }

    /// In `reception: 1 toilets: 2` the number of each stands behind it.
    fn is_listed_behind(&self, room: usize) -> bool {
        matches!(
            self.what(room + 1),
            Some(What::Mark(Mark::Colon | Mark::Hyphen | Mark::Times))
                | Some(What::Is(Meaning::Cross))
        ) && matches!(self.what(room + 2), Some(What::Count(_)))
    }

    pub(super) fn area(&mut self, at: usize, span: Span) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let is_total = self.comes_after(at, Meaning::Total);
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
    fn measured_item(&self, at: usize) -> Option<usize> {
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

    fn measures_whole(&self, at: usize) -> bool {
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

    pub(super) fn seats(&mut self, at: usize, amount: Amount, seat: Seat) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let next = self.past_adjectives(at + 1);
        let is_bedroom = seat == Seat::Bed
            && (self.facility == Some("home") || self.facility.is_none())
            && !self.is_room_with_beds(next)
            && !(self.follows_link(at) && self.has_beds(self.last_item()));
        if is_bedroom {
            self.pending.count = Some((amount, first, last));
            self.pending.begins(first);
            self.room(at, "bedroom");
            return;
        }
        // `1 ops manager room`: whose it is says what it is.
        if let Some(room) = room_of(seat)
            && self.meaning(next) == Some(Meaning::Noun)
            && self.key(next).ends_with("room")
        {
            self.pending.count = Some((amount, first, last));
            self.pending.begins(first);
            self.spend(next);
            self.at = next + 1;
            self.room(next, room);
            return;
        }
        if let Some(room) = self.room_for_each(at + 1) {
            // `8 lawyers, each with their own cabin`: eight cabins.
            for between in at + 1..room {
                self.spend(between);
            }
            self.pending = super::pending::Pending::default();
            self.pending.count = Some((amount, first, last));
            self.pending.begins(first);
            self.open_relation = None;
            self.at = room;
            return;
        }
        if self.comes_after(at, Meaning::For) || self.follows_link(at) && !self.is_room(next) {
            return self.seats_of_noun(at, amount, seat);
        }
        if self.is_room(next) {
            // `3 doctor cabins` and `4 children's toilets` count rooms, `8 person office` sizes one.
            if seat == Seat::Doctor
                || (matches!(
                    seat,
                    Seat::Person | Seat::Staff | Seat::Manager | Seat::Director
                ) && self.is_whose(last, next))
            {
                self.pending.count = Some((amount, first, last));
            } else {
                if self.pending.seats.is_some() {
                    self.conflict(first, last, "a second number of persons");
                }
                self.pending.seats = Some((amount, first, last));
            }
            self.pending.begins(first);
            return;
        }
        let of_whole = matches!(self.meaning(next), Some(Meaning::Facility(_)));
        if of_whole || self.last_item().is_none() || self.noun_end == usize::MAX {
            return self.whole_is_for(amount, seat, first, last);
        }
        let is_sized = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .and_then(|item| room_type(item.room))
            .is_some_and(|kind| kind.m2_per_seat.is_some());
        if is_sized {
            self.seats_of_noun(at, amount, seat);
        } else {
            self.whole_is_for(amount, seat, first, last);
        }
    }

    /// Whether the persons named by token `last` only say whose the room at `next` is.
    fn is_whose(&self, last: usize, next: usize) -> bool {
        let word = self
            .tokens
            .get(last)
            .and_then(Token::word)
            .unwrap_or_default();
        let counts_seats = [
            "seat", "person", "people", "pax", "persons", "capacity", "cover",
        ]
        .iter()
        .any(|head| word.starts_with(head));
        let is_sized = match self.meaning(next) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            }
            _ => true,
        };
        !counts_seats && !is_sized
    }

    fn is_room_with_beds(&self, at: usize) -> bool {
        matches!(
            self.meaning(at),
            Some(Meaning::Room(
                "recovery"
                    | "procedure_room"
                    | "sick_bay"
                    | "guest_room"
                    | "ward"
                    | "icu"
                    | "isolation_room"
                    | "patient_room"
                    | "nap_room"
                    | "day_treatment"
            )) | Some(Meaning::Station(
                "icu" | "ward" | "recovery" | "day_treatment"
            ))
        )
    }

    /// The room that each of the persons before lexeme `from` has: `, each with their own cabin`.
    fn room_for_each(&self, from: usize) -> Option<usize> {
        let mut at = from + usize::from(self.what(from) == Some(What::Mark(Mark::Comma)));
        let (mut is_each, mut has) = (false, false);
        while at < from + 9 {
            match self.meaning(at)? {
                Meaning::Each => is_each = true,
                // `2 partners, each partner needs a cabin`.
                Meaning::Seats(_) if is_each => {}
                Meaning::With | Meaning::In => has = true,
                Meaning::Stop
                | Meaning::Of
                | Meaning::The
                | Meaning::Article
                | Meaning::Attached
                | Meaning::Style => {}
                // `each group room 50 m2` says nothing of whose it is.
                Meaning::Room(_) | Meaning::Either { .. } if is_each && has => return Some(at),
                _ => return None,
            }
            at += 1;
        }
        None
    }

    /// Whether beds behind the item at `place` stand in that room.
    fn has_beds(&self, place: Option<usize>) -> bool {
        place
            .and_then(|place| self.out.items.get(place))
            .and_then(|item| room_type(item.room))
            .is_some_and(|kind| {
                kind.group == "clinic" || matches!(kind.key.as_str(), "nap_room" | "sick_bay")
            })
    }

    /// Persons or seats for whatever was named last.
    pub(super) fn seats_of_noun(&mut self, at: usize, amount: Amount, seat: Seat) {
        let (first, last) = self.tokens_of(at);
        match self.last_item() {
            // `…, seating for 14 patients`: they wait.
            Some(_)
                if self.seats_whole(at)
                    && matches!(
                        self.facility,
                        Some("clinic" | "dental_clinic" | "salon" | "bank" | "pharmacy")
                    ) =>
            {
                self.seat_in("waiting", amount, first, last);
            }
            Some(_) if self.seats_whole(at) => self.whole_is_for(amount, seat, first, last),
            Some(place) if self.noun_end != usize::MAX => {
                let free = self
                    .out
                    .items
                    .get(place)
                    .is_some_and(|item| item.seats.is_none());
                if free {
                    if let Some(item) = self.item_mut(place) {
                        // `cabins for 4 managers` are four.
                        let is_each = item.plural
                            && item.amount.is_none()
                            && matches!(
                                seat,
                                Seat::Person | Seat::Staff | Seat::Manager | Seat::Director
                            )
                            && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_none());
                        if is_each {
                            item.amount = Some(amount);
                            item.plural = false;
                            item.assumed.push("one for each person".to_owned());
                        } else {
                            item.seats = Some(amount);
                        }
                        item.last = item.last.max(last);
                    }
                    self.noun_end = at;
                } else {
                    self.conflict(first, last, "a second number of persons");
                }
            }
            _ => self.whole_is_for(amount, seat, first, last),
        }
    }

    /// `…, seating for 20` is an entry of its own in a list, and said of the whole.
    fn seats_whole(&self, at: usize) -> bool {
        let seating = (1..=2)
            .filter_map(|back| at.checked_sub(back))
            .find(|before| matches!(self.key(*before), "seating" | "seatingfor"));
        // `meeting room with a screen, seating 14` has no seats of its own yet.
        let eats = matches!(self.facility, Some("cafe" | "restaurant" | "canteen"));
        let is_sized = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| {
                item.seats.is_none()
                    && item.amount.is_none()
                    && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
            });
        if is_sized && !eats {
            return false;
        }
        seating
            .and_then(|seating| seating.checked_sub(1))
            .is_some_and(|before| {
                matches!(
                    self.what(before),
                    Some(What::Mark(Mark::Comma) | What::Is(Meaning::And))
                )
            })
    }

    /// `seats`, `people` without a number: part of the phrase before.
    pub(super) fn bare_seats(&mut self, at: usize, seat: Seat) {
        // `an office seating 30`, `meeting room (seats 8)`, `a hall with a stage, seating 40`.
        if let Some(What::Count(amount)) = self.what(at + 1)
            && self.is_boundary(self.past_adjectives(at + 2))
            && (self.touches_noun(at)
                || self.comes_after_mark(at, Mark::Open)
                || self.is_verb_of_sized(at))
        {
            self.spend(at + 1);
            self.at += 1;
            return self.seats_of_noun(at + 1, amount, seat);
        }
        // `30 call agents`, `5 open-bay chairs`.
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        let is_said_of = (counted_at + 1..at).all(|between| {
            matches!(
                self.meaning(between),
                Some(Meaning::Style | Meaning::Stop | Meaning::Seats(_))
            )
        });
        if let Some((amount, first, _)) = self.pending.count.filter(|_| {
            is_said_of
                && self.pending.unknown.is_none()
                && !self.is_room(self.past_adjectives(at + 1))
        }) {
            let (_, last) = self.tokens_of(at);
            self.pending = super::pending::Pending::default();
            if self.comes_after(counted_at, Meaning::For) || self.follows_link(counted_at) {
                self.spend_tokens(first, last);
                return self.seats_of_noun(at, amount, seat);
            }
            return self.whole_is_for(amount, seat, first, last);
        }
        if self.is_named_after(at, seat) {
            return;
        }
        // `1 BHK: bed 11x12`.
        if seat == Seat::Bed
            && self.facility == Some("home")
            && matches!(self.what(at + 1), Some(What::Dims { .. } | What::Area(_)))
        {
            self.room(at, "bedroom");
            return;
        }
        if self.touches_noun(at) {
            self.noun_end = at;
            return;
        }
        // `3 tattoo stations`: so many of something that is not known.
        if self.pending.unknown.is_some() {
            let (_, last) = self.tokens_of(at);
            self.pending.unknown = self.pending.unknown.map(|(from, _)| (from, last));
            return self.end_phrase();
        }
        if let Some(room) = room_of(seat)
            && self.meaning(at + 1) == Some(Meaning::Noun)
            && self.key(at + 1).ends_with("room")
        {
            self.spend(at + 1);
            self.at = at + 2;
            self.room(at + 1, room);
            return;
        }
        // `paralegal area`: where they work.
        if seat == Seat::Staff
            && matches!(self.key(at + 1), "area" | "space" | "zone" | "section")
            && matches!(self.facility, None | Some("office" | "coworking"))
        {
            self.spend(at + 1);
            self.at = at + 2;
            self.room(at + 1, "open_office");
            return;
        }
        // `officer's room`: whose it is says not what it is for.
        if self.meaning(at + 1) == Some(Meaning::Noun) {
            let (first, _) = self.tokens_of(at);
            let (_, last) = self.tokens_of(at + 1);
            let first = self.pending.from.unwrap_or(first).min(first);
            self.pending = super::pending::Pending::default();
            self.spend_tokens(first, last);
            self.out.unrecognised.push((first, last));
            self.noun = Noun::Unknown;
            self.noun_end = self.at;
            self.at += 1;
        }
    }

    /// `…, manager, …` and `staff 6 m2` in a list of rooms are the rooms of those.
    fn is_named_after(&mut self, at: usize, seat: Seat) -> bool {
        let joined = at > 0
            && matches!(
                self.what(at - 1),
                Some(
                    What::Mark(Mark::Comma | Mark::Line | Mark::Plus | Mark::Ampersand)
                        | What::Is(Meaning::And)
                        | What::Enumerator
                )
            );
        let measured = matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }));
        let is_plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if !joined
            || is_plural
            || !(measured || self.is_boundary(at + 1))
            || self.out.items.is_empty()
        {
            return false;
        }
        // `toilets for men, women and staff`, `toilets (patient, staff)` are about something else.
        let mut before = at;
        while before > 0 {
            match self.what(before - 1) {
                Some(What::Is(Meaning::For | Meaning::Each)) | Some(What::Mark(Mark::Open)) => {
                    return false;
                }
                Some(What::Is(
                    Meaning::Seats(_)
                    | Meaning::Male
                    | Meaning::Female
                    | Meaning::And
                    | Meaning::Article
                    | Meaning::The
                    | Meaning::Style,
                ))
                | Some(What::Mark(Mark::Comma | Mark::Ampersand)) => before -= 1,
                _ => break,
            }
        }
        let room = match room_of(seat) {
            Some(room) => room,
            None if self.key(at) == "staff" => "staff_room",
            None => return false,
        };
        self.room(at, room);
        true
    }

    fn comes_after_mark(&self, at: usize, mark: Mark) -> bool {
        at > 0 && self.what(at - 1) == Some(What::Mark(mark)) && self.last_item().is_some()
    }

    /// `seating` or `seats` behind a room that is sized by seats and has none yet.
    fn is_verb_of_sized(&self, at: usize) -> bool {
        self.key(at).starts_with("seat")
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| {
                    item.seats.is_none()
                        && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
                })
    }
}
