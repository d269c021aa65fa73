//! From the centre lines around a face to the outline along the inner faces of the walls.

use i_overlay::core::fill_rule::FillRule;
use i_overlay::float::simplify::SimplifyShape;

use crate::plan::Point;

use super::faces::{Face, Side};

/// A corner may stick out by this many times the half thickness before it is cut off.
const MITRE_LIMIT: f64 = 4.0;

/// Sides that turn by less than this (as a sine) have no corner worth a mitre: where they differ
/// in thickness the mitre would run far along the wall.
const NEARLY_STRAIGHT: f64 = 0.17;

/// Corners nearer to each other than this are one, in points.
const SAME_PT: f64 = 0.02;

/// An area with holes; the outline first.
#[derive(Debug, Clone, Default)]
pub(super) struct Region {
    pub(super) outline: Vec<Point>,
    pub(super) holes: Vec<Vec<Point>>,
}

impl Region {
    /// Area without the holes.
    pub(super) fn area(&self) -> f64 {
        let holes: f64 = self.holes.iter().map(|hole| area(hole).abs()).sum();
        area(&self.outline).abs() - holes
    }

    /// Length of the outline and of the edges of the holes.
    pub(super) fn perimeter(&self) -> f64 {
        let rings = std::iter::once(&self.outline).chain(&self.holes);
        rings
            .map(|ring| around(ring).map(|(a, b)| a.distance(b)).sum::<f64>())
            .sum()
    }

    /// Whether `point` is inside.
    pub(super) fn contains(&self, point: Point) -> bool {
        ring_contains(&self.outline, point)
            && !self.holes.iter().any(|hole| ring_contains(hole, point))
    }
}

/// The net areas of `face`: each wall takes half of its thickness from it.
///
/// As a rule there is one. A face that a thick wall divides gives two, and one that the walls
/// fill gives none. Each side is moved inwards; where short sides turn inside out, their winding
/// number is not positive and they fall away, as with the usual construction of buffers (Chen
/// and McMains, "Polygon Offsetting by Computing Winding Numbers", 2005).
pub(super) fn net_regions(face: &Face) -> Vec<Region> {
    let rings: Vec<Vec<[f64; 2]>> = face
        .rims
        .iter()
        .map(|rim| {
            moved_inwards(rim)
                .into_iter()
                .map(<[f64; 2]>::from)
                .collect()
        })
        .filter(|ring: &Vec<[f64; 2]>| ring.len() >= 3)
        .collect();
    let shapes = rings.simplify_shape(FillRule::Positive);
    let mut regions: Vec<Region> = shapes
        .into_iter()
        .filter_map(|shape| {
            let mut rings = shape
                .into_iter()
                .map(|ring| tidy(ring.into_iter().map(Point::from).collect()));
            let outline = rings.next()?;
            (outline.len() >= 3).then(|| Region {
                outline,
                holes: rings.filter(|hole| hole.len() >= 3).collect(),
            })
        })
        .collect();
    regions.sort_by(|one, two| two.area().total_cmp(&one.area()));
    regions
}

/// The corners of `rim`, each side moved to the inner face of its wall.
fn moved_inwards(rim: &[Side]) -> Vec<Point> {
    let mut corners = Vec::with_capacity(rim.len() + 4);
    let before = rim.iter().cycle().skip(rim.len().saturating_sub(1));
    for (arriving, leaving) in before.zip(rim) {
        corner(arriving, leaving, &mut corners);
    }
    corners
}

/// Adds the corner, or the corners, between two sides that follow each other.
fn corner(arriving: &Side, leaving: &Side, corners: &mut Vec<Point>) {
    let at = leaving.from;
    let (Some(one), Some(two)) = (direction(arriving), direction(leaving)) else {
        return;
    };
    let inner = |(dx, dy): (f64, f64), half: f64, ahead: f64| {
        Point::new(at.x - dy * half + dx * ahead, at.y + dx * half + dy * ahead)
    };
    let cross = one.0 * two.1 - one.1 * two.0;
    let dot = one.0 * two.0 + one.1 * two.1;
    if cross.abs() < NEARLY_STRAIGHT {
        corners.push(inner(one, arriving.half, 0.0));
        if dot < 0.0 || (arriving.half - leaving.half).abs() >= SAME_PT || cross.abs() > 1e-3 {
            // A step where a wall changes its thickness, a slight bend of a curved wall, or the
            // end of a wall that stands free.
            corners.push(inner(two, leaving.half, 0.0));
        }
        return;
    }
    // Where the two moved lines cross: p + one s = q + two t.
    let (p, q) = (
        inner(one, arriving.half, 0.0),
        inner(two, leaving.half, 0.0),
    );
    let s = ((q.x - p.x) * two.1 - (q.y - p.y) * two.0) / cross;
    let tip = Point::new(p.x + one.0 * s, p.y + one.1 * s);
    let thick = arriving.half.max(leaving.half);
    // A corner that turns away from the room runs to a point when it is sharp.
    if cross < 0.0 && tip.distance(at) > MITRE_LIMIT * thick {
        corners.push(inner(one, arriving.half, thick));
        corners.push(inner(two, leaving.half, -thick));
    } else {
        corners.push(tip);
    }
}

/// The unit vector along a side.
fn direction(side: &Side) -> Option<(f64, f64)> {
    let length = side.from.distance(side.to);
    (length > 0.0).then(|| {
        (
            (side.to.x - side.from.x) / length,
            (side.to.y - side.from.y) / length,
        )
    })
}

/// The ring rounded, without doubled corners and without those on a straight line.
fn tidy(ring: Vec<Point>) -> Vec<Point> {
    let mut ring = ring;
    ring.dedup_by(|one, two| one.distance(*two) < SAME_PT);
    while ring.len() > 1
        && ring
            .first()
            .zip(ring.last())
            .is_some_and(|(a, b)| a.distance(*b) < SAME_PT)
    {
        ring.pop();
    }
    let count = ring.len();
    let at = |index: usize| ring.get(index % count.max(1)).copied().unwrap_or_default();
    let kept: Vec<Point> = (0..count)
        .filter(|&index| {
            let (a, b, c) = (at(index + count - 1), at(index), at(index + 1));
            let cross = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x);
            cross.abs() > SAME_PT * 0.5 * a.distance(c).max(SAME_PT)
        })
        .map(|index| at(index).rounded())
        .collect();
    kept
}

/// The edges of a ring.
fn around(ring: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    ring.iter()
        .copied()
        .zip(ring.iter().copied().cycle().skip(1))
}

/// The signed area of a ring.
pub(super) fn area(ring: &[Point]) -> f64 {
    // Relative to one corner, so that far from the origin nothing is lost.
    let origin = ring.first().copied().unwrap_or_default();
    let sum: f64 = around(ring)
        .map(|(a, b)| (a.x - origin.x) * (b.y - origin.y) - (b.x - origin.x) * (a.y - origin.y))
        .sum();
    0.5 * sum
}

/// Whether `point` is inside `ring`, by the even-odd rule.
pub(in crate::ingest) fn ring_contains(ring: &[Point], point: Point) -> bool {
    let crossed = around(ring).filter(|(a, b)| {
        (a.y <= point.y) != (b.y <= point.y)
            && point.x < a.x + (b.x - a.x) * (point.y - a.y) / (b.y - a.y)
    });
    crossed.count() % 2 == 1
}
