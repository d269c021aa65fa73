//! Wide gaps in which nothing is drawn, between rooms that have a name each.
//!
//! How wide a gap in a wall may be and still part two rooms cannot be told from the walls: it
//! may be a wide passage, or the end of a nib in one large room. Each room is named once, so
//! where going on with a wall parts two names, it parts two rooms.

use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::plan::{Point, Rect};
use crate::watch::Watch;

use super::arrangement::{BETWEEN_CHECKS, Line};
use super::labels::Label;
use super::{Shape, labels};

/// A gap is at most this share of the longer side of what the walls cover: wider than that, two
/// rooms have no wall between them at all.
const WIDEST_SHARE: f64 = 0.25;

/// Walls at a smaller angle than this (as its sine) go on in one line.
const PARALLEL: f64 = 0.08;

/// Lines that go on from the free ends of walls to what lies straight ahead, wider than
/// `passage`; those in `open` shapes only, if these are given.
pub(super) fn beyond_free_ends(
    lines: &[Line],
    passage: f64,
    open: Option<&[&Shape]>,
    watch: &dyn Watch,
) -> Result<Vec<Line>> {
    let bounds = Rect::around(lines.iter().flat_map(|line| [line.a, line.b]));
    let reach = WIDEST_SHARE * bounds.width().max(bounds.height());
    let cells = Cells::new(lines.iter().map(Line::segment));
    let thickest = lines.iter().fold(0.0_f64, |most, line| most.max(line.half));
    let is_open = |fits: &dyn Fn(&Shape) -> bool| {
        open.is_none_or(|open| open.iter().any(|shape| fits(shape)))
    };
    let mut found: Vec<Line> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        if line.wall.is_none() {
            continue;
        }
        for (start, end) in [(line.b, line.a), (line.a, line.b)] {
            if !is_open(&|shape| shape.bounds.contains(end))
                || is_met(lines, index, end, thickest, &cells)
            {
                continue;
            }
            let Some(far) = straight_ahead(lines, index, (start, end), reach, &cells) else {
                continue;
            };
            let middle = end.towards(far, 0.5);
            let is_known = found.iter().any(|other| {
                let slack = line.half + other.half;
                other.a.distance(far) <= slack && other.b.distance(end) <= slack
            });
            if end.distance(far) > passage && !is_known && is_open(&|shape| shape.holds(middle)) {
                found.push(Line {
                    a: end,
                    b: far,
                    half: line.half,
                    wall: None,
                });
            }
        }
    }
    Ok(found)
}

/// Whether another line touches the end of line `own` at `end`.
fn is_met(lines: &[Line], own: usize, end: Point, thickest: f64, cells: &Cells) -> bool {
    let half = lines.get(own).map_or(0.0, |line| line.half);
    let near = cells.near(end, 1.05 * (half + thickest) + 0.3);
    near.into_iter().filter(|other| *other != own).any(|other| {
        lines.get(other).is_some_and(|other| {
            other.segment().distance_to(end) <= 1.05 * (half + other.half) + 0.3
        })
    })
}

/// Where the line from `start` through `end`, which is `own`, meets the next one within `reach`
/// of `end`.
fn straight_ahead(
    lines: &[Line],
    own: usize,
    (start, end): (Point, Point),
    reach: f64,
    cells: &Cells,
) -> Option<Point> {
    let half = lines.get(own)?.half;
    let length = start.distance(end);
    if length <= 0.0 {
        return None;
    }
    let (dx, dy) = ((end.x - start.x) / length, (end.y - start.y) / length);
    let at = |ahead: f64| Point::new(end.x + dx * ahead, end.y + dy * ahead);
    let ray = crate::plan::Segment::new(end, at(reach));
    let mut best: Option<(f64, Point)> = None;
    for index in cells.along(ray, half) {
        let Some(line) = lines.get(index).filter(|_| index != own) else {
            continue;
        };
        let along = |point: Point| (point.x - end.x) * dx + (point.y - end.y) * dy;
        let across = |point: Point| (point.y - end.y) * dx - (point.x - end.x) * dy;
        let (one, two) = (across(line.a), across(line.b));
        let met = if (one - two).abs() <= PARALLEL * line.a.distance(line.b) {
            let near = if along(line.a) < along(line.b) {
                line.a
            } else {
                line.b
            };
            (across(near).abs() <= half + line.half).then_some(near)
        } else if one.min(two) <= line.half && one.max(two) >= -line.half {
            let share = (one / (one - two)).clamp(0.0, 1.0);
            Some(line.a.towards(line.b, share))
        } else {
            None
        };
        if let Some(met) = met {
            let ahead = along(met);
            if ahead > 0.0 && ahead <= reach && best.is_none_or(|(least, _)| ahead < least) {
                best = Some((ahead, met));
            }
        }
    }
    best.map(|(_, met)| met)
}

/// Whether rooms with names of their own lie on both sides of `line`, or one on one side and
/// nothing enclosed on the other.
pub(super) fn parts_names(line: &Line, shapes: &[Shape], labels: &[Label]) -> bool {
    let length = line.a.distance(line.b).max(1e-9);
    let (dx, dy) = (
        (line.b.x - line.a.x) / length,
        (line.b.y - line.a.y) / length,
    );
    let middle = line.a.towards(line.b, 0.5);
    let beside = |side: f64| {
        let step = side * (1.5 * line.half + 0.5);
        let point = Point::new(middle.x - dy * step, middle.y + dx * step);
        shapes.iter().position(|shape| shape.holds(point))
    };
    let is_named = |at: usize| {
        labels
            .get(at)
            .is_some_and(|label| label.name.is_some() && label.likeness >= labels::BELIEVED)
    };
    match (beside(1.0), beside(-1.0)) {
        (Some(one), Some(two)) => one != two && is_named(one) && is_named(two),
        (Some(one), None) | (None, Some(one)) => is_named(one),
        (None, None) => false,
    }
}
