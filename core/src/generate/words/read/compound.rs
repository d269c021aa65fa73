//! Names of rooms that ask for none: fittings of a bathroom, and the first of two names in one entry.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `a restaurant with bar and kitchen`: two of its rooms, though a place may be called so.
    /// Whether the name at `at` lists them.
    pub(super) fn lists_two(&mut self, at: usize) -> bool {
        let other = match self.key(at) {
            "barandkitchen" | "barkitchen" => "kitchen",
            "barandlounge" | "barlounge" => "lounge",
            _ => return false,
        };
        let is_listed = self.out.whole.facility.is_some() || !self.out.items.is_empty();
        if is_listed && self.pending.count.is_none() {
            self.room(at, "bar_counter");
            self.room(at, other);
        }
        is_listed
    }

    /// `toilet and bath separate`, `separate bath and toilet`: two rooms, which are one otherwise.
    /// Whether the name at `at` was of such.
    pub(super) fn is_toilet_apart(&mut self, at: usize) -> bool {
        let is_both = matches!(
            self.key(at),
            "toiletandbath" | "bathandtoilet" | "bathroomandwc"
        );
        let behind = self.is_apart(at + 1) && self.is_boundary(at + 2);
        if !is_both || !(behind || (at > 0 && self.is_apart(at - 1))) {
            return false;
        }
        self.room(at, "toilet");
        self.room(at, "bathroom");
        if behind {
            self.spend(at + 1);
            self.at = at + 2;
            self.noun_end = Some(at + 1);
        }
        true
    }

    /// `a bathroom with a shower`, `with bath and shower`: they stand in it.
    pub(super) fn stands_in_bathroom(&self, at: usize, room: &str) -> bool {
        let is_fitting =
            |at: usize| matches!(self.key(at), "shower" | "bath" | "walkinshower" | "wc");
        let mut before = self.before_adjectives(at);
        // `with bath and shower`.
        while before >= 2
            && matches!(
                self.what(before - 1),
                Some(What::Is(Meaning::And) | What::Mark(Mark::Comma | Mark::Ampersand))
            )
            && (is_fitting(before - 2) || self.meaning(before - 2) == Some(Meaning::Furnishing))
        {
            before = self.before_adjectives(before - 2);
        }
        matches!(room, "shower" | "bathroom" | "toilet")
            && is_fitting(at)
            && self.pending.count.is_none()
            && !self.is_measured_behind(at)
            && before > 0
            && self.meaning(before - 1) == Some(Meaning::With)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room == "bathroom" && item.each_of.is_empty())
            && self.noun_end.is_some_and(|end| {
                end < before
                    && (end + 1..before).all(|between| {
                        !matches!(
                            self.what(between),
                            Some(What::Mark(Mark::Comma | Mark::Stop))
                        ) || between + 1 > before
                    })
            })
    }

    /// `…, warehouse manager's office, lobby bar, …`: two names of rooms are one entry of a list, of
    /// which the last one is the room. Rooms one stands or sits in share a space instead, and a text
    /// without commas lists them so.
    pub(super) fn describes_next(&self, at: usize, room: &str) -> bool {
        const SHARED: [&str; 10] = [
            "waiting",
            "dining_area",
            "dining_room",
            "living_room",
            "living_dining",
            "lounge",
            "reception",
            "lobby",
            "kitchen",
            "pantry",
        ];
        let ends_entry = |what: Option<What>| match what {
            None => true,
            Some(What::Mark(mark)) => mark.ends_phrase() || mark == Mark::Open,
            Some(What::Is(meaning)) => matches!(meaning, Meaning::And | Meaning::For),
            Some(What::Area(_)) => true,
            _ => false,
        };
        let next = match self.meaning(at + 1) {
            // `kitchen hall and pooja`: the hall of a home.
            Some(Meaning::Room(_)) if self.key(at + 1) == "hall" => "living_room",
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => room,
            _ => return false,
        };
        let before = self.before_adjectives(at);
        let begins = before > 0
            && matches!(
                self.what(before - 1),
                Some(
                    What::Mark(Mark::Comma | Mark::Line | Mark::Colon)
                        | What::Is(Meaning::And | Meaning::With)
                        | What::Enumerator
                )
            );
        let commas = (self.lexemes.iter())
            .filter(|lexeme| matches!(lexeme.what, What::Mark(Mark::Comma | Mark::Line)))
            .count();
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        begins
            && commas >= 2
            && !plural
            && next != room
            && self.pending.count.is_none()
            && ends_entry(self.what(at + 2))
            && !(SHARED.contains(&room) && SHARED.contains(&next))
    }

    /// The first of the articles and adjectives that end before `at`.
    fn before_adjectives(&self, at: usize) -> usize {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::Article | Meaning::Style | Meaning::Large | Meaning::Small)
            )
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
    fn a_toilet_apart_from_the_bath_is_a_room() {
        for (prompt, rooms) in [
            (
                "1 RK with toilet and bath separate",
                "living_room:1 kitchen:1 toilet:1 bathroom:1",
            ),
            (
                "separate bath and toilet, kitchen",
                "toilet:1 bathroom:1 kitchen:1",
            ),
            ("toilet and bath, kitchen", "bathroom:1 kitchen:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
