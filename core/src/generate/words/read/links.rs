//! How rooms belong together: near, attached, for each; and what is not wanted.

use super::super::item::Wish;
use super::super::lexicon::{Meaning, Relation};
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    pub(super) fn with(&mut self, at: usize) {
        self.host = self.last_item();
        self.is_negated = self.is_of_unwanted(at);
    }

    /// `no private rooms with attached toilets`: no such toilets either. `without a pantry, with 3
    /// cabins` wants the cabins.
    fn is_of_unwanted(&self, at: usize) -> bool {
        let is_unwanted = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.is_excluded && !item.is_title);
        let no = (0..at)
            .rev()
            .take_while(|before| !matches!(self.what(*before), Some(What::Mark(_))))
            .find(|before| self.meaning(*before) == Some(Meaning::No));
        is_unwanted
            && self.touches_noun(at)
            && no.is_some_and(|no| !self.key(no).starts_with("without"))
            && !matches!(self.what(at + 1), Some(What::Count(_)))
    }

    pub(super) fn and(&mut self, at: usize) {
        // `an office in between and a toilet`: between what, nobody says.
        if at > 0
            && matches!(self.meaning(at - 1), Some(Meaning::Relation(_)))
            && let Some((_, first, last)) = self.open_relation.take()
        {
            self.ignore(
                first,
                last,
                "what it relates to is not a room of this programme",
            );
        }
        // `male and female toilets`, `2 large and quiet offices` go on; a number alone does not.
        if self.pending.count.is_some() && !self.pending.male && !self.pending.female {
            let next = self.past_adjectives(self.at);
            // `3 + 2 toilets`.
            let adds_up = self.what(at) == Some(What::Mark(Mark::Plus))
                && matches!(self.what(self.at), Some(What::Count(_)))
                && matches!(self.what(at.saturating_sub(1)), Some(What::Count(_)))
                && self.is_room(self.past_adjectives(self.at + 1));
            // `5 + 5 chairs`.
            let adds_up = adds_up
                || (self.what(at) == Some(What::Mark(Mark::Plus))
                    && matches!(self.what(self.at), Some(What::Seats(..))));
            // `8 - and a pantry`: one pantry.
            let begins_anew = matches!(self.meaning(self.at), Some(Meaning::Article));
            if !adds_up && (begins_anew || next == self.at || !self.is_room(next)) {
                self.end_phrase();
            }
        }
        if self.is_negated {
            // `no pantry and store` goes on, `no pantry and 2 toilets` does not.
            let next = self.past_adjectives(self.at);
            self.is_negated = self.is_room(next) && next == self.at;
        }
    }

    pub(super) fn relation(&mut self, at: usize, relation: Relation) {
        let (first, last) = self.tokens_of(at);
        // `family bathroom, en-suite to master`: another bathroom.
        if self.key(at).starts_with("ensuite") && !self.touches_noun(at) {
            self.take_one_of_them(at);
            self.room(at, "bathroom");
            self.open_relation = Some((relation, first, last));
            return;
        }
        // `the kitchen next to A and far from B`: both are about the kitchen.
        let mut joint = at;
        while joint > 0 && matches!(self.meaning(joint - 1), Some(Meaning::Not | Meaning::Stop)) {
            joint -= 1;
        }
        if joint > 0
            && matches!(self.meaning(joint - 1), Some(Meaning::And | Meaning::But))
            && let Some(subject) = match (self.last_relation, self.meaning(joint - 1)) {
                (Some((_, subject, _)), _) => Some(subject),
                (None, Some(Meaning::But)) => self.last_subject,
                _ => None,
            }
        {
            self.noun = Noun::Item(subject);
        }
        // `next to the reception a store`: the room behind the other is the subject.
        let opens =
            at == 0 || matches!(self.what(at - 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        if opens && self.is_room(self.past_articles(at + 1)) {
            self.inverse = Some((relation, first, last, None));
            self.spend(at);
            return;
        }
        // `by` and `in between` often mean nothing of the kind.
        match self.last_item() {
            Some(subject) if self.relates_to_named(at, relation, subject) => {}
            Some(_) => {
                if let Some((_, from, to)) = self.open_relation.take() {
                    // `attached to and near the …`: the later one counts.
                    self.spend_tokens(from, to);
                }
                self.open_relation = Some((relation, first, last));
                self.spend(at);
            }
            None => self.ignore(first, last, "it relates to no room named before"),
        }
    }

    /// `4 operatories with the steri between them`, `a waiting area next to it`: ties the subject to
    /// what was named before it.
    fn relates_to_named(&mut self, at: usize, relation: Relation, subject: usize) -> bool {
        let many = matches!(self.key(at + 1), "them" | "those" | "these");
        if !(many || self.key(at + 1) == "it") || !self.is_boundary(at + 2) {
            return false;
        }
        let object = (0..subject).rev().find(|place| {
            self.out.items.get(*place).is_some_and(|item| {
                let is_many = item.plural
                    || item
                        .amount
                        .is_some_and(|amount| amount.high > Number::whole(1));
                !item.is_excluded && is_many == many
            })
        });
        let Some(object) = object else { return false };
        let (first, _) = self.tokens_of(at);
        let (_, last) = self.tokens_of(at + 1);
        self.spend_tokens(first, last);
        self.at += 1;
        self.wish(relation, subject, object, first, last);
        true
    }

    /// Ties the open relation, or the last one over an `and`, to the room at `place`.
    pub(super) fn relate(&mut self, place: usize) {
        match self.inverse.take() {
            Some((relation, first, last, None)) => {
                self.inverse = Some((relation, first, last, Some(place)));
                return;
            }
            Some((relation, first, last, Some(object))) => {
                // `between the kitchen and the dining room, a pantry`.
                let between = (first..=last)
                    .filter_map(|token| self.tokens.get(token)?.word())
                    .any(|word| word == "between");
                let start = self.item_tokens(place).0;
                let joined = self.follows_and(start) || self.follows_and(start.saturating_sub(1));
                if between && joined && self.inverse_other.is_none() {
                    self.inverse_other = Some(place);
                    self.inverse = Some((relation, first, last, Some(object)));
                    return;
                }
                if let Some(other) = self.inverse_other.take() {
                    self.wish(relation, place, other, first, last);
                }
                return self.wish(relation, place, object, first, last);
            }
            None => {}
        }
        let subject = self.last_item();
        let Some((relation, first, last)) = self.open_relation.take() else {
            return self.relate_over_and(place);
        };
        let Some(subject) = subject else { return };
        self.last_relation = Some((relation, subject, first));
        self.last_subject = Some(subject);
        self.wish(relation, subject, place, first, last);
        if let Some(also) = self.also_subject.take().filter(|also| *also != place) {
            self.wish(relation, also, place, first, last);
        }
    }

    /// `reception and waiting must be adjacent`: to each other.
    pub(super) fn relates_both(&mut self, relation: Relation, first: usize, last: usize) -> bool {
        let ends = self
            .lexemes
            .get(self.at.saturating_sub(2))
            .is_some_and(|lexeme| lexeme.last == last);
        let Some(b) = self.last_item().filter(|b| ends && *b > self.sentence) else {
            return false;
        };
        let a = b - 1;
        let start = self.item_tokens(b).0;
        let joined = self.follows_and(start)
            || (start > 0
                && self
                    .tokens
                    .get(start - 1)
                    .and_then(super::super::token::Token::word)
                    == Some("the")
                && self.follows_and(start - 1));
        if joined && relation != Relation::Attached {
            for place in [a, b] {
                if let Some(item) = self.item_mut(place) {
                    // `keep kitchen and toilets apart. Kitchen 10 m²`: sized later.
                    item.is_mention |= item.amount.is_none() && item.seats.is_none();
                }
            }
            self.wish(relation, a, b, first, last);
        }
        joined && relation != Relation::Attached
    }

    fn past_articles(&self, at: usize) -> usize {
        let mut next = at;
        while matches!(
            self.meaning(next),
            Some(Meaning::The | Meaning::Article | Meaning::Style)
        ) {
            next += 1;
        }
        next
    }

    /// `near the reception and the waiting area`: the second is meant as well, if it was named
    /// before and is only referred to.
    fn relate_over_and(&mut self, place: usize) {
        let Some((relation, subject, first)) = self.last_relation else {
            return;
        };
        let at = self.at.saturating_sub(1);
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::The | Meaning::Article)
            )
        {
            before -= 1;
        }
        let joined = before > 0
            && (self.meaning(before - 1) == Some(Meaning::And)
                || self.what(before - 1) == Some(What::Mark(Mark::Ampersand)));
        // `between A and B` is about both, whether or not they were named before.
        let between = (first..first + 2)
            .filter_map(|token| self.tokens.get(token)?.word())
            .any(|word| word == "between");
        // `away from the toilets and the pantry,` names both alike.
        let the = self.meaning(before) == Some(Meaning::The)
            && self.is_boundary(at + 1)
            && !matches!(
                self.meaning(at + 1),
                Some(Meaning::Relation(_) | Meaning::With)
            );
        let is_reference =
            between || the || place + 1 < self.out.items.len() || place < self.sentence;
        if joined && is_reference && place != subject {
            let last = self.tokens_of(at).1;
            self.wish(relation, subject, place, first, last);
            // `between the living room and the kitchen, kitchen 16 m²`: not asked for so far.
            let (token, _) = self.tokens_of(at);
            if let Some(item) = self.item_mut(place) {
                item.is_mention |= item.first >= token
                    && item.amount.is_none()
                    && item.seats.is_none()
                    && item.area.is_none();
            }
        } else {
            self.last_relation = None;
        }
    }

    pub(super) fn wish(
        &mut self,
        relation: Relation,
        a: usize,
        b: usize,
        first: usize,
        last: usize,
    ) {
        if a == b {
            self.ignore(
                first,
                last,
                "rooms of one request are laid out together as it is",
            );
            return;
        }
        if relation == Relation::Attached
            && let Some(item) = self.item_mut(a)
        {
            item.via = Some(b);
        }
        self.out.wishes.push(Wish {
            relation,
            a,
            b,
            first,
            last,
        });
    }

    /// `A and B next to each other`.
    pub(super) fn mutual(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        let relation = match self.open_relation.take() {
            Some((relation, ..)) => relation,
            None => Relation::Next,
        };
        let from = self.sentence;
        let named: Vec<usize> = (from..self.out.items.len()).collect();
        match named.as_slice() {
            [.., a, b] => self.wish(relation, *a, *b, first, last),
            _ => self.ignore(
                first,
                last,
                "rooms of one request are laid out together as it is",
            ),
        }
    }
}
