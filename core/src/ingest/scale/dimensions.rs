//! Dimension figures against the lengths that they measure on the page.

use super::consensus::Vote;
use super::figures::{Length, lengths};
use super::frame::{Frame, Line, Mark};
use crate::error::Result;
use crate::ingest::drawing::Drawing;
use crate::plan::{Point, TextRun};
use crate::watch::Watch;

/// Directions of figures that are looked along; a drawing has two, seldom four.
const MOST_DIRECTIONS: usize = 8;

/// Figures that vote. More say nothing new, and each costs a search.
const MOST_FIGURES: usize = 1_500;

/// How far the dimension line may be from the middle of its figure, in sizes of the text: above
/// the line, below it, or in a gap of it.
const LINE_WITHIN: f64 = 2.0;

/// How far the marks are looked for on either side, in points: half the longest paper.
const REACH_PT: f64 = 1_700.0;

/// Marks on either side that a length may end at; the nearest is nearly always right, a wall or
/// a grid line between is the exception.
const MARKS_PER_SIDE: usize = 4;

/// Plans are drawn in this range; outside of it a reading is doubtful.
const LIKELY_RATIOS: std::ops::RangeInclusive<f64> = 40.0..=520.0;

/// Details, and site plans: as drawn now and then, half as likely as another unit.
const POSSIBLE_RATIOS: std::ops::RangeInclusive<f64> = 18.0..=1_250.0;

/// Ratios beyond these are no drawings of buildings.
const RATIOS: std::ops::RangeInclusive<f64> = 4.0..=5_000.0;

/// Millimetres of paper in a point.
pub(super) const PAPER_MM: f64 = 25.4 / 72.0;

/// A figure, and where its middle is.
#[derive(Debug, Clone)]
pub(super) struct Figure<'a> {
    pub(super) run: &'a TextRun,
    pub(super) lengths: Vec<Length>,
}

/// The middle of a run: half its width along the base line, half the height of figures above it.
pub(super) fn middle_of(run: &TextRun) -> Point {
    let (sin, cos) = run.angle_deg.to_radians().sin_cos();
    let (along, up) = (run.width_pt / 2.0, 0.36 * run.height_pt);
    Point::new(
        run.x + along * cos + up * sin,
        run.y + along * sin - up * cos,
    )
}

/// The frames of a drawing, one for each direction of the texts asked for.
pub(super) struct Frames {
    frames: Vec<(f64, Frame)>,
}

impl Frames {
    /// Frames along the commonest directions of `runs`.
    pub(super) fn new(drawing: &Drawing, runs: &[&TextRun], watch: &dyn Watch) -> Result<Frames> {
        let mut directions: Vec<(f64, usize, f64)> = Vec::new();
        for run in runs {
            let known = directions
                .iter_mut()
                .find(|(angle, ..)| apart(*angle, run.angle_deg) <= 0.5);
            if let Some((_, count, size)) = known {
                *count += 1;
                *size = size.max(run.height_pt);
            } else if directions.len() < 64 {
                directions.push((run.angle_deg, 1, run.height_pt));
            }
        }
        directions.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.total_cmp(&b.0)));
        directions.truncate(MOST_DIRECTIONS);
        let mut frames = Vec::new();
        for (angle, _, size) in directions {
            frames.push((angle, Frame::new(drawing, angle, size, watch)?));
        }
        Ok(Frames { frames })
    }

    /// The frame along `run`.
    pub(super) fn along(&self, run: &TextRun) -> Option<&Frame> {
        self.frames
            .iter()
            .find(|(angle, _)| apart(*angle, run.angle_deg) <= 0.5)
            .map(|(_, frame)| frame)
    }
}

/// Degrees between two directions.
fn apart(a: f64, b: f64) -> f64 {
    let turn = (a - b).rem_euclid(360.0);
    turn.min(360.0 - turn)
}

/// The texts that may be dimensions.
pub(super) fn figures(texts: &[TextRun]) -> Vec<Figure<'_>> {
    texts
        .iter()
        .filter_map(|run| {
            let lengths = lengths(&run.text);
            (!lengths.is_empty()).then_some(Figure { run, lengths })
        })
        .take(MOST_FIGURES)
        .collect()
}

/// What the figures say about the ratio.
pub(super) fn votes(
    figures: &[Figure<'_>],
    frames: &Frames,
    watch: &dyn Watch,
) -> Result<Vec<Vote>> {
    let mut votes = Vec::new();
    for (index, figure) in figures.iter().enumerate() {
        watch.check()?;
        if let Some(frame) = frames.along(figure.run) {
            figure_votes(index, figure, frame, &mut votes);
        }
    }
    Ok(votes)
}

fn figure_votes(index: usize, figure: &Figure<'_>, frame: &Frame, votes: &mut Vec<Vote>) {
    let size = figure.run.height_pt;
    let middle = frame.spot(middle_of(figure.run));
    let half = figure.run.width_pt / 2.0;
    let gap = (middle.u - half, middle.u + half);
    let within = LINE_WITHIN * size;
    let mut lines = frame.lines_between(middle.v - within, middle.v + within, gap);
    lines.retain(|line| line.from <= middle.u + half && line.to >= middle.u - half);
    lines.retain(without_box(&lines, middle.v, (figure.run.width_pt, size)));
    lines.sort_by(|a, b| (a.v - middle.v).abs().total_cmp(&(b.v - middle.v).abs()));
    // Above the line is where figures stand, by ISO 129-1; in a gap of it is the other custom.
    for (rank, line) in lines.iter().take(4).enumerate() {
        let by_line = 0.75_f64.powi(i32::try_from(rank).unwrap_or(8));
        line_votes(index, figure, frame, *line, by_line, votes);
    }
}

/// The sides of a box around a figure begin and end together but for this share of its size...
const BOX_TOGETHER: f64 = 0.1;

/// ...are at most so many sizes apart...
const BOX_HIGH: f64 = 2.6;

/// ...and so many longer than the text.
const BOX_LONGER: f64 = 3.0;

/// Which of `lines` are no sides of a box around the figure at `middle`, whose text is so wide and
/// high: a number in a box is that of a room or of a door, and the box measures nothing.
fn without_box(
    lines: &[Line],
    middle: f64,
    (width, size): (f64, f64),
) -> impl FnMut(&Line) -> bool + use<> {
    let together = |one: &Line, two: &Line| {
        (one.from - two.from).abs().max((one.to - two.to).abs()) <= BOX_TOGETHER * size
    };
    let is_side = |line: &Line| {
        let is_short = line.to - line.from <= width + BOX_LONGER * size;
        is_short
            && lines.iter().any(|other| {
                (line.v < middle) != (other.v < middle)
                    && (line.v - other.v).abs() <= BOX_HIGH * size
                    && together(line, other)
            })
    };
    let kept: Vec<bool> = lines.iter().map(|line| !is_side(line)).collect();
    let mut kept = kept.into_iter();
    move |_| kept.next().unwrap_or(true)
}

fn line_votes(
    index: usize,
    figure: &Figure<'_>,
    frame: &Frame,
    line: Line,
    by_line: f64,
    votes: &mut Vec<Vote>,
) {
    let size = figure.run.height_pt;
    let middle = frame.spot(middle_of(figure.run)).u;
    let marks = frame.marks(line, middle - REACH_PT, middle + REACH_PT, size);
    let (left, right): (Vec<Mark>, Vec<Mark>) = marks.iter().partition(|mark| mark.u < middle);
    for (i, from) in left.iter().rev().take(MARKS_PER_SIDE).enumerate() {
        for (j, to) in right.iter().take(MARKS_PER_SIDE).enumerate() {
            let length_pt = to.u - from.u;
            if length_pt < 0.5 * size {
                continue;
            }
            // A figure stands in the middle of what it measures.
            let off = (to.u + from.u) / 2.0 - middle;
            let slack = 0.06 * length_pt + 0.4 * size;
            let centred = (-(off / slack).powi(2)).exp().max(0.03);
            let skipped = 0.6_f64.powi(i32::try_from(i + j).unwrap_or(8));
            let weight = by_line * from.quality * to.quality * centred * skipped;
            for length in &figure.lengths {
                let ratio = length.mm / (length_pt * PAPER_MM);
                if !RATIOS.contains(&ratio) {
                    continue;
                }
                let usual = if LIKELY_RATIOS.contains(&ratio) {
                    1.0
                } else if POSSIBLE_RATIOS.contains(&ratio) {
                    0.4
                } else {
                    0.2
                };
                votes.push(Vote {
                    ratio,
                    weight: weight * length.likelihood * usual,
                    figure: index,
                    mm: length.mm,
                    // Half a step of rounding, and a fifth of a point for thick marks.
                    tolerance: (0.6 * length.step_mm / length.mm + 0.2 / length_pt).min(0.05),
                });
            }
        }
    }
}
