//! Dimension lines: a figure stands on the line, midway between two marks that cross it.
//!
//! The chains of dimensions around a plan run along its walls, as far from each other as the
//! faces of one, so they must be gone before lines are paired.

use std::collections::BTreeMap;

use super::bars::Bar;
use super::pens::Pen;
use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::plan::{Point, Segment, TextRun};
use crate::watch::Watch;

/// Figures, and texts, that are looked at: each costs a search, the latter for each pen. A sheet
/// with more is a table.
const MOST_FIGURES: usize = 3_000;

/// With more lines than this nothing is looked for, to spare the memory.
const MOST_LINES: usize = 500_000;

/// Height of figures, as a share of the size of the type.
const FIGURE_HEIGHT: f64 = 0.72;

/// How far the line lies from the middle of its figure at most, in sizes of the type: figures
/// stand above the line by a fraction of their size (ISO 129-1).
const LINE_WITHIN: f64 = 1.1;

/// Lines at a smaller angle than this (as its sine) are parallel.
const PARALLEL: f64 = 0.03;

/// A mark reaches so far beyond the line on both sides, in points. The sides of a wall end at its
/// face and do not.
const BEYOND_PT: f64 = 0.3;

/// Marks on either side that a length may end at; the nearest but for what crosses by chance.
const MARKS_PER_SIDE: usize = 3;

/// A line that is broken for its figure lies so far from the middle of it at most, and ends so far
/// from either side of it, in sizes of the type.
const BROKEN_WITHIN: f64 = 0.35;
const BROKEN_GAP: f64 = 1.2;

/// One figure makes a line a dimension line if it measures so much of it.
const WHOLE: f64 = 0.7;

/// Takes the dimension lines out of `pens`.
pub(super) fn remove(pens: &mut [Pen], texts: &[TextRun], watch: &dyn Watch) -> Result<()> {
    let is_figure = |run: &&TextRun| is_figure(&run.text) && run.height_pt > 0.0;
    let figures: Vec<&TextRun> = texts.iter().filter(is_figure).take(MOST_FIGURES).collect();
    let lines: Vec<Segment> = pens
        .iter()
        .flat_map(|pen| pen.segments.iter().copied())
        .collect();
    if figures.is_empty() || lines.len() > MOST_LINES {
        return Ok(());
    }
    let cells = Cells::watched(&lines, watch)?;
    // For each line the marks on it, and how many figures measure how much of it.
    let mut marks: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut measured: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
    for figure in figures {
        watch.check()?;
        let middle = middle_of(figure);
        let within = LINE_WITHIN * figure.height_pt;
        for index in broken_for(figure, middle, &lines, &cells)
            .into_iter()
            .flatten()
        {
            let length = lines.get(index).map_or(0.0, |line| line.length());
            let (count, sum) = measured.entry(index).or_default();
            *count += 1;
            *sum += length;
        }
        for index in cells.near(middle, within) {
            let Some(line) = lines.get(index) else {
                continue;
            };
            let Some(at) = stands_on(figure, middle, within, line) else {
                continue;
            };
            let marks = marks
                .entry(index)
                .or_insert_with(|| marks_on(line, &lines, &cells));
            if let Some(length) = midway(at, figure.height_pt, marks) {
                let (count, sum) = measured.entry(index).or_default();
                *count += 1;
                *sum += length;
            }
        }
    }
    let mut index = 0;
    for pen in pens {
        pen.segments.retain(|line| {
            let own = measured.get(&index);
            index += 1;
            own.is_none_or(|(count, length)| *count < 2 && *length < WHOLE * line.length())
        });
    }
    Ok(())
}

/// Two lines with texts between them for at least this share of their length are a row of a table,
/// the box around a label, or two chains of dimensions.
const LETTERED: f64 = 0.08;

/// Leaves out those of `bars` in which texts stand, along them and from face to face at most. A
/// wall may have its kind written in it, but that is short beside the wall.
pub(super) fn without_lettered(bars: &mut Vec<Bar>, texts: &[TextRun]) {
    if texts.is_empty() || bars.is_empty() {
        return;
    }
    let cells = Cells::new(bars.iter().map(Bar::segment));
    let thickest = bars
        .iter()
        .fold(0.0, |most, bar| f64::max(most, bar.thickness));
    let mut lettered = vec![0.0_f64; bars.len()];
    let texts = texts.iter().filter(|run| run.height_pt > 0.0);
    for run in texts.take(MOST_FIGURES) {
        let middle = middle_of(run);
        for index in cells.near(middle, 0.5 * thickest) {
            if let Some((bar, sum)) = bars.get(index).zip(lettered.get_mut(index))
                && FIGURE_HEIGHT * run.height_pt <= bar.thickness
                && let Some(at) = stands_on(
                    run,
                    middle,
                    0.5 * (bar.thickness - FIGURE_HEIGHT * run.height_pt),
                    &bar.segment(),
                )
                && at.min(bar.length() - at) >= 0.4 * run.width_pt
            {
                *sum += run.width_pt;
            }
        }
    }
    let mut lettered = lettered.into_iter();
    bars.retain(|bar| {
        lettered
            .next()
            .is_none_or(|sum| sum < LETTERED * bar.length())
    });
}

/// Whether `text` is nothing but a number: digits, separators, fractions, feet and inches.
fn is_figure(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_digit())
        && text.chars().all(|letter| {
            letter.is_ascii_digit() || " .,'\"/-+±′″’”½¼¾⅛⅜⅝⅞⁰¹²³⁴⁵⁶⁷⁸⁹".contains(letter)
        })
}

/// The middle of the figures of `run`.
fn middle_of(run: &TextRun) -> Point {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (along, up) = (0.5 * run.width_pt, 0.5 * FIGURE_HEIGHT * run.height_pt);
    Point::new(
        run.x + along * cos + up * sin,
        run.y + along * sin - up * cos,
    )
}

/// Where along `line` the figure stands, in points from its start, if it stands on it.
fn stands_on(figure: &TextRun, middle: Point, within: f64, line: &Segment) -> Option<f64> {
    let length = line.length();
    let (sin, cos) = figure.angle_deg.to_radians().sin_cos();
    let (dx, dy) = (
        (line.b.x - line.a.x) / length,
        (line.b.y - line.a.y) / length,
    );
    if length < 0.5 * figure.height_pt || (dx * sin - dy * cos).abs() > PARALLEL {
        return None;
    }
    let (x, y) = (middle.x - line.a.x, middle.y - line.a.y);
    let (along, off) = (x * dx + y * dy, (y * dx - x * dy).abs());
    (off <= within && along > 0.0 && along < length).then_some(along)
}

/// The two pieces of a dimension line that is broken in its middle for `figure`, each with a mark
/// at its far end; none if there are no such pieces.
fn broken_for(
    figure: &TextRun,
    middle: Point,
    lines: &[Segment],
    cells: &Cells,
) -> Option<[usize; 2]> {
    let (sin, cos) = figure.angle_deg.to_radians().sin_cos();
    let (size, half) = (figure.height_pt, 0.5 * figure.width_pt);
    let along = |point: Point| (point.x - middle.x) * cos + (point.y - middle.y) * sin;
    let off = |point: Point| (point.y - middle.y) * cos - (point.x - middle.x) * sin;
    let mut sides: [Option<(f64, f64, usize)>; 2] = [None; 2];
    for index in cells.near(middle, half + BROKEN_GAP * size) {
        let Some(line) = lines.get(index) else {
            continue;
        };
        if off(line.a).abs().max(off(line.b).abs()) > BROKEN_WITHIN * size {
            continue;
        }
        let (one, two) = (along(line.a), along(line.b));
        let (near, far) = if one.abs() < two.abs() {
            (one, two)
        } else {
            (two, one)
        };
        let gap = near.abs() - half;
        let is_beside = near * far > 0.0 && gap <= BROKEN_GAP * size && gap > -BROKEN_WITHIN * size;
        if let Some(side) = sides.get_mut(usize::from(near > 0.0))
            && is_beside
            && side.is_none_or(|(known, ..)| near.abs() < known)
        {
            *side = Some((near.abs(), far.abs(), index));
        }
    }
    let [Some((_, left, one)), Some((_, right, two))] = sides else {
        return None;
    };
    let is_midway = 0.5 * (left - right).abs() <= 0.05 * (left + right) + 0.25 * size;
    let is_marked = [one, two].iter().all(|&index| {
        lines.get(index).is_some_and(|line| {
            let length = line.length();
            let marks = marks_on(line, lines, cells);
            marks.iter().any(|mark| mark.min(length - mark).abs() < 1.0)
        })
    });
    (is_midway && is_marked).then_some([one, two])
}

/// Where lines cross `line`, in points from its start, in order; at its very ends as well.
fn marks_on(line: &Segment, lines: &[Segment], cells: &Cells) -> Vec<f64> {
    let length = line.length();
    let (dx, dy) = (
        (line.b.x - line.a.x) / length,
        (line.b.y - line.a.y) / length,
    );
    let along = |point: Point| (point.x - line.a.x) * dx + (point.y - line.a.y) * dy;
    let off = |point: Point| (point.y - line.a.y) * dx - (point.x - line.a.x) * dy;
    let mut marks: Vec<f64> = cells
        .along(*line, 1.0)
        .into_iter()
        .filter_map(|index| lines.get(index))
        .filter_map(|other| {
            let (one, two) = (off(other.a), off(other.b));
            let crosses = one.min(two) <= -BEYOND_PT && one.max(two) >= BEYOND_PT;
            let at = along(other.a.towards(other.b, one / (one - two)));
            (crosses && at >= -0.5 && at <= length + 0.5).then_some(at)
        })
        .collect();
    marks.sort_by(f64::total_cmp);
    // A tick and its extension line are one mark.
    marks.dedup_by(|one, two| (*one - *two).abs() < 0.3);
    marks
}

/// How much is measured between two marks that the figure of size `size` at `at` is midway of.
fn midway(at: f64, size: f64, marks: &[f64]) -> Option<f64> {
    let split = marks.partition_point(|mark| *mark < at);
    let (left, right) = marks.split_at(split);
    let left = left.iter().rev().take(MARKS_PER_SIDE);
    left.flat_map(|from| {
        right
            .iter()
            .take(MARKS_PER_SIDE)
            .map(move |to| (*from, *to))
    })
    .filter(|(from, to)| {
        let length = to - from;
        length >= 0.5 * size && (0.5 * (from + to) - at).abs() <= 0.05 * length + 0.25 * size
    })
    .map(|(from, to)| to - from)
    .reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Colour;
    use crate::watch::Unwatched;

    fn segment(ends: [f64; 4]) -> Segment {
        let [x0, y0, x1, y1] = ends;
        Segment::new(Point::new(x0, y0), Point::new(x1, y1))
    }

    fn figure(text: &str, middle: f64, base: f64) -> TextRun {
        TextRun {
            text: text.to_owned(),
            x: middle - 6.0,
            y: base,
            width_pt: 12.0,
            height_pt: 5.0,
            angle_deg: 0.0,
            recognised: false,
        }
    }

    fn left(lines: &[[f64; 4]], texts: &[TextRun]) -> Vec<Segment> {
        let mut pens = [Pen {
            colour: Colour::BLACK,
            width: 0.3,
            segments: lines.iter().map(|ends| segment(*ends)).collect(),
            arcs: Vec::new(),
        }];
        remove(&mut pens, texts, &Unwatched).unwrap();
        let [pen] = pens;
        pen.segments
    }

    #[test]
    fn a_chain_with_figures_and_marks_goes() {
        let chain = [0.0, 100.0, 200.0, 100.0];
        let marks = [0.0, 80.0, 200.0].map(|x| [x, 96.0, x, 104.0]);
        let lines = [[chain].as_slice(), &marks].concat();
        let texts = [figure("2000", 40.0, 98.5), figure("3,00", 140.0, 98.5)];
        assert_eq!(left(&lines, &texts).len(), 3);
        // Words, and figures that stand anywhere, measure nothing.
        let words = [figure("Bath", 40.0, 98.5), figure("Hall", 140.0, 98.5)];
        assert_eq!(left(&lines, &words).len(), 4);
        let aside = [figure("2000", 20.0, 98.5), figure("3000", 170.0, 98.5)];
        assert_eq!(left(&lines, &aside).len(), 4);
    }

    #[test]
    fn a_line_that_is_broken_for_its_figure_goes() {
        let pieces = [[0.0, 96.5, 32.0, 96.5], [48.0, 96.5, 80.0, 96.5]];
        let marks = [0.0, 80.0].map(|x| [x, 92.0, x, 101.0]);
        let lines = [pieces.as_slice(), &marks].concat();
        let broken = [figure("2000", 40.0, 98.3)];
        assert_eq!(left(&lines, &broken).len(), 2);
        // Pieces of two lengths, or without marks at their ends, are none of one line.
        assert_eq!(left(&lines, &[figure("2000", 36.0, 98.3)]).len(), 4);
        assert_eq!(left(&pieces, &broken).len(), 2);
        let aside = [[0.0, 96.5, 12.0, 96.5], [28.0, 96.5, 80.0, 96.5]];
        let lines = [aside.as_slice(), &marks].concat();
        assert_eq!(left(&lines, &[figure("2000", 20.0, 98.3)]).len(), 4);
    }

    #[test]
    fn the_box_around_a_label_is_no_wall() {
        let bar = |to: f64| Bar {
            a: Point::new(0.0, 100.0),
            b: Point::new(to, 100.0),
            thickness: 9.0,
            style: crate::plan::WallStyle::Double,
        };
        let mut bars = vec![bar(16.0), bar(400.0)];
        without_lettered(&mut bars, &[figure("Hall", 8.0, 102.0)]);
        assert_eq!(bars, [bar(400.0)]);
        // A text beside it, or across it, is none of its own.
        let mut bars = vec![bar(16.0)];
        let upright = TextRun {
            angle_deg: -90.0,
            ..figure("Hall", 8.0, 102.0)
        };
        without_lettered(&mut bars, &[figure("Hall", 8.0, 96.0), upright]);
        assert_eq!(bars.len(), 1);
    }

    #[test]
    fn the_face_of_a_wall_stays() {
        // Partitions end at the face and do not cross it.
        let face = [0.0, 100.0, 200.0, 100.0];
        let sides = [0.0, 80.0, 200.0].map(|x| [x, 100.0, x, 40.0]);
        let lines = [[face].as_slice(), &sides].concat();
        let texts = [figure("12.5", 40.0, 98.5), figure("18.0", 140.0, 98.5)];
        assert_eq!(left(&lines, &texts).len(), 4);
    }
}
