//! Doors drawn as triangles: the open leaf, and a straight line from its free edge to the jamb instead
//! of the arc. Plans that are drawn without a program for buildings have such doors.

use super::arcs::Arc;
use super::bodies::Bodies;
use super::candidate::Candidate;
use super::doors::door;
use super::sticks::Sticks;
use crate::error::Result;
use crate::plan::{Point, Segment};
use crate::watch::Watch;

/// The ends of leaf and chord meet within this share of the leaf.
const MEETS: f64 = 0.06;

/// Fewer such doors are none: a plan draws its doors in one way, and triangles stand elsewhere.
const FEWEST: usize = 3;

/// Where there are more lines, looking at each as a chord would take too long.
const MOST_LINES: usize = 40_000;

/// Lines between two looks at the watch.
const BETWEEN_CHECKS: usize = 512;

/// Doors with a chord, `smallest` to `longest` points wide, if `arcs` doors have arcs and those with
/// chords are more.
pub(super) fn doors_by_chords(
    arcs: usize,
    (smallest, longest): (f64, f64),
    sticks: &Sticks,
    bodies: &Bodies<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Candidate>> {
    let mut found: Vec<Candidate> = Vec::new();
    if sticks.lines.len() > MOST_LINES {
        return Ok(found);
    }
    let diagonal = std::f64::consts::SQRT_2;
    for (count, chord) in sticks.lines.iter().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let width = chord.length() / diagonal;
        // Lines within a wall are its hatching.
        let middle = chord.a.towards(chord.b, 0.5);
        if (smallest..=longest).contains(&width) && !bodies.hold(middle) {
            // Nor is a leaf the jamb of another opening, or a line across a wall.
            let in_room =
                |leaf: Segment| !bodies.has_face(leaf) && !bodies.hold(leaf.a.towards(leaf.b, 0.5));
            let swings = swings(*chord, sticks, in_room).into_iter().flatten();
            let doors = swings.filter_map(|swing| door(&swing, bodies, sticks));
            found.extend(doors.filter(Candidate::is_closed));
        }
    }
    if found.len() < FEWEST || found.len() <= arcs {
        found.clear();
    }
    Ok(found)
}

/// The swings that `chord` stands for, at most one on either side of it: those whose leaf is drawn,
/// is no part of a wall,
/// while nothing is drawn from the hinge to the jamb.
fn swings(chord: Segment, sticks: &Sticks, in_room: impl Fn(Segment) -> bool) -> [Option<Arc>; 2] {
    let Segment { a, b } = chord;
    let middle = a.towards(b, 0.5);
    let (x, y) = (0.5 * (b.x - a.x), 0.5 * (b.y - a.y));
    let hinges = [
        Point::new(middle.x - y, middle.y + x),
        Point::new(middle.x + y, middle.y - x),
    ];
    hinges.map(|hinge| {
        let radius = hinge.distance(a);
        let [to_a, to_b] = [a, b].map(|end| is_drawn(hinge, end, MEETS * radius, sticks));
        let (from, to) = match (to_a, to_b) {
            (true, false) => (b, a),
            (false, true) => (a, b),
            _ => return None,
        };
        if !in_room(Segment::new(hinge, to)) {
            return None;
        }
        Some(Arc {
            centre: hinge,
            radius,
            from,
            to,
            sweep: std::f64::consts::FRAC_PI_2,
        })
    })
}

/// Whether a line is drawn from `one` to `two`.
fn is_drawn(one: Point, two: Point, within: f64, sticks: &Sticks) -> bool {
    sticks.near(one.towards(two, 0.5), within).any(|line| {
        let apart = |a: Point, b: Point| a.distance(one).max(b.distance(two));
        apart(line.a, line.b).min(apart(line.b, line.a)) <= within
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::drawing::Drawing;
    use crate::watch::Unwatched;

    fn sticks(lines: &[[[f64; 2]; 2]]) -> Sticks {
        let mut drawing = Drawing::default();
        for ends in lines {
            drawing.add_stroke_for_test(&ends.map(Point::from));
        }
        Sticks::collect(&drawing, 1.0, &Unwatched).unwrap()
    }

    #[test]
    fn a_leaf_and_a_chord_are_a_swing_and_a_triangle_is_none() {
        let (leaf, chord) = ([[0.0, 0.0], [0.0, 20.0]], [[0.0, 20.0], [20.0, 0.0]]);
        let found = |lines: &[[[f64; 2]; 2]]| {
            let chord = Segment::new([0.0, 20.0].into(), [20.0, 0.0].into());
            let found = swings(chord, &sticks(lines), |_| true)
                .into_iter()
                .flatten();
            found.collect::<Vec<Arc>>()
        };
        let swing = found(&[leaf, chord]);
        assert_eq!(swing.len(), 1);
        assert_eq!(swing[0].centre, Point::new(0.0, 0.0));
        assert_eq!(swing[0].from, Point::new(20.0, 0.0));
        // Half of a box with a diagonal, and a diagonal alone.
        assert!(found(&[leaf, chord, [[0.0, 0.0], [20.0, 0.0]]]).is_empty());
        assert!(found(&[chord]).is_empty());
        // A leaf that is shorter than the opening is wide.
        assert!(found(&[[[0.0, 0.0], [0.0, 17.0]], chord]).is_empty());
    }
}
