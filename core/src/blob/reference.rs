//! The name of a blob: its hash, as text `sha256:<64 lowercase hexadecimal digits>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const PREFIX: &str = "sha256:";
const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Names a byte string by its SHA-256.
///
/// Equal bytes have equal names, and each name has exactly one text form, so the text can be
/// compared, indexed and used as an ETag. Ordered as its text is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobRef {
    hash: [u8; 32],
}

impl BlobRef {
    /// The name of `bytes`, whether or not they are stored anywhere.
    pub fn of(bytes: &[u8]) -> BlobRef {
        BlobRef {
            hash: Sha256::digest(bytes).into(),
        }
    }

    /// The 64 lowercase hexadecimal digits of the hash.
    pub fn hex(&self) -> String {
        let mut text = String::with_capacity(64);
        for byte in self.hash {
            for nibble in [byte >> 4, byte & 0xF] {
                // INVARIANT: a nibble is below 16, the number of digits.
                text.push(char::from(DIGITS[usize::from(nibble)]));
            }
        }
        text
    }

    /// The first byte of the hash, which spreads blobs evenly.
    pub(super) fn shard(&self) -> u8 {
        // INVARIANT: a SHA-256 has 32 bytes.
        self.hash[0]
    }

    /// The blob named by exactly 64 lowercase hexadecimal digits.
    pub(super) fn from_hex(hex: &[u8]) -> Option<BlobRef> {
        let mut hash = [0; 32];
        if hex.len() != 2 * hash.len() {
            return None;
        }
        for (byte, pair) in hash.iter_mut().zip(hex.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = (digit_value(*high)? << 4) | digit_value(*low)?;
        }
        Some(BlobRef { hash })
    }
}

fn digit_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl FromStr for BlobRef {
    type Err = Error;

    fn from_str(text: &str) -> Result<BlobRef> {
        text.strip_prefix(PREFIX)
            .and_then(|hex| BlobRef::from_hex(hex.as_bytes()))
            .ok_or_else(|| {
                let shown: String = text.chars().take(80).collect();
                let message = format!("`{shown}` is not sha256: and 64 lowercase hex digits");
                Error::invalid_field("blob", message)
            })
    }
}

impl TryFrom<String> for BlobRef {
    type Error = Error;

    fn try_from(text: String) -> Result<BlobRef> {
        text.parse()
    }
}

impl From<BlobRef> for String {
    fn from(blob: BlobRef) -> String {
        blob.to_string()
    }
}

impl fmt::Display for BlobRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for BlobRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use proptest::prelude::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn the_text_is_the_published_hash() {
        assert_eq!(BlobRef::of(b"").to_string(), EMPTY);
        assert_eq!(
            serde_json::to_string(&BlobRef::of(b"")).unwrap(),
            format!("\"{EMPTY}\"")
        );
        assert_eq!(EMPTY.parse::<BlobRef>().unwrap(), BlobRef::of(b""));
        assert_eq!(BlobRef::of(b"").shard(), 0xE3);
    }

    #[test]
    fn other_texts_are_refused_with_the_field() {
        let upper = EMPTY.replace('e', "E");
        let (short, long) = (&EMPTY[..EMPTY.len() - 1], format!("{EMPTY}0"));
        let path = format!("sha256:../{}", "a".repeat(61));
        for text in [
            "",
            "sha256:",
            "md5:00",
            &upper,
            short,
            &long,
            &path,
            &EMPTY[7..],
        ] {
            let error = text.parse::<BlobRef>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
            assert_eq!(error.field(), Some("blob"));
        }
    }

    proptest! {
        #[test]
        fn every_name_reads_back(bytes: Vec<u8>) {
            let blob = BlobRef::of(&bytes);
            prop_assert_eq!(blob.to_string().parse::<BlobRef>().unwrap(), blob);
        }

        #[test]
        fn what_parses_is_the_one_text_of_its_name(text in "(sha256:)?[0-9a-fA-F./\\PC]{0,70}") {
            if let Ok(blob) = text.parse::<BlobRef>() {
                prop_assert_eq!(blob.to_string(), text);
            }
        }

        #[test]
        fn names_sort_as_their_texts(a: [u8; 4], b: [u8; 4]) {
            let (a, b) = (BlobRef::of(&a), BlobRef::of(&b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }
    }
}
