//! Where on the page shapes lie, to find those near each other.

use super::shapes::Extent;
use crate::error::Result;
use crate::ingest::squares::each_once;
use crate::watch::Watch;

/// Side of the squares in which neighbours are looked up, in points.
const CELL_PT: f64 = 8.0;

/// Shapes looked at in one square, so that a heap of them stays cheap.
const MOST_IN_CELL: usize = 24;

/// Squares of the turned page, and the shapes in them: sorted by row and column.
pub(super) struct Grid {
    /// Where each row begins.
    rows: Vec<(i32, usize)>,
    /// By their columns.
    entries: Vec<(i32, Entry)>,
}

/// A shape in a square, with what tells whether it has been seen in a square before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u32);

impl Entry {
    /// The shape lies in no row of squares above.
    const IN_FIRST_ROW: u32 = 1 << 31;
    /// The shape lies in no column of squares to the left.
    const IN_FIRST_COLUMN: u32 = 1 << 30;

    /// The number of a shape is far below a milliard: [`super::shapes`] looks at no more.
    fn new(shape: u32, is_first_row: bool, is_first_column: bool) -> Entry {
        let flag = |is_set: bool, flag: u32| if is_set { flag } else { 0 };
        Entry(
            shape
                | flag(is_first_row, Entry::IN_FIRST_ROW)
                | flag(is_first_column, Entry::IN_FIRST_COLUMN),
        )
    }

    fn shape(self) -> usize {
        (self.0 & !(Entry::IN_FIRST_ROW | Entry::IN_FIRST_COLUMN)) as usize
    }
}

impl Grid {
    /// The first and the last square, as row and column.
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    fn span(extent: Extent) -> ((i32, i32), (i32, i32)) {
        let cell = |value: f64| (value / CELL_PT).floor() as i32;
        (
            (cell(extent.v0), cell(extent.u0)),
            (cell(extent.v1), cell(extent.u1)),
        )
    }

    pub(super) fn new(extents: &[Extent], watch: &dyn Watch) -> Result<Grid> {
        let mut entries = Vec::with_capacity(2 * extents.len());
        for (extent, index) in extents.iter().zip(0_u32..) {
            let (first, last) = Grid::span(*extent);
            for row in first.0..=last.0 {
                entries.extend((first.1..=last.1).map(|column| {
                    let entry = Entry::new(index, row == first.0, column == first.1);
                    ((row, column), entry)
                }));
            }
        }
        watch.check()?;
        entries.sort_unstable_by_key(|(square, entry)| (*square, entry.shape()));
        watch.check()?;
        let mut count = 0;
        let mut before = None;
        let mut left_out = vec![false; extents.len()];
        entries.retain(|(square, entry)| {
            count = if before == Some(*square) {
                count + 1
            } else {
                1
            };
            before = Some(*square);
            let is_kept = count <= MOST_IN_CELL;
            if !is_kept && let Some(slot) = left_out.get_mut(entry.shape()) {
                *slot = true;
            }
            is_kept
        });
        // Its first square may be the one that it was left out of.
        for (_, entry) in &mut entries {
            if left_out.get(entry.shape()) == Some(&true) {
                *entry = Entry::new(entry.0, true, true);
            }
        }
        let starts = entries.iter().enumerate();
        let mut rows: Vec<(i32, usize)> = starts.map(|(at, ((row, _), _))| (*row, at)).collect();
        rows.dedup_by_key(|(row, _)| *row);
        let entries = entries.into_iter();
        Ok(Grid {
            rows,
            entries: entries
                .map(|((_, column), entry)| (column, entry))
                .collect(),
        })
    }

    /// The squares of one row.
    fn row(&self, row: i32) -> &[(i32, Entry)] {
        let at = self.rows.partition_point(|(known, _)| *known < row);
        let start = self.rows.get(at).filter(|(known, _)| *known == row);
        let end = self.rows.get(at + 1);
        let end = end.map_or(self.entries.len(), |(_, start)| *start);
        let entries = start.and_then(|(_, start)| self.entries.get(*start..end));
        entries.unwrap_or_default()
    }

    /// All shapes, square by square, so that what is looked up for one after the other is near in
    /// memory.
    pub(super) fn in_order(&self, count: usize) -> Vec<usize> {
        each_once(self.entries.iter().map(|(_, entry)| entry.shape()), count)
    }

    /// Everything in the squares that `extent` touches, once each, in the first of these squares
    /// that it lies in; only what is in a heap may come several times.
    pub(super) fn near(&self, extent: Extent) -> impl Iterator<Item = usize> {
        let (first, last) = Grid::span(extent);
        (first.0..=last.0).flat_map(move |row| {
            let needed_row = if row == first.0 {
                0
            } else {
                Entry::IN_FIRST_ROW
            };
            let entries = self.row(row);
            let start = entries.partition_point(|(column, _)| *column < first.1);
            let rest = entries.get(start..).unwrap_or_default();
            rest.iter()
                .take_while(move |(column, _)| *column <= last.1)
                .filter(move |(column, entry)| {
                    let needed_column = if *column == first.1 {
                        0
                    } else {
                        Entry::IN_FIRST_COLUMN
                    };
                    let needed = needed_row | needed_column;
                    entry.0 & needed == needed
                })
                .map(|(_, entry)| entry.shape())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;

    fn square(u: f64, v: f64, size: f64) -> Extent {
        Extent {
            u0: u,
            v0: v,
            u1: u + size,
            v1: v + size,
        }
    }

    fn grid_of(extents: &[Extent]) -> Grid {
        Grid::new(extents, &Unwatched).unwrap()
    }

    #[test]
    fn what_lies_in_many_squares_is_found_once() {
        let grid = grid_of(&[square(-30.0, -30.0, 60.0), square(100.0, 0.0, 4.0)]);
        for around in [
            square(-1.0, -1.0, 2.0),
            square(-40.0, -40.0, 200.0),
            square(20.0, 20.0, 30.0),
        ] {
            let near: Vec<_> = grid.near(around).filter(|shape| *shape == 0).collect();
            assert_eq!(near, [0], "{around:?}");
        }
        assert_eq!(grid.near(square(60.0, 60.0, 8.0)).count(), 0);
    }

    #[test]
    fn what_reaches_out_of_a_heap_is_found_beside_it() {
        let mut extents = vec![square(1.0, 1.0, 4.0); MOST_IN_CELL];
        extents.push(Extent {
            u1: 20.0,
            ..square(1.0, 1.0, 4.0)
        });
        let grid = grid_of(&extents);
        let near: Vec<_> = grid.near(square(0.0, 0.0, 30.0)).collect();
        assert!(near.contains(&MOST_IN_CELL), "{near:?}");
    }
}
