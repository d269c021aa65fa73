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
    /// Where each column begins among the sorted entries: few steps in little memory to what would
    /// be many all over it.
    columns: Vec<(i32, usize)>,
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
            columns: Vec::new(),
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
        let starts = self.entries.iter().enumerate();
        self.columns = starts.map(|(at, ((x, _), _))| (*x, at)).collect();
        self.columns.dedup_by_key(|(x, _)| *x);
    }

    /// All numbers below `count`, square by square, so that what is looked up for one after the
    /// other is near in memory. What was too much for its square comes last.
    pub(super) fn in_order(&self, count: usize) -> Vec<usize> {
        let kept = self.entries.iter().map(|(_, number)| *number as usize);
        each_once(kept, count)
    }

    /// The things in the squares of column `x` from row `first` to row `last`, square by square and
    /// each in order.
    fn column(&self, x: i32, first: i32, last: i32) -> impl Iterator<Item = usize> + use<'_> {
        let at = self.columns.partition_point(|(known, _)| *known < x);
        let start = self.columns.get(at).filter(|(known, _)| *known == x);
        let end = self.columns.get(at + 1);
        let end = end.map_or(self.entries.len(), |(_, start)| *start);
        let column = start.and_then(|(_, start)| self.entries.get(*start..end));
        let column = column.unwrap_or_default();
        let start = column.partition_point(|((_, y), _)| *y < first);
        let rest = column.get(start..).unwrap_or_default().iter();
        rest.take_while(move |((_, y), _)| *y <= last)
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

/// Each of `numbers` once, where it comes first, and then what is missing of those below `count`.
pub(super) fn each_once(numbers: impl Iterator<Item = usize>, count: usize) -> Vec<usize> {
    let mut is_new = vec![true; count];
    let mut order = Vec::with_capacity(count);
    for number in numbers {
        if let Some(is_new) = is_new.get_mut(number)
            && std::mem::take(is_new)
        {
            order.push(number);
        }
    }
    let missing = is_new.iter().enumerate().filter(|(_, is_new)| **is_new);
    order.extend(missing.map(|(number, _)| number));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thing_comes_once_and_those_of_a_square_together() {
        let mut squares = Squares::new(10.0, 2);
        for (number, x) in [5.0, 25.0, 5.0, 25.0, 5.0, 15.0].into_iter().enumerate() {
            let number = u32::try_from(number).unwrap();
            squares.put(squares.square(Point::new(x, 5.0)), number);
        }
        squares.sort();
        // The third thing in the first square was too much for it.
        assert_eq!(squares.in_order(7), [0, 2, 5, 1, 3, 4, 6]);
    }

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
