//! Finding the end of an inline image, whose data is not content.

use super::tokens::{Token, Tokens};

/// Skips from after `BI` to after `EI`.
///
/// The length of the data is not written down, so the end is an `EI` between white space that is
/// followed by something that reads as content; without one the rest of the stream is the image.
pub(super) fn skip_inline_image(tokens: &mut Tokens<'_>) {
    loop {
        match tokens.next() {
            None => return,
            Some(Token::Word(b"ID")) => break,
            Some(_) => {}
        }
    }
    // One white space separates ID from the data.
    tokens.skip(1);
    let data = tokens.rest();
    let mut from = 0;
    while let Some(found) = find_end(data, from) {
        if reads_as_content(data.get(found + 2..).unwrap_or_default()) {
            tokens.skip(found + 2);
            return;
        }
        from = found + 2;
    }
    tokens.skip(data.len());
}

/// Where the next `EI` with white space on both sides stands.
fn find_end(data: &[u8], from: usize) -> Option<usize> {
    let rest = data.get(from..)?;
    rest.windows(2).enumerate().find_map(|(index, pair)| {
        let at = from + index;
        let before = at.checked_sub(1).and_then(|before| data.get(before));
        let after = data.get(at + 2);
        let apart = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_whitespace);
        (pair == b"EI" && apart(before) && apart(after)).then_some(at)
    })
}

/// Whether the first bytes are text, as content streams are and picture data is not.
fn reads_as_content(rest: &[u8]) -> bool {
    rest.iter()
        .take(16)
        .all(|byte| matches!(byte, 9 | 10 | 12 | 13 | 32..=126))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_ends_where_content_begins_again() {
        let content = b" /W 2 /H 2 ID \x01\x02 EI \xff\xfe\x00 EI\nQ 1 0 0 1 0 0 cm";
        let mut tokens = Tokens::new(content);
        skip_inline_image(&mut tokens);
        assert_eq!(tokens.next(), Some(Token::Word(b"Q")));
    }

    #[test]
    fn an_image_without_an_end_takes_the_rest() {
        let mut tokens = Tokens::new(b"/W 2 ID \x01\x02\x03");
        skip_inline_image(&mut tokens);
        assert_eq!(tokens.next(), None);
    }
}
