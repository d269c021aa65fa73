//! Those of the whole who are left: `20 staff: 4 managers in offices, the rest in open plan`.

use super::super::item::count;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

/// How the words for whoever is left begin.
const REST: [&str; 8] = [
    "rest",
    "allrest",
    "remain",
    "other",
    "allother",
    "theother",
    "everybodyelse",
    "everyoneelse",
];

impl Reader<'_> {
    /// `the rest in open plan`, `everybody else at open desks`: as many as are left of the people
    /// who were counted for the whole when those with rooms of their own are gone. Whether that was
    /// said at `at`.
    pub(super) fn are_the_rest(&mut self, at: usize) -> bool {
        if self.said_people == 0 || !REST.iter().any(|rest| self.key(at).starts_with(rest)) {
            return false;
        }
        // `an open area for the rest`: behind the room.
        let ends = match self.what(at + 1) {
            None => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        if ends && self.sits_before(at) {
            return true;
        }
        let room_at = self.past_where_they_sit(at + 1);
        let is_open = matches!(
            self.meaning(room_at),
            Some(Meaning::Room("open_office") | Meaning::Station("open_office"))
        ) || self.key(room_at) == "openspace";
        let open = (self.out.items.iter())
            .position(|item| item.room == "open_office" && !item.is_excluded);
        let Some(place) = open else { return false };
        let plural = self
            .lexemes
            .get(room_at)
            .is_some_and(|lexeme| lexeme.plural);
        // `60 % at open desks, the rest in cabins`: one for each of them.
        let in_offices = plural
            && self.is_boundary(room_at + 1)
            && matches!(
                self.meaning(room_at),
                Some(
                    Meaning::Room("private_office")
                        | Meaning::Either {
                            room: "private_office",
                            ..
                        }
                )
            );
        let at_desks = (self.out.items.get(place))
            .filter(|item| in_offices && !item.seats_of_whole)
            .and_then(|item| item.seats?.low.count());
        if !is_open && at_desks.is_none() {
            return false;
        }
        let apart = (0..self.out.items.len())
            .map(|other| self.seated_in(other))
            .fold(at_desks.unwrap_or(0), u32::saturating_add);
        let Some(left) = (self.said_people.checked_sub(apart)).filter(|left| *left > 0) else {
            return false;
        };
        if at_desks.is_some() {
            let (first, last) = self.tokens_of(at);
            self.spend_tokens(first, self.tokens_of(room_at).0.saturating_sub(1));
            self.pending = super::pending::Pending::default();
            self.pending.count = Some((Amount::whole(left, Bound::Exactly), first, last));
            self.pending.begins(first);
            self.at = room_at;
            return true;
        }
        self.sit_in_open(place, left, at, room_at);
        true
    }

    /// `32 employees, 6 managers with offices, 26 employees in the open area`: whether so many are
    /// left, and sit where the words behind their number say.
    pub(super) fn are_those_left(&self, amount: Amount) -> bool {
        let room_at = self.past_where_they_sit(self.at);
        let apart = (0..self.out.items.len())
            .map(|other| self.seated_in(other))
            .fold(0, u32::saturating_add);
        let left = self.said_people.checked_sub(apart);
        room_at > self.at
            && self.meaning(room_at) == Some(Meaning::Room("open_office"))
            && apart > 0
            && left.is_some()
            && left == amount.low.count()
    }

    /// Seats whoever is left in the open office that was named right before the words at `at`.
    fn sits_before(&mut self, at: usize) -> bool {
        let is_for = self.comes_after(at, Meaning::For) || self.comes_after(at, Meaning::The);
        let open = self.last_item().filter(|place| {
            is_for
                && (self.out.items.get(*place))
                    .is_some_and(|item| item.room == "open_office" && item.amount.is_none())
        });
        let apart = (0..self.out.items.len())
            .map(|other| self.seated_in(other))
            .fold(0, u32::saturating_add);
        let left = self.said_people.checked_sub(apart).filter(|left| *left > 0);
        let (Some(place), Some(left)) = (open, left) else {
            return false;
        };
        self.sit_in_open(place, left, at, at);
        true
    }

    /// Seats so many in the open office at `place`, of whom lexemes `at` to `room_at` say it.
    pub(super) fn sit_in_open(&mut self, place: usize, seats: u32, at: usize, room_at: usize) {
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(room_at).1);
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        let seats = Number::whole(i64::from(seats));
        if let Some(item) = self.item_mut(place) {
            item.seats = Some(Amount {
                low: seats,
                high: seats,
                bound: Bound::Exactly,
            });
            item.seats_of_whole = false;
            item.last = item.last.max(last);
            item.assumed
                .push("those who have their place elsewhere do not sit there".to_owned());
        }
        self.noun = Noun::Item(place);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
    }

    /// The lexeme from `at` on that names where people sit, past `are to sit in a large`.
    pub(super) fn past_where_they_sit(&self, at: usize) -> usize {
        let mut next = at;
        while next < at + 7
            && matches!(
                self.what(next),
                Some(
                    What::Is(
                        Meaning::In
                            | Meaning::Stop
                            | Meaning::Style
                            | Meaning::Article
                            | Meaning::The
                            | Meaning::With
                            | Meaning::Of
                            | Meaning::Seats(_)
                            | Meaning::Large
                    ) | What::Mark(Mark::At)
                )
            )
        {
            next += 1;
        }
        next
    }

    /// How many people have their place in the rooms at `place`.
    fn seated_in(&self, place: usize) -> u32 {
        let Some(item) = self.out.items.get(place).filter(|item| !item.is_excluded) else {
            return 0;
        };
        let seats = item.seats.and_then(|seats| seats.low.count());
        let each = match item.room {
            "private_office" | "executive_office" | "consultation" => seats.unwrap_or(1),
            "team_room" => seats.unwrap_or(0),
            _ => return 0,
        };
        each.saturating_mul(count(&self.out.items, place))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn the_rest_are_those_without_a_room_of_their_own() {
        assert_eq!(
            rooms_of("20 staff: 4 managers in offices, the rest in open plan"),
            "open_office:1#16 private_office:4"
        );
        assert_eq!(
            rooms_of("32 employees. 6 managers need offices, 26 employees sit in the open area"),
            "open_office:1#26 private_office:6"
        );
        assert_eq!(
            rooms_of("14 staff, four offices for partners, open area for the rest, kitchen"),
            "open_office:1#10 private_office:4 kitchen:1"
        );
        assert_eq!(
            rooms_of("30 people, 5 in private offices, everyone else in open plan"),
            "open_office:1#25 private_office:5"
        );
        assert_eq!(
            rooms_of("office for 30, 5 cabins for 2, rest at open desks"),
            "open_office:1#20 private_office:5#2"
        );
    }
}
