//! Numbers that are taken back: `2 meeting rooms, make that 3`.

use super::super::lexicon::{Meaning, Relation, Seat};
use super::super::measure::{Amount, What};
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

impl Reader<'_> {
    /// `make that 3`, `- actually 5 -`, `sorry, 14 sqm`: puts the number in place of the one that
    /// was said last. Where no number follows, the words mean nothing.
    pub(super) fn correct(&mut self, at: usize) {
        let mut next = at + 1;
        while matches!(
            self.what(next),
            Some(
                What::Is(Meaning::Correction | Meaning::Stop | Meaning::No | Meaning::Article)
                    | What::Mark(Mark::Comma | Mark::Hyphen | Mark::Colon)
            )
        ) {
            next += 1;
        }
        let Some(what) = self.what(next) else { return };
        let is_number = matches!(what, What::Count(_) | What::Area(_) | What::Seats(..));
        let room = self.past_adjectives(next + 1);
        let ends = self.is_boundary(next + 1)
            || matches!(self.what(next + 1), Some(What::Mark(Mark::Hyphen)));
        let same = self.last_item().filter(|place| {
            let kind = match self.meaning(room) {
                Some(
                    Meaning::Room(room) | Meaning::Either { room, .. } | Meaning::Station(room),
                ) => Some(room),
                _ => None,
            };
            kind.is_some() && self.out.items.get(*place).map(|item| item.room) == kind
        });
        if !is_number || !(ends || same.is_some()) {
            return;
        }
        let end = if ends { next } else { room };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        self.at = end + 1;
        // What was said last is what is taken back.
        let of_seats = self.noun_end.is_some_and(|end| match self.what(end) {
            Some(What::Seats(..)) => true,
            Some(What::Count(_)) => self.comes_after(end, Meaning::For),
            _ => false,
        });
        let known = self.last_item().and_then(|place| self.item_mut(place));
        let taken = match (known, what) {
            (Some(item), What::Area(span)) if item.area.is_some() => {
                item.area = Some(span);
                true
            }
            (Some(item), What::Count(amount) | What::Seats(amount, _))
                if of_seats && item.seats.is_some() =>
            {
                item.seats = Some(amount);
                true
            }
            (Some(item), What::Count(amount)) if item.seats.is_none() || item.amount.is_some() => {
                item.amount = Some(amount);
                item.plural = false;
                true
            }
            // One room is sized by the number, as in `20 workstations, no, 24`.
            (Some(item), What::Count(amount) | What::Seats(amount, Seat::Person | Seat::Chair)) => {
                item.seats = Some(amount);
                true
            }
            _ => false,
        };
        if !taken {
            self.conflict(first, last, "it is not clear which number is taken back");
        }
        self.noun_end = Some(end);
        // `- actually 5 -` is set in dashes.
        if matches!(self.what(self.at), Some(What::Mark(Mark::Hyphen))) {
            self.spend(self.at);
            self.at += 1;
            self.noun_end = Some(self.at.saturating_sub(1));
            self.end_phrase();
        }
    }

    /// `remove 1 cabin`: of those that were named before, or nothing is known of what is left.
    pub(super) fn take_away(&mut self, at: usize, amount: Amount) -> bool {
        let removes = at > 0
            && self.meaning(at - 1) == Some(Meaning::No)
            && [
                "remove", "drop", "skip", "omit", "leave", "exclude", "minus", "scrap",
            ]
            .iter()
            .any(|verb| self.key(at - 1).starts_with(verb));
        let noun = self.past_adjectives(at + 1);
        let (Some(Meaning::Room(room) | Meaning::Either { room, .. }), true) =
            (self.meaning(noun), removes)
        else {
            return false;
        };
        let (first, last) = (self.tokens_of(at - 1).0, self.tokens_of(noun).1);
        self.is_negated = false;
        self.at = noun + 1;
        let less = (self.out.items.iter_mut())
            .filter(|item| item.room == room && !item.is_excluded)
            .filter_map(|item| item.amount.as_mut())
            .next_back()
            .filter(|all| all.low == all.high && all.low > amount.high);
        match less {
            Some(all) => {
                all.low.0 -= amount.high.0;
                all.high = all.low;
                self.spend_tokens(first, last);
            }
            None => self.conflict(first, last, "of how many is not known"),
        }
        self.noun = Noun::Unknown;
        self.noun_end = Some(noun);
        true
    }

    /// `not`: before a number it says which is not meant, before a relation the contrary of it.
    pub(super) fn not(&mut self, at: usize) {
        let (first, _) = self.tokens_of(at);
        let mut next = at + 1;
        while matches!(self.meaning(next), Some(Meaning::Stop | Meaning::Article)) {
            next += 1;
        }
        let (_, last) = self.tokens_of(next);
        match self.what(next) {
            // `2 toilets, not 3`.
            Some(What::Count(_) | What::Area(_) | What::Seats(..))
                if self.is_boundary(next + 1) && !self.pending.describes() =>
            {
                self.at = next + 1;
                self.ignore(first, last, "what is not meant");
            }
            // `should not be next to`, `must not be visible from`.
            Some(What::Is(Meaning::Relation(
                Relation::Next | Relation::Near | Relation::Opposite,
            ))) => {
                for lexeme in at..=next {
                    self.spend(lexeme);
                }
                self.at = next + 1;
                self.relation(next, Relation::Apart);
            }
            _ => self.unknown(at),
        }
    }

    /// Reports a number that a small word parts from whatever it may count; `9 in open space` are
    /// the seats of what comes.
    pub(super) fn drop_count(&mut self) {
        // `no view from the waiting room`: only the view is not wanted.
        let at = self.at.saturating_sub(1);
        let after_style = at > 0 && self.meaning(at - 1) == Some(Meaning::Style);
        if self.pending.unknown.is_some() || after_style {
            self.is_negated = false;
        }
        let room = self.past_adjectives(self.past_small_words(self.at));
        let sized = match self.meaning(room) {
            Some(Meaning::Room(room)) => {
                room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            }
            _ => false,
        };
        if sized && self.pending.seats.is_none() && self.pending.unknown.is_none() {
            self.pending.seats = self.pending.count.take();
            return;
        }
        if self.pending.unknown.is_none()
            && let Some((_, first, last)) = self.pending.count.take()
        {
            self.conflict(first, last, "a number that counts nothing known");
        }
    }
}
