//! How many of something there are, by how many there are of something else.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::Reader;

/// What is counted in people, among the kinds of rooms that something is counted by.
pub(super) const PEOPLE: &str = "people";

impl Reader<'_> {
    /// `as many bathrooms as bedrooms`, `twice as many toilets as meeting rooms`. Whether the words
    /// at `at` began so; what they are as many as is read next.
    pub(super) fn as_many(&mut self, at: usize) -> bool {
        let times = match self.key(at) {
            "asmany" | "samenumberof" | "thesamenumberof" => 1,
            "twiceasmany" | "doublenumberof" => 2,
            _ => return false,
        };
        let own = self.past_adjectives(at + 1);
        let (Some(Meaning::Room(room) | Meaning::Either { room, .. }), "as") =
            (self.meaning(own), self.key(own + 1))
        else {
            return false;
        };
        let mut other = own + 2;
        while matches!(self.meaning(other), Some(Meaning::Stop | Meaning::The)) {
            other += 1;
        }
        if !self.is_room(other) {
            return false;
        }
        let Some(place) = self.room(own, room) else {
            return false;
        };
        if let Some(item) = self.item_mut(place) {
            (item.unsaid, item.plural) = (times, false);
        }
        for between in at..other {
            self.spend(between);
        }
        self.at = other;
        self.each_of_next = Some(place);
        self.pending.the = true;
        true
    }

    /// `1 toilet per 10 people`: as many as the people of the whole need, once they are known.
    pub(super) fn per_people(&mut self, at: usize) -> bool {
        let Some(place) = self.last_item() else {
            return false;
        };
        let (many, end) = match self.what(at + 1) {
            Some(What::Seats(many, Seat::Person | Seat::Staff)) => (many, at + 1),
            // `one printer room per 30 desks`, too.
            Some(What::Count(many))
                if self.meaning(at + 2) == Some(Meaning::Station("open_office")) =>
            {
                (many, at + 2)
            }
            _ => return false,
        };
        let each = matches!(self.key(at), "per" | "every");
        let Some(many) = many.low.count().filter(|many| each && *many > 1) else {
            return false;
        };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        self.spend_tokens(first, last);
        self.per_many.push((place, PEOPLE, many, first, last));
        self.at = end + 1;
        self.noun_end = Some(end);
        true
    }

    /// How many people the whole is for: those at desks, or those who were named for it.
    pub(super) fn people_of_whole(&self) -> u32 {
        let seats = |of_whole: bool| {
            (self.out.items.iter())
                .filter(|item| !item.is_excluded)
                .filter(|item| item.seats_of_whole == of_whole)
                .filter(|item| of_whole || item.room == "open_office")
                .filter_map(|item| item.seats?.low.count())
                .fold(0, u32::saturating_add)
        };
        match seats(true) {
            0 => seats(false),
            all => all,
        }
    }

    /// So many of the item, which follow from how many there are of others.
    pub(super) fn follow(&mut self, place: usize, count: u32, assumed: String) {
        if let Some(item) = self.item_mut(place) {
            let count = Number::whole(i64::from(count));
            item.amount = Some(Amount {
                low: count,
                high: count,
                bound: Bound::Exactly,
            });
            item.assumed.push(assumed);
        }
    }
}
