//! The benchmark set: 60 programmes on 10 plates, in `tests/data/generate`.

use floorjobs_core::generate::{EntranceRequest, GenerateRequest, Site, SolverOptions};
use floorjobs_core::layout::{Access, Adjacency, Point, RoomRequest, room_type};
use serde::Deserialize;

/// A programme of the set.
#[derive(Deserialize)]
pub(crate) struct SetProgramme {
    pub(crate) name: String,
    rooms: Vec<RoomRequest>,
    #[serde(default)]
    adjacency: Vec<Adjacency>,
    #[serde(default)]
    access: Vec<Access>,
}

/// A plate of the set: a shape without a size.
#[derive(Deserialize)]
pub(crate) struct SetPlate {
    pub(crate) name: String,
    corners: Vec<[i64; 2]>,
    /// Edge, and where on it in thousandths.
    entrance: Option<(usize, i64)>,
    /// Columns in each direction.
    #[serde(default)]
    columns: i64,
}

/// A programme on a plate of a size, and whether that can be.
pub(crate) struct Instance {
    pub(crate) name: String,
    pub(crate) rooms: usize,
    pub(crate) usable_m2: f64,
    pub(crate) feasible: bool,
    pub(crate) request: GenerateRequest,
}

/// The whole set.
pub(crate) fn instances() -> Vec<Instance> {
    let programmes: Vec<SetProgramme> =
        serde_json::from_str(include_str!("../../data/generate/programmes.json")).unwrap();
    let plates: Vec<SetPlate> =
        serde_json::from_str(include_str!("../../data/generate/plates.json")).unwrap();
    let list: Vec<(usize, usize, f64, u8)> =
        serde_json::from_str(include_str!("../../data/generate/instances.json")).unwrap();
    list.into_iter()
        .map(|(i, j, factor, label)| instance(&programmes[i], &plates[j], factor, label == 1))
        .collect()
}

/// `factor` times what the rooms ask for, or times their least areas for what cannot be.
fn instance(programme: &SetProgramme, plate: &SetPlate, factor: f64, feasible: bool) -> Instance {
    let area = |room: &RoomRequest| {
        let kind = room_type(&room.room_type).unwrap();
        let by_seats = room
            .seats
            .zip(kind.m2_per_seat)
            .map(|(seats, each)| f64::from(seats) * each);
        let asked = room.area_m2.or(by_seats).unwrap_or(kind.area_m2);
        let one = if feasible {
            asked
        } else {
            kind.min_area_m2.min(asked * 0.95)
        };
        one * f64::from(room.count)
    };
    let wanted: f64 = programme.rooms.iter().map(area).sum::<f64>() * factor;
    let doubled: i64 = plate
        .corners
        .iter()
        .zip(plate.corners.iter().cycle().skip(1))
        .map(|(a, b)| a[0] * b[1] - a[1] * b[0])
        .sum();
    let scale = (wanted * 1e6 / (doubled.abs() as f64 / 2.0)).sqrt();
    let place = |v: i64| (v as f64 * scale / 10.0).round() as i64 * 10;
    let corners: Vec<Point> = plate
        .corners
        .iter()
        .map(|c| Point::new(place(c[0]), place(c[1])))
        .collect();
    let entrances = plate.entrance.map(|(edge, at)| {
        let (a, b) = (corners[edge], corners[(edge + 1) % corners.len()]);
        EntranceRequest {
            edge,
            from_mm: a.distance(b) * at / 1000 - 600,
            width_mm: 1200,
        }
    });
    let (width, height) = (place(plate.corners[2][0]), place(plate.corners[2][1]));
    let columns = (1..=plate.columns).flat_map(|i| {
        (1..=plate.columns).map(move |j| {
            let (x, y) = (
                width * i / (plate.columns + 1),
                height * j / (plate.columns + 1),
            );
            [x - 150, y - 150, x + 150, y + 150]
        })
    });
    let mut request = GenerateRequest {
        site: Site {
            perimeter_mm: corners,
            entrances: entrances.into_iter().collect(),
            columns_mm: columns.collect(),
            ..Site::default()
        },
        solver: SolverOptions {
            alternatives: 1,
            ..SolverOptions::default()
        },
        ..GenerateRequest::default()
    };
    request.program.rooms.clone_from(&programme.rooms);
    request.program.adjacency.clone_from(&programme.adjacency);
    request.program.access.clone_from(&programme.access);
    Instance {
        name: format!("{} on {}", programme.name, plate.name),
        rooms: programme.rooms.iter().map(|room| room.count as usize).sum(),
        usable_m2: wanted,
        feasible,
        request,
    }
}
