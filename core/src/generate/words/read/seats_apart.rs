//! Some of the seats counted before that stand in a room of their own: `20 desks, 4 of them in a
//! quiet room`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::numbers::MOST_OF_ONE;
use super::{Noun, Reader};

impl Reader<'_> {
    /// `14 desks in one room, 6 in another`: others of the same, in a room of their own. Whether the
    /// number at `at` is of those.
    pub(super) fn are_seats_elsewhere(&mut self, at: usize, amount: Amount) -> bool {
        let is_another = self.meaning(at + 1) == Some(Meaning::In)
            && matches!(self.key(at + 2), "another" | "other" | "second")
            || (self.meaning(at + 1) == Some(Meaning::In)
                && self.meaning(at + 2) == Some(Meaning::The)
                && self.key(at + 3) == "other");
        let mut end = at + 2 + usize::from(self.meaning(at + 2) == Some(Meaning::The));
        if self.meaning(end + 1) == Some(Meaning::Noun) {
            end += 1;
        }
        let before = (self.out.items.last()).filter(|item| {
            item.room == "open_office" && item.seats.is_some() && item.amount.is_none()
        });
        let Some(mut item) = before
            .cloned()
            .filter(|_| is_another && self.is_boundary(end + 1))
        else {
            return false;
        };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        (item.first, item.last) = (first, last);
        item.seats = Some(amount);
        (item.area, item.sides) = (None, None);
        self.spend_tokens(first, last);
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(end);
        self.at = end + 1;
        true
    }

    /// Whether the number at `at` tells how many of them do, and they were taken from the others.
    pub(super) fn are_seats_apart(&mut self, at: usize, amount: Amount) -> bool {
        let Some(within) = self.within_of_them(at) else {
            return false;
        };
        let room_at = self.past_adjectives(self.past_small_words(within + 1));
        let has_article = (within + 1..room_at).any(|between| {
            self.meaning(between) == Some(Meaning::Article)
                || matches!(self.what(between), Some(What::Count(one)) if one.high == Number::whole(1))
        });
        let plural = self.lexemes.get(room_at).is_some_and(|room| room.plural);
        let place = (self.out.items.iter()).rposition(|item| {
            matches!(item.room, "open_office" | "dining_area") && !item.is_excluded
        });
        let seats = place
            .and_then(|place| self.out.items.get(place))
            .filter(|item| item.amount.is_none())
            .and_then(|item| item.seats);
        let (Some(place), Some(seats)) = (place, seats.filter(|all| all.low > amount.high)) else {
            return false;
        };
        let eats = (self.out.items.get(place)).is_some_and(|item| item.room == "dining_area");
        let few = amount.high <= Number::whole(MOST_OF_ONE);
        let named = match self.meaning(room_at) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                self.in_facility(room, room_at)
            }
            Some(Meaning::Noun) if self.key(room_at).ends_with("room") => "room",
            _ => return false,
        };
        let room = match named {
            "room" if eats => "dining_area",
            "room" if few => "private_office",
            "room" => "open_office",
            named => named,
        };
        if plural || !has_article || !self.is_boundary(room_at + 1) {
            return false;
        }
        if let Some(item) = self.item_mut(place) {
            item.seats = Some(Amount {
                low: Number(seats.low.0.saturating_sub(amount.high.0)),
                high: Number(seats.high.0.saturating_sub(amount.low.0)),
                ..seats
            });
            item.seats_of_whole = false;
            item.assumed
                .push("those who have another room do not sit there".to_owned());
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(room_at).1);
        let mut item = Item::new(room, self.key(room_at), first, last);
        item.sure = Confidence::Synonym;
        item.seats = Some(amount);
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
        true
    }

    /// `20 seats at the counter and 50 at tables`: whether the number at `at` says how many sit at
    /// either, where people eat.
    pub(super) fn sit_at(&mut self, at: usize, amount: Amount) -> bool {
        let link = at + 1;
        let is_at = matches!(self.key(link), "at" | "along" | "on");
        let place = link + 1 + usize::from(self.meaning(link + 1) == Some(Meaning::The));
        let room = match self.key(place) {
            "table" => "dining_area",
            "bar" | "counter" | "barcounter" => "bar_counter",
            // `8 seats at the sushi counter`, too.
            _ if self.meaning(place) == Some(Meaning::Room("bar_counter")) => "bar_counter",
            _ => return false,
        };
        let eats = matches!(self.facility, Some("cafe" | "restaurant" | "canteen"));
        // Whoever sits `at tables of 4` is counted by the tables.
        if !is_at
            || !eats
            || !self.is_boundary(place + 1)
            || self.meaning(place + 1) == Some(Meaning::Of)
        {
            return false;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(place).1);
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        let known = (self.out.items.iter()).position(|item| {
            item.room == room && !item.is_excluded && (item.seats.is_none() || item.seats_of_whole)
        });
        let item = known.unwrap_or_else(|| {
            let mut item = Item::new(room, self.key(place), first, last);
            item.sure = Confidence::Synonym;
            self.out.items.push(item);
            self.out.items.len() - 1
        });
        if let Some(item) = self.item_mut(item) {
            item.seats = Some(amount);
            item.seats_of_whole = false;
            item.last = item.last.max(last);
        }
        self.noun = Noun::Item(item);
        self.noun_end = Some(place);
        self.at = place + 1;
        true
    }

    /// The `in` of `4 of them in`, `4 of which are in` and `of which 4 in`, whose number is at `at`.
    fn within_of_them(&self, at: usize) -> Option<usize> {
        let is_them =
            |at: usize| matches!(self.key(at), "them" | "these" | "those" | "which" | "whom");
        let behind = self.meaning(at + 1) == Some(Meaning::Of) && is_them(at + 2);
        let before = at >= 2 && self.meaning(at - 2) == Some(Meaning::Of) && is_them(at - 1);
        let mut within = at + 1 + 2 * usize::from(behind);
        while self.meaning(within) == Some(Meaning::Stop) {
            within += 1;
        }
        ((behind || before) && self.meaning(within) == Some(Meaning::In)).then_some(within)
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn those_at_a_counter_sit_there() {
        for (prompt, rooms) in [
            (
                "restaurant with 32 seats and 8 seats at the sushi counter, kitchen",
                "dining_area:1#32 bar_counter:1#8 kitchen:1",
            ),
            (
                "restaurant with 32 seats and 8 at the bar, kitchen",
                "dining_area:1#32 bar_counter:1#8 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
