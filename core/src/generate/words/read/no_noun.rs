//! Numbers without a noun of their own, which the words before them have: `2 for 8`, `at least 5`.

use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Bound, What};
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    /// `9 people, 3 of whom need private offices`: three offices, and as many fewer in the open.
    /// Whether that was said at `at`.
    pub(super) fn are_of_the_people(&mut self, at: usize, amount: Amount) -> bool {
        let is_them =
            |at: usize| matches!(self.key(at), "whom" | "them" | "which" | "these" | "those");
        let behind = self.meaning(at + 1) == Some(Meaning::Of) && is_them(at + 2);
        // `20 people, of whom 4 need private offices`, too.
        let before = at >= 2 && self.meaning(at - 2) == Some(Meaning::Of) && is_them(at - 1);
        // `30 people, 5 in private offices`, too.
        let are_in = self.meaning(at + 1) == Some(Meaning::In)
            && self.said_people > 0
            && at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Comma | Mark::Colon | Mark::Line))
            );
        let of_whom = behind || before || are_in;
        let mut room = at + if behind { 3 } else { 1 };
        let mut has = before && self.meaning(room) == Some(Meaning::Stop);
        while matches!(
            self.meaning(room),
            Some(
                Meaning::With
                    | Meaning::In
                    | Meaning::Stop
                    | Meaning::Style
                    | Meaning::Attached
                    | Meaning::The
                    | Meaning::Article
            )
        ) {
            has |= matches!(self.meaning(room), Some(Meaning::With | Meaning::In));
            room += 1;
        }
        let kind = match self.meaning(room) {
            Some(Meaning::Room(kind) | Meaning::Either { room: kind, .. }) => kind,
            _ => return false,
        };
        let is_own = matches!(kind, "private_office" | "executive_office" | "consultation");
        let people = (self.out.items.iter()).position(|item| {
            (item.seats_of_whole || (item.room == "dining_area" && item.amount.is_none()))
                && item.seats.is_some_and(|seats| seats.low > amount.low)
                && !item.is_excluded
        });
        // `70 covers, of these 20 in a private dining room`.
        let eats = matches!(kind, "dining_area" | "dining_room" | "balcony")
            && people
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| item.room == "dining_area");
        if !of_whom || !has || !(is_own || eats) {
            return false;
        }
        let (first, last) = self.tokens_of(at);
        self.spend_tokens(first, self.tokens_of(room).0.saturating_sub(1));
        if let Some(item) = people.and_then(|place| self.item_mut(place))
            && let Some(seats) = &mut item.seats
        {
            seats.low.0 -= amount.low.0;
            seats.high.0 -= amount.low.0;
            item.assumed
                .push("those who have a room of their own sit there".to_owned());
        }
        self.pending = super::pending::Pending::default();
        if eats {
            self.pending.seats = Some((amount, first, last));
            self.pending.another = true;
        } else {
            self.pending.count = Some((amount, first, last));
        }
        self.pending.begins(first);
        self.at = room;
        true
    }

    /// `4 offices for 4; 2 for 8`: more of the kind named last, for so many others. Whether `at`
    /// begins those.
    pub(super) fn is_more_for_others(&mut self, at: usize, amount: Amount) -> bool {
        let parted = at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Mark(Mark::Line | Mark::Comma) | What::Is(Meaning::And))
            );
        let links = self.meaning(at + 1) == Some(Meaning::For)
            || (matches!(self.meaning(at + 1), Some(Meaning::Seats(_)))
                && self.key(at + 1).starts_with("seat"));
        let Some(What::Count(seats) | What::Seats(seats, Seat::Person)) = self.what(at + 2) else {
            return false;
        };
        let ends = match self.what(at + 3) {
            None | Some(What::Is(Meaning::And)) => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        let before = (self.last_item().and_then(|place| self.out.items.get(place)))
            .filter(|item| item.seats.is_some() && item.amount.is_some() && !item.is_excluded)
            .filter(|item| item.via.is_none() && item.each_of.is_empty());
        let Some(mut item) = before.cloned().filter(|_| parted && links && ends) else {
            return false;
        };
        (item.first, item.last) = (self.tokens_of(at).0, self.tokens_of(at + 2).1);
        self.spend_tokens(item.first, item.last);
        item.amount = Some(amount);
        item.seats = Some(seats);
        (item.area, item.sides) = (None, None);
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(at + 2);
        self.at = at + 3;
        true
    }

    /// `four rooms, one of them for surgery`: what some are for does not tell them apart. Whether
    /// that was said at `at`.
    pub(super) fn is_some_for_use(&mut self, at: usize) -> bool {
        let behind = usize::from(self.meaning(at + 1) == Some(Meaning::Of)) * 2;
        let mut next = at + 1 + behind;
        while self.meaning(next) == Some(Meaning::Stop) {
            next += 1;
        }
        if !matches!(self.meaning(next), Some(Meaning::For | Meaning::UsedAs)) {
            return false;
        }
        next += 1;
        let begins = next;
        while matches!(
            self.what(next),
            Some(
                What::Unknown
                    | What::Is(
                        Meaning::Room(_)
                            | Meaning::Either { .. }
                            | Meaning::Facility(_)
                            | Meaning::Style
                            | Meaning::Stop
                            | Meaning::Furnishing
                            | Meaning::The
                            | Meaning::Article
                    )
            )
        ) {
            next += 1;
        }
        let ends = match self.what(next) {
            None => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        if next == begins || !ends {
            return false;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(next - 1).1);
        self.at = next;
        self.noun_end = Some(next - 1);
        self.ignore(
            first,
            last,
            "what some of the rooms are for does not change their type",
        );
        true
    }

    /// `as many offices as possible, at least 5`: the number of the rooms that were named last, with
    /// no noun of its own. Whether `at` is that.
    pub(super) fn counts_plural_before(&mut self, at: usize, amount: Amount) -> bool {
        let ends = match self.what(at + 1) {
            None | Some(What::Is(Meaning::And | Meaning::But | Meaning::With)) => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        let links = self.last_noun_stands(at, |what| {
            matches!(
                what,
                What::Mark(Mark::Comma | Mark::Open | Mark::Hyphen | Mark::Colon)
                    | What::Is(Meaning::Stop | Meaning::Vague | Meaning::But | Meaning::For)
            )
        });
        let is_open =
            (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                item.plural
                    && item.amount.is_none()
                    && item.seats.is_none()
                    && item.each_of.is_empty()
                    && item.by_gender == 0
            });
        let is_bounded = matches!(amount.bound, Bound::AtLeast | Bound::AtMost | Bound::About);
        if !(ends && links && is_open && is_bounded) || self.pending.describes() {
            return false;
        }
        let (_, last) = self.tokens_of(at);
        if let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) {
            item.amount = Some(amount);
            item.plural = false;
            item.last = item.last.max(last);
        }
        self.noun_end = Some(at);
        true
    }
}
