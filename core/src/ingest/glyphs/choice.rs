//! Which of many rows that cross each other are texts: the best first.
//!
//! A column of letters in a block of text is a row as well, and there are as many of these as of
//! lines. To read a row takes long, so that those are read first which may say most, and those
//! are not read at all of which nothing could be kept. What is kept is the same as if all had
//! been read before.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::reading::{Reading, most_worth, read_row, worth};
use super::rows::Row;
use super::{FEWEST_LETTERS, is_text, take};
use crate::error::Result;
use crate::watch::Watch;

/// What was made of rows.
pub(super) struct Chosen {
    /// Texts whose shapes no better text has, with their directions, the best first.
    pub(super) kept: Vec<(f64, Reading)>,
    /// What may be texts if others look like them, in the order of the rows.
    pub(super) rest: Vec<(f64, Reading)>,
}

/// Reads rows, given with their directions, from the best on, as long as their shapes are not
/// those of a better one, and marks shapes as `taken`.
pub(super) fn choose(
    rows: &[(f64, Row<'_>)],
    taken: &mut [bool],
    watch: &dyn Watch,
) -> Result<Chosen> {
    let mut waiting: BinaryHeap<Waiting> = rows
        .iter()
        .enumerate()
        .map(|(number, (_, row))| Waiting {
            letters: row.glyphs.len(),
            number: Reverse(number),
        })
        .collect();
    let mut found: BinaryHeap<Found> = BinaryHeap::new();
    let mut kept = Vec::new();
    let (mut rest, mut late) = (Vec::new(), Vec::new());
    for step in 0_usize.. {
        if step % 64 == 0 {
            watch.check()?;
        }
        // A row that may come to as much as the best reading is read before that is kept.
        let next = waiting.peek().filter(|next| {
            let best = found.peek().map(|best| best.worth);
            best.is_none_or(|best| most_worth(next.letters) >= best)
        });
        if next.is_none() {
            match found.pop() {
                Some(best) if take(&best.reading, taken) => kept.push((best.angle, best.reading)),
                Some(_) => {}
                None => break,
            }
            continue;
        }
        let Some((mut next, &(angle, row))) = waiting
            .pop()
            .and_then(|next| Some((next, rows.get(next.number.0)?)))
        else {
            break;
        };
        let free = row.free(taken);
        if free < FEWEST_LETTERS {
            late.push(next.number.0);
        } else if free < next.letters {
            // It may come to less than was thought.
            next.letters = free;
            waiting.push(next);
        } else {
            watch.check()?;
            for (place, reading) in read_row(row).into_iter().enumerate() {
                let order = (next.number.0, place);
                if is_text(&reading) {
                    found.push(Found {
                        worth: worth(&reading),
                        angle,
                        order,
                        reading,
                    });
                } else {
                    rest.push((order, (angle, reading)));
                }
            }
        }
    }
    // Of these no text can be kept, but perhaps a letter.
    for number in late {
        if let Some(&(angle, row)) = rows.get(number).filter(|(_, row)| row.free(taken) > 0) {
            watch.check()?;
            let readings = read_row(row).into_iter().enumerate();
            let readings = readings.filter(|(_, reading)| !is_text(reading));
            rest.extend(readings.map(|(place, reading)| ((number, place), (angle, reading))));
        }
    }
    rest.sort_by_key(|(order, _)| *order);
    let rest = rest.into_iter().map(|(_, reading)| reading).collect();
    Ok(Chosen { kept, rest })
}

/// A row that may be read: those of the most letters first, and then the first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    /// How many letters a text in it may have at most.
    letters: usize,
    number: Reverse<usize>,
}

/// A text that was read and is not yet kept.
struct Found {
    worth: f32,
    angle: f64,
    /// The place of its row, and that in the row.
    order: (usize, usize),
    reading: Reading,
}

impl Ord for Found {
    /// The greater is kept before the other.
    fn cmp(&self, other: &Found) -> Ordering {
        self.worth
            .total_cmp(&other.worth)
            .then_with(|| other.reading.shapes.cmp(&self.reading.shapes))
            .then(other.angle.abs().total_cmp(&self.angle.abs()))
            .then(other.order.cmp(&self.order))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Found) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Found) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Found {}
