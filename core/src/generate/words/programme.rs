//! What was read as a programme, with whatever had to be assumed said.

use std::collections::BTreeMap;

use super::context::usual;
use super::item::{Item, Size, count, times};
use super::lexicon::Relation;
use super::measure::{Amount, Bound};
use super::read::Reading;
use crate::layout::{
    Access, Adjacency, Daylight, Priority, Programme, Rating, RoomRequest, make_a_home, room_type,
};

/// A large room has five quarters of the usual area, a small one four fifths.
const LARGE: f64 = 1.25;
const SMALL: f64 = 0.8;
/// Standing audiences have half a square metre each; a smaller share is that of one seat.
const LEAST_SEAT_MM2: i64 = 500_000;

/// What is assumed of sides that are too short for all who sit there.
pub(super) const OF_ONE_PLACE: &str = "the dimensions are those of one place";

/// What is assumed where sides are far too narrow for a room.
pub(super) const ROOMS_WITH_SEATS: &str =
    "the numbers are those of the rooms and of who sits in each";

/// A programme, and for each item the id of its request (none for what is not wanted).
pub(super) struct Made {
    pub(super) programme: Programme,
    pub(super) ids: Vec<Option<String>>,
    /// For each item, how many there are.
    pub(super) counts: Vec<u32>,
}

/// Adds the rooms of the kind of place when nothing else is asked for, each said to be assumed.
pub(super) fn add_template(reading: &mut Reading) -> Option<&'static str> {
    if reading.items.iter().any(|item| !item.is_excluded) {
        return None;
    }
    let (facility, first, last) = reading.whole.facility?;
    let usual = usual(facility)?;
    for (room, count) in usual.rooms {
        if reading.items.iter().any(|item| item.room == *room) {
            continue;
        }
        let mut item = Item::new(room, "", first, last);
        item.unsaid = *count;
        item.is_template = true;
        item.assumed.push(format!("usual in {}", usual.name));
        reading.items.push(item);
    }
    Some(usual.name)
}

/// What is usual in the kind of place and was neither asked for nor refused.
pub(super) fn not_asked_for(reading: &Reading) -> Option<String> {
    let (facility, ..) = reading.whole.facility?;
    let usual = usual(facility)?;
    let names: Vec<String> = usual
        .rooms
        .iter()
        .filter(|(room, _)| !reading.items.iter().any(|item| stands_for(item.room, room)))
        .map(|(room, _)| room_name(room))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "{} usually has also: {}; not asked for, so not included",
            usual.name,
            names.join(", ")
        )
    })
}

/// Whether having `room` is having `other` for this purpose.
fn stands_for(room: &str, other: &str) -> bool {
    let wet = ["toilet", "toilet_group", "accessible_toilet", "bathroom"];
    let living = ["living_room", "living_dining"];
    let sleeping = ["bedroom", "master_bedroom"];
    let cooking = ["kitchen", "commercial_kitchen"];
    room == other
        || [&wet[..], &living, &sleeping, &cooking]
            .iter()
            .any(|group| group.contains(&room) && group.contains(&other))
}

pub(super) fn room_name(key: &str) -> String {
    room_type(key).map_or_else(|| key.replace('_', " "), |kind| kind.name.to_lowercase())
}

pub(super) fn make(reading: &mut Reading) -> Made {
    let mut programme = Programme::default();
    let mut ids = Vec::new();
    let mut used: BTreeMap<&'static str, u32> = BTreeMap::new();
    let counts: Vec<(u32, u32)> = (0..reading.items.len())
        .map(|place| (count(&reading.items, place), times(&reading.items, place)))
        .collect();
    let wanted = reading.items.iter().filter(|item| !item.is_excluded);
    let at_home = make_a_home(wanted.map(|item| item.room));
    for (item, (count, times)) in reading.items.iter_mut().zip(counts.iter().copied()) {
        if item.is_excluded {
            ids.push(None);
            continue;
        }
        let ordinal = used.entry(item.room).or_insert(0);
        *ordinal += 1;
        let id = if *ordinal == 1 {
            item.room.to_owned()
        } else {
            format!("{}_{ordinal}", item.room)
        };
        if times > 1 {
            item.assumed.push("one for each".to_owned());
        }
        say_counts(item, count == item.unsaid * times);
        let request = request(item, id.clone(), count, at_home);
        let more = optional_count(item).saturating_mul(times);
        if more > 0 {
            let mut optional = request.clone();
            optional.id = format!("{id}_optional");
            optional.count = more;
            optional.priority = Priority::Optional;
            programme.rooms.push(request);
            programme.rooms.push(optional);
        } else {
            programme.rooms.push(request);
        }
        ids.push(Some(id));
    }
    wishes(reading, &ids, &mut programme);
    Made {
        programme,
        ids,
        counts: counts.into_iter().map(|(count, _)| count).collect(),
    }
}

/// How many of a range are beyond its lower end: `4-6` are four, and two more if there is space.
fn optional_count(item: &Item) -> u32 {
    let Some(amount) = item.amount else { return 0 };
    let (Some(low), Some(high)) = (amount.low.count(), amount.high.count()) else {
        return 0;
    };
    high.saturating_sub(low)
}

fn say_counts(item: &mut Item, is_unsaid: bool) {
    match item.amount {
        Some(amount) if amount.low != amount.high => {
            item.assumed
                .push("the lower number is required, the rest optional".to_owned());
        }
        Some(Amount { bound, .. }) if bound != Bound::Exactly => {
            let as_said = match bound {
                Bound::AtLeast => "at least",
                Bound::AtMost => "at most",
                Bound::Exactly | Bound::About => "about",
            };
            item.assumed
                .push(format!("{as_said}: taken as the number itself"));
        }
        None if item.plural && !item.is_template && is_unsaid => {
            item.assumed.push(format!("count={}", item.unsaid));
        }
        _ => {}
    }
}

fn request(item: &mut Item, id: String, count: u32, at_home: bool) -> RoomRequest {
    let mut request = RoomRequest {
        id,
        room_type: item.room.to_owned(),
        name: None,
        count,
        area_m2: None,
        min_area_m2: None,
        min_width_mm: None,
        max_aspect: None,
        daylight: item.daylight.then_some(Daylight::Preferred),
        priority: if item.is_optional {
            Priority::Optional
        } else {
            Priority::Required
        },
        wet: None,
        seats: seats(item),
        fixtures: Default::default(),
    };
    if let (Some(span), Some(seats)) = (&mut item.area, request.seats) {
        // `20 workstations @ 50 sq ft`: nobody sits on a quarter of a square metre.
        let seats = i64::from(seats.max(1));
        if seats > 1 && span.high / seats < LEAST_SEAT_MM2 {
            span.low = span.low.saturating_mul(seats);
            span.high = span.high.saturating_mul(seats);
            item.assumed.push("the area is for each seat".to_owned());
        }
    }
    if let (Some([a, b]), Some(seats)) = (item.sides, request.seats) {
        // `12 workstations of 5x2 ft`: the size of a desk, not of the room for all.
        // `4 workstations of 6x6 ft`, too: at desks nobody sits as close as in an audience.
        let least = match item.room {
            "open_office" => 2 * LEAST_SEAT_MM2,
            _ => LEAST_SEAT_MM2,
        };
        let seats = i64::from(seats.max(1));
        if seats > 1 && a.saturating_mul(b) / 100 / seats < least {
            item.sides = None;
            item.assumed.push(OF_ONE_PLACE.to_owned());
        }
    }
    if let Some(span) = item.area {
        let parts = if item.area_is_total {
            i64::from(count.max(1))
        } else {
            1
        };
        request.area_m2 = Some(square_metres((span.low + span.high) / 2 / parts));
        if span.low != span.high || span.bound == Bound::AtLeast {
            request.min_area_m2 = Some(square_metres(span.low / parts));
        }
    } else if let Some([a, b]) = item.sides {
        request.area_m2 = Some(square_metres(a.saturating_mul(b) / 100));
        request.min_width_mm = Some(a.min(b) / 10);
        item.assumed
            .push("of the dimensions, the area and the shorter side".to_owned());
    } else if let Some(kind) = room_type(item.room) {
        let sizes = kind.sizes(at_home);
        let usual = match (kind.m2_per_seat, request.seats) {
            (Some(each), Some(seats)) => each * f64::from(seats),
            _ => sizes.area_m2,
        };
        let scale = match item.size {
            Some(Size::Large) => LARGE,
            Some(Size::Small) => SMALL,
            None => 1.0,
        };
        if item.size.is_some() {
            let area = (usual * scale).max(sizes.min_area_m2);
            request.area_m2 = Some((area * 100.0).round() / 100.0);
        }
        let area = request.area_m2.unwrap_or(usual);
        item.assumed.push(format!("area_m2={area}"));
    }
    request
}

fn seats(item: &Item) -> Option<u32> {
    // Of a range, the higher: a room for 8 to 10 seats 10.
    item.seats.and_then(|amount| amount.high.count())
}

/// mm² as m², rounded to 0.01.
pub(super) fn square_metres(mm2: i64) -> f64 {
    let hundredths = (mm2 + 5_000) / 10_000;
    hundredths as f64 / 100.0
}

fn wishes(reading: &Reading, ids: &[Option<String>], programme: &mut Programme) {
    let id_of = |place: usize| ids.get(place).cloned().flatten();
    for wish in &reading.wishes {
        let (Some(a), Some(b)) = (id_of(wish.a), id_of(wish.b)) else {
            continue;
        };
        let rating = match wish.relation {
            Relation::Next | Relation::Attached => Rating::A,
            Relation::Near => Rating::E,
            Relation::Opposite => Rating::I,
            Relation::Apart => Rating::X,
        };
        let wanted = Adjacency { a, b, rating };
        if !programme.adjacency.contains(&wanted) {
            programme.adjacency.push(wanted);
        }
    }
    for (place, item) in reading.items.iter().enumerate() {
        let via = item.via.and_then(id_of);
        if let (Some(room), Some(via)) = (id_of(place), via) {
            programme.access.push(Access { room, via });
        }
    }
}
