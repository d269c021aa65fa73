//! Text drawn as curves: letters made out by their shapes.
//!
//! Many programs write letters as outlines or as lines of a pen instead of text. As in any
//! reading of print: small shapes are collected ([`shapes`]), those that stand in a row along
//! some direction are letters of a line ([`mod@rows`]), each letter is compared with those of free
//! fonts by the ink in a grid ([`raster`], [`templates`]), and the row is read as a whole, as a
//! zero among letters is an O ([`reading`]). What is not surely text is left to be line work.

mod choice;
mod grid;
mod raster;
mod reading;
mod rows;
mod shapes;
mod templates;
#[cfg(test)]
mod tests;

use self::choice::{Chosen, choose};
use self::reading::{CAPITAL, Reading, heights, read_row, read_single, worth};
use self::rows::{Glyph, Row, Rows, Turn, rows};
use self::shapes::Shape;
use super::drawing::Drawing;
use crate::error::Result;
use crate::parallel::{in_parallel, threads_for};
use crate::plan::{Point, TextRun};
use crate::watch::Watch;

/// Mean cost of a line that is read; chance rows of line work cost more.
const LINE_COST: f32 = 0.19;

/// The same for lines that consist nearly of bars and dots, which line work has as well.
const PLAIN_LINE_COST: f32 = 0.13;

/// Cost of a single letter that is read.
const SINGLE_COST: f32 = 0.14;

/// Directions beside the level and the upright that are tried: those of the longest lines.
const MOST_SLANTED: usize = 3;

/// Recognised texts, and the subpaths of the drawing that they are made of.
#[derive(Debug, Default)]
pub(super) struct Lettering {
    pub(super) texts: Vec<TextRun>,
    /// Positions among all subpaths of the drawing, in order.
    pub(super) subpaths: Vec<usize>,
}

/// Reads the text that `drawing` draws as curves.
///
/// # Errors
/// [`crate::error::ErrorKind::Cancelled`] when `watch` asks to stop.
pub(super) fn read_lettering(drawing: &Drawing, watch: &dyn Watch) -> Result<Lettering> {
    let shapes = shapes::join_touching(shapes::collect(drawing, watch)?, watch)?;
    let mut lettering = Lettering::default();
    if shapes.is_empty() {
        return Ok(lettering);
    }
    let directions = directions(drawing);
    let groups = shapes::by_paint(shapes);
    let mut kept: Vec<Vec<(f64, Reading)>> = Vec::new();
    for group in &groups {
        kept.push(read_group(group, &directions, watch)?);
    }
    for (kept, group) in kept.iter().zip(&groups) {
        lettering.add(kept, group);
    }
    lettering.subpaths.sort_unstable();
    lettering.subpaths.dedup();
    Ok(lettering)
}

/// The texts among shapes of one paint, with their directions.
fn read_group(
    group: &[Shape],
    directions: &[f64],
    watch: &dyn Watch,
) -> Result<Vec<(f64, Reading)>> {
    if group.len() < FEWEST_LETTERS {
        // No text is sure, and no other is looked for without one.
        return Ok(Vec::new());
    }
    let threads = threads_for(group.len());
    let sizes = sizes(group);
    let count = sizes.len() * directions.len();
    let turned: Vec<(f64, Rows<'_>)> = in_parallel(count, threads, watch, |number| {
        let angle = directions.get(number % directions.len());
        let angle = angle.copied().unwrap_or_default();
        let size = sizes.get(number / directions.len());
        let size = size.copied().unwrap_or(f64::INFINITY);
        Ok((angle, rows(group, Turn::new(angle), size, watch)?))
    })?;
    let all = turned
        .iter()
        .flat_map(|(angle, rows)| rows.iter().map(|row| (*angle, row)));
    let (sure, plain): (Vec<_>, Vec<_>) = all.partition(|(_, row)| row.may_be_sure());
    let mut taken = vec![false; group.len()];
    let Chosen { mut kept, mut rest } = choose(&sure, &mut taken, watch)?;
    let sizes = Sizes::of(&kept);
    let lettered = taken.iter().filter(|taken| **taken).count();
    // A paint that is used for little else than letters is one of letters in any size.
    let of_letters = 2 * lettered >= taken.len();
    if kept.is_empty() && !of_letters {
        return Ok(kept);
    }
    let is_size = |angle: f64, height: f64| of_letters || sizes.has(angle, height);
    // Line work is full of single shapes, pairs and bars; few of them are as tall as a text.
    for (number, (angle, row)) in plain.into_iter().enumerate() {
        if number % 64 == 0 {
            watch.check()?;
        }
        if row.free(&taken) > 0 && heights(row).iter().any(|height| is_size(angle, *height)) {
            watch.check()?;
            let readings = match row.glyphs {
                [_] => read_single(row, SINGLE_COST).into_iter().collect(),
                _ => read_row(row),
            };
            rest.extend(readings.into_iter().map(|reading| (angle, reading)));
        }
    }
    // A bar that is higher than the letters of most texts may be a piece of a wall.
    let highest = BAR_TO_LETTERS * sizes.usual();
    rest.retain(|(angle, reading)| {
        let is_letter =
            reading.telling > 0 || reading.height <= highest || sizes.has(*angle, reading.height);
        may_be_text(reading) && is_letter && is_size(*angle, reading.height)
    });
    kept.extend(take_best(rest, &mut taken));
    Ok(kept)
}

/// How much higher than the letters of most texts an `l` or a `1` that stands alone is at most.
const BAR_TO_LETTERS: f64 = 1.5;

/// How much larger than the usual shape of a paint the largest letter of its texts is.
const LARGE: f64 = 2.5;

/// Up to which sizes of shapes rows are looked for in `group`.
///
/// A piece of a wall in the paint of the letters would be one of their row, as high as it is,
/// and the row no text. Where there are such large shapes, rows without them are looked for too.
fn sizes(group: &[Shape]) -> Vec<f64> {
    let mut sizes: Vec<f64> = group.iter().map(|shape| shape.extent.size()).collect();
    sizes.sort_by(f64::total_cmp);
    let largest = sizes.last().copied().unwrap_or(0.0);
    let usual = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    if largest > LARGE * usual {
        vec![f64::INFINITY, LARGE * usual]
    } else {
        vec![f64::INFINITY]
    }
}

/// Letters of a text that needs no other one beside it to be believed.
const FEWEST_LETTERS: usize = 3;

/// How many of them must have a shape that is found in nothing but letters.
const FEWEST_TELLING: usize = 2;

impl Row<'_> {
    /// Whether a text in this row may be [`is_text`], by the kinds of its shapes alone: a bar
    /// tells nothing, and hatching is made of bars.
    fn may_be_sure(self) -> bool {
        let bent = self.glyphs.iter().filter(|glyph| !self.is_bar(glyph));
        self.glyphs.len() >= FEWEST_LETTERS && bent.take(FEWEST_TELLING).count() == FEWEST_TELLING
    }

    /// How many of its letters have no shape that is `taken` by another text.
    fn free(self, taken: &[bool]) -> usize {
        let is_free = |shape: usize| taken.get(shape) == Some(&false);
        let free = |glyph: &&Glyph| self.shapes(glyph).all(is_free);
        self.glyphs.iter().filter(free).count()
    }
}

/// Whether a reading is surely text.
fn is_text(reading: &Reading) -> bool {
    // Bars and dots are found in line work as well, and two letters are soon found by chance.
    let telling = reading.telling as f64 / reading.letters.max(1) as f64;
    let most = if telling < 0.3 {
        PLAIN_LINE_COST
    } else {
        LINE_COST
    };
    reading.letters >= FEWEST_LETTERS
        && reading.telling >= FEWEST_TELLING
        && reading.cost <= most
        && !is_one_symbol(&reading.text)
}

/// Whether `text` is one letter over and over, as a row of chairs is read: no word is, but a
/// number may be.
fn is_one_symbol(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| !c.is_whitespace());
    let first = letters.next();
    first.is_some_and(char::is_alphabetic) && letters.all(|letter| Some(letter) == first)
}

/// Keeps readings from the best on, as long as their shapes are not those of a better one.
fn take_best(mut found: Vec<(f64, Reading)>, taken: &mut [bool]) -> Vec<(f64, Reading)> {
    found.sort_by(|a, b| {
        worth(&b.1)
            .total_cmp(&worth(&a.1))
            .then_with(|| a.1.shapes.cmp(&b.1.shapes))
            .then(a.0.abs().total_cmp(&b.0.abs()))
    });
    found.retain(|(_, reading)| take(reading, taken));
    found
}

/// Takes the shapes of `reading`, if they are all free.
fn take(reading: &Reading, taken: &mut [bool]) -> bool {
    let is_free = |shape: &usize| taken.get(*shape) == Some(&false);
    let free = reading.shapes.iter().all(is_free);
    if free {
        for &shape in &reading.shapes {
            if let Some(slot) = taken.get_mut(shape) {
                *slot = true;
            }
        }
    }
    free
}

/// Whether a reading that looks like others which are text may be text: it is well read, though it is short or has
/// nothing but bars and rings, as `1:100` has.
fn may_be_text(reading: &Reading) -> bool {
    let most = if reading.letters == 1 {
        SINGLE_COST
    } else {
        PLAIN_LINE_COST
    };
    reading.cost <= most
}

/// The sizes of the texts of one paint, by direction.
struct Sizes(Vec<(f64, f64)>);

impl Sizes {
    fn of(kept: &[(f64, Reading)]) -> Sizes {
        let mut sizes: Vec<(f64, f64)> = kept
            .iter()
            .map(|(angle, reading)| (*angle, reading.height))
            .collect();
        sizes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        sizes.dedup_by(|a, b| a.0 == b.0 && (a.1 / b.1 - 1.0).abs() < 0.02);
        Sizes(sizes)
    }

    /// The size that half of them do not pass.
    fn usual(&self) -> f64 {
        let mut heights: Vec<f64> = self.0.iter().map(|(_, height)| *height).collect();
        heights.sort_by(f64::total_cmp);
        heights.get(heights.len() / 2).copied().unwrap_or(0.0)
    }

    fn has(&self, angle: f64, height: f64) -> bool {
        self.0
            .iter()
            .any(|(known, size)| *known == angle && (height / size - 1.0).abs() < 0.08)
    }
}

/// Directions that text may run in: level, up and down the page, and along the longest lines.
fn directions(drawing: &Drawing) -> Vec<f64> {
    let mut directions = vec![0.0, -90.0, 90.0];
    // Length of lines by whole degrees, and their sum of angles for the exact direction.
    let mut lengths = vec![(0.0_f64, 0.0_f64); 180];
    let mut total = 0.0;
    for path in drawing.paths() {
        for subpath in path.subpaths().filter(|subpath| !subpath.curved) {
            for piece in subpath.segments() {
                let length = piece.length();
                if length >= 20.0 {
                    let degrees = piece.direction().to_degrees();
                    total += length;
                    if let Some((sum, angles)) = lengths.get_mut(degrees.round() as usize % 180) {
                        *sum += length;
                        // 179.6 and 0.2 share a field.
                        let near = if degrees > 179.0 {
                            degrees - 180.0
                        } else {
                            degrees
                        };
                        *angles += length * near;
                    }
                }
            }
        }
    }
    let mut slanted: Vec<(f64, f64)> = lengths
        .iter()
        .filter(|(length, _)| *length > 0.03 * total)
        .map(|(length, angles)| (*length, angles / length))
        .filter(|(_, angle)| {
            let off = angle.rem_euclid(90.0);
            off.min(90.0 - off) > 0.3
        })
        .collect();
    slanted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.total_cmp(&b.1)));
    for (_, angle) in slanted.into_iter().take(MOST_SLANTED) {
        // Text is written to be read from the foot or from the right side.
        let upright = if angle > 90.0 { angle - 180.0 } else { angle };
        directions.push((upright * 100.0).round() / 100.0);
    }
    directions
}

impl Lettering {
    fn add(&mut self, kept: &[(f64, Reading)], shapes: &[Shape]) {
        let mut ordered: Vec<&(f64, Reading)> = kept.iter().collect();
        ordered.sort_by(|a, b| {
            a.0.total_cmp(&b.0)
                .then(a.1.base.total_cmp(&b.1.base))
                .then(a.1.from.total_cmp(&b.1.from))
        });
        for (angle, reading) in ordered {
            let start = Turn::new(*angle).back(Point::new(reading.from, reading.base));
            self.texts.push(TextRun {
                text: reading.text.clone(),
                x: start.x,
                y: start.y,
                width_pt: reading.to - reading.from,
                height_pt: reading.height / CAPITAL,
                angle_deg: *angle,
                recognised: true,
            });
            for shape in reading.shapes.iter().filter_map(|&index| shapes.get(index)) {
                self.subpaths.extend(&shape.subpaths);
            }
        }
    }
}
