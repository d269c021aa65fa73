//! Walls have a length, stand on something, lie on the grid, and separate what they say.

use super::super::geometry::Point;
use super::super::model::InteriorWall;
use super::enclosure::wall_body;
use super::{Findings, Measure, View};

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let layout = view.layout;
    for wall in &layout.interior_walls {
        let (a, b) = ends(wall);
        if a == b || wall.thickness_mm <= 0 {
            let message = format!("wall `{}` has no length or no thickness", wall.id);
            found.error("WALL_ZERO_LENGTH", &[&wall.id], Measure::NONE, message);
            continue;
        }
        let Some(body) = wall_body(wall) else {
            let message = format!("wall `{}` is not along an axis", wall.id);
            found.error("ROOM_NOT_ENCLOSED", &[&wall.id], Measure::NONE, message);
            continue;
        };
        for end in [a, b] {
            let supported = layout.interior_walls.iter().any(|other| {
                other.id != wall.id && wall_body(other).is_some_and(|body| body.contains(end))
            }) || touches_building(view, end, wall.thickness_mm);
            if !supported {
                let message = format!("wall `{}` ends free at ({}, {})", wall.id, end.x, end.y);
                found.warning("WALL_DANGLING", &[&wall.id], Measure::NONE, message);
            }
        }
        let grid = layout.grid_size_mm.max(1);
        let line = if a.x == b.x { a.x } else { a.y };
        // In line with a side of the plate, which is where it is, a wall is as easy to set out.
        let on_side = view.plate.inner_outline.edges().any(|(p, q)| {
            if a.x == b.x {
                p.x == line && q.x == line
            } else {
                p.y == line && q.y == line
            }
        });
        if line.rem_euclid(grid) != 0 && !on_side {
            let message = format!("wall `{}` is off the grid of {grid} mm", wall.id);
            let measure = Measure::against(line.rem_euclid(grid), 0);
            found.warning("GRID_MISALIGNED", &[&wall.id], measure, message);
        }
        check_sides(view, wall, found);
        // The middle part of a wall must not stand in a space; its ends may reach into corners.
        for space in &view.spaces {
            let covered = super::super::overlay::common(&[&body.ring()], &[space.net]);
            let area = super::super::overlay::area_of(&covered);
            if area > 0 {
                let message = format!("wall `{}` stands in `{}`", wall.id, space.id);
                let measure = Measure::against(area, 0);
                found.error("WALL_IN_ROOM", &[&wall.id, space.id], measure, message);
            }
        }
    }
}

pub(super) const fn ends(wall: &InteriorWall) -> (Point, Point) {
    (Point::new(wall.x1, wall.y1), Point::new(wall.x2, wall.y2))
}

/// Whether `end` is on the building or no farther from it than half a wall, the way a wall that
/// meets a slanting side is cut off.
fn touches_building(view: &View<'_>, end: Point, thickness: i64) -> bool {
    let outline = &view.plate.inner_outline;
    if !outline.contains(end) {
        return true;
    }
    view.plate
        .obstacles
        .iter()
        .chain(std::iter::once(outline))
        .any(|ring| {
            ring.edges().any(|(a, b)| {
                let length = a.distance(b).max(1);
                let off = a.turn(b, end).abs() / length;
                let along = ((end.x - a.x) * (b.x - a.x) + (end.y - a.y) * (b.y - a.y)) / length;
                off <= thickness && along >= -thickness && along <= length + thickness
            })
        })
}

/// A wall's middle has on each side the space it names.
fn check_sides(view: &View<'_>, wall: &InteriorWall, found: &mut Findings<'_>) {
    let (a, b) = ends(wall);
    let middle = Point::new((a.x + b.x).div_euclid(2), (a.y + b.y).div_euclid(2));
    let (dx, dy) = ((b.x - a.x).signum(), (b.y - a.y).signum());
    let reach = wall.thickness_mm / 2 + 1;
    // On a page, whoever walks along (dx, dy) has (dy, -dx) to the left.
    let sides = [
        (&wall.left_room, middle.shifted(dy * reach, -dx * reach)),
        (&wall.right_room, middle.shifted(-dy * reach, dx * reach)),
    ];
    for (named, point) in sides {
        let is_there = |id: &str| {
            view.space(id)
                .is_some_and(|space| space.net.contains(point))
        };
        let wrong = match named {
            Some(id) => !is_there(id),
            None => view.spaces.iter().any(|space| space.net.contains(point)),
        };
        if wrong {
            let name = named.as_deref().unwrap_or("nothing");
            let message = format!("wall `{}` does not have `{name}` at its side", wall.id);
            found.error("WALL_SIDE_WRONG", &[&wall.id, name], Measure::NONE, message);
        }
    }
}
