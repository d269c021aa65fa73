//! Some of several rooms, told apart by where they are: `toilets in 2 bedrooms`, `20 outside`.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;

/// Guest rooms by how many sleep there, which are only counted in the plural.
const KINDS: [&str; 6] = ["double", "single", "twin", "triple", "quad", "family"];
/// And by what they offer.
const CLASSES: [&str; 6] = [
    "deluxe",
    "standard",
    "superior",
    "executive",
    "premium",
    "suite",
];

/// Whether guest rooms are called by their kind: `3 doubles`, `1 suite`.
pub(super) fn is_kind_of_guest_room(key: &str) -> bool {
    KINDS.contains(&key) || CLASSES.contains(&key)
}

impl Reader<'_> {
    /// `3 BHK with attached toilets in 2 bedrooms`: two toilets, of two of the bedrooms. Whether
    /// the number at `at` was of those.
    pub(super) fn is_of_some_bedrooms(&mut self, at: usize, amount: Amount) -> bool {
        let room = self.past_adjectives(at + 1);
        let named = match self.meaning(room) {
            Some(Meaning::Room(kind @ ("bedroom" | "patient_room" | "guest_room"))) => kind,
            _ => return false,
        };
        let links = self.comes_after(at, Meaning::In) || self.comes_after(at, Meaning::For);
        let Some(wet) = self.last_item().filter(|place| {
            self.out.items.get(*place).is_some_and(|item| {
                matches!(item.room, "bathroom" | "toilet") && item.amount.is_none()
            })
        }) else {
            return false;
        };
        let host = self.out.items.iter().position(|item| {
            item.room == named
                && !item.is_excluded
                && item.amount.is_some_and(|all| all.low > amount.low)
        });
        let Some(host) = host.filter(|_| links && self.is_one_past_noun(at)) else {
            return false;
        };
        self.spend_tokens(self.tokens_of(at).0, self.tokens_of(room).1);
        if let Some(item) = self.item_mut(wet) {
            item.amount = Some(amount);
            (item.via, item.each_of) = (Some(host), Vec::new());
        }
        let wished = self
            .out
            .wishes
            .iter()
            .any(|wish| wish.a == wet && wish.b == host);
        if !wished {
            self.attach_to(wet, host);
        }
        self.at = room + 1;
        self.noun_end = Some(room);
        true
    }

    /// `a restaurant with 50 seats inside and 20 outside`: so many in the open. Whether the number
    /// at `at` was of those.
    pub(super) fn is_of_seats_outside(&mut self, at: usize, amount: Amount) -> bool {
        // `80 seats, 20 of which outside`.
        let is_some = self.meaning(at + 1) == Some(Meaning::Of)
            && matches!(self.key(at + 2), "which" | "them" | "these" | "those");
        let place = at + if is_some { 3 } else { 1 };
        let is_outside = self.meaning(place) == Some(Meaning::Place)
            && [
                "outside",
                "outdoor",
                "ontheterrace",
                "onterrace",
                "onthepatio",
            ]
            .iter()
            .any(|outside| self.key(place).starts_with(outside));
        let is_inside = matches!(
            self.key(at + 1),
            "inside" | "indoor" | "insideseat" | "indoors"
        ) && self.is_boundary(at + 2);
        let eats = matches!(
            self.facility,
            Some("cafe" | "restaurant" | "canteen" | "hotel")
        );
        let sits = (self.out.items.iter()).any(|item| item.room == "dining_area");
        if !(is_outside || is_inside) || !eats || !sits {
            return false;
        }
        let (first, mut last) = (self.tokens_of(at).0, self.tokens_of(place).1);
        // `20 outside on the terrace`.
        let mut end = place;
        if is_outside
            && self.meaning(end + 1) == Some(Meaning::Place)
            && ["ontheterrace", "onterrace", "onthepatio"].contains(&self.key(end + 1))
        {
            end += 1;
            last = self.tokens_of(end).1;
        }
        self.spend_tokens(first, last);
        if is_some
            && let Some(item) = (self.out.items.iter_mut()).find(|item| item.room == "dining_area")
            && let Some(seats) = &mut item.seats
            && seats.low > amount.high
        {
            seats.low.0 -= amount.high.0;
            seats.high.0 -= amount.low.0;
            item.seats_of_whole = false;
        }
        if is_inside {
            // `30 seats (20 inside, …)`.
            let room = (self.out.items.iter_mut()).find(|item| item.room == "dining_area");
            if let Some(item) = room {
                item.seats = Some(amount);
                item.last = item.last.max(last);
            }
            self.at = at + 2;
            self.noun_end = Some(at + 1);
            return true;
        }
        let mut item = Item::new("balcony", "terrace", first, last);
        item.sure = Confidence::Synonym;
        item.seats = Some(amount);
        item.assumed
            .push("seats in the open stand on a terrace".to_owned());
        self.out.items.push(item);
        self.at = end + 1;
        self.noun_end = Some(end);
        self.noun = super::Noun::Item(self.out.items.len() - 1);
        true
    }

    /// `20 doubles, 6 singles` of a hotel, whatever was named before. Whether the number at `at`
    /// counted those.
    pub(super) fn counts_guest_rooms(&mut self, at: usize, amount: Amount) -> bool {
        let plural = self.lexemes.get(at + 1).is_some_and(|lexeme| lexeme.plural);
        let ends = self.is_boundary(at + 2)
            || matches!(
                self.what(at + 2),
                Some(What::Mark(Mark::At) | What::Area(_) | What::Dims { .. })
            );
        let is_kind = ((KINDS.contains(&self.key(at + 1)) && plural)
            || CLASSES.contains(&self.key(at + 1)))
            && ends;
        // `a flat: 1 double with ensuite, 1 single`: its bedrooms.
        let of_home = self.facility == Some("home")
            && matches!(self.key(at + 1), "double" | "single" | "twin")
            && (ends || self.meaning(at + 2) == Some(Meaning::With))
            && !self.pending.describes();
        if of_home {
            self.goes_on_with((amount, at), at, at + 1);
            self.spend(at + 1);
            self.at = at + 2;
            self.room(at + 1, "bedroom");
            return true;
        }
        if !is_kind || self.facility != Some("hotel") || self.pending.describes() {
            return false;
        }
        let (first, last) = self.tokens_of(at);
        self.pending.count = Some((amount, first, last));
        self.pending.begins(first);
        self.spend(at + 1);
        self.at = at + 2;
        self.room(at + 1, "guest_room");
        true
    }

    /// `2 bedroom 2 bathroom flat, master with attached bath`: one of the two.
    pub(super) fn take_from_title(&mut self, room: &str, pending: &super::pending::Pending) {
        let Some((_, title, _)) = self.out.whole.facility else {
            return;
        };
        let is_ensuite = self.key(self.at.saturating_sub(1)).starts_with("ensuite");
        if room != "bathroom" || !(pending.is_attached || is_ensuite) || pending.count.is_some() {
            return;
        }
        let of_master = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.room == "master_bedroom");
        let known = self.out.items.iter_mut().find(|item| {
            item.room == "bathroom" && item.via.is_none() && !item.is_excluded && item.last < title
        });
        if of_master
            && let Some(item) = known
            && let Some(count) = item.amount.and_then(|amount| amount.low.count())
            && count >= 2
        {
            let rest = Number::whole(i64::from(count - 1));
            item.amount = Some(Amount {
                low: rest,
                high: rest,
                bound: Bound::Exactly,
            });
        }
    }

    /// `2 bathrooms, one of them en suite to the master bedroom`: the one is no third. Takes it from
    /// the item at `place`, if `at` stands behind such words.
    pub(super) fn take_one_of_them(&mut self, at: usize) {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::Stop | Meaning::Attached)
            )
            && !matches!(self.key(before - 1), "them" | "which" | "those" | "these")
        {
            before -= 1;
        }
        let is_part = before >= 3
            && matches!(self.key(before - 1), "them" | "which" | "those" | "these")
            && self.meaning(before - 2) == Some(Meaning::Of)
            && matches!(self.what(before - 3), Some(What::Count(part)) if part.high == Number::whole(1));
        if !is_part {
            return;
        }
        let all = self
            .out
            .items
            .iter_mut()
            .rfind(|item| matches!(item.room, "bathroom" | "toilet") && !item.is_excluded);
        if let Some(item) = all
            && let Some(rest) = item
                .amount
                .and_then(|amount| amount.low.count()?.checked_sub(1))
            && rest > 0
        {
            let rest = Number::whole(i64::from(rest));
            item.amount = Some(Amount {
                low: rest,
                high: rest,
                bound: Bound::Exactly,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn doubles_of_a_flat_are_bedrooms() {
        for (prompt, rooms) in [
            (
                "flat: 1 double with ensuite, 1 single, lounge",
                "bedroom:1 bathroom:1 bedroom:1 lounge:1",
            ),
            (
                "flat: 2 doubles, 1 twin, kitchen",
                "bedroom:2 bedroom:1 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
