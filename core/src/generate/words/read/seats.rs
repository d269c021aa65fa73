//! Persons, seats and beds: for the room before, the room to come, or the whole.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::token::{Mark, Token};
use super::Reader;
use crate::layout::room_type;

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
        // `four chairs in the waiting area`: the seats of what comes.
        let within = self.past_adjectives(self.past_small_words(at + 2));
        if self.meaning(at + 1) == Some(Meaning::In)
            && self.is_room(within)
            && self.key(within) != "openbay"
            && (self.meaning(at + 2) == Some(Meaning::The)
                || matches!(self.meaning(within), Some(Meaning::Room(room))
                    if room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())))
            && !self.comes_after(at, Meaning::For)
            && self.pending.seats.is_none()
        {
            self.pending.seats = Some((amount, first, last));
            self.pending.seat = Some(seat);
            self.pending.begins(first);
            self.spend(at + 1);
            self.at = at + 2;
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
                self.pending.seat = Some(seat);
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
        // `1 conference, 18 staff seating`: those who work sit in no meeting room.
        let works = seat == Seat::Staff
            && !self.touches_noun(at)
            && matches!(self.facility, None | Some("office" | "coworking"))
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| !matches!(item.room, "open_office" | "team_room"));
        // `4 tellers, 1 manager`: who has a room of his own sits in no other.
        let has_own = matches!(seat, Seat::Manager | Seat::Director) && !self.touches_noun(at);
        if has_own {
            self.whole_is_for(amount, seat, first, last);
        } else if works {
            self.seat_in("open_office", amount, first, last);
        } else if is_sized {
            self.seats_of_noun(at, amount, seat);
        } else {
            self.whole_is_for(amount, seat, first, last);
        }
    }

    /// Whether the persons named by token `last` only say whose the room at `next` is.
    pub(super) fn is_whose(&self, last: usize, next: usize) -> bool {
        let word = self
            .tokens
            .get(last)
            .and_then(Token::word)
            .unwrap_or_default();
        // Of all who are only named by what they do, and of few others, it says whose.
        let is_staff = self.lexemes.iter().any(|lexeme| {
            lexeme.last == last
                && matches!(lexeme.what, What::Seats(_, seat) if seat != Seat::Person)
        });
        let is_somebody = [
            "adult", "child", "kid", "student", "pupil", "patient", "visitor", "guest", "customer",
            "client", "teacher", "resident", "toddler", "parent", "relative", "member", "user",
        ]
        .iter()
        .any(|head| word.starts_with(head));
        let counts_seats = !(is_staff || is_somebody)
            || ["seat", "person", "people", "pax", "capacity", "cover"]
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

    pub(super) fn is_room_with_beds(&self, at: usize) -> bool {
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
    pub(super) fn room_for_each(&self, from: usize) -> Option<usize> {
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
    pub(super) fn has_beds(&self, place: Option<usize>) -> bool {
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
    pub(super) fn seats_whole(&self, at: usize) -> bool {
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
}
