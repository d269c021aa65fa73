//! Scale bars: figures that grow along a row, and the marks that they stand at.

use super::dimensions::{Frames, PAPER_MM, middle_of};
use super::figures::{plain, unit_mm};
use super::frame::Frame;
use crate::plan::TextRun;

/// How near the bar is to its figures, in sizes of the text.
const BAR_WITHIN: f64 = 3.0;

/// Edges near a figure that may be its mark.
const EDGES_PER_FIGURE: usize = 12;

/// What a bar says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bar {
    /// The N of 1:N.
    pub(super) ratio: f64,
    /// Figures that stand at marks in the right distance.
    pub(super) count: usize,
    /// Whether marks were found for the figures, and the unit is written.
    pub(super) sure: bool,
}

/// A figure of a bar.
#[derive(Debug, Clone, Copy)]
struct Tick<'a> {
    run: &'a TextRun,
    value: f64,
    unit_mm: Option<f64>,
    u: f64,
    v: f64,
}

/// Every scale bar on the page, the surest first.
pub(super) fn bars(texts: &[TextRun], frames: &Frames) -> Vec<Bar> {
    let mut rows: Vec<(&Frame, Vec<Tick<'_>>)> = Vec::new();
    for run in texts {
        let Some((value, unit_mm)) = tick(&run.text) else {
            continue;
        };
        let Some(frame) = frames.along(run) else {
            continue;
        };
        let spot = frame.spot(middle_of(run));
        let tick = Tick {
            run,
            value,
            unit_mm,
            u: spot.u,
            v: spot.v,
        };
        let row = rows.iter_mut().find(|(known, row)| {
            std::ptr::eq(*known, frame)
                && row.first().is_some_and(|first| {
                    (first.v - tick.v).abs() <= 0.4 * first.run.height_pt
                        && (first.run.height_pt / run.height_pt - 1.0).abs() <= 0.25
                })
        });
        match row {
            Some((_, row)) if row.len() < 256 => row.push(tick),
            Some(_) => {}
            None => rows.push((frame, vec![tick])),
        }
    }
    let mut found: Vec<Bar> = Vec::new();
    for (frame, mut row) in rows {
        row.sort_by(|a, b| a.u.total_cmp(&b.u));
        for run in growing_runs(&row) {
            found.extend(bar(run, frame, texts));
        }
    }
    found.sort_by(|a, b| b.sure.cmp(&a.sure).then(b.count.cmp(&a.count)));
    found
}

/// `0`, `2.5`, `5 m`, `20'`, `10 metres`: the value and the unit, if written.
pub(super) fn tick(text: &str) -> Option<(f64, Option<f64>)> {
    let plain = plain(text);
    let end = plain
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','))
        .unwrap_or(plain.len());
    let (number, unit) = plain.split_at(end);
    let value: f64 = number.replace(',', ".").parse().ok()?;
    let unit = unit.trim().trim_end_matches('.');
    // `4'-0"` is four feet.
    let unit = unit.strip_suffix("-0\"").unwrap_or(unit);
    if unit.is_empty() {
        return Some((value, None));
    }
    unit_mm(unit).map(|mm| (value, Some(mm)))
}

/// The stretches of a row in which the values grow, beginning at zero.
///
/// A bar may be divided finer on the left of its zero, as in `1 0 1 2 3`; that part is left out.
fn growing_runs<'a, 'b>(row: &'b [Tick<'a>]) -> Vec<&'b [Tick<'a>]> {
    let mut runs = Vec::new();
    for (start, tick) in row.iter().enumerate() {
        if tick.value != 0.0 {
            continue;
        }
        let rest = row.get(start..).unwrap_or_default();
        let grows = rest
            .windows(2)
            .take_while(|pair| matches!(pair, [a, b] if b.value > a.value))
            .count();
        if grows > 0 {
            runs.push(rest.get(..=grows).unwrap_or_default());
        }
    }
    runs
}

fn bar(row: &[Tick<'_>], frame: &Frame, texts: &[TextRun]) -> Option<Bar> {
    let (first, last) = (row.first()?, row.last()?);
    let size = first.run.height_pt;
    let written = row.iter().rev().find_map(|tick| tick.unit_mm);
    let unit = written.or_else(|| unit_beside(last, frame, texts));
    let (span, length) = (last.value - first.value, last.u - first.u);
    if length < 2.0 * size {
        return None;
    }
    // The figures themselves tell the ratio to some percent: they stand around their marks.
    let rough = length / span;
    let even = row
        .iter()
        .all(|tick| (tick.u - first.u - rough * (tick.value - first.value)).abs() <= 0.12 * length);
    if !even {
        return None;
    }
    let from = first.u - size * 2.0;
    let to = last.u + last.run.width_pt / 2.0 + size;
    let within = BAR_WITHIN * size;
    let edges = frame.edges_between(first.v - within, first.v + within, from, to);
    let near = |u: f64, most: f64| -> Vec<f64> {
        let mut near: Vec<f64> = edges
            .iter()
            .copied()
            .filter(|edge| (edge - u).abs() <= most)
            .collect();
        near.sort_by(|a, b| (a - u).abs().total_cmp(&(b - u).abs()));
        near.truncate(EDGES_PER_FIGURE);
        near
    };
    let reach = |tick: &Tick<'_>| tick.run.width_pt / 2.0 + 0.8 * size;
    let mut best: Option<(usize, f64, f64)> = None;
    for a in near(first.u, reach(first)) {
        for b in near(last.u, reach(last)) {
            if b - a < 0.5 * length {
                continue;
            }
            let per_value = (b - a) / span;
            let marked = |tick: &&Tick<'_>| {
                let mark = a + per_value * (tick.value - first.value);
                (tick.u - mark).abs() <= reach(tick)
                    && edges
                        .iter()
                        .any(|edge| (edge - mark).abs() <= 0.004 * (b - a) + 0.1)
            };
            let count = row.iter().filter(marked).count();
            // Of equal choices the one whose figures stand nearest to the marks in the same way:
            // all centred, or all to one side.
            let off = ((last.u - b) - (first.u - a)).abs();
            if best.is_none_or(|(most, least, _)| {
                count > most || (count == most && off < least - 1e-9)
            }) {
                best = Some((count, off, per_value));
            }
        }
    }
    let unit_mm = unit.unwrap_or(1_000.0);
    match best {
        Some((count, _, per_value)) if count >= 2 && count + 1 >= row.len() => Some(Bar {
            ratio: unit_mm / (per_value * PAPER_MM),
            count,
            sure: unit.is_some() || count >= 4,
        }),
        // Without marks only a long row of figures is a bar, and a vague one.
        _ if row.len() >= 4 && unit.is_some() => Some(Bar {
            ratio: unit_mm / (rough * PAPER_MM),
            count: row.len(),
            sure: false,
        }),
        _ => None,
    }
}

/// The unit in a text of its own: behind the last figure, or somewhere near the row.
fn unit_beside(last: &Tick<'_>, frame: &Frame, texts: &[TextRun]) -> Option<f64> {
    let size = last.run.height_pt;
    texts
        .iter()
        .filter_map(|run| {
            let word = run.text.trim().trim_matches(['(', ')', '[', ']']);
            let unit = unit_mm(word)?;
            let spot = frame.spot(middle_of(run));
            let (along, across) = (spot.u - last.u, (spot.v - last.v).abs());
            let near = across <= 4.0 * size && (-40.0 * size..=10.0 * size).contains(&along);
            near.then_some((along.abs() + 2.0 * across, unit))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, unit)| unit)
}
