//! Tokens into phrases: the longest that the lexicon knows, with slips of the pen put right.

use super::Confidence;
use super::lexicon::{Entry, Lexicon, Meaning, is_plural, lexicon, stem};
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
const ABBREVIATIONS: [&str; 22] = [
    "sq", "no", "nos", "min", "max", "approx", "appx", "ft", "mtr", "mt", "conf", "incl", "qty",
    "dr", "st", "rm", "rms", "w", "e", "i", "acc", "opt",
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
                lexemes.push(plain(Raw::Number(number), at, last));
                at = last + 1;
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
    share_heads(tokens, &mut lexemes, lexicon);
    number_letters(tokens, &mut lexemes);
    lexemes
}

/// `office A, office B`: letters that tell rooms of a kind apart become numbers, which do the same.
fn number_letters(tokens: &[Token], lexemes: &mut [Lexeme<Raw>]) {
    let letter = |lexeme: &Lexeme<Raw>| {
        let word = tokens.get(lexeme.first)?.word()?;
        let byte = word.bytes().next().filter(|_| word.len() == 1)?;
        (b'a'..=b'h')
            .contains(&byte)
            .then_some(i64::from(byte - b'a') + 1)
    };
    let labelled: Vec<(usize, i64)> = (1..lexemes.len())
        .filter_map(|at| {
            let room = lexemes.get(at - 1)?;
            matches!(
                room.what,
                Raw::Is(Meaning::Room(_) | Meaning::Either { .. })
            )
            .then_some((at, letter(lexemes.get(at)?)?))
        })
        .collect();
    for (at, number) in &labelled {
        let key = |at: usize| lexemes.get(at - 1).map(|room| room.key.clone());
        let has_next = labelled
            .iter()
            .any(|(other, its)| key(*other) == key(*at) && its.abs_diff(*number) == 1);
        if has_next && let Some(lexeme) = lexemes.get_mut(*at) {
            lexeme.what = Raw::Number(Number(number * ONE));
            lexeme.key = String::new();
        }
    }
}

/// `physics, chemistry and biology labs` are three: a word of a list that makes a room with the
/// last word of the list is that room.
fn share_heads(tokens: &[Token], lexemes: &mut Vec<Lexeme<Raw>>, lexicon: &Lexicon) {
    let mut at = 0;
    while at < lexemes.len() {
        let Some((key, meaning, room)) = shared_head(tokens, lexemes, lexicon, at) else {
            at += 1;
            continue;
        };
        if let Some(number) = count_of_like(tokens, lexemes, lexicon, at, room, meaning) {
            // All of one kind: so many of them, of which what follows is said.
            lexemes.splice(at..room, [number]);
            if let Some(lexeme) = lexemes.get_mut(at + 1) {
                lexeme.plural = true;
            }
            at += 2;
            continue;
        }
        if let Some(lexeme) = lexemes.get_mut(at) {
            lexeme.what = Raw::Is(meaning);
            lexeme.key = key;
            lexeme.plural = false;
            lexeme.sure = Confidence::Synonym;
        }
        if let Some(lexeme) = lexemes.get_mut(room) {
            lexeme.plural = false;
        }
        at += 1;
    }
}

/// How many rooms of the same kind the list from `at` to `room` names, in place of the list.
fn count_of_like(
    tokens: &[Token],
    lexemes: &[Lexeme<Raw>],
    lexicon: &Lexicon,
    at: usize,
    room: usize,
    meaning: Meaning,
) -> Option<Lexeme<Raw>> {
    let last = lexemes.get(room)?;
    let counted = at > 0 && matches!(lexemes.get(at - 1)?.what, Raw::Number(_));
    if last.what != Raw::Is(meaning) || counted {
        return None;
    }
    let mut count = 2;
    for other in at + 1..room {
        if matches!(
            lexemes.get(other)?.what,
            Raw::Mark(_) | Raw::Is(Meaning::And)
        ) {
            continue;
        }
        let (_, like, _) = shared_head(tokens, lexemes, lexicon, other)?;
        if like != meaning {
            return None;
        }
        count += 1;
    }
    let (from, to) = (lexemes.get(at)?.first, lexemes.get(room - 1)?.last);
    Some(plain(Raw::Number(Number(count * ONE)), from, to))
}

/// The key and meaning of the word at `at` with the last word of the room that ends its list, and
/// where that room is.
fn shared_head(
    tokens: &[Token],
    lexemes: &[Lexeme<Raw>],
    lexicon: &Lexicon,
    at: usize,
) -> Option<(String, Meaning, usize)> {
    let is_word = |lexeme: &Lexeme<Raw>| {
        lexeme.first == lexeme.last
            && matches!(
                lexeme.what,
                Raw::Unknown | Raw::Is(Meaning::Style | Meaning::Furnishing)
            )
    };
    let own = lexemes.get(at).filter(|lexeme| is_word(lexeme))?;
    let own = stem(tokens.get(own.first)?.word()?);
    let mut next = at + 1;
    let mut joined_by_and = false;
    let room = loop {
        match lexemes.get(next)?.what {
            Raw::Mark(Mark::Comma | Mark::Slash) => {}
            Raw::Mark(Mark::Ampersand) => joined_by_and = true,
            Raw::Is(Meaning::And) => joined_by_and = true,
            Raw::Is(Meaning::Room(_)) if next > at + 1 => break next,
            _ if next > at + 1 && is_word(lexemes.get(next)?) => {
                // `, chemistry` goes on with the list only behind a joint.
                if is_word(lexemes.get(next - 1)?) {
                    return None;
                }
            }
            _ => return None,
        }
        next += 1;
    };
    let lexeme = lexemes.get(room)?;
    if !joined_by_and || lexeme.first == lexeme.last || is_word(lexemes.get(room - 1)?) {
        return None;
    }
    let tail = stem(tokens.get(lexeme.last)?.word()?);
    let key = own + &tail;
    match lexicon.find(&key)?.meaning {
        meaning @ Meaning::Room(_) => Some((key, meaning, room)),
        _ => None,
    }
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

/// `1.`, `a)` or `(1)` where a list may begin, counting on from the one before; its last token.
fn enumerator(tokens: &[Token], at: usize, enumerated: i64) -> Option<usize> {
    let is = |n: usize, mark: Mark| {
        tokens
            .get(n)
            .is_some_and(|token| token.kind == TokenKind::Mark(mark))
    };
    let opens = is(at, Mark::Open);
    let label = at + usize::from(opens);
    let (token, mark) = (tokens.get(label)?, tokens.get(label + 1)?);
    let wanted = enumerated + 1;
    let counts_on = match &token.kind {
        TokenKind::Number(number) => number.0 == wanted * ONE,
        TokenKind::Word(word) => {
            let letter = word.bytes().next().filter(|_| word.len() == 1);
            letter.is_some_and(|letter| i64::from(letter) == i64::from(b'a') + wanted - 1)
        }
        _ => false,
    };
    // `reception (1), toilets (2)` counts rooms; a list begins where a sentence does.
    let begins = at == 0
        || enumerated > 0
        || [Mark::Colon, Mark::Line, Mark::Stop]
            .iter()
            .any(|mark| is(at - 1, *mark));
    // `offices: 1. toilets: 2.` counts them; `Rooms: 1. office 2. toilet` numbers a list.
    let valued = at > 0
        && is(at - 1, Mark::Colon)
        && !opens
        && (enumerated > 0
            || (0..tokens.len())
                .filter(|n| {
                    is(*n, Mark::Colon)
                        && matches!(
                            tokens.get(n + 1).map(|token| &token.kind),
                            Some(TokenKind::Number(_))
                        )
                })
                .nth(1)
                .is_some());
    let after_open = !opens && at > 0 && is(at - 1, Mark::Open);
    let spaced = tokens
        .get(label + 2)
        .is_some_and(|next| next.start > mark.end);
    let mark_fits = match mark.kind {
        TokenKind::Mark(Mark::Stop) => spaced && !opens,
        TokenKind::Mark(Mark::Close) => !after_open && (!opens || (begins && spaced)),
        _ => false,
    };
    let is_word = token.word().is_some();
    (counts_on && !valued && token.end == mark.start && mark_fits && (!is_word || begins))
        .then_some(label + 1)
}

/// `12+1` seats, written without spaces, are thirteen; and the last token of the sum.
fn summed(tokens: &[Token], at: usize, first: Number) -> (Number, usize) {
    let touching = |a: usize| matches!((tokens.get(a), tokens.get(a + 1)), (Some(a), Some(b)) if a.end == b.start);
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(plus), Some(second))
            if plus.kind == TokenKind::Mark(Mark::Plus) && touching(at) && touching(at + 1) =>
        {
            match second.kind {
                TokenKind::Number(more) => (Number(first.0.saturating_add(more.0)), at + 2),
                _ => (first, at),
            }
        }
        _ => (first, at),
    }
}

/// `2 and a half` baths; and the last token.
fn with_half(tokens: &[Token], number: Number, last: usize) -> (Number, usize) {
    let word = |n: usize| tokens.get(last + n).and_then(Token::word);
    let taken = match (word(1), word(2), word(3)) {
        (Some("and"), Some("a"), Some("half")) => 3,
        (Some("and"), Some("half"), _) => 2,
        _ => return (number, last),
    };
    (Number(number.0.saturating_add(ONE / 2)), last + taken)
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
        let ends_in_article = matches!(words.get(taken - 1), Some(&("a" | "an" | "the")));
        let is_head_of_compound = taken == 1 && compound(tokens, at) > at;
        if let Some(entry) = lexicon
            .find(&key)
            .filter(|_| !ends_in_and)
            .filter(|entry| !(is_head_of_compound && is_small_word(entry.meaning)))
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
