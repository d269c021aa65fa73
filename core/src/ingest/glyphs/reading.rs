//! What a row of shapes says, if it is text at all.

use super::raster::ink;
use super::rows::{Glyph, Row};
use super::shapes::Contour;
use super::templates::{Fit, Place, Shown, WORST, fits};

/// Width of the pen that lines are drawn with to be compared, in heights of an H; that of the
/// table.
const PEN: f64 = 0.12;

/// Height of small letters without strokes up or down, in heights of an H, in most fonts.
const SMALL_LETTER: f64 = 0.73;

/// Height of an H in sizes of the type, in most fonts.
pub(super) const CAPITAL: f64 = 0.72;

/// Gaps that are wider part words, in heights of an H.
const WORD_GAP: f64 = 0.32;

/// A text that was made out.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) text: String,
    /// In the frame of the row: where the first letter begins, the last ends, and the base line.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) base: f64,
    /// Height of an H.
    pub(super) height: f64,
    /// Mean cost of its letters.
    pub(super) cost: f32,
    /// Positions in the list of shapes.
    pub(super) shapes: Vec<usize>,
    pub(super) letters: usize,
    /// Letters whose shape is found in nothing but letters.
    pub(super) telling: usize,
}

/// The texts in a row: stretches of letters that are not parted by something else.
pub(super) fn read_row(row: Row<'_>) -> Vec<Reading> {
    let glyphs: Vec<&Glyph> = without_outsized(row.glyphs);
    let mut drawn: Vec<Outlined> = glyphs
        .iter()
        .map(|glyph| Outlined::new(row, glyph))
        .collect();
    let mut best: Option<(f32, Vec<Reading>)> = None;
    for (height, base) in measures(&glyphs) {
        let least = best
            .as_ref()
            .map_or(f64::NEG_INFINITY, |(most, _)| f64::from(*most));
        let Some(costs) = costs(&glyphs, &mut drawn, (height, base), least) else {
            continue;
        };
        let readings = stretches(row, &glyphs, &costs, (height, base));
        let worth: f32 = readings.iter().map(worth).sum();
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, readings));
        }
    }
    best.map(|(_, readings)| readings).unwrap_or_default()
}

/// What a letter is drawn of.
struct Outlined {
    contours: Vec<Contour>,
    /// Its ink if it is the same for every height: outlines need no pen.
    known: Option<Shown>,
}

impl Outlined {
    fn new(row: Row<'_>, glyph: &Glyph) -> Outlined {
        Outlined {
            contours: row.contours(glyph),
            known: None,
        }
    }

    fn shown(&mut self, glyph: &Glyph, height: f64) -> Shown {
        if let Some(known) = self.known {
            return known;
        }
        let shown = Shown::new(ink(&self.contours, glyph.extent, PEN * height));
        if self.contours.iter().all(|one| one.is_outline) {
            self.known = Some(shown);
        }
        shown
    }
}

/// More than rounding can add to the worth of a row.
const ROUNDING: f64 = 1e-3;

/// What each letter may be if an H is `height` tall and stands on `base`; `None` as soon as it is
/// clear that the row is not worth more than `least` then.
fn costs(
    glyphs: &[&Glyph],
    drawn: &mut [Outlined],
    (height, base): (f64, f64),
    least: f64,
) -> Option<Vec<Vec<Fit>>> {
    // A row is worth the most if each letter is the one that fits best.
    let mut most = f64::from(WORST) * glyphs.len() as f64 + ROUNDING;
    let mut costs = Vec::with_capacity(glyphs.len());
    for (glyph, drawn) in glyphs.iter().zip(drawn) {
        if most <= least {
            return None;
        }
        let shown = drawn.shown(glyph, height);
        let fits = fits(&shown, &place(glyph, height, base), WORST);
        most -= f64::from(fits.first().map_or(WORST, |fit| fit.cost));
        costs.push(fits);
    }
    (most > least).then_some(costs)
}

/// How much a reading explains: many letters, well.
pub(super) fn worth(reading: &Reading) -> f32 {
    (WORST - reading.cost).max(0.0) * reading.letters as f32
}

/// The most that a reading of so many letters is worth.
pub(super) fn most_worth(letters: usize) -> f32 {
    WORST * letters as f32
}

/// The heights of an H that [`read_row`] or [`read_single`] may find for the row.
pub(super) fn heights(row: Row<'_>) -> Vec<f64> {
    match row.glyphs {
        [glyph] => vec![glyph.extent.height()],
        glyphs => {
            let measures = measures(&without_outsized(glyphs));
            measures.iter().map(|(height, _)| *height).collect()
        }
    }
}

/// A single letter that is as tall as the capitals of texts around: a grid line, a figure. It
/// costs at most `most`.
pub(super) fn read_single(row: Row<'_>, most: f32) -> Option<Reading> {
    let [glyph] = row.glyphs else {
        return None;
    };
    let (height, base) = (glyph.extent.height(), glyph.extent.v1);
    let shown = Outlined::new(row, glyph).shown(glyph, height);
    let fit = fits(&shown, &place(glyph, height, base), most)
        .into_iter()
        .find(|fit| fit.letter.is_ascii_digit() || fit.letter.is_uppercase())?;
    Some(Reading {
        text: fit.letter.to_string(),
        from: glyph.extent.u0,
        to: glyph.extent.u1,
        base,
        height,
        cost: fit.cost,
        shapes: row.shapes(glyph).collect(),
        letters: 1,
        telling: usize::from(tells(fit.letter)),
    })
}

/// Leaves out what is much taller than the rest: a piece of furniture beside the text.
fn without_outsized(glyphs: &[Glyph]) -> Vec<&Glyph> {
    let mut heights: Vec<f64> = glyphs.iter().map(|glyph| glyph.extent.height()).collect();
    heights.sort_by(f64::total_cmp);
    let usual = heights.get(heights.len() * 2 / 3).copied().unwrap_or(0.0);
    glyphs
        .iter()
        .filter(|glyph| glyph.extent.height() <= 2.0 * usual)
        .collect()
}

/// Heights of an H and base lines that the row may have.
fn measures(glyphs: &[&Glyph]) -> Vec<(f64, f64)> {
    let tallest = glyphs
        .iter()
        .map(|glyph| glyph.extent.height())
        .fold(0.0, f64::max);
    if tallest <= 0.0 {
        return Vec::new();
    }
    let letters: Vec<&&Glyph> = glyphs
        .iter()
        .filter(|glyph| glyph.extent.height() >= 0.5 * tallest)
        .collect();
    // Most letters stand on the base line.
    let on_line = |base: f64| {
        letters
            .iter()
            .filter(|glyph| (glyph.extent.v1 - base).abs() <= 0.06 * tallest)
            .count()
    };
    let mut bases: Vec<(usize, f64)> = letters
        .iter()
        .map(|glyph| (on_line(glyph.extent.v1), glyph.extent.v1))
        .collect();
    bases.sort_by(|a, b| b.0.cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let Some(&(_, base)) = bases.first() else {
        return Vec::new();
    };
    let standing = letters
        .iter()
        .filter(|glyph| (glyph.extent.v1 - base).abs() <= 0.06 * tallest);
    let mut heights: Vec<f64> = standing.map(|glyph| base - glyph.extent.v0).collect();
    heights.sort_by(f64::total_cmp);
    let (Some(&low), Some(&high)) = (heights.first(), heights.last()) else {
        return Vec::new();
    };
    // The tallest is a capital, or an ascender, or in a row like `mm` a small letter; beside an
    // accented capital the next one counts.
    let middle = heights.get(heights.len() / 2).copied().unwrap_or(high);
    let mut measures = vec![(high, base), (high / 1.04, base)];
    for height in [high / SMALL_LETTER, middle, low] {
        if measures
            .iter()
            .all(|(known, _)| (known / height - 1.0).abs() > 0.03)
        {
            measures.push((height, base));
        }
    }
    measures
}

/// Where a letter stands on its line.
fn place(glyph: &Glyph, height: f64, base: f64) -> Place {
    let extent = glyph.extent;
    Place {
        width: (extent.width() / height) as f32,
        top: ((base - extent.v0) / height) as f32,
        bottom: ((base - extent.v1) / height) as f32,
    }
}

/// Parts the row at what is no letter, and reads what is between.
fn stretches(
    row: Row<'_>,
    glyphs: &[&Glyph],
    costs: &[Vec<Fit>],
    measure: (f64, f64),
) -> Vec<Reading> {
    let mut found = Vec::new();
    let mut start = 0;
    while start < glyphs.len() {
        let known = |index: &usize| costs.get(*index).is_some_and(|fits| !fits.is_empty());
        let length = (start..glyphs.len()).take_while(known).count();
        if length > 0
            && let (Some(glyphs), Some(costs)) = (
                glyphs.get(start..start + length),
                costs.get(start..start + length),
            )
        {
            found.extend(reading(row, glyphs, costs, measure));
        }
        start += length + 1;
    }
    found
}

fn reading(
    row: Row<'_>,
    glyphs: &[&Glyph],
    costs: &[Vec<Fit>],
    (height, base): (f64, f64),
) -> Vec<Reading> {
    let widest = widest_gap(glyphs, height);
    let letters = likeliest(costs, &word_starts(glyphs, widest * height));
    let mut found: Vec<Reading> = Vec::new();
    let mut before: Option<(char, &Glyph)> = None;
    for (fit, glyph) in letters.iter().zip(glyphs) {
        let break_before = before.map_or(Break::Column, |(letter, last)| {
            break_between((letter, last), (fit.letter, glyph), height, widest)
        });
        before = Some((fit.letter, glyph));
        if break_before == Break::Column {
            found.push(Reading::empty(glyph.extent.u0, base, height));
        }
        if let Some(reading) = found.last_mut() {
            if break_before == Break::Word {
                reading.text.push(' ');
            }
            reading.add(*fit, glyph.extent.u1, row.shapes(glyph));
        }
    }
    for reading in &mut found {
        reading.cost /= reading.letters.max(1) as f32;
        // Two single marks are the mark of inches.
        reading.text = reading.text.replace("''", "\"");
    }
    found
}

impl Reading {
    fn empty(from: f64, base: f64, height: f64) -> Reading {
        Reading {
            text: String::new(),
            from,
            to: from,
            base,
            height,
            cost: 0.0,
            shapes: Vec::new(),
            letters: 0,
            telling: 0,
        }
    }

    /// Adds a letter; the cost is a sum until the reading is done.
    fn add(&mut self, fit: Fit, to: f64, shapes: impl Iterator<Item = usize>) {
        self.text.push(fit.letter);
        self.to = to;
        self.cost += fit.cost;
        self.shapes.extend(shapes);
        self.letters += 1;
        self.telling += usize::from(tells(fit.letter) && fit.cost <= 0.2);
    }
}

/// What parts two letters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Break {
    Nothing,
    Word,
    Column,
}

/// What parts two neighbours that are known by now.
///
/// Figures are all of one width, so that a narrow `1` has wide gaps; it is the distance of their
/// middles that counts, about 0.8 heights. Figures that are farther apart than a space of
/// thousands are figures of a scale bar.
fn break_between(a: (char, &Glyph), b: (char, &Glyph), height: f64, widest: f64) -> Break {
    let gap = (b.1.extent.u0 - a.1.extent.u1) / height;
    let middle = |glyph: &Glyph| (glyph.extent.u0 + glyph.extent.u1) / 2.0;
    let apart = (middle(b.1) - middle(a.1)) / height;
    let is_digit = |letter: char| letter.is_ascii_digit();
    let is_sign = |letter: char| matches!(letter, ':' | '/' | '.' | ',' | '-' | '\'' | '"' | '=');
    match (a.0, b.0) {
        (a, b) if is_digit(a) && is_digit(b) => match apart {
            apart if apart > 1.75 => Break::Column,
            apart if apart > 0.76 + widest => Break::Word,
            _ => Break::Nothing,
        },
        (a, b) if (is_digit(a) && is_sign(b)) || (is_sign(a) && is_digit(b)) => {
            if gap > 0.23 + widest {
                Break::Word
            } else {
                Break::Nothing
            }
        }
        _ if gap > widest => Break::Word,
        _ => Break::Nothing,
    }
}

/// Widest gap within a word, in heights of an H: wide-set type has wide gaps everywhere.
fn widest_gap(glyphs: &[&Glyph], height: f64) -> f64 {
    let mut gaps: Vec<f64> = glyphs
        .windows(2)
        .map(|pair| match pair {
            [a, b] => (b.extent.u0 - a.extent.u1) / height,
            _ => 0.0,
        })
        .collect();
    gaps.sort_by(f64::total_cmp);
    let usual = gaps.get(gaps.len() / 3).copied().unwrap_or(0.0);
    // A row of two letters has one gap, which says nothing about the others.
    (usual + 0.22).clamp(WORD_GAP, 0.6)
}

/// Whether each letter may begin a word, as far as the gap before it tells.
fn word_starts(glyphs: &[&Glyph], widest: f64) -> Vec<bool> {
    let gaps = glyphs.windows(2).map(|pair| match pair {
        [a, b] => b.extent.u0 - a.extent.u1,
        _ => 0.0,
    });
    std::iter::once(false)
        .chain(gaps.map(|gap| gap > widest))
        .collect()
}

/// Whether a letter's shape is hardly found in line work: a bar or a dot is.
fn tells(letter: char) -> bool {
    letter.is_alphanumeric()
        && !matches!(
            letter,
            'l' | 'I' | '1' | 'i' | 'o' | 'O' | '0' | 'D' | 'L' | 'T'
        )
}

/// Kinds of letters that seldom follow each other within a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Digit,
    Upper,
    Lower,
    Sign,
}

fn class(letter: char) -> Class {
    if letter.is_ascii_digit() {
        Class::Digit
    } else if letter.is_uppercase() {
        Class::Upper
    } else if letter.is_lowercase() {
        Class::Lower
    } else {
        Class::Sign
    }
}

/// What it costs that `to` follows `from` in a word: `O` among figures is a zero, `l` among
/// capitals an `I`.
fn change(from: Class, to: Class) -> f32 {
    match (from, to) {
        (Class::Digit, Class::Upper | Class::Lower)
        | (Class::Upper | Class::Lower, Class::Digit) => 0.08,
        (Class::Lower, Class::Upper) => 0.1,
        (Class::Upper, Class::Lower) => 0.02,
        _ => 0.0,
    }
}

/// The letters that together cost least (Viterbi's algorithm over the fits of each shape).
fn likeliest(costs: &[Vec<Fit>], spaces: &[bool]) -> Vec<Fit> {
    let mut steps: Vec<Vec<(f32, usize)>> = Vec::with_capacity(costs.len());
    for (index, fits) in costs.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| costs.get(before));
        let parted = spaces.get(index).copied().unwrap_or(false);
        let step = fits
            .iter()
            .map(|fit| {
                let Some((before, sums)) = before.zip(steps.last()) else {
                    return (fit.cost, 0);
                };
                before
                    .iter()
                    .zip(sums)
                    .enumerate()
                    .map(|(at, (previous, (sum, _)))| {
                        let turn = if parted {
                            0.0
                        } else {
                            change(class(previous.letter), class(fit.letter))
                        };
                        (sum + turn + fit.cost, at)
                    })
                    .min_by(|a, b| a.0.total_cmp(&b.0))
                    .unwrap_or((fit.cost, 0))
            })
            .collect();
        steps.push(step);
    }
    let mut at = steps
        .last()
        .and_then(|step| {
            step.iter()
                .enumerate()
                .min_by(|a, b| a.1.0.total_cmp(&b.1.0))
                .map(|(at, _)| at)
        })
        .unwrap_or(0);
    let mut letters: Vec<Fit> = Vec::with_capacity(costs.len());
    for (fits, step) in costs.iter().zip(&steps).rev() {
        if let (Some(fit), Some((_, before))) = (fits.get(at), step.get(at)) {
            letters.push(*fit);
            at = *before;
        }
    }
    letters.reverse();
    letters
}
