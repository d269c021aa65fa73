//! People of several kinds who have a room each: `6 doctors and 2 nurses, each needs a room`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::seats::{MOST_OFFICES, room_of};
use super::{Noun, Reader};

impl Reader<'_> {
    /// Reads the rooms of those whose list begins with the people at `at`, one for each of them.
    /// Whether there is such a list. Of more people than have rooms of their own nobody says it.
    pub(super) fn have_rooms_each(&mut self, at: usize) -> bool {
        let groups = self.groups_from(at);
        let few = groups
            .iter()
            .all(|(_, amount, _)| amount.high <= Number::whole(MOST_OFFICES));
        let Some((end, ..)) = groups.last().copied().filter(|_| few && groups.len() > 1) else {
            return false;
        };
        let parted = usize::from(matches!(
            self.what(end + 1),
            Some(What::Mark(Mark::Comma | Mark::Hyphen))
        ));
        if self.meaning(end + 1 + parted) != Some(Meaning::Each) {
            return false;
        }
        // `10 developers and 2 managers, each manager with a cabin`.
        if matches!(self.meaning(end + 2 + parted), Some(Meaning::Seats(_))) {
            return false;
        }
        let Some(room_at) = self.room_of_few(end + 1, false) else {
            return false;
        };
        let named = match self.meaning(room_at) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                Some(self.in_facility(room, room_at))
            }
            _ => None,
        };
        self.pending = super::pending::Pending::default();
        self.open_relation = None;
        let known = self.out.items.len();
        let end = self.tokens_of(room_at).1;
        for (group, amount, seat) in groups {
            let (first, last) = self.tokens_of(group);
            self.take_from_people(amount, last);
            let room = named.unwrap_or_else(|| self.own_room(seat, last));
            let same = (self.out.items.iter_mut().skip(known)).find(|item| item.room == room);
            if let Some(item) = same {
                item.amount = item.amount.map(|before| Amount {
                    low: Number(before.low.0.saturating_add(amount.low.0)),
                    high: Number(before.high.0.saturating_add(amount.high.0)),
                    ..before
                });
                item.last = last;
            } else {
                let mut item = Item::new(room, self.key(room_at), first, last);
                item.sure = Confidence::Synonym;
                item.amount = Some(amount);
                item.assumed.push("one for each person".to_owned());
                self.out.items.push(item);
            }
        }
        self.spend_tokens(self.tokens_of(at).0, end);
        if let Some(item) = self.out.items.last_mut() {
            item.last = end;
        }
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
        true
    }

    /// `8 partners at 16 m² each`: an office for each of a few, as large as one is. Whether the size
    /// behind the people at `at` says so; it is read next.
    pub(super) fn are_sized_each(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        const LEAST_OFFICE_MM2: i64 = 8_000_000;
        let links = matches!(
            self.what(at + 1),
            Some(
                What::Mark(Mark::At | Mark::Comma)
                    | What::Is(Meaning::Of | Meaning::With | Meaning::In | Meaning::Stop)
            )
        );
        let size_at = at + 1 + usize::from(links);
        let mm2 = match self.what(size_at) {
            Some(What::Area(span)) => span.low,
            Some(What::Dims { sides: [a, b], .. }) => a.saturating_mul(b) / 100,
            _ => return false,
        };
        let (first, last) = self.tokens_of(at);
        let few = amount.low > Number::whole(1) && amount.high <= Number::whole(MOST_OFFICES);
        let room = match room_of(seat) {
            Some(room) => room,
            None if self.facility.is_none() && seat == Seat::Staff => "private_office",
            None if self.facility == Some("office")
                && matches!(seat, Seat::Staff | Seat::Person) =>
            {
                "private_office"
            }
            None => return false,
        };
        if !few
            || mm2 < LEAST_OFFICE_MM2
            || self.key(size_at + 1) != "each"
            || !self.is_boundary(size_at + 2)
            || self.pending.describes()
            || (self.last_item().is_some() && self.follows_link(at))
        {
            return false;
        }
        self.take_from_people(amount, last);
        self.pending = super::pending::Pending::default();
        let mut item = Item::new(room, "office", first, last);
        item.sure = Confidence::Synonym;
        item.amount = Some(amount);
        item.assumed.push("one for each person".to_owned());
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        if links {
            self.spend(at + 1);
        }
        self.noun_end = Some(size_at - 1);
        self.at = size_at;
        true
    }

    /// The people from `at` that commas and `and` join: where they are, how many, and who.
    fn groups_from(&self, at: usize) -> Vec<(usize, Amount, Seat)> {
        let mut groups = Vec::new();
        let mut next = at;
        while let Some(What::Seats(amount, seat)) = self.what(next)
            && !matches!(seat, Seat::Bed | Seat::Chair)
        {
            groups.push((next, amount, seat));
            next += 1;
            while matches!(
                self.what(next),
                Some(
                    What::Is(Meaning::And) | What::Mark(Mark::Comma | Mark::Plus | Mark::Ampersand)
                )
            ) {
                next += 1;
            }
        }
        groups
    }

    /// The room of its own that somebody has whom token `last` names, where it is only called a
    /// room.
    pub(super) fn own_room(&self, seat: Seat, last: usize) -> &'static str {
        let is_office = matches!(self.facility, None | Some("office" | "coworking"));
        match room_of(seat) {
            Some(room) => room,
            None if self.word_at(last).starts_with("nurse") => "nurse_station",
            None if self.word_at(last).starts_with("hygienist") => "treatment_room",
            None if is_office && seat == Seat::Staff => "private_office",
            None => "room",
        }
    }

    /// Reads the room at `at` that those whom token `last` names have each, where it is only called
    /// a room and they are what says which.
    pub(super) fn call_own_room(&mut self, at: usize, seat: Seat, last: usize) {
        let room = self.own_room(seat, last);
        if self.meaning(at) != Some(Meaning::Noun) || room == "room" {
            return;
        }
        self.spend(at);
        self.at = at + 1;
        self.room(at, room);
    }

    /// `8 lawyers with a cabin each`: whether `each` at `at` is said of people who were counted
    /// before the room, which then are as many as they.
    pub(super) fn ends_room_of_people(&self, at: usize) -> bool {
        let mut before = at.saturating_sub(1);
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(
                    Meaning::Stop
                        | Meaning::Article
                        | Meaning::Attached
                        | Meaning::Style
                        | Meaning::Large
                        | Meaning::Small
                )
            )
        {
            before -= 1;
        }
        self.key(at) == "each"
            && self.touches_noun(at)
            && before > 1
            && matches!(self.meaning(before - 1), Some(Meaning::With | Meaning::In))
            && matches!(self.what(before - 2), Some(What::Seats(_, seat))
                if !matches!(seat, Seat::Bed | Seat::Chair))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn several_kinds_of_people_have_a_room_each() {
        assert_eq!(
            rooms_of("6 doctors and 2 nurses, each needs a room"),
            "consultation:6 nurse_station:2"
        );
    }

    #[test]
    fn so_much_for_each_of_a_few_is_an_office_each() {
        assert_eq!(
            rooms_of("law firm: 8 partners at 16 m2 each, library"),
            "private_office:8@16 library:1"
        );
        assert_eq!(
            rooms_of("office for 10 accountants, each having 7 sqm"),
            "open_office:1@70#10"
        );
    }
}
