//! Whether a word such as `office` names the whole or one of its rooms.

use super::super::context::usual;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::whole::LARGEST_ROOM_MM2;
use super::{Noun, Reader};

/// An office for more people than this is no room among others.
const MOST_IN_ONE_OFFICE: i64 = 11;

fn usual_in(facility: &str, room: &str) -> bool {
    usual(facility).is_some_and(|usual| usual.rooms.iter().any(|(other, _)| *other == room))
}

impl Reader<'_> {
    /// `office`: the whole at the head of a sentence, a room in a list.
    pub(super) fn room_or_whole(&mut self, at: usize, room: &'static str, facility: &'static str) {
        // `salon: 10 x 30 ft shop, 4 chairs`: how large it is.
        let is_shell = self.out.whole.facility.is_some()
            && self.out.items.is_empty()
            && matches!(self.key(at), "shop" | "unit" | "showroom" | "store")
            && self.out.whole.area.is_none()
            && self.out.whole.sides.is_none();
        if is_shell
            && let Some((sides, first, last)) = self.pending.sides
            && self.pending.count.is_none()
        {
            self.pending = super::pending::Pending::default();
            self.set_site_sides(sides, first, last);
            return self.set_noun(Noun::Whole, at);
        }
        // `convert a flat into an office: 6 desks, …`.
        let is_made_into = self.out.items.is_empty()
            && self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && (self.at_before(at).checked_sub(1))
                .is_some_and(|into| matches!(self.key(into), "into" | "to"));
        if is_made_into && self.out.whole.facility.is_some() {
            self.facility = Some(facility);
            let (first, last) = self.tokens_of(at);
            return self.ignore(
                first,
                last,
                "describes the place, which is planned by its rooms",
            );
        }
        if self.is_title_of_list(at) {
            return self.whole(at, facility);
        }
        if self.names_whole(at, facility) {
            // Where somebody sleeps, a studio is a flat.
            let is_flat = facility == "studio" && self.facility == Some("home");
            self.whole(at, if is_flat { "home" } else { facility });
        } else {
            self.room_word(at, room);
        }
    }

    /// `distribution warehouse offices: reception, …`: a plural that heads the list of its rooms.
    pub(super) fn is_title_of_list(&self, at: usize) -> bool {
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let mut next = self.past_adjectives(at + 2);
        if matches!(self.what(next), Some(What::Count(_))) {
            next = self.past_adjectives(next + 1);
        }
        plural
            && self.out.items.is_empty()
            && !self.pending.describes()
            && !self.is_negated
            && self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && self.is_room(next)
            // `Offices: one executive office`: told apart.
            && self.meaning(next) != self.meaning(at)
            && !self.meaning(next).zip(self.meaning(at)).is_some_and(|(a, b)| a.is_like(b))
    }

    pub(super) fn names_whole(&self, at: usize, facility: &str) -> bool {
        // `gym cardio weights yoga room`: what heads a list without commas of its own zones.
        if at == 0
            && self.is_telegram()
            && matches!((self.meaning(at), self.meaning(at + 1)),
                (Some(Meaning::Either { room, .. }), Some(Meaning::Room(next))) if room == next)
        {
            return true;
        }
        let many = self
            .pending
            .count
            .is_some_and(|(amount, _, _)| amount.high.0 > ONE);
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let named = self.out.whole.facility.is_some();
        let follows = self.touches_noun(self.at_before(at));
        // `architect's studio office` names one place in several words.
        if self.noun == Noun::Whole
            && follows
            && self.out.items.is_empty()
            // `factory canteen for 90, kitchen`: the room of those who work there.
            && facility != "canteen"
            && !matches!(self.what(at + 1), Some(What::Count(_)))
        {
            return true;
        }
        // `offices for 12 people: 3 rooms …`.
        let is_offices = plural
            && facility == "office"
            && !many
            && !named
            && self.out.items.is_empty()
            && self.meaning(at + 1) == Some(Meaning::For)
            && matches!(
                self.what(at + 2),
                Some(What::Count(_) | What::Seats(_, Seat::Person | Seat::Staff))
            )
            && matches!(
                self.what(at + 3),
                Some(What::Mark(Mark::Colon | Mark::Hyphen))
            );
        // `a pizzeria with a bar for 12`: one of its rooms.
        let is_inside = facility != "office"
            && (self.at_before(at).checked_sub(1))
                .is_some_and(|with| self.meaning(with) == Some(Meaning::With));
        // `our company needs an office for 40: …`.
        let for_many = named
            && !is_inside
            && !plural
            && !many
            && self.out.items.is_empty()
            && self.out.whole.facility.map(|(known, ..)| known) == Some(facility)
            && self.meaning(at + 1) == Some(Meaning::For)
            && matches!(
                self.what(at + 2),
                Some(What::Count(amount) | What::Seats(amount, _))
                    if amount.low > Number::whole(super::numbers::MOST_OF_ONE)
            );
        // `one toilet per 10 people, an office for 40`.
        let for_all = !named
            && !plural
            && !many
            && matches!(facility, "office" | "coworking")
            && (self.meaning(at + 1) == Some(Meaning::For)
                // `an office of 75 staff`, too.
                || (self.meaning(at + 1) == Some(Meaning::Of)
                    && matches!(self.what(at + 2), Some(What::Seats(..)))))
            && matches!(
                self.what(at + 2),
                Some(What::Count(amount) | What::Seats(amount, _))
                    if amount.low > Number::whole(MOST_IN_ONE_OFFICE)
            );
        // `office: 4, meeting room: 2`: so many rooms.
        let counted_behind = self.what(at + 1) == Some(What::Mark(Mark::Colon))
            && matches!(self.what(at + 2), Some(What::Count(_)))
            && matches!(
                self.what(at + 3),
                None | Some(What::Mark(Mark::Comma | Mark::Line))
            );
        // `office (2), wc (3)`, too.
        let in_brackets = self.what(at + 1) == Some(What::Mark(Mark::Open))
            && matches!(self.what(at + 2), Some(What::Count(_)))
            && self.what(at + 3) == Some(What::Mark(Mark::Close))
            && matches!(
                self.what(at + 4),
                None | Some(What::Mark(Mark::Comma | Mark::Line))
            );
        // `1 office, 2 toilets`: whoever counts one counts rooms.
        let is_counted = (self.pending.count.is_some() && !many && facility == "office")
            && self.last_item().is_none()
            && match self.what(at + 1) {
                None | Some(What::Is(Meaning::And)) => true,
                Some(What::Mark(mark)) => mark.ends_phrase(),
                _ => false,
            };
        if counted_behind || in_brackets || is_counted {
            return false;
        }
        // `our start-up (18 people) needs an office: …`.
        let heads_all = named
            && !plural
            && !many
            && self.out.items.iter().all(|item| item.seats_of_whole)
            && self.out.whole.facility.map(|(known, ..)| known) == Some(facility)
            && self.what(at + 1) == Some(What::Mark(Mark::Colon));
        // `a two-storey office, …`.
        let has_storeys = at > 0
            && self.meaning(at - 1) == Some(Meaning::Place)
            && ["storey", "story", "floor"]
                .iter()
                .any(|noun| self.key(at - 1).contains(noun))
            && self.out.items.is_empty()
            && !named;
        // `reception, 3 surgeries and a staff room for a dental surgery`.
        let is_what_for = !named
            && !plural
            && self.pending.article
            && self.last_item().is_some()
            && (self.at_before(at).checked_sub(1))
                .is_some_and(|before| self.meaning(before) == Some(Meaning::For))
            && matches!(self.what(at + 1), None | Some(What::Mark(Mark::Stop)));
        if is_offices || for_many || for_all || heads_all || has_storeys || is_what_for {
            return true;
        }
        if many
            || plural
            || named
            || self.is_negated
            // `if there is space, a gym; …`.
            || self.pending.is_optional
            || self.open_relation.is_some()
            || self.inverse.is_some()
        {
            // `the office`, of an office; `the lab` of a dentist is a room.
            let is_same = self.out.whole.facility.map(|(known, ..)| known) == Some(facility);
            return self.pending.the && is_same && !many && !plural;
        }
        // `10 workstation office`: what stands before describes it, with nothing in between.
        // `office 12 sqm store 6 sqm` lists rooms.
        let is_size =
            at > 0 && matches!(self.what(at - 1), Some(What::Area(_) | What::Dims { .. }));
        // `… kitchen hall pooja store`: of a list without commas, too.
        const LEAST_LISTED: usize = 3;
        let is_listed = self.out.items.len() >= LEAST_LISTED && self.is_telegram();
        if self.last_item().is_some() && follows && !is_size && !is_listed {
            return true;
        }
        // `3 rooms and a toilet in 600 sq ft shop`.
        if let Some((_, first, _)) = self.pending.area
            && (1..=at)
                .any(|area| self.tokens_of(area).0 == first && self.comes_after(area, Meaning::In))
        {
            return true;
        }
        // What an earlier sentence does not want leaves the whole to be named.
        if self.out.items.len() > self.sentence
            || self.out.items.iter().any(|item| !item.is_excluded)
        {
            return false;
        }
        // `no windows needed in the store`: one of its rooms.
        let mut within = at;
        while within > 0 && matches!(self.meaning(within - 1), Some(Meaning::The)) {
            within -= 1;
        }
        if within > 1
            && self.meaning(within - 1) == Some(Meaning::In)
            && self.meaning(within - 2) == Some(Meaning::Stop)
            && !self.pending.describes()
            && self.is_boundary(at + 1)
        {
            return false;
        }
        let is_large = |mm2: i64| mm2 > LARGEST_ROOM_MM2;
        // `pharmacy store of 400 sq ft`: two words for one place.
        if matches!(
            self.meaning(at + 1),
            Some(Meaning::Facility(_) | Meaning::Either { .. })
        ) && self.is_described_whole(at + 1)
        {
            return true;
        }
        let large = self
            .pending
            .area
            .is_some_and(|(span, _, _)| is_large(span.low));
        // `store of 2.5 x 3 m` is a room, `office of 2,500 sq ft` is not.
        let own = (at + 1..=at + 3).take_while(|next| !self.is_room(*next));
        let measure = own.into_iter().find_map(|next| match self.what(next)? {
            What::Area(span) => Some(span.low),
            What::Dims { sides: [a, b], .. } => Some(a.saturating_mul(b) / 100),
            _ => None,
        });
        let next = self.what(at + 1);
        let is_measured = matches!(
            next,
            Some(
                What::Is(Meaning::Of | Meaning::Stop)
                    | What::Area(_)
                    | What::Dims { .. }
                    | What::Mark(Mark::Colon | Mark::Hyphen | Mark::Open | Mark::Comma)
            )
        );
        // `office (60 sqm): 6 desks, …`.
        let heads = (at + 1..=at + 4)
            .take_while(|next| !self.is_room(*next))
            .any(|next| self.what(next) == Some(What::Mark(Mark::Colon)));
        if measure.is_some() && is_measured && heads && at <= 2 && !self.pending.the {
            return true;
        }
        // `showroom 200 sqm + 3 offices + …`: one of what is added up.
        let adds_up = matches!(next, Some(What::Area(_) | What::Dims { .. }))
            && self.what(at + 2) == Some(What::Mark(Mark::Plus));
        // `church hall 150 sqm for 120 people, meeting room 25 sqm, …`: the first of a list.
        let for_whom = usize::from(self.meaning(at + 2) == Some(Meaning::For)) * 2;
        let heads_rooms = for_whom > 0
            && facility == "hall"
            && self.what(at + 2 + for_whom) == Some(What::Mark(Mark::Comma));
        // `photo studio, 100 sqm, shooting area 60 sqm`: the place, with its rooms behind.
        let is_studio = self.key(at).ends_with("studio")
            && next == Some(What::Mark(Mark::Comma))
            && at <= 3
            && self.out.items.is_empty()
            && (at + 3..self.lexemes.len()).any(|room| self.is_room(room));
        if measure.is_some() && is_studio {
            return true;
        }
        if let Some(mm2) = measure.filter(|_| is_measured) {
            return is_large(mm2) && !adds_up && !heads_rooms;
        }
        // `the lab should be near …`, `the dentist's office must be …` is one room of several.
        let mut said = at + 1;
        while matches!(self.meaning(said), Some(Meaning::Stop | Meaning::Not)) {
            said += 1;
        }
        if said > at + 1
            && (matches!(self.meaning(said), Some(Meaning::Relation(_)))
                || (self.pending.the
                    && matches!(facility, "laboratory" | "library" | "pharmacy" | "gym")))
        {
            return false;
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
        // `need an office by May: …` says no place that it is near.
        // `a tea room seating 24`.
        let described = described
            || (self.key(at + 1).starts_with("seat")
                && matches!(self.meaning(at + 1), Some(Meaning::Seats(_)))
                && matches!(self.what(at + 2), Some(What::Count(_))));
        let described = described
            || (matches!(next, Some(What::Is(Meaning::Relation(_))))
                && matches!(
                    self.what(at + 2),
                    Some(What::Unknown | What::Is(Meaning::Stop))
                )
                && !self.is_room(self.past_adjectives(at + 2)));
        // `25 people office, …` at the head.
        if facility == "office"
            && self
                .pending
                .seats
                .is_some_and(|(amount, ..)| amount.low > Number::whole(super::numbers::MOST_OF_ONE))
        {
            return true;
        }
        // `optical store & eye clinic - …`: two names of one place.
        let joined = matches!(
            next,
            Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand | Mark::Plus | Mark::Slash))
        );
        let mut other = at + 2;
        while matches!(
            self.what(other),
            Some(What::Unknown | What::Is(Meaning::Style))
        ) {
            other += 1;
        }
        if joined
            && at <= 2
            && matches!(self.meaning(other), Some(Meaning::Facility(_)))
            && self.is_described_whole(other)
        {
            return true;
        }
        // `nail salon, 8 pedicure chairs, …`: no room is called so.
        let is_place = [
            "centre",
            "salon",
            "studio",
            "clinic",
            "academy",
            "institute",
            "school",
            "shop",
            "parlour",
            "practice",
        ]
        .iter()
        .any(|noun| self.key(at).ends_with(noun));
        // `nursery, 45 places, …`, too.
        let is_place = is_place
            || (matches!(
                self.key(at),
                "nursery" | "creche" | "daycare" | "kindergarten"
            ) && self.facility != Some("home")
                && matches!(self.what(at + 2), Some(What::Seats(..) | What::Count(_))));
        // `a small bakery, kitchen 30 sqm, shop 20 sqm`: the ovens are in the kitchen.
        let has_kitchen = || {
            self.lexemes.iter().skip(at).any(|lexeme| {
                matches!(
                    lexeme.what,
                    What::Is(Meaning::Room("kitchen" | "commercial_kitchen"))
                )
            })
        };
        let is_place = is_place || (self.key(at) == "bakery" && has_kitchen());
        // `nail salon 6 manicure stations and …`, too.
        let counts_on =
            matches!(next, Some(What::Count(_))) && self.is_room(self.past_adjectives(at + 2));
        if is_place && at <= 2 && (next == Some(What::Mark(Mark::Comma)) || counts_on) {
            return true;
        }
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
        // `office, 70 people, …`, too.
        let heads_list = heads_list
            || (next == Some(What::Mark(Mark::Comma))
                && facility == "office"
                && matches!(
                    self.what(at + 2),
                    Some(What::Seats(amount, Seat::Person | Seat::Staff))
                        if amount.low > Number::whole(super::numbers::MOST_OF_ONE)
                ));
        large || described || heads_list || next.is_none()
    }

    /// Whether what follows lexeme `at` is said of a whole.
    fn is_described_whole(&self, at: usize) -> bool {
        matches!(
            self.what(at + 1),
            Some(
                What::Is(Meaning::With | Meaning::For | Meaning::In | Meaning::Of)
                    | What::Area(_)
                    | What::Dims { .. }
                    | What::Mark(Mark::Colon | Mark::Hyphen)
            )
        )
    }

    /// The lexeme before the adjectives that end at `at`.
    pub(super) fn at_before(&self, at: usize) -> usize {
        let mut before = at;
        while before > 0
            && (self.meaning(before - 1).is_some_and(super::is_adjective)
                || self.what(before - 1) == Some(What::Mark(Mark::Hyphen)))
        {
            before -= 1;
        }
        before
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_salon_is_the_whole_and_a_canteen_of_a_factory_is_not() {
        for (prompt, rooms) in [
            (
                "nail salon 6 manicure stations and 5 pedicure chairs",
                "nail_bar:1#6 nail_bar:1#5",
            ),
            (
                "factory canteen to seat 90, kitchen",
                "break_room:1#90 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn a_place_that_the_rooms_before_are_for_is_the_whole() {
        for (prompt, rooms) in [
            (
                "reception, 3 surgeries and staff room for a dental surgery",
                "reception:1 operatory:3 staff_room:1",
            ),
            (
                "waiting room and 2 offices for a pharmacy. 60 m2",
                "waiting:1 private_office:2",
            ),
            (
                "reception, a dental surgery and a staff room",
                "reception:1 operatory:1 staff_room:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn a_bakery_with_a_kitchen_is_the_whole() {
        for (prompt, rooms) in [
            (
                "small bakery, kitchen 30 sqm, shop 20 sqm",
                "kitchen:1@30 sales_floor:1@20",
            ),
            (
                "lobby, bakery, toilet",
                "lobby:1 commercial_kitchen:1 toilet:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
