//! What is not wanted, optional or another choice, and things that are no rooms.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    pub(super) fn not_needed(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        // `not needed: a pharmacy, a lab`.
        let heads =
            at == 0 || matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        if heads && self.what(at + 1) == Some(What::Mark(Mark::Colon)) {
            self.spend(at + 1);
            self.at = at + 2;
            (self.is_negated, self.is_list_negated) = (true, true);
            return;
        }
        if self.pending.unknown.take().is_some() {
            // What is not needed is not known either.
            return;
        }
        match self.last_item() {
            Some(place) => self.exclude(place),
            None => self.conflict(first, last, "nothing was named that is not needed"),
        }
        self.spend(at);
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
        let mut next = self.past_adjectives(at + 1);
        if self.what(next) == Some(What::Mark(Mark::Comma)) && !self.touches_noun(at) {
            next = self.past_adjectives(next + 1);
        }
        let of_next = self.is_room(next) || matches!(self.what(next), Some(What::Count(_)));
        let behind = self.last_item().filter(|_| {
            self.touches_noun(at)
                || !of_next
                || self.what(at.saturating_sub(1)) == Some(What::Mark(Mark::Open))
        });
        match behind {
            Some(place) => {
                if let Some(item) = self.item_mut(place) {
                    item.is_optional = true;
                }
                self.noun_end = at;
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

    /// Furniture and other things that no room follows from, with their number.
    pub(super) fn thing(&mut self, at: usize, reason: &str) {
        let (own, last) = self.tokens_of(at);
        // `no windows needed for the store` asks for the store.
        self.is_negated = false;
        let pending = std::mem::take(&mut self.pending);
        // `15 tables of 4`.
        if self.key(at) == "table"
            && matches!(self.facility, Some("cafe" | "restaurant" | "canteen"))
            && let (Some((tables, from, _)), Some(What::Count(each))) =
                (pending.count, self.what(at + 2))
            && matches!(self.meaning(at + 1), Some(Meaning::Of | Meaning::For))
            && self.is_boundary(at + 3)
            && let (Some(tables), Some(each)) = (tables.low.count(), each.low.count())
        {
            let seats = Number::whole(i64::from(tables) * i64::from(each));
            let amount = Amount {
                low: seats,
                high: seats,
                bound: Bound::Exactly,
            };
            let (_, last) = self.tokens_of(at + 2);
            self.at = at + 3;
            return self.seat_in("dining_area", amount, from, last);
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
        // `meeting table for 8` says nothing of the room before.
        if self.meaning(at + 1) == Some(Meaning::For)
            && ["table", "desk", "sofa", "bench"]
                .iter()
                .any(|thing| self.key(at).ends_with(thing))
        {
            self.noun = Noun::Unknown;
            self.noun_end = at;
        }
        let first = pending.from.unwrap_or(own).min(own);
        self.open_relation = None;
        self.ignore(first, last, reason);
    }
}
