//! How much floor lies in any window: sums over a grid, obstacles deducted.

use crate::layout::{Plate, Rect, Ring};

/// Finest cells, in mm: the grid that walls keep to.
const CELL_MM: i64 = 50;

/// Most cells of the table.
const MAX_CELLS: i64 = 600_000;

/// Sums of floor area over a grid of cells, so that the area in a window takes four look-ups.
pub(super) struct AreaTable {
    x0: i64,
    y0: i64,
    cell: i64,
    /// How often the finest cell was doubled.
    doublings: u32,
    columns: usize,
    rows: usize,
    sums: Vec<i64>,
}

impl AreaTable {
    /// Measures a plate.
    pub(super) fn of(plate: &Plate) -> AreaTable {
        let bounds = plate.inner_outline.bounds();
        let (mut cell, mut doublings) = (CELL_MM, 0);
        while (bounds.width() / cell + 2) * (bounds.height() / cell + 2) > MAX_CELLS {
            cell *= 2;
            doublings += 1;
        }
        let (x0, y0) = (
            bounds.x0.div_euclid(cell) * cell,
            bounds.y0.div_euclid(cell) * cell,
        );
        let columns = ((bounds.x1 - x0) / cell + 1) as usize;
        let rows = ((bounds.y1 - y0) / cell + 1) as usize;
        let mut table = AreaTable {
            x0,
            y0,
            cell,
            doublings,
            columns,
            rows,
            sums: vec![0; (columns + 1) * (rows + 1)],
        };
        let mut cover = vec![0.0_f64; (columns + 2) * rows];
        table.add(&plate.inner_outline, 1.0, &mut cover);
        for obstacle in &plate.obstacles {
            table.add(obstacle, -1.0, &mut cover);
        }
        let stride = columns + 1;
        for row in 0..rows {
            let (mut carried, mut line) = (0.0, 0);
            for column in 0..columns {
                let here = cover
                    .get(row * (columns + 2) + column)
                    .copied()
                    .unwrap_or(0.0);
                carried += here;
                line += (carried.round() as i64).clamp(0, cell * cell);
                let above = table
                    .sums
                    .get(row * stride + column + 1)
                    .copied()
                    .unwrap_or(0);
                if let Some(sum) = table.sums.get_mut((row + 1) * stride + column + 1) {
                    *sum = above + line;
                }
            }
        }
        table
    }

    /// Adds an outline: for each row of cells, what each edge covers to its right, as changes
    /// from cell to cell (the way font outlines are filled with exact coverage).
    fn add(&self, ring: &Ring, sign: f64, cover: &mut [f64]) {
        let clockwise = if ring.signed_area_doubled() > 0 {
            sign
        } else {
            -sign
        };
        let cell = self.cell as f64;
        for (a, b) in ring.edges() {
            if a.y == b.y {
                continue;
            }
            // Clockwise on a page, an edge that goes up has the inside to its right.
            let (top, bottom, direction) = if a.y < b.y {
                (a, b, -clockwise)
            } else {
                (b, a, clockwise)
            };
            let slope = (bottom.x - top.x) as f64 / (bottom.y - top.y) as f64;
            let at = |y: f64| (top.x - self.x0) as f64 + slope * (y - (top.y - self.y0) as f64);
            let (from, to) = ((top.y - self.y0) as f64, (bottom.y - self.y0) as f64);
            let first = (from / cell).floor().max(0.0) as usize;
            let last = ((to / cell).ceil() as usize).min(self.rows);
            for row in first..last {
                let y0 = from.max(row as f64 * cell);
                let y1 = to.min((row + 1) as f64 * cell);
                if y1 <= y0 {
                    continue;
                }
                self.add_piece(row, (at(y0), at(y1)), (y1 - y0) * direction, cover);
            }
        }
    }

    /// One piece of an edge within one row: `height` of it, from `x.0` to `x.1`.
    fn add_piece(&self, row: usize, x: (f64, f64), height: f64, cover: &mut [f64]) {
        let cell = self.cell as f64;
        let (low, high) = (x.0.min(x.1).max(0.0), x.0.max(x.1).max(0.0));
        let (first, last) = ((low / cell) as usize, (high / cell) as usize);
        let mut put = |column: usize, value: f64| {
            if let Some(sum) =
                cover.get_mut(row * (self.columns + 2) + column.min(self.columns + 1))
            {
                *sum += value;
            }
        };
        // What lies to the right of the piece, cell by cell, in differences.
        let mut before = 0.0;
        for column in first..=last {
            let (start, end) = (column as f64 * cell, (column + 1) as f64 * cell);
            let covered = if high - low < 1e-9 {
                (end - low.clamp(start, end)) * height
            } else {
                let (from, to) = (low.clamp(start, end), high.clamp(start, end));
                let share = (to - from) / (high - low) * height;
                let passed = (from - low) / (high - low) * height;
                passed * cell + share * (end - f64::midpoint(from, to))
            };
            put(column, covered - before);
            before = covered;
        }
        put(last + 1, cell * height - before);
    }

    /// Floor in a window, in mm²; between grid lines it is taken as even.
    pub(super) fn area(&self, window: &Rect) -> i64 {
        // What is divided here is never negative; by a constant and a shift it takes a tenth of
        // the time, and the search asks for millions of windows.
        let by_cell = |value: i64| (value / CELL_MM) >> self.doublings;
        let place = |value: i64, start: i64, most: usize| -> (usize, i64) {
            let offset = (value - start).clamp(0, most as i64 * self.cell);
            let cells = by_cell(offset);
            (cells as usize, offset - cells * self.cell)
        };
        let (c0, fc0) = place(window.x0, self.x0, self.columns);
        let (c1, fc1) = place(window.x1, self.x0, self.columns);
        let (r0, fr0) = place(window.y0, self.y0, self.rows);
        let (r1, fr1) = place(window.y1, self.y0, self.rows);
        let corner = |r: usize, c: usize| {
            let place = r.min(self.rows) * (self.columns + 1) + c.min(self.columns);
            self.sums.get(place).copied().unwrap_or(0)
        };
        let along = |r: usize, c: usize, fc: i64| {
            let low = corner(r, c);
            if fc == 0 {
                return low;
            }
            low + by_cell((corner(r, c + 1) - low) * fc)
        };
        let at = |(r, fr): (usize, i64), (c, fc): (usize, i64)| {
            let low = along(r, c, fc);
            if fr == 0 {
                return low;
            }
            low + by_cell((along(r + 1, c, fc) - low) * fr)
        };
        at((r1, fr1), (c1, fc1)) - at((r0, fr0), (c1, fc1)) - at((r1, fr1), (c0, fc0))
            + at((r0, fr0), (c0, fc0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plate(corners: &[[i64; 2]], obstacles: Vec<Ring>) -> Plate {
        Plate {
            obstacles,
            ..Plate::of_corners(corners)
        }
    }

    #[test]
    fn windows_hold_what_the_outline_says_in_either_direction() {
        let l = [
            [0, 0],
            [8000, 0],
            [8000, 3000],
            [3000, 3000],
            [3000, 8000],
            [0, 8000],
        ];
        let mut back = l;
        back.reverse();
        for corners in [l, back] {
            let table = AreaTable::of(&plate(
                &corners,
                vec![Rect::new(1000, 1000, 1300, 1400).ring()],
            ));
            assert_eq!(
                table.area(&Rect::new(0, 0, 9000, 9000)),
                39_000_000 - 120_000
            );
            assert_eq!(
                table.area(&Rect::new(2000, 2000, 5000, 5000)),
                3_000_000 + 2_000_000
            );
            assert_eq!(
                table.area(&Rect::new(900, 900, 1200, 1200)),
                90_000 - 40_000
            );
            assert_eq!(table.area(&Rect::new(4000, 4000, 5000, 5000)), 0);
        }
    }

    #[test]
    fn a_slanting_side_is_cut_exactly() {
        let table = AreaTable::of(&plate(
            &[[0, 0], [10_000, 1_000], [10_000, 6_000], [0, 6_000]],
            Vec::new(),
        ));
        let whole = table.area(&Rect::new(0, 0, 10_000, 6_000));
        assert!((whole - 55_000_000).abs() < 20_000, "{whole}");
        let part = table.area(&Rect::new(0, 0, 5_000, 1_000));
        assert!((part - (5_000_000 - 1_250_000)).abs() < 20_000, "{part}");
    }
}
