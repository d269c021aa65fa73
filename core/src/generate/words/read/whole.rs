//! What the whole is, and what is counted of it: an office for 20, 10 workstations, `2 BHK`.

use super::super::Confidence;
use super::super::context::{inside, usual};
use super::super::item::Item;
use super::super::lexicon::{Meaning, Seat, lexicon};
use super::super::measure::{Amount, Bound, What};
use super::super::number::{Number, ONE};
use super::super::spelling::mended;
use super::super::stems::stem;
use super::super::token::Mark;
use super::{Noun, Reader};
use crate::layout::room_type;

/// A room of more than 60 m² that is called an office or a store is the whole.
pub(super) const LARGEST_ROOM_MM2: i64 = 60_000_000;

fn usual_in(facility: &str, room: &str) -> bool {
    usual(facility).is_some_and(|usual| usual.rooms.iter().any(|(other, _)| *other == room))
}

impl Reader<'_> {
    /// `office`: the whole at the head of a sentence, a room in a list.
    pub(super) fn room_or_whole(&mut self, at: usize, room: &'static str, facility: &'static str) {
        if self.names_whole(at, facility) {
            self.whole(at, facility);
        } else {
            self.room_word(at, room);
        }
    }

    pub(super) fn names_whole(&self, at: usize, facility: &str) -> bool {
        let many = self
            .pending
            .count
            .is_some_and(|(amount, _, _)| amount.high.0 > ONE);
        let plural = self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural);
        let named = self.out.whole.facility.is_some();
        let follows = self.touches_noun(self.at_before(at));
        // `architect's studio office` names one place in several words.
        if self.noun == Noun::Whole
            && follows
            && self.out.items.is_empty()
            && !matches!(self.what(at + 1), Some(What::Count(_)))
        {
            return true;
        }
        if many
            || plural
            || named
            || self.is_negated
            || self.open_relation.is_some()
            || self.inverse.is_some()
        {
            return self.pending.the && named && !many && !plural;
        }
        // `10 workstation office`: what stands before describes it, with nothing in between.
        if self.last_item().is_some() && follows {
            return true;
        }
        // `3 rooms and a toilet in 600 sq ft shop`.
        if let Some((_, first, _)) = self.pending.area
            && (1..=at)
                .any(|area| self.tokens_of(area).0 == first && self.comes_after(area, Meaning::In))
        {
            return true;
        }
        if !self.out.items.is_empty() {
            return false;
        }
        let is_large = |mm2: i64| mm2 > LARGEST_ROOM_MM2;
        // `pharmacy store of 400 sq ft`: two words for one place.
        if matches!(
            self.meaning(at + 1),
            Some(Meaning::Facility(_) | Meaning::Either { .. })
        ) && self.is_described_whole(at + 1)
        {
            return true;
        }
        let large = self
            .pending
            .area
            .is_some_and(|(span, _, _)| is_large(span.low));
        // `store of 2.5 x 3 m` is a room, `office of 2,500 sq ft` is not.
        let own = (at + 1..=at + 3).take_while(|next| !self.is_room(*next));
        let measure = own.into_iter().find_map(|next| match self.what(next)? {
            What::Area(span) => Some(span.low),
            What::Dims { sides: [a, b], .. } => Some(a.saturating_mul(b) / 100),
            _ => None,
        });
        let next = self.what(at + 1);
        let is_measured = matches!(
            next,
            Some(
                What::Is(Meaning::Of | Meaning::Stop)
                    | What::Area(_)
                    | What::Dims { .. }
                    | What::Mark(Mark::Colon | Mark::Hyphen | Mark::Open | Mark::Comma)
            )
        );
        // `office (60 sqm): 6 desks, …`.
        let heads = (at + 1..=at + 4)
            .take_while(|next| !self.is_room(*next))
            .any(|next| self.what(next) == Some(What::Mark(Mark::Colon)));
        if measure.is_some() && is_measured && heads && at <= 2 && !self.pending.the {
            return true;
        }
        if let Some(mm2) = measure.filter(|_| is_measured) {
            return is_large(mm2);
        }
        // `the lab should be near …`, `the dentist's office must be …` is one room of several.
        let mut said = at + 1;
        while matches!(self.meaning(said), Some(Meaning::Stop | Meaning::Not)) {
            said += 1;
        }
        if said > at + 1
            && (matches!(self.meaning(said), Some(Meaning::Relation(_)))
                || (self.pending.the
                    && matches!(facility, "laboratory" | "library" | "pharmacy" | "gym")))
        {
            return false;
        }
        let described = matches!(
            next,
            Some(
                What::Is(
                    Meaning::With
                        | Meaning::For
                        | Meaning::In
                        | Meaning::Of
                        | Meaning::Stop
                        | Meaning::Site
                        | Meaning::Noun
                        | Meaning::No
                ) | What::Mark(Mark::Colon | Mark::Hyphen | Mark::Stop | Mark::Line | Mark::Open)
                    | What::Seats(..)
            )
        );
        // `25 people office, …` at the head.
        if facility == "office"
            && self
                .pending
                .seats
                .is_some_and(|(amount, ..)| amount.low > Number::whole(super::numbers::MOST_OF_ONE))
        {
            return true;
        }
        // `optical store & eye clinic - …`: two names of one place.
        let joined = matches!(
            next,
            Some(What::Is(Meaning::And) | What::Mark(Mark::Ampersand | Mark::Plus | Mark::Slash))
        );
        let mut other = at + 2;
        while matches!(
            self.what(other),
            Some(What::Unknown | What::Is(Meaning::Style))
        ) {
            other += 1;
        }
        if joined
            && at <= 2
            && matches!(self.meaning(other), Some(Meaning::Facility(_)))
            && self.is_described_whole(other)
        {
            return true;
        }
        // `nail salon, 8 pedicure chairs, …`: no room is called so.
        let is_place = [
            "centre",
            "salon",
            "studio",
            "clinic",
            "academy",
            "institute",
            "school",
            "shop",
            "parlour",
            "practice",
        ]
        .iter()
        .any(|noun| self.key(at).ends_with(noun));
        if is_place && at <= 2 && next == Some(What::Mark(Mark::Comma)) {
            return true;
        }
        // `office, 16 workstations`: what follows belongs in it.
        let heads_list = next == Some(What::Mark(Mark::Comma))
            && self
                .lexemes
                .iter()
                .skip(at)
                .any(|lexeme| match lexeme.what {
                    What::Is(Meaning::Station(room)) => usual_in(facility, room),
                    _ => false,
                });
        large || described || heads_list || next.is_none()
    }

    /// Whether what follows lexeme `at` is said of a whole.
    fn is_described_whole(&self, at: usize) -> bool {
        matches!(
            self.what(at + 1),
            Some(
                What::Is(Meaning::With | Meaning::For | Meaning::In | Meaning::Of)
                    | What::Area(_)
                    | What::Dims { .. }
                    | What::Mark(Mark::Colon | Mark::Hyphen)
            )
        )
    }

    /// The lexeme before the adjectives that end at `at`.
    fn at_before(&self, at: usize) -> usize {
        let mut before = at;
        while before > 0
            && (self.meaning(before - 1).is_some_and(super::is_adjective)
                || self.what(before - 1) == Some(What::Mark(Mark::Hyphen)))
        {
            before -= 1;
        }
        before
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
        if self.noun == Noun::Whole && self.touches_noun(at) {
            // `dental clinic`, said in two words.
            self.noun_end = at;
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
            self.whole_is_for(amount, pending.seat.unwrap_or(Seat::Person), from, to);
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
        if facility == "home" && self.key(at).starts_with("studio") {
            // One room to live and sleep in is what makes it one.
            let mut item = Item::new("studio_room", "studioroom", first, last);
            item.sure = Confidence::Synonym;
            self.out.items.push(item);
        }
        self.noun = Noun::Whole;
        self.noun_end = at;
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
        self.noun_end = at;
    }

    /// `MRI centre`: what was taken for a room names the whole, if nothing was named before it.
    pub(super) fn centre(&mut self, at: usize) {
        let named = self.last_item().filter(|place| *place == 0);
        let is_named = named
            .and_then(|place| self.out.items.get(place))
            .is_some_and(|item| item.amount.is_none() && self.out.items.len() == 1 && !item.plural);
        // `dialysis centre with 10 stations`: the stations are in that room.
        let holds = self.meaning(at + 1) == Some(Meaning::With)
            && matches!(self.what(at + 2), Some(What::Seats(..)));
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
        self.noun_end = at;
    }
}
