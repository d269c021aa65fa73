//! Rooms that are named more than once: meant again, or others of the kind.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `each bedroom has a bath, 3 bedrooms`: the number of rooms that were named before.
    pub(super) fn counted_late(
        &mut self,
        room: &str,
        key: &str,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        let (amount, first, last) = pending.count?;
        let place = self.out.items.iter().position(|item| {
            let is_open = item.is_mention || (item.plural && item.key == key);
            item.room == room
                && is_open
                && !item.is_excluded
                && item.amount.is_none()
                && item.seats.is_none()
                && item.by_gender == 0
        })?;
        self.spend_tokens(first, last);
        if let Some(item) = self.item_mut(place) {
            item.amount = Some(amount);
            item.plural = false;
            item.is_mention = false;
        }
        Some(place)
    }

    /// The item that a mention without a number refers back to.
    pub(super) fn named_before(&self, room: &str, key: &str, the: bool) -> Option<usize> {
        let refers = the
            || self.open_relation.is_some()
            || self.each_of_next.is_some()
            || self.for_each.is_some();
        let items = || self.out.items.iter().enumerate().rev();
        items()
            .find(|(_, item)| item.room == room && item.key == key && !item.is_excluded)
            .or_else(|| {
                items().find(|(_, item)| {
                    (refers || item.is_mention) && item.room == room && !item.is_excluded
                })
            })
            .map(|(place, _)| place)
    }

    /// Whether a size follows at once, which makes it a room of its own: `bedroom 14 sqm`.
    pub(super) fn is_measured_behind(&self, at: usize) -> bool {
        let mut next = at + 1;
        while matches!(
            self.what(next),
            Some(
                What::Is(Meaning::Noun | Meaning::Of | Meaning::For | Meaning::With)
                    | What::Mark(Mark::Open | Mark::Colon | Mark::Hyphen)
            )
        ) {
            next += 1;
        }
        matches!(
            self.what(next),
            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
        )
    }

    /// Whether a wish or measure follows, so that naming a room again had a purpose.
    pub(super) fn has_more_to_say(&self, at: usize) -> bool {
        let mut next = at + 1;
        while matches!(
            self.meaning(next),
            Some(Meaning::Stop | Meaning::Style | Meaning::Noun | Meaning::With)
        ) {
            next += 1;
        }
        matches!(
            self.what(next),
            Some(
                What::Is(
                    Meaning::Relation(_)
                        | Meaning::Place
                        | Meaning::Daylight
                        | Meaning::Attached
                        | Meaning::NotNeeded
                        | Meaning::Mutual
                        | Meaning::Optional
                        | Meaning::Large
                        | Meaning::Small
                ) | What::Length(_)
            )
        )
    }

    pub(super) fn name_of(&self, item: usize) -> String {
        self.out
            .items
            .get(item)
            .map(|item| format!("`{}`", item.room))
            .unwrap_or_default()
    }
}
