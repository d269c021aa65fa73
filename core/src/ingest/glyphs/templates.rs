//! What letters look like: the table that `tools/glyph_templates.py` makes from free fonts.

use std::sync::OnceLock;

use super::raster::{GRID, Ink, blurred, difference};

/// The table; see the tool for its form, the fonts and their licences.
const TABLE: &str = include_str!("templates.txt");

/// A letter of one font. Measures are in heights of an H, above the base line.
#[derive(Debug)]
struct Template {
    letter: char,
    width: f32,
    top: f32,
    bottom: f32,
    ink: Ink,
    /// The ink in four by four fields, to pass over most templates cheaply.
    coarse: [f32; 16],
}

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

fn templates() -> &'static [Template] {
    static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| TABLE.lines().filter_map(template).collect())
}

fn template(line: &str) -> Option<Template> {
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
    Some(Template {
        letter,
        width,
        top,
        bottom,
        coarse: coarse(&ink),
        ink,
    })
}

fn coarse(ink: &Ink) -> [f32; 16] {
    let mut fields = [0.0; 16];
    for (index, cell) in ink.iter().enumerate() {
        let (row, column) = (index / GRID * 4 / GRID, index % GRID * 4 / GRID);
        if let Some(field) = fields.get_mut(row * 4 + column) {
            *field += cell / 9.0;
        }
    }
    fields
}

/// The letters that fit best, each once, the best first.
pub(super) fn fits(sample: &Sample) -> Vec<Fit> {
    let fields = coarse(&sample.ink);
    let mut found: Vec<Fit> = Vec::new();
    for template in templates() {
        // Fonts differ in width, and less in height; a letter that stands elsewhere on the line
        // is another one, as `'` and `,` are.
        let place = 0.5 * (template.top - sample.top).abs()
            + 0.5 * (template.bottom - sample.bottom).abs()
            + 0.25 * (template.width - sample.width).abs();
        if place > WORST {
            continue;
        }
        let (mut apart, mut both) = (0.0, 0.0);
        for (a, b) in template.coarse.iter().zip(&fields) {
            apart += (a - b).abs();
            both += a + b;
        }
        // Averages differ at most as much as what they are averages of.
        if both <= 0.0 || apart / both + place > WORST {
            continue;
        }
        let cost = difference(&template.ink, &sample.ink) + place;
        if cost > WORST {
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
