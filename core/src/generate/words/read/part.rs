//! One of the parts that rooms are told apart by: `one for 6`, `2 of 10 sqm`, `a large one`.

use super::super::item::Size;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::{Amount, Span, What};
use super::super::number::ONE;
use super::super::token::Mark;
use super::Reader;
use crate::layout::room_type;

/// Some of the rooms, and what is said of them only.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Part {
    /// As said; one where nothing was.
    pub(super) count: Option<u32>,
    pub(super) seats: Option<Amount>,
    pub(super) area: Option<Span>,
    pub(super) sides: Option<[i64; 2]>,
    pub(super) size: Option<Size>,
    /// Another type than that of the whole, such as an accessible toilet.
    pub(super) room: Option<&'static str>,
    /// A bathroom that only these have.
    pub(super) attached: Option<usize>,
    /// That bathroom is one for all of them.
    pub(super) is_shared: bool,
    /// Named with its noun, as an entry of a list may be: `1 accessible toilet`.
    pub(super) names_room: bool,
    /// All that are left: `two of 16 sqm, the others 12 sqm`.
    pub(super) is_rest: bool,
    /// Said to be a usual one, or without what others have.
    pub(super) is_plain: bool,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Part {
    pub(super) fn tells_apart(&self) -> bool {
        self.seats.is_some()
            || self.area.is_some()
            || self.sides.is_some()
            || self.size.is_some()
            || self.room.is_some()
            || self.attached.is_some()
            || self.is_plain
    }
}

impl Reader<'_> {
    /// `one for 6`, `2 of 10 sqm`, `one accessible`, `a large one`, `12 seater`.
    ///
    /// `seated`: the part before has seats, so that `the other 8` are seats as well.
    pub(super) fn part(&self, from: usize, room: &str, seated: bool) -> Option<(Part, usize)> {
        let mut at = from;
        let mut part = Part {
            first: self.tokens_of(from).0,
            ..Part::default()
        };
        let is_one = |at: usize| matches!(self.what(at), Some(What::Count(amount)) if amount.low.0 == ONE && amount.high.0 == ONE);
        match self.what(at) {
            // `2 male`, `one for 6`; not the `6` of `6 and 10 seater`.
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
                part.count = Some(1);
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
        let mut links = 0;
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
                    links += 1;
                    at += 1;
                }
                Some(
                    What::Mark(Mark::Hyphen | Mark::Colon | Mark::At | Mark::Times)
                    | What::Is(Meaning::Cross),
                ) if links < 6 => {
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
                    links += 1;
                    at += 1;
                }
                Some(What::Is(Meaning::Room("bathroom"))) if room != "bathroom" && links > 0 => {
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
                        && self.follows_for(at)
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
                    part.room = Some("board_room");
                    at += 1;
                }
                // For whom a toilet is does not change it.
                Some(What::Is(Meaning::Male | Meaning::Female)) if is_wet(room) => {
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Is(Meaning::Room("toilet")))
                    if is_wet(room) && matches!(self.key(at), "lady" | "gent") =>
                {
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Length(_)) if is_wet(room) && self.key(at) == "m" => at += 1,
                // `one bigger (20 m²)`.
                Some(What::Mark(Mark::Open))
                    if part.count.is_some()
                        && matches!(
                            self.what(at + 1),
                            Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
                        )
                        && self.what(at + 2) == Some(What::Mark(Mark::Close)) =>
                {
                    match self.what(at + 1) {
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
                Some(What::Is(Meaning::Small)) => {
                    part.size = Some(Size::Small);
                    at += 1;
                }
                Some(What::Is(Meaning::Style)) => {
                    part.is_shared |= matches!(self.key(at), "shared" | "common") && links > 0;
                    part.is_plain |= matches!(
                        self.key(at),
                        "standard"
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
                    );
                    at += 1;
                }
                Some(What::Is(Meaning::Room(kind) | Meaning::Either { room: kind, .. }))
                    if kind == room
                        && (part.tells_apart() || self.key(at).starts_with("ensuite")) =>
                {
                    part.is_plain = true;
                    at += 1;
                }
                Some(What::Is(Meaning::Noun)) if part.tells_apart() => at += 1,
                // `one large one`.
                _ if part.tells_apart() && is_one(at) && self.ends_part(at + 1) => at += 1,
                _ => break,
            }
        }
        // `without` is the end of `1 with bath and 1 without`.
        part.is_plain |= negated && self.ends_part(at);
        part.last = self.tokens_of(at.saturating_sub(1)).1;
        (part.tells_apart() && at > from && self.ends_part(at)).then_some((part, at))
    }
}

impl Part {
    /// The area of one unit, from a part whose number and area are both known.
    pub(super) fn unit_of(&self, known: Span, reader: &Reader<'_>) -> Option<i64> {
        let text = reader.tokens.get(self.first..=self.last)?;
        let number = text.iter().find_map(|token| match token.kind {
            super::super::token::TokenKind::Number(number) => Some(number),
            _ => None,
        })?;
        (number.0 > 0).then(|| {
            let unit = i128::from(known.low) * i128::from(ONE) / i128::from(number.0);
            i64::try_from(unit).unwrap_or(i64::MAX)
        })
    }
}

fn is_wet(room: &str) -> bool {
    matches!(room, "toilet" | "toilet_group" | "bathroom")
}
