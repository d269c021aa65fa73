//! Numbers beside the noun that they count: looked for among the rooms of that kind only, and as
//! often as they were said.
//!
//! A number that some other room happens to hold too would pass for read otherwise:
//! `toilets: boys 6, girls 6` with six toilets.

use super::super::context::room_in;
use super::super::lex::Lexeme;
use super::super::lexicon::Meaning;
use super::super::measure::What;
use super::super::number::ONE;
use super::super::programme::Made;
use super::super::read::{Reading, Remark};
use super::super::token::Mark;
use super::known::{Known, is_alike};

/// What is wrong with numbers, areas and sides beside the noun they belong to, but for those that
/// `is_known` tells.
pub(super) fn unlike(
    lexemes: &[Lexeme<What>],
    reading: &Reading,
    made: &Made,
    place: Option<&'static str>,
    is_known: impl Fn(usize, &Lexeme<What>) -> bool,
) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut said: Vec<(&'static str, i64)> = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        let is_measure = matches!(
            lexeme.what,
            What::Count(_) | What::Area(_) | What::Dims { .. } | What::Seats(..)
        );
        if !is_measure || is_known(at, lexeme) {
            continue;
        }
        let ahead = noun_ahead(lexemes, at, place);
        let Some(room) = ahead.or_else(|| noun_before(lexemes, at, place)) else {
            continue;
        };
        // What was read there may be of another type than the words say: a studio of a gym.
        let read_as: Vec<&str> = (reading.items.iter())
            .filter(|item| item.first <= lexeme.last && lexeme.first <= item.last)
            .map(|item| item.room)
            .chain([room])
            .collect();
        let known = Known::of_those(reading, made, |item| {
            read_as.iter().any(|room| is_alike(item.room, room))
        });
        let mut tell = |message: &str| {
            remarks.push(Remark {
                first: lexeme.first,
                last: lexeme.last,
                message: message.to_owned(),
            });
        };
        match lexeme.what {
            What::Count(amount) | What::Seats(amount, _) => {
                if !known.has(amount, at, lexemes) {
                    tell("a number that the rooms of its kind do not have");
                    continue;
                }
                let value = amount.low.0;
                let before = (said.iter())
                    .filter(|(other, number)| is_alike(other, room) && *number == value)
                    .count();
                said.push((room, value));
                if value > ONE
                    && before > 0
                    && !is_again(lexemes, at)
                    && known.times_said(value) <= before
                    && !known.adds_up(at, lexemes)
                {
                    tell("a number that was said more often than it is found");
                }
            }
            What::Area(span) if !known.has_area(span) => {
                tell("an area that the rooms of its kind do not have");
            }
            What::Dims { sides, .. } if !known.has_sides(sides) => {
                tell("sides that the rooms of its kind do not have");
            }
            _ => {}
        }
    }
    remarks
}

/// Numbers that stand beside no noun, said more often than anything holds them: of
/// `boys 6, girls 6` one six may be lost though the other is there.
pub(super) fn repeated(
    lexemes: &[Lexeme<What>],
    reading: &Reading,
    made: &Made,
    place: Option<&'static str>,
    is_known: impl Fn(usize, &Lexeme<What>) -> bool,
) -> Vec<Remark> {
    let known = Known::of(reading, made);
    let mut remarks = Vec::new();
    // Apart: `staff: 60; desks: 60` counts people and then what they sit at.
    let mut said: Vec<(i64, bool)> = Vec::new();
    for (at, lexeme) in lexemes.iter().enumerate() {
        let (What::Count(amount) | What::Seats(amount, _)) = lexeme.what else {
            continue;
        };
        let value = amount.low.0;
        if value <= ONE || is_known(at, lexeme) || is_again(lexemes, at) {
            continue;
        }
        let own = (value, matches!(lexeme.what, What::Seats(..)));
        let before = said.iter().filter(|other| **other == own).count();
        said.push(own);
        // `for 6 stylists with 6 chairs` says it of both.
        let follows_with = (at.checked_sub(1).and_then(|with| lexemes.get(with)))
            .is_some_and(|with| with.what == What::Is(Meaning::With));
        let has_noun = noun_ahead(lexemes, at, place)
            .or_else(|| noun_before(lexemes, at, place))
            .is_some();
        if before > 0
            && !has_noun
            && !known.is_area(value)
            && !follows_with
            && known.times_said(value) <= before
            && !known.adds_up(at, lexemes)
        {
            remarks.push(Remark {
                first: lexeme.first,
                last: lexeme.last,
                message: "a number that was said more often than it is found".to_owned(),
            });
        }
    }
    remarks
}

/// `all of the 6 exam rooms`: those that were counted before.
fn is_again(lexemes: &[Lexeme<What>], at: usize) -> bool {
    let before = (1..=3).filter_map(|back| lexemes.get(at.checked_sub(back)?));
    before.into_iter().any(|word| {
        matches!(
            word.what,
            What::Is(Meaning::The | Meaning::Each | Meaning::Total)
        ) || matches!(word.key.as_str(), "these" | "those")
    })
}

/// The type of the room that the measure at `at` stands right before.
fn noun_ahead(
    lexemes: &[Lexeme<What>],
    at: usize,
    place: Option<&'static str>,
) -> Option<&'static str> {
    room_ahead(lexemes, at, place, describes)
}

/// The type of the room that comes next behind the lexeme at `at`, past all that `passes` lets by.
pub(super) fn room_ahead(
    lexemes: &[Lexeme<What>],
    at: usize,
    place: Option<&'static str>,
    passes: impl Fn(What) -> bool,
) -> Option<&'static str> {
    let next = (lexemes.iter().skip(at + 1)).find(|lexeme| !passes(lexeme.what))?;
    room_of(next, place)
}

/// Whether a word or mark only describes the room that comes.
pub(super) fn describes(what: What) -> bool {
    matches!(
        what,
        What::Is(
            Meaning::Style
                | Meaning::Large
                | Meaning::Small
                | Meaning::Male
                | Meaning::Female
                | Meaning::Accessible
                | Meaning::Attached
                | Meaning::Cross
                | Meaning::Other,
        ) | What::Mark(Mark::Times)
    )
}

/// The type of the room that the measure at `at` stands right behind, with no more between than
/// what links them.
fn noun_before(
    lexemes: &[Lexeme<What>],
    at: usize,
    place: Option<&'static str>,
) -> Option<&'static str> {
    let mut before = at.checked_sub(1)?;
    loop {
        let lexeme = lexemes.get(before)?;
        match lexeme.what {
            What::Is(
                Meaning::Of | Meaning::About | Meaning::Cross | Meaning::Noun | Meaning::For,
            )
            | What::Mark(
                Mark::Colon | Mark::Hyphen | Mark::Times | Mark::Open | Mark::At | Mark::About,
            ) => before = before.checked_sub(1)?,
            _ => return room_of(lexeme, place),
        }
    }
}

fn room_of(lexeme: &Lexeme<What>, place: Option<&'static str>) -> Option<&'static str> {
    match lexeme.what {
        What::Is(Meaning::Room(room) | Meaning::Either { room, .. }) => {
            match room_in(place, &lexeme.key, room) {
                Meaning::Room(room) => Some(room),
                _ => None,
            }
        }
        _ => None,
    }
}
