//! Words that turn the sense of what they stand by: each must show in the result.
//!
//! A relation needs a wish, a negation something that is left out, a condition something that is
//! optional. Where nothing of the kind came of the word, a rule read over it.

use super::super::item::Item;
use super::super::lex::Lexeme;
use super::super::lexicon::{Meaning, Seat};
use super::super::measure::What;
use super::super::read::{Reading, Remark};
use super::near::{describes, room_ahead};
use super::{Lost, is_told};

/// How far behind a negation what is not wanted begins: `without any kind of separate, new`.
const FARTHEST: usize = 8;

/// Adds the relations, negations and conditions that nothing of the reading shows: a conflict where
/// a room stands behind the word, else a word without effect.
pub(super) fn unheard(
    lexemes: &[Lexeme<What>],
    reading: &Reading,
    place: Option<&'static str>,
    lost: &mut Lost,
) {
    for (at, lexeme) in lexemes.iter().enumerate() {
        if is_told(lexeme, reading) {
            continue;
        }
        let room = room_behind(lexemes, at, place);
        let covers = |first: usize, last: usize| first <= lexeme.last && lexeme.first <= last;
        let (is_heard, message) = match lexeme.what {
            What::Is(Meaning::Relation(_) | Meaning::Mutual) => (
                (reading.wishes.iter()).any(|wish| covers(wish.first, wish.last)),
                "where a room is wanted, and no wish came of it",
            ),
            What::Is(Meaning::Attached)
                if ["attach", "ensuite"]
                    .iter()
                    .any(|head| lexeme.key.starts_with(head)) =>
            {
                (
                    reading.items.iter().any(|item| item.via.is_some()),
                    "attached, and no room is reached through another",
                )
            }
            // `the third has its own`: what, nobody can tell.
            What::Is(Meaning::Attached)
                if lexeme.key.ends_with("own") && ends_phrase(lexemes, at + 1) =>
            {
                let within = |item: &Item| covers(item.first, item.last);
                (
                    reading.items.iter().any(within),
                    "its own what is not clear",
                )
            }
            What::Is(Meaning::Each)
                if matches!(lexeme.key.as_str(), "each" | "all" | "every" | "both")
                    && lexemes.get(at + 1).map(|next| next.what)
                        == Some(What::Is(Meaning::With))
                    && room_behind(lexemes, at + 1, place).is_some()
                    && !follows_people(lexemes, at) =>
            {
                (
                    reading.items.iter().any(|item| !item.each_of.is_empty()),
                    "what each has, and nothing is there for each",
                )
            }
            What::Is(Meaning::Optional) => (
                reading.items.iter().any(|item| item.is_optional),
                "optional, and no room is",
            ),
            What::Is(Meaning::No) => (
                is_left_out(lexeme, reading) || is_answer(lexemes, at),
                "not wanted, and nothing is left out",
            ),
            What::Is(Meaning::NotNeeded) => (
                (reading.items.iter()).any(|item| item.is_excluded),
                "not wanted, and nothing is left out",
            ),
            What::Is(Meaning::Stop)
                if matches!(lexeme.key.as_str(), "otherwise" | "if" | "unless") =>
            {
                (
                    reading.items.iter().any(|item| item.is_optional),
                    "a condition that no layout depends on",
                )
            }
            _ => continue,
        };
        if is_heard {
            continue;
        }
        let is_own = matches!(lexeme.what, What::Is(Meaning::Attached));
        let remark = Remark {
            first: lexeme.first,
            last: lexeme.last,
            message: message.to_owned(),
        };
        match room {
            None if is_own && lexeme.key.ends_with("own") => lost.conflicts.push(remark),
            None if lexeme.what == What::Is(Meaning::Each) => lost.conflicts.push(remark),
            Some(_) => lost.conflicts.push(remark),
            None => lost.ignored.push(remark),
        }
    }
}

/// `8 lawyers, each with a cabin` counts the cabins.
fn follows_people(lexemes: &[Lexeme<What>], at: usize) -> bool {
    lexemes
        .get(..at)
        .unwrap_or_default()
        .iter()
        .rev()
        .find(|before| !matches!(before.what, What::Mark(_)))
        .is_some_and(|before| {
            matches!(before.what, What::Seats(_, seat) if !matches!(seat, Seat::Bed | Seat::Chair))
        })
}

fn ends_phrase(lexemes: &[Lexeme<What>], at: usize) -> bool {
    match lexemes.get(at).map(|lexeme| lexeme.what) {
        None => true,
        Some(What::Mark(mark)) => mark.ends_phrase(),
        _ => false,
    }
}

/// Whether something right behind the negation is left out or told about.
fn is_left_out(no: &Lexeme<What>, reading: &Reading) -> bool {
    let behind = no.last + 1..=no.last + FARTHEST;
    let remarks = reading.ignored.iter().chain(&reading.conflicts);
    let told = remarks
        .map(|remark| (remark.first, remark.last))
        .chain(reading.unrecognised.iter().copied());
    (reading.items.iter())
        .filter(|item| item.is_excluded)
        .map(|item| (item.first, item.last))
        .chain(told)
        .any(|(first, last)| first <= *behind.end() && *behind.start() <= last)
}

/// `no, 12 desks`, `one with a bath and one without`: an answer, or the end of a phrase, that a
/// number corrects or tells apart.
fn is_answer(lexemes: &[Lexeme<What>], at: usize) -> bool {
    match lexemes.get(at + 1).map(|next| next.what) {
        Some(What::Is(_)) => false,
        // `remove 1 cabin`: so many fewer.
        Some(What::Count(_)) => lexemes.get(at).is_some_and(|no| no.key == "remove"),
        _ => true,
    }
}

/// The type of the room that begins right behind the lexeme at `at`, past words that describe it.
fn room_behind(
    lexemes: &[Lexeme<What>],
    at: usize,
    place: Option<&'static str>,
) -> Option<&'static str> {
    room_ahead(lexemes, at, place, |what| {
        let opens = matches!(
            what,
            What::Count(_)
                | What::Is(Meaning::The | Meaning::Article | Meaning::Each | Meaning::Stop)
        );
        opens || describes(what)
    })
}
