//! What stands before and behind a place in the text.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::is_adjective;
use super::{Noun, Reader};

impl Reader<'_> {
    /// Whether only links such as `of`, `:` or `(` stand between the last noun and `at`.
    pub(super) fn follows_link(&self, at: usize) -> bool {
        self.last_noun_stands(at, |what| {
            matches!(
                what,
                What::Mark(
                    Mark::Colon
                        | Mark::Hyphen
                        | Mark::Open
                        | Mark::At
                        | Mark::Times
                        | Mark::Slash
                        | Mark::Quote
                        | Mark::About
                ) | What::Is(
                    Meaning::Of
                        | Meaning::With
                        | Meaning::For
                        | Meaning::In
                        | Meaning::Each
                        | Meaning::About
                        | Meaning::Stop
                        | Meaning::Cross
                        | Meaning::Article
                        | Meaning::Style
                        | Meaning::Noun
                        | Meaning::Total
                        | Meaning::AtLeast
                        | Meaning::AtMost
                        | Meaning::The
                        | Meaning::Site
                )
            )
        })
    }

    /// Whether everything between the last noun and `at` is of the wanted kind.
    pub(super) fn last_noun_stands(&self, at: usize, wanted: impl Fn(What) -> bool) -> bool {
        self.noun != Noun::Nothing
            && self.noun_end.is_some_and(|end| {
                end < at && (end + 1..at).all(|between| self.what(between).is_some_and(&wanted))
            })
    }

    /// Whether a link of this meaning stands right before `at`.
    pub(super) fn comes_after(&self, at: usize, meaning: Meaning) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::About | Meaning::Article | Meaning::AtLeast | Meaning::AtMost)
            )
        {
            before -= 1;
        }
        before > 0 && self.meaning(before - 1) == Some(meaning)
    }

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

    /// Whether the text has no mark that ends a phrase: a list without commas.
    pub(super) fn is_telegram(&self) -> bool {
        !(self.lexemes.iter())
            .any(|lexeme| matches!(lexeme.what, What::Mark(mark) if mark.ends_phrase()))
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

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn lists_without_commas_name_each_room() {
        for (prompt, rooms) in [
            (
                "3 bedrooms 2 toilets kitchen hall pooja store",
                "bedroom:3 toilet:2 kitchen:1 living_room:1 prayer_room:1 store:1",
            ),
            (
                "gym cardio weights yoga room 2 changing rooms",
                "gym:1 gym:1 gym:1 changing_room:2",
            ),
            (
                "school 10 classrooms library science lab computer lab staff room",
                "classroom:10 library:1 science_lab:1 science_lab:1 staff_room:1",
            ),
            (
                "restaurant 50 seats kitchen bar cold room",
                "dining_area:1#50 kitchen:1 bar_counter:1 cold_store:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
