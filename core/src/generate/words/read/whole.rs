//! What the whole is, once a word names it: its kind, its size, `2 BHK`, `MRI centre`.

use super::super::Confidence;
use super::super::context::inside;
use super::super::item::Item;
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

impl Reader<'_> {
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
            self.out.items.push(bedrooms);
        }
        for room in ["living_room", "kitchen"] {
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
        let facility = match room_type(item.room).map(|kind| kind.group.as_str()) {
            Some("clinic") => "clinic",
            Some("education") => "school",
            _ => "office",
        };
        let (_, last) = self.tokens_of(at);
        self.out.whole.facility = Some((facility, item.first, last));
        self.noun = Noun::Whole;
        self.noun_end = Some(at);
    }
}
