//! What a room that is named for the first time is made of.

use super::super::Confidence;
use super::super::item::Item;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::Reader;

/// Plurals that name one room: its stores, the accounts, the lockers.
const ONE_ROOM: [&str; 25] = [
    "comm",
    "periodical",
    "newspaper",
    "return",
    "minorop",
    "sale",
    "stafffacility",
    "lady",
    "gent",
    "theatre",
    "store",
    "supply",
    "record",
    "medicalrecord",
    "locker",
    "stafflocker",
    "account",
    "display",
    "stationery",
    "admission",
    "stack",
    "bookstack",
    "livingdining",
    "till",
    "cashdesk",
];

/// Whether a room is named by what one sits on in it.
fn is_of_seats(key: &str) -> bool {
    (["seat", "seating", "cover"].iter()).any(|noun| key.ends_with(noun))
}

impl Reader<'_> {
    /// Whether the sentence at hand begins with `if possible` or the like.
    fn is_optional_sentence(&self) -> bool {
        let mut begin = self.at.saturating_sub(1);
        while begin > 0
            && !matches!(
                self.what(begin - 1),
                Some(What::Mark(Mark::Stop | Mark::Line))
            )
        {
            begin -= 1;
        }
        self.meaning(begin) == Some(Meaning::Optional)
    }

    pub(super) fn new_item(
        &mut self,
        room: &'static str,
        key: &str,
        first: usize,
        last: usize,
        at: usize,
        pending: &super::pending::Pending,
    ) -> usize {
        let mut item = Item::new(room, key, first, last);
        let lexeme = self.lexemes.get(at);
        item.sure = lexeme.map_or(Confidence::Exact, |lexeme| lexeme.sure);
        item.amount = pending.count.map(|(amount, _, _)| amount);
        item.area = pending.area.map(|(span, _, _)| span);
        item.sides = pending.sides.map(|(sides, _, _)| sides);
        item.has_article = pending.article;
        item.seats = pending.seats.map(|(amount, _, _)| amount);
        item.size = pending.size;
        item.male = pending.male;
        item.female = pending.female;
        item.is_optional = pending.is_optional || self.is_all_optional;
        // `if the budget allows, a terrace and a sauna`: both.
        let goes_on = (self
            .last_item()
            .and_then(|before| self.out.items.get(before)))
        .is_some_and(|before| before.is_optional && before.amount.is_none())
            && (self.sentence..self.out.items.len()).len() == 1
            && item.amount.is_none()
            && self.follows_and(if pending.article {
                first.saturating_sub(1)
            } else {
                first
            });
        item.is_optional |= goes_on && self.is_optional_sentence();
        item.is_mention = self.for_each == Some(usize::MAX)
            || self.each_of_next.is_some()
            || self.open_relation.is_some();
        let plural = lexeme.is_some_and(|lexeme| lexeme.plural)
            && !ONE_ROOM.contains(&key)
            && !is_of_seats(key)
            // `free weights` are one zone, `spin studios` are several.
            && (room != "gym"
                || ["gym", "studio", "room", "hall", "zone", "area", "court"]
                    .iter()
                    .any(|noun| key.ends_with(noun)));
        // `plenty of storage` is one room, `several storage` and `plenty of toilets` are some.
        let is_some = pending.vague.is_some_and(|vague| {
            !matches!(
                self.key(vague),
                "some"
                    | "enough"
                    | "sufficient"
                    | "adequate"
                    | "plentyof"
                    | "lotof"
                    | "lotsof"
                    | "alotof"
            )
        });
        // `principal + vice principal offices` are one each.
        // `cardio and weights zones`, `sick waiting and well waiting areas`, too.
        let shares_plural = plural
            && matches!(
                room,
                "private_office" | "executive_office" | "gym" | "waiting"
            )
            && (self
                .last_item()
                .and_then(|before| self.out.items.get(before)))
            .is_some_and(|before| {
                before.room == room
                    && before.amount.is_none()
                    && !before.plural
                    && before.key != key
                    && self.touches_noun(at.saturating_sub(1))
                    && matches!(
                        self.what(at.saturating_sub(1)),
                        Some(
                            What::Is(Meaning::And)
                                | What::Mark(Mark::Plus | Mark::Ampersand | Mark::Slash)
                        )
                    )
            });
        // `ladies, gents and disabled toilets`: one of each.
        let ends_genders = plural
            && room == "accessible_toilet"
            && matches!(
                self.what(at.saturating_sub(1)),
                Some(
                    What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand | Mark::Slash)
                )
            )
            && matches!(self.key(at.saturating_sub(2)), "lady" | "gent");
        if item.amount.is_none()
            && !ends_genders
            && !shares_plural
            && (plural || is_some)
            && !matches!(room, "open_office" | "kennel" | "teller_area")
        {
            item.unsaid = 2;
            item.plural = true;
        }
        if pending
            .count
            .is_some_and(|(amount, _, _)| amount.low.count().is_none())
        {
            self.halves(&mut item);
        }
        // `double garage`.
        let cars = match key {
            "doublegarage" | "twingarage" => Some(2),
            "triplegarage" => Some(3),
            _ => None,
        };
        if let Some(cars) = cars.filter(|_| room == "garage") {
            let cars = Number::whole(cars);
            item.seats.get_or_insert(Amount {
                low: cars,
                high: cars,
                bound: Bound::Exactly,
            });
        }
        self.out.items.push(item);
        self.out.items.len() - 1
    }

    /// `50 dining + 30 bar`: nobody has fifty dining areas; so many are seated.
    /// The room, if it was known already from the number for the whole.
    pub(super) fn seats_for_count(
        &mut self,
        room: &'static str,
        at: usize,
        pending: &mut super::pending::Pending,
    ) -> Option<usize> {
        // `30 indoor seats` are not as many rooms.
        let of_seats = is_of_seats(self.key(at));
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural) && !of_seats;
        let (amount, first, last) = pending.count.filter(|_| {
            !plural
                && pending.seats.is_none()
                && (super::numbers::is_one_of_a_kind(room) || (of_seats && room == "balcony"))
        })?;
        // `a bench for 4 waiting`: those who wait there.
        let are_waiting = room == "waiting"
            && self.key(at) == "waiting"
            && at > 0
            && self.comes_after(at - 1, Meaning::For);
        if amount.low <= Number::whole(super::numbers::MOST_OF_ONE) && !of_seats && !are_waiting {
            return None;
        }
        pending.count = None;
        pending.seats = Some((amount, first, last));
        // `80 seats (50 dining + 30 bar)`: the number of the whole is divided.
        let place = self
            .out
            .items
            .iter()
            .position(|item| item.room == room && item.seats_of_whole)?;
        self.spend_tokens(first, last);
        if let Some(item) = self.item_mut(place) {
            item.seats = Some(amount);
            item.seats_of_whole = false;
        }
        Some(place)
    }

    /// `3 rooms of 12 sqm for treatment`: what the rooms are, said behind them.
    pub(super) fn room_for(
        &mut self,
        room: &'static str,
        key: &str,
        at: usize,
        pending: &super::pending::Pending,
    ) -> Option<usize> {
        let place = self.last_item()?;
        // `one private room for bridal makeup`.
        let mut said = at;
        while said > 0
            && matches!(
                self.what(said - 1),
                Some(What::Unknown | What::Is(Meaning::Style))
            )
        {
            said -= 1;
        }
        let is_said = said > 0
            && self.meaning(said - 1) == Some(Meaning::For)
            && !pending.describes()
            && self.noun_end.is_some_and(|end| end + 2 >= said);
        let item = self
            .out
            .items
            .get_mut(place)
            .filter(|item| is_said && item.room == "room")?;
        item.room = room;
        key.clone_into(&mut item.key);
        item.last = item.last.max(self.lexemes.get(at)?.last);
        self.noun_end = Some(at);
        Some(place)
    }

    /// `a bathroom and a half`: whether `half` at `at` adds a half bath to the bathroom before.
    pub(super) fn is_half_bath(&mut self, at: usize) -> bool {
        let follows = at >= 2
            && self.meaning(at - 1) == Some(Meaning::Article)
            && self.meaning(at - 2) == Some(Meaning::And)
            && self.noun_end.is_some_and(|end| end + 3 == at)
            && self.is_boundary(at + 1);
        let is_bath = (self.last_item().and_then(|place| self.out.items.get(place)))
            .is_some_and(|item| item.room == "bathroom");
        if !follows || !is_bath {
            return false;
        }
        let (first, last) = self.tokens_of(at);
        self.spend(at);
        self.pending = super::pending::Pending::default();
        let mut toilet = Item::new("toilet", "", first, last);
        toilet.sure = Confidence::Synonym;
        toilet.assumed.push("a half bath is a toilet".to_owned());
        self.out.items.push(toilet);
        self.noun_end = Some(at);
        true
    }

    /// `2.5 baths`: two bathrooms and a half bath, which is a toilet.
    pub(super) fn halves(&mut self, item: &mut Item) {
        let Some(amount) = item.amount else { return };
        let whole = Number(amount.low.0 / ONE * ONE);
        let is_half = amount.low.0 - whole.0 == ONE / 2;
        item.amount = Some(Amount {
            low: whole,
            high: whole,
            bound: Bound::Exactly,
        });
        if is_half && item.room == "bathroom" && whole.0 == 0 {
            // `a half bath` by itself.
            let one = Number::whole(1);
            (item.room, item.sure) = ("toilet", Confidence::Synonym);
            item.amount = Some(Amount {
                low: one,
                high: one,
                bound: Bound::Exactly,
            });
            item.assumed.push("a half bath is a toilet".to_owned());
        } else if is_half && item.room == "bathroom" {
            let mut toilet = Item::new("toilet", "", item.first, item.last);
            toilet.sure = Confidence::Synonym;
            toilet.assumed.push("a half bath is a toilet".to_owned());
            self.out.items.push(toilet);
        } else {
            self.conflict(item.first, item.last, "not a whole number of rooms");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn half_a_bath_is_a_toilet() {
        for (prompt, rooms) in [
            (
                "a bathroom and a half, kitchen",
                "bathroom:1 toilet:1 kitchen:1",
            ),
            (
                "2 bedrooms, 1/2 bath, kitchen",
                "bedroom:2 toilet:1 kitchen:1",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
