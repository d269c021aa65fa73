//! Pieces of lines by place.

use std::collections::BTreeMap;

use crate::plan::{Point, Segment};

/// Pieces in the squares of a grid, to find those near a point.
pub(crate) struct Grid<'a> {
    cells: BTreeMap<(i64, i64), Vec<usize>>,
    pieces: &'a [[Point; 2]],
}

const CELL_PT: f64 = 8.0;

impl<'a> Grid<'a> {
    pub(crate) fn new(pieces: &'a [[Point; 2]]) -> Grid<'a> {
        let mut cells = BTreeMap::<_, Vec<usize>>::new();
        for (index, [a, b]) in pieces.iter().enumerate() {
            // Walked in steps, so that a long line is in the squares along it only.
            let steps = (a.distance(*b) / CELL_PT).ceil().clamp(1.0, 10_000.0);
            for step in 0..=steps as usize {
                let cell = Self::cell(a.towards(*b, step as f64 / steps));
                let known = cells.entry(cell).or_default();
                if known.last() != Some(&index) {
                    known.push(index);
                }
            }
        }
        Grid { cells, pieces }
    }

    fn cell(at: Point) -> (i64, i64) {
        (
            (at.x / CELL_PT).floor() as i64,
            (at.y / CELL_PT).floor() as i64,
        )
    }

    fn near(&self, at: Point) -> impl Iterator<Item = [Point; 2]> + '_ {
        let (x, y) = Self::cell(at);
        (x - 1..=x + 1)
            .flat_map(move |x| (y - 1..=y + 1).map(move |y| (x, y)))
            .filter_map(|cell| self.cells.get(&cell))
            .flatten()
            .map(|&index| self.pieces[index])
    }

    pub(crate) fn covers(&self, at: Point, within: f64) -> bool {
        self.near(at)
            .any(|[a, b]| Segment::new(a, b).distance_to(at) <= within)
    }
}
