//! The character codes of fonts that name a predefined CMap (ISO 32000-1, 9.7.5.2).
//!
//! Such fonts are as a rule not embedded: the file counts on a Chinese, Japanese or Korean font
//! of the reader. Their codes are those of a public character set, which tells what they say
//! without any font.

use std::borrow::Cow;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS};

/// The character set whose codes a predefined CMap takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Charset {
    /// Big-endian UTF-16; two bytes, and four for a pair of surrogates.
    Utf16,
    /// Big-endian UTF-32.
    Utf32,
    /// Bytes below 0x80 are ASCII, others begin a code of several bytes.
    Legacy(&'static Encoding),
    /// The two bytes of JIS X 0208 without the high bits of EUC.
    Jis,
}

impl Charset {
    /// The character set of the CMap called `name`; `None` for `Identity` and the few whose
    /// codes say nothing without a table of glyphs.
    pub(super) fn of_cmap(name: &[u8]) -> Option<Charset> {
        let name = std::str::from_utf8(name).ok()?;
        // The last part tells horizontal writing from vertical, which does not matter here.
        let stem = name.strip_suffix("-H").or(name.strip_suffix("-V"));
        let Some(stem) = stem else {
            return matches!(name, "H" | "V").then_some(Charset::Jis);
        };
        Some(match stem {
            _ if stem.contains("UTF32") => Charset::Utf32,
            _ if stem.contains("UTF16") || stem.contains("UCS2") => Charset::Utf16,
            _ if stem.contains("RKSJ") => Charset::Legacy(SHIFT_JIS),
            "EUC" => Charset::Legacy(EUC_JP),
            _ if stem.starts_with("GB") => Charset::Legacy(GB18030),
            _ if stem.starts_with("KSC") => Charset::Legacy(EUC_KR),
            _ if stem.contains("B5") => Charset::Legacy(BIG5),
            _ => return None,
        })
    }

    /// How many of the bytes make the next code.
    pub(super) fn code_length(self, rest: &[u8]) -> usize {
        let first = rest.first().copied().unwrap_or_default();
        match self {
            Charset::Utf16 if (0xD8..0xDC).contains(&first) => 4,
            Charset::Utf16 | Charset::Jis => 2,
            Charset::Utf32 => 4,
            Charset::Legacy(_) if first < 0x81 => 1,
            // One-byte katakana of Shift JIS.
            Charset::Legacy(set) if set == SHIFT_JIS && (0xA0..0xE0).contains(&first) => 1,
            // Three bytes of the second plane of EUC.
            Charset::Legacy(set) if set == EUC_JP && first == 0x8F => 3,
            // Four bytes where the second is a digit.
            Charset::Legacy(set)
                if set == GB18030 && rest.get(1).is_some_and(u8::is_ascii_digit) =>
            {
                4
            }
            Charset::Legacy(_) => 2,
        }
    }

    /// What a code says; empty when it is none.
    pub(super) fn text(self, code: &[u8]) -> Cow<'static, str> {
        let text = match self {
            Charset::Utf16 => {
                let units = code.chunks_exact(2).map(|pair| {
                    pair.iter()
                        .fold(0, |unit, &byte| unit << 8 | u16::from(byte))
                });
                char::decode_utf16(units).filter_map(Result::ok).collect()
            }
            Charset::Utf32 => {
                let number = code.iter().fold(0, |all, &byte| all << 8 | u32::from(byte));
                char::from_u32(number).map(String::from).unwrap_or_default()
            }
            Charset::Legacy(set) => decoded(set, code),
            Charset::Jis => {
                let euc: Vec<u8> = code.iter().map(|byte| byte | 0x80).collect();
                decoded(EUC_JP, &euc)
            }
        };
        Cow::Owned(text)
    }

    /// How far a character moves the pen, as a share of the font size: without the font, half
    /// for what is narrow in every such font and the whole for the rest.
    pub(super) fn advance(text: &str) -> f64 {
        if text.is_ascii() { 0.5 } else { 1.0 }
    }
}

fn decoded(set: &'static Encoding, code: &[u8]) -> String {
    set.decode_without_bom_handling_and_without_replacement(code)
        .map(Cow::into_owned)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(cmap: &str, bytes: &[u8]) -> String {
        let set = Charset::of_cmap(cmap.as_bytes()).unwrap();
        let mut rest = bytes;
        let mut text = String::new();
        while !rest.is_empty() {
            let (code, tail) = rest.split_at(set.code_length(rest).min(rest.len()));
            text.push_str(&set.text(code));
            rest = tail;
        }
        text
    }

    #[test]
    fn the_public_character_sets_are_read() {
        assert_eq!(shown("UniGB-UCS2-H", &[0x53, 0xA8, 0x62, 0x3F]), "厨房");
        assert_eq!(
            shown("UniJIS-UTF16-V", &[0xD8, 0x40, 0xDC, 0x0B, 0, 0x41]),
            "\u{2000B}A"
        );
        assert_eq!(shown("GBK-EUC-H", &[0xB3, 0xF8, 0xB7, 0xBF, 0x31]), "厨房1");
        assert_eq!(
            shown("90ms-RKSJ-H", &[0x91, 0xE4, 0x8F, 0x8A, 0xB6]),
            "台所ｶ"
        );
        assert_eq!(shown("KSCms-UHC-H", &[0xC4, 0xA7]), "침");
        assert_eq!(shown("ETen-B5-H", &[0xBC, 0x70]), "廚");
        assert_eq!(shown("H", &[0x42, 0x66]), "台");
    }

    #[test]
    fn identity_says_nothing() {
        assert_eq!(Charset::of_cmap(b"Identity-H"), None);
    }
}
