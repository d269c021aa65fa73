//! Text into tokens that remember where they stood.
//!
//! Letters are folded (compatibility forms, case, accents), so that `Café`, `CAFE` and full-width
//! letters read alike. A token keeps its place in the original text; nothing of the text is lost
//! but white space and marks that carry no meaning here.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::number::{Number, read_digits};

/// One word, number or mark.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// First character, counted in characters of the original text.
    pub(super) start: usize,
    /// One past the last character.
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// Figures: `6`, `1,200`, `2.5`, `3½`.
    Number(Number),
    /// Letters, folded, without a possessive ending.
    Word(String),
    /// A mark that may mean something.
    Mark(Mark),
    /// A character that means nothing here, such as a pictograph.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Comma,
    /// A full stop, exclamation or question mark.
    Stop,
    Colon,
    /// A semicolon, a new line, or a bullet at the head of one.
    Line,
    Slash,
    Plus,
    Ampersand,
    /// `×` or `*`.
    Times,
    Hyphen,
    Open,
    Close,
    /// `'` after a figure.
    Foot,
    /// `"` after a figure.
    Inch,
    About,
    At,
    Quote,
    Hash,
}

impl Mark {
    /// Whether what stands before it is a phrase of its own.
    pub(super) const fn ends_phrase(self) -> bool {
        matches!(
            self,
            Mark::Comma
                | Mark::Stop
                | Mark::Line
                | Mark::Close
                | Mark::Plus
                | Mark::Ampersand
                | Mark::Slash
        )
    }
}

impl Token {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn is_latin(&self) -> bool {
        self.word()
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase()))
    }

    /// Whether losing it would lose something that was asked for.
    pub(super) fn is_content(&self) -> bool {
        matches!(
            self.kind,
            TokenKind::Word(_) | TokenKind::Number(_) | TokenKind::Other
        )
    }
}

/// Splits `text` into tokens.
pub(super) fn tokenise(text: &str) -> Vec<Token> {
    let letters = fold(text);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&(c, place)) = letters.get(at) {
        let rest = letters.get(at..).unwrap_or_default();
        let after_figure = last_is_figure_ending_at(&tokens, place);
        let (kind, taken) = if let Some(word) = sign_word(c) {
            (Some(TokenKind::Word(word.to_owned())), 1)
        } else if let Some(word) = dimensions_word(rest) {
            (Some(TokenKind::Word(word)), 2)
        } else if let Some((word, taken)) = ordinal(rest) {
            (Some(TokenKind::Word(word.to_owned())), taken)
        } else if let Some((number, taken)) = read_digits(rest) {
            (Some(TokenKind::Number(number)), taken)
        } else if c.is_alphabetic() {
            let (word, taken) = read_word(rest, after_figure);
            (Some(TokenKind::Word(word)), taken)
        } else {
            read_mark(rest, after_figure)
        };
        let kind = kind.map(|kind| in_table(kind, rest));
        let kind = kind.filter(|kind| !is_bullet(kind, &tokens, rest));
        if let Some(kind) = kind {
            let end = rest.get(taken - 1).map_or(place, |&(_, last)| last) + 1;
            let start = place;
            tokens.push(Token { kind, start, end });
        }
        at += taken;
    }
    end_telegram_sentences(text, &mut tokens);
    tokens
}

/// `15 DESKS STOP KITCHEN STOP`: in a telegram, which says it more than once, a mark.
fn end_telegram_sentences(text: &str, tokens: &mut [Token]) {
    const LEAST: usize = 2;
    let is_stop = |token: &Token| token.word() == Some("stop");
    let is_shouted = !text.chars().any(char::is_lowercase)
        || text
            .split_whitespace()
            .filter(|word| *word == "STOP")
            .count()
            >= LEAST;
    if !is_shouted || tokens.iter().filter(|token| is_stop(token)).count() < LEAST {
        return;
    }
    for token in tokens.iter_mut().filter(|token| is_stop(token)) {
        token.kind = TokenKind::Mark(Mark::Line);
    }
}

/// The sign of a currency or a share as the word for it.
const fn sign_word(sign: char) -> Option<&'static str> {
    match sign {
        '%' => Some("percent"),
        '₹' => Some("inr"),
        '$' => Some("usd"),
        '€' => Some("eur"),
        '£' => Some("gbp"),
        _ => None,
    }
}

/// In the row of a table, a cell with a bare number counts what the one before names:
/// `Office | 3 | 12 m²`.
fn in_table(kind: TokenKind, rest: &[(char, usize)]) -> TokenKind {
    if !matches!(rest.first(), Some(('|' | '\t', _))) {
        return kind;
    }
    let mut cell = (rest.iter().skip(1).map(|&(c, _)| c)).skip_while(|c| *c == ' ');
    let is_number = cell.next().is_some_and(|c| c.is_ascii_digit());
    let ends = (cell.find(|c| !c.is_ascii_digit() && *c != ' '))
        .is_none_or(|c| matches!(c, '|' | '\t' | '\n' | '\r' | ';'));
    match is_number && ends {
        true => TokenKind::Mark(Mark::Colon),
        false => kind,
    }
}

/// A dash or star at the head of a line, with a space behind it: it says no more than the line.
fn is_bullet(kind: &TokenKind, before: &[Token], rest: &[(char, usize)]) -> bool {
    let heads = before
        .last()
        .is_none_or(|last| last.kind == TokenKind::Mark(Mark::Line));
    heads
        && matches!(kind, TokenKind::Mark(Mark::Hyphen | Mark::Times))
        && rest.get(1).is_some_and(|(c, _)| c.is_whitespace())
}

/// `2d` and `3d` are words.
fn dimensions_word(rest: &[(char, usize)]) -> Option<String> {
    let at = |n: usize| rest.get(n).map(|&(c, _)| c);
    let is_word = matches!(at(0), Some('2' | '3'))
        && at(1) == Some('d')
        && !at(2).is_some_and(char::is_alphanumeric);
    is_word.then(|| rest.iter().take(2).map(|&(c, _)| c).collect())
}

/// `2nd` as the word `second`: it counts nothing. The word, and how many characters it has here.
fn ordinal(rest: &[(char, usize)]) -> Option<(&'static str, usize)> {
    const WORDS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    let at = |n: usize| rest.get(n).map(|&(c, _)| c);
    let digits = (0..3)
        .take_while(|n| at(*n).is_some_and(|c| c.is_ascii_digit()))
        .count();
    let number: usize = (0..digits)
        .filter_map(at)
        .collect::<String>()
        .parse()
        .ok()?;
    let ending: String = (digits..digits + 2).filter_map(at).collect();
    let ends = !at(digits + 2).is_some_and(char::is_alphanumeric);
    let is_ordinal = ends && matches!(ending.as_str(), "st" | "nd" | "rd" | "th");
    let word = WORDS.get(number.checked_sub(1)?)?;
    is_ordinal.then_some((word, digits + 2))
}

/// Every character folded, with its place in the text. One character may become several.
fn fold(text: &str) -> Vec<(char, usize)> {
    let mut folded = Vec::with_capacity(text.len());
    let mut before = ' ';
    let mut letters = text.chars().enumerate().peekable();
    while let Some((place, c)) = letters.next() {
        let after = letters.peek().map_or(' ', |&(_, next)| next);
        let alone = !before.is_alphanumeric() && !after.is_alphanumeric();
        before = c;
        match c {
            // `6 rooms à 12 m²`.
            'à' | 'á' if alone => folded.push(('@', place)),
            // Taken whole, or `1½` would read as 11/2.
            '½' | '¼' | '¾' => folded.push((c, place)),
            '\u{2018}' | '\u{2019}' | '\u{2032}' | '`' | '´' => folded.push(('\'', place)),
            '\u{201C}' | '\u{201D}' | '\u{2033}' => folded.push(('"', place)),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => folded.push(('-', place)),
            _ => {
                for part in c.nfkd().filter(|&part| !is_combining_mark(part)) {
                    folded.extend(part.to_lowercase().map(|lower| (lower, place)));
                }
            }
        }
    }
    folded
}

fn last_is_figure_ending_at(tokens: &[Token], place: usize) -> bool {
    tokens.last().is_some_and(|last| {
        last.end == place
            && matches!(
                last.kind,
                TokenKind::Number(_) | TokenKind::Mark(Mark::Foot)
            )
    })
}

/// Reads letters, and the figure of `m2`; drops a possessive ending.
fn read_word(rest: &[(char, usize)], after_figure: bool) -> (String, usize) {
    let mut word: String = rest
        .iter()
        .map(|&(c, _)| c)
        .take_while(|c| c.is_alphabetic())
        .collect();
    let mut taken = word.chars().count();
    let next = |n: usize| rest.get(n).map(|&(c, _)| c);
    if matches!(word.as_str(), "m" | "ft" | "mm" | "cm" | "mtr" | "yd")
        && next(taken) == Some('2')
        && !next(taken + 1).is_some_and(|c| c.is_ascii_digit())
    {
        word.push('2');
        return (word, taken + 1);
    }
    // `3mx4m` and `10ftx12ft`: the cross belongs to the dimension, not to the unit.
    if after_figure
        && next(taken).is_some_and(|c| c.is_ascii_digit())
        && let Some(unit) = word.strip_suffix('x').filter(|unit| !unit.is_empty())
    {
        return (unit.to_owned(), taken - 1);
    }
    if next(taken) == Some('\'') {
        // `I'd like`, `we're`: the ending says nothing that a layout follows from.
        let ending: String = rest
            .iter()
            .skip(taken + 1)
            .map(|&(c, _)| c)
            .take_while(|c| c.is_alphabetic())
            .collect();
        if matches!(ending.as_str(), "d" | "ll" | "ve" | "re" | "m") {
            return (word, taken + 1 + ending.len());
        }
        if next(taken + 1) == Some('s') && !next(taken + 2).is_some_and(char::is_alphabetic) {
            // `WC's`: an abbreviation of a thing owns nothing, and is a plural.
            if matches!(word.as_str(), "wc" | "ot" | "op" | "pc" | "tv" | "lav") {
                word.push('s');
            }
            taken += 2;
        } else if next(taken + 1) == Some('t') && word.ends_with('n') {
            word.push('t');
            taken += 2;
        } else if word.ends_with('s') {
            taken += 1;
        }
    }
    (word, taken)
}

fn read_mark(rest: &[(char, usize)], after_figure: bool) -> (Option<TokenKind>, usize) {
    let Some(&(c, _)) = rest.first() else {
        return (None, 1);
    };
    let second = rest.get(1).map(|&(c, _)| c);
    let mark = match c {
        '\'' if after_figure && second == Some('\'') => return (Some(mark(Mark::Inch)), 2),
        '\'' if after_figure => Mark::Foot,
        '"' if after_figure => Mark::Inch,
        '\'' | '"' => Mark::Quote,
        // After `wc: 2;` no list is numbered, as it may be after `2.`.
        ';' | '\n' | '\r' | '•' | '·' | '▪' | '●' => Mark::Line,
        // Cells of a table stand apart like entries of a list.
        ',' | '،' | '、' | '\t' | '|' => Mark::Comma,
        '.' | '!' | '?' | '।' => Mark::Stop,
        ':' => Mark::Colon,
        '/' | '\\' | '\u{2044}' => Mark::Slash,
        '+' => Mark::Plus,
        '&' => Mark::Ampersand,
        '×' | '*' => Mark::Times,
        '-' | '_' => Mark::Hyphen,
        '(' | '[' | '{' => Mark::Open,
        ')' | ']' | '}' => Mark::Close,
        '~' | '≈' => Mark::About,
        '@' => Mark::At,
        '#' => Mark::Hash,
        '=' | '>' | '<' | '…' => Mark::Colon,
        c if c.is_whitespace() || is_invisible(c) => return (None, 1),
        _ => return (Some(TokenKind::Other), 1),
    };
    (Some(TokenKind::Mark(mark)), 1)
}

fn mark(mark: Mark) -> TokenKind {
    TokenKind::Mark(mark)
}

/// Joiners, direction marks and variation selectors, which have no look of their own.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokenise(text)
            .iter()
            .filter_map(|token| token.word().map(str::to_owned))
            .collect()
    }

    #[test]
    fn letters_are_folded_and_keep_their_place() {
        let tokens = tokenise("A  Café’s ＷＣ");
        assert_eq!(words("A  Café’s ＷＣ"), ["a", "cafe", "wc"]);
        let places: Vec<_> = tokens
            .iter()
            .map(|token| (token.start, token.end))
            .collect();
        assert_eq!(places, [(0, 1), (3, 9), (10, 12)]);
    }

    #[test]
    fn figures_units_and_crosses_come_apart() {
        assert_eq!(
            words("3mx4m 10ftx12ft 10m2 2BHK wc2"),
            ["m", "x", "m", "ft", "x", "ft", "m2", "bhk", "wc"]
        );
        assert_eq!(
            words("10m² don't doctor's ladies'"),
            ["m2", "dont", "doctor", "ladies"]
        );
        let marks: Vec<_> = tokenise("10'x12'6\"")
            .into_iter()
            .filter_map(|token| match token.kind {
                TokenKind::Mark(mark) => Some(mark),
                _ => None,
            })
            .collect();
        assert_eq!(marks, [Mark::Foot, Mark::Foot, Mark::Inch]);
    }
}
