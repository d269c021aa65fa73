//! What a number of people, chairs or desks stands for when it is said of the whole.

use super::super::Confidence;
use super::super::context::{Stands, of_whole};
use super::super::item::{self, Item};
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, What};
use super::super::number::Number;
use super::super::stems::stem;
use super::super::token::{Mark, TokenKind};
use super::{Noun, Reader};

impl Reader<'_> {
    /// A number of persons, chairs or beds that was said of the whole.
    pub(super) fn whole_is_for(&mut self, amount: Amount, seat: Seat, first: usize, last: usize) {
        let mut stands = of_whole(self.facility, seat);
        // `a factory with 60 workers`: nobody of those has a desk.
        let at_machines = ["worker", "labour", "operative"]
            .iter()
            .any(|who| self.word_at(last).starts_with(who));
        if at_machines && matches!(self.facility, Some("warehouse" | "workshop")) {
            stands = Stands::Nothing;
        }
        let is_chair = (first..=last)
            .filter_map(|token| self.tokens.get(token)?.word())
            .any(|word| word.starts_with("chair"));
        let is_dialysis = (self.tokens.iter())
            .filter_map(super::super::token::Token::word)
            .any(|word| {
                ["dialysis", "infusion", "chemo"]
                    .iter()
                    .any(|head| word.starts_with(head))
            });
        // `a dialysis centre with 12 beds`: nobody stays there.
        let has_ward = (self.lexemes.iter()).any(|lexeme| {
            matches!(
                lexeme.what,
                What::Is(Meaning::Room("ward" | "patient_room"))
            )
        });
        if self.facility == Some("clinic") && seat == Seat::Bed && is_dialysis && !has_ward {
            stands = Stands::Seats("day_treatment");
        }
        // `a physio clinic with 4 beds`: one lies there for the treatment.
        let is_physio = (self.tokens.iter())
            .filter_map(super::super::token::Token::word)
            .any(|word| word.starts_with("physio"));
        if self.facility == Some("clinic") && seat == Seat::Bed && is_physio && !has_ward {
            stands = Stands::Seats("treatment_room");
        }
        // `clinic, 2 consultants`: in a clinic they see patients.
        if self.facility == Some("clinic") && self.word_at(last).starts_with("consultant") {
            stands = of_whole(self.facility, Seat::Doctor);
        }
        if self.facility == Some("clinic") && seat == Seat::Chair && !is_chair {
            // Stations are counted elsewhere than at a dentist's.
            stands = if is_dialysis {
                Stands::Seats("day_treatment")
            } else {
                Stands::Nothing
            };
        }
        // `hairdresser with 4 seats`: of the chairs, not of who waits.
        if self.facility == Some("salon")
            && stands == Stands::Nothing
            && (first..=last).any(|token| self.word_at(token).starts_with("seat"))
        {
            stands = of_whole(self.facility, Seat::Chair);
        }
        // `we are 14 people and need an open office`: that is for them.
        let has_open = || {
            (self.lexemes.iter())
                .any(|lexeme| lexeme.what == What::Is(Meaning::Room("open_office")))
        };
        if self.facility.is_none()
            && stands == Stands::Nothing
            && seat == Seat::Person
            && has_open()
        {
            stands = Stands::Seats("open_office");
        }
        if stands == Stands::Seats("open_office") {
            self.note_people(amount, last);
        }
        self.stand_for(amount, stands, first, last);
    }

    /// Seats for so many, in the room of the kind that has none yet, or in one of their own.
    pub(super) fn seat_in(
        &mut self,
        room: &'static str,
        amount: Amount,
        first: usize,
        last: usize,
    ) {
        self.stand_for(amount, Stands::Seats(room), first, last);
    }

    pub(super) fn stand_for(&mut self, amount: Amount, stands: Stands, first: usize, last: usize) {
        self.spend_tokens(first, last);
        let add = |reader: &mut Self, room: &'static str| {
            let same = reader
                .out
                .items
                .iter()
                .position(|item| item.room == room && !item.is_excluded);
            let place = same.unwrap_or_else(|| {
                let mut item = Item::new(room, "", first, last);
                item.sure = Confidence::Synonym;
                reader.out.items.push(item);
                reader.out.items.len() - 1
            });
            (place, same.is_some())
        };
        match stands {
            Stands::Rooms(room) => {
                let (place, known) = add(self, room);
                let is_chair =
                    |reader: &Self, last: usize| reader.word_at(last).starts_with("chair");
                let joined = self.follows_and(first);
                let of_chairs =
                    (self.out.items.get(place)).is_some_and(|item| is_chair(self, item.last));
                let now_chairs = is_chair(self, last);
                let counted = (self.out.items.get(place))
                    .filter(|item| known && item.rooms_of_whole)
                    .and_then(|item| item.amount);
                // `1 CEO, 2 directors`: others, by another word.
                let are_others = matches!(room, "private_office" | "executive_office")
                    && counted.is_some()
                    && (self.out.items.get(place)).is_some_and(|item| {
                        stem(self.word_at(item.last)) != stem(self.word_at(last))
                    });
                if are_others && let Some(item) = self.item_mut(place) {
                    let before = counted.map_or(0, |before| before.low.0);
                    item.amount = Some(Amount {
                        low: Number(amount.low.0.saturating_add(before)),
                        high: Number(amount.high.0.saturating_add(before)),
                        bound: amount.bound,
                    });
                    item.last = item.last.max(last);
                } else if let Some(before) = counted.filter(|before| *before != amount) {
                    if now_chairs && (joined || !of_chairs) {
                        // `2 dentists, 3 chairs`: the chairs count; `4 chairs and 2 chairs` are six.
                        let more = if of_chairs { before.low.0 } else { 0 };
                        if let Some(item) = self.item_mut(place) {
                            item.amount = Some(Amount {
                                low: Number(amount.low.0.saturating_add(more)),
                                high: Number(amount.high.0.saturating_add(more)),
                                bound: amount.bound,
                            });
                            item.last = item.last.max(last);
                        }
                    } else {
                        self.ignore(first, last, "the rooms are counted by another number");
                    }
                } else if let Some(item) = self
                    .item_mut(place)
                    .filter(|item| !known || item.amount.is_none())
                {
                    item.amount = Some(amount);
                    item.rooms_of_whole = true;
                    item.assumed.push("one for each".to_owned());
                }
                self.noun = Noun::Item(place);
                self.noun_end = Some(self.at.saturating_sub(1));
            }
            Stands::Seats(room) => {
                let (place, _) = add(self, room);
                let is_more = self.follows_and(first);
                let heads_others = (self.out.items.get(place)).is_some_and(|item| {
                    self.tokens
                        .get(item.last + 1)
                        .is_some_and(|token| token.kind == TokenKind::Mark(Mark::Colon))
                });
                let is_part = room == "open_office" && self.are_those_left(amount);
                let Some(item) = self.item_mut(place) else {
                    return;
                };
                let mut said = None;
                match item.seats {
                    None => {
                        said = amount.low.count();
                        item.seats = Some(amount);
                        item.seats_of_whole = true;
                        item.assumed
                            .push("sized for the number given for the whole".to_owned());
                    }
                    Some(known) if known == amount && !is_more => {}
                    // `a 90-seat bistro: 70 seats inside, …`: of the ninety.
                    Some(known)
                        if item.seats_of_whole
                            && room == "dining_area"
                            && !is_more
                            && amount.low < known.low =>
                    {
                        item.seats = Some(amount);
                        item.last = item.last.max(last);
                        item.assumed.push(
                            "of the seats of the whole, those named apart are counted".to_owned(),
                        );
                    }
                    // `64 staff: 50 developers, …`: of the sixty-four.
                    Some(known)
                        if item.seats_of_whole && heads_others && amount.low < known.low =>
                    {
                        item.seats = Some(amount);
                        item.last = item.last.max(last);
                        item.assumed.push(
                            "of the people of the whole, those named apart sit there".to_owned(),
                        );
                    }
                    // `32 employees. 6 have offices, 26 employees sit in the open area`.
                    Some(known) if item.seats_of_whole && is_part && amount.low < known.low => {
                        item.seats = Some(amount);
                        item.seats_of_whole = false;
                        item.last = item.last.max(last);
                    }
                    // `20 staff and 5 interns`.
                    Some(known) if item.seats_of_whole => {
                        said = amount.low.count();
                        item.seats = Some(Amount {
                            low: Number(known.low.0.saturating_add(amount.low.0)),
                            high: Number(known.high.0.saturating_add(amount.high.0)),
                            bound: known.bound,
                        });
                        item.last = item.last.max(last);
                        item.assumed
                            .push("the numbers of people are added up".to_owned());
                    }
                    Some(_) => self.ignore(
                        first,
                        last,
                        "the room for them is sized by the number given for it",
                    ),
                }
                if room == "open_office" {
                    self.said_people = (self.said_people).saturating_add(said.unwrap_or_default());
                }
            }
            Stands::Nothing => {
                self.ignore(first, last, "a number of people that no room is sized by");
            }
        }
    }

    /// A thing that is counted and sizes one room: `20 workstations`.
    pub(super) fn station(&mut self, at: usize, room: &'static str) {
        // `a storage cage` is no kennel.
        if room == "kennel" && self.key(at) == "cage" && self.facility != Some("clinic") {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `8 treatment cubicles, a gym next to the cubicles`: those.
        if self.pending.the
            && self.pending.count.is_none()
            && let Some(place) = self.called_by_its_head(room, self.key(at))
        {
            self.pending = super::pending::Pending::default();
            self.relate(place);
            (self.noun, self.noun_end) = (Noun::Item(place), Some(at));
            return;
        }
        // `3 phlebotomy cubicles`: the noun of the room before.
        if self.key(at) == "cubicle"
            && self.pending.count.is_none()
            && self.touches_noun(at)
            && self.last_item().is_some()
        {
            return self.generic_noun(at);
        }
        // Nobody works at a desk in the cubicles of a clinic.
        if self.key(at) == "cubicle"
            && self.pending.count.is_some()
            && matches!(self.facility, Some("clinic" | "salon"))
            && self
                .last_item()
                .is_none_or(|_| !self.follows_link(self.at_before(at)))
        {
            self.room(at, "treatment_room");
            return;
        }
        // `a desk for each of 12 people`.
        if room == "open_office"
            && self.pending.count.is_none()
            && matches!(self.meaning(at + 1), Some(Meaning::For | Meaning::Each))
        {
            let mut people = at + 1;
            while matches!(
                self.meaning(people),
                Some(Meaning::For | Meaning::Each | Meaning::Of | Meaning::The)
            ) {
                people += 1;
            }
            let is_each = (at..people).any(|word| self.meaning(word) == Some(Meaning::Each));
            if let Some(What::Seats(amount, _)) = self.what(people).filter(|_| is_each) {
                let (first, last) = (self.tokens_of(at).0, self.tokens_of(people).1);
                self.at = people + 1;
                return self.seat_in(room, amount, first, last);
            }
        }
        // `secretary desk` in a list is a piece of furniture, `6 desks` are an office.
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        if self.pending.count.is_none()
            && self.pending.vague.is_none()
            && !plural
            && self.key(at).ends_with("desk")
            && !matches!(
                self.what(at + 1),
                Some(
                    What::Mark(Mark::Times | Mark::Colon | Mark::Hyphen | Mark::Open)
                        | What::Is(Meaning::Cross)
                        | What::Count(_)
                )
            )
        {
            return self.thing(
                at,
                "furniture and fittings follow from the types of the rooms",
            );
        }
        if room == "open_office" && self.spread_desks_over_halls(at) {
            return;
        }
        let count = self.pending.count.take();
        let counted_at = (0..at)
            .rev()
            .find(|before| matches!(self.what(*before), Some(What::Count(_))))
            .unwrap_or(at);
        // `open plan office, 35 desks`: the desks of that room, too.
        let is_entry_behind = room == "open_office"
            && counted_at > 0
            && self.is_one_past_noun(counted_at)
            && self.what(counted_at - 1) == Some(What::Mark(Mark::Comma))
            && (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                item.room == "open_office"
                    && item.amount.is_none()
                    && !item.is_excluded
                    && matches!(
                        self.noun_end.and_then(|end| self.meaning(end)),
                        Some(Meaning::Room("open_office"))
                    )
            });
        let described = self.last_item().filter(|item| {
            // `open office with 20 desks`: the desks of that room.
            count.is_some()
                && (is_entry_behind || self.follows_link(counted_at))
                && self.out.items.get(*item).is_some_and(|item| {
                    item.seats.is_none()
                        && (item.room == room
                            // `breakfast room 30 covers`: one eats there.
                            || (room == "dining_area"
                                && matches!(
                                    item.room,
                                    "dining_room" | "break_room" | "lounge" | "living_room"
                                        | "balcony" | "bar_counter"
                                ))
                            || (room == "open_office"
                                && matches!(
                                    self.what(counted_at.saturating_sub(1)),
                                    Some(What::Is(_) | What::Mark(Mark::Open))
                                )
                                && (matches!(
                                    item.room,
                                    "team_room" | "private_office" | "room" | "staff_room"
                                )
                                    // `a work room with 8 desks` has no benches.
                                    || item.key == "workroom")))
                })
        });
        if let (Some(item), Some((amount, from, to))) = (described, count) {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(item) {
                // `accounts department, 10 desks`: no room for one; `3 rooms with 4 desks each` are
                // offices.
                if amount.low > Number::whole(super::numbers::MOST_OF_ONE) {
                    if matches!(item.room, "private_office" | "room") {
                        item.room = room;
                    }
                } else if item.room == "room" {
                    item.room = "private_office";
                }
                if item.key == "workroom" {
                    item.room = room;
                }
                item.seats = Some(amount);
                item.last = item.last.max(to);
            }
            self.noun_end = Some(at);
            return;
        }
        // `reception (with 2 desks)`: its furniture.
        if let Some((_, from, to)) =
            count.filter(|(amount, ..)| amount.high <= Number::whole(super::numbers::MOST_OF_ONE))
            && room == "open_office"
            && self.key(at).ends_with("desk")
            && self.follows_link(counted_at)
            && (self.comes_after(counted_at, Meaning::With)
                || self.comes_after_mark(counted_at, Mark::Open))
            && (self.last_item().and_then(|place| self.out.items.get(place))).is_some_and(|item| {
                matches!(
                    item.room,
                    "reception" | "nurse_station" | "lobby" | "recording_studio"
                )
            })
        {
            let (_, last) = self.tokens_of(at);
            return self.ignore(
                from,
                last.max(to),
                "furniture and fittings follow from the types of the rooms",
            );
        }
        // `a fitting area with three cubicles`: so many, and nobody works there.
        if let Some((amount, from, to)) = count
            && room == "open_office"
            && self.key(at) == "cubicle"
            && self.follows_link(counted_at)
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
            && matches!(
                item.room,
                "fitting_room" | "shower" | "changing_room" | "toilet" | "treatment_room"
            )
            && item.amount.is_none()
        {
            item.amount = Some(amount);
            item.last = item.last.max(to);
            return self.spend_tokens(from, to);
        }
        // `ladies' and gents' toilets, 3 cubicles each`.
        if let Some((amount, from, _)) = count
            && matches!(self.key(at), "cubicle" | "stall")
            && self.meaning(at + 1) == Some(Meaning::Each)
            && let Some(place) = self.last_item()
            && let Some(item) = self.out.items.get(place)
            && item.is_by_gender()
        {
            let rooms = item::count(&self.out.items, place);
            let (_, last) = self.tokens_of(at + 1);
            self.spend_tokens(from, last);
            self.at = at + 2;
            self.noun_end = Some(at + 1);
            if let Some(item) = self.item_mut(place) {
                let all = amount.low.0.saturating_mul(i64::from(rooms));
                item.amount = Some(Amount {
                    low: Number(all),
                    high: Number(all),
                    bound: amount.bound,
                });
                item.last = item.last.max(last);
                item.assumed.push("as many in each".to_owned());
            }
            return;
        }
        // `an office for two, three desks`: the desks are counted, not the people.
        let was_of_whole = self
            .out
            .items
            .iter()
            .any(|item| item.room == room && item.seats_of_whole);
        let first_of_count = count.map(|(_, from, _)| from);
        let the = self.pending.the;
        let known = self.out.items.len();
        let Some(mut place) = self.room(at, room) else {
            return;
        };
        // `10 desks, a lounge and 4 desks`: those named before have their number.
        if let Some((_, from, to)) = count.filter(|_| !the && !was_of_whole)
            && self.out.items.len() == known
            && (self.out.items.get(place)).is_some_and(|item| item.seats.is_some())
        {
            let (_, last) = self.tokens_of(at);
            let mut item = Item::new(room, self.key(at), from, last.max(to));
            item.sure = Confidence::Synonym;
            self.out.items.push(item);
            place = known;
            self.noun = Noun::Item(place);
        }
        if let Some((amount, from, to)) = count {
            self.spend_tokens(from, to);
            if let Some(item) = self.item_mut(place) {
                if was_of_whole && item.seats != Some(amount) {
                    item.assumed
                        .push("sized by its own number, not that of the whole".to_owned());
                    item.seats = Some(amount);
                }
                item.seats_of_whole = false;
                item.seats.get_or_insert(amount);
                item.first = item.first.min(first_of_count.unwrap_or(from));
            }
        }
        if let Some(item) = self.item_mut(place) {
            // One room holds them all.
            item.unsaid = 1;
            item.plural = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn desks_behind_their_open_office_sit_in_it() {
        let (prompt, rooms) = (
            "open plan office, 35 desks + 5 standing desks; 2 cabins",
            "open_office:1#35 open_office:1#5 private_office:2",
        );
        assert_eq!(rooms_of(prompt), rooms, "{prompt}");
    }

    #[test]
    fn those_who_have_no_desks_ask_for_none() {
        for (prompt, rooms) in [
            (
                "office: 6 departments in open plan (total 72 desks), 6 cabins",
                "open_office:1#72 private_office:6",
            ),
            (
                "a factory with 60 workers: canteen for 30",
                "break_room:1#30",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
