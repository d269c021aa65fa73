//! Walls along a line: what runs beside a piece, or holds it.

use super::bars::Bar;
use super::junctions::{Near, Places};

/// Pieces at a smaller angle than this (as its sine) are parallel.
const PARALLEL: f64 = 0.05;

/// Walls by the places they pass.
pub(super) struct Lanes<'a> {
    pub(super) places: &'a Places,
    pub(super) walls: &'a [Bar],
}

impl Lanes<'_> {
    /// Whether `piece` lies across the inside of a wall from face to face or less, as a line of
    /// its hatching does.
    pub(super) fn hold(&self, piece: &Bar, near: &mut Near) -> bool {
        let middle = piece.a.towards(piece.b, 0.5);
        self.places.near(middle, near).iter().any(|&index| {
            self.walls.get(index).is_some_and(|wall| {
                let reach = 0.5 * wall.thickness + 0.5;
                let line = wall.segment();
                line.distance_to(piece.a) <= reach && line.distance_to(piece.b) <= reach
            })
        })
    }

    /// Walls parallel to `piece` that pass near it, each once.
    pub(super) fn beside(&self, piece: &Bar, near: &mut Near) -> Vec<usize> {
        let mut found = Vec::new();
        let steps = (piece.length() / self.places.cell())
            .ceil()
            .clamp(1.0, 256.0);
        let mut step = 0.0_f64;
        while step <= steps {
            let at = piece.a.towards(piece.b, step / steps);
            let near = self.places.near(at, near).iter().copied();
            found.extend(near.filter(|&index| {
                self.walls
                    .get(index)
                    .is_some_and(|wall| is_parallel(wall, piece))
            }));
            step += 1.0;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Whether two bars run in one direction.
pub(super) fn is_parallel(one: &Bar, two: &Bar) -> bool {
    let (dx, dy) = (one.b.x - one.a.x, one.b.y - one.a.y);
    let (ex, ey) = (two.b.x - two.a.x, two.b.y - two.a.y);
    (dx * ey - dy * ex).abs() <= PARALLEL * one.length() * two.length()
}
