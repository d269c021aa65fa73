//! What some of the rooms named last have, and how many there are to be in place of those there are.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::stems::stem;
use super::super::token::Mark;
use super::super::token::TokenKind;
use super::Reader;

impl Reader<'_> {
    /// `3 bedrooms, 2 of which have a balcony`: two balconies. Whether the number at `at` says how
    /// many of those named last have the room that comes; it is read next.
    pub(super) fn some_of_them_have(&mut self, at: usize, amount: Amount) -> bool {
        let is_of_them = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(self.key(at + 2), "them" | "these" | "those" | "which");
        let mut room = at + 3;
        let mut has = false;
        while matches!(
            self.meaning(room),
            Some(
                Meaning::With
                    | Meaning::Stop
                    | Meaning::Article
                    | Meaning::Attached
                    | Meaning::Style
            )
        ) {
            has |= self.meaning(room) == Some(Meaning::With);
            room += 1;
        }
        let is_served = matches!(
            self.meaning(room),
            Some(Meaning::Room(
                "balcony" | "walk_in_closet" | "store" | "pantry" | "shower" | "toilet" | "study"
            ))
        );
        let many = (self.last_item().and_then(|place| self.out.items.get(place)))
            .and_then(|item| item.amount)
            .is_some_and(|all| all.low >= amount.high);
        if !(is_of_them && has && is_served && many) || self.pending.describes() {
            return false;
        }
        self.goes_on_with((amount, at), at, room);
        true
    }

    /// `3 bedrooms, …, one bedroom should have an attached toilet`: one of those, and one toilet.
    /// Whether the number at `at` says so; the toilet is read next.
    pub(super) fn one_of_those_has(&mut self, at: usize, amount: Amount) -> bool {
        let room = match self.meaning(at + 1) {
            Some(Meaning::Room(room @ ("bedroom" | "guest_room"))) => room,
            _ => return false,
        };
        let one = super::super::number::Number::whole(1);
        let is_one = amount.low == one && amount.high == one;
        let plural = self.lexemes.get(at + 1).is_some_and(|lexeme| lexeme.plural);
        let of_those = (self.out.items.iter()).rposition(|item| {
            item.room == room && !item.is_excluded && item.amount.is_some_and(|all| all.low > one)
        });
        let mut next = at + 2;
        let mut has = false;
        while matches!(self.meaning(next), Some(Meaning::With | Meaning::Stop)) {
            let verb = self.key(next);
            // `…, 1 bedroom with attached bath` may be another in a list.
            has |= ["have", "has", "need", "get"]
                .iter()
                .any(|known| verb.contains(known));
            next += 1;
        }
        // `3 bedrooms, one bedroom with an attached bathroom`.
        let begins = at > 0
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && self.noun_end == Some(at.saturating_sub(2))
            && self.word_at(self.tokens_of(at).0) == "one";
        while matches!(
            self.meaning(next),
            Some(Meaning::Article | Meaning::Attached | Meaning::Style)
        ) {
            next += 1;
        }
        let is_wet = matches!(
            self.meaning(next),
            Some(Meaning::Room("bathroom" | "toilet"))
        );
        let Some(place) = of_those.filter(|place| {
            is_one
                && !plural
                && is_wet
                && !self.pending.describes()
                && (has || (begins && self.last_item() == Some(*place)))
        }) else {
            return false;
        };
        self.goes_on_with((amount, at), at, next);
        self.pending.is_attached = true;
        (self.noun, self.noun_end) = (super::Noun::Item(place), Some(next - 1));
        self.host = Some(place);
        true
    }

    /// Goes on at `room` as if its count stood right before it: the `amount` that is written at
    /// `place`. All from `at` on is used by that.
    pub(super) fn goes_on_with(
        &mut self,
        (amount, place): (Amount, usize),
        at: usize,
        room: usize,
    ) {
        let (first, last) = self.tokens_of(place);
        for lexeme in at..room {
            self.spend(lexeme);
        }
        self.pending = super::pending::Pending::default();
        self.pending.count = Some((amount, first, last));
        self.pending.begins(first);
        self.at = room;
    }

    /// `6 offices of 12 m² except one at 20 m²`: so many of those named last have another size.
    /// Whether the word at `at` says so.
    pub(super) fn are_all_except(&mut self, at: usize) -> bool {
        let links = usize::from(matches!(
            self.what(at + 2),
            Some(What::Mark(Mark::At) | What::Is(Meaning::Of | Meaning::With | Meaning::Stop))
        ));
        let size_at = at + 2 + links;
        let (true, Some(What::Count(some)), Some(What::Area(span))) = (
            self.key(at).starts_with("except"),
            self.what(at + 1),
            self.what(size_at),
        ) else {
            return false;
        };
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(size_at).1);
        if !self.is_boundary(size_at + 1) || self.pending.describes() {
            return false;
        }
        let known = (self.last_item().and_then(|place| self.item_mut(place)))
            .filter(|item| item.area.is_some() && !item.is_excluded && item.each_of.is_empty());
        let Some(item) = known else { return false };
        let Some(all) = (item.amount.as_mut())
            .filter(|all| all.low == all.high && all.low > some.high && some.low == some.high)
        else {
            return false;
        };
        all.low.0 -= some.low.0;
        all.high = all.low;
        let mut other = item.clone();
        (other.amount, other.area) = (Some(some), Some(span));
        (other.first, other.last) = (first, last);
        self.out.items.push(other);
        self.spend_tokens(first, last);
        self.noun_end = Some(size_at);
        self.at = size_at + 1;
        true
    }

    /// `now 3 operatories, need 5`: what is needed counts, not what there is. Whether the number at
    /// `at` is that of the rooms named last.
    pub(super) fn is_needed_instead(&mut self, at: usize, amount: Amount) -> bool {
        const NOW: [&str; 7] = [
            "now",
            "currently",
            "existing",
            "present",
            "presently",
            "today",
            "have",
        ];
        let (first, last) = self.tokens_of(at);
        let needs = first > 0
            && matches!(
                stem(self.word_at(first - 1)).as_str(),
                "need" | "want" | "require"
            );
        let says_now = (0..first)
            .rev()
            .take_while(|token| {
                !matches!(
                    self.tokens.get(*token).map(|token| &token.kind),
                    Some(TokenKind::Mark(Mark::Stop | Mark::Line))
                )
            })
            .any(|token| NOW.contains(&self.word_at(token)));
        if !(needs && says_now && self.is_boundary(at + 1)) || self.pending.describes() {
            return false;
        }
        let Some(item) = (self.last_item().and_then(|place| self.item_mut(place)))
            .filter(|item| !item.is_excluded && item.each_of.is_empty())
        else {
            return false;
        };
        match (&mut item.amount, &mut item.seats) {
            (Some(now), _) | (None, Some(now)) => *now = amount,
            (None, None) => return false,
        }
        item.last = item.last.max(last);
        item.assumed
            .push("what there is now is not asked for".to_owned());
        self.noun_end = Some(at);
        true
    }

    /// `the store becomes a toilet`: what it was before is not asked for. Whether the word at `at`
    /// said so of the room right before it.
    pub(super) fn becomes_another(&mut self, at: usize) -> bool {
        let turns = [
            "become",
            "turnsinto",
            "turnedinto",
            "convertedinto",
            "convertedto",
        ]
        .iter()
        .any(|verb| self.key(at).ends_with(verb));
        let room = self.past_adjectives(self.past_small_words(at + 1));
        let place = self.last_item().filter(|_| {
            turns
                && !["could", "can", "may", "might"]
                    .iter()
                    .any(|verb| self.key(at).starts_with(verb))
                && self.touches_noun(at)
                && self.is_room(room)
                && !self.pending.describes()
        });
        let Some(item) = place.and_then(|place| self.item_mut(place)) else {
            return false;
        };
        if item.amount.is_some() || item.plural || !item.each_of.is_empty() {
            return false;
        }
        (item.is_excluded, item.is_title) = (true, true);
        let first = item.first;
        let (_, last) = self.tokens_of(at);
        self.noun = super::Noun::Nothing;
        self.ignore(first, last, "what it was before");
        true
    }

    /// `3 teams of 8 people, each with its own team room`: a room for each team, not for each of
    /// the people. Whether the people at `at` are of such teams; their room is read next.
    pub(super) fn are_teams_with_rooms(&mut self, at: usize, amount: Amount) -> bool {
        let is_team = at >= 2
            && self.meaning(at - 1) == Some(Meaning::Of)
            && matches!(
                stem(self.word_at(self.tokens_of(at - 2).1)).as_str(),
                "team" | "group" | "squad" | "crew" | "department"
            );
        let teams = self.pending.count.filter(|_| is_team);
        // `8 teams of 6 people each, every team needs a room`.
        let each = usize::from(
            self.key(at + 1) == "each" && self.what(at + 2) == Some(What::Mark(Mark::Comma)),
        );
        let (Some((teams, first, last)), Some(room)) = (teams, self.room_for_each(at + 1 + each))
        else {
            return false;
        };
        let (from, to) = self.tokens_of(at);
        for lexeme in at..room {
            self.spend(lexeme);
        }
        self.pending = super::pending::Pending::default();
        self.pending.count = Some((teams, first, last));
        self.pending.seats = Some((amount, from, to));
        self.pending.begins(first);
        self.open_relation = None;
        self.at = room;
        if self.meaning(room) == Some(Meaning::Noun) {
            self.spend(room);
            self.at = room + 1;
            let own = match self.facility {
                Some("school" | "preschool") => "classroom",
                _ => "team_room",
            };
            let place = self.room(room, own);
            // `each group with its own room and washroom`: one for each of them, too.
            let goes_on = self.meaning(self.at) == Some(Meaning::And)
                && matches!(
                    self.meaning(self.past_adjectives(self.past_small_words(self.at + 1))),
                    Some(Meaning::Room("toilet" | "bathroom" | "shower"))
                );
            if goes_on {
                self.for_each = place;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn some_of_them_have_as_many() {
        assert_eq!(
            rooms_of("3 bedrooms, 2 of which have a balcony, kitchen"),
            "bedroom:3 balcony:2 kitchen:1"
        );
    }

    #[test]
    fn one_of_those_before_has_a_toilet() {
        for (prompt, rooms) in [
            (
                "2 bedrooms, kitchen, and one bedroom should have attached toilet",
                "bedroom:2 kitchen:1 toilet:1",
            ),
            (
                "3 bedrooms, one bedroom with attached bathroom, common bathroom",
                "bedroom:3 bathroom:1 bathroom:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn what_is_needed_counts_and_not_what_there_is() {
        assert_eq!(
            rooms_of("now 3 operatories, need 5; reception"),
            "operatory:5 reception:1"
        );
    }

    #[test]
    fn those_excepted_have_another_size() {
        assert_eq!(
            rooms_of("6 offices of 12 m2 except one at 20 m2"),
            "private_office:5@12 private_office:1@20"
        );
    }

    #[test]
    fn what_becomes_another_room_is_gone() {
        assert_eq!(
            rooms_of("the store becomes a toilet; reception"),
            "toilet:1 reception:1"
        );
    }

    #[test]
    fn each_team_has_a_room_and_not_each_of_its_people() {
        assert_eq!(
            rooms_of("3 teams of 8 people, each with its own team room, kitchen"),
            "team_room:3#8 kitchen:1"
        );
        assert_eq!(
            rooms_of(
                "kindergarten, 4 groups of 15 kids, each group with own room and washroom, hall"
            ),
            "classroom:4#15 toilet:4 multipurpose_hall:1"
        );
    }
}
