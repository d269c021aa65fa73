//! Rooms that are named more than once: meant again, or others of the kind.

use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

/// Whether the phrase names the one large room of a gym or studio.
fn is_main_hall(key: &str) -> bool {
    [
        "gym", "main", "practice", "workout", "training", "exercise", "studio", "hall", "fitness",
    ]
    .iter()
    .any(|head| key.starts_with(head))
}

impl Reader<'_> {
    /// `2 bedrooms, a bathroom between the two bedrooms`: so many as there are say nothing new.
    pub(super) fn forget_known_count(&mut self, room: &str, pending: &mut super::pending::Pending) {
        let (Some((amount, first, last)), true) = (pending.count, pending.the) else {
            return;
        };
        let known = (self.out.items.iter())
            .any(|item| item.room == room && !item.is_excluded && item.amount == Some(amount));
        if known {
            self.spend_tokens(first, last);
            pending.count = None;
        }
    }

    /// `each bedroom has a bath, 3 bedrooms`: the number of rooms that were named before.
    pub(super) fn counted_late(
        &mut self,
        room: &str,
        key: &str,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        let (amount, first, last) = pending.count?;
        let count_at = (0..self.at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))?;
        let opened = self.last_item().filter(|_| {
            count_at > 0
                && self.what(count_at - 1) == Some(What::Mark(Mark::Open))
                && self.touches_noun(count_at - 1)
        });
        let place = self
            .out
            .items
            .iter()
            .enumerate()
            .position(|(place, item)| {
                // `a trial area (2 fitting rooms)` says how many.
                let in_brackets = opened == Some(place);
                // `the lab near the exam rooms, …, and one lab`.
                let is_referred = item.key == key
                    && amount.high == super::super::number::Number::whole(1)
                    && (self.word_at(item.first) == "the"
                        || self.word_at(item.first.saturating_sub(1)) == "the");
                // `the cardio area 100 m², two studios`: what has its size is no studio.
                let is_sized = item.area.is_some() || item.sides.is_some();
                let is_open = (item.is_mention && (item.key == key || !is_sized))
                    || in_brackets
                    || is_referred
                    || (item.plural && item.key == key);
                item.room == room
                    && is_open
                    && !item.is_excluded
                    && item.amount.is_none()
                    && item.seats.is_none()
                    && item.by_gender == 0
            })?;
        self.spend_tokens(first, last);
        if let Some(item) = self.item_mut(place) {
            item.amount = Some(amount);
            item.plural = false;
            item.is_mention = false;
        }
        Some(place)
    }

    /// `a two-doctor practice with 2 consulting rooms`: the rooms of the two doctors.
    pub(super) fn counted_by_people(
        &mut self,
        room: &str,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        if self.is_negated || pending.seats.is_some() {
            return None;
        }
        let at = self.at.saturating_sub(1);
        if let Some(place) = self.room_of_home(room, pending) {
            return Some(place);
        }
        if pending.another {
            return None;
        }
        // `a team of 14: an open plan area`.
        let desks = self.out.items.iter().position(|item| {
            item.seats_of_whole
                && item.room == room
                && matches!(room, "open_office" | "gym" | "multipurpose_hall")
                // `a gym for 50, a spinning room`: another room.
                && (room != "gym"
                    || is_main_hall(self.key(at))
                    || self.what(at.saturating_sub(1)) == Some(What::Mark(Mark::Colon)))
                && !item.is_excluded
        });
        if let Some(place) = desks.filter(|_| pending.count.is_none() && pending.area.is_none()) {
            // `40 staff, hot desks for 24`.
            let counted = self.meaning(at + 1) == Some(Meaning::For)
                && matches!(self.what(at + 2), Some(What::Count(_)))
                && self.is_boundary(at + 3);
            let measured = counted || self.is_measured_behind(at);
            let (_, last) = self.tokens_of(at);
            if let Some(item) = self.item_mut(place) {
                item.seats_of_whole = false;
                item.last = item.last.max(last);
                if measured {
                    item.seats = None;
                    item.assumed.clear();
                }
            }
            return Some(place);
        }
        let (amount, first, last) = pending.count?;
        let place = self
            .out
            .items
            .iter()
            .position(|item| item.rooms_of_whole && item.room == room && !item.is_excluded)?;
        // `4 open bay chairs plus 2 closed surgeries` are six.
        let of_chairs = (self.out.items.get(place))
            .is_some_and(|item| self.word_at(item.last).starts_with("chair"));
        // `6 chairs in an open bay, 1 private operatory` are seven.
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))));
        let is_other_kind = counted_at.is_some_and(|counted| {
            (counted + 1..at)
                .any(|word| ["private", "closed", "separate", "vip"].contains(&self.key(word)))
        });
        let is_quiet = self.key(at).starts_with("quiet");
        if of_chairs && (self.follows_and(first) || is_other_kind || is_quiet) {
            return None;
        }
        self.spend_tokens(first, last);
        let (from, to) = self.tokens_of(at);
        if let Some(item) = self.item_mut(place) {
            item.rooms_of_whole = false;
            item.assumed.clear();
            item.amount = Some(amount);
            item.area = pending.area.map(|(span, ..)| span);
            item.sides = pending.sides.map(|(sides, ..)| sides);
            (item.first, item.last) = (first.min(from), to);
        }
        Some(place)
    }

    /// Whether it says behind for whom the room is: `wc (staff), wc (clients)` are two.
    pub(super) fn is_for_somebody(&self, at: usize) -> bool {
        // `changing M, changing F`.
        // `prayer hall men 150 m², prayer hall women 60 m²`, too.
        let is_prayer = self.meaning(at) == Some(Meaning::Room("prayer_room"))
            && matches!(self.meaning(at + 1), Some(Meaning::Male | Meaning::Female))
            && matches!(self.what(at + 2), Some(What::Area(_) | What::Dims { .. }));
        if is_prayer {
            return true;
        }
        let by_gender = matches!(self.meaning(at), Some(Meaning::Room(room)) if Item::new(room, "", 0, 0).is_by_gender())
            && (matches!(self.meaning(at + 1), Some(Meaning::Male | Meaning::Female))
                || matches!(self.key(at + 1), "m" | "lady" | "gent"));
        // `toilet men toilet women`, too.
        let again = matches!(self.meaning(at + 2), Some(Meaning::Room(room)) if Item::new(room, "", 0, 0).is_by_gender());
        if by_gender && (again || self.is_boundary(at + 2)) {
            return true;
        }
        let links = matches!(
            self.what(at + 1),
            Some(What::Mark(Mark::Open) | What::Is(Meaning::For))
        );
        links
            && matches!(
                self.meaning(at + 2),
                Some(Meaning::Seats(_) | Meaning::Male | Meaning::Female)
            )
    }

    /// Whether the only room of the kind so far was named for a wish, with nothing said of it.
    pub(super) fn is_only_mentioned(&self, room: &str) -> bool {
        let mut of_kind =
            (self.out.items.iter()).filter(|item| item.room == room && !item.is_excluded);
        // `between the two theatres, theatres 40 sqm each`: those two.
        let plural =
            (self.lexemes.get(self.at.saturating_sub(1))).is_some_and(|lexeme| lexeme.plural);
        let is_bare = of_kind.next().is_some_and(|item| {
            item.is_mention
                && (item.amount.is_none() || plural)
                && item.area.is_none()
                && item.sides.is_none()
                && item.seats.is_none()
        });
        is_bare && of_kind.next().is_none()
    }

    /// The item that a mention without a number refers back to.
    pub(super) fn named_before(&self, room: &str, key: &str, the: bool) -> Option<usize> {
        let at = self.at.saturating_sub(1);
        let refers = the
            || self.open_relation.is_some()
            // `between the ICU and ward`.
            || (self.last_relation.is_some()
                && at > 0
                && self.meaning(at - 1) == Some(Meaning::And))
            || self.each_of_next.is_some()
            || self.for_each.is_some();
        let items = || self.out.items.iter().enumerate().rev();
        // `a team of 14: an open plan area` is the room for the fourteen.
        if let Some((place, _)) = items()
            .find(|(_, item)| room == "open_office" && item.room == room && item.seats_of_whole)
        {
            return Some(place);
        }
        // `dining room 120 m², kitchen next to dining`: that one.
        let of_kind = |kind: &str| {
            self.out
                .items
                .iter()
                .any(|item| item.room == kind && !item.is_excluded)
        };
        let room = match room {
            "dining_area"
                if key == "dining"
                    && self.open_relation.is_some()
                    && of_kind("dining_room")
                    && !of_kind("dining_area") =>
            {
                "dining_room"
            }
            _ => room,
        };
        items()
            .find(|(_, item)| item.room == room && item.key == key && !item.is_excluded)
            .or_else(|| {
                items().find(|(_, item)| {
                    // `5 managers. Managers need cabins.`: those five.
                    let of_people = item.rooms_of_whole
                        && (self.lexemes.get(at)).is_some_and(|lexeme| lexeme.plural);
                    (refers || item.is_mention || of_people)
                        && item.room == room
                        && !item.is_excluded
                        && is_of_computers(&item.key) == is_of_computers(key)
                })
            })
            .map(|(place, _)| place)
    }

    /// Whether a size follows at once, which makes it a room of its own: `bedroom 14 sqm`.
    pub(super) fn is_measured_behind(&self, at: usize) -> bool {
        let mut next = at + 1;
        while matches!(
            self.what(next),
            Some(
                What::Is(Meaning::Noun | Meaning::Of | Meaning::For | Meaning::With)
                    | What::Mark(Mark::Open | Mark::Colon | Mark::Hyphen)
            )
        ) {
            next += 1;
        }
        matches!(
            self.what(next),
            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
        )
    }

    /// Whether a wish or measure follows, so that naming a room again had a purpose.
    pub(super) fn has_more_to_say(&self, at: usize) -> bool {
        let mut next = at + 1;
        while matches!(
            self.meaning(next),
            Some(Meaning::Stop | Meaning::Style | Meaning::Noun | Meaning::With)
        ) {
            next += 1;
        }
        matches!(
            self.what(next),
            Some(
                What::Is(
                    Meaning::Relation(_)
                        | Meaning::Place
                        | Meaning::Daylight
                        | Meaning::Attached
                        | Meaning::NotNeeded
                        | Meaning::Mutual
                        | Meaning::Optional
                        | Meaning::Large
                        | Meaning::Small
                ) | What::Length(_)
            )
        )
    }

    pub(super) fn name_of(&self, item: usize) -> String {
        self.out
            .items
            .get(item)
            .map(|item| format!("`{}`", item.room))
            .unwrap_or_default()
    }

    /// `the ladies' toilet and the gents' toilet` are two.
    pub(super) fn is_other_gender(
        &self,
        place: usize,
        key: &str,
        pending: &super::pending::Pending,
    ) -> bool {
        let Some(item) = self.out.items.get(place).filter(|item| item.is_by_gender()) else {
            return false;
        };
        let male = pending.male || is_male(key);
        let female = pending.female || is_female(key);
        let (was_male, was_female) = (
            item.male || is_male(&item.key),
            item.female || is_female(&item.key),
        );
        (male && !female && was_female && !was_male) || (female && !male && was_male && !was_female)
    }

    /// `cabin, cabin, store`: an entry that says no more than the one right before it, and asks for
    /// another.
    pub(super) fn repeats_entry(&self, at: usize) -> bool {
        at >= 2
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && self.key(at - 2) == self.key(at)
            && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && self.is_boundary(at + 1)
            && (at == 2
                || matches!(
                    self.what(at - 3),
                    Some(What::Mark(Mark::Comma | Mark::Colon | Mark::Line))
                ))
    }

    /// `WC staff + WC patients`: whether the toilet at `at` is for others than the one at `place`, as
    /// who stands behind either says.
    pub(super) fn is_for_others(&self, place: usize, at: usize) -> bool {
        let who = |at: usize| matches!(self.meaning(at + 1), Some(Meaning::Seats(_)));
        let named = (self.out.items.get(place))
            .filter(|item| item.room == "toilet")
            .and_then(|item| (0..at).find(|other| self.tokens_of(*other).0 == item.first));
        who(at)
            && self.is_boundary(at + 2)
            && named.is_some_and(|named| who(named) && self.key(named + 1) != self.key(at + 1))
    }

    /// `prayer hall for 120 men, prayer hall for 40 women`: whether the room at `at` is for those of
    /// one gender, who pray apart.
    pub(super) fn is_for_one_gender(&self, at: usize) -> bool {
        let who = |at: usize| matches!(self.meaning(at), Some(Meaning::Male | Meaning::Female));
        (at + 1..=at + 3)
            .take_while(|next| !matches!(self.what(*next), Some(What::Mark(_))))
            .any(who)
    }

    /// `kitchen, wet kitchen`: an entry of a list with a word before it that the first had not.
    pub(super) fn is_called_otherwise(&self, place: usize, at: usize) -> bool {
        let styled = |at: usize| {
            at > 0
                && matches!(
                    self.meaning(at - 1),
                    Some(Meaning::Style | Meaning::Seats(_))
                )
        };
        let is_entry = at >= 2
            && styled(at)
            && matches!(
                self.what(at - 2),
                Some(What::Mark(
                    Mark::Comma | Mark::Line | Mark::Ampersand | Mark::Plus
                ))
            );
        let Some(item) = self.out.items.get(place).filter(|_| is_entry) else {
            return false;
        };
        let named = (0..at).find(|other| self.tokens_of(*other).0 == item.first);
        // `adult WC, child WC`, too.
        named.is_some_and(|named| {
            let by_others = styled(named)
                && matches!(self.meaning(at - 1), Some(Meaning::Seats(_)))
                && self.key(named - 1) != self.key(at - 1);
            (!styled(named) || by_others) && self.key(named) == self.key(at)
        })
    }
}

/// `two labs, a library next to the computer room`: a computer room is no other name of a lab.
fn is_of_computers(key: &str) -> bool {
    ["computer", "ict", "itroom", "itlab"]
        .iter()
        .any(|head| key.starts_with(head))
}

fn is_male(key: &str) -> bool {
    ["male", "gent", "men", "boy"]
        .iter()
        .any(|who| key.starts_with(who))
}

fn is_female(key: &str) -> bool {
    ["female", "lady", "women", "girl"]
        .iter()
        .any(|who| key.starts_with(who))
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn an_entry_said_twice_asks_for_two() {
        let (prompt, rooms) = (
            "14 desks, cabin, cabin, toilet, toilet",
            "open_office:1#14 private_office:1 private_office:1 toilet:1 toilet:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn toilets_of_others_are_others() {
        let (prompt, rooms) = (
            "clinic: 1 lab + WC staff + WC patients",
            "laboratory:1 toilet:1 toilet:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn what_is_there_already_is_named_again() {
        for (prompt, rooms) in [
            ("1BHK with kitchenette", "bedroom:1 living_room:1 kitchen:1"),
            (
                "restaurant, dining room 120 m2, kitchen next to dining",
                "dining_room:1@120 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
