//! Corridors are as wide as the rules want, all the way, and have no long dead ends.

use super::super::geometry::{Point, Ring};
use super::clear_width::STEP_MM;
use super::doors::place_of;
use super::view::Space;
use super::{Findings, FreeSpace, Measure, View};

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    for network in networks(view) {
        let measured = clear_width(view, &network);
        let limit = view.rules.corridor_min_mm;
        let ids: Vec<&str> = network
            .iter()
            .filter_map(|i| Some(view.spaces.get(*i)?.id))
            .collect();
        if measured < limit {
            let message = format!(
                "the corridor {} is {measured} mm wide at its narrowest",
                ids.join(" + ")
            );
            let measure = Measure::against(measured, limit);
            found.error("CORRIDOR_TOO_NARROW", &ids, measure, message);
        }
        dead_ends(view, &network, found);
    }
}

/// Corridor pieces that adjoin, as positions in `view.spaces`.
pub(crate) fn networks(view: &View<'_>) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..view.spaces.len()).collect();
    for edge in &view.layout.open_edges {
        let [one, other] = &edge.between;
        let (Some(one), Some(other)) = (view.position(one), view.position(other)) else {
            continue;
        };
        let both = [one, other]
            .iter()
            .all(|i| view.spaces.get(*i).is_some_and(|s| s.is_corridor));
        if let (true, Some(from), Some(to)) =
            (both, group.get(one).copied(), group.get(other).copied())
        {
            for number in &mut group {
                if *number == from {
                    *number = to;
                }
            }
        }
    }
    let mut found: Vec<Vec<usize>> = Vec::new();
    for (i, _) in view
        .spaces
        .iter()
        .enumerate()
        .filter(|(_, space)| space.is_corridor)
    {
        let number = group.get(i);
        let same = found.iter_mut().find(|list| {
            list.first()
                .is_some_and(|first| group.get(*first) == number)
        });
        match same {
            Some(list) => list.push(i),
            None => found.push(vec![i]),
        }
    }
    found
}

/// The widest square that can be moved from each opening of these corridors to every other.
pub(crate) fn clear_width(view: &View<'_>, network: &[usize]) -> i64 {
    let spaces: Vec<&Space<'_>> = network.iter().filter_map(|i| view.spaces.get(*i)).collect();
    let rings: Vec<&Ring> = spaces.iter().map(|space| space.net).collect();
    let mut holes: Vec<Ring> = view.plate.obstacles.clone();
    let ids: Vec<&str> = spaces.iter().map(|space| space.id).collect();
    let standing = view
        .layout
        .fixtures
        .iter()
        .filter(|fixture| ids.contains(&fixture.room_id.as_str()));
    holes.extend(standing.map(|fixture| fixture.footprint().ring()));
    let bounds: Vec<_> = rings.iter().map(|ring| ring.bounds()).collect();
    holes.retain(|hole| bounds.iter().any(|box_| box_.overlaps(&hole.bounds())));
    let mut places: Vec<Point> = Vec::new();
    for door in &view.layout.doors {
        let joins = door.connects.iter().find(|id| ids.contains(&id.as_str()));
        if let (Some(id), Some(place)) = (joins, place_of(view, door)) {
            let face = if *id == door.opens_into {
                place.face
            } else {
                place.far_face
            };
            let rings = rings.iter().copied();
            places.push(before(face.0, face.1, rings));
        }
    }
    for edge in &view.layout.open_edges {
        let inside = edge
            .between
            .iter()
            .filter(|id| ids.contains(&id.as_str()))
            .count();
        if inside == 1 {
            places.push(Point::new(
                (edge.from.x + edge.to.x).div_euclid(2),
                (edge.from.y + edge.to.y).div_euclid(2),
            ));
        }
    }
    FreeSpace::new(&rings, &holes).widest(&places)
}

/// The middle of an opening; before one aslant by as much as its side is taken for in steps.
fn before<'a>(a: Point, b: Point, mut rings: impl Iterator<Item = &'a Ring>) -> Point {
    let middle = Point::new((a.x + b.x).div_euclid(2), (a.y + b.y).div_euclid(2));
    if a.x == b.x || a.y == b.y {
        return middle;
    }
    let length = a.distance(b).max(1);
    let off = 3 * STEP_MM;
    let (dx, dy) = ((b.y - a.y) * off / length, (a.x - b.x) * off / length);
    let one = middle.shifted(dx, dy);
    if rings.any(|ring| ring.contains(one)) {
        one
    } else {
        middle.shifted(-dx, -dy)
    }
}

/// A piece with one way out is a dead end as long as it is.
fn dead_ends(view: &View<'_>, network: &[usize], found: &mut Findings<'_>) {
    let limit = view.rules.dead_end_max_mm;
    if limit <= 0 {
        return;
    }
    for space in network.iter().filter_map(|i| view.spaces.get(*i)) {
        let open = view
            .layout
            .open_edges
            .iter()
            .filter(|e| e.between.iter().any(|id| id == space.id));
        let exits = view
            .layout
            .doors
            .iter()
            .filter(|door| door.connects.iter().any(|id| id == space.id))
            .filter(|door| {
                door.connects.iter().any(|id| {
                    id == "outside"
                        || view
                            .space(id)
                            .is_some_and(|other| other.id != space.id && other.public)
                })
            });
        let bounds = space.net.bounds();
        let length = bounds.width().max(bounds.height());
        if open.count() + exits.count() < 2 && length > limit {
            let message = format!("`{}` is a dead end of {length} mm", space.id);
            let measure = Measure::against(length, limit);
            found.warning("CORRIDOR_DEAD_END", &[space.id], measure, message);
        }
    }
}
