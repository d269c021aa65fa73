//! Measures that are said of several rooms: `a lab and a store 12 sqm each`, `all 12 sqm`.

use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `a lab and a store 12 sqm each`: the measure of the last one is that of the one before, too.
    pub(super) fn measure_joined(&mut self) {
        let Some(last) = self.last_item() else { return };
        let Some(before) = last
            .checked_sub(1)
            .filter(|before| *before >= self.sentence)
        else {
            return;
        };
        let (Some(one), Some(other)) = (self.out.items.get(before), self.out.items.get(last))
        else {
            return;
        };
        let one_of_it = super::super::number::Number::whole(1);
        let is_single = |item: &super::super::item::Item| {
            !item.plural && item.amount.is_none_or(|amount| amount.high == one_of_it)
        };
        let joined =
            self.follows_and(other.first) || self.follows_and(other.first.saturating_sub(1));
        let is_free = one.area.is_none() && one.sides.is_none() && !one.is_excluded;
        // `2 offices and 1 store, each 10 sqm`: the size of all of them, the seats of none of many.
        if !joined || !is_free || !is_single(other) {
            return;
        }
        let (area, sides, seats) = (other.area, other.sides, other.seats);
        if area.is_none() && sides.is_none() && (!is_single(one) || one.seats.is_some()) {
            return;
        }
        if let Some(item) = self.item_mut(before) {
            (item.area, item.sides) = (area, sides);
            item.seats = item.seats.or(seats);
        }
    }

    /// `a lab, a store, an office - all 12 sqm`: the size of every room of the sentence that has
    /// none. Whether `all` at `at` says that.
    pub(super) fn measures_all(&mut self, at: usize) -> bool {
        let parted = at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Mark(Mark::Hyphen | Mark::Comma | Mark::Open))
            );
        let measure = self.past_small_words(at + 1);
        let measure = measure + usize::from(self.meaning(measure) == Some(Meaning::Of));
        let (area, sides) = match self.what(measure) {
            Some(What::Area(span)) => (Some(span), None),
            Some(What::Dims { sides, .. }) => (None, Some(sides)),
            _ => return false,
        };
        let bare: Vec<usize> = (self.sentence..self.out.items.len())
            .filter(|place| {
                (self.out.items.get(*place)).is_some_and(|item| {
                    item.area.is_none() && item.sides.is_none() && !item.is_excluded
                })
            })
            .collect();
        if self.key(at) != "all" || !parted || bare.len() < 2 {
            return false;
        }
        for lexeme in at..=measure {
            self.spend(lexeme);
        }
        for place in bare {
            if let Some(item) = self.item_mut(place) {
                (item.area, item.sides) = (area, sides);
            }
        }
        self.at = measure + 1;
        self.noun_end = Some(measure);
        true
    }

    /// `a kitchen next to a dining room, both about 15 sqm`: the size of the two single rooms that
    /// were named last. Whether `both` at `at` says that.
    pub(super) fn measures_both(&mut self, at: usize) -> bool {
        let of = at
            + 1
            + usize::from(matches!(
                self.meaning(at + 1),
                Some(Meaning::Of | Meaning::About)
            ));
        let (area, sides) = match self.what(of) {
            Some(What::Area(span)) => (Some(span), None),
            Some(What::Dims { sides, .. }) => (None, Some(sides)),
            _ => return false,
        };
        let is_bare_single = |place: &usize| {
            (self.out.items.get(*place)).is_some_and(|item| {
                let one = super::super::number::Number::whole(1);
                item.amount.is_none_or(|amount| amount.high == one)
                    && !item.plural
                    && !item.is_excluded
                    && item.area.is_none()
                    && item.sides.is_none()
            })
        };
        let last_two: Vec<usize> = (self.sentence..self.out.items.len())
            .rev()
            .take(2)
            .filter(is_bare_single)
            .collect();
        if self.key(at) != "both" || last_two.len() < 2 {
            return false;
        }
        for lexeme in at..=of {
            self.spend(lexeme);
        }
        for place in last_two {
            if let Some(item) = self.item_mut(place) {
                (item.area, item.sides) = (area, sides);
            }
        }
        self.at = of + 1;
        self.noun_end = Some(of);
        true
    }

    /// `4 bedrooms, at least 12 m² for each bedroom`: the size that waits is that of the rooms which
    /// `each` at `at` goes back to. Others are read next.
    pub(super) fn sizes_each_of_known(&mut self, at: usize) {
        let room_at = self.past_small_words(at + 1);
        let plural = (self.lexemes.get(room_at)).is_some_and(|lexeme| lexeme.plural);
        let Some(Meaning::Room(room) | Meaning::Either { room, .. }) = self.meaning(room_at) else {
            return;
        };
        let known = (self.out.items.iter()).position(|item| {
            item.room == room && item.area.is_none() && item.sides.is_none() && !item.is_excluded
        });
        let Some(place) = known.filter(|_| !plural && self.pending.count.is_none()) else {
            return;
        };
        let pending = std::mem::take(&mut self.pending);
        if let Some((_, first, last)) = pending.area {
            self.spend_tokens(first, last);
        }
        if let Some(item) = self.item_mut(place) {
            item.area = pending.area.map(|(span, ..)| span);
            item.sides = pending.sides.map(|(sides, ..)| sides);
        }
        self.spend(room_at);
        self.at = room_at + 1;
        (self.noun, self.noun_end) = (super::Noun::Item(place), Some(room_at));
    }

    /// Past `200 sq ft` in `each approx. 200 sq ft with a dresser`.
    pub(super) fn past_measure(&self, at: usize) -> usize {
        let is_measure = matches!(self.what(at), Some(What::Area(_) | What::Dims { .. }));
        let of = usize::from(matches!(
            self.meaning(at),
            Some(Meaning::Of | Meaning::About)
        ));
        let measured = matches!(self.what(at + of), Some(What::Area(_) | What::Dims { .. }));
        match (is_measure, measured) {
            (true, _) => at + 1,
            (false, true) => at + of + 1,
            _ => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_size_before_each_is_that_of_the_rooms_behind() {
        for (prompt, rooms) in [
            (
                "minimum 12 m2 for each of the four bedrooms, kitchen 10 m2",
                "bedroom:4@12 kitchen:1@10",
            ),
            (
                "20 m2 for the kitchen, 10 m2 for each of the 3 offices",
                "kitchen:1@20 private_office:3@10",
            ),
            (
                "4 bedrooms, at least 12 m2 for each bedroom, kitchen",
                "bedroom:4@12 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn both_of_two_rooms_have_the_size() {
        for (prompt, rooms) in [
            (
                "kitchen should be connected to dining room, both about 15 sqm",
                "kitchen:1@15 dining_room:1@15",
            ),
            (
                "a lab and 2 offices, both 12 sqm",
                "laboratory:1 private_office:2@12",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
