//! A grid over segments, to find those near a place.

use std::convert::Infallible;
use std::ops::Range;

use crate::error::Result;
use crate::parallel::{in_parallel, threads_for};
use crate::plan::{Point, Rect, Segment};
use crate::watch::Watch;

/// Segments kept for one cell. A plan has a handful; of a scribble the first are enough.
const MAX_IN_CELL: u32 = 96;

/// Segments between two questions whether to go on.
const BETWEEN_CHECKS: usize = 4_096;

/// Most cells of the grid.
const MAX_CELLS: f64 = 1_000_000.0;

/// Parts in which a large grid is filled, so that each thread has some.
const MOST_BANDS: usize = 4;

/// Segments by the cells of a grid that they pass.
pub(super) struct Cells {
    bounds: Rect,
    size: f64,
    columns: usize,
    rows: usize,
    /// Where the list of each cell begins in `passed`, and where the last one ends.
    starts: Vec<u32>,
    /// The segments of all cells, one list after the other, each in order.
    passed: Vec<u32>,
}

/// What the cells of some rows hold, as in [`Cells`].
struct Band {
    /// Where the list of each cell ends in `passed`.
    ends: Vec<u32>,
    passed: Vec<u32>,
}

impl Cells {
    /// A grid with about one cell for each of a few thousand segments at most.
    pub(super) fn new(segments: impl Iterator<Item = Segment> + Clone) -> Cells {
        let mut cells = Cells::around(segments.clone());
        let Ok(band) = cells.band(0..cells.rows, segments, || Ok::<(), Infallible>(()));
        cells.put(vec![band]);
        cells
    }

    /// The same for any number of segments, of which a sheet may have hundreds of thousands.
    pub(super) fn watched(segments: &[Segment], watch: &dyn Watch) -> Result<Cells> {
        watch.check()?;
        let each = || segments.iter().copied();
        let mut cells = Cells::around(each());
        let threads = threads_for(segments.len());
        let bands = if threads > 1 {
            MOST_BANDS.min(cells.rows)
        } else {
            1
        };
        let filled = in_parallel(bands, threads, watch, |band| {
            let rows = cells.rows * band / bands..cells.rows * (band + 1) / bands;
            cells.band(rows, each(), || watch.check())
        })?;
        cells.put(filled);
        Ok(cells)
    }

    /// An empty grid that fits the segments.
    fn around(segments: impl Iterator<Item = Segment> + Clone) -> Cells {
        let bounds = Rect::around(segments.clone().flat_map(|segment| [segment.a, segment.b]));
        let (count, length) = segments.fold((0.0_f64, 0.0), |(count, sum), segment| {
            (count + 1.0, sum + segment.length())
        });
        let area = bounds.width().max(1.0) * bounds.height().max(1.0);
        // A segment passes few cells if they are not much smaller than it is, and a cell holds
        // few segments if there are enough of them.
        let usual = if count > 0.0 { length / count } else { 1.0 };
        let finest = (area / (4.0 * count).clamp(1.0, MAX_CELLS)).sqrt();
        let size = finest.max(usual.min(finest * 4.0)).max(0.5);
        Cells {
            bounds,
            size,
            columns: whole(bounds.width() / size) + 1,
            rows: whole(bounds.height() / size) + 1,
            starts: Vec::new(),
            passed: Vec::new(),
        }
    }

    /// What the cells of some rows hold: counts what each will hold, and then puts it there. Asks
    /// every now and then whether to go on.
    fn band<E>(
        &self,
        rows: Range<usize>,
        segments: impl Iterator<Item = Segment> + Clone,
        ask: impl Fn() -> Result<(), E>,
    ) -> Result<Band, E> {
        let first = self.columns * rows.start;
        let count = self.columns * rows.len();
        let mut held = vec![0_u32; count];
        for (index, segment) in segments.clone().enumerate() {
            if index % BETWEEN_CHECKS == 0 {
                ask()?;
            }
            self.visit_in(rows.clone(), segment, 0.0, |cell| {
                if let Some(held) = held.get_mut(cell - first) {
                    *held = (*held + 1).min(MAX_IN_CELL);
                }
            });
        }
        let mut sum = 0;
        let mut ends = Vec::with_capacity(count);
        // From here on `held` tells where the next segment of each cell goes.
        for held in &mut held {
            let start = sum;
            sum += std::mem::replace(held, start);
            ends.push(sum);
        }
        let mut passed = vec![0; sum as usize];
        for ((count, segment), index) in segments.enumerate().zip(0_u32..) {
            if count % BETWEEN_CHECKS == 0 {
                ask()?;
            }
            self.visit_in(rows.clone(), segment, 0.0, |cell| {
                if let Some(next) = held.get_mut(cell - first)
                    && ends.get(cell - first).is_some_and(|end| *next < *end)
                    && let Some(slot) = passed.get_mut(*next as usize)
                {
                    *slot = index;
                    *next += 1;
                }
            });
        }
        Ok(Band { ends, passed })
    }

    /// Puts the bands of all rows one below the other.
    fn put(&mut self, bands: Vec<Band>) {
        self.starts.reserve_exact(self.columns * self.rows + 1);
        self.starts.push(0);
        let held: usize = bands.iter().map(|band| band.passed.len()).sum();
        let mut before = 0;
        for band in bands {
            self.starts.extend(band.ends.iter().map(|end| before + end));
            before += band.ends.last().copied().unwrap_or(0);
            if band.passed.len() == held {
                self.passed = band.passed;
            } else {
                self.passed.reserve_exact(held - self.passed.len());
                self.passed.extend(band.passed);
            }
        }
    }

    /// The segments of a cell, in order.
    fn list(&self, cell: usize) -> impl ExactSizeIterator<Item = usize> + use<'_> {
        let ends = self.starts.get(cell).zip(self.starts.get(cell + 1));
        let list = ends.and_then(|(from, to)| self.passed.get(*from as usize..*to as usize));
        let list = list.unwrap_or_default().iter();
        list.map(|&index| index as usize)
    }

    /// Segments in cells within `margin` of `point`, each once, in order.
    pub(super) fn near(&self, point: Point, margin: f64) -> Vec<usize> {
        self.along(Segment::new(point, point), margin)
    }

    /// Whether `is_it` holds of a segment in the cells within `margin` of `point`. It is asked in no
    /// order, and of a segment of several cells several times.
    pub(super) fn any_near(
        &self,
        point: Point,
        margin: f64,
        mut is_it: impl FnMut(usize) -> bool,
    ) -> bool {
        let mut found = false;
        self.visit(Segment::new(point, point), margin, |cell| {
            found = found || self.list(cell).any(&mut is_it);
        });
        found
    }

    /// Calls `each` with the segments in cells within `margin` of `point`, in no order, and with one
    /// of several cells several times.
    pub(super) fn each_near(&self, point: Point, margin: f64, mut each: impl FnMut(usize)) {
        self.visit(Segment::new(point, point), margin, |cell| {
            self.list(cell).for_each(&mut each);
        });
    }

    /// Segments in cells within `margin` of `segment`, each once, in order.
    pub(super) fn along(&self, segment: Segment, margin: f64) -> Vec<usize> {
        let mut found = Vec::new();
        self.visit(segment, margin, |cell| {
            found.extend(self.list(cell));
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// How many segments the cells within `margin` of `point` hold together, those of several
    /// cells counted in each.
    pub(super) fn crowd(&self, point: Point, margin: f64) -> usize {
        let mut held = 0;
        let here = Segment::new(point, point);
        self.visit(here, margin, |cell| held += self.list(cell).len());
        held
    }

    /// Segments of the cells above `point`, one list a cell, the nearest cell first.
    pub(super) fn above(&self, point: Point) -> impl Iterator<Item: Iterator<Item = usize>> {
        let column = self.column(point.x);
        let row = self.row(point.y);
        (0..=row)
            .rev()
            .map(move |row| self.list(row * self.columns + column))
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
    fn visit(&self, segment: Segment, margin: f64, each: impl FnMut(usize)) {
        self.visit_in(0..self.rows, segment, margin, each);
    }

    /// The same of those in some rows.
    fn visit_in(
        &self,
        rows: Range<usize>,
        segment: Segment,
        margin: f64,
        mut each: impl FnMut(usize),
    ) {
        let (top, bottom) = if segment.a.y <= segment.b.y {
            (segment.a, segment.b)
        } else {
            (segment.b, segment.a)
        };
        let (first, last) = (self.row(top.y - margin), self.row(bottom.y + margin));
        for row in first.max(rows.start)..(last + 1).min(rows.end) {
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
    use crate::watch::Unwatched;

    #[test]
    fn a_grid_that_is_filled_in_bands_holds_the_same() {
        let segments: Vec<Segment> = (0..9_000_u32)
            .map(|number| {
                let at = Point::new(f64::from(number % 97), f64::from(number * 31 % 89));
                let (dx, dy) = (f64::from(number % 5) * 9.0, f64::from(number % 7) * 8.0);
                Segment::new(at, Point::new(at.x + dx, at.y - dy))
            })
            .collect();
        let whole = Cells::new(segments.iter().copied());
        let bands = Cells::watched(&segments, &Unwatched).unwrap();
        assert!(whole.rows >= MOST_BANDS);
        // Cells that hold as many as they may are among them.
        let sizes = whole.starts.windows(2).map(|ends| ends[1] - ends[0]);
        assert_eq!(sizes.max(), Some(MAX_IN_CELL));
        assert_eq!((whole.starts, whole.passed), (bands.starts, bands.passed));
    }

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
        let (middle, margin) = (Point::new(100.0, 300.0), 50.0);
        assert!(cells.crowd(middle, margin) >= cells.near(middle, margin).len());
        assert_eq!(cells.crowd(Point::new(239.0, 0.0), 1.0), 0);
    }
}
