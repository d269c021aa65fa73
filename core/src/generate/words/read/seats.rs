//! Persons, seats and beds: for the room before, the room to come, or the whole.

use super::super::context::inside;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;
use super::numbers::is_one_of_a_kind;
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
    pub(super) fn seats(&mut self, at: usize, amount: Amount, seat: Seat) {
        self.spend(at);
        if self.is_said_of_unknown(at) {
            return;
        }
        // `5 + 5 chairs` are ten.
        let mut amount = amount;
        let is_sum = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Plus));
        if let Some((more, first, last)) = self.pending.count.filter(|_| is_sum) {
            amount.low.0 = amount.low.0.saturating_add(more.low.0);
            amount.high.0 = amount.high.0.saturating_add(more.high.0);
            self.pending.count = None;
            self.spend_tokens(first, last);
        }
        if self.are_teams_with_rooms(at, amount)
            || self.spread_over_rooms(at, amount)
            || self.share_a_room(at, amount, seat)
            || self.sit_by_so_many(at, amount, seat)
        {
            return;
        }
        if self.have_rooms_each(at)
            || self.are_sized_each(at, amount, seat)
            || self.sit_at(at, amount)
        {
            return;
        }
        // `reception with a two-seater sofa`.
        if matches!(
            self.key(at + 1),
            "sofa" | "couch" | "bench" | "settee" | "recliner"
        ) {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            self.at = at + 2;
            return self.ignore(
                first,
                last,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        self.take_groups(at);
        let (first, last) = self.tokens_of(at);
        // `8 seater x 4 cabins`.
        let crossed = self.meaning(at + 1) == Some(Meaning::Cross)
            || self.what(at + 1) == Some(What::Mark(Mark::Times));
        if crossed
            && matches!(self.what(at + 2), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(at + 3))
        {
            return self.hand_to_next(at, amount, seat, at + 1);
        }
        let next = self.past_adjectives(at + 1);
        // `4 rooms (3 beds each)`.
        let sleeps =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                matches!(item.room, "room" | "guest_room" | "bedroom") && item.seats.is_none()
            });
        if seat == Seat::Bed
            && sleeps
            && self.follows_link(at)
            && (self.comes_after_mark(at, Mark::Open)
                || self.meaning(at + 1) == Some(Meaning::Each))
        {
            return self.seats_of_noun(at, amount, seat);
        }
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
        // `15 four-seater tables`.
        if self.key(at + 1) == "table"
            && matches!(self.facility, Some("cafe" | "restaurant" | "canteen"))
            && let Some((tables, from, _)) = self.pending.count
            && let (Some(tables), Some(each)) = (tables.low.count(), amount.low.count())
        {
            let all = Number::whole(i64::from(tables) * i64::from(each));
            let (_, last) = self.tokens_of(at + 1);
            self.pending = super::pending::Pending::default();
            self.at = at + 2;
            let all = Amount {
                low: all,
                high: all,
                bound: amount.bound,
            };
            return self.seat_in("dining_area", all, from, last);
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
        // `4 partner rooms`: whoever works there has one.
        if self.meaning(next) == Some(Meaning::Noun)
            && self.key(next).ends_with("room")
            && self.lexemes.get(next).is_some_and(|lexeme| lexeme.plural)
            && self.facility == Some("office")
            && self.is_whose(last, next + 1)
        {
            self.pending.count = Some((amount, first, last));
            self.pending.begins(first);
            self.spend(next);
            self.at = next + 1;
            self.room(next, "private_office");
            return;
        }
        let has_own = !matches!(seat, Seat::Bed | Seat::Chair);
        if let Some(room) = self.room_for_each(at + 1).filter(|_| has_own) {
            // `8 lawyers, each with their own cabin`: eight cabins.
            for between in at + 1..room {
                self.spend(between);
            }
            self.take_from_people(amount, last);
            self.take_of_whom(at, amount);
            if !self.out.items.iter().any(|item| item.seats_of_whole) {
                // Their rooms are no places for those who are counted next.
                self.seated_apart += amount.high.count().unwrap_or_default();
            }
            self.pending = super::pending::Pending::default();
            self.pending.count = Some((amount, first, last));
            self.pending.begins(first);
            // Not those of managers who were named before.
            self.pending.another = matches!(seat, Seat::Director);
            self.open_relation = None;
            self.at = room;
            self.call_own_room(room, seat, last);
            return;
        }
        // `12 seats for staff`: whoever they are for says what they are.
        if matches!(seat, Seat::Chair | Seat::Person)
            && self.word_at(last).starts_with("seat")
            && self.meaning(at + 1) == Some(Meaning::For)
            && self.meaning(at + 2) == Some(Meaning::Seats(Seat::Staff))
            && self.is_boundary(at + 3)
        {
            self.spend_tokens(first, self.tokens_of(at + 2).1);
            self.at = at + 3;
            return self.whole_is_for(amount, Seat::Staff, first, self.tokens_of(at + 2).1);
        }
        // `four chairs in the waiting area`: the seats of what comes.
        if self.are_in_the_next(at, seat) && self.pending.seats.is_none() {
            return self.hand_to_next(at, amount, seat, at + 1);
        }
        if self.comes_after(at, Meaning::For) || self.follows_link(at) && !self.is_room(next) {
            return self.seats_of_noun(at, amount, seat);
        }
        // `waiting 12 chairs reception 1 person …`: without commas a number is of what it touches.
        let is_telegram = !(self.lexemes.iter())
            .any(|lexeme| matches!(lexeme.what, What::Mark(mark) if mark.ends_phrase()));
        let is_of_before = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.seats.is_none() && is_one_of_a_kind(item.room));
        if is_telegram && is_of_before && self.is_room(next) && self.touches_noun(at) {
            return self.seats_of_noun(at, amount, seat);
        }
        // `dental clinic 5 chairs reception …`: a plural describes no room behind it.
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if self.is_room(next)
            && seat == Seat::Chair
            && plural
            && self.noun == super::Noun::Whole
            && !self.is_sized_by_seats(next)
        {
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
        // `a hotel with …, 60 seat restaurant`: a place inside another is one of its rooms.
        if let Some(Meaning::Facility(place)) = self.meaning(next)
            && self
                .out
                .whole
                .facility
                .is_some_and(|(known, ..)| known != place)
            && inside(place).is_some()
            && self.pending.seats.is_none()
        {
            self.pending.seats = Some((amount, first, last));
            self.pending.seat = Some(seat);
            return self.pending.begins(first);
        }
        let of_whole = matches!(self.meaning(next), Some(Meaning::Facility(_)));
        if of_whole || self.last_item().is_none() || self.noun_end.is_none() {
            return self.whole_is_for(amount, seat, first, last);
        }
        let is_sized = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            // `breakfast room 24 covers`: of that room, not of another.
            .is_some_and(|item| {
                room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
                    || (self.touches_noun(at) && is_one_of_a_kind(item.room))
            });
        // `1 conference, 18 staff seating`: those who work sit in no meeting room.
        let works = seat == Seat::Staff
            && !self.touches_noun(at)
            && matches!(self.facility, None | Some("office" | "coworking"))
            && (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                match item.room {
                    "open_office" => false,
                    "team_room" => item.seats.is_some(),
                    _ => true,
                }
            });
        // `4 tellers, 1 manager`: who has a room of his own sits in no other.
        let has_own = matches!(seat, Seat::Manager | Seat::Director) && !self.touches_noun(at);
        // `no open plan office, … 8 staff`: they sit in no room that is not wanted.
        // `3 cabins, 1 conference and 20 seats`: an entry of its own.
        let is_entry = at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand))
            )
            && matches!(seat, Seat::Chair | Seat::Person)
            && self.word_at(last).starts_with("seat")
            && !self.word_at(last).starts_with("seater")
            && self.facility == Some("office")
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room != "open_office" && item.seats.is_none());
        let is_unwanted = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.is_excluded);
        if has_own || is_unwanted || is_entry {
            self.whole_is_for(amount, seat, first, last);
        } else if works {
            self.seat_in("open_office", amount, first, last);
        } else if self.is_of_team(at) {
            self.has_teams = true;
            self.seat_in("open_office", amount, first, last);
        } else if is_sized {
            self.seats_of_noun(at, amount, seat);
        } else {
            self.whole_is_for(amount, seat, first, last);
        }
    }

    /// Whether the seats at `at` stand in the room that comes: `four chairs in the waiting area`,
    /// `30 seats for the café`.
    fn are_in_the_next(&self, at: usize, seat: Seat) -> bool {
        let room = self.past_adjectives(self.past_small_words(at + 2));
        let is_sized = matches!(self.meaning(room), Some(Meaning::Room(room) | Meaning::Either { room, .. })
            if room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some()));
        let links = match self.meaning(at + 1) {
            Some(Meaning::In) => self.meaning(at + 2) == Some(Meaning::The) || is_sized,
            Some(Meaning::For) => {
                let is_inside = matches!(self.meaning(room), Some(Meaning::Facility(place))
                    if inside(place) == Some("dining_area"));
                matches!(seat, Seat::Chair | Seat::Person)
                    && self.word_at(self.tokens_of(at).1).starts_with("seat")
                    && (is_sized || is_inside)
                    && self.is_boundary(room + 1)
            }
            _ => false,
        };
        links
            && (self.is_room(room) || self.meaning(at + 1) == Some(Meaning::For))
            && self.key(room) != "openbay"
            && !self.comes_after(at, Meaning::For)
    }

    /// Keeps the seats at `at` for the room that comes behind the word at `joint`.
    fn hand_to_next(&mut self, at: usize, amount: Amount, seat: Seat, joint: usize) {
        let (first, last) = self.tokens_of(at);
        self.pending.seats = Some((amount, first, last));
        self.pending.seat = Some(seat);
        self.pending.begins(first);
        self.spend(joint);
        self.at = joint + 1;
    }

    /// `…, sales 6 person, …`, `…, secretary 2 persons, …`: whether those at `at` are an entry of
    /// their own, of people who work at desks.
    fn is_of_team(&self, at: usize) -> bool {
        const TEAMS: [&str; 9] = [
            "sale",
            "support",
            "design",
            "marketing",
            "secretary",
            "secretariat",
            "operation",
            "development",
            "assistant",
        ];
        at >= 2
            && TEAMS.contains(&self.key(at - 1))
            && matches!(
                self.what(at - 2),
                Some(What::Mark(Mark::Comma | Mark::Line) | What::Is(Meaning::And))
            )
            && matches!(self.facility, None | Some("office" | "coworking"))
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
