//! Where people sit of whom only a number is said: in the room before, at desks, in the whole.

use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;
use super::numbers::is_one_of_a_kind;
use super::seat_cases::Said;
use crate::layout::room_type;

impl Reader<'_> {
    /// Says the number of the room before, if that is sized by seats and the people are no others,
    /// and of the whole elsewhere.
    pub(super) fn seat_somewhere(&mut self, said: Said) {
        let Said {
            at,
            amount,
            seat,
            first,
            last,
            next,
        } = said;
        let of_whole = matches!(self.meaning(next), Some(Meaning::Facility(_)));
        let before = self.last_item().filter(|_| self.noun_end.is_some());
        let before = before.and_then(|place| self.out.items.get(place));
        let Some(before) = before.filter(|_| !of_whole) else {
            return self.whole_is_for(amount, seat, first, last);
        };
        let is_sized = self.holds_those(before, at);
        if self.sit_elsewhere(before, said) {
            self.whole_is_for(amount, seat, first, last);
        } else if self.work_at_desks(before, said) {
            self.seat_in("open_office", amount, first, last);
        } else if self.is_of_team(at) {
            self.has_teams = true;
            self.seat_in("open_office", amount, first, last);
        } else if is_sized {
            self.seats_of_noun(at, amount, seat);
        } else {
            self.whole_is_for(amount, seat, first, last);
        }
    }

    /// Whether the room before is for as many as are counted at `at`: `breakfast room 24 covers` is,
    /// though not all breakfast rooms are sized by seats.
    fn holds_those(&self, before: &Item, at: usize) -> bool {
        room_type(before.room).is_some_and(|kind| kind.m2_per_seat.is_some())
            || (self.touches_noun(at) && is_one_of_a_kind(before.room))
    }

    /// Whether those counted have no place in the room before.
    fn sit_elsewhere(&self, before: &Item, said: Said) -> bool {
        // `4 tellers, 1 manager`: who has a room of his own sits in no other.
        let has_own =
            matches!(said.seat, Seat::Manager | Seat::Director) && !self.touches_noun(said.at);
        // `3 cabins, 1 conference and 20 seats`: an entry of its own.
        let is_entry = said.at > 0
            && matches!(
                self.what(said.at - 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand))
            )
            && matches!(said.seat, Seat::Chair | Seat::Person)
            && self.word_at(said.last).starts_with("seat")
            && !self.word_at(said.last).starts_with("seater")
            && self.facility == Some("office")
            && before.room != "open_office"
            && before.seats.is_none();
        // `no open plan office, … 8 staff`: they sit in no room that is not wanted.
        has_own || before.is_excluded || is_entry
    }

    /// `1 conference, 18 staff seating`: those who work sit in no meeting room.
    fn work_at_desks(&self, before: &Item, said: Said) -> bool {
        let is_for_others = match before.room {
            "open_office" => false,
            "team_room" => before.seats.is_some(),
            _ => true,
        };
        said.seat == Seat::Staff
            && is_for_others
            && !self.touches_noun(said.at)
            && matches!(self.facility, None | Some("office" | "coworking"))
    }

    /// `…, sales 6 person, …`, `…, secretary 2 persons, …`: whether those at `at` are an entry of
    /// their own, of people who work at desks.
    fn is_of_team(&self, at: usize) -> bool {
        const TEAMS: [&str; 9] = [
            "sale",
            "support",
            "design",
            "marketing",
            "secretary",
            "secretariat",
            "operation",
            "development",
            "assistant",
        ];
        at >= 2
            && TEAMS.contains(&self.key(at - 1))
            && matches!(
                self.what(at - 2),
                Some(What::Mark(Mark::Comma | Mark::Line) | What::Is(Meaning::And))
            )
            && matches!(self.facility, None | Some("office" | "coworking"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn staff_behind_a_meeting_room_work_at_desks() {
        assert_eq!(
            rooms_of("office: 1 conference, 18 staff"),
            "meeting_room:1 open_office:1#18"
        );
    }

    #[test]
    fn a_manager_behind_tellers_has_his_own_room() {
        assert_eq!(
            rooms_of("bank with 4 tellers, 1 manager"),
            "teller_area:1#4 private_office:1"
        );
    }

    #[test]
    fn seats_behind_and_are_an_entry_of_their_own() {
        assert_eq!(
            rooms_of("office with 3 cabins, 1 conference and 20 seats"),
            "private_office:3 meeting_room:1 open_office:1#20"
        );
    }
}
