//! Words that nothing is known about, and what is said of them.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    pub(super) fn unknown(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        let is_sign = self
            .tokens
            .get(first)
            .is_some_and(|token| token.kind == super::super::token::TokenKind::Other);
        if is_sign && first == last {
            // A pictograph asks for nothing.
            self.ignore(first, last, "a sign without a meaning here");
            return;
        }
        // `store for costumes`: what is kept there does not change it.
        let of_store = at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && self.touches_noun(at - 1)
            && self.is_boundary(at + 1)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| matches!(item.room, "store" | "stockroom" | "archive"));
        if of_store {
            self.noun_end = at;
            return self.ignore(first, last, "what is kept there does not change the room");
        }
        self.out.unrecognised.push((first, last));
        self.spend(at);
        let from = match self.pending.unknown {
            Some((from, to)) if to + 1 == first => from,
            _ => first,
        };
        self.pending.unknown = Some((from, last));
        if matches!(self.noun, Noun::Item(_)) {
            self.noun = Noun::Unknown;
            self.noun_end = at;
        }
    }

    /// `…, strength, …`: an entry of a list of rooms that only has words which describe one. Said,
    /// since a room may have been meant.
    pub(super) fn tell_empty_entry(&mut self, end: usize) {
        let mut from = end;
        while from > 0
            && matches!(
                self.meaning(from - 1),
                Some(Meaning::Style | Meaning::Seats(_))
            )
        {
            from -= 1;
        }
        let begins = from.checked_sub(1).is_some_and(|before| {
            matches!(
                self.what(before),
                Some(What::Mark(Mark::Comma | Mark::Line | Mark::Colon))
            )
        });
        let is_read = self.noun_end != usize::MAX && self.noun_end >= from;
        if from == end || !begins || is_read || self.out.items.is_empty() {
            return;
        }
        let (first, last) = (self.tokens_of(from).0, self.tokens_of(end - 1).1);
        self.ignore(first, last, "names no room by itself");
    }

    /// Whether what stands at `at` is said of something that is not understood; it is reported
    /// with it then.
    pub(super) fn is_said_of_unknown(&mut self, at: usize) -> bool {
        let next = self.past_adjectives(at + 1);
        let of_unknown = self.noun == Noun::Unknown
            && (self.follows_link(at) || self.touches_noun(at))
            && !self.is_room(next);
        if of_unknown {
            let (first, last) = self.tokens_of(at);
            self.spend(at);
            self.out.unrecognised.push((first, last));
            self.noun_end = at;
        }
        of_unknown
    }
}
