//! The words of one part: `one for 6`, `2 of 10 sqm`, `12 seater`.

use super::super::item::Size;
use super::super::lexicon::{Meaning, Relation, Seat};
use super::super::measure::What;
use super::super::number::ONE;
use super::super::token::Mark;
use super::Reader;
use super::part::{Part, is_wet};
use crate::layout::room_type;

impl Reader<'_> {
    /// `one for 6`, `2 of 10 sqm`, `one accessible`, `a large one`, `12 seater`.
    ///
    /// `seated`: the part before has seats, so that `the other 8` are seats as well.
    pub(super) fn part(&self, from: usize, room: &str, seated: bool) -> Option<(Part, usize)> {
        let mut at = from;
        // `2 bedrooms 12 sqm and 14 sqm, no bath`: another entry. `…, each with a bath` and `…, each
        // 12 sqm` are said of all of them.
        if matches!(self.meaning(from), Some(Meaning::No | Meaning::Each)) {
            return None;
        }
        let mut part = Part {
            first: self.tokens_of(from).0,
            ..Part::default()
        };
        let is_one = |at: usize| matches!(self.what(at), Some(What::Count(amount)) if amount.low.0 == ONE && amount.high.0 == ONE);
        match self.what(at) {
            // `2 male`, `one for 6`; not the `6` of `6 and 10 seater`.
            // `two each for women and men` is said of either, not of some.
            Some(What::Count(_))
                if self.key(at + 1) == "each" && self.meaning(at + 2) == Some(Meaning::For) =>
            {
                return None;
            }
            Some(What::Count(amount)) => {
                part.count = Some(amount.low.count().filter(|_| amount.low == amount.high)?);
                at += 1;
            }
            _ if self.is_rest(at) => {
                at += 1 + usize::from(self.meaning(at) == Some(Meaning::The));
                part.is_rest = true;
            }
            Some(What::Is(Meaning::Article | Meaning::The | Meaning::Other)) => {
                while matches!(
                    self.meaning(at),
                    Some(Meaning::Article | Meaning::The | Meaning::Other)
                ) {
                    at += 1;
                }
                if is_one(at) {
                    at += 1;
                }
                part.count = (self.key(at) != "half").then_some(1);
                if let Some(What::Count(amount)) = self.what(at)
                    && seated
                    && self.ends_part(at + 1)
                {
                    part.seats = Some(amount);
                    at += 1;
                }
            }
            _ => {}
        }
        if self.key(at) == "half" && part.count.is_none() && !part.is_rest {
            part.is_half = true;
            at += 1;
            let of = usize::from(self.meaning(at) == Some(Meaning::Of));
            if of > 0 && matches!(self.key(at + of), "them" | "those" | "these" | "which") {
                at += of + 1;
            }
        }
        // `cabins (MD 180 sq ft, HR 100 sq ft)`: who has one.
        let opened = (0..from).rev().find_map(|before| match self.what(before) {
            Some(What::Mark(Mark::Open)) => Some(true),
            Some(What::Mark(Mark::Close)) => Some(false),
            _ => None,
        });
        if part.count.is_none()
            && opened == Some(true)
            && room == "private_office"
            && self.meaning(at) == Some(Meaning::Room("private_office"))
            && super::behind::is_department(self.key(at))
        {
            part.is_plain = true;
            at += 1;
        }
        // `MD - 1`, `2 GM`.
        if part.count.is_none()
            && matches!(
                self.meaning(at),
                Some(Meaning::Seats(
                    Seat::Director | Seat::Manager | Seat::Doctor
                ))
            )
            && room == "private_office"
        {
            if self.meaning(at) == Some(Meaning::Seats(Seat::Director)) {
                part.room = Some("executive_office");
            }
            part.is_plain = true;
            at += 1;
            if matches!(
                self.what(at),
                Some(What::Mark(Mark::Hyphen | Mark::Colon | Mark::Times))
            ) && let Some(What::Count(amount)) = self.what(at + 1)
            {
                part.count = Some(amount.low.count().filter(|_| amount.low == amount.high)?);
                at += 2;
            }
        }
        if let Some(What::Seats(amount, seat @ (Seat::Director | Seat::Manager))) = self.what(at)
            && part.count.is_none()
            && room == "private_office"
        {
            part.count = Some(amount.low.count().filter(|_| amount.low == amount.high)?);
            if seat == Seat::Director {
                part.room = Some("executive_office");
            }
            part.is_plain = true;
            at += 1;
        }
        // `6 offices (5 standard, 1 executive)`, `8 toilets: 3 male, 1 staff`.
        let of_no_seats = room_type(room).is_none_or(|kind| kind.m2_per_seat.is_none());
        if let Some(What::Seats(amount, seat)) = self.what(at)
            && part.count.is_none()
            && of_no_seats
            && (seat == Seat::Staff || (is_wet(room) && seat == Seat::Person))
            && self.ends_part(at + 1)
        {
            part.count = Some(amount.low.count().filter(|_| amount.low == amount.high)?);
            let is_executive = self.word_at(self.tokens_of(at).1).starts_with("executive");
            if is_executive && room == "private_office" {
                part.room = Some("executive_office");
            }
            part.is_plain = true;
            at += 1;
        }
        // `bedrooms: master 16 m², two kids 12 m² each`.
        if let Some(What::Seats(amount, Seat::Person)) = self.what(at)
            && room == "bedroom"
            && part.count.is_none()
            && matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. }))
        {
            part.count = Some(amount.low.count().filter(|_| amount.low == amount.high)?);
            part.is_plain = true;
            at += 1;
        }
        // `bedrooms: master 16 m², child 12 m²`.
        if room == "bedroom" && matches!(self.meaning(at), Some(Meaning::Seats(Seat::Person))) {
            part.is_plain = true;
            at += 1;
        }
        // `3 labs: chemistry 80 sqm, physics 70 sqm`: what one of them is called.
        let is_called =
            part.count.is_none() && !part.is_rest && at == from && self.names_one_of_list(at, room);
        at += usize::from(is_called);
        part.is_called = is_called;
        let mut links = 0;
        // `2 x bedrooms, 1 x bathroom` has no bedroom with a bathroom.
        let mut has = false;
        let mut negated = false;
        loop {
            match self.what(at) {
                Some(What::Is(
                    Meaning::For
                    | Meaning::Of
                    | Meaning::With
                    | Meaning::In
                    | Meaning::Stop
                    | Meaning::The
                    | Meaning::Article
                    | Meaning::Each
                    | Meaning::About,
                )) => {
                    has |= !matches!(self.meaning(at), Some(Meaning::Article | Meaning::About));
                    part.is_shared |= self.key(at).starts_with("shar");
                    links += 1;
                    at += 1;
                }
                Some(
                    What::Mark(Mark::Hyphen | Mark::Colon | Mark::At | Mark::Times)
                    | What::Is(Meaning::Cross),
                ) if links < 6 && !(part.tells_apart() && self.ends_part(at)) => {
                    links += 1;
                    at += 1;
                }
                // `one seating 20`.
                Some(What::Is(Meaning::Seats(_)))
                    if self.key(at).starts_with("seat")
                        && matches!(self.what(at + 1), Some(What::Count(_))) =>
                {
                    links += 1;
                    at += 1;
                }
                Some(What::Is(Meaning::Room("executive_office")))
                    if room == "private_office" && links > 0 && self.follows_for(at) =>
                {
                    part.room = Some("executive_office");
                    at += 1;
                }
                // `one for the director`, `one for staff`.
                Some(What::Is(Meaning::Seats(seat)))
                    if links > 0 && !self.is_room(at + 1) && self.follows_for(at) =>
                {
                    if seat == Seat::Director && room == "private_office" {
                        part.room = Some("executive_office");
                    }
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Is(Meaning::No)) => {
                    negated = true;
                    has = true;
                    links += 1;
                    at += 1;
                }
                Some(What::Is(Meaning::Attached))
                    if room == "bedroom"
                        && !matches!(
                            self.meaning(at + 1),
                            Some(Meaning::Room("bathroom" | "toilet"))
                        ) =>
                {
                    if !negated {
                        part.attached = Some(at);
                    }
                    part.is_plain |= negated;
                    at += 1;
                }
                Some(What::Is(Meaning::Attached)) => {
                    part.is_plain |= is_wet(room);
                    part.is_ensuite |= is_wet(room) && !negated;
                    has = true;
                    links += 1;
                    at += 1;
                }
                // `2 bathrooms (one attached to master)`.
                Some(What::Is(Meaning::Relation(Relation::Attached)))
                    if is_wet(room)
                        && part.count.is_some()
                        // Else the master bedroom is named here first.
                        && (self.out.items.iter()).any(|item| item.room == "master_bedroom")
                        && matches!(
                            self.meaning(self.past_small_words(at + 1)),
                            Some(Meaning::Room("bedroom" | "master_bedroom"))
                        ) =>
                {
                    part.is_plain = true;
                    part.is_ensuite = true;
                    at = self.past_small_words(at + 1) + 1;
                }
                Some(What::Is(Meaning::Room(wet @ ("bathroom" | "toilet"))))
                    if !is_wet(room)
                        && has
                        && (wet == "bathroom"
                            || matches!(room, "private_office" | "executive_office")
                            || self.stands_behind_with(at)) =>
                {
                    if !negated {
                        part.attached = Some(at);
                    }
                    part.is_plain |= negated;
                    at += 1;
                }
                Some(What::Seats(amount, Seat::Bed))
                    if room != "bedroom" && part.seats.is_none() =>
                {
                    part.seats = Some(amount);
                    at += 1;
                }
                Some(What::Seats(amount, Seat::Person | Seat::Staff | Seat::Chair))
                    if part.seats.is_none() && !self.is_room(at + 1) =>
                {
                    part.seats = Some(amount);
                    at += 1;
                }
                Some(What::Count(amount))
                    if part.seats.is_none()
                        && links > 0
                        && (self.follows_for(at) || (!of_no_seats && self.lists_seats(at)))
                        && self.ends_part(at + 1) =>
                {
                    part.seats = Some(amount);
                    at += 1;
                }
                Some(What::Area(span)) if part.area.is_none() && !self.is_room(at + 1) => {
                    part.area = Some(span);
                    at += 1;
                }
                Some(What::Dims { sides, .. }) if part.sides.is_none() && !self.is_room(at + 1) => {
                    part.sides = Some(sides);
                    at += 1;
                }
                Some(What::Is(Meaning::Accessible)) if is_wet(room) => {
                    part.room = Some("accessible_toilet");
                    at += 1;
                    // `disabled people`.
                    let people = self.meaning(at) == Some(Meaning::Seats(Seat::Person));
                    at += usize::from(people);
                    // `3 WCs, 1 DDA WC` are four.
                    let names_room = self.meaning(at) == Some(Meaning::Room("toilet"))
                        && !matches!(self.key(at), "lady" | "gent");
                    part.names_room |= names_room;
                    at += usize::from(names_room);
                }
                Some(What::Is(Meaning::Room("accessible_toilet"))) if is_wet(room) => {
                    part.names_room = true;
                    part.room = Some("accessible_toilet");
                    at += 1;
                }
                Some(What::Is(Meaning::Room("master_bedroom"))) if room == "bedroom" => {
                    part.room = Some("master_bedroom");
                    at += 1;
                }
                Some(What::Is(Meaning::Room("board_room")))
                    if room == "meeting_room" && part.count.is_some() =>
                {
                    // `4 meeting rooms, a boardroom` are five.
                    part.names_room = true;
                    part.room = Some("board_room");
                    at += 1;
                }
                // For whom a toilet is does not change it.
                Some(What::Is(Meaning::Male | Meaning::Female)) if is_wet(room) => {
                    part.is_plain = true;
                    at += 1;
                }
                // `locker rooms men 40 sqm and women 30 sqm`.
                Some(What::Is(Meaning::Male | Meaning::Female))
                    if matches!(room, "changing_room" | "locker_room")
                        && matches!(self.what(at + 1), Some(What::Area(_) | What::Dims { .. })) =>
                {
                    at += 1;
                }
                Some(What::Is(Meaning::Room("toilet")))
                    if is_wet(room) && matches!(self.key(at), "lady" | "gent") =>
                {
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Length(_)) if is_wet(room) && self.key(at) == "m" => at += 1,
                // `one bigger (20 m²)`, `one small (4)`.
                Some(What::Mark(Mark::Open))
                    if (part.count.is_some() || is_called)
                        && (matches!(
                            self.what(at + 1),
                            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                        ) || (matches!(self.what(at + 1), Some(What::Count(_)))
                            && part.seats.is_none()
                            && !of_no_seats))
                        && self.what(at + 2) == Some(What::Mark(Mark::Close)) =>
                {
                    match self.what(at + 1) {
                        Some(What::Count(amount)) => part.seats = Some(amount),
                        Some(What::Area(span)) => part.area = Some(span),
                        Some(What::Dims { sides, .. }) => part.sides = Some(sides),
                        Some(What::Seats(amount, _)) => part.seats = Some(amount),
                        _ => {}
                    }
                    at += 3;
                }
                Some(What::Is(Meaning::Large)) => {
                    part.size = Some(Size::Large);
                    at += 1;
                }
                // `one bigger than the others`.
                Some(What::Is(bound @ (Meaning::AtLeast | Meaning::AtMost)))
                    if self.key(at).ends_with("than")
                        && matches!(
                            self.key(
                                at + 1 + usize::from(self.meaning(at + 1) == Some(Meaning::The))
                            ),
                            "other" | "rest"
                        ) =>
                {
                    part.size = Some(match bound {
                        Meaning::AtLeast => Size::Large,
                        _ => Size::Small,
                    });
                    at += 2 + usize::from(self.meaning(at + 1) == Some(Meaning::The));
                }
                Some(What::Is(Meaning::Small)) => {
                    part.size = Some(Size::Small);
                    at += 1;
                }
                // `toilets: two near the exam rooms, one for staff`: no more of those.
                Some(What::Is(Meaning::Relation(relation)))
                    if part.count.is_some()
                        && relation != Relation::Attached
                        && self.is_room(self.past_small_words(at + 1)) =>
                {
                    part.is_plain = true;
                    at = self.past_small_words(at + 1) + 1;
                }
                // `one double at the back`.
                Some(What::Is(Meaning::Place)) if part.count.is_some() => {
                    part.is_described = true;
                    at += 1;
                }
                Some(What::Is(Meaning::Style)) => {
                    part.is_shared |= matches!(self.key(at), "shared" | "common") && links > 0;
                    part.is_described |= part.count.is_some();
                    part.is_plain |= matches!(
                        self.key(at),
                        "standard"
                            | "medium"
                            | "mediumsized"
                            | "midsized"
                            | "midsize"
                            | "average"
                            | "regular"
                            | "normal"
                            | "usual"
                            | "general"
                            | "basic"
                            | "common"
                            | "shared"
                            | "unisex"
                            | "private"
                            | "open"
                            | "single"
                            | "double"
                            | "twin"
                            | "triple"
                            | "deluxe"
                            | "luxury"
                            | "premium"
                            | "economy"
                            | "superior"
                            | "senior"
                            | "junior"
                    );
                    at += 1;
                }
                Some(What::Is(Meaning::Room(kind) | Meaning::Either { room: kind, .. }))
                    if kind == room
                        && (part.tells_apart() || self.key(at).starts_with("ensuite")) =>
                {
                    // `4 treatment rooms, 1 double treatment room` are five.
                    part.names_room |= part.count.is_some()
                        && (part.is_plain || part.size.is_some())
                        && links == 0;
                    part.is_plain = true;
                    at += 1;
                }
                // `one larger for pilates`: what it is for.
                Some(What::Is(Meaning::Room(_) | Meaning::Facility(_)))
                    if part.tells_apart()
                        && self.meaning(at - 1) == Some(Meaning::For)
                        && self.ends_part(at + 1) =>
                {
                    at += 1;
                }
                // `20 rooms (16 doubles, 4 suites)`.
                Some(What::Is(Meaning::Site))
                    if matches!(room, "guest_room" | "patient_room") && self.key(at) == "suite" =>
                {
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Is(Meaning::Noun)) if part.tells_apart() => at += 1,
                // `one large one`.
                _ if part.tells_apart()
                    && is_one(at)
                    && (self.ends_part(at + 1)
                        // `the bigger one for 12`.
                        || (part.size.is_some()
                            && matches!(self.meaning(at + 1), Some(Meaning::For | Meaning::Of)))) =>
                {
                    at += 1;
                }
                _ => break,
            }
        }
        // `the bigger one for 12`: the seats say how large it is.
        let compares = (from..at).any(|word| {
            let key = self.key(word);
            self.meaning(word) == Some(Meaning::Large) && key.ends_with("er")
                || self.meaning(word) == Some(Meaning::Small) && key.ends_with("er")
        });
        if part.seats.is_some() && compares {
            part.size = None;
        }
        // `without` is the end of `1 with bath and 1 without`.
        part.is_plain |= negated && self.ends_part(at);
        part.last = self.tokens_of(at.saturating_sub(1)).1;
        let ends = self.ends_part(at) || self.begins_next_part(at);
        (part.tells_apart() && at > from && ends).then_some((part, at))
    }
}
