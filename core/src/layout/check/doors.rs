//! Doors lie in a wall between the two spaces they join, and open.

use super::super::geometry::{Point, Rect};
use super::super::model::{Door, DoorType, Hinge};
use super::super::plate::{Entrance, Plate};
use super::cover::Cover;
use super::sector::Sector;
use super::{Findings, Measure, View};

/// A door in coordinates.
#[derive(Debug, Clone)]
pub(crate) struct DoorPlace {
    /// Near side of the opening, on the wall's centre line.
    pub(crate) from: Point,
    /// Far side.
    pub(crate) to: Point,
    /// The same on the face of the space into which it opens.
    pub(crate) face: (Point, Point),
    /// And on the other face.
    pub(crate) far_face: (Point, Point),
    /// What its leaves sweep; empty for sliding doors, and for entrances that open outwards.
    pub(crate) sectors: Vec<Sector>,
    wall_length: i64,
    sides: [Option<String>; 2],
    is_perimeter: bool,
}

impl DoorPlace {
    /// The middle of the opening.
    pub(crate) fn middle(&self) -> Point {
        Point::new(
            (self.from.x + self.to.x).div_euclid(2),
            (self.from.y + self.to.y).div_euclid(2),
        )
    }
}

/// The inner ends of an entrance on the plate's inner outline.
pub(super) fn entrance_ends(plate: &Plate, entrance: &Entrance) -> Option<(Point, Point)> {
    let (a, b) = plate.inner_outline.edges().nth(entrance.edge)?;
    let from = along(a, b, entrance.from_mm);
    Some((from, along(a, b, entrance.from_mm + entrance.width_mm)))
}

/// The point `distance` mm from `a` towards `b`.
fn along(a: Point, b: Point, distance: i64) -> Point {
    let length = a.distance(b).max(1);
    let part = |from: i64, to: i64| from + ((to - from) * distance + length / 2).div_euclid(length);
    Point::new(part(a.x, b.x), part(a.y, b.y))
}

/// Where a door is; `None` when its wall does not exist or has no length.
pub(crate) fn place_of(view: &View<'_>, door: &Door) -> Option<DoorPlace> {
    let interior = view
        .layout
        .interior_walls
        .iter()
        .find(|wall| wall.id == door.wall_id);
    let (a, b, thickness, sides, is_perimeter) = match interior {
        Some(wall) => (
            Point::new(wall.x1, wall.y1),
            Point::new(wall.x2, wall.y2),
            wall.thickness_mm,
            [wall.left_room.clone(), wall.right_room.clone()],
            false,
        ),
        None => {
            let walls = &view.layout.perimeter_walls;
            let wall = walls.iter().find(|wall| wall.id == door.wall_id)?;
            let (a, b) = (Point::new(wall.x1, wall.y1), Point::new(wall.x2, wall.y2));
            (a, b, wall.thickness_mm, [None, None], true)
        }
    };
    if a == b {
        return None;
    }
    let (from, to) = (
        along(a, b, door.offset_mm),
        along(a, b, door.offset_mm + door.leaf_mm),
    );
    // Which side of the wall the door opens to: 1 for left.
    let inside = door.connects.iter().find(|id| *id != "outside")?;
    let left = if is_perimeter {
        let to_left = side_point(from, to, thickness / 2 + 2, true);
        let inside_is_left = view
            .space(inside)
            .is_some_and(|space| space.net.contains(to_left));
        inside_is_left == (door.opens_into != "outside")
    } else {
        sides.first().and_then(Option::as_deref) == Some(door.opens_into.as_str())
    };
    let shift = |point: Point, left: bool| {
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let length = a.distance(b).max(1);
        let sign = if left { 1 } else { -1 };
        let half = thickness / 2 * sign;
        point.shifted(
            (dy * half).div_euclid(length),
            (-dx * half).div_euclid(length),
        )
    };
    let face = (shift(from, left), shift(to, left));
    let far_face = (shift(from, !left), shift(to, !left));
    let sectors = sectors(door, face, (b.x - a.x, b.y - a.y), left);
    Some(DoorPlace {
        from,
        to,
        face,
        far_face,
        sectors,
        wall_length: a.distance(b),
        sides,
        is_perimeter,
    })
}

/// A point beside the middle of a segment, to its left as seen on a page.
fn side_point(from: Point, to: Point, reach: i64, left: bool) -> Point {
    let length = from.distance(to).max(1);
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let sign = if left { reach } else { -reach };
    let middle = Point::new((from.x + to.x).div_euclid(2), (from.y + to.y).div_euclid(2));
    middle.shifted(dy * sign / length, -dx * sign / length)
}

/// What the leaves sweep. Walls along the axes only: an entrance in a slanting wall opens outwards.
fn sectors(door: &Door, face: (Point, Point), along: (i64, i64), left: bool) -> Vec<Sector> {
    let axis = along.0 == 0 || along.1 == 0;
    if door.door_type == DoorType::Sliding || door.opens_into == "outside" || !axis {
        return Vec::new();
    }
    let (ux, uy) = (along.0.signum(), along.1.signum());
    let (nx, ny) = if left { (uy, -ux) } else { (-uy, ux) };
    let at = |hinge: Point, forward: i64, radius: i64| Sector {
        hinge,
        dx: if ux == 0 { nx } else { ux * forward },
        dy: if uy == 0 { ny } else { uy * forward },
        radius,
    };
    let (start, end) = face;
    match (door.door_type, door.hinge) {
        (DoorType::Double, _) => {
            vec![
                at(start, 1, door.leaf_mm / 2),
                at(end, -1, door.leaf_mm / 2),
            ]
        }
        (_, Hinge::Start) => vec![at(start, 1, door.leaf_mm)],
        (_, Hinge::End) => vec![at(end, -1, door.leaf_mm)],
    }
}

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let places: Vec<Option<DoorPlace>> = view
        .layout
        .doors
        .iter()
        .map(|door| place_of(view, door))
        .collect();
    for (i, door) in view.layout.doors.iter().enumerate() {
        let Some(place) = places.get(i).and_then(Option::as_ref) else {
            let message = format!("door `{}` has no wall `{}`", door.id, door.wall_id);
            found.error(
                "DOOR_OFF_WALL",
                &[&door.id, &door.wall_id],
                Measure::NONE,
                message,
            );
            continue;
        };
        on_wall(view, door, place, found);
        let limit = view.rules.door_clear_min_mm;
        if door.clear_mm < limit || door.clear_mm > door.leaf_mm {
            let message = format!("door `{}` is {} mm clear", door.id, door.clear_mm);
            let measure = Measure::against(door.clear_mm, limit);
            found.warning("DOOR_CLEAR_WIDTH", &[&door.id], measure, message);
        }
        swing(view, door, place, found);
        for (other_place, other) in places.iter().zip(&view.layout.doors).skip(i + 1) {
            if let Some(other_place) = other_place {
                pair(door, place, other, other_place, found);
            }
        }
    }
}

fn on_wall(view: &View<'_>, door: &Door, place: &DoorPlace, found: &mut Findings<'_>) {
    let mut off = |message: String, measure: Measure| {
        found.error(
            "DOOR_OFF_WALL",
            &[&door.id, &door.wall_id],
            measure,
            message,
        );
    };
    let end = door.offset_mm + door.leaf_mm;
    if door.leaf_mm <= 0 || door.offset_mm < 0 || end > place.wall_length {
        let message = format!("door `{}` runs past the end of its wall", door.id);
        off(message, Measure::against(end, place.wall_length));
        return;
    }
    let [one, other] = &door.connects;
    if place.is_perimeter != door.connects.iter().any(|id| id == "outside")
        || !door.connects.contains(&door.opens_into)
        || one == other
    {
        off(
            format!("door `{}` does not join what it says", door.id),
            Measure::NONE,
        );
        return;
    }
    if !place.is_perimeter {
        let there = |id: &String| place.sides.iter().flatten().any(|side| side == id);
        if !there(one) || !there(other) {
            off(
                format!("door `{}` is in a wall between other rooms", door.id),
                Measure::NONE,
            );
            return;
        }
    }
    // On each side the whole opening lies on the edge of the space it leads to.
    for id in door.connects.iter().filter(|id| *id != "outside") {
        let Some(space) = view.space(id) else {
            off(
                format!("door `{}` leads to `{id}`, which does not exist", door.id),
                Measure::NONE,
            );
            return;
        };
        let face = if *id == door.opens_into {
            place.face
        } else {
            place.far_face
        };
        let mut cover = Cover::of(face.0, face.1);
        for (a, b) in space.net.edges() {
            cover.add(a, b);
        }
        let missing = cover.missing();
        if missing > 0 {
            let message = format!(
                "{missing} mm of door `{}` are not on the edge of `{id}`",
                door.id
            );
            off(message, Measure::against(missing, 0));
        }
    }
}

fn swing(view: &View<'_>, door: &Door, place: &DoorPlace, found: &mut Findings<'_>) {
    let Some(space) = view.space(&door.opens_into) else {
        return;
    };
    let mut blocked = |by: &str| {
        let message = format!("door `{}` opens against {by}", door.id);
        found.error(
            "DOOR_SWING_BLOCKED",
            &[&door.id, by],
            Measure::NONE,
            message,
        );
    };
    for sector in &place.sectors {
        // A corridor's pieces adjoin without a wall, so a leaf may sweep over into the next.
        let open = |a: Point, b: Point| {
            view.layout.open_edges.iter().any(|edge| {
                edge.between.iter().any(|id| id == space.id) && {
                    let mut cover = Cover::of(a, b);
                    cover.add(edge.from, edge.to);
                    cover.covered() > 0
                }
            })
        };
        let wall = space
            .net
            .edges()
            .any(|(a, b)| sector.meets_segment(a, b) && !open(a, b));
        let outside = !space.net.contains(sector.inner_point());
        let column = space
            .holes
            .iter()
            .any(|hole| sector.meets_rect(&hole.bounds()));
        if wall || outside || column {
            blocked("a wall");
        }
        for fixture in &view.layout.fixtures {
            if sector.meets_rect(&fixture.footprint()) {
                blocked(&fixture.id);
            }
        }
    }
    if space.is_corridor {
        encroaches(view, door, place, found);
    }
}

/// A leaf that opens into a corridor leaves part of its width free in any position.
fn encroaches(view: &View<'_>, door: &Door, place: &DoorPlace, found: &mut Findings<'_>) {
    let corridor = view
        .layout
        .corridors
        .iter()
        .find(|corridor| corridor.id == door.opens_into);
    let (Some(corridor), Some(sector)) = (corridor, place.sectors.first()) else {
        return;
    };
    let left = corridor.clear_width_mm - sector.radius;
    let limit = view.rules.corridor_min_mm * view.rules.corridor_residual_permille / 1000;
    if left < limit {
        let message = format!("door `{}` leaves {left} mm of `{}`", door.id, corridor.id);
        let measure = Measure::against(left, limit);
        found.warning(
            "DOOR_ENCROACHES_CORRIDOR",
            &[&door.id, &corridor.id],
            measure,
            message,
        );
    }
}

fn pair(
    door: &Door,
    place: &DoorPlace,
    other: &Door,
    other_place: &DoorPlace,
    found: &mut Findings<'_>,
) {
    let ids = [door.id.as_str(), other.id.as_str()];
    let opening = |place: &DoorPlace| {
        let (a, b) = (place.from, place.to);
        Rect::new(a.x, a.y, b.x, b.y).grown(1)
    };
    if opening(place).overlaps(&opening(other_place)) {
        let message = format!("doors `{}` and `{}` overlap", ids[0], ids[1]);
        found.error("DOOR_OVERLAP", &ids, Measure::NONE, message);
    }
    let clash = |one: &DoorPlace, two: &DoorPlace| {
        one.sectors
            .iter()
            .any(|sector| two.sectors.iter().any(|s| sector.meets_sector(s)))
    };
    if clash(place, other_place) {
        let message = format!(
            "doors `{}` and `{}` open against each other",
            ids[0], ids[1]
        );
        found.error("DOOR_SWING_BLOCKED", &ids, Measure::NONE, message);
    }
}
