//! Counts, areas, dimensions and seats: for the room to come, the room before, or the whole.

use super::super::item::{Item, Size};
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::{Mark, Token};
use super::{Noun, Reader};
use crate::layout::room_type;

/// A larger number behind a room that a place has one of is how many it is for.
pub(super) const MOST_OF_ONE: i64 = 4;

/// Whether `smaller ones` stands behind the number at `at`.
fn adjective_before_ones(reader: &Reader<'_>, at: usize) -> bool {
    let next = reader.past_adjectives(at + 1);
    next > at + 1 && reader.key(next) == "one"
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
    pub(super) fn comes_after(&self, at: usize, meaning: Meaning) -> bool {
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
        // `3 cabins instead of 2`.
        if at > 0
            && ["insteadof", "inplaceof", "ratherthan"].contains(&self.key(at - 1))
            && self.is_boundary(at + 1)
        {
            self.is_negated = false;
            return self.ignore(first, last, "what it was before");
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
                || self.what(at + 1) == Some(What::Mark(Mark::Colon))
                // `rooms for 4 - 3 nos`.
                || (self.what(at + 1) == Some(What::Mark(Mark::Hyphen))
                    && matches!(self.what(at + 2), Some(What::Count(_)))))
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
        let who = at + 2 + usize::from(self.meaning(at + 2) == Some(Meaning::The));
        let for_others = self.meaning(at + 1) == Some(Meaning::For)
            && matches!(
                self.meaning(who),
                Some(Meaning::Seats(_) | Meaning::Male | Meaning::Female)
            )
            && self.is_boundary(who + 1)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| item.amount.is_some() && item.seats.is_none());
        // `ten cabins of 8 sqm; two of 12 sqm`.
        let measured = usize::from(self.meaning(at + 1) == Some(Meaning::Of));
        let after_line = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Line));
        let of_size = matches!(
            self.what(at + 1 + measured),
            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
        ) && measured == 1
            && self.is_boundary(at + 3)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| {
                    item.amount.is_some()
                        && (item.area.is_some() || item.sides.is_some() || item.seats.is_some())
                });
        // `2 large for 8, 3 small for 4`, `2 mid 8 pax, 3 small 4 pax`.
        let sized = joined
            && adjectives > 0
            && matches!(
                self.what(next),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            )
            && self.is_boundary(next + 1)
            && self
                .last_item()
                .is_some_and(|place| self.is_measured_alike(place, next));
        if sized || (joined && for_others) || ((joined || after_line) && of_size) {
            return true;
        }
        joined
            && adjectives > 0
            && self.last_item().is_some()
            && !matches!(self.key(at + 1), "male" | "female" | "men" | "women")
            && self.is_boundary(next + usize::from(one))
    }

    /// Whether the item at `place` has what the lexeme at `at` measures.
    fn is_measured_alike(&self, place: usize, at: usize) -> bool {
        self.out
            .items
            .get(place)
            .is_some_and(|item| match self.what(at) {
                Some(What::Seats(..)) => item.seats.is_some(),
                _ => item.area.is_some() || item.sides.is_some(),
            })
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
        // `one master with a bath, two smaller ones`: bedrooms, not baths.
        let host = whole.via.and_then(|via| self.out.items.get(via));
        let whole = host
            .filter(|_| adjective_before_ones(self, at))
            .unwrap_or(whole);
        let room = match whole.room {
            "master_bedroom" => "bedroom",
            room => room,
        };
        let mut item = Item::new(room, &whole.key, first, last);
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
        // The rest of the bedrooms that were counted before.
        let rest = self.out.items.iter().position(|other| {
            other.is_open
                && other.room == item.room
                && other.amount.map(|all| all.low) == Some(amount.low)
        });
        let place = match rest {
            Some(place) => {
                if let Some(other) = self.item_mut(place) {
                    other.size = other.size.or(item.size);
                }
                place
            }
            None => {
                self.out.items.push(item);
                self.out.items.len() - 1
            }
        };
        self.noun = Noun::Item(place);
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
        // `4 person meeting room x2`: the cross counts, whatever was said before.
        let crossed = at > 0
            && (self.meaning(at - 1) == Some(Meaning::Cross)
                || self.what(at - 1) == Some(What::Mark(Mark::Times)));
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
                || (crossed && what == What::Mark(Mark::Close))
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
            // `conf 1 no 10 pax`.
            || (says_number && matches!(self.what(next), Some(What::Seats(..))))
            || (matches!(self.what(next), Some(What::Mark(Mark::Hyphen)))
                && matches!(
                    self.what(next + 1),
                    Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                ))
            || (self.is_room(next)
                && self.noun_end.saturating_add(1) < at
                && self.is_listed_behind(next));
        let last = self.tokens_of(at).1;
        let free = self.out.items.get(place).is_some_and(|item| {
            item.amount.is_none()
                && (item.seats.is_none() || crossed || says_number)
                && !item.is_template
        });
        // `1 meeting room (8)`: for eight.
        if links
            && ends
            && at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Open))
            && self.is_sized(place)
            && let Some(item) = self.item_mut(place).filter(|item| item.amount.is_some())
        {
            item.seats = Some(amount);
            item.last = item.last.max(last);
            self.noun_end = at;
            return true;
        }
        // `en-suite to bedroom 1`, one of those that were counted before.
        let is_label = self.touches_noun(at)
            && self.is_boundary(at + 1)
            && self
                .lexemes
                .get(self.noun_end)
                .is_some_and(|lexeme| !lexeme.plural)
            && self.out.items.get(place).is_some_and(|item| {
                item.first < self.tokens_of(self.noun_end).0
                    && item.last < self.tokens_of(self.noun_end).0
                    && item.amount.is_some_and(|all| all.high >= amount.high)
            });
        if is_label {
            self.noun_end = at;
            return true;
        }
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
                let meets = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Open))
                    || self.touches_noun(at);
                let meets = meets
                    && matches!(
                        item.room,
                        "meeting_room"
                            | "training_room"
                            | "team_room"
                            | "classroom"
                            | "activity_room"
                    );
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
}
