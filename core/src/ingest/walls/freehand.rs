//! Lines that are drawn by hand, or look so: many short pieces that waver about a straight one.

use crate::plan::{Point, Segment};

/// A line wavers no farther off the straight one than by this, in points, or by half its pen.
const WAVERS_PT: f64 = 0.3;

/// A piece that turns away from the one before by more than this, as a cosine, begins another line.
const CORNER: f64 = 0.94;

/// The straight pieces of a line through `points` that is drawn with a pen of `width`, each
/// wavering stretch between two corners as one.
pub(super) fn straightened(points: &[Point], width: f64) -> Vec<Segment> {
    let off = WAVERS_PT.max(0.5 * width);
    let mut found = Vec::new();
    let mut first = 0;
    for at in 1..points.len() {
        let is_corner = match points.get(at - 1..=at + 1) {
            Some(&[one, two, three]) => turns(one, two, three),
            _ => true,
        };
        if !is_corner {
            continue;
        }
        let stretch = points.get(first..=at).unwrap_or_default();
        match wavering(stretch, off) {
            Some(line) => found.push(line),
            None => {
                let pairs = stretch.iter().zip(stretch.iter().skip(1));
                found.extend(pairs.map(|(&a, &b)| Segment::new(a, b)));
            }
        }
        first = at;
    }
    found
}

fn turns(one: Point, two: Point, three: Point) -> bool {
    let (ux, uy) = (two.x - one.x, two.y - one.y);
    let (vx, vy) = (three.x - two.x, three.y - two.y);
    ux * vx + uy * vy < CORNER * ux.hypot(uy) * vx.hypot(vy)
}

/// The line from end to end of `points`, if those between lie `off` it or nearer.
fn wavering(points: &[Point], off: f64) -> Option<Segment> {
    let [first, between @ .., last] = points else {
        return None;
    };
    let line = Segment::new(*first, *last);
    let is_near = |point: &Point| line.distance_to(*point) <= off;
    (!between.is_empty() && between.iter().all(is_near)).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wavering_line_is_one_and_a_bow_is_none() {
        let line = |points: &[(f64, f64)]| {
            let points: Vec<Point> = points.iter().map(|&(x, y)| Point::new(x, y)).collect();
            straightened(&points, 0.5)
        };
        let found = line(&[
            (0.0, 0.0),
            (20.0, 0.2),
            (40.0, -0.2),
            (60.0, 0.1),
            (60.2, 30.0),
        ]);
        let [along, up] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((along.a.x, along.b.x, up.b.y), (0.0, 60.0, 30.0));
        assert_eq!(
            line(&[(0.0, 0.0), (20.0, 2.0), (40.0, 2.0), (60.0, 0.0)]).len(),
            3
        );
        // There and back.
        assert_eq!(line(&[(0.0, 0.0), (50.0, 0.0), (10.0, 0.1)]).len(), 2);
    }
}
