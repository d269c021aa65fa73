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
        if self.is_signature(at) {
            return self.ignore(first, last, "a name at the end asks for nothing");
        }
        // `Ground: reception, …`: a floor heads the rooms on it.
        let heads = at == 0
            || matches!(
                self.what(at - 1),
                Some(What::Mark(Mark::Stop | Mark::Line | Mark::Colon))
            );
        if heads
            && self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && ["ground", "first", "upper", "lower", "top"].contains(&self.key(at))
        {
            return self.ignore(first, last, super::words::NO_PLACE);
        }
        if self.is_short_for_waiting(at) {
            self.spend(at);
            self.room(at, "waiting");
            return;
        }
        if self.is_made_into_another(at) {
            return self.spend(at);
        }
        // `Phase 1: …`: all of them are planned.
        if matches!(self.key(at), "phase" | "stage")
            && matches!(self.what(at + 1), Some(What::Count(_)))
            && !self.is_room(self.past_adjectives(at + 2))
        {
            let (_, last) = self.tokens_of(at + 1);
            self.at = at + 2;
            return self.ignore(first, last, "everything is planned at once");
        }
        // `store for costumes`: what is kept there does not change it.
        let of_store = at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && self.touches_noun(at - 1)
            && self.is_boundary(at + 1)
            && (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                matches!(item.room, "store" | "stockroom" | "archive")
                        // `a toilet for samples`; a hall may be of another type by what it is for.
                        || item.is_by_gender()
            });
        if of_store {
            self.noun_end = Some(at);
            return self.ignore(first, last, "what a room is for does not change its type");
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
            self.noun_end = Some(at);
        }
    }

    /// `Many thanks, Claire`: nothing but names from lexeme `at` to the end, behind a greeting.
    fn is_signature(&self, at: usize) -> bool {
        const MOST_NAMES: usize = 4;
        let names = (at..self.lexemes.len())
            .all(|name| matches!(self.what(name), Some(What::Unknown | What::Mark(_))));
        let begins = at.saturating_sub(MOST_NAMES);
        let greets = (begins..at).any(|word| {
            [
                "thank",
                "thanks",
                "regard",
                "cheer",
                "sincerely",
                "faithfully",
                "wish",
            ]
            .iter()
            .any(|greeting| self.key(word).contains(greeting))
                || ["thanks", "thank", "regards"].contains(&self.word_at(self.tokens_of(word).1))
        });
        names && greets && self.lexemes.len() - at <= MOST_NAMES
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
        // `…, chief accountant, …`: a word that else means nothing may say who.
        let names_people = matches!(self.meaning(end.saturating_sub(1)), Some(Meaning::Seats(_)));
        if names_people && from > 0 && self.meaning(from - 1) == Some(Meaning::Stop) {
            from -= 1;
        }
        let begins = from.checked_sub(1).is_some_and(|before| {
            matches!(
                self.what(before),
                Some(What::Mark(Mark::Comma | Mark::Line | Mark::Colon))
            )
        });
        let is_read = self.noun_end.is_some_and(|end| end >= from);
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
            self.noun_end = Some(at);
        }
        of_unknown
    }
}
