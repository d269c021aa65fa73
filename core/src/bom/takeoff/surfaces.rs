//! Floors, ceilings, walls' faces: per room, from its net outline.

use super::super::exact::Exact;
use super::openings::deducted;
use super::{Measurement, Part, Site, Space, metres, square_metres};

/// Coats of each paint.
const PRIMER_COATS: i128 = 1;
const PAINT_COATS: i128 = 2;
/// Height of a backsplash above its counter.
const BACKSPLASH_MM: i64 = 600;

pub(super) fn take(site: &mut Site<'_>) {
    let height = site.layout.ceiling_height_mm;
    let profile = site.profile;
    let note = match profile {
        Measurement::Net => "openings deducted net",
        Measurement::Is1200 => "openings by IS 1200 Part 13, 3.1.1",
    };
    for n in 0..site.spaces.len() {
        let Some(space) = site.spaces.get(n).cloned() else {
            continue;
        };
        let finishes = space.finishes;
        let is_usual = finishes.floor == "floor.base";
        let rule = if is_usual { "F1" } else { "F2" };
        site.add(rule, finishes.floor, Some(n), floor(&space), "");

        let is_usual = finishes.ceiling == "ceiling.base";
        let rule = if is_usual { "C1" } else { "C2" };
        let area = vec![area_part(&space, 1)];
        site.add(rule, finishes.ceiling, Some(n), area, "");
        if (site.is_painted)(finishes.ceiling) {
            let coats = vec![area_part(&space, PAINT_COATS)];
            site.add("P3", "paint.ceiling", Some(n), coats, "2 coats");
        }

        let band = |from, to| face(&space, from, to, profile);
        let painted = |coats| times(band(finishes.dado_mm, height), coats);
        let primer = painted(PRIMER_COATS);
        site.add(
            "P1",
            "paint.primer",
            Some(n),
            primer,
            &format!("1 coat; {note}"),
        );
        let paint = painted(PAINT_COATS);
        site.add(
            "P2",
            "paint.wall",
            Some(n),
            paint,
            &format!("2 coats; {note}"),
        );
        if finishes.dado_mm > 0 {
            let tiles = band(0, finishes.dado_mm.min(height));
            site.add("X2", "tile.dado", Some(n), tiles, note);
        } else {
            site.add("B1", "skirting.base", Some(n), skirting(&space), "");
        }
        if let Some(upturn) = finishes.upturn_mm {
            let parts = waterproofing(&space, upturn);
            site.add("X1", "waterproofing.base", Some(n), parts, "");
        }
        if finishes.has_backsplash {
            let parts = backsplash(site, space.id);
            site.add("X3", "tile.backsplash", Some(n), parts, "");
        }
    }
}

fn area_part(space: &Space<'_>, coats: i128) -> Part {
    let area = square_metres(space.area_mm2);
    Part {
        element: space.id.to_owned(),
        working: match coats {
            1 => format!("{area} m2"),
            _ => format!("{area} m2 x {coats}"),
        },
        quantity: Exact::whole(i128::from(space.area_mm2) * coats),
    }
}

fn floor(space: &Space<'_>) -> Vec<Part> {
    let mut parts = vec![area_part(space, 1)];
    for opening in &space.openings {
        let (width, depth) = (opening.width_mm, opening.depth_mm);
        parts.push(Part {
            element: opening.door.id.clone(),
            working: format!("{} x {} / 2", metres(width), metres(depth)),
            quantity: Exact::ratio(i128::from(width) * i128::from(depth), 2),
        });
    }
    parts
}

/// The faces of a space's walls from height `from` to height `to`, without openings.
fn face(space: &Space<'_>, from: i64, to: i64, profile: Measurement) -> Vec<Part> {
    let height = (to - from).max(0);
    let mut parts = vec![Part {
        element: space.id.to_owned(),
        working: format!("{} x {}", metres(space.perimeter_mm), metres(height)),
        quantity: Exact::whole(i128::from(space.perimeter_mm) * i128::from(height)),
    }];
    for opening in &space.openings {
        // Only the part of the opening that is in this band.
        let part = opening.height_mm.min(to) - from;
        if part <= 0 {
            continue;
        }
        let gone = deducted(profile, opening.width_mm, part, opening.depth_mm);
        if gone == Exact::ZERO {
            continue;
        }
        parts.push(Part {
            element: opening.door.id.clone(),
            working: format!("- {} x {}", metres(opening.width_mm), metres(part)),
            quantity: gone.times(Exact::whole(-1)),
        });
    }
    parts
}

fn times(parts: Vec<Part>, coats: i128) -> Vec<Part> {
    if coats == 1 {
        return parts;
    }
    parts
        .into_iter()
        .map(|part| Part {
            working: format!("({}) x {coats}", part.working),
            quantity: part.quantity.times(Exact::whole(coats)),
            ..part
        })
        .collect()
}

fn skirting(space: &Space<'_>) -> Vec<Part> {
    let mut parts = vec![Part {
        element: space.id.to_owned(),
        working: metres(space.perimeter_mm),
        quantity: Exact::whole(i128::from(space.perimeter_mm)),
    }];
    for opening in &space.openings {
        parts.push(Part {
            element: opening.door.id.clone(),
            working: format!("- {}", metres(opening.width_mm)),
            quantity: Exact::whole(-i128::from(opening.width_mm)),
        });
    }
    parts
}

fn waterproofing(space: &Space<'_>, upturn: i64) -> Vec<Part> {
    let doors: i64 = space.openings.iter().map(|opening| opening.width_mm).sum();
    let along = space.perimeter_mm - doors;
    vec![
        area_part(space, 1),
        Part {
            element: space.id.to_owned(),
            working: format!("{} x {}", metres(along), metres(upturn)),
            quantity: Exact::whole(i128::from(along) * i128::from(upturn)),
        },
    ]
}

fn backsplash(site: &Site<'_>, space: &str) -> Vec<Part> {
    site.layout
        .fixtures
        .iter()
        .filter(|fixture| fixture.room_id == space && fixture.fixture_type == "counter")
        .map(|fixture| Part {
            element: fixture.id.clone(),
            working: format!("{} x {}", metres(fixture.width_mm), metres(BACKSPLASH_MM)),
            quantity: Exact::whole(i128::from(fixture.width_mm) * i128::from(BACKSPLASH_MM)),
        })
        .collect()
}
