//! Arcs in the line work: what the free edge of a door describes when it swings.

use std::f64::consts::TAU;

use super::clouds;
use crate::error::Result;
use crate::ingest::drawing::{Colour, Drawing, Path};
use crate::ingest::thin::filled_line;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

/// A part of a circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arc {
    pub(super) centre: Point,
    pub(super) radius: f64,
    pub(super) from: Point,
    pub(super) to: Point,
    /// How far it turns, in radians.
    pub(super) sweep: f64,
}

impl Arc {
    /// The point at `share` of the way from `from` to `to`, and the unit vector along the arc.
    pub(super) fn at(&self, share: f64) -> (Point, (f64, f64)) {
        let angle = |point: Point| (point.y - self.centre.y).atan2(point.x - self.centre.x);
        let start = angle(self.from);
        // Of the two ways round the one that is as long as the arc.
        let gap = |sweep: f64| (angle(self.to) - start - sweep).rem_euclid(TAU);
        let off = |sweep: f64| gap(sweep).min(TAU - gap(sweep));
        let sweep = if off(self.sweep) <= off(-self.sweep) {
            self.sweep
        } else {
            -self.sweep
        };
        let (sin, cos) = (start + share * sweep).sin_cos();
        let (x, y) = (self.radius * cos, self.radius * sin);
        let point = Point::new(self.centre.x + x, self.centre.y + y);
        (point, (-sin, cos))
    }
}

/// Doors are drawn open by a quarter of a turn as a rule, some by less, some by a half.
const SWEEPS: std::ops::RangeInclusive<f64> = 0.35..=3.3;

/// Pieces of an arc turn by no more than this each; a polygon with larger turns has corners.
const LARGEST_TURN: f64 = 0.62;

/// How far the points of an arc may lie off its circle, as a share of the radius.
const ROUNDNESS: f64 = 0.02;

/// Fewest pieces that make an arc and not a bevel.
const FEWEST_PIECES: usize = 3;

/// Ends of pieces that are written as areas are rounded more than those of strokes, in points.
const JOINT_PT: f64 = 0.05;

/// A sector has no more corners, in however many pieces its arc is written.
const MOST_CORNERS: usize = 200;

/// Paths between two looks at the watch.
const BETWEEN_CHECKS: usize = 2_048;

/// With what a piece of a line is drawn.
#[derive(Debug, Clone, Copy)]
struct Pen {
    colour: Colour,
    width: f64,
    /// Whether the piece is written as an area.
    is_area: bool,
}

impl Pen {
    /// Whether `other` is the same pen. The sides of an area are rounded, so that its width is
    /// known nearly.
    fn draws(self, other: Pen) -> bool {
        let slack = if self.is_area { 0.5 * JOINT_PT } else { 1e-9 };
        (self.colour, self.is_area) == (other.colour, other.is_area)
            && (self.width - other.width).abs() <= slack
    }
}

/// Finds the arcs with a radius of `smallest` to `largest` points among the strokes and the sides
/// of filled sectors.
///
/// Curves come flattened, and some programs write each piece as a path of its own, so pieces
/// that go on where the last one ended are looked at as one line.
pub(super) fn find(
    drawing: &Drawing,
    smallest: f64,
    largest: f64,
    watch: &dyn Watch,
) -> Result<Vec<Arc>> {
    let mut found = Vec::new();
    let mut line: Vec<Point> = Vec::new();
    let mut pen: Option<Pen> = None;
    for (count, path) in drawing.paths().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let Some(stroke) = path.paint().stroke else {
            let Some(colour) = path.paint().fill.filter(|colour| !colour.is_white()) else {
                continue;
            };
            // Some programs write each piece as a thin area.
            let Some((piece, width)) = filled_line(&path) else {
                sectors_in(&path, smallest, largest, &mut found);
                continue;
            };
            let own = Pen {
                colour,
                width,
                is_area: true,
            };
            if !pen.is_some_and(|pen| pen.draws(own)) || !go_on(&mut line, piece, width) {
                arcs_in(&line, smallest, largest, &mut found);
                line = vec![piece.a, piece.b];
            }
            pen = Some(own);
            continue;
        };
        let own = Pen {
            colour: stroke.colour,
            width: stroke.width_pt,
            is_area: false,
        };
        for subpath in path.subpaths() {
            let goes_on = pen.is_some_and(|pen| pen.draws(own))
                && line
                    .last()
                    .zip(subpath.points.first())
                    .is_some_and(|(last, first)| last.distance(*first) < 0.02);
            if !goes_on {
                arcs_in(&line, smallest, largest, &mut found);
                line.clear();
            }
            pen = Some(own);
            line.extend(subpath.points.iter().skip(usize::from(goes_on)));
            if subpath.closed {
                line.extend(subpath.points.first());
            }
        }
    }
    arcs_in(&line, smallest, largest, &mut found);
    watch.check()?;
    let found = clouds::without_doubles(found);
    watch.check()?;
    Ok(clouds::without_chains(&found))
}

/// Adds `piece`, an area that is `width` thick, to `line` if it goes on from its end: written the
/// other way round, too, and with the ends of both square, so that they overlap by a pen.
fn go_on(line: &mut Vec<Point>, piece: Segment, width: f64) -> bool {
    let near = width + JOINT_PT;
    let meets = |end: Option<&Point>, point: Point| {
        end.is_some_and(|end: &Point| end.distance(point) < near)
    };
    let ends = |line: &[Point]| meets(line.last(), piece.a) || meets(line.last(), piece.b);
    // Of the first piece it is not known yet which way it goes.
    if line.len() == 2 && !ends(line) {
        line.reverse();
    }
    if !ends(line) {
        return false;
    }
    let (from, to) = if meets(line.last(), piece.a) {
        (piece.a, piece.b)
    } else {
        (piece.b, piece.a)
    };
    if let Some(last) = line.last_mut() {
        *last = last.towards(from, 0.5);
    }
    line.push(to);
    true
}

/// A sector of a swing has a corner so near to its centre, as a share of the radius.
const AT_HINGE: f64 = 0.06;

/// Adds the arcs of filled sectors: some fill what a leaf sweeps, and draw no line around it. Other
/// fills with a round side have no corner at its centre.
fn sectors_in(path: &Path<'_>, smallest: f64, largest: f64, found: &mut Vec<Arc>) {
    for subpath in path.subpaths() {
        if !(FEWEST_PIECES + 2..=MOST_CORNERS).contains(&subpath.points.len()) {
            continue;
        }
        let mut arcs = Vec::new();
        // Twice around, as the outline may begin in the middle of the arc.
        let ring = [subpath.points, subpath.points].concat();
        arcs_in(&ring, smallest, largest, &mut arcs);
        arcs.retain(|arc| {
            let at_hinge = |corner: &Point| corner.distance(arc.centre) <= AT_HINGE * arc.radius;
            subpath.points.iter().any(at_hinge)
        });
        // The first and the last time around a part of it may be seen.
        found.extend(arcs.into_iter().max_by(|a, b| a.sweep.total_cmp(&b.sweep)));
    }
}

/// Adds the arcs in the line through `points`.
fn arcs_in(points: &[Point], smallest: f64, largest: f64, found: &mut Vec<Arc>) {
    let mut points = points.to_vec();
    points.dedup_by(|one, two| one.distance(*two) < 1e-4);
    let turns: Vec<f64> = points
        .windows(3)
        .map(|three| match three {
            [a, b, c] => turn(*a, *b, *c),
            _ => 0.0,
        })
        .collect();
    let mut start = 0;
    while start < turns.len() {
        let first = turns.get(start).copied().unwrap_or(0.0);
        let bends = |turn: &f64| {
            turn.abs() > 1e-3 && turn.abs() <= LARGEST_TURN && turn.signum() == first.signum()
        };
        let run = turns
            .get(start..)
            .unwrap_or_default()
            .iter()
            .take_while(|turn| bends(turn))
            .count();
        if run + 1 >= FEWEST_PIECES {
            // The corners of the run, and the ends of its first and its last piece.
            let corners = points.get(start..start + run + 2).unwrap_or_default();
            found.extend(widest_arc(corners).filter(|arc| {
                (smallest..=largest).contains(&arc.radius) && SWEEPS.contains(&arc.sweep)
            }));
        }
        start += run.max(1);
    }
}

/// The arc through `corners`, or through all but the first or the last of them: a leaf that is
/// drawn in one line with its arc may happen to go on at a small angle.
fn widest_arc(corners: &[Point]) -> Option<Arc> {
    let count = corners.len();
    [
        (0, count),
        (1, count),
        (0, count.saturating_sub(1)),
        (1, count.saturating_sub(1)),
    ]
    .into_iter()
    .filter(|(from, to)| to.saturating_sub(*from) > FEWEST_PIECES)
    .find_map(|(from, to)| arc_through(corners.get(from..to)?))
}

fn arc_through(corners: &[Point]) -> Option<Arc> {
    let (first, last) = (*corners.first()?, *corners.last()?);
    let middle = *corners.get(corners.len() / 2)?;
    let centre = centre_of(first, middle, last)?;
    let radius = centre.distance(first);
    let round = corners
        .iter()
        .all(|corner| (corner.distance(centre) - radius).abs() <= ROUNDNESS * radius);
    // Pieces of very different lengths are a line with a bend in it.
    let pieces = corners.windows(2).map(|two| match two {
        [a, b] => a.distance(*b),
        _ => 0.0,
    });
    let longest = pieces.clone().fold(0.0_f64, f64::max);
    if !round || longest > LARGEST_TURN * radius {
        return None;
    }
    let length: f64 = pieces.sum();
    Some(Arc {
        centre,
        radius,
        from: first,
        to: last,
        sweep: length / radius,
    })
}

/// By how much the line turns at `b`, in radians.
fn turn(a: Point, b: Point, c: Point) -> f64 {
    let (r, s) = ((b.x - a.x, b.y - a.y), (c.x - b.x, c.y - b.y));
    (r.0 * s.1 - r.1 * s.0).atan2(r.0 * s.0 + r.1 * s.1)
}

/// The centre of the circle through three points.
fn centre_of(a: Point, b: Point, c: Point) -> Option<Point> {
    let (bx, by) = (b.x - a.x, b.y - a.y);
    let (cx, cy) = (c.x - a.x, c.y - a.y);
    let twice = 2.0 * (bx * cy - by * cx);
    let (bb, cc) = (bx * bx + by * by, cx * cx + cy * cy);
    let centre = Point::new(
        a.x + (cy * bb - by * cc) / twice,
        a.y + (bx * cc - cx * bb) / twice,
    );
    (twice != 0.0 && centre.is_finite()).then_some(centre)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Paint;
    use crate::watch::Unwatched;

    fn arc_points(centre: (f64, f64), radius: f64, from: f64, sweep: f64) -> Vec<Point> {
        (0..=8)
            .map(|n| {
                let angle = from + sweep * f64::from(n) / 8.0;
                Point::new(
                    centre.0 + radius * angle.cos(),
                    centre.1 + radius * angle.sin(),
                )
            })
            .collect()
    }

    fn found(lines: &[Vec<Point>]) -> Vec<Arc> {
        let mut drawing = Drawing::default();
        for line in lines {
            drawing.add_stroke_for_test(line);
        }
        find(&drawing, 5.0, 100.0, &Unwatched).unwrap()
    }

    #[test]
    fn a_quarter_circle_is_found_with_its_leaf_in_pieces_and_alone() {
        let quarter = arc_points((50.0, 50.0), 20.0, 0.3, std::f64::consts::FRAC_PI_2);
        let mut with_leaf = vec![Point::new(50.0, 50.0)];
        with_leaf.extend(&quarter);
        let pieces: Vec<Vec<Point>> = quarter.windows(2).map(<[Point]>::to_vec).collect();
        for lines in [vec![quarter], vec![with_leaf], pieces] {
            let arcs = found(&lines);
            assert_eq!(arcs.len(), 1, "{arcs:?}");
            assert!(
                arcs[0].centre.distance(Point::new(50.0, 50.0)) < 0.1,
                "{arcs:?}"
            );
            assert!((arcs[0].radius - 20.0).abs() < 0.1, "{arcs:?}");
            assert!((arcs[0].sweep - 1.57).abs() < 0.05, "{arcs:?}");
        }
    }

    fn area(points: &[Point]) -> (Vec<Point>, Paint) {
        let paint = Paint {
            stroke: None,
            fill: Some(Colour::BLACK),
            even_odd: false,
        };
        (points.to_vec(), paint)
    }

    fn found_in_areas(areas: &[(Vec<Point>, Paint)]) -> Vec<Arc> {
        let mut drawing = Drawing::default();
        for (points, paint) in areas {
            let path = drawing.begin_path();
            drawing.push_subpath(points, true, false);
            drawing.end_path(path, *paint);
        }
        find(&drawing, 5.0, 100.0, &Unwatched).unwrap()
    }

    #[test]
    fn pieces_of_an_arc_may_be_areas_with_square_ends() {
        let quarter = arc_points((50.0, 50.0), 20.0, 0.3, std::f64::consts::FRAC_PI_2);
        // A pen of 0.35 points, which is hardly rounded to one tenth always, and ends that go on
        // by half of it; every other piece is written backwards.
        let pieces = quarter.windows(2).enumerate().map(|(count, two)| {
            let (a, b) = if count % 2 == 0 {
                (two[0], two[1])
            } else {
                (two[1], two[0])
            };
            let length = a.distance(b);
            let (dx, dy) = ((b.x - a.x) / length, (b.y - a.y) / length);
            let half = 0.175 + if count % 3 == 0 { 0.002 } else { -0.002 };
            let at = |from: Point, on: f64, off: f64| {
                Point::new(from.x + dx * on - dy * off, from.y + dy * on + dx * off)
            };
            area(&[
                at(a, -half, half),
                at(b, half, half),
                at(b, half, -half),
                at(a, -half, -half),
            ])
        });
        let arcs = found_in_areas(&pieces.collect::<Vec<_>>());
        assert_eq!(arcs.len(), 1, "{arcs:?}");
        assert!((arcs[0].radius - 20.0).abs() < 0.3, "{arcs:?}");
        assert!((arcs[0].sweep - 1.57).abs() < 0.1, "{arcs:?}");
    }

    #[test]
    fn a_filled_sector_is_a_swing_and_a_filled_bow_is_none() {
        let quarter = arc_points((50.0, 50.0), 20.0, 0.3, std::f64::consts::FRAC_PI_2);
        let mut sector = quarter.clone();
        sector.push(Point::new(50.0, 50.0));
        // The outline may begin anywhere.
        sector.rotate_left(4);
        let arcs = found_in_areas(&[area(&sector)]);
        assert_eq!(arcs.len(), 1, "{arcs:?}");
        assert!((arcs[0].sweep - 1.57).abs() < 0.05, "{arcs:?}");
        assert_eq!(found_in_areas(&[area(&quarter)]), []);
    }

    #[test]
    fn points_along_an_arc_are_on_it_whichever_way_it_runs() {
        let mut points = arc_points((50.0, 50.0), 20.0, 0.3, 2.0);
        for _ in 0..2 {
            let arc = found(std::slice::from_ref(&points))[0];
            let (middle, (dx, dy)) = arc.at(0.5);
            assert!(middle.distance(points[4]) < 0.1, "{arc:?}");
            let (x, y) = (middle.x - 50.0, middle.y - 50.0);
            assert!((x * dx + y * dy).abs() < 0.1);
            points.reverse();
        }
    }

    #[test]
    fn a_cloud_is_no_row_of_doors() {
        // Half circles side by side, and the two leaves of one door.
        let bows = [10.0, 50.0, 90.0, 130.0];
        let cloud = bows.map(|x| arc_points((x, 50.0), 20.0, 0.0, std::f64::consts::PI));
        let arcs = found(&cloud);
        assert_eq!(arcs.len(), 2, "{arcs:?}");
        let quarter = std::f64::consts::FRAC_PI_2;
        let leaves = [
            arc_points((10.0, 50.0), 20.0, 0.0, quarter),
            arc_points((50.0, 50.0), 20.0, quarter, quarter),
        ];
        assert_eq!(found(&leaves).len(), 2);
    }

    #[test]
    fn circles_and_corners_are_no_swings() {
        let circle = arc_points((50.0, 50.0), 20.0, 0.0, 2.0 * std::f64::consts::PI);
        let square = [(0.0, 0.0), (30.0, 0.0), (30.0, 30.0), (0.0, 30.0)];
        let square = square.map(|(x, y)| Point::new(x, y)).to_vec();
        assert_eq!(found(&[circle, square]), []);
    }
}
