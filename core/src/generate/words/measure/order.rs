//! Numbers that stand elsewhere than before what they count: `partners (5)`, `20 others`.

use super::super::lex::{Lexeme, Raw};
use super::super::lexicon::{AreaUnit, Meaning, Seat};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use crate::layout::room_type;

/// Whether the `m` at `at` counts men: in `toilets 3m 3f` women are counted behind.
fn is_men(raw: &[Lexeme<Raw>], at: usize) -> bool {
    const FARTHEST: usize = 3;
    let what = |at: usize| raw.get(at).map(|lexeme| lexeme.what);
    raw.get(at).is_some_and(|lexeme| lexeme.key == "m")
        && matches!(at.checked_sub(1).and_then(what), Some(Raw::Number(_)))
        && (at + 1..=at + FARTHEST).any(|women| {
            matches!(what(women), Some(Raw::Is(Meaning::Female)))
                && matches!(what(women - 1), Some(Raw::Number(_)))
        })
}

/// Whether a number stands before the room at `at`, past words that describe it.
fn is_counted(raw: &[Lexeme<Raw>], at: usize) -> bool {
    let mut before = at;
    while before > 0
        && matches!(
            raw.get(before - 1).map(|lexeme| lexeme.what),
            Some(Raw::Is(
                Meaning::Style | Meaning::Large | Meaning::Small | Meaning::Seats(_)
            ))
        )
    {
        before -= 1;
    }
    before > 0
        && matches!(
            raw.get(before - 1).map(|lexeme| lexeme.what),
            Some(Raw::Number(_))
        )
}

/// Whether `2 x 11 m2` must be two of that area: no room is so long and narrow.
fn is_count_of_area(
    first: Number,
    second: Number,
    unit: AreaUnit,
    room: Option<&Lexeme<Raw>>,
) -> bool {
    const LONGEST: i64 = 5;
    // 60 sq ft, or 3 m2, is a room; less than that is a side.
    let least = match unit {
        AreaUnit::SquareFoot => 60,
        _ => 3,
    };
    // `offices (5 x 12 m2)`: nobody has several as large as their product.
    let kind = room.and_then(|room| match room.what {
        Raw::Is(Meaning::Room(room) | Meaning::Either { room, .. }) => room_type(room),
        _ => None,
    });
    let is_usual = unit == AreaUnit::SquareMetre
        && kind.is_some_and(|kind| {
            let number = |number: Number| number.0 as f64 / ONE as f64;
            let area = number(second);
            area >= kind.area_m2 / 2.0
                && area <= kind.area_m2 * 2.0
                && area * number(first) > kind.area_m2 * 3.0
        });
    first.count().is_some_and(|count| count > 1)
        && second >= Number::whole(least)
        && (is_usual || second.0.saturating_mul(2) >= first.0.saturating_mul(LONGEST))
}

/// `6 offices (4 x 12 m2, 2 x 16 m2)`: where the first numbers add up to that of the rooms, they
/// count, and are no sides. The places of their crosses.
fn counting_crosses(raw: &[Lexeme<Raw>]) -> Vec<usize> {
    let mut found = Vec::new();
    for (at, lexeme) in raw.iter().enumerate() {
        // What the parts add up to; nothing for `the kids' rooms (2 x 11 m2)`.
        let all = match lexeme.what {
            Raw::Number(all) => Some(all),
            Raw::Is(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Noun)
                if lexeme.plural && !is_counted(raw, at) =>
            {
                None
            }
            _ => continue,
        };
        let opens = (at + 1..at + 5).find(|open| {
            matches!(
                raw.get(*open).map(|lexeme| lexeme.what),
                Some(Raw::Mark(Mark::Open | Mark::Colon | Mark::Hyphen))
            )
        });
        let least = at + usize::from(all.is_some());
        let Some(mut next) = opens.filter(|open| *open > least).map(|open| open + 1) else {
            continue;
        };
        if all.is_none() && next != at + 2 {
            continue;
        }
        let (mut sum, mut crosses) = (0_i64, Vec::new());
        while let [first, cross, second, unit, ..] = raw.get(next..).unwrap_or_default() {
            let (Raw::Number(first), Raw::Number(second), Raw::Is(Meaning::Area(unit))) =
                (first.what, second.what, unit.what)
            else {
                break;
            };
            if all.is_none() && !is_count_of_area(first, second, unit, Some(lexeme)) {
                break;
            }
            let is_cross = cross.what == Raw::Mark(Mark::Times)
                || (cross.what == Raw::Is(Meaning::Cross) && cross.key == "x");
            if !is_cross {
                break;
            }
            sum = sum.saturating_add(first.0);
            crosses.push(next + 1);
            next += 4;
            while matches!(
                raw.get(next).map(|lexeme| lexeme.what),
                Some(Raw::Mark(Mark::Comma | Mark::Plus | Mark::Ampersand) | Raw::Is(Meaning::And))
            ) {
                next += 1;
            }
        }
        if all.is_none_or(|all| sum == all.0) {
            found.extend(crosses);
        }
    }
    found
}

/// `raw` with those numbers where they usually stand.
pub(super) fn usual_order(raw: &[Lexeme<Raw>]) -> Vec<Lexeme<Raw>> {
    let mut out: Vec<Lexeme<Raw>> = Vec::with_capacity(raw.len());
    let mut at = 0;
    let crosses = counting_crosses(raw);
    while let Some(lexeme) = raw.get(at) {
        let what = |ahead: usize| raw.get(at + ahead).map(|lexeme| lexeme.what);
        // `offices 4/15 m2`: four of fifteen.
        if let (Raw::Number(count), Some(Raw::Mark(Mark::Slash))) = (lexeme.what, what(1))
            && let (Some(Raw::Number(size)), Some(Raw::Is(Meaning::Area(unit)))) =
                (what(2), what(3))
            && is_count_of_area(count, size, unit, out.last())
            && out.last().is_some_and(|room| {
                room.plural
                    && matches!(
                        room.what,
                        Raw::Is(Meaning::Room(_) | Meaning::Either { .. })
                    )
            })
            && let Some(slash) = raw.get(at + 1)
        {
            let mut cross = slash.clone();
            cross.what = Raw::Mark(Mark::Times);
            out.extend([lexeme.clone(), cross]);
            at += 2;
            continue;
        }
        // `partners (5)`: five partners. Chairs and beds are counted by their rooms.
        let of_people = matches!(
            lexeme.what,
            Raw::Is(Meaning::Seats(
                Seat::Person | Seat::Staff | Seat::Doctor | Seat::Manager | Seat::Director
            ))
        );
        let counted_before = out
            .last()
            .is_some_and(|before| matches!(before.what, Raw::Number(_)));
        if of_people
            && lexeme.plural
            && !counted_before
            && what(1) == Some(Raw::Mark(Mark::Open))
            && matches!(what(2), Some(Raw::Number(_)))
            && what(3) == Some(Raw::Mark(Mark::Close))
            && let (Some(number), Some(end)) = (raw.get(at + 2), raw.get(at + 3))
        {
            let (mut number, mut people) = (number.clone(), lexeme.clone());
            (number.first, number.last) = (lexeme.first, lexeme.last);
            people.last = end.last;
            out.extend([number, people]);
            at += 4;
            continue;
        }
        // `bedrooms (there are three)`.
        if lexeme.what == Raw::Mark(Mark::Open) {
            let small = raw.iter().skip(at + 1);
            let words = small
                .take_while(|next| {
                    // `(was 2)` is about another time.
                    next.what == Raw::Is(Meaning::Stop)
                        && !["was", "were", "previously", "earlier", "now"]
                            .contains(&next.key.as_str())
                })
                .count();
            let number = at + 1 + words;
            let ends = raw
                .get(number + 1)
                .is_some_and(|next| next.what == Raw::Mark(Mark::Close));
            if words > 0
                && ends
                && let Some(next) = raw.get(number)
                && matches!(next.what, Raw::Number(_))
            {
                let mut next = next.clone();
                next.first = lexeme.last + 1;
                out.extend([lexeme.clone(), next]);
                at = number + 1;
                continue;
            }
        }
        // `4 managers with a cabin each, 20 others in an open area`.
        let are_people = lexeme.what == Raw::Is(Meaning::Other)
            && lexeme.plural
            && counted_before
            && matches!(
                what(1),
                Some(Raw::Is(
                    Meaning::In | Meaning::Stop | Meaning::With | Meaning::Each
                ))
            );
        let mut next = lexeme.clone();
        if is_men(raw, at) {
            next.what = Raw::Is(Meaning::Male);
        }
        if crosses.contains(&at) {
            next.what = Raw::Is(Meaning::Of);
        }
        if are_people {
            next.what = Raw::Is(Meaning::Seats(Seat::Staff));
        }
        out.push(next);
        at += 1;
    }
    out
}
