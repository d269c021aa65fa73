//! Things by the squares of an endless grid, for few things and few questions: a sorted list,
//! which is made faster than a map.

use crate::plan::Point;

/// A square as column and row.
pub(super) type Square = (i32, i32);

/// With more entries than this, those that are too many for their square are thrown away at once.
const SPARE: usize = 1 << 16;

/// Numbers of things by the squares that they lie in.
pub(super) struct Squares {
    side: f64,
    /// Things that are kept for one square.
    most: usize,
    entries: Vec<(Square, u32)>,
    /// So many entries were left when they were last sorted.
    sorted: usize,
}

impl Squares {
    /// A grid of squares of `side` points, each of which keeps the first `most` things.
    pub(super) fn new(side: f64, most: usize) -> Squares {
        Squares {
            side,
            most,
            entries: Vec::new(),
            sorted: 0,
        }
    }

    /// The square that `point` lies in.
    #[expect(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    pub(super) fn square(&self, point: Point) -> Square {
        let place = |at: f64| {
            let at = at / self.side;
            let cut = at as i32;
            // Down, and not towards zero.
            cut.saturating_sub(i32::from(f64::from(cut) > at))
        };
        (place(point.x), place(point.y))
    }

    /// Puts a thing into a square; the numbers must not fall from one call to the next.
    pub(super) fn put(&mut self, square: Square, number: u32) {
        if self.entries.last() != Some(&(square, number)) {
            self.entries.push((square, number));
        }
        if self.entries.len() > 2 * self.sorted + SPARE {
            self.sort();
        }
    }

    /// Puts the entries in order, which must be done before [`Squares::around`] is asked.
    pub(super) fn sort(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
        let (mut count, mut before) = (0, None);
        let most = self.most;
        self.entries.retain(|(square, _)| {
            count = if before == Some(*square) {
                count + 1
            } else {
                1
            };
            before = Some(*square);
            count <= most
        });
        self.sorted = self.entries.len();
    }

    /// The things in the squares of column `x` from row `first` to row `last`, square by square and
    /// each in order.
    fn column(&self, x: i32, first: i32, last: i32) -> impl Iterator<Item = usize> + use<'_> {
        let start = self
            .entries
            .partition_point(|(known, _)| *known < (x, first));
        let rest = self.entries.get(start..).unwrap_or_default().iter();
        rest.take_while(move |(known, _)| *known <= (x, last))
            .map(|(_, number)| *number as usize)
    }

    /// The things in the square of `point` and in its eight neighbours; what lies in several comes
    /// several times.
    pub(super) fn around(&self, point: Point) -> impl Iterator<Item = usize> + use<'_> {
        let (x, y) = self.square(point);
        let (first, last) = (y.saturating_sub(1), y.saturating_add(1));
        (-1..=1).flat_map(move |dx: i32| self.column(x.saturating_add(dx), first, last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_keeps_the_first_things_that_lie_in_it() {
        let mut squares = Squares::new(10.0, 3);
        for number in 0..200_000_u32 {
            let x = if number % 2 == 0 { -0.5 } else { 0.5 };
            squares.put(squares.square(Point::new(x, 25.0)), number);
        }
        squares.sort();
        assert_eq!(squares.square(Point::new(-0.5, 25.0)), (-1, 2));
        assert_eq!(squares.column(-1, 2, 2).collect::<Vec<_>>(), [0, 2, 4]);
        let near: Vec<_> = squares.around(Point::new(9.0, 12.0)).collect();
        assert_eq!(near, [0, 2, 4, 1, 3, 5]);
        assert_eq!(squares.around(Point::new(45.0, 25.0)).count(), 0);
    }
}
