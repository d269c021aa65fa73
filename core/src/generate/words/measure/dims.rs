//! Two sides of a room, and the unit of those that have none.

use super::super::lex::{Lexeme, Raw};
use super::super::lexicon::{AreaUnit, LengthUnit, Meaning};
use super::super::number::{Number, ONE};
use super::super::token::Mark;
use super::{Walk, What, tenths};

/// The unit of sides that are given without one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Usual {
    /// `all sizes in feet`.
    Said(LengthUnit),
    /// Nobody changes the unit within a list, so the largest number decides for all: beside
    /// `drawing room 16x14`, the `5x6` of a prayer room are feet.
    OfLargest(Number),
}

/// The unit for the sides of `raw` that have none; `None` where no side is without.
pub(super) fn usual_unit(raw: &[Lexeme<Raw>]) -> Option<Usual> {
    let said = (1..raw.len()).find_map(|at| {
        let Raw::Is(Meaning::Length(unit)) = raw.get(at)?.what else {
            return None;
        };
        let before = raw.get(at - 1)?;
        let introduced = matches!(
            before.key.as_str(),
            "all"
                | "in"
                | "allin"
                | "are"
                | "dimension"
                | "size"
                | "sizein"
                | "unit"
                | "measurement"
        ) || before.what == Raw::Mark(Mark::Open);
        // `kitchen in 10 ft` gives one length, `(sizes in ft)` a unit.
        let ends = raw
            .get(at + 1)
            .is_none_or(|next| matches!(next.what, Raw::Mark(_)));
        (introduced && ends).then_some(Usual::Said(unit))
    });
    if said.is_some() {
        return said;
    }
    let mut largest: Option<Number> = None;
    let mut at = 0;
    while at < raw.len() {
        let mut walk = Walk {
            raw,
            at,
            usual: None,
        };
        match dims(&mut walk) {
            Some(What::Dims { unit: Some(_), .. }) => {
                for lexeme in raw.get(at..walk.at).unwrap_or_default() {
                    if let Raw::Number(number) = lexeme.what {
                        largest = largest.max(Some(number));
                    }
                }
                at = walk.at.max(at + 1);
            }
            Some(_) => at = walk.at.max(at + 1),
            None => at += 1,
        }
    }
    largest.map(Usual::OfLargest)
}

/// `3x4 m`, `3 m x 4 m`, `10' x 12'6"`, `10 by 12 feet`.
pub(super) fn dims(walk: &mut Walk<'_>) -> Option<What> {
    let start = walk.at;
    let found = try_dims(walk);
    if found.is_none() {
        walk.at = start;
    }
    found
}

fn try_dims(walk: &mut Walk<'_>) -> Option<What> {
    let begin = walk.at;
    let (first, first_unit) = side(walk)?;
    let crosses = walk.peek(0) == Some(Raw::Mark(Mark::Times))
        || (walk.meaning() == Some(Meaning::Cross) && walk.key() == "x")
        || walk.key() == "by";
    // `3 sqm x 2` counts rooms of that area.
    let is_area = walk
        .at
        .checked_sub(1)
        .and_then(|at| walk.raw.get(at))
        .is_some_and(|before| matches!(before.what, Raw::Is(Meaning::Area(_))));
    if !crosses || is_area {
        return None;
    }
    walk.at += 1;
    let second_at = walk.at;
    let (second, second_unit) = side(walk)?;
    // `toilets 2 x 5x7 ft`: what is crossed with two sides counts. Which two of three are the
    // sides is not guessed: nothing is so narrow as what counts.
    if walk.peek(0) == Some(Raw::Mark(Mark::Times))
        || (walk.meaning() == Some(Meaning::Cross) && walk.key() == "x")
    {
        let crossed = walk.at;
        walk.at += 1;
        let (third, third_unit) = side(walk)?;
        // `wc 5x6 x 2 (all ft)`: two of them, where two feet are no side.
        if third_unit.is_none()
            && counts_sides(walk, [&first, &second, &third], first_unit.or(second_unit))
        {
            walk.at = crossed;
            let unit = first_unit.or(second_unit).or(match walk.usual {
                Some(Usual::Said(unit)) => Some(unit),
                _ => None,
            })?;
            return Some(What::Dims {
                sides: [
                    tenths(first.number, first_unit.unwrap_or(unit)).saturating_add(first.inches),
                    tenths(second.number, second_unit.unwrap_or(unit))
                        .saturating_add(second.inches),
                ],
                unit: None,
            });
        }
        return heighted(
            walk,
            [first, second, third],
            first_unit.or(second_unit),
            third_unit,
        );
    }
    // `a meeting room for 10 x 1`: for ten people.
    let is_for = (begin.checked_sub(1).and_then(|before| walk.raw.get(before)))
        .is_some_and(|before| before.what == Raw::Is(Meaning::For));
    if is_for && first_unit.is_none() && second_unit.is_none() && second.number.0 < 8 * ONE {
        return None;
    }
    // `8 x 100 sq ft cabins`: eight of them; nobody gives one side in square feet.
    if first_unit.is_none()
        && walk
            .raw
            .get(second_at + 1)
            .is_some_and(|lexeme| matches!(lexeme.what, Raw::Is(Meaning::Area(_))))
        && (counts_what_follows(walk)
            || counts_what_stands_before(walk, begin)
            // `changing 2 × 10 m²`: no room is so narrow.
            || (first.number.count().is_some()
                && second.number.0 / 7 * 2 >= first.number.0
                && stands_behind_room(walk, begin)))
    {
        return None;
    }
    // `1 x 12 seater` counts rooms, `2 x 6 bed wards` too.
    let behind = match (walk.peek(0), walk.peek(1)) {
        (Some(Raw::Mark(Mark::Hyphen)), Some(Raw::Is(meaning))) | (Some(Raw::Is(meaning)), _) => {
            Some(meaning)
        }
        _ => None,
    };
    // `10 x 12 bedroom` gives its sides.
    let is_room = matches!(behind, Some(Meaning::Room(_) | Meaning::Either { .. }))
        && first.number.0 >= 5 * ONE
        && second.number.0 >= 5 * ONE;
    if first_unit.is_none()
        && second_unit.is_none()
        && !is_room
        && matches!(
            behind,
            Some(
                Meaning::Seats(_) | Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_)
            )
        )
    {
        return None;
    }
    let assumed = match (first_unit, second_unit) {
        (None, None) => Some(match walk.usual {
            Some(Usual::Said(unit)) => (unit, ""),
            Some(Usual::OfLargest(largest)) => assumed_unit(largest),
            None => assumed_unit(first.number.max(second.number)),
        }),
        _ => None,
    };
    let unit = second_unit
        .or(first_unit)
        .or(assumed.map(|(unit, _)| unit))?;
    let sides = [
        tenths(first.number, first_unit.unwrap_or(unit)).saturating_add(first.inches),
        tenths(second.number, second_unit.unwrap_or(unit)).saturating_add(second.inches),
    ];
    Some(What::Dims {
        sides,
        unit: assumed
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty()),
    })
}

/// Whether the last of three numbers with crosses between them counts what the others measure: with
/// the first as the count no room would be left.
fn counts_sides(
    walk: &Walk<'_>,
    [first, second, third]: [&Side; 3],
    unit: Option<LengthUnit>,
) -> bool {
    /// In tenths of a mm: no room is narrower.
    const LEAST_SIDE: i64 = 8_000;
    let said = match walk.usual {
        Some(Usual::Said(unit)) => Some(unit),
        _ => None,
    };
    let Some(unit) = unit.or(said) else {
        return false;
    };
    let is_side = |side: &Side| tenths(side.number, unit) >= LEAST_SIDE;
    third.number.count().is_some_and(|count| count > 0)
        && is_side(first)
        && is_side(second)
        && !is_side(third)
}

/// `4 x 3 x 2.8 m`: width, depth and a height that no layout needs; `None` where the first number
/// may count rooms of the other two sides.
fn heighted(
    walk: &Walk<'_>,
    [first, second, third]: [Side; 3],
    unit: Option<LengthUnit>,
    last: Option<LengthUnit>,
) -> Option<What> {
    let unit = unit.or(last).or(match walk.usual {
        Some(Usual::Said(unit)) => Some(unit),
        _ => None,
    })?;
    let [first, second, third] =
        [first, second, third].map(|side| tenths(side.number, unit).saturating_add(side.inches));
    let is_height = (20_000..=60_000).contains(&third) && third < first.max(second);
    (is_height && first >= 12_000).then_some(What::Dims {
        sides: [first, second],
        unit: None,
    })
}

/// Whether a room comes next, past words that describe it.
fn counts_what_follows(walk: &Walk<'_>) -> bool {
    (0..3)
        .map_while(|ahead| match walk.peek(ahead) {
            Some(Raw::Is(meaning)) => Some(meaning),
            _ => None,
        })
        .find(|meaning| !matches!(meaning, Meaning::Style | Meaning::Large | Meaning::Small))
        .is_some_and(|meaning| {
            matches!(
                meaning,
                Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_) | Meaning::Noun
            )
        })
}

/// `edit suites 3 x 10 m²`, `offices 3x12 sqm, 2x20 sqm`: whether a room in the plural that nobody
/// counted stands before, past others of it that are counted like this.
fn counts_what_stands_before(walk: &Walk<'_>, start: usize) -> bool {
    let what = |at: usize| walk.raw.get(at).map(|lexeme| lexeme.what);
    let is_cross = |at: usize| {
        what(at) == Some(Raw::Mark(Mark::Times)) || what(at) == Some(Raw::Is(Meaning::Cross))
    };
    let mut at = start;
    loop {
        while at > 0
            && matches!(
                what(at - 1),
                Some(
                    Raw::Mark(
                        Mark::Comma | Mark::Colon | Mark::Hyphen | Mark::Plus | Mark::Ampersand
                    ) | Raw::Is(Meaning::And)
                )
            )
        {
            at -= 1;
        }
        let is_entry = at >= 4
            && matches!(what(at - 1), Some(Raw::Is(Meaning::Area(_))))
            && matches!(what(at - 2), Some(Raw::Number(_)))
            && is_cross(at - 3)
            && matches!(what(at - 4), Some(Raw::Number(_)));
        if !is_entry {
            break;
        }
        at -= 4;
    }
    let Some(room) = at.checked_sub(1).and_then(|room| walk.raw.get(room)) else {
        return false;
    };
    let is_counted = (at - 1)
        .checked_sub(1)
        .is_some_and(|before| matches!(what(before), Some(Raw::Number(_))));
    // `wc 2 x 3 m²`: short for one and for several.
    (room.plural || room.key == "wc")
        && !is_counted
        && matches!(
            room.what,
            Raw::Is(Meaning::Room(_) | Meaning::Either { .. })
        )
}

/// Whether a room ends right before `at`, or a mark behind it does.
fn stands_behind_room(walk: &Walk<'_>, at: usize) -> bool {
    let what = |at: usize| walk.raw.get(at).map(|lexeme| lexeme.what);
    let mark =
        usize::from(at > 0 && matches!(what(at - 1), Some(Raw::Mark(Mark::Colon | Mark::Hyphen))));
    (at.checked_sub(1 + mark).and_then(what)).is_some_and(|what| {
        matches!(
            what,
            Raw::Is(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Noun)
        )
    })
}

struct Side {
    number: Number,
    inches: i64,
}

fn side(walk: &mut Walk<'_>) -> Option<(Side, Option<LengthUnit>)> {
    let number = walk.take_number()?;
    if walk.take_mark(Mark::Foot) {
        let inches = inches(walk);
        return Some((Side { number, inches }, Some(LengthUnit::Foot)));
    }
    if walk.take_mark(Mark::Inch) {
        return Some((Side { number, inches: 0 }, Some(LengthUnit::Inch)));
    }
    let hyphen = walk.take_mark(Mark::Hyphen);
    let unit = match walk.meaning() {
        Some(Meaning::Length(unit)) => {
            walk.at += 1;
            Some(unit)
        }
        // `10 x 12 sq ft` gives sides in feet, whatever it says.
        Some(Meaning::Area(AreaUnit::SquareFoot)) => {
            walk.at += 1;
            Some(LengthUnit::Foot)
        }
        Some(Meaning::Area(AreaUnit::SquareMetre)) => {
            walk.at += 1;
            Some(LengthUnit::Metre)
        }
        _ => {
            walk.at -= usize::from(hyphen);
            None
        }
    };
    let inches = if unit == Some(LengthUnit::Foot) {
        inches(walk)
    } else {
        0
    };
    Some((Side { number, inches }, unit))
}

/// `6"`, `-6"` or `6 in` behind feet, in tenths of a mm.
pub(super) fn inches(walk: &mut Walk<'_>) -> i64 {
    // `12'-6"`.
    let hyphen = usize::from(walk.peek(0) == Some(Raw::Mark(Mark::Hyphen)));
    let Some(Raw::Number(number)) = walk.peek(hyphen) else {
        return 0;
    };
    let is_inch = matches!(
        walk.peek(hyphen + 1),
        Some(Raw::Mark(Mark::Inch) | Raw::Is(Meaning::Length(LengthUnit::Inch)))
    );
    if !is_inch {
        return 0;
    }
    walk.at += hyphen + 2;
    tenths(number, LengthUnit::Inch)
}

/// Sides without a unit: rooms are 2 to 7 metres, 8 to 60 feet or some thousand millimetres.
fn assumed_unit(larger: Number) -> (LengthUnit, &'static str) {
    if larger.0 < 8 * ONE {
        (LengthUnit::Metre, "metres")
    } else if larger.0 < 500 * ONE {
        (LengthUnit::Foot, "feet")
    } else {
        (LengthUnit::Millimetre, "millimetres")
    }
}
