//! Rooms, and what the whole is.

use super::super::Confidence;
use super::super::context::{Stands, inside, of_whole, room_in, usual};
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Bound, What};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::{Noun, Reader};

/// Plurals that name one room: its stores, the accounts, the lockers.
const ONE_ROOM: [&str; 12] = [
    "store",
    "supply",
    "record",
    "medicalrecord",
    "locker",
    "stafflocker",
    "account",
    "display",
    "stationery",
    "livingdining",
    "till",
    "cashdesk",
];

/// A room of more than 60 m² that is called an office or a store is the whole.
const LARGEST_ROOM_MM2: i64 = 60_000_000;

fn usual_in(facility: &str, room: &str) -> bool {
    usual(facility).is_some_and(|usual| usual.rooms.iter().any(|(other, _)| *other == room))
}

impl Reader<'_> {
    pub(super) fn room_word(&mut self, at: usize, room: &'static str) {
        if matches!(self.key(at), "lady" | "gent") && self.says_who(at) {
            return self.gender(at, self.key(at) == "gent");
        }
        match room_in(self.facility, self.key(at), room) {
            Meaning::Room(room) => {
                self.room(at, room);
            }
            _ => self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            ),
        }
    }

    /// Whether `ladies` at `at` says for whom the room before is: `toilets for ladies and gents`.
    fn says_who(&self, at: usize) -> bool {
        let of_item = self
            .last_item()
            .and_then(|place| self.out.items.get(place))
            .is_some_and(Item::is_by_gender);
        let goes_on = |what: Option<What>| {
            matches!(
                what,
                Some(
                    What::Is(Meaning::For | Meaning::And)
                        | What::Mark(Mark::Open | Mark::Slash | Mark::Ampersand)
                )
            )
        };
        if at > 0 && self.meaning(at - 1) == Some(Meaning::For) {
            return true;
        }
        of_item
            && at > 0
            && goes_on(self.what(at - 1))
            && self.noun_end.saturating_add(2) >= at
            && (self.what(at - 1) == Some(What::Mark(Mark::Open))
                || matches!(self.key(at.saturating_sub(2)), "lady" | "gent"))
    }

    /// `office`: the whole at the head of a sentence, a room in a list.
    pub(super) fn room_or_whole(&mut self, at: usize, room: &'static str, facility: &'static str) {
        if self.names_whole(at, facility) {
            self.whole(at, facility);
        } else {
            self.room_word(at, room);
        }
    }

    fn names_whole(&self, at: usize, facility: &str) -> bool {
        let many = self
            .pending
            .count
            .is_some_and(|(amount, _, _)| amount.high.0 > ONE);
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let named = self.out.whole.facility.is_some();
        let follows = self.touches_noun(self.at_before(at));
        // `architect's studio office` names one place in several words.
        if self.noun == Noun::Whole && follows {
            return true;
        }
        if many || plural || named || self.is_negated || self.open_relation.is_some() {
            return self.pending.the && named && !many && !plural;
        }
        // `10 workstation office`: what stands before describes it, with nothing in between.
        if self.last_item().is_some() && follows {
            return true;
        }
        if !self.out.items.is_empty() {
            return false;
        }
        let is_large = |mm2: i64| mm2 > LARGEST_ROOM_MM2;
        let large = self
            .pending
            .area
            .is_some_and(|(span, _, _)| is_large(span.low));
        // `store of 2.5 x 3 m` is a room, `office of 2,500 sq ft` is not.
        let measure = (at + 1..=at + 3).find_map(|next| match self.what(next)? {
            What::Area(span) => Some(span.low),
            What::Dims { sides: [a, b], .. } => Some(a.saturating_mul(b)),
            _ => None,
        });
        let next = self.what(at + 1);
        let is_measured = matches!(
            next,
            Some(
                What::Is(Meaning::Of | Meaning::Stop)
                    | What::Area(_)
                    | What::Dims { .. }
                    | What::Mark(Mark::Colon | Mark::Hyphen | Mark::Open)
            )
        );
        if let Some(mm2) = measure.filter(|_| is_measured) {
            return is_large(mm2);
        }
        let described = matches!(
            next,
            Some(
                What::Is(
                    Meaning::With
                        | Meaning::For
                        | Meaning::In
                        | Meaning::Of
                        | Meaning::Stop
                        | Meaning::Site
                        | Meaning::Noun
                        | Meaning::No
                ) | What::Mark(Mark::Colon | Mark::Hyphen | Mark::Stop | Mark::Line | Mark::Open)
                    | What::Seats(..)
            )
        );
        // `office, 16 workstations`: what follows belongs in it.
        let heads_list = next == Some(What::Mark(Mark::Comma))
            && self
                .lexemes
                .iter()
                .skip(at)
                .any(|lexeme| match lexeme.what {
                    What::Is(Meaning::Station(room)) => usual_in(facility, room),
                    _ => false,
                });
        large || described || heads_list || next.is_none()
    }

    /// The lexeme before the adjectives that end at `at`.
    fn at_before(&self, at: usize) -> usize {
        let mut before = at;
        while before > 0
            && (self.meaning(before - 1).is_some_and(super::is_adjective)
                || self.what(before - 1) == Some(What::Mark(Mark::Hyphen)))
        {
            before -= 1;
        }
        before
    }

    pub(super) fn whole(&mut self, at: usize, facility: &'static str) {
        let (first, last) = self.tokens_of(at);
        let known = self.out.whole.facility.map(|(known, _, _)| known);
        if self.noun == Noun::Whole && self.touches_noun(at) {
            // `dental clinic`, said in two words.
            self.noun_end = at;
            return;
        }
        if let Some(known) = known
            && known != facility
            && !self.pending.the
            && let Some(room) = inside(facility)
        {
            let item = self.room(at, room);
            if let Some(item) = item.and_then(|item| self.item_mut(item)) {
                item.assumed
                    .push("a place inside another is laid out as one room".to_owned());
            }
            return;
        }
        if known.is_none() {
            self.out.whole.facility = Some((facility, first, last));
        }
        let pending = std::mem::take(&mut self.pending);
        if let Some((span, from, to)) = pending.area {
            self.set_site_area(span, from, to);
        }
        if let Some((sides, from, to)) = pending.sides {
            self.set_site_sides(sides, from, to);
        }
        if let Some((amount, from, to)) = pending.seats {
            self.whole_is_for(amount, Seat::Person, from, to);
        }
        if let Some((amount, from, to)) = pending.count
            && amount.high.0 != ONE
        {
            self.conflict(from, to, "more than one place at a time cannot be laid out");
        }
        self.noun = Noun::Whole;
        self.noun_end = at;
        self.host = None;
    }

    /// A number of persons, chairs or beds that was said of the whole.
    pub(super) fn whole_is_for(&mut self, amount: Amount, seat: Seat, first: usize, last: usize) {
        self.spend_tokens(first, last);
        let add = |reader: &mut Self, room: &'static str| {
            let same = reader
                .out
                .items
                .iter()
                .position(|item| item.room == room && !item.is_excluded);
            let place = same.unwrap_or_else(|| {
                let mut item = Item::new(room, "", first, last);
                item.sure = Confidence::Synonym;
                reader.out.items.push(item);
                reader.out.items.len() - 1
            });
            (place, same.is_some())
        };
        match of_whole(self.facility, seat) {
            Stands::Rooms(room) => {
                let (place, known) = add(self, room);
                if let Some(item) = self
                    .item_mut(place)
                    .filter(|item| !known || item.amount.is_none())
                {
                    item.amount = Some(amount);
                    item.assumed.push("one for each".to_owned());
                }
                self.noun = Noun::Item(place);
                self.noun_end = self.at.saturating_sub(1);
            }
            Stands::Seats(room) => {
                let (place, _) = add(self, room);
                if let Some(item) = self.item_mut(place).filter(|item| item.seats.is_none()) {
                    item.seats = Some(amount);
                    item.assumed
                        .push("sized for the number given for the whole".to_owned());
                }
            }
            Stands::Nothing => {
                self.ignore(first, last, "a number of people that no room is sized by");
            }
        }
    }

    /// A thing that is counted and sizes one room: `20 workstations`.
    pub(super) fn station(&mut self, at: usize, room: &'static str) {
        let count = self.pending.count.take();
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        let described = self.last_item().filter(|item| {
            // `open office with 20 desks`: the desks of that room.
            count.is_some()
                && self.follows_link(counted_at)
                && self.out.items.get(*item).is_some_and(|item| {
                    item.seats.is_none()
                        && (item.room == room
                            || (room == "open_office" && item.room == "team_room")
                            || (room == "open_office" && item.room == "private_office"))
                })
        });
        if let (Some(item), Some((amount, from, to))) = (described, count) {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(item) {
                item.seats = Some(amount);
                item.last = item.last.max(to);
            }
            return;
        }
        let first_of_count = count.map(|(_, from, _)| from);
        let Some(place) = self.room(at, room) else {
            return;
        };
        if let Some((amount, from, to)) = count {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(place) {
                item.seats.get_or_insert(amount);
                item.first = item.first.min(first_of_count.unwrap_or(from));
            }
        }
        if let Some(item) = self.item_mut(place) {
            // One room holds them all.
            item.unsaid = 1;
            item.plural = false;
        }
    }

    /// A room: a new one, or one that was named before.
    pub(super) fn room(&mut self, at: usize, room: &'static str) -> Option<usize> {
        let mut pending = std::mem::take(&mut self.pending);
        let (token, last) = self.tokens_of(at);
        let first = pending.from.unwrap_or(token).min(token);
        let key = self.key(at).to_owned();
        let mut room = room;
        if let Some(accessible) = pending.accessible {
            self.spend(accessible);
            if matches!(room, "toilet" | "bathroom" | "toilet_group") {
                room = "accessible_toilet";
            }
        }
        if key.starts_with("female")
            || key.starts_with("lady")
            || key.starts_with("women")
            || key.starts_with("girl")
        {
            pending.female |= pending.male;
        } else if key.starts_with("male")
            || key.starts_with("gent")
            || key.starts_with("men")
            || key.starts_with("boy")
        {
            pending.male |= pending.female;
        }
        let is_plain = pending.count.is_none()
            && pending.area.is_none()
            && pending.sides.is_none()
            && pending.vague.is_none()
            && pending.seats.is_none()
            && (pending.the || !self.is_measured_behind(at))
            && !pending.another
            && !self.is_negated;
        if pending.by_gender > 0
            && let Some((amount, _, _)) = &mut pending.count
        {
            amount.low.0 += i64::from(pending.by_gender) * ONE;
            amount.high = amount.low;
        }
        let is_zero = pending
            .count
            .is_some_and(|(amount, _, _)| amount.high.0 == 0);
        if let Some(place) = self.counted_late(room, &key, &pending) {
            self.noun = Noun::Item(place);
            self.noun_end = at;
            return Some(place);
        }
        let says_more = self.has_more_to_say(at);
        let again = self
            .named_before(room, &key, pending.the || says_more)
            .filter(|_| {
                is_plain
                    && !(pending.article
                        && self.open_relation.is_none()
                        && self.each_of_next.is_none())
            });
        let place = match again {
            Some(place) => {
                if !pending.the
                    && self.open_relation.is_none()
                    && self.last_relation.is_none()
                    && self.for_each.is_none()
                    && self.each_of_next.is_none()
                    && self.meaning(at.saturating_sub(1)) != Some(Meaning::Each)
                    && !says_more
                {
                    let text = self.name_of(place);
                    self.out
                        .assumptions
                        .push(format!("{text} is named twice and counted once"));
                }
                if let (Some((amount, ..)), Some(item)) = (pending.seats, self.item_mut(place)) {
                    item.seats.get_or_insert(amount);
                }
                place
            }
            None => self.new_item(room, &key, first, last, at, &pending),
        };
        for part in [
            pending.count.map(|(_, a, b)| (a, b)),
            pending.area.map(|(_, a, b)| (a, b)),
            pending.sides.map(|(_, a, b)| (a, b)),
            pending.seats.map(|(_, a, b)| (a, b)),
        ]
        .into_iter()
        .flatten()
        {
            self.spend_tokens(part.0, part.1);
        }
        if let Some(vague) = pending.vague {
            self.spend(vague);
        }
        if self.is_negated || is_zero {
            self.exclude(place);
        }
        self.relate(place);
        self.finish_each(place, again.is_some());
        if pending.is_attached {
            self.attach(place, again.is_none() && pending.count.is_none());
        }
        self.noun = Noun::Item(place);
        self.noun_end = at;
        Some(place)
    }

    /// `each bedroom has a bath, 3 bedrooms`: the number of rooms that were named before.
    fn counted_late(
        &mut self,
        room: &str,
        key: &str,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        let (amount, first, last) = pending.count?;
        let place = self.out.items.iter().position(|item| {
            let is_open = item.is_mention || (item.plural && item.key == key);
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

    fn new_item(
        &mut self,
        room: &'static str,
        key: &str,
        first: usize,
        last: usize,
        at: usize,
        pending: &super::pending::Pending,
    ) -> usize {
        let mut item = Item::new(room, key, first, last);
        let lexeme = self.lexemes.get(at);
        item.sure = lexeme.map_or(Confidence::Exact, |lexeme| lexeme.sure);
        item.amount = pending.count.map(|(amount, _, _)| amount);
        item.area = pending.area.map(|(span, _, _)| span);
        item.sides = pending.sides.map(|(sides, _, _)| sides);
        item.seats = pending.seats.map(|(amount, _, _)| amount);
        item.size = pending.size;
        item.male = pending.male;
        item.female = pending.female;
        item.is_optional = pending.is_optional;
        item.is_mention = self.for_each == Some(usize::MAX)
            || self.each_of_next.is_some()
            || self.open_relation.is_some();
        let plural = lexeme.is_some_and(|lexeme| lexeme.plural) && !ONE_ROOM.contains(&key);
        if item.amount.is_none() && (plural || pending.vague.is_some()) && room != "open_office" {
            item.unsaid = 2;
            item.plural = true;
        }
        if pending
            .count
            .is_some_and(|(amount, _, _)| amount.low.count().is_none())
        {
            self.halves(&mut item);
        }
        self.out.items.push(item);
        self.out.items.len() - 1
    }

    /// `2.5 baths`: two bathrooms and a half bath, which is a toilet.
    fn halves(&mut self, item: &mut Item) {
        let Some(amount) = item.amount else { return };
        let whole = Number(amount.low.0 / ONE * ONE);
        let is_half = amount.low.0 - whole.0 == ONE / 2;
        item.amount = Some(Amount {
            low: whole,
            high: whole,
            bound: Bound::Exactly,
        });
        if is_half && item.room == "bathroom" {
            let mut toilet = Item::new("toilet", "", item.first, item.last);
            toilet.sure = Confidence::Synonym;
            toilet.assumed.push("a half bath is a toilet".to_owned());
            self.out.items.push(toilet);
        } else {
            self.conflict(item.first, item.last, "not a whole number of rooms");
        }
    }

    /// The item that a mention without a number refers back to.
    fn named_before(&self, room: &str, key: &str, the: bool) -> Option<usize> {
        let refers = the
            || self.open_relation.is_some()
            || self.each_of_next.is_some()
            || self.for_each.is_some();
        let items = || self.out.items.iter().enumerate().rev();
        items()
            .find(|(_, item)| item.room == room && item.key == key && !item.is_excluded)
            .or_else(|| items().find(|(_, item)| refers && item.room == room && !item.is_excluded))
            .map(|(place, _)| place)
    }

    /// Whether a size follows at once, which makes it a room of its own: `bedroom 14 sqm`.
    fn is_measured_behind(&self, at: usize) -> bool {
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
    fn has_more_to_say(&self, at: usize) -> bool {
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

    fn name_of(&self, item: usize) -> String {
        self.out
            .items
            .get(item)
            .map(|item| format!("`{}`", item.room))
            .unwrap_or_default()
    }

    /// `2 BHK`: bedrooms, a hall, which is the living room, and a kitchen.
    pub(super) fn bhk(&mut self, at: usize, has_bedrooms: bool) {
        let (own, last) = self.tokens_of(at);
        let pending = std::mem::take(&mut self.pending);
        let count = pending.count.or(pending.seats);
        let first = count.map_or(own, |(_, first, _)| first.min(own));
        self.spend_tokens(first, last);
        if self.out.whole.facility.is_none() {
            self.out.whole.facility = Some(("home", first, last));
        }
        if let Some((span, from, to)) = pending.area {
            self.set_site_area(span, from, to);
        }
        if has_bedrooms {
            let mut bedrooms = Item::new("bedroom", "bedroom", first, last);
            bedrooms.amount = count.map(|(amount, _, _)| amount);
            if let Some(amount) = bedrooms
                .amount
                .filter(|amount| amount.low.count().is_none())
            {
                let whole = Number(amount.low.0 / ONE * ONE);
                bedrooms.amount = Some(Amount {
                    low: whole,
                    high: whole,
                    bound: Bound::Exactly,
                });
                let mut study = Item::new("study", "study", first, last);
                study.sure = Confidence::Synonym;
                study
                    .assumed
                    .push("the half room of a BHK is a study".to_owned());
                self.out.items.push(study);
            }
            self.out.items.push(bedrooms);
        }
        for room in ["living_room", "kitchen"] {
            let mut item = Item::new(room, room, first, last);
            item.sure = Confidence::Synonym;
            self.out.items.push(item);
        }
        self.noun = Noun::Whole;
        self.noun_end = at;
    }

    /// `room`, `area`: part of the room before, or of a name that is not known.
    pub(super) fn generic_noun(&mut self, at: usize) {
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
            self.noun_end = at;
            return;
        }
        if let Some((from, to)) = self.pending.unknown {
            let (_, last) = self.tokens_of(at);
            let first = self.pending.from.unwrap_or(from).min(from);
            self.pending = super::pending::Pending::default();
            self.spend_tokens(first, last.max(to));
            self.out.unrecognised.push((first, last.max(to)));
            return;
        }
        let counted = self.pending.count.is_some();
        if counted && self.key(at).ends_with("room") {
            self.room(at, "room");
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
}
