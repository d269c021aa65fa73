//! Lines that some programs write as long thin areas.

use super::drawing::Path;
use crate::plan::{Point, Segment};

/// Areas no thicker than this, in points, are lines that some programs write as polygons: no
/// pen on a plan is much heavier but the one that draws walls, which is a bar either way.
const THICKEST_LINE_PT: f64 = 1.6;

/// A filled line is at least so much longer than thick.
const LINE_ASPECT: f64 = 3.0;

/// Corners nearer to each other than this are one, in points.
const SAME_PT: f64 = 0.01;

/// The line and its width, when `ring` is a long thin quadrangle.
pub(super) fn thin_quadrangle(ring: &[Point]) -> Option<(Segment, f64)> {
    let &[a, b, c, d] = ring else {
        return None;
    };
    let (one, two) = (
        a.distance(b).max(c.distance(d)),
        b.distance(c).max(d.distance(a)),
    );
    let (line, width, length) = if one >= two {
        (Segment::new(a.towards(d, 0.5), b.towards(c, 0.5)), two, one)
    } else {
        (Segment::new(a.towards(b, 0.5), d.towards(c, 0.5)), one, two)
    };
    (width <= THICKEST_LINE_PT && length >= LINE_ASPECT * width).then_some((line, width))
}

/// The line and its width that the fill of `path` stands for, if it is one thin quadrangle and
/// nothing else.
pub(super) fn filled_line(path: &Path<'_>) -> Option<(Segment, f64)> {
    let mut subpaths = path.subpaths();
    let (Some(only), None) = (subpaths.next(), subpaths.next()) else {
        return None;
    };
    let mut ring = only.points;
    if let [first, rest @ .., last] = ring
        && !rest.is_empty()
        && first.distance(*last) <= SAME_PT
    {
        ring = ring.get(..ring.len() - 1)?;
    }
    thin_quadrangle(ring).filter(|_| !only.curved)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_thin_quadrangle_is_a_line_from_end_to_end() {
        let ring = [[0.0, 1.0], [40.0, 1.0], [40.0, 1.5], [0.0, 1.5]].map(Point::from);
        let (line, width) = thin_quadrangle(&ring).unwrap();
        assert_eq!(
            (line.a, line.b),
            (Point::new(0.0, 1.25), Point::new(40.0, 1.25))
        );
        assert!((width - 0.5).abs() < 1e-9);
        let wall = [[0.0, 0.0], [40.0, 0.0], [40.0, 6.0], [0.0, 6.0]].map(Point::from);
        assert_eq!(thin_quadrangle(&wall), None);
    }
}
