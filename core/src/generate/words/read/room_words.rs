//! Words that name rooms, before it is decided whether they ask for one.

use super::super::context::room_in;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    pub(super) fn room_word(&mut self, at: usize, room: &'static str) {
        // `kitchen and dining in one open space` names no other room, nor does `please plan rooms:`.
        let is_asked = self.key(at) == "planroom"
            && self.out.items.is_empty()
            && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if self.is_where_desks_are(at, room) {
            return;
        }
        if is_asked || (self.key(at) == "openspace" && self.is_within(at)) {
            return self.generic_noun(at);
        }
        // `2 bedroom cabin with …`: a small house.
        let is_house = self.key(at) == "cabin"
            && self.out.items.len() == 1
            && self.touches_noun(at)
            && (self.out.items.first())
                .is_some_and(|item| item.room == "bedroom" && item.amount.is_some());
        if is_house {
            return self.whole(at, "home");
        }
        // `12 desks in the studio`: where they stand.
        if self.key(at) == "studio"
            && self.pending.the
            && self.is_within(at)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room == "open_office" && item.seats.is_some())
        {
            let (_, last) = self.tokens_of(at);
            if let Some(item) = self.last_item().and_then(|place| self.item_mut(place)) {
                item.last = item.last.max(last);
            }
            self.noun_end = Some(at);
            return;
        }
        // `…, a kitchen, shower and toilet` lists two; a room with those has one for both.
        let of_host = self.host.is_some()
            && (self.at_before(at).checked_sub(1))
                .is_some_and(|before| self.meaning(before) == Some(Meaning::With));
        if self.key(at) == "showerandtoilet"
            && !of_host
            && !matches!(self.facility, Some("home" | "hotel"))
            && self.pending.count.is_none()
        {
            self.room(at, "shower");
            self.room(at, "toilet");
            return;
        }
        if matches!(self.key(at), "lady" | "gent") && self.one_of_each(at) {
            return;
        }
        if self.is_toilet_apart(at)
            || self.counts_toilets_before(at)
            || self.changes_by_gender(at, room)
            || self.waits_apart(at, room)
        {
            return;
        }
        if self.counts_own_toilets(at) || self.is_counted_toilet_list(at) {
            self.room(at, "toilet");
            return;
        }
        if matches!(self.key(at), "lady" | "gent")
            && (self.says_who(at) || self.is_said_of_next(at))
        {
            return self.gender(at, self.key(at) == "gent");
        }
        // `ladies 2 wc`: whose they are.
        if matches!(self.key(at), "lady" | "gent")
            && matches!(self.what(at + 1), Some(What::Count(_)))
            && matches!(self.meaning(at + 2), Some(Meaning::Room(room)) if Item::new(room, "", 0, 0).is_by_gender())
            && !matches!(self.key(at + 2), "lady" | "gent")
        {
            return self.pending.begins(self.tokens_of(at).0);
        }
        // `4 gents chairs`: of those who sit there.
        if matches!(self.key(at), "lady" | "gent")
            && matches!(
                self.meaning(at + 1),
                Some(Meaning::Seats(_) | Meaning::Station(_))
            )
            && self.key(at + 1).contains("chair")
        {
            let Some((amount, first, _)) = self.pending.count.take() else {
                return self.pending.begins(self.tokens_of(at).0);
            };
            let (_, last) = self.tokens_of(at + 1);
            self.at = at + 2;
            let known = (self.out.items.iter())
                .position(|item| item.room == "salon_floor" && item.seats_of_whole);
            if let Some(item) = known.and_then(|place| self.item_mut(place))
                && let Some(seats) = &mut item.seats
            {
                seats.low.0 = seats.low.0.saturating_add(amount.low.0);
                seats.high.0 = seats.high.0.saturating_add(amount.high.0);
                item.last = item.last.max(last);
                return self.spend_tokens(first, last);
            }
            return self.whole_is_for(amount, Seat::Chair, first, last);
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
        if room == "private_office" && (self.is_title_of_list(at) || self.is_office_title(at)) {
            return self.whole(at, "office");
        }
        if self.heads_text(at, room) {
            return;
        }
        if let Some(facility) = self.is_said_to_be(at, room) {
            return self.whole(at, facility);
        }
        if self.stands_in_bathroom(at, room) || self.is_fitting(at) {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `40 desks (hot-desking)`: another word for them.
        let opened = self.at_before(at);
        if !self.pending.describes()
            && self.comes_after_mark(opened, Mark::Open)
            && self.touches_noun(opened - 1)
            && self.what(at + 1) == Some(What::Mark(Mark::Close))
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room == room)
        {
            self.noun_end = Some(at);
            return;
        }
        // `HR wants: interview rooms, …`: who asks.
        if matches!(self.key(at), "hr" | "account" | "admin" | "finance" | "it")
            && self.meaning(at + 1) == Some(Meaning::With)
            && self.key(at + 1).starts_with("want")
            && !self.pending.describes()
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(first, last, "who asks for a room is no room");
        }
        // `a 50-key hotel`: how many rooms the whole has.
        if self.key(at) == "key" && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural) {
            let (own, last) = self.tokens_of(at);
            let first = self.pending.count.map_or(own, |(_, first, _)| first);
            self.pending = super::pending::Pending::default();
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        if self.is_called_so(at) {
            return self.unknown(at);
        }
        // `a studio flat with a sleeping nook`: a part of the one room.
        if self.key(at) == "sleepingarea"
            && self.pending.count.is_none()
            && (self.out.items.iter()).any(|item| item.room == "studio_room")
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(first, last, "a part of the room that is named before");
        }
        if self.works_in_hall(at) {
            self.room(at, "open_office");
            return;
        }
        // `2 shampoo`, `3 backwash`: so many basins.
        if self.facility == Some("salon")
            && matches!(self.key(at), "shampoo" | "backwash")
            && (self.pending.count).is_some_and(|(amount, ..)| amount.high > Number::whole(1))
        {
            return self.station(at, "shampoo");
        }
        // `ops 6` of an office has nothing to do with operatories.
        if self.key(at) == "op"
            && !matches!(self.facility, None | Some("clinic" | "dental_clinic"))
            && matches!(self.what(at + 1), Some(What::Count(_)))
        {
            return self.unknown(at);
        }
        // Nor has `ops manager's room`.
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
        // `an accounting office for 8 people with …` is the whole.
        let many = match self.what(at + 2) {
            Some(What::Count(amount) | What::Seats(amount, _)) => {
                amount.low > Number::whole(super::numbers::MOST_OF_ONE)
            }
            _ => false,
        };
        if room == "private_office"
            && many
            && self.key(at).ends_with("office")
            && (self.meaning(at + 1) == Some(Meaning::For)
                // `with 10 accountants`, too.
                || (self.meaning(at + 1) == Some(Meaning::With)
                    && matches!(self.what(at + 2), Some(What::Seats(_, Seat::Staff)))))
            && self.names_whole(at, "office")
        {
            return self.whole(at, "office");
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
            && matches!(
                self.meaning(at + 1),
                // `2 loading bay offices`, too.
                Some(Meaning::Room(_) | Meaning::Either { .. })
            )
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the room; its type is that of the words behind",
            );
        }
        // `6 drawing desks`, too.
        if is_many
            && !plural(at)
            && plural(at + 1)
            && matches!(self.meaning(at + 1), Some(Meaning::Station(_)))
            && self.meaning(at + 1) != Some(Meaning::Station(room))
            && self.key(at + 1).ends_with("desk")
            && !self.key(at).ends_with("room")
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
        // `four bedrooms (principal with …)`.
        let of_bedrooms = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.room == "bedroom");
        if matches!(self.key(at), "principal" | "main")
            && self.comes_after_mark(at, Mark::Open)
            && of_bedrooms
        {
            self.room(at, "master_bedroom");
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
            self.noun_end = Some(at);
            return;
        }
        // `an exam room for minor procedures`: what it is for.
        if self.is_purpose(at) {
            let (first, last) = self.tokens_of(at);
            self.noun_end = Some(at);
            return self.ignore(first, last, "what a room is for does not change its type");
        }
        // `hospital ward floor: …`: a title.
        let heads = (0..at).all(
            |before| !matches!(self.what(before), Some(What::Mark(mark)) if mark != Mark::Hyphen),
        );
        if heads
            && self.meaning(at + 1) == Some(Meaning::Site)
            && self.what(at + 2) == Some(What::Mark(Mark::Colon))
            && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
        {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            self.at = at + 2;
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        if let Some(end) = self.end_of_block_title(at) {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
            self.at = end + 1;
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        // `hotel back of house: staff canteen, …`, `town hall: reception, …`: titles, too.
        let is_title = self.key(at) == "backofhouse" || (self.key(at) == "townhall" && heads);
        // `staff facilities for a factory: locker rooms, …`
        if self.key(at) == "stafffacility" && heads && self.meaning(at + 1) == Some(Meaning::For) {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        if is_title && self.what(at + 1) == Some(What::Mark(Mark::Colon)) {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        // `physiotherapy and pilates studio: …`
        let joined = matches!(
            self.what(at + 1),
            Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand))
        );
        if (heads || self.out.items.is_empty())
            && joined
            && !self.pending.describes()
            && matches!(
                self.meaning(at + 2),
                Some(Meaning::Facility(_) | Meaning::Either { .. })
            )
            && self.what(at + 3) == Some(What::Mark(Mark::Colon))
        {
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        if self.describes_next(at, room) {
            let (first, last) = self.tokens_of(at);
            self.pending.begins(first);
            return self.ignore(
                first,
                last,
                "describes the room; its type is that of the words behind",
            );
        }
        // `physiotherapy clinic`: what it is for names the place.
        // `cold storage warehouse with …`
        let heads_place = match self.meaning(at + 1) {
            // `kitchen diner, …` lists two rooms of a home.
            Some(Meaning::Facility(_)) if self.key(at + 1) == "diner" => room != "kitchen",
            Some(Meaning::Facility(_)) => true,
            Some(Meaning::Either { .. }) => matches!(
                self.what(at + 2),
                Some(What::Is(Meaning::With) | What::Mark(Mark::Colon))
            ),
            _ => false,
        };
        if heads_place && self.out.items.is_empty() && !self.pending.describes() {
            return self.pending.begins(self.tokens_of(at).0);
        }
        // `ladies hostel`, `gents parlour`: not known, and no toilet.
        if matches!(self.key(at), "lady" | "gent")
            && matches!(
                self.what(at + 1),
                // `ladies gym with …`, too.
                Some(What::Unknown | What::Is(Meaning::Facility(_) | Meaning::Either { .. }))
            )
        {
            return self.pending.begins(self.tokens_of(at).0);
        }
        // `a model-making workshop` of an office is no training.
        let is_made_for =
            (self.pending.unknown).is_some_and(|(_, to)| to + 1 == self.tokens_of(at).0);
        match room_in(self.facility, self.key(at), room) {
            Meaning::Room("training_room") if is_made_for => {
                self.room(at, room);
            }
            Meaning::Room(room) => {
                self.room(at, room);
            }
            Meaning::Station(room) => self.station(at, room),
            // `sales 45, store 15`: what has a size is a room, wherever that is.
            Meaning::Style
                if matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }))
                    && self.facility.is_none() =>
            {
                self.room(at, room);
            }
            Meaning::Style => {}
            _ => self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            ),
        }
    }

    /// Whether the room at `at` only says what the one before is for: it stands right behind `for`,
    /// with nothing of its own.
    pub(super) fn is_purpose(&self, at: usize) -> bool {
        at > 0
            && self.meaning(at - 1) == Some(Meaning::For)
            && !self.pending.describes()
            && !self.pending.the
            && !self.pending.article
            && self.is_one_past_noun(at)
            && !self.is_measured_behind(at)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room != "room")
    }

    pub(super) fn in_facility(&self, room: &'static str, at: usize) -> &'static str {
        match (self.facility, room) {
            (Some("home"), "dining_area") => "dining_room",
            (Some("home"), "guest_room") if self.key(at).starts_with("guest") => "bedroom",
            // `playgroup, nursery, LKG, UKG`: the classes of those who are four.
            (Some("school" | "preschool"), "play_area")
                if self.key(at) == "nursery"
                    && (self.lexemes.iter()).any(|lexeme| {
                        matches!(
                            lexeme.key.as_str(),
                            "lkg" | "ukg" | "playgroup" | "juniorkg" | "seniorkg" | "jrkg" | "srkg"
                        )
                    }) =>
            {
                "classroom"
            }
            (Some("retail"), "changing_room") if self.try_clothes_on(at) => "fitting_room",
            _ => room,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_sleeping_nook_is_a_part_of_a_studio_flat() {
        let (prompt, rooms) = (
            "studio flat with kitchenette, bathroom and a sleeping nook",
            "studio_room:1 pantry:1 bathroom:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn a_cabin_with_bedrooms_is_a_house() {
        for (prompt, rooms) in [
            ("2 bedroom cabin, kitchen", "bedroom:2 kitchen:1"),
            ("2 cabins, kitchen", "private_office:2 kitchen:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
