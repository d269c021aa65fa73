//! What letters look like: the table that `tools/glyph_templates.py` makes from free fonts.

use std::sync::OnceLock;

use super::raster::{GRID, Ink, apart, total};

/// The table of `templates.txt`, ready to be compared: `tools/pack_glyph_templates.py` tells its
/// form, and that file the fonts and their licences.
const PACKED: &[u8] = include_bytes!("templates.bin");

/// Letters of several fonts, by their position in the table. What is looked at most often lies
/// close together.
#[derive(Debug, Default)]
struct Templates {
    /// Of [`TOGETHER`] letters each.
    places: Vec<Places>,
    sums: Vec<Sums>,
    inks: &'static [Ink],
    letters: Vec<char>,
}

/// Templates whose places are told together.
const TOGETHER: usize = 8;

/// Where a letter stands on its line, in heights of an H above the base line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) width: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

/// Those of several letters, measure by measure, as processors take them.
#[derive(Debug, Clone, Copy)]
struct Places {
    width: [f32; TOGETHER],
    top: [f32; TOGETHER],
    bottom: [f32; TOGETHER],
}

/// Fields that ink is summed up in.
const FIELDS: usize = 16;

/// Sums of the ink of a shape, to pass over most templates cheaply.
#[derive(Debug, Clone, Copy)]
struct Sums {
    /// In four by four fields.
    coarse: [u16; FIELDS],
    total: u32,
}

impl Sums {
    fn of(ink: &Ink) -> Sums {
        let mut coarse = [0; 16];
        for (index, cell) in ink.iter().enumerate() {
            let (row, column) = (index / GRID * 4 / GRID, index % GRID * 4 / GRID);
            if let Some(field) = coarse.get_mut(row * 4 + column) {
                *field += u16::from(*cell);
            }
        }
        Sums {
            coarse,
            total: total(ink),
        }
    }

    fn unpacked(bytes: &[u8; 2 * FIELDS]) -> Sums {
        let mut coarse = [0; FIELDS];
        for (field, bytes) in coarse.iter_mut().zip(bytes.as_chunks().0) {
            *field = u16::from_le_bytes(*bytes);
        }
        Sums {
            coarse,
            total: coarse.iter().map(|field| u32::from(*field)).sum(),
        }
    }

    /// At least how much of both inks differs: sums differ at most as much as what they are sums of.
    fn apart(&self, other: &Sums) -> u32 {
        let fields = self.coarse.iter().zip(&other.coarse);
        fields.map(|(a, b)| u32::from(a.abs_diff(*b))).sum()
    }
}

/// The ink of a shape, ready to be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    ink: Ink,
    sums: Sums,
}

impl Shown {
    pub(super) fn new(ink: Ink) -> Shown {
        Shown {
            sums: Sums::of(&ink),
            ink,
        }
    }
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

/// What [`PACKED`] holds of each letter, in bytes: its ink, sums, place and letter.
const PARTS: [usize; 4] = [GRID * GRID, 2 * FIELDS, 6, 4];

fn templates() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| unpacked(PACKED))
}

/// The table as it was packed: one part of all letters after the other.
fn unpacked(packed: &'static [u8]) -> Templates {
    let count = packed.len() / PARTS.iter().sum::<usize>();
    let mut rest = packed;
    let [inks, sums, places, letters] = PARTS.map(|size| {
        let (part, after) = rest.split_at_checked(count * size).unwrap_or_default();
        rest = after;
        part
    });
    let mut templates = Templates {
        places: Vec::with_capacity(count.div_ceil(TOGETHER)),
        inks: inks.as_chunks().0,
        sums: sums.as_chunks().0.iter().map(Sums::unpacked).collect(),
        letters: letters.as_chunks().0.iter().map(unpacked_letter).collect(),
    };
    for group in places.as_chunks::<6>().0.chunks(TOGETHER) {
        // What is not filled stands nowhere.
        let nowhere = [f32::INFINITY; TOGETHER];
        let mut places = Places {
            width: nowhere,
            top: nowhere,
            bottom: nowhere,
        };
        for (at, place) in group.iter().enumerate() {
            places.set(at, Place::unpacked(place));
        }
        templates.places.push(places);
    }
    templates
}

fn unpacked_letter(bytes: &[u8; 4]) -> char {
    char::from_u32(u32::from_le_bytes(*bytes)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

impl Place {
    fn unpacked([w0, w1, t0, t1, b0, b1]: &[u8; 6]) -> Place {
        let height = |low: u8, high: u8| f32::from(i16::from_le_bytes([low, high])) / 1_000.0;
        Place {
            width: height(*w0, *w1),
            top: height(*t0, *t1),
            bottom: height(*b0, *b1),
        }
    }
}

impl Places {
    fn set(&mut self, at: usize, place: Place) {
        let measures = [
            (&mut self.width, place.width),
            (&mut self.top, place.top),
            (&mut self.bottom, place.bottom),
        ];
        for (list, measure) in measures {
            if let Some(slot) = list.get_mut(at) {
                *slot = measure;
            }
        }
    }

    /// How far each is from `place`.
    fn apart(&self, place: &Place) -> [f32; TOGETHER] {
        let mut found = [0.0; TOGETHER];
        let measures = self.top.iter().zip(&self.bottom).zip(&self.width);
        for (slot, ((top, bottom), width)) in found.iter_mut().zip(measures) {
            // Fonts differ in width, and less in height; a letter that stands elsewhere on the
            // line is another one, as `'` and `,` are.
            *slot = 0.5 * (top - place.top).abs()
                + 0.5 * (bottom - place.bottom).abs()
                + 0.25 * (width - place.width).abs();
        }
        found
    }
}

/// The letters that fit best and cost at most `most`, each once, the best first.
pub(super) fn fits(sample: &Shown, place: &Place, most: f32) -> Vec<Fit> {
    let table = templates();
    let mut best = Best {
        found: Vec::with_capacity(KEPT + 1),
        limit: most,
    };
    let mut later: Vec<Waiting> = Vec::with_capacity(64);
    for (places, number) in table.places.iter().zip((0..).step_by(TOGETHER)) {
        let apart_by_place = places.apart(place);
        if apart_by_place.iter().all(|place| *place > best.limit) {
            continue;
        }
        let sums = table.sums.get(number..).unwrap_or_default().iter();
        for ((sums, place), number) in sums.zip(apart_by_place).zip(number..) {
            let both = (sums.total + sample.sums.total) as f32;
            if place > best.limit || both <= 0.0 {
                continue;
            }
            // More than this is too far apart; told without a division, and more than rounding adds.
            let most_apart = (best.limit - place) * both + 2.0;
            let by_total = sums.total.abs_diff(sample.sums.total);
            if by_total as f32 > most_apart {
                continue;
            }
            let by_sums = sums.apart(&sample.sums) as f32;
            if by_sums > most_apart {
                continue;
            }
            let waiting = Waiting {
                number,
                both,
                place,
                // Less by what rounding may add.
                least: place + (by_sums - 1.0) / both,
            };
            // Those that promise most are looked at first, so that few others need be.
            if waiting.least <= PROMISING * most {
                best.look_at(&waiting, table, sample);
            } else if waiting.least <= best.limit {
                later.push(waiting);
            }
        }
    }
    for waiting in &later {
        best.look_at(waiting, table, sample);
    }
    best.found
}

/// Share of the worst cost up to which a letter is looked at first.
const PROMISING: f32 = 0.5;

/// A letter of the table that may fit.
struct Waiting {
    number: usize,
    /// The ink of both.
    both: f32,
    /// What it costs where it stands.
    place: f32,
    /// The least that it costs.
    least: f32,
}

/// The best letters.
struct Best {
    found: Vec<Fit>,
    /// What costs more is not kept: once there are enough letters, what the worst of them costs.
    limit: f32,
}

impl Best {
    fn look_at(&mut self, waiting: &Waiting, table: &Templates, sample: &Shown) {
        if waiting.least > self.limit {
            return;
        }
        let letter = table.letters.get(waiting.number);
        let Some((letter, ink)) = letter.zip(table.inks.get(waiting.number)) else {
            return;
        };
        let cost = apart(ink, &sample.ink) as f32 / waiting.both + waiting.place;
        if cost <= self.limit {
            self.add(*letter, cost);
            if let Some(last) = self.found.get(KEPT - 1) {
                self.limit = last.cost;
            }
        }
    }

    /// Adds a letter, if it is not there with a lower cost.
    fn add(&mut self, letter: char, cost: f32) {
        let found = &mut self.found;
        if let Some(at) = found.iter().position(|fit| fit.letter == letter) {
            if found.get(at).is_some_and(|fit| fit.cost <= cost) {
                return;
            }
            found.remove(at);
        }
        let before = |fit: &Fit| {
            let order = fit.cost.total_cmp(&cost);
            order.then(fit.letter.cmp(&letter)).is_lt()
        };
        let place = found.partition_point(before);
        found.insert(place, Fit { letter, cost });
        found.truncate(KEPT);
    }
}

#[cfg(test)]
mod tests {
    use super::super::raster::blurred_fifteenths;
    use super::*;

    const TEXT: &str = include_str!("templates.txt");

    fn template(line: &str) -> Option<(Place, (char, Ink))> {
        if line.starts_with("//") {
            return None;
        }
        let mut parts = line.split(' ');
        let letter = parts.next()?.chars().next()?;
        let mut measure = || Some(parts.next()?.parse::<f32>().ok()? / 1_000.0);
        let (width, top, bottom) = (measure()?, measure()?, measure()?);
        let digits = parts.next()?;
        let mut cells = [0; GRID * GRID];
        for (cell, digit) in cells.iter_mut().zip(digits.bytes()) {
            *cell = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
        }
        let place = Place { width, top, bottom };
        Some((place, (letter, blurred_fifteenths(&cells))))
    }

    #[test]
    fn what_is_packed_is_what_the_table_says() {
        let mut rows: Vec<_> = TEXT.lines().filter_map(template).collect();
        // Letters of one height follow each other, so that the processor guesses right most times
        // which of them are passed over.
        rows.sort_by(|(a, _), (b, _)| {
            let by_top = a.top.total_cmp(&b.top).then(a.bottom.total_cmp(&b.bottom));
            by_top.then(a.width.total_cmp(&b.width))
        });
        let table = templates();
        assert_eq!(rows.len(), 1_156);
        assert_eq!(table.letters.len(), rows.len());
        assert_eq!(table.inks.len(), rows.len());
        for (number, (place, (letter, ink))) in rows.iter().enumerate() {
            assert_eq!((table.letters[number], table.inks[number]), (*letter, *ink));
            let (sums, known) = (Sums::of(ink), &table.sums[number]);
            assert_eq!((sums.coarse, sums.total), (known.coarse, known.total));
            let places = &table.places[number / TOGETHER];
            let at = number % TOGETHER;
            let known = (places.width[at], places.top[at], places.bottom[at]);
            assert_eq!((place.width, place.top, place.bottom), known);
        }
    }
}
