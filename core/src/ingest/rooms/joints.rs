//! Short lines that join the ends of walls to what they just miss.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::ingest::cells::Cells;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

use super::arrangement::{BETWEEN_CHECKS, Line};

/// `lines`, and those that join ends to lines nearby.
///
/// An end inside the body of another wall is joined to its centre line. One that stands free is
/// joined to what lies straight ahead within `passage`, or failing that to another free end as
/// near: through such a gap nobody walks, so it comes from the way the walls are drawn.
pub(super) fn joined(lines: &[Line], passage: f64, watch: &dyn Watch) -> Result<Vec<Line>> {
    let cells = Cells::new(lines.iter().map(Line::segment));
    let thickest = lines.iter().fold(0.0_f64, |most, line| most.max(line.half));
    let mut all = lines.to_vec();
    let mut known: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut free: Vec<(usize, Point, Point)> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        for (end, start) in [(line.a, line.b), (line.b, line.a)] {
            let near = cells.near(end, 1.05 * (line.half + thickest) + 0.3);
            let others = near.into_iter().filter(|other| *other != index);
            let touched = others
                .filter_map(|other| {
                    let neighbour = lines.get(other)?;
                    let foot = nearest_on(neighbour.segment(), end);
                    let away = foot.distance(end);
                    (away <= 1.05 * (line.half + neighbour.half) + 0.3)
                        .then_some((away, other, foot))
                })
                .min_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
            match touched {
                Some((away, other, foot)) => {
                    if away > 0.0 && known.insert((index.min(other), index.max(other))) {
                        all.push(Line {
                            a: end,
                            b: foot,
                            ..*line
                        });
                    }
                }
                None => free.push((index, end, start)),
            }
        }
    }
    let mut still: Vec<(usize, Point)> = Vec::new();
    for (count, &(index, end, start)) in free.iter().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let Some(line) = lines.get(index) else {
            continue;
        };
        match straight_ahead(index, line, end, start, passage, lines, &cells) {
            Some(at) => all.push(Line {
                a: end,
                b: at,
                ..*line
            }),
            None => still.push((index, end)),
        }
    }
    pair_up(&still, passage, lines, &mut all);
    Ok(all)
}

/// The nearest place straight ahead of `end`, where another line is crossed or ends.
fn straight_ahead(
    own: usize,
    line: &Line,
    end: Point,
    start: Point,
    passage: f64,
    lines: &[Line],
    cells: &Cells,
) -> Option<Point> {
    let length = start.distance(end);
    // What is much shorter than the gap says little about where it would go on.
    let passage = passage.min(1.5 * length);
    let (dx, dy) = ((end.x - start.x) / length, (end.y - start.y) / length);
    let tip = Point::new(end.x + dx * passage, end.y + dy * passage);
    let mut best: Option<(f64, Point)> = None;
    for other in cells.along(Segment::new(end, tip), line.half) {
        let Some(neighbour) = lines.get(other).filter(|_| other != own) else {
            continue;
        };
        let aside = line.half.max(neighbour.half);
        let far = neighbour.segment();
        let offer = |at: Point, best: &mut Option<(f64, Point)>| {
            let ahead = (at.x - end.x) * dx + (at.y - end.y) * dy;
            if ahead > 0.0 && ahead <= passage && best.is_none_or(|(nearest, _)| ahead < nearest) {
                *best = Some((ahead, at));
            }
        };
        for point in [far.a, far.b] {
            let off = ((point.y - end.y) * dx - (point.x - end.x) * dy).abs();
            if off <= aside {
                offer(point, &mut best);
            }
        }
        let (ex, ey) = (far.b.x - far.a.x, far.b.y - far.a.y);
        let cross = dx * ey - dy * ex;
        if cross.abs() > 0.1 * far.length() {
            let ahead = ((far.a.x - end.x) * ey - (far.a.y - end.y) * ex) / cross;
            let share = ((far.a.x - end.x) * dy - (far.a.y - end.y) * dx) / cross;
            if (0.0..=1.0).contains(&share) {
                offer(
                    Point::new(end.x + dx * ahead, end.y + dy * ahead),
                    &mut best,
                );
            }
        }
    }
    best.map(|(_, at)| at)
}

/// Joins free ends that are near each other, the nearest first.
fn pair_up(ends: &[(usize, Point)], passage: f64, lines: &[Line], all: &mut Vec<Line>) {
    let cells = Cells::new(ends.iter().map(|(_, end)| Segment::new(*end, *end)));
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (one, (own, end)) in ends.iter().enumerate() {
        for two in cells.near(*end, passage) {
            if let Some((other, point)) = ends.get(two)
                && two > one
                && other != own
                && end.distance(*point) <= passage
            {
                pairs.push((end.distance(*point), one, two));
            }
        }
    }
    pairs.sort_by(|one, two| {
        one.0
            .total_cmp(&two.0)
            .then(one.1.cmp(&two.1))
            .then(one.2.cmp(&two.2))
    });
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (_, one, two) in pairs {
        if taken.contains(&one) || taken.contains(&two) {
            continue;
        }
        taken.extend([one, two]);
        if let (Some((own, a)), Some((_, b))) = (ends.get(one), ends.get(two))
            && let Some(line) = lines.get(*own)
        {
            all.push(Line {
                a: *a,
                b: *b,
                ..*line
            });
        }
    }
}

/// The place on `segment` nearest to `point`.
fn nearest_on(segment: Segment, point: Point) -> Point {
    let (dx, dy) = (segment.b.x - segment.a.x, segment.b.y - segment.a.y);
    let squared = dx * dx + dy * dy;
    if squared <= 0.0 {
        return segment.a;
    }
    let share = ((point.x - segment.a.x) * dx + (point.y - segment.a.y) * dy) / squared;
    segment.a.towards(segment.b, share.clamp(0.0, 1.0))
}
