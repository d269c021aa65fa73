//! Figures about a layout, measured from the layout itself.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::{ClosenessMetrics, Metrics, Spread};
use crate::layout::check::{SharedWalls, View, Ways, clear_width, is_near, lit_length, networks};
use crate::layout::rules::Rules;
use crate::layout::{Brief, Daylight, Layout, Plate, Rating, Severity, Violation};

/// Measures a layout. `wanted` is how many fixtures were to be placed.
pub(super) fn measure(
    layout: &Layout,
    plate: &Plate,
    brief: &Brief,
    rules: &Rules,
    violations: &[Violation],
    wanted: usize,
) -> Metrics {
    let view = View::new(layout, plate, brief, rules);
    let count = |severity: Severity| {
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for violation in violations.iter().filter(|v| v.severity == severity) {
            *codes.entry(violation.code.clone()).or_default() += 1;
        }
        codes
    };
    let asked: Vec<(i64, i64)> = layout
        .rooms
        .iter()
        .zip(&brief.rooms)
        .filter(|(_, brief)| brief.request.is_some())
        .map(|(room, brief)| (room.net_area_mm2, brief.requested_mm2.max(1)))
        .collect();
    let scaled: Vec<f64> = layout
        .rooms
        .iter()
        .zip(&brief.rooms)
        .filter(|(_, brief)| brief.request.is_some())
        .map(|(room, brief)| percent_off(room.net_area_mm2, brief.target_mm2))
        .collect();
    let (got, wished): (i64, i64) = asked
        .iter()
        .fold((0, 0), |sum, (got, wished)| (sum.0 + got, sum.1 + wished));
    let aspects: Vec<f64> = layout
        .rooms
        .iter()
        .filter(|room| room.request.is_some())
        .map(|room| {
            let bounds = room.net_boundary.bounds();
            let (a, b) = (bounds.width().max(1) as f64, bounds.height().max(1) as f64);
            a.max(b) / a.min(b)
        })
        .collect();
    let boxes = layout
        .rooms
        .iter()
        .filter(|room| room.net_boundary.as_rect().is_some())
        .count();
    let ways = Ways::of(&view);
    let reached = ways.to_spaces(|_| true);
    let rooms = layout.rooms.len();
    let travel: Vec<f64> = reached
        .iter()
        .take(rooms)
        .filter_map(|way| way.map(|mm| mm as f64))
        .collect();
    let usable = plate.usable_mm2().max(1);
    let clear = networks(&view)
        .iter()
        .map(|network| clear_width(&view, network))
        .min();
    let wants_light: Vec<bool> = layout
        .rooms
        .iter()
        .zip(&brief.rooms)
        .filter(|(_, brief)| brief.daylight != Daylight::None)
        .map(|(room, _)| lit_length(plate, &room.net_boundary) >= 500)
        .collect();
    let lines: BTreeSet<(bool, i64)> = layout
        .interior_walls
        .iter()
        .map(|wall| {
            if wall.x1 == wall.x2 {
                (true, wall.x1)
            } else {
                (false, wall.y1)
            }
        })
        .collect();
    Metrics {
        errors_by_code: count(Severity::Error),
        warnings_by_code: count(Severity::Warning),
        area_error_requested_pct: spread(
            asked
                .iter()
                .map(|(got, wished)| percent_off(*got, *wished))
                .collect(),
        ),
        area_error_scaled_pct: spread(scaled),
        area_scale: hundredths(got as f64 / wished.max(1) as f64 * 100.0) / 100.0,
        aspect: spread(aspects),
        rectangular_pct: share(boxes, rooms),
        closeness: closeness(&view, &ways),
        reachable_pct: share(reached.iter().take(rooms).flatten().count(), rooms),
        travel_mm: spread(travel),
        circulation_pct: hundredths(layout.corridor_area_mm2() as f64 * 100.0 / usable as f64),
        efficiency_pct: hundredths(layout.room_area_mm2() as f64 * 100.0 / usable as f64),
        corridor_clear_mm: clear,
        daylight_pct: (!wants_light.is_empty()).then(|| {
            share(
                wants_light.iter().filter(|lit| **lit).count(),
                wants_light.len(),
            )
        }),
        fixtures_placed_pct: share(layout.fixtures.len(), wanted),
        wall_length_mm: layout
            .interior_walls
            .iter()
            .map(|wall| (wall.x2 - wall.x1).abs() + (wall.y2 - wall.y1).abs())
            .sum(),
        grid_lines: lines.len(),
    }
}

fn percent_off(got: i64, wished: i64) -> f64 {
    (got - wished).abs() as f64 * 100.0 / wished.max(1) as f64
}

fn closeness(view: &View<'_>, ways: &Ways) -> ClosenessMetrics {
    let walls = SharedWalls::of(view);
    let (mut strong, mut strong_wall, mut strong_near) = (0, 0, 0);
    let (mut weight, mut weight_met, mut forbidden) = (0, 0, 0);
    for link in &view.brief.links {
        let others: Vec<usize> = link
            .to
            .iter()
            .filter_map(|r| view.room_of_brief(*r))
            .collect();
        for from in link.from.iter().filter_map(|r| view.room_of_brief(*r)) {
            if link.rating == Rating::X {
                forbidden += others
                    .iter()
                    .filter(|to| walls.length(from, **to) > 0)
                    .count();
                continue;
            }
            if others.is_empty() {
                continue;
            }
            let beside = others
                .iter()
                .any(|to| walls.length(from, *to) >= view.rules.shared_wall_min_mm);
            let near = others
                .iter()
                .any(|to| is_near(view, &walls, ways, from, *to));
            weight += link.rating.weight();
            weight_met += if beside { link.rating.weight() } else { 0 };
            if matches!(link.rating, Rating::A | Rating::E) {
                strong += 1;
                strong_wall += usize::from(beside);
                strong_near += usize::from(near);
            }
        }
    }
    ClosenessMetrics {
        strong_wall_pct: share(strong_wall, strong),
        strong_near_pct: share(strong_near, strong),
        weighted_wall_pct: share(weight_met as usize, weight as usize),
        forbidden,
    }
}

/// A share in percent; 100 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        100.0
    } else {
        hundredths(part as f64 * 100.0 / whole as f64)
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        // The smallest value that this share of all do not exceed.
        let place = (values.len() * percent).div_ceil(100).max(1) - 1;
        values.get(place).copied().unwrap_or(0.0)
    };
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    Spread {
        mean: hundredths(mean),
        median: hundredths(at(50)),
        p95: hundredths(at(95)),
        max: hundredths(values.last().copied().unwrap_or(0.0)),
    }
}
