//! For whom a room is, and what kind of it: by gender, accessible, large, with daylight.

use super::super::Confidence;
use super::super::item::{Item, Size};
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
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

    /// `male, female and accessible toilets`: one of each. Whether the list that begins at `at` was
    /// read.
    pub(super) fn one_of_each(&mut self, at: usize) -> bool {
        let (mut next, mut kinds) = (at, Vec::new());
        while let Some(kind) = match self.meaning(next) {
            Some(Meaning::Length(_)) if self.key(next) == "m" => Some(Meaning::Male),
            Some(Meaning::Male | Meaning::Female | Meaning::Accessible) => self.meaning(next),
            _ => None,
        } {
            kinds.push(kind);
            next += 1;
            while matches!(
                self.what(next),
                Some(
                    What::Is(Meaning::And)
                        | What::Mark(Mark::Comma | Mark::Ampersand | Mark::Slash | Mark::Plus)
                )
            ) {
                next += 1;
            }
        }
        let is_toilet = match self.meaning(next) {
            Some(Meaning::Room("toilet")) => true,
            // `accessible toilets` is one phrase.
            Some(Meaning::Room("accessible_toilet")) => {
                kinds.push(Meaning::Accessible);
                self.lexemes.get(next).is_some_and(|lexeme| lexeme.plural)
            }
            _ => false,
        };
        let accessible = kinds.contains(&Meaning::Accessible);
        if !is_toilet || !accessible || kinds.len() < 2 || self.pending.describes() {
            return false;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(next).1);
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        for room in ["accessible_toilet", "toilet"] {
            let count = match room {
                "toilet" => kinds.len() - 1,
                _ => 1,
            };
            let mut item = Item::new(room, room, first, last);
            item.sure = Confidence::Synonym;
            let count = Number::whole(i64::try_from(count).unwrap_or(1));
            item.amount = Some(Amount {
                low: count,
                high: count,
                bound: Bound::Exactly,
            });
            self.out.items.push(item);
        }
        self.noun = super::Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(next);
        self.at = next + 1;
        true
    }

    /// `3 ladies, 2 gents, 1 accessible toilet`: whether `ladies` at `at` has a number of its own, and
    /// is no part of toilets that were named before.
    pub(super) fn counts_own_toilets(&self, at: usize) -> bool {
        let of_before =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                item.is_by_gender()
                    && item.amount.is_none()
                    && !matches!(item.key.as_str(), "lady" | "gent")
            });
        let counted = at > 0 && matches!(self.what(at - 1), Some(What::Count(_)));
        let is_entry = match self.what(at + 1) {
            None | Some(What::Count(_) | What::Is(Meaning::And)) => true,
            Some(What::Mark(mark)) => mark.ends_phrase() || mark == Mark::Plus,
            _ => false,
        };
        matches!(self.key(at), "lady" | "gent")
            && self.pending.count.is_some()
            && counted
            && is_entry
            && !of_before
            && !self.comes_after(at - 1, Meaning::For)
    }

    /// `ladies 4 gents 3 disabled 1`: whether `ladies` at `at` is of such a list, and takes the number
    /// behind it.
    pub(super) fn is_counted_toilet_list(&mut self, at: usize) -> bool {
        let is_who = |at: usize| matches!(self.key(at), "lady" | "gent");
        let goes_on = is_who(at + 2) || self.meaning(at + 2) == Some(Meaning::Accessible);
        let ends = goes_on || (self.is_boundary(at + 2) && at >= 2 && is_who(at - 2));
        let of_before =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                item.is_by_gender() && !matches!(item.key.as_str(), "lady" | "gent")
            });
        let Some(What::Count(amount)) = self.what(at + 1) else {
            return false;
        };
        if !is_who(at) || !ends || of_before || self.pending.describes() {
            return false;
        }
        let (first, last) = self.tokens_of(at + 1);
        self.pending.count = Some((amount, first, last));
        self.at = at + 2;
        true
    }

    /// `toilets 3 ladies 2 gents`: the first number is of those that were named, for whom the next
    /// are others. Whether `ladies` at `at` was the first.
    pub(super) fn counts_toilets_before(&mut self, at: usize) -> bool {
        let is_first = matches!(self.key(at), "lady" | "gent") && self.is_one_past_noun(at);
        let Some((amount, first, _)) = self.pending.count.filter(|_| is_first) else {
            return false;
        };
        let (key, last) = (self.key(at).to_owned(), self.tokens_of(at).1);
        let item = (self.last_item().and_then(|place| self.item_mut(place)))
            .filter(|item| item.is_by_gender() && item.plural && item.amount.is_none());
        let Some(item) = item.filter(|item| item.by_gender == 0) else {
            return false;
        };
        (item.amount, item.plural, item.key) = (Some(amount), false, key);
        item.last = item.last.max(last);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        self.noun_end = Some(at);
        true
    }

    pub(super) fn gender(&mut self, at: usize, is_male: bool) {
        if self.one_of_each(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        let next = self.past_adjectives(at + 1);
        let joins = matches!(self.meaning(next), Some(Meaning::And | Meaning::Or))
            || matches!(
                self.what(next),
                Some(What::Mark(
                    Mark::Comma | Mark::Slash | Mark::Ampersand | Mark::Plus
                ))
            );
        let after_joint = self.past_adjectives(next + 1);
        let counted = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.by_gender > 0);
        let counts_on = joins
            && !counted
            && matches!(self.what(after_joint), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(after_joint + 1));
        // `lockers for men and women, reception`: said of the lockers.
        let behind = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.is_by_gender() && (item.male || item.female))
            || (at > 0 && self.meaning(at - 1) == Some(Meaning::For));
        // `for 15 women, office`: the office is for everybody.
        let is_by_gender = matches!(
            self.meaning(after_joint),
            Some(Meaning::Room(room)) if Item::new(room, "", 0, 0).is_by_gender()
        );
        let of_next =
            self.is_room(next) || (joins && !behind && is_by_gender && self.is_room(after_joint));
        if counts_on && let Some((amount, from, to)) = self.pending.count.take() {
            // `2 male and 1 female toilets`.
            self.spend_tokens(from, to);
            self.pending.by_gender = amount.low.count().unwrap_or(1);
            self.pending.begins(from);
            return;
        }
        if of_next {
            if is_male {
                self.pending.male = true;
            } else {
                self.pending.female = true;
            }
            self.pending.begins(first);
            return;
        }
        let place = self
            .last_item()
            .filter(|place| self.out.items.get(*place).is_some_and(Item::is_by_gender));
        if (place.is_none() && self.seats_by_gender(at)) || self.seats_each_gender(at, is_male) {
            return;
        }
        let Some(place) = place else {
            self.pending.count = None;
            self.ignore(first, last, "who uses a room does not change it");
            return;
        };
        // `toilets: 2 male, 1 female`, `toilets: male - 2, female - 1`.
        let mut count = self.pending.count.take();
        // `toilets boys 6 girls 6` too.
        let counted_at = at
            + 1
            + usize::from(matches!(
                self.what(at + 1),
                Some(What::Mark(Mark::Hyphen | Mark::Colon | Mark::Times))
            ));
        let goes_on = matches!(
            self.meaning(counted_at + 1),
            Some(Meaning::Male | Meaning::Female | Meaning::Accessible)
        ) || matches!(self.key(counted_at + 1), "lady" | "gent");
        if count.is_none()
            && let Some(What::Count(amount)) = self.what(counted_at)
            && (self.is_boundary(counted_at + 1) || goes_on)
        {
            let (from, to) = self.tokens_of(counted_at);
            self.spend_tokens(self.tokens_of(at).1, from);
            self.at = counted_at + 1;
            count = Some((amount, from, to));
        }
        // `changing M 20`: nobody has so many of those.
        let changes = (self.out.items.get(place))
            .is_some_and(|item| matches!(item.room, "changing_room" | "locker_room"));
        if let Some((_, from, to)) =
            count.filter(|(amount, ..)| changes && amount.low > Number::whole(6))
        {
            self.conflict(from, to, "a number without its unit");
            count = None;
        }
        if let Some(item) = self.item_mut(place) {
            item.last = item.last.max(last);
            item.male |= is_male;
            item.female |= !is_male;
            if let Some((amount, ..)) = count {
                item.by_gender = item
                    .by_gender
                    .saturating_add(amount.low.count().unwrap_or(1));
            }
        }
        if let Some((_, from, to)) = count {
            self.spend_tokens(from, to);
        }
        self.noun_end = Some(self.at.saturating_sub(1).max(at));
    }

    /// `a prayer room for 20 men and 15 women`: for thirty-five. Whether the number before the
    /// gender at `at` was of such.
    fn seats_by_gender(&mut self, at: usize) -> bool {
        let counted = at.saturating_sub(1);
        // The number went to the room already.
        if self.pending.count.is_none()
            && at > 0
            && self.noun_end == Some(counted)
            && matches!(self.what(counted), Some(What::Count(_)))
            && self.comes_after(counted, Meaning::For)
        {
            self.noun_end = Some(at);
            return true;
        }
        let Some((amount, first, _)) = self.pending.count else {
            return false;
        };
        let is_for = self.comes_after(counted, Meaning::For) && self.follows_link(counted);
        let goes_on = matches!(
            counted.checked_sub(1).and_then(|and| self.what(and)),
            Some(What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand))
        ) && self.is_one_past_noun(counted)
            && matches!(
                self.noun_end.and_then(|end| self.meaning(end)),
                Some(Meaning::Male | Meaning::Female)
            );
        let (_, last) = self.tokens_of(at);
        let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) else {
            return false;
        };
        match (&mut item.seats, is_for, goes_on) {
            (None, true, _) => item.seats = Some(amount),
            (Some(seats), _, true) => {
                seats.low.0 = seats.low.0.saturating_add(amount.low.0);
                seats.high.0 = seats.high.0.saturating_add(amount.high.0);
            }
            _ => return false,
        }
        item.last = item.last.max(last);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        self.noun_end = Some(at);
        true
    }

    /// `changing for 40 women and 40 men`: a room for so many of either. Whether the number before
    /// the gender at `at` was of such.
    fn seats_each_gender(&mut self, at: usize, is_male: bool) -> bool {
        const MOST_ROOMS: i64 = 9;
        let Some((amount, first, _)) = self.pending.count else {
            return false;
        };
        let (_, last) = self.tokens_of(at);
        let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) else {
            return false;
        };
        let changes = matches!(item.room, "changing_room" | "locker_room") && item.amount.is_none();
        if !changes || amount.low <= Number::whole(MOST_ROOMS) {
            return false;
        }
        item.male |= is_male;
        item.female |= !is_male;
        // Either room is as large as the larger needs to be.
        item.seats = Some(match item.seats {
            Some(seats) if seats.high > amount.high => seats,
            _ => amount,
        });
        item.last = item.last.max(last);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        self.noun_end = Some(at);
        true
    }

    /// `accessible`: of the room to come, or of the toilet before.
    pub(super) fn accessible(&mut self, at: usize) {
        if self.one_of_each(at) {
            return;
        }
        let next = self.past_adjectives(at + 1);
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
