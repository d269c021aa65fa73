//! What a number of persons, seats or beds may be said of, one case a function, in their order.

use super::super::context::inside;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;
use super::numbers::is_one_of_a_kind;
use super::pending::Pending;
use super::seats::room_of;
use crate::layout::room_type;

/// A number of persons, seats or beds as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    /// The lexeme.
    pub(super) at: usize,
    pub(super) amount: Amount,
    pub(super) seat: Seat,
    /// Its tokens.
    pub(super) first: usize,
    pub(super) last: usize,
    /// The lexeme behind it, past adjectives.
    pub(super) next: usize,
}

impl<'a> Reader<'a> {
    /// Each tells whether it is the case at hand, and has put the number to use then; the first
    /// that fits is taken.
    pub(super) const SEAT_CASES: [fn(&mut Reader<'a>, Said) -> bool; 16] = [
        Self::are_open_seats,
        Self::are_seats_per_room,
        Self::are_crossed_with_rooms,
        Self::are_beds_of_each_room,
        Self::are_bedrooms,
        Self::sit_at_counted_tables,
        Self::are_owners_of_a_room,
        Self::are_owners_of_rooms,
        Self::have_own_rooms,
        Self::are_seats_for_staff,
        Self::sit_in_the_next,
        Self::are_said_of_noun_before,
        Self::touch_the_noun_before,
        Self::are_chairs_of_the_whole,
        Self::describe_the_next,
        Self::are_of_a_place_inside,
    ];
}

impl Reader<'_> {
    /// `5 + 5 chairs` are ten.
    pub(super) fn with_those_before_plus(&mut self, at: usize, amount: Amount) -> Amount {
        let mut amount = amount;
        let is_sum = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Plus));
        if let Some((more, first, last)) = self.pending.count.filter(|_| is_sum) {
            amount.low.0 = amount.low.0.saturating_add(more.low.0);
            amount.high.0 = amount.high.0.saturating_add(more.high.0);
            self.pending.count = None;
            self.spend_tokens(first, last);
        }
        amount
    }

    /// `reception with a two-seater sofa`.
    pub(super) fn are_of_a_sofa(&mut self, at: usize) -> bool {
        let is_sofa = matches!(
            self.key(at + 1),
            "sofa" | "couch" | "bench" | "settee" | "recliner"
        );
        if is_sofa {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            self.at = at + 2;
            self.ignore(
                first,
                last,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        is_sofa
    }

    /// `50 seats open, 10 cabins of 4`: those sit in no cabin.
    fn are_open_seats(&mut self, said: Said) -> bool {
        let is_open = self.key(said.at + 1) == "open"
            && self.is_boundary(said.at + 2)
            && matches!(said.seat, Seat::Chair | Seat::Person | Seat::Staff)
            && matches!(self.facility, None | Some("office" | "coworking"));
        if is_open {
            let (_, last) = self.tokens_of(said.at + 1);
            self.at = said.at + 2;
            self.seat_in("open_office", said.amount, said.first, last);
            let open = (self.out.items.iter_mut()).find(|item| item.room == "open_office");
            if let Some(item) = open {
                item.seats = Some(said.amount);
                item.seats_of_whole = false;
            }
        }
        is_open
    }

    /// `8 seater x 4 cabins`.
    fn are_crossed_with_rooms(&mut self, said: Said) -> bool {
        let at = said.at;
        let crossed = self.meaning(at + 1) == Some(Meaning::Cross)
            || self.what(at + 1) == Some(What::Mark(Mark::Times));
        let counts_rooms = crossed
            && matches!(self.what(at + 2), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(at + 3));
        if counts_rooms {
            self.hand_to_next(said);
        }
        counts_rooms
    }

    /// `4 rooms (3 beds each)`.
    fn are_beds_of_each_room(&mut self, said: Said) -> bool {
        let sleeps =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                matches!(item.room, "room" | "guest_room" | "bedroom") && item.seats.is_none()
            });
        let is_of_each = said.seat == Seat::Bed
            && sleeps
            && self.follows_link(said.at)
            && (self.comes_after_mark(said.at, Mark::Open)
                || self.meaning(said.at + 1) == Some(Meaning::Each));
        if is_of_each {
            self.seats_of_noun(said.at, said.amount, said.seat);
        }
        is_of_each
    }

    /// `3 bed flat`: beds of a home, which stand in no room that is named, are bedrooms.
    fn are_bedrooms(&mut self, said: Said) -> bool {
        let is_bedroom = said.seat == Seat::Bed
            && (self.facility == Some("home") || self.facility.is_none())
            && !self.is_room_with_beds(said.next)
            && !(self.follows_link(said.at) && self.has_beds(self.last_item()));
        if is_bedroom {
            self.count_rooms(said);
            self.room(said.at, "bedroom");
        }
        is_bedroom
    }

    /// `15 four-seater tables`.
    fn sit_at_counted_tables(&mut self, said: Said) -> bool {
        let at = said.at;
        let eats = matches!(self.facility, Some("cafe" | "restaurant" | "canteen"));
        let Some((tables, from, _)) = self
            .pending
            .count
            .filter(|_| eats && self.key(at + 1) == "table")
        else {
            return false;
        };
        let (Some(tables), Some(each)) = (tables.low.count(), said.amount.low.count()) else {
            return false;
        };
        let all = Number::whole(i64::from(tables) * i64::from(each));
        let (_, last) = self.tokens_of(at + 1);
        self.pending = Pending::default();
        self.at = at + 2;
        let all = Amount {
            low: all,
            high: all,
            bound: said.amount.bound,
        };
        self.seat_in("dining_area", all, from, last);
        true
    }

    /// `1 ops manager room`: whose it is says what it is.
    fn are_owners_of_a_room(&mut self, said: Said) -> bool {
        let room = room_of(said.seat).filter(|_| {
            self.meaning(said.next) == Some(Meaning::Noun) && self.key(said.next).ends_with("room")
        });
        if let Some(room) = room {
            self.count_rooms(said);
            self.spend(said.next);
            self.at = said.next + 1;
            self.room(said.next, room);
        }
        room.is_some()
    }

    /// `4 partner rooms`: whoever works there has one.
    fn are_owners_of_rooms(&mut self, said: Said) -> bool {
        let next = said.next;
        let has_rooms = self.meaning(next) == Some(Meaning::Noun)
            && self.key(next).ends_with("room")
            && self.lexemes.get(next).is_some_and(|lexeme| lexeme.plural)
            && self.facility == Some("office")
            && said.seat == Seat::Staff;
        if has_rooms {
            self.count_rooms(said);
            self.spend(next);
            self.at = next + 1;
            self.room(next, "private_office");
        }
        has_rooms
    }

    /// `8 lawyers, each with their own cabin`: eight cabins.
    fn have_own_rooms(&mut self, said: Said) -> bool {
        let has_own = !matches!(said.seat, Seat::Bed | Seat::Chair);
        let Some(room) = self.room_for_each(said.at + 1).filter(|_| has_own) else {
            return false;
        };
        for between in said.at + 1..room {
            self.spend(between);
        }
        self.take_from_people(said.amount, said.last);
        self.take_of_whom(said.at, said.amount);
        if !self.out.items.iter().any(|item| item.seats_of_whole) {
            // Their rooms are no places for those who are counted next.
            self.seated_apart += said.amount.high.count().unwrap_or_default();
        }
        self.pending = Pending::default();
        self.count_rooms(said);
        // `each needs a 15 sqm office`.
        for between in said.at + 1..room {
            let (first, last) = self.tokens_of(between);
            match self.what(between) {
                Some(What::Area(span)) => self.pending.area = Some((span, first, last)),
                Some(What::Dims { sides, .. }) => self.pending.sides = Some((sides, first, last)),
                _ => {}
            }
        }
        // Not those of managers who were named before.
        self.pending.another = matches!(said.seat, Seat::Director);
        self.open_relation = None;
        self.at = room;
        // `2 doctors, each with a consulting room and an exam room`: either of them has both.
        let goes_on = self.meaning(room + 1) == Some(Meaning::And)
            && self.meaning(room + 2) == Some(Meaning::Article)
            && self.is_room(self.past_adjectives(room + 2));
        if goes_on {
            self.for_each = Some(usize::MAX);
        }
        self.call_own_room(room, said.seat, said.last);
        true
    }

    /// `12 seats for staff`: whoever they are for says what they are.
    fn are_seats_for_staff(&mut self, said: Said) -> bool {
        let at = said.at;
        let is_for_staff = matches!(said.seat, Seat::Chair | Seat::Person)
            && self.word_at(said.last).starts_with("seat")
            && self.meaning(at + 1) == Some(Meaning::For)
            && self.meaning(at + 2) == Some(Meaning::Seats(Seat::Staff))
            && self.is_boundary(at + 3);
        if is_for_staff {
            let last = self.tokens_of(at + 2).1;
            self.spend_tokens(said.first, last);
            self.at = at + 3;
            self.whole_is_for(said.amount, Seat::Staff, said.first, last);
        }
        is_for_staff
    }

    /// `four chairs in the waiting area`: the seats of what comes.
    fn sit_in_the_next(&mut self, said: Said) -> bool {
        let sits = self.are_in_the_next(said.at, said.seat) && self.pending.seats.is_none();
        if sits {
            self.hand_to_next(said);
        }
        sits
    }

    /// `a waiting area for 8 patients`, `meeting room (6 seats)`.
    fn are_said_of_noun_before(&mut self, said: Said) -> bool {
        let is_of_noun = self.comes_after(said.at, Meaning::For)
            || (self.follows_link(said.at) && !self.is_room(said.next));
        if is_of_noun {
            self.seats_of_noun(said.at, said.amount, said.seat);
        }
        is_of_noun
    }

    /// `waiting 12 chairs reception 1 person …`: without commas a number is of what it touches.
    fn touch_the_noun_before(&mut self, said: Said) -> bool {
        let is_telegram = self.is_telegram();
        let is_of_before = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.seats.is_none() && is_one_of_a_kind(item.room));
        let touches =
            is_telegram && is_of_before && self.is_room(said.next) && self.touches_noun(said.at);
        if touches {
            self.seats_of_noun(said.at, said.amount, said.seat);
        }
        touches
    }

    /// `dental clinic 5 chairs reception …`: a plural describes no room behind it.
    fn are_chairs_of_the_whole(&mut self, said: Said) -> bool {
        let plural = (self.lexemes.get(said.at)).is_some_and(|lexeme| lexeme.plural);
        // `restaurant 50 seats kitchen bar`: nobody eats in its kitchen.
        let eats_elsewhere = matches!(self.facility, Some("cafe" | "restaurant"))
            && matches!(said.seat, Seat::Chair | Seat::Person)
            && self.meaning(said.next) == Some(Meaning::Room("kitchen"))
            && self.is_telegram();
        let is_of_whole = self.is_room(said.next)
            && plural
            && self.noun == super::Noun::Whole
            && ((said.seat == Seat::Chair && !self.is_sized_by_seats(said.next)) || eats_elsewhere);
        if is_of_whole {
            self.seats_of_noun(said.at, said.amount, said.seat);
        }
        is_of_whole
    }

    /// `3 doctor cabins` and `4 children's toilets` count rooms, `8 person office` sizes one.
    fn describe_the_next(&mut self, said: Said) -> bool {
        if !self.is_room(said.next) {
            return false;
        }
        let may_own = matches!(
            said.seat,
            Seat::Person | Seat::Staff | Seat::Manager | Seat::Director
        );
        if said.seat == Seat::Doctor || (may_own && self.is_whose(said.last, said.next)) {
            self.count_rooms(said);
            return true;
        }
        if self.pending.seats.is_some() {
            self.conflict(said.first, said.last, "a second number of persons");
        }
        self.size_next(said);
        true
    }

    /// `a hotel with …, 60 seat restaurant`: a place inside another is one of its rooms.
    fn are_of_a_place_inside(&mut self, said: Said) -> bool {
        let Some(Meaning::Facility(place)) = self.meaning(said.next) else {
            return false;
        };
        let known = self.out.whole.facility.map(|(known, ..)| known);
        let is_inside = known.is_some_and(|known| known != place)
            && inside(place).is_some()
            && self.pending.seats.is_none();
        if is_inside {
            self.size_next(said);
        }
        is_inside
    }

    /// So many rooms of what comes.
    fn count_rooms(&mut self, said: Said) {
        self.pending.count = Some((said.amount, said.first, said.last));
        self.pending.begins(said.first);
    }

    /// A room for so many comes.
    fn size_next(&mut self, said: Said) {
        self.pending.seats = Some((said.amount, said.first, said.last));
        self.pending.seat = Some(said.seat);
        self.pending.begins(said.first);
    }

    /// Keeps the seats for the room that comes behind the word right behind them.
    fn hand_to_next(&mut self, said: Said) {
        self.size_next(said);
        self.spend(said.at + 1);
        self.at = said.at + 2;
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
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn seats_times_rooms_size_each_of_them() {
        assert_eq!(
            rooms_of("office: 8 seater x 4 cabins"),
            "private_office:4#8"
        );
    }

    #[test]
    fn open_seats_are_not_those_of_cabins() {
        assert_eq!(
            rooms_of("coworking: 50 seats open, 10 cabins of 4, 2 cabins of 6"),
            "open_office:1#50 private_office:10#4 private_office:2#6"
        );
    }

    #[test]
    fn beds_of_each_room_are_no_bedrooms() {
        assert_eq!(
            rooms_of("10 rooms (4 beds each), a kitchen"),
            "room:10#4 kitchen:1"
        );
    }

    #[test]
    fn beds_of_a_home_are_bedrooms() {
        assert_eq!(
            rooms_of("Kitchen, living, 3 beds (1 en suite)"),
            "kitchen:1 living_room:1 bedroom:3 bathroom:1"
        );
    }

    #[test]
    fn tables_are_counted_by_their_seats() {
        assert_eq!(
            rooms_of("cafe: 15 four-seater tables, kitchen"),
            "dining_area:1#60 kitchen:1"
        );
    }

    #[test]
    fn whose_a_room_is_says_what_it_is() {
        assert_eq!(
            rooms_of("office with 1 manager glass room"),
            "private_office:1"
        );
    }

    #[test]
    fn those_with_rooms_of_their_own_are_as_many_rooms() {
        assert_eq!(
            rooms_of("law firm, 8 lawyers, each with their own cabin"),
            "private_office:8"
        );
    }

    #[test]
    fn seats_in_the_next_room_are_its_own() {
        assert_eq!(
            rooms_of("four chairs in the waiting area, reception"),
            "waiting:1#4 reception:1"
        );
    }

    #[test]
    fn a_number_without_commas_is_of_what_it_touches() {
        assert_eq!(
            rooms_of("waiting 12 chairs reception 1 person toilet 2"),
            "waiting:1#12 reception:1#1 toilet:2"
        );
    }

    #[test]
    fn doctors_count_cabins_and_persons_size_an_office() {
        assert_eq!(rooms_of("clinic with 3 doctor cabins"), "consultation:3");
        assert_eq!(
            rooms_of("office with an 8 person meeting room"),
            "meeting_room:1#8"
        );
    }

    #[test]
    fn seats_of_a_place_inside_are_those_of_its_room() {
        assert_eq!(
            rooms_of("hotel with 6 rooms, 60 seat restaurant"),
            "guest_room:6 dining_area:1#60"
        );
    }

    #[test]
    fn those_who_work_there_have_rooms_of_their_own() {
        let (prompt, rooms) = (
            "office with 4 juniors rooms, pantry",
            "private_office:4 pantry:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn each_of_the_people_has_both_rooms() {
        let (prompt, rooms) = (
            "2 doctors, each with a consulting room and an exam room; lab",
            "consultation:2 exam_room:2 laboratory:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
