//! From a programme to single rooms with numbers, and the judgement of what cannot be meant.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Assumption;
use super::request::MAX_ROOMS;
use crate::error::{Error, Result};
use crate::layout::{
    Brief, Daylight, FixtureChoice, Link, Programme, Rating, RoomBrief, RoomRequest, RoomType,
    make_a_home, room_type,
};

/// Largest area of one room that is taken seriously, in m².
const MAX_ROOM_M2: f64 = 20_000.0;

/// Smallest, in m²: a cupboard.
const MIN_ROOM_M2: f64 = 0.5;

/// Least area against the area asked for, in percent, when a type's least area is above the
/// wish: who asks for a small room gets one, within the tolerance.
const SMALLER_BY_PCT: i64 = 5;

/// Resolves a programme. Targets are the requested areas; they are scaled to the plate later.
///
/// # Errors
/// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) with the path below
/// `program`, such as `program.rooms[3].area_m2`.
pub(super) fn resolve(programme: &Programme, assumptions: &mut Vec<Assumption>) -> Result<Brief> {
    if programme.rooms.is_empty() {
        return Err(Error::invalid_field(
            "program.rooms",
            "there is no room in the programme",
        ));
    }
    let mut brief = Brief::default();
    let mut of_request: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let at_home = make_a_home(programme.rooms.iter().map(|room| room.room_type.as_str()));
    for (i, request) in programme.rooms.iter().enumerate() {
        let path = |field: &str| format!("program.rooms[{i}].{field}");
        if request.id.trim().is_empty() || request.id.len() > 100 || request.id == "outside" {
            return Err(Error::invalid_field(
                path("id"),
                "an id has 1 to 100 characters",
            ));
        }
        if of_request.contains_key(request.id.as_str()) {
            let message = format!("the id `{}` is used twice", request.id);
            return Err(Error::invalid_field(path("id"), message));
        }
        let Some(kind) = room_type(&request.room_type) else {
            let message = format!("there is no room type `{}`", request.room_type);
            return Err(Error::invalid_field(path("type"), message));
        };
        if request.count == 0 || brief.rooms.len() + request.count as usize > MAX_ROOMS {
            let message = format!("{} rooms; a programme has 1 to {MAX_ROOMS}", request.count);
            return Err(Error::invalid_field(path("count"), message));
        }
        let one = single(request, kind, at_home, &path, assumptions)?;
        let mut positions = Vec::new();
        for number in 1..=request.count {
            let mut room = one.clone();
            if request.count > 1 {
                room.id = format!("{}-{number}", request.id);
                room.name = format!("{} {number}", one.name);
            }
            if !ids.insert(room.id.clone()) {
                let message = format!("the id `{}` is that of another room", room.id);
                return Err(Error::invalid_field(path("id"), message));
            }
            positions.push(brief.rooms.len());
            brief.rooms.push(room);
        }
        of_request.insert(&request.id, positions);
    }
    let singles: BTreeMap<String, usize> = brief
        .rooms
        .iter()
        .enumerate()
        .map(|(i, room)| (room.id.clone(), i))
        .collect();
    let find = |id: &str, path: String| -> Result<Vec<usize>> {
        let group = of_request.get(id).cloned();
        group
            .or_else(|| singles.get(id).map(|i| vec![*i]))
            .ok_or_else(|| {
                Error::invalid_field(path, format!("there is no room `{id}` in the programme"))
            })
    };
    let mut rated: BTreeMap<(Vec<usize>, Vec<usize>), Rating> = BTreeMap::new();
    for (i, wish) in programme.adjacency.iter().enumerate() {
        let a = find(&wish.a, format!("program.adjacency[{i}].a"))?;
        let b = find(&wish.b, format!("program.adjacency[{i}].b"))?;
        let key = if a <= b {
            (a.clone(), b.clone())
        } else {
            (b.clone(), a.clone())
        };
        if let Some(earlier) = rated
            .insert(key, wish.rating)
            .filter(|was| *was != wish.rating)
        {
            let message = format!(
                "`{}` and `{}` are rated {:?} here and {earlier:?} before",
                wish.a, wish.b, wish.rating
            );
            return Err(Error::invalid_field(
                format!("program.adjacency[{i}].rating"),
                message,
            ));
        }
        if a == b && a.len() == 1 {
            let message = format!("`{}` cannot be beside itself", wish.a);
            return Err(Error::invalid_field(
                format!("program.adjacency[{i}].b"),
                message,
            ));
        }
        brief.links.extend(links(a, b, wish.rating));
    }
    for (i, access) in programme.access.iter().enumerate() {
        let rooms = find(&access.room, format!("program.access[{i}].room"))?;
        let via = find(&access.via, format!("program.access[{i}].via"))?;
        let paired = rooms.len() == via.len() && rooms.len() > 1;
        for (number, room) in rooms.iter().enumerate() {
            let through = if paired {
                via.get(number).map(|v| vec![*v])
            } else {
                None
            };
            if let Some(brief) = brief.rooms.get_mut(*room) {
                brief.via = through.unwrap_or_else(|| via.clone());
            }
        }
    }
    no_circle(&brief)?;
    Ok(brief)
}

/// Who wants to be beside whom: each of the rarer kind beside one of the other; of equally many,
/// first beside first.
fn links(a: Vec<usize>, b: Vec<usize>, rating: Rating) -> Vec<Link> {
    if a == b {
        // Rooms of one request among each other: each beside the next one.
        let next = a.iter().zip(a.iter().skip(1));
        return next
            .map(|(x, y)| Link {
                from: vec![*x],
                to: vec![*y],
                rating,
            })
            .collect();
    }
    if rating != Rating::X && a.len() == b.len() && a.len() > 1 {
        return a
            .into_iter()
            .zip(b)
            .map(|(x, y)| Link {
                from: vec![x],
                to: vec![y],
                rating,
            })
            .collect();
    }
    if a.len() <= b.len() {
        vec![Link {
            from: a,
            to: b,
            rating,
        }]
    } else {
        vec![Link {
            from: b,
            to: a,
            rating,
        }]
    }
}

/// No room may be reached only through itself.
fn no_circle(brief: &Brief) -> Result<()> {
    let mut fine = vec![false; brief.rooms.len()];
    for _ in 0..brief.rooms.len() {
        for (i, room) in brief.rooms.iter().enumerate() {
            let good = room.via.is_empty() || room.via.iter().any(|v| fine.get(*v) == Some(&true));
            if let Some(flag) = fine.get_mut(i) {
                *flag |= good;
            }
        }
    }
    match fine
        .iter()
        .position(|good| !good)
        .and_then(|i| brief.rooms.get(i))
    {
        Some(room) => Err(Error::invalid_field(
            "program.access",
            format!("`{}` can be reached only through itself", room.id),
        )),
        None => Ok(()),
    }
}

fn single(
    request: &RoomRequest,
    kind: &RoomType,
    at_home: bool,
    path: &dyn Fn(&str) -> String,
    assumptions: &mut Vec<Assumption>,
) -> Result<RoomBrief> {
    let sane = |value: f64, field: &str| -> Result<f64> {
        if value.is_finite() && (MIN_ROOM_M2..=MAX_ROOM_M2).contains(&value) {
            return Ok(value);
        }
        let message = format!("{value} m²; a room has {MIN_ROOM_M2} to {MAX_ROOM_M2}");
        Err(Error::invalid_field(path(field), message))
    };
    if request
        .seats
        .is_some_and(|seats| seats == 0 || seats > 10_000)
    {
        return Err(Error::invalid_field(
            path("seats"),
            "a room has 1 to 10000 seats",
        ));
    }
    let sizes = kind.sizes(at_home);
    let by_seats = match (request.seats, kind.m2_per_seat) {
        (Some(seats), Some(each)) => Some(f64::from(seats) * each),
        _ => None,
    };
    let area = match request.area_m2 {
        Some(area) => sane(area, "area_m2")?,
        None => {
            let usual = by_seats.unwrap_or(sizes.area_m2).max(sizes.min_area_m2);
            assumptions.push(Assumption {
                code: "AREA_ASSUMED".to_owned(),
                message: format!(
                    "{} has no area: {usual:.1} m² are usual",
                    request.name.as_ref().unwrap_or(&kind.name)
                ),
                field: Some(path("area_m2")),
                room: Some(request.id.clone()),
            });
            sane(usual, "seats")?
        }
    };
    let requested_mm2 = to_mm2(area);
    let min_mm2 = match request.min_area_m2 {
        Some(least) => to_mm2(sane(least, "min_area_m2")?),
        None => to_mm2(sizes.min_area_m2).min(requested_mm2 * (100 - SMALLER_BY_PCT) / 100),
    };
    if min_mm2 > requested_mm2 {
        let message = format!("at least {} m² of {area}", min_mm2 as f64 / 1e6);
        return Err(Error::invalid_field(path("min_area_m2"), message));
    }
    let min_width_mm = match request.min_width_mm {
        Some(width) if !(500..=100_000).contains(&width) => {
            let message = format!("{width} mm; a room is 500 to 100000 wide");
            return Err(Error::invalid_field(path("min_width_mm"), message));
        }
        Some(width) if width * width > requested_mm2 => {
            let message = format!("a square of {width} mm does not fit into {area} m²");
            return Err(Error::invalid_field(path("min_width_mm"), message));
        }
        Some(width) => width,
        // Small rooms that were asked for as such are narrower than their type usually is.
        None => sizes.min_width_mm.min((min_mm2 * 10 / 12).isqrt()),
    };
    let max_aspect = request.max_aspect.unwrap_or(kind.max_aspect);
    if !(1.0..=20.0).contains(&max_aspect) {
        return Err(Error::invalid_field(path("max_aspect"), "between 1 and 20"));
    }
    Ok(RoomBrief {
        id: request.id.clone(),
        request: Some(request.id.clone()),
        name: request.name.clone().unwrap_or_else(|| kind.name.clone()),
        room_type: kind.key.clone(),
        requested_mm2,
        target_mm2: requested_mm2,
        min_mm2,
        min_width_mm,
        max_aspect_permille: (max_aspect * 1000.0).round() as i64,
        daylight: request.daylight.unwrap_or(kind.daylight),
        priority: request.priority,
        wet: request.wet.unwrap_or(kind.wet),
        public: kind.public,
        fixtures: request.fixtures == FixtureChoice::Default,
        seats: request.seats,
        via: Vec::new(),
    })
}

/// Space that nobody asked for, as a room of the layout.
pub(super) fn unassigned(number: i64, mm2: i64) -> RoomBrief {
    RoomBrief {
        id: format!("unassigned-{number}"),
        request: None,
        name: "Unassigned space".to_owned(),
        room_type: "unassigned".to_owned(),
        requested_mm2: mm2,
        target_mm2: mm2,
        min_mm2: 0,
        min_width_mm: 900,
        max_aspect_permille: 6000,
        daylight: Daylight::None,
        priority: crate::layout::Priority::Optional,
        wet: false,
        public: true,
        fixtures: false,
        seats: None,
        via: Vec::new(),
    }
}

/// Name of the floor that rooms lie around.
pub(super) const HALL: &str = "Hall";

/// The floor that is left between rooms and through which they are reached: unassigned as well,
/// but with a use.
pub(super) fn hall(mm2: i64) -> RoomBrief {
    RoomBrief {
        name: HALL.to_owned(),
        ..unassigned(1, mm2)
    }
}

/// Square metres as whole square millimetres.
pub(super) fn to_mm2(m2: f64) -> i64 {
    (m2 * 1e6).round() as i64
}
