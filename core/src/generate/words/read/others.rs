//! Others of the kind named last: `2 big meeting rooms and 1 small one`.

use super::super::item::{Item, Size};
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::{Noun, Reader};

/// Whether `smaller ones` stands behind the number at `at`.
fn adjective_before_ones(reader: &Reader<'_>, at: usize) -> bool {
    let next = reader.past_adjectives(at + 1);
    next > at + 1 && reader.key(next) == "one"
}

/// Whether the word says that there is nothing special about a room.
fn is_ordinary(word: &str) -> bool {
    matches!(
        word,
        "normal" | "regular" | "standard" | "ordinary" | "usual" | "common"
    )
}

impl Reader<'_> {
    /// `2 of them should be 12 sqm`, `of which two should be 150 sq ft`.
    pub(super) fn is_some_of_them(&self, at: usize) -> bool {
        let behind = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(
                self.key(at + 2),
                "them" | "these" | "those" | "which" | "the"
            );
        let before = at >= 2
            && (self.meaning(at - 2) == Some(Meaning::Of) || self.key(at - 2) == "outof")
            && matches!(self.key(at - 1), "which" | "these" | "them" | "those");
        (behind || before) && self.last_item().is_some() && self.pending.count.is_none()
    }

    /// `2 big meeting rooms and 1 small one`, `3 offices + 1 spare`: whether `at` begins the last.
    pub(super) fn is_another_of_them(&self, at: usize) -> bool {
        let mut next = at + 1;
        let mut adjectives = 0;
        while self.meaning(next).is_some_and(super::is_adjective) {
            adjectives += 1;
            next += 1;
        }
        let one = self.is_one_or_ones(next);
        // `small one for 6`, `a small one`: the words before it describe it.
        let mut begins = at;
        while begins > 0 && self.meaning(begins - 1).is_some_and(super::is_adjective) {
            begins -= 1;
        }
        let joined = begins > 0
            && matches!(
                self.what(begins - 1),
                Some(
                    What::Is(Meaning::And) | What::Mark(Mark::Comma | Mark::Plus | Mark::Ampersand)
                )
            );
        // `a conference room to seat twelve; a smaller one to seat six`.
        let joined = joined
            || (begins > 0
                && begins < at
                && self.what(begins - 1) == Some(What::Mark(Mark::Line))
                && self.is_one_or_ones(at));
        // `one bedroom for us, one for the twins`.
        let is_one = |amount: Amount| amount.low == Number::whole(1) && amount.high == amount.low;
        let one_each = joined
            && self.meaning(at + 1) == Some(Meaning::For)
            && matches!(self.what(at), Some(What::Count(amount)) if is_one(amount))
            && (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                // `a toilet for ladies and one for gents`.
                item.amount
                    .map_or(!item.plural && item.is_by_gender(), is_one)
                    && item.seats.is_none()
                    && matches!(
                        item.room,
                        "bedroom" | "bathroom" | "toilet" | "private_office"
                    )
            });
        // `2 toilets for patients, 1 for staff`.
        let who = at + 2 + usize::from(self.meaning(at + 2) == Some(Meaning::The));
        let for_others = self.meaning(at + 1) == Some(Meaning::For)
            && matches!(
                self.meaning(who),
                Some(Meaning::Seats(_) | Meaning::Male | Meaning::Female | Meaning::Room("toilet"))
            )
            && (!self.is_room(who) || matches!(self.key(who), "lady" | "gent"))
            && self.is_boundary(who + 1)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| item.amount.is_some() && item.seats.is_none());
        // `ten cabins of 8 sqm; two of 12 sqm`.
        let measured = usize::from(
            self.meaning(at + 1) == Some(Meaning::Of)
                || self.what(at + 1) == Some(What::Mark(Mark::At)),
        );
        let after_line = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Line));
        let of_size = matches!(
            self.what(at + 1 + measured),
            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
        ) && measured == 1
            && self.is_boundary(at + 3)
            && self
                .last_item()
                .and_then(|place| self.out.items.get(place))
                .is_some_and(|item| {
                    item.amount.is_some()
                        && (item.area.is_some() || item.sides.is_some() || item.seats.is_some())
                });
        // `2 large for 8, 3 small for 4`, `2 mid 8 pax, 3 small 4 pax`.
        let sized = joined
            && adjectives > 0
            && matches!(
                self.what(next),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            )
            && self.is_boundary(next + 1)
            && self
                .last_item()
                .is_some_and(|place| self.is_measured_alike(place, next));
        // `ten 10 sqm offices, five 20 sqm ones`.
        let measured_ones = joined
            && matches!(
                self.what(at + 1),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            )
            && self.key(at + 2) == "one"
            && self.is_boundary(at + 3)
            && self
                .last_item()
                .is_some_and(|place| self.is_measured_alike(place, at + 1));
        // `2 eight-seater meeting rooms and one sixteen-seater`.
        let is_seater = joined
            && matches!(self.what(at + 1), Some(What::Seats(..)))
            && self.word_at(self.tokens_of(at + 1).1).starts_with("seater")
            && self.is_boundary(at + 2)
            && self
                .last_item()
                .is_some_and(|place| self.is_measured_alike(place, at + 1));
        // `one meeting room for 8, one for 4`.
        let seated = joined
            && matches!(self.meaning(at + 1), Some(Meaning::For | Meaning::Of))
            && matches!(self.what(at + 2), Some(What::Count(_) | What::Seats(..)))
            && self.is_boundary(at + 3)
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.seats.is_some());
        // `instead of 4 small offices give me 2 big ones`.
        let instead = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.is_title)
            && adjective_before_ones(self, at);
        if seated
            || one_each
            || instead
            || measured_ones
            || is_seater
            || sized
            || (joined && for_others)
            || ((joined || after_line) && of_size)
        {
            return true;
        }
        joined
            && adjectives > 0
            && self.last_item().is_some()
            && !matches!(self.meaning(at + 1), Some(Meaning::Male | Meaning::Female))
            && self.is_boundary(next + usize::from(one))
    }

    /// Whether the item at `place` has what the lexeme at `at` measures.
    pub(super) fn is_measured_alike(&self, place: usize, at: usize) -> bool {
        self.out
            .items
            .get(place)
            .is_some_and(|item| match self.what(at) {
                Some(What::Seats(..)) => item.seats.is_some(),
                _ => item.area.is_some() || item.sides.is_some(),
            })
    }

    pub(super) fn is_one_or_ones(&self, at: usize) -> bool {
        self.key(at) == "one"
            || matches!(self.what(at), Some(What::Count(amount))
                if amount.low == Number::whole(1) && amount.high == amount.low)
    }

    pub(super) fn another_of_them(&mut self, at: usize, amount: Amount) {
        let (first, mut last) = self.tokens_of(at);
        let Some(whole) = self.last_item().and_then(|place| self.out.items.get(place)) else {
            return;
        };
        // `one master with a bath, two smaller ones`: bedrooms, not baths.
        let host = whole.via.and_then(|via| self.out.items.get(via));
        let whole = host
            .filter(|_| adjective_before_ones(self, at))
            .unwrap_or(whole);
        let room = match whole.room {
            "master_bedroom" => "bedroom",
            room => room,
        };
        let mut item = Item::new(room, &whole.key, first, last);
        item.sure = whole.sure;
        // `ten desks, five more`: nobody has five open offices.
        let sized = whole.seats.is_some() && whole.amount.is_none();
        if super::numbers::is_one_of_a_kind(room)
            && (sized || amount.low > Number::whole(super::numbers::MOST_OF_ONE))
        {
            item.seats = Some(amount);
        } else {
            item.amount = Some(amount);
        }
        item.size = self.pending.size;
        let mut next = at + 1;
        while let Some(meaning) = self.meaning(next).filter(|it| super::is_adjective(*it)) {
            match meaning {
                Meaning::Large => item.size = Some(Size::Large),
                Meaning::Small => item.size = Some(Size::Small),
                Meaning::Optional => item.is_optional = true,
                Meaning::Accessible if item.is_by_gender() => item.room = "accessible_toilet",
                // `1 disabled toilet and 2 normal ones`.
                Meaning::Style
                    if item.room == "accessible_toilet" && is_ordinary(self.key(next)) =>
                {
                    item.room = "toilet";
                    item.key = "toilet".to_owned();
                }
                _ => {}
            }
            self.spend(next);
            last = self.tokens_of(next).1;
            next += 1;
        }
        if self.is_one_or_ones(next) {
            self.spend(next);
            last = self.tokens_of(next).1;
            next += 1;
        }
        item.last = last;
        self.pending = super::pending::Pending::default();
        // The rest of the bedrooms that were counted before.
        let rest = self.out.items.iter().position(|other| {
            other.is_open
                && other.room == item.room
                && other.amount.map(|all| all.low) == Some(amount.low)
        });
        let place = match rest {
            Some(place) => {
                if let Some(other) = self.item_mut(place) {
                    other.size = other.size.or(item.size);
                }
                place
            }
            None => {
                self.out.items.push(item);
                self.out.items.len() - 1
            }
        };
        self.noun = Noun::Item(place);
        self.noun_end = Some(next - 1);
        self.at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn ordinary_ones_of_an_accessible_toilet_are_toilets() {
        for (prompt, rooms) in [
            (
                "1 disabled toilet and 2 normal ones",
                "accessible_toilet:1 toilet:2",
            ),
            ("pantry, 1 M + 1 F toilet", "pantry:1 toilet:2"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn a_seater_is_another_of_them() {
        for (prompt, rooms) in [
            (
                "2 eight-seater meeting rooms and one sixteen-seater",
                "meeting_room:2#8 meeting_room:1#16",
            ),
            (
                "one meeting room for 8, one for 4",
                "meeting_room:1#8 meeting_room:1#4",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
