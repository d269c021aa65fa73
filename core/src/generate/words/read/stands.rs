//! What a number of people, chairs or desks stands for when it is said of the whole.

use super::super::Confidence;
use super::super::context::{Stands, of_whole};
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    /// A number of persons, chairs or beds that was said of the whole.
    pub(super) fn whole_is_for(&mut self, amount: Amount, seat: Seat, first: usize, last: usize) {
        let mut stands = of_whole(self.facility, seat);
        let is_chair = (first..=last)
            .filter_map(|token| self.tokens.get(token)?.word())
            .any(|word| word.starts_with("chair"));
        if self.facility == Some("clinic") && seat == Seat::Chair && !is_chair {
            // Stations are counted elsewhere than at a dentist's.
            stands = Stands::Nothing;
        }
        self.stand_for(amount, stands, first, last);
    }

    /// Seats for so many, in the room of the kind that has none yet, or in one of their own.
    pub(super) fn seat_in(
        &mut self,
        room: &'static str,
        amount: Amount,
        first: usize,
        last: usize,
    ) {
        self.stand_for(amount, Stands::Seats(room), first, last);
    }

    pub(super) fn stand_for(&mut self, amount: Amount, stands: Stands, first: usize, last: usize) {
        self.spend_tokens(first, last);
        let add = |reader: &mut Self, room: &'static str| {
            let same = reader
                .out
                .items
                .iter()
                .position(|item| item.room == room && !item.is_excluded);
            let place = same.unwrap_or_else(|| {
                let mut item = Item::new(room, "", first, last);
                item.sure = Confidence::Synonym;
                reader.out.items.push(item);
                reader.out.items.len() - 1
            });
            (place, same.is_some())
        };
        match stands {
            Stands::Rooms(room) => {
                let (place, known) = add(self, room);
                if let Some(item) = self
                    .item_mut(place)
                    .filter(|item| !known || item.amount.is_none())
                {
                    item.amount = Some(amount);
                    item.rooms_of_whole = true;
                    item.assumed.push("one for each".to_owned());
                }
                self.noun = Noun::Item(place);
                self.noun_end = self.at.saturating_sub(1);
            }
            Stands::Seats(room) => {
                let (place, _) = add(self, room);
                let is_more = self.follows_and(first);
                let Some(item) = self.item_mut(place) else {
                    return;
                };
                match item.seats {
                    None => {
                        item.seats = Some(amount);
                        item.seats_of_whole = true;
                        item.assumed
                            .push("sized for the number given for the whole".to_owned());
                    }
                    Some(known) if known == amount && !is_more => {}
                    // `20 staff and 5 interns`.
                    Some(known) if item.seats_of_whole => {
                        item.seats = Some(Amount {
                            low: Number(known.low.0.saturating_add(amount.low.0)),
                            high: Number(known.high.0.saturating_add(amount.high.0)),
                            bound: known.bound,
                        });
                        item.last = item.last.max(last);
                        item.assumed
                            .push("the numbers of people are added up".to_owned());
                    }
                    Some(_) => self.ignore(
                        first,
                        last,
                        "the room for them is sized by the number given for it",
                    ),
                }
            }
            Stands::Nothing => {
                self.ignore(first, last, "a number of people that no room is sized by");
            }
        }
    }

    /// A thing that is counted and sizes one room: `20 workstations`.
    pub(super) fn station(&mut self, at: usize, room: &'static str) {
        // `a storage cage` is no kennel.
        if room == "kennel" && self.key(at) == "cage" && self.facility != Some("clinic") {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `secretary desk` in a list is a piece of furniture, `6 desks` are an office.
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if self.pending.count.is_none()
            && self.pending.vague.is_none()
            && !plural
            && self.key(at).ends_with("desk")
            && !matches!(
                self.what(at + 1),
                Some(
                    What::Mark(Mark::Times | Mark::Colon | Mark::Hyphen | Mark::Open)
                        | What::Is(Meaning::Cross)
                        | What::Count(_)
                )
            )
        {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        let count = self.pending.count.take();
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        let described = self.last_item().filter(|item| {
            // `open office with 20 desks`: the desks of that room.
            count.is_some()
                && self.follows_link(counted_at)
                && self.out.items.get(*item).is_some_and(|item| {
                    item.seats.is_none()
                        && (item.room == room
                            || (room == "open_office"
                                && self.meaning(counted_at.saturating_sub(1)).is_some()
                                && matches!(item.room, "team_room" | "private_office")))
                })
        });
        if let (Some(item), Some((amount, from, to))) = (described, count) {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(item) {
                // `accounts department, 10 desks`: no room for one.
                if item.room == "private_office"
                    && amount.low > Number::whole(super::numbers::MOST_OF_ONE)
                {
                    item.room = room;
                }
                item.seats = Some(amount);
                item.last = item.last.max(to);
            }
            return;
        }
        // `reception (with 2 desks)`: its furniture.
        if let Some((_, from, to)) =
            count.filter(|(amount, ..)| amount.high <= Number::whole(super::numbers::MOST_OF_ONE))
            && room == "open_office"
            && self.key(at).ends_with("desk")
            && self.follows_link(counted_at)
            && self.comes_after(counted_at, Meaning::With)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| matches!(item.room, "reception" | "nurse_station" | "lobby"))
        {
            let (_, last) = self.tokens_of(at);
            return self.ignore(
                from,
                last.max(to),
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `a fitting area with three cubicles`: so many, and nobody works there.
        if let Some((amount, from, to)) = count
            && room == "open_office"
            && self.key(at) == "cubicle"
            && self.follows_link(counted_at)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && matches!(
                item.room,
                "fitting_room" | "shower" | "changing_room" | "toilet" | "treatment_room"
            )
            && item.amount.is_none()
        {
            item.amount = Some(amount);
            item.last = item.last.max(to);
            return self.spend_tokens(from, to);
        }
        // `an office for two, three desks`: the desks are counted, not the people.
        let was_of_whole = self
            .out
            .items
            .iter()
            .any(|item| item.room == room && item.seats_of_whole);
        let first_of_count = count.map(|(_, from, _)| from);
        let Some(place) = self.room(at, room) else {
            return;
        };
        if let Some((amount, from, to)) = count {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(place) {
                if was_of_whole && item.seats != Some(amount) {
                    item.assumed
                        .push("sized by its own number, not that of the whole".to_owned());
                    item.seats = Some(amount);
                }
                item.seats_of_whole = false;
                item.seats.get_or_insert(amount);
                item.first = item.first.min(first_of_count.unwrap_or(from));
            }
        }
        if let Some(item) = self.item_mut(place) {
            // One room holds them all.
            item.unsaid = 1;
            item.plural = false;
        }
    }
}
