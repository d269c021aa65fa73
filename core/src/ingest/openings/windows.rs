//! Windows and sliding doors by the lines that are drawn across the gap.

use crate::plan::Segment;

use super::bodies::{Bodies, direction, position};
use super::candidate::{Candidate, Symbol};
use super::doors::on_wall_line;
use super::glazing::{Bundle, unit};

/// Lines over this share of the thickness of the wall are sills and glass; panels take less.
const OVER_THE_WALL: f64 = 0.6;

/// The opening that `bundle` fills, if both ends are at walls and there is none between them.
///
/// `usual` is the usual thickness of the walls in points.
pub(super) fn in_gap(bundle: &Bundle, usual: f64, bodies: &Bodies<'_>) -> Option<Candidate> {
    let axis = bundle.axis;
    let (dx, dy) = unit(axis);
    // Frames overlap the wall a little or leave a joint; both are less than a wall.
    let reach = (0.5 * usual).max(1.0);
    // Some draw glass on the outer face of the wall; a sill is centred.
    let aside = if bundle.lines == 1 { 0.0 } else { 0.1 * usual };
    if bodies
        .along_at(axis.a.towards(axis.b, 0.5), (dx, dy))
        .is_some()
    {
        return None;
    }
    let one = bodies.abutment(axis.a, (-dx, -dy), reach, aside);
    let two = bodies.abutment(axis.b, (dx, dy), reach, aside);
    let goes_on = [&one, &two]
        .into_iter()
        .flatten()
        .filter(|end| end.goes_on)
        .count();
    match bundle.lines {
        1 if goes_on < 2 => return None,
        2 if one.is_none() && two.is_none() => return None,
        _ => {}
    }
    if one.is_none() && two.is_none() {
        return None;
    }
    let wall = [&one, &two]
        .into_iter()
        .flatten()
        .find(|end| end.goes_on)
        .or([&one, &two].into_iter().flatten().next());
    let thickness = wall
        .and_then(|end| bodies.wall(end.wall))
        .map_or(usual, |wall| wall.thickness_pt);
    let fills_wall = bundle.spread >= OVER_THE_WALL * thickness;
    let misfit = [&one, &two]
        .into_iter()
        .map(|end| {
            end.as_ref()
                .map_or(1.0, |end| end.distance.abs() / axis.length())
        })
        .sum();
    Some(Candidate {
        axis: on_wall_line(axis, &one, &two, bodies),
        meets: [one, two],
        thickness: fills_wall.then_some(bundle.spread),
        symbol: if fills_wall || bundle.lines == 1 {
            Symbol::Glazing
        } else {
            Symbol::Panels
        },
        leaves: Vec::new(),
        misfit,
    })
}

/// The window that `bundle` makes inside an unbroken wall: its faces go on, and between them
/// lines begin and end.
pub(super) fn in_wall(bundle: &Bundle, bodies: &Bodies<'_>) -> Option<(usize, Candidate)> {
    let axis = bundle.axis;
    let middle = axis.a.towards(axis.b, 0.5);
    let index = bodies.along_at(middle, unit(axis))?;
    let wall = bodies.wall(index)?;
    let (wx, wy) = direction(wall);
    let (dx, dy) = unit(axis);
    let (_, off) = position(wall, middle);
    let inside =
        bundle.lines >= 3 || (bundle.lines == 2 && bundle.spread < 0.8 * wall.thickness_pt);
    let fits = (dx * wy - dy * wx).abs() < 0.03
        && off.abs() <= 0.25 * wall.thickness_pt
        && bundle.spread <= 1.1 * wall.thickness_pt + 0.5
        && axis.length() < 0.9 * wall.length_pt();
    if !inside || !fits {
        return None;
    }
    let (one, two) = (position(wall, axis.a).0, position(wall, axis.b).0);
    let at = |s: f64| wall.a.towards(wall.b, s / wall.length_pt().max(1e-9));
    Some((
        index,
        Candidate {
            axis: Segment::new(at(one), at(two)),
            meets: [None, None],
            thickness: None,
            symbol: Symbol::Glazing,
            leaves: Vec::new(),
            misfit: 0.2,
        },
    ))
}
