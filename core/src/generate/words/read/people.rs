//! Words for people, seats and beds without a number, and rooms that are named after them.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::seats::room_of;
use super::{Noun, Reader};
use crate::layout::room_type;

impl Reader<'_> {
    /// `seats`, `people` without a number: part of the phrase before.
    pub(super) fn bare_seats(&mut self, at: usize, seat: Seat) {
        // `ensuite to bed 1`.
        if seat == Seat::Bed
            && self.open_relation.is_some()
            && (self.out.items.iter()).any(|item| matches!(item.room, "bedroom" | "master_bedroom"))
        {
            if matches!(self.what(at + 1), Some(What::Count(_))) && self.is_boundary(at + 2) {
                self.spend(at + 1);
                self.at = at + 2;
            }
            self.room(at, "bedroom");
            return;
        }
        if self.have_rooms_behind(at) || self.are_rooms_of_known(at) {
            return;
        }
        let (_, last) = self.tokens_of(at);
        // `a handful of chairs in the waiting area`: how many is not said.
        if let Some(vague) = self.pending.vague.take()
            && matches!(seat, Seat::Chair | Seat::Bed)
        {
            let (first, _) = self.tokens_of(vague);
            self.pending = super::pending::Pending::default();
            return self.ignore(
                first,
                last,
                "how many is not said; rooms are sized by their types",
            );
        }
        // `seating 50 sqm for 30 guests` of a café is where they sit.
        if self.key(at) == "seating"
            && matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }))
            && matches!(self.facility, Some("cafe" | "restaurant" | "canteen"))
        {
            self.room(at, "dining_area");
            return;
        }
        // `toilets for boys, girls and staff`: three.
        let two = Number::whole(2);
        let behind_gender = at >= 2
            && matches!(
                self.what(at - 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand | Mark::Comma))
            )
            && (matches!(self.meaning(at - 2), Some(Meaning::Male | Meaning::Female))
                || matches!(self.key(at - 2), "lady" | "gent"));
        if behind_gender
            && self.is_boundary(at + 1)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.is_by_gender()
            && ((item.male && item.female && item.amount.is_none())
                || item.amount.is_some_and(|amount| amount.high == two))
        {
            let three = Number::whole(3);
            item.amount = Some(Amount {
                low: three,
                high: three,
                bound: Bound::Exactly,
            });
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        // `4 rooms for the kids` of a home are bedrooms.
        let who = at - usize::from(at > 0 && self.meaning(at - 1) == Some(Meaning::The));
        if self.facility == Some("home")
            && seat == Seat::Person
            && self.comes_after(who, Meaning::For)
            && self.follows_link(at)
            && self.is_boundary(at + 1)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "room"
            && item.amount.is_some()
        {
            item.room = "bedroom";
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        // `one glass room for the boss`: whose it is says what it is.
        // `1 cabin for the director`.
        let heads = ["director", "md", "ceo", "chairman", "principal"]
            .iter()
            .any(|who| self.word_at(last).starts_with(who));
        if heads
            && seat == Seat::Director
            && (self.comes_after(at, Meaning::For) || self.comes_after(at, Meaning::The))
            && self.follows_link(at)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "private_office"
            && !item.plural
            && item
                .amount
                .is_none_or(|amount| amount.high == Number::whole(1))
        {
            item.room = "executive_office";
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        // `2 rooms for partners`: of those who have one each in any office.
        let has_office = self.has_own_office(self.word_at(last));
        if let Some(room) = room_of(seat).or(has_office.then_some("private_office"))
            && self.comes_after(at, Meaning::For)
            && self.follows_link(at)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            // `two cabins for physicians`, too.
            && (item.room == "room" || (item.room == "private_office" && seat == Seat::Doctor))
        {
            item.room = room;
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        // `an office seating 30`, `meeting room (seats 8)`, `a hall with a stage, seating 40`.
        // `4 classrooms, capacity 15 each`.
        let said = at + 2 + usize::from(self.meaning(at + 2) == Some(Meaning::Each));
        if let Some(What::Count(amount)) = self.what(at + 1)
            && self.is_boundary(self.past_adjectives(said))
            && (self.touches_noun(at)
                || self.comes_after_mark(at, Mark::Open)
                || self.is_verb_of_sized(at)
                // `a restaurant of 180 sqm, seating 80, …`.
                || (self.noun == Noun::Whole
                    && self.out.items.is_empty()
                    && self.key(at).starts_with("seat")))
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
            ) || self.key(between) == "openbay"
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
        // `chairs: 3`, `staff - 12`.
        let heads = at == 0
            || matches!(
                self.what(at - 1),
                Some(
                    What::Mark(Mark::Comma | Mark::Line | Mark::Stop | Mark::Colon)
                        | What::Enumerator
                )
            );
        if heads
            && matches!(
                self.what(at + 1),
                Some(
                    What::Mark(Mark::Colon | Mark::Hyphen | Mark::Times) | What::Is(Meaning::Cross)
                )
            )
            && let Some(What::Count(amount)) = self.what(at + 2)
            && self.is_boundary(at + 3)
        {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 2).1);
            self.at = at + 3;
            return self.whole_is_for(amount, seat, first, last);
        }
        // `accounting office: partners 3, staff 12`.
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if heads
            && (plural || self.key(at) == "staff" || self.key(at).ends_with("strength"))
            && !matches!(seat, Seat::Bed | Seat::Chair)
            && let Some(What::Count(amount)) = self.what(at + 1)
            && self.is_boundary(at + 2)
        {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            self.at = at + 2;
            return self.whole_is_for(amount, seat, first, last);
        }
        if self.is_named_after(at, seat) {
            return;
        }
        // `Staff/Pantry: 10 sqm`: of two rooms in one, the first.
        if heads
            && self.key(at) == "staff"
            && self.what(at + 1) == Some(What::Mark(Mark::Slash))
            && matches!(
                self.meaning(at + 2),
                Some(Meaning::Room("pantry" | "kitchen" | "break_room" | "store"))
            )
        {
            self.room(at, "staff_room");
            return;
        }
        // `1 BHK: bed 11x12`.
        if seat == Seat::Bed
            && matches!(self.facility, None | Some("home"))
            && matches!(self.what(at + 1), Some(What::Dims { .. } | What::Area(_)))
        {
            self.room(at, "bedroom");
            return;
        }
        // `bed 1 4x4 m, bed 2 3x4 m`.
        if seat == Seat::Bed
            && matches!(self.facility, None | Some("home"))
            && matches!(self.what(at + 1), Some(What::Count(_)))
            && matches!(self.what(at + 2), Some(What::Dims { .. } | What::Area(_)))
        {
            self.room(at, "bedroom");
            return;
        }
        // `the kitchen next to the seating`.
        if self.open_relation.is_some()
            && self.key(at) == "seating"
            && let Some(place) = (self.out.items.iter())
                .position(|item| item.room == "dining_area" && !item.is_excluded)
        {
            return self.relate(place);
        }
        // `1 director with secretary`: nobody says where the secretary sits.
        if seat == Seat::Staff
            && self.comes_after(at, Meaning::With)
            && self.is_boundary(at + 1)
            && self.pending.count.is_none()
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(first, last, "where they sit is not said");
        }
        // `lounge for residents (15)`: what follows is still said of the lounge.
        let for_whom = self.comes_after(at, Meaning::For)
            && self.follows_link(at)
            && self.last_item().is_some()
            && matches!(self.what(at + 1), Some(What::Mark(Mark::Open)));
        if self.touches_noun(at) || for_whom {
            self.noun_end = Some(at);
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
            self.noun_end = Some(self.at);
            self.at += 1;
        }
    }

    /// `…, manager, …` and `staff 6 m2` in a list of rooms are the rooms of those.
    pub(super) fn is_named_after(&mut self, at: usize, seat: Seat) -> bool {
        let joined = at > 0
            && matches!(
                self.what(at - 1),
                Some(
                    What::Mark(
                        Mark::Comma | Mark::Line | Mark::Plus | Mark::Ampersand | Mark::Colon
                    ) | What::Is(Meaning::And)
                        | What::Enumerator
                )
            );
        let is_size = |at: usize| matches!(self.what(at), Some(What::Area(_) | What::Dims { .. }));
        // `staff (15 m2)`, too.
        let in_brackets = self.what(at + 1) == Some(What::Mark(Mark::Open)) && is_size(at + 2);
        let measured = is_size(at + 1) || in_brackets;
        let is_plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if !joined
            || is_plural
            // `staff seating for 8`: where they sit.
            || self.key(at + 1).starts_with("seating")
            || !(measured || self.is_boundary(at + 1))
            || (self.out.items.is_empty() && self.out.whole.facility.is_none())
        {
            return false;
        }
        // `toilets for men, women and staff`, `toilets (patient, staff)` are about something else.
        let mut before = at;
        while before > 0 {
            match self.what(before - 1) {
                // `of 12 sqm each, staff 10 sqm`.
                Some(What::Is(Meaning::Each))
                    if before > 1
                        && matches!(
                            self.what(before - 2),
                            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                        ) =>
                {
                    break;
                }
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
            None if self.key(at) == "nurse" && measured => "nurse_station",
            None => return false,
        };
        self.room(at, room);
        true
    }

    pub(super) fn comes_after_mark(&self, at: usize, mark: Mark) -> bool {
        at > 0 && self.what(at - 1) == Some(What::Mark(mark)) && self.last_item().is_some()
    }

    /// `seating` or `seats` behind a room that is sized by seats and has none yet.
    pub(super) fn is_verb_of_sized(&self, at: usize) -> bool {
        ["seat", "capacity"]
            .iter()
            .any(|verb| self.key(at).starts_with(verb))
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| {
                    item.seats.is_none()
                        && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
                })
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn seating_of_a_cafe_may_have_a_size() {
        for (prompt, rooms) in [
            (
                "cafe: seating 50 sqm for 30 guests, kitchen",
                "dining_area:1@50#30 kitchen:1",
            ),
            (
                "cafe: seating for 30 guests, kitchen",
                "dining_area:1#30 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn a_cabin_for_the_director_is_his() {
        for (prompt, rooms) in [
            (
                "3 cabins for managers, 1 cabin for the director",
                "private_office:3 executive_office:1",
            ),
            (
                "2 offices, an office for the boss, pantry",
                "private_office:2 private_office:1 pantry:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
