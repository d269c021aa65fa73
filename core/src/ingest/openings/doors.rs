//! Doors by the arcs that their leaves describe.

use crate::plan::{Leaf, Point, Segment};

use super::arcs::Arc;
use super::bodies::{Abutment, Bodies, position};
use super::candidate::{Candidate, Symbol};
use super::sticks::Sticks;

/// How far the hinge and the jamb may stand from a wall body, as a share of the leaf.
const REACH: f64 = 0.25;

/// Where a wall goes on beyond one of them, the other may stand so far from the next wall: between
/// them is a nib that is hardly longer than thick, and not seen as a wall.
const NIB: f64 = 0.6;

/// How far they may stand off the centre line beyond the faces of the wall: a leaf hangs on the
/// face, or on a frame in front of it.
const ASIDE: f64 = 0.15;

/// The door that swings along `arc`, if one of the ends of the arc is at a jamb.
///
/// The leaf hangs at the centre; one end of the arc is the free edge of the open leaf, the other
/// is where it shuts. Only there a wall goes on, while between hinge and jamb there is none.
pub(super) fn door(arc: &Arc, bodies: &Bodies<'_>, sticks: &Sticks) -> Option<Candidate> {
    let ways = [(arc.from, arc.to), (arc.to, arc.from)];
    let [one, two] = ways.map(|(jamb, tip)| shut_at(arc, jamb, tip, bodies));
    let broken = match (one, two) {
        (Some(one), Some(two)) => Some(if two.0 < one.0 { two.1 } else { one.1 }),
        (one, two) => one.or(two).map(|(_, door)| door),
    };
    if broken.as_ref().is_some_and(Candidate::is_closed) {
        return broken;
    }
    let unbroken = {
        let [one, two] = ways.map(|(jamb, tip)| in_unbroken(arc, jamb, tip, bodies, sticks));
        // Of the quarter of a shower in a corner both ways lie on walls.
        match (one, two) {
            (Some(_), Some(_)) => None,
            (one, two) => one.or(two),
        }
    };
    unbroken.or(broken)
}

/// A leaf in a wall that is drawn on through its doors turns by so much, in radians...
const UNBROKEN_SWEEP: f64 = 1.2;

/// ...and its line begins and ends where the arc says, but for this share of it.
const LEAF_FITS: f64 = 0.12;

/// The door with its jamb at `jamb` in a wall whose faces go on through it: its leaf must be
/// drawn, from the wall into the room. The end at the jamb is left open for another leaf.
fn in_unbroken(
    arc: &Arc,
    jamb: Point,
    tip: Point,
    bodies: &Bodies<'_>,
    sticks: &Sticks,
) -> Option<Candidate> {
    let hinge = arc.centre;
    let width = hinge.distance(jamb).max(1e-9);
    let along = ((jamb.x - hinge.x) / width, (jamb.y - hinge.y) / width);
    let away = ((tip.x - hinge.x) / width, (tip.y - hinge.y) / width);
    let middle = hinge.towards(jamb, 0.5);
    let index = bodies.beside(middle, along, ASIDE * width)?;
    let wall = bodies.wall(index)?;
    let ((one, off), (two, _)) = (position(wall, hinge), position(wall, jamb));
    let (from, to) = (one.min(two), one.max(two));
    let stretches = bodies.stretches(index);
    let is_unbroken = stretches.iter().any(|(s, e)| *s < from && to < *e);
    let leaf_is_drawn = sticks.near(hinge, LEAF_FITS * width).any(|line| {
        let ends = |one: Point, two: Point| one.distance(hinge).max(two.distance(tip));
        ends(line.a, line.b).min(ends(line.b, line.a)) <= LEAF_FITS * width
            && !bodies.has_face(line)
    });
    if arc.sweep < UNBROKEN_SWEEP
        || off.abs() > 0.5 * wall.thickness_pt + ASIDE * width
        || !is_unbroken
        || bodies.beside(hinge.towards(tip, 0.5), away, 0.0).is_some()
        || !leaf_is_drawn
    {
        return None;
    }
    let foot = |s: f64| wall.a.towards(wall.b, s / wall.length_pt().max(1e-9));
    let axis = Segment::new(foot(one), foot(two));
    Some(Candidate {
        axis,
        meets: [Some(within(index, axis.a)), None],
        thickness: None,
        symbol: Symbol::Swing,
        leaves: vec![Leaf {
            hinge: hinge.rounded(),
            tip: tip.rounded(),
        }],
        misfit: 0.8,
    })
}

fn within(wall: usize, at: Point) -> Abutment {
    Abutment {
        wall,
        at,
        distance: 0.0,
        goes_on: true,
    }
}

/// Closes those of `doors` whose open end lies in the wall that their other end is in.
pub(super) fn close_unbroken(doors: &mut [Candidate], bodies: &Bodies<'_>) {
    for door in doors {
        if let [Some(hinge), None] = door.meets
            && door.symbol == Symbol::Swing
        {
            let middle = door.axis.a.towards(door.axis.b, 0.5);
            let along = super::sticks::unit(door.axis);
            if bodies.along_at(middle, along) == Some(hinge.wall)
                && bodies.along_at(door.axis.b, along) == Some(hinge.wall)
            {
                door.meets[1] = Some(within(hinge.wall, door.axis.b));
            }
        }
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
    let mut at_hinge = bodies.abutment(hinge, (-dx, -dy), reach, aside);
    let mut at_jamb = bodies.abutment(jamb, (dx, dy), reach, aside);
    let goes_on = |end: &Option<Abutment>| end.is_some_and(|end| end.goes_on);
    if at_jamb.is_none() && goes_on(&at_hinge) {
        at_jamb = bodies.abutment(jamb, (dx, dy), NIB * width, aside);
    } else if at_hinge.is_none() && goes_on(&at_jamb) {
        at_hinge = bodies.abutment(hinge, (-dx, -dy), NIB * width, aside);
    }
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
