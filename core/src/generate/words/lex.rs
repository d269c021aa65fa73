//! Tokens into phrases: the longest that the lexicon knows, with slips of the pen put right.

use super::Confidence;
use super::figures::{dozens, fraction, share_of, summed, with_half};
use super::lexicon::{Entry, Lexicon, Meaning, lexicon};
use super::lists::{drop_label_hyphens, enumerator, number_letters, share_heads};
use super::number::{Number, read_words};
use super::spelling;
use super::stems::{is_plural, stem};
use super::token::{Mark, Token, TokenKind};
use crate::generate::ReadingMode;

/// A phrase, number or mark, and the tokens it is made of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lexeme<T> {
    pub(super) what: T,
    /// First token.
    pub(super) first: usize,
    /// Last token.
    pub(super) last: usize,
    /// The stems without spaces.
    pub(super) key: String,
    /// Whether its last word has a plural ending.
    pub(super) plural: bool,
    pub(super) sure: Confidence,
}

/// What a phrase is before measures are put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Raw {
    Is(Meaning),
    Number(Number),
    Mark(Mark),
    /// The number or bullet of a list, which counts nothing.
    Enumerator,
    Unknown,
}

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: [&str; 23] = [
    "inc", "sq", "no", "nos", "min", "max", "approx", "appx", "ft", "mtr", "mt", "conf", "incl",
    "qty", "dr", "st", "rm", "rms", "w", "e", "i", "acc", "opt",
];

pub(super) fn lex(tokens: &[Token], mode: ReadingMode) -> Vec<Lexeme<Raw>> {
    let lexicon = lexicon();
    let mut lexemes = Vec::new();
    let mut enumerated = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if let Some(last) = enumerator(tokens, at, enumerated) {
            enumerated += 1;
            lexemes.push(plain(Raw::Enumerator, at, last));
            at = last + 1;
            continue;
        }
        match &token.kind {
            TokenKind::Number(number) => {
                let (number, last) = summed(tokens, at, *number);
                let (number, last) = with_half(tokens, number, last);
                let (number, last) = dozens(tokens, number, last);
                lexemes.push(plain(Raw::Number(number), at, last));
                at = last + 1;
            }
            TokenKind::Mark(Mark::Stop) if ends_abbreviation(tokens, at) => at += 1,
            // `w/ offices`.
            TokenKind::Mark(Mark::Slash)
                if lexemes
                    .last()
                    .is_some_and(|with: &Lexeme<Raw>| with.key == "w") =>
            {
                at += 1;
            }
            TokenKind::Mark(mark) => {
                lexemes.push(plain(Raw::Mark(*mark), at, at));
                at += 1;
            }
            TokenKind::Other => {
                lexemes.push(plain(Raw::Unknown, at, at));
                at += 1;
            }
            // `cabin no. 1` numbers a room.
            TokenKind::Word(word)
                if word == "no"
                    && number_behind(tokens, at)
                    && lexemes.last().is_some_and(|room: &Lexeme<Raw>| {
                        !room.plural && is_named_room(room.what) && room.last + 1 == at
                    }) =>
            {
                if let Some(room) = lexemes.last_mut() {
                    room.last = at;
                }
                at += 1;
            }
            TokenKind::Word(_) if let Some((number, last)) = share_of(tokens, at) => {
                lexemes.push(plain(Raw::Number(number), at, last));
                at = last + 1;
            }
            // `two thirds sales`: a share of what nobody counts.
            TokenKind::Word(_) if let Some(last) = fraction(tokens, at) => {
                lexemes.push(plain(Raw::Number(Number::whole(1)), at, last));
                lexemes.push(plain(Raw::Is(Meaning::Percent), last, last));
                at = last + 1;
            }
            TokenKind::Word(_) => {
                let lexeme = phrase(tokens, at, lexicon, mode);
                at = lexeme.last + 1;
                lexemes.push(lexeme);
            }
        }
    }
    drop_label_hyphens(tokens, &mut lexemes);
    share_heads(tokens, &mut lexemes, lexicon);
    number_letters(tokens, &mut lexemes);
    lexemes
}

pub(super) fn plain(what: Raw, first: usize, last: usize) -> Lexeme<Raw> {
    Lexeme {
        what,
        first,
        last,
        key: String::new(),
        plural: false,
        sure: Confidence::Exact,
    }
}

fn ends_abbreviation(tokens: &[Token], at: usize) -> bool {
    let (Some(stop), Some(before)) = (
        tokens.get(at),
        at.checked_sub(1).and_then(|n| tokens.get(n)),
    ) else {
        return false;
    };
    // `Server: no. Toilets: 2` answers, `no. 2` numbers.
    let is_answer = before.word() == Some("no")
        && (at.checked_sub(2).and_then(|n| tokens.get(n)))
            .is_some_and(|mark| matches!(mark.kind, TokenKind::Mark(Mark::Colon | Mark::Hyphen)))
        && !matches!(
            tokens.get(at + 1).map(|token| &token.kind),
            Some(TokenKind::Number(_))
        );
    !is_answer
        && before.end == stop.start
        && before
            .word()
            .is_some_and(|word| ABBREVIATIONS.contains(&word))
}

/// The next word of a phrase after token `at`: past a hyphen, a slash or the stop of `sq.ft`.
fn next_word(tokens: &[Token], at: usize) -> Option<usize> {
    let next = tokens.get(at + 1)?;
    let after = tokens.get(at + 2);
    let joined = |after: &Token| {
        after.start == next.end && next.start == tokens.get(at).map_or(0, |t| t.end)
    };
    match next.kind {
        TokenKind::Word(_) => Some(at + 1),
        TokenKind::Mark(Mark::Hyphen | Mark::Slash) => after
            .filter(|after| after.word().is_some() && joined(after))
            .map(|_| at + 2),
        TokenKind::Mark(Mark::Stop) => after
            .filter(|after| {
                after.word().is_some() && (joined(after) || ends_abbreviation(tokens, at + 1))
            })
            .map(|_| at + 2),
        // `bed & breakfast` is written with `and` in the table.
        TokenKind::Mark(Mark::Ampersand) => {
            after.filter(|after| after.word().is_some()).map(|_| at + 1)
        }
        _ => None,
    }
}

fn word_at(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        TokenKind::Word(word) => Some(word),
        TokenKind::Mark(Mark::Ampersand) => Some("and"),
        _ => None,
    }
}

fn phrase(tokens: &[Token], at: usize, lexicon: &Lexicon, mode: ReadingMode) -> Lexeme<Raw> {
    // Places of the words that a phrase from here could have.
    let mut places = vec![at];
    while places.len() < lexicon.longest
        && let Some(next) = places.last().and_then(|last| next_word(tokens, *last))
    {
        places.push(next);
    }
    let words: Vec<&str> = places
        .iter()
        .filter_map(|place| word_at(tokens, *place))
        .collect();
    let stems: Vec<String> = words.iter().map(|word| stem(word)).collect();
    let number = read_words(&words);
    let number_words = number.map_or(0, |(_, taken)| taken);
    for taken in (number_words + 1..=places.len()).rev() {
        let key = stems.get(..taken).unwrap_or_default().concat();
        // Nobody says a phrase that ends in `and`.
        let ends_in_and = taken > 1 && words.get(taken - 1) == Some(&"and");
        let ends_in_article = matches!(words.get(taken - 1), Some(&("a" | "an" | "the")));
        let is_head_of_compound = taken == 1 && compound(tokens, at) > at;
        if let Some(entry) = lexicon
            .find(&key)
            .filter(|_| !ends_in_and)
            .filter(|entry| !(is_head_of_compound && is_small_word(entry.meaning)))
            .filter(|entry| !parts_over_slash(tokens, &places, &stems, taken, lexicon, *entry))
            // `prepare a` is no `prep area`.
            .filter(|entry| !(taken > 1 && ends_in_article && is_name_of_room(entry.meaning)))
        {
            let last = places.get(taken - 1).copied().unwrap_or(at);
            return known(
                entry,
                &key,
                at,
                last,
                words.get(taken - 1),
                Confidence::Synonym,
            );
        }
    }
    if let Some((entry, key, taken)) = with_other_noun(lexicon, &stems) {
        let last = places.get(taken - 1).copied().unwrap_or(at);
        return known(
            entry,
            &key,
            at,
            last,
            words.get(taken - 1),
            Confidence::Synonym,
        );
    }
    if let Some((number, taken)) = number {
        let last = places.get(taken - 1).copied().unwrap_or(at);
        return plain(Raw::Number(number), at, last);
    }
    if mode == ReadingMode::Lenient
        && let Some((entry, key, taken)) = spelling::mended(lexicon, &stems)
    {
        let last = places.get(taken - 1).copied().unwrap_or(at);
        return known(
            entry,
            &key,
            at,
            last,
            words.get(taken - 1),
            Confidence::Fuzzy,
        );
    }
    let mut unknown = plain(Raw::Unknown, at, compound(tokens, at));
    unknown.key = stems.into_iter().next().unwrap_or_default();
    unknown
}

/// `office/pantry`: whether the phrase of the first `taken` stems is two rooms with a slash between
/// them. The pantry of an office is an `office pantry`; nobody writes that with a slash.
fn parts_over_slash(
    tokens: &[Token],
    places: &[usize],
    stems: &[String],
    taken: usize,
    lexicon: &Lexicon,
    entry: Entry,
) -> bool {
    let room = |stems: Option<&[String]>| match lexicon.find(&stems?.concat())?.meaning {
        Meaning::Room(room) | Meaning::Either { room, .. } => Some(room),
        _ => None,
    };
    let Meaning::Room(whole) = entry.meaning else {
        return false;
    };
    (1..taken).any(|cut| {
        let slash = (places.get(cut - 1)).and_then(|at| tokens.get(at + 1));
        let (left, right) = (room(stems.get(..cut)), room(stems.get(cut..taken)));
        // A toilet in a bathroom is one room.
        // `Staff/Pantry` are two rooms in one; the `staff pantry` is one.
        let is_staff = stems.get(..cut).is_some_and(|left| left == ["staff"])
            && matches!(whole, "pantry" | "kitchen" | "break_room" | "store");
        let is_wet = |room: &str| matches!(room, "toilet" | "bathroom" | "shower");
        slash.is_some_and(|mark| mark.kind == TokenKind::Mark(Mark::Slash))
            && right == Some(whole)
            && (is_staff
                || left.is_some_and(|left| left != whole && !(is_wet(left) && is_wet(whole))))
    })
}

/// Whether a number comes behind `no` at `at`, and then what it says of that room.
fn number_behind(tokens: &[Token], at: usize) -> bool {
    let is = |n: usize, mark: Mark| {
        tokens
            .get(n)
            .is_some_and(|token| token.kind == TokenKind::Mark(mark))
    };
    let number = at + 1 + usize::from(is(at + 1, Mark::Stop));
    matches!(
        tokens.get(number).map(|token| &token.kind),
        Some(TokenKind::Number(_))
    ) && (is(number + 1, Mark::Colon) || is(number + 1, Mark::Hyphen) || is(number + 1, Mark::Open))
}

const fn is_named_room(what: Raw) -> bool {
    matches!(what, Raw::Is(Meaning::Room(_) | Meaning::Either { .. }))
}

const fn is_name_of_room(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Room(_) | Meaning::Either { .. } | Meaning::Station(_) | Meaning::Facility(_)
    )
}

/// Words that join others, and mean nothing of the kind with a hyphen: `on-deck`.
const fn is_small_word(meaning: Meaning) -> bool {
    matches!(
        meaning,
        Meaning::In | Meaning::Of | Meaning::For | Meaning::Stop | Meaning::Relation(_)
    )
}

/// Nouns that say no more than that a room or a part of one is meant.
const ANY_PLACE: [&str; 17] = [
    "section", "zone", "space", "corner", "nook", "bay", "booth", "cubicle", "unit", "suite",
    "chamber", "point", "alcove", "lane", "pod", "room", "area",
];

/// `tailoring section` is known as `tailoring area`: the entry, its key, and how many of `stems`
/// it took.
fn with_other_noun(lexicon: &Lexicon, stems: &[String]) -> Option<(Entry, String, usize)> {
    (2..=stems.len().min(4)).rev().find_map(|taken| {
        let (noun, head) = stems.get(..taken)?.split_last()?;
        if !ANY_PLACE.contains(&noun.as_str()) {
            return None;
        }
        let head = head.concat();
        ["area", "room"].iter().find_map(|noun| {
            let key = format!("{head}{noun}");
            let entry = lexicon.find(&key)?;
            matches!(entry.meaning, Meaning::Room(_)).then_some((entry, key, taken))
        })
    })
}

/// The last token of an unknown word with the words that hyphens join to it, so that no part of
/// it is taken for something else: `post-op`, `hydra-facial`.
fn compound(tokens: &[Token], at: usize) -> usize {
    let mut last = at;
    while let (Some(word), Some(mark), Some(next)) =
        (tokens.get(last), tokens.get(last + 1), tokens.get(last + 2))
        && mark.kind == TokenKind::Mark(Mark::Hyphen)
        && word.end == mark.start
        && mark.end == next.start
        && next.word().is_some()
    {
        last += 2;
    }
    last
}

fn known(
    entry: Entry,
    key: &str,
    first: usize,
    last: usize,
    last_word: Option<&&str>,
    sure: Confidence,
) -> Lexeme<Raw> {
    let named = entry.is_name && sure == Confidence::Synonym;
    Lexeme {
        what: Raw::Is(entry.meaning),
        first,
        last,
        key: key.to_owned(),
        plural: last_word.is_some_and(|word| is_plural(word)),
        sure: if named { Confidence::Exact } else { sure },
    }
}
