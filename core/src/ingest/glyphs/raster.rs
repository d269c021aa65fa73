//! A shape as the ink in a grid of cells laid over its own box.
//!
//! The grid makes shapes of any size and resolution comparable: it does not matter how curves
//! were flattened, in which order contours come, or whether a letter is an outline or a line.

use super::shapes::{Contour, Extent};
use crate::plan::Point;

/// Cells on a side.
pub(super) const GRID: usize = 12;

/// Rows of samples in a cell.
const SUB: usize = 4;

/// Ink by cell, row by row from the top, in 0..=1.
pub(super) type Ink = [f32; GRID * GRID];

/// The ink of outlines, filled by the even-odd rule, and of lines drawn with a round pen.
///
/// The points are in the frame of the text: x along the line, y to its foot.
pub(super) fn ink(contours: &[Contour], extent: Extent, pen: f64) -> Ink {
    let mut cells = [0.0; GRID * GRID];
    let outlines: Vec<&Contour> = contours.iter().filter(|one| one.is_outline).collect();
    let lines: Vec<&Contour> = contours.iter().filter(|one| !one.is_outline).collect();
    if !outlines.is_empty() {
        fill(&outlines, extent, &mut cells);
    }
    if !lines.is_empty() {
        draw(&lines, extent.grown(pen / 2.0), pen / 2.0, &mut cells);
    }
    blurred(&cells)
}

fn fill(outlines: &[&Contour], extent: Extent, cells: &mut Ink) {
    let (width, height) = (extent.width().max(1e-6), extent.height().max(1e-6));
    let rows = GRID * SUB;
    let mut crossings: Vec<f64> = Vec::new();
    for row in 0..rows {
        let y = extent.v0 + (row as f64 + 0.5) / rows as f64 * height;
        crossings.clear();
        for contour in outlines {
            let points = &contour.points;
            let closed = points.iter().zip(points.iter().cycle().skip(1));
            for (a, b) in closed {
                if (a.y <= y) != (b.y <= y) {
                    crossings.push(a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
                }
            }
        }
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            let [a, b] = pair else { continue };
            let to_cell = |x: f64| (x - extent.u0) / width * GRID as f64;
            let (a, b) = (to_cell(*a), to_cell(*b));
            let line = cells
                .chunks_exact_mut(GRID)
                .nth(row / SUB)
                .unwrap_or_default();
            for (column, cell) in line.iter_mut().enumerate() {
                let cover = b.min(column as f64 + 1.0) - a.max(column as f64);
                if cover > 0.0 {
                    *cell += (cover / SUB as f64) as f32;
                }
            }
        }
    }
}

fn draw(lines: &[&Contour], extent: Extent, radius: f64, cells: &mut Ink) {
    let (width, height) = (extent.width().max(1e-6), extent.height().max(1e-6));
    let side = GRID * SUB;
    let share = 1.0 / (SUB * SUB) as f32;
    for (index, cell) in cells.iter_mut().enumerate() {
        let (row, column) = (index / GRID, index % GRID);
        for sample in 0..SUB * SUB {
            let x = extent.u0 + ((column * SUB + sample % SUB) as f64 + 0.5) / side as f64 * width;
            let y = extent.v0 + ((row * SUB + sample / SUB) as f64 + 0.5) / side as f64 * height;
            let at = Point::new(x, y);
            let near = lines.iter().any(|line| {
                line.points
                    .windows(2)
                    .any(|pair| matches!(pair, [a, b] if near_piece(at, *a, *b, radius)))
            });
            if near {
                *cell += share;
            }
        }
        *cell = cell.min(1.0);
    }
}

fn near_piece(at: Point, a: Point, b: Point, radius: f64) -> bool {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let squared = dx * dx + dy * dy;
    let share = if squared > 0.0 {
        (((at.x - a.x) * dx + (at.y - a.y) * dy) / squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    at.distance(Point::new(a.x + share * dx, a.y + share * dy)) <= radius
}

/// Spreads ink over the neighbouring cells, so that a stroke that is shifted by less than a cell
/// still meets its like.
pub(super) fn blurred(cells: &Ink) -> Ink {
    let at = |row: usize, column: usize| -> f32 {
        let (row, column) = (row.min(GRID - 1), column.min(GRID - 1));
        cells.get(row * GRID + column).copied().unwrap_or(0.0)
    };
    let mut out = [0.0; GRID * GRID];
    for (index, cell) in out.iter_mut().enumerate() {
        let (row, column) = (index / GRID, index % GRID);
        let (up, left) = (row.saturating_sub(1), column.saturating_sub(1));
        let (down, right) = (row + 1, column + 1);
        *cell = (4.0 * at(row, column)
            + 2.0 * (at(up, column) + at(down, column) + at(row, left) + at(row, right))
            + at(up, left)
            + at(up, right)
            + at(down, left)
            + at(down, right))
            / 16.0;
    }
    out
}

/// How far two inks differ: 0 for the same, 1 for nothing in common.
pub(super) fn difference(a: &Ink, b: &Ink) -> f32 {
    let (mut apart, mut both) = (0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        apart += (a - b).abs();
        both += a + b;
    }
    if both > 0.0 { apart / both } else { 1.0 }
}
