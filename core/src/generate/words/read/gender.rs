//! For whom a room is by gender: `ladies 4 gents 3`, `changing for 40 women and 40 men`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `male, female and accessible toilets`: one of each. Whether the list that begins at `at` was
    /// read.
    pub(super) fn one_of_each(&mut self, at: usize) -> bool {
        let (mut next, mut kinds) = (at, Vec::new());
        while let Some(kind) = match self.meaning(next) {
            Some(Meaning::Length(_)) if self.key(next) == "m" => Some(Meaning::Male),
            Some(Meaning::Male | Meaning::Female | Meaning::Accessible) => self.meaning(next),
            // `ladies & gents & accessible WC`.
            _ if self.key(next) == "lady" => Some(Meaning::Female),
            _ if self.key(next) == "gent" => Some(Meaning::Male),
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
                // `ladies, gents, disabled WC` are an entry each.
                let begins = matches!(self.key(at), "lady" | "gent")
                    && !(at..next).any(|comma| self.what(comma) == Some(What::Mark(Mark::Comma)));
                self.lexemes.get(next).is_some_and(|lexeme| lexeme.plural) != begins
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
        let item = (self.last_item().and_then(|place| self.item_mut(place))).filter(|item| {
            // `WC 6 ladies 4 gents`, too: short for one and for several.
            item.is_by_gender() && (item.plural || item.key == "wc") && item.amount.is_none()
        });
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

    /// `changing ladies 30 m2, changing men 30 m2`: who uses the room at `at` stands behind it, and
    /// others have another. Whether it was read.
    pub(super) fn changes_by_gender(&mut self, at: usize, room: &'static str) -> bool {
        let is_male = match self.meaning(at + 1) {
            Some(Meaning::Male) => true,
            Some(Meaning::Female) => false,
            _ if matches!(self.key(at + 1), "lady" | "gent") => self.key(at + 1) == "gent",
            _ => return false,
        };
        let ends = match self.what(at + 2) {
            None | Some(What::Area(_) | What::Dims { .. }) => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        if !ends
            || !matches!(room, "changing_room" | "locker_room")
            || self.pending.count.is_some()
            || self.is_negated
        {
            return false;
        }
        self.pending.another = (self.out.items.iter())
            .any(|item| item.room == room && item.male != item.female && item.male != is_male);
        self.spend(at + 1);
        self.at = at + 2;
        let Some(place) = self.room(at, room) else {
            return true;
        };
        let (_, last) = self.tokens_of(at + 1);
        if let Some(item) = self.item_mut(place) {
            (item.male, item.female) = (is_male || item.male, !is_male || item.female);
            item.last = item.last.max(last);
        }
        self.noun_end = Some(at + 1);
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
        // `changing rooms with showers for men and women`: it is the rooms that are told apart.
        let host = (place.and_then(|place| self.out.items.get(place)))
            .and_then(|item| item.each_of.first().copied().or(item.via));
        let is_host = |item: &Item| {
            matches!(item.room, "changing_room" | "locker_room")
                && item.plural
                && item.amount.is_none()
        };
        // `changing rooms with showers (4 men, 4 women)`: the showers are counted.
        let place = host
            .filter(|_| self.pending.count.is_none())
            .filter(|host| self.out.items.get(*host).is_some_and(is_host))
            .or(place);
        if (place.is_none() && (self.seats_by_gender(at) || self.pray_apart(at)))
            || self.seats_each_gender(at, is_male)
        {
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
        // `toilets for boys (6), girls (6)`.
        if count.is_none()
            && self.what(at + 1) == Some(What::Mark(Mark::Open))
            && let Some(What::Count(amount)) = self.what(at + 2)
            && self.what(at + 3) == Some(What::Mark(Mark::Close))
        {
            let (from, to) = self.tokens_of(at + 2);
            self.spend_tokens(self.tokens_of(at).1, to);
            self.spend(at + 3);
            self.at = at + 4;
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
            // `ladies/gents`: whoever it was named after, too.
            item.male |= is_male || item.key == "gent";
            item.female |= !is_male || item.key == "lady";
            if let Some((amount, ..)) = count {
                // So many in all, not in each of the rooms that have them.
                item.each_of.clear();
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

    /// `prayer hall men 120`: how many of them pray there. Whether the gender at `at` says so of the
    /// room before.
    fn pray_apart(&mut self, at: usize) -> bool {
        let Some(What::Count(amount)) = self.what(at + 1) else {
            return false;
        };
        if !self.is_boundary(at + 2) || self.pending.describes() {
            return false;
        }
        let (_, last) = self.tokens_of(at + 1);
        let Some(item) = (self.last_item().and_then(|place| self.item_mut(place)))
            .filter(|item| item.room == "prayer_room" && item.seats.is_none())
        else {
            return false;
        };
        item.seats = Some(amount);
        item.last = item.last.max(last);
        self.spend_tokens(last, last);
        self.at = at + 2;
        self.noun_end = Some(at + 1);
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
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn one_toilet_of_each_kind() {
        assert_eq!(
            rooms_of("male, female and accessible toilets"),
            "accessible_toilet:1 toilet:2"
        );
    }

    #[test]
    fn numbers_behind_genders_add_up() {
        assert_eq!(rooms_of("toilets: 2 male, 1 female"), "toilet:3");
    }

    #[test]
    fn people_of_both_genders_size_one_room() {
        assert_eq!(
            rooms_of("a prayer room for 20 men and 15 women"),
            "prayer_room:1#35"
        );
    }

    #[test]
    fn those_who_pray_apart_are_counted_apart() {
        for (prompt, rooms) in [
            (
                "prayer hall men 120, prayer hall women 40",
                "prayer_room:1#120 prayer_room:1#40",
            ),
            (
                "prayer hall for 120 men, prayer hall for 40 women",
                "prayer_room:1#120 prayer_room:1#40",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn an_accessible_one_goes_on_with_ladies_and_gents() {
        let (prompt, rooms) = (
            "ladies & gents & accessible WC, bar",
            "accessible_toilet:1 toilet:2 bar_counter:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn numbers_in_brackets_are_of_each_gender() {
        let (prompt, rooms) = (
            "toilets for boys (6), girls (6), hall",
            "toilet:12 multipurpose_hall:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn ladies_and_gents_by_themselves_are_two_toilets() {
        for (prompt, rooms) in [
            (
                "cabin, pantry, ladies/gents",
                "private_office:1 pantry:1 toilet:2",
            ),
            (
                "changing rooms with showers (4 men, 4 women)",
                "changing_room:2 shower:8",
            ),
            (
                "WC 6 ladies 4 gents 1 accessible",
                "toilet:6 toilet:4 accessible_toilet:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
