//! Which rooms share a wall, which are near, and whether that is what was wished for.

use std::collections::BTreeMap;

use super::super::brief::Link;
use super::super::geometry::{Point, Rect, Ring};
use super::super::overlay::{area_of, common};
use super::super::plate::Plate;
use super::super::programme::{Daylight, Rating};
use super::cover::Cover;
use super::reach::Ways;
use super::walls::ends;
use super::{Findings, Measure, View};

/// Length of common wall (or open edge) between each pair of spaces, in mm.
pub(crate) struct SharedWalls(BTreeMap<(usize, usize), i64>);

impl SharedWalls {
    /// Measures them.
    pub(crate) fn of(view: &View<'_>) -> SharedWalls {
        let mut lengths = BTreeMap::new();
        let mut add = |one: Option<usize>, other: Option<usize>, length: i64| {
            if let (Some(one), Some(other)) = (one, other) {
                *lengths.entry((one.min(other), one.max(other))).or_insert(0) += length;
            }
        };
        for wall in &view.layout.interior_walls {
            let (a, b) = ends(wall);
            let side = |id: &Option<String>| id.as_deref().and_then(|id| view.position(id));
            // Centre lines reach into the walls they end at.
            let length = a.distance(b) - wall.thickness_mm;
            add(side(&wall.left_room), side(&wall.right_room), length);
        }
        for open in &view.layout.open_edges {
            let [one, other] = &open.between;
            add(
                view.position(one),
                view.position(other),
                open.from.distance(open.to),
            );
        }
        SharedWalls(lengths)
    }

    /// Common length of two spaces.
    pub(crate) fn length(&self, one: usize, other: usize) -> i64 {
        self.0
            .get(&(one.min(other), one.max(other)))
            .copied()
            .unwrap_or(0)
    }
}

/// Whether two rooms share enough wall, face each other across a corridor, or have doors within the
/// rules' distance of each other.
pub(crate) fn is_near(
    view: &View<'_>,
    walls: &SharedWalls,
    ways: &Ways,
    one: usize,
    other: usize,
) -> bool {
    walls.length(one, other) >= view.rules.shared_wall_min_mm
        || ways
            .between(one, other)
            .is_some_and(|way| way <= view.rules.near_mm)
        || face(view, one, other)
}

/// Whether nothing but a corridor, no wider than the rules' distance, lies between two rooms over
/// as much length as counts for a common wall.
fn face(view: &View<'_>, one: usize, other: usize) -> bool {
    let (Some(a), Some(b)) = (view.spaces.get(one), view.spaces.get(other)) else {
        return false;
    };
    let (a, b) = (a.net.bounds(), b.net.bounds());
    let across_x = a.x1 <= b.x0 || b.x1 <= a.x0;
    let band = if across_x {
        Rect {
            x0: a.x1.min(b.x1),
            x1: a.x0.max(b.x0),
            y0: a.y0.max(b.y0),
            y1: a.y1.min(b.y1),
        }
    } else {
        Rect {
            x0: a.x0.max(b.x0),
            x1: a.x1.min(b.x1),
            y0: a.y1.min(b.y1),
            y1: a.y0.max(b.y0),
        }
    };
    let (gap, length) = if across_x {
        (band.width(), band.height())
    } else {
        (band.height(), band.width())
    };
    let clear = gap - 2 * view.rules.wall_thickness_mm;
    if gap > view.rules.near_mm || clear <= 0 || length < view.rules.shared_wall_min_mm {
        return false;
    }
    let corridors = view.spaces.iter().filter(|space| space.is_corridor);
    let corridors: Vec<&Ring> = corridors.map(|space| space.net).collect();
    area_of(&common(&corridors, &[&band.ring()])) >= clear * length
}

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let walls = SharedWalls::of(view);
    let ways = Ways::of(view);
    for link in &view.brief.links {
        if link.rating == Rating::X {
            forbidden(view, link, &walls, found);
        } else if link.rating != Rating::U {
            unmet(view, link, &walls, &ways, found);
        }
    }
    for space in &view.spaces {
        let Some(brief) = space
            .brief
            .filter(|brief| brief.daylight == Daylight::Required)
        else {
            continue;
        };
        let lit = lit_length(view.plate, space.net);
        if lit <= 0 {
            let message = format!("{} has no side with daylight", brief.name);
            found.warning(
                "DAYLIGHT_MISSING",
                &[space.id],
                Measure::against(lit, 1),
                message,
            );
        }
    }
}

fn forbidden(view: &View<'_>, link: &Link, walls: &SharedWalls, found: &mut Findings<'_>) {
    for from in link
        .from
        .iter()
        .filter_map(|room| view.room_of_brief(*room))
    {
        for to in link.to.iter().filter_map(|room| view.room_of_brief(*room)) {
            let length = walls.length(from, to);
            if let (true, Some(a), Some(b)) =
                (length > 0, view.spaces.get(from), view.spaces.get(to))
            {
                let message = format!(
                    "`{}` and `{}` are to be apart and share {length} mm of wall",
                    a.id, b.id
                );
                let measure = Measure::against(length, 0);
                found.warning("ADJACENCY_FORBIDDEN", &[a.id, b.id], measure, message);
            }
        }
    }
}

fn unmet(view: &View<'_>, link: &Link, walls: &SharedWalls, ways: &Ways, found: &mut Findings<'_>) {
    let others: Vec<usize> = link
        .to
        .iter()
        .filter_map(|room| view.room_of_brief(*room))
        .collect();
    for from in link
        .from
        .iter()
        .filter_map(|room| view.room_of_brief(*room))
    {
        let limit = view.rules.shared_wall_min_mm;
        let best = others
            .iter()
            .map(|to| walls.length(from, *to))
            .max()
            .unwrap_or(0);
        let near = others
            .iter()
            .any(|to| is_near(view, walls, ways, from, *to));
        let met = best >= limit || (near && !matches!(link.rating, Rating::A | Rating::E));
        if let (false, false, Some(space)) = (met, others.is_empty(), view.spaces.get(from)) {
            let wanted: Vec<&str> = others
                .iter()
                .filter_map(|to| view.spaces.get(*to))
                .map(|to| to.id)
                .collect();
            let message = format!(
                "`{}` ({:?}) shares {best} mm of wall with {}{}",
                space.id,
                link.rating,
                wanted.join(" or "),
                if near { ", but is near" } else { "" }
            );
            let measure = Measure::against(best, limit);
            found.warning("ADJACENCY_UNMET", &[space.id], measure, message);
        }
    }
}

/// Length of an outline on the perimeter's sides or windows through which daylight comes, in mm.
pub(crate) fn lit_length(plate: &Plate, net: &Ring) -> i64 {
    let edges: Vec<(Point, Point)> = plate.inner_outline.edges().collect();
    let spans: Vec<(Point, Point)> = if plate.windows.is_empty() {
        let lit = edges.iter().zip(&plate.daylight).filter(|(_, lit)| **lit);
        lit.map(|(edge, _)| *edge).collect()
    } else {
        let windows = plate.windows.iter().filter_map(|window| {
            let (a, b) = edges.get(window.edge).copied()?;
            let length = a.distance(b).max(1);
            let at = |d: i64| {
                Point::new(
                    a.x + (b.x - a.x) * d / length,
                    a.y + (b.y - a.y) * d / length,
                )
            };
            Some((at(window.from_mm), at(window.from_mm + window.width_mm)))
        });
        windows.collect()
    };
    net.edges()
        .map(|(a, b)| {
            let mut cover = Cover::of(a, b);
            for (c, d) in &spans {
                cover.add(*c, *d);
            }
            cover.covered()
        })
        .sum()
}
