//! What was said about a room that is still to come.

use super::super::item::Size;
use super::super::lexicon::Seat;
use super::super::measure::{Amount, Span};

/// Each with the tokens that said it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    pub(super) count: Option<(Amount, usize, usize)>,
    pub(super) area: Option<(Span, usize, usize)>,
    pub(super) sides: Option<([i64; 2], usize, usize)>,
    pub(super) seats: Option<(Amount, usize, usize)>,
    /// What was counted by those.
    pub(super) seat: Option<Seat>,
    pub(super) size: Option<Size>,
    /// Lexeme of `several` and the like.
    pub(super) vague: Option<usize>,
    pub(super) male: bool,
    pub(super) female: bool,
    /// How many were counted by gender so far: `2 male and` …
    pub(super) by_gender: u32,
    /// Lexeme of `accessible`.
    pub(super) accessible: Option<usize>,
    pub(super) is_attached: bool,
    pub(super) is_optional: bool,
    pub(super) article: bool,
    pub(super) the: bool,
    pub(super) another: bool,
    /// Lexeme of `another`.
    pub(super) another_at: Option<usize>,
    /// Tokens of a word that is not known.
    pub(super) unknown: Option<(usize, usize)>,
    /// First token of any of these.
    pub(super) from: Option<usize>,
}

impl Pending {
    /// Whether anything waits that a noun must take up.
    pub(super) const fn describes(&self) -> bool {
        self.count.is_some()
            || self.area.is_some()
            || self.sides.is_some()
            || self.seats.is_some()
            || self.vague.is_some()
    }

    /// Notes that the description begins at token `first`, if nothing did before.
    pub(super) fn begins(&mut self, first: usize) {
        self.from.get_or_insert(first);
    }

    /// Forgets the small words, which describe a noun that needs no description.
    pub(super) fn take_words(&mut self) {
        self.article = false;
        self.the = false;
        self.another = false;
        self.another_at = None;
    }

    /// What is left without a noun: tokens from and to, and what is wrong.
    pub(super) fn left_over(&self) -> Vec<(usize, usize, &'static str)> {
        let mut left = Vec::new();
        if let Some((_, first, last)) = self.count {
            left.push((first, last, "a number that counts nothing known"));
        }
        if let Some((_, first, last)) = self.area {
            left.push((first, last, "an area of nothing known"));
        }
        if let Some((_, first, last)) = self.sides {
            left.push((first, last, "dimensions of nothing known"));
        }
        if let Some((_, first, last)) = self.seats {
            left.push((first, last, "a number of persons for nothing known"));
        }
        if let (true, Some(first)) = (self.is_optional, self.from) {
            left.push((first, first, "optional, and no room follows"));
        }
        left
    }
}
