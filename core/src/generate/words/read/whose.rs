//! Whose a room is, and who has one: `3 doctor cabins`, `8 lawyers, each with their own cabin`.

use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::{Mark, Token};
use super::Reader;
use super::seats::MOST_OFFICES;
use crate::layout::room_type;

impl Reader<'_> {
    /// Whether the persons named by token `last` only say whose the room at `next` is.
    pub(super) fn is_whose(&self, last: usize, next: usize) -> bool {
        let word = self
            .tokens
            .get(last)
            .and_then(Token::word)
            .unwrap_or_default();
        // Of all who are only named by what they do, and of few others, it says whose.
        let is_staff = self.lexemes.iter().any(|lexeme| {
            lexeme.last == last
                && matches!(lexeme.what, What::Seats(_, seat) if seat != Seat::Person)
        });
        let is_somebody = [
            "adult", "child", "kid", "student", "pupil", "patient", "visitor", "guest", "customer",
            "client", "teacher", "resident", "toddler", "parent", "relative", "member", "user",
        ]
        .iter()
        .any(|head| word.starts_with(head));
        // `2 assistant cabins`: nobody sizes several rooms by who sits there.
        let is_role = self.lexemes.get(next).is_some_and(|room| room.plural)
            && !["p", "pp", "prs", "ppl", "sitter", "bed", "car", "user"].contains(&word);
        let counts_seats = !(is_staff || is_somebody || is_role)
            || ["seat", "person", "people", "pax", "capacity", "cover"]
                .iter()
                .any(|head| word.starts_with(head));
        let is_sized = match self.meaning(next) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            }
            _ => true,
        };
        !counts_seats && !is_sized
    }

    pub(super) fn is_room_with_beds(&self, at: usize) -> bool {
        matches!(
            self.meaning(at),
            Some(Meaning::Room(
                "recovery"
                    | "procedure_room"
                    | "sick_bay"
                    | "guest_room"
                    | "ward"
                    | "icu"
                    | "isolation_room"
                    | "patient_room"
                    | "nap_room"
                    | "day_treatment"
            )) | Some(Meaning::Station(
                "icu" | "ward" | "recovery" | "day_treatment"
            ))
        )
    }

    /// The room that each of the persons before lexeme `from` has: `, each with their own cabin`.
    pub(super) fn room_for_each(&self, from: usize) -> Option<usize> {
        // `5 partners get offices`: one for each of a few.
        let few = matches!(
            self.what(from.saturating_sub(1)),
            Some(What::Seats(amount, seat))
                if !matches!(seat, Seat::Chair | Seat::Bed)
                    && amount.low > Number::whole(1) && amount.high <= Number::whole(MOST_OFFICES)
        );
        self.room_of_few(from, few)
    }

    /// The same where it is known whether the persons are a few.
    pub(super) fn room_of_few(&self, from: usize, few: bool) -> Option<usize> {
        // `3 partners (own rooms 16 sqm)`.
        let opened = self.what(from) == Some(What::Mark(Mark::Open));
        // `3 doctors sharing: each a consulting room`.
        let mut from = from;
        while self.meaning(from) == Some(Meaning::Stop)
            && self.what(from + 1) == Some(What::Mark(Mark::Colon))
            && self.meaning(from + 2) == Some(Meaning::Each)
        {
            from += 1;
        }
        let lists = self.what(from) == Some(What::Mark(Mark::Colon))
            && self.meaning(from + 1) == Some(Meaning::Each);
        // `5 lawyers. Each needs a cabin.`
        let ends = matches!(self.what(from), Some(What::Mark(Mark::Stop | Mark::Line)))
            && (self.meaning(from + 1) == Some(Meaning::Each) || self.is_everyone(from + 1))
            // `Each lawyer has an office` says itself who.
            && !matches!(self.meaning(from + 2), Some(Meaning::Seats(_)));
        let parted = opened
            || ends
            || lists
            || matches!(
                self.what(from),
                Some(What::Mark(Mark::Comma | Mark::Hyphen))
            );
        let mut at = from + usize::from(parted);
        // `each of the 8 staff gets an office`.
        let mut before = from.saturating_sub(1);
        while before > 0 && matches!(self.meaning(before - 1), Some(Meaning::Of | Meaning::The)) {
            before -= 1;
        }
        let heads = before > 0 && self.meaning(before - 1) == Some(Meaning::Each);
        let is_owned = lists && self.meaning(from + 2) == Some(Meaning::Article);
        let (mut is_each, mut has) = (heads, heads || is_owned || (opened && few));
        let is_office = |at: usize| {
            let room = match self.meaning(at) {
                Some(Meaning::Room(room) | Meaning::Either { room, .. }) => room,
                _ => return false,
            };
            matches!(room, "private_office" | "executive_office" | "consultation")
                && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
        };
        while at < from + 9 {
            // `5 partners each need a 15 sqm office`.
            if is_each && matches!(self.what(at), Some(What::Area(_) | What::Dims { .. })) {
                at += 1;
                continue;
            }
            match self.meaning(at)? {
                // `15 people with everyone in individual offices`.
                _ if self.is_everyone(at) => is_each = true,
                // `2 partners with own rooms`.
                Meaning::Attached
                    if few
                        && has
                        && self.key(at).ends_with("own")
                        && self.lexemes.get(at + 1).is_some_and(|room| room.plural) =>
                {
                    is_each = true;
                }
                Meaning::Each => is_each = true,
                // `2 partners, each partner needs a cabin`.
                Meaning::Seats(_) if is_each => {}
                Meaning::With | Meaning::In => has = true,
                Meaning::Stop
                | Meaning::Of
                | Meaning::The
                | Meaning::Article
                | Meaning::Attached
                | Meaning::Style
                // `2 directors with bigger cabins`.
                | Meaning::Large
                | Meaning::Small => {}
                Meaning::Room(_) | Meaning::Either { .. }
                    if few
                        && has
                        && is_office(at)
                        && (opened
                            || self.is_boundary(at + 1)
                            // `6 managers in offices (10 m²)`.
                            || self.what(at + 1) == Some(What::Mark(Mark::Open))) =>
                {
                    return Some(at);
                }
                // `8 lawyers with a cabin each`.
                Meaning::Room(_) | Meaning::Either { .. } | Meaning::Noun
                    if has
                        && matches!(self.key(self.past_measure(at + 1)), "each" | "eachof")
                        && self.is_own_room(at) =>
                {
                    return Some(at);
                }
                // `each group room 50 m2` says nothing of whose it is.
                Meaning::Room(_) | Meaning::Either { .. } if is_each && has => return Some(at),
                Meaning::Noun if is_each && has && self.key(at).ends_with("room") => {
                    return Some(at);
                }
                _ => return None,
            }
            at += 1;
        }
        None
    }

    /// Whether those who are called so have a room each in any office.
    pub(super) fn has_own_office(&self, who: &str) -> bool {
        ["partner", "lawyer", "attorney", "advocate", "accountant"]
            .iter()
            .any(|known| who.starts_with(known))
            && matches!(self.facility, None | Some("office"))
    }

    /// Whether all the people that were counted are meant at `at`.
    fn is_everyone(&self, at: usize) -> bool {
        matches!(self.key(at), "everyone" | "everybody")
    }

    /// Whether the lexeme at `at` names one room that people have for themselves.
    fn is_own_room(&self, at: usize) -> bool {
        let is_own = match self.meaning(at) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => matches!(
                room,
                "private_office"
                    | "executive_office"
                    | "consultation"
                    | "operatory"
                    | "treatment_room"
                    | "bedroom"
            ),
            _ => self.key(at).ends_with("room"),
        };
        is_own && !self.lexemes.get(at).is_some_and(|room| room.plural)
    }

    /// Whether beds behind the item at `place` stand in that room.
    pub(super) fn has_beds(&self, place: Option<usize>) -> bool {
        place
            .and_then(|place| self.out.items.get(place))
            .and_then(|item| room_type(item.room))
            .is_some_and(|kind| {
                kind.group == "clinic" || matches!(kind.key.as_str(), "nap_room" | "sick_bay")
            })
    }

    /// Whether the room that lexeme `at` names is one that people wait or eat in.
    pub(super) fn is_sized_by_seats(&self, at: usize) -> bool {
        matches!(
            self.meaning(at),
            Some(Meaning::Room(
                "waiting" | "dining_area" | "meeting_room" | "operatory"
            ))
        )
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
        // `a gym for ladies & gents`.
        if at >= 3
            && self.meaning(at - 3) == Some(Meaning::For)
            && matches!(self.key(at - 2), "lady" | "gent")
            && goes_on(self.what(at - 1))
            && self.is_boundary(at + 1)
        {
            return true;
        }
        // `wc ladies/gents`.
        if of_item && self.touches_noun(at) {
            return true;
        }
        // `changing (ladies, gents)`.
        let in_brackets = at >= 3
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && self.what(at - 3) == Some(What::Mark(Mark::Open))
            && self.what(at + 1) == Some(What::Mark(Mark::Close));
        if of_item && in_brackets && matches!(self.key(at - 2), "lady" | "gent") {
            return true;
        }
        of_item
            && at > 0
            && goes_on(self.what(at - 1))
            && self.noun_end.is_some_and(|end| end + 2 >= at)
            && (matches!(
                self.what(at - 1),
                Some(What::Mark(Mark::Open | Mark::Colon))
            ) || matches!(self.key(at.saturating_sub(2)), "lady" | "gent"))
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

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn whoever_needs_a_room_in_the_next_sentence_has_one() {
        for (prompt, rooms) in [
            (
                "5 lawyers. Each needs a cabin. reception",
                "private_office:5 reception:1",
            ),
            (
                "4 physios. Each needs a treatment room. gym",
                "treatment_room:4 gym:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn each_of_them_needs_so_large_a_room() {
        for (prompt, rooms) in [
            (
                "Each of our 5 partners needs a 15 sqm office, library",
                "private_office:5@15 library:1",
            ),
            (
                "5 lawyers, each with a 12 sqm office, library",
                "private_office:5@12 library:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn rooms_for_partners_are_offices() {
        assert_eq!(
            rooms_of("2 rooms for partners, 4 desks for staff"),
            "private_office:2 open_office:1#4"
        );
    }

    #[test]
    fn everyone_is_whoever_was_counted() {
        for (prompt, rooms) in [
            (
                "an office of 15 people with everyone in individual offices, plus a lounge",
                "private_office:15 lounge:1",
            ),
            (
                "12 staff. Everyone has their own office. Meeting room for 8",
                "private_office:12 meeting_room:1#8",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn those_a_place_is_for_ask_for_no_toilets() {
        let (prompt, rooms) = ("gym for ladies & gents, weights, sauna", "gym:1 sauna:1");
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn each_of_those_before_a_colon_has_a_room() {
        let (prompt, rooms) = (
            "we are 3 doctors sharing: each a consulting room, procedure room",
            "consultation:3 procedure_room:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
