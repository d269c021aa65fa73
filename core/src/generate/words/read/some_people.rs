//! Some of the people of the whole, by what they are: `12 employees, 2 of them directors`.

use super::super::lexicon::Meaning;
use super::super::measure::Amount;
use super::super::number::Number;
use super::Reader;
use super::seats::{MOST_OFFICES, room_of};

impl Reader<'_> {
    /// Whether the number at `at` is of those among the people of the whole who have rooms by what
    /// they are. Those sit with the others no longer; that they want rooms of their own says no more.
    pub(super) fn are_some_by_title(&mut self, at: usize, amount: Amount) -> bool {
        let is_of_them = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(
                self.key(at + 2),
                "whom" | "them" | "which" | "these" | "those"
            );
        let mut title = at + 3;
        while matches!(
            self.meaning(title),
            Some(Meaning::Stop | Meaning::Style | Meaning::The)
        ) {
            title += 1;
        }
        let Some(Meaning::Seats(seat)) = self.meaning(title) else {
            return false;
        };
        let few = amount.high <= Number::whole(MOST_OFFICES);
        if !is_of_them || !few || room_of(seat).is_none() {
            return false;
        }
        let all = (self.out.items.iter_mut())
            .find(|item| item.seats_of_whole && item.room == "open_office" && !item.is_excluded);
        let Some(seats) = all.and_then(|item| item.seats.as_mut()) else {
            return false;
        };
        if seats.low <= amount.high {
            return false;
        }
        seats.low.0 -= amount.low.0;
        seats.high.0 -= amount.low.0;
        // `…, who want their own rooms`.
        let mut end = title;
        let mut next = title + 1;
        while matches!(
            self.meaning(next),
            Some(
                Meaning::Stop
                    | Meaning::With
                    | Meaning::In
                    | Meaning::Attached
                    | Meaning::The
                    | Meaning::Each
                    | Meaning::Article
                    | Meaning::Style
            )
        ) {
            next += 1;
        }
        let is_office = match self.meaning(next) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                matches!(room, "private_office" | "executive_office")
            }
            Some(Meaning::Noun) => self.key(next).ends_with("room"),
            _ => false,
        };
        if is_office && self.is_boundary(next + 1) {
            end = next;
        }
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(end).1);
        self.spend_tokens(first, last);
        self.pending = super::pending::Pending::default();
        self.whole_is_for(amount, seat, first, self.tokens_of(title).1);
        self.at = end + 1;
        self.noun_end = Some(end);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn some_of_the_people_have_rooms_by_what_they_are() {
        for (prompt, rooms) in [
            (
                "12 employees, 2 of them directors, kitchen",
                "open_office:1#10 executive_office:2 kitchen:1",
            ),
            (
                "office: 12 staff, 2 of whom are managers who want their own rooms; kitchen",
                "open_office:1#10 private_office:2 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
