//! Rooms for so many each, with a cross between the numbers: `training 2 x 25`, `meeting 2x8, 1x16`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::programme::ROOMS_WITH_SEATS;
use super::super::token::{Mark, TokenKind};
use super::{Noun, Reader};
use crate::layout::room_type;

/// In tenths of a millimetre: no room in which several people sit is narrower.
const NARROWEST: i64 = 12_000;

impl Reader<'_> {
    /// Whether sides without a unit, which no room is as narrow as, count rooms and those who sit in
    /// each of them.
    pub(super) fn are_rooms_with_seats(&mut self, at: usize, sides: [i64; 2]) -> bool {
        let [first, second] = sides;
        let Some(place) = self.last_item().filter(|_| first < NARROWEST.min(second)) else {
            return false;
        };
        let Some((rooms, seats)) = self.crossed_numbers(at) else {
            return false;
        };
        let Some(item) = self.out.items.get(place) else {
            return false;
        };
        let is_seated = room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
            || matches!(item.room, "ward");
        let is_free = item.amount.is_none() && item.seats.is_none() && self.touches_noun(at);
        // `…, 1x16` goes on with the kind.
        let goes_on = item.amount.is_some()
            && item.seats.is_some()
            && self.is_one_past_noun(at)
            && self.what(at - 1) == Some(What::Mark(Mark::Comma))
            && matches!(
                self.noun_end.and_then(|end| self.what(end)),
                Some(What::Dims { .. })
            );
        if !is_seated || !(is_free || goes_on) {
            return false;
        }
        let (first, last) = self.tokens_of(at);
        let place = match goes_on {
            true => {
                let mut other = super::Item::new(item.room, &item.key, first, last);
                other.sure = item.sure;
                self.out.items.push(other);
                self.out.items.len() - 1
            }
            false => place,
        };
        if let Some(item) = self.item_mut(place) {
            item.amount = Some(Amount::whole(rooms, Bound::Exactly));
            item.seats = Some(Amount::whole(seats, Bound::Exactly));
            item.assumed.push(ROOMS_WITH_SEATS.to_owned());
            item.last = item.last.max(last);
        }
        self.noun = Noun::Item(place);
        self.noun_end = Some(at);
        true
    }

    /// `5 meeting rooms (3x6, 2x12)`: three for six and two for twelve, where the first numbers add up
    /// to the rooms at `place` that were counted. Whether what stands from here on tells those apart.
    pub(super) fn divides_by_seats(&mut self, place: usize, all: u32) -> bool {
        let Some(item) = self.out.items.get(place) else {
            return false;
        };
        let (room, key, sure) = (item.room, item.key.clone(), item.sure);
        let is_seated = room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some());
        let opens = matches!(
            self.what(self.at),
            Some(What::Mark(Mark::Open | Mark::Colon | Mark::Hyphen))
        );
        if !is_seated || !opens {
            return false;
        }
        let mut parts = Vec::new();
        let mut next = self.at + 1;
        while matches!(self.what(next), Some(What::Dims { unit: Some(_), .. })) {
            let Some((rooms, seats)) = self.crossed_numbers(next) else {
                return false;
            };
            parts.push((next, rooms, seats));
            next += 1;
            while matches!(
                self.what(next),
                Some(What::Mark(Mark::Comma | Mark::Plus | Mark::Ampersand))
                    | Some(What::Is(Meaning::And))
            ) {
                next += 1;
            }
        }
        let sum: u32 = parts.iter().map(|(_, rooms, _)| *rooms).sum();
        if parts.len() < 2 || sum != all {
            return false;
        }
        let closes = self.what(next) == Some(What::Mark(Mark::Close));
        for (number, (at, rooms, seats)) in parts.into_iter().enumerate() {
            let (first, last) = self.tokens_of(at);
            self.spend_tokens(first, last);
            let mut part = super::Item::new(room, &key, first, last);
            part.sure = sure;
            part.amount = Some(Amount::whole(rooms, Bound::Exactly));
            part.seats = Some(Amount::whole(seats, Bound::Exactly));
            part.assumed.push(ROOMS_WITH_SEATS.to_owned());
            match self.item_mut(place).filter(|_| number == 0) {
                Some(item) => {
                    (item.amount, item.seats) = (part.amount, part.seats);
                    (item.last, item.assumed) = (last, part.assumed);
                }
                None => self.out.items.push(part),
            }
        }
        if closes {
            self.spend(next);
        }
        self.at = next + usize::from(closes);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(self.at - 1);
        true
    }

    /// The two whole numbers of the lexeme at `at`.
    fn crossed_numbers(&self, at: usize) -> Option<(u32, u32)> {
        let (first, last) = self.tokens_of(at);
        let number = |token: usize| match self.tokens.get(token)?.kind {
            TokenKind::Number(number) => number.count(),
            _ => None,
        };
        Some((number(first)?, number(last)?)).filter(|_| last == first + 2)
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn narrow_sides_count_rooms_and_their_seats() {
        for (prompt, rooms) in [
            (
                "office: training 2 x 25, pantry",
                "training_room:2#25 pantry:1",
            ),
            (
                "20 desks, meeting 2x8, 1x16, pantry",
                "open_office:1#20 meeting_room:2#8 meeting_room:1#16 pantry:1",
            ),
            ("ICU, wards 2 x 20", "icu:1 ward:2#20"),
            (
                "5 meeting rooms (3x6, 2x12), server room",
                "meeting_room:3#6 meeting_room:2#12 server_room:1",
            ),
            // As wide as rooms are.
            ("meeting 10x12, pantry", "meeting_room:1 pantry:1"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
