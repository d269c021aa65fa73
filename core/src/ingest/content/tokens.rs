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

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

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

    fn name(&mut self) -> Cow<'a, [u8]> {
        let raw = self.take_while(|byte| !is_space(byte) && !is_delimiter(byte));
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
                    self.take_while(|byte| !is_space(byte) && !is_delimiter(byte));
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
