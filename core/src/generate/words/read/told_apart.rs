//! People of the whole who turn out to have rooms of their own: `18 staff + 2 partners, partners in
//! cabins`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::stems::stem;
use super::seats::MOST_OFFICES;
use super::{Noun, Reader};

impl Reader<'_> {
    /// Remembers that those whom token `last` names have no room of their own so far.
    pub(super) fn note_people(&mut self, amount: Amount, last: usize) {
        let who = stem(self.word_at(last));
        self.people.push((who, amount));
    }

    /// `partners in cabins`, `the partners want separate offices`: one for each of those that were
    /// counted before. Whether the people without a number at `at` were such.
    pub(super) fn have_rooms_behind(&mut self, at: usize) -> bool {
        let (first, last) = self.tokens_of(at);
        let Some(amount) = self.known_people(last) else {
            return false;
        };
        if self.share_rooms(at, amount) {
            return true;
        }
        let few = amount.low > Number::whole(1) && amount.high <= Number::whole(MOST_OFFICES);
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let Some(room) = self.room_of_few(at + 1, few && plural) else {
            return false;
        };
        self.take_from_people(amount, last);
        for lexeme in at..room {
            self.spend(lexeme);
        }
        self.pending = super::pending::Pending::default();
        self.pending.count = Some((amount, first, last));
        self.pending.begins(first);
        self.open_relation = None;
        self.at = room;
        true
    }

    /// `4 partners and 6 associates: offices for partners, a shared room for associates`: of those
    /// that were counted before. Whether the room before the people at `at` is theirs.
    pub(super) fn are_rooms_of_known(&mut self, at: usize) -> bool {
        let (_, last) = self.tokens_of(at);
        let is_for = self.comes_after(at, Meaning::For) || self.comes_after(at, Meaning::The);
        let amount = self
            .known_people(last)
            .filter(|_| is_for && self.follows_link(at) && self.is_boundary(at + 1));
        let Some((amount, place)) = amount.zip(self.last_item()) else {
            return false;
        };
        let few = amount.high <= Number::whole(MOST_OFFICES);
        let is_shared = (self.out.items.get(place)).is_some_and(|item| {
            (item.first.saturating_sub(1)..=item.last).any(|token| self.word_at(token) == "shared")
        });
        let Some(item) = self
            .item_mut(place)
            .filter(|item| item.amount.is_none() && item.seats.is_none() && !item.is_excluded)
        else {
            return false;
        };
        match item.room {
            "private_office" | "executive_office" | "consultation" if item.plural && few => {
                item.amount = Some(amount);
                item.assumed.push("one for each person".to_owned());
            }
            "team_room" if !item.plural => item.seats = Some(amount),
            "room" if !item.plural && is_shared => {
                item.room = "team_room";
                item.seats = Some(amount);
            }
            _ => return false,
        }
        item.last = item.last.max(last);
        self.take_from_people(amount, last);
        self.noun_end = Some(at);
        true
    }

    /// `the secretaries share two rooms`: as many in each, of those that were counted before.
    fn share_rooms(&mut self, at: usize, amount: Amount) -> bool {
        let verb = at + 1;
        let shares = matches!(self.word_at(self.tokens_of(verb).0), "share" | "sharing");
        let done = shares && self.share_several(at, verb + 1, amount);
        if done {
            self.take_from_people(amount, self.tokens_of(at).1);
        }
        done
    }

    /// The rooms that are counted at `count_at`, for the people at `at` who share them evenly.
    pub(super) fn share_several(&mut self, at: usize, count_at: usize, amount: Amount) -> bool {
        let Some(What::Count(rooms)) = self.what(count_at) else {
            return false;
        };
        let noun = self.past_adjectives(count_at + 1);
        let named = matches!(self.key(noun), "room" | "office" | "cabin");
        let (Some(people), Some(rooms)) = (amount.low.count(), rooms.low.count()) else {
            return false;
        };
        if !named || rooms < 2 || rooms >= people.max(3) {
            return false;
        }
        let is_doctor = matches!(
            self.what(at),
            Some(What::Seats(_, Seat::Doctor) | What::Is(Meaning::Seats(Seat::Doctor)))
        );
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(noun).1);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        // Who treats somebody does so alone, whenever the room is free.
        let is_even = people % rooms == 0 && !is_doctor;
        if !is_even && !is_doctor {
            self.conflict(first, last, "how many share each room is not clear");
        }
        let room = if is_doctor {
            "consultation"
        } else {
            "team_room"
        };
        let mut item = Item::new(room, "sharedoffice", first, last);
        item.sure = Confidence::Synonym;
        item.amount = Some(Amount::whole(rooms, amount.bound));
        item.seats = is_even.then(|| Amount::whole(people / rooms, amount.bound));
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(noun);
        self.at = noun + 1;
        true
    }

    /// How many of those whom token `last` names were counted before.
    pub(super) fn known_people(&self, last: usize) -> Option<Amount> {
        let who = stem(self.word_at(last));
        let known = self.people.iter().find(|(other, _)| *other == who);
        known.map(|(_, amount)| *amount)
    }

    /// `3 partners, 9 associates. Partners' offices 15 m² each`: as many as those who were counted
    /// before, if nobody says how many offices.
    pub(super) fn count_by_owners(
        &mut self,
        room: &str,
        at: usize,
        pending: &mut super::pending::Pending,
    ) {
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let is_own = matches!(room, "private_office" | "executive_office" | "consultation");
        let is_free = pending.count.is_none() && pending.vague.is_none() && !pending.another;
        if !is_own || !plural || !is_free || self.is_negated {
            return;
        }
        let (owner, _) = self.tokens_of(at);
        let few = self
            .known_people(owner)
            .filter(|amount| amount.high <= Number::whole(MOST_OFFICES));
        let Some(amount) = few else { return };
        pending.count = Some((amount, owner, owner));
        self.take_from_people(amount, owner);
    }

    /// `2 partners …; the 2 partners need cabins`: those sit with the others no longer.
    pub(super) fn take_from_people(&mut self, amount: Amount, last: usize) {
        let who = stem(self.word_at(last));
        let Some(known) =
            (self.people.iter()).position(|(other, all)| *other == who && *all == amount)
        else {
            return;
        };
        self.people.swap_remove(known);
        self.seated_apart += amount.high.count().unwrap_or_default();
        let open = (self.out.items.iter_mut())
            .find(|item| item.room == "open_office" && item.seats_of_whole && !item.is_excluded);
        let Some(item) = open else { return };
        let Some(seats) = &mut item.seats else { return };
        seats.low.0 = seats.low.0.saturating_sub(amount.low.0);
        seats.high.0 = seats.high.0.saturating_sub(amount.high.0);
        if seats.high.0 <= 0 {
            (item.is_excluded, item.is_title) = (true, true);
        }
        item.assumed
            .push("those who have a room of their own sit there".to_owned());
    }

    /// `12 staff, of whom 2 managers with own cabins`: those at `at` are of the staff.
    pub(super) fn take_of_whom(&mut self, at: usize, amount: Amount) {
        let is_of_whom = at >= 2
            && self.meaning(at - 2) == Some(Meaning::Of)
            && matches!(self.key(at - 1), "whom" | "which" | "them" | "these");
        let open = (self.out.items.iter_mut())
            .find(|item| item.room == "open_office" && item.seats_of_whole && !item.is_excluded);
        let seats = open
            .filter(|_| is_of_whom)
            .and_then(|item| item.seats.as_mut());
        if let Some(seats) = seats.filter(|seats| seats.low > amount.high) {
            seats.low.0 -= amount.high.0;
            seats.high.0 -= amount.low.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn offices_are_as_many_as_their_owners() {
        for (prompt, rooms) in [
            (
                "law firm: 3 partners, 9 associates. Partners' offices 15 m2 each",
                "open_office:1#9 private_office:3@15",
            ),
            (
                "law firm: 3 partners, 9 associates. Partners' offices, 2 meeting rooms",
                "open_office:1#9 private_office:3 meeting_room:2",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
