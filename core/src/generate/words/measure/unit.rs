//! A unit of areas that is said once for all: `all areas in m²: kitchen 10, office 12`.

use super::super::lex::{Lexeme, Raw};
use super::super::lexicon::{AreaUnit, Meaning};
use super::super::number::Number;
use super::super::token::Mark;
use crate::layout::room_type;

/// The unit that areas are in where it is said once: `all areas in m²`, `(sqm)`.
fn area_unit(raw: &[Lexeme<Raw>]) -> Option<(AreaUnit, usize)> {
    (1..raw.len()).find_map(|at| {
        let Raw::Is(Meaning::Area(unit)) = raw.get(at)?.what else {
            return None;
        };
        let before = raw.get(at - 1)?;
        let introduced = matches!(
            before.key.as_str(),
            "in" | "allin" | "are" | "unit" | "areain" | "size" | "sizein" | "all"
        ) || before.what == Raw::Mark(Mark::Open)
            // `…, storage 3 - sqm`.
            || (before.what == Raw::Mark(Mark::Hyphen) && at + 1 == raw.len());
        let ends = raw
            .get(at + 1)
            .is_none_or(|next| matches!(next.what, Raw::Mark(_)));
        (introduced && ends).then_some((unit, at))
    })
}

/// A number of this size behind a room that is named in the singular counts nothing.
const LEAST_AREA: i64 = 5;
/// So many such numbers make a list of areas.
const LEAST_LIST: usize = 2;

/// Whether a size behind it is that of a room: `office 12`, `staff 10`.
fn is_room(lexeme: &Lexeme<Raw>) -> bool {
    matches!(
        lexeme.what,
        Raw::Is(Meaning::Room(_) | Meaning::Either { .. })
    ) || lexeme.key == "staff"
}

/// Whether the lexeme at `at` is a number behind `at` without a unit: `4 deluxe at 30`.
fn is_behind_at(raw: &[Lexeme<Raw>], at: usize) -> bool {
    let is_at = (at.checked_sub(1).and_then(|link| raw.get(link)))
        .is_some_and(|link| link.what == Raw::Mark(Mark::At) || link.key == "at");
    let number = raw.get(at).map(|lexeme| lexeme.what);
    is_at
        && matches!(number, Some(Raw::Number(number)) if number >= Number::whole(LEAST_AREA))
        && ends_entry(raw, at)
}

/// Whether sizes stand behind `at` with their unit: `20 rooms at 22 sqm`.
fn has_sizes_behind_at(raw: &[Lexeme<Raw>]) -> bool {
    raw.windows(3).any(|part| {
        matches!(part, [link, number, unit]
            if (link.what == Raw::Mark(Mark::At) || link.key == "at")
                && matches!(number.what, Raw::Number(_))
                && matches!(unit.what, Raw::Is(Meaning::Area(_))))
    })
}

/// Whether the lexeme at `at` is a bare number right behind a room in the singular.
fn is_bare_entry(raw: &[Lexeme<Raw>], at: usize) -> bool {
    // `an operating room of 18` and `bedroom (15)`, too.
    let link = at
        .checked_sub(1)
        .and_then(|link| raw.get(link))
        .map(|link| link.what);
    let opens = link == Some(Raw::Mark(Mark::Open));
    let links = opens || matches!(link, Some(Raw::Mark(Mark::At) | Raw::Is(Meaning::Of)));
    let closes = raw.get(at + 1).map(|next| next.what) == Some(Raw::Mark(Mark::Close));
    let of_room = (at
        .checked_sub(1 + usize::from(links))
        .and_then(|room| raw.get(room)))
    .is_some_and(|room| {
        // `sales 60` are as many square metres, not rooms.
        let is_one = !room.plural || matches!(room.key.as_str(), "sale" | "account" | "display");
        is_one && opens == closes && is_room(room)
    });
    let is_number = matches!(raw.get(at).map(|lexeme| lexeme.what), Some(Raw::Number(_)));
    of_room && is_number && ends_entry(raw, at)
}

fn ends_entry(raw: &[Lexeme<Raw>], at: usize) -> bool {
    matches!(
        raw.get(at + 1).map(|lexeme| lexeme.what),
        None | Some(
            Raw::Mark(
                Mark::Comma | Mark::Line | Mark::Stop | Mark::Close | Mark::Plus | Mark::Ampersand
            ) | Raw::Is(Meaning::And | Meaning::Each)
        )
    )
}

/// `pharmacy 80 sqm: sales 45, store 10, consulting room 8`: the one unit that areas have, where
/// several rooms in the singular have numbers that count none of them.
fn implied_unit(raw: &[Lexeme<Raw>]) -> Option<AreaUnit> {
    let mut units = raw.iter().filter_map(|lexeme| match lexeme.what {
        Raw::Is(Meaning::Area(unit)) => Some(unit),
        _ => None,
    });
    let unit = units.next()?;
    let one_unit = units.all(|other| other == unit);
    if one_unit && !bracketed(raw).is_empty() {
        return Some(unit);
    }
    if one_unit && has_sizes_behind_at(raw) && (1..raw.len()).any(|at| is_behind_at(raw, at)) {
        return Some(unit);
    }
    let is_area = |at: &usize| {
        let room = (at.saturating_sub(2)..*at)
            .rev()
            .filter_map(|before| raw.get(before))
            .map(|lexeme| lexeme.what)
            .find(|what| matches!(what, Raw::Is(Meaning::Room(_) | Meaning::Either { .. })));
        let sized_by_seats = match room {
            Some(Raw::Is(Meaning::Room(room) | Meaning::Either { room, .. })) => {
                room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            }
            _ => true,
        };
        !sized_by_seats
            && is_bare_entry(raw, *at)
            && matches!(raw.get(*at).map(|lexeme| lexeme.what),
                Some(Raw::Number(number)) if number >= Number::whole(LEAST_AREA))
    };
    let listed = (1..raw.len()).filter(is_area).count();
    (one_unit && listed >= LEAST_LIST).then_some(unit)
}

/// `three bedrooms (16, 12, 12)`: where as many numbers stand in the brackets as there are rooms,
/// the places of those numbers.
fn bracketed(raw: &[Lexeme<Raw>]) -> Vec<usize> {
    let what = |at: usize| raw.get(at).map(|lexeme| lexeme.what);
    let mut found = Vec::new();
    for (at, lexeme) in raw.iter().enumerate() {
        let Raw::Number(count) = lexeme.what else {
            continue;
        };
        let sized_by_seats = match what(at + 1) {
            Some(Raw::Is(Meaning::Room(room) | Meaning::Either { room, .. })) => {
                room_type(room).is_some_and(|kind| kind.m2_per_seat.is_some())
            }
            _ => continue,
        };
        if sized_by_seats || what(at + 2) != Some(Raw::Mark(Mark::Open)) {
            continue;
        }
        let (mut next, mut places) = (at + 3, Vec::new());
        while let Some(Raw::Number(number)) = what(next)
            && number >= Number::whole(LEAST_AREA)
        {
            places.push(next);
            next += 1;
            while matches!(
                what(next),
                Some(Raw::Mark(Mark::Comma) | Raw::Is(Meaning::And))
            ) {
                next += 1;
            }
        }
        let all = count.count().and_then(|count| usize::try_from(count).ok());
        if what(next) == Some(Raw::Mark(Mark::Close))
            && places.len() >= LEAST_LIST
            && all == Some(places.len())
        {
            found.extend(places);
        }
    }
    found
}

/// `raw` with that unit behind each number that stands without one behind a room; `None` where no
/// unit is said for all.
pub(super) fn with_units(raw: &[Lexeme<Raw>]) -> Option<Vec<Lexeme<Raw>>> {
    let Some((unit, said)) = area_unit(raw) else {
        let unit = implied_unit(raw)?;
        let bracketed = bracketed(raw);
        let sized_at = has_sizes_behind_at(raw);
        let with_unit = raw.iter().enumerate().flat_map(|(at, lexeme)| {
            let is_area = is_bare_entry(raw, at)
                || bracketed.contains(&at)
                || (sized_at && is_behind_at(raw, at));
            let behind = is_area.then(|| Lexeme {
                what: Raw::Is(Meaning::Area(unit)),
                ..lexeme.clone()
            });
            std::iter::once(lexeme.clone()).chain(behind)
        });
        return Some(with_unit.collect());
    };
    let mut full: Vec<Lexeme<Raw>> = Vec::with_capacity(raw.len());
    for (at, lexeme) in raw.iter().enumerate() {
        if at == said {
            let mut spent = lexeme.clone();
            spent.what = Raw::Is(Meaning::Stop);
            full.push(spent);
            continue;
        }
        full.push(lexeme.clone());
        // `cold rooms 2 x 15`: of a room in the plural that is counted so.
        let crossed = at.checked_sub(3).filter(|count| {
            let what = |at: usize| raw.get(at).map(|lexeme| lexeme.what);
            matches!(
                what(at - 1),
                Some(Raw::Mark(Mark::Times) | Raw::Is(Meaning::Cross))
            ) && matches!(what(at - 2), Some(Raw::Number(_)))
                && raw.get(*count).is_some_and(|room| room.plural)
        });
        // `office 12 (in m²)` ends with the unit that is said for all.
        let says_unit = matches!(
            raw.get(at + 1).map(|next| next.what),
            Some(Raw::Mark(Mark::Open | Mark::Hyphen))
        ) && (at + 2..at + 6).contains(&said);
        let mut before = crossed.map_or(at, |room| room + 1);
        while before > 0
            && matches!(
                raw.get(before - 1).map(|lexeme| lexeme.what),
                Some(Raw::Mark(Mark::Colon | Mark::Hyphen | Mark::Open) | Raw::Is(Meaning::Noun))
            )
        {
            before -= 1;
        }
        let of_room = before
            .checked_sub(1)
            .and_then(|room| raw.get(room))
            .is_some_and(is_room);
        // `open plan 140 (24 desks)`: what stands in brackets is counted, the number before is not.
        let counts_behind = matches!(raw.get(at + 1..at + 5),
            Some([open, number, seats, close])
                if open.what == Raw::Mark(Mark::Open)
                    && matches!(number.what, Raw::Number(_))
                    && matches!(seats.what, Raw::Is(Meaning::Seats(_) | Meaning::Station(_)))
                    && close.what == Raw::Mark(Mark::Close));
        let ends = says_unit || counts_behind || ends_entry(raw, at);
        if matches!(lexeme.what, Raw::Number(_)) && of_room && ends {
            let mut with_unit = lexeme.clone();
            with_unit.what = Raw::Is(Meaning::Area(unit));
            full.push(with_unit);
        }
    }
    Some(full)
}
