//! What each word and mark does.

use super::super::context::inside;
use super::super::item::{Item, Size};
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::token::Mark;
use super::facility::is_entry;
use super::{Noun, ONE_OF_THEM, Reader};

/// Where in the building a room is wanted, without another room that it is near.
pub(super) const NO_PLACE: &str = "a place in the building is not passed on to the solver";

impl Reader<'_> {
    pub(super) fn word(&mut self, at: usize, meaning: Meaning) {
        self.spend(at);
        if matches!(meaning, Meaning::Stop | Meaning::Other | Meaning::Each)
            && self.are_the_rest(at)
        {
            return;
        }
        match meaning {
            Meaning::Room(room) => self.room_word(at, room),
            Meaning::Either { room, facility } => self.room_or_whole(at, room, facility),
            // `for 4 barbers`: those who work there, not four shops.
            Meaning::Facility("salon")
                if self.key(at) == "barber" && self.pending.count.is_some() =>
            {
                if let Some((amount, first, last)) = self.pending.count.take() {
                    self.whole_is_for(amount, Seat::Staff, first, last);
                }
            }
            // `25 workplaces` are as many desks.
            Meaning::Facility("office")
                if self.key(at) == "workplace"
                    && self.pending.count.is_some()
                    && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural) =>
            {
                self.station(at, "open_office");
            }
            // `two kindergarten classes`: whose they are.
            Meaning::Facility(_)
                if self.pending.count.is_some()
                    && matches!(self.meaning(at + 1), Some(Meaning::Room(_)))
                    && self.lexemes.get(at + 1).is_some_and(|lexeme| lexeme.plural)
                    && (!self.out.items.is_empty() || self.out.whole.facility.is_some()) =>
            {
                let (first, last) = self.tokens_of(at);
                self.pending.begins(first);
                self.ignore(
                    first,
                    last,
                    "describes the room; its type is that of the words behind",
                );
            }
            Meaning::Facility(_) if self.lists_two(at) => {}
            Meaning::Facility(facility) => match inside(facility) {
                // `…, medical store, 2 toilets`: one room of the list.
                Some(room) if is_entry(self.lexemes, at) && !self.out.items.is_empty() => {
                    // `…, stationery store, …` sells nothing, unless it is one in a mall.
                    let keeps = facility == "retail"
                        && self.key(at).ends_with("store")
                        && self.facility != Some("retail");
                    self.room_word(at, if keeps { "store" } else { room });
                }
                _ => self.whole(at, facility),
            },
            Meaning::Station(room) => self.station(at, room),
            Meaning::Bhk => self.bhk(at, true),
            Meaning::Rk => self.bhk(at, false),
            Meaning::Noun => self.generic_noun(at),
            // `dining room, kitchen island, …`: the kitchen, where nobody names it otherwise.
            Meaning::Furnishing
                if self.key(at) == "kitchenisland"
                    && self.is_boundary(at + 1)
                    && !(self.lexemes.iter())
                        .any(|lexeme| lexeme.what == What::Is(Meaning::Room("kitchen"))) =>
            {
                self.room(at, "kitchen");
            }
            // `entry 3 sqm`: what has a size is a room.
            Meaning::Place
                if matches!(self.key(at), "entry" | "entrance")
                    && matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. })) =>
            {
                self.room(at, "lobby");
            }
            Meaning::Site if self.facility == Some("hotel") && self.key(at) == "suite" => {
                self.room(at, "guest_room");
            }
            // `3 suites` of a home are bedrooms.
            Meaning::Site
                if self.facility == Some("home")
                    && self.key(at) == "suite"
                    && self.pending.count.is_some() =>
            {
                self.room(at, "bedroom");
            }
            // `…, VIP suite, …` is an entry of a list that asks for something.
            Meaning::Site
                if self.key(at) == "suite"
                    && !self.out.items.is_empty()
                    && self.is_boundary(at + 1)
                    && !self.pending.the =>
            {
                let (first, last) = self.tokens_of(at);
                self.ignore(first, last, "names no room by itself");
            }
            // `two floors: …` counts none of the rooms on them.
            Meaning::Site if self.key(at) == "floor" && self.pending.count.is_some() => {
                let (own, last) = self.tokens_of(at);
                let first = self.pending.count.map_or(own, |(_, first, _)| first);
                self.pending = super::pending::Pending::default();
                self.ignore(first, last, NO_PLACE);
            }
            Meaning::Site => self.set_noun(Noun::Site, at),
            Meaning::Relation(relation) => self.relation(at, relation),
            Meaning::Attached => self.attached(at),
            Meaning::Mutual => self.mutual(at),
            Meaning::Each => self.each(at),
            Meaning::With => {
                // In `1 with a bath` the number waits for the bath.
                if at > 0 && !matches!(self.what(at - 1), Some(What::Count(_))) {
                    self.drop_count();
                }
                self.with(at);
            }
            Meaning::And => self.and(at),
            Meaning::But => {
                self.end_phrase();
                self.is_negated = false;
            }
            Meaning::No if self.are_all_except(at) => {}
            Meaning::No if self.is_no_behind(at) => {
                if let Some(place) = self.last_item() {
                    self.exclude(place);
                }
                self.noun_end = Some(at);
            }
            // `for 6 - no, 8 - and`.
            Meaning::No
                if self.key(at) == "no"
                    && self.what(at + 1) == Some(What::Mark(Mark::Comma))
                    && matches!(self.what(at + 2), Some(What::Count(_)))
                    && (self.is_boundary(at + 3)
                        || self.what(at + 3) == Some(What::Mark(Mark::Hyphen))
                        // `10 desks - no, 12 desks`.
                        || self.is_room(self.past_adjectives(at + 3)))
                    && self.last_item().is_some() =>
            {
                self.correct(at);
            }
            Meaning::No => {
                self.end_phrase();
                self.is_negated = true;
                // `must not have: a smoking room, a gym`.
                if self.heads_list(at) && !self.key(at).starts_with("without") {
                    self.spend(at + 1);
                    self.at = at + 2;
                    self.is_list_negated = true;
                }
            }
            Meaning::NotNeeded => self.not_needed(at),
            Meaning::Optional => self.optional(at),
            Meaning::Correction => self.correct(at),
            Meaning::Reason => self.reason(at),
            Meaning::UsedAs if self.becomes_another(at) => {}
            Meaning::UsedAs => self.used_as(at),
            Meaning::Relative => {
                let (first, last) = self.tokens_of(at);
                self.ignore(first, last, "a size in terms of another is not passed on");
            }
            Meaning::Not => self.not(at),
            Meaning::Article => self.pending.article = true,
            Meaning::The => self.pending.the = true,
            // `a meeting room for 10 and another for 6`.
            Meaning::Other
                if self.key(at) == "another"
                    && (matches!(
                        self.meaning(at + 1),
                        Some(Meaning::Relation(_) | Meaning::With | Meaning::In | Meaning::No)
                    ) || (self.meaning(at + 1) == Some(Meaning::For)
                        && matches!(
                            self.what(at + 2),
                            Some(What::Count(_) | What::Seats(..))
                        )))
                    && self.last_item().is_some() =>
            {
                self.another_of_kind(at);
            }
            Meaning::Other => {
                self.pending.another = true;
                if self.key(at) == "another" {
                    self.pending.another_at = Some(at);
                }
            }
            Meaning::Vague if self.as_many(at) => {}
            Meaning::Vague => self.pending.vague = Some(at),
            Meaning::Large => self.size(at, Size::Large),
            Meaning::Small => self.size(at, Size::Small),
            Meaning::Male | Meaning::Female => self.gender(at, meaning == Meaning::Male),
            Meaning::Accessible => self.accessible(at),
            Meaning::Daylight => self.daylight(at),
            Meaning::Total => self.total(),
            Meaning::Seats(seat) => self.bare_seats(at, seat),
            // A basin at a hairdresser's is where hair is washed.
            Meaning::Furnishing
                if self.facility == Some("salon")
                    && matches!(self.key(at), "washbasin" | "basin")
                    && (self.pending.count.is_some()
                        || matches!(self.what(at + 1), Some(What::Count(_)))
                        || (matches!(
                            self.what(at + 1),
                            Some(What::Mark(Mark::Times | Mark::Colon) | What::Is(Meaning::Cross))
                        ) && matches!(self.what(at + 2), Some(What::Count(_))))) =>
            {
                self.station(at, "shampoo");
            }
            // The beds of a parlour are where it treats.
            Meaning::Furnishing
                if self.facility == Some("salon")
                    && self.key(at).ends_with("bed")
                    && self.pending.count.is_some()
                    // `1 facial bed in a cabin` has its room.
                    && self.meaning(at + 1) != Some(Meaning::In) =>
            {
                self.station(at, "treatment_room");
            }
            // Tables of a nail studio are where it works.
            Meaning::Furnishing
                if self.facility == Some("salon")
                    && self.key(at) == "table"
                    && self.pending.count.is_some()
                    && (self.lexemes.iter()).any(|lexeme| lexeme.key.starts_with("nail")) =>
            {
                self.station(at, "nail_bar");
            }
            // Counted counters of a bank are where it is served.
            Meaning::Furnishing
                if self.facility == Some("bank")
                    && self.key(at).ends_with("counter")
                    && self.pending.count.is_some() =>
            {
                self.station(at, "teller_area");
            }
            Meaning::Furnishing => self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            ),
            Meaning::Unbuilt => {
                self.thing(at, "is not laid out as a room");
                self.take_number_of_unbuilt(at);
                // What follows is said of it: `parking for 2 cars`.
                self.noun = Noun::Unknown;
                self.noun_end = Some(at);
            }
            // `MRI centre` is a place with such a room, or with several.
            Meaning::Place if self.key(at) == "centre" && self.touches_noun(at) => {
                self.centre(at);
            }
            // `cafe corner`.
            Meaning::Place if self.key(at) == "corner" && self.touches_noun(at) => {
                self.generic_noun(at);
            }
            Meaning::Place => {
                let (mut first, last) = self.tokens_of(at);
                // `a 2 storey house`.
                if [
                    "storey",
                    "floor",
                    "level",
                    "story",
                    "storied",
                    "storeyed",
                    "formentry",
                    "formofentry",
                ]
                .iter()
                .any(|noun| self.key(at).starts_with(noun))
                    && let Some((_, from, _)) = self.pending.count.take()
                {
                    first = from;
                }
                self.open_relation = None;
                self.ignore(first, last, NO_PLACE);
                // `first floor: …` heads rooms of its own.
                let is_floor = matches!(self.key(at), "gf" | "ff" | "sf")
                    || ["floor", "level", "storey", "basement"]
                        .iter()
                        .any(|noun| self.key(at).contains(noun));
                if is_floor
                    && matches!(
                        self.what(at + 1),
                        Some(What::Mark(Mark::Colon | Mark::Hyphen))
                    )
                {
                    self.floor = self.out.items.len();
                }
            }
            Meaning::Wide | Meaning::High => {}
            // `M/F/DDA WCs`.
            Meaning::Length(_) if self.key(at) == "m" && self.one_of_each(at) => {}
            // `toilets (M/F)`.
            Meaning::Length(_)
                if self.key(at) == "m"
                    && matches!(
                        self.what(at + 1),
                        Some(What::Mark(Mark::Slash | Mark::Ampersand | Mark::Plus))
                            | Some(What::Is(Meaning::And))
                    )
                    && self.meaning(at + 2) == Some(Meaning::Female)
                    && self.is_room(at + 3) =>
            {
                self.gender(at, true);
            }
            Meaning::Length(_)
                if self.key(at) == "m"
                    && self
                        .last_item()
                        .and_then(|place| self.out.items.get(place))
                        .is_some_and(Item::is_by_gender) =>
            {
                self.gender(at, true);
            }
            // `(all sizes in feet)`.
            Meaning::Length(_) if self.comes_after_mark(at, Mark::Open) => {}
            Meaning::Length(_)
                if matches!(
                    self.key(at.saturating_sub(1)),
                    "all"
                        | "in"
                        | "allin"
                        | "are"
                        | "dimension"
                        | "size"
                        | "sizein"
                        | "unit"
                        | "measurement"
                ) => {}
            Meaning::Money => {
                let (first, last) = self.tokens_of(at);
                self.conflict(first, last, "a currency without a number");
            }
            Meaning::Area(_) | Meaning::Length(_) => {
                let (first, last) = self.tokens_of(at);
                self.conflict(first, last, "a unit without a number");
            }
            Meaning::Style
                if self.key(at) == "single"
                    && matches!(self.meaning(at + 1), Some(Meaning::Facility("clinic")))
                    && self.key(at + 1).starts_with("doctor") =>
            {
                let (first, last) = self.tokens_of(at);
                self.whole_is_for(ONE_OF_THEM, Seat::Doctor, first, last);
            }
            // `a single doctor clinic`.
            Meaning::Style
                if matches!(self.key(at), "single" | "solo")
                    && matches!(
                        self.meaning(at + 1),
                        Some(Meaning::Seats(Seat::Doctor | Seat::Chair))
                    ) =>
            {
                let (first, last) = self.tokens_of(at);
                self.pending.count = Some((ONE_OF_THEM, first, last));
                self.pending.begins(first);
            }
            // `instead of a reception we want a lounge`: what comes is wanted.
            Meaning::Stop
                if self.is_negated
                    && ["want", "prefer", "like", "wish"]
                        .iter()
                        .any(|verb| self.key(at).ends_with(verb))
                    && (self.last_item().and_then(|place| self.out.items.get(place)))
                        .is_some_and(|item| item.is_excluded) =>
            {
                self.is_negated = self.is_list_negated;
            }
            Meaning::Stop if self.is_made_into_another(at) => {}
            // `2 privates` are offices.
            Meaning::Style
                if self.key(at) == "private"
                    && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
                    && self.is_boundary(at + 1) =>
            {
                self.room(at, "private_office");
            }
            Meaning::Style => {}
            // `a toilet on either side of the hall`.
            Meaning::Or if self.key(at) == "either" && self.are_on_each_side(at) => {}
            Meaning::Or => self.or(at),
            // `a flat above a shop`: the shop is another place.
            Meaning::AtLeast | Meaning::AtMost
                if matches!(self.key(at), "above" | "over" | "below" | "under")
                    && self.meaning(at + 1) == Some(Meaning::Article)
                    && self.noun == Noun::Whole
                    && matches!(
                        self.meaning(at + 2),
                        Some(Meaning::Facility(_) | Meaning::Either { .. } | Meaning::Room(_))
                    ) =>
            {
                let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 2).1);
                self.at = at + 3;
                self.ignore(first, last, NO_PLACE);
            }
            Meaning::AtLeast
            | Meaning::AtMost
            | Meaning::About
            | Meaning::Cross
            | Meaning::Of
            | Meaning::Percent
            | Meaning::Stop => {}
            // `of which 8 in a quiet zone`: the number counts no zones.
            Meaning::In if self.stand_in_groups(at) => {}
            Meaning::In | Meaning::For => self.drop_count(),
        }
    }

    pub(super) fn mark(&mut self, at: usize, mark: Mark) {
        self.spend(at);
        match mark {
            Mark::Comma if self.adjectives_go_on(at) => {}
            Mark::Comma => {
                self.tell_empty_entry(at);
                // `preferably 4,` says nothing of what comes.
                let is_optional = self.pending.is_optional && !self.pending.describes();
                self.end_phrase();
                // `and, if space permits, a lounge`.
                self.pending.is_optional = is_optional;
                self.is_negated = self.is_list_negated;
                // `3 bedrooms, each with …` begins after the comma; so does `… for each, …`.
                if self.meaning(self.at) != Some(Meaning::With) && !self.each_has_all_of(at) {
                    self.for_each = None;
                    self.also_each.clear();
                }
            }
            Mark::Plus | Mark::Ampersand => self.and(at),
            Mark::Stop | Mark::Line => {
                self.tell_empty_entry(at);
                self.end_sentence();
            }
            Mark::Open if self.are_names_in_brackets(at) => {}
            Mark::Close => self.accessible_of_them(),
            Mark::Colon => {
                // `without a pharmacy: reception, …`.
                self.is_negated = false;
                self.name_in_title(at);
                // `tech hub: 24 developers`: a title, of which no number is said.
                if self.noun == Noun::Unknown && matches!(self.what(self.at), Some(What::Seats(..)))
                {
                    self.noun = Noun::Nothing;
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn an_island_stands_in_a_kitchen() {
        for (prompt, rooms) in [
            (
                "3 bedrooms, kitchen island, walk-in pantry",
                "bedroom:3 kitchen:1 pantry:1",
            ),
            ("kitchen with kitchen island, pantry", "kitchen:1 pantry:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
