//! What the whole is, once a word names it: its kind, its size, `2 BHK`, `MRI centre`.

use super::super::Confidence;
use super::super::context::{Stands, inside};
use super::super::item::Item;
use super::super::lex::Lexeme;
use super::super::lexicon::Meaning;
use super::super::lexicon::{Seat, lexicon};
use super::super::measure::{Amount, Bound, What};
use super::super::number::{Number, ONE};
use super::super::spelling::mended;
use super::super::stems::stem;
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

/// A room of more than 60 m² that is called an office or a store is the whole.
pub(super) const LARGEST_ROOM_MM2: i64 = 60_000_000;

/// The kind of place that is named by its main room.
pub(super) fn place_of(room: &str) -> &'static str {
    match room_type(room).map(|kind| kind.group.as_str()) {
        _ if room == "laboratory" => "laboratory",
        Some("clinic") => "clinic",
        Some("education") => "school",
        _ => "office",
    }
}

/// The words of `It is …`, `we run …`.
const SAYS_WHAT_IT_IS: [&str; 18] = [
    "it", "its", "this", "that", "is", "will", "be", "we", "i", "are", "am", "run", "have", "our",
    "place", "project", "business", "mine",
];

impl Reader<'_> {
    /// `It is a medical lab. 1 reception, …`: the kind of place that the room at `at` stands for,
    /// where the first sentence says no more than that.
    pub(super) fn is_said_to_be(&self, at: usize, room: &str) -> Option<&'static str> {
        let heads = self.out.items.is_empty()
            && self.pending.article
            && !self.pending.describes()
            && matches!(self.what(at + 1), Some(What::Mark(Mark::Stop | Mark::Line)));
        let begins = self.tokens_of(self.at_before(at)).0;
        let says =
            begins > 0 && (0..begins).all(|token| SAYS_WHAT_IT_IS.contains(&self.word_at(token)));
        let goes_on = (at + 1..self.lexemes.len()).any(|behind| {
            matches!(
                self.meaning(behind),
                Some(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_))
            )
        });
        (heads && says && goes_on).then(|| place_of(room))
    }

    pub(super) fn whole(&mut self, at: usize, facility: &'static str) {
        let (first, last) = self.tokens_of(at);
        let known = self.out.whole.facility.map(|(known, _, _)| known);
        if facility == "home"
            && self.touches_noun(self.at_before(at))
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
        {
            item.of_home = true;
        }
        // `a beauty salon for 5 hairdressers`: those who work there.
        if known == Some(facility)
            && self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && matches!(
                self.key(at),
                "hairdresser" | "barber" | "beautician" | "stylist"
            )
            && let Some((amount, from, _)) = self.pending.count
        {
            self.pending = super::pending::Pending::default();
            return self.whole_is_for(amount, Seat::Staff, from, last);
        }
        if self.noun == Noun::Whole && self.touches_noun(at) {
            // `dental clinic`, said in two words.
            self.noun_end = Some(at);
            return;
        }
        if let Some(known) = known
            && known != facility
            && !self.pending.the
            && let Some(room) = inside(facility)
            // `optical store & eye clinic: …` names one place twice.
            && !(facility == "clinic" && self.out.items.is_empty())
        {
            let item = self.room(at, room);
            if let Some(item) = item.and_then(|item| self.item_mut(item)) {
                item.assumed
                    .push("a place inside another is laid out as one room".to_owned());
            }
            return;
        }
        self.facility = self.facility.or(Some(facility));
        // `a tiny house with loft`: what may be a room of it, and may be another word for it.
        let behind_with = (self.at_before(at).checked_sub(1))
            .is_some_and(|with| self.meaning(with) == Some(Meaning::With));
        if known == Some(facility)
            && behind_with
            && !self.pending.the
            && self.pending.count.is_none()
            && facility == "home"
        {
            self.pending = super::pending::Pending::default();
            return self.ignore(first, last, "names no room by itself");
        }
        if known.is_none() {
            self.out.whole.facility = Some((facility, first, last));
        } else if known != Some(facility) && !self.pending.the {
            self.ignore(first, last, "a place inside another that is not laid out");
        }
        let pending = std::mem::take(&mut self.pending);
        self.describe(
            pending.unknown,
            first,
            "describes the place, which is planned by its rooms",
        );
        if let Some((span, from, to)) = pending.area {
            self.set_site_area(span, from, to);
        }
        if let Some((sides, from, to)) = pending.sides {
            self.set_site_sides(sides, from, to);
        }
        if let Some((amount, from, to)) = pending.seats {
            let mut seat = pending.seat.unwrap_or(Seat::Person);
            // `12 seat hair salon`: of the chairs, not of who sits in them.
            if facility == "salon"
                && (from..=to).any(|token| self.word_at(token).starts_with("seat"))
            {
                seat = Seat::Chair;
            }
            self.whole_is_for(amount, seat, from, to);
        }
        // `a two-dentist practice`.
        let of_doctors = ["dentist", "doctor", "vet", "gp"]
            .iter()
            .any(|who| self.key(at).starts_with(who));
        if let Some((amount, from, to)) = pending.count.filter(|_| of_doctors) {
            self.whole_is_for(amount, Seat::Doctor, from, to);
        } else if let Some((amount, from, to)) = pending.count
            && let Some(room) = self.bays_of(facility, to, first)
        {
            self.stand_for(amount, Stands::Rooms(room), from, to);
        } else if let Some((amount, from, to)) = pending.count
            && amount.high.0 != ONE
        {
            self.conflict(from, to, "more than one place at a time cannot be laid out");
        }
        let lives = self.out.items.iter().any(|item| item.of_home);
        // `one-room studio apartment`: that is the room.
        let is_its_room = self.touches_noun(self.at_before(at))
            && (self.last_item().and_then(|place| self.out.items.get(place)))
                .is_some_and(|item| item.room == "room");
        if facility == "home"
            && is_its_room
            && self.key(at).starts_with("studio")
            && let Some(item) = self.last_item().and_then(|place| self.item_mut(place))
        {
            item.room = "studio_room";
        } else if facility == "home" && self.key(at).starts_with("studio") && !lives {
            // One room to live and sleep in is what makes it one.
            let mut item = Item::new("studio_room", "studioroom", first, last);
            item.sure = Confidence::Synonym;
            self.out.items.push(item);
        }
        self.noun = Noun::Whole;
        self.noun_end = Some(at);
        self.host = None;
    }

    /// `6-bay physio clinic`: the room that is meant by the bays, counted by token `counted`, of the
    /// place that token `named` names.
    fn bays_of(&self, facility: &str, counted: usize, named: usize) -> Option<&'static str> {
        let is_bay = |lexeme: &Lexeme<What>| {
            (counted + 1..named).contains(&lexeme.first)
                && matches!(lexeme.key.as_str(), "bay" | "cubicle" | "couch")
        };
        let room = match facility {
            "clinic" => "treatment_room",
            "dental_clinic" => "operatory",
            _ => return None,
        };
        self.lexemes.iter().any(is_bay).then_some(room)
    }

    /// Whether token `first` stands right behind `and` or a comma.
    pub(super) fn follows_and(&self, first: usize) -> bool {
        first > 0
            && self.lexemes.iter().any(|lexeme| {
                lexeme.last + 1 == first
                    && matches!(
                        lexeme.what,
                        What::Is(Meaning::And) | What::Mark(Mark::Plus | Mark::Ampersand)
                    )
            })
    }

    /// `IELTS institute`, `bridal makeup room`: a word right before the kind of place or room says
    /// which; unless it may be a known one that is misspelt, nothing is lost.
    pub(super) fn describe(&mut self, unknown: Option<(usize, usize)>, first: usize, reason: &str) {
        let Some((from, to)) = unknown.filter(|(_, to)| to + 1 == first) else {
            return;
        };
        let misspelt = (from..=to).any(|token| {
            self.tokens
                .get(token)
                .and_then(super::super::token::Token::word)
                .is_some_and(|word| mended(lexicon(), &[stem(word)]).is_some())
        });
        if !misspelt {
            self.out
                .unrecognised
                .retain(|span| span.0 < from || span.1 > to);
            self.ignore(from, to, reason);
        }
    }

    /// `80 m2 gym, reception, 2 toilets`: of the whole or of its main room, which is not told then.
    pub(super) fn tell_size_of_main_room(&mut self) {
        let (Some((_, named, to)), Some((_, first, last))) =
            (self.out.whole.facility, self.out.whole.area)
        else {
            return;
        };
        let touches = last + 1 == named || to + 1 == first;
        let main = self.lexemes.iter().find_map(|lexeme| match lexeme.what {
            What::Is(Meaning::Either { room, .. }) if lexeme.first == named => Some(room),
            _ => None,
        });
        let end = last.max(to);
        let is_entry = self
            .lexemes
            .iter()
            .any(|lexeme| lexeme.first == end + 1 && lexeme.what == What::Mark(Mark::Comma));
        let is_main = main.filter(|room| {
            matches!(
                *room,
                "gym" | "sales_floor" | "library" | "workshop" | "stockroom" | "multipurpose_hall"
            ) && !(self.out.items.iter()).any(|item| item.room == *room && item.seats.is_none())
        });
        if let Some(room) = is_main.filter(|_| touches && is_entry && !self.out.items.is_empty()) {
            let name = super::super::programme::room_name(room);
            self.conflict(
                first,
                last,
                format!("taken as the size of the whole; no {name} is among the rooms"),
            );
        }
    }

    /// `2 BHK`: bedrooms, a hall, which is the living room, and a kitchen.
    pub(super) fn bhk(&mut self, at: usize, has_bedrooms: bool) {
        let (own, last) = self.tokens_of(at);
        let pending = std::mem::take(&mut self.pending);
        let count = pending.count.or(pending.seats);
        let first = count.map_or(own, |(_, first, _)| first.min(own));
        self.spend_tokens(first, last);
        if self.out.whole.facility.is_none() {
            self.out.whole.facility = Some(("home", first, last));
        }
        if let Some((span, from, to)) = pending.area {
            self.set_site_area(span, from, to);
        }
        if has_bedrooms {
            let mut bedrooms = Item::new("bedroom", "bedroom", first, last);
            bedrooms.of_home = true;
            bedrooms.amount = count.map(|(amount, _, _)| amount);
            if let Some(amount) = bedrooms
                .amount
                .filter(|amount| amount.low.count().is_none())
            {
                let whole = Number(amount.low.0 / ONE * ONE);
                bedrooms.amount = Some(Amount {
                    low: whole,
                    high: whole,
                    bound: Bound::Exactly,
                });
                let mut study = Item::new("study", "study", first, last);
                study.sure = Confidence::Synonym;
                study
                    .assumed
                    .push("the half room of a BHK is a study".to_owned());
                self.out.items.push(study);
            }
            // `master bedroom in the south-west, 2 BHK`: one of the two.
            let named: u32 = (0..self.out.items.len())
                .filter(|place| {
                    (self.out.items.get(*place)).is_some_and(|item| {
                        !item.is_excluded && matches!(item.room, "bedroom" | "master_bedroom")
                    })
                })
                .map(|place| super::super::item::count(&self.out.items, place))
                .fold(0, u32::saturating_add);
            let all = bedrooms
                .amount
                .and_then(|amount| amount.low.count())
                .unwrap_or(1);
            if named > 0 && named <= all {
                bedrooms.amount = Some(Amount::whole(all - named, Bound::Exactly));
                bedrooms.is_excluded = named == all;
                bedrooms.is_title = named == all;
            }
            self.out.items.push(bedrooms);
        }
        for room in ["living_room", "kitchen"] {
            // `kitchen in the south-east, living in the north, 2 BHK`: those.
            let is_named = (self.out.items.iter()).any(|item| {
                !item.is_excluded
                    && (item.room == room
                        || (room == "living_room" && item.room == "living_dining"))
            });
            if is_named {
                continue;
            }
            let mut item = Item::new(room, room, first, last);
            item.sure = Confidence::Synonym;
            item.of_home = true;
            self.out.items.push(item);
        }
        self.noun = Noun::Whole;
        self.noun_end = Some(at);
    }

    /// `MRI centre`: what was taken for a room names the whole, if nothing was named before it.
    pub(super) fn centre(&mut self, at: usize) {
        let named = self.last_item().filter(|place| *place == 0);
        let is_named = named
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.amount.is_none() && self.out.items.len() == 1 && !item.plural);
        // `dialysis centre with 10 stations`: the stations are in that room.
        let holds = matches!(
            self.what(at + 1),
            Some(What::Is(Meaning::With) | What::Mark(Mark::Comma | Mark::Colon | Mark::Hyphen))
        ) && matches!(self.what(at + 2), Some(What::Seats(..)));
        if !is_named || holds || self.out.whole.facility.is_some() {
            return self.generic_noun(at);
        }
        let Some(item) = self.out.items.pop() else {
            return;
        };
        let facility = place_of(item.room);
        let (_, last) = self.tokens_of(at);
        self.out.whole.facility = Some((facility, item.first, last));
        self.noun = Noun::Whole;
        self.noun_end = Some(at);
    }
}
