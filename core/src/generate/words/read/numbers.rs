//! Counts, areas, dimensions and seats: for the room to come, the room before, or the whole.

use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::{Mark, Token};
use super::{Noun, Reader};
use crate::layout::room_type;

/// A larger number behind a room that a place has one of is how many it is for.
pub(super) const MOST_OF_ONE: i64 = 4;

/// Rooms for many, of which a place has one or a few.
pub(super) fn is_one_of_a_kind(room: &str) -> bool {
    matches!(
        room,
        "waiting"
            | "dining_area"
            | "open_office"
            | "lounge"
            | "multipurpose_hall"
            | "recovery"
            | "day_treatment"
            | "ward"
            | "icu"
            | "break_room"
            | "gym"
            | "salon_floor"
            | "board_room"
            | "sales_floor"
            | "stockroom"
            | "reception"
            | "library"
            | "bar_counter"
            | "locker_room"
            | "dining_room"
    )
}

/// Rooms of which a number behind them says how many sit there: `meeting 8`.
pub(super) fn seats_by_number(room: &str) -> bool {
    matches!(
        room,
        "meeting_room" | "board_room" | "training_room" | "classroom" | "waiting"
    )
}

impl Reader<'_> {
    pub(super) fn count(&mut self, at: usize, amount: Amount) {
        self.spend(at);
        if self.is_boundary(self.past_adjectives(at + 1)) && self.is_said_of_unknown(at) {
            return;
        }
        let (first, last) = self.tokens_of(at);
        if self.is_of_some_bedrooms(at, amount) || self.is_of_seats_outside(at, amount) {
            return;
        }
        // `level 3: …` heads the rooms on it.
        if at > 0
            && ["level", "floor", "storey", "wing", "phase"]
                .iter()
                .any(|noun| self.key(at - 1).ends_with(noun))
            && self.what(at + 1) == Some(What::Mark(Mark::Colon))
        {
            return self.ignore(first, last, super::words::NO_PLACE);
        }
        // `toilets 3m 3f 1 unisex`.
        if ["unisex", "genderneutral", "neutral", "allgender"].contains(&self.key(at + 1))
            && self.is_boundary(at + 2)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.by_gender > 0
            && let Some(more) = amount.low.count()
        {
            item.by_gender = item.by_gender.saturating_add(more);
            self.noun_end = Some(at);
            return;
        }
        // `12 rooms 2 sharing`: for two each.
        if matches!(self.key(at + 1), "sharing" | "share")
            && self.is_boundary(at + 2)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && matches!(
                item.room,
                "guest_room" | "bedroom" | "room" | "patient_room"
            )
            && item.seats.is_none()
        {
            item.seats = Some(amount);
            item.last = item.last.max(last);
            self.spend(at + 1);
            self.at = at + 2;
            self.noun_end = Some(at + 1);
            return;
        }
        if self.touches_noun_in_telegram(at, amount)
            || self.take_away(at, amount)
            || self.is_another_near(at, amount)
            || self.is_needed_instead(at, amount)
            || self.are_teams_with_rooms(at, amount)
            || self.counts_item_before(at, amount)
        {
            return;
        }
        self.return_to_subject(at);
        // `reception and waiting in one`: in one room, as they are named.
        if amount.low == Number::whole(1)
            && amount.high == amount.low
            && at > 0
            && self.meaning(at - 1) == Some(Meaning::In)
            && self.is_one_past_noun(at)
            && self.is_boundary(at + 1)
        {
            self.noun_end = Some(at);
            return;
        }
        // `36 kids, 12 per room`: how many rooms that makes is not said.
        if self.key(at + 1) == "per"
            && self.meaning(at + 2) == Some(Meaning::Noun)
            && self.is_boundary(at + 3)
        {
            let (_, last) = self.tokens_of(at + 2);
            self.at = at + 3;
            return self.conflict(
                first,
                last,
                "so many for each room; how many rooms is not said",
            );
        }
        // `three classrooms of 20`.
        if self.comes_after(at, Meaning::Of)
            && self.is_boundary(at + 1)
            && self.follows_link(at)
            && self.last_item().is_some_and(|place| {
                self.is_sized(place)
                    // `3 dorms of 6`.
                    || (self.out.items.get(place)).is_some_and(|item| {
                        // `8 cabins of 4`, too.
                        let is_shared = item.room == "private_office" && amount.low > Number::whole(1);
                        (matches!(item.room, "guest_room" | "patient_room" | "room") || is_shared)
                            && item.seats.is_none()
                            && item.amount.is_some()
                    })
                    // `a studio for classes of 15`.
                    || (at >= 3
                        && self.meaning(at - 3) == Some(Meaning::For)
                        && self.is_one_past_noun(at))
            })
        {
            return self.seats_of_noun(at, amount, Seat::Person);
        }
        // `3 exam rooms (was 2)`.
        if at > 0
            && matches!(self.key(at - 1), "was" | "were" | "previously" | "earlier")
            && self.is_boundary(at + 1)
            && self.last_item().is_some()
        {
            self.noun_end = Some(at);
            return self.ignore(first, last, "what it was before");
        }
        // `instead of 4 small offices give me 2 big ones`.
        let room_at = self.past_adjectives(at + 1);
        if at > 0
            && ["insteadof", "inplaceof", "ratherthan"].contains(&self.key(at - 1))
            && let Some(Meaning::Room(room) | Meaning::Either { room, .. } | Meaning::Station(room)) =
                self.meaning(room_at)
        {
            let (_, to) = self.tokens_of(room_at);
            let mut former = Item::new(room, self.key(room_at), first, to);
            (former.is_excluded, former.is_title) = (true, true);
            self.out.items.push(former);
            self.noun = Noun::Item(self.out.items.len() - 1);
            self.noun_end = Some(room_at);
            self.at = room_at + 1;
            self.is_negated = false;
            return self.ignore(first, to, "what it was before");
        }
        // `3 cabins instead of 2`.
        if at > 0
            && ["insteadof", "inplaceof", "ratherthan"].contains(&self.key(at - 1))
            && self.is_boundary(at + 1)
        {
            self.is_negated = false;
            return self.ignore(first, last, "what it was before");
        }
        if at > 0 && self.key(at - 1) == "familyof" {
            return self.ignore(first, last, "the rooms of a home follow from its list");
        }
        if self.sit_at(at, amount)
            || self.are_seats_apart(at, amount)
            || self.are_seats_elsewhere(at, amount)
            || self.turns_some(at, amount)
        {
            return;
        }
        // `a nursery (0-5 yrs)`: how old they are.
        const AGES: [&str; 7] = ["yr", "yrs", "years", "months", "mths", "yo", "mnths"];
        let (age, last_of_age) = self.tokens_of(at + 1);
        if AGES.contains(&self.word_at(age)) {
            self.spend(at + 1);
            self.at = at + 2;
            return self.ignore(first, last_of_age, "how old they are sizes no room");
        }
        if self.are_some_by_title(at, amount) {
            return;
        }
        if self.counts_classes(at, amount) || self.counts_groups(at) {
            return;
        }
        // `6 departments in open plan (72 desks)`: how many sit there is said otherwise.
        if self.key(at + 1).ends_with("department")
            && self.meaning(at + 2) == Some(Meaning::In)
            && matches!(
                self.meaning(self.past_adjectives(at + 3)),
                Some(Meaning::Room("open_office"))
            )
        {
            let (_, last) = self.tokens_of(at + 1);
            self.at = at + 2;
            return self.ignore(first, last, "how they are grouped is not passed on");
        }
        if self.is_some_of_them(at) && (self.divide_again(at) || self.is_some_for_use(at)) {
            return;
        }
        if self.are_of_the_people(at, amount)
            || self.some_of_them_have(at, amount)
            || self.one_of_those_has(at, amount)
        {
            return;
        }
        if self.counts_plural_before(at, amount) || self.is_more_for_others(at, amount) {
            return;
        }
        if self.counts_guest_rooms(at, amount) {
            return;
        }
        if self.is_another_of_them(at) {
            return self.another_of_them(at, amount);
        }
        // `a team of 14`: persons of the whole.
        if at >= 2
            && self.meaning(at - 1) == Some(Meaning::Of)
            && [
                "team",
                "group",
                "crew",
                "staff",
                "workforce",
                "company",
                "firm",
                "startup",
                "agency",
            ]
            .iter()
            .any(|who| self.key(at - 2).ends_with(who))
            && !self.is_room(self.past_adjectives(at + 1))
        {
            // `2 teams of 12`.
            if self.are_teams_of(at, amount, Seat::Staff) {
                return;
            }
            return self.whole_is_for(amount, Seat::Staff, first, last);
        }
        // `reporting room for 3 radiologists`: whoever they are, so many need a place.
        if self.comes_after(at, Meaning::For)
            && self.what(at + 1) == Some(What::Unknown)
            && self
                .lexemes
                .get(at + 1)
                .is_some_and(|lexeme| lexeme.key != self.word_at(lexeme.first))
            && self.is_boundary(at + 2)
            && self.last_item().is_some_and(|place| self.is_sized(place))
        {
            self.spend(at + 1);
            self.at += 1;
            self.seats_of_noun(at, amount, Seat::Person);
            let (_, last) = self.tokens_of(at + 1);
            if let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) {
                item.last = item.last.max(last);
                item.assumed
                    .push("those it is for are taken as persons".to_owned());
            }
            self.noun_end = Some(at + 1);
            return;
        }
        // `a retired couple`: people, whose rooms are listed.
        if self.word_at(first) == "couple"
            && !self.is_room(self.past_adjectives(at + 1))
            && self.meaning(at + 1) != Some(Meaning::Of)
            && self.facility == Some("home")
        {
            return self.ignore(first, last, "the rooms of a home follow from its list");
        }
        // `an open area for the other 20`.
        let is_for_others = at > 2
            && self.meaning(at - 1) == Some(Meaning::Other)
            && self.meaning(at - 2) == Some(Meaning::The)
            && self.meaning(at - 3) == Some(Meaning::For)
            && self.is_boundary(at + 1);
        // Those of a whole that was counted before sit there no longer.
        if is_for_others
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "open_office"
            && item.seats.is_some_and(|all| all.low > amount.high)
        {
            item.seats = Some(amount);
            item.seats_of_whole = false;
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return;
        }
        let is_for_others =
            is_for_others && (self.last_item()).is_some_and(|place| self.is_sized(place));
        // `open space for all 18`.
        let is_for_all =
            at >= 2 && self.key(at - 1) == "all" && self.meaning(at - 2) == Some(Meaning::For);
        // `locker rooms for 30 men and 10 women`: told apart by the word behind.
        let is_gendered = matches!(self.meaning(at + 1), Some(Meaning::Male | Meaning::Female))
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| matches!(item.room, "changing_room" | "locker_room"));
        // `for 8` with no noun behind: persons.
        if !is_gendered
            && (self.comes_after(at, Meaning::For) || is_for_others || is_for_all)
            && (self.is_boundary(self.past_adjectives(at + 1))
                || matches!(
                    self.what(at + 1),
                    Some(What::Mark(Mark::Colon | Mark::Open))
                )
                // `meeting room for 10 x 2`.
                || ((self.meaning(at + 1) == Some(Meaning::Cross)
                    || self.what(at + 1) == Some(What::Mark(Mark::Times)))
                    && matches!(self.what(at + 2), Some(What::Count(_)))
                    && self.is_boundary(at + 3))
                // `rooms for 4 - 3 nos`.
                || (self.what(at + 1) == Some(What::Mark(Mark::Hyphen))
                    && matches!(self.what(at + 2), Some(What::Count(_)))))
            && !self.is_negated
        {
            return self.seats_of_noun(at, amount, Seat::Person);
        }
        // `6x operatory`: the cross says no more than the number.
        if self.meaning(at + 1) == Some(Meaning::Cross)
            || matches!(self.what(at + 1), Some(What::Mark(Mark::Times)))
        {
            self.spend(at + 1);
            self.at += 1;
        }
        // `3 + 2 toilets`.
        if at >= 2
            && self.what(at - 1) == Some(What::Mark(Mark::Plus))
            && matches!(self.what(at - 2), Some(What::Count(_)))
            && self.is_room(self.past_adjectives(at + 1))
            && let Some((more, _, to)) = &mut self.pending.count
        {
            more.low.0 = more.low.0.saturating_add(amount.low.0);
            more.high.0 = more.high.0.saturating_add(amount.high.0);
            *to = last;
            return;
        }
        // `2 rows of 8 desks` are sixteen.
        let group = match self.meaning(at.saturating_sub(1)) {
            Some(Meaning::Of) => self.key(at.saturating_sub(2)),
            Some(Meaning::Vague) => self.key(at.saturating_sub(1)),
            _ => "",
        };
        let is_group = ["row", "bay", "cluster", "bank", "pod", "block", "island"]
            .iter()
            .any(|noun| group.starts_with(noun))
            && matches!(
                self.meaning(self.past_adjectives(at + 1)),
                Some(Meaning::Station(_))
            );
        if is_group
            && let Some((groups, from, _)) = self.pending.count
            && let (Some(groups), Some(each)) = (groups.low.count(), amount.low.count())
        {
            let all = Number::whole(i64::from(groups) * i64::from(each));
            self.pending.vague = None;
            self.spend_tokens(from, last);
            self.pending.count = Some((
                Amount {
                    low: all,
                    high: all,
                    bound: amount.bound,
                },
                from,
                last,
            ));
            return;
        }
        // `2 x 3 toilets` are six.
        let is_times = at > 0
            && (self.what(at - 1) == Some(What::Mark(Mark::Times))
                || self.meaning(at - 1) == Some(Meaning::Cross))
            && self.is_room(self.past_adjectives(at + 1));
        if let Some((groups, from, _)) = self.pending.count.filter(|_| is_times)
            && let (Some(groups), Some(each)) = (groups.low.count(), amount.low.count())
        {
            let all = Amount::whole(groups.saturating_mul(each), amount.bound);
            self.spend_tokens(from, last);
            self.pending.count = Some((all, from, last));
            return;
        }
        if let Some((_, from, to)) = self.pending.count.take() {
            self.conflict(from, to, "a number that counts nothing known");
        }
        self.is_negated = false;
        self.pending.count = Some((amount, first, last));
        self.pending.begins(first);
    }

    /// `… waiting 15 reception toilet`: without commas, more than there are of the room before are
    /// those who sit there. Whether the number at `at` was of them.
    fn touches_noun_in_telegram(&mut self, at: usize, amount: Amount) -> bool {
        let is_telegram = self.is_telegram();
        let next_is_one =
            self.is_room(at + 1) && !self.lexemes.get(at + 1).is_some_and(|lexeme| lexeme.plural);
        let is_of_before = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| {
                item.room == "waiting" && item.seats.is_none() && item.amount.is_none()
            });
        let is_of_it = is_telegram
            && next_is_one
            && is_of_before
            && self.touches_noun(at)
            && amount.low > Number::whole(MOST_OF_ONE);
        if is_of_it {
            self.seats_of_noun(at, amount, Seat::Person);
        }
        is_of_it
    }

    /// `classrooms for 5 grades`: whether the number at `at` is of those, who have a room each.
    fn counts_classes(&mut self, at: usize, amount: Amount) -> bool {
        let (word, last) = self.tokens_of(at + 1);
        let is_said = self.comes_after(at, Meaning::For)
            && matches!(
                self.word_at(word),
                "grades" | "standards" | "classes" | "batches" | "sections"
            );
        let item = (self.last_item().and_then(|place| self.item_mut(place))).filter(|item| {
            is_said && item.room == "classroom" && item.plural && item.amount.is_none()
        });
        let Some(item) = item else { return false };
        (item.amount, item.plural) = (Some(amount), false);
        item.last = item.last.max(last);
        self.spend(at + 1);
        self.at = at + 2;
        self.noun_end = Some(at + 1);
        true
    }

    /// The word of token `token`, as it was written.
    pub(super) fn word_at(&self, token: usize) -> &str {
        self.tokens
            .get(token)
            .and_then(Token::word)
            .unwrap_or_default()
    }

    /// Whether the item at `place` is sized by seats and has no number of them yet.
    pub(super) fn is_sized(&self, place: usize) -> bool {
        self.out.items.get(place).is_some_and(|item| {
            item.seats.is_none()
                && room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn people_of_both_genders_and_of_a_company() {
        for (prompt, rooms) in [
            (
                "locker rooms for 30 men and 10 women, hall",
                "locker_room:2#30 multipurpose_hall:1",
            ),
            (
                "an IT company of 20 needs 2 cabins, pantry",
                "open_office:1#20 private_office:2 pantry:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn classes_have_a_room_each() {
        let (prompt, rooms) = (
            "classrooms for 5 grades, 25 kids each, library",
            "classroom:5#25 library:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn ages_count_nothing() {
        let (prompt, rooms) = (
            "nursery (0-5 yrs) with baby room, kitchen",
            "play_area:1 kitchen:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
