//! What stands before and behind a place in the text.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::is_adjective;
use super::{Noun, Reader};

impl Reader<'_> {
    /// Whether only adjectives stand between the comma at `at` and a room, as in `2 large, quiet
    /// offices`.
    pub(super) fn adjectives_go_on(&self, at: usize) -> bool {
        if !self.pending.describes() || self.pending.unknown.is_some() {
            return false;
        }
        // `sample collection with 3 booths, main lab` too; nor is what stands in brackets said of
        // what comes.
        if at > 0
            && (self.meaning(at - 1) == Some(Meaning::Noun)
                || matches!(
                    self.what(at - 1),
                    // `waiting for parents 6, small office`: one office.
                    Some(What::Mark(Mark::Close) | What::Count(_))
                ))
        {
            return false;
        }
        let mut next = at + 1;
        // `30 agents, a glass cabin` begins anew.
        if matches!(self.meaning(next), Some(Meaning::Article | Meaning::Other)) {
            return false;
        }
        while self.meaning(next).is_some_and(is_adjective) {
            next += 1;
        }
        next > at + 1 && self.is_room(next)
    }

    /// What stands at `at` names a room.
    pub(super) fn is_room(&self, at: usize) -> bool {
        // `ladies` is short for a toilet, and behind one says for whom it is.
        if matches!(self.key(at), "lady" | "gent") && self.noun != Noun::Nothing {
            return false;
        }
        matches!(
            self.meaning(at),
            Some(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_))
        )
    }

    /// The first lexeme from `at` on that is no adjective, article or the like.
    pub(super) fn past_adjectives(&self, at: usize) -> usize {
        let mut next = at;
        while self.meaning(next).is_some_and(is_adjective)
            || self.what(next) == Some(What::Mark(Mark::Hyphen))
        {
            next += 1;
        }
        next
    }

    /// Whether a list goes on at `at`, or the text ends.
    pub(super) fn is_boundary(&self, at: usize) -> bool {
        match self.what(at) {
            None | Some(What::Enumerator) => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            Some(What::Is(meaning)) => matches!(
                meaning,
                Meaning::And
                    | Meaning::With
                    | Meaning::But
                    | Meaning::For
                    | Meaning::Each
                    | Meaning::Of
                    | Meaning::In
                    | Meaning::Stop
                    | Meaning::Relation(_)
                    | Meaning::Daylight
                    | Meaning::Place
                    | Meaning::Optional
            ),
            Some(_) => false,
        }
    }
}
