//! What is not wanted, optional or another choice, and things that are no rooms.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

impl Reader<'_> {
    pub(super) fn not_needed(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        // `not needed: a pharmacy, a lab`.
        if self.heads_list(at) {
            self.spend(at + 1);
            self.at = at + 2;
            (self.is_negated, self.is_list_negated) = (true, true);
            return;
        }
        if let Some((from, _)) = self.pending.unknown.take() {
            // What is not needed is not known either; `food court stall` began with what is.
            let place = self.out.items.len().checked_sub(1);
            if let Some(place) = place
                && (self.out.items.get(place)).is_some_and(|item| item.last + 1 == from)
            {
                self.exclude(place);
            }
            return;
        }
        match self.last_item() {
            Some(place) => self.exclude(place),
            // `two one-bedroom flats are not wanted`: neither are their bedrooms.
            None if self.noun == Noun::Whole && self.drop_homes() => {
                self.ignore(first, last, "what was named before is not laid out");
            }
            None => self.conflict(first, last, "nothing was named that is not needed"),
        }
        self.spend(at);
    }

    /// `Server room: no.`, `pantry - no, 3 cabins`: whether `no` at `at` is the answer to the room
    /// that stands before it without a number.
    pub(super) fn is_no_behind(&self, at: usize) -> bool {
        let joint = usize::from(
            at > 0
                && matches!(
                    self.what(at - 1),
                    Some(What::Mark(Mark::Colon | Mark::Hyphen | Mark::Open))
                ),
        );
        let ends = match self.what(at + 1) {
            None => true,
            Some(What::Mark(mark)) => mark.ends_phrase() || mark == Mark::Close,
            _ => false,
        };
        self.key(at) == "no"
            && ends
            && self.touches_noun(at - joint)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.amount.is_none() && item.seats.is_none())
    }

    /// Whether what stands at `at` begins a sentence, with a colon behind it.
    pub(super) fn heads_list(&self, at: usize) -> bool {
        let heads =
            at == 0 || matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        heads && self.what(at + 1) == Some(What::Mark(Mark::Colon))
    }

    /// Takes out the rooms of the homes that this sentence named; whether there were any.
    fn drop_homes(&mut self) -> bool {
        let sentence = self.sentence;
        let homes = (self.out.items.iter_mut().skip(sentence))
            .filter(|item| item.of_home && !item.is_excluded);
        let mut any = false;
        for item in homes {
            (item.is_excluded, item.is_title) = (true, true);
            any = true;
        }
        any
    }

    /// Takes the room at `place` out, with a conflict if it was asked for elsewhere.
    pub(super) fn exclude(&mut self, place: usize) {
        let Some(item) = self.item_mut(place) else {
            return;
        };
        item.is_excluded = true;
        let (room, first, last) = (item.room, item.first, item.last);
        let key = self.out.items.get(place).map(|item| item.key.clone());
        let asked = self.out.items.iter().any(|other| {
            other.room == room
                && !other.is_excluded
                // A cafe has a counter, and need have no bar.
                && (room != "bar_counter" || Some(&other.key) == key.as_ref())
        });
        if asked {
            self.conflict(first, last, "asked for and not wanted at once");
        }
    }

    pub(super) fn optional(&mut self, at: usize) {
        // `optional: a gym, a library`.
        if matches!(self.what(at + 1), Some(What::Mark(Mark::Colon))) && !self.touches_noun(at) {
            self.is_all_optional = true;
            return;
        }
        // `four offices, preferably with windows`: the windows are, not the offices.
        let of_manner = matches!(
            self.meaning(at + 1),
            Some(Meaning::With | Meaning::Daylight | Meaning::Place | Meaning::Relation(_))
        );
        if of_manner && !self.touches_noun(at) {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "a wish for how a room is; the room itself is wanted",
            );
        }
        let mut next = self.past_adjectives(at + 1);
        if self.what(next) == Some(What::Mark(Mark::Comma)) && !self.touches_noun(at) {
            next = self.past_adjectives(next + 1);
        }
        let of_next = self.is_room(next) || matches!(self.what(next), Some(What::Count(_)));
        // `…. If it fits, also a gym`: a sentence that begins so is about what comes.
        let heads =
            at > 0 && matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        let mut also = next;
        while matches!(
            self.meaning(also),
            Some(Meaning::And | Meaning::Stop | Meaning::Article)
        ) {
            also += 1;
        }
        let of_next = of_next || (heads && self.is_room(self.past_adjectives(also)));
        let behind = self
            .last_item()
            .filter(|_| !(heads && of_next))
            .filter(|_| {
                self.touches_noun(at)
                    || !of_next
                    || self.what(at.saturating_sub(1)) == Some(What::Mark(Mark::Open))
            });
        match behind {
            Some(place) => {
                if let Some(item) = self.item_mut(place) {
                    item.is_optional = true;
                }
                self.noun_end = Some(at);
            }
            None => self.pending.is_optional = true,
        }
    }

    /// `a lounge or a library`: what comes is a choice, if both are rooms that are asked for.
    pub(super) fn or(&mut self, at: usize) {
        // `a sauna, or at least a steam room`.
        let least = usize::from(self.meaning(at + 1) == Some(Meaning::AtLeast));
        let next = self.past_adjectives(at + 1 + least);
        let next = match self.what(next) {
            Some(What::Count(_)) => self.past_adjectives(next + 1),
            _ => next,
        };
        // `a conference room, or two rooms for 10`: the other choice has no name of its own.
        if self.key(at) == "or"
            && self.last_item().is_some()
            && !self.is_room(next)
            && matches!(
                self.what(at + 1),
                Some(What::Count(_) | What::Is(Meaning::Article))
            )
            && self.meaning(next) == Some(Meaning::Noun)
            && self.key(next).ends_with("room")
        {
            let mut end = next;
            while self
                .what(end + 1)
                .is_some_and(|what| !matches!(what, What::Mark(mark) if mark.ends_phrase()))
            {
                end += 1;
            }
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
            self.at = end + 1;
            return self.ignore(
                first,
                last,
                "one of two choices; the one named first is laid out",
            );
        }
        self.instead_of = self.last_item().filter(|_| {
            self.key(at) == "or"
                && (self.touches_noun(at) || (least > 0 && self.touches_noun(at.saturating_sub(1))))
                && self.is_room(next)
                && self.open_relation.is_none()
                && self.last_relation.is_none()
                && !self.is_negated
        });
    }

    /// Lays out the first of two choices, and says so.
    pub(super) fn leave_choice(&mut self, place: usize, other: usize) {
        let is_same = self.out.items.get(place).map(|item| item.room)
            == self.out.items.get(other).map(|item| item.room);
        let Some(item) = self.item_mut(place).filter(|_| !is_same) else {
            return;
        };
        item.is_excluded = true;
        item.is_title = true;
        let (first, last) = (item.first, item.last);
        self.ignore(
            first,
            last,
            "one of two choices; the one named first is laid out",
        );
        self.noun = Noun::Item(other);
    }

    /// `parking for two cars`: how many is of no more effect than what is not laid out.
    pub(super) fn take_number_of_unbuilt(&mut self, at: usize) {
        let is_number = matches!(self.what(at + 2), Some(What::Count(_) | What::Seats(..)));
        if self.at != at + 1 || self.meaning(at + 1) != Some(Meaning::For) || !is_number {
            return;
        }
        let unit = usize::from(self.what(at + 3) == Some(What::Unknown));
        let (first, last) = (self.tokens_of(at + 1).0, self.tokens_of(at + 2 + unit).1);
        self.at = at + 3 + unit;
        self.ignore(first, last, "is not laid out as a room");
    }

    /// `a classroom which doubles as a hall`: no other room.
    fn end_of_use(&self, at: usize) -> Option<usize> {
        let room = self.past_adjectives(self.past_small_words(at + 1));
        // `a reception that doubles as waiting for 6` asks for one.
        let ends = match self.what(room + 1) {
            None => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        (self.is_room(room) && ends).then_some(room)
    }

    pub(super) fn used_as(&mut self, at: usize) {
        let Some(end) = self.end_of_use(at) else {
            return;
        };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        self.at = end + 1;
        if let Some(place) = self.last_item() {
            self.noun = Noun::Item(place);
            self.noun_end = Some(end);
        }
        self.ignore(first, last, "another use of a room asks for no other room");
    }

    /// `…, since we rent a cellar`: what a reason names is not asked for. Who works there is said of
    /// the whole all the same.
    pub(super) fn reason(&mut self, at: usize) {
        let mut next = at + 1;
        while let Some(what) = self.what(next) {
            match what {
                What::Mark(mark) if mark.ends_phrase() && mark != Mark::Slash => break,
                What::Seats(..) => {
                    next = at + 1;
                    break;
                }
                _ => next += 1,
            }
        }
        self.end_phrase();
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(next - 1).1);
        self.at = next;
        self.ignore(first, last, "a reason; what it names is not asked for");
    }

    /// Furniture and other things that no room follows from, with their number.
    pub(super) fn thing(&mut self, at: usize, reason: &str) {
        let (own, last) = self.tokens_of(at);
        // `no windows needed for the store` asks for the store.
        self.is_negated = false;
        let pending = std::mem::take(&mut self.pending);
        // `15 tables of 4`.
        if self.key(at) == "table"
            && matches!(self.facility, Some("cafe" | "restaurant" | "canteen"))
            && let (Some((tables, from, _)), Some(What::Count(each) | What::Seats(each, _))) =
                (pending.count, self.what(at + 2))
            && (matches!(self.meaning(at + 1), Some(Meaning::Of | Meaning::For))
                || self.key(at + 1).starts_with("seat"))
            && self.is_boundary(at + 3)
            && let (Some(tables), Some(each)) = (tables.low.count(), each.low.count())
        {
            let seats = Number::whole(i64::from(tables) * i64::from(each));
            let amount = Amount {
                low: seats,
                high: seats,
                bound: Bound::Exactly,
            };
            // `20 tables seating 4 each` says it twice.
            let end = at + 2 + usize::from(self.key(at + 3) == "each");
            let (_, last) = self.tokens_of(end);
            self.at = end + 1;
            return self.seat_in("dining_area", amount, from, last);
        }
        // `nail bar with 5 tables`: those of the manicurists.
        if self.key(at) == "table"
            && let Some((amount, from, _)) = pending.count
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "nail_bar"
            && item.seats.is_none()
            && item.amount.is_none()
        {
            item.seats = Some(amount);
            item.last = item.last.max(last);
            self.spend_tokens(from, last);
            self.noun_end = Some(at);
            return;
        }
        // `a bar with 6 stools`.
        if self.key(at).ends_with("stool")
            && let Some((amount, ..)) = pending.count
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "bar_counter"
        {
            item.seats.get_or_insert(amount);
            return self.spend_tokens(pending.from.unwrap_or(own).min(own), last);
        }
        // `a training room with 12 computers`.
        if self.key(at) == "computer"
            && let Some((amount, ..)) = pending.count
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.seats.is_none()
            && matches!(
                item.room,
                "training_room" | "classroom" | "science_lab" | "open_office"
            )
        {
            item.seats = Some(amount);
            return self.spend_tokens(pending.from.unwrap_or(own).min(own), last);
        }
        // `a hall for 25 mats`, `a training room for 12 laptops`: whoever uses them needs a place.
        if let Some((amount, first, _)) = pending.count
            && (0..at).rev().take(3).any(|count| {
                self.tokens_of(count).0 == first
                    && self.comes_after(count, Meaning::For)
                    && self.follows_link(count)
            })
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.seats.is_none()
            && !item.is_excluded
            && (item.room == "gym"
                || room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some()))
        {
            item.seats = Some(amount);
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return self.spend_tokens(first, last);
        }
        // `meeting table for 8` says nothing of the room before.
        if self.meaning(at + 1) == Some(Meaning::For)
            && ["table", "desk", "sofa", "bench"]
                .iter()
                .any(|thing| self.key(at).ends_with(thing))
        {
            self.noun = Noun::Unknown;
            self.noun_end = Some(at);
            // `a kitchen with a table for 8`.
            if matches!(self.what(at + 2), Some(What::Count(_) | What::Seats(..)))
                && self.is_boundary(at + 3)
                && pending.count.is_none()
            {
                let last = self.tokens_of(at + 2).1;
                self.at = at + 3;
                self.noun_end = Some(at + 2);
                let first = pending.from.unwrap_or(own).min(own);
                self.open_relation = None;
                return self.ignore(first, last, reason);
            }
        }
        // `racking 600 sqm`: the size of things is not that of the whole. Of `showroom for tiles 180
        // sqm` it is.
        let mut last = last;
        let is_for = self.comes_after(at, Meaning::For) && self.follows_link(at);
        if is_for {
            self.noun_end = Some(at);
        } else if matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }))
            && self.is_boundary(at + 2)
        {
            (_, last) = self.tokens_of(at + 1);
            self.at = at + 2;
        }
        // `a bedroom with wide doors, wet room, …`: what comes is not of the bedroom.
        if self.what(self.at) == Some(What::Mark(Mark::Comma)) {
            self.host = None;
        }
        let first = pending.from.unwrap_or(own).min(own);
        self.open_relation = None;
        self.ignore(first, last, reason);
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn tables_seat_so_many_each() {
        let (prompt, rooms) = (
            "restaurant: 20 tables seating 4 each, a bar",
            "dining_area:1#80 bar_counter:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn tables_of_a_nail_bar_are_its_places() {
        for (prompt, rooms) in [
            (
                "Nail bar with 5 tables, 2 pedicure chairs",
                "nail_bar:1#5 nail_bar:1#2",
            ),
            ("nail bar, lounge with 5 tables", "nail_bar:1 lounge:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
