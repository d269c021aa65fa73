//! Words into a programme, by a lexicon and a grammar: no model, no network, no guessing.
//!
//! `6 operatory dental clinic with reception and 2 bathrooms` becomes six operatories, one
//! reception and two bathrooms. Every word is put to use, known to mean nothing for a layout, or
//! reported: with what may have been meant, as a contradiction, or as understood but of no
//! effect. The same text gives the same programme.
//!
//! English as it is written in India, Britain and America; counts, ranges, areas, dimensions,
//! seats, lists, `2 BHK`, what is near what, what is attached, what is not wanted.

mod audit;
mod context;
mod figures;
mod item;
mod lex;
mod lexicon;
mod lists;
mod measure;
mod number;
mod programme;
mod read;
mod report;
mod spelling;
mod stems;
mod table;
mod token;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Interpretation, ReadingMode};
use crate::error::{Error, ErrorKind, Result};
use crate::layout::Programme;

/// Longest prompt, in characters: some forty pages.
pub const MAX_PROMPT_CHARS: usize = 100_000;
/// Most words and marks of a prompt.
const MAX_TOKENS: usize = 20_000;
/// The request field that errors are about.
const FIELD: &str = "program.prompt";

/// What was made of a prompt.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// How each part was understood.
    pub interpretation: Interpretation,
    /// What is wanted.
    pub programme: Programme,
    /// The kind of place, such as `dental_clinic`, if it was named.
    pub facility: Option<String>,
    /// The size of the whole, if it was named.
    pub site: Option<SiteSize>,
}

/// The size of the whole as it was named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteSize {
    /// Area in m², rounded to 0.01.
    pub area_m2: f64,
    /// Its two sides in mm, if those were named.
    pub sides_mm: Option<[i64; 2]>,
    /// The words.
    pub text: String,
    /// Where they are: bytes from and to, in the prompt.
    pub span: [usize; 2],
}

/// How sure a word was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Confidence {
    /// The name of the type.
    Exact,
    /// Another word for it.
    Synonym,
    /// With a slip of the pen put right.
    Fuzzy,
}

impl Confidence {
    const fn name(self) -> &'static str {
        match self {
            Confidence::Exact => "exact",
            Confidence::Synonym => "synonym",
            Confidence::Fuzzy => "fuzzy",
        }
    }
}

/// Reads what is wanted from `prompt`.
///
/// In [`ReadingMode::Normal`] what is not understood is reported; in `Lenient`, misspelt words
/// are taken for the one known word they are near, and flagged `fuzzy`; in `Strict`, anything not
/// understood, contradictory or only assumed is an error.
///
/// # Errors
/// `InvalidInput` about `program.prompt` for a prompt that is empty, holds control characters, has
/// no word in Latin letters, or names no room and no kind of place; and in strict mode.
/// `LimitExceeded` for one longer than [`MAX_PROMPT_CHARS`], or that asks for more rooms than
/// [`MAX_ROOMS`](super::MAX_ROOMS).
pub fn interpret(prompt: &str, mode: ReadingMode) -> Result<Words> {
    // Counted in bytes first, so that a huge prompt is refused at once.
    if prompt.len() > MAX_PROMPT_CHARS * 4 || prompt.chars().count() > MAX_PROMPT_CHARS {
        let message = format!("the prompt has more than {MAX_PROMPT_CHARS} characters");
        return Err(Error::new(ErrorKind::LimitExceeded, message).with_field(FIELD));
    }
    if prompt.trim().is_empty() {
        return Err(Error::invalid_field(
            FIELD,
            "prompt must be a non-empty string",
        ));
    }
    if let Some((place, c)) = prompt
        .chars()
        .enumerate()
        .find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        let message = format!(
            "the prompt has the control character U+{:04X} as its character {}",
            u32::from(c),
            place + 1
        );
        return Err(Error::invalid_field(FIELD, message));
    }
    let tokens = table::as_list(prompt, token::tokenise(prompt));
    if tokens.len() > MAX_TOKENS {
        let message = format!("the prompt has more than {MAX_TOKENS} words and marks");
        return Err(Error::new(ErrorKind::LimitExceeded, message).with_field(FIELD));
    }
    if !tokens.iter().any(token::Token::is_latin) {
        let message = "the prompt has no word in Latin letters; only English is understood";
        return Err(Error::invalid_field(FIELD, message));
    }
    let raw = lex::lex(&tokens, mode);
    let lexemes = measure::measure(&raw);
    let reading = read::read(&tokens, &lexemes);
    report::report(prompt, &tokens, &lexemes, reading, mode)
}
