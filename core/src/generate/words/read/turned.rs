//! Some of the rooms named last that are of another kind: `5 exam rooms, one of them will be a
//! procedure room`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// Whether the number at `at` says how many of the rooms named last are the room that comes;
    /// those are taken from them then, and the room is read with that number.
    pub(super) fn turns_some(&mut self, at: usize, amount: Amount) -> bool {
        let them = at + 2;
        let is_of_them = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(self.key(them), "them" | "these" | "those" | "which");
        let mut room_at = them + 1;
        while matches!(
            self.key(room_at),
            "will"
                | "be"
                | "is"
                | "are"
                | "willbe"
                | "as"
                | "shouldbe"
                | "should"
                | "tobe"
                | "to"
                | "being"
                | "become"
                | "shallbe"
                | "shall"
                | "must"
                | "mustbe"
        ) {
            room_at += 1;
        }
        let says = room_at > them + 1;
        while matches!(
            self.meaning(room_at),
            Some(Meaning::Article | Meaning::The | Meaning::Style)
        ) {
            room_at += 1;
        }
        let Some(Meaning::Room(room) | Meaning::Either { room, .. }) = self.meaning(room_at) else {
            return false;
        };
        let one = Number::whole(1);
        let Some(item) = (self.last_item().and_then(|place| self.item_mut(place))).filter(|item| {
            is_of_them
                && says
                && item.room != room
                && amount.low == amount.high
                && item.each_of.is_empty()
        }) else {
            return false;
        };
        let Some(all) = item
            .amount
            .as_mut()
            .filter(|all| all.low == all.high && all.low.0 >= amount.low.0.saturating_add(one.0))
        else {
            return false;
        };
        all.low.0 -= amount.low.0;
        all.high = all.low;
        self.goes_on_with((amount, at), at, room_at);
        self.host = None;
        true
    }

    /// `convert the garage into a bedroom`: what there is now is not asked for. Whether the word at
    /// `at` began so; what it becomes is read next.
    pub(super) fn is_made_into_another(&mut self, at: usize) -> bool {
        const FARTHEST: usize = 7;
        let turns = ["convert", "converting", "turn", "turning"]
            .iter()
            .any(|verb| self.key(at).ends_with(verb));
        // `replace the 2 cabins by a meeting room`, too.
        let replaces = matches!(self.word_at(self.tokens_of(at).0), "replace" | "replacing");
        let into = (at + 1..at + FARTHEST).find(|word| match self.key(*word) {
            "into" => turns,
            "by" | "with" => replaces,
            _ => false,
        });
        let Some(into) = into else {
            return false;
        };
        let names = |kind: fn(Meaning) -> bool| {
            (at + 1..into).any(|word| self.meaning(word).is_some_and(kind))
        };
        // `convert 6 singles into …`, too.
        let is_room = names(|meaning| matches!(meaning, Meaning::Room(_)))
            || (at + 1..into).any(|word| {
                self.meaning(word) == Some(Meaning::Style)
                    && self.lexemes.get(word).is_some_and(|lexeme| lexeme.plural)
            });
        let is_place =
            names(|meaning| matches!(meaning, Meaning::Facility(_) | Meaning::Either { .. }));
        let ends = (at + 1..into)
            .any(|word| matches!(self.what(word), Some(What::Mark(mark)) if mark.ends_phrase()));
        if !is_room || is_place || ends {
            return false;
        }
        let (first, last) = (self.tokens_of(at + 1).0, self.tokens_of(into).1);
        self.at = into + 1;
        self.ignore(first, last, "what it was before");
        true
    }

    /// Whether `wait` at `at` is short for the waiting area: `wait 14, 2 wc`.
    pub(super) fn is_short_for_waiting(&self, at: usize) -> bool {
        let is_size = |at: usize| {
            matches!(
                self.what(at),
                Some(What::Count(_) | What::Seats(..) | What::Area(_) | What::Dims { .. })
            )
        };
        // `1 wait (10p)`, too.
        let in_brackets = self.what(at + 1) == Some(What::Mark(Mark::Open)) && is_size(at + 2);
        let is_counted = self.pending.count.is_some() && self.is_boundary(at + 1);
        self.key(at) == "wait"
            && ((is_size(at + 1) && self.is_boundary(at + 2)) || in_brackets || is_counted)
    }
}
