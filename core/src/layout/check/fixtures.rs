//! Fixtures stand wholly in their room, apart from each other, and can be used.

use super::super::geometry::{Point, Rect, Ring};
use super::super::model::Fixture;
use super::super::overlay;
use super::doors::place_of;
use super::view::Space;
use super::{Findings, FreeSpace, Measure, View};

/// Width of a person who gets to a fixture, in mm: common practice for a passage between two
/// pieces of furniture.
const PASSAGE_MM: i64 = 500;

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    let fixtures = &view.layout.fixtures;
    for (i, fixture) in fixtures.iter().enumerate() {
        let body = fixture.footprint();
        let Some(space) = view.space(&fixture.room_id) else {
            let message = format!("fixture `{}` is in no room", fixture.id);
            found.error(
                "FIXTURE_OUTSIDE_ROOM",
                &[&fixture.id],
                Measure::NONE,
                message,
            );
            continue;
        };
        let outside = body.area().max(1) - inside(space, &body);
        if outside > 0 {
            let message = format!(
                "{} `{}` stands partly outside `{}`",
                fixture.fixture_type, fixture.id, space.id
            );
            let measure = Measure::against(outside, 0);
            found.error(
                "FIXTURE_OUTSIDE_ROOM",
                &[&fixture.id, space.id],
                measure,
                message,
            );
        }
        for other in fixtures.iter().skip(i + 1) {
            if body.overlaps(&other.footprint()) {
                let message = format!("`{}` and `{}` overlap", fixture.id, other.id);
                found.error(
                    "FIXTURE_OVERLAP",
                    &[&fixture.id, &other.id],
                    Measure::NONE,
                    message,
                );
            }
        }
        clearance(view, space, fixture, found);
    }
    for space in view.spaces.iter().filter(|space| !space.is_corridor) {
        reachable(view, space, found);
        turning(view, space, found);
    }
}

/// Area of a box inside a space's net outline and off its columns.
fn inside(space: &Space<'_>, rect: &Rect) -> i64 {
    if let Some(room) = space.net.as_rect().filter(|_| space.holes.is_empty()) {
        return room.intersection(rect).map_or(0, |common| common.area());
    }
    let holes: Vec<&Ring> = space.holes.iter().collect();
    let ring = rect.ring();
    overlay::area_of(&overlay::common(&[&ring], &[space.net]))
        - overlay::area_of(&overlay::common(&[&ring], &holes))
}

fn clearance(view: &View<'_>, space: &Space<'_>, fixture: &Fixture, found: &mut Findings<'_>) {
    let around = fixture.with_clearance();
    let inside_mm2 = inside(space, &around);
    let blocked = around.area() != inside_mm2
        || view.layout.fixtures.iter().any(|other| {
            other.id != fixture.id
                && other.room_id == fixture.room_id
                && around.overlaps(&other.footprint())
        });
    if blocked {
        let message = format!(
            "{} `{}` lacks space around it",
            fixture.fixture_type, fixture.id
        );
        found.warning(
            "FIXTURE_CLEARANCE",
            &[&fixture.id, space.id],
            Measure::NONE,
            message,
        );
    }
}

/// A person gets from the room's door to the front of each fixture that has one.
fn reachable(view: &View<'_>, space: &Space<'_>, found: &mut Findings<'_>) {
    let here: Vec<&Fixture> = view
        .layout
        .fixtures
        .iter()
        .filter(|fixture| fixture.room_id == space.id)
        .collect();
    let Some(door) = view
        .layout
        .doors
        .iter()
        .find(|door| door.connects.iter().any(|id| id == space.id))
    else {
        return;
    };
    let Some(place) = place_of(view, door).filter(|_| !here.is_empty()) else {
        return;
    };
    let face = if door.opens_into == space.id {
        place.face
    } else {
        place.far_face
    };
    let start = Point::new(
        (face.0.x + face.1.x).div_euclid(2),
        (face.0.y + face.1.y).div_euclid(2),
    );
    let mut holes: Vec<Ring> = space.holes.to_vec();
    holes.extend(here.iter().map(|fixture| fixture.footprint().ring()));
    let free = FreeSpace::new(&[space.net], &holes);
    let wanting: Vec<&&Fixture> = here
        .iter()
        .filter(|fixture| fixture.clearance_mm.first() > Some(&0))
        .collect();
    let all: Vec<Point> = std::iter::once(start)
        .chain(wanting.iter().map(|fixture| front_of(fixture)))
        .collect();
    if free.passes(PASSAGE_MM, &all) {
        return;
    }
    for fixture in wanting {
        if !free.passes(PASSAGE_MM, &[start, front_of(fixture)]) {
            let message = format!("nobody gets to {} `{}`", fixture.fixture_type, fixture.id);
            found.warning(
                "FIXTURE_UNREACHABLE",
                &[&fixture.id, space.id],
                Measure::NONE,
                message,
            );
        }
    }
}

/// The middle of a fixture's front edge.
pub(crate) fn front_of(fixture: &Fixture) -> Point {
    let body = fixture.footprint();
    let middle = body.middle();
    match fixture.rotation_deg.rem_euclid(360) {
        90 => Point::new(body.x0, middle.y),
        180 => Point::new(middle.x, body.y0),
        270 => Point::new(body.x1, middle.y),
        _ => Point::new(middle.x, body.y1),
    }
}

/// A wheelchair can turn in rooms made for it.
fn turning(view: &View<'_>, space: &Space<'_>, found: &mut Findings<'_>) {
    let limit = view.rules.turning_mm;
    let made_for_it = space
        .brief
        .is_some_and(|brief| brief.room_type == "accessible_toilet");
    if limit <= 0 || !made_for_it {
        return;
    }
    let here = view
        .layout
        .fixtures
        .iter()
        .filter(|fixture| fixture.room_id == space.id);
    let mut holes: Vec<Ring> = space.holes.to_vec();
    holes.extend(here.map(|fixture| fixture.footprint().ring()));
    let widest = FreeSpace::new(&[space.net], &holes).largest_square();
    if widest < limit {
        let message = format!("a wheelchair has {widest} mm to turn in `{}`", space.id);
        found.warning(
            "TURNING_SPACE",
            &[space.id],
            Measure::against(widest, limit),
            message,
        );
    }
}
