//! Joining shown strings into words and lines.
//!
//! Producers show a line of text as one string, word by word or glyph by glyph, sometimes twice
//! over for bold type, sometimes in another order than it is read. Pieces that follow each other
//! on the same base line are one run for a reader.

use std::collections::BTreeMap;

use super::text_order;
use crate::error::Result;
use crate::plan::{Point, TextRun};
use crate::watch::Watch;

/// Side of the squares in which pieces are looked up, in points: a few letters.
const CELL_PT: f64 = 16.0;

/// Pieces looked at in one square; more than that overlap and are no text.
const MOST_IN_CELL: usize = 32;

/// Widest gap within a line, in shares of the size: a wider one parts columns.
const LINE_GAP: f64 = 0.9;

/// The same for pieces that were not shown one after the other, where chance neighbours are
/// likelier: a word space and some.
const NEIGHBOUR_GAP: f64 = 0.45;

/// The same for recognised texts, which are known by their shapes alone and in no order.
const RECOGNISED_GAP: f64 = 0.75;

/// Widest gap between two figures of one number: `3 600`. The figures of a scale bar or of a
/// chain of short dimensions are farther apart.
const FIGURE_GAP: f64 = 0.4;

/// Joins pieces that go on each other: first those shown one after the other, then all.
///
/// # Errors
/// [`crate::error::ErrorKind::Cancelled`] when `watch` asks to stop.
pub(super) fn join(pieces: Vec<TextRun>, watch: &dyn Watch) -> Result<Vec<TextRun>> {
    let mut joined: Vec<TextRun> = Vec::new();
    for piece in without_repeated(pieces, watch)? {
        let goes_on = joined
            .last_mut()
            .is_some_and(|run| extend(run, &piece, LINE_GAP));
        if !goes_on {
            joined.push(piece);
        }
    }
    let mut joined = join_neighbours(&joined, watch)?;
    for run in &mut joined {
        let text = run.text.split_whitespace().collect::<Vec<_>>().join(" ");
        run.text = text;
        let at = Point::new(run.x, run.y).rounded();
        (run.x, run.y) = (at.x, at.y);
        run.width_pt = Point::new(run.width_pt, 0.0).rounded().x;
        run.height_pt = Point::new(run.height_pt, 0.0).rounded().x;
        run.angle_deg = Point::new(run.angle_deg, 0.0).rounded().x;
    }
    joined.retain(|run| !run.text.is_empty());
    text_order::to_reading_order(&mut joined);
    Ok(joined)
}

/// Pieces by the square that they begin in.
#[derive(Default)]
struct Cells(BTreeMap<(i64, i64), Vec<usize>>);

impl Cells {
    fn key(point: Point) -> (i64, i64) {
        // Pages are millions of points wide at most, so that the squares fit.
        (
            (point.x / CELL_PT).floor() as i64,
            (point.y / CELL_PT).floor() as i64,
        )
    }

    fn add(&mut self, point: Point, index: usize) {
        let cell = self.0.entry(Cells::key(point)).or_default();
        if cell.len() < MOST_IN_CELL {
            cell.push(index);
        }
    }

    fn around(&self, point: Point) -> impl Iterator<Item = usize> {
        let (x, y) = Cells::key(point);
        (x - 1..=x + 1)
            .flat_map(move |x| (y - 1..=y + 1).map(move |y| (x, y)))
            .filter_map(|key| self.0.get(&key))
            .flatten()
            .copied()
    }
}

/// Pieces between two looks at the watch: some milliseconds, as each has up to 288 neighbours.
const BETWEEN_CHECKS: usize = 1_024;

/// Leaves out what is shown again where it is already: bold type, made by drawing everything
/// twice.
fn without_repeated(pieces: Vec<TextRun>, watch: &dyn Watch) -> Result<Vec<TextRun>> {
    let mut cells = Cells::default();
    let mut kept: Vec<TextRun> = Vec::with_capacity(pieces.len());
    for (index, piece) in pieces.into_iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let at = Point::new(piece.x, piece.y);
        let repeats = cells
            .around(at)
            .filter_map(|index| kept.get(index))
            .any(|known| {
                lies_within(known, at, 0.12 * piece.height_pt)
                    && known.text == piece.text
                    && turned_deg(known, &piece) <= 1.0
            });
        if !repeats {
            cells.add(at, kept.len());
            kept.push(piece);
        }
    }
    Ok(kept)
}

/// Whether a run begins so near to a place.
fn lies_within(run: &TextRun, at: Point, most: f64) -> bool {
    let (dx, dy) = (run.x - at.x, run.y - at.y);
    dx * dx + dy * dy <= most * most
}

/// Joins runs to what begins where they end, whatever the order in which they were shown.
fn join_neighbours(runs: &[TextRun], watch: &dyn Watch) -> Result<Vec<TextRun>> {
    let mut cells = Cells::default();
    for (index, run) in runs.iter().enumerate() {
        cells.add(Point::new(run.x, run.y), index);
    }
    // The nearest follower of each run, and who follows another one.
    let mut next: Vec<Option<usize>> = vec![None; runs.len()];
    let mut follows = vec![false; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let end = end_of(run);
        let follower = cells
            .around(end)
            .filter(|&other| other != index && follows.get(other) == Some(&false))
            .filter_map(|other| {
                // No gap is wider than the type is high, by which types differ a little.
                let piece = runs.get(other)?;
                if !lies_within(piece, end, 1.1 * run.height_pt) {
                    return None;
                }
                gap_between(run, piece, NEIGHBOUR_GAP)?;
                Some((Point::new(piece.x, piece.y).distance(end), other))
            })
            .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        if let Some((_, other)) = follower
            && let (Some(slot), Some(taken)) = (next.get_mut(index), follows.get_mut(other))
        {
            *slot = Some(other);
            *taken = true;
        }
    }
    let mut joined = Vec::with_capacity(runs.len());
    for (index, first) in runs.iter().enumerate() {
        if follows.get(index) == Some(&true) {
            continue;
        }
        let mut run = first.clone();
        let mut at = index;
        while let Some(&Some(other)) = next.get(at) {
            let Some(piece) = runs.get(other) else { break };
            if !extend(&mut run, piece, NEIGHBOUR_GAP) {
                joined.push(run);
                run = piece.clone();
            }
            at = other;
        }
        joined.push(run);
    }
    // A ring of runs that all follow each other has no first one; it goes on as it was.
    let mut reached = vec![false; runs.len()];
    for start in (0..runs.len()).filter(|&index| follows.get(index) == Some(&false)) {
        let mut at = Some(start);
        while let Some(index) = at {
            if let Some(slot) = reached.get_mut(index) {
                *slot = true;
            }
            at = next.get(index).copied().flatten();
        }
    }
    let lost = runs.iter().zip(&reached).filter(|(_, reached)| !**reached);
    joined.extend(lost.map(|(run, _)| run.clone()));
    Ok(joined)
}

fn end_of(run: &TextRun) -> Point {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    Point::new(run.x + run.width_pt * cos, run.y + run.width_pt * sin)
}

fn turned_deg(a: &TextRun, b: &TextRun) -> f64 {
    let turned = (a.angle_deg - b.angle_deg).rem_euclid(360.0);
    turned.min(360.0 - turned)
}

/// How far `piece` begins behind the end of `run`, if it goes on there.
fn gap_between(run: &TextRun, piece: &TextRun, widest: f64) -> Option<f64> {
    let size = run.height_pt.max(piece.height_pt);
    let same_type = (run.height_pt - piece.height_pt).abs() <= 0.05 * size
        && turned_deg(run, piece) <= 1.0
        && run.recognised == piece.recognised;
    if !same_type || size <= 0.0 {
        return None;
    }
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (dx, dy) = (piece.x - run.x, piece.y - run.y);
    let along = dx * cos + dy * sin - run.width_pt;
    let across = (dy * cos - dx * sin).abs();
    let figures = run.text.ends_with(|c: char| c.is_ascii_digit())
        && piece.text.starts_with(|c: char| c.is_ascii_digit());
    let widest = if run.recognised {
        widest.max(RECOGNISED_GAP)
    } else {
        widest
    };
    let widest = if figures {
        widest.min(FIGURE_GAP)
    } else {
        widest
    };
    // A line may be set back a little by kerning.
    let goes_on = across <= 0.2 * size && along >= -0.3 * size && along <= widest * size;
    goes_on.then_some(along)
}

/// Puts `piece` at the end of `run` if it goes on there, and says whether it did.
fn extend(run: &mut TextRun, piece: &TextRun, widest: f64) -> bool {
    let Some(along) = gap_between(run, piece, widest) else {
        return false;
    };
    // A word space is about a quarter of an em in most fonts.
    if along > 0.15 * run.height_pt.max(piece.height_pt) {
        run.text.push(' ');
    }
    run.text.push_str(&piece.text);
    run.width_pt += along + piece.width_pt;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn piece(text: &str, x: f64, y: f64, width_pt: f64) -> TextRun {
        TextRun {
            text: text.to_owned(),
            x,
            y,
            width_pt,
            height_pt: 10.0,
            angle_deg: 0.0,
            recognised: false,
        }
    }

    #[test]
    fn glyphs_become_words_and_words_a_line() {
        let pieces = vec![
            piece("Ki", 0.0, 0.0, 8.0),
            piece("tchen", 8.0, 0.0, 22.0),
            piece("2", 33.0, 0.1, 5.0),
            piece("12 m²", 0.0, 12.0, 20.0),
            piece("far", 60.0, 12.0, 10.0),
        ];
        let runs = join(pieces, &Unwatched).unwrap();
        let texts: Vec<_> = runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["Kitchen 2", "12 m²", "far"]);
        assert!((runs[0].width_pt - 38.0).abs() < 1e-9);
    }

    fn texts(pieces: Vec<TextRun>) -> Vec<String> {
        join(pieces, &Unwatched)
            .unwrap()
            .into_iter()
            .map(|run| run.text)
            .collect()
    }

    #[test]
    fn letters_in_any_order_and_drawn_twice_are_one_word() {
        let found = texts(vec![
            piece("n", 12.0, 0.0, 5.0),
            piece("far", 300.0, 0.0, 7.0),
            piece("D", 0.0, 0.0, 7.0),
            piece("D", 0.3, 0.0, 7.0),
            piece("far", 300.0, 50.0, 7.0),
            piece("e", 7.0, 0.0, 5.0),
            piece("e", 7.3, 0.0, 5.0),
        ]);
        assert_eq!(found, ["far", "Den", "far"]);
    }

    #[test]
    fn figures_of_a_scale_bar_stay_apart() {
        let found = texts(vec![
            piece("0", 0.0, 0.0, 5.0),
            piece("1", 11.0, 0.0, 5.0),
            piece("2 m", 22.0, 0.0, 15.0),
        ]);
        assert_eq!(found, ["0", "1", "2 m"]);
    }
}
