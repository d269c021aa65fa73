//! People and beds by the rooms that hold them: `10 beds in 2 wards`, `4 associates share a room`.

use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

impl Reader<'_> {
    /// `10 beds in 2 wards` are five in each. Whether the seats at `at` are spread so; where they
    /// do not come out even it is said, and the rooms are counted.
    pub(super) fn spread_over_rooms(&mut self, at: usize, amount: Amount) -> bool {
        let count_at = at + 2;
        let room_at = self.past_adjectives(count_at + 1);
        let (Some(Meaning::In), Some(What::Count(rooms))) =
            (self.meaning(at + 1), self.what(count_at))
        else {
            return false;
        };
        let holds = matches!(self.meaning(room_at), Some(Meaning::Room(room))
            if room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
                || matches!(room, "patient_room" | "guest_room" | "recovery" | "room"));
        let many = rooms
            .low
            .count()
            .filter(|many| *many > 1 && rooms.low == rooms.high && amount.low == amount.high);
        let Some(many) = many.filter(|_| holds) else {
            return false;
        };
        let (first, last) = self.tokens_of(at);
        let many = i64::from(many);
        let each = amount.low.0 / many;
        if amount.low.0 % (many * ONE) == 0 && self.pending.seats.is_none() {
            let each = Amount {
                low: Number(each),
                high: Number(each),
                ..amount
            };
            self.pending.seats = Some((each, first, last));
            self.pending.begins(first);
            self.spend(at + 1);
        } else {
            self.conflict(first, last, "how many are in each room is not clear");
        }
        self.at = count_at;
        true
    }

    /// `40 desks in 2 halls`, `30 desks split over two halls`: the halls are where the desks are, as
    /// many in each. Whether the desks at `at` are spread so; where they do not come out even it is
    /// said, and the halls are counted.
    pub(super) fn spread_desks_over_halls(&mut self, at: usize) -> bool {
        const LINKS: [&str; 12] = [
            "split",
            "spread",
            "divided",
            "distributed",
            "shared",
            "in",
            "into",
            "over",
            "across",
            "between",
            "among",
            "on",
        ];
        let links = |at: usize| LINKS.contains(&self.word_of(at));
        let is_count = |at: usize| matches!(self.what(at), Some(What::Count(_)));
        let count_at = (at + 1..at + 4)
            .find(|next| is_count(*next) || !links(*next))
            .unwrap_or(at);
        // `over two` is one number, with more than it says.
        let is_bound = links(count_at);
        let room_at = self.past_adjectives(count_at + 1);
        let (Some((desks, first, _)), Some(What::Count(halls))) =
            (self.pending.count, self.what(count_at))
        else {
            return false;
        };
        let (Some(many), Some(all)) = (halls.low.count(), desks.low.count()) else {
            return false;
        };
        let is_exact = (is_bound || halls.low == halls.high) && desks.low == desks.high;
        let halls = Amount {
            high: halls.low,
            bound: desks.bound,
            ..halls
        };
        // A lecture hall is no place for desks.
        let is_hall = matches!(self.key(room_at), "hall" | "workhall" | "officehall");
        if !is_exact
            || self.is_negated
            || !(2..=all).contains(&many)
            || !(is_bound || count_at > at + 1)
            || !is_hall
            || !self.is_boundary(room_at + 1)
        {
            return false;
        }
        let last = self.tokens_of(room_at).1;
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        // `each hall` goes back to these.
        let key = format!("{}{}", self.key(at), self.key(room_at));
        let mut item = Item::new("open_office", &key, first, last);
        item.sure = super::super::Confidence::Synonym;
        item.amount = Some(halls);
        if all % many == 0 {
            let each = Number::whole(i64::from(all / many));
            item.seats = Some(Amount {
                low: each,
                high: each,
                ..desks
            });
        } else {
            self.conflict(first, last, "how many are in each room is not clear");
        }
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
        true
    }

    /// `4 associates share one room`: a room for four. Whether the people at `at` do.
    pub(super) fn share_a_room(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        let mut verb = at + 1;
        while matches!(self.key(verb), "will" | "who" | "to" | "can" | "should") {
            verb += 1;
        }
        // `3 team leads (shared cabin)`.
        let in_brackets = self.what(at + 1) == Some(What::Mark(Mark::Open))
            && self.meaning(at + 2) == Some(Meaning::Room("team_room"))
            && self.what(at + 3) == Some(What::Mark(Mark::Close));
        if in_brackets && !matches!(seat, Seat::Bed | Seat::Chair) {
            self.put_together(amount, at, at + 2);
            return true;
        }
        let shares = matches!(self.word_of(verb), "share" | "shares" | "sharing");
        if shares && self.share_several(at, verb + 1, amount) {
            return true;
        }
        let mut room_at = verb + 1;
        let is_one = |reader: &Self, at: usize| match reader.what(at) {
            Some(What::Is(Meaning::Article | Meaning::Small | Meaning::Large | Meaning::Style)) => {
                true
            }
            Some(What::Count(one)) => one.high == Number::whole(1),
            _ => false,
        };
        while is_one(self, room_at) {
            room_at += 1;
        }
        let is_room = matches!(self.key(room_at), "room" | "office" | "cabin" | "space")
            && !(self.lexemes.get(room_at)).is_some_and(|lexeme| lexeme.plural);
        if !shares || !is_room || room_at == verb + 1 || matches!(seat, Seat::Bed | Seat::Chair) {
            return false;
        }
        self.put_together(amount, at, room_at);
        true
    }

    /// `8 team leads, two to a cabin`: four cabins for two. Whether the people at `at` sit so.
    pub(super) fn sit_by_so_many(&mut self, at: usize, amount: Amount, seat: Seat) -> bool {
        let count_at = at + 1 + usize::from(self.what(at + 1) == Some(What::Mark(Mark::Comma)));
        let Some(What::Count(each)) = self.what(count_at) else {
            return false;
        };
        let is_to =
            self.key(count_at + 1) == "to" && self.meaning(count_at + 2) == Some(Meaning::Article);
        let is_per = self.key(count_at + 1) == "per";
        let is_in = self.meaning(count_at + 1) == Some(Meaning::In)
            && self.meaning(count_at + 2) == Some(Meaning::Each);
        let room_at = self.past_adjectives(count_at + if is_per { 2 } else { 3 });
        let room = match self.meaning(room_at) {
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => room,
            // `36 children, 12 per room`: of rooms of their kind, not of offices.
            Some(Meaning::Noun) if self.key(room_at) == "room" && seat != Seat::Person => {
                "team_room"
            }
            _ => return false,
        };
        let (Some(people), Some(each)) = (amount.low.count(), each.low.count()) else {
            return false;
        };
        if !(is_to || is_per || is_in)
            || !(1..people).contains(&each)
            || people % each != 0
            || matches!(seat, Seat::Bed | Seat::Chair)
            || !self.is_boundary(room_at + 1)
        {
            return false;
        }
        let room = self.in_facility(room, room_at);
        let (first, last) = (self.tokens_of(at).0, self.tokens_of(room_at).1);
        self.pending = super::pending::Pending::default();
        self.spend_tokens(first, last);
        let mut item = Item::new(room, self.key(room_at), first, last);
        item.sure = super::super::Confidence::Synonym;
        item.amount = Some(Amount::whole(people / each, amount.bound));
        item.seats = Some(Amount::whole(each, amount.bound));
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
        true
    }

    /// The room at `room_at` for the people at `at`.
    fn put_together(&mut self, amount: Amount, at: usize, room_at: usize) {
        let first = self.pending.from.take().unwrap_or(self.tokens_of(at).0);
        self.pending = super::pending::Pending::default();
        let last = self.tokens_of(room_at).1;
        self.spend_tokens(self.tokens_of(at).0, last);
        let mut item = Item::new("team_room", "sharedoffice", first, last);
        item.sure = super::super::Confidence::Synonym;
        item.seats = Some(amount);
        self.out.items.push(item);
        self.noun = Noun::Item(self.out.items.len() - 1);
        self.noun_end = Some(room_at);
        self.at = room_at + 1;
    }

    /// The word that lexeme `at` begins with, as it was written.
    fn word_of(&self, at: usize) -> &str {
        self.lexemes
            .get(at)
            .map_or("", |lexeme| self.word_at(lexeme.first))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn beds_are_spread_over_wards() {
        assert_eq!(rooms_of("hospital: 10 beds in 2 wards"), "ward:2#5");
    }

    #[test]
    fn desks_are_spread_over_halls() {
        assert_eq!(
            rooms_of("office with 40 desks in 2 halls"),
            "open_office:2#20"
        );
    }

    #[test]
    fn people_sit_two_to_a_room() {
        assert_eq!(
            rooms_of("office: 8 team leads, two to a cabin"),
            "private_office:4#2"
        );
    }
}
