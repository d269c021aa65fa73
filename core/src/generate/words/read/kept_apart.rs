//! Those who wait where others do not: `separate waiting for dogs and cats`, `waiting dogs/cats apart`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::stems::stem;
use super::super::token::Mark;
use super::{Noun, Reader};

/// Who is kept from others while waiting.
const WHO: [&str; 8] = [
    "dog", "cat", "canine", "feline", "adult", "child", "kid", "children",
];

/// Words that keep them from each other.
const APART: [&str; 6] = [
    "separate",
    "separately",
    "separated",
    "apart",
    "split",
    "divided",
];

impl Reader<'_> {
    /// Reads the waiting area at `at` once for each of two that are kept apart. Whether it is so.
    pub(super) fn waits_apart(&mut self, at: usize, room: &'static str) -> bool {
        if room != "waiting" || self.pending.count.is_some() || self.is_negated {
            return false;
        }
        // `waiting split for cats and dogs`.
        let parted = usize::from(self.is_apart(at + 1));
        let opened = self.what(at + 1 + parted) == Some(What::Mark(Mark::Open));
        let linked = opened || self.meaning(at + 1 + parted) == Some(Meaning::For);
        let one = at + 1 + parted + usize::from(linked);
        let is_joint = matches!(
            self.what(one + 1),
            Some(What::Is(Meaning::And) | What::Mark(Mark::Slash | Mark::Ampersand | Mark::Plus))
        );
        let other = one + 2;
        let (a, b) = (self.who_waits(one), self.who_waits(other));
        if !is_joint || a.is_none() || b.is_none() || a == b {
            return false;
        }
        let behind = self.is_apart(other + 1);
        // `separate waiting`, `separate big waiting`; not `reception separate, waiting`.
        let before = parted > 0
            || at > 0
                && (self.is_apart(at - 1)
                    || (at > 1
                        && matches!(self.what(at - 1), Some(What::Is(_)))
                        && self.is_apart(at - 2)));
        let mut end = other + usize::from(behind);
        if opened && self.what(end + 1) == Some(What::Mark(Mark::Close)) {
            end += 1;
        } else if opened {
            return false;
        }
        if !(behind || before) || !self.is_boundary(end + 1) {
            return false;
        }
        let last = self.tokens_of(end).1;
        self.spend_tokens(self.tokens_of(at).0, last);
        self.at = end + 1;
        let Some(place) = self.room(at, room) else {
            return true;
        };
        let two = Number::whole(2);
        if let Some(item) = self.item_mut(place) {
            item.amount = Some(Amount {
                low: two,
                high: two,
                bound: Bound::Exactly,
            });
            item.last = item.last.max(last);
            item.assumed
                .push("one for each of those who wait apart".to_owned());
        }
        self.noun = Noun::Item(place);
        self.noun_end = Some(end);
        true
    }

    /// The one of those who are kept apart that is named at `at`.
    fn who_waits(&self, at: usize) -> Option<String> {
        let who = stem(self.word_at(self.tokens_of(at).0));
        WHO.contains(&who.as_str()).then_some(who)
    }

    /// Whether the word at `at` says that two are apart.
    pub(super) fn is_apart(&self, at: usize) -> bool {
        self.lexemes
            .get(at)
            .is_some_and(|lexeme| APART.contains(&self.word_at(lexeme.first)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn split_keeps_apart() {
        for (prompt, rooms) in [
            (
                "vet: waiting area split for cats and dogs, lab",
                "waiting:2 laboratory:1",
            ),
            (
                "vet: waiting area for cats and dogs, lab",
                "waiting:1 laboratory:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
