//! What there is for each of something: a bathroom for each bedroom.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    pub(super) fn each(&mut self, at: usize) {
        let next = self.past_adjectives(at + 1);
        let of_next = self.is_room(next)
            || (matches!(self.what(next), Some(What::Count(_)))
                && self.is_room(self.past_adjectives(next + 1)));
        // `a 24 room hotel, all rooms en suite`: the rooms that were counted.
        if self.key(at) == "all"
            && self.key(at + 1) == "room"
            && self.meaning(at + 2) == Some(Meaning::Attached)
            && self.facility == Some("hotel")
            && let Some(place) = (self.out.items.iter())
                .position(|item| item.room == "guest_room" && !item.is_excluded)
        {
            self.spend(at + 1);
            self.noun = super::Noun::Item(place);
            self.noun_end = Some(at + 1);
            self.host = None;
            self.at = at + 2;
            return;
        }
        // `12 m² for each of the four bedrooms`: how large those are.
        let is_sized = self.pending.area.is_some() || self.pending.sides.is_some();
        if is_sized && at > 0 && self.meaning(at - 1) == Some(Meaning::For) {
            return self.sizes_each_of_known(at);
        }
        if self.are_counted_in_brackets(at) {
            return;
        }
        if self.are_on_each_side(at) || self.has_every_room(at) || self.is_shared_by_some(at) {
            return;
        }
        if self.ends_room_of_people(at) {
            self.noun_end = Some(at);
            return;
        }
        if self.measures_all(at)
            || self.measures_both(at)
            || self.all_ensuite(at)
            || self.tell_each_floor(at)
        {
            return;
        }
        // `a cabin for each of the 4 managers`: four of them.
        let mut people = at + 1;
        // `a cabin each for the two partners`, too.
        let is_before = self.meaning(people) == Some(Meaning::For) && self.touches_noun(at);
        while matches!(self.meaning(people), Some(Meaning::Of | Meaning::The))
            || (is_before && people == at + 1)
        {
            people += 1;
        }
        if let (Some(What::Seats(amount, _)), Some(place)) = (self.what(people), self.last_item())
            && at > 0
            && (is_before || self.meaning(at - 1) == Some(Meaning::For))
            && self.out.items.get(place).is_some_and(|item| {
                item.amount
                    .is_none_or(|amount| amount.high == Number::whole(1))
            })
        {
            for lexeme in at..=people {
                self.spend(lexeme);
            }
            self.at = people + 1;
            self.noun_end = Some(people);
            if let Some(item) = self.item_mut(place) {
                item.amount = Some(amount);
                item.assumed.push("one for each person".to_owned());
            }
            return;
        }
        if self.each_for_several(at)
            || self.one_per_many(at)
            || self.per_people(at)
            || self.per_room(at)
        {
            return;
        }
        let linked = at > 0
            && matches!(
                self.meaning(at - 1),
                Some(
                    Meaning::For
                        | Meaning::In
                        | Meaning::With
                        | Meaning::Of
                        | Meaning::Stop
                        | Meaning::Relation(_)
                )
            );
        let per = self.key(at) == "per";
        // `of 12 sqm each`: said of the area.
        if at > 0
            && matches!(
                self.what(at - 1),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            )
        {
            // `3 shops of 40 sqm each with a toilet`: the toilet, too.
            if self.meaning(at + 1) == Some(Meaning::With) {
                self.for_each = self.last_item();
            }
            self.is_for_each_host();
            return self.measure_joined();
        }
        if of_next && (linked || per) && self.last_item().is_some() && self.key(at) != "both" {
            self.each_of_next = self.last_item();
            // `a washroom attached to every classroom`, `next to each classroom`, is both.
        } else if of_next && self.key(at) != "both" {
            // `each bedroom has …`: decided when the bedroom is read.
            self.for_each = Some(usize::MAX);
            self.pending.the = true;
        } else if self.key(at) == "both"
            && matches!(self.meaning(next), Some(Meaning::Relation(_)))
            && let Some(last) = self.last_item()
        {
            // `the lab and the store, both near the office`.
            // `2 toilets, one accessible, both near …`: both parts.
            self.also_subject = last.checked_sub(1).filter(|other| {
                let parted = self.out.items.get(*other).is_some_and(|item| {
                    matches!(item.room, "toilet" | "bathroom" | "bedroom") && *other + 1 == last
                });
                *other >= self.sentence || parted
            });
        } else if self.meaning(self.past_measure(next)) == Some(Meaning::With) {
            self.for_each = self.last_item();
            // `4 rooms with 4 beds, 2 single rooms`: one sleeps in either.
            let room_at = |place: usize| {
                (self.out.items.get(place)).map(|item| match item.room {
                    "patient_room" => "room",
                    room => room,
                })
            };
            let is_single = |place: usize| {
                self.out.items.get(place).is_some_and(|item| {
                    item.amount
                        .is_none_or(|amount| amount.high == Number::whole(1))
                })
            };
            let after_comma = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Comma));
            // `8 double rooms, 4 single rooms, each with a bath` is said of all twelve.
            self.also_each = (self.for_each)
                .filter(|host| *host > self.sentence)
                .filter(|host| {
                    (self.key(at) == "both"
                        && (is_single(*host) || room_at(*host) == room_at(host - 1)))
                        || (matches!(self.key(at), "each" | "all")
                            && after_comma
                            && room_at(*host) == room_at(host - 1))
                })
                .map(|host| host - 1)
                .into_iter()
                .collect();
            // `20 rooms, 4 deluxe rooms, 1 suite, all with bathrooms`.
            if self.also_each.len() == 1
                && self.key(at) == "all"
                && let Some(host) = self.for_each
            {
                self.also_each = (self.sentence..host)
                    .rev()
                    .take_while(|other| room_at(*other) == room_at(host))
                    .collect();
            }
            // `two studios (80 and 60 m²), each with its own changing room`.
            if self.divided.first().copied() == self.for_each
                && self.is_one_past_noun(at) | self.touches_noun(at)
                && matches!(self.key(at), "each" | "all" | "both")
            {
                self.also_each = self.divided.iter().skip(1).copied().collect();
            } else if let Some(host) = self.for_each.filter(|_| after_comma)
                && self.also_each.is_empty()
                && matches!(self.key(at), "each" | "all")
            {
                self.also_each = self.listed_alike(host);
            }
        } else if self.is_said_of_some(at) {
            // `two have a bathroom each`: two bathrooms.
        } else if self.last_item().is_some() && self.touches_noun(at) && self.for_each.is_none() {
            // `3 bedrooms, attached bathroom each`.
            let place = self.last_item();
            let host = self.host;
            let via = place
                .and_then(|place| self.out.items.get(place))
                .filter(|item| item.each_of.is_empty())
                .and_then(|item| item.via.or(host.filter(|host| Some(*host) != place)));
            // `two bedrooms and a bathroom each`.
            let via = via.or_else(|| {
                let before = place?
                    .checked_sub(1)
                    .filter(|before| *before >= self.sentence)?;
                let (many, one) = (self.out.items.get(before)?, self.out.items.get(place?)?);
                let is_one = one
                    .amount
                    .is_none_or(|amount| amount.high == Number::whole(1));
                let is_many = many.plural
                    || many.by_gender_amount().is_some()
                    || many
                        .amount
                        .is_some_and(|amount| amount.low > Number::whole(1));
                let joined =
                    self.follows_and(one.first) || self.follows_and(one.first.saturating_sub(1));
                // `male & female changing, 2 showers each`.
                let serves = matches!(one.room, "shower" | "toilet" | "bathroom" | "balcony")
                    && one.amount.is_some()
                    && many.room != one.room;
                (one.each_of.is_empty() && is_many && ((is_one && !one.plural && joined) || serves))
                    .then_some(before)
            });
            // `studios with kitchenette and shower each`: one of either for each.
            let others = match (via, place) {
                (Some(via), Some(place)) if Some(via) == host && via < place => via + 1..place,
                _ => 0..0,
            };
            for other in others {
                if let (Some(via), Some(item)) = (via, self.item_mut(other))
                    && item.amount.is_none()
                    && item.each_of.is_empty()
                    && !item.plural
                {
                    item.each_of.push(via);
                }
            }
            if let (Some(via), Some(item)) = (via, place.and_then(|place| self.item_mut(place))) {
                item.each_of.push(via);
            } else if via.is_none()
                && self.key(at) == "each"
                && self.is_boundary(at + 1)
                // `for 20 each` is said of the number.
                && !matches!(self.what(at.saturating_sub(1)), Some(What::Count(_)))
            {
                let (first, last) = self.tokens_of(at);
                self.ignore(first, last, "each of what is not clear");
            }
        }
    }

    /// `every doctor (4) has a consulting room`: four of them. Whether `every` at `at` began so; the
    /// room is read next.
    fn are_counted_in_brackets(&mut self, at: usize) -> bool {
        let (Some(Meaning::Seats(_)), Some(What::Mark(Mark::Open)), Some(What::Count(amount))) =
            (self.meaning(at + 1), self.what(at + 2), self.what(at + 3))
        else {
            return false;
        };
        let room = self.past_adjectives(self.past_measure(at + 5) + 1);
        let has = self.meaning(room.saturating_sub(1).min(at + 6)) == Some(Meaning::Article)
            || self.meaning(at + 5) == Some(Meaning::With);
        if self.what(at + 4) != Some(What::Mark(Mark::Close)) || !has || !self.is_room(room) {
            return false;
        }
        self.goes_on_with((amount, at + 3), at, room);
        true
    }

    /// Whether `each` at `at` ends what some of the rooms have, whose number stands before `have`.
    fn is_said_of_some(&self, at: usize) -> bool {
        let with = (0..at).rev().find(|before| {
            !matches!(
                self.meaning(*before),
                Some(Meaning::Room(_) | Meaning::Article | Meaning::Style | Meaning::Attached)
            )
        });
        with.is_some_and(|with| {
            with > 0
                && self.meaning(with) == Some(Meaning::With)
                && matches!(self.what(with - 1), Some(What::Count(_)))
        })
    }

    /// `4 bathrooms each floor`: of how many floors, the plan knows. Whether `each` at `at` is said
    /// of those.
    fn tell_each_floor(&mut self, at: usize) -> bool {
        let is_floor = ["floor", "level", "storey", "story"]
            .iter()
            .any(|noun| self.key(at + 1).starts_with(noun))
            && matches!(self.key(at), "each" | "per" | "every");
        if is_floor {
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(at + 1).1);
            self.at = at + 2;
            self.noun_end = Some(at + 1);
            self.conflict(first, last, "one floor is planned");
        }
        is_floor
    }

    /// `baby room for 8, toddler room for 12, each with its own toilet`: the single rooms that stand
    /// in a row before the one at `host`, all for as many people or all of a size.
    fn listed_alike(&self, host: usize) -> Vec<usize> {
        let is_like = |place: &usize| {
            let (Some(item), Some(of)) = (self.out.items.get(*place), self.out.items.get(host))
            else {
                return false;
            };
            let is_one = |amount: Amount| amount.high == Number::whole(1);
            !item.plural
                && !item.is_excluded
                && item.amount.is_none_or(is_one)
                && of.amount.is_none_or(is_one)
                && !of.plural
                && item.seats.is_some() == of.seats.is_some()
                && item.area.is_some() == of.area.is_some()
                && (of.seats.is_some() || of.area.is_some())
        };
        (self.sentence..host).rev().take_while(is_like).collect()
    }

    /// `1 nurse station per 4 exam rooms`: as many as the rooms that are named need.
    fn one_per_many(&mut self, at: usize) -> bool {
        let (Some(place), Some(What::Count(many))) = (self.last_item(), self.what(at + 1)) else {
            return false;
        };
        let room = self.past_adjectives(at + 2);
        let kind = match self.meaning(room) {
            Some(Meaning::Room(kind) | Meaning::Either { room: kind, .. }) => kind,
            _ => return false,
        };
        let all = self
            .out
            .items
            .iter()
            .find(|item| item.room == kind && !item.is_excluded)
            .and_then(|item| item.amount?.low.count());
        if self.key(at) != "per" && self.key(at) != "every" {
            return false;
        }
        let Some(many) = many.low.count().filter(|many| *many > 1) else {
            return false;
        };
        let Some(all) = all else {
            // Named behind.
            let (first, last) = (self.tokens_of(at).0, self.tokens_of(room).1);
            self.spend_tokens(first, last);
            self.per_many.push((place, kind, many, first, last));
            self.at = room + 1;
            self.noun_end = Some(room);
            return true;
        };
        for lexeme in at..=room {
            self.spend(lexeme);
        }
        self.at = room + 1;
        self.noun_end = Some(room);
        let assumed = format!("for the {all} that are named");
        self.follow(place, all.div_ceil(many), assumed);
        true
    }

    /// `1 toilet each for staff and patients`: as many for each of those.
    pub(super) fn each_for_several(&mut self, at: usize) -> bool {
        // `toilets, two each for women and men`.
        let counted = (self.pending.count).filter(|_| {
            at > 0
                && matches!(self.what(at - 1), Some(What::Count(_)))
                && (self.last_item().and_then(|place| self.out.items.get(place)))
                    .is_some_and(|item| item.is_by_gender() && item.amount.is_none())
        });
        if self.meaning(at + 1) != Some(Meaning::For)
            || !(self.touches_noun(at) || counted.is_some())
        {
            return false;
        }
        let (mut next, mut people) = (at + 2, 0_u32);
        loop {
            next = self.past_small_words(next);
            match self.what(next) {
                Some(What::Is(Meaning::Seats(_) | Meaning::Male | Meaning::Female)) => {}
                Some(What::Is(Meaning::Room("toilet")))
                    if matches!(self.key(next), "lady" | "gent") => {}
                _ => break,
            }
            people += 1;
            next += 1;
            if !matches!(
                self.what(next),
                Some(
                    What::Is(Meaning::And)
                        | What::Mark(Mark::Ampersand | Mark::Comma | Mark::Slash)
                )
            ) {
                break;
            }
            next += 1;
        }
        let Some(place) = self.last_item().filter(|_| people >= 2) else {
            return false;
        };
        for lexeme in at..next {
            self.spend(lexeme);
        }
        self.at = next;
        self.noun_end = Some(next.saturating_sub(1));
        if let Some((amount, first, last)) = counted {
            self.pending = super::pending::Pending::default();
            self.spend_tokens(first, last);
            if let Some(item) = self.item_mut(place) {
                item.amount = Some(amount);
                item.last = item.last.max(last);
            }
        }
        if let Some(item) = self.item_mut(place) {
            let one = Number::whole(1);
            let amount = item.amount.get_or_insert(Amount {
                low: one,
                high: one,
                bound: Bound::Exactly,
            });
            amount.low.0 = amount.low.0.saturating_mul(i64::from(people));
            amount.high.0 = amount.high.0.saturating_mul(i64::from(people));
            item.assumed.push("one for each".to_owned());
        }
        true
    }

    pub(super) fn past_small_words(&self, at: usize) -> usize {
        let mut next = at;
        while matches!(
            self.meaning(next),
            Some(Meaning::The | Meaning::Article | Meaning::Style)
        ) {
            next += 1;
        }
        next
    }

    /// Multiplies what is for each of something, once both are known.
    pub(super) fn finish_each(&mut self, place: usize, is_reference: bool) {
        if let Some(first) = self.each_of_next.take() {
            if first != place
                && let Some(item) = self.item_mut(first)
            {
                item.each_of.push(place);
            }
            return;
        }
        match self.for_each {
            Some(usize::MAX) => self.for_each = Some(place),
            Some(host) if host != place && !is_reference => {
                if let Some(item) = self.item_mut(place) {
                    item.each_of.push(host);
                    if item.amount.is_none() {
                        item.unsaid = 1;
                        item.plural = false;
                    }
                }
                // `a bedroom and a guest room, both with bathrooms`.
                // `all with a toilet and a shower`: either of them is for all.
                let others = self.also_each.clone();
                let mut served = vec![(place, host)];
                for other in others {
                    let Some(mut item) = self.out.items.get(place).cloned() else {
                        continue;
                    };
                    item.each_of = vec![other];
                    self.out.items.push(item);
                    served.push((self.out.items.len() - 1, other));
                }
                for (place, host) in served.iter().filter(|_| served.len() > 1) {
                    if let Some(item) = self.item_mut(*place) {
                        item.via = Some(*host);
                    }
                    self.attach_to(*place, *host);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn all_of_several_kinds_have_whatever_is_named() {
        for (prompt, rooms) in [
            (
                "hotel: 8 double rooms, 4 single rooms, all with a toilet and a shower, lobby",
                "guest_room:8 guest_room:4 toilet:4 toilet:8 shower:4 shower:8 lobby:1",
            ),
            (
                "hospital: 4 rooms with 4 beds, 2 single rooms, all with toilet and shower, pantry",
                "room:4#4 patient_room:2 toilet:2 toilet:4 shower:2 shower:4 pantry:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
