//! Curved walls: arcs in flattened curves, and bars along them.

use std::f64::consts::{PI, TAU};

use super::bars::Bar;
use crate::ingest::drawing::Subpath;
use crate::plan::{Point, Segment, WallStyle};

/// Smaller circles, in points, are sinks, trees and letters.
const SMALLEST_RADIUS_PT: f64 = 6.0;

/// Shorter arcs than this are rounded corners, in radians.
const SHORTEST_SWEEP: f64 = 12.0 * PI / 180.0;

/// Arcs from this sweep on belong to a curved wall if they lie on circles around the centre of
/// one that is long enough: walls that run into a curved one part its inner face.
const SHORTEST_PIECE: f64 = 3.0 * PI / 180.0;

/// How far the turn at a corner may be from that of chords on the circle, relative: a side that
/// goes on from an arc as its tangent turns by half as much or less.
const TURN_AGREES: f64 = 0.3;

/// A flattened curve turns less than this at a corner, in radians.
const SHARPEST_TURN: f64 = 25.0 * PI / 180.0;

/// Curved walls are cut into chords that turn by this, in radians: a chord of a wall with a
/// radius of 5 m strays 3 mm from it.
const CHORD_TURN: f64 = 4.0 * PI / 180.0;

/// A curved wall is at least so many times its thickness away from its centre; the rim of a
/// basin may be as thick.
const RADIUS_IN_THICKNESSES: f64 = 4.0;

/// Arcs that are looked at, the largest first; a plan has a few dozen, a picture of trees
/// thousands.
const MAX_ARCS: usize = 4_000;

/// Pairs of arcs that are looked at.
const MAX_PAIRS: usize = 1_000;

/// Arcs that are compared with one arc.
const MAX_COMPARED: usize = 64;

/// A part of a circle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Arc {
    centre: Point,
    radius: f64,
    /// Angle where it starts, in radians in 0..2π.
    from: f64,
    /// By how much the angle grows, in radians, above 0.
    sweep: f64,
}

impl Arc {
    /// The circle through three points, as an arc from the first to the last.
    fn through(first: Point, middle: Point, last: Point) -> Option<Arc> {
        let (bx, by) = (middle.x - first.x, middle.y - first.y);
        let (cx, cy) = (last.x - first.x, last.y - first.y);
        let cross = bx * cy - by * cx;
        let (b, c) = (bx * bx + by * by, cx * cx + cy * cy);
        if cross.abs() < 1e-6 * b.max(c) {
            return None;
        }
        let centre = Point::new(
            first.x + (cy * b - by * c) / (2.0 * cross),
            first.y + (bx * c - cx * b) / (2.0 * cross),
        );
        let angle = |point: Point| (point.y - centre.y).atan2(point.x - centre.x);
        let (start, end) = (angle(first), angle(last));
        // Counted along the side on which the middle lies.
        let (from, sweep) = if cross > 0.0 {
            (start, (end - start).rem_euclid(TAU))
        } else {
            (end, (start - end).rem_euclid(TAU))
        };
        Some(Arc {
            centre,
            radius: centre.distance(first),
            from: from.rem_euclid(TAU),
            sweep,
        })
    }

    fn is_on(&self, point: Point) -> bool {
        (self.centre.distance(point) - self.radius).abs() <= (0.004 * self.radius).max(0.06)
    }

    fn at(&self, angle: f64) -> Point {
        Point::new(
            self.centre.x + self.radius * angle.cos(),
            self.centre.y + self.radius * angle.sin(),
        )
    }

    /// Whether it is long enough to stand for itself.
    pub(super) fn is_long(&self) -> bool {
        self.sweep >= SHORTEST_SWEEP
    }

    /// The same arc around `centre`, if it lies on a circle around it: the centre of a short arc
    /// is not known well from its own points.
    fn around(&self, centre: Point) -> Option<Arc> {
        let ends = [0.0, 0.5, 1.0].map(|share| self.at(self.from + share * self.sweep));
        let radii = ends.map(|end| centre.distance(end));
        let radius = radii.iter().sum::<f64>() / 3.0;
        if radii
            .iter()
            .any(|other| (other - radius).abs() > (0.001 * radius).max(0.06))
        {
            return None;
        }
        let angles = [ends[0], ends[2]].map(|end| (end.y - centre.y).atan2(end.x - centre.x));
        let sweep = (angles[1] - angles[0]).rem_euclid(TAU);
        (sweep < PI).then_some(Arc {
            centre,
            radius,
            from: angles[0].rem_euclid(TAU),
            sweep,
        })
    }

    /// Whether `chord` is one of the pieces it was flattened to.
    pub(super) fn holds(&self, chord: &Segment) -> bool {
        let middle = chord.a.towards(chord.b, 0.5);
        let angle = (middle.y - self.centre.y).atan2(middle.x - self.centre.x);
        self.is_on(chord.a)
            && self.is_on(chord.b)
            && (angle - self.from).rem_euclid(TAU) <= self.sweep
            && chord.length() <= 2.0 * self.radius * (0.5 * SHARPEST_TURN).sin()
    }

    /// Straight pieces along it.
    pub(super) fn chords(&self) -> impl Iterator<Item = Segment> + use<> {
        let arc = *self;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and 90"
        )]
        let count = (arc.sweep / CHORD_TURN).ceil().clamp(1.0, 90.0) as u32;
        let angle = move |step: u32| arc.from + arc.sweep * f64::from(step) / f64::from(count);
        (0..count).map(move |step| Segment::new(arc.at(angle(step)), arc.at(angle(step + 1))))
    }

    /// The stretch of angles that both have; of two stretches the longer.
    fn shared(&self, other: &Arc) -> Option<(f64, f64)> {
        let shift = (other.from - self.from).rem_euclid(TAU);
        let after = (shift, (shift + other.sweep).min(self.sweep));
        let before = (0.0, (shift + other.sweep - TAU).min(self.sweep));
        let (start, end) = if after.1 - after.0 >= before.1 - before.0 {
            after
        } else {
            before
        };
        (end - start >= SHORTEST_PIECE).then_some((self.from + start, end - start))
    }
}

/// The arcs in the flattened curve through `points`.
pub(super) fn in_curve(points: &[Point]) -> Vec<Arc> {
    let mut found = Vec::new();
    let mut start = 0;
    while start + 3 < points.len() {
        let mut end = start + 3;
        let mut best: Option<Arc> = None;
        while let Some(run) = points.get(start..=end) {
            let Some(arc) = arc_through(run) else {
                break;
            };
            best = Some(arc);
            end += 1;
        }
        match best {
            Some(arc) => {
                if arc.radius >= SMALLEST_RADIUS_PT && arc.sweep >= SHORTEST_PIECE {
                    found.push(arc);
                }
                start = end - 1;
            }
            None => start += 1,
        }
    }
    found
}

/// The pieces of `outline` that are sides and no parts of a curve: an outline with an arc in it
/// is a wall or a room, one with other curves a letter, a tree or a bath.
pub(super) fn straight_pieces(outline: &Subpath<'_>, arcs: &[Arc]) -> Vec<Segment> {
    if !arcs.iter().any(Arc::is_long) {
        return Vec::new();
    }
    let chords = arcs.iter().flat_map(Arc::chords);
    let longest = chords.fold(0.0, |most, chord| f64::max(most, chord.length()));
    let pieces = outline.segments().filter(|piece| {
        let in_arc = || arcs.iter().any(|arc| arc.holds(piece));
        piece.length() > SHORTEST_SIDE * longest && !in_arc()
    });
    pieces.collect()
}

/// A side is at least this share of the longest chord of the arcs beside it.
const SHORTEST_SIDE: f64 = 0.1;

/// The arcs that stand for themselves, and short ones on circles around their centres.
fn with_short_ones(arcs: &[Arc]) -> Vec<Arc> {
    let (mut long, short): (Vec<Arc>, Vec<Arc>) = arcs.iter().partition(|arc| arc.is_long());
    long.sort_by(|one, two| two.radius.total_cmp(&one.radius));
    let around = |arc: Arc| {
        let centres = long.iter().take(MAX_COMPARED);
        centres
            .filter(|other| arc.radius < 2.0 * other.radius && other.radius < 2.0 * arc.radius)
            .find_map(|other| arc.around(other.centre))
    };
    let adopted: Vec<Arc> = short.into_iter().filter_map(around).collect();
    long.extend(adopted);
    long
}

/// Arcs on one circle with at most `gap` points between them as one: a wall that runs into the
/// inside of a curved one parts its inner face.
fn merged(arcs: &[Arc], gap: f64) -> Vec<Arc> {
    let mut whole: Vec<Arc> = Vec::new();
    for arc in arcs {
        let near = whole.iter_mut().rev().take(MAX_COMPARED);
        let joined = near
            .filter(|other| {
                other.centre.distance(arc.centre) <= 0.02 * arc.radius + 0.3
                    && (other.radius - arc.radius).abs() <= 0.004 * arc.radius + 0.2
            })
            .find_map(|other| {
                let (after, before) = (
                    (arc.from - other.from - other.sweep).rem_euclid(TAU),
                    (other.from - arc.from - arc.sweep).rem_euclid(TAU),
                );
                let between = after.min(before);
                let sweep = other.sweep + between + arc.sweep;
                (between * arc.radius <= gap && sweep < TAU).then(|| {
                    if before < after {
                        other.from = arc.from;
                    }
                    other.sweep = sweep;
                })
            });
        if joined.is_none() {
            whole.push(*arc);
        }
    }
    whole
}

/// The arc on which all points of `run` lie one after the other.
fn arc_through(run: &[Point]) -> Option<Arc> {
    let (first, last) = (*run.first()?, *run.last()?);
    let middle = *run.get(run.len() / 2)?;
    let arc = Arc::through(first, middle, last)?;
    // Looking at a few of a long run is enough, as each prefix of it was looked at before.
    let stride = (run.len() / 16).max(1);
    // The turn, and that between two chords of the circle as long as these.
    let corner = |pair: &[Point]| -> (f64, f64) {
        let turn = |from: Point, to: Point| (to.y - from.y).atan2(to.x - from.x);
        match pair {
            [a, b, c] => {
                let change = turn(*b, *c) - turn(*a, *b);
                let expected = (a.distance(*b) + b.distance(*c)) / (2.0 * arc.radius);
                ((change + PI).rem_euclid(TAU) - PI, expected)
            }
            _ => (0.0, 0.0),
        }
    };
    let ending = run.get(run.len().saturating_sub(3)..)?;
    let opening = run.get(..3)?;
    let ((one, first), (two, second)) = (corner(opening), corner(ending));
    let agree = |turn: f64, expected: f64| (turn.abs() - expected).abs() <= TURN_AGREES * expected;
    let turns = one * two > 0.0
        && one.abs().max(two.abs()) <= SHARPEST_TURN
        && agree(one, first)
        && agree(two, second);
    (turns && arc.is_on(last) && run.iter().step_by(stride).all(|&point| arc.is_on(point)))
        .then_some(arc)
}

/// Bars between arcs around one centre, at least `thinnest` and at most `thickest` apart.
///
/// Of several arcs around one centre the innermost and the outermost are the faces: the others
/// part the leaves of the wall, or the panes of a curved window.
pub(super) fn paired(arcs: &[Arc], thinnest: f64, thickest: f64, style: WallStyle) -> Vec<Bar> {
    let mut sorted = with_short_ones(arcs);
    sorted.sort_by(|one, two| two.radius.total_cmp(&one.radius));
    sorted.truncate(MAX_ARCS);
    sorted.sort_by(|one, two| {
        let key = |arc: &Arc| [arc.centre.x, arc.radius, arc.from];
        let (one, two) = (key(one), key(two));
        let orders = one.iter().zip(&two).map(|(a, b)| a.total_cmp(b));
        orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    let sorted = merged(&sorted, thickest);
    let mut pairs: Vec<(usize, usize, Bow)> = Vec::new();
    for (index, one) in sorted.iter().enumerate() {
        let near = sorted.iter().enumerate().skip(index + 1);
        for (other, two) in near.take(MAX_COMPARED) {
            let slack = 0.02 * one.radius.max(two.radius) + 0.3;
            if two.centre.x - one.centre.x > 0.05 * one.radius + 0.5 {
                break;
            }
            let (inner, outer) = if one.radius < two.radius {
                (one, two)
            } else {
                (two, one)
            };
            let thickness = outer.radius - inner.radius;
            if one.centre.distance(two.centre) > slack
                || !(thinnest..=thickest).contains(&thickness)
                || inner.radius < RADIUS_IN_THICKNESSES * thickness
            {
                continue;
            }
            if let Some((from, sweep)) = inner.shared(outer) {
                let middle = Arc {
                    centre: inner.centre.towards(outer.centre, 0.5),
                    radius: 0.5 * (inner.radius + outer.radius),
                    from,
                    sweep,
                };
                pairs.push((index, other, Bow { middle, thickness }));
            }
        }
    }
    pairs.truncate(MAX_PAIRS);
    // The widest pair of each arc.
    let mut bars = Vec::new();
    for (one, two, bow) in &pairs {
        let wider = pairs.iter().any(|(first, second, other)| {
            (first == one || second == two || first == two || second == one)
                && other.thickness > bow.thickness
                && bow.middle.shared(&other.middle).is_some()
        });
        if !wider {
            bars.extend(bow.bars(style));
        }
    }
    bars
}

/// A curved wall.
struct Bow {
    middle: Arc,
    thickness: f64,
}

impl Bow {
    fn bars(&self, style: WallStyle) -> impl Iterator<Item = Bar> + use<> {
        let thickness = self.thickness;
        self.middle.chords().map(move |chord| Bar {
            a: chord.a,
            b: chord.b,
            thickness,
            style,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(radius: f64, from_deg: i32, to_deg: i32, step: usize) -> Vec<Point> {
        (from_deg..=to_deg)
            .step_by(step)
            .map(|degrees| {
                let angle = f64::from(degrees).to_radians();
                Point::new(50.0 + radius * angle.cos(), 40.0 + radius * angle.sin())
            })
            .collect()
    }

    #[test]
    fn a_flattened_arc_is_found_again() {
        let mut points = curve(100.0, 20, 110, 5);
        points.push(Point::new(0.0, 0.0));
        let found = in_curve(&points);
        assert_eq!(found.len(), 1);
        assert!(found[0].centre.distance(Point::new(50.0, 40.0)) < 1e-6);
        assert!((found[0].radius - 100.0).abs() < 1e-6);
        assert!((found[0].sweep.to_degrees() - 90.0).abs() < 1e-6);
    }

    #[test]
    fn two_faces_around_one_centre_are_a_curved_wall() {
        let mut arcs = in_curve(&curve(103.0, 20, 110, 5));
        arcs.extend(in_curve(&curve(97.0, 10, 100, 9)));
        let bars = paired(&arcs, 1.0, 10.0, WallStyle::Double);
        let length: f64 = bars.iter().map(Bar::length).sum();
        assert!(
            (length - 80.0_f64.to_radians() * 100.0).abs() < 0.2,
            "{length}"
        );
        for bar in bars {
            assert!((bar.thickness - 6.0).abs() < 1e-6);
            assert!((bar.a.distance(Point::new(50.0, 40.0)) - 100.0).abs() < 1e-6);
        }
    }

    #[test]
    fn a_side_that_goes_on_from_an_arc_is_no_part_of_it() {
        let mut points = curve(100.0, 20, 110, 5);
        let (sin, cos) = 110.0_f64.to_radians().sin_cos();
        let end = points[points.len() - 1];
        points.push(Point::new(end.x - 9.0 * sin, end.y + 9.0 * cos));
        let found = in_curve(&points);
        assert_eq!(found.len(), 1);
        assert!((found[0].sweep.to_degrees() - 90.0).abs() < 1e-6);
        assert!((found[0].radius - 100.0).abs() < 1e-6);
    }

    #[test]
    fn walls_that_run_into_a_curved_one_part_its_face() {
        let mut arcs = in_curve(&curve(103.0, 20, 110, 5));
        for (from, to) in [(25, 60), (62, 70), (72, 105)] {
            arcs.extend(in_curve(&curve(97.0, from, to, 2)));
        }
        let bars = paired(&arcs, 1.0, 10.0, WallStyle::Double);
        let length: f64 = bars.iter().map(Bar::length).sum();
        assert!(
            (length - 79.0_f64.to_radians() * 100.0).abs() < 2.0,
            "{length}"
        );
        assert!(bars.iter().all(|bar| (bar.thickness - 6.0).abs() < 0.01));
    }

    #[test]
    fn a_straight_line_is_no_arc() {
        let points: Vec<Point> = (0..9).map(|n| Point::new(f64::from(n), 0.0)).collect();
        assert!(in_curve(&points).is_empty());
    }
}
