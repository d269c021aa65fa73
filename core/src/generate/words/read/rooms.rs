//! Rooms as they are named.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::{Meaning, Relation};
use super::super::measure::What;
use super::super::number::ONE;
use super::super::token::Mark;
use super::{Noun, Reader};

/// A wish for access without steps has an effect on toilets only.
pub(super) const NOT_ACCESSIBLE: &str =
    "only toilets have an accessible type; routes follow the rules' clear widths";

impl Reader<'_> {
    /// A room: a new one, or one that was named before.
    pub(super) fn room(&mut self, at: usize, room: &'static str) -> Option<usize> {
        let mut pending = std::mem::take(&mut self.pending);
        let (token, last) = self.tokens_of(at);
        let first = pending.from.unwrap_or(token).min(token);
        let key = self.key(at).to_owned();
        self.describe(
            pending.unknown,
            first.max(token),
            "describes the room; its type is that of the words behind",
        );
        let mut room = room;
        if let Some(accessible) = pending.accessible {
            self.spend(accessible);
            if matches!(room, "toilet" | "bathroom" | "toilet_group") {
                room = "accessible_toilet";
            } else if room != "accessible_toilet" {
                let (first, last) = self.tokens_of(accessible);
                self.ignore(first, last, NOT_ACCESSIBLE);
            }
        }
        let mut room = self.in_facility(room, at);
        // `a commercial kitchen, …, the kitchen next to the dining area`: that one.
        let says_where = matches!(
            self.meaning(at + 1),
            Some(Meaning::Relation(_) | Meaning::Stop)
        );
        let kitchens = (self.out.items.iter())
            .filter(|item| item.room == "commercial_kitchen" && !item.is_excluded)
            .count();
        if key == "kitchen"
            && kitchens == 1
            && (pending.the || says_where)
            && pending.count.is_none()
            && !self.is_negated
        {
            room = "commercial_kitchen";
            pending.the = true;
        }
        if key.starts_with("female")
            || key.starts_with("lady")
            || key.starts_with("women")
            || key.starts_with("girl")
        {
            pending.female |= pending.male;
        } else if key.starts_with("male")
            || key.starts_with("gent")
            || key.starts_with("men")
            || key.starts_with("boy")
        {
            pending.male |= pending.female;
        }
        self.forget_known_count(room, &mut pending);
        self.count_by_owners(room, at, &mut pending);
        let is_plain = pending.count.is_none()
            && pending.area.is_none()
            && pending.sides.is_none()
            && pending.vague.is_none()
            && pending.seats.is_none()
            && (pending.the
                || !self.is_measured_behind(at)
                || self.is_only_mentioned(room)
                || self.is_sized_later(room, &key, at))
            && !pending.another
            && !self.is_for_somebody(at)
            // `veg prep, non veg prep`: what is called otherwise is another.
            && pending.unknown.is_none_or(|(_, to)| to + 1 != token)
            && !self.is_negated;
        if pending.by_gender > 0
            && let Some((amount, _, _)) = &mut pending.count
        {
            amount.low.0 += i64::from(pending.by_gender) * ONE;
            amount.high = amount.low;
        }
        let is_zero = pending
            .count
            .is_some_and(|(amount, _, _)| amount.high.0 == 0);
        let is_labelled = self.is_labelled(at);
        if is_labelled {
            self.spend(at + 1);
            self.at += 1;
        }
        if let Some(place) = self.seats_for_count(room, at, &mut pending) {
            self.noun = Noun::Item(place);
            self.noun_end = Some(at);
            return Some(place);
        }
        if let Some(place) = self.counted_late(room, &key, &pending) {
            self.noun = Noun::Item(place);
            self.noun_end = Some(at);
            return Some(place);
        }
        if let Some(place) = self.counted_by_people(room, &pending) {
            self.relate(place);
            self.finish_each(place, true);
            self.noun = Noun::Item(place);
            self.noun_end = Some(at);
            return Some(place);
        }
        if room == "ward" && !self.is_negated {
            self.drop_beds_of_whole();
        }
        if let Some(place) = self.room_for(room, &key, at, &pending) {
            return Some(place);
        }
        let instead_of = self.instead_of.take();
        let says_more = self.has_more_to_say(at);
        let again = self
            .named_before(
                room,
                &key,
                pending.the || says_more || self.comes_after(at, Meaning::In),
            )
            .filter(|_| {
                is_plain
                    && !is_labelled
                    && !(pending.article
                        // `next to the waiting area, …, a waiting area for 18`.
                        && !(self.is_only_mentioned(room)
                            && (self.is_measured_behind(at)
                                // `2 rooms near the reception, a reception with 2 desks`.
                                || self.meaning(at + 1) == Some(Meaning::With)
                                || matches!(
                                    self.what(at + 2),
                                    Some(What::Count(_)) if self.comes_after(at + 2, Meaning::For)
                                )))
                        // `40 desks in an open plan area`.
                        && !(room == "open_office" && self.comes_after(at, Meaning::In))
                        && self.open_relation.is_none()
                        && self.each_of_next.is_none())
            })
            .filter(|place| !(pending.is_attached && self.is_of_another(*place)))
            // `3 bedrooms with attached toilets`: not the toilet that was named alone.
            .filter(|place| {
                let via = self.out.items.get(*place).and_then(|item| item.via);
                let own = self.host.is_some_and(|host| self.noun == Noun::Item(host));
                !(pending.is_attached && own && !pending.the && via.is_none())
            })
            // `maid's room with bathroom`: not that of the bedrooms named before.
            .filter(|place| {
                let own = self.host.is_some_and(|host| self.noun == Noun::Item(host));
                !(own && !pending.the && self.is_of_another(*place))
            })
            // `3 toilets, …, servant room with toilet`: its own.
            .filter(|place| {
                let of_host = (self.host.filter(|host| self.noun == Noun::Item(*host)))
                    .and_then(|host| self.out.items.get(host))
                    .is_some_and(|host| {
                        matches!(
                            host.room,
                            "servant_room" | "executive_office" | "guest_room" | "patient_room"
                        )
                    });
                let is_wet = self
                    .out
                    .items
                    .get(*place)
                    .is_some_and(|item| matches!(item.room, "bathroom" | "toilet" | "shower"));
                !(of_host && is_wet && !pending.the)
            })
            // The bathroom of a bedroom is not the one named alone behind it.
            .filter(|place| {
                let is_own = self.out.items.get(*place).is_some_and(|item| {
                    matches!(item.room, "bathroom" | "toilet" | "shower") && item.via.is_some()
                });
                !is_own || pending.the || pending.is_attached || self.open_relation.is_some()
            })
            // `4 BHK: …, guest bedroom with attached bath`: one of the four.
            .filter(|place| {
                let is_several =
                    self.out.items.get(*place).is_some_and(|item| {
                        item.room == "bedroom" && item.of_home && item.key != key
                    });
                !(is_several && self.is_other_bedroom(at))
            })
            // `the injection room 8x10, the dressing room 8x8`: two of a kind, by two names.
            .filter(|place| {
                let is_sized = self.out.items.get(*place).is_some_and(|item| {
                    item.key != key && (item.area.is_some() || item.sides.is_some())
                });
                !(is_sized && self.is_measured_behind(at))
            })
            // `three kids' rooms, parents' bedroom with …`: others, by another name.
            .filter(|place| {
                let names = |key: &str| !matches!(key, "bedroom" | "bed" | "room");
                let is_other = (self.out.items.get(*place)).is_some_and(|item| {
                    item.room == "bedroom"
                        && item.key != key
                        && item.amount.is_some()
                        && names(&item.key)
                });
                !(is_other && names(&key) && !pending.the && self.open_relation.is_none())
            })
            // `meeting 8, meeting 4`: each with its own number.
            .filter(|place| {
                let is_seated = (self.out.items.get(*place))
                    .is_some_and(|item| item.seats.is_some() && !item.seats_of_whole);
                let counted = matches!(self.what(at + 1), Some(What::Count(_)))
                    && matches!(
                        self.what(at + 2),
                        None | Some(What::Mark(Mark::Comma | Mark::Line | Mark::Stop))
                    );
                !(is_seated && counted && super::numbers::seats_by_number(room))
            })
            .filter(|place| !self.is_other_gender(*place, &key, &pending))
            .filter(|place| !self.is_called_otherwise(*place, at))
            .filter(|_| !self.repeats_entry(at))
            .filter(|place| !self.is_for_others(*place, at))
            .filter(|place| *place >= self.floor || pending.the || self.open_relation.is_some())
            .filter(|_| {
                // `toilet M 5x6, toilet F 5x6`: each with its own size.
                let is_apart = room == "prayer_room"
                    || (room == "toilet" && self.is_measured_behind(at + 1) && !pending.the);
                !(is_apart && self.is_for_one_gender(at))
            })
            .or_else(|| self.over_slash(room, at))
            .or_else(|| (self.called_by_its_head(room, &key)).filter(|_| is_plain && pending.the))
            .or_else(|| {
                // `off the living`.
                let refers = pending.the || self.open_relation.is_some();
                (self.part_of_living_dining(room)).filter(|_| is_plain && refers)
            });
        if again.is_none() && !self.is_negated {
            self.take_from_total(room, at, &mut pending);
            if self.is_some_of_those(at) {
                self.take_some(room, &pending);
            }
            self.say_side_by_side(room, at);
            self.take_from_bedrooms(room, at, &pending);
            self.take_from_title(room, &pending);
            self.take_from_same(room, at, &pending);
        }
        let place = match again {
            Some(place) => {
                if !pending.the
                    && self.open_relation.is_none()
                    && self.last_relation.is_none()
                    && self.for_each.is_none()
                    && self.each_of_next.is_none()
                    && self.meaning(at.saturating_sub(1)) != Some(Meaning::Each)
                    && !says_more
                {
                    let text = self.name_of(place);
                    self.out
                        .assumptions
                        .push(format!("{text} is named twice and counted once"));
                }
                if let (Some(size), Some(item)) = (pending.size, self.item_mut(place)) {
                    item.size.get_or_insert(size);
                }
                if let (Some((amount, ..)), Some(item)) = (pending.seats, self.item_mut(place)) {
                    item.seats.get_or_insert(amount);
                }
                place
            }
            None => self.new_item(room, &key, first, last, at, &pending),
        };
        for part in [
            pending.count.map(|(_, a, b)| (a, b)),
            pending.area.map(|(_, a, b)| (a, b)),
            pending.sides.map(|(_, a, b)| (a, b)),
            pending.seats.map(|(_, a, b)| (a, b)),
        ]
        .into_iter()
        .flatten()
        {
            self.spend_tokens(part.0, part.1);
        }
        if let Some(vague) = pending.vague {
            self.spend(vague);
        }
        if self.is_negated || is_zero {
            self.exclude(place);
        }
        self.relate(place);
        self.finish_each(place, again.is_some());
        let sleeps = matches!(
            room,
            "bedroom" | "master_bedroom" | "guest_room" | "patient_room" | "room"
        );
        // `living room with terrace, kitchen, 3 ensuite bedrooms`: none of a host before.
        let is_apart = self.host.is_none() || pending.count.is_some();
        if pending.is_attached && sleeps && is_apart {
            // `3 ensuite bedrooms`: each has a bathroom of its own.
            if again.is_none() {
                let mut bath = Item::new("bathroom", "bathroom", first, last);
                bath.sure = Confidence::Synonym;
                bath.each_of.push(place);
                bath.via = Some(place);
                self.out.items.push(bath);
                let bath = self.out.items.len() - 1;
                self.attach_to(bath, place);
            }
        } else if pending.is_attached && self.says_whose(at) {
            // `attached toilet to master bedroom`: whose it is comes behind.
            let (first, last) = self.tokens_of(at);
            self.open_relation = Some((Relation::Attached, first, last));
        } else if pending.is_attached {
            self.attach(place, again.is_none() && pending.count.is_none());
        } else if again.is_none() && pending.count.is_none() {
            self.attach_bath(place);
        }
        self.noun = Noun::Item(place);
        self.noun_end = Some(at + usize::from(is_labelled));
        if again.is_none() && !self.is_negated {
            self.divide(place);
        }
        if again.is_none()
            && let Some(other) = instead_of
        {
            self.leave_choice(place, other);
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn rooms_of_another_floor_are_others() {
        let (prompt, rooms) = (
            "GF: reception, 4 consults, WC x 2. FF: 3 offices, WC",
            "reception:1 consultation:4 toilet:2 private_office:3 toilet:1",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn ensuite_bedrooms_are_not_attached_to_a_room_before() {
        let (prompt, rooms) = (
            "living room with terrace, kitchen, 3 ensuite bedrooms",
            "living_room:1 balcony:1 kitchen:1 bedroom:3 bathroom:3",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }
}
