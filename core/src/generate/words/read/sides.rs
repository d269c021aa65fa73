//! Rooms on either side of something: `a pantry at each end`, `3 offices per side (6 in all)`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::stems::stem;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// Whether `each side` at `at` says that there are as many again of the rooms before it, and
    /// they were doubled. Of `offices on both sides` nobody says how many there are.
    pub(super) fn are_on_each_side(&mut self, at: usize) -> bool {
        let side = self.tokens_of(at).1 + 1;
        let is_side = matches!(stem(self.word_at(side)).as_str(), "side" | "end" | "wing")
            && matches!(self.key(at), "each" | "per" | "either" | "every");
        let mut before = at;
        while before > 0
            && (matches!(self.meaning(before - 1), Some(Meaning::In | Meaning::Stop))
                || matches!(self.key(before - 1), "on" | "at" | "to"))
        {
            before -= 1;
        }
        let place = self.last_item().filter(|place| {
            self.noun_end.is_some_and(|end| end + 1 == before)
                && (self.out.items.get(*place)).is_some_and(|item| {
                    item.each_of.is_empty() && (item.amount.is_some() || !item.plural)
                })
        });
        let Some(place) = place.filter(|_| is_side) else {
            return false;
        };
        let mut end = at;
        while self.tokens_of(end).1 < side {
            end += 1;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        self.spend_tokens(first, last);
        self.at = end + 1;
        self.noun_end = Some(end);
        if let Some(item) = self.item_mut(place) {
            let twice = |number: i64| number.saturating_mul(2);
            let one = Number::whole(1);
            let amount = item.amount.unwrap_or(Amount {
                low: one,
                high: one,
                bound: Bound::Exactly,
            });
            item.amount = Some(Amount {
                low: Number(twice(amount.low.0)),
                high: Number(twice(amount.high.0)),
                ..amount
            });
            item.last = item.last.max(last);
            item.assumed.push("as many on two sides".to_owned());
        }
        self.take_sum_in_brackets(place);
        true
    }

    /// `(6 in all)` says again how many there are of the item at `place`.
    fn take_sum_in_brackets(&mut self, place: usize) {
        let at = self.at;
        let own = self.out.items.get(place).and_then(|item| item.amount);
        let Some(What::Count(sum)) = self.what(at + 1) else {
            return;
        };
        let close =
            (at + 2..at + 5).find(|close| self.what(*close) == Some(What::Mark(Mark::Close)));
        let opens = self.what(at) == Some(What::Mark(Mark::Open));
        if let Some(close) = close.filter(|_| opens && own.is_some_and(|own| own.high == sum.high))
        {
            self.spend_tokens(self.tokens_of(at).0, self.tokens_of(close).1);
            self.at = close + 1;
            self.noun_end = Some(close);
        }
    }
}
