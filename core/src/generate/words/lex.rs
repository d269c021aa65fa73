//! Tokens into phrases: the longest that the lexicon knows, with slips of the pen put right.

use super::Confidence;
use super::lexicon::{Entry, Lexicon, Meaning, lexicon, stem};
use super::number::{Number, ONE, read_words};
use super::spelling;
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
const ABBREVIATIONS: [&str; 20] = [
    "sq", "no", "nos", "min", "max", "approx", "appx", "ft", "mtr", "mt", "conf", "incl", "qty",
    "dr", "st", "rm", "rms", "w", "e", "i",
];

pub(super) fn lex(tokens: &[Token], mode: ReadingMode) -> Vec<Lexeme<Raw>> {
    let lexicon = lexicon();
    let mut lexemes = Vec::new();
    let mut enumerated = 0;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if is_enumerator(tokens, at, enumerated) {
            enumerated += 1;
            lexemes.push(plain(Raw::Enumerator, at, at + 1));
            at += 2;
            continue;
        }
        match &token.kind {
            TokenKind::Number(number) => {
                lexemes.push(plain(Raw::Number(*number), at, at));
                at += 1;
            }
            TokenKind::Mark(Mark::Stop) if ends_abbreviation(tokens, at) => at += 1,
            TokenKind::Mark(mark) => {
                lexemes.push(plain(Raw::Mark(*mark), at, at));
                at += 1;
            }
            TokenKind::Other => {
                lexemes.push(plain(Raw::Unknown, at, at));
                at += 1;
            }
            TokenKind::Word(_) => {
                let lexeme = phrase(tokens, at, lexicon, mode);
                at = lexeme.last + 1;
                lexemes.push(lexeme);
            }
        }
    }
    lexemes
}

fn plain(what: Raw, first: usize, last: usize) -> Lexeme<Raw> {
    Lexeme {
        what,
        first,
        last,
        key: String::new(),
        plural: false,
        sure: Confidence::Exact,
    }
}

/// `1.` or `1)` where a list may begin, counting on from the one before.
fn is_enumerator(tokens: &[Token], at: usize, enumerated: i64) -> bool {
    let (Some(token), Some(mark)) = (tokens.get(at), tokens.get(at + 1)) else {
        return false;
    };
    let TokenKind::Number(Number(value)) = token.kind else {
        return false;
    };
    let TokenKind::Mark(mark_kind) = mark.kind else {
        return false;
    };
    let touches = token.end == mark.start;
    let spaced = tokens.get(at + 2).is_some_and(|next| next.start > mark.end);
    let opened = at > 0
        && tokens
            .get(at - 1)
            .is_some_and(|before| before.kind == TokenKind::Mark(Mark::Open));
    let counts_on = value == (enumerated + 1) * ONE;
    let mark_fits = match mark_kind {
        Mark::Stop => spaced,
        Mark::Close => !opened,
        _ => false,
    };
    counts_on && touches && mark_fits
}

fn ends_abbreviation(tokens: &[Token], at: usize) -> bool {
    let (Some(stop), Some(before)) = (
        tokens.get(at),
        at.checked_sub(1).and_then(|n| tokens.get(n)),
    ) else {
        return false;
    };
    before.end == stop.start
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
        if let Some(entry) = lexicon.find(&key).filter(|_| !ends_in_and) {
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
    let mut unknown = plain(Raw::Unknown, at, at);
    unknown.key = stems.into_iter().next().unwrap_or_default();
    unknown
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
        plural: last_word.is_some_and(|word| stem(word) != **word),
        sure: if named { Confidence::Exact } else { sure },
    }
}
