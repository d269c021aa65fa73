//! What a rule makes of a text, for the tests of single rules.

use super::super::item::{Item, count};
use super::super::lex::lex;
use super::super::measure::measure;
use super::super::number::ONE;
use super::super::programme::square_metres;
use super::super::token::tokenise;
use super::{Reading, read};
use crate::generate::ReadingMode;

pub(super) fn reading_of(prompt: &str) -> Reading {
    let tokens = tokenise(prompt);
    let lexemes = measure(&lex(&tokens, ReadingMode::Normal));
    read(&tokens, &lexemes)
}

/// The rooms in their order: `open_office:1#16`, with `@` before an area.
pub(super) fn rooms_of(prompt: &str) -> String {
    let reading = reading_of(prompt);
    let one = |(place, item): (usize, &Item)| {
        let mut text = format!("{}:{}", item.room, count(&reading.items, place));
        if let Some(area) = item.area {
            text += &format!("@{}", square_metres(area.low));
        }
        if let Some(seats) = item.seats {
            text += &format!("#{}", seats.high.0 / ONE);
        }
        text
    };
    let wanted = (reading.items.iter().enumerate()).filter(|(_, item)| !item.is_excluded);
    wanted.map(one).collect::<Vec<_>>().join(" ")
}
