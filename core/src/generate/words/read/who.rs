//! What kind of room it is: accessible, large, with daylight.

use super::super::Confidence;
use super::super::item::{Item, Size};
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::Reader;

impl Reader<'_> {
    pub(super) fn size(&mut self, at: usize, size: Size) {
        let (first, last) = self.tokens_of(at);
        let next = self.past_adjectives(at + 1);
        let counted_noun =
            self.meaning(next) == Some(Meaning::Noun) && self.pending.count.is_some();
        if self.is_room(next)
            || counted_noun
            || matches!(self.what(next), Some(What::Count(_) | What::Seats(..)))
        {
            self.pending.size = Some(size);
            self.pending.begins(first);
        } else if self.pending.count.is_some() {
            // `one of them bigger`: which, is reported with the number.
            self.end_phrase();
            self.ignore(first, last, "which of them it is, is not passed on");
        } else if let Some(place) = self.last_item().filter(|_| {
            !matches!(
                self.meaning(next),
                Some(Meaning::Facility(_) | Meaning::Site | Meaning::Noun)
            )
        }) {
            if let Some(item) = self.item_mut(place) {
                item.size.get_or_insert(size);
            }
        } else {
            self.ignore(first, last, "the size of the whole follows from the plan");
        }
    }

    /// `accessible`: of the room to come, or of the toilet before.
    pub(super) fn accessible(&mut self, at: usize) {
        if self.one_of_each(at) {
            return;
        }
        let next = self.past_adjectives(at + 1);
        // `WCs: 3 boys 3 girls 1 accessible`.
        let behind_genders = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| {
                item.room == "toilet"
                    && (item.by_gender > 0
                        || (matches!(item.key.as_str(), "lady" | "gent") && item.amount.is_some()))
            });
        if behind_genders
            && self.is_boundary(at + 1)
            && let Some((amount, first, _)) = self.pending.count
        {
            let (_, last) = self.tokens_of(at);
            self.pending = super::pending::Pending::default();
            self.spend_tokens(first, last);
            let mut item = Item::new("accessible_toilet", "accessibletoilet", first, last);
            item.sure = Confidence::Synonym;
            item.amount = Some(amount);
            self.out.items.push(item);
            self.noun = super::Noun::Item(self.out.items.len() - 1);
            self.noun_end = Some(at);
            return;
        }
        let is_ahead = self.is_room(next)
            || self.pending.count.is_some()
            || matches!(self.what(next), Some(What::Count(_)));
        // `3 toilets including an accessible one`.
        let one = at + 1;
        if at >= 2
            && (self.key(at - 1) == "an" || self.meaning(at - 1) == Some(Meaning::Article))
            && self.meaning(at - 2) == Some(Meaning::With)
            && matches!(self.what(one), Some(What::Count(_)))
            && self.is_boundary(one + 1)
            && self.last_item().is_some()
        {
            let (first, last) = self.tokens_of(one);
            self.spend_tokens(first, last);
            self.at = one + 1;
            self.pending.count = Some((super::ONE_OF_THEM, first, first));
            self.pending.accessible = Some(at);
            return self.accessible_of_them();
        }
        if self.includes_accessible(at) {
            return;
        }
        // `toilets: gents 3, ladies 3, disabled 1`.
        if let Some(What::Count(amount)) = self.what(at + 1)
            && self.is_boundary(at + 2)
            && self.pending.count.is_none()
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.is_by_gender() && item.room == "toilet")
        {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            let mut other = Item::new("accessible_toilet", "", first, last);
            other.sure = Confidence::Synonym;
            other.amount = Some(amount);
            self.out.items.push(other);
            self.spend_tokens(first, last);
            self.at = at + 2;
            return;
        }
        let Some(place) = self.last_item().filter(|_| !is_ahead) else {
            self.pending.accessible = Some(at);
            if self.is_boundary(next) && self.comes_after_incl(at) {
                // `2 toilets incl. 1 disabled`.
                self.accessible_of_them();
            }
            return;
        };
        let (first, last) = self.tokens_of(at);
        let of_all = self.all_of_them(at);
        // `2 toilets and a disabled one` are three.
        let joined = (at > 0 && self.meaning(at - 1) == Some(Meaning::And))
            && (self.out.items.get(place).and_then(|item| item.amount))
                .is_some_and(|amount| amount.low > Number::whole(1));
        let Some(item) = self.item_mut(place) else {
            return;
        };
        if !matches!(item.room, "toilet" | "bathroom" | "toilet_group") {
            self.ignore(first, last, super::rooms::NOT_ACCESSIBLE);
        } else if of_all {
            // `a male and a female toilet, both accessible`.
            item.amount = item.amount.or(item.by_gender_amount());
            item.room = "accessible_toilet";
            item.last = item.last.max(last);
            self.noun_end = Some(at);
        } else if item.male || item.female || joined {
            // `toilets (M, F, accessible)`: one more, of its own.
            let mut other = Item::new("accessible_toilet", "", first, last);
            other.sure = Confidence::Synonym;
            self.out.items.push(other);
        } else {
            item.room = "accessible_toilet";
            item.last = item.last.max(last);
            self.noun_end = Some(at);
        }
    }

    /// `toilets incl. accessible`: one of those that were named before. Whether `accessible` at `at`
    /// says so.
    fn includes_accessible(&mut self, at: usize) -> bool {
        let includes = at > 0
            && self.key(at - 1).starts_with("inc")
            && self.is_boundary(at + 1)
            && self.pending.count.is_none();
        let (first, last) = self.tokens_of(at);
        let item = (self.last_item().and_then(|place| self.item_mut(place)))
            .filter(|item| includes && item.room == "toilet" && item.by_gender == 0);
        let Some(item) = item else { return false };
        let all = item.amount.and_then(|all| all.low.count());
        let Some(rest) = (all.or(item.plural.then_some(item.unsaid)))
            .and_then(|all| all.checked_sub(1))
            .filter(|rest| *rest > 0)
        else {
            return false;
        };
        item.amount = Some(Amount::whole(rest, Bound::Exactly));
        item.plural = false;
        let mut other = Item::new("accessible_toilet", "accessibletoilet", first, last);
        other.sure = Confidence::Synonym;
        other.amount = Some(super::ONE_OF_THEM);
        self.out.items.push(other);
        self.noun = super::Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(at);
        true
    }

    /// Whether `both` or `all` stands before `at`, with nothing but small words between.
    fn all_of_them(&self, at: usize) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::Stop | Meaning::Style)
            )
        {
            before -= 1;
        }
        before > 0
            && self.meaning(before - 1) == Some(Meaning::Each)
            && matches!(self.key(before - 1), "both" | "all" | "each" | "allofthem")
    }

    pub(super) fn comes_after_incl(&self, at: usize) -> bool {
        at >= 2
            && matches!(self.what(at - 1), Some(What::Count(_)))
            && self.key(at - 2).starts_with("inc")
    }

    /// `2 toilets (1 accessible)`: one of those that were counted before.
    pub(super) fn accessible_of_them(&mut self) {
        let (Some((part, first, last)), Some(_)) = (self.pending.count, self.pending.accessible)
        else {
            return;
        };
        let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) else {
            return;
        };
        let said = item.amount.and_then(|all| all.low.count());
        // `toilets incl. one accessible`.
        let all = said.or(item.plural.then_some(item.unsaid));
        let counts = all.and_then(|all| Some((all, part.low.count()?)));
        let Some((all, part_count)) = counts.filter(|(all, part)| part < all) else {
            return;
        };
        if !item.is_by_gender() {
            return;
        }
        let rest = Number::whole(i64::from(all - part_count));
        item.amount = Some(Amount {
            low: rest,
            high: rest,
            bound: Bound::Exactly,
        });
        let mut accessible = Item::new("accessible_toilet", "", first, last + 1);
        accessible.amount = Some(part);
        accessible.sure = Confidence::Synonym;
        self.out.items.push(accessible);
        self.spend_tokens(first, last + 1);
        self.pending = super::pending::Pending::default();
    }

    pub(super) fn daylight(&mut self, at: usize) {
        let (first, last) = self.tokens_of(at);
        self.open_relation = None;
        if std::mem::take(&mut self.is_negated) {
            return self.ignore(first, last, "rooms get daylight as their types want it");
        }
        match self.last_item() {
            Some(place) => {
                if let Some(item) = self.item_mut(place) {
                    item.daylight = true;
                }
            }
            None => self.ignore(first, last, "rooms get daylight as their types want it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn an_accessible_one_is_of_those_named_before() {
        for (prompt, rooms) in [
            (
                "office: reception, toilets incl. accessible",
                "reception:1 toilet:1 accessible_toilet:1",
            ),
            (
                "office: reception, 4 toilets including accessible",
                "reception:1 toilet:3 accessible_toilet:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
