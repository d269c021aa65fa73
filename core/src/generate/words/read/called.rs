//! What several rooms are called, in brackets behind them: `3 procedure rooms (laser, peel, facial)`.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// Whether the bracket at `at` holds one name for each of the rooms counted before. What a room is
    /// called does not change its type, and asks for no other room; a list of rooms that are all known
    /// is left to whoever tells those apart.
    pub(super) fn are_names_in_brackets(&mut self, at: usize) -> bool {
        let counted = (self.last_item().and_then(|place| self.out.items.get(place)))
            .filter(|item| item.room != "room" && !item.is_excluded)
            .and_then(|item| item.amount?.low.count());
        let Some(rooms) = counted.filter(|rooms| *rooms > 1 && self.touches_noun(at)) else {
            return false;
        };
        let (mut names, mut is_empty, mut is_new) = (0, true, false);
        for next in at + 1.. {
            match self.what(next) {
                Some(What::Mark(Mark::Close)) if !is_empty => {
                    let is_each_named = is_new && names + 1 == rooms;
                    if is_each_named {
                        let (first, last) = (self.tokens_of(at + 1).0, self.tokens_of(next - 1).1);
                        self.at = next + 1;
                        self.spend(next);
                        self.ignore(
                            first,
                            last,
                            "what a room is called does not change its type",
                        );
                        self.noun_end = Some(next);
                    }
                    return is_each_named;
                }
                Some(
                    What::Mark(Mark::Comma | Mark::Slash | Mark::Ampersand | Mark::Plus)
                    | What::Is(Meaning::And),
                ) if !is_empty => (names, is_empty) = (names + 1, true),
                Some(What::Unknown) => (is_empty, is_new) = (false, true),
                Some(What::Is(
                    Meaning::Room(_) | Meaning::Either { .. } | Meaning::Style | Meaning::Noun,
                )) => is_empty = false,
                _ => return false,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn names_of_counted_rooms_ask_for_no_others() {
        for (prompt, rooms) in [
            (
                "3 procedure rooms (laser, peel, hydrafacial), reception",
                "procedure_room:3 reception:1",
            ),
            // A bracket with fewer names than rooms is not about each of them.
            (
                "2 stores (kitchen), reception",
                "store:2 kitchen:1 reception:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
