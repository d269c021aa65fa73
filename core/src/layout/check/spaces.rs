//! Spaces lie apart from each other, inside the plate, clear of columns, and are large enough.

use super::super::brief::RoomBrief;
use super::super::geometry::{Point, Ring};
use super::super::overlay;
use super::clear_width::FreeSpace;
use super::view::Space;
use super::{Findings, Measure, View};

/// Common area of two outlines that is not yet an overlap: 0.01 m², as in the older checker.
const OVERLAP_MM2: i64 = 10_000;

pub(super) fn check(view: &View<'_>, found: &mut Findings<'_>) {
    overlaps(view, found);
    let mut total = 0;
    for space in &view.spaces {
        let area = space.net.area() - space.holes.iter().map(Ring::area).sum::<i64>();
        total += area;
        if area != space.stated_mm2 {
            let message = format!(
                "`{}` has {} m², not {}",
                space.id,
                m2(area),
                m2(space.stated_mm2)
            );
            let measure = Measure::against(area, space.stated_mm2);
            found.error("AREA_MISSTATED", &[space.id], measure, message);
        }
        inside(view, space, found);
        if let Some(brief) = space.brief {
            sizes(space, brief, area, found);
        }
    }
    let usable = view.plate.usable_mm2();
    if total > usable {
        let message = format!("the spaces have {} m², the plate {}", m2(total), m2(usable));
        found.error(
            "AREA_EXCEEDS_PERIMETER",
            &[],
            Measure::against(total, usable),
            message,
        );
    }
}

fn overlaps(view: &View<'_>, found: &mut Findings<'_>) {
    for (i, one) in view.spaces.iter().enumerate() {
        for other in view.spaces.iter().skip(i + 1) {
            if !one.gross.bounds().overlaps(&other.gross.bounds()) {
                continue;
            }
            let common = overlay::area_of(&overlay::common(&[one.gross], &[other.gross]));
            if common > OVERLAP_MM2 {
                let message = format!(
                    "`{}` and `{}` overlap by {} m²",
                    one.id,
                    other.id,
                    m2(common)
                );
                let measure = Measure::against(common, OVERLAP_MM2);
                found.error("ROOM_OVERLAP", &[one.id, other.id], measure, message);
            }
        }
    }
}

fn inside(view: &View<'_>, space: &Space<'_>, found: &mut Findings<'_>) {
    let outline = &view.plate.inner_outline;
    let out = overlay::area_of(&overlay::difference(&[space.net], &[outline]));
    let corner_out = space
        .net
        .points()
        .iter()
        .any(|corner| !outline.contains(*corner) && !beside(outline, *corner));
    // Corners on a slanting side are whole millimetres, so the side between them may stand out by
    // less than one; along the axes nothing may.
    let rounding: i64 = space
        .net
        .edges()
        .filter(|(a, b)| a.x != b.x && a.y != b.y)
        .map(|(a, b)| a.distance(b))
        .sum();
    if out > rounding || corner_out {
        let message = format!("`{}` lies {} m² outside the perimeter", space.id, m2(out));
        let measure = Measure::against(out, 0);
        found.error("ROOM_OUTSIDE_PERIMETER", &[space.id], measure, message);
    }
    for obstacle in &view.plate.obstacles {
        if !obstacle.bounds().overlaps(&space.net.bounds()) {
            continue;
        }
        let holes: Vec<&Ring> = space.holes.iter().collect();
        let on_it = overlay::area_of(&overlay::common(&[obstacle], &[space.net]));
        let cut_out = overlay::area_of(&overlay::common(&[obstacle], &holes));
        if on_it != cut_out {
            let message = format!(
                "`{}` covers {} m² of a column or core",
                space.id,
                m2(on_it - cut_out)
            );
            let measure = Measure::against(on_it - cut_out, 0);
            found.error("ROOM_OUTSIDE_PERIMETER", &[space.id], measure, message);
        }
    }
}

fn sizes(space: &Space<'_>, brief: &RoomBrief, area: i64, found: &mut Findings<'_>) {
    let name = &brief.name;
    if area < brief.min_mm2 {
        let message = format!(
            "{name} has {} m², at least {} is needed",
            m2(area),
            m2(brief.min_mm2)
        );
        let measure = Measure::against(area, brief.min_mm2);
        found.error("ROOM_BELOW_MIN_AREA", &[space.id], measure, message);
    }
    let free = FreeSpace::new(&[space.net], space.holes);
    // How wide it is takes a dozen such questions, and is told of few.
    if !free.passes(brief.min_width_mm, &[]) {
        let widest = free.largest_square();
        let message = format!(
            "{name} is {widest} mm wide, at least {} is needed",
            brief.min_width_mm
        );
        let measure = Measure::against(widest, brief.min_width_mm);
        found.error("ROOM_TOO_NARROW", &[space.id], measure, message);
    }
    let off = (area - brief.target_mm2).abs();
    if off * 1000 > brief.target_mm2 * found.rules.area_tolerance_permille {
        let message = format!(
            "{name} has {} m² instead of {}",
            m2(area),
            m2(brief.target_mm2)
        );
        let measure = Measure::against(area, brief.target_mm2);
        found.warning("AREA_OFF_TARGET", &[space.id], measure, message);
    }
    let bounds = space.net.bounds();
    let (short, long) = (
        bounds.width().min(bounds.height()),
        bounds.width().max(bounds.height()),
    );
    let aspect = long * 1000 / short.max(1);
    if aspect > brief.max_aspect_permille {
        let message = format!("{name} is {long} mm long and {short} mm wide");
        let measure = Measure::against(aspect, brief.max_aspect_permille);
        found.warning("ASPECT_RATIO", &[space.id], measure, message);
    }
}

/// Square metres with two decimals, for messages.
pub(super) fn m2(mm2: i64) -> String {
    format!("{:.2}", mm2 as f64 / 1e6)
}

/// Whether a point is within a millimetre of a slanting edge.
pub(super) fn beside(outline: &Ring, point: Point) -> bool {
    outline
        .edges()
        .filter(|(a, b)| a.x != b.x && a.y != b.y)
        .any(|(a, b)| {
            let length = a.distance(b).max(1);
            let along = ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length;
            a.turn(b, point).abs() <= length + 1 && along >= -1 && along <= length + 1
        })
}
