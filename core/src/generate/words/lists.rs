//! Lists of rooms in phrases: their numbers and letters, and words that share the last one.

use super::Confidence;
use super::lex::{Lexeme, Raw, plain};
use super::lexicon::{Lexicon, Meaning};
use super::number::{Number, ONE};
use super::stems::stem;
use super::token::{Mark, Token, TokenKind};

/// `office A, office B`: letters that tell rooms of a kind apart become numbers, which do the same.
pub(super) fn number_letters(tokens: &[Token], lexemes: &mut [Lexeme<Raw>]) {
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

/// `bedroom-1 11'x12', bedroom-2 10'x11'`: the number behind the hyphen tells rooms of a kind apart
/// where a measure follows; `cabin-2, pantry-1` counts them.
pub(super) fn drop_label_hyphens(tokens: &[Token], lexemes: &mut Vec<Lexeme<Raw>>) {
    let touches = |a: &Lexeme<Raw>, b: &Lexeme<Raw>| matches!((tokens.get(a.last), tokens.get(b.first)), (Some(a), Some(b)) if a.end == b.start);
    // The key of the room before such a hyphen, and whether a measure follows.
    let label = |at: usize| {
        let [room, hyphen, number] = lexemes.get(at.checked_sub(1)?..=at + 1)? else {
            return None;
        };
        let is_label = matches!(
            room.what,
            Raw::Is(Meaning::Room(_) | Meaning::Either { .. } | Meaning::Seats(_))
        ) && !room.plural
            && hyphen.what == Raw::Mark(Mark::Hyphen)
            && matches!(number.what, Raw::Number(_))
            && touches(room, hyphen)
            && touches(hyphen, number);
        let measured = matches!(
            lexemes.get(at + 2).map(|next| next.what),
            Some(Raw::Number(_))
        );
        is_label.then(|| (room.key.clone(), measured))
    };
    let labels: Vec<(usize, String, bool)> = (1..lexemes.len())
        .filter_map(|at| label(at).map(|(key, measured)| (at, key, measured)))
        .collect();
    for (at, key, _) in labels.iter().rev() {
        let is_told = (labels.iter()).any(|(_, other, measured)| *measured && other == key);
        if is_told {
            lexemes.remove(*at);
        }
    }
}

/// `physics, chemistry and biology labs` are three: a word of a list that makes a room with the
/// last word of the list is that room.
pub(super) fn share_heads(tokens: &[Token], lexemes: &mut Vec<Lexeme<Raw>>, lexicon: &Lexicon) {
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
pub(super) fn count_of_like(
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
pub(super) fn shared_head(
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

/// Whether token `at` is a number of the kind `1.0` at the head of a line.
fn is_decimal_head(tokens: &[Token], at: usize) -> bool {
    let heads = at == 0
        || (tokens.get(at - 1)).is_some_and(|before| before.kind == TokenKind::Mark(Mark::Line));
    let Some(token) = tokens.get(at).filter(|_| heads) else {
        return false;
    };
    let TokenKind::Number(Number(number)) = token.kind else {
        return false;
    };
    // Written with more characters than its whole part has.
    let whole = (number / ONE).to_string().len();
    token.end - token.start > whole
        && (tokens.get(at + 1)).is_some_and(|next| next.word().is_some() && next.start > token.end)
}

/// `1.0 Lobby`, `2.0 Offices`, `2.1 Stores`: numbers of a schedule, which rise from line to line and
/// count nothing. Whether token `at` is one.
fn numbers_a_schedule(tokens: &[Token], at: usize) -> bool {
    const LEAST_LINES: usize = 3;
    if !is_decimal_head(tokens, at) {
        return false;
    }
    let heads: Vec<i64> = (0..tokens.len())
        .filter(|head| is_decimal_head(tokens, *head))
        .filter_map(|head| match tokens.get(head)?.kind {
            TokenKind::Number(number) => Some(number.0),
            _ => None,
        })
        .collect();
    heads.len() >= LEAST_LINES && heads.is_sorted_by(|a, b| a < b)
}

/// `1.`, `a)` or `(1)` where a list may begin, counting on from the one before; its last token.
pub(super) fn enumerator(tokens: &[Token], at: usize, enumerated: i64) -> Option<usize> {
    if numbers_a_schedule(tokens, at) {
        return Some(at);
    }
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
            const ROMAN: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];
            let roman = usize::try_from(wanted - 1).ok().and_then(|n| ROMAN.get(n));
            let letter = word.bytes().next().filter(|_| word.len() == 1);
            roman == Some(&word.as_str())
                || letter.is_some_and(|letter| i64::from(letter) == i64::from(b'a') + wanted - 1)
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
    let is_word = token.word().is_some() && enumerated == 0;
    (counts_on && !valued && token.end == mark.start && mark_fits && (!is_word || begins))
        .then_some(label + 1)
}

#[cfg(test)]
mod tests {
    use crate::generate::ReadingMode;
    use crate::generate::words::interpret;

    #[test]
    fn numbers_of_a_schedule_count_nothing() {
        let schedule =
            "1.0 Lobby 20 m2\n2.0 Offices (5 x 12 m2)\n2.1 Board room 35 m2\n3.0 WCs (6)";
        let words = interpret(schedule, ReadingMode::Normal).unwrap();
        let rooms: Vec<_> = (words.programme.rooms.iter())
            .map(|room| (room.room_type.as_str(), room.count, room.area_m2))
            .collect();
        assert_eq!(
            rooms,
            [
                ("lobby", 1, Some(20.0)),
                ("private_office", 5, Some(12.0)),
                ("board_room", 1, Some(35.0)),
                ("toilet", 6, None),
            ]
        );
    }
}
