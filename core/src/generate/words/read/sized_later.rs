//! Rooms that are counted in one sentence and sized in a later one: `one kitchen, 2 offices.
//! Kitchen 20 sqm, offices 12 sqm each.`

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// Whether the room at `at`, with a size behind it and no number, is the one that an earlier
    /// sentence counted and did not size: one of one, all of several.
    pub(super) fn is_sized_later(&self, room: &str, key: &str, at: usize) -> bool {
        let begins = at.checked_sub(1).is_none_or(|before| {
            matches!(
                self.what(before),
                Some(
                    What::Mark(Mark::Stop | Mark::Line | Mark::Comma | Mark::Colon)
                        | What::Enumerator
                )
            )
        });
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let mut same = (self.out.items.iter().enumerate())
            .filter(|(_, item)| item.room == room && !item.is_excluded);
        let Some((place, item)) = same.next() else {
            return false;
        };
        let one = Number::whole(1);
        let fits = match item.amount {
            Some(amount) => (amount.high > one) == plural,
            None => item.has_article && !plural,
        };
        begins
            && same.next().is_none()
            && place < self.sentence
            && item.key == key
            && fits
            && item.area.is_none()
            && item.sides.is_none()
            && (self.is_area_behind(at) || (item.seats.is_none() && self.is_measured_behind(at)))
    }

    /// Whether an area or sides come right behind the room at `at`, past a mark.
    pub(super) fn is_area_behind(&self, at: usize) -> bool {
        let mark = usize::from(matches!(
            self.what(at + 1),
            Some(What::Mark(Mark::Open | Mark::Colon | Mark::Hyphen) | What::Is(Meaning::Of))
        ));
        matches!(
            self.what(at + 1 + mark),
            Some(What::Area(_) | What::Dims { .. })
        )
    }
}
