//! Rooms that are counted first and told apart behind: `2 meeting rooms, one for 6 and one for 10`.
//!
//! The parts are read ahead as a whole. Only when every one is understood and they add up to the
//! number that was said are they taken; otherwise the text is read on as if nothing was tried.

use super::super::item::Item;
use super::super::lexicon::{Meaning, Relation};
use super::super::measure::{Amount, Bound, What};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::part::Part;
use super::{Noun, Reader};

impl Reader<'_> {
    /// Divides the item named last by what stands from lexeme `at` on, some way behind it.
    pub(super) fn divide_again(&mut self, at: usize) -> bool {
        let Some(place) = self.last_item() else {
            return false;
        };
        let before = self.out.items.get(place).cloned();
        self.at = at;
        self.divide(place);
        let done = self.at > at;
        if !done {
            self.at = at + 1;
        } else if let Some(before) = before
            && let Some(item) = self.item_mut(place)
        {
            item.first = before.first;
        }
        done
    }

    /// Divides the item at `place`, whose phrase ends right before lexeme `self.at`.
    pub(super) fn divide(&mut self, place: usize) {
        let Some(item) = self.out.items.get(place) else {
            return;
        };
        let all = match item.amount {
            Some(amount) if amount.low == amount.high => amount.low.count(),
            Some(_) => return,
            None if item.plural => None,
            // `conference: 1 x 20 seats, 2 x 8 seats`.
            None if self.what(self.at) == Some(What::Mark(Mark::Colon)) => None,
            None => return,
        };
        // `offices for partners`: as many as they are, who were counted before.
        let of_known = self.meaning(self.at) == Some(Meaning::For)
            && matches!(self.meaning(self.at + 1), Some(Meaning::Seats(_)))
            && self.known_people(self.tokens_of(self.at + 1).1).is_some();
        if of_known {
            return;
        }
        let is_listed = item.amount.is_none() && !item.plural;
        let is_free = item.seats.is_none()
            && item.sides.is_none()
            // `of which two should be 150 sq ft`: the others keep what was said before.
            && (item.area.is_none() || self.noun_end.is_some_and(|end| end + 2 < self.at));
        if all.is_some_and(|all| all < 2)
            || !is_free
            || item.is_excluded
            // `3 ladies, 2 gents, 1 accessible toilet` are six.
            || matches!(
                item.key.as_str(),
                "lady" | "gent" | "double" | "single" | "twin" | "triple" | "quad" | "family"
            )
            || item.by_gender > 0
            || !item.each_of.is_empty()
        {
            return;
        }
        let room = item.room;
        if let Some(all) = all
            && self.divides_by_seats(place, all)
        {
            return;
        }
        let Some((mut parts, end)) = self.parts(self.at, room, all) else {
            return;
        };
        self.measure_each_part(&mut parts, end);
        for part in parts.iter_mut().filter(|part| part.is_half) {
            let Some(half) = all.filter(|all| all % 2 == 0).map(|all| all / 2) else {
                return;
            };
            part.count = Some(half);
        }
        let all_counted = parts.len() >= 2 && parts.iter().all(|part| part.count.is_some());
        if is_listed && !all_counted {
            return;
        }
        let named: u32 = (parts.iter())
            .filter(|part| !part.is_rest)
            .map(|part| part.count.unwrap_or(1))
            .sum();
        for part in parts.iter_mut().filter(|part| part.is_rest) {
            part.count = all.and_then(|all| all.checked_sub(named));
        }
        let said: u32 = parts.iter().map(|part| part.count.unwrap_or(1)).sum();
        if parts.iter().any(|part| part.count == Some(0)) {
            return;
        }
        // `stores: one by the entrance, one near the offices`: a list says how many there are.
        let is_list =
            all.is_none() && all_counted && self.what(self.at) == Some(What::Mark(Mark::Colon));
        if all != Some(said) && !is_list && parts.iter().any(Part::is_only_described) {
            return;
        }
        let rest = match all {
            None if parts.len() >= 2 => 0,
            None => return,
            Some(all) if said == all => 0,
            // `3 rooms, one for 10`: the others are as usual. Without their numbers all must be.
            Some(all) if said < all && parts.iter().all(|part| part.count.is_some()) => all - said,
            Some(_) => return,
        };
        self.take_parts(place, &parts, rest, end);
    }

    /// `toilets for girls and boys 15 m² each`: the measure behind the last of them is that of all,
    /// where `each` ends them before lexeme `end`.
    fn measure_each_part(&self, parts: &mut [Part], end: usize) {
        let is_each = end > 0 && self.key(end - 1) == "each";
        let Some((last, others)) = parts.split_last_mut().filter(|_| is_each) else {
            return;
        };
        let is_bare = |part: &Part| {
            part.is_plain && part.count.is_none() && part.area.is_none() && part.sides.is_none()
        };
        if others.iter().all(is_bare) {
            for part in others {
                (part.area, part.sides) = (last.area, last.sides);
            }
        }
    }

    fn take_parts(&mut self, place: usize, parts: &[Part], rest: u32, end: usize) {
        let Some(whole) = self.out.items.get(place).cloned() else {
            return;
        };
        for at in self.at..end {
            self.spend(at);
            if self.what(at) == Some(What::Unknown) {
                let (first, last) = self.tokens_of(at);
                self.ignore(first, last, "what one of the rooms is called");
            }
            if let Some(Meaning::Relation(relation)) = self.meaning(at)
                && relation != Relation::Attached
            {
                let last = self.tokens_of(self.past_small_words(at + 1)).1;
                let first = self.tokens_of(at).0;
                self.ignore(
                    first,
                    last,
                    "which of them it is, is not passed on; it asks for no room",
                );
            }
            if self.meaning(at) == Some(Meaning::Place) {
                let (first, last) = self.tokens_of(at);
                self.ignore(first, last, super::words::NO_PLACE);
            }
        }
        let last_token = self.tokens_of(end.saturating_sub(1)).1;
        let mut made: Vec<Item> = Vec::new();
        if rest > 0 {
            made.push(counted(&whole, rest));
        }
        for part in parts {
            let count = part.count.unwrap_or(1);
            let mut item = counted(&whole, count);
            item.seats = part.seats.or(whole.seats);
            item.area = part.area.or(whole.area.filter(|_| part.sides.is_none()));
            item.sides = part.sides;
            item.size = part.size.or(whole.size);
            item.is_ensuite = part.is_ensuite;
            if let Some(room) = part.room {
                item.room = room;
                item.key = room.replace('_', "");
            }
            (item.first, item.last) = (part.first, part.last);
            // Those with nothing of their own are one entry.
            let same = made.iter_mut().find(|other| {
                (other.room, other.seats, other.area, other.sides, other.size)
                    == (item.room, item.seats, item.area, item.sides, item.size)
                    && other.is_ensuite == item.is_ensuite
            });
            match same {
                Some(other) => {
                    let sum = other.amount.map_or(0, |amount| amount.low.0 / ONE);
                    other.amount = Some(exactly(Number::whole(sum + i64::from(count))));
                    other.last = other.last.max(item.last);
                }
                None => made.push(item),
            }
        }
        let mut made = made.into_iter();
        if let Some(mut first) = made.next() {
            first.first = whole.first;
            first.last = first.last.max(whole.last);
            if let Some(item) = self.item_mut(place) {
                *item = first;
            }
        }
        let next = self.out.items.len();
        self.out.items.extend(made);
        let end_of_made = self.out.items.len();
        self.divided = std::iter::once(place).chain(next..end_of_made).collect();
        for part in parts {
            let Some(bath) = part.attached else { continue };
            // `3 bedrooms, the master has its own bathroom`: the master has.
            let host = std::iter::once(place)
                .chain(next..end_of_made)
                .find(|host| {
                    let room = self.out.items.get(*host).map(|item| item.room);
                    part.room.is_some() && room == part.room
                })
                .unwrap_or(place);
            let (first, last) = self.tokens_of(bath);
            let room = match self.meaning(bath) {
                Some(Meaning::Room("toilet")) => "toilet",
                _ => "bathroom",
            };
            let mut item = Item::new(room, room, first, last);
            item.amount = Some(exactly(Number::whole(i64::from(match part.is_shared {
                true => 1,
                false => part.count.unwrap_or(1),
            }))));
            item.via = Some(host);
            self.out.items.push(item);
            let attached = self.out.items.len() - 1;
            self.attach_to(attached, host);
        }
        self.at = end;
        self.noun = Noun::Item(place);
        self.noun_end = Some(end.saturating_sub(1));
        let served = (parts.last().filter(|part| part.attached.is_some()))
            .and_then(|part| part.count.filter(|_| !part.is_shared));
        if let Some(served) = served {
            self.serve_with_another(end, served);
        }
        if let Some(item) = self.item_mut(place)
            && parts.len() == 1
            && rest == 0
        {
            item.last = item.last.max(last_token);
        }
    }
}

impl Reader<'_> {
    /// `10 bedrooms, 5 of which have a bathroom and a balcony`: the `and` at `at` goes on with what
    /// as many of them have.
    fn serve_with_another(&mut self, at: usize, served: u32) {
        let next = self.past_small_words(at + 1);
        let room = match self.meaning(next) {
            Some(Meaning::Room(room @ ("balcony" | "walk_in_closet" | "study" | "pantry"))) => room,
            _ => return,
        };
        let plural = self.lexemes.get(next).is_some_and(|lexeme| lexeme.plural);
        if self.meaning(at) != Some(Meaning::And) || plural || !self.is_boundary(next + 1) {
            return;
        }
        let (first, last) = self.tokens_of(next);
        for lexeme in at..=next {
            self.spend(lexeme);
        }
        let mut item = Item::new(room, self.key(next), first, last);
        item.sure = super::super::Confidence::Synonym;
        item.amount = Some(exactly(Number::whole(i64::from(served))));
        self.out.items.push(item);
        self.at = next + 1;
        self.noun_end = Some(next);
    }
}

fn exactly(number: Number) -> Amount {
    Amount {
        low: number,
        high: number,
        bound: Bound::Exactly,
    }
}

/// Another of the kind, so many of them.
fn counted(whole: &Item, count: u32) -> Item {
    let mut item = whole.clone();
    item.amount = Some(exactly(Number::whole(i64::from(count))));
    item.plural = false;
    item
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn parts_that_add_up_divide_the_rooms() {
        assert_eq!(
            rooms_of("2 meeting rooms, one for 6 and one for 10"),
            "meeting_room:1#6 meeting_room:1#10"
        );
    }

    #[test]
    fn the_others_are_as_many_as_are_left() {
        assert_eq!(
            rooms_of("10 offices, 4 of 12 sqm and the others of 16 sqm"),
            "private_office:4@12 private_office:6@16"
        );
    }

    #[test]
    fn each_of_two_genders_has_the_size() {
        for (prompt, rooms) in [
            ("toilets for girls and boys 15 m2 each", "toilet:2@15"),
            (
                "locker rooms men 40 sqm and women 30 sqm, hall",
                "locker_room:1@40 locker_room:1@30 multipurpose_hall:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn some_have_a_bathroom_and_something_else() {
        let (prompt, rooms) = (
            "10 bedrooms, 5 of which have a bathroom and a balcony, kitchen",
            "bedroom:10 bathroom:5 balcony:5 kitchen:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
