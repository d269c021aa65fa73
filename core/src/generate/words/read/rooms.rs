//! Rooms as they are named.

use super::super::Confidence;
use super::super::context::room_in;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::number::ONE;
use super::super::token::Mark;
use super::{Noun, Reader};

/// A wish for access without steps has an effect on toilets only.
pub(super) const NOT_ACCESSIBLE: &str =
    "only toilets have an accessible type; routes follow the rules' clear widths";

impl Reader<'_> {
    pub(super) fn room_word(&mut self, at: usize, room: &'static str) {
        if matches!(self.key(at), "lady" | "gent")
            && (self.says_who(at) || self.is_said_of_next(at))
        {
            return self.gender(at, self.key(at) == "gent");
        }
        // `ladies and gents changing`.
        if matches!(self.key(at), "lady" | "gent")
            && matches!(
                self.what(at + 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand | Mark::Slash))
            )
            && matches!(self.key(at + 2), "lady" | "gent")
            && matches!(self.meaning(at + 3), Some(Meaning::Room(room)) if Item::new(room, "", 0, 0).is_by_gender())
        {
            (self.pending.male, self.pending.female) = (true, true);
            self.pending.begins(self.tokens_of(at).0);
            self.spend(at + 1);
            self.spend(at + 2);
            self.at = at + 3;
            return;
        }
        // `20 lockers` are furniture.
        if matches!(self.key(at), "locker" | "stafflocker")
            && self.pending.count.is_some()
            && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
        {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `changing rooms with lockers`: they stand in it.
        if self.key(at) == "locker"
            && at > 0
            && self.meaning(at - 1) == Some(Meaning::With)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| item.room == "changing_room")
        {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `ops manager's room` has nothing to do with operatories.
        if self.key(at) == "op"
            && matches!(
                self.meaning(at + 1),
                Some(Meaning::Seats(_) | Meaning::Room(_) | Meaning::Noun | Meaning::Station(_))
            )
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the room; its type is that of the words behind",
            );
        }
        // `4 manicure and 3 pedicure stations`.
        let station = at + 2 + usize::from(self.meaning(at + 1) == Some(Meaning::And));
        if self.pending.count.is_some()
            && station == at + 3
            && matches!(self.what(at + 2), Some(What::Count(_)))
            && self.meaning(station) == Some(Meaning::Station(room))
        {
            return self.station(at, room);
        }
        // `12 study bedrooms`: the plural is what is counted.
        let plural = |at: usize| self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let is_many =
            (self.pending.count).is_some_and(|(amount, ..)| amount.high > Number::whole(1));
        if is_many
            && !plural(at)
            && plural(at + 1)
            && matches!(self.meaning(at + 1), Some(Meaning::Room(_)))
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the room; its type is that of the words behind",
            );
        }
        // `open plan kitchen` is a kitchen, `open plan desks` are desks.
        if (self.key(at) == "openplan" && self.is_room(at + 1))
            || self.meaning(at + 1) == Some(Meaning::Station(room))
        {
            return;
        }
        // `bedroom (master)`.
        if room == "master_bedroom"
            && self.comes_after_mark(at, Mark::Open)
            && self.touches_noun(at - 1)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && item.room == "bedroom"
            && item.amount.is_none()
            && !item.plural
        {
            item.room = room;
            self.noun_end = at;
            return;
        }
        // `an exam room for minor procedures`: what it is for.
        if self.is_purpose(at) {
            let (first, last) = self.tokens_of(at);
            self.noun_end = at;
            return self.ignore(first, last, "what a room is for does not change its type");
        }
        // `physiotherapy clinic`: what it is for names the place.
        if matches!(self.meaning(at + 1), Some(Meaning::Facility(_)))
            && self.out.items.is_empty()
            && !self.pending.describes()
        {
            return self.pending.begins(self.tokens_of(at).0);
        }
        // `ladies hostel`, `gents parlour`: not known, and no toilet.
        if matches!(self.key(at), "lady" | "gent")
            && matches!(
                self.what(at + 1),
                Some(What::Unknown | What::Is(Meaning::Facility(_)))
            )
        {
            return self.pending.begins(self.tokens_of(at).0);
        }
        match room_in(self.facility, self.key(at), room) {
            Meaning::Room(room) => {
                self.room(at, room);
            }
            Meaning::Station(room) => self.station(at, room),
            Meaning::Style => {}
            _ => self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            ),
        }
    }

    /// Whether the room at `at` only says what the one before is for: it stands right behind `for`,
    /// with nothing of its own.
    fn is_purpose(&self, at: usize) -> bool {
        at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && !self.pending.describes()
            && !self.pending.the
            && !self.pending.article
            && self.noun_end.saturating_add(2) == at
            && !self.is_measured_behind(at)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room != "room")
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
                        | What::Mark(Mark::Open | Mark::Slash | Mark::Ampersand | Mark::Colon)
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
            && (matches!(
                self.what(at - 1),
                Some(What::Mark(Mark::Open | Mark::Colon))
            ) || matches!(self.key(at.saturating_sub(2)), "lady" | "gent"))
    }

    /// Whatever the kind of place makes of the room: in a home one dines in a dining room.
    fn in_facility(&self, room: &'static str, at: usize) -> &'static str {
        match (self.facility, room) {
            (Some("home"), "dining_area") => "dining_room",
            (Some("home"), "guest_room") if self.key(at).starts_with("guest") => "bedroom",
            _ => room,
        }
    }

    /// Whether `ladies` at `at` belongs to the room behind it: `ladies and gents toilets`,
    /// `ladies' locker room`.
    fn is_said_of_next(&self, at: usize) -> bool {
        let joined = matches!(
            self.what(at + 1),
            Some(
                What::Is(Meaning::And | Meaning::Or)
                    | What::Mark(Mark::Slash | Mark::Ampersand | Mark::Plus)
            )
        );
        let room = at + 1 + usize::from(joined);
        let key = self.key(room);
        self.is_room(room)
            && !matches!(key, "lady" | "gent")
            && (!joined
                || ["gent", "lady", "male", "female", "men", "women"]
                    .iter()
                    .any(|who| key.starts_with(who)))
    }

    /// A room: a new one, or one that was named before.
    pub(super) fn room(&mut self, at: usize, room: &'static str) -> Option<usize> {
        let mut pending = std::mem::take(&mut self.pending);
        let (token, last) = self.tokens_of(at);
        let first = pending.from.unwrap_or(token).min(token);
        let key = self.key(at).to_owned();
        self.describe(
            pending.unknown,
            first.max(token),
            "describes the room; its type is that of the words behind",
        );
        let mut room = room;
        if let Some(accessible) = pending.accessible {
            self.spend(accessible);
            if matches!(room, "toilet" | "bathroom" | "toilet_group") {
                room = "accessible_toilet";
            } else if room != "accessible_toilet" {
                let (first, last) = self.tokens_of(accessible);
                self.ignore(first, last, NOT_ACCESSIBLE);
            }
        }
        let room = self.in_facility(room, at);
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
            && (pending.the || !self.is_measured_behind(at) || self.is_only_mentioned(room))
            && !pending.another
            && !self.is_for_somebody(at)
            // `veg prep, non veg prep`: what is called otherwise is another.
            && pending.unknown.is_none_or(|(_, to)| to + 1 != token)
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
        let is_labelled = self.is_labelled(at);
        if is_labelled {
            self.spend(at + 1);
            self.at += 1;
        }
        if let Some(place) = self.seats_for_count(room, at, &mut pending) {
            self.noun = Noun::Item(place);
            self.noun_end = at;
            return Some(place);
        }
        if let Some(place) = self.counted_late(room, &key, &pending) {
            self.noun = Noun::Item(place);
            self.noun_end = at;
            return Some(place);
        }
        if let Some(place) = self.counted_by_people(room, &pending) {
            self.relate(place);
            self.finish_each(place, true);
            self.noun = Noun::Item(place);
            self.noun_end = at;
            return Some(place);
        }
        if room == "ward" && !self.is_negated {
            self.drop_beds_of_whole();
        }
        if let Some(place) = self.room_for(room, &key, at, &pending) {
            return Some(place);
        }
        let instead_of = self.instead_of.take();
        let says_more = self.has_more_to_say(at);
        let again = self
            .named_before(
                room,
                &key,
                pending.the || says_more || self.comes_after(at, Meaning::In),
            )
            .filter(|_| {
                is_plain
                    && !is_labelled
                    && !(pending.article
                        // `40 desks in an open plan area`.
                        && !(room == "open_office" && self.comes_after(at, Meaning::In))
                        && self.open_relation.is_none()
                        && self.each_of_next.is_none())
            })
            .filter(|place| !(pending.is_attached && self.is_of_another(*place)))
            // `3 bedrooms with attached toilets`: not the toilet that was named alone.
            .filter(|place| {
                let via = self.out.items.get(*place).and_then(|item| item.via);
                let own = self.host.is_some_and(|host| self.noun == Noun::Item(host));
                !(pending.is_attached && own && !pending.the && via.is_none())
            })
            // `maid's room with bathroom`: not that of the bedrooms named before.
            .filter(|place| {
                let own = self.host.is_some_and(|host| self.noun == Noun::Item(host));
                !(own && !pending.the && self.is_of_another(*place))
            })
            // The bathroom of a bedroom is not the one named alone behind it.
            .filter(|place| {
                let is_own = self.out.items.get(*place).is_some_and(|item| {
                    matches!(item.room, "bathroom" | "toilet" | "shower") && item.via.is_some()
                });
                !is_own || pending.the || pending.is_attached || self.open_relation.is_some()
            })
            .filter(|place| !self.is_other_gender(*place, &key, &pending))
            .filter(|place| !self.is_called_otherwise(*place, at))
            .or_else(|| self.over_slash(room, at));
        if again.is_none() && !self.is_negated {
            self.take_from_total(room, at, &mut pending);
            if self.is_some_of_those(at) {
                self.take_some(room, &pending);
            }
            self.say_side_by_side(room, at);
            self.take_from_bedrooms(room, at, &pending);
            self.take_from_same(room, at, &pending);
        }
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
        let sleeps = matches!(
            room,
            "bedroom" | "master_bedroom" | "guest_room" | "patient_room" | "room"
        );
        if pending.is_attached && sleeps && self.host.is_none() {
            // `3 ensuite bedrooms`: each has a bathroom of its own.
            if again.is_none() {
                let mut bath = Item::new("bathroom", "bathroom", first, last);
                bath.sure = Confidence::Synonym;
                bath.each_of.push(place);
                bath.via = Some(place);
                self.out.items.push(bath);
                let bath = self.out.items.len() - 1;
                self.attach_to(bath, place);
            }
        } else if pending.is_attached {
            self.attach(place, again.is_none() && pending.count.is_none());
        } else if again.is_none() && pending.count.is_none() {
            self.attach_bath(place);
        }
        self.noun = Noun::Item(place);
        self.noun_end = at + usize::from(is_labelled);
        if again.is_none() && !self.is_negated {
            self.divide(place);
        }
        if again.is_none()
            && let Some(other) = instead_of
        {
            self.leave_choice(place, other);
        }
        Some(place)
    }
}
