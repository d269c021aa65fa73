//! Words that say no more than that a place is meant: `room`, `area`.

use super::super::context::inside;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

/// Whether somebody of a family is called so.
fn is_of_family(who: &str) -> bool {
    let family = [
        "parent", "grand", "mother", "father", "son", "daughter", "kid", "child", "teen", "inlaw",
    ];
    family.iter().any(|known| who.starts_with(known))
}

impl Reader<'_> {
    /// `room`, `area`: part of the room before, or of a name that is not known.
    pub(super) fn generic_noun(&mut self, at: usize) {
        if self.is_area_of_all(at) {
            return;
        }
        if self.is_for_purpose(at)
            || self.is_for_whom(at)
            || self.is_one_each(at)
            || self.counts_rooms_that_hold(at)
        {
            return;
        }
        // `4 curtained bays` of a clinic: one is treated there.
        if self.key(at) == "bay"
            && self.facility == Some("clinic")
            && self.pending.count.is_some()
            && self.pending.unknown.is_none()
            && self.is_boundary(at + 1)
            // `recovery with 4 bays`: those of the room before.
            && (self.last_item())
                .is_none_or(|_| !self.follows_link(self.at_before(at).saturating_sub(1)))
        {
            self.room(at, "treatment_room");
            return;
        }
        if let Some(item) = self.last_item()
            && self.touches_noun(at)
        {
            let (_, last) = self.tokens_of(at);
            let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
            if let Some(item) = self.item_mut(item) {
                item.last = last;
                if plural && item.amount.is_none() && item.unsaid == 1 && item.seats.is_none() {
                    item.unsaid = 2;
                    item.plural = true;
                }
            }
            self.noun_end = Some(at);
            return;
        }
        if let Some((from, to)) = self.pending.unknown {
            let (_, last) = self.tokens_of(at);
            let first = self.pending.from.unwrap_or(from).min(from);
            self.pending = super::pending::Pending::default();
            self.spend_tokens(first, last.max(to));
            self.out.unrecognised.push((first, last.max(to)));
            self.noun = Noun::Unknown;
            self.noun_end = Some(at);
            return;
        }
        // `8-room motel, rooms 24 m² incl. bath`: the rooms that were counted, and what each has.
        if self.facility == Some("hotel")
            && self.key(at) == "room"
            && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && self.pending.count.is_none()
            && matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }))
            && let Some(place) = (self.out.items.iter()).position(|item| {
                item.room == "guest_room" && !item.is_excluded && item.area.is_none()
            })
        {
            self.noun = Noun::Item(place);
            self.noun_end = Some(at);
            if self.meaning(at + 2) == Some(Meaning::With) {
                self.for_each = Some(place);
            }
            return;
        }
        if self.facility != Some("hotel") && self.is_total_of_rooms(at) {
            return;
        }
        let counted = self.pending.count.is_some();
        let is_room = self.key(at).ends_with("room");
        // `3 chairs in one open room`: where they are.
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))));
        if let (Some((_, first, last)), Some(before)) = (
            self.pending
                .count
                .filter(|(amount, ..)| amount.high == Number::whole(1)),
            counted_at.and_then(|counted| counted.checked_sub(1)),
        ) && is_room
            && (self.meaning(before) == Some(Meaning::In) || self.key(before) == "as")
        {
            self.spend_tokens(first, last);
            self.pending = super::pending::Pending::default();
            // Its size is not that of the room named last.
            self.noun = Noun::Unknown;
            self.noun_end = Some(at);
            return;
        }
        // `16 desks in two rooms`: eight in each.
        if let (Some((amount, first, last)), Some(before)) = (
            self.pending.count,
            counted_at.and_then(|counted| counted.checked_sub(1)),
        ) && is_room
            && self.meaning(before) == Some(Meaning::In)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && let (Some(rooms), Some(seats)) = (
                amount.low.count().filter(|rooms| *rooms > 1),
                item.seats.and_then(|seats| seats.low.count()),
            )
            && item.amount.is_none()
        {
            let each = Number::whole(i64::from(seats.div_ceil(rooms)));
            item.amount = Some(amount);
            item.seats = Some(super::super::measure::Amount {
                low: each,
                high: each,
                bound: super::super::measure::Bound::Exactly,
            });
            item.assumed.push("as many in each room".to_owned());
            item.last = item.last.max(last);
            self.spend_tokens(first, last);
            self.pending = super::pending::Pending::default();
            self.noun_end = Some(at);
            return;
        }
        // `sample collection with 3 booths`: so many of it.
        if let (Some((amount, first, last)), Some(before)) = (
            self.pending.count,
            counted_at.and_then(|counted| counted.checked_sub(1)),
        ) && (matches!(self.key(at), "booth" | "bay" | "lane")
            // `OPD 6 rooms`.
            || (self.key(at) == "room" && self.noun_end == Some(before)))
            && (((self.meaning(before) == Some(Meaning::With)
                || self.what(before) == Some(What::Mark(Mark::Open)))
                && self.touches_noun(before))
                || self.noun_end == Some(before))
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.amount.is_none()
            && item.seats.is_none()
        {
            item.amount = Some(amount);
            item.last = item.last.max(last);
            self.spend_tokens(first, last);
            self.pending = super::pending::Pending::default();
            self.noun_end = Some(at);
            return;
        }
        // `2 booths` of an office.
        if counted
            && self.key(at) == "booth"
            && matches!(self.facility, Some("office" | "coworking"))
        {
            self.room(at, "phone_booth");
            return;
        }
        if counted && is_room {
            let room = match self.facility {
                Some("hotel") => "guest_room",
                // `8 staff, each with their own room`.
                None | Some("office" | "coworking")
                    if self.key(at.saturating_sub(1)).ends_with("own") =>
                {
                    "private_office"
                }
                _ => "room",
            };
            self.room(at, room);
            return;
        }
        // `I need a room for my mother`.
        let singular = !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if is_room
            && singular
            && !counted
            && self.key(at) == "room"
            && self.pending.article
            && self.facility == Some("home")
            && self.meaning(at + 1) == Some(Meaning::For)
            && !matches!(self.what(at + 2), Some(What::Count(_) | What::Seats(..)))
        {
            self.room(at, "room");
            return;
        }
        // `open space for 25`.
        if !counted
            && at > 0
            && self.key(at - 1) == "open"
            && self.meaning(at + 1) == Some(Meaning::For)
            && matches!(self.what(at + 2), Some(What::Count(_) | What::Seats(..)))
            && matches!(self.facility, None | Some("office" | "coworking"))
        {
            self.room(at, "open_office");
            return;
        }
        // `3 desks in a separate room`: where they are.
        let mut before = at;
        while matches!(
            self.meaning(before.saturating_sub(1)),
            Some(Meaning::Style | Meaning::Article)
        ) && before > 0
        {
            before -= 1;
        }
        if is_room
            && !counted
            && before < at
            && before > 0
            && self.meaning(before - 1) == Some(Meaning::In)
            && self.last_item().is_some()
        {
            self.noun = Noun::Unknown;
            self.noun_end = Some(at);
            return;
        }
        if !counted && self.is_nameless_entry(at) {
            return;
        }
        if !counted && is_room && singular && self.tell_bare_room(at) {
            return;
        }
        if let Some((span, from, to)) = self.pending.area.take() {
            self.set_site_area(span, from, to);
        }
        if let Some((sides, from, to)) = self.pending.sides.take() {
            self.set_site_sides(sides, from, to);
        }
        if !counted {
            self.set_noun(Noun::Site, at);
        }
    }

    /// `4 psychologists (one room each, 14 m2)`: says again how many there are. Whether `room` at
    /// `at` did.
    fn is_one_each(&mut self, at: usize) -> bool {
        let one = Number::whole(1);
        let is_one = self
            .pending
            .count
            .is_some_and(|(amount, ..)| amount.high == one);
        let of_people = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.rooms_of_whole);
        if !is_one || !of_people || self.meaning(at + 1) != Some(Meaning::Each) {
            return false;
        }
        let (_, last) = self.tokens_of(at + 1);
        if let Some((_, first, _)) = self.pending.count {
            self.spend_tokens(first, last);
        }
        self.pending = super::pending::Pending::default();
        self.at = at + 2;
        self.noun_end = Some(at + 1);
        true
    }

    /// `a room for the director`: whose it is says what it is. Whether `room` at `at` was such.
    fn is_for_whom(&mut self, at: usize) -> bool {
        let is_ours = matches!(self.key(at + 2), "my" | "our");
        let who = at + 2 + usize::from(is_ours || self.meaning(at + 2) == Some(Meaning::The));
        let Some(Meaning::Seats(seat)) = self.meaning(who) else {
            return false;
        };
        let is_home = self.facility == Some("home") || (is_ours && self.facility.is_none());
        let room = match self.key(who) {
            // `a room for my parents`: they sleep there.
            who if is_home && is_of_family(who) => Some("bedroom"),
            "staff" => Some("staff_room"),
            "nurse" => Some("nurse_station"),
            who if self.has_own_office(who) => Some("private_office"),
            _ => super::seats::room_of(seat),
        };
        let is_plain = self.pending.unknown.is_none() && self.pending.seats.is_none();
        let touches = self.noun != Noun::Nothing && self.touches_noun(at);
        let named = self.pending.article || self.pending.count.is_some();
        if self.key(at) != "room"
            || self.meaning(at + 1) != Some(Meaning::For)
            || touches
            || !(named
                && is_plain
                && (self.is_boundary(who + 1) || self.meaning(who + 1) == Some(Meaning::With)))
        {
            return false;
        }
        let Some(room) = room else { return false };
        for word in at + 1..=who {
            self.spend(word);
        }
        self.at = who + 1;
        let is_one = self.pending.count.is_none();
        let place = self.room(who, room);
        if let Some(item) = place.and_then(|place| self.item_mut(place))
            && is_one
            && room == "bedroom"
        {
            (item.unsaid, item.plural) = (1, false);
        }
        true
    }

    /// `a room for massage`, `2 rooms for yoga`: what it is for says what it is. Whether `room` at
    /// `at` was such.
    fn is_for_purpose(&mut self, at: usize) -> bool {
        let room = match self.meaning(at + 2) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => Some(room),
            Some(Meaning::Facility(facility)) => inside(facility),
            _ => None,
        };
        let names_it = self.pending.article || self.pending.count.is_some();
        let is_plain = self.pending.unknown.is_none() && self.pending.seats.is_none();
        if self.key(at) != "room"
            || (self.noun != Noun::Nothing && self.touches_noun(at))
            || self.meaning(at + 1) != Some(Meaning::For)
            || !(names_it && is_plain && self.is_boundary(at + 3))
        {
            return false;
        }
        let Some(room) = room else { return false };
        self.spend(at + 1);
        self.spend(at + 2);
        self.at = at + 3;
        self.room(at + 2, room);
        true
    }

    /// `…, a holding room, …` is an entry of a list, of which nothing is understood. Whether `room`
    /// at `at` ends one, and was told.
    fn tell_bare_room(&mut self, at: usize) -> bool {
        let ends = match self.what(at + 1) {
            None | Some(What::Is(Meaning::And)) => true,
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        };
        let mut from = at;
        while from > 0
            && matches!(
                self.meaning(from - 1),
                Some(Meaning::Stop | Meaning::With | Meaning::Style | Meaning::Article)
            )
        {
            from -= 1;
        }
        let begins = from > 0
            && matches!(
                self.what(from - 1),
                Some(What::Mark(Mark::Comma | Mark::Line) | What::Is(Meaning::And))
            )
            && self.meaning(from) == Some(Meaning::Article);
        if !ends || !begins || self.out.items.is_empty() || self.open_relation.is_some() {
            return false;
        }
        let (first, last) = (self.tokens_of(from).0, self.tokens_of(at).1);
        self.out.unrecognised.push((first, last));
        self.noun = Noun::Unknown;
        self.noun_end = Some(at);
        true
    }

    /// `…, private room, …` asks for a room, of no kind that is known; of `…, HM room, …` nothing
    /// is understood. Whether `room` at `at` was one of these.
    pub(super) fn is_nameless_entry(&mut self, at: usize) -> bool {
        let Some(word) = at.checked_sub(1) else {
            return false;
        };
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if plural || self.pending.the || !self.is_boundary(at + 1) {
            return false;
        }
        let is_room = self.key(at).ends_with("room");
        match self.meaning(word) {
            // `veg section`.
            Some(Meaning::Style) if !is_room => {
                let alone = word > 0
                    && matches!(
                        self.what(word - 1),
                        Some(What::Mark(Mark::Comma | Mark::Line) | What::Enumerator)
                    );
                if !alone || self.meaning(at + 1) == Some(Meaning::For) {
                    return false;
                }
                let (first, _) = self.tokens_of(word);
                let (_, last) = self.tokens_of(at);
                self.out.unrecognised.push((first, last));
                self.noun = Noun::Unknown;
                self.noun_end = Some(at);
                true
            }
            Some(Meaning::Style) => {
                self.room(at, "room");
                true
            }
            Some(Meaning::Stop)
                if word == 0
                    || self.is_boundary(word - 1)
                    // `…, a holding room, …`.
                    || (word >= 2
                        && self.meaning(word - 1) == Some(Meaning::Article)
                        && self.is_boundary(word - 2)) =>
            {
                let (first, _) = self.tokens_of(word);
                let (_, last) = self.tokens_of(at);
                // `is room for` says nothing, a short name may say what the room is.
                if last != first + 1 || self.meaning(at + 1) == Some(Meaning::For) {
                    return false;
                }
                self.out.unrecognised.push((first, last));
                self.noun = Noun::Unknown;
                self.noun_end = Some(at);
                true
            }
            _ => false,
        }
    }

    /// `UPS/server room`, `serology lab`: two names of one room.
    pub(super) fn over_slash(&self, room: &str, at: usize) -> Option<usize> {
        let last = self.last_item()?;
        let item = self.out.items.get(last)?;
        let joined = at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Slash))
            && self.touches_noun(at - 1);
        // `gym cardio weights yoga room`: a list without commas goes on.
        ((joined || (self.touches_noun(at) && !self.is_telegram()))
            && item.room == room
            && !item.plural
            && item.amount.is_none())
        .then_some(last)
    }

    /// Two names of rooms with nothing between them may be one that is not known: `server hall`.
    pub(super) fn say_side_by_side(&mut self, room: &str, at: usize) {
        if !self.touches_noun(at) {
            return;
        }
        let other = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .filter(|item| item.room != room)
            .map(|item| item.room);
        if let Some(other) = other {
            self.out.assumptions.push(format!(
                "`{other}` and `{room}` stand side by side and are taken as two rooms"
            ));
        }
    }

    /// `exam room 1, exam room 2`: whether the number behind the room at `at` only tells it from
    /// others.
    pub(super) fn is_labelled(&self, at: usize) -> bool {
        let number = |at: usize| match self.what(at) {
            Some(What::Count(amount)) if amount.low == amount.high => amount.low.count(),
            _ => None,
        };
        let Some(own) = number(at + 1).filter(|_| self.pending.count.is_none()) else {
            return false;
        };
        // `master 4.5x4 m, bed 2 3.5x3.5 m`.
        let is_second = (2..=6).contains(&own)
            && self.key(at).starts_with("bed")
            && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && matches!(self.what(at + 2), Some(What::Dims { .. } | What::Area(_)))
            && (self.out.items.iter())
                .any(|item| item.room == "master_bedroom" && !item.is_excluded);
        if is_second {
            return true;
        }
        !self.key(at).is_empty()
            && (0..self.lexemes.len()).any(|other| {
                other != at
                    && self.key(other) == self.key(at)
                    && number(other + 1).is_some_and(|number| number.abs_diff(own) == 1)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_room_or_bay_is_what_it_is_for() {
        for (prompt, rooms) in [
            (
                "a room for my parents with bathroom, kitchen",
                "bedroom:1 bathroom:1 kitchen:1",
            ),
            (
                "clinic with 4 curtained bays, lab",
                "treatment_room:4 laboratory:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
