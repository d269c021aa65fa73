//! What each of several rooms holds, where the rooms are counted apart: `five workstations per room,
//! four rooms`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::seat_cases::Said;
use super::{Noun, Reader};
use crate::layout::room_type;

/// Rooms that are called no more than that.
const PLAIN: [&str; 3] = ["room", "private_office", "team_room"];

impl Reader<'_> {
    /// `per room` at `at`, behind what was counted. Whether that was said; the rooms were counted
    /// before, or are still to come.
    pub(super) fn per_room(&mut self, at: usize) -> bool {
        let is_said = matches!(self.key(at), "per" | "each" | "every")
            && self.key(at + 1) == "room"
            && !self.lexemes.get(at + 1).is_some_and(|lexeme| lexeme.plural)
            && self.is_boundary(at + 2);
        let Some(place) = self
            .last_item()
            .filter(|_| is_said && self.touches_noun(at))
        else {
            return false;
        };
        let Some(held) = self.out.items.get(place) else {
            return false;
        };
        let Some(seats) = held.seats.filter(|_| held.amount.is_none()) else {
            return false;
        };
        let (room, held_last) = (held.room, held.last);
        self.spend(at);
        self.spend(at + 1);
        self.at = at + 2;
        self.noun_end = Some(at + 1);
        let rooms = place.checked_sub(1).and_then(|before| {
            let before = self.out.items.get_mut(before)?;
            let is_several = (before.amount).is_some_and(|all| all.low > Number::whole(1));
            (PLAIN.contains(&before.room) && is_several && before.seats.is_none()).then_some(before)
        });
        match rooms {
            // `four rooms, five workstations per room`.
            Some(rooms) => {
                rooms.room = room;
                rooms.seats = Some(seats);
                rooms.last = rooms.last.max(held_last);
                if place + 1 == self.out.items.len() {
                    self.out.items.pop();
                    self.noun = Noun::Item(place - 1);
                }
            }
            None => self.held_per_room = Some((place, self.tokens_of(at))),
        }
        true
    }

    /// The rooms of which it was said before what each holds, at the word for them.
    pub(super) fn counts_rooms_that_hold(&mut self, at: usize) -> bool {
        let (Some((amount, first, last)), Some((place, _))) =
            (self.pending.count, self.held_per_room)
        else {
            return false;
        };
        if self.key(at) != "room" || self.meaning(at) != Some(Meaning::Noun) {
            return false;
        }
        self.held_per_room = None;
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        if let Some(item) = self.item_mut(place) {
            item.amount = Some(amount);
            item.seats_of_whole = false;
            item.last = item.last.max(last);
        }
        self.noun = Noun::Item(place);
        self.noun_end = Some(at);
        true
    }

    /// `40 students per class, 5 classes`: whether the people of `said` are those of each room of a
    /// kind, which may be counted before or behind.
    pub(super) fn are_seats_per_room(&mut self, said: Said) -> bool {
        let room = match self.meaning(said.at + 2) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => room,
            _ => return false,
        };
        let is_per = matches!(self.key(said.at + 1), "per" | "each" | "every" | "ineach")
            && room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            && !self
                .lexemes
                .get(said.at + 2)
                .is_some_and(|lexeme| lexeme.plural)
            && self.is_boundary(said.at + 3);
        if is_per {
            let (_, last) = self.tokens_of(said.at + 2);
            self.spend_tokens(said.first, last);
            self.at = said.at + 3;
            self.seats_per_room
                .push((room, said.amount, (said.first, last)));
        }
        is_per
    }

    /// Seats the rooms of which it was said how many each is for.
    pub(super) fn seat_per_room(&mut self) {
        for (room, amount, (first, last)) in std::mem::take(&mut self.seats_per_room) {
            let mut of_kind = (self.out.items.iter_mut())
                .filter(|item| item.room == room && item.seats.is_none() && !item.is_excluded)
                .peekable();
            if of_kind.peek().is_none() {
                self.conflict(
                    first,
                    last,
                    "so many for each room; how many rooms is not said",
                );
                continue;
            }
            of_kind.for_each(|item| item.seats = Some(amount));
        }
    }

    /// Says that nobody counted the rooms.
    pub(super) fn tell_rooms_uncounted(&mut self) {
        if let Some((_, (first, last))) = self.held_per_room.take() {
            self.conflict(
                first,
                last,
                "so many for each room; how many rooms is not said",
            );
        }
    }

    /// `6 doubles, 4 singles, every room has a bath`: each of the rooms that were counted. Whether
    /// `every` at `at` says that of a hotel.
    pub(super) fn has_every_room(&mut self, at: usize) -> bool {
        let is_of_rooms = matches!(self.key(at), "every" | "each" | "all")
            && self.key(at + 1) == "room"
            && self.meaning(at + 2) == Some(Meaning::With)
            && self.facility == Some("hotel");
        let mut hosts: Vec<usize> = (0..self.out.items.len())
            .filter(|place| {
                (self.out.items.get(*place))
                    .is_some_and(|item| item.room == "guest_room" && !item.is_excluded)
            })
            .collect();
        // `10 rooms: 6 doubles, 4 singles`: the ten are those that were told apart.
        let count = |place: &usize| super::super::item::count(&self.out.items, *place);
        let all: u32 = hosts.iter().map(count).fold(0, u32::saturating_add);
        if hosts.len() > 2 {
            hosts.retain(|place| count(place).saturating_mul(2) != all);
        }
        let Some(host) = hosts.pop().filter(|_| is_of_rooms) else {
            return false;
        };
        self.spend(at + 1);
        self.at = at + 2;
        self.noun = Noun::Item(host);
        self.noun_end = Some(at + 1);
        self.for_each = Some(host);
        self.also_each = hosts;
        true
    }

    /// `8 exam rooms, every two share a toilet`: four toilets. Whether `every` at `at` says so of the
    /// rooms named last.
    pub(super) fn is_shared_by_some(&mut self, at: usize) -> bool {
        let verb = self.word_at(self.tokens_of(at + 2).0);
        let room_at = self.past_adjectives(self.past_small_words(at + 3));
        // `eight rooms, each pair sharing a toilet`.
        let few = match self.what(at + 1) {
            Some(What::Count(few)) => few,
            _ if self.word_at(self.tokens_of(at + 1).0) == "pair" => {
                Amount::whole(2, Bound::Exactly)
            }
            _ => return false,
        };
        let Some(place) = self.last_item() else {
            return false;
        };
        let all = super::super::item::count(&self.out.items, place);
        let few = few.low.count().filter(|few| (2..all).contains(few));
        let Some(few) = few.filter(|_| {
            matches!(self.key(at), "every" | "each")
                && matches!(
                    verb,
                    "share" | "shares" | "sharing" | "have" | "has" | "get"
                )
                && self.is_room(room_at)
        }) else {
            return false;
        };
        let (first, last) = (
            self.tokens_of(at).0,
            self.tokens_of(room_at).0.saturating_sub(1),
        );
        self.spend_tokens(first, last);
        let rooms = Number::whole(i64::from(all.div_ceil(few)));
        self.pending = super::pending::Pending::default();
        self.pending.count = Some((
            Amount {
                low: rooms,
                high: rooms,
                bound: Bound::Exactly,
            },
            first,
            last,
        ));
        self.pending.begins(first);
        self.at = room_at;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn what_each_room_is_for_is_said_before_or_behind_their_number() {
        for (prompt, rooms) in [
            ("40 students per class, 5 classes", "classroom:5#40"),
            (
                "5 classrooms, 30 children per classroom, 2 toilets",
                "classroom:5#30 toilet:2",
            ),
            (
                "8 exam rooms, each pair sharing a toilet",
                "exam_room:8 toilet:4",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
