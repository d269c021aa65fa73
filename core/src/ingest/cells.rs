//! A grid over segments, to find those near a place.

use crate::plan::{Point, Rect, Segment};

/// Segments kept for one cell. A plan has a handful; of a scribble the first are enough.
const MAX_IN_CELL: usize = 96;

/// Most cells of the grid.
const MAX_CELLS: f64 = 1_000_000.0;

/// Segments by the cells of a grid that they pass.
pub(super) struct Cells {
    bounds: Rect,
    size: f64,
    columns: usize,
    rows: usize,
    lists: Vec<Vec<usize>>,
}

impl Cells {
    /// A grid with about one cell for each segment.
    pub(super) fn new(segments: impl Iterator<Item = Segment> + Clone) -> Cells {
        let bounds = Rect::around(segments.clone().flat_map(|segment| [segment.a, segment.b]));
        let (count, length) = segments
            .clone()
            .fold((0.0_f64, 0.0), |(count, sum), segment| {
                (count + 1.0, sum + segment.length())
            });
        let area = bounds.width().max(1.0) * bounds.height().max(1.0);
        // A segment passes few cells if they are not much smaller than it is, and a cell holds
        // few segments if there are enough of them.
        let usual = if count > 0.0 { length / count } else { 1.0 };
        let finest = (area / (4.0 * count).clamp(1.0, MAX_CELLS)).sqrt();
        let size = finest.max(usual.min(finest * 4.0)).max(0.5);
        let columns = whole(bounds.width() / size) + 1;
        let rows = whole(bounds.height() / size) + 1;
        let mut cells = Cells {
            bounds,
            size,
            columns,
            rows,
            lists: vec![Vec::new(); columns.saturating_mul(rows)],
        };
        for (index, segment) in segments.enumerate() {
            let mut passed = Vec::new();
            cells.visit(segment, 0.0, |cell| passed.push(cell));
            for cell in passed {
                if let Some(list) = cells.lists.get_mut(cell)
                    && list.len() < MAX_IN_CELL
                    && list.last() != Some(&index)
                {
                    list.push(index);
                }
            }
        }
        cells
    }

    /// Segments in cells within `margin` of `point`, each once, in order.
    pub(super) fn near(&self, point: Point, margin: f64) -> Vec<usize> {
        self.along(Segment::new(point, point), margin)
    }

    /// Segments in cells within `margin` of `segment`, each once, in order.
    pub(super) fn along(&self, segment: Segment, margin: f64) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(segment, margin, |cell| {
            found.extend(self.lists.get(cell).into_iter().flatten().copied());
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Segments of the cells above `point`, one list a cell, the nearest cell first.
    pub(super) fn above(&self, point: Point) -> impl Iterator<Item = &[usize]> {
        let column = self.column(point.x);
        let row = self.row(point.y);
        (0..=row).rev().filter_map(move |row| {
            let list = self.lists.get(row * self.columns + column)?;
            Some(list.as_slice())
        })
    }

    /// The upper edge of the row of cells that `y` is in, counted `up` rows from it.
    pub(super) fn row_top(&self, y: f64, up: usize) -> f64 {
        let row = self.row(y).saturating_sub(up);
        #[expect(
            clippy::cast_precision_loss,
            reason = "there are at most a million rows"
        )]
        let row = row as f64;
        self.bounds.y0 + row * self.size
    }

    fn column(&self, x: f64) -> usize {
        whole((x - self.bounds.x0) / self.size).min(self.columns.saturating_sub(1))
    }

    fn row(&self, y: f64) -> usize {
        whole((y - self.bounds.y0) / self.size).min(self.rows.saturating_sub(1))
    }

    /// Calls `each` with the cells within `margin` of `segment`: row by row, the columns that
    /// the part of the segment in that row spans.
    fn visit(&self, segment: Segment, margin: f64, mut each: impl FnMut(usize)) {
        if self.lists.is_empty() {
            return;
        }
        let (top, bottom) = if segment.a.y <= segment.b.y {
            (segment.a, segment.b)
        } else {
            (segment.b, segment.a)
        };
        let (first, last) = (self.row(top.y - margin), self.row(bottom.y + margin));
        for row in first..=last {
            #[expect(
                clippy::cast_precision_loss,
                reason = "there are at most a million rows"
            )]
            let upper = self.bounds.y0 + row as f64 * self.size;
            let at = |y: f64| {
                let height = bottom.y - top.y;
                let share = if height > 0.0 {
                    (y - top.y) / height
                } else {
                    0.0
                };
                top.x + (bottom.x - top.x) * share.clamp(0.0, 1.0)
            };
            let (mut left, mut right) = (at(upper - margin), at(upper + self.size + margin));
            if bottom.y <= top.y {
                (left, right) = (top.x, bottom.x);
            }
            let columns =
                self.column(left.min(right) - margin)..=self.column(left.max(right) + margin);
            for column in columns {
                each(row * self.columns + column);
            }
        }
    }
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates"
)]
fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_a_place_is_found() {
        let segments: Vec<Segment> = (0..200)
            .map(|n| {
                let at = f64::from(n);
                Segment::new(
                    Point::new(at, 3.0 * at),
                    Point::new(at + 40.0, 3.0 * at + 5.0),
                )
            })
            .collect();
        let cells = Cells::new(segments.iter().copied());
        for (index, segment) in segments.iter().enumerate() {
            let place = segment.a.towards(segment.b, 0.3);
            assert!(cells.near(place, 0.1).contains(&index), "{index}");
            let across = Segment::new(Point::new(place.x, 0.0), Point::new(place.x, 700.0));
            assert!(cells.along(across, 0.1).contains(&index), "{index}");
        }
        assert!(cells.near(Point::new(239.0, 0.0), 1.0).len() < 20);
    }
}
