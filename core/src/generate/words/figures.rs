//! Numbers that are put together before they count anything: sums, halves, dozens, shares.

use super::lexicon::{Meaning, lexicon};
use super::number::{Number, ONE, read_words};
use super::stems::stem;
use super::token::{Mark, Token, TokenKind};

/// `12+1` seats, written without spaces, are thirteen; and the last token of the sum.
pub(super) fn summed(tokens: &[Token], at: usize, first: Number) -> (Number, usize) {
    let touching = |a: usize| matches!((tokens.get(a), tokens.get(a + 1)), (Some(a), Some(b)) if a.end == b.start);
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(plus), Some(second))
            if plus.kind == TokenKind::Mark(Mark::Plus) && touching(at) && touching(at + 1) =>
        {
            match second.kind {
                // `toilets 2+1 disabled`: the one is of another kind.
                TokenKind::Number(_) if is_for_few(tokens.get(at + 3)) => (first, at),
                TokenKind::Number(more) => (Number(first.0.saturating_add(more.0)), at + 2),
                _ => (first, at),
            }
        }
        _ => (first, at),
    }
}

/// Whether the word says that not everybody's toilet is meant.
fn is_for_few(word: Option<&Token>) -> bool {
    matches!(
        word.and_then(Token::word),
        Some("disabled" | "accessible" | "handicap" | "handicapped" | "dda" | "unisex")
    )
}

/// `2 and a half` baths; and the last token.
pub(super) fn with_half(tokens: &[Token], number: Number, last: usize) -> (Number, usize) {
    let word = |n: usize| tokens.get(last + n).and_then(Token::word);
    let taken = match (word(1), word(2), word(3)) {
        (Some("and"), Some("a"), Some("half")) => 3,
        (Some("and"), Some("half"), _) => 2,
        _ => return (number, last),
    };
    (Number(number.0.saturating_add(ONE / 2)), last + taken)
}

/// `2 dozen` seats; and the last token.
pub(super) fn dozens(tokens: &[Token], number: Number, last: usize) -> (Number, usize) {
    match tokens.get(last + 1).and_then(Token::word) {
        Some("dozen" | "dozens" | "doz") => (Number(number.0.saturating_mul(12)), last + 1),
        _ => (number, last),
    }
}

/// `two thirds`, `a quarter of`; and the last token.
pub(super) fn fraction(tokens: &[Token], at: usize) -> Option<usize> {
    let word = |n: usize| tokens.get(n).and_then(Token::word);
    let is_many = matches!(
        (word(at)?, word(at + 1)?),
        ("two", "thirds")
            | ("three", "quarters" | "fourths")
            | ("one", "third" | "quarter" | "fourth")
    );
    let of_it = matches!((word(at)?, word(at + 1)?), ("a", "third" | "quarter"))
        && word(at + 2) == Some("of");
    (is_many || of_it).then_some(at + 1)
}

/// `half of the 20`, `a third of 30`: a share of a number, if it is a whole one; and the last token.
pub(super) fn share_of(tokens: &[Token], at: usize) -> Option<(Number, usize)> {
    let word = |n: usize| tokens.get(n).and_then(Token::word);
    let begins = at + usize::from(word(at) == Some("a"));
    let (times, parts, next) = match (word(begins)?, word(begins + 1)) {
        ("half", _) => (1, 2, begins + 1),
        ("third", _) => (1, 3, begins + 1),
        ("quarter", _) => (1, 4, begins + 1),
        ("two", Some("thirds")) => (2, 3, begins + 2),
        ("three", Some("quarters")) => (3, 4, begins + 2),
        _ => return None,
    };
    let of = next + usize::from(word(next) == Some("of"));
    let the = of
        + usize::from(matches!(
            word(of),
            Some("the" | "our" | "these" | "those" | "all")
        ));
    // `half 20` is no share.
    if the == next {
        return None;
    }
    let (number, last) = match tokens.get(the)?.kind {
        TokenKind::Number(number) => (number, the),
        _ => {
            let words: Vec<&str> = (the..the + 5).map_while(word).collect();
            let (number, taken) = read_words(&words)?;
            (number, the + taken - 1)
        }
    };
    let all = i64::from(number.count()?);
    // Of people: half of the rooms are still that many rooms.
    let people = stem(word(last + 1)?);
    let is_people =
        (lexicon().find(&people)).is_some_and(|entry| matches!(entry.meaning, Meaning::Seats(_)));
    (is_people && all * times % parts == 0).then(|| (Number::whole(all * times / parts), last))
}
