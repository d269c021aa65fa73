//! What letters look like: the table that `tools/glyph_templates.py` makes from free fonts.

use std::sync::OnceLock;

use super::raster::{GRID, Ink, apart, blurred, total};

/// The table; see the tool for its form, the fonts and their licences.
const TABLE: &str = include_str!("templates.txt");

/// Letters of several fonts, by their position in the table. What is looked at most often lies
/// close together.
#[derive(Debug, Default)]
struct Templates {
    places: Vec<Place>,
    /// The ink in four by four fields, to pass over most templates cheaply.
    coarse: Vec<Coarse>,
    letters: Vec<Letter>,
}

/// Where a letter stands on its line, in heights of an H above the base line.
#[derive(Debug, Clone, Copy)]
struct Place {
    width: f32,
    top: f32,
    bottom: f32,
}

#[derive(Debug)]
struct Letter {
    letter: char,
    total: u32,
    ink: Ink,
}

type Coarse = [u16; 16];

/// A shape to be compared, in the same measures.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) width: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
    pub(super) ink: Ink,
}

/// How well a letter fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    pub(super) letter: char,
    /// 0 for a perfect fit; above [`WORST`] it is another thing.
    pub(super) cost: f32,
}

/// The worst fit that may still be the letter.
pub(super) const WORST: f32 = 0.34;

/// Letters that are kept for a shape.
const KEPT: usize = 10;

fn templates() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let mut templates = Templates::default();
        let mut rows: Vec<_> = TABLE.lines().filter_map(template).collect();
        // Letters of one height follow each other, so that the processor guesses right most times
        // which of them are passed over.
        rows.sort_by(|(a, _), (b, _)| {
            let by_top = a.top.total_cmp(&b.top).then(a.bottom.total_cmp(&b.bottom));
            by_top.then(a.width.total_cmp(&b.width))
        });
        for (place, letter) in rows {
            templates.places.push(place);
            templates.coarse.push(coarse(&letter.ink));
            templates.letters.push(letter);
        }
        templates
    })
}

fn template(line: &str) -> Option<(Place, Letter)> {
    if line.starts_with("//") {
        return None;
    }
    let mut parts = line.split(' ');
    let letter = parts.next()?.chars().next()?;
    let mut measure = || Some(parts.next()?.parse::<f32>().ok()? / 1_000.0);
    let (width, top, bottom) = (measure()?, measure()?, measure()?);
    let digits = parts.next()?;
    let mut cells = [0.0; GRID * GRID];
    for (cell, digit) in cells.iter_mut().zip(digits.chars()) {
        *cell = digit.to_digit(16)? as f32 / 15.0;
    }
    let ink = blurred(&cells);
    let place = Place { width, top, bottom };
    Some((
        place,
        Letter {
            letter,
            total: total(&ink),
            ink,
        },
    ))
}

fn coarse(ink: &Ink) -> Coarse {
    let mut fields = [0; 16];
    for (index, cell) in ink.iter().enumerate() {
        let (row, column) = (index / GRID * 4 / GRID, index % GRID * 4 / GRID);
        if let Some(field) = fields.get_mut(row * 4 + column) {
            *field += u16::from(*cell);
        }
    }
    fields
}

/// The letters that fit best and cost at most `most`, each once, the best first.
pub(super) fn fits(sample: &Sample, most: f32) -> Vec<Fit> {
    let (fields, ink) = (coarse(&sample.ink), total(&sample.ink));
    let table = templates();
    let rows = table.places.iter().zip(&table.coarse).zip(&table.letters);
    let mut found: Vec<Fit> = Vec::new();
    for ((at, coarse), template) in rows {
        // Fonts differ in width, and less in height; a letter that stands elsewhere on the line
        // is another one, as `'` and `,` are.
        let place = 0.5 * (at.top - sample.top).abs()
            + 0.5 * (at.bottom - sample.bottom).abs()
            + 0.25 * (at.width - sample.width).abs();
        if place > most {
            continue;
        }
        let both = (template.total + ink) as f32;
        // Sums differ at most as much as what they are sums of.
        let fields = coarse.iter().zip(&fields);
        let roughly: u32 = fields.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        if both <= 0.0 || roughly as f32 > (most - place) * both {
            continue;
        }
        let cost = apart(&template.ink, &sample.ink) as f32 / both + place;
        if cost > most {
            continue;
        }
        match found.iter_mut().find(|fit| fit.letter == template.letter) {
            Some(known) => known.cost = known.cost.min(cost),
            None => found.push(Fit {
                letter: template.letter,
                cost,
            }),
        }
    }
    found.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.letter.cmp(&b.letter)));
    found.truncate(KEPT);
    found
}
