//! CMaps: from character codes to Unicode, and how many bytes a code has.
//!
//! Read here rather than by the PDF library, because ranges are kept as ranges: a hostile CMap
//! that spans four thousand million codes takes no more memory than its own text.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::error::Result;
use crate::ingest::content::{Token, Tokens};
use crate::ingest::limits::Budget;

/// Most entries that are kept; the whole of Unicode's first plane fits.
const MAX_ENTRIES: usize = 100_000;

/// A map from codes of one to four bytes.
#[derive(Debug, Default)]
pub(super) struct CMap {
    /// Length, lowest and highest code.
    code_spaces: Vec<(usize, u32, u32)>,
    /// Length and first code, to last code and target.
    ranges: BTreeMap<(usize, u32), (u32, Target)>,
}

#[derive(Debug)]
enum Target {
    /// UTF-16 of the first code; the last unit counts up with the code.
    From(Vec<u16>),
    /// One text for each code.
    Each(Vec<String>),
}

impl CMap {
    pub(super) fn read(bytes: &[u8], budget: &mut Budget<'_>) -> Result<CMap> {
        let mut cmap = CMap::default();
        let mut operands: Vec<Token<'_>> = Vec::new();
        for token in Tokens::new(bytes) {
            budget.spend_steps(1)?;
            match token {
                Token::Word(b"endcodespacerange") => cmap.add_code_spaces(&operands),
                Token::Word(b"endbfchar") => cmap.add_chars(&operands),
                Token::Word(b"endbfrange") => cmap.add_ranges(&operands),
                Token::Word(_) => {}
                operand => {
                    operands.push(operand);
                    continue;
                }
            }
            operands.clear();
        }
        Ok(cmap)
    }

    fn add_code_spaces(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(low), Token::Text(high)] = pair
                && let (Some(from), Some(to)) = (code(low), code(high))
                && self.code_spaces.len() < MAX_ENTRIES
            {
                self.code_spaces.push((low.len(), from, to));
            }
        }
    }

    fn add_chars(&mut self, operands: &[Token<'_>]) {
        for pair in operands.chunks_exact(2) {
            if let [Token::Text(from), Token::Text(to)] = pair
                && let Some(number) = code(from)
            {
                self.add(from.len(), number, number, Target::From(utf16(to)));
            }
        }
    }

    fn add_ranges(&mut self, operands: &[Token<'_>]) {
        let mut rest = operands;
        while let [Token::Text(low), Token::Text(high), target, tail @ ..] = rest {
            rest = tail;
            let target = match target {
                Token::Text(text) => Target::From(utf16(text)),
                Token::ArrayStart => {
                    let end = tail.iter().position(|token| *token == Token::ArrayEnd);
                    let (texts, after) = tail.split_at(end.unwrap_or(tail.len()));
                    rest = after.get(1..).unwrap_or_default();
                    Target::Each(texts.iter().filter_map(array_text).collect())
                }
                _ => continue,
            };
            if let (Some(from), Some(to)) = (code(low), code(high))
                && from <= to
            {
                self.add(low.len(), from, to, target);
            }
        }
    }

    fn add(&mut self, length: usize, from: u32, to: u32, target: Target) {
        if self.ranges.len() < MAX_ENTRIES {
            self.ranges.insert((length, from), (to, target));
        }
    }

    /// How many of the bytes make the next code; `None` when no code space fits.
    pub(super) fn code_length(&self, rest: &[u8]) -> Option<usize> {
        (1..=rest.len().min(4)).find(|&length| {
            let number = rest.get(..length).and_then(code);
            number.is_some_and(|number| {
                self.code_spaces
                    .iter()
                    .take(64)
                    .any(|&(bytes, low, high)| bytes == length && low <= number && number <= high)
            })
        })
    }

    /// What the code says, or `None` when the map does not have it.
    pub(super) fn text(&self, length: usize, number: u32) -> Option<Cow<'_, str>> {
        let (&(_, from), (to, target)) = self
            .ranges
            .range((length, 0)..=(length, number))
            .next_back()?;
        if number > *to {
            return None;
        }
        let index = number - from;
        match target {
            Target::Each(texts) => texts
                .get(index as usize)
                .map(|text| Cow::Borrowed(text.as_str())),
            Target::From(units) => {
                let (last, start) = units.split_last()?;
                // The last unit wraps within itself; wider carries are not defined.
                let last = last.wrapping_add((index & 0xFFFF) as u16);
                let mut units = start.to_vec();
                units.push(last);
                Some(Cow::Owned(String::from_utf16_lossy(&units)))
            }
        }
    }
}

fn array_text(token: &Token<'_>) -> Option<String> {
    match token {
        Token::Text(text) => Some(String::from_utf16_lossy(&utf16(text))),
        _ => None,
    }
}

fn code(bytes: &[u8]) -> Option<u32> {
    (1..=4).contains(&bytes.len()).then(|| {
        bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | u32::from(byte))
    })
}

fn utf16(bytes: &[u8]) -> Vec<u16> {
    match bytes {
        [single] => vec![u16::from(*single)],
        // A ligature has a handful of units; more is not text.
        _ => bytes
            .chunks_exact(2)
            .take(32)
            .map(|pair| {
                pair.iter()
                    .fold(0, |unit, &byte| unit << 8 | u16::from(byte))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::limits::Limits;
    use crate::watch::Unwatched;

    fn read(text: &str) -> CMap {
        let mut budget = Budget::new(Limits::default(), &Unwatched);
        CMap::read(text.as_bytes(), &mut budget).unwrap()
    }

    #[test]
    fn chars_ranges_and_arrays_are_looked_up() {
        let cmap = read(
            "1 begincodespacerange <0000> <FFFF> endcodespacerange \
             1 beginbfchar <0003> <0020> endbfchar \
             2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<00660069> <D83DDE00>] endbfrange",
        );
        let text = |number| cmap.text(2, number).map(Cow::into_owned);
        assert_eq!(text(3).as_deref(), Some(" "));
        assert_eq!(text(0x12).as_deref(), Some("C"));
        assert_eq!(text(0x13), None);
        assert_eq!(text(0x20).as_deref(), Some("fi"));
        assert_eq!(text(0x21).as_deref(), Some("\u{1F600}"));
        assert_eq!(cmap.code_length(b"\x00\x03"), Some(2));
    }

    #[test]
    fn a_range_over_every_code_costs_nothing() {
        let cmap = read("1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
        assert_eq!(cmap.ranges.len(), 1);
        assert_eq!(cmap.text(4, 2).as_deref(), Some("C"));
    }
}
