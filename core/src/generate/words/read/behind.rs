//! Numbers behind the room they count: `operatory: 6`, `operatory x 6`, `operatory (6)`.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Bound, What};
use super::super::number::Number;
use super::super::token::Mark;
use super::Reader;
use super::numbers::{MOST_OF_ONE, is_one_of_a_kind};
use crate::layout::room_type;

/// Of no room that is named in the singular are there so many.
const MOST_ROOMS: i64 = 40;
/// Nor in a home.
const MOST_IN_HOME: i64 = 9;

/// Whether a room is called by those who work there together.
pub(super) fn is_department(key: &str) -> bool {
    matches!(
        key,
        "account" | "hr" | "finance" | "admin" | "purchase" | "marketing"
    )
}

impl Reader<'_> {
    /// Whether another room than the one before the number at `at` has its number behind its name:
    /// `cabin 3, meeting room 4`.
    fn counts_others_behind(&self, at: usize) -> bool {
        (1..self.lexemes.len()).any(|count| {
            count != at
                && matches!(self.what(count), Some(What::Count(_)))
                && self.is_room(count - 1)
                && self.is_boundary(count + 1)
                && !matches!(self.meaning(count - 1), Some(Meaning::Room(room))
                    if super::numbers::seats_by_number(room))
        })
    }

    /// `Operatory: 6`, `operatory x 6`, `operatory (6)`.
    pub(super) fn counts_item_before(&mut self, at: usize, amount: Amount) -> bool {
        let Some(place) = self.last_item() else {
            return false;
        };
        // `bedroom 3.5 x 4 m, 2 nos`.
        let says_number = self.key(at + 1) == "nos" || self.is_written_no(at);
        // `4 person meeting room x2`: the cross counts, whatever was said before.
        let crossed = at > 0
            && (self.meaning(at - 1) == Some(Meaning::Cross)
                || self.what(at - 1) == Some(What::Mark(Mark::Times)));
        if crossed && self.times_with_own(place, amount, at) {
            return true;
        }
        let links = self.last_noun_stands(at, |what| {
            (says_number && what == What::Mark(Mark::Comma))
                || matches!(
                    what,
                    What::Mark(
                        Mark::Colon
                            | Mark::Hyphen
                            | Mark::Open
                            | Mark::Times
                            | Mark::Slash
                            | Mark::Hash
                            | Mark::Quote
                    ) | What::Is(Meaning::Cross | Meaning::Style | Meaning::Noun)
                )
                || (crossed && matches!(what, What::Mark(Mark::Close) | What::Is(Meaning::Each)))
        });
        // `showers 2 + 2`.
        let mut amount = amount;
        let mut sum_to = None;
        if let (Some(What::Mark(Mark::Plus)), Some(What::Count(more))) =
            (self.what(at + 1), self.what(at + 2))
            && self.touches_noun(at)
            && self.end_of_noun().is_some_and(|lexeme| lexeme.plural)
            && matches!(
                self.what(at + 3),
                None | Some(What::Mark(Mark::Comma | Mark::Line | Mark::Stop))
            )
        {
            amount.low.0 = amount.low.0.saturating_add(more.low.0);
            amount.high.0 = amount.high.0.saturating_add(more.high.0);
            sum_to = Some(at + 2);
        }
        let mut next = sum_to.unwrap_or(at) + 1;
        while self.meaning(next) == Some(Meaning::Style) || self.key(next) == "nos" {
            next += 1;
        }
        // `wc 2x`.
        let cross = self.meaning(next) == Some(Meaning::Cross)
            || self.what(next) == Some(What::Mark(Mark::Times));
        let opens = self.what(next + 1) == Some(What::Mark(Mark::Open));
        // `consult 2x 12 m²`.
        let measured = matches!(
            self.what(next + 1),
            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
        );
        let crosses_behind = cross && (opens || measured || self.is_boundary(next + 1));
        next += usize::from(crosses_behind);
        let ends = matches!(self.what(next), Some(What::Mark(mark)) if mark.ends_phrase())
            || matches!(
            self.what(next),
            None | Some(What::Enumerator)
                | Some(What::Mark(Mark::At | Mark::Open))
                | Some(What::Is(
                    Meaning::And | Meaning::Of | Meaning::With | Meaning::Each | Meaning::Optional
                ))
        ) || matches!(self.what(next), Some(What::Area(_) | What::Dims { .. }))
            // `party rooms 2 x 15 kids`.
            || (crosses_behind && matches!(self.what(next), Some(What::Seats(..))))
            // `private rooms 12 attached toilet`.
            || (self.meaning(next) == Some(Meaning::Attached)
                && self.end_of_noun().is_some_and(|lexeme| lexeme.plural)
                && self.is_room(next + 1)
                && !self.lexemes.get(next + 1).is_some_and(|lexeme| lexeme.plural))
            // `conf 1 no 10 pax`.
            || (says_number && matches!(self.what(next), Some(What::Seats(..))))
            || (matches!(self.what(next), Some(What::Mark(Mark::Hyphen)))
                && matches!(
                    self.what(next + 1),
                    Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                ))
            || (self.is_room(next)
                && self.noun_end.is_some_and(|end| end + 1 < at)
                && self.is_listed_behind(next));
        let last = self.tokens_of(at).1;
        // `exam rooms 1-4` are four.
        if self.touches_noun(at)
            && amount.low == Number::whole(1)
            && amount.high > amount.low
            && self.end_of_noun().is_some_and(|lexeme| lexeme.plural)
        {
            amount.low = amount.high;
        }
        // `boys and girls toilets (3 each)`: three for either.
        let of_both = self.key(at + 1) == "each"
            && (self.out.items.get(place)).is_some_and(|item| item.by_gender_amount().is_some());
        if of_both {
            amount.low.0 = amount.low.0.saturating_mul(2);
            amount.high.0 = amount.high.0.saturating_mul(2);
        }
        let free = self.out.items.get(place).is_some_and(|item| {
            item.amount.is_none()
                && (item
                    .seats
                    .is_none_or(|seats| seats == amount && item.room == "open_office")
                    || crossed
                    || says_number)
                && !item.is_template
        });
        // `1 meeting room (8)`: for eight.
        // `one boardroom 12`, too.
        let is_touching = self.touches_noun(at)
            && amount.low > Number::whole(2)
            && (self.out.items.get(place)).is_some_and(|item| {
                item.amount
                    .is_some_and(|amount| amount.high == Number::whole(1))
            });
        if links
            && ends
            && at > 0
            && (self.what(at - 1) == Some(What::Mark(Mark::Open)) || is_touching)
            && self.is_sized(place)
            && let Some(item) = self.item_mut(place).filter(|item| item.amount.is_some())
        {
            item.seats = Some(amount);
            item.last = item.last.max(last);
            self.noun_end = Some(at);
            return true;
        }
        // `en-suite to bedroom 1`, one of those that were counted before.
        let is_label = self.touches_noun(at)
            && self.is_boundary(at + 1)
            && self.end_of_noun().is_some_and(|lexeme| !lexeme.plural)
            && self
                .out
                .items
                .get(place)
                .zip(self.end_of_noun())
                .is_some_and(|(item, end)| {
                    item.first < end.first
                        && item.last < end.first
                        && item.amount.is_some_and(|all| all.high >= amount.high)
                });
        if is_label {
            self.noun_end = Some(at);
            return true;
        }
        if !(links && ends && free) {
            return false;
        }
        // `exam room 100, waiting 200`: nobody has so many; a measure without its unit.
        let most = match self.facility {
            Some("home") => MOST_IN_HOME,
            _ => MOST_ROOMS,
        };
        // `kitchen about 25`: nobody counts so.
        let is_about = amount.bound == Bound::About && amount.low > Number::whole(MOST_OF_ONE);
        let is_measure = (is_about
            || amount.low >= Number::whole(most)
            || self.is_among_measures(at, amount, most))
            && (self.touches_noun(at) || self.comes_after_mark(at, Mark::Open))
            && self.end_of_noun().is_some_and(|lexeme| !lexeme.plural)
            && self.out.items.get(place).is_some_and(|item| {
                room_type(item.room).is_none_or(|kind| kind.m2_per_seat.is_none())
            });
        if is_measure {
            let (first, last) = self.tokens_of(at);
            self.conflict(first, last, "a number without its unit");
            self.noun_end = Some(at);
            return true;
        }
        let is_station = self.end_of_noun().is_some_and(|lexeme| {
            matches!(
                lexeme.what,
                What::Is(Meaning::Station(_) | Meaning::Furnishing)
            ) || matches!(lexeme.key.as_str(), "shampoo" | "backwash")
                || matches!(lexeme.key.as_str(), "wash" | "nail")
                || lexeme.key.ends_with("kennel")
                || (lexeme.key.ends_with("counter")
                    && (self.out.items.get(place)).is_some_and(|item| item.room == "teller_area"))
        });
        // `workstation 5' x 5' - 16 nos`: so many desks of that size, in one room.
        let are_desks = amount.low > Number::whole(1)
            && (self.out.items.get(place)).is_some_and(|item| {
                item.room == "open_office"
                    && item.sides.is_some()
                    && ["workstation", "desk", "ws", "seat", "cubicle"]
                        .iter()
                        .any(|noun| item.key.ends_with(noun))
            });
        let is_station = is_station || are_desks;
        // `waiting - 30`: nobody has thirty of what there is one of.
        // `waiting 8 nos`, too.
        let seats_nos = says_number
            && amount.low > Number::whole(2)
            && (self.out.items.get(place)).is_some_and(|item| item.room == "waiting");
        let for_seats = !crossed
            && (!says_number || seats_nos)
            && (amount.low > Number::whole(MOST_OF_ONE)
                // `waiting 4`: nobody has more than two of them.
                || (amount.low > Number::whole(2)
                    && self.touches_noun(at)
                    && (self.out.items.get(place)).is_some_and(|item| item.room == "waiting")))
            && self.out.items.get(place).is_some_and(|item| {
                // `meeting room (6)` is for six, `toilet (6)` are six.
                let meets = at > 0 && self.what(at - 1) == Some(What::Mark(Mark::Open))
                    || self.touches_noun(at);
                // `computer lab 35` too; so many of them nobody has.
                let sized = room_type(item.room).is_some_and(|kind| kind.m2_per_seat.is_some())
                    && amount.low >= Number::whole(MOST_ROOMS / 4);
                let meets = meets
                    && (sized
                        || matches!(
                            item.room,
                            "meeting_room"
                                | "training_room"
                                | "team_room"
                                | "classroom"
                                | "activity_room"
                                | "play_area"
                        ));
                !item.plural && (meets || is_one_of_a_kind(item.room))
            })
            // `20 staff, meeting room 4`: in a text that counts its rooms before their names.
            || (!crossed
                && !says_number
                && self.touches_noun(at)
                && amount.low >= Number::whole(MOST_OF_ONE)
                && (self.out.items.get(place))
                    .is_some_and(|item| !item.plural && item.room == "meeting_room")
                && !self.counts_others_behind(at))
            // `meeting 8, meeting 4`: as of the one before.
            || (!crossed
                && self.touches_noun(at)
                && (self.out.items.get(place)).is_some_and(|own| {
                    !own.plural
                        && super::numbers::seats_by_number(own.room)
                        && (self.out.items.iter().enumerate()).any(|(other, item)| {
                            other != place
                                && (item.room, &item.key) == (own.room, &own.key)
                                && item.seats.is_some()
                                && item.amount.is_none()
                        })
                }))
            // `accounts 4`: who works in such a room, of which there is one.
            || (!crossed
                && !says_number
                && self.touches_noun(at)
                && amount.low > Number::whole(1)
                && matches!(self.facility, Some("office" | "coworking" | "warehouse"))
                && (self.end_of_noun()).is_some_and(|lexeme| is_department(&lexeme.key)));
        if let Some(item) = self.item_mut(place) {
            if is_station || for_seats {
                item.seats = Some(amount);
                (item.unsaid, item.plural) = (1, false);
            } else {
                item.amount = Some(amount);
            }
            item.last = item.last.max(last);
        }
        // `bathrooms: 2.5`.
        if amount.low.count().is_none()
            && let Some(mut item) = self.out.items.get(place).cloned()
        {
            self.halves(&mut item);
            if let Some(place) = self.item_mut(place) {
                *place = item;
            }
        }
        if amount.high.0 == 0 {
            self.exclude(place);
        }
        self.noun_end = Some(at);
        if let Some(end) = sum_to {
            self.spend(at + 1);
            self.spend(end);
            self.at = end + 1;
            self.noun_end = Some(end);
        }
        if of_both {
            self.spend(at + 1);
            self.at = at + 2;
            self.noun_end = Some(at + 1);
        }
        if crosses_behind {
            self.spend(next - 1);
            self.at = next;
            self.noun_end = Some(next - 1);
        }
        if !is_station && amount.high.0 > 0 {
            self.divide(place);
        }
        true
    }

    /// `bedroom with ensuite x2`: two bedrooms, each with its own. Whether the number at `at` was of
    /// the room that the one at `place` belongs to.
    fn times_with_own(&mut self, place: usize, amount: Amount, at: usize) -> bool {
        let own = self.out.items.get(place);
        let host = own
            .filter(|own| own.amount.is_none() && !own.plural && self.is_one_past_noun(at))
            .and_then(|own| own.via);
        let is_one = (host.and_then(|host| self.out.items.get(host)))
            .is_some_and(|host| host.amount.is_none() && !host.plural);
        let Some(host) = host.filter(|_| is_one && self.is_boundary(at + 1)) else {
            return false;
        };
        if let Some(item) = self.item_mut(host) {
            item.amount = Some(amount);
        }
        let (_, last) = self.tokens_of(at);
        if let Some(item) = self.item_mut(place) {
            if item.each_of.is_empty() {
                item.each_of.push(host);
            }
            item.last = item.last.max(last);
        }
        self.noun_end = Some(at);
        true
    }

    /// `office 200, store 12`: beside a number that can only be a measure, one that is too large to
    /// count rooms in the singular is a measure, too.
    fn is_among_measures(&self, at: usize, amount: Amount, most: i64) -> bool {
        const LEAST: i64 = 5;
        let is_like = |other: usize| {
            let opens = other > 0 && self.what(other - 1) == Some(What::Mark(Mark::Open));
            let room = other.checked_sub(1 + usize::from(opens));
            other != at
                && matches!(self.what(other), Some(What::Count(amount)) if amount.low >= Number::whole(most))
                && room.is_some_and(|room| {
                    self.is_room(room) && !self.lexemes.get(room).is_some_and(|room| room.plural)
                })
        };
        amount.low >= Number::whole(LEAST) && (0..self.lexemes.len()).any(is_like)
    }

    /// Whether the number at `at` was written with its `no.`: `2 no`.
    pub(super) fn is_written_no(&self, at: usize) -> bool {
        let (first, last) = self.tokens_of(at);
        (first..=last).any(|token| matches!(self.word_at(token), "no" | "nos"))
    }

    /// In `reception: 1 toilets: 2` the number of each stands behind it.
    pub(super) fn is_listed_behind(&self, room: usize) -> bool {
        matches!(
            self.what(room + 1),
            Some(What::Mark(Mark::Colon | Mark::Hyphen | Mark::Times))
                | Some(What::Is(Meaning::Cross))
        ) && matches!(self.what(room + 2), Some(What::Count(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn a_number_behind_a_single_meeting_room_seats_it() {
        for (prompt, rooms) in [
            (
                "20 staff, meeting room 4, kitchenette",
                "open_office:1#20 meeting_room:1#4 pantry:1",
            ),
            (
                "cabin 3, meeting room 4, toilet 2",
                "private_office:3 meeting_room:4 toilet:2",
            ),
            ("1 meeting room 4", "meeting_room:1#4"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn numbers_behind_desks_with_their_size_seat_one_room() {
        for (prompt, rooms) in [
            (
                "workstation 5' x 5' - 16 nos, pantry",
                "open_office:1#16 pantry:1",
            ),
            (
                "clinic: private rooms 12 attached toilet",
                "patient_room:12 toilet:12",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
