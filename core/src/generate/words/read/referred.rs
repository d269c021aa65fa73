//! What a short word goes back to: `the hall` of a banking hall, `one near the lobby`, `two small ones`.

use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

impl Reader<'_> {
    /// `a banking hall …, an office with a view of the hall`: the only room so far whose name ends
    /// in the word `key`, which by itself means another kind than it is.
    pub(super) fn called_by_its_head(&self, room: &str, key: &str) -> Option<usize> {
        let mut named = (self.out.items.iter().enumerate()).filter(|(_, item)| {
            !item.is_excluded && item.room != room && item.key != key && item.key.ends_with(key)
        });
        let (place, _) = named.next().filter(|_| !key.is_empty())?;
        named.next().is_none().then_some(place)
    }

    /// `living-dining, a balcony off the living`: the one room that is both.
    pub(super) fn part_of_living_dining(&self, room: &str) -> Option<usize> {
        if !matches!(room, "living_room" | "dining_room") {
            return None;
        }
        (self.out.items.iter()).position(|item| item.room == "living_dining" && !item.is_excluded)
    }

    /// `one meeting room near the reception, one near the lobby`: another of the kind, told by what
    /// it is near. Whether the number at `at` begins so.
    pub(super) fn is_another_near(&mut self, at: usize, amount: Amount) -> bool {
        let says_where = |at: usize| {
            matches!(
                self.meaning(at),
                Some(Meaning::Relation(_) | Meaning::Place)
            )
        };
        if !self.begins_entry(at) || !says_where(at + 1) || self.pending.describes() {
            return false;
        }
        // What it is said of stands before: right there, or before its own neighbour.
        let of_place = at >= 2 && self.meaning(at - 2) == Some(Meaning::Place);
        let subject = match (self.subject_of_wish(at - 1), self.last_item()) {
            (Some(subject), _) => subject,
            (None, Some(place)) if of_place => place,
            _ => return false,
        };
        let one = Number::whole(1);
        let known = (self.out.items.get(subject)).filter(|item| {
            !item.is_excluded
                && item.via.is_none()
                && item.each_of.is_empty()
                && item.by_gender == 0
                && item
                    .amount
                    .map_or(!item.plural, |all| all.high == one || amount.high > one)
        });
        let Some(known) = known else { return false };
        let (first, last) = self.tokens_of(at);
        let mut item = Item::new(known.room, &known.key, first, last);
        item.sure = known.sure;
        item.amount = Some(amount);
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(at);
        true
    }

    /// `a large room next to the reception, two small ones`: rooms, not receptions. Goes back to the
    /// room that was said to be near another, before the `ones` whose number is at `at`.
    pub(super) fn return_to_subject(&mut self, at: usize) {
        let noun = self.past_adjectives(at + 1);
        let are_ones = noun > at + 1 && self.key(noun) == "one";
        if are_ones
            && self.begins_entry(at)
            && let Some(subject) = self.subject_of_wish(at - 1)
        {
            self.noun = Noun::Item(subject);
        }
    }

    /// The room of which was just said that it is near another, where that other is the noun that
    /// ends right before lexeme `end`.
    fn subject_of_wish(&self, end: usize) -> Option<usize> {
        let wish = self.out.wishes.last()?;
        (self.touches_noun(end) && self.last_item() == Some(wish.b) && wish.a != wish.b)
            .then_some(wish.a)
    }

    /// Whether a comma or `and` stands right before `at`.
    fn begins_entry(&self, at: usize) -> bool {
        at > 0
            && matches!(
                self.what(at - 1),
                Some(
                    What::Is(Meaning::And)
                        | What::Mark(Mark::Comma | Mark::Line | Mark::Ampersand | Mark::Plus)
                )
            )
    }

    /// `Farm shop with café: shop 120 m², café with 30 seats`: what a title names is listed behind
    /// its colon, at `at`, and is not there twice.
    pub(super) fn name_in_title(&mut self, at: usize) {
        let is_first = !(0..at).any(
            |before| matches!(self.what(before), Some(What::Mark(mark)) if mark.ends_phrase() || mark == Mark::Colon),
        );
        let lists = matches!(
            self.what(at + 1),
            Some(
                What::Count(_)
                    | What::Is(
                        Meaning::Room(_)
                            | Meaning::Either { .. }
                            | Meaning::Facility(_)
                            | Meaning::Article
                            | Meaning::Style
                    )
            )
        );
        let names_parts = (0..at).any(|before| self.meaning(before) == Some(Meaning::With));
        if !is_first || !lists || !names_parts || self.out.whole.facility.is_none() {
            return;
        }
        for item in &mut self.out.items {
            item.is_mention |= item.amount.is_none()
                && item.area.is_none()
                && item.sides.is_none()
                && item.seats.is_none()
                && !item.plural
                && !item.of_home;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn one_more_is_told_by_what_it_is_near() {
        assert_eq!(
            rooms_of("one meeting room near the reception, one near the lobby"),
            "meeting_room:1 reception:1 meeting_room:1 lobby:1"
        );
    }

    #[test]
    fn small_ones_are_of_the_kind_before_its_neighbour() {
        assert_eq!(
            rooms_of("a conference room for 20 next to the reception, two small ones for 6"),
            "meeting_room:1#20 reception:1 meeting_room:2#6"
        );
    }

    #[test]
    fn the_hall_is_the_banking_hall() {
        assert_eq!(
            rooms_of("bank: banking hall, office with a view of the hall"),
            "banking_hall:1 private_office:1"
        );
    }

    #[test]
    fn what_a_title_names_is_not_there_twice() {
        assert_eq!(
            rooms_of("Farm shop with café: café with 30 seats, kitchen"),
            "dining_area:1#30 kitchen:1"
        );
    }

    #[test]
    fn the_living_of_a_living_dining_is_that_room() {
        let (prompt, rooms) = (
            "flat: living-dining; balcony off the living; kitchen",
            "living_dining:1 balcony:1 kitchen:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
