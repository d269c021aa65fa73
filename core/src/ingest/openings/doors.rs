//! Doors by the arcs that their leaves describe.

use crate::plan::{Leaf, Point, Segment};

use super::arcs::Arc;
use super::bodies::{Abutment, Bodies, position};
use super::candidate::{Candidate, Symbol};

/// How far the hinge and the jamb may stand from a wall body, as a share of the leaf.
const REACH: f64 = 0.25;

/// How far they may stand off the centre line beyond the faces of the wall: a leaf hangs on the
/// face, or on a frame in front of it.
const ASIDE: f64 = 0.15;

/// The door that swings along `arc`, if one of the ends of the arc is at a jamb.
///
/// The leaf hangs at the centre; one end of the arc is the free edge of the open leaf, the other
/// is where it shuts. Only there a wall goes on, while between hinge and jamb there is none.
pub(super) fn door(arc: &Arc, bodies: &Bodies<'_>) -> Option<Candidate> {
    let one = shut_at(arc, arc.from, arc.to, bodies);
    let two = shut_at(arc, arc.to, arc.from, bodies);
    match (one, two) {
        (Some(one), Some(two)) => Some(if two.0 < one.0 { two.1 } else { one.1 }),
        (one, two) => one.or(two).map(|(_, door)| door),
    }
}

/// The door with its jamb at `jamb`, and how badly it fits.
fn shut_at(arc: &Arc, jamb: Point, tip: Point, bodies: &Bodies<'_>) -> Option<(f64, Candidate)> {
    let hinge = arc.centre;
    let width = hinge.distance(jamb);
    if width <= 0.0 {
        return None;
    }
    let (dx, dy) = ((jamb.x - hinge.x) / width, (jamb.y - hinge.y) / width);
    let (reach, aside) = (REACH * width, ASIDE * width);
    let at_hinge = bodies.abutment(hinge, (-dx, -dy), reach, aside);
    let at_jamb = bodies.abutment(jamb, (dx, dy), reach, aside);
    let middle = hinge.towards(jamb, 0.5);
    let mut cost = 0.0;
    if bodies.along_at(middle, (dx, dy)).is_some() {
        // An open leaf that lies along a wall looks like this; a door on unbroken lines too.
        cost += 1.5;
    }
    for end in [&at_hinge, &at_jamb] {
        cost += match end {
            Some(abutment) => {
                abutment.distance.abs() / width + if abutment.goes_on { 0.0 } else { 0.3 }
            }
            None => 1.0,
        };
    }
    if (at_hinge.is_none() && at_jamb.is_none()) || cost > 2.0 {
        return None;
    }
    let axis = on_wall_line(Segment::new(hinge, jamb), &at_hinge, &at_jamb, bodies);
    // On the line of the wall the ends may meet others at another place.
    let at_hinge = at_hinge.map(|found| {
        bodies
            .abutment(axis.a, (-dx, -dy), reach, aside)
            .unwrap_or(found)
    });
    let at_jamb = at_jamb.map(|found| {
        bodies
            .abutment(axis.b, (dx, dy), reach, aside)
            .unwrap_or(found)
    });
    Some((
        cost,
        Candidate {
            axis,
            meets: [at_hinge, at_jamb],
            thickness: None,
            symbol: Symbol::Swing,
            leaves: vec![Leaf {
                hinge: hinge.rounded(),
                tip: tip.rounded(),
            }],
            misfit: cost,
        },
    ))
}

/// `line` moved onto the centre line of the wall that goes on beyond it.
pub(super) fn on_wall_line(
    line: Segment,
    one: &Option<Abutment>,
    two: &Option<Abutment>,
    bodies: &Bodies<'_>,
) -> Segment {
    let going_on = [one, two]
        .into_iter()
        .flatten()
        .find(|abutment| abutment.goes_on);
    let Some(wall) = going_on.and_then(|abutment| bodies.wall(abutment.wall)) else {
        return line;
    };
    let foot = |point: Point| {
        let (s, _) = position(wall, point);
        wall.a.towards(wall.b, s / wall.length_pt().max(1e-9))
    };
    Segment::new(foot(line.a), foot(line.b))
}
