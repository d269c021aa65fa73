//! The parts of rooms that are told apart behind their number.

use super::super::lexicon::Meaning;
use super::super::measure::{Amount, Span, What};
use super::super::number::ONE;
use super::super::token::Mark;
use super::Reader;
use super::part::Part;
use crate::layout::room_type;

impl Reader<'_> {
    /// The parts from lexeme `from` on, and the lexeme behind them.
    pub(super) fn parts(
        &self,
        from: usize,
        room: &str,
        all: Option<u32>,
    ) -> Option<(Vec<Part>, usize)> {
        let mut at = from;
        // `room`, as in `2 meeting rooms`, and words that mean nothing.
        while matches!(
            self.meaning(at),
            Some(Meaning::Noun | Meaning::Stop | Meaning::Style | Meaning::Total)
        ) {
            at += 1;
        }
        let opened = self.what(at) == Some(What::Mark(Mark::Open));
        // `4 toilets including 1 for staff`.
        let includes = self.meaning(at) == Some(Meaning::With)
            && self.key(at).starts_with("incl")
            && all.is_some()
            && matches!(self.what(at + 1), Some(What::Count(_)));
        let listed = includes
            || matches!(
                self.what(at),
                Some(What::Mark(Mark::Comma | Mark::Colon | Mark::Hyphen))
            );
        at += usize::from(opened || listed);
        let mut parts: Vec<Part> = Vec::new();
        let mut bare: Vec<(Amount, usize)> = Vec::new();
        let mut end = at;
        let mut begins = at;
        loop {
            let seated = parts.last().is_some_and(|part| part.seats.is_some());
            let Some((part, after)) = self.part(begins, room, seated) else {
                // `6 and 10 seater`, `12 and 10 m2`: the unit comes with the last.
                let Some((amount, after)) = self.bare_number(begins) else {
                    break;
                };
                bare.push((amount, begins));
                match self.joint(after) {
                    Some(next) => begins = next,
                    None => break,
                }
                continue;
            };
            // `offices 5, open space for 20` are two things.
            let is_tight = matches!(self.what(begins), Some(What::Area(_) | What::Seats(..)));
            if !bare.is_empty() && !is_tight {
                return None;
            }
            for (amount, bare_at) in bare.drain(..) {
                parts.push(self.like(&part, amount, bare_at)?);
            }
            end = after;
            // `(one for the CEO, 20 m2)`: the size of the one.
            match parts
                .last_mut()
                .filter(|before| opened && before.is_sized_by(&part))
            {
                Some(before) => {
                    (before.area, before.sides) = (part.area, part.sides);
                    before.last = part.last;
                }
                None => parts.push(part),
            }
            match self.joint(after) {
                Some(next) => begins = next,
                None => break,
            }
        }
        // `3 meeting rooms (8, 6, 4)`: for so many each.
        let is_sized = room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some());
        let each = usize::try_from(all.unwrap_or(0)).unwrap_or(0);
        if opened && parts.is_empty() && is_sized && bare.len() >= 2 && bare.len() == each {
            for (amount, bare_at) in bare.drain(..) {
                let (first, last) = self.tokens_of(bare_at);
                parts.push(Part {
                    seats: Some(amount),
                    first,
                    last,
                    ..Part::default()
                });
                end = bare_at + 1;
            }
        }
        // `for 4, 6 and 10`: numbers of persons without a unit, behind `for`.
        if !bare.is_empty() {
            let first_is_for = parts.first().is_some_and(|part| {
                part.seats.is_some() && part.count.is_none() && part.area.is_none()
            });
            if !first_is_for || parts.len() != 1 {
                return None;
            }
            for (amount, bare_at) in bare {
                let (first, last) = self.tokens_of(bare_at);
                parts.push(Part {
                    seats: Some(amount),
                    first,
                    last,
                    ..Part::default()
                });
                end = bare_at + 1;
            }
        }
        // `2 toilets for patients, 1 for staff` are three: what follows at once is said of both.
        let of_all = !opened
            && !listed
            && parts.first().is_some_and(|part| part.count.is_none())
            && parts.iter().skip(1).any(|part| part.count.is_some());
        // `2 changing @ 20 m2, relax 30 m2`: what is called otherwise is something else.
        let goes_on = !opened
            && !listed
            && parts
                .first()
                .is_some_and(|part| part.area.is_some() && !part.is_called)
            && parts.iter().skip(1).any(|part| part.is_called);
        if of_all || goes_on {
            return None;
        }
        let closes = opened && self.what(end) == Some(What::Mark(Mark::Close));
        if opened && !closes {
            return None;
        }
        end += usize::from(closes);
        // `8 toilets, 1 accessible toilet` are nine, `8 toilets, 1 accessible` are eight.
        let goes_on = self.what(from) == Some(What::Mark(Mark::Comma));
        let named_last = parts.len() > 1
            && parts.last().is_some_and(|part| part.names_room)
            && parts.first().is_some_and(|part| part.count.is_none());
        // `20 rooms, 3 suites` are twenty-three, unless such kinds add up.
        let counted: u32 = parts.iter().filter_map(|part| part.count).sum();
        let is_kind = |part: &Part| {
            self.lexemes.iter().any(|lexeme| {
                lexeme.last == part.last && super::subsets::is_kind_of_guest_room(&lexeme.key)
            })
        };
        if goes_on && room == "guest_room" && all != Some(counted) && parts.iter().any(is_kind) {
            return None;
        }
        if goes_on && (named_last || matches!(parts.as_slice(), [part] if part.names_room)) {
            return None;
        }
        // One part alone must say how many it is, or it describes all of them.
        let counts = parts.iter().any(|part| part.count.is_some());
        let is_list = parts.len() >= 2 || (counts && all.is_some());
        if parts.iter().filter(|part| part.is_rest).count() > usize::from(all.is_some()) {
            return None;
        }
        let ends = closes || self.is_boundary(end) || self.ends_part(end);
        (is_list && ends && parts.iter().all(Part::tells_apart)).then_some((parts, end))
    }

    /// Where the next part begins behind a comma, an `and` or both.
    pub(super) fn joint(&self, at: usize) -> Option<usize> {
        let mut next = at;
        while matches!(
            self.what(next),
            Some(
                What::Mark(Mark::Comma | Mark::Ampersand | Mark::Plus | Mark::Slash)
                    | What::Is(Meaning::And)
            )
        ) {
            next += 1;
        }
        (next > at || self.begins_next_part(at)).then_some(next)
    }

    /// `(2 small 1 big)`: whether the number at `at` begins another part with nothing before it.
    pub(super) fn begins_next_part(&self, at: usize) -> bool {
        let is_size = |at: usize| matches!(self.meaning(at), Some(Meaning::Large | Meaning::Small));
        at > 0
            && matches!(self.what(at), Some(What::Count(_)))
            && is_size(at - 1)
            && is_size(at + 1)
            && self.ends_part(at + 2)
    }

    /// A number by itself, behind which another part or the end comes.
    pub(super) fn bare_number(&self, at: usize) -> Option<(Amount, usize)> {
        let at = at
            + usize::from(matches!(
                self.meaning(at),
                Some(Meaning::Of | Meaning::With)
            ));
        let Some(What::Count(amount)) = self.what(at) else {
            return None;
        };
        let ends = self.joint(at + 1).is_some() || self.is_boundary(at + 1);
        (ends && amount.low.count().is_some_and(|count| count > 1)).then_some((amount, at + 1))
    }

    /// A part that is `amount` of what `part` is measured in.
    pub(super) fn like(&self, part: &Part, amount: Amount, at: usize) -> Option<Part> {
        let (first, last) = self.tokens_of(at);
        let mut new = Part {
            first,
            last,
            ..Part::default()
        };
        if part.count.is_some() {
            return None;
        }
        if part.seats.is_some() {
            new.seats = Some(amount);
        } else if let Some(span) = part.area {
            let of = part.unit_of(span, self)?;
            let mm2 = i128::from(amount.low.0) * i128::from(of) / i128::from(ONE);
            let mm2 = i64::try_from(mm2).ok()?;
            new.area = Some(Span {
                low: mm2,
                high: mm2,
                bound: span.bound,
            });
        } else {
            return None;
        }
        Some(new)
    }

    /// Whether `the others`, `the rest` stands at `at`.
    pub(super) fn is_rest(&self, at: usize) -> bool {
        let word = at + usize::from(self.meaning(at) == Some(Meaning::The));
        matches!(
            self.key(word),
            "rest" | "remaining" | "remainder" | "restall" | "allother"
        ) || (self.key(word) == "other"
            && self.lexemes.get(word).is_some_and(|lexeme| lexeme.plural))
    }

    /// Whether the number at `at` stands behind `for`, with nothing but small words between.
    pub(super) fn follows_for(&self, at: usize) -> bool {
        let mut before = at;
        while before > 0
            && matches!(
                self.meaning(before - 1),
                Some(Meaning::About | Meaning::Stop | Meaning::Article | Meaning::The)
            )
        {
            before -= 1;
        }
        before > 0
            && (self.meaning(before - 1) == Some(Meaning::For)
                || matches!(self.key(before - 1), "accommodating" | "holding")
                || (matches!(self.meaning(before - 1), Some(Meaning::Seats(_)))
                    && self.key(before - 1).starts_with("seat")))
    }

    /// `3 meeting rooms of 4, 8 and 12`: whether the number at `at` is the first of several that
    /// stand behind `of`.
    pub(super) fn lists_seats(&self, at: usize) -> bool {
        at > 0
            && self.meaning(at - 1) == Some(Meaning::Of)
            && (self.joint(at + 1)).is_some_and(|next| self.bare_number(next).is_some())
    }

    pub(super) fn ends_part(&self, at: usize) -> bool {
        match self.what(at) {
            None | Some(What::Is(Meaning::And | Meaning::But)) => true,
            // `- two for 4, one for 12 - kitchen`: an aside ends.
            Some(What::Mark(Mark::Hyphen)) => {
                self.is_dash(at) && self.is_room(self.past_adjectives(at + 1))
            }
            Some(What::Mark(mark)) => mark.ends_phrase(),
            _ => false,
        }
    }

    /// Whether the hyphen at `at` stands free on both sides.
    fn is_dash(&self, at: usize) -> bool {
        let (first, last) = self.tokens_of(at);
        let ends = |token: usize| self.tokens.get(token).map(|token| token.end);
        let starts = |token: usize| self.tokens.get(token).map(|token| token.start);
        first > 0 && ends(first - 1) < starts(first) && ends(last) < starts(last + 1)
    }

    /// Whether a word that no room is called by stands in a list behind its head, with a measure
    /// behind it.
    pub(super) fn names_one_of_list(&self, at: usize, room: &str) -> bool {
        // `2 wards: male ward 10 beds, …`.
        let is_other_name = matches!(self.meaning(at), Some(Meaning::Room(kind)) if kind == room)
            && !self.lexemes.get(at).is_some_and(|lexeme| lexeme.plural)
            && self.key(at) != room
            && room == "ward";
        let begins = at > 0
            && matches!(
                self.what(at - 1),
                Some(
                    What::Mark(Mark::Colon | Mark::Comma | Mark::Open | Mark::Hyphen)
                        | What::Is(Meaning::And)
                )
            );
        begins
            && (is_other_name
                || matches!(
                    self.what(at),
                    Some(What::Unknown | What::Is(Meaning::Style))
                ))
            && (matches!(
                self.what(at + 1),
                Some(What::Area(_) | What::Dims { .. } | What::Seats(..))
            ) || (self.what(at + 1) == Some(What::Mark(Mark::Open))
                && matches!(
                    self.what(at + 2),
                    Some(What::Count(_) | What::Area(_) | What::Seats(..))
                )
                && self.what(at + 3) == Some(What::Mark(Mark::Close))))
    }

    /// `2 of them with a toilet`: whether only small words stand between `with` and the room at `at`.
    pub(super) fn stands_behind_with(&self, at: usize) -> bool {
        let with = (0..at).rev().find(|before| {
            !matches!(
                self.meaning(*before),
                Some(Meaning::Article | Meaning::Attached | Meaning::Style)
            )
        });
        with.is_some_and(|with| self.meaning(with) == Some(Meaning::With))
    }
}

#[cfg(test)]
mod tests {
    use super::super::for_tests::rooms_of;

    #[test]
    fn numbers_behind_of_are_seats_of_one_each() {
        for (prompt, rooms) in [
            (
                "3 meeting rooms of 4, 8 and 12, kitchen",
                "meeting_room:1#4 meeting_room:1#8 meeting_room:1#12 kitchen:1",
            ),
            ("3 classrooms of 20, 2 labs", "classroom:3#20 laboratory:2"),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }

    #[test]
    fn what_is_called_otherwise_is_something_else() {
        for (prompt, rooms) in [
            (
                "spa: 2 changing @ 20 m2, relax 30 m2",
                "changing_room:2@20 lounge:1@30",
            ),
            (
                "3 labs: chemistry 80 m2, physics 70 m2, biology 75 m2",
                "laboratory:1@80 laboratory:1@70 laboratory:1@75",
            ),
        ] {
            assert_eq!(rooms_of(prompt), rooms, "{prompt}");
        }
    }
}
