//! What is told about a reading: spans of the original text, suggestions, coverage.

use super::audit::audit;
use super::lex::Lexeme;
use super::lexicon::lexicon;
use super::measure::{Bound, What};
use super::programme::{add_template, make, not_asked_for, square_metres};
use super::read::{Reading, Remark};
use super::spelling::suggestions;
use super::stems::stem;
use super::token::Token;
use super::{Confidence, FIELD, SiteSize, Words};
use crate::error::{Error, ErrorKind, Result};
use crate::generate::{
    Assumption, Conflict, Ignored, Interpretation, MAX_ROOMS, ReadingMode, Understood, Unrecognised,
};

/// The text with the byte at which each of its characters begins.
struct Source<'a> {
    text: &'a str,
    bytes: Vec<usize>,
    tokens: &'a [Token],
}

impl Source<'_> {
    /// The words from token `first` to token `last`, and their bytes.
    fn of(&self, first: usize, last: usize) -> (String, [usize; 2]) {
        let start = self.tokens.get(first).map_or(0, |token| token.start);
        let end = self.tokens.get(last).map_or(start, |token| token.end);
        let byte = |n: usize| self.bytes.get(n).copied().unwrap_or(self.text.len());
        let span = [byte(start), byte(end)];
        let words = self.text.get(span[0]..span[1]).unwrap_or_default();
        (words.to_owned(), span)
    }
}

pub(super) fn report(
    prompt: &str,
    tokens: &[Token],
    lexemes: &[Lexeme<What>],
    mut reading: Reading,
    mode: ReadingMode,
) -> Result<Words> {
    let source = Source {
        text: prompt,
        bytes: prompt.char_indices().map(|(byte, _)| byte).collect(),
        tokens,
    };
    account_for_all(tokens, &mut reading);
    let template = add_template(&mut reading);
    if !reading.items.iter().any(|item| !item.is_excluded) {
        return Err(nothing_asked(&source, &reading));
    }
    let made = make(&mut reading);
    let lost = audit(tokens, lexemes, &reading, &made);
    reading.conflicts.extend(lost.conflicts);
    reading.ignored.extend(lost.ignored);
    let total: u64 = made
        .programme
        .rooms
        .iter()
        .map(|room| u64::from(room.count))
        .sum();
    if total > MAX_ROOMS as u64 {
        let message =
            format!("the prompt asks for {total} rooms; at most {MAX_ROOMS} are laid out");
        return Err(Error::new(ErrorKind::LimitExceeded, message).with_field(FIELD));
    }
    let mut interpretation = Interpretation {
        coverage: Some(coverage(tokens, &reading)),
        ..Interpretation::default()
    };
    for ((item, id), count) in reading.items.iter().zip(&made.ids).zip(&made.counts) {
        if id.is_none() {
            continue;
        }
        let (text, span) = source.of(item.first, item.last);
        interpretation.rooms.push(Understood {
            text,
            span,
            room_type: item.room.to_owned(),
            count: *count,
            confidence: item.sure.name().to_owned(),
            assumed: item.assumed.clone(),
        });
    }
    say_what_was_assumed(&reading, template, &mut interpretation);
    say_what_was_not_used(&source, &reading, &mut interpretation);
    if mode == ReadingMode::Strict {
        refuse_doubt(&reading, template.is_some(), &interpretation)?;
    }
    Ok(Words {
        facility: reading.whole.facility.map(|(key, ..)| key.to_owned()),
        site: site(&source, &reading),
        programme: made.programme,
        interpretation,
    })
}

/// Whatever the grammar passed over is reported as not understood: nothing is dropped in silence.
fn account_for_all(tokens: &[Token], reading: &mut Reading) {
    for (n, token) in tokens.iter().enumerate() {
        let used = reading.used.get(n).copied().unwrap_or(false);
        if token.is_content() && !used {
            reading.unrecognised.push((n, n));
        }
    }
    reading.unrecognised.sort_unstable();
    // Neighbours, and parts of one another, become one.
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (first, last) in std::mem::take(&mut reading.unrecognised) {
        match merged.last_mut() {
            Some((_, end)) if first <= *end + 1 => *end = (*end).max(last),
            _ => merged.push((first, last)),
        }
    }
    reading.unrecognised = merged;
}

fn coverage(tokens: &[Token], reading: &Reading) -> f64 {
    let letters = |token: &Token| {
        if token.is_content() {
            token.end - token.start
        } else {
            0
        }
    };
    let all: usize = tokens.iter().map(letters).sum();
    let lost: usize = reading
        .unrecognised
        .iter()
        .flat_map(|(first, last)| tokens.get(*first..=*last).unwrap_or_default())
        .map(letters)
        .sum();
    if all == 0 {
        return 1.0;
    }
    let share = (all - lost.min(all)) as f64 / all as f64;
    (share * 10_000.0).round() / 10_000.0
}

fn suggested(tokens: &[Token], first: usize, last: usize) -> Vec<String> {
    let words: Vec<String> = tokens
        .get(first..=last)
        .unwrap_or_default()
        .iter()
        .filter_map(|token| token.word().map(stem))
        .take(4)
        .collect();
    let mut found = suggestions(lexicon(), &words.concat());
    for word in &words {
        for text in suggestions(lexicon(), word) {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found.truncate(3);
    found
}

fn nothing_asked(source: &Source<'_>, reading: &Reading) -> Error {
    let mut message = "the prompt names no room".to_owned();
    let unknown: Vec<String> = reading
        .unrecognised
        .iter()
        .take(5)
        .map(|(first, last)| {
            let (text, _) = source.of(*first, *last);
            let text: String = text.chars().take(40).collect();
            let near = suggested(source.tokens, *first, *last);
            if near.is_empty() {
                format!("`{text}`")
            } else {
                format!("`{text}` (perhaps {})", near.join(", "))
            }
        })
        .collect();
    if !unknown.is_empty() {
        message.push_str("; not understood: ");
        message.push_str(&unknown.join(", "));
    }
    Error::invalid_field(FIELD, message)
}

fn say_what_was_assumed(
    reading: &Reading,
    template: Option<&'static str>,
    interpretation: &mut Interpretation,
) {
    let mut say = |code: &str, message: String| {
        interpretation.assumptions.push(Assumption {
            code: code.to_owned(),
            message,
            field: Some(FIELD.to_owned()),
            room: None,
        });
    };
    for message in &reading.assumptions {
        say("WORDS_ASSUMED", message.clone());
    }
    match template {
        Some(name) => say(
            "TEMPLATE_ASSUMED",
            format!("no room was named, so the usual rooms of {name} are laid out"),
        ),
        None => {
            if let Some(message) = not_asked_for(reading) {
                say("USUAL_ROOMS_NOT_INCLUDED", message);
            }
        }
    }
    for (item, room) in reading
        .items
        .iter()
        .filter(|item| !item.is_excluded)
        .zip(&interpretation.rooms)
    {
        if item.sure == Confidence::Fuzzy {
            interpretation.assumptions.push(Assumption {
                code: "SPELLING_ASSUMED".to_owned(),
                message: format!(
                    "`{}` is read as {}",
                    room.text,
                    super::programme::room_name(item.room)
                ),
                field: Some(FIELD.to_owned()),
                room: None,
            });
        }
    }
    for item in reading
        .items
        .iter()
        .filter(|item| item.is_excluded && !item.is_title)
    {
        interpretation.assumptions.push(Assumption {
            code: "NOT_WANTED".to_owned(),
            message: format!(
                "no {} is laid out, as asked",
                super::programme::room_name(item.room)
            ),
            field: Some(FIELD.to_owned()),
            room: None,
        });
    }
}

fn say_what_was_not_used(
    source: &Source<'_>,
    reading: &Reading,
    interpretation: &mut Interpretation,
) {
    for (first, last) in &reading.unrecognised {
        let (text, span) = source.of(*first, *last);
        interpretation.unrecognised.push(Unrecognised {
            text,
            span,
            suggestions: suggested(source.tokens, *first, *last),
        });
    }
    for Remark {
        first,
        last,
        message,
    } in &reading.ignored
    {
        let (text, span) = source.of(*first, *last);
        interpretation.ignored.push(Ignored {
            text,
            span,
            reason: message.clone(),
        });
    }
    for Remark {
        first,
        last,
        message,
    } in &reading.conflicts
    {
        let (text, span) = source.of(*first, *last);
        interpretation.conflicts.push(Conflict {
            code: "WORDS_CONFLICT".to_owned(),
            message: format!("`{text}`: {message}"),
            span: Some(span),
        });
    }
}

fn refuse_doubt(
    reading: &Reading,
    is_template: bool,
    interpretation: &Interpretation,
) -> Result<()> {
    let refuse = |message: String| Err(Error::invalid_field(FIELD, message));
    if let Some(unknown) = interpretation.unrecognised.first() {
        return refuse(format!("`{}` is not understood", unknown.text));
    }
    if let Some(conflict) = interpretation.conflicts.first() {
        return refuse(conflict.message.clone());
    }
    if is_template {
        return refuse("the prompt names no room".to_owned());
    }
    if let Some(assumption) = interpretation
        .assumptions
        .iter()
        .find(|assumption| assumption.code == "WORDS_ASSUMED")
    {
        return refuse(assumption.message.clone());
    }
    for (item, room) in reading
        .items
        .iter()
        .filter(|item| !item.is_excluded)
        .zip(&interpretation.rooms)
    {
        let is_range = item
            .amount
            .is_some_and(|amount| amount.low != amount.high || amount.bound != Bound::Exactly);
        if item.plural || is_range {
            return refuse(format!("`{}` does not say how many", room.text));
        }
    }
    Ok(())
}

fn site(source: &Source<'_>, reading: &Reading) -> Option<SiteSize> {
    let whole = &reading.whole;
    let (first, last) = match (whole.area, whole.sides) {
        (Some((_, first, last)), _) => (first, last),
        (None, Some((_, first, last))) => (first, last),
        (None, None) => return None,
    };
    let (text, span) = source.of(first, last);
    let area = match (whole.area, whole.sides) {
        (Some((span, ..)), _) => (span.low + span.high) / 2,
        (None, Some(([a, b], ..))) => a.saturating_mul(b) / 100,
        (None, None) => 0,
    };
    Some(SiteSize {
        area_m2: square_metres(area),
        sides_mm: whole
            .sides
            .map(|(sides, ..)| sides.map(|side| (side + 5) / 10)),
        text,
        span,
    })
}
