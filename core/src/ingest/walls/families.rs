//! Families of parallel segments, and coordinates along and across them.

use std::f64::consts::PI;

use crate::plan::{Point, Segment};

/// Directions closer than this are parallel: a wall 300 points long drifts by two points.
const APART: f64 = 0.3 * PI / 180.0;

/// Widest family: gently turning curves must not end in one family with their tangents.
const WIDEST: f64 = 1.0 * PI / 180.0;

/// Coordinates along and across a direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis {
    cos: f64,
    sin: f64,
}

impl Axis {
    fn new(angle: f64) -> Axis {
        // Exact along the axes, so that upright walls keep their upright coordinates.
        let angle = [0.0, PI / 2.0, PI]
            .into_iter()
            .find(|axis| (angle - axis).abs() < 1e-4)
            .unwrap_or(angle);
        let (sin, cos) = angle.sin_cos();
        Axis {
            cos: if cos.abs() < 1e-12 { 0.0 } else { cos },
            sin: if sin.abs() < 1e-12 { 0.0 } else { sin },
        }
    }

    pub(super) fn along(self, point: Point) -> f64 {
        point.x * self.cos + point.y * self.sin
    }

    pub(super) fn across(self, point: Point) -> f64 {
        point.y * self.cos - point.x * self.sin
    }

    /// The point at `along` and `across`.
    pub(super) fn point(self, along: f64, across: f64) -> Point {
        Point::new(
            along * self.cos - across * self.sin,
            along * self.sin + across * self.cos,
        )
    }
}

/// Segments of about the same direction, as positions in the slice they came from.
pub(super) struct Family {
    pub(super) axis: Axis,
    pub(super) members: Vec<usize>,
}

/// Groups `segments` by direction, in a fixed order.
pub(super) fn families(segments: &[Segment]) -> Vec<Family> {
    let mut turned: Vec<(f64, usize)> = segments
        .iter()
        .enumerate()
        .map(|(index, segment)| {
            let angle = segment.direction();
            // Nearly horizontal lines of both tilts are one family.
            (
                if angle > PI - APART {
                    angle - PI
                } else {
                    angle
                },
                index,
            )
        })
        .collect();
    turned.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    let mut found = Vec::new();
    let mut rest = turned.as_slice();
    while let Some(&(start, _)) = rest.first() {
        let mut previous = start;
        let count = rest
            .iter()
            .take_while(|(angle, _)| {
                let near = angle - previous <= APART && angle - start <= WIDEST;
                previous = *angle;
                near
            })
            .count()
            .max(1);
        let (family, after) = rest.split_at(count);
        rest = after;
        let mut weight = 0.0;
        let mut sum = 0.0;
        for &(angle, index) in family {
            let length = segments.get(index).map_or(0.0, |segment| segment.length());
            weight += length;
            sum += angle * length;
        }
        found.push(Family {
            axis: Axis::new(if weight > 0.0 { sum / weight } else { start }),
            members: family.iter().map(|&(_, index)| index).collect(),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearly_parallel_segments_are_one_family() {
        let segment = |x: f64, y: f64| Segment::new(Point::default(), Point::new(x, y));
        let segments = [
            segment(100.0, 0.1),
            segment(100.0, -0.1),
            segment(-100.0, 0.0),
            segment(0.0, 10.0),
            segment(10.0, 10.0),
        ];
        let found = families(&segments);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].members.len(), 3);
        let axis = found[2].axis;
        let at = Point::new(3.0, 7.0);
        let back = axis.point(axis.along(at), axis.across(at));
        assert!(back.distance(at) < 1e-9);
    }
}
