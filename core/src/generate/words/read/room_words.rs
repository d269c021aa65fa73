//! Words that name rooms, before it is decided whether they ask for one.

use super::super::context::room_in;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

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
            && self.meaning(at + 1) == Some(Meaning::For)
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
    pub(super) fn is_purpose(&self, at: usize) -> bool {
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
    pub(super) fn says_who(&self, at: usize) -> bool {
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
    pub(super) fn in_facility(&self, room: &'static str, at: usize) -> &'static str {
        match (self.facility, room) {
            (Some("home"), "dining_area") => "dining_room",
            (Some("home"), "guest_room") if self.key(at).starts_with("guest") => "bedroom",
            _ => room,
        }
    }

    /// Whether `ladies` at `at` belongs to the room behind it: `ladies and gents toilets`,
    /// `ladies' locker room`.
    pub(super) fn is_said_of_next(&self, at: usize) -> bool {
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
}
