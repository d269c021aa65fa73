//! What a room that is named for the first time is made of.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound};
use super::super::number::{Number, ONE};
use super::Reader;

/// Plurals that name one room: its stores, the accounts, the lockers.
const ONE_ROOM: [&str; 19] = [
    "stafffacility",
    "lady",
    "gent",
    "theatre",
    "store",
    "supply",
    "record",
    "medicalrecord",
    "locker",
    "stafflocker",
    "account",
    "display",
    "stationery",
    "admission",
    "stack",
    "bookstack",
    "livingdining",
    "till",
    "cashdesk",
];

impl Reader<'_> {
    pub(super) fn new_item(
        &mut self,
        room: &'static str,
        key: &str,
        first: usize,
        last: usize,
        at: usize,
        pending: &super::pending::Pending,
    ) -> usize {
        let mut item = Item::new(room, key, first, last);
        let lexeme = self.lexemes.get(at);
        item.sure = lexeme.map_or(Confidence::Exact, |lexeme| lexeme.sure);
        item.amount = pending.count.map(|(amount, _, _)| amount);
        item.area = pending.area.map(|(span, _, _)| span);
        item.sides = pending.sides.map(|(sides, _, _)| sides);
        item.seats = pending.seats.map(|(amount, _, _)| amount);
        item.size = pending.size;
        item.male = pending.male;
        item.female = pending.female;
        item.is_optional = pending.is_optional || self.is_all_optional;
        item.is_mention = self.for_each == Some(usize::MAX)
            || self.each_of_next.is_some()
            || self.open_relation.is_some();
        let plural = lexeme.is_some_and(|lexeme| lexeme.plural)
            && !ONE_ROOM.contains(&key)
            // `free weights` are one zone, `spin studios` are several.
            && (room != "gym"
                || ["gym", "studio", "room", "hall", "zone", "area", "court"]
                    .iter()
                    .any(|noun| key.ends_with(noun)));
        if item.amount.is_none()
            && (plural || pending.vague.is_some())
            && !matches!(room, "open_office" | "kennel" | "teller_area")
        {
            item.unsaid = 2;
            item.plural = true;
        }
        if pending
            .count
            .is_some_and(|(amount, _, _)| amount.low.count().is_none())
        {
            self.halves(&mut item);
        }
        // `double garage`.
        let cars = match key {
            "doublegarage" | "twingarage" => Some(2),
            "triplegarage" => Some(3),
            _ => None,
        };
        if let Some(cars) = cars.filter(|_| room == "garage") {
            let cars = Number::whole(cars);
            item.seats.get_or_insert(Amount {
                low: cars,
                high: cars,
                bound: Bound::Exactly,
            });
        }
        self.out.items.push(item);
        self.out.items.len() - 1
    }

    /// `50 dining + 30 bar`: nobody has fifty dining areas; so many are seated.
    /// The room, if it was known already from the number for the whole.
    pub(super) fn seats_for_count(
        &mut self,
        room: &'static str,
        at: usize,
        pending: &mut super::pending::Pending,
    ) -> Option<usize> {
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let (amount, first, last) = pending.count.filter(|_| {
            !plural && pending.seats.is_none() && super::numbers::is_one_of_a_kind(room)
        })?;
        if amount.low <= Number::whole(super::numbers::MOST_OF_ONE) {
            return None;
        }
        pending.count = None;
        pending.seats = Some((amount, first, last));
        // `80 seats (50 dining + 30 bar)`: the number of the whole is divided.
        let place = self
            .out
            .items
            .iter()
            .position(|item| item.room == room && item.seats_of_whole)?;
        self.spend_tokens(first, last);
        if let Some(item) = self.item_mut(place) {
            item.seats = Some(amount);
            item.seats_of_whole = false;
        }
        Some(place)
    }

    /// `3 rooms of 12 sqm for treatment`: what the rooms are, said behind them.
    pub(super) fn room_for(
        &mut self,
        room: &'static str,
        key: &str,
        at: usize,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        let place = self.last_item()?;
        let is_said = at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && !pending.describes()
            && self.noun_end.saturating_add(2) >= at;
        let item = self
            .out
            .items
            .get_mut(place)
            .filter(|item| is_said && item.room == "room")?;
        item.room = room;
        key.clone_into(&mut item.key);
        item.last = item.last.max(self.lexemes.get(at)?.last);
        self.noun_end = at;
        Some(place)
    }

    /// `2.5 baths`: two bathrooms and a half bath, which is a toilet.
    pub(super) fn halves(&mut self, item: &mut Item) {
        let Some(amount) = item.amount else { return };
        let whole = Number(amount.low.0 / ONE * ONE);
        let is_half = amount.low.0 - whole.0 == ONE / 2;
        item.amount = Some(Amount {
            low: whole,
            high: whole,
            bound: Bound::Exactly,
        });
        if is_half && item.room == "bathroom" {
            let mut toilet = Item::new("toilet", "", item.first, item.last);
            toilet.sure = Confidence::Synonym;
            toilet.assumed.push("a half bath is a toilet".to_owned());
            self.out.items.push(toilet);
        } else {
            self.conflict(item.first, item.last, "not a whole number of rooms");
        }
    }
}
