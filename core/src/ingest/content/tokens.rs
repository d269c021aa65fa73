//! Content streams as a flat sequence of tokens.
//!
//! Arrays and dictionaries are given as their brackets, so nesting of any depth costs no stack.

use std::borrow::Cow;

/// One token of a content stream or CMap.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::ingest) enum Token<'a> {
    Number(f64),
    /// Without its slash, `#xx` decoded.
    Name(Cow<'a, [u8]>),
    Text(Cow<'a, [u8]>),
    ArrayStart,
    ArrayEnd,
    DictionaryStart,
    DictionaryEnd,
    /// An operator, or any other bare word.
    Word(&'a [u8]),
}

/// Reads tokens from bytes. Never fails: what makes no sense is skipped.
pub(in crate::ingest) struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Token<'_> {
    /// The same operand, independent of the bytes it was read from; `None` for an operator.
    pub(super) fn into_operand(self) -> Option<Token<'static>> {
        Some(match self {
            Token::Number(number) => Token::Number(number),
            Token::Name(name) => Token::Name(Cow::Owned(name.into_owned())),
            Token::Text(text) => Token::Text(Cow::Owned(text.into_owned())),
            Token::ArrayStart => Token::ArrayStart,
            Token::ArrayEnd => Token::ArrayEnd,
            Token::DictionaryStart => Token::DictionaryStart,
            Token::DictionaryEnd => Token::DictionaryEnd,
            Token::Word(_) => return None,
        })
    }
}

/// What a byte is between tokens. Looked up, as every byte of a drawing is asked for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Regular,
    Space,
    Delimiter,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Regular; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            0 | 9 | 10 | 12 | 13 | 32 => Class::Space,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%' => Class::Delimiter,
            _ => Class::Regular,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    // INVARIANT: a byte is less than 256.
    CLASSES[usize::from(byte)]
}

fn is_space(byte: u8) -> bool {
    class(byte) == Class::Space
}

fn is_regular(byte: u8) -> bool {
    class(byte) == Class::Regular
}

/// Powers of ten that a float holds exactly, up to [`SHORT_DIGITS`].
const POWERS: [f64; 16] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
];

/// So many digits make a whole number that a float holds exactly, so that one division by a power
/// of ten gives the nearest number to what is written.
const SHORT_DIGITS: usize = 15;

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

impl<'a> Tokens<'a> {
    pub(in crate::ingest) fn new(bytes: &'a [u8]) -> Tokens<'a> {
        Tokens { bytes, at: 0 }
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.bytes.len());
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, from: usize) -> &'a [u8] {
        self.bytes.get(from..self.at).unwrap_or_default()
    }

    fn take_while(&mut self, test: impl Fn(u8) -> bool) -> &'a [u8] {
        let from = self.at;
        let rest = self.rest();
        self.at += rest
            .iter()
            .position(|&byte| !test(byte))
            .unwrap_or(rest.len());
        self.slice(from)
    }

    fn skip_space(&mut self) {
        loop {
            self.take_while(is_space);
            if self.peek() != Some(b'%') {
                return;
            }
            self.take_while(|byte| byte != b'\n' && byte != b'\r');
        }
    }

    /// A number written the common way, with at most [`SHORT_DIGITS`] digits; others are left to
    /// [`parse_number`].
    fn short_number(&mut self) -> Option<f64> {
        let word = self.rest();
        let negative = word.first() == Some(&b'-');
        let mut at = usize::from(negative);
        let (mut whole, mut digits, mut decimals) = (0_u64, 0_usize, 0_usize);
        let mut in_decimals = false;
        loop {
            match word.get(at) {
                Some(&digit @ b'0'..=b'9') => {
                    whole = whole.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
                    digits += 1;
                    decimals += usize::from(in_decimals);
                }
                Some(b'.') if !in_decimals => in_decimals = true,
                Some(&byte) if is_regular(byte) => return None,
                _ => break,
            }
            at += 1;
        }
        if digits == 0 || digits > SHORT_DIGITS {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "few enough digits to be exact")]
        let magnitude = whole as f64 / POWERS.get(decimals)?;
        self.at += at;
        Some(if negative { -magnitude } else { magnitude })
    }

    fn name(&mut self) -> Cow<'a, [u8]> {
        let raw = self.take_while(is_regular);
        if !raw.contains(&b'#') {
            return Cow::Borrowed(raw);
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            if byte == b'#'
                && let [high, low, after @ ..] = tail
                && let (Some(high), Some(low)) = (hex_digit(*high), hex_digit(*low))
            {
                name.push(high << 4 | low);
                rest = after;
            } else {
                name.push(byte);
            }
        }
        Cow::Owned(name)
    }

    /// The text after `(`, to the matching `)` or the end.
    fn literal(&mut self) -> Cow<'a, [u8]> {
        let from = self.at;
        let plain = self.take_while(|byte| !matches!(byte, b'(' | b')' | b'\\' | b'\r'));
        if self.peek() == Some(b')') {
            self.at += 1;
            return Cow::Borrowed(plain);
        }
        self.at = from;
        let mut text = Vec::new();
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' if depth == 0 => break,
                b')' => depth -= 1,
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                b'\r' => {
                    // Every end of line in a string reads as one line feed.
                    if self.peek() == Some(b'\n') {
                        self.at += 1;
                    }
                    text.push(b'\n');
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        Cow::Owned(text)
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                // High-order overflow is ignored (ISO 32000-1, 7.3.4.2).
                text.push((code & 0xFF) as u8);
            }
            other => text.push(other),
        }
    }

    /// The bytes after `<`, to `>` or the end.
    fn hexadecimal(&mut self) -> Cow<'a, [u8]> {
        let raw = self.take_while(|byte| byte != b'>');
        self.skip(1);
        let mut text = Vec::with_capacity(raw.len() / 2 + 1);
        let mut high = None;
        for digit in raw.iter().filter_map(|&byte| hex_digit(byte)) {
            match high.take() {
                Some(first) => text.push(first << 4 | digit),
                None => high = Some(digit),
            }
        }
        if let Some(first) = high {
            text.push(first << 4);
        }
        Cow::Owned(text)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.skip_space();
            let byte = self.peek()?;
            let from = self.at;
            if matches!(byte, b'0'..=b'9' | b'-' | b'.')
                && let Some(number) = self.short_number()
            {
                return Some(Token::Number(number));
            }
            self.at += 1;
            return Some(match byte {
                b'/' => Token::Name(self.name()),
                b'(' => Token::Text(self.literal()),
                b'[' => Token::ArrayStart,
                b']' => Token::ArrayEnd,
                b'<' if self.peek() == Some(b'<') => {
                    self.at += 1;
                    Token::DictionaryStart
                }
                b'<' => Token::Text(self.hexadecimal()),
                b'>' if self.peek() == Some(b'>') => {
                    self.at += 1;
                    Token::DictionaryEnd
                }
                b')' | b'>' | b'{' | b'}' => continue,
                _ => {
                    self.take_while(is_regular);
                    let word = self.slice(from);
                    match parse_number(word) {
                        Some(number) => Token::Number(number),
                        None => Token::Word(word),
                    }
                }
            });
        }
    }
}

/// Numbers as producers write them, with more than one sign or point forgiven; no exponents.
fn parse_number(word: &[u8]) -> Option<f64> {
    let mut value = 0.0_f64;
    let mut negative = false;
    let mut digits = 0_u32;
    let mut fraction: Option<f64> = None;
    for (index, &byte) in word.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                let digit = f64::from(byte - b'0');
                digits += 1;
                match &mut fraction {
                    None => value = value * 10.0 + digit,
                    Some(unit) => {
                        // One rounding at the end keeps `0.1` the nearest number to a tenth.
                        *unit *= 10.0;
                        value = value * 10.0 + digit;
                    }
                }
            }
            b'.' if fraction.is_none() => fraction = Some(1.0),
            b'-' if digits == 0 && fraction.is_none() => negative = true,
            b'+' if index == 0 => {}
            // `12.5-3` and `1.2.3` stand for what came before.
            b'-' | b'.' if digits > 0 => break,
            _ => return None,
        }
    }
    if digits == 0 && fraction.is_none() && !negative {
        return None;
    }
    let magnitude = value / fraction.unwrap_or(1.0);
    // Hundreds of digits overflow; such a number has no place on a page.
    let magnitude = if magnitude.is_finite() {
        magnitude
    } else {
        0.0
    };
    Some(if negative { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        Tokens::new(text.as_bytes()).collect()
    }

    #[test]
    fn numbers_are_read_as_producers_write_them() {
        let read: Vec<_> = tokens("1 -2.5 +.5 --3 4. 0.1 1e5 - 12.5-3")
            .into_iter()
            .map(|token| match token {
                Token::Number(number) => Some(number),
                _ => None,
            })
            .collect();
        let expected = [1.0, -2.5, 0.5, -3.0, 4.0, 0.1].map(Some);
        assert_eq!(read[..6], expected);
        assert_eq!(read[6..], [None, Some(-0.0), Some(12.5)]);
    }

    #[test]
    fn numbers_are_the_nearest_to_what_is_written() {
        for text in [
            "0.1",
            "-595.276",
            "123456.789012345",
            "99999999999999999999",
            "0.000000000000000000001",
            "3.141592653589793238462643",
            "000000000000000000001.5",
        ] {
            let Some(Token::Number(number)) = Tokens::new(text.as_bytes()).next() else {
                panic!("{text} is no number");
            };
            let expected: f64 = text.parse().unwrap();
            let off = (number - expected).abs();
            assert!(
                off <= 4.0 * f64::EPSILON * expected.abs(),
                "{text}: {number}"
            );
            if text.len() < 17 {
                assert_eq!(number, expected, "{text}");
            }
        }
    }

    #[test]
    fn strings_keep_nested_brackets_and_escapes() {
        assert_eq!(
            tokens(r"(a(b)c\)\101\n) <4 1 4> /A#42 [ (x) ] << >> % comment"),
            [
                Token::Text(b"a(b)c)A\n".into()),
                Token::Text(b"\x41\x40".into()),
                Token::Name(b"AB".into()),
                Token::ArrayStart,
                Token::Text(b"x".into()),
                Token::ArrayEnd,
                Token::DictionaryStart,
                Token::DictionaryEnd,
            ]
        );
    }

    #[test]
    fn operators_end_at_delimiters() {
        assert_eq!(
            tokens("BT/F1 9 Tf(x)Tj"),
            [
                Token::Word(b"BT"),
                Token::Name(b"F1".into()),
                Token::Number(9.0),
                Token::Word(b"Tf"),
                Token::Text(b"x".into()),
                Token::Word(b"Tj"),
            ]
        );
    }
}
