//! Points of light and power: per room, by its area and type.

use super::super::exact::Exact;
use super::super::finishes::DATA_POINTS;
use super::{Site, Space, pieces, square_metres};

/// Useful lumens of one fitting: 3600 lm, of which 0.6 reach the room and 0.8 remain with dirt
/// and age.
const LUMENS: i64 = 1728;
/// Areas in m² for one more socket, and for one more air conditioner.
const SOCKET_M2: i64 = 3;
const CORRIDOR_SOCKET_M2: i64 = 10;
const COOLED_M2: i64 = 15;
const MM2: i64 = 1_000_000;
/// Points on one way of a distribution board, and ways of one board.
const LIGHTS_PER_WAY: i64 = 10;
const SOCKETS_PER_WAY: i64 = 4;
const WAYS_PER_BOARD: i64 = 24;

pub(super) fn take(site: &mut Site<'_>) {
    let (mut lights, mut sockets, mut coolers) = (0, 0, 0);
    for n in 0..site.spaces.len() {
        let Some(space) = site.spaces.get(n).cloned() else {
            continue;
        };
        let area = square_metres(space.area_mm2);
        let mut add = |rule: &str, item: &str, working: String, count: i64| {
            let parts = vec![pieces(space.id, working, count)];
            site.add(rule, item, Some(n), parts, "");
        };
        let lux = space.finishes.lux;
        let light = round_up(lux * space.area_mm2, LUMENS * MM2);
        let working = format!("{lux} lx x {area} m2 / {LUMENS} lm");
        add("E1", "electrical.light", working, light);
        let socket = sockets_of(&space);
        add("E2", "electrical.socket", format!("{area} m2"), socket);
        add("E3", "electrical.board", "1".to_owned(), 1);
        let mut cooler = 0;
        if space.finishes.is_cooled {
            cooler = round_up(space.area_mm2, COOLED_M2 * MM2);
            add(
                "E5",
                "electrical.ac",
                format!("{area} m2 / {COOLED_M2} m2"),
                cooler,
            );
        }
        if space.finishes.has_exhaust {
            add("E6", "electrical.exhaust", "1".to_owned(), 1);
        }
        let data = site
            .layout
            .fixtures
            .iter()
            .filter(|fixture| fixture.room_id == space.id)
            .filter(|fixture| DATA_POINTS.contains(&fixture.fixture_type.as_str()))
            .map(|fixture| pieces(&fixture.id, "2".to_owned(), 2))
            .collect();
        site.add("E4", "electrical.data", Some(n), data, "");
        lights += light;
        sockets += socket;
        coolers += cooler;
    }
    let ways = round_up(lights, LIGHTS_PER_WAY) + round_up(sockets, SOCKETS_PER_WAY) + coolers;
    let boards = round_up(ways, WAYS_PER_BOARD);
    let working = format!("{lights} lights, {sockets} sockets, {coolers} coolers: {ways} ways");
    site.add(
        "E7",
        "electrical.db",
        None,
        vec![pieces("layout", working, boards)],
        "",
    );
}

fn sockets_of(space: &Space<'_>) -> i64 {
    if space.finishes.is_sanitary {
        1
    } else if space.is_corridor {
        round_up(space.area_mm2, CORRIDOR_SOCKET_M2 * MM2)
    } else {
        round_up(space.area_mm2, SOCKET_M2 * MM2).max(2)
    }
}

/// `num` / `den`, rounded up.
fn round_up(num: i64, den: i64) -> i64 {
    Exact::ratio(i128::from(num), i128::from(den))
        .ceiling()
        .to_i64()
}
