//! What must hold of anything that is called valid, worked out from the layout alone.

use std::collections::BTreeSet;

use crate::generate::GenerateRequest;
use crate::layout::{Layout, Ring, overlay};

/// On plates aslant the sides of spaces are cut at whole millimetres, and beside them floor may be
/// left that is too small for anything, in square millimetres.
const CUT_OFF_MM2: i64 = 10_000;

/// Beside what is no column and no core, floor as large as this is not lost, in square millimetres.
const LOST_MM2: i64 = 30_000;

/// Says what is wrong with `layout`, which an answer to `request` calls valid.
pub(super) fn fault(layout: &Layout, request: &GenerateRequest) -> Option<String> {
    floor(layout, request)
        .or_else(|| way(layout))
        .or_else(|| size(layout, request))
}

/// Spaces overlap, reach out of the plate, or do not add up to it.
fn floor(layout: &Layout, request: &GenerateRequest) -> Option<String> {
    let plate = &layout.inner_outline;
    let rooms = layout.rooms.iter().map(|room| &room.boundary);
    let corridors = layout.corridors.iter().map(|corridor| &corridor.boundary);
    let spaces: Vec<&Ring> = rooms.chain(corridors).collect();
    let slack = if plate.is_rectilinear() {
        0
    } else {
        plate.perimeter() * 2 + CUT_OFF_MM2
    };
    let sum: i64 = spaces.iter().map(|space| space.area()).sum();
    let union = overlay::area_of(&overlay::union(&spaces));
    if (sum - union).abs() > slack {
        return Some(format!("spaces of {sum} mm2 cover {union}"));
    }
    let outside = overlay::area_of(&overlay::difference(&spaces, &[plate]));
    if outside > slack {
        return Some(format!("{outside} mm2 are outside the plate"));
    }
    let is_whole = request.site.columns_mm.is_empty() && request.site.holes_mm.is_empty();
    let lost = plate.area() - sum;
    (is_whole && lost > slack.max(LOST_MM2)).then(|| format!("{lost} mm2 of floor are lost"))
}

/// A room cannot be reached from outside.
fn way(layout: &Layout) -> Option<String> {
    let doors = layout.doors.iter().map(|door| &door.connects);
    let open = layout.open_edges.iter().map(|edge| &edge.between);
    let passages: Vec<&[String; 2]> = doors.chain(open).collect();
    let mut reached: BTreeSet<&str> = BTreeSet::from(["outside"]);
    loop {
        let before = reached.len();
        for [a, b] in &passages {
            if reached.contains(a.as_str()) || reached.contains(b.as_str()) {
                reached.extend([a.as_str(), b.as_str()]);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    let mut rooms = layout.rooms.iter();
    let shut = rooms.find(|room| !reached.contains(room.id.as_str()))?;
    Some(format!("`{}` cannot be reached", shut.id))
}

/// A room is smaller than it says, or than the least that was asked for.
fn size(layout: &Layout, request: &GenerateRequest) -> Option<String> {
    layout.rooms.iter().find_map(|room| {
        let says = room.net_area_mm2;
        let is = room.net_boundary.area();
        if is < says {
            return Some(format!("`{}` says {says} mm2 and has {is}", room.id));
        }
        let of_it = |asked: &str| {
            let rest = room.id.strip_prefix(asked);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let asked = request.program.rooms.iter().find(|asked| of_it(&asked.id));
        let least = asked.and_then(|asked| asked.min_area_m2)?;
        (says as f64 + 1.0 < least * 1e6)
            .then(|| format!("`{}` has {says} mm2 of at least {least} m2", room.id))
    })
}
