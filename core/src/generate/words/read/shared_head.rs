//! Rooms that are told apart before the word that names them: `one large and two small meeting
//! rooms`.

use super::super::context::room_in;
use super::super::item::Size;
use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Span, What};
use super::super::token::Mark;
use super::pending::Pending;
use super::{ONE_OF_THEM, Reader};

/// Adjectives that tell rooms of a kind apart, though nothing follows from them.
const KINDS: [&str; 11] = [
    "single", "double", "twin", "standard", "regular", "private", "shared", "medium", "junior",
    "senior", "common",
];

/// Some of them.
struct Share {
    count: Amount,
    seats: Option<Amount>,
    area: Option<Span>,
    sides: Option<[i64; 2]>,
    size: Option<Size>,
    is_attached: bool,
    first: usize,
    last: usize,
}

impl Reader<'_> {
    /// Whether `one large and two small meeting rooms`, `two 12 m2 and one 20 m2 classroom` stands
    /// from lexeme `at` on, and was read.
    pub(super) fn shares_head(&mut self, at: usize) -> bool {
        if self.pending.describes() || self.is_negated {
            return false;
        }
        let (mut shares, mut begins) = (Vec::new(), at);
        let head = loop {
            let Some((share, after, is_told)) = self.share(begins) else {
                return false;
            };
            shares.push(share);
            let names = self.past_shared_words(after);
            if self.is_room(names) {
                break names;
            }
            match self.joint(after) {
                Some(next) if is_told => begins = next,
                _ => return false,
            }
        };
        let room = match self.meaning(head) {
            // `12 double and 6 single rooms` of a hotel are for guests.
            Some(Meaning::Room(room) | Meaning::Either { room, .. }) => {
                match room_in(self.facility, self.key(head), room) {
                    Meaning::Room(room) => room,
                    _ => room,
                }
            }
            _ => return false,
        };
        if shares.len() < 2 {
            return false;
        }
        let pending = self.pending.clone();
        for lexeme in at..=head {
            self.spend(lexeme);
        }
        self.at = head + 1;
        for share in shares {
            let said = (share.first, share.last);
            let with = |amount: Option<Amount>| amount.map(|amount| (amount, said.0, said.1));
            self.pending = Pending {
                count: with(Some(share.count)),
                seats: with(share.seats),
                area: share.area.map(|span| (span, said.0, said.1)),
                sides: share.sides.map(|sides| (sides, said.0, said.1)),
                size: share.size,
                is_attached: share.is_attached,
                is_optional: pending.is_optional,
                from: Some(share.first),
                ..Pending::default()
            };
            self.room(head, room);
        }
        true
    }

    /// `two 12 m2`: how many and of what kind, the lexeme behind, and whether anything but the
    /// number was said.
    fn share(&self, from: usize) -> Option<(Share, usize, bool)> {
        let count = match self.what(from)? {
            What::Count(amount) => amount,
            What::Is(Meaning::Article) => ONE_OF_THEM,
            _ => return None,
        };
        let (first, last) = self.tokens_of(from);
        let mut share = Share {
            count,
            seats: None,
            area: None,
            sides: None,
            size: None,
            is_attached: false,
            first,
            last,
        };
        let (mut at, mut is_told) = (from + 1, false);
        loop {
            match self.what(at)? {
                // `4 x 4p, 2 x 8p and 1 x 14p meeting rooms`.
                What::Mark(Mark::Times) | What::Is(Meaning::Cross)
                    if at == from + 1 && matches!(self.what(at + 1), Some(What::Seats(..))) => {}
                What::Seats(amount, _) if share.seats.is_none() => share.seats = Some(amount),
                What::Area(span) if share.area.is_none() => share.area = Some(span),
                What::Dims { sides, .. } if share.sides.is_none() => share.sides = Some(sides),
                What::Is(Meaning::Large) => share.size = Some(Size::Large),
                What::Is(Meaning::Small) => share.size = Some(Size::Small),
                // `2 privates, 1 conference`: no adjective has a plural.
                What::Is(Meaning::Style)
                    if KINDS.contains(&self.key(at))
                        && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural) => {}
                // `1 attached + 1 common bath`.
                What::Is(Meaning::Attached) if self.key(at).starts_with("attach") => {
                    share.is_attached = true;
                }
                _ => break,
            }
            is_told = true;
            share.last = self.tokens_of(at).1;
            at += 1;
        }
        Some((share, at, is_told))
    }

    fn past_shared_words(&self, at: usize) -> usize {
        let mut next = at;
        while self.meaning(next) == Some(Meaning::Style) {
            next += 1;
        }
        next
    }
}
