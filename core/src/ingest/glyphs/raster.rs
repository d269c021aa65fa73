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

/// The ink of a full cell. The table of letters is written in fifteenths, which [`blurred`] turns
/// into 240ths, so that whole numbers hold them exactly and are quickly compared.
pub(super) const FULL: u8 = 240;

/// Ink by cell, row by row from the top, in 0..=[`FULL`].
pub(super) type Ink = [u8; GRID * GRID];

/// Shares of the cells that are covered.
type Cover = [f32; GRID * GRID];

/// Rows and columns of samples.
const SIDE: usize = GRID * SUB;

/// The ink of outlines, filled by the even-odd rule, and of lines drawn with a round pen.
///
/// The points are in the frame of the text: x along the line, y to its foot.
pub(super) fn ink(contours: &[Contour], extent: Extent, pen: f64) -> Ink {
    let mut cells = [0.0; GRID * GRID];
    fill(contours, extent, &mut cells);
    draw(contours, extent.grown(pen / 2.0), pen / 2.0, &mut cells);
    blurred(&cells)
}

/// Where the line of samples `index` lies between `from` and `from + length`.
fn sample(index: usize, from: f64, length: f64) -> f64 {
    from + (index as f64 + 0.5) / SIDE as f64 * length
}

/// The lines of samples that may lie between `low` and `high`; one more on each side, as rounding
/// must not lose any.
fn samples(low: f64, high: f64, from: f64, length: f64) -> std::ops::Range<usize> {
    let at = |value: f64| (value - from) / length * SIDE as f64 - 0.5;
    // A float cast saturates.
    let first = (at(low) - 1.0).max(0.0) as usize;
    let last = (at(high) + 2.0).max(0.0) as usize;
    first.min(SIDE)..last.min(SIDE)
}

fn fill(contours: &[Contour], extent: Extent, cells: &mut Cover) {
    let (width, height) = (extent.width().max(1e-6), extent.height().max(1e-6));
    let mut crossings: Vec<(usize, f64)> = Vec::new();
    for points in contours
        .iter()
        .filter(|one| one.is_outline)
        .map(|one| &one.points)
    {
        let closed = points.iter().zip(points.iter().cycle().skip(1));
        for (a, b) in closed {
            for row in samples(a.y.min(b.y), a.y.max(b.y), extent.v0, height) {
                let y = sample(row, extent.v0, height);
                if (a.y <= y) != (b.y <= y) {
                    crossings.push((row, a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)));
                }
            }
        }
    }
    crossings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    for row in crossings.chunk_by(|a, b| a.0 == b.0) {
        for pair in row.chunks_exact(2) {
            let [(row, a), (_, b)] = pair else { continue };
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

fn draw(contours: &[Contour], extent: Extent, radius: f64, cells: &mut Cover) {
    let (width, height) = (extent.width().max(1e-6), extent.height().max(1e-6));
    // One bit a sample, as pieces overlap.
    let mut covered = [0_u64; SIDE];
    let lines = contours.iter().filter(|one| !one.is_outline);
    for pair in lines.flat_map(|one| one.points.windows(2)) {
        let [a, b] = pair else { continue };
        let piece = Piece::new(*a, *b, radius);
        let (top, bottom) = (a.y.min(b.y) - radius, a.y.max(b.y) + radius);
        for row in samples(top, bottom, extent.v0, height) {
            let Some((left, right)) = piece.at_height(sample(row, extent.v0, height)) else {
                continue;
            };
            let at = |x: f64| (x - extent.u0) / width * SIDE as f64 - 0.5;
            // Float casts saturate.
            let (first, last) = (at(left).ceil().max(0.0), at(right).floor().min(SIDE as f64));
            if let Some(bits) = covered.get_mut(row)
                && first <= last
                && first < SIDE as f64
            {
                let count = last as u32 + 1 - first as u32;
                *bits |= ((1_u64 << count.min(SIDE as u32)) - 1) << first as u32;
            }
        }
    }
    let share = 1.0 / (SUB * SUB) as f32;
    for (row, bits) in covered.iter().enumerate().filter(|(_, bits)| **bits != 0) {
        for column in 0..GRID {
            let count = ((bits >> (column * SUB)) & ((1 << SUB) - 1)).count_ones();
            if let Some(cell) = cells.get_mut(row / SUB * GRID + column) {
                *cell = (*cell + count as f32 * share).min(1.0);
            }
        }
    }
}

/// A straight piece of a line drawn with a round pen.
struct Piece {
    a: Point,
    b: Point,
    dx: f64,
    dy: f64,
    length: f64,
    radius: f64,
}

impl Piece {
    fn new(a: Point, b: Point, radius: f64) -> Piece {
        Piece {
            a,
            b,
            dx: b.x - a.x,
            dy: b.y - a.y,
            length: a.distance(b),
            radius,
        }
    }

    /// From where to where the pen covers a level line: what it covers has no dents, so that this
    /// is from the leftmost to the rightmost place of its two ends and of the band between them.
    fn at_height(&self, y: f64) -> Option<(f64, f64)> {
        let end = |end: Point| {
            let left = self.radius * self.radius - (y - end.y) * (y - end.y);
            (left >= 0.0).then(|| (end.x - left.sqrt(), end.x + left.sqrt()))
        };
        let parts = [end(self.a), end(self.b), self.band(y)];
        let found = parts.into_iter().flatten();
        found.reduce(|one, two| (one.0.min(two.0), one.1.max(two.1)))
    }

    /// The same for the band between the ends alone.
    fn band(&self, y: f64) -> Option<(f64, f64)> {
        if self.length <= 0.0 {
            return None;
        }
        let up = y - self.a.y;
        // Places x with low <= x * slope <= high.
        let between = |slope: f64, low: f64, high: f64| {
            if slope == 0.0 {
                (low <= 0.0 && high >= 0.0).then_some((f64::NEG_INFINITY, f64::INFINITY))
            } else {
                let (one, two) = (low / slope, high / slope);
                Some((one.min(two), one.max(two)))
            }
        };
        // Not farther aside than the radius, and not before one end or behind the other.
        let (aside, along) = (up * self.dx, up * self.dy);
        let reach = self.radius * self.length;
        let near = between(self.dy, aside - reach, aside + reach)?;
        let within = between(self.dx, -along, self.length * self.length - along)?;
        let (left, right) = (near.0.max(within.0), near.1.min(within.1));
        (left <= right).then_some((self.a.x + left, self.a.x + right))
    }
}

/// Spreads ink over the neighbouring cells, so that a stroke that is shifted by less than a cell
/// still meets its like.
fn blurred(cells: &Cover) -> Ink {
    spread(cells, |own, [up, down, left, right], corners| {
        let sum = 4.0 * own + 2.0 * (up + down + left + right);
        let ink = corners.iter().fold(sum, |sum, corner| sum + corner) / 16.0;
        rounded(ink * f32::from(FULL))
    })
}

/// The same for cells in fifteenths, of which whole numbers come.
#[cfg(test)]
pub(super) fn blurred_fifteenths(cells: &[u8; GRID * GRID]) -> Ink {
    spread(cells, |own, sides, corners| {
        4 * own + 2 * sides.iter().sum::<u8>() + corners.iter().sum::<u8>()
    })
}

/// Makes each cell of what `mix` says to it, to those beside it (above, below, left, right) and to
/// those at its corners (from the upper left one on). Beyond the border the cells go on.
fn spread<T: Copy + Default>(
    cells: &[T; GRID * GRID],
    mix: impl Fn(T, [T; 4], [T; 4]) -> u8,
) -> Ink {
    let rows: [[T; GRID + 2]; GRID] = std::array::from_fn(|row| {
        let line = cells.chunks_exact(GRID).nth(row).unwrap_or_default();
        std::array::from_fn(|column| {
            let column = column.saturating_sub(1).min(GRID - 1);
            line.get(column).copied().unwrap_or_default()
        })
    });
    let mut out = [0; GRID * GRID];
    for (row, line) in out.chunks_exact_mut(GRID).enumerate() {
        let above = rows
            .get(row.saturating_sub(1))
            .into_iter()
            .flat_map(|row| row.windows(3));
        let own = rows.get(row).into_iter().flat_map(|row| row.windows(3));
        let below = rows
            .get((row + 1).min(GRID - 1))
            .into_iter()
            .flat_map(|row| row.windows(3));
        for (cell, ((above, own), below)) in line.iter_mut().zip(above.zip(own).zip(below)) {
            if let ([a, b, c], [d, e, f], [g, h, i]) = (above, own, below) {
                *cell = mix(*e, [*b, *h, *d, *f], [*a, *c, *g, *i]);
            }
        }
    }
    out
}

/// The nearest whole number to one in 0..=255, halves up; without a call to the C library, as the
/// oldest processors need for it.
fn rounded(value: f32) -> u8 {
    // A float cast saturates, and what it cuts off is told exactly.
    let cut = value as u8;
    cut.saturating_add(u8::from(value - f32::from(cut) >= 0.5))
}

/// How far two inks are apart, cell by cell.
pub(super) fn apart(a: &Ink, b: &Ink) -> u32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| u32::from(a.abs_diff(*b)))
        .sum()
}

/// All ink there is.
pub(super) fn total(ink: &Ink) -> u32 {
    ink.iter().copied().map(u32::from).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ink of a line by asking each sample how far it is from the line.
    fn asked(points: &[Point], extent: Extent, radius: f64) -> Cover {
        let mut cells = [0.0; GRID * GRID];
        for row in 0..SIDE {
            for column in 0..SIDE {
                let x = sample(column, extent.u0, extent.width());
                let y = sample(row, extent.v0, extent.height());
                let near = points.windows(2).any(|pair| {
                    let piece = crate::plan::Segment::new(pair[0], pair[1]);
                    piece.distance_to(Point::new(x, y)) <= radius
                });
                if near {
                    cells[row / SUB * GRID + column / SUB] += 1.0 / (SUB * SUB) as f32;
                }
            }
        }
        cells
    }

    #[test]
    fn lines_cover_what_lies_within_their_pen() {
        let lines = [
            vec![(0.0, 0.0), (5.0, 9.0)],
            vec![(5.0, 9.0), (0.0, 0.0)],
            vec![(0.0, 3.0), (7.0, 3.0)],
            vec![(2.0, 0.0), (2.0, 7.0)],
            vec![(1.0, 1.0), (1.0, 1.0)],
            vec![(0.0, 8.0), (3.0, 0.0), (6.0, 8.0), (1.0, 5.0)],
        ];
        for line in lines {
            let points: Vec<Point> = line.iter().map(|&(x, y)| Point::new(x, y)).collect();
            let extent = Extent::around(points.iter().copied()).grown(0.613);
            let mut cells = [0.0; GRID * GRID];
            let contour = Contour {
                points: points.clone(),
                is_outline: false,
            };
            draw(&[contour], extent, 0.613, &mut cells);
            assert_eq!(cells, asked(&points, extent, 0.613), "{line:?}");
        }
    }
}
