//! Persons, seats and beds: for the room before, the room to come, or the whole.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::token::Mark;
use super::Reader;
use super::seat_cases::Said;
use crate::layout::room_type;

/// More people than this share rooms, unless it is said that each has one.
pub(super) const MOST_OFFICES: i64 = 12;

/// The room that is named after those who have one each.
pub(super) const fn room_of(seat: Seat) -> Option<&'static str> {
    match seat {
        Seat::Manager => Some("private_office"),
        Seat::Director => Some("executive_office"),
        Seat::Doctor => Some("consultation"),
        Seat::Person | Seat::Staff | Seat::Chair | Seat::Bed => None,
    }
}

impl Reader<'_> {
    /// A number of persons, seats or beds, at `at`.
    ///
    /// Each case tells whether it is the one at hand; the first that is puts the number to use. What
    /// none of them takes is said of the room before or of the whole.
    pub(super) fn seats(&mut self, at: usize, amount: Amount, seat: Seat) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        let amount = self.with_those_before_plus(at, amount);
        let have_rooms = self.are_teams_with_rooms(at, amount)
            || self.spread_over_rooms(at, amount)
            || self.share_a_room(at, amount, seat)
            || self.sit_by_so_many(at, amount, seat)
            || self.have_rooms_each(at)
            || self.are_sized_each(at, amount, seat);
        if have_rooms || self.sit_at(at, amount) || self.are_of_a_sofa(at) {
            return;
        }
        if self.are_in_groups(at, amount, seat) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let said = Said {
            at,
            amount,
            seat,
            first,
            last,
            next: self.past_adjectives(at + 1),
        };
        let is_taken = Self::SEAT_CASES.iter().any(|case| case(self, said));
        if !is_taken {
            self.seat_somewhere(said);
        }
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
            Some(_) if self.seats_whole(at) => {
                let seat = self.seated_before(at).unwrap_or(seat);
                self.whole_is_for(amount, seat, first, last);
            }
            Some(place) if self.noun_end.is_some() => {
                let free = self
                    .out
                    .items
                    .get(place)
                    // `40 staff, hot desks for 24`: the desks are counted, not the people.
                    .is_some_and(|item| item.seats.is_none() || item.seats_of_whole);
                if free {
                    let is_count = matches!(self.what(at), Some(What::Count(_)));
                    if let Some(item) = self.item_mut(place) {
                        // `cabins for 4` may be four, or cabins for four each.
                        let is_bare = is_count
                            && item.plural
                            && item.amount.is_none()
                            && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_none());
                        if is_bare {
                            item.last = item.last.max(last);
                            self.noun_end = Some(at);
                            return self.conflict(
                                first,
                                last,
                                "how many rooms, or for how many each, is not clear",
                            );
                        }
                        // `cabins for 4 managers` are four.
                        let is_each = item.plural
                            && item.amount.is_none()
                            && matches!(
                                seat,
                                Seat::Person
                                    | Seat::Staff
                                    | Seat::Manager
                                    | Seat::Director
                                    | Seat::Doctor
                            )
                            && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_none());
                        if is_each {
                            item.amount = Some(amount);
                            item.plural = false;
                            item.assumed.push("one for each person".to_owned());
                        } else {
                            item.seats = Some(amount);
                            item.seats_of_whole = false;
                        }
                        item.last = item.last.max(last);
                    }
                    self.noun_end = Some(at);
                } else if !self.adds_seats(at, place, amount) {
                    self.conflict(first, last, "a second number of persons");
                }
            }
            _ => self.whole_is_for(amount, seat, first, last),
        }
    }

    /// `waiting for 8 adults and 4 children`: twelve. Whether the amount at `at` goes on with those
    /// of the item at `place`.
    fn adds_seats(&mut self, at: usize, place: usize, amount: Amount) -> bool {
        let joined = matches!(
            at.checked_sub(1).and_then(|before| self.what(before)),
            Some(What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand))
        );
        let counts = |at: usize| matches!(self.what(at), Some(What::Seats(..)));
        if !joined
            || !self.is_one_past_noun(at)
            || !self.noun_end.is_some_and(counts)
            || !counts(at)
        {
            return false;
        }
        let (_, last) = self.tokens_of(at);
        if let Some(item) = self.item_mut(place)
            && let Some(seats) = &mut item.seats
        {
            seats.low.0 = seats.low.0.saturating_add(amount.low.0);
            seats.high.0 = seats.high.0.saturating_add(amount.high.0);
            item.last = item.last.max(last);
        }
        self.noun_end = Some(at);
        true
    }

    /// Who is named before the `seating` that stands before `at`: `staff seating for 8`.
    fn seated_before(&self, at: usize) -> Option<Seat> {
        let seating = (1..=2)
            .filter_map(|back| at.checked_sub(back))
            .find(|before| self.key(*before).starts_with("seating"))?;
        match self.meaning(seating.checked_sub(1)?) {
            Some(Meaning::Seats(seat)) => Some(seat),
            _ => None,
        }
    }

    /// `…, seating for 20` is an entry of its own in a list, and said of the whole.
    pub(super) fn seats_whole(&self, at: usize) -> bool {
        let seating = (1..=2)
            .filter_map(|back| at.checked_sub(back))
            .find(|before| matches!(self.key(*before), "seating" | "seatingfor"));
        // `junior seating for 8`: of those, whoever has a room.
        let mut begins = seating.unwrap_or(at);
        while begins > 0 && matches!(self.meaning(begins - 1), Some(Meaning::Seats(_))) {
            begins -= 1;
        }
        let is_of_others = seating.is_some_and(|seating| begins < seating);
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
        if is_sized && !eats && !is_of_others {
            return false;
        }
        seating
            .and_then(|_| begins.checked_sub(1))
            .is_some_and(|before| {
                matches!(
                    self.what(before),
                    Some(What::Mark(Mark::Comma) | What::Is(Meaning::And))
                )
            })
    }
}
