//! Where each wall was really drawn, and where a gap in it was bridged.

use super::bars::Bar;
use super::junctions::{Near, Places, crossing, reach};
use crate::error::Result;
use crate::watch::Watch;

/// Pieces at a smaller angle to a wall than this (as its sine) lie along it.
const ALONG: f64 = 0.05;

/// Gaps in the drawing shorter than this are left by rounding, not by an opening, in points.
const ROUNDING_PT: f64 = 0.6;

/// Pieces between two looks at the watch.
const BETWEEN_CHECKS: usize = 512;

/// For each of `walls` the stretches along it, from its end `a` and in points, where `pieces`
/// show it or another wall runs into it; sorted and apart from each other.
///
/// What is left out was bridged: as a rule a door or a window.
pub(super) fn stretches(
    walls: &[Bar],
    pieces: &[Bar],
    watch: &dyn Watch,
) -> Result<Vec<Vec<(f64, f64)>>> {
    let places = Places::new(walls);
    let mut found: Vec<Vec<(f64, f64)>> = vec![Vec::new(); walls.len()];
    let mut near = Near::new(walls);
    for (count, piece) in pieces.iter().enumerate() {
        if count % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        let middle = piece.a.towards(piece.b, 0.5);
        for &index in places.near(middle, &mut near) {
            if let Some(wall) = walls.get(index)
                && let Some(stretches) = found.get_mut(index)
                && lies_along(piece, wall)
            {
                let (one, two) = (position(wall, piece.a), position(wall, piece.b));
                stretches.push((one.min(two), one.max(two)));
            }
        }
    }
    for (index, wall) in walls.iter().enumerate() {
        if index % BETWEEN_CHECKS == 0 {
            watch.check()?;
        }
        for end in [wall.a, wall.b] {
            for &other in places.near(end, &mut near) {
                let Some(neighbour) = walls.get(other).filter(|_| other != index) else {
                    continue;
                };
                if neighbour.segment().distance_to(end) > reach(wall, neighbour) {
                    continue;
                }
                // Where walls meet, each covers the faces of the other.
                if let Some(corner) = crossing(wall, neighbour) {
                    for (bar, number, by) in [(wall, index, neighbour), (neighbour, other, wall)] {
                        let at = position(bar, corner);
                        let half = 0.5 * by.thickness + ROUNDING_PT;
                        if let Some(stretches) = found.get_mut(number) {
                            stretches.push((at - half, at + half));
                        }
                    }
                }
            }
        }
    }
    Ok(found
        .into_iter()
        .zip(walls)
        .map(|(stretches, wall)| united(stretches, wall.length()))
        .collect())
}

/// Whether `piece` is a part of `wall`: as good as parallel, and inside its thickness.
fn lies_along(piece: &Bar, wall: &Bar) -> bool {
    let (dx, dy) = (wall.b.x - wall.a.x, wall.b.y - wall.a.y);
    let (px, py) = (piece.b.x - piece.a.x, piece.b.y - piece.a.y);
    let turn = (dx * py - dy * px).abs();
    if turn > ALONG * piece.length() * wall.length() {
        return false;
    }
    let middle = piece.a.towards(piece.b, 0.5);
    let off = (dx * (middle.y - wall.a.y) - dy * (middle.x - wall.a.x)).abs();
    off <= (0.35 * wall.thickness + 0.3) * wall.length()
}

/// How far along `wall` a point is, from its end `a`.
fn position(wall: &Bar, point: crate::plan::Point) -> f64 {
    let (dx, dy) = (wall.b.x - wall.a.x, wall.b.y - wall.a.y);
    let along = (point.x - wall.a.x) * dx + (point.y - wall.a.y) * dy;
    along / wall.length().max(1e-9)
}

/// The union of stretches, cut to `0..=length`.
fn united(mut stretches: Vec<(f64, f64)>, length: f64) -> Vec<(f64, f64)> {
    stretches.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.total_cmp(&two.1)));
    let mut united: Vec<(f64, f64)> = Vec::new();
    for (from, to) in stretches {
        let (from, to) = (from.max(0.0), to.min(length));
        if to <= from {
            continue;
        }
        match united.last_mut() {
            Some(last) if from <= last.1 + ROUNDING_PT => last.1 = last.1.max(to),
            _ => united.push((from, to)),
        }
    }
    if let Some(first) = united.first_mut().filter(|first| first.0 <= ROUNDING_PT) {
        first.0 = 0.0;
    }
    if let Some(last) = united
        .last_mut()
        .filter(|last| last.1 >= length - ROUNDING_PT)
    {
        last.1 = length;
    }
    united
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Point, WallStyle};
    use crate::watch::Unwatched;

    fn bar(a: (f64, f64), b: (f64, f64)) -> Bar {
        Bar {
            a: Point::new(a.0, a.1),
            b: Point::new(b.0, b.1),
            thickness: 6.0,
            style: WallStyle::Double,
        }
    }

    #[test]
    fn a_bridged_door_is_left_out_and_a_junction_is_not() {
        let walls = [
            bar((0.0, 0.0), (200.0, 0.0)),
            bar((100.0, 0.0), (100.0, 80.0)),
        ];
        let pieces = [
            bar((40.0, 0.1), (3.0, 0.1)),
            bar((60.0, 0.0), (97.0, 0.0)),
            bar((103.0, 0.0), (200.0, 0.0)),
            bar((100.0, 3.0), (100.0, 80.0)),
            bar((0.0, 20.0), (60.0, 20.0)),
        ];
        let found = stretches(&walls, &pieces, &Unwatched).unwrap();
        assert_eq!(found[0], [(3.0, 40.0), (60.0, 200.0)]);
        assert_eq!(found[1], [(0.0, 80.0)]);
    }
}
