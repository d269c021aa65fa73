//! What each of several rooms has for itself: `2 bedrooms each with a balcony and a bathroom`.

use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

impl Reader<'_> {
    /// `3 classrooms with a store of 8 sqm each`: one room cannot be meant by `each`, so that each of
    /// those before `with` has such a room.
    pub(super) fn is_for_each_host(&mut self) {
        let Some(place) = self.last_item() else {
            return;
        };
        // `with access to a toilet of 4 sqm each`, too.
        let is_wet = (self.out.items.get(place))
            .is_some_and(|item| matches!(item.room, "toilet" | "bathroom" | "shower"));
        let related = place
            .checked_sub(1)
            .filter(|_| self.last_relation.is_some() && is_wet);
        let Some(host) = self.host.or(related) else {
            return;
        };
        let is_many = (self.out.items.get(host)).is_some_and(|item| {
            item.amount
                .is_some_and(|amount| amount.low > Number::whole(1))
        });
        if let Some(item) = self.item_mut(place)
            && is_many
            && place == host + 1
            && item.has_article
            && item.amount.is_none()
            && item.each_of.is_empty()
        {
            item.each_of.push(host);
        }
    }

    /// `2 bedrooms each with a dressing room, a balcony and a bathroom`: all of them, though behind a
    /// comma the list of the whole goes on as a rule. Whether nothing but what belongs to a room is
    /// named from the comma at `at` to the `and` before the last.
    pub(super) fn each_has_all_of(&self, at: usize) -> bool {
        let Some((host, place)) = self.for_each.zip(self.last_item()) else {
            return false;
        };
        let (Some(host_item), Some(first)) = (self.out.items.get(host), self.out.items.get(place))
        else {
            return false;
        };
        if !first.each_of.contains(&host) || !is_own(host_item, first.room, first.has_article) {
            return false;
        }
        let mut next = at + 1;
        loop {
            let is_last = self.meaning(next) == Some(Meaning::And);
            let begins = next + usize::from(is_last);
            let room_at = self.past_adjectives(begins);
            let Some(Meaning::Room(room) | Meaning::Either { room, .. }) = self.meaning(room_at)
            else {
                return false;
            };
            let has_article =
                (begins..room_at).any(|before| self.meaning(before) == Some(Meaning::Article));
            if !is_own(host_item, self.in_facility(room, room_at), has_article)
                || is_for_all(self.key(room_at))
            {
                return false;
            }
            if is_last {
                return self.is_boundary(room_at + 1);
            }
            next = room_at + 1;
            if self.what(next) == Some(What::Mark(Mark::Comma)) {
                next += 1;
            } else if self.meaning(next) != Some(Meaning::And) {
                return false;
            }
        }
    }
}

/// Whether each of several rooms may have such a room of its own: a bathroom, and an office a pantry
/// that is named with its article, as one of the whole is named without.
fn is_own(host: &Item, room: &str, has_article: bool) -> bool {
    let is_suite = host.key.contains("suite") || host.key.contains("flat");
    match room {
        "bathroom" | "toilet" | "shower" | "balcony" | "walk_in_closet" | "changing_room" => true,
        "pantry" | "store" => has_article || is_suite,
        "bedroom" | "living_room" | "lounge" | "study" | "kitchen" | "dining_room" => is_suite,
        _ => false,
    }
}

/// Whether a word for such a room says that it is for all.
fn is_for_all(word: &str) -> bool {
    let for_all = [
        "common", "shared", "guest", "powder", "public", "visitor", "staff",
    ];
    for_all.iter().any(|kind| word.starts_with(kind))
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_list_of_what_belongs_to_a_room_is_there_for_each() {
        for (prompt, rooms) in [
            (
                "2 bedrooms each with a dressing room, a balcony and a bathroom, kitchen",
                "bedroom:2 walk_in_closet:2 balcony:2 bathroom:2 kitchen:1",
            ),
            (
                "2 bedrooms each with a balcony, bathroom and common toilet",
                "bedroom:2 balcony:2 bathroom:1 toilet:1",
            ),
            (
                "3 bedrooms each with an ensuite, balcony and kitchen",
                "bedroom:3 bathroom:3 balcony:1 kitchen:1",
            ),
            (
                "3 offices each with a toilet, a pantry and a store",
                "private_office:3 toilet:3 pantry:3 store:3",
            ),
            (
                "3 classrooms with a store of 8 sqm each, hall",
                "classroom:3 store:3@8 multipurpose_hall:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
