//! Shares of the people of the whole: `50 pax, 60 % at open desks`, `half in open plan, half in offices`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound};
use super::super::number::Number;
use super::super::token::TokenKind;
use super::Reader;

impl Reader<'_> {
    /// Whether the share at `at` was of the people who were counted for the whole: it is how many
    /// sit where the words behind it say.
    pub(super) fn is_share_of_people(&mut self, at: usize) -> bool {
        let Some(percent) = self.percent_at(at) else {
            return false;
        };
        let all = u64::from(self.said_people);
        let Ok(seats) = u32::try_from(all * u64::from(percent) / 100) else {
            return false;
        };
        let room_at = self.past_where_they_sit(at + 1);
        let is_room = matches!(
            self.meaning(room_at),
            Some(Meaning::Room(_) | Meaning::Station(_) | Meaning::Either { .. })
        );
        // `half hot desks, half fixed`: two kinds of desks, not where people sit.
        let is_kind =
            self.key(at) == "half" && matches!(self.meaning(room_at), Some(Meaning::Station(_)));
        if seats == 0 || !is_room || is_kind {
            return false;
        }
        if matches!(
            self.meaning(room_at),
            Some(Meaning::Room("open_office") | Meaning::Station("open_office"))
        ) {
            let open = (self.out.items.iter()).position(|item| {
                item.room == "open_office" && item.seats_of_whole && !item.is_excluded
            });
            if let Some(place) = open {
                self.sit_in_open(place, seats, at, room_at);
            }
            return open.is_some();
        }
        self.have_offices(seats, at, room_at)
    }

    /// `10 % in cabins`: one for each of so many, who sit with the others no longer. Whether rooms
    /// that people have for themselves stand at `room_at`.
    fn have_offices(&mut self, count: u32, at: usize, room_at: usize) -> bool {
        let plural = (self.lexemes.get(room_at)).is_some_and(|lexeme| lexeme.plural);
        let is_office = matches!(
            self.meaning(room_at),
            Some(
                Meaning::Room("private_office")
                    | Meaning::Either {
                        room: "private_office",
                        ..
                    }
            )
        );
        if !plural || !is_office || !self.is_boundary(room_at + 1) {
            return false;
        }
        let left = Number::whole(i64::from(count));
        let open = (self.out.items.iter_mut())
            .find(|item| item.room == "open_office" && item.seats_of_whole && !item.is_excluded);
        if let Some(item) = open
            && let Some(seats) = (item.seats.as_mut()).filter(|seats| seats.low > left)
        {
            seats.low.0 -= left.0;
            seats.high.0 -= left.0;
            item.assumed
                .push("those who have a room of their own do not sit there".to_owned());
        }
        self.goes_on_with((Amount::whole(count, Bound::Exactly), at), at, room_at);
        true
    }

    /// How many in a hundred are meant at `at`.
    fn percent_at(&self, at: usize) -> Option<u32> {
        if self.key(at) == "half" {
            return Some(50);
        }
        let (first, last) = self.tokens_of(at);
        let ends_in_percent = !["third", "quarter", "fifth"]
            .iter()
            .any(|part| self.word_at(last).starts_with(part));
        let percent = match self.tokens.get(first).map(|token| &token.kind) {
            Some(TokenKind::Number(number)) => number.count(),
            _ => None,
        };
        percent.filter(|percent| (1..100).contains(percent) && ends_in_percent)
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_share_of_the_people_sits_at_open_desks() {
        assert_eq!(
            rooms_of("office for 50 pax, 60 % open desks, rest in cabins"),
            "open_office:1#30 private_office:20"
        );
    }

    #[test]
    fn a_share_of_the_people_has_offices() {
        for (prompt, rooms) in [
            (
                "office for 50 with 10% in cabins, pantry",
                "open_office:1#45 private_office:5 pantry:1",
            ),
            (
                "30 people, half in open plan and half in private offices",
                "open_office:1#15 private_office:15",
            ),
            (
                "50 staff, 20% in private offices, rest open plan",
                "open_office:1#40 private_office:10",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
